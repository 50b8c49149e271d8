"""Prints for each line `FILE PROPERTY` of its input what the normalized form of the item says of the property."""
import json
import os
import subprocess
import sys

samples = os.path.join(os.environ["ROOT"], "..", "shared", "samples")
items = {}


def item(name):
    if name not in items:
        done = subprocess.run(["cordon", "normalize", os.path.join(samples, name)], capture_output=True, check=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()[1:]]
        items[name] = next(r for r in rows if not r["origin"].get("derived"))
    return items[name]


def state(row, path):
    value = {**row["properties"], **{k: row.get(k) for k in ("region", "tags", "account")}}
    for part in path.split("."):
        if value is None:
            break
        value = value.get(part)
        if isinstance(value, dict) and "Cordon::Unknown" in value:
            return "unknown"
    return "absent" if value is None else "known"


for line in sys.stdin:
    if line.strip():
        name, path = line.split()
        print(name, path, state(item(name), path))
