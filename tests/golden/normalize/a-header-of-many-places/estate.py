"""A delivered snapshot of five accounts, each in three regions, but for the last, which is in one."""
import json

items = []
for account in range(1, 6):
    for region in ("eu-west-1", "eu-west-2", "eu-west-3")[: 1 if account == 5 else 3]:
        items.append({"resourceType": "AWS::EC2::Volume", "resourceId": "v", "awsAccountId": str(account), "awsRegion": region,
                      "configurationItemCaptureTime": "2026-03-01T00:00:00Z", "configuration": {"encrypted": region != "eu-west-2"}})
print(json.dumps({"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": items}))
