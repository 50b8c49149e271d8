"""The part of AWS that random policies and snapshots speak of: types with a few of their properties, and small domains of
values, so that things match."""

REGIONS = ["eu-west-1", "us-east-1"]
ACCOUNTS = ["111122223333", "222233334444", "333344445555"]
GLOBAL = {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
CAPTURED = "2026-03-01T00:00:00Z"

BOOL, NUMBER, STRING, TIME, DURATION, ARN = ("bool",), ("number",), ("string", ""), ("time",), ("duration",), ("arn",)
JSON, POLICY, REGION, ACCOUNT = ("json",), ("policy",), ("region",), ("account",)


def string(domain):
    return ("string", domain)


def list_of(elem):
    return ("list", elem)


def set_of(elem):
    return ("set", elem)


def record(name):
    return ("record", name)


def map_of(elem):
    return ("map", elem)


def resource(name):
    return ("resource", name)


# What a string of a domain refers to.
TARGET = {"vpc": "AWS::EC2::VPC", "subnet": "AWS::EC2::Subnet", "sg": "AWS::EC2::SecurityGroup", "key": "AWS::KMS::Key",
          "bucket": "AWS::S3::Bucket", "role": "AWS::IAM::Role", "policy": "AWS::IAM::ManagedPolicy",
          "subgrp": "AWS::RDS::DBSubnetGroup", "db": "AWS::RDS::DBInstance", "instance": "AWS::EC2::Instance"}

ARNS = {"AWS::EC2::Volume": "arn:aws:ec2:{r}:{a}:volume/{i}", "AWS::EC2::SecurityGroup": "arn:aws:ec2:{r}:{a}:security-group/{i}",
        "AWS::EC2::Subnet": "arn:aws:ec2:{r}:{a}:subnet/{i}", "AWS::EC2::VPC": "arn:aws:ec2:{r}:{a}:vpc/{i}",
        "AWS::EC2::Instance": "arn:aws:ec2:{r}:{a}:instance/{i}", "AWS::S3::Bucket": "arn:aws:s3:::{i}",
        "AWS::IAM::Role": "arn:aws:iam::{a}:role/{i}", "AWS::IAM::ManagedPolicy": "arn:aws:iam::{a}:policy/{i}",
        "AWS::RDS::DBInstance": "arn:aws:rds:{r}:{a}:db:{i}", "AWS::RDS::DBSubnetGroup": "arn:aws:rds:{r}:{a}:subgrp:{i}",
        "AWS::SageMaker::Model": "arn:aws:sagemaker:{r}:{a}:model/{i}", "AWS::KMS::Key": "arn:aws:kms:{r}:{a}:key/{i}",
        "AWS::CloudTrail::Trail": "arn:aws:cloudtrail:{r}:{a}:trail/{i}",
        "AWS::ApiGateway::Stage": "arn:aws:apigateway:{r}::/restapis/{a}/stages/{i}"}

PREFIX = {"AWS::EC2::Volume": "vol", "AWS::EC2::SecurityGroup": "sg", "AWS::EC2::Subnet": "subnet", "AWS::EC2::VPC": "vpc",
          "AWS::EC2::Instance": "i", "AWS::S3::Bucket": "bucket", "AWS::IAM::Role": "role", "AWS::IAM::ManagedPolicy": "policy",
          "AWS::RDS::DBInstance": "db", "AWS::RDS::DBSubnetGroup": "grp", "AWS::SageMaker::Model": "model",
          "AWS::KMS::Key": "key", "AWS::CloudTrail::Trail": "trail", "AWS::ApiGateway::Stage": "stage"}

TYPES = {
    "AWS::EC2::Volume": {
        "Encrypted": BOOL, "Iops": NUMBER, "Size": NUMBER, "KmsKeyId": string("key"), "VolumeType": string("vtype"),
        "CreateTime": TIME, "MultiAttachEnabled": BOOL, "AvailabilityZone": string("az"),
        "Attachments": list_of(record("VolumeAttachment"))},
    "AWS::EC2::SecurityGroup": {
        "GroupName": string("name"), "VpcId": string("vpc"), "SecurityGroupIngress": list_of(record("Ingress")),
        "SecurityGroupEgress": list_of(record("Egress"))},
    "AWS::EC2::Subnet": {
        "CidrBlock": string("cidr"), "VpcId": string("vpc"), "MapPublicIpOnLaunch": BOOL, "AvailabilityZone": string("az"),
        "Ipv6CidrBlocks": list_of(string("cidr6"))},
    "AWS::EC2::VPC": {
        "CidrBlock": string("cidr"), "EnableDnsSupport": BOOL, "InstanceTenancy": string("tenancy"),
        "DefaultSecurityGroup": string("sg")},
    "AWS::EC2::Instance": {
        "SubnetId": string("subnet"), "SecurityGroupIds": list_of(string("sg")), "Monitoring": BOOL,
        "BlockDeviceMappings": list_of(record("BlockDevice")), "LaunchTime": TIME, "PrivateIp": string("ip"),
        "InstanceType": string("itype"), "NetworkInterfaces": list_of(record("Interface")),
        "MetadataOptions": record("MetadataOptions")},
    "AWS::S3::Bucket": {
        "ReplicationConfiguration": record("Replication"), "BucketEncryption": record("BucketEncryption"),
        "VersioningConfiguration": record("Versioning"), "PublicAccessBlockConfiguration": record("PublicAccessBlock"),
        "ObjectLockEnabled": BOOL},
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": POLICY, "ManagedPolicyArns": list_of(string("policy")), "MaxSessionDuration": NUMBER,
        "Path": string("path"), "Policies": list_of(record("RolePolicy")), "PermissionsBoundary": string("policy"),
        "CreateDate": TIME, "RoleId": string("roleid"), "RoleLastUsed": record("RoleLastUsed")},
    "AWS::IAM::ManagedPolicy": {
        "PolicyDocument": POLICY, "AttachmentCount": NUMBER, "IsAttachable": BOOL, "PolicyId": string("policyid"),
        "Roles": list_of(string("role")), "Path": string("path")},
    "AWS::RDS::DBInstance": {
        "DBSubnetGroupName": string("subgrp"), "StorageEncrypted": BOOL, "KmsKeyId": string("key"), "PubliclyAccessible": BOOL,
        "AllocatedStorage": string("numeric"), "BackupRetentionPeriod": NUMBER, "Engine": string("engine"),
        "VPCSecurityGroups": list_of(string("sg")), "InstanceCreateTime": TIME, "DbiResourceId": string("dbid"),
        "ReadReplicaDBInstanceIdentifiers": list_of(string("db"))},
    "AWS::RDS::DBSubnetGroup": {"SubnetIds": list_of(string("subnet")), "VpcId": string("vpc")},
    "AWS::SageMaker::Model": {
        "ExecutionRoleArn": string("role"), "EnableNetworkIsolation": BOOL, "VpcConfig": record("VpcConfig"),
        "PrimaryContainer": record("Container"), "Containers": list_of(record("Container"))},
    "AWS::KMS::Key": {
        "KeyPolicy": POLICY, "EnableKeyRotation": BOOL, "Enabled": BOOL, "KeyState": string("keystate"), "MultiRegion": BOOL,
        "PendingWindowInDays": NUMBER, "Aliases": list_of(string("alias")), "DeletionDate": TIME,
        "MultiRegionConfiguration": record("MultiRegion")},
    "AWS::CloudTrail::Trail": {
        "IsMultiRegionTrail": BOOL, "S3BucketName": string("bucket"), "KMSKeyId": string("key"), "IsLogging": BOOL,
        "EventSelectors": list_of(record("Selector"))},
    "AWS::ApiGateway::Stage": {"Variables": map_of(STRING), "TracingEnabled": BOOL, "StageName": string("name")},
}

RECORDS = {
    "VolumeAttachment": {"InstanceId": string("instance"), "DeleteOnTermination": BOOL, "AttachTime": TIME},
    "Ingress": {"CidrIp": string("cidr"), "CidrIpv6": string("cidr6"), "FromPort": NUMBER, "ToPort": NUMBER,
                "IpProtocol": string("proto"), "SourceSecurityGroupId": string("sg")},
    "Egress": {"CidrIp": string("cidr"), "FromPort": NUMBER, "ToPort": NUMBER, "IpProtocol": string("proto"),
               "DestinationSecurityGroupId": string("sg")},
    "BlockDevice": {"DeviceName": string("name"), "Ebs": record("Ebs")},
    "Ebs": {"Encrypted": BOOL, "KmsKeyId": string("key"), "VolumeSize": NUMBER},
    "Interface": {"SubnetId": string("subnet"), "GroupSet": list_of(string("sg")), "PrivateIpAddress": string("ip")},
    "MetadataOptions": {"HttpTokens": string("tokens"), "HttpPutResponseHopLimit": NUMBER},
    "Replication": {"Role": string("role"), "Rules": list_of(record("Rule"))},
    "Rule": {"Id": string("name"), "Status": string("status"), "Priority": NUMBER, "Destination": record("Destination")},
    "Destination": {"Bucket": string("bucket"), "Account": string("account")},
    "BucketEncryption": {"ServerSideEncryptionConfiguration": list_of(record("EncryptionRule"))},
    "EncryptionRule": {"BucketKeyEnabled": BOOL, "ServerSideEncryptionByDefault": record("EncryptionDefault")},
    "EncryptionDefault": {"KMSMasterKeyID": string("key"), "SSEAlgorithm": string("sse")},
    "Versioning": {"Status": string("status")},
    "PublicAccessBlock": {"BlockPublicAcls": BOOL, "BlockPublicPolicy": BOOL, "IgnorePublicAcls": BOOL},
    "RolePolicy": {"PolicyName": string("name"), "PolicyDocument": POLICY},
    "RoleLastUsed": {"LastUsedDate": TIME, "Region": string("region")},
    "VpcConfig": {"SecurityGroupIds": list_of(string("sg")), "Subnets": list_of(string("subnet"))},
    "Container": {"Image": string("image"), "Environment": JSON, "Mode": string("mode"), "ModelDataUrl": string("url")},
    "MultiRegion": {"ReplicaKeys": list_of(record("ReplicaKey"))},
    "ReplicaKey": {"Arn": string("key"), "Region": string("region")},
    "Selector": {"IncludeManagementEvents": BOOL, "ReadWriteType": string("rw"), "DataResources": list_of(record("DataResource"))},
    "DataResource": {"Type": string("name"), "Values": list_of(string("name"))},
    # of policy documents
    "Statement": {"Sid": string("name"), "Effect": string("effect"), "Action": list_of(string("action")),
                  "Resource": list_of(string("path")), "Principal": JSON, "Condition": JSON},
}

DOMAINS = {
    "": ["a", "b", "prod", "x*y", "é", "日本"],
    "vtype": ["gp2", "gp3", "io1"], "az": ["eu-west-1a", "eu-west-1b", "us-east-1a"],
    "name": ["a", "b", "prod", "prod-db", "x*y", "Prod", ""],
    "cidr": ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.168.0.0/16", "0.0.0.0/0", "10.1.2.77/16", "nonsense", "10.0.0.0/40"],
    "cidr6": ["::/0", "2001:db8::/32", "2001:db8:1::/48", "fd00::/8", "zz"],
    "ip": ["10.1.2.3", "10.9.9.9", "192.168.1.1", "8.8.8.8", "10.1.2", "2001:db8::1"],
    "tenancy": ["default", "dedicated", "host"], "itype": ["t3.micro", "m5.large", "p4d.24xlarge"],
    "tokens": ["optional", "required"], "status": ["Enabled", "Disabled"], "sse": ["AES256", "aws:kms", "aws:kms:dsse"],
    "path": ["/", "/team/", "*", "/x/*"], "engine": ["postgres", "mysql", "aurora-postgresql"],
    "numeric": ["100", "20", "20.5", "-3", "1e3", "many", ""], "keystate": ["Enabled", "Disabled", "PendingDeletion"],
    "proto": ["tcp", "udp", "-1"], "mode": ["SingleModel", "MultiModel"], "rw": ["All", "ReadOnly", "WriteOnly"],
    "image": ["repo/a:1", "repo/b:2", "public/c"], "url": ["s3://bucket-1/m", "s3://bucket-2/m", "https://x"],
    "effect": ["Allow", "Deny"], "action": ["s3:GetObject", "s3:*", "*", "sts:AssumeRole", "S3:getobject"],
    "region": REGIONS + ["eu-central-1"], "account": ACCOUNTS + ["999900001111"],
    "roleid": ["AROA1", "AROA2", "AROA3"], "policyid": ["ANPA1", "ANPA2"], "dbid": ["db-AAA", "db-BBB"],
    "alias": ["alias/app", "alias/data", "alias/x"], "tag": ["a", "b", "prod", "data", "x*y", "é?", "日"],
}

ENVELOPE = {"id": STRING, "arn": ARN, "type": string("type"), "partition": string("partition"), "region": REGION,
            "account": ACCOUNT, "captured": TIME}
TAG_KEYS = ["env", "data-class", "owner"]
MAP_KEYS = ["env", "key"]
JSON_KEYS = ["MODE", "LIMITS", "DEBUG", "NAMES"]


def reference_values(domain):
    """Literal references of a domain: ids, ARNs and further names, some of them dangling."""
    kind = TARGET[domain]
    ids = [f"{PREFIX[kind]}-{i}" for i in (1, 2, 3, 9)]
    out = list(ids)
    for i in ids[:3]:
        for account in ACCOUNTS[:2]:
            for region in REGIONS:
                out.append(ARNS[kind].format(r=region, a=account, i=i))
    return out + {"key": DOMAINS["alias"], "role": DOMAINS["roleid"], "policy": DOMAINS["policyid"], "db": DOMAINS["dbid"]}.get(domain, [])
