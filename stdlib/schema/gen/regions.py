"""botocore's list of partitions -> regions.txt."""

import json
import os


def table(folder):
    with open(os.path.join(folder, "partitions.json")) as f:
        partitions = json.load(f)["partitions"]
    return sorted(
        f"{region}\t{p['id']}"
        for p in partitions
        for region in p["regions"]
        if not region.endswith("-global")
    )
