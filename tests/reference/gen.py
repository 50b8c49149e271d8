#!/usr/bin/env python3
"""A random policy and a random snapshot. Usage: gen.py SEED FOLDER (writes policy.cordon, snapshot.ndjson, hidden.ndjson)."""
import json
import pathlib
import random
import sys

from estate import TYPES
from policies import Policies
from snapshots import Snapshots, hide


class Case:
    """What one seed gives: the parts of a module, and a snapshot as a list of objects, the header first."""

    def __init__(self, seed, n_controls=6, depth=4):
        rng = random.Random(seed)
        self.kinds = sorted(rng.sample(sorted(TYPES), rng.choice([2, 3, 5])))
        self.parts = Policies(rng, self.kinds).module(n_controls, depth)
        self.snapshot = Snapshots(rng).snapshot(self.kinds)
        self.hidden = hide(self.snapshot, rng)


def policy_text(parts):
    return "\n".join(parts) + "\n"


def snapshot_text(snapshot):
    return "".join(json.dumps(line) + "\n" for line in snapshot)


def main():
    case = Case(int(sys.argv[1]))
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.cordon").write_text(policy_text(case.parts))
    (folder / "snapshot.ndjson").write_text(snapshot_text(case.snapshot))
    (folder / "hidden.ndjson").write_text(snapshot_text(case.hidden))


if __name__ == "__main__":
    main()
