"""Prints for each line `ID PATH` of its input what the normalized form says there, as JSON; absent and unknown as such."""
import json
import subprocess
import sys

done = subprocess.run(["cordon", "normalize", "in.json"], capture_output=True, check=True)
sys.stderr.buffer.write(done.stderr)
rows = {r["id"]: r["properties"] for r in map(json.loads, done.stdout.splitlines()[1:])}


def at(value, path):
    for part in path.split("."):
        if value is None:
            return "absent"
        value = value[int(part)] if isinstance(value, list) else value.get(part)
        if isinstance(value, dict) and "Cordon::Unknown" in value:
            return "unknown"
    return "absent" if value is None else json.dumps(value)


for line in sys.stdin:
    name, path = line.split()
    print(name, path, at(rows[name], path))
