"""The property that holds a resource's `id`, from CloudFormation's primary identifiers."""
import re


def id_property(name, schema):
    """What AWS calls name the resource by: the primary identifier if it is one plain name; for an ARN or URL the name
    property that stands at its end; empty where neither is clear (compound identifiers)."""
    ids = [p.split("/")[2:] for p in schema.get("primaryIdentifier", [])]
    if len(ids) != 1 or len(ids[0]) != 1:
        return ""
    prop = ids[0][0]
    last = name.split("::")[-1]
    properties = schema.get("properties", {})
    if not re.search(r"(Arn|ARN|Url|Uri)$", prop):
        return prop
    for candidate in (last + "Name", "Name", last + "Id", "Id", last + "Identifier"):
        if candidate in properties and candidate != prop:
            return candidate
    return ""


def table(schemas):
    return [f"{n}\t{p}" for n in sorted(schemas) if (p := id_property(n, schemas[n]))]
