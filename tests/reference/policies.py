"""Random policies, well typed by construction: a generator of expressions for each type of the language."""
from estate import (ACCOUNT, ACCOUNTS, ARN, ARNS, BOOL, DOMAINS, DURATION, ENVELOPE, JSON, JSON_KEYS, MAP_KEYS, NUMBER, POLICY, PREFIX, RECORDS, REGION, REGIONS,
                    STRING, TAG_KEYS, TARGET, TIME, TYPES, list_of, record, reference_values, resource, set_of, string)

STATEMENT = record("Statement")
REGEXES = ["^a", "prod|data", "[0-9]+$", "^[a-z]{1,4}$", "-1", "^$", "x\\\\*y", "."]
CAPTURES = ["^([a-z]+)-", "([0-9]+)$", "/(.*)$", "(prod)"]
LIKES = ["日*", "é?", "*", "a*", "?", "*-1", "prod*", "*o*", "x*y", "arn:aws:*", "", "??*"]
ARN_LIKES = ["*", "arn:aws:s3:::*", "arn:aws:*:*:*:*", "arn:aws:ec2:eu-*:111122223333:*/?*-1", "arn:*:iam::*:role/role-?",
             "arn:aws:rds:*:222233334444:db:*", "arn:aws:kms:*:*:key/*"]
NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "10.1.99.1/16", "0.0.0.0/0", "192.168.0.0/16", "2001:db8::/32", "::/0"]
DATES = ["2026-01-01", "2025-01-01", "2026-03-02"]
DURATIONS = ["90d", "1d", "12h", "400d", "30m", "15s"]


def is_string(kind):
    return kind[0] == "string"


def fits(have, want):
    """May a value of HAVE stand where WANT is asked for? A string of any domain is a string."""
    if have == want or (want[0] == "string" and is_string(have) and want[1] == ""):
        return True
    if want[0] == "list" and have[0] == "list":
        return fits(have[1], want[1])
    return want[0] == have[0] == "set" and fits(have[1], want[1])


class Policies:
    def __init__(self, rng, kinds, large=False):
        self.rng = rng
        self.large = large  # some table has many rows: no collections are made of tables, at which the reference is slow
        self.kinds = kinds
        self.n_names = 0
        self.functions = []  # (name, argument types, result)
        self.constants = []  # (name, type)
        self.tables = self.outside = 1 if large else 0  # nested tables
        self.building = 0  # inside a collection, where json is not converted

    def name(self, prefix="x"):
        self.n_names += 1
        return f"{prefix}{self.n_names}"

    def chance(self, p):
        return self.rng.random() < p

    # ---- paths from variables to a wanted type ----

    def walk(self, text, kind, want, steps, each=False):
        """Follows random steps from TEXT of type KIND until the type is WANT; None if it does not get there."""
        rng = self.rng
        for _ in range(steps):
            if not each and fits(kind, want) or (each and fits(list_of(kind), want)):
                if self.chance(0.85):
                    return text
            if kind[0] == "resource":
                if self.chance(0.25) and not each:
                    if self.chance(0.4):
                        key = rng.choice([f'"{rng.choice(TAG_KEYS)}"'] * 4 + ["k_text", f"{text}.id", "p_names[0]"])
                        text, kind = f"{text}.tags[{key}]", string("tag")
                    else:
                        prop = rng.choice(list(ENVELOPE))
                        text, kind = f"{text}.{prop}", ENVELOPE[prop]
                    continue
                if kind[1] == "*":
                    return None
                prop = rng.choice(list(TYPES[kind[1]]))
                text, kind = f"{text}.{prop}", TYPES[kind[1]][prop]
                if each and kind[0] == "list":
                    kind = kind[1]
            elif kind[0] == "record":
                prop = rng.choice(list(RECORDS[kind[1]]))
                text, kind = f"{text}.{prop}", RECORDS[kind[1]][prop]
                if each and kind[0] == "list":
                    kind = kind[1]
            elif kind == POLICY:
                text, kind = f"{text}.Statement", list_of(STATEMENT)
                if each:
                    kind = kind[1]
            elif kind[0] == "string" and kind[1] in TARGET and self.chance(0.6):
                text, kind = f"{text} -> {TARGET[kind[1]]}", resource(TARGET[kind[1]])
            elif kind[0] == "list" and not each:
                if self.chance(0.25):
                    index = rng.choice(["0", "0", "1", "2", f"size({text}) - 1", "p_number - 2", "count i0 in p_names { i0 like \"*\" } - 2", "-1", "0.5"])
                    text, kind = f"{text}[{index}]", kind[1]
                else:
                    text, kind, each = f"{text}[*]", kind[1], True
            elif kind[0] == "map" and not each:
                key = rng.choice(MAP_KEYS)
                text, kind = (f"{text}.{key}" if self.chance(0.5) else f'{text}["{key}"]'), kind[1]
            elif kind == JSON and not each:
                key = rng.choice(JSON_KEYS)
                text = f'{text}.{key}' if self.chance(0.5) else f'{text}["{key}"]'
                if want == JSON or (want[0] in ("bool", "number", "string") and not self.building):
                    return text if self.chance(0.8) else f"{text}.MODE"
                if want == list_of(JSON):
                    return text
                return None
            else:
                return None
        return None

    def from_scope(self, env, want):
        for _ in range(40):
            if not env:
                return None
            var, kind = self.rng.choice(env)
            if kind == want and self.chance(0.5):
                return var
            if want == ("resource", "*") and kind[0] == "resource":
                return var
            got = self.walk(var, kind, want, 9)
            if got:
                return got
        return None

    def constant(self, want):
        fitting = [n for n, k in self.constants if fits(k, want)]
        return self.rng.choice(fitting) if fitting and self.chance(0.5) else None

    def call(self, env, want, depth):
        fitting = [f for f in self.functions if fits(f[2], want)]
        if not fitting or depth <= 0:
            return None
        name, args, _ = self.rng.choice(fitting)
        values = [self.of(a, env, depth - 1) for a in args]
        return None if None in values else f"{name}({', '.join(values)})"

    def of(self, want, env, depth):
        """An expression of type WANT that binds as an operand; None if there is none."""
        if want[0] == "resource" or want[0] == "record" or want == POLICY or want == JSON:
            got = self.call(env, want, depth) if self.chance(0.2) else None
            got = got or self.from_scope(env, want)
            if got and depth > 1 and self.chance(0.06):
                other = self.from_scope(env, want)
                return f"(if {self.bool(env, depth - 2)} then {got} else {other})" if other else got
            return got
        if self.chance(0.12):
            got = self.call(env, want, depth)
            if got:
                return got
        if self.chance(0.06) and depth > 1:
            a, b = self.of(want, env, depth - 2), self.of(want, env, depth - 2)
            if a and b:
                return f"(if {self.bool(env, depth - 2)} then {a} else {b})"
        kind = want[0]
        if kind == "bool":
            return f"({self.bool(env, depth)})"
        if kind == "number":
            return self.number(env, depth)
        if kind == "string":
            return self.string(env, depth, want[1])
        if kind == "arn":
            return self.arn(env, depth)
        if kind == "time":
            return self.time(env, depth)
        if kind == "duration":
            return self.duration(env, depth)
        if kind in ("region", "account"):
            return self.place(env, kind)
        self.building += 1
        try:
            return self.list(env, depth, want) if kind == "list" else self.set(env, depth, want)
        finally:
            self.building -= 1

    def place(self, env, kind):
        roll = self.rng.random()
        if roll < 0.3:
            return '"%s"' % self.rng.choice(REGIONS if kind == "region" else ACCOUNTS)
        if roll < 0.5:
            return f"{self.arn(env, 0)}.{kind}"
        return self.from_scope(env, (kind,)) or '"%s"' % (REGIONS if kind == "region" else ACCOUNTS)[0]

    # ---- scalars ----

    def number(self, env, depth):
        roll = self.rng.random()
        if roll < 0.3:
            return str(self.rng.choice([0, 1, 2, 3, 22, 443, 0.5]))
        if roll < 0.4 and depth > 0:
            return f"({self.number(env, depth - 1)} {self.rng.choice('+-')} {self.number(env, depth - 1)})"
        if roll < 0.45 and depth > 0:
            return f"(-{self.number(env, depth - 1)})"
        if roll < 0.55:
            got = self.from_scope(env, string("numeric")) or self.string(env, 0, "")
            return f"number({got})"
        if roll < 0.7 and depth > 0:
            return self.counted(env, depth)
        return self.constant(NUMBER) or self.from_scope(env, NUMBER) or "1"

    def counted(self, env, depth):
        if self.chance(0.4):
            source = self.of(self.rng.choice([list_of(STRING), set_of(STRING)]), env, depth - 1)
            return f"size({source})"
        return f"({self.quantifier('count', env, depth)})"

    def text(self, domain):
        if domain in TARGET:
            return self.rng.choice(reference_values(domain))
        return self.rng.choice(DOMAINS.get(domain) or {"type": self.kinds, "partition": ["aws", "aws-cn"]}.get(domain) or DOMAINS[""])

    def literal(self, domain):
        return '"%s"' % self.text(domain)

    def string(self, env, depth, domain):
        roll = self.rng.random()
        if roll < 0.25:
            return self.literal(domain)
        if roll < 0.33 and depth > 0 and domain == "":
            return '"%s{%s}%s"' % (self.rng.choice(["", "a", "x-"]), self.plain(env), self.rng.choice(["", "*", "-1"]))
        if roll < 0.38 and depth > 0 and domain == "":
            return f"string({self.rng.choice([self.number, self.time, self.duration])(env, depth - 1)})"
        if roll < 0.44 and depth > 0 and domain == "":
            return f'capture({self.string(env, depth - 1, "")}, "{self.rng.choice(CAPTURES)}")'
        if roll < 0.5 and domain == "":
            got = self.arn(env, depth)
            return f"{got}.{self.rng.choice(['partition', 'service', 'resource'])}"
        return self.constant(string(domain)) or self.from_scope(env, string(domain)) or self.literal(domain)

    def plain(self, env):
        """A dotted path that can stand in an interpolation."""
        for _ in range(10):
            got = self.from_scope(env, self.rng.choice([STRING, STRING, ARN, ACCOUNT, REGION]))
            if got and all(c.isalnum() or c in "._" for c in got) and got[0].islower():
                return got
        return self.rng.choice([n for n, k in self.constants if is_string(k)] or ["k_text"])

    def arn(self, env, depth):
        if self.chance(0.4):
            got = self.from_scope(env, ARN)
            if got:
                return got
        return f"arn({self.string(env, 0, self.rng.choice(['', 'key', 'role', 'bucket']))})"

    def time(self, env, depth):
        roll = self.rng.random()
        if roll < 0.2:
            return self.rng.choice(DATES)
        if roll < 0.35 and depth > 0:
            return f"({self.time(env, depth - 1)} {self.rng.choice('+-')} {self.duration(env, 0)})"
        return self.from_scope(env, TIME) or self.rng.choice(DATES)

    def duration(self, env, depth):
        roll = self.rng.random()
        if roll < 0.4 or depth <= 0:
            return self.rng.choice(DURATIONS)
        if roll < 0.5:
            return f"(-{self.duration(env, depth - 1)})"
        if roll < 0.6:
            return f"({self.duration(env, depth - 1)} + {self.duration(env, depth - 1)})"
        return f"({self.time(env, depth - 1)} - {self.time(env, depth - 1)})"

    # ---- collections ----

    def list(self, env, depth, want):
        elem = want[1]
        roll = self.rng.random()
        if elem[0] in ("record", "resource") or elem == JSON:
            return self.from_scope(env, want)
        if roll < 0.12 and depth > 0:
            return "[%s]" % ", ".join(self.of(elem, env, depth - 1) or "0" for _ in range(self.rng.choice([0, 1, 2, 3])))
        if roll < 0.22 and depth > 0:
            return f"({self.list(env, depth - 1, want)} + {self.list(env, depth - 1, want)})"
        if roll < 0.26 and depth > 1 and elem[0] not in ("list", "set"):
            inner = f"[{self.list(env, depth - 2, want)}, {self.list(env, depth - 2, want)}]"
            return inner + self.rng.choice(["[*]", "[*]", "[0]", "[1]", "[p_number - 3]"])
        if roll < 0.3 and self.tables < 2 and not self.large:
            kind = self.rng.choice(self.kinds)
            fitting = [f"{kind}[*].{p}" for p, k in TYPES[kind].items() if fits(k, elem) or fits(k, want)]
            if fitting:
                return self.rng.choice(fitting)
        return self.constant(want) or self.from_scope(env, want) or "[%s]" % (self.of(elem, env, 0) or "")

    def set(self, env, depth, want):
        elem = want[1]
        roll = self.rng.random()
        if roll < 0.3 and depth > 0:
            return f"({self.set(env, depth - 1, want)} {self.rng.choice('+-')} {self.set(env, depth - 1, want)})"
        if roll < 0.6 and depth > 0 and self.tables < 2 and not self.large:
            got = self.comprehension(env, depth, elem)
            if got:
                return got
        return self.constant(want) or "{%s}" % ", ".join(self.of(elem, env, 0) or "0" for _ in range(self.rng.choice([1, 2, 3])))

    def source(self, env, depth):
        """A collection to go over: (text, type of its members), or None."""
        rng = self.rng
        for _ in range(20):
            roll = rng.random()
            if roll < 0.2 and self.tables < 2:
                kind = rng.choice(self.kinds)
                return ("resource", resource("*")) if self.chance(0.05) else (kind, resource(kind))
            if roll < 0.23 and self.tables < 1 and depth > 1 and not self.large:
                return self.set_of_resources(env, depth)
            if roll < 0.26 and depth > 1:
                kind = list_of(rng.choice([record(rng.choice(list(RECORDS))), STRING, string("sg")]))
                one, two = self.from_scope(env, kind), self.from_scope(env, kind)
                if one and two:
                    return rng.choice([f"{one} + {two}", f"(if {self.bool(env, depth - 2)} then {one} else {two})", f"[{one}, {two}][*]"]), kind[1]
            if roll < 0.5:
                name = rng.choice(list(RECORDS))
                got = self.from_scope(env, list_of(record(name)))
                if got:
                    return got, record(name)
            elif roll < 0.6:
                got = self.from_scope(env, list_of(JSON))
                if got:
                    return got, JSON
            elif roll < 0.65 and depth > 1 and not self.large:
                got = self.comprehension(env, depth - 1, None)
                if got:
                    return got, self.last_elem
            elif roll < 0.9:
                domain = rng.choice(list(TARGET) + ["action", "alias", "cidr6"])
                got = self.from_scope(env, list_of(string(domain)))
                if got:
                    return got, string(domain)
            elif depth > 0:
                return self.of(set_of(STRING), env, depth - 1), STRING
        return None

    def set_of_resources(self, env, depth):
        """Resources of a table by a condition, or those without others."""
        kind = self.rng.choice(self.kinds)
        sets = []
        for _ in range(self.rng.choice([1, 1, 2])):
            self.tables += 1
            var = self.name()
            sets.append(f"{{ {var} for {var} in {kind} where {self.bool([*env, (var, resource(kind))], depth - 2)} }}")
            self.tables -= 1
        return f" {self.rng.choice('+-')} ".join(sets), resource(kind)

    def bind(self, env, depth):
        """(variable, source, where or "", inner scope), or None."""
        found = self.source(env, depth)
        if not found:
            return None
        text, elem = found
        var = self.name()
        inner = env + [(var, elem)] * 3
        where = f" where {self.bool(inner, depth - 2)}" if self.chance(0.4) else ""
        return var, text, where, inner

    def comprehension(self, env, depth, elem):
        self.tables += 1
        self.building += 1
        try:
            got = self.bind(env, depth)
            if not got:
                return None
            var, source, where, inner = got
            if elem is None:
                self.last_elem = inner[-1][1]
                return f"{{ {var} for {var} in {source}{where} }}"
            body = self.from_scope([inner[-1]], elem) or self.of(elem, inner, depth - 1)
            return f"{{ {body} for {var} in {source}{where} }}" if body else None
        finally:
            self.building -= 1
            self.tables -= 1

    def quantifier(self, quant, env, depth):
        self.tables += 1
        building, self.building = self.building, 0
        try:
            got = self.bind(env, depth) if self.tables <= 2 else None
            if not got:
                return "0" if quant == "count" else "true"
            var, source, where, inner = got
            return f"{quant} {var} in {source}{where} {{ {self.bool(inner, depth - 1)} }}"
        finally:
            self.building = building
            self.tables -= 1

    # ---- conditions ----

    def bool(self, env, depth):
        rng = self.rng
        roll = rng.random()
        if depth <= 0 or roll < 0.12:
            return self.leaf(env, depth)
        if roll < 0.3:
            return f"({self.bool(env, depth - 1)}) {rng.choice(['and', 'or'])} ({self.bool(env, depth - 1)})"
        if roll < 0.37:
            return f"not ({self.bool(env, depth - 1)})"
        if roll < 0.44:
            return self.join(env, depth) or self.leaf(env, depth)
        if roll < 0.57:
            return self.quantifier(rng.choice(["all", "any", "none"]), env, depth)
        if roll < 0.61:
            return self.call(env, BOOL, depth) or self.leaf(env, depth)
        return self.relation(env, depth)

    def join(self, env, depth):
        """A question to the members of a table that match something outside by an equality."""
        rng = self.rng
        if self.tables >= 2:
            return None
        kind = rng.choice(self.kinds)
        var = self.name()
        domain = string(rng.choice(["", "vpc", "sg", "subnet", "key", "status", "az", "name", "bucket", "path"]))
        mine = self.from_scope([(var, resource(kind))], domain)
        other = self.from_scope(env, domain) or self.from_scope(env, STRING)
        if not mine or not other:
            return None
        self.tables += 1
        match = rng.choice([f"{mine} == {other}", f"{other} == {mine}", f"({mine} == {other}) and ({self.bool(env + [(var, resource(kind))], 0)})",
                            f"{mine} in {{{other}, {self.literal('')}}}"])
        body = self.bool(env + [(var, resource(kind))] * 2, depth - 2)
        self.tables -= 1
        quant = rng.choice(["all", "any", "none", "count"])
        text = rng.choice([f"{quant} {var} in {kind} where {match} {{ {body} }}", f"{quant} {var} in {kind} where {body} {{ {match} }}",
                           f"{quant} {var} in {kind} {{ {match} }}"])
        return f"({text}) {rng.choice(['>=', '<', '==', '!='])} {rng.choice([0, 1, 2])}" if quant == "count" else text

    def leaf(self, env, depth):
        rng = self.rng
        roll = rng.random()
        if roll < 0.45:
            return self.from_scope(env, BOOL) or "true"
        if roll < 0.65:
            kind = rng.choice([BOOL, NUMBER, STRING, TIME, string("key"), list_of(STRING), POLICY, record("VpcConfig"),
                               resource(rng.choice(self.kinds))])
            got = self.from_scope(env, kind)
            return f"{rng.choice(['absent', 'present'])} {got}" if got else "true"
        return self.relation(env, max(depth, 0))

    def relation(self, env, depth):
        return getattr(self, "rel_" + self.rng.choice(
            ["equal", "equal", "order", "order", "in", "in", "like", "arn_like", "matches", "within", "sets", "json", "json", "action", "resources",
             "counts"]))(env, depth - 1)

    def rel_equal(self, env, depth):
        kind = self.rng.choice([BOOL, NUMBER, TIME, DURATION, STRING, string("status"), ACCOUNT, REGION, string("vpc"),
                                string("az"), ARN])
        a, b = self.of(kind, env, depth), self.of(kind, env, depth)
        return f"{a} {self.rng.choice(['==', '!='])} {b}"

    def rel_order(self, env, depth):
        kind = self.rng.choice([NUMBER, NUMBER, TIME, DURATION])
        return f"{self.of(kind, env, depth)} {self.rng.choice(['<', '<=', '>', '>='])} {self.of(kind, env, depth)}"

    def rel_in(self, env, depth):
        kind = self.rng.choice([STRING, string("sg"), string("subnet"), string("status"), string("vpc"), REGION, ACCOUNT, NUMBER, BOOL, TIME,
                                DURATION, ARN])
        a = self.of(kind, env, depth)
        elem = STRING if is_string(kind) else kind
        b = self.of(self.rng.choice([list_of(elem), set_of(elem), set_of(elem)]), env, depth)
        return f"{a} {self.rng.choice(['in', 'not in'])} {b}"

    def pattern(self, env):
        roll = self.rng.random()
        if roll < 0.15:
            return '"{%s}%s"' % (self.plain(env), self.rng.choice(["", "*"]))
        if roll < 0.25:
            return self.from_scope(env, STRING) or '"*"'
        return '"%s"' % self.rng.choice(LIKES)

    def rel_like(self, env, depth):
        one = self.pattern(env)
        right = one if self.chance(0.7) else "{%s, %s}" % (one, self.pattern(env))
        if self.chance(0.15):
            right = self.of(self.rng.choice([list_of(STRING), set_of(STRING)]), env, max(depth - 1, 0))
        return f"{self.string(env, depth, '')} {self.rng.choice(['like', 'not like'])} {right}"

    def rel_arn_like(self, env, depth):
        one, two = ('"%s"' % self.rng.choice(ARN_LIKES) for _ in range(2))
        right = one if self.chance(0.7) else "{%s, %s}" % (one, two)
        return f"{self.arn(env, depth)} {self.rng.choice(['like', 'not like'])} {right}"

    def rel_matches(self, env, depth):
        return f'{self.string(env, depth, "")} {self.rng.choice(["matches", "not matches"])} "{self.rng.choice(REGEXES)}"'

    def rel_within(self, env, depth):
        rng = self.rng
        a = self.from_scope(env, string(rng.choice(["cidr", "cidr6", "ip"]))) or '"%s"' % rng.choice(NETWORKS)
        b = self.from_scope(env, string("cidr")) if self.chance(0.2) else None
        if not b:
            b = '"%s"' % rng.choice(NETWORKS) if self.chance(0.6) else '{"%s", "%s"}' % (rng.choice(NETWORKS), rng.choice(NETWORKS))
        if self.chance(0.15):
            b = self.from_scope(env, list_of(string(rng.choice(["cidr6", "cidr"])))) or b
        elif self.chance(0.1):
            c = self.from_scope(env, string("cidr"))
            b = "{%s, %s}" % (c, rng.choice([f'"{n}"' for n in NETWORKS])) if c else b
        return f"{a} {rng.choice(['within', 'not within'])} {b}"

    def rel_sets(self, env, depth):
        kind = self.rng.choice([set_of(STRING), set_of(STRING), set_of(NUMBER), set_of(REGION), list_of(STRING), list_of(NUMBER), set_of(BOOL),
                                set_of(TIME), set_of(list_of(STRING)), list_of(set_of(STRING)), set_of(DURATION)])
        return f"{self.of(kind, env, depth)} {self.rng.choice(['==', '!='])} {self.of(kind, env, depth)}"

    def rel_action(self, env, depth):
        got = self.from_scope(env, list_of(string("action")))
        if not got:
            return self.rel_in(env, depth)
        action = self.rng.choice(["s3:GetObject", "sts:AssumeRole", "s3:PutObject"])
        return self.rng.choice([f"{action} in {got}", f"{action} not in {got}", f"any {self.name('n')} in {got} {{ {self.named()} == {action} }}"])

    def named(self):
        return f"n{self.n_names}"

    def rel_resources(self, env, depth):
        """Resources compared with each other, and sought in tables and sets."""
        mine = [k for _, k in env if k[0] == "resource" and k[1] in self.kinds]
        if not mine:
            return self.rel_equal(env, depth)
        kind = self.rng.choice(mine)
        one = self.from_scope(env, kind)
        other = self.from_scope(env, kind)
        if not one or not other:
            return self.rel_equal(env, depth)
        roll = self.rng.random()
        if roll < 0.5 or self.tables >= 1 or depth <= 0 or self.large:
            return f"{one} {self.rng.choice(['==', '!='])} {other}"
        if roll < 0.7:
            return f"{one} {self.rng.choice(['in', 'not in'])} {kind[1]}"
        var = self.name()
        self.tables += 1
        where = self.bool([(var, kind)], depth - 1)
        self.tables -= 1
        return f"{one} {self.rng.choice(['in', 'not in'])} {{ {var} for {var} in {kind[1]} where {where} }}"

    def rel_counts(self, env, depth):
        """A count where its exact value is asked for."""
        if depth <= 0:
            return self.rel_order(env, depth)
        count = self.counted(env, depth)
        return self.rng.choice([f"{count} in {{0, 1, 2}}", f'"{self.rng.choice(["0", "1", "2"])}" == string({count})', f"{count} not in [{self.number(env, 0)}]",
                                f"{count} == {self.counted(env, depth)}", f"{count} < {self.counted(env, depth)}",
                                f"(if {self.leaf(env, 0)} then {count} else {self.number(env, 0)}) >= 1", f"-{count} <= {self.number(env, 0)}"])

    def rel_json(self, env, depth):
        rng = self.rng
        got = self.from_scope(env, JSON)
        if not got:
            return self.rel_equal(env, depth)
        if got[-1].isalnum() and self.chance(0.7):
            got += rng.choice([".", "."]) + rng.choice(JSON_KEYS)
        if got[-1].isalnum() and self.chance(0.15):
            got += rng.choice(["[0]", "[1]", "[*]"])
            if got.endswith("[*]"):
                return rng.choice([f'"a" in {got}', f"size({got}) > 1", f'any {self.name("n")} in {got} {{ {self.named()} == "a" }}', f'{got} == ["a", "b"]'])
        same = rng.choice(["==", "!="])
        return rng.choice([
            lambda: f"{got} {same} {self.string(env, 0, '')}", lambda: f"{got} {same} {self.number(env, 0)}", lambda: f"{got} {same} true",
            lambda: f"{got} {rng.choice(['<', '<=', '>', '>='])} {self.number(env, 0)}", lambda: f"{got} like {self.pattern(env)}",
            lambda: f'{got} not matches "{rng.choice(REGEXES)}"', lambda: f"{got} in {{{self.string(env, 0, '')}, \"a\"}}",
            lambda: f"{rng.choice(['absent', 'present'])} {got}", lambda: f'{rng.choice(["all", "any", "none"])} {self.name("n")} in {got} {{ {self.named()} == "a" }}',
            lambda: f'"a" {rng.choice(["in", "not in"])} {got}', lambda: f"3 in {got}", lambda: f"size({got}) {same} 2", lambda: f"{got} {same} {{\"a\", \"b\"}}",
            lambda: f"number({got}) > 1", lambda: f"present arn({got}).service", lambda: f"{got} {same} {self.time(env, 0)}", lambda: f"not {got}",
            lambda: f"string({got}) {same} \"a\"", lambda: f"{got} {same} {self.from_scope(env, JSON) or got}", lambda: f"({got}) + 1 > 3"])()

    # ---- declarations ----

    def written(self, kind):
        """A type as it is written."""
        if kind[0] in ("list", "set"):
            return f"{kind[0]}<{self.written(kind[1])}>"
        return {"resource": kind[-1] if kind[-1] != "*" else "resource", "policy": "iam_policy"}.get(kind[0], kind[0])

    def make_constants(self):
        out = ['let k_text = "prod"', "param p_number: number = 3", 'param p_regions: set<region> = {"eu-west-1"}',
               'param p_names: list<string> = ["a", "prod", "vpc-1"]', 'param p_text: string', "let k_days = 30d + 60d",
               'let k_set = {"a", "vpc-1", "eu-west-1", "gp3"}']
        self.constants = [("k_text", STRING), ("p_number", NUMBER), ("p_regions", set_of(REGION)), ("p_names", list_of(STRING)),
                          ("p_text", STRING), ("k_days", DURATION), ("k_set", set_of(STRING))]
        return out

    def make_function(self):
        rng = self.rng
        pool = [resource(k) for k in self.kinds] * 2 + [STRING, NUMBER, BOOL, list_of(STRING), TIME, set_of(STRING), JSON, POLICY, DURATION,
                                                        ARN, REGION, set_of(NUMBER), resource("*")]
        args = [(self.name("a"), rng.choice(pool)) for _ in range(rng.choice([1, 1, 2]))]
        result = rng.choice([BOOL, BOOL, NUMBER, STRING, set_of(STRING), list_of(STRING), TIME, ARN, JSON])
        self.tables = 1 + self.outside
        body = self.of(result, args, 3)
        self.tables = self.outside
        if body is None:
            result, body = BOOL, self.bool(args, 2)
        name = self.name("f")
        head = ", ".join(f"{n}: {self.written(k)}" for n, k in args)
        shown = f": {self.written(result)}" if self.chance(0.5) else ""
        text = f"fn {name}({head}){shown} = {body}"
        self.functions.append((name, [k for _, k in args], result))
        return text

    def make_control(self, depth):
        rng = self.rng
        name = self.name("c")
        lines = [f"control {name} {{", f"  severity {rng.choice(['low', 'medium', 'high'])}"]
        if self.chance(0.2):
            lines.append(f"  require {self.bool([], depth)}")
        if len(lines) == 2 or self.chance(0.5):
            for _ in range(rng.choice([1, 1, 2])):
                kind = rng.choice(self.kinds) if self.chance(0.93) else "*"
                var = self.name()
                env = [(var, resource(kind))]
                where = f" where {self.bool(env, depth - 1)}" if self.chance(0.5) else ""
                lines.append(f"  for {var} in {kind if kind != '*' else 'resource'}{where}")
                for _ in range(rng.choice([1, 1, 2])):
                    said = f' else "x {{{self.plain(env)}}} y"' if self.chance(0.2) else ""
                    lines.append(f"  require {self.bool(env, depth)}{said}")
        return name, "\n".join(lines + ["}"])

    def make_places(self):
        """A control over the accounts, or accounts and regions, that the snapshot speaks of."""
        rng = self.rng
        name, var, inner = self.name("c"), self.name(), self.name()
        kind = rng.choice(self.kinds)
        if self.chance(0.4):
            return "\n".join([f"control {name} {{", f"  for {var} in Cordon::Account where {rng.choice(['true', var + '.Name != ' + chr(34) + 'x' + chr(34)])}",
                              f'  require "ou-1" in {var}.OrganizationalUnitIds or any {inner} in {kind} where {inner}.account == {var}.Id {{ {self.bool([(inner, resource(kind))], 1)} }}',
                              "}"])
        place, match = rng.choice([("Cordon::Account", f"{inner}.account == {var}.id"),
                                   ("Cordon::Region", f"{inner}.account == {var}.account and {inner}.region == {var}.region")])
        body = self.bool([(inner, resource(kind))], 1)
        return "\n".join([f"control {name} {{", f"  for {var} in {place}",
                          f"  require {rng.choice(['any', 'none', 'all'])} {inner} in {kind} where {match} {{ {body} }}", "}"])

    def make_waiver(self, control):
        rng = self.rng
        kind = rng.choice(self.kinds)
        on = rng.choice([f"{PREFIX[kind]}-*", f"{PREFIX[kind]}-1", "arn:aws:*:*:*:*", ARNS[kind].format(a="*", r="*", i="*-2"), "*"])
        until = rng.choice(["2027-01-01", "2026-03-01", "2026-02-28"])
        more = f', "{rng.choice(["*-1", "none", "arn:aws:s3:::*"])}"' if self.chance(0.3) else ""
        return f'waive {control} on "{on}"{more} until {until} because "agreed"'

    def module(self, n_controls, depth):
        parts = ["module random"] + self.make_constants()
        parts += [self.make_function() for _ in range(self.rng.choice([0, 1, 3]))]
        controls = [self.make_control(depth) for _ in range(n_controls)]
        parts += [text for _, text in controls]
        if self.chance(0.2):
            parts.append(self.make_places())
        parts += [self.make_waiver(name) for name, _ in controls if self.chance(0.3)]
        return parts
