"""The programs that Cordon is measured beside, where they can be had: a virtual environment with DuckDB, and the program written by
hand for the ten checks. Their sources stand beside the project (../shared/bench), not in it."""
import pathlib
import shutil
import subprocess
import sys
import venv

SHARED = pathlib.Path(__file__).resolve().parent.parent.parent.parent / "shared" / "bench"
DUCKDB = "duckdb==2.0.0"


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
