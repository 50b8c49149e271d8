"""Checks every file and folder here that is wrong in one place.

A comment `# error`, or `# error: WORDS`, stands on the line where a reader expects the error; `check` has to exit with 2,
to report exactly one error, on a marked line (one of them, if there are several), and the error or its help has to hold WORDS.
"""
import json
import pathlib
import re
import subprocess
import sys

MARK = re.compile(r"#\s*error(?::\s*(.*?))?\s*$")


def marks(files):
    """{(file, line): words} of the marks in the files."""
    found = {}
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = MARK.search(line)
            if match:
                found[(str(path), number)] = match.group(1) or ""
    return found


def wrong_with(path):
    """What is wrong with the answer about one file or folder, as lines."""
    files = sorted(path.rglob("*.cordon")) if path.is_dir() else [path]
    wanted = marks(files)
    done = subprocess.run(["cordon", "check", "--format", "json", str(path)], capture_output=True, text=True, timeout=20)
    lines = []
    if not wanted:
        lines.append("no line is marked")
    if done.returncode != 2:
        lines.append(f"exit code {done.returncode}")
    if done.stderr:
        lines.append("stderr: " + done.stderr.strip())
    errors = [d for d in json.loads(done.stdout)["diagnostics"] if d["severity"] == "error"]
    if len(errors) != 1:
        lines.append(f"{len(errors)} errors")
    for error in errors:
        place = (str(pathlib.Path(error["file"])), error["line"])
        said = error["message"] + " | " + (error["help"] or "")
        if place not in wanted or wanted[place] not in said or len(errors) != 1:
            lines.append(f"{place[0]}:{place[1]}:{error['column']}: {error['code']} {said}")
    if lines:
        lines += [f"expected at line {line}: {words}" for (_, line), words in wanted.items()]
    return lines


def main():
    cases = sorted(p for p in pathlib.Path(".").iterdir() if p.is_dir() or p.suffix == ".cordon")
    failed = 0
    for path in cases:
        lines = wrong_with(path)
        failed += bool(lines)
        for line in lines:
            print(f"{path}: {line}")
    print("all refused" if not failed else f"{failed} of {len(cases)} are not refused as expected")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
