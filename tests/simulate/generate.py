#!/usr/bin/env python3
"""Random lines for `cordon simulate`. Usage: generate.py SEED COUNT

Half of them have policies of every kind around them; the others are of one condition, or one pattern, so that a difference shows. What the
two simulators are known to decide differently, with AWS's documentation on our side, is not drawn; README.md lists it, and
tests/golden/simulate/documented has a case for each.
"""
import json
import random
import sys

from conditions import AWAY, HOME, USER, conditions, context
from documents import (ACTIONS, ANONYMOUS, CALLERS, FEDERATED, PROVIDER, RCP_SERVICES, ROLE, SESSION, document, named, principals, resource_pattern,
                       action_pattern)

WITHOUT_RESOURCE_POLICY = ("ec2:", "iam:")


def request(r, caller, action, arn, account):
    q = {"principal": caller, "action": action, "resource": arn, "accountId": account, "context": context(r)}
    if r.random() < 0.1:
        q["resource"] = {"resource": arn, "accountId": account}
        del q["accountId"]
    return q


def levels(r, kind, counts, args, caller, generous):
    return [{"orgIdentifier": f"l{k}", "policies": named(r, r.choice(counts), *args, kind, caller, r.random() < generous)} for k in range(r.choice([1, 2, 3]))]


def own_policies(r, out, args, caller):
    """What a user or role has."""
    out["identityPolicies"] = named(r, r.choice([0, 1, 1, 2]), *args, "identity", caller, r.random() < 0.5)
    if r.random() < 0.3:
        out["permissionBoundaries"] = named(r, 1, *args, "boundary", caller, r.random() < 0.6)
    if r.random() < 0.3:
        out["scps"] = levels(r, "scp", [1, 1, 1, 2, 2, 0], args, caller, 0.8)
    if caller in (SESSION, FEDERATED, ROLE) and args[0] != "sts:AssumeRole" and r.random() < 0.3:
        out["sessionPolicy"] = document(r, *args, "session", caller, r.random() < 0.6)


def whole_line(r):
    action = r.choice(list(ACTIONS))
    account = HOME if r.random() < 0.65 else AWAY
    arn = r.choice(ACTIONS[action]).format(account=account)
    account = HOME if arn == "*" else account
    caller = r.choice(CALLERS)
    out = {"request": request(r, caller, action, arn, account)}
    args = (action, arn)
    if caller is not ANONYMOUS and not caller.endswith(".amazonaws.com"):
        own_policies(r, out, args, caller)
    wants_policy = action.startswith("kms:") or (action == "sts:AssumeRole" and r.random() < 0.8)
    if arn != "*" and not action.startswith(WITHOUT_RESOURCE_POLICY) and (wants_policy or r.random() < 0.6):
        limited = "sessionPolicy" in out and account == HOME
        out["resourcePolicy"] = document(r, *args, "resource", caller, r.random() < 0.5, limited)
    if action.split(":")[0] in RCP_SERVICES and r.random() < 0.25:
        out["rcps"] = levels(r, "rcp", [0, 1, 2], args, caller, 0)
    if r.random() < 0.15:
        out["vpcEndpointPolicies"] = named(r, 1, *args, "vpce", caller, r.random() < 0.7)
    return out


def small_line(r):
    """One statement with one thing in it, beside another that allows everything if it denies."""
    s = {"Effect": r.choice(["Allow", "Deny"]), "Action": "*", "Resource": "*"}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    action = r.choice(list(ACTIONS))
    arn = r.choice(ACTIONS[action]).format(account=HOME)
    what = r.choice(["condition", "condition", "condition", "resource", "action", "principal"])
    caller = r.choice(CALLERS[:7]) if what != "principal" else r.choice(CALLERS)
    if action == "sts:AssumeRole" or action.startswith("kms:") or (what == "principal" and arn == "*") or action.startswith(WITHOUT_RESOURCE_POLICY):
        action, arn = "s3:GetObject", "arn:aws:s3:::data/a.txt"
    if what == "condition":
        s["Condition"] = conditions(r, [1])
    elif what == "resource":
        is_not = r.random() < 0.3
        del s["Resource"]
        s["NotResource" if is_not else "Resource"] = resource_pattern(r, arn, is_not, "identity")
    elif what == "action":
        del s["Action"]
        s[r.choice(["Action", "Action", "NotAction"])] = action_pattern(r, action)
    else:
        s["Principal"] = principals(r, caller, False)
        allow["Principal"] = "*"
    policy = {"Version": "2012-10-17", "Statement": [s] if s["Effect"] == "Allow" else [allow, s]}
    out = {"request": request(r, caller, action, arn, HOME)}
    if what == "principal":
        return {"resourcePolicy": policy, **out}
    return {"identityPolicies": [{"name": "p", "policy": policy}], **out}


def federated_line(r):
    """Somebody for whom an identity provider vouches assumes a role."""
    s = {"Effect": "Allow", "Action": r.choice(["sts:AssumeRoleWithSAML", "sts:*", "sts:AssumeRole"]),
         "Principal": r.choice([{"Federated": PROVIDER}, {"Federated": [PROVIDER, "cognito-identity.amazonaws.com"]}, {"Federated": PROVIDER + "x"}, {"AWS": USER}])}
    block = conditions(r, [0, 1])
    if block:
        s["Condition"] = block
    return {"resourcePolicy": {"Version": "2012-10-17", "Statement": s},
            "request": request(r, PROVIDER, "sts:AssumeRoleWithSAML", f"arn:aws:iam::{HOME}:role/target", HOME)}


def line(r, i):
    draw = r.choice([whole_line] * 10 + [small_line] * 9 + [federated_line])
    return {"id": i, **draw(r)}


def main():
    r = random.Random(sys.argv[1])
    for i in range(int(sys.argv[2])):
        print(json.dumps(line(r, i), ensure_ascii=r.random() < 0.5))


if __name__ == "__main__":
    main()
