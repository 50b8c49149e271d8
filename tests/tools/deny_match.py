"""Which requests a policy document denies: a small matcher of IAM's statements, for tests. Written from the IAM user guide
("IAM JSON policy elements"), and apart from the matcher of the project."""
import datetime
import ipaddress
import re


def glob(pattern, nocase=False):
    """`${*}` and `${?}` are the characters themselves."""
    out = ""
    for part in re.split(r"(\$\{[*?$]\}|[*?])", pattern):
        out += {"*": ".*", "?": "."}.get(part, re.escape(part[2] if re.fullmatch(r"\$\{[*?$]\}", part) else part))
    return re.compile(out + r"\Z", re.S | (re.I if nocase else 0))


def arn_like(pattern, text):
    if pattern == "*":
        return True
    want, have = pattern.split(":", 5), text.split(":", 5)
    return len(want) == len(have) == 6 and all(glob(w).match(h) for w, h in zip(want, have))


def as_list(value):
    return value if isinstance(value, list) else [value]


def as_number(value):
    try:
        return float(value)
    except ValueError:
        return None


def as_time(value):
    number = as_number(value)
    return number if number is not None else datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


def ordered(compare, convert):
    def test(value, wanted):
        x, y = convert(value), convert(wanted)
        return x is not None and y is not None and compare(x, y)
    return test


def in_network(value, wanted):
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


# Positive operators; a negated one is «none of the values».
POSITIVE = {
    "stringequals": lambda v, w: glob(re.sub(r"[*?](?!\})", lambda m: "${%s}" % m.group(), w)).match(v) is not None,
    "stringequalsignorecase": lambda v, w: v.lower() == w.lower(),
    "stringlike": lambda v, w: glob(w).match(v) is not None,
    "arnequals": lambda v, w: arn_like(w, v),
    "arnlike": lambda v, w: arn_like(w, v),
    "numericequals": ordered(lambda x, y: x == y, as_number),
    "dateequals": ordered(lambda x, y: x == y, as_time),
    "bool": lambda v, w: v.lower() == w.lower(),
    "ipaddress": in_network,
}
for name, compare in (("lessthan", lambda x, y: x < y), ("lessthanequals", lambda x, y: x <= y),
                      ("greaterthan", lambda x, y: x > y), ("greaterthanequals", lambda x, y: x >= y)):
    POSITIVE["numeric" + name] = ordered(compare, as_number)
    POSITIVE["date" + name] = ordered(compare, as_time)
NEGATED = {"stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequalsignorecase",
           "stringnotlike": "stringlike", "arnnotequals": "arnequals", "arnnotlike": "arnlike",
           "numericnotequals": "numericequals", "datenotequals": "dateequals", "notipaddress": "ipaddress"}


def resolved(wanted, context):
    """Values with their policy variables filled in; those whose key is absent match nothing."""
    out = []
    for value in wanted:
        known = True
        for name in re.findall(r"\$\{([^*?$}][^}]*)\}", value):
            have = context.get(name.lower())
            known = known and have is not None and len(have) == 1
            if known:
                value = value.replace("${%s}" % name, re.sub(r"([*?])", r"${\1}", have[0]))
        out += [value] if known else []
    return out


def holds(operator, key, wanted, context):
    op = operator.lower()
    have = context.get(key.lower())
    if op == "null":
        return (have is None) == (str(wanted[0]).lower() == "true")
    quantifier, _, op = op.rpartition(":")
    if_exists, op = op.endswith("ifexists"), op.removesuffix("ifexists")
    negated = op in NEGATED
    test = POSITIVE[NEGATED.get(op, op)]
    wanted = resolved([str(w).lower() if isinstance(w, bool) else str(w) for w in wanted], context)
    if have is None:
        return quantifier == "forallvalues" or if_exists or (negated and quantifier != "foranyvalue")
    one = [any(test(v, w) for w in wanted) != negated for v in have]
    return any(one) if quantifier == "foranyvalue" else all(one)


def applies(statement, action, resource, context):
    named = any(glob(p, True).match(action) for p in as_list(statement.get("Action", statement.get("NotAction"))))
    if named != ("Action" in statement):
        return False
    patterns = resolved(as_list(statement.get("Resource", statement.get("NotResource"))), context)
    if any(arn_like(p, resource) for p in patterns) != ("Resource" in statement):
        return False
    return all(holds(op, key, as_list(wanted), context)
               for op, block in statement.get("Condition", {}).items() for key, wanted in block.items())


def allows(document, action, resource, context):
    return any(s["Effect"] == "Allow" and applies(s, action, resource, context) for s in as_list(document["Statement"]))


def denies(document, action, resource, context):
    """CONTEXT maps keys in lower case to lists of values."""
    return any(s["Effect"] == "Deny" and applies(s, action, resource, context) for s in as_list(document["Statement"]))
