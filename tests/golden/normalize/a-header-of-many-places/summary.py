"""What the header on standard input is complete for: the first type, accounts, regions of each entry."""
import json
import sys

for entry in json.loads(sys.stdin.readline())["complete"]:
    print(entry["type"][0], *entry["account"], *entry.get("region", ["(left out)"]))
