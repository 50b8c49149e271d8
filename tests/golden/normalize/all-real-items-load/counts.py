"""Loads every real item: none crashes, and each item of a file is a resource, was deleted, or is a problem. Prints what is refused."""
import glob
import json
import os
import subprocess

samples = os.path.join(os.environ["ROOT"], "..", "shared", "samples")
n = 0
for folder in ("rdk_example_ci", "c7n_config", "c7n_cwe"):
    for path in sorted(glob.glob(os.path.join(samples, folder, "*.json"))):
        name = os.path.join(folder, os.path.basename(path))
        done = subprocess.run(["cordon", "normalize", path], capture_output=True)
        if done.returncode != 0:
            print(name, done.returncode, done.stderr.decode().replace(path, name).strip())
            continue
        rows = [json.loads(line) for line in done.stdout.splitlines()[1:]]
        n += sum(not r["origin"].get("derived") for r in rows)
        again = subprocess.run(["cordon", "normalize", "-"], input=done.stdout, capture_output=True)
        if again.stdout != done.stdout:
            print(name, "is not the same when it is read again")
print(n, "resources")
