"""AWS's API models (bundled in botocore) -> overlay-api.txt: what the API describes and CloudFormation leaves out.

api-shapes.tsv says which output shape of which service describes a resource type. Names are the API's, the first letter
upper-cased. Of a type that CloudFormation has, only the properties that it lacks are taken.
"""

import glob
import gzip
import json
import os
import zipfile

from . import cfn

SCALARS = {
    "string": "string",
    "character": "string",
    "blob": "string",
    "integer": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "bigdecimal": "number",
    "boolean": "bool",
    "timestamp": "time",
}
MAX_DEPTH = 6


def newest_date(wheel):
    with zipfile.ZipFile(wheel) as z:
        return "%04d-%02d-%02d" % max(i.date_time[:3] for i in z.infolist())


def load(folder, service, cache={}):
    if service not in cache:
        path = sorted(glob.glob(os.path.join(folder, service, "*", "service-2.json*")))[-1]
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8") as f:
            cache[service] = json.load(f)["shapes"]
    return cache[service]


def upper(name):
    return name[:1].upper() + name[1:]


class Reader:
    """Collects the shapes of one resource type."""

    def __init__(self, models, taken):
        self.models = models
        self.taken = taken  # names of nested objects that CloudFormation uses already
        self.shapes = {}

    def kind(self, name, path, above):
        shape = self.models[name]
        base = shape["type"]
        if base in SCALARS:
            return SCALARS[base], sorted(set(shape.get("enum", []))) if base == "string" else []
        if base == "list":
            inner, values = self.kind(shape["member"]["shape"], path, above)
            return f"[{inner}]", values
        if base == "map":
            inner, values = self.kind(shape["value"]["shape"], path, above)
            return ("json", []) if inner == "json" else (f"{{{inner}}}", values)
        if (
            base == "structure"
            and shape.get("members")
            and name not in above
            and len(above) < MAX_DEPTH
        ):
            own = path
            while own in self.taken:
                own += "." + name
            self.fill(own, shape["members"], above + [name], path)
            return own, []
        return "json", []

    def fill(self, own, members, above, path):
        fields = self.shapes.setdefault(own, {})
        for member in sorted(members):
            prop = upper(member)
            kind, values = self.kind(members[member]["shape"], f"{path}.{prop}", above)
            if (
                kind in ("string", "json")
                and not values
                and prop in cfn.POLICY_NAMES
                and prop != "Policy"
            ):
                kind = "policy"
            fields[prop] = [kind, values, True]


def structure_of(models, name):
    """The structure that a shape is or lists, with its name; None if it is none."""
    for _ in range(4):
        shape = models[name]
        if shape["type"] != "list":
            return (name, shape) if shape["type"] == "structure" and shape.get("members") else None
        name = shape["member"]["shape"]
    return None


def complete(reader, known, shape, members, above):
    """Adds to SHAPE, which CloudFormation has, and to the objects below it the members that it lacks."""
    have = {p.lower(): p for p in known.get(shape, {})}
    missing = {m: v for m, v in members.items() if m.lower() not in have}
    if missing:
        reader.fill(shape, missing, above, shape)
    for member, value in sorted(members.items()):
        prop = have.get(member.lower())
        inner = known[shape][prop][0].strip("[]{}") if prop == upper(member) else ""
        found = structure_of(reader.models, value["shape"]) if inner.startswith(".") else None
        if found and found[0] not in above and len(above) < MAX_DEPTH:
            complete(reader, known, inner, found[1]["members"], above + [found[0]])


def one(folder, row, known):
    """The shapes that ROW adds to KNOWN (what CloudFormation has of the type)."""
    service, names = row[1], row[2].split(",")
    reader = Reader(load(folder, service), set(known))
    only = set(row[3].split(",")) if len(row) > 3 and row[3] else None
    for name in names:
        if name not in reader.models:
            raise SystemExit(f"api-shapes.tsv: {service} has no shape {name}")
        members = {
            m: v
            for m, v in reader.models[name]["members"].items()
            if only is None or upper(m) in only
        }
        complete(reader, known or {"": {}}, "", members, [name])
    return reader.shapes


def table(folder, shapes, path):
    found = {}
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]
    for row in rows:
        for shape, fields in one(folder, row, shapes.get(row[0], {})).items():
            found.setdefault(row[0], {"": {}}).setdefault(shape, {}).update(fields)
    lines = []
    for name in sorted(found):
        lines.append(name)
        for shape in sorted(found[name]):
            if shape:
                lines.append(shape)
            lines += [cfn.field_line(p, v) for p, v in sorted(found[name][shape].items())]
    return lines, found
