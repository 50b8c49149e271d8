"""What is measured: snapshots by gen.py, made once and kept, and generated modules of many controls."""
import gzip
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def snapshot(folder, resources, seed, form):
    """A snapshot by gen.py: FORM is config or ndjson, with .gz behind for the compressed one."""
    plain, _, packed = form.partition(".")
    suffix = {"config": "json", "ndjson": "ndjson"}[plain]
    path = folder / f"{plain}-{resources}-{seed}.{suffix}"
    if not path.exists():
        aside = path.with_suffix(".part")
        with open(aside, "wb") as out:
            subprocess.run([sys.executable, HERE / "gen.py", "--resources", str(resources), "--seed", str(seed),
                            "--format", plain], stdout=out, check=True)
        aside.rename(path)
    if not packed:
        return path
    compressed = path.with_suffix(path.suffix + ".gz")
    if not compressed.exists():
        aside = path.with_suffix(".part")
        with open(path, "rb") as source, gzip.GzipFile(aside, "wb", 6, mtime=0) as out:
            while chunk := source.read(1 << 20):
                out.write(chunk)
        aside.rename(compressed)
    return compressed


QUESTIONS = """module bench.questions
control reach {
  for b in AWS::S3::Bucket
  require none r in AWS::IAM::Role {
    can(r, s3:GetObject, "{b.arn}/*") and can(r, s3:PutObject, "{b.arn}/*") and can(r, s3:DeleteObject, "{b.arn}/*")
    and can(r, s3:ListBucket, b.arn) and can(r, s3:PutBucketPolicy, b.arn)
  }
}
"""


def questions(folder, n):
    """A policy that asks of N roles and N buckets what each role can do; and their snapshot: each role reads one of fifty buckets."""
    lines = [{"cordon": 1, "captured": "2026-06-01T00:00:00Z", "complete": [{"type": "*"}]}]
    for i in range(n):
        bucket = f"arn:aws:s3:::data-{i % 50:04}"
        read = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [bucket, bucket + "/*"]}
        plain = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        document = {"Version": "2012-10-17", "Statement": [read, plain]}
        lines.append({"type": "AWS::IAM::Role", "id": f"role-{i:04}", "account": "111122223333",
                      "properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]}})
    for i in range(n):
        lines.append({"type": "AWS::S3::Bucket", "id": f"data-{i:04}", "account": "111122223333", "region": "eu-west-1", "properties": {}})
    policy, snapshot = folder / "questions.cordon", folder / "questions.ndjson"
    policy.write_text(QUESTIONS)
    snapshot.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return policy, snapshot


def expected_counts(path):
    """What the reference evaluator counts for each check; remembered beside the snapshot."""
    path = path.with_suffix("") if path.suffix == ".gz" else path
    known = path.with_suffix(path.suffix + ".counts")
    if not known.exists():
        done = subprocess.run([sys.executable, HERE / "reference.py", path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        known.write_bytes(done.stdout)
    return json.loads(known.read_text())


# Ten checks like those of checks.cordon, over the same properties; {n} tells one control from the other.
SAME = [("AWS::S3::Bucket", 'none rule in x.ReplicationConfiguration.Rules where rule.Status == "Enabled" '
                            '{{ rule.Destination.Bucket -> AWS::S3::Bucket.id == "b{n}" }}'),
        ("resource", 'x.region in {{"eu-west-1", "eu-west-3"}} or x.id != "r{n}"'),
        ("AWS::EC2::Volume", 'x.Encrypted or x.id != "v{n}"'),
        ("AWS::S3::Bucket", "none rule in x.BucketEncryption.ServerSideEncryptionConfiguration "
                            '{{ rule.ServerSideEncryptionByDefault.SSEAlgorithm == "aws:kms" '
                            'and rule.ServerSideEncryptionByDefault.KMSMasterKeyID like "*/{n}" }}'),
        ("AWS::EC2::SecurityGroup", 'none p in x.SecurityGroupIngress where p.CidrIp == "10.0.0.0/8" '
                                    '{{ p.IpProtocol == "tcp" and p.FromPort == {n} and p.ToPort == {n} }}'),
        ("AWS::RDS::DBInstance", 'not x.PubliclyAccessible or x.id != "d{n}"'),
        ("AWS::SageMaker::EndpointConfig", 'not present x.KmsKeyId or x.KmsKeyId != "k{n}"'),
        ("AWS::IAM::Role", "none p in x.Policies {{ any s in p.PolicyDocument.Statement "
                           '{{ s.Effect == "Allow" and "r{n}" in s.Resource and "a{n}" in s.Action }} }}'),
        ("AWS::CloudTrail::Trail", 'x.IsMultiRegionTrail and x.EnableLogFileValidation or x.id != "t{n}"'),
        ("AWS::SageMaker::Model", 'none s in x.VpcConfig.Subnets {{ s -> AWS::EC2::Subnet.VpcId == "v{n}" }}')]

TYPES = ["AWS::EC2::NetworkInterface", "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::SecurityGroup", "AWS::S3::Bucket",
         "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::KMS::Key", "AWS::EC2::Subnet", "AWS::EC2::VPC",
         "AWS::RDS::DBInstance", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint", "AWS::SageMaker::Model",
         "AWS::CloudTrail::Trail"]
SCALARS = {"string": 'not present x.{p} or x.{p} not like "v{n}*"', "number": "not present x.{p} or x.{p} != -{n}",
           "bool": "not present x.{p} or x.{p} == x.{p}"}


def module(path, controls):
    """A module of CONTROLS, pairs of a type and a condition on x."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("module bench.controls\n")
        for n, (kind, condition) in enumerate(controls):
            out.write(f'\n## Control number {n}.\ncontrol c{n} {{\n  id "C-{n}"\n  for x in {kind}\n'
                      f"  require {condition}\n}}\n")
    return path


def same_properties(folder, n):
    """N controls that read what ten read."""
    return module(folder / f"same-{n}.cordon",
                  [(SAME[i % len(SAME)][0], SAME[i % len(SAME)][1].format(n=i // len(SAME))) for i in range(n)])


def lines_of(name):
    path = HERE.parent.parent / "stdlib" / "schema" / name
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] not in "#%"]


def carried():
    """The properties, by type and path, that AWS Config is known to carry: of others nothing but unknown could be said."""
    found, path = set(), []
    for line in lines_of("config-carries.txt"):
        depth = len(line) - len(line.lstrip(" "))
        path[depth:] = [line.split("\t")[0].strip()]
        found.add((path[0], ".".join(path[1:])))
    return found


def properties():
    """The scalar properties of the workload's types, and of the objects in them, by the reference tables."""
    shapes, resource, current = {}, None, None
    for line in lines_of("resource-types.txt"):
        cells = line.lstrip(" !").split("\t")
        if line[:1] in " !":
            current.append((cells[0], cells[1]))
        else:
            resource = resource if line.startswith(".") else cells[0]  # an object stands behind its resource
            current = shapes.setdefault((resource, cells[0]), [])
    for kind in TYPES:
        for name, form in shapes[kind, kind]:
            inside = shapes.get((kind, form), []) if form.startswith(".") else []
            for path, path_form in [(name, form)] + [(f"{name}.{inner}", inner_form) for inner, inner_form in inside]:
                if path_form in SCALARS and (kind, path) in carried():
                    yield kind, path, SCALARS[path_form]


def other_properties(folder, n):
    """N controls, each over a property of its own as far as there are so many."""
    known = list(properties())
    chosen = [known[i % len(known)] for i in range(n)]
    return module(folder / f"other-{n}.cordon",
                  [(kind, condition.format(p=name, n=i)) for i, (kind, name, condition) in enumerate(chosen)])
