"""Random snapshots in the normalized form, and the same with some of their data hidden."""
import copy
import json

from estate import (ACCOUNTS, ARNS, CAPTURED, DOMAINS, GLOBAL, JSON_KEYS, MAP_KEYS, PREFIX, RECORDS, REGIONS, TAG_KEYS, TARGET, TYPES,
                    reference_values)

UNKNOWN = {"Cordon::Unknown": "not collected"}
TIMES = ["2026-01-01T00:00:00Z", "2025-06-15", "2026-02-27T12:30:00.250Z", "2026-03-01T00:00:00Z", "2024-02-29T23:59:59+01:00"]
NUMBERS = [0, 1, 2, 3, 7, 22, 80, 443, 3600, 100, -1, 0.5]
MANY = 1300
WRONG = [True, 5, "wrong", ["x"], {"k": "v"}]


class Snapshots:
    def __init__(self, rng, many=None):
        self.rng = rng
        self.many = many  # a type with more resources than the evaluator takes at a time
        # How much of it is missing, unknown, or of the wrong type.
        self.absent = rng.choice([0.03, 0.1, 0.25])
        self.unknown = rng.choice([0, 0.03, 0.1])
        self.wrong = rng.choice([0, 0, 0.03])
        self.names = {}

    def value(self, kind):
        """A value of a type; None for absent."""
        roll = self.rng.random()
        if roll < self.absent:
            return None
        roll -= self.absent
        if roll < self.unknown:
            return copy.deepcopy(UNKNOWN)
        roll -= self.unknown
        if roll < self.wrong:
            return copy.deepcopy(self.rng.choice(WRONG))
        return getattr(self, "make_" + kind[0])(kind)

    def make_bool(self, _):
        return self.rng.random() < 0.6

    def make_number(self, _):
        return 9007199254740999 if self.rng.random() < 0.02 else self.rng.choice(NUMBERS)

    def make_time(self, _):
        return "yesterday" if self.rng.random() < 0.03 else self.rng.choice(TIMES)

    def make_string(self, kind):
        domain = kind[1]
        if domain in TARGET:
            known = self.names.get(TARGET[domain], [])
            return self.rng.choice(known if known and self.rng.random() < 0.7 else reference_values(domain))
        return self.rng.choice(DOMAINS[domain])

    def make_list(self, kind):
        size = self.rng.choice([0, 1, 1, 2, 2, 3])
        return [self.value(kind[1]) for _ in range(size)]

    def make_map(self, kind):
        return {key: self.value(kind[1]) for key in MAP_KEYS if self.rng.random() < 0.7}

    def make_record(self, kind):
        return self.record(RECORDS[kind[1]])

    def record(self, fields):
        out = {}
        for name, kind in fields.items():
            v = self.value(kind)
            if v is not None or self.rng.random() < 0.2:
                out[name] = v
        return out

    def make_json(self, _):
        rng = self.rng
        out = {}
        for key in JSON_KEYS:
            if rng.random() < 0.7:
                out[key] = rng.choice(["a", "prod", "22", "arn:aws:s3:::b", 3, 22, 9007199254740993, True, False, None, ["a", "b", None], [1, 3, "a"], {"MODE": "a"}, {},
                                       UNKNOWN if self.unknown else "b", ["a", UNKNOWN] if self.unknown else []])
        return out

    def make_policy(self, _):
        n = self.rng.choice([0, 1, 1, 2])
        statements = [self.statement() for _ in range(n)]
        doc = {"Version": "2012-10-17",
               "Statement": statements[0] if n == 1 and self.rng.random() < 0.3 else statements}
        if self.unknown and self.rng.random() < self.unknown:
            doc["Statement"] = UNKNOWN
        roll = self.rng.random()
        return json.dumps(doc) if roll < 0.15 else "{broken" if roll < 0.18 else doc

    def statement(self):
        st = self.record(RECORDS["Statement"])
        for name in ("Action", "Resource"):
            if isinstance(st.get(name), list) and len(st[name]) == 1 and self.rng.random() < 0.5:
                st[name] = st[name][0]
        return st

    # ---- resources ----

    def envelope(self, kind, number):
        rng = self.rng
        account = rng.choice(ACCOUNTS[:2])
        region = None if kind in GLOBAL else rng.choice(REGIONS)
        name = f"{PREFIX[kind]}-{number}"
        arn = ARNS[kind].format(a=account, r=region, i=name)
        out = {"type": kind, "id": name, "arn": arn, "account": account}
        if rng.random() < 0.1 and kind != "AWS::ApiGateway::Stage":
            del out["arn"]  # the type's format says it
        if region:
            out["region"] = region
        if rng.random() < 0.05:
            out["partition"] = "aws"
        return out

    def tags(self):
        roll = self.rng.random()
        if roll < 0.15:
            return None
        if roll < 0.15 + self.unknown:
            return copy.deepcopy(UNKNOWN)
        out = {}
        for key in TAG_KEYS:
            if self.rng.random() < 0.6:
                out[key] = UNKNOWN if self.rng.random() < self.unknown else self.rng.choice(DOMAINS["tag"])
        return out

    def resources(self, kinds):
        rng = self.rng
        made = {}
        for kind in kinds:
            for i in range(MANY if kind == self.many else rng.choice([0, 1, 2, 2, 3, 4])):
                e = self.envelope(kind, i + 1 if i > 3 else rng.choice([1, 2, 3]))
                # A bucket's name is its own in all of AWS.
                key = (kind, e["id"]) if kind == "AWS::S3::Bucket" else (kind, e["account"], e.get("region"), e["id"])
                made[key] = e
        for e in made.values():
            self.names.setdefault(e["type"], []).extend([e["id"], e.get("arn", e["id"])])
        for e in list(made.values()):
            tags = self.tags()
            if tags is not None:
                e["tags"] = tags
            e["captured"] = rng.choice(["2026-02-28T00:00:00Z", CAPTURED])
            if rng.random() < self.unknown / 2:
                del e["captured"]
            e["properties"] = UNKNOWN if rng.random() < self.unknown / 2 else self.record(TYPES[e["type"]])
            if rng.random() < 0.05:
                self.describe_twice(e, made)
        return sorted(made.values(), key=lambda e: (e["type"], e["account"], e.get("region", ""), e["id"]))

    def describe_twice(self, e, made):
        """Adds an earlier description of the same resource."""
        e.setdefault("captured", CAPTURED)
        old = {**e, "captured": "2026-02-01T00:00:00Z", "properties": self.record(TYPES[e["type"]])}
        old.pop("tags", None)
        made[e["type"], e["account"], e.get("region"), e["id"], "earlier"] = old

    def complete(self, kinds):
        rng = self.rng
        mode = rng.randrange(8)
        if mode == 0:
            return [{"type": "*"}]
        if mode == 1:
            return [{"type": "*", "account": a} for a in ACCOUNTS[:2]]
        if mode == 2:
            return [{"type": "*", "account": a, "region": r} for a in ACCOUNTS[:2] for r in REGIONS]
        if mode == 3:
            return []
        out = []
        for _ in range(rng.choice([1, 3, 8, 16])):
            kind = rng.choice(list(kinds) * 3 + ["*", "AWS::EC2::*", "AWS::*", "AWS::IAM::*"])
            entry = {"type": kind}
            shape = rng.random()
            if shape < 0.7:
                entry["account"] = rng.choice(ACCOUNTS[:2] if rng.random() < 0.9 else ACCOUNTS)
            if 0.3 < shape < 0.7:
                entry["region"] = rng.choice(REGIONS)
            out.append(entry)
        return out

    def snapshot(self, kinds):
        resources = self.resources(kinds)
        header = {"cordon": 1, "captured": CAPTURED, "complete": self.complete(kinds)}
        if self.rng.random() < 0.1:
            del header["captured"]  # the latest of the resources' captures counts
        return [header] + resources + self.accounts()

    def accounts(self):
        """What an organization says of some of its accounts."""
        out = []
        for account in ACCOUNTS:
            if self.rng.random() < 0.15:
                known = {"Id": account, "Name": self.rng.choice(["x", "y"]), "OrganizationalUnitIds": self.rng.choice([["ou-1", "r-1"], ["ou-2"], [], UNKNOWN])}
                out.append({"type": "Cordon::Account", "id": account, "account": account, "captured": CAPTURED,
                            "properties": {k: v for k, v in known.items() if k == "Id" or self.rng.random() < 0.8}})
        return out


# ---- hiding ----

def _places(value, path):
    """Paths to everything that can be made unknown below VALUE, itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield path + [key]
        if member != UNKNOWN:
            yield from _places(member, path + [key])


def _hide(root, path):
    for key in path[:-1]:
        root = root[key]
        if root == UNKNOWN:
            return  # it is hidden with what is above it
    root[path[-1]] = copy.deepcopy(UNKNOWN)


def hide(snapshot, rng, types=TYPES, remove=True):
    """A snapshot that says less: some values unknown, some of completeness gone, some resources gone with their table's
    completeness. A value that is absent is hidden by being written as unknown."""
    out = copy.deepcopy(snapshot)
    for res in out[1:]:
        for part in ("properties", "tags"):
            if part not in res or res[part] == UNKNOWN:
                continue
            spots = list(_places(res[part], [])) if isinstance(res[part], dict) else []
            if part == "properties":
                spots += [[name] for name in types.get(res["type"], []) if name not in res[part]]
            for spot in spots:
                if rng.random() < 0.08:
                    _hide(res[part], spot)
        if rng.random() < 0.04:
            res["properties"] = copy.deepcopy(UNKNOWN)
        if rng.random() < 0.04:
            res["tags"] = copy.deepcopy(UNKNOWN)
    header = out[0]
    if rng.random() < 0.5:
        for entry in header["complete"]:
            if rng.random() < 0.3:
                entry["type"] = NOTHING
    if remove and rng.random() < 0.4 and len(out) > 1:
        _remove(out, rng.randrange(1, len(out)))
    return out


# Completeness of no type at all: takes away what was collected, and still names the account and region.
NOTHING = "AWS::None::None"
NAMED_TWICE = {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::KMS::Key", "AWS::RDS::DBInstance"}


def _remove(out, i):
    """Takes a resource away, with its table's completeness. One of several that a reference may name has to stay: with the
    others gone the reference would be settled."""
    gone = out[i]
    twins = [r for r in out[1:] if r["type"] == gone["type"] and r["id"] == gone["id"]]
    if len(twins) > 1 or gone["type"] in NAMED_TWICE:
        return
    del out[i]
    for entry in out[0]["complete"]:
        if _covers(entry["type"], gone["type"]):
            entry["type"] = NOTHING
    out[0]["complete"].append({"type": NOTHING, "account": gone["account"], **({"region": gone["region"]} if "region" in gone else {})})


def _covers(pattern, kind):
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern
