"""ARN formats of resource types: the service authorization reference's, matched to CloudFormation's types by name."""

import collections
import re

from . import iam, names

# CloudFormation's service -> IAM prefix, where the schema's own permissions do not give it.
PREFIXES = {
    "AWS::RDS": "rds",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::Logs": "logs",
    "AWS::EFS": "elasticfilesystem",
    "AWS::ElasticLoadBalancing": "elasticloadbalancing",
    "AWS::ElasticLoadBalancingV2": "elasticloadbalancing",
    "AWS::OpenSearchService": "es",
    "AWS::Elasticsearch": "es",
    "AWS::CertificateManager": "acm",
    "AWS::MSK": "kafka",
    "AWS::StepFunctions": "states",
    "AWS::KinesisFirehose": "firehose",
    "AWS::SES": "ses",
    "AWS::Cognito": "cognito-idp",
    "AWS::EC2": "ec2",
    "AWS::IAM": "iam",
    "AWS::S3": "s3",
    "AWS::ApiGateway": "apigateway",
    "AWS::ApiGatewayV2": "apigateway",
    "AWS::CloudFront": "cloudfront",
    "AWS::Route53": "route53",
    "AWS::WAFv2": "wafv2",
    "AWS::SecretsManager": "secretsmanager",
    "AWS::Backup": "backup",
    "AWS::Elasticache": "elasticache",
    "AWS::ElastiCache": "elasticache",
    "AWS::Neptune": "rds",
    "AWS::DocDB": "rds",
}


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def prefixes_of(name, schema):
    """IAM prefixes to try for a type, the likeliest first."""
    service = "::".join(name.split("::")[:2])
    found = [PREFIXES[service]] if service in PREFIXES else []
    counts = collections.Counter()
    for handler in (schema.get("handlers") or {}).values():
        for action in handler.get("permissions") or []:
            if ":" in action:
                counts[action.split(":")[0].lower()] += 1
    own = plain(name.split("::")[1])
    if own not in found:
        found.append(own)
    return found + [
        p
        for p, _ in counts.most_common(3)
        if p not in found and p not in ("iam", "ec2", "kms", "s3")
    ]


def to_format(arn, name, schema):
    """`arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}` with its last placeholder as ${Id}, the others as
    properties of the type; None if one is no property, or is the type's own name (then a random part follows it).
    """
    holders = [
        h for h in re.findall(r"\$\{(\w+)\}", arn) if h not in ("Partition", "Region", "Account")
    ]
    if not holders or not re.search(r"\$\{\w+\}$", arn) or len(set(holders)) != len(holders):
        return None
    properties = {plain(p): p for p in schema.get("properties", {})}
    last = name.split("::")[-1]
    own = {last + "Name", "Name", names.id_property(name, schema)}
    out = arn
    for h in holders[:-1]:
        if plain(h) not in properties or properties[plain(h)] in own:
            return None
        out = out.replace("${%s}" % h, "${%s}" % properties[plain(h)])
    return out.replace("${%s}" % holders[-1], "${Id}")


def mechanical(schemas, iam_folder):
    services = set(iam.read(iam_folder, "services.json"))
    resources = {}
    formats = {}
    for name in sorted(schemas):
        last = plain(name.split("::")[-1])
        for prefix in prefixes_of(name, schemas[name]):
            if prefix not in services:
                continue
            if prefix not in resources:
                try:
                    found = iam.read(iam_folder, "resourceTypes", prefix + ".json")
                except FileNotFoundError:
                    found = {}
                resources[prefix] = {plain(r["key"]): r["arn"] for r in found.values()}
            arn = resources[prefix].get(last)
            if isinstance(arn, str):
                made = to_format(arn, name, schemas[name])
                if made:
                    formats[name] = made
                break
    return formats


# Services whose resources belong to the account as a whole, and single types of that kind.
GLOBAL_SERVICES = {
    "AWS::IAM",
    "AWS::Organizations",
    "AWS::CloudFront",
    "AWS::Route53",
    "AWS::Route53RecoveryControl",
    "AWS::Route53RecoveryReadiness",
    "AWS::GlobalAccelerator",
    "AWS::NetworkManager",
    "AWS::Shield",
    "AWS::WAF",
    "AWS::Budgets",
    "AWS::CE",
    "AWS::CUR",
    "AWS::BCMDataExports",
    "AWS::Billing",
    "AWS::BillingConductor",
    "AWS::Chatbot",
}
GLOBAL_TYPES = {
    "AWS::RDS::GlobalCluster",
    "AWS::DocDB::GlobalCluster",
    "AWS::Neptune::GlobalCluster",
    "AWS::ElastiCache::GlobalReplicationGroup",
    "AWS::DirectConnect::DirectConnectGateway",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3::MultiRegionAccessPointPolicy",
    "AWS::S3::AccountPublicAccessBlock",
}


def global_types(shapes, schemas, iam_folder):
    formats = mechanical(schemas, iam_folder)
    lines = []
    for name in sorted(shapes):
        if "::".join(name.split("::")[:2]) in GLOBAL_SERVICES or name in GLOBAL_TYPES:
            if "${Region}" not in formats.get(name, ""):
                lines.append(f"{name}\tglobal")
    return lines
