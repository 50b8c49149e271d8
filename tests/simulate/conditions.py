"""Condition blocks and contexts, drawn at random: every operator and what may stand before and behind it, on keys of their type."""
HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/bob"
PATH_USER = f"arn:aws:iam::{HOME}:user/eng/alice"
ROLE = f"arn:aws:iam::{HOME}:role/worker"

# Of each type: keys, values that a request may have, and what conditions compare with.
STRINGS = {
    "aws:PrincipalOrgID": ["o-abc", "o-xyz", "O-ABC"],
    "aws:RequestedRegion": ["eu-west-1", "us-east-1", "eu-central-1"],
    "aws:username": ["bob", "alice", "a.txt", "team"],
    "aws:PrincipalTag/team": ["x", "red", "team", "*", "?", "ü"],
    "aws:PrincipalTag/Cost Center": ["x", "12", "a/b", "red"],
    "aws:RequestTag/team": ["x", "red", "Red"],
    "aws:userid": ["AIDA1", "AROA1:job-1", "bob"],
    "aws:SourceVpce": ["vpce-1", "vpce-2"],
    "aws:SourceAccount": [HOME, AWAY],
    "aws:PrincipalAccount": [HOME, AWAY],
    "aws:UserAgent": ["aws-cli/2.1", "Boto3/1.0", "curl"],
}
PATTERNS = ["*", "o-*", "eu-*", "?ob", "aws-cli/*", "*-1", "*:job-*", "vpce-?", "bob", "*a*", "e?-west-1", "a${*}", "${?}", "${*}", "x${$}*", "?", "??",
            "*?*", "**", "1111*", "??????222233??", "${aws:username, 'bob'}", "${aws:PrincipalTag/team, 'none'}*", "*${aws:RequestTag/Team, 'o'}"]
VARIABLES = ["${aws:username}", "x${aws:userid}*", "${aws:PrincipalTag/Cost Center}", "${AWS:UserName}", "${aws:PrincipalTag/team}${aws:username}", "$", "${"]
ARNS = {"aws:PrincipalArn": [USER, ROLE, PATH_USER, f"arn:aws:iam::{AWAY}:role/other"],
        "aws:SourceArn": [f"arn:aws:sns:eu-west-1:{HOME}:topic", "arn:aws:s3:::data", f"arn:aws:lambda:eu-west-1:{HOME}:function:f:1"]}
ARN_PATTERNS = [USER, ROLE, "arn:aws:iam::*:role/*", f"arn:aws:iam::{HOME}:*", "arn:*:iam::11112222333?:user/*", "arn:aws:s3:::*", "arn:aws:sns:*:*:topic",
                "arn:aws:iam::*:user/eng/*", "arn:aws:iam::*:user/${aws:username}", "arn:aws:*:*:*:*", "*:*:*:*:*:*", "arn:aws:lambda:*:*:function:f:?",
                "arn:aws:lambda:*:*:function:*", "arn:aws:iam::*:ROLE/worker", "arn:a?s:*am::*:*/b*b"]
NUMBERS = ["0", "1", "5", "3599", "3600", "3601", "-2", "2.5", "05", "5.0"]
DATES = ["2026-01-01T00:00:00Z", "2026-06-01T12:30:00Z", "2027-01-01T00:00:00Z", "2026-06-01", "2026-06", "2026-06-01T14:30:00+02:00", "2026-06-01T12:30Z",
         "2026-06-01T12:30:00.000Z", "2026-06-01T12:30:00.5Z"]
EPOCHS = ["1767225600", "1780317000", "1798761600"]
BOOLS = ["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService"]
# Plain addresses of IPv4 stand beside addresses of IPv4 alone: the other simulator compares plain ones as text.
ADDRESSES = {"aws:VpcSourceIp": (["10.1.2.3", "10.255.0.1", "192.0.2.9", "203.0.113.1", "198.51.100.7"],
                                 ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "203.0.113.1/32", "10.1.2.3", "10.1.2.2/31", "192.0.2.77/28"]),
             "aws:SourceIp": (["10.1.2.3", "203.0.113.1", "2001:db8::1", "2001:db8:0:7::9", "fe80::1"],
                              ["10.0.0.0/8", "203.0.113.0/24", "2001:db8::/32", "2001:db8::/64", "2001:DB8:0:7::/64", "2001:db8::1/128", "::/0", "fe80::/10"])}
SETS = {"aws:CalledVia": ["athena.amazonaws.com", "cloudformation.amazonaws.com", "dynamodb.amazonaws.com"],
        "aws:PrincipalOrgPaths": ["o-abc/r-1/ou-1/", "o-abc/r-1/ou-1/ou-2/", "o-xyz/r-2/"],
        "aws:TagKeys": ["owner", "Owner", "cost", "5", "3600"]}
SET_PATTERNS = ["o-abc/*", "*/ou-2/*", "a*.amazonaws.com", "*", "o-???/r-1/ou-1/", "?wner", "${aws:username, 'owner'}"]
ALL_KEYS = [*STRINGS, *ARNS, *BOOLS, *ADDRESSES, *SETS, "aws:MultiFactorAuthAge", "aws:EpochTime", "aws:CurrentTime", "aws:TokenIssueTime"]
COMPARISONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]


def some(r, values, most=3):
    picked = r.sample(values, r.randint(1, min(most, len(values))))
    return picked[0] if len(picked) == 1 and r.random() < 0.6 else picked


def any_case(r, word):
    return word if r.random() < 0.85 else r.choice([word.lower(), word.upper(), word.swapcase()])


def patterns_for(operator, values):
    """A variable without a value makes a negated operator hold, by AWS's documentation and not by the other simulator: with a default it has one."""
    return values if "Not" in operator else values + VARIABLES


def string(r):
    key = r.choice(list(STRINGS))
    op = r.choice(["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"])
    values = STRINGS[key] if "Like" not in op else patterns_for(op, PATTERNS)
    if "Like" not in op:
        values = values + ["${aws:username, 'bob'}", "${aws:PrincipalTag/team, 'red'}"] + ([] if "Not" in op else ["${aws:username}", "x${aws:userid}"])
    return op, key, some(r, values)


def arn(r):
    op = r.choice(["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike", "StringNotLike"])
    values = [p for p in ARN_PATTERNS if "Not" not in op or "${" not in p]
    return op, r.choice(list(ARNS)), some(r, values + (["arn:aws:iam::*", "*", "arn:aws:*"] if op in ("ArnLike", "ArnEquals") else []))


def number(r):
    key, values = r.choice([("aws:MultiFactorAuthAge", NUMBERS), ("aws:EpochTime", EPOCHS)])
    value = some(r, values, 2)
    return "Numeric" + r.choice(COMPARISONS), key, float(value) if isinstance(value, str) and value == "2.5" else value


def date(r):
    key, values = r.choice([("aws:CurrentTime", DATES), ("aws:TokenIssueTime", DATES), ("aws:EpochTime", EPOCHS)])
    return "Date" + r.choice(COMPARISONS), key, some(r, values, 2)


def truth(r):
    return "Bool", r.choice(BOOLS), r.choice(["true", "false", True, False, "True", "FALSE", ["true", "false"]])


def address(r):
    key = r.choice(list(ADDRESSES))
    return r.choice(["IpAddress", "NotIpAddress"]), key, some(r, ADDRESSES[key][1])


def binary(r):
    return "BinaryEquals", "aws:userid", some(r, ["QUlEQTE=", "Ym9i", "bob"])


def presence(r):
    key = r.choice(list(STRINGS) + list(ARNS) + list(SETS) + BOOLS + ["aws:SourceIp", "aws:CurrentTime", "aws:EpochTime"])
    return "Null", key, r.choice(["true", "false", True, False, "TRUE", ["true", "false"]])


def of_set(r):
    """A key of several values, with a set operator or, which no value passes, without."""
    key = r.choice(list(SETS))
    op = r.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"])
    values = SETS[key] + SET_PATTERNS if "Like" in op else SETS[key]
    if key == "aws:TagKeys" and r.random() < 0.2:
        # A word is not a number that differs, for the other simulator.
        op, values = "Numeric" + r.choice([c for c in COMPARISONS if c != "NotEquals"]), ["5", "6", "3600"]
    return r.choice(["ForAnyValue:", "ForAllValues:", "ForAnyValue:", "ForAllValues:", ""]) + op, key, some(r, values)


KINDS = [string, string, string, arn, number, date, truth, address, binary, presence, of_set, of_set]


def condition_line(r):
    """An operator, a key and values."""
    kind = r.choice(KINDS)
    op, key, values = kind(r)
    if kind not in (presence, of_set) and r.random() < 0.08:
        op = r.choice(["ForAnyValue:", "ForAllValues:"]) + op
    return op + ("IfExists" if kind is not presence and r.random() < 0.3 else ""), key, values


def conditions(r, counts=(0, 0, 1, 1, 1, 2, 3)):
    block = {}
    for _ in range(r.choice(counts)):
        op, key, values = condition_line(r)
        block.setdefault(any_case(r, op), {})[any_case(r, key)] = values
    return block


def context(r):
    c = {}
    values = {**STRINGS, **ARNS, "aws:MultiFactorAuthAge": NUMBERS, "aws:CurrentTime": DATES, "aws:TokenIssueTime": DATES, "aws:EpochTime": EPOCHS,
              **{key: ["true", "false"] for key in BOOLS}, **{key: pair[0] for key, pair in ADDRESSES.items()}}
    for key, choices in values.items():
        if r.random() < 0.5:
            value = r.choice(choices)
            c[any_case(r, key)] = [value] if r.random() < 0.05 else value
    for key, choices in SETS.items():
        if r.random() < 0.6:
            c[any_case(r, key)] = r.sample(choices, r.randint(1, 3))
    return c
