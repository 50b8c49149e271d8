#!/usr/bin/env python3
"""A random policy and a random snapshot. Usage: gen.py SEED FOLDER (writes policy.cordon, snapshot.ndjson, hidden.ndjson)."""
import json
import pathlib
import random
import sys

from estate import TYPES
from policies import Policies
from snapshots import Snapshots, hide


LARGE = 75  # one seed in so many has a table of more rows than a batch


class Case:
    """What one seed gives: the parts of a module, and a snapshot as a list of objects, the header first."""

    params = ["--param", "p_text=prod"]

    def __init__(self, seed):
        rng = random.Random(seed)
        large = seed % LARGE == 0
        self.kinds = sorted(rng.sample(sorted(TYPES), rng.choice([2] if large else [2, 3, 5])))
        self.parts = Policies(rng, self.kinds, large).module(*([2, 3] if large else [6, 4]))
        self.snapshot = Snapshots(rng, self.kinds[0] if large else None).snapshot(self.kinds)
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
