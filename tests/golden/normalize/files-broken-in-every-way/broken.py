"""Writes broken and odd snapshots into the folder of its argument, a file each."""
import gzip
import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])
ITEM = {"resourceType": "AWS::EC2::Volume", "resourceId": "vol-1", "awsAccountId": "111122223333", "awsRegion": "eu-west-1",
        "configurationItemCaptureTime": "2026-03-01T00:00:00Z", "tags": {"a": "b"}, "configuration": {"encrypted": True, "size": 10}}
OTHER = {**ITEM, "resourceId": "vol-2"}
one, two = json.dumps(ITEM), json.dumps(OTHER)
delivered = json.dumps({"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": [ITEM, OTHER]}, indent=1)


def instead(old, new):
    assert old in one
    return f"[{two},{one.replace(old, new, 1)}]"


files = {
    "empty": "", "only-blanks": " \r\n\t\n", "only-a-byte-order-mark": "\ufeff", "a-byte-order-mark": "\ufeff" + delivered,
    "carriage-returns": delivered.replace("\n", "\r\n"), "lines": f"{one}\n{two}\n", "lines-with-blank-ones": f"{one}\r\n\r\n{two}\r\n\n",
    "two-lists": f"[{one}]\n[{two}]\n", "two-objects": json.dumps(ITEM, indent=1) + json.dumps(OTHER, indent=1),
    "utf-16": delivered.encode("utf-16"), "utf-16-without-a-mark": delivered.encode("utf-16-le"), "gzip": gzip.compress(delivered.encode(), mtime=0),
    "a-nul": b"\0", "html": "<html></html>", "a-number": "17", "a-string": '"x"', "null": "null", "an-empty-object": "{}", "an-empty-list": "[]",
    "of-something-else": '{"resource_changes":[],"terraform_version":"1.9"}', "a-trail": '{"Records":[{"eventName":"RunInstances"}]}',
    "cut-in-a-key": delivered[:10], "cut-in-an-item": delivered[:300], "cut-behind-an-item": delivered[:-3],
    "a-comma-too-many": f"[{one},]", "a-comma-before": f"[,{one}]", "a-comma-missing": f"[{one}{two}]", "ends-in-a-brace": f"[{one}}}",
    "deep": "[" * 10000 + "]" * 10000, "a-deep-item": instead("10", "[" * 2000 + "]" * 2000), "a-deep-property": instead("10", "[" * 500 + "]" * 500),
    "not-utf-8-in-an-item": instead("vol-1", "vol-@").encode().replace(b"vol-@", b"vol-\xff"), "a-nul-in-a-string": instead("vol-1", "vol\0"),
    "an-escaped-nul": instead("vol-1", "vol\\u0000"), "half-a-surrogate": instead("vol-1", "vol\\ud800"),
    "1e999": instead("10", "1e999"), "2^63": instead("10", str(2**63)), "2^64": instead("10", str(2**64)), "2^53+1": instead("10", str(2**53 + 1)),
    "-0": instead("10", "-0"), "400-digits": instead("10", "1" * 400), "01": instead("10", "01"), "nan": instead("10", "NaN"), "0x10": instead("10", "0x10"),
    "a-type-twice": instead('"resourceType"', '"resourceType":"AWS::EC2::VPC","resourceType"'),
    "an-id-twice": instead('"resourceId"', '"resourceId":"x","resourceId"'), "a-property-twice": instead('"encrypted"', '"encrypted":false,"encrypted"'),
    "a-configuration-twice": instead('"configuration"', '"configuration":{},"configuration"'), "tags-twice": instead('"tags"', '"tags":{},"tags"'),
    "a-tag-twice": instead('"a": "b"', '"a":"b","a":"c"'),
    "no-type": instead('"resourceType"', '"x"'), "no-id": instead('"resourceId"', '"x"'), "no-account": instead('"awsAccountId"', '"x"'),
    "a-type-that-is-a-number": instead('"AWS::EC2::Volume"', "7"), "an-id-that-is-a-list": instead('"vol-1"', "[]"),
    "a-region-that-is-true": instead('"eu-west-1"', "true"), "a-time-that-is-none": instead("2026-03-01T00:00:00Z", "yesterday"),
    "tags-that-are-a-number": instead('{"a": "b"}', "5"), "tags-that-are-no-pairs": instead('{"a": "b"}', '["a"]'), "a-tag-that-is-a-list": instead('"b"', "[]"),
    "a-configuration-that-is-a-list": instead('{"encrypted": true, "size": 10}', "[]"), "a-configuration-that-is-broken": instead('{"encrypted": true, "size": 10}', '"{"'),
    "a-configuration-that-is-null": instead('{"encrypted": true, "size": 10}', "null"), "a-word-for-a-boolean": instead("true", '"maybe"'),
    "an-object-for-a-number": instead("10", "{}"), "items-that-are-null": '{"configurationItems":null}', "items-that-are-an-object": '{"configurationItems":{}}',
    "items-that-are-none": '{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[1,"x",null,true,[],{}]}',
}
for name, data in files.items():
    (out / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    print(name)
