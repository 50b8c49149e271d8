"""Statements and documents of each kind, drawn at random."""
import json

from conditions import AWAY, HOME, PATH_USER, ROLE, USER, any_case, conditions, some

PATH_ROLE = f"arn:aws:iam::{HOME}:role/team/worker"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/worker/job-1"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/fred"
PROVIDER = f"arn:aws:iam::{HOME}:saml-provider/corp"
ANONYMOUS = {"type": "Anonymous"}
CALLERS = [USER, USER, PATH_USER, ROLE, PATH_ROLE, SESSION, SESSION, FEDERATED, "lambda.amazonaws.com", ANONYMOUS]

# Actions and the resources that they are on.
ACTIONS = {
    "s3:GetObject": ["arn:aws:s3:::data/a.txt", "arn:aws:s3:::data/team/x/y.csv", "arn:aws:s3:::logs/2026/1", "arn:aws:s3:::data/bob", "arn:aws:s3:::data/a:b ü"],
    "s3:PutObject": ["arn:aws:s3:::data/a.txt", "arn:aws:s3:::logs/2026/1"],
    "s3:ListBucket": ["arn:aws:s3:::data", "arn:aws:s3:::logs"],
    "sqs:SendMessage": ["arn:aws:sqs:eu-west-1:{account}:orders", "arn:aws:sqs:us-east-1:{account}:orders-dlq"],
    "sns:Publish": ["arn:aws:sns:eu-west-1:{account}:alerts"],
    "secretsmanager:GetSecretValue": ["arn:aws:secretsmanager:eu-west-1:{account}:secret:db/prod-a1b2c3"],
    "dynamodb:GetItem": ["arn:aws:dynamodb:eu-west-1:{account}:table/users"],
    "kms:Decrypt": ["arn:aws:kms:eu-west-1:{account}:key/12345678-1234-1234-1234-123456789012"],
    "kms:DescribeKey": ["arn:aws:kms:eu-west-1:{account}:key/12345678-1234-1234-1234-123456789012"],
    "lambda:InvokeFunction": ["arn:aws:lambda:eu-west-1:{account}:function:resize", "arn:aws:lambda:eu-west-1:{account}:function:resize:2"],
    "ec2:StartInstances": ["arn:aws:ec2:eu-west-1:{account}:instance/i-0abc"],
    "ec2:DescribeInstances": ["*"],
    "sts:AssumeRole": ["arn:aws:iam::{account}:role/target"],
    "iam:PassRole": ["arn:aws:iam::{account}:role/target"],
    "iam:CreateUser": ["arn:aws:iam::{account}:user/new"],
    "ecr:BatchGetImage": ["arn:aws:ecr:eu-west-1:{account}:repository/app"],
    "s3:ListAllMyBuckets": ["*"],
}
RCP_SERVICES = {"s3", "sqs", "secretsmanager", "dynamodb", "kms", "sts", "ecr"}


def action_pattern(r, action):
    service, name = action.split(":")
    return r.choice([action, action, f"{service}:*", "*", f"{service}:{name[:3]}*", f"{service}:*{name[-4:]}", f"{service.upper()}:{name.lower()}",
                     f"{service}:{name[:-1]}?", f"{service}:?{name[1:].upper()}", f"{service}:*{name[2:5]}*", f"{service}:{name}*", f"{service}:{name}?",
                     r.choice(list(ACTIONS)), "cloudtrail:*", f"{service}:Delete*"])


def one_or_list(r, values):
    return values[0] if len(values) == 1 and r.random() < 0.7 else values


def actions(r, action, is_rcp):
    patterns = [action_pattern(r, action) for _ in range(r.choice([1, 1, 2, 3]))]
    if is_rcp:
        patterns = [p for p in patterns if p != "*"] or [action]
    return one_or_list(r, patterns)


def wild(r, arn):
    """Wildcards in one part or in several; not in the type of a resource, which the other simulator does not read as a pattern."""
    parts = arn.split(":", 5)
    tail = parts[5]
    for i in r.sample([1, 3, 4, 5], r.choice([1, 1, 2, 3])):
        part = parts[i]
        if i == 5:
            parts[i] = r.choice([tail[:-1] + "?", "*", tail.split("/")[0] + "/*", tail + "x", tail[:-3] + "*", tail[:-3] + "*" + tail[-1:], tail + "*"])
        else:
            parts[i] = r.choice(["*", "*", part[:-1] + "?", part[:2] + "*", "*" + part[2:], "?" * len(part), part.upper()])
    return ":".join(parts)


def resource_pattern(r, arn, is_not, kind):
    if arn == "*":
        return r.choice(["*", "*", "*", "arn:aws:s3:::data"])
    parts = arn.split(":", 5)
    choices = [arn, arn, "*", "*", wild(r, arn), wild(r, arn), wild(r, arn), "arn:aws:s3:::data/${aws:username, 'bob'}", "arn:aws:s3:::data/*", arn + "/*",
               ":".join(parts[:5] + ["*"]), "arn:aws:sqs:*:*:*", "arn:aws:s3:::*/${aws:username, 'x'}*"]
    if not is_not and kind != "rcp":
        choices += ["arn:aws:s3:::data/${aws:username}", "arn:aws:s3:::data/${*}", f"arn:aws:{parts[2]}:*"]
    return r.choice(choices)


def resources(r, arn, is_not, kind):
    return one_or_list(r, [resource_pattern(r, arn, is_not, kind) for _ in range(r.choice([1, 1, 2]))])


def of_session(caller):
    return caller in (SESSION, FEDERATED)


def principals(r, caller, has_session_policy):
    """The Principal element of a resource policy. What is given to `*`, or to a session by its own ARN, a session policy does not limit by AWS's
    documentation, and does by the other simulator: beside one they are not drawn."""
    me = caller if isinstance(caller, str) else "*"
    others = [{"AWS": HOME}, {"AWS": f"arn:aws:iam::{HOME}:root"}, {"AWS": AWAY}, {"AWS": [AWAY, ROLE]}, {"AWS": USER}, {"AWS": ROLE}, {"AWS": PATH_ROLE},
              {"Service": "lambda.amazonaws.com"}, {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, {"AWS": f"arn:aws:iam::{HOME}:role/other"},
              {"AWS": f"arn:aws:iam::{HOME}:user/*"}, {"AWS": f"arn:aws:iam::{HOME}:user/BOB"}, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/worker/other"},
              {"AWS": "AIDAEXAMPLE"}, {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, {"Federated": PROVIDER},
              {"AWS": f"arn:aws:iam::{HOME}:user/fred"}, {"AWS": [USER, PATH_USER], "Service": "ec2.amazonaws.com"}, {"AWS": "arn:aws:iam::*:user/bob"}]
    if has_session_policy:
        return r.choice(others + [{"AWS": ROLE}] * 4)
    others += ["*", {"AWS": "*"}, {"AWS": ["*", AWAY]}]
    if me == "*" or me.endswith(".amazonaws.com"):
        return r.choice(others + ([] if me == "*" else [{"Service": me}] * 4))
    return r.choice(others + [{"AWS": me}] * 5)


def statement(r, action, arn, kind, caller, has_session_policy):
    s = {"Effect": "Deny" if kind == "rcp" or r.random() < 0.25 else "Allow"}
    if r.random() < 0.5:
        s["Sid"] = r.choice(["A", "B", "Stmt1"])
    if kind != "rcp" and r.random() < 0.15:
        s["NotAction"] = actions(r, r.choice(list(ACTIONS)), False)
    else:
        s["Action"] = actions(r, action, kind == "rcp")
    if not (kind == "resource" and action == "sts:AssumeRole"):
        is_not = r.random() < 0.12
        s["NotResource" if is_not else "Resource"] = resources(r, arn, is_not, kind)
    if kind in ("rcp", "vpce"):
        s["Principal"] = "*"
    if kind == "resource":
        if r.random() < 0.08 and s["Effect"] == "Deny" and not of_session(caller):
            s["NotPrincipal"] = principals(r, caller, False)
        else:
            s["Principal"] = principals(r, caller, has_session_policy)
    block = conditions(r)
    if block:
        s["Condition"] = block
    return s


def allow_all(r, action, kind, caller, has_session_policy):
    s = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind == "resource":
        s["Principal"] = principals(r, caller, has_session_policy)
        if action == "sts:AssumeRole":
            del s["Resource"]
            s["Action"] = "sts:AssumeRole"
    if kind == "vpce":
        s["Principal"] = "*"
    return s


def document(r, action, arn, kind, caller, generous, has_session_policy=False):
    statements = [statement(r, action, arn, kind, caller, has_session_policy) for _ in range(r.choice([1, 1, 2, 3]))]
    if generous and kind != "rcp":
        statements.append(allow_all(r, action, kind, caller, has_session_policy))
    r.shuffle(statements)
    d = {"Version": "2012-10-17", "Statement": statements if len(statements) > 1 or r.random() < 0.8 else statements[0]}
    if r.random() < 0.1:
        d["Id"] = "an id"
    if kind != "rcp" and "${" not in json.dumps(d) and r.random() < 0.1:
        # Of variables in documents without a version the two think differently.
        d["Version"] = "2008-10-17"
        if r.random() < 0.5:
            del d["Version"]
    return d


def named(r, n, *rest):
    return [{"name": f"p{i}", "policy": document(r, *rest)} for i in range(n)]
