"""CloudFormation's resource schemas (bundled in cfn-lint) -> resource-types.txt.

A shape is a resource type or one of its nested objects; a type expression is `string`, `[T]`, `{T}` or `.Shape`.
"""

import glob
import json
import os
import re

# Scalar kinds as the tables write them.
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "bool"}

# Properties that hold an IAM policy document wherever CloudFormation types them as json or plain string.
POLICY_NAMES = {
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "KeyPolicy",
    "ResourcePolicy",
    "RepositoryPolicyText",
    "AccessPolicy",
    "AccessPolicies",
    "FileSystemPolicy",
    "ResourcePolicyDocument",
    "PermissionsPolicyDocument",
    "NamespaceResourcePolicy",
    "ModelPackageGroupPolicy",
    "InlinePolicy",
    "DestinationPolicy",
    "KmsPolicyDocument",
    "S3PolicyDocument",
    "StsPolicyDocument",
    "SessionPolicy",
    "S3AccessPolicy",
    "InvestigationGroupPolicy",
    "ModelPolicy",
    "Policy",
    "DeliveryDestinationPolicy",
    "PolicyText",
}
# … except where the text is no IAM policy (Cedar, data protection, Guard, FMS) or only the name of one.
NO_POLICY = {
    ("AWS::Logs::AccountPolicy", "PolicyDocument"),
    ("AWS::EC2::VerifiedAccessEndpoint", "PolicyDocument"),
    ("AWS::EC2::VerifiedAccessGroup", "PolicyDocument"),
    ("AWS::EC2::ClientVpnEndpoint", "PolicyDocument"),
    ("AWS::Config::ConfigRule", "PolicyText"),
    ("AWS::Config::OrganizationConfigRule", "PolicyText"),
    ("AWS::RolesAnywhere::Profile", "Policy"),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "Policy"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "Policy"),
    ("AWS::NetworkManager::CoreNetwork", "PolicyDocument"),
    ("AWS::OpenSearchServerless::AccessPolicy", "Policy"),
    ("AWS::OpenSearchServerless::LifecyclePolicy", "Policy"),
    ("AWS::OpenSearchServerless::SecurityPolicy", "Policy"),
}
# Read-only strings that hold ISO times without saying so in `format`.
TIME_NAME = re.compile(
    r"((?<=[a-z])|^)(At|Time|Date|DateTime|Time[Ss]tamp)$|^(Created|Updated|LastModified)On$"
)


def load(folder):
    """All types of all regions: name -> schema. `folder` is cfnlint/data/schemas."""
    types = {}
    for path in sorted(glob.glob(os.path.join(folder, "providers", "*.json"))):
        if os.path.basename(path) == "sam.json":  # a template transform, no resources of AWS
            continue
        with open(path) as f:
            for name, ref in json.load(f).items():
                types.setdefault(name, set()).add(ref)
    schemas = {}
    for name, refs in types.items():
        merged = None
        for ref in sorted(refs):
            with open(os.path.join(folder, "resources", ref + ".json")) as f:
                one = json.load(f)
            if merged is None:
                merged = one
            else:
                for part in ("properties", "definitions"):
                    for k, v in one.get(part, {}).items():
                        merged.setdefault(part, {}).setdefault(k, v)
        schemas[name] = merged
    return schemas


class Converter:
    """Turns one resource schema into shapes: name -> {property: [type, enum values, read-only]}."""

    def __init__(self, name, schema):
        self.name = name
        self.schema = schema
        self.definitions = schema.get("definitions", {})
        self.shapes = {}
        self.origin = {}  # shape -> the node it was made of
        self.pending = []

    def run(self):
        self.fill("", self.schema)
        while self.pending:
            shape, node = self.pending.pop()
            self.fill(shape, node)
        for path in self.schema.get("readOnlyProperties", []):
            self.mark_read_only([p for p in path.split("/")[2:] if p])
        return self.shapes

    def fill(self, shape, node):
        fields = {}
        self.shapes[shape] = fields
        for prop, sub in sorted(self.properties(node).items()):
            inner = f"{shape}.{prop}" if shape else f".{prop}"
            kind, enum = self.convert(sub, inner, 0)
            kind, enum = self.refine(prop, kind, enum)
            fields[prop] = [kind, enum, False]

    def refine(self, prop, kind, enum):
        if kind in ("json", "string", "{json}") and not enum and prop in POLICY_NAMES:
            if (self.name, prop) not in NO_POLICY:
                return "policy", []
        return kind, enum

    def properties(self, node):
        """The union of an object's own properties and those of its alternatives."""
        found = dict(node.get("properties") or {})
        for key in ("oneOf", "anyOf", "allOf"):
            for alternative in node.get(key) or []:
                alternative, _ = self.resolve(alternative)
                for k, v in self.properties(alternative).items():
                    if k not in found or found[k] in ({}, True):
                        found[k] = v
        return {k: (v if isinstance(v, dict) else {}) for k, v in found.items()}

    def resolve(self, node):
        """Follows $ref; gives the node and the definition's name it ended at."""
        name = None
        for _ in range(32):
            ref = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(ref, str):
                break
            name = ref.split("/")[-1].replace("~1", "/")
            node = self.definitions.get(name)
            if node is None and ref.startswith("#/properties/"):
                node, name = self.schema["properties"].get(name), None
            if node is None:
                return {}, None
        return (node if isinstance(node, dict) else {}), name

    def convert(self, node, inner, depth):
        node, name = self.resolve(node)
        if depth > 24:
            return "json", []
        kind = node.get("type")
        if kind == ["object"]:
            kind = "object"
        if isinstance(kind, list):
            real = [k for k in kind if k != "null"]
            if len(real) > 3 and real[0] == "string":
                kind = "string"  # cfn-lint lets templates write any value where the service takes a string
            elif len(real) == 1:
                kind = real[0]
            else:
                return "json", []
        if kind in SCALARS:
            if kind == "string":
                fmt = node.get("format")
                if fmt in ("date-time", "timestamp"):
                    return "time", []
                if fmt == "json":
                    return "json", []
                enum = [str(v) for v in node.get("enum") or node.get("enumCaseInsensitive") or []]
                return "string", sorted(set(enum))
            return SCALARS[kind], []
        if kind == "array" or (kind is None and "items" in node):
            items = node.get("items")
            if not isinstance(items, dict):
                return "[json]", []
            sub, enum = self.convert(items, inner, depth + 1)
            return f"[{sub}]", enum
        if kind is None:
            merged = self.merge_alternatives(node, inner, depth)
            if merged is not None:
                return merged
        if kind == "object" or (kind is None and self.properties(node)):
            return self.convert_object(node, name, inner, depth)
        return "json", []

    def merge_alternatives(self, node, inner, depth):
        """Alternatives of one scalar or list kind are that kind; None if they are not."""
        if node.get("properties"):
            return None
        for key in ("oneOf", "anyOf", "allOf"):
            alternatives = [self.resolve(a)[0] for a in node.get(key) or []]
            kinds = {json.dumps(a.get("type")) for a in alternatives if a.get("type")}
            if len(kinds) == 1 and kinds != {'"object"'}:
                kind, enum = None, set()
                for a in alternatives:
                    if a.get("type"):
                        sub, values = self.convert(a, inner, depth + 1)
                        if kind not in (None, sub):
                            return "json", []
                        kind = sub
                        enum.update(values)
                return kind, sorted(enum)
            if len(kinds) > 1:
                return self.list_or_object(alternatives, inner, depth)
        return None

    def list_or_object(self, alternatives, inner, depth):
        """A list, or an object of which the schema says nothing, itself or as text: the list."""
        bare_kinds = ("object", ["object", "string"])
        lists = [a for a in alternatives if a.get("type") == "array"]
        bare = [a for a in alternatives if a.get("type") in bare_kinds and not self.properties(a)]
        if len(lists) == 1 and len(lists) + len(bare) == len(alternatives):
            return self.convert(lists[0], inner, depth + 1)
        return "json", []

    def convert_object(self, node, name, inner, depth):
        if self.properties(node):
            shape = f".{name}" if name else inner
            if self.origin.get(shape, node) is not node and self.origin.get(shape) != node:
                shape = inner + ".Inline" if not name else shape
            if shape not in self.origin:
                self.origin[shape] = node
                self.pending.append((shape, node))
            return shape, []
        values = list((node.get("patternProperties") or {}).values())
        extra = node.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            values.append(extra)
        kinds = []
        for v in values:
            if isinstance(v, dict) and v:
                kinds.append(self.convert(v, inner, depth + 1))
        if not kinds or any(k != kinds[0] for k in kinds):
            return "json", []
        sub, enum = kinds[0]
        return ("json", []) if sub == "json" else (f"{{{sub}}}", enum)

    def mark_read_only(self, path):
        shape = ""
        for i, part in enumerate(path):
            if part in ("*", "items", "-"):
                continue
            field = self.shapes.get(shape, {}).get(part)
            if field is None:
                return
            if all(p in ("*", "items") for p in path[i + 1 :]):
                field[2] = True
                if field[0] == "string" and not field[1] and TIME_NAME.search(part):
                    field[0] = "time"
                return
            shape = re.sub(r"[\[\]{}]", "", field[0])
            if not shape.startswith("."):
                return


def identifiers(schema):
    return ["/".join(p.split("/")[2:]) for p in schema.get("primaryIdentifier", [])]


def field_line(name, field):
    kind, enum, read_only = field
    return "\t".join([("!" if read_only else " ") + name, kind] + enum)


def table(schemas):
    """The lines of resource-types.txt, and the shapes for the other tables."""
    lines, shapes = [], {}
    for name in sorted(schemas):
        converted = Converter(name, schemas[name]).run()
        shapes[name] = converted
        lines.append("\t".join([name] + identifiers(schemas[name])))
        for shape in sorted(converted):
            if shape:
                lines.append(shape)
            lines += [field_line(p, f) for p, f in sorted(converted[shape].items())]
    return lines, shapes
