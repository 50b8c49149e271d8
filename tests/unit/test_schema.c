/* The reference tables against facts of AWS's documentation, and what every table has to keep. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/schema/arn.h"
#include "runtime/schema/schema.h"

#define STR(z) cd_str_of(z)

static uint32_t
shape_of(const char *name)
{
    uint32_t shape = cd_schema_find_shape(STR(name));
    cr_assert_neq(shape, CD_SCHEMA_NONE, "no shape %s", name);
    return shape;
}

static struct cd_schema_field
field_of(const char *shape, const char *name)
{
    uint32_t field = cd_schema_find_field(shape_of(shape), STR(name));
    cr_assert_neq(field, CD_SCHEMA_NONE, "no property %s.%s", shape, name);
    return cd_schema_field_at(field);
}

static struct cd_schema_type
type_of(const char *shape, const char *name)
{
    return cd_schema_type_at(field_of(shape, name).type);
}

static void
says(struct cd_str found, const char *expected)
{
    cr_assert(cd_str_eq(found, STR(expected)), "%.*s, not %s", CD_FMT(found), expected);
}

static uint32_t
action_of(const char *name)
{
    uint32_t action = cd_iam_find_action(STR(name));
    cr_assert_neq(action, CD_SCHEMA_NONE, "no action %s", name);
    return action;
}

static uint32_t
key_of(const char *name)
{
    uint32_t key = cd_iam_find_key(STR(name));
    cr_assert_neq(key, CD_SCHEMA_NONE, "no key %s", name);
    return key;
}

static bool
reaches(const char *key, const char *action)
{
    return cd_iam_action_has_key(action_of(action), key_of(key));
}

static bool
reaches_on(const char *key, const char *action, const char *resource)
{
    uint32_t a = action_of(action), n = cd_iam_action_at(a).n_resource_types;
    for (uint32_t i = 0; i < n; i++) {
        bool required;
        uint32_t r = cd_iam_action_resource(a, i, &required);
        if (cd_str_eq(cd_iam_resource_at(r).name, STR(resource))) {
            return cd_iam_action_resource_has_key(a, i, key_of(key));
        }
    }
    cr_assert_fail("%s is not authorized on %s", action, resource);
    return false;
}

static bool
carries(const char *type, const char *path)
{
    return cd_schema_config_carries(shape_of(type), STR(path));
}

Test(schema, every_shape_is_found_by_its_name_and_in_order)
{
    uint32_t n = cd_schema_n_shapes(), resources = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct cd_schema_shape s = cd_schema_shape_at(i);
        cr_assert_eq(cd_schema_find_shape(s.name), i);
        cr_assert(i == 0 || cd_str_cmp(cd_schema_shape_at(i - 1).name, s.name) < 0);
        resources += s.is_resource && !s.from_overlay;
    }
    cr_assert_geq(resources, 1854u);
}

Test(schema, every_field_is_found_and_refers_to_what_exists)
{
    uint32_t n = cd_schema_n_shapes();
    for (uint32_t i = 0; i < n; i++) {
        struct cd_schema_shape s = cd_schema_shape_at(i);
        for (uint32_t f = s.first_field; f < s.first_field + s.n_fields; f++) {
            struct cd_schema_field field = cd_schema_field_at(f);
            cr_assert_eq(cd_schema_find_field(i, field.name), f);
            struct cd_schema_type t = cd_schema_type_at(field.type);
            for (int depth = 0; t.kind == CD_SCHEMA_LIST || t.kind == CD_SCHEMA_MAP; depth++) {
                cr_assert_lt(depth, 8);
                t = cd_schema_type_at(t.ref);
            }
            if (t.kind == CD_SCHEMA_RECORD) {
                cr_assert_gt(cd_schema_shape_at(t.ref).name.n, 0u);
            }
            cr_assert(t.enum_set == CD_SCHEMA_NONE || cd_schema_enum_size(t.enum_set) > 0);
        }
    }
}

Test(schema, nothing_is_found_for_names_that_do_not_exist)
{
    cr_assert_eq(cd_schema_find_shape(STR("AWS::S3::Buckets")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_schema_find_shape(STR("aws::s3::bucket")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_schema_find_shape(STR("")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_schema_find_field(shape_of("AWS::S3::Bucket"), STR("bucketName")),
                 CD_SCHEMA_NONE);
    cr_assert_eq(cd_schema_find_field(CD_SCHEMA_NONE, STR("BucketName")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_schema_shape_at(CD_SCHEMA_NONE).n_fields, 0u);
    cr_assert_eq(cd_schema_field_at(CD_SCHEMA_NONE).name.n, 0u);
}

Test(schema, properties_have_cloudformations_types)
{
    struct cd_schema_type rules = type_of("AWS::S3::Bucket.ReplicationConfiguration", "Rules");
    cr_assert_eq(rules.kind, CD_SCHEMA_LIST);
    struct cd_schema_type rule = cd_schema_type_at(rules.ref);
    cr_assert_eq(rule.kind, CD_SCHEMA_RECORD);
    says(cd_schema_shape_at(rule.ref).name, "AWS::S3::Bucket.ReplicationRule");
    struct cd_schema_type status = type_of("AWS::S3::Bucket.ReplicationRule", "Status");
    cr_assert_eq(status.kind, CD_SCHEMA_STRING);
    cr_assert_eq(cd_schema_enum_size(status.enum_set), 2u);
    says(cd_schema_enum_at(status.enum_set, 0), "Disabled");
    says(cd_schema_enum_at(status.enum_set, 1), "Enabled");
    cr_assert_eq(type_of("AWS::EC2::Volume", "Encrypted").kind, CD_SCHEMA_BOOL);
    cr_assert_eq(type_of("AWS::EC2::Volume", "Size").kind, CD_SCHEMA_NUMBER);
    cr_assert_eq(type_of("AWS::RDS::DBInstance", "AllocatedStorage").kind, CD_SCHEMA_STRING);
    cr_assert_eq(type_of("AWS::EC2::SecurityGroup.Ingress", "FromPort").kind, CD_SCHEMA_NUMBER);
    cr_assert_eq(type_of("AWS::Lambda::Function.Environment", "Variables").kind, CD_SCHEMA_MAP);
    cr_assert(field_of("AWS::EC2::Volume", "VolumeId").read_only);
    cr_assert_not(field_of("AWS::EC2::Volume", "Encrypted").read_only);
}

Test(schema, policy_documents_are_policies)
{
    cr_assert_eq(type_of("AWS::S3::BucketPolicy", "PolicyDocument").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::IAM::Role", "AssumeRolePolicyDocument").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::IAM::Role.Policy", "PolicyDocument").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::IAM::ManagedPolicy", "PolicyDocument").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::KMS::Key", "KeyPolicy").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::ECR::Repository", "RepositoryPolicyText").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::EC2::VPCEndpoint", "PolicyDocument").kind, CD_SCHEMA_POLICY);
    cr_assert_eq(type_of("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy").kind,
                 CD_SCHEMA_POLICY);
    /* Cedar, and a security policy's name. */
    cr_assert_eq(type_of("AWS::EC2::VerifiedAccessGroup", "PolicyDocument").kind, CD_SCHEMA_STRING);
    cr_assert_eq(type_of("AWS::ApiGateway::DomainName", "SecurityPolicy").kind, CD_SCHEMA_STRING);

    uint32_t policy = cd_schema_policy_shape();
    struct cd_schema_type list =
        cd_schema_type_at(cd_schema_field_at(cd_schema_find_field(policy, STR("Statement"))).type);
    cr_assert_eq(list.kind, CD_SCHEMA_LIST);
    uint32_t statement = cd_schema_type_at(list.ref).ref;
    struct cd_schema_type action =
        cd_schema_type_at(cd_schema_field_at(cd_schema_find_field(statement, STR("Action"))).type);
    cr_assert_eq(action.kind, CD_SCHEMA_LIST);
    cr_assert_eq(cd_schema_type_at(action.ref).kind, CD_SCHEMA_STRING);
    cr_assert_eq(cd_schema_shape_at(statement).n_fields, 9u);
    cr_assert_not(cd_schema_shape_at(policy).is_resource);
}

Test(schema, overlay_adds_what_the_api_has)
{
    struct cd_schema_type state = type_of("AWS::KMS::Key", "KeyState");
    cr_assert_eq(state.kind, CD_SCHEMA_STRING);
    cr_assert_geq(cd_schema_enum_size(state.enum_set), 6u);
    cr_assert_eq(type_of("AWS::KMS::Key", "KeyRotationStatus").kind, CD_SCHEMA_BOOL);
    cr_assert_eq(type_of("AWS::IAM::AccessKey", "CreateDate").kind, CD_SCHEMA_TIME);
    cr_assert_eq(type_of("AWS::IAM::AccessKey", "LastUsedDate").kind, CD_SCHEMA_TIME);
    cr_assert_eq(type_of("AWS::IAM::Role", "RoleLastUsed").kind, CD_SCHEMA_RECORD);
    cr_assert_eq(type_of("AWS::RDS::DBInstance", "ReadReplicaDBInstanceIdentifiers").kind,
                 CD_SCHEMA_LIST);
    cr_assert_eq(type_of("AWS::RDS::DBInstance.DBSubnetGroup", "VpcId").kind, CD_SCHEMA_STRING);
    cr_assert_eq(type_of("AWS::SecretsManager::Secret", "ReplicationStatus").kind, CD_SCHEMA_LIST);
    cr_assert_eq(type_of("AWS::SageMaker::Endpoint", "EndpointStatus").kind, CD_SCHEMA_STRING);
    cr_assert_eq(type_of("AWS::EC2::VPCPeeringConnection.AccepterVpcInfo", "Region").kind,
                 CD_SCHEMA_STRING);

    static const char *const types[] = {"AWS::Backup::RecoveryPoint",
                                        "AWS::EC2::Snapshot",
                                        "AWS::IAM::ServiceSpecificCredential",
                                        "AWS::Bedrock::ModelInvocationLoggingConfiguration",
                                        "AWS::Bedrock::InferenceProfile",
                                        "AWS::RDS::DBSnapshot",
                                        "AWS::RDS::DBClusterSnapshot",
                                        "AWS::ACM::Certificate",
                                        "AWS::XRay::EncryptionConfig",
                                        "Cordon::Account",
                                        "Cordon::Region"};
    for (size_t i = 0; i < CD_ARRAY_LEN(types); i++) {
        struct cd_schema_shape s = cd_schema_shape_at(shape_of(types[i]));
        cr_assert(s.is_resource, "%s", types[i]);
        cr_assert_gt(s.n_fields, 0u, "%s", types[i]);
    }
    cr_assert(cd_schema_shape_at(shape_of("Cordon::Account")).is_derived);
    cr_assert_not(cd_schema_shape_at(shape_of("AWS::S3::BucketPolicy")).is_derived);
}

Test(schema, resources_have_their_arns_and_names)
{
    says(cd_schema_arn_format(shape_of("AWS::S3::Bucket")), "arn:${Partition}:s3:::${Id}");
    says(cd_schema_arn_format(shape_of("AWS::EC2::Volume")),
         "arn:${Partition}:ec2:${Region}:${Account}:volume/${Id}");
    says(cd_schema_arn_format(shape_of("AWS::RDS::DBInstance")),
         "arn:${Partition}:rds:${Region}:${Account}:db:${Id}");
    says(cd_schema_arn_format(shape_of("AWS::IAM::Role")),
         "arn:${Partition}:iam::${Account}:role/${Id}");
    says(cd_schema_arn_format(shape_of("AWS::IAM::ManagedPolicy")),
         "arn:${Partition}:iam::${Account}:policy/${Id}");
    says(cd_schema_arn_format(shape_of("AWS::Lambda::Function")),
         "arn:${Partition}:lambda:${Region}:${Account}:function:${Id}");
    says(cd_schema_arn_format(shape_of("AWS::CloudTrail::Trail")),
         "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/${Id}");

    says(cd_schema_id_property(shape_of("AWS::S3::Bucket")), "BucketName");
    says(cd_schema_id_property(shape_of("AWS::SageMaker::Model")), "ModelName");
    says(cd_schema_id_property(shape_of("AWS::SageMaker::EndpointConfig")), "EndpointConfigName");
    says(cd_schema_id_property(shape_of("AWS::KMS::Key")), "KeyId");
    uint32_t role = shape_of("AWS::IAM::Role"), key = shape_of("AWS::KMS::Key");
    cr_assert_eq(cd_schema_n_names(role), 1u);
    says(cd_schema_name_property(role, 0), "RoleId");
    says(cd_schema_name_property(key, 0), "Aliases[]");
    says(cd_schema_name_property(shape_of("AWS::RDS::DBInstance"), 0), "DbiResourceId");
    says(cd_schema_name_property(role, 1), "");
}

/* An ARN by the format of any type is taken apart into what it was made of, so that a resource is
 * found by its parts. */
Test(schema, arns_by_a_format_are_taken_apart_again)
{
    const struct cd_arn_parts of = {
        {CD_STR("aws-cn"), CD_STR("cn-north-1"), CD_STR("111122223333"), CD_STR("a/b.c")}};
    struct cd_buf arn = CD_BUF_INIT;
    size_t n = 0;
    for (uint32_t i = 0; i < cd_schema_n_shapes(); i++) {
        struct cd_arn_format f = cd_arn_format_of(cd_schema_arn_format(i));
        struct cd_arn_parts parts;
        cd_buf_clear(&arn);
        if (!cd_arn_make(&f, &of, &arn)) {
            cr_assert_eq(f.n, 0u);
            continue;
        }
        n++;
        cr_assert(cd_arn_is_made(&f, &of, cd_buf_view(&arn)));
        cr_assert(cd_arn_take_apart(&f, cd_buf_view(&arn), &parts));
        for (size_t k = 0; k < CD_OF_ARN_N; k++) {
            cr_assert(parts.part[k].n == 0 || cd_str_eq(parts.part[k], of.part[k]));
        }
        cr_assert(cd_arn_is_made(&f, &parts, cd_buf_view(&arn)));
        cr_assert_not(cd_arn_take_apart(&f, CD_STR("arn:aws:nothing:like:this"), &parts));
    }
    cr_assert_gt(n, 500u);
    cd_buf_finish(&arn);
}

Test(schema, what_could_not_be_taken_apart_makes_no_arn)
{
    const struct cd_arn_parts odd = {
        {CD_STR("aws"), CD_STR("eu:west"), CD_STR("111122223333"), CD_STR("key:alias:x")}};
    struct cd_arn_format regional = cd_arn_format_of(CD_STR("arn:${Partition}:x:${Region}::${Id}"));
    struct cd_arn_format global = cd_arn_format_of(CD_STR("arn:${Partition}:x:::${Id}"));
    struct cd_arn_parts parts;
    struct cd_buf arn = CD_BUF_INIT;
    cr_assert_not(cd_arn_make(&regional, &odd, &arn));
    cd_buf_clear(&arn);
    cr_assert(cd_arn_make(&global, &odd, &arn), "the last part may have colons");
    says(cd_buf_view(&arn), "arn:aws:x:::key:alias:x");
    cr_assert(cd_arn_take_apart(&global, cd_buf_view(&arn), &parts));
    says(parts.part[CD_OF_ARN_ID], "key:alias:x");
    cr_assert_eq(cd_arn_format_of(CD_STR("arn:${Partition}:x:${Id}/of")).n, 0u);
    cr_assert_eq(cd_arn_format_of(CD_STR("arn:${Partition}:x:::${Name}")).n, 0u);
    cr_assert_eq(cd_arn_format_of(CD_STR("arn:${Partition}:x:::${Id")).n, 0u);
    cr_assert_not(cd_arn_take_apart(&global, CD_STR("arn:aws:x:::"), &parts), "no id");
    cr_assert_not(cd_arn_take_apart(&global, CD_STR("arn:aws:y:::a"), &parts));
    cd_buf_finish(&arn);
}

Test(schema, global_types_have_no_region)
{
    static const char *const global[] = {"AWS::IAM::Role", "AWS::CloudFront::Distribution",
                                         "AWS::Organizations::Account", "AWS::Route53::HostedZone",
                                         "Cordon::Account"};
    static const char *const regional[] = {"AWS::S3::Bucket", "AWS::EC2::Volume", "AWS::KMS::Key",
                                           "AWS::ApiGateway::RestApi", "Cordon::Region"};
    for (size_t i = 0; i < CD_ARRAY_LEN(global); i++) {
        cr_assert(cd_schema_shape_at(shape_of(global[i])).is_global, "%s", global[i]);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(regional); i++) {
        cr_assert_not(cd_schema_shape_at(shape_of(regional[i])).is_global, "%s", regional[i]);
    }
}

Test(schema, config_carries_by_path)
{
    cr_assert(carries("AWS::EC2::Volume", "Encrypted"));
    cr_assert(field_of("AWS::EC2::Volume", "Encrypted").config_carries);
    cr_assert_not(carries("AWS::EC2::Volume", "AutoEnableIO"));
    cr_assert(carries("AWS::S3::Bucket",
                      "BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled"));
    cr_assert(carries("AWS::S3::Bucket", "ReplicationConfiguration.Rules.Destination.Bucket"));
    cr_assert_not(carries("AWS::S3::Bucket", "ReplicationConfiguration.Rules.Destination.Metrics"));
    cr_assert_not(carries("AWS::S3::Bucket", "ReplicationConfiguration.Nothing"));
    cr_assert(carries("AWS::EC2::SecurityGroup", "SecurityGroupIngress.CidrIp"));
    cr_assert(carries("AWS::IAM::Role", "Policies.PolicyDocument"));
    cr_assert(carries("AWS::IAM::Role", "Policies.PolicyDocument.Statement"));
    cr_assert(carries("AWS::IAM::ManagedPolicy", "PolicyDocument"));
    cr_assert(carries("AWS::CloudTrail::Trail", "EnableLogFileValidation"));
    cr_assert(carries("AWS::S3::Bucket", "Tags.Key"));
    /* AWS Config does not record endpoints; an empty path is no property. */
    cr_assert_not(carries("AWS::SageMaker::Endpoint", "EndpointConfigName"));
    cr_assert_not(cd_schema_shape_at(shape_of("AWS::SageMaker::Endpoint")).config_records);
    cr_assert(cd_schema_shape_at(shape_of("AWS::SageMaker::Model")).config_records);
    cr_assert_not(carries("AWS::S3::Bucket", ""));
    cr_assert_not(cd_schema_config_carries(CD_SCHEMA_NONE, STR("Tags")));
}

Test(iam, every_action_is_found_without_case)
{
    uint32_t n = cd_iam_n_actions();
    cr_assert_geq(n, 20000u);
    for (uint32_t i = 0; i < n; i++) {
        struct cd_iam_action a = cd_iam_action_at(i);
        char name[256];
        int length = snprintf(name, sizeof name, "%.*s:%.*s", CD_FMT(a.service), CD_FMT(a.name));
        cr_assert_lt((size_t)length, sizeof name);
        cr_assert_eq(cd_iam_find_action(STR(name)), i, "%s", name);
        for (char *p = name; *p; p++) {
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
        }
        cr_assert_eq(cd_iam_find_action(STR(name)), i, "%s", name);
    }
    cr_assert_eq(cd_iam_find_action(STR("s3:GetObjects")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_iam_find_action(STR("s3")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_iam_find_action(STR("")), CD_SCHEMA_NONE);
}

Test(iam, services_have_contiguous_actions)
{
    uint32_t first, n, total = 0;
    for (uint32_t i = 0; i < cd_iam_n_services(); i++) {
        cr_assert(cd_iam_service_actions(cd_iam_service_at(i), &first, &n));
        cr_assert_eq(first, total);
        total += n;
    }
    cr_assert_eq(total, cd_iam_n_actions());
    cr_assert(cd_iam_service_actions(STR("s3"), &first, &n));
    cr_assert(cd_str_eq(cd_iam_action_at(first).service, STR("s3")));
    cr_assert(cd_iam_service_exists(STR("bedrock")));
    cr_assert_not(cd_iam_service_exists(STR("rocks")));
    cr_assert_not(cd_iam_service_actions(STR("rocks"), &first, &n));
}

Test(iam, keys_reach_actions_through_resource_types)
{
    /* EC2 authorizes each resource of a call by itself: encryption is a matter of the volume (and
     * its snapshot). */
    cr_assert(reaches("ec2:Encrypted", "ec2:CreateVolume"));
    cr_assert_not(
        cd_iam_action_itself_has_key(action_of("ec2:CreateVolume"), key_of("ec2:Encrypted")));
    cr_assert(reaches_on("ec2:Encrypted", "ec2:CreateVolume", "volume"));
    cr_assert(reaches_on("ec2:Encrypted", "ec2:RunInstances", "volume"));
    cr_assert_not(reaches_on("ec2:Encrypted", "ec2:RunInstances", "subnet"));
    cr_assert_not(reaches_on("ec2:Encrypted", "ec2:RunInstances", "instance"));
    /* RDS lists these with the resource type db only. */
    cr_assert(reaches("rds:StorageEncrypted", "rds:CreateDBInstance"));
    cr_assert(reaches_on("rds:StorageEncrypted", "rds:CreateDBInstance", "db"));
    cr_assert_not(reaches_on("rds:StorageEncrypted", "rds:CreateDBInstance", "subgrp"));
    cr_assert_not(cd_iam_action_itself_has_key(action_of("rds:CreateDBInstance"),
                                               key_of("rds:StorageEncrypted")));
    cr_assert_not(reaches("rds:PubliclyAccessible", "rds:ModifyDBInstance"));
    cr_assert(reaches("rds:PubliclyAccessible", "rds:CreateDBInstance"));
    cr_assert(reaches("s3:x-amz-server-side-encryption", "s3:PutObject"));
    cr_assert_not(reaches("s3:x-amz-server-side-encryption", "s3:ListAllMyBuckets"));
    cr_assert_not(reaches("s3:destinationRegion", "s3:PutReplicationConfiguration"));
    cr_assert(reaches("kms:ReplicaRegion", "kms:ReplicateKey"));
    cr_assert(reaches("bedrock:GuardrailIdentifier", "bedrock:InvokeModel"));
    cr_assert_not(reaches("sagemaker:VpcSubnets", "sagemaker:CreateTransformJob"));
}

Test(iam, resource_types_have_arns)
{
    bool required;
    uint32_t action = action_of("s3:PutObject"), n = cd_iam_action_at(action).n_resource_types;
    bool found = false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = cd_iam_action_resource(action, i, &required);
        struct cd_iam_resource resource = cd_iam_resource_at(r);
        if (cd_str_eq(resource.name, STR("object"))) {
            says(cd_iam_resource_arn(r, 0), "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
            says(cd_iam_resource_arn(r, resource.n_arns), "");
            found = true;
        }
    }
    cr_assert(found);
    cr_assert_eq(cd_iam_action_at(action_of("s3:ListAllMyBuckets")).n_resource_types, 0u);
    cr_assert_eq(cd_iam_action_resource(action, n, &required), CD_SCHEMA_NONE);
    cr_assert_eq(cd_iam_action_resource(action_of("ec2:TerminateInstances"), 0, &required)
                     != CD_SCHEMA_NONE,
                 true);
    cr_assert(required);
}

Test(iam, keys_are_found_without_case_and_through_placeholders)
{
    says(cd_iam_key_at(key_of("AWS:requestedregion")).name, "aws:RequestedRegion");
    says(cd_iam_key_at(key_of("aws:RequestTag/team")).name, "aws:RequestTag/${TagKey}");
    says(cd_iam_key_at(key_of("aws:requesttag/Team")).name, "aws:RequestTag/${TagKey}");
    says(cd_iam_key_at(key_of("aws:PrincipalTag/department")).name, "aws:PrincipalTag/${TagKey}");
    says(cd_iam_key_at(key_of("kms:EncryptionContext:app")).name,
         "kms:EncryptionContext:${EncryptionContextKey}");
    says(cd_iam_key_at(key_of("codebuild:environment.environmentVariables/STAGE.value")).name,
         "codebuild:environment.environmentVariables/${name}.value");
    says(cd_iam_key_at(key_of("s3:ExistingObjectTag/class")).name, "s3:ExistingObjectTag/${key}");
    cr_assert_eq(cd_iam_find_key(STR("aws:RequestTag/")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_iam_find_key(STR("aws:RequestRegion")), CD_SCHEMA_NONE);
    cr_assert_eq(cd_iam_find_key(STR("")), CD_SCHEMA_NONE);
    for (uint32_t i = 0; i < cd_iam_n_keys(); i++) {
        cr_assert_eq(cd_iam_find_key(cd_iam_key_at(i).name), i);
    }
}

Test(iam, keys_have_their_types)
{
    cr_assert_eq(cd_iam_key_at(key_of("ec2:Encrypted")).type, CD_IAM_KEY_BOOL);
    cr_assert_eq(cd_iam_key_at(key_of("aws:SourceIp")).type, CD_IAM_KEY_IP);
    cr_assert_eq(cd_iam_key_at(key_of("aws:PrincipalArn")).type, CD_IAM_KEY_ARN);
    cr_assert_eq(cd_iam_key_at(key_of("aws:MultiFactorAuthAge")).type, CD_IAM_KEY_NUMERIC);
    cr_assert_eq(cd_iam_key_at(key_of("aws:CurrentTime")).type, CD_IAM_KEY_DATE);
    cr_assert(cd_iam_key_at(key_of("aws:TagKeys")).is_multivalued);
    cr_assert(cd_iam_key_at(key_of("aws:PrincipalOrgPaths")).is_multivalued);
    cr_assert(cd_iam_key_at(key_of("sagemaker:VpcSubnets")).is_multivalued);
    cr_assert_not(cd_iam_key_at(key_of("aws:PrincipalOrgID")).is_multivalued);
}

Test(iam, global_keys_say_which_requests_have_them)
{
    static const char *const always[] = {"aws:CurrentTime",      "aws:RequestedRegion",
                                         "aws:SecureTransport",  "aws:ViaAWSService",
                                         "aws:PrincipalAccount", "aws:UserAgent"};
    for (size_t i = 0; i < CD_ARRAY_LEN(always); i++) {
        struct cd_iam_key key = cd_iam_key_at(key_of(always[i]));
        cr_assert(key.is_global && key.always_present, "%s", always[i]);
        cr_assert(reaches(always[i], "s3:GetObject"), "%s", always[i]);
    }
    struct cd_iam_key vpce = cd_iam_key_at(key_of("aws:SourceVpce"));
    cr_assert(vpce.is_global && !vpce.always_present);
    cr_assert(reaches("aws:SourceVpce", "s3:GetObject"));
    /* Tags of a request come only with the actions that take tags. */
    cr_assert(reaches("aws:RequestTag/team", "ec2:CreateVolume"));
    cr_assert_not(reaches("aws:RequestTag/team", "s3:GetObject"));
    cr_assert(cd_iam_key_at(key_of("aws:RequestTag/team")).is_global);
    /* Keys of the newer VPC endpoints come with some services; an action of theirs may be left out.
     */
    cr_assert(reaches("aws:VpceOrgID", "s3:GetObject"));
    cr_assert_not(reaches("aws:VpceOrgID", "rds:CreateDBInstance"));
    cr_assert(reaches("aws:SourceVpcArn", "iam:CreateRole"));
    cr_assert_not(reaches("aws:SourceVpcArn", "iam:PassRole"));
    cr_assert(reaches("aws:ResourceAccount", "ec2:RunInstances"));
    cr_assert_not(reaches("aws:ResourceAccount", "ec2:CreateVpcEndpoint"));
}

Test(iam, retired_keys_name_their_successor)
{
    struct cd_iam_key key = cd_iam_key_at(key_of("sagemaker:VolumeKmsKey"));
    cr_assert(key.is_retired);
    says(key.successor, "sagemaker:VolumeKmsKeyArn");
    says(cd_iam_key_at(key_of("sagemaker:OutputKmsKey")).successor, "sagemaker:OutputKmsKeyArn");
    cr_assert_not(cd_iam_key_at(key_of("sagemaker:VolumeKmsKeyArn")).is_retired);
    cr_assert_not(cd_iam_key_at(key_of("ec2:RoleDelivery")).is_retired);
    for (uint32_t i = 0; i < cd_iam_n_keys(); i++) {
        struct cd_str successor = cd_iam_key_at(i).successor;
        cr_assert(successor.n == 0 || cd_iam_find_key(successor) != CD_SCHEMA_NONE);
    }
}

Test(facts, regions_lie_in_partitions)
{
    says(cd_region_partition(STR("eu-west-1")), "aws");
    says(cd_region_partition(STR("cn-north-1")), "aws-cn");
    says(cd_region_partition(STR("us-gov-west-1")), "aws-us-gov");
    says(cd_region_partition(STR("us-iso-east-1")), "aws-iso");
    says(cd_region_partition(STR("eusc-de-east-1")), "aws-eusc");
    says(cd_region_partition(STR("eu-west-9")), "");
    says(cd_region_partition(STR("aws-global")), "");
    cr_assert_geq(cd_region_n(), 40u);
    cr_assert(cd_partition_exists(STR("aws-iso-b")));
    cr_assert_not(cd_partition_exists(STR("azure")));
    for (uint32_t i = 0; i < cd_region_n(); i++) {
        cr_assert(cd_partition_exists(cd_region_partition(cd_region_at(i))));
    }
}

Test(facts, quotas_have_a_date)
{
    cr_assert_eq(cd_quota_of(CD_QUOTA_SCP, STR("2026-05-14")).max_bytes, 5120u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_SCP, STR("2026-05-14")).max_attached, 5u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_SCP, STR("2026-05-15")).max_bytes, 10240u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_SCP, STR("")).max_bytes, 10240u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_SCP, STR("")).max_attached, 10u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_RCP, STR("2026-11-23")).max_bytes, 5120u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_BUCKET_POLICY, STR("")).max_bytes, 20480u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_VPCE_POLICY, STR("")).max_bytes, 20480u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_KEY_POLICY, STR("")).max_bytes, 32768u);
    cr_assert_eq(cd_quota_of(CD_QUOTA_BOUNDARY, STR("")).max_bytes, 6144u);
    cr_assert_not(cd_quota_of(CD_QUOTA_BOUNDARY, STR("")).blanks_count);
    cr_assert(cd_quota_of(CD_QUOTA_SCP, STR("")).blanks_count);
    cr_assert(cd_rcp_service(STR("s3")) && cd_rcp_service(STR("sts"))
              && cd_rcp_service(STR("kms")));
    cr_assert_not(cd_rcp_service(STR("ec2")) || cd_rcp_service(STR("iam")));
}

Test(facts, tables_say_where_they_come_from)
{
    cr_assert_geq(cd_schema_n_sources(), 4u);
    for (uint32_t i = 0; i < cd_schema_n_sources(); i++) {
        struct cd_schema_source s = cd_schema_source_at(i);
        cr_assert(s.name.n > 0 && s.version.n > 0 && s.licence.n > 0);
        cr_assert_eq(s.date.n, 10u, "%.*s", CD_FMT(s.name));
    }
}
