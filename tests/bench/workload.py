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


def expected_counts(path):
    """What the reference evaluator counts for each check; remembered beside the snapshot."""
    known = path.with_suffix(path.suffix + ".counts")
    if not known.exists():
        done = subprocess.run([sys.executable, HERE / "reference.py", path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        known.write_bytes(done.stdout)
    return json.loads(known.read_text())


SHAPES = [("AWS::EC2::Volume", "x.Size <= {n}"),
          ("AWS::S3::Bucket", 'x.region in {{"eu-west-1", "eu-west-3"}} or x.id != "b{n}"'),
          ("AWS::EC2::SecurityGroup", "count p in x.SecurityGroupIngress where p.FromPort == {n} {{ true }} <= 2"),
          ("AWS::RDS::DBInstance", 'x.StorageEncrypted and x.Engine != "e{n}"'),
          ("AWS::IAM::Role", 'none p in x.Policies {{ p.PolicyName == "p{n}" }}')]


def module(path, name, controls):
    """A module of CONTROLS, pairs of a type and a condition on x."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"module bench.{name}\n")
        for n, (kind, condition) in enumerate(controls):
            out.write(f'\n## Control number {n}.\ncontrol c{n} {{\n  id "C-{n}"\n  for x in {kind}\n'
                      f"  require {condition}\n}}\n")
    return path


def many_controls(folder, n):
    """N controls over a few dozen properties."""
    return module(folder / f"many-{n}.cordon", "many",
                  [(SHAPES[i % len(SHAPES)][0], SHAPES[i % len(SHAPES)][1].format(n=i)) for i in range(n)])
