"""Requests for `cordon simulate`: lines whose documents repeat, as a log of calls in an organization gives them, and the independent
simulator beside it where npm has installed it."""
import json
import os
import pathlib
import random
import shutil

from measure import Row

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ACCOUNT = "111122223333"
ROLES = BUCKETS = 20
CALLS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "ec2:DescribeInstances"]


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


SCP = document({"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
               {"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*", "route53:*", "cloudfront:*"],
                "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
                                               "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin*"}}})


def role_policy(i):
    return document({"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "s3:PutObject"],
                     "Resource": [f"arn:aws:s3:::bucket-{i}", f"arn:aws:s3:::bucket-{i}/*"]},
                    {"Effect": "Allow", "Action": ["ec2:Describe*", "sqs:*"], "Resource": "*"},
                    {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*/secret/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})


def bucket_policy(i):
    return document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r{i}"}, "Action": "s3:GetObject",
                     "Resource": f"arn:aws:s3:::bucket-{i}/*"},
                    {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::bucket-{i}/*",
                     "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}})


def request(r, role):
    action = r.choice(CALLS)
    bucket = f"arn:aws:s3:::bucket-{r.randrange(BUCKETS)}"
    resource = {"s3:ListBucket": bucket, "sqs:SendMessage": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders", "ec2:DescribeInstances": "*"}.get(
        action, f"{bucket}/" + r.choice(["a", "secret/x", "data/2026/01/file.csv"]))
    principal = f"arn:aws:iam::{ACCOUNT}:role/r{role}"
    return {"principal": principal, "action": action, "resource": resource, "accountId": ACCOUNT,
            "context": {"aws:RequestedRegion": r.choice(["eu-west-1", "us-east-1"]), "aws:PrincipalOrgID": "o-abc", "aws:SecureTransport": "true",
                        "aws:SourceIp": f"10.1.2.{r.randrange(255)}", "aws:PrincipalArn": principal}}


def lines(folder, count, seed):
    path = folder / f"requests-{count}-{seed}.ndjson"
    if path.exists():
        return path
    r, aside = random.Random(seed), path.with_suffix(".part")
    with open(aside, "w", encoding="utf-8") as out:
        for i in range(count):
            role = r.randrange(ROLES)
            line = {"id": i, "scps": [{"orgIdentifier": "root", "policies": [{"name": "regions", "policy": SCP}]}],
                    "identityPolicies": [{"name": f"role{role}", "policy": role_policy(role)}], "request": request(r, role)}
            if line["request"]["action"].startswith("s3:"):
                line["resourcePolicy"] = bucket_policy(r.randrange(BUCKETS))
            out.write(json.dumps(line, separators=(",", ":")) + "\n")
    aside.rename(path)
    return path


class RequestRow(Row):
    """What it took a request stands in the note."""

    def __init__(self, name, command, count):
        super().__init__(f"{name}, {count:,} requests", command)
        self.count = count

    def run(self):
        super().run()
        self.note = f"{self.count / self.cpu:,.0f} a second of processor time"


def other(folder):
    """The words before its input; None if the independent simulator is not here."""
    place = pathlib.Path(os.environ.get("CORDON_SIMULATE") or ROOT / "build" / "iam-simulate")
    if not shutil.which("node") or not (place / "node_modules/@cloud-copilot/iam-simulate").is_dir():
        print("SKIP iam-simulate: no node, or it is not installed (make test-peers does it)")
        return None
    script = folder / "simulate.sh"
    script.write_text(f'exec node "{ROOT}/tests/simulate/oracle.mjs" "{place}" <"$1"\n', encoding="utf-8")
    return ["sh", script]


def rows(folder, cordon, seed):
    few, many = 20000, 500000
    peer = other(folder)
    return [RequestRow("`cordon simulate`", [cordon, "simulate", lines(folder, few, seed)], few),
            *([RequestRow("iam-simulate", [*peer, lines(folder, few, seed)], few)] if peer else []),
            RequestRow("`cordon simulate`", [cordon, "simulate", lines(folder, many, seed)], many)]
