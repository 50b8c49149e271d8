"""The property that holds a resource's `id`, from CloudFormation's primary identifiers."""

import re


def id_property(name, schema):
    """What AWS calls name the resource by: the primary identifier if it is one plain name; where it is an ARN or URL (alone or
    with the name of a parent) the name property that stands at its end; empty where neither is clear.
    """
    ids = [p.split("/")[2:] for p in schema.get("primaryIdentifier", [])]
    if any(len(i) != 1 for i in ids):
        return ""
    addresses = [i[0] for i in ids if re.search(r"(Arn|ARN|Url|Uri)$", i[0])]
    if len(ids) == 1 and not addresses:
        return ids[0][0]
    if not addresses:
        return ""
    last = name.split("::")[-1]
    properties = schema.get("properties", {})
    for candidate in (last + "Name", "Name", last + "Id", "Id", last + "Identifier"):
        if candidate in properties and candidate not in addresses:
            return candidate
    return ""


def table(schemas):
    return [f"{n}\t{p}" for n in sorted(schemas) if (p := id_property(n, schemas[n]))]
