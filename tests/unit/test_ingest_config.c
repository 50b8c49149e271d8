/* Items of AWS Config: dialects of the envelope, mappings, conversions, what is absent and what
 * unknown, and bad items. */
#include "tests/unit/ingest_fixture.h"

#define ENVELOPE(type, id, name)                                                     \
    "\"resourceType\":\"" type "\",\"resourceId\":\"" id "\",\"resourceName\":" name \
    ",\"configurationItemStatus\":\"OK\",\"configurationItemCaptureTime\":"          \
    "\"2026-03-01T00:00:00Z\""
#define PLACE ",\"awsAccountId\":\"111122223333\",\"awsRegion\":\"eu-west-1\""
#define VOLUME(id, configuration) \
    "{" ENVELOPE("AWS::EC2::Volume", id, "null") PLACE ",\"configuration\":" configuration "}"
#define BUCKET(supplementary)                           \
    "{" ENVELOPE("AWS::S3::Bucket", "b", "\"b\"") PLACE \
        ",\"configuration\":{\"name\":\"b\"},\"supplementaryConfiguration\":" supplementary "}"
#define GROUP(permissions)                                           \
    "{" ENVELOPE("AWS::EC2::SecurityGroup", "sg-1", "\"web\"") PLACE \
        ",\"configuration\":{\"ipPermissions\":" permissions "}}"
#define ROLE(configuration)                                                                \
    "{" ENVELOPE("AWS::IAM::Role", "AROA1",                                                \
                 "\"app\"") ",\"awsAccountId\":\"111122223333\",\"awsRegion\":\"global\"," \
                            "\"configuration\":" configuration "}"

static void
expect_envelope(const char *text, const char *type, const char *id, const char *wanted)
{
    struct fixture f;
    char got[400];
    load(&f, text);
    cr_assert_eq(f.status, CORDON_OK, "%s", f.err.message);
    const struct cd_table *t = table_of(&f, type);
    uint32_t row = row_of(&f, t, id);
    struct cd_buf scratch = CD_BUF_INIT;
    struct cd_str arn = cd_table_arn(&f.s, t, row, &scratch);
    const struct cd_site *site = cd_table_site(&f.s, t, row);
    struct cd_str region = text_of(&f, site->region);
    struct cd_str account = text_of(&f, site->account);
    struct cd_str partition = text_of(&f, site->partition);
    snprintf(got, sizeof got, "%.*s %.*s %.*s %.*s", CD_FMT(arn), CD_FMT(partition),
             CD_FMT(account), CD_FMT(region));
    cr_assert_str_eq(got, wanted);
    cd_buf_finish(&scratch);
    unload(&f);
}

Test(ingest_config, dialects_of_the_envelope)
{
    const char *wanted =
        "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1 aws 111122223333 eu-west-1";
    expect_envelope("[" VOLUME("vol-1", "{}") "]", "AWS::EC2::Volume", "vol-1", wanted);
    expect_envelope("{\"version\":\"1.3\",\"accountId\":\"111122223333\",\"arn\":"
                    "\"arn:aws:ec2:eu-west-1:111122223333:volume/vol-1\",\"awsRegion\":"
                    "\"eu-west-1\"," ENVELOPE("AWS::EC2::Volume", "vol-1", "null") "}",
                    "AWS::EC2::Volume", "vol-1", wanted);
    expect_envelope("{\"configurationItemVersion\":\"1.3\",\"awsAccountId\":\"111122223333\","
                    "\"ARN\":\"arn:aws-cn:ec2:cn-north-1:111122223333:volume/v\",\"awsRegion\":"
                    "\"cn-north-1\"," ENVELOPE("AWS::EC2::Volume", "v", "null") "}",
                    "AWS::EC2::Volume", "v",
                    "arn:aws-cn:ec2:cn-north-1:111122223333:volume/v aws-cn 111122223333 "
                    "cn-north-1");
    expect_envelope("{" ENVELOPE("AWS::EC2::Volume", "v",
                                 "null") ",\"awsAccountId\":"
                                         "\"111122223333\",\"awsRegion\":\"us-gov-west-1\"}",
                    "AWS::EC2::Volume", "v",
                    "arn:aws-us-gov:ec2:us-gov-west-1:111122223333:volume/v aws-us-gov "
                    "111122223333 us-gov-west-1");
}

Test(ingest_config, global_and_not_applicable_are_no_regions)
{
    expect_envelope(ROLE("{}"), "AWS::IAM::Role", "app",
                    "arn:aws:iam::111122223333:role/app aws 111122223333 (absent)");
    expect_envelope(
        "{" ENVELOPE("AWS::IAM::User", "AIDA1",
                     "\"jo\"") ",\"awsAccountId\":"
                               "\"111122223333\",\"awsRegion\":\"Not Applicable\",\"ARN\":"
                               "\"arn:aws:iam::111122223333:user/x/jo\"}",
        "AWS::IAM::User", "jo", "arn:aws:iam::111122223333:user/x/jo aws 111122223333 (absent)");
}

Test(ingest_config, ids_are_what_calls_name_the_resource_by)
{
    expect_envelope("{" ENVELOPE("AWS::RDS::DBInstance", "db-ABC", "\"orders\"") PLACE "}",
                    "AWS::RDS::DBInstance", "orders",
                    "arn:aws:rds:eu-west-1:111122223333:db:orders aws 111122223333 eu-west-1");
    expect_envelope("{" ENVELOPE("AWS::SageMaker::Model",
                                 "arn:aws:sagemaker:eu-west-1:111122223333:model/m", "null") PLACE
                    "}",
                    "AWS::SageMaker::Model", "m",
                    "arn:aws:sagemaker:eu-west-1:111122223333:model/m aws 111122223333 eu-west-1");
    expect_envelope("{" ENVELOPE("AWS::IAM::Policy", "ANPA1",
                                 "\"p\"") ",\"awsAccountId\":"
                                          "\"111122223333\",\"awsRegion\":\"global\"}",
                    "AWS::IAM::ManagedPolicy", "p",
                    "arn:aws:iam::111122223333:policy/p aws 111122223333 (absent)");
    expect_envelope("{" ENVELOPE("AWS::KMS::Key", "1234", "\"1234\"") PLACE "}", "AWS::KMS::Key",
                    "1234",
                    "arn:aws:kms:eu-west-1:111122223333:key/1234 aws 111122223333 "
                    "eu-west-1");
}

static void
expect_property(const char *text, const char *type, const char *id, const char *path,
                const char *wanted)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(f.status, CORDON_OK, "%s", f.err.message);
    EXPECT_STR(property(&f, type, id, path), wanted);
    unload(&f);
}

#define EXPECT_VOLUME(configuration, path, wanted) \
    expect_property(VOLUME("v", configuration), "AWS::EC2::Volume", "v", path, wanted)

Test(ingest_config, values_in_the_types_of_their_properties)
{
    EXPECT_VOLUME("{\"encrypted\":true}", "Encrypted", "true");
    EXPECT_VOLUME("{\"encrypted\":\"false\"}", "Encrypted", "false");
    EXPECT_VOLUME("{\"size\":\"20\"}", "Size", "20");
    EXPECT_VOLUME("{\"kmsKeyId\":12}", "KmsKeyId", "\"12\"");
    EXPECT_VOLUME("{\"state\":{\"value\":\"in-use\"}}", "State", "\"in-use\"");
    EXPECT_VOLUME("{\"createTime\":\"2026-01-01T00:00:00.000Z\"}", "CreateTime",
                  "\"2026-01-01T00:00:00Z\"");
    EXPECT_VOLUME("{\"createTime\":1767225600000}", "CreateTime", "\"2026-01-01T00:00:00Z\"");
    EXPECT_VOLUME("{\"createTime\":\"Jan 1, 2026 12:00:05 PM\"}", "CreateTime",
                  "\"2026-01-01T12:00:05Z\"");
    EXPECT_VOLUME("{\"size\":9007199254740993}", "Size",
                  "{\"Cordon::Unknown\":\"a number beyond 2^53\"}");
    EXPECT_VOLUME("{\"size\":99999999999999999999999999999999}", "Size",
                  "{\"Cordon::Unknown\":\"a number beyond 2^53\"}");
    EXPECT_VOLUME("{\"size\":1e400,\"encrypted\":true}", "Encrypted", "true");
}

Test(ingest_config, names_without_regard_to_case_of_the_first_letter_or_of_all)
{
    EXPECT_VOLUME("{\"kmsKeyId\":\"k\"}", "KmsKeyId", "\"k\"");
    EXPECT_VOLUME("{\"KmsKeyId\":\"k\"}", "KmsKeyId", "\"k\"");
    EXPECT_VOLUME("{\"kmskeyid\":\"k\"}", "KmsKeyId", "\"k\"");
    EXPECT_VOLUME("{\"kmskeyid\":\"worst\",\"KmsKeyId\":\"best\",\"kmsKeyId\":\"good\"}",
                  "KmsKeyId", "\"best\"");
}

Test(ingest_config, absent_is_what_aws_config_carries_and_the_item_has_not)
{
    EXPECT_VOLUME("{}", "KmsKeyId", "null");
    EXPECT_VOLUME("{\"kmsKeyId\":null}", "KmsKeyId", "null");
    EXPECT_VOLUME("{}", "AutoEnableIO",
                  "{\"Cordon::Unknown\":\"AWS Config does not carry AutoEnableIO\"}");
    expect_property(BUCKET("{}"), "AWS::S3::Bucket", "b", "ReplicationConfiguration", "null");
    expect_property(BUCKET("{}"), "AWS::S3::Bucket", "b", "BucketEncryption", "null");
    expect_property(BUCKET("{}"), "AWS::S3::Bucket", "b", "OwnershipControls",
                    "{\"Cordon::Unknown\":\"AWS Config does not carry OwnershipControls\"}");
}

Test(ingest_config, without_configuration_all_is_unknown)
{
    EXPECT_VOLUME("null", "Encrypted", "{\"Cordon::Unknown\":\"the item has no configuration\"}");
}

Test(ingest_config, a_key_that_stands_twice_is_unknown)
{
    struct fixture f;
    load(&f, VOLUME("v", "{\"encrypted\":true,\"size\":1,\"encrypted\":true}"));
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Encrypted"),
               "{\"Cordon::Unknown\":\"its key stands twice\"}");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Size"), "1");
    cr_assert_eq(f.s.n_problems, 1);
    unload(&f);
}

Test(ingest_config, a_value_of_another_type_is_as_absent_with_one_problem)
{
    struct fixture f;
    load(&f,
         "[" VOLUME("v", "{\"encrypted\":[1]}") "," VOLUME("w", "{\"encrypted\":{\"a\":1}}") "]");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Encrypted"), "null");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "w", "Encrypted"), "null");
    cr_assert_eq(f.s.n_problems, 1);
    EXPECT_STR(f.s.problems[0].message,
               "AWS::EC2::Volume.Encrypted: a list stands where a boolean is expected (and 1 more "
               "like it)");
    cr_assert_eq(f.s.problems[0].offset, 1);
    cr_assert_eq(f.s.sources[0].problems, 0);
    unload(&f);
}

Test(ingest_config, json_in_strings)
{
    const char *encryption =
        "{\"ServerSideEncryptionConfiguration\":"
        "\"{\\\"rules\\\":[{\\\"applyServerSideEncryptionByDefault\\\":{\\\"sseAlgorithm\\\":"
        "\\\"aws:kms\\\",\\\"kmsMasterKeyID\\\":\\\"k\\\"}}]}\"}";
    char text[1000];
    snprintf(text, sizeof text,
             "{" ENVELOPE("AWS::S3::Bucket", "b", "\"b\"") PLACE
             ",\"configuration\":\"{\\\"name\\\":\\\"b\\\"}\",\"supplementaryConfiguration\":%s}",
             encryption);
    expect_property(text, "AWS::S3::Bucket", "b", "BucketName", "\"b\"");
    struct fixture f;
    load(&f, text);
    const struct cd_table *t = table_of(&f, "AWS::S3::Bucket");
    const struct cd_node *n =
        t->root->child[cd_node_slot(&f.s, t->root, CD_STR("BucketEncryption"))];
    n = n->child[cd_node_slot(&f.s, n, CD_STR("ServerSideEncryptionConfiguration"))]->child[0];
    n = n->child[cd_node_slot(&f.s, n, CD_STR("ServerSideEncryptionByDefault"))];
    cd_node_write(&f.s, n, 0, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "{\"KMSMasterKeyID\":\"k\",\"SSEAlgorithm\":\"aws:kms\"}");
    unload(&f);
}

/* Number of elements of the list at PATH of the first row. */
static const struct cd_node *
list_at(struct fixture *f, const char *type, const char *name)
{
    const struct cd_table *t = table_of(f, type);
    return t->root->child[cd_node_slot(&f->s, t->root, cd_str_of(name))];
}

static struct cd_str
element(struct fixture *f, const struct cd_node *list, uint32_t i, const char *name)
{
    const struct cd_node *e = list->child[0];
    cd_buf_clear(&f->out);
    cd_node_write(&f->s, e->child[cd_node_slot(&f->s, e, cd_str_of(name))], list->off[0] + i,
                  &f->out);
    return cd_buf_view(&f->out);
}

Test(ingest_config, replication_rules_are_keyed_by_their_id)
{
    struct fixture f;
    load(&f, BUCKET("{\"BucketReplicationConfiguration\":{\"roleARN\":\"r\",\"rules\":{"
                    "\"r1\":{\"status\":\"Enabled\",\"destinationConfig\":{\"bucketARN\":"
                    "\"arn:aws:s3:::dst\"}},\"r2\":{\"status\":\"Disabled\"}}}}"));
    struct cd_table *t = table_of(&f, "AWS::S3::Bucket");
    struct cd_node *replication =
        t->root->child[cd_node_slot(&f.s, t->root, CD_STR("ReplicationConfiguration"))];
    struct cd_node *rules = replication->child[cd_node_slot(&f.s, replication, CD_STR("Rules"))];
    cr_assert_eq(rules->len[0], 2);
    EXPECT_STR(element(&f, rules, 0, "Id"), "\"r1\"");
    EXPECT_STR(element(&f, rules, 1, "Status"), "\"Disabled\"");
    EXPECT_STR(element(&f, rules, 1, "Destination"), "null");
    const struct cd_path_step steps[] = {
        {CD_STR_INIT("ReplicationConfiguration"), CD_NONE, false},
        {CD_STR_INIT("Rules"), CD_NONE, false},
        {CD_STR_INIT(""), rules->child[0]->place[0], false},
        {CD_STR_INIT("Destination"), CD_NONE, false},
        {CD_STR_INIT("Bucket"), CD_NONE, false},
    };
    cd_buf_clear(&f.out);
    cd_ingest_source_path(&f.s, t->root->table, 0, false, steps, 5, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "supplementaryConfiguration.BucketReplicationConfiguration."
                                    "rules[\"r1\"].destinationConfig.bucketARN");
    unload(&f);
}

Test(ingest_config, one_ingress_rule_for_each_range_and_group)
{
    struct fixture f;
    load(&f, GROUP("[{\"ipProtocol\":\"tcp\",\"fromPort\":22,\"toPort\":22,\"ipv4Ranges\":[],"
                   "\"ipRanges\":[\"10.0.0.0/8\",\"0.0.0.0/0\"],\"ipv6Ranges\":[{\"cidrIpv6\":"
                   "\"::/0\"}],\"prefixListIds\":[{\"prefixListId\":\"pl-1\"}],"
                   "\"userIdGroupPairs\":[{\"groupId\":\"sg-2\",\"userId\":\"1\"}]}]"));
    const struct cd_node *list = list_at(&f, "AWS::EC2::SecurityGroup", "SecurityGroupIngress");
    cr_assert_eq(list->len[0], 5);
    EXPECT_STR(element(&f, list, 1, "CidrIp"), "\"0.0.0.0/0\"");
    EXPECT_STR(element(&f, list, 1, "FromPort"), "22");
    EXPECT_STR(element(&f, list, 1, "CidrIpv6"), "null");
    EXPECT_STR(element(&f, list, 2, "CidrIpv6"), "\"::/0\"");
    EXPECT_STR(element(&f, list, 3, "SourcePrefixListId"), "\"pl-1\"");
    EXPECT_STR(element(&f, list, 4, "SourceSecurityGroupId"), "\"sg-2\"");
    struct cd_path_step steps[] = {
        {CD_STR_INIT("SecurityGroupIngress"), CD_NONE, false},
        {CD_STR_INIT(""), list->child[0]->place[1], false},
        {CD_STR_INIT("CidrIp"), CD_NONE, false},
    };
    uint32_t table = list->table;
    cd_buf_clear(&f.out);
    cd_ingest_source_path(&f.s, table, 0, false, steps, 3, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "configuration.ipPermissions[0].ipRanges[1]");
    cd_buf_clear(&f.out);
    steps[2].name = CD_STR("FromPort");
    cd_ingest_source_path(&f.s, table, 0, false, steps, 3, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "configuration.ipPermissions[0].fromPort");
    unload(&f);
}

static void
expect_path(const char *text, bool is_envelope, const char *name, const char *wanted)
{
    struct fixture f;
    load(&f, text);
    const struct cd_path_step step = {cd_str_of(name), CD_NONE, false};
    cd_ingest_source_path(&f.s, 0, 0, is_envelope, &step, 1, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), wanted);
    unload(&f);
}

Test(ingest_config, paths_in_the_words_of_the_source)
{
    expect_path(VOLUME("v", "{\"encrypted\":true}"), false, "Encrypted", "configuration.encrypted");
    expect_path(VOLUME("v", "{\"encrypted\":true}"), false, "KmsKeyId", "configuration.kmsKeyId");
    expect_path(VOLUME("v", "{\"Encrypted\":true}"), false, "KmsKeyId", "configuration.KmsKeyId");
    expect_path(VOLUME("v", "{}"), true, "region", "awsRegion");
    expect_path(VOLUME("v", "{}"), true, "account", "awsAccountId");
    expect_path(VOLUME("v", "{}"), true, "id", "resourceId");
    expect_path(ROLE("{}"), true, "id", "resourceName");
    expect_path("{\"accountId\":\"1\",\"arn\":\"arn:aws:ec2:r:1:volume/v\"," ENVELOPE(
                    "AWS::EC2::Volume", "v", "null") "}",
                true, "arn", "arn");
    expect_path(ROLE("{\"rolePolicyList\":[]}"), false, "Policies", "configuration.rolePolicyList");
}

Test(ingest_config, paths_of_what_no_item_has)
{
    struct fixture f;
    const struct cd_path_step steps[] = {
        {CD_STR_INIT("BucketEncryption"), CD_NONE, false},
        {CD_STR_INIT("ServerSideEncryptionConfiguration"), CD_NONE, false},
    };
    const struct cd_path_step tag[] = {
        {CD_STR_INIT("tags"), CD_NONE, false},
        {CD_STR_INIT("data-class"), CD_NONE, true},
    };
    load(&f, BUCKET("{}"));
    cd_ingest_source_path(&f.s, 0, 0, false, steps, 2, &f.out);
    EXPECT_STR(cd_buf_view(&f.out),
               "supplementaryConfiguration.ServerSideEncryptionConfiguration.rules");
    cd_buf_clear(&f.out);
    cd_ingest_source_path(&f.s, 0, 0, true, tag, 2, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "tags[\"data-class\"]");
    unload(&f);
}

Test(ingest_config, policy_documents_in_all_their_forms)
{
    const char *wanted = "[{\"PolicyDocument\":{\"Statement\":[{\"Action\":[\"s3:*\"],\"Effect\":"
                         "\"Allow\",\"Resource\":[\"*\"]}]},\"PolicyName\":\"p\"}]";
    static const char *const forms[] = {
        "\"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C"
        "%22Resource%22%3A%22%2A%22%7D%7D\"",
        "\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"s3:*\\\","
        "\\\"Resource\\\":[\\\"*\\\"]}]}\"",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:*\"],\"Resource\":\"*\"}}",
        "[{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:*\"],\"Resource\":\"*\"}}]",
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(forms); i++) {
        char text[1000];
        snprintf(text, sizeof text,
                 ROLE("{\"rolePolicyList\":[{\"policyName\":\"p\",\"policyDocument\":%s}]}"),
                 forms[i]);
        expect_property(text, "AWS::IAM::Role", "app", "Policies", wanted);
    }
}

Test(ingest_config, a_document_that_is_none_is_unknown_with_a_problem)
{
    struct fixture f;
    load(&f, ROLE("{\"assumeRolePolicyDocument\":\"%7Bnonsense\"}"));
    EXPECT_STR(property(&f, "AWS::IAM::Role", "app", "AssumeRolePolicyDocument"),
               "{\"Cordon::Unknown\":\"not a policy document\"}");
    cr_assert_eq(f.s.n_problems, 1);
    unload(&f);
}

Test(ingest_config, equal_documents_are_read_once)
{
    struct fixture f;
    load(&f, "[" ROLE("{\"assumeRolePolicyDocument\":\"{\\\"Id\\\":\\\"x\\\"}\"}") "," ROLE(
                 "{\"assumeRolePolicyDocument\":\"{\\\"Id\\\":\\\"x\\\"}\"}") "]");
    cr_assert_eq(f.s.policies->n, 1);
    unload(&f);
}

Test(ingest_config, the_default_version_of_a_managed_policy)
{
    expect_property(
        "{" ENVELOPE(
            "AWS::IAM::Policy", "ANPA1",
            "\"p\"") ",\"awsAccountId\":\"111122223333\",\"configuration\":{\"policyVersionList\":["
                     "{\"document\":\"{\\\"Id\\\":\\\"old\\\"}\",\"isDefaultVersion\":false},"
                     "{\"document\":\"{\\\"Id\\\":\\\"new\\\"}\",\"isDefaultVersion\":true}]}}",
        "AWS::IAM::ManagedPolicy", "p", "PolicyDocument", "{\"Id\":\"new\"}");
}

Test(ingest_config, embedded_nouns_are_rows)
{
    struct fixture f;
    load(&f,
         "[" BUCKET("{\"BucketPolicy\":{\"policyText\":\"{\\\"Id\\\":\\\"x\\\"}\"}}") ",{" ENVELOPE(
             "AWS::RDS::DBInstance", "db-1", "\"orders\"") PLACE
         ",\"configuration\":{\"dBSubnetGroup\":{\"dBSubnetGroupName\":\"data\",\"vpcId\":"
         "\"vpc-1\",\"subnets\":[{\"subnetIdentifier\":\"subnet-1\"}]}}}]");
    cr_assert_eq(f.s.sources[0].items, 2);
    cr_assert_eq(f.s.sources[0].resources, 2);
    cr_assert_eq(f.s.sources[0].derived, 2);
    EXPECT_STR(property(&f, "AWS::S3::BucketPolicy", "b", "PolicyDocument"), "{\"Id\":\"x\"}");
    EXPECT_STR(property(&f, "AWS::S3::BucketPolicy", "b", "Bucket"), "\"b\"");
    EXPECT_STR(property(&f, "AWS::RDS::DBSubnetGroup", "data", "SubnetIds"), "[\"subnet-1\"]");
    EXPECT_STR(property(&f, "AWS::RDS::DBInstance", "orders", "DBSubnetGroupName"), "\"data\"");
    const struct cd_table *t = table_of(&f, "AWS::S3::BucketPolicy");
    cr_assert(cd_table_is_derived(t, 0));
    cr_assert_eq(cd_table_origin(t, 0).from_table, table_of(&f, "AWS::S3::Bucket")->root->table);
    const struct cd_path_step step = {CD_STR_INIT("PolicyDocument"), CD_NONE, false};
    cd_buf_clear(&f.out);
    cd_ingest_source_path(&f.s, t->root->table, 0, false, &step, 1, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "supplementaryConfiguration.BucketPolicy.policyText");
    unload(&f);
}

Test(ingest_config, tags_as_an_object_or_a_list)
{
    static const char *const forms[] = {"{\"b\":\"2\",\"a\":\"1\"}",
                                        "[{\"key\":\"b\",\"value\":\"2\"},{\"key\":\"a\","
                                        "\"value\":\"1\",\"tag\":\"a=1\"}]",
                                        "[{\"Key\":\"b\",\"Value\":\"2\"},{\"Key\":\"a\","
                                        "\"Value\":\"1\"}]"};
    for (size_t i = 0; i < CD_ARRAY_LEN(forms); i++) {
        char text[600];
        struct fixture f;
        snprintf(text, sizeof text,
                 "{" ENVELOPE("AWS::EC2::Volume", "v", "null") PLACE
                 ",\"configuration\":{},\"tags\":%s}",
                 forms[i]);
        load(&f, text);
        EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Tags"),
                   "[{\"Key\":\"b\",\"Value\":\"2\"},{\"Key\":\"a\",\"Value\":\"1\"}]");
        cd_buf_clear(&f.out);
        cd_node_write(&f.s, f.s.tables[0]->tags, 0, &f.out);
        EXPECT_STR(cd_buf_view(&f.out), "{\"b\":\"2\",\"a\":\"1\"}");
        unload(&f);
    }
}

static void
expect_counts(const char *text, uint64_t items, uint64_t resources, uint64_t deleted,
              uint64_t problems)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(f.status, CORDON_OK, "%s", f.err.message);
    const struct cd_source_info *info = &f.s.sources[0];
    cr_assert_eq(info->items, items);
    cr_assert_eq(info->resources, resources);
    cr_assert_eq(info->deleted, deleted);
    cr_assert_eq(info->problems, problems);
    unload(&f);
}

#define DELETED(status)                                                                        \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"v\",\"configurationItemStatus\":" \
    "\"" status "\",\"configurationItemCaptureTime\":\"2026-04-01T00:00:00Z\"" PLACE "}"

Test(ingest_config, every_item_is_counted_once)
{
    expect_counts("[" VOLUME("v", "{}") "," DELETED("ResourceDeleted") "]", 2, 1, 1, 0);
    expect_counts("[" DELETED("ResourceDeletedNotRecorded") "]", 1, 0, 1, 0);
    expect_counts("[" DELETED("ResourceNotRecorded") "," DELETED("ResourceDiscovered") "]", 2, 1, 0,
                  1); /* two of one identity and time: the second is a problem */
    expect_counts("[" VOLUME("v", "{}") ",5,null,{},{\"resourceType\":7}]", 5, 1, 0, 4);
    expect_counts("{\"configurationItems\":[" VOLUME("v", "{}") ",{\"a\":}]}", 2, 1, 0, 1);
    expect_counts(VOLUME("v", "{}") "\n" VOLUME("w", "{}") "\n{\"resourceType\n", 3, 2, 0, 1);
    expect_counts("{\"configurationItems\":[]}", 0, 0, 0, 0);
}

Test(ingest_config, a_later_deletion_removes)
{
    struct fixture f;
    load(&f, "[" VOLUME("v", "{}") "," DELETED("ResourceDeleted") "]");
    cr_assert_eq(table_of(&f, "AWS::EC2::Volume")->n_live, 0);
    unload(&f);
}

Test(ingest_config, items_in_events)
{
    const char *event = "{\"invokingEvent\":\"{\\\"configurationItem\\\":{\\\"resourceType\\\":"
                        "\\\"AWS::EC2::Volume\\\",\\\"resourceId\\\":\\\"v\\\","
                        "\\\"awsAccountId\\\":\\\"1\\\",\\\"configuration\\\":{\\\"encrypted\\\":"
                        "true}}}\",\"accountId\":\"1\"}";
    expect_property(event, "AWS::EC2::Volume", "v", "Encrypted", "true");
    expect_property("{\"detail\":{\"configurationItem\":" VOLUME("v", "{\"size\":1}") "}}",
                    "AWS::EC2::Volume", "v", "Size", "1");
    expect_property(
        "{\"configurationItemSummary\":{" ENVELOPE("AWS::EC2::Volume", "v", "null") PLACE "}}",
        "AWS::EC2::Volume", "v", "Size", "{\"Cordon::Unknown\":\"the item has no configuration\"}");
}

static void
expect_complete(const char *text, const char *type, bool is_complete)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(cd_snapshot_is_complete(&f.s, cd_str_of(type)), is_complete, "%s in %s", type,
                 text);
    unload(&f);
}

#define DELIVERED(items) \
    "{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"x\",\"configurationItems\":[" items "]}"

Test(ingest_config, a_delivered_snapshot_is_complete_for_what_aws_config_records)
{
    const char *delivered = DELIVERED(VOLUME("v", "{}"));
    expect_complete(delivered, "AWS::EC2::Volume", true);
    expect_complete(delivered, "AWS::S3::Bucket", true);
    expect_complete(delivered, "AWS::S3::BucketPolicy", true);
    expect_complete(delivered, "AWS::IAM::Role", true);
    expect_complete(delivered, "AWS::EC2::Snapshot", false);
    expect_complete("[" VOLUME("v", "{}") "]", "AWS::EC2::Volume", false);
    expect_complete("{\"configurationItems\":[" VOLUME("v", "{}") "]}", "AWS::EC2::Volume", false);
    expect_complete(VOLUME("v", "{}"), "AWS::EC2::Volume", false);
}

Test(ingest_config, a_bad_item_takes_completeness_from_what_it_could_have_been)
{
    expect_complete(DELIVERED(VOLUME("v", "{}") ",{\"a\":}"), "AWS::S3::Bucket", false);
    const char *bad = DELIVERED(VOLUME("v", "{}") "," VOLUME("w", "7"));
    expect_complete(bad, "AWS::EC2::Volume", false);
    expect_complete(bad, "AWS::S3::Bucket", true);
}

static void
expect_error(const char *text, const char *wanted)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(f.status, CORDON_EINPUT, "%s", text);
    cr_assert_str_eq(f.err.message, wanted);
    unload(&f);
}

Test(ingest_config, what_is_no_snapshot_is_an_error_with_its_place)
{
    expect_error("", "a.json: byte 0: it is empty");
    expect_error("hello", "a.json: byte 0: it is not JSON: it begins with neither `{` nor `[`");
    expect_error("{\"a\":1,}", "a.json: byte 7: it is not JSON: a key is expected here");
    expect_error(
        DELIVERED(VOLUME("v", "{}")) "x",
        "a.json: byte 298: text behind the end of the document: a file holds one document, "
        "or an object a line (jq -c . makes lines of several)");
    expect_error("{\"configurationItems\":[" VOLUME("v", "{}"),
                 "a.json: byte 253: the input ends inside a list of items: it is truncated, or not "
                 "JSON");
    expect_error("{\"configurationItems\":[],\"b\":tru}",
                 "a.json: byte 29: it is not JSON: no JSON value begins so");
}

Test(ingest_config, only_what_a_program_reads_is_kept)
{
    static const char *const wanted[] = {"AWS::EC2::Volume.Encrypted"};
    struct fixture f;
    cd_arena_init(&f.arena);
    struct cd_projection projection = {.img = cd_test_projection(&f.arena, wanted, 1)};
    load_projected(&f, DELIVERED(VOLUME("v", "{\"encrypted\":true,\"size\":1}") "," BUCKET("{}")),
                   projection);
    cr_assert_eq(f.s.n_tables, 1);
    cr_assert_eq(f.s.sources[0].resources, 2);
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", ""), "{\"Encrypted\":true}");
    cr_assert(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
}
