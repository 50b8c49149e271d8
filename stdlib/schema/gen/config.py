"""AWS Config's published property lists -> config-carries.txt: which properties an AWS Config item can have.

The regular rule: a property of CloudFormation is carried if the list has its path under `configuration` or
`supplementaryConfiguration`, its segments compared without case, as ingest reads them. config-exceptions.tsv says where
AWS Config keeps a property elsewhere; the same exceptions stand in the normalization maps.
"""

import json
import os

ENVELOPE = ("configuration", "supplementaryConfiguration")


def lists(folder):
    """Type of AWS Config -> its property paths below the two envelopes, as nested dicts."""
    found = {}
    folder = os.path.join(folder, "resource-types")
    for file in sorted(os.listdir(folder)):
        name = file[: -len(".properties.json")]
        with open(os.path.join(folder, file)) as f:
            paths = json.load(f)
        tree = {}
        for path, kind in paths.items():
            parts = path.split(".")
            node = tree
            for part in parts:
                node = node.setdefault(part, {})
            if not node:
                node[""] = kind
        found[name] = {e: {k: v for k, v in tree.get(e, {}).items() if k} for e in ENVELOPE}
    return found


def children(node):
    return {k.lower(): v for k, v in node.items() if k}


def carried(node, shape, shapes, depth=0):
    """The tree of SHAPE's properties that stand in NODE; {} below a property: all of it."""
    out = {}
    have = children(node)
    for prop, (kind, _, _) in shapes.get(shape, {}).items():
        if prop.lower() not in have:
            continue
        found = have[prop.lower()]
        inner = kind.strip("[]{}")
        below = children(found)
        if inner.startswith(".") and below and depth < 12:
            sub = carried(found, inner, shapes, depth + 1)
            if sub:
                out[prop] = sub
        elif (
            inner.startswith(".")
            or not below
            or inner in ("json", "policy")
            or kind.startswith("{")
        ):
            out[prop] = {}
        elif set(below) == {"value"}:  # AWS Config wraps some enumerated values
            out[prop] = {}
        # Another object in AWS Config where CloudFormation has a plain value needs an exception, or a mapping.
    return out


def put(tree, path):
    node = tree
    for i, part in enumerate(path):
        if part in node and not node[part] and i + 1 < len(path):
            return  # carried whole already
        node = node.setdefault(part, {})


def exceptions(path):
    """`CFN-TYPE config-type` or ` CFN.path config.path` lines."""
    renames, rules, current = {}, {}, None
    with open(path) as f:
        for line in f:
            line = line.rstrip("\n")
            if not line or line[0] in "#%":
                continue
            cells = line.split("\t")
            if line[0] == " ":
                rules[current].append((cells[0].strip(), cells[1]))
            else:
                current = cells[0]
                rules.setdefault(current, [])
                if len(cells) > 1:
                    renames[cells[1]] = current
    return renames, rules


def reaches(lists_of_type, path):
    node = lists_of_type
    for part in path.split("."):
        if part not in node:
            return False
        node = node[part]
    return True


def paths_of(name, listed, shapes, rules):
    """The tree of the paths of one type: the regular rule's, then the exceptions."""
    tree = {}
    for envelope in ENVELOPE:
        for k, v in carried(listed.get(envelope, {}), "", shapes[name]).items():
            if k not in tree or len(json.dumps(v)) > len(json.dumps(tree[k])):
                tree[k] = v
    for path, source in rules.get(name, []):
        if source == "yes" or reaches(listed, source):
            put(tree, path.split("."))
    if "Tags" in shapes[name][""]:
        tree["Tags"] = {}
    return tree


def table(config_lists, shapes, exception_file):
    """The lines of config-carries.txt for all types in SHAPES (overlay included)."""
    renames, rules = exceptions(exception_file)
    listed = {renames.get(n, n): config_lists[n] for n in config_lists}
    lines = []
    for name in sorted(set(listed) | set(rules)):
        if name not in shapes:
            raise SystemExit(
                f"{name}: AWS Config records it, neither CloudFormation nor the overlay has it"
            )
        lines.append(name)
        write(paths_of(name, listed.get(name, {}), shapes, rules), 1, lines)
    return lines


def write(tree, depth, lines):
    for k in sorted(tree):
        lines.append(" " * depth + k)
        write(tree[k], depth + 1, lines)
