"""The programs that Cordon is measured beside, where they can be had: DuckDB in a virtual environment, the program written by hand for
the ten checks, and on request OPA and regorus. What they run stands beside the project (../shared/bench), not in it."""
import os
import pathlib
import shutil
import subprocess
import sys
import venv

SHARED = pathlib.Path(__file__).resolve().parent.parent.parent.parent / "shared" / "bench"
DUCKDB = "duckdb==2.0.0"
OPA = "github.com/open-policy-agent/opa@v1.22.2"
REGO = SHARED / "peers" / "policy.rego"
QUERY = "data.cordon.counts"


def missing(what, why):
    print(f"SKIP {what}: {why}", file=sys.stderr)


def quiet(command, **more):
    """Did COMMAND end well? A program that is not there did not."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **more).returncode == 0
    except FileNotFoundError:
        return False


def duckdb(folder):
    """The words before FILE, "tbl", THREADS; None if there is no DuckDB."""
    script = SHARED / "peers" / "duck.py"
    python = folder / "venv" / "bin" / "python"
    if not script.exists():
        return missing("DuckDB", f"{script} is not here")
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        if not quiet([python, "-m", "pip", "install", "-q", DUCKDB]):
            shutil.rmtree(folder / "venv")
            return missing("DuckDB", f"pip cannot install {DUCKDB}")
    return [python, script]


def by_hand(folder):
    """The program for just these ten checks, before FORMAT FILE THREADS; None if it cannot be built."""
    source = SHARED / "limits" / "all10.cpp"
    program = folder / "all10"
    if not source.exists():
        return missing("the program by hand", f"{source} is not here")
    if not program.exists() and not quiet(["g++", "-O2", "-mavx2", "-mpclmul", source, "-lsimdjson", "-o", program]):
        return missing("the program by hand", "g++ cannot build it")
    return [program]


def opa(folder):
    """The words before FILE; None if OPA cannot be installed."""
    program = folder / "bin" / "opa"
    if not REGO.exists():
        return missing("OPA", f"{REGO} is not here")
    if not program.exists() and not quiet(["go", "install", OPA], env={**os.environ, "GOBIN": str(folder / "bin")}):
        return missing("OPA", f"go cannot install {OPA}")
    return [program, "eval", "-d", REGO, "--format", "json", QUERY, "-i"]


def regorus(folder):
    """The words before FILE; None if regorus cannot be built."""
    source, target = SHARED / "peers" / "regorus", folder / "regorus"
    program = target / "target" / "release" / "regobench"
    if not source.exists():
        return missing("regorus", f"{source} is not here")
    if not target.exists():
        shutil.copytree(source, target, copy_function=shutil.copyfile)
    if not program.exists() and not quiet(["cargo", "build", "--release"], cwd=target):
        return missing("regorus", "cargo cannot build it")
    return [program, "interp", REGO]
