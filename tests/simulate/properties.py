"""What has to hold of decisions whatever the policies are: a variant of a line, and whether its answer may stand beside the line's."""
import copy
import json
import random


def documents(line):
    """Every document of a line."""
    for member in ("identityPolicies", "permissionBoundaries", "vpcEndpointPolicies"):
        yield from (p["policy"] for p in line.get(member, []))
    for member in ("scps", "rcps"):
        for level in line.get(member, []):
            yield from (p["policy"] for p in level["policies"])
    yield from (line[member] for member in ("resourcePolicy", "sessionPolicy") if member in line)


def statements(document):
    s = document["Statement"]
    return s if isinstance(s, list) else [s]


def shuffled(r, line):
    """Neither the order of statements matters, nor that of policies and of members."""
    for d in documents(line):
        s = list(statements(d))
        r.shuffle(s)
        d["Statement"] = s
    for member in ("identityPolicies", "permissionBoundaries"):
        r.shuffle(line.get(member, []))
    members = list(line.items())
    r.shuffle(members)
    return dict(members)


def denied(r, line):
    """A deny more never allows."""
    all_documents = list(documents(line))
    if not all_documents:
        return line
    d, other = r.choice(all_documents), copy.deepcopy(r.choice(statements(r.choice(all_documents))))
    mine = statements(d)[0]
    deny = {"Effect": "Deny", **{k: other[k] for k in ("Condition",) if k in other and r.random() < 0.7}}
    deny.update({k: mine[k] for k in ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal") if k in mine})
    if "${" in json.dumps(deny) and d.get("Version") != "2012-10-17":
        return line
    d["Statement"] = statements(d) + [deny]
    return line


def allowed_less(r, line):
    """An allow less never allows."""
    for d in documents(line):
        s = list(statements(d))
        allows = [i for i, x in enumerate(s) if x["Effect"] == "Allow"]
        if allows and r.random() < 0.5:
            del s[r.choice(allows)]
            d["Statement"] = s
    return line


def forgotten(r, line):
    """What is decided without some keys stays so when they become known."""
    line["partial"] = True
    context = line["request"]["context"]
    for key in list(context):
        if r.random() < 0.4:
            del context[key]
    return line


def same(before, after):
    return before == after


def not_more(before, after):
    return before == "allowed" or after != "allowed"


def settled(before, after):
    return after == "unknown" or after == before


# Absent keys are named, so that forgetting is of keys that were there or known not to be.
def with_absent_keys(line, keys):
    names = {k.lower() for k in line["request"]["context"]}
    line["request"]["context"].update({k: None for k in keys if k.lower() not in names})
    return line


PROPERTIES = [(shuffled, same), (denied, not_more), (allowed_less, not_more), (forgotten, settled)]


def variants(text, keys, seed):
    """For each line of TEXT and each property: the line, its variant, what is asked, and how answers have to agree."""
    r = random.Random(seed)
    for line in text.splitlines():
        for vary, agrees in PROPERTIES:
            before = with_absent_keys(json.loads(line), keys)
            after = vary(r, copy.deepcopy(before))
            yield json.dumps(before), json.dumps(after), vary.__name__, agrees
