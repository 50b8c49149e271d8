"""Roles with 400 documents in turns, of which every fourth trusts account 999999999999; then two with one of over 8 KB, which
does so, too, and two with a text that is no document."""
import json


def trust(n, name):
    account = "999999999999" if n % 4 == 0 else "111122223333"
    return {"Version": "2012-10-17", "Id": name,
            "Statement": [{"Sid": f"s{n}", "Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}]}


def role(name, document):
    print(json.dumps({"type": "AWS::IAM::Role", "id": name, "account": "111122223333", "region": None,
                      "properties": {"AssumeRolePolicyDocument": document}}))


print('{"cordon":1,"complete":[{"type":"*"}]}')
for i in range(600):
    role(f"r{i}", trust(i % 400, "short"))
for i in range(2):
    role(f"long{i}", trust(400, "long" * 2500))
    role(f"none{i}", "no document")
