"""Checks every module of *.slips: one error for each slip, on the line where a reader expects it.

Modules are parted by a line `--- title`. A comment `# error`, or `# error: WORDS`, marks the line; of such a line `check` has to
report exactly one error, whose message or help holds WORDS, of no other line any, and it has to exit with 2.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MARK = re.compile(r"#\s*error(?::\s*(.*?))?\s*$")


def modules(path):
    """(line of the title, title, text) of the modules of a file; the text has a `module` line in place of the title."""
    parts = re.split(r"^--- (.*)\n", path.read_text(encoding="utf-8"), flags=re.M)
    line = parts[0].count("\n") + 1
    for title, text in zip(parts[1::2], parts[2::2]):
        yield line, title, "module slip\n" + text
        line += text.count("\n") + 1


def wrong_with(text, folder):
    wanted = {n: m.group(1) or "" for n, m in enumerate(map(MARK.search, text.splitlines()), 1) if m}
    path = folder / "slip.cordon"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(["cordon", "check", "--format", "json", str(path)], capture_output=True, text=True, timeout=20)
    out = [] if done.returncode == 2 else [(0, f"exit code {done.returncode}")]
    out += [(0, done.stderr.strip())] if done.stderr else []
    found = {}
    for d in json.loads(done.stdout)["diagnostics"]:
        if d["severity"] == "error":
            found.setdefault(d["line"], []).append(f"{d['code']} {d['message']} | {d['help'] or ''}")
    for n in sorted(set(wanted) | set(found)):
        errors = found.get(n, [])
        if n not in wanted or len(errors) != 1 or wanted[n] not in errors[0]:
            asked = f" (expected: {wanted[n]})" if n in wanted and errors else ""
            out += [(n - 1, e + asked) for e in errors or ["no error"]]
    return out


def main():
    n = failed = 0
    with tempfile.TemporaryDirectory() as temp:
        for path in sorted(pathlib.Path(".").glob("*.slips")):
            for line, title, text in modules(path):
                problems = wrong_with(text, pathlib.Path(temp))
                n, failed = n + 1, failed + bool(problems)
                for offset, what in problems:
                    print(f"{path}:{line + offset}: {title}: {what}")
    print("one error for each slip" if n and not failed else f"{failed} of {n} modules are not as expected")
    return 1 if failed or not n else 0


if __name__ == "__main__":
    sys.exit(main())
