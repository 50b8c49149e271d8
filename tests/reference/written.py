"""Random snapshots for policies that somebody wrote: resources of the types that they name, with values for the properties that
they read, among them the texts, numbers and times that they compare with."""
import pathlib
import random
import re

from snapshots import Snapshots, UNKNOWN, hide

SCHEMA = pathlib.Path(__file__).resolve().parent.parent.parent / "stdlib" / "schema"
TABLES = ("resource-types.txt", "overlay-api.txt", "overlay.txt")
TYPE = re.compile(r"\b[A-Za-z0-9]+::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)?\b")
WORD = re.compile(r"\.([A-Za-z][A-Za-z0-9_]*)")
TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.-])")
DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
PARAM = re.compile(r"^param (\w+): ([^=\n]*?)(?: where.*)?$", re.M)
CLAUSE = re.compile(r"^\s*(?=(?:require|for|deny)\b)", re.M)
USED = re.compile(r"\b(authors\.\w+)(?: as|,|\n)")
DECLARATION = re.compile(r"^(?=module |use |param |let |fn |control |waive |test )", re.M)
PLAIN = {"bool": ("bool",), "number": ("number",), "string": ("string", ""), "time": ("time",), "json": ("json",), "policy": ("policy",)}
ACCOUNTS, REGIONS = ["111122223333", "222233334444"], ["eu-west-1", "us-east-1"]
ENVELOPE = {"id", "arn", "type", "partition", "region", "account", "tags", "captured"}


def read_schema():
    """{type: {shape: {property: kind}}}; the shape "" is the resource itself."""
    types = {}
    for name in TABLES:
        shapes = shape = None
        for line in (SCHEMA / name).read_text().splitlines():
            if line.startswith(("#", "%")) or not line:
                continue
            cells = line.split("\t")
            if line[0] not in "!. ":
                shapes = types.setdefault(cells[0], {})
                shape = shapes.setdefault("", {})
            elif line[0] == ".":
                shape = shapes.setdefault(cells[0], {})
            else:
                shape.setdefault(cells[0][1:], kind_of(cells[1], cells[2:]))
    return types


def kind_of(text, values):
    if text[0] == "[":
        return ("list", kind_of(text[1:-1], values))
    if text[0] == "{":
        return ("map", kind_of(text[1:-1], values))
    if text[0] == ".":
        return ("record", text)
    return ("string", tuple(values)) if text == "string" else PLAIN[text]


def read_list(name):
    """First cells of the lines of a table."""
    lines = (SCHEMA / name).read_text().splitlines()
    return {line.split("\t")[0] for line in lines if line and line[0] not in "#%"}


SCHEMAS = {}


class Estate(Snapshots):
    """A snapshot for what the source of a policy speaks of."""

    def __init__(self, rng, source):
        super().__init__(rng)
        SCHEMAS.update(SCHEMAS or read_schema())
        self.types = sorted({t for t in TYPE.findall(source) if t in SCHEMAS and not t.startswith("Cordon::")})
        self.words = set(WORD.findall(source))
        texts = [t for t in TEXT.findall(source) if "{" not in t and "\\" not in t and len(t) < 60]
        self.texts = sorted({re.sub(r"\*", "x", t).replace("?", "y") for t in texts} | set(texts) | {"", "a"})
        self.numbers = sorted({float(n) if "." in n else int(n) for n in NUMBER.findall(source)} | {0, 1, 22, -1})
        self.times = sorted(set(DATE.findall(source)) | {"2025-11-30T12:00:00Z", "2026-02-28T23:59:59.999Z"})
        self.global_types = read_list("global-types.txt")
        self.ids = rng.sample(self.texts, min(4, len(self.texts))) + ["one", "two"]
        self.refs = list(self.ids)
        self.depth = 0

    # ---- values ----

    def make_string(self, kind):
        rng = self.rng
        if kind[1] and rng.random() < 0.7:
            return rng.choice(kind[1])
        return rng.choice(self.refs if rng.random() < 0.4 else self.texts)

    def make_number(self, _):
        n = self.rng.choice(self.numbers)
        return self.rng.choice([n, n, n + 1, n - 1])

    def make_time(self, _):
        return self.rng.choice(self.times)

    def make_map(self, kind):
        keys = self.rng.sample(self.texts, min(3, len(self.texts)))
        return {key: self.value(kind[1]) for key in keys if key}

    def make_json(self, _):
        return self.anything(2)

    def anything(self, depth):
        rng = self.rng
        if depth and rng.random() < 0.6:
            if rng.random() < 0.5:
                return [self.anything(depth - 1) for _ in range(rng.choice([0, 1, 2]))]
            keys = sorted(self.words) + self.texts
            return {k: self.anything(depth - 1) for k in rng.sample(keys, min(len(keys), 3)) if k}
        return rng.choice([None, True, False, rng.choice(self.numbers), rng.choice(self.texts), UNKNOWN if self.unknown else "a"])

    def statement(self):
        rng = self.rng
        out = {"Effect": rng.choice(["Allow", "Deny"]), "Action": rng.choice(["*", "s3:*", ["s3:GetObject", "iam:CreateUser"], UNKNOWN]),
               "Resource": rng.choice(["*", ["arn:aws:s3:::b/*", "*"]]),
               "Principal": rng.choice(["*", {"AWS": "*"}, {"AWS": ["*", rng.choice(self.refs)]}, {"AWS": rng.choice(self.refs)}, {}]),
               "Condition": rng.choice([{}, {"StringEquals": {"aws:PrincipalOrgID": rng.choice(self.texts)}}, UNKNOWN])}
        return {k: v for k, v in out.items() if rng.random() < 0.85}

    def make_record(self, kind):
        if self.depth > 8:
            return {}
        self.depth += 1
        try:
            return self.record(self.read(self.shapes[kind[1]]))
        finally:
            self.depth -= 1

    def read(self, fields):
        return {name: kind for name, kind in fields.items() if name in self.words}

    # ---- resources ----

    def tags(self):
        rng = self.rng
        roll = rng.random()
        if roll < 0.2:
            return UNKNOWN if roll < self.unknown else None
        return {key: UNKNOWN if rng.random() < self.unknown else rng.choice(self.texts) for key in self.texts if key and rng.random() < 0.7}

    def resource(self, kind):
        rng = self.rng
        self.shapes = SCHEMAS[kind]
        out = {"type": kind, "id": rng.choice(self.ids) or "one", "account": rng.choice(ACCOUNTS)}
        if kind not in self.global_types:
            out["region"] = rng.choice(REGIONS)
        # Among the texts are the ARNs that the policy knows, if it knows some; else the type's format says it.
        tags = self.tags()
        if tags is not None:
            out["tags"] = tags
        out["captured"] = rng.choice(["2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"])
        out["properties"] = UNKNOWN if rng.random() < self.unknown / 2 else self.record(self.read(self.shapes[""]))
        return out

    def make(self):
        rng = self.rng
        made = {}
        for kind in self.types:
            for _ in range(rng.choice([0, 1, 2, 3])):
                e = self.resource(kind)
                made[kind, e["account"], e.get("region"), e["id"]] = e
        names = {"AWS::S3::Bucket": ("id",)}
        unique = {}
        for key, e in made.items():
            unique[(key[0], key[3]) if key[0] in names else key] = e
        resources = sorted(unique.values(), key=lambda e: (e["type"], e["account"], e.get("region", ""), e["id"]))
        header = {"cordon": 1, "captured": "2026-03-01T00:00:00Z", "complete": self.complete(self.types or ["AWS::S3::Bucket"])}
        return [header] + resources


def value_of(kind):
    """What a parameter without a default is set to."""
    return {"bool": "true", "number": "3", "string": "a", "time": "2026-01-01", "duration": "90d", "region": "eu-west-1",
            "account": "111122223333", "arn": "arn:aws:s3:::b", "ip": "192.0.2.1", "cidr": "10.0.0.0/8", "action": "s3:GetObject",
            }.get(kind) or ("{}" if kind.startswith("map") else "[]")


def thinned(control, rng):
    """A control with one `require` of each `for`, so that one that fails does not hide what the others say."""
    body = control.rstrip()
    if not body.endswith("}"):
        return control
    out, requires = [], []
    for clause in CLAUSE.split(body[:-1]) + [""]:
        if clause.startswith("require"):
            requires.append(clause)
            continue
        if requires:
            out.append(rng.choice(requires))
            requires = []
        out.append(clause)
    return "\n".join(c.rstrip() for c in out) + "\n}"


class Written:
    """A case as gen.Case, of a module in FILE."""

    def __init__(self, path, seed):
        source = pathlib.Path(path).read_text()
        rng = random.Random(f"{path} {seed}")
        self.parts = [p.rstrip() for p in DECLARATION.split(source) if p.strip() and not p.startswith("test ")]
        self.parts = [thinned(p, rng) if p.startswith("control ") else p for p in self.parts]
        if not self.parts[0].startswith("module"):
            self.parts[:2] = ["\n".join(self.parts[:2])]
        self.params = []
        for name, kind in PARAM.findall(source):
            self.params += ["--param", f"{name}={value_of(kind.strip())}"]
        for module in USED.findall(source):
            for other in pathlib.Path(path).parent.glob("*.cordon"):
                text = other.read_text()
                if other != pathlib.Path(path) and re.search(rf"^module {re.escape(module)}\b(?!\.)", text, re.M):
                    self.params.append(str(other))
                    source += text
        estate = Estate(rng, source)
        self.snapshot = estate.make()
        self.hidden = hide(self.snapshot, rng, {t: list(estate.read(SCHEMAS[t][""])) for t in estate.types}, remove=False)
