#!/usr/bin/env python3
"""Random lines for `cordon simulate`. Usage: generate.py SEED COUNT

What the two simulators are known to decide differently, with AWS's documentation on our side, is not drawn here; tests/simulate/README.md
lists it, and tests/golden/simulate/documented has a case for each.
"""
import json
import random
import sys

HOME, AWAY = "111122223333", "444455556666"
# Action, resources, whether it is on nothing but "*".
ACTIONS = {
    "s3:GetObject": ["arn:aws:s3:::data/a.txt", "arn:aws:s3:::data/team/x/y.csv", "arn:aws:s3:::logs/2026/1"],
    "s3:PutObject": ["arn:aws:s3:::data/a.txt", "arn:aws:s3:::logs/2026/1"],
    "s3:ListBucket": ["arn:aws:s3:::data", "arn:aws:s3:::logs"],
    "sqs:SendMessage": ["arn:aws:sqs:eu-west-1:{account}:orders", "arn:aws:sqs:us-east-1:{account}:orders-dlq"],
    "secretsmanager:GetSecretValue": ["arn:aws:secretsmanager:eu-west-1:{account}:secret:db/prod-a1b2c3"],
    "dynamodb:GetItem": ["arn:aws:dynamodb:eu-west-1:{account}:table/users"],
    "kms:Decrypt": ["arn:aws:kms:eu-west-1:{account}:key/12345678-1234-1234-1234-123456789012"],
    "kms:DescribeKey": ["arn:aws:kms:eu-west-1:{account}:key/12345678-1234-1234-1234-123456789012"],
    "lambda:InvokeFunction": ["arn:aws:lambda:eu-west-1:{account}:function:resize"],
    "ec2:StartInstances": ["arn:aws:ec2:eu-west-1:{account}:instance/i-0abc"],
    "ec2:DescribeInstances": ["*"],
    "sts:AssumeRole": ["arn:aws:iam::{account}:role/target"],
    "iam:PassRole": ["arn:aws:iam::{account}:role/target"],
    "iam:CreateUser": ["arn:aws:iam::{account}:user/new"],
    "ecr:BatchGetImage": ["arn:aws:ecr:eu-west-1:{account}:repository/app"],
    "s3:ListAllMyBuckets": ["*"],
}
RCP_SERVICES = {"s3", "sqs", "secretsmanager", "dynamodb", "kms", "sts", "ecr"}
ONLY_STAR = {"ec2:DescribeInstances", "s3:ListAllMyBuckets"}

USER = f"arn:aws:iam::{HOME}:user/bob"
PATH_USER = f"arn:aws:iam::{HOME}:user/eng/alice"
ROLE = f"arn:aws:iam::{HOME}:role/worker"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/worker/job-1"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/fred"
CALLERS = [USER, USER, PATH_USER, ROLE, SESSION, SESSION, FEDERATED, "lambda.amazonaws.com", {"type": "Anonymous"}]

# Keys of every request: name, values that a request may have, what conditions compare with.
STRINGS = {
    "aws:PrincipalOrgID": ["o-abc", "o-xyz", "O-ABC"],
    "aws:RequestedRegion": ["eu-west-1", "us-east-1", "eu-central-1"],
    "aws:username": ["bob", "alice", "a.txt", "team"],
    "aws:PrincipalTag/team": ["x", "red", "team", "*"],
    "aws:userid": ["AIDA1", "AROA1:job-1", "bob"],
    "aws:SourceVpce": ["vpce-1", "vpce-2"],
    "aws:UserAgent": ["aws-cli/2.1", "Boto3/1.0", "curl"],
}
PATTERNS = ["*", "o-*", "eu-*", "?ob", "aws-cli/*", "*-1", "*:job-*", "vpce-?", "bob", "*a*", "e?-west-1", "a${*}", "${aws:username, 'bob'}",
            "${aws:PrincipalTag/team, 'none'}*"]
VARIABLES = ["${aws:username}", "x${aws:userid}*"]
ARNS = {"aws:PrincipalArn": [USER, ROLE, PATH_USER, f"arn:aws:iam::{AWAY}:role/other"],
        "aws:SourceArn": [f"arn:aws:sns:eu-west-1:{HOME}:topic", "arn:aws:s3:::data"]}
ARN_PATTERNS = [USER, ROLE, "arn:aws:iam::*:role/*", f"arn:aws:iam::{HOME}:*", "arn:*:iam::11112222333?:user/*", "arn:aws:s3:::*", "arn:aws:sns:*:*:topic",
                "arn:aws:iam::*:user/eng/*", "arn:aws:iam::*:user/${aws:username}"]
NUMBERS = ["0", "1", "5", "3599", "3600", "3601", "-2", "2.5"]
DATES = ["2026-01-01T00:00:00Z", "2026-06-01T12:30:00Z", "2027-01-01T00:00:00Z", "2026-06-01"]
ADDRESSES = ["10.1.2.3", "10.255.0.1", "192.0.2.9", "203.0.113.1", "198.51.100.7"]
NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "203.0.113.1/32", "10.1.2.3"]
TAGS = ["owner", "cost", "tmp-1", "Owner"]
SETS = {"aws:CalledVia": ["athena.amazonaws.com", "cloudformation.amazonaws.com", "dynamodb.amazonaws.com"],
        "aws:PrincipalOrgPaths": ["o-abc/r-1/ou-1/", "o-abc/r-1/ou-1/ou-2/", "o-xyz/r-2/"]}
SET_PATTERNS = ["o-abc/*", "*/ou-2/*", "a*.amazonaws.com", "*", "o-???/r-1/ou-1/"]


def some(r, values, most=3):
    picked = r.sample(values, r.randint(1, min(most, len(values))))
    return picked[0] if len(picked) == 1 and r.random() < 0.6 else picked


def any_case(r, word):
    return word if r.random() < 0.9 else r.choice([word.lower(), word.upper()])


def condition_line(r):
    """An operator, a key and values."""
    kind = r.choice(["string", "string", "pattern", "arn", "number", "date", "bool", "ip", "null", "set", "set"])
    if_exists = "IfExists" if r.random() < 0.3 else ""
    if kind == "string":
        key = r.choice(list(STRINGS))
        op = r.choice(["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"])
        return op + if_exists, key, some(r, STRINGS[key])
    if kind == "pattern":
        op = r.choice(["StringLike", "StringNotLike"])
        return op + if_exists, r.choice(list(STRINGS)), some(r, PATTERNS if "Not" in op else PATTERNS + VARIABLES)
    if kind == "arn":
        op = r.choice(["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike", "StringNotLike"])
        return op + if_exists, r.choice(list(ARNS)), some(r, [p for p in ARN_PATTERNS if "Not" not in op or "${" not in p])
    if kind == "number":
        op = r.choice(["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"])
        value = some(r, NUMBERS, 2)
        return "Numeric" + op + if_exists, "aws:MultiFactorAuthAge", value
    if kind == "date":
        op = r.choice(["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"])
        return "Date" + op + if_exists, r.choice(["aws:CurrentTime", "aws:TokenIssueTime"]), some(r, DATES, 2)
    if kind == "bool":
        key = r.choice(["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService"])
        return "Bool" + if_exists, key, r.choice(["true", "false", True, False, "True", ["true", "false"]])
    if kind == "ip":
        return r.choice(["IpAddress", "NotIpAddress"]) + if_exists, r.choice(["aws:SourceIp", "aws:VpcSourceIp"]), some(r, NETWORKS)
    if kind == "null":
        key = r.choice(list(STRINGS) + list(ARNS) + list(SETS) + ["aws:SourceIp", "aws:CurrentTime"])
        return "Null", key, r.choice(["true", "false", True, False])
    key = r.choice(list(SETS))
    op = r.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
    return r.choice(["ForAnyValue:", "ForAllValues:"]) + op, key, some(r, SETS[key] + SET_PATTERNS if "Like" in op else SETS[key])


def conditions(r):
    block = {}
    for _ in range(r.choice([0, 0, 1, 1, 1, 2, 3])):
        op, key, values = condition_line(r)
        block.setdefault(any_case(r, op), {})[any_case(r, key)] = values
    return block


def action_pattern(r, action):
    service, name = action.split(":")
    return r.choice([action, action, f"{service}:*", "*", f"{service}:{name[:3]}*", f"{service}:*{name[-4:]}", f"{service.upper()}:{name.lower()}",
                     f"{service}:{name[:-1]}?", r.choice(list(ACTIONS)), "cloudtrail:*", f"{service}:Delete*"])


def actions(r, action, rcp):
    patterns = [action_pattern(r, action) for _ in range(r.choice([1, 1, 2, 3]))]
    if rcp:
        patterns = [p for p in patterns if p != "*"] or [action]
    return patterns[0] if len(patterns) == 1 and r.random() < 0.7 else patterns


def resource_pattern(r, arn):
    if arn == "*":
        return r.choice(["*", "*", "*", "arn:aws:s3:::data"])
    parts = arn.split(":", 5)
    tail = parts[5]
    wild = parts[:]
    i = r.choice([1, 3, 4, 5])
    wild[i] = "*" if i != 5 else r.choice([tail[:3] + "*", "*" + tail[-3:], tail[:-1] + "?", "*", tail.split("/")[0] + "/*", tail + "x"])
    return r.choice([arn, arn, "*", "*", ":".join(wild), ":".join(wild), "arn:aws:s3:::data/${aws:username}", "arn:aws:s3:::data/*", arn + "/*",
                     ":".join(parts[:5] + ["*"]), "arn:aws:sqs:*:*:*"])


def resources(r, arn):
    patterns = [resource_pattern(r, arn) for _ in range(r.choice([1, 1, 2]))]
    return patterns[0] if len(patterns) == 1 and r.random() < 0.7 else patterns


def principals(r, caller, role_trust):
    """The Principal element of a resource policy."""
    me = caller if isinstance(caller, str) else "*"
    if me.endswith(".amazonaws.com"):
        return r.choice([{"Service": me}, {"Service": [me, "ec2.amazonaws.com"]}, {"Service": "ec2.amazonaws.com"}, "*", {"AWS": USER}])
    choices = ["*", {"AWS": "*"}, {"AWS": HOME}, {"AWS": f"arn:aws:iam::{HOME}:root"}, {"AWS": AWAY}, {"AWS": [AWAY, ROLE]}, {"AWS": USER},
               {"AWS": ROLE}, {"Service": "lambda.amazonaws.com"}, {"AWS": f"arn:aws:iam::{HOME}:role/other"}, {"AWS": f"arn:aws:iam::{HOME}:user/*"}]
    if me != "*":
        choices += [{"AWS": me}] * 4
    return r.choice(choices)


def statement(r, action, arn, kind, caller):
    s = {"Effect": "Deny" if kind == "rcp" or r.random() < 0.25 else "Allow"}
    if r.random() < 0.5:
        s["Sid"] = r.choice(["A", "B", "Stmt1"])
    if kind != "rcp" and r.random() < 0.15:
        s["NotAction"] = actions(r, r.choice(list(ACTIONS)), False)
    else:
        s["Action"] = actions(r, action, kind == "rcp")
    trust = kind == "resource" and action == "sts:AssumeRole"
    if not trust:
        s["NotResource" if r.random() < 0.12 and "username" not in str(arn) else "Resource"] = resources(r, arn)
        if "NotResource" in s and "${" in json.dumps(s["NotResource"]):
            s["NotResource"] = "arn:aws:s3:::data/*"
    if kind in ("rcp", "vpce"):
        s["Principal"] = "*"
    if kind == "resource":
        if r.random() < 0.08 and s["Effect"] == "Deny" and caller not in (SESSION, FEDERATED):
            s["NotPrincipal"] = principals(r, caller, trust)
        else:
            s["Principal"] = principals(r, caller, trust)
    block = conditions(r)
    if block:
        s["Condition"] = block
    return s


def document(r, action, arn, kind, caller, generous):
    statements = [statement(r, action, arn, kind, caller) for _ in range(r.choice([1, 1, 2, 3]))]
    if generous and kind != "rcp":
        s = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if kind == "resource":
            s["Principal"] = principals(r, caller, False)
            if action == "sts:AssumeRole":
                del s["Resource"]
                s["Action"] = "sts:AssumeRole"
        if kind == "vpce":
            s["Principal"] = "*"
        statements.append(s)
    r.shuffle(statements)
    return {"Version": "2012-10-17", "Statement": statements if len(statements) > 1 or r.random() < 0.8 else statements[0]}


def named(r, n, *rest):
    return [{"name": f"p{i}", "policy": document(r, *rest)} for i in range(n)]


def context(r):
    c = {}
    for values in (STRINGS, ARNS):
        for key in values:
            if r.random() < 0.5:
                c[key] = r.choice(values[key])
    if r.random() < 0.5:
        c["aws:MultiFactorAuthAge"] = r.choice(NUMBERS)
    for key in ("aws:CurrentTime", "aws:TokenIssueTime"):
        if r.random() < 0.5:
            c[key] = r.choice(DATES)
    for key in ("aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService"):
        if r.random() < 0.5:
            c[key] = r.choice(["true", "false"])
    for key in ("aws:SourceIp", "aws:VpcSourceIp"):
        if r.random() < 0.5:
            c[key] = r.choice(ADDRESSES)
    for key in SETS:
        if r.random() < 0.6:
            c[key] = r.sample(SETS[key], r.randint(1, 3))
    return c


def line(r, i):
    action = r.choice(list(ACTIONS))
    account = HOME if r.random() < 0.65 else AWAY
    arn = r.choice(ACTIONS[action]).format(account=account)
    if action in ONLY_STAR:
        account = HOME
    caller = r.choice(CALLERS)
    anonymous = not isinstance(caller, str)
    service = not anonymous and caller.endswith(".amazonaws.com")
    out = {"id": i, "request": {"principal": caller, "action": action, "resource": arn, "accountId": account, "context": context(r)}}
    args = (action, arn)
    if not anonymous and not service:
        out["identityPolicies"] = named(r, r.choice([0, 1, 1, 2]), *args, "identity", caller, r.random() < 0.5)
        if r.random() < 0.3:
            out["permissionBoundaries"] = named(r, 1, *args, "boundary", caller, r.random() < 0.6)
        if r.random() < 0.3:
            out["scps"] = [{"orgIdentifier": f"l{k}", "policies": named(r, r.choice([1, 1, 2]), *args, "scp", caller, r.random() < 0.8)}
                           for k in range(r.choice([1, 2, 3]))]
        if caller in (SESSION, FEDERATED, ROLE) and action != "sts:AssumeRole" and r.random() < 0.3:
            out["sessionPolicy"] = document(r, *args, "session", caller, r.random() < 0.6)
    wants_policy = action in ("sts:AssumeRole",) or action.startswith("kms:")
    limited = "sessionPolicy" in out and account == HOME
    if action not in ONLY_STAR and not action.startswith(("ec2:", "iam:")) and not limited and (wants_policy or r.random() < 0.6):
        out["resourcePolicy"] = document(r, *args, "resource", caller, r.random() < 0.5)
    if action.split(":")[0] in RCP_SERVICES and r.random() < 0.25:
        out["rcps"] = [{"orgIdentifier": f"l{k}", "policies": named(r, r.choice([0, 1, 2]), *args, "rcp", caller, False)}
                       for k in range(r.choice([1, 2]))]
    if r.random() < 0.15:
        out["vpcEndpointPolicies"] = named(r, 1, *args, "vpce", caller, r.random() < 0.7)
    return out


def main():
    r = random.Random(sys.argv[1])
    for i in range(int(sys.argv[2])):
        print(json.dumps(line(r, i)))


if __name__ == "__main__":
    main()
