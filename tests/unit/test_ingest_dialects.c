/* What items of AWS Config come in, several sources in one snapshot, what stands in broken data,
 * and rows that go with the resource that embeds them. */
#include "tests/unit/ingest_fixture.h"

#define VOLUME(id, more)                                                                       \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"" id "\",\"awsAccountId\":\"1\"," \
    "\"awsRegion\":\"eu-west-1\"" more "}"
#define ESCAPED(id, more)                                                       \
    "{\\\"resourceType\\\":\\\"AWS::EC2::Volume\\\",\\\"resourceId\\\":\\\"" id \
    "\\\",\\\"accountId\\\":\\\"1\\\",\\\"awsRegion\\\":\\\"eu-west-1\\\"" more "}"

static void
expect(const char *text, const char *type, const char *id, const char *path, const char *wanted)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(f.status, CORDON_OK, "%s: %s", text, f.err.message);
    EXPECT_STR(property(&f, type, id, path), wanted);
    unload(&f);
}

static void
expect_encrypted(const char *text)
{
    expect(text, "AWS::EC2::Volume", "v", "Encrypted", "true");
}

#define ENCRYPTED ",\"configuration\":{\"encrypted\":true}"
#define ENCRYPTED_TEXT ",\\\"configuration\\\":{\\\"encrypted\\\":true}"

Test(ingest_dialects, lists_that_items_come_in)
{
    expect_encrypted("{\"baseConfigurationItems\":[" VOLUME("v", ENCRYPTED) "]}");
    expect_encrypted("{\"BaseConfigurationItems\":[" VOLUME("v", ENCRYPTED) "]}");
    expect_encrypted("{\"CONFIGURATIONITEMS\":[" VOLUME("v", ENCRYPTED) "]}");
    expect_encrypted("{\"ConfigurationItem\":" VOLUME("v", ENCRYPTED) "}");
    expect_encrypted(VOLUME("v", ",\"configuration\":\"{\\\"encrypted\\\":true}\""));
}

/* Several answers in one file, as a list or a line each. */
Test(ingest_dialects, answers_among_items)
{
    static const char *const around[][3] = {{"[", ",", "]"}, {"", "\n", "\n"}};
    struct fixture f;
    for (size_t i = 0; i < CD_ARRAY_LEN(around); i++) {
        char text[1000];
        snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s", around[i][0],
                 "{\"configurationItems\":[" VOLUME("a", ENCRYPTED) "," VOLUME(
                     "v", ENCRYPTED) "],\"nextToken\":\"x\"}",
                 around[i][1], "{\"baseConfigurationItems\":[]}", around[i][1],
                 VOLUME("b", ENCRYPTED), around[i][1],
                 "{\"Results\":[\"" ESCAPED("c", ENCRYPTED_TEXT) "\",1]}");
        strcat(text, around[i][2]);
        expect_encrypted(text);
        expect(text, "AWS::EC2::Volume", "c", "KmsKeyId",
               "{\"Cordon::Unknown\":\"the query did not select it\"}");
        load(&f, text);
        cr_expect_eq(f.s.sources[0].items, 5);
        cr_expect_eq(f.s.sources[0].resources, 4);
        cr_expect_eq(f.s.sources[0].problems, 1);
        unload(&f);
    }
    load(&f, "[{\"Records\":[{\"eventName\":\"RunInstances\"}]}]");
    cr_expect_eq(f.status, CORDON_EINPUT, "not of AWS Config");
    unload(&f);
}

#define SNAPSHOT(region, id)                                                        \
    "{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"s\",\"configurationItems\":[{" \
    "\"resourceType\":"                                                             \
    "\"AWS::EC2::Volume\",\"resourceId\":\"" id                                     \
    "\",\"awsAccountId\":\"1\",\"awsRegion\":\"" region "\"}]}\n"

Test(ingest_dialects, delivered_snapshots_among_items_are_complete_each_for_itself)
{
    struct fixture f;
    load(&f, SNAPSHOT("eu-west-1", "a") SNAPSHOT("eu-west-2", "b"));
    cr_expect(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
    load(&f, SNAPSHOT("eu-west-1", "a") SNAPSHOT("eu-west-2", "b") VOLUME("v", "") "\n");
    cr_expect(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
    load(&f, VOLUME("v", "") "\n" SNAPSHOT("eu-west-2", "b"));
    cr_expect(!cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
}

Test(ingest_dialects, what_was_asked_for_and_not_given_is_lost)
{
    struct fixture f;
    load(&f,
         "{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"s\",\"baseConfigurationItems\":[" VOLUME(
             "v", "") "],\"unprocessedResourceKeys\":[{\"resourceType\":"
                      "\"AWS::EC2::Volume\",\"resourceId\":\"w\"}]}");
    cr_expect(!cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    cr_expect(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Subnet")));
    cr_assert_eq(f.s.n_problems, 1);
    EXPECT_STR(f.s.problems[0].message,
               "unprocessedResourceKeys: resources that were asked for and not given: 1");
    unload(&f);
}

Test(ingest_dialects, events_of_queues_and_topics)
{
    const char *message = "\"{\\\"configurationItem\\\":" ESCAPED("v", ENCRYPTED_TEXT) "}\"";
    static const char *const around[][2] = {
        {"{\"Type\":\"Notification\",\"MessageId\":\"m\",\"Message\":", "}"},
        {"{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Type\":\"Notification\","
         "\"Message\":",
         "}}]}"},
        {"{\"Records\":[{\"messageId\":\"m\",\"body\":", "}]}"},
        {"{\"Messages\":[{\"MessageId\":\"m\",\"Body\":", "}]}"},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(around); i++) {
        char text[600];
        snprintf(text, sizeof text, "%s%s%s", around[i][0], message, around[i][1]);
        expect_encrypted(text);
    }
}

Test(ingest_dialects, a_list_of_events_of_something_else_is_no_snapshot)
{
    struct fixture f;
    load(&f, "{\"Records\":[{\"eventVersion\":\"1.08\",\"eventName\":\"RunInstances\"}]}");
    cr_assert_eq(f.status, CORDON_EINPUT);
    cr_assert_eq(f.err.offset, 12);
    unload(&f);
}

Test(ingest_dialects, what_a_query_did_not_select_is_unknown)
{
    const char *results = "{\"Results\":[\"" ESCAPED("v", ENCRYPTED_TEXT) "\"],\"QueryInfo\":{}}";
    const char *unknown = "{\"Cordon::Unknown\":\"the query did not select it\"}";
    expect_encrypted(results);
    expect(results, "AWS::EC2::Volume", "v", "KmsKeyId", unknown);
    expect(results, "AWS::EC2::Volume", "v", "Tags", unknown);
    struct fixture f;
    load(&f, results);
    cd_buf_clear(&f.out);
    cd_node_write(&f.s, f.s.tables[0]->tags, 0, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), unknown);
    cr_assert(!cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
    load(&f, "{\"Results\":[\"{\\\"resourceType\\\":\\\"AWS::EC2::Volume\\\",\\\"resourceId\\\":"
             "\\\"v\\\",\\\"accountId\\\":\\\"1\\\"}\"],\"QueryInfo\":{}}");
    cr_assert_eq(f.s.sources[0].problems, 1, "without a region and an ARN it stands nowhere");
    unload(&f);
}

Test(ingest_dialects, as_powershell_writes_it)
{
    const char *item =
        "[{\"ResourceType\":{\"Value\":\"AWS::EC2::Volume\"},\"ResourceId\":\"v\","
        "\"AccountId\":\"1\",\"AwsRegion\":\"eu-west-1\",\"ConfigurationItemStatus\":"
        "{\"Value\":\"OK\"},\"ConfigurationItemCaptureTime\":"
        "\"\\/Date(1645469720361)\\/\",\"Configuration\":\"{\\\"encrypted\\\":true}"
        "\"}]";
    struct fixture f;
    expect_encrypted(item);
    load(&f, item);
    cr_assert_eq(f.s.captured, 1645469720361);
    unload(&f);
}

Test(ingest_dialects, the_region_of_an_item_that_has_none_is_its_arns)
{
    struct fixture f;
    load(&f, "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"v\",\"arn\":"
             "\"arn:aws:ec2:eu-west-1:1:volume/v\"}");
    EXPECT_STR(text_of(&f, cd_table_site(&f.s, f.s.tables[0], 0)->region), "eu-west-1");
    EXPECT_STR(text_of(&f, cd_table_site(&f.s, f.s.tables[0], 0)->account), "1");
    unload(&f);
}

/* ---- several sources ---- */

Test(ingest_dialects, sources_do_not_know_each_others_keys)
{
    struct fixture f;
    load(&f, VOLUME("a", ENCRYPTED));
    f.s.sealed = false;
    for (char id = 'b'; id < 'e'; id++) {
        char text[] = VOLUME("?", ",\"configuration\":{\"encrypted\":true}");
        *strchr(text, '?') = id;
        cr_assert_eq(cd_ingest_text(&f.s, CD_STR("b.json"), cd_str_of(text), &f.err), CORDON_OK);
        /* What the keys pointed to is gone. */
        memset(text, 'x', sizeof text - 1);
    }
    cr_assert_eq(cd_snapshot_seal(&f.s, &f.err), CORDON_OK);
    cr_assert_eq(f.s.n_problems, 0);
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "d", "Encrypted"), "true");
    unload(&f);
}

/* ---- broken data ---- */

#define BUCKET(supplementary)                                                                     \
    "{\"resourceType\":\"AWS::S3::Bucket\",\"resourceId\":\"b\",\"awsAccountId\":\"1\","          \
    "\"awsRegion\":\"eu-west-1\",\"configuration\":{\"name\":\"b\"},\"supplementaryConfiguration" \
    "\":{" supplementary "}}"

static void
expect_problem(const char *text, const char *type, const char *id, const char *path,
               const char *wanted, const char *problem)
{
    struct fixture f;
    load(&f, text);
    cr_assert_eq(f.status, CORDON_OK, "%s: %s", text, f.err.message);
    EXPECT_STR(property(&f, type, id, path), wanted);
    cr_assert_eq(f.s.n_problems, 1, "%s", text);
    EXPECT_STR(f.s.problems[0].message, problem);
    unload(&f);
}

Test(ingest_dialects, a_string_that_begins_as_json_and_is_none_is_unknown)
{
    expect_problem(BUCKET("\"ServerSideEncryptionConfiguration\":\"{broken\""), "AWS::S3::Bucket",
                   "b", "BucketEncryption", "{\"Cordon::Unknown\":\"a string that is not JSON\"}",
                   "AWS::S3::Bucket.BucketEncryption: a string that begins as JSON and is none, so "
                   "it is unknown");
}

Test(ingest_dialects, what_a_path_leads_through_and_is_no_object_makes_unknown)
{
    expect_problem("{\"resourceType\":\"AWS::AutoScaling::LaunchConfiguration\",\"resourceId\":"
                   "\"l\",\"awsAccountId\":\"1\",\"awsRegion\":\"eu-west-1\","
                   "\"configuration\":{\"instanceMonitoring\":7}}",
                   "AWS::AutoScaling::LaunchConfiguration", "l", "InstanceMonitoring",
                   "{\"Cordon::Unknown\":\"it stands in what is no object\"}",
                   "AWS::AutoScaling::LaunchConfiguration.InstanceMonitoring: it stands in what is "
                   "no object, so it is unknown");
}

Test(ingest_dialects, an_embedded_noun_that_cannot_be_read_takes_completeness)
{
    struct fixture f;
    load(&f, "{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"x\",\"configurationItems\":[" BUCKET(
                 "\"BucketPolicy\":\"{broken\"") "]}");
    cr_assert_eq(f.s.sources[0].resources, 1);
    cr_assert_eq(f.s.sources[0].problems, 0);
    cr_assert(cd_snapshot_is_complete(&f.s, CD_STR("AWS::S3::Bucket")));
    cr_assert(!cd_snapshot_is_complete(&f.s, CD_STR("AWS::S3::BucketPolicy")));
    EXPECT_STR(
        f.s.problems[0].message,
        "AWS::S3::BucketPolicy: supplementaryConfiguration.BucketPolicy.policyText cannot be "
        "read, so it is not known which there are");
    unload(&f);
}

Test(ingest_dialects, numbers_beyond_all_ranges_are_unknown_with_a_problem)
{
    static const char *const numbers[] = {"1e999",
                                          "-1e999",
                                          "9223372036854775808",
                                          "18446744073709551616",
                                          "9007199254740993",
                                          "123456789012345678901234567890"};
    for (size_t i = 0; i < CD_ARRAY_LEN(numbers); i++) {
        char text[300];
        snprintf(text, sizeof text, VOLUME("v", ",\"configuration\":{\"size\":%s}"), numbers[i]);
        expect_problem(text, "AWS::EC2::Volume", "v", "Size",
                       "{\"Cordon::Unknown\":\"a number beyond 2^53\"}",
                       "AWS::EC2::Volume.Size: a number beyond 2^53, so it is unknown");
    }
    expect(VOLUME("v", ",\"configuration\":{\"size\":-0}"), "AWS::EC2::Volume", "v", "Size", "0");
    expect(VOLUME("v", ",\"configuration\":\"{\\\"size\\\":1,\\\"iops\\\":1e999}\""),
           "AWS::EC2::Volume", "v", "Size", "1");
}

Test(ingest_dialects, configuration_that_stands_twice_is_unknown_with_a_problem)
{
    expect_problem(VOLUME("v", ENCRYPTED ENCRYPTED), "AWS::EC2::Volume", "v", "Encrypted",
                   "{\"Cordon::Unknown\":\"its key stands twice\"}",
                   "configuration or supplementaryConfiguration stands twice, so what it says is "
                   "unknown");
}

Test(ingest_dialects, configuration_that_says_nothing_is_none)
{
    static const char *const nothing[] = {"null", "\"\"", "\"null\""};
    for (size_t i = 0; i < CD_ARRAY_LEN(nothing); i++) {
        char text[300];
        snprintf(text, sizeof text, VOLUME("v", ",\"configuration\":%s"), nothing[i]);
        expect(text, "AWS::EC2::Volume", "v", "Encrypted",
               "{\"Cordon::Unknown\":\"the item has no configuration\"}");
    }
}

Test(ingest_dialects, half_of_a_surrogate_pair_is_no_json)
{
    struct fixture f;
    load(&f, "[" VOLUME("v", "") "," VOLUME("\\ud83d\\ude00", "") "," VOLUME("\\ud83d", "") "]");
    cr_assert_eq(f.s.sources[0].problems, 1);
    cr_assert(cd_str_ends(f.s.problems[0].message,
                          CD_STR("a surrogate without its other half, at byte 254")),
              "%.*s", CD_FMT(f.s.problems[0].message));
    unload(&f);
}

/* ---- rows of embedded nouns ---- */

#define INSTANCE(time, status, group)                                                             \
    "{\"resourceType\":\"AWS::RDS::DBInstance\",\"resourceId\":\"db-1\",\"resourceName\":\"d\","  \
    "\"awsAccountId\":\"1\",\"awsRegion\":\"eu-west-1\",\"configurationItemCaptureTime\":\"" time \
    "\",\"configurationItemStatus\":\"" status                                                    \
    "\",\"configuration\":{\"dBSubnetGroup\":{\"dBSubnetGroupName\":\"" group "\"}}}"

static uint32_t
live_groups(const char *text)
{
    static const char *const wanted[] = {"AWS::RDS::DBSubnetGroup.SubnetIds"};
    struct fixture f;
    cd_arena_init(&f.arena);
    load_projected(&f, text,
                   (struct cd_projection){.img = cd_test_projection(&f.arena, wanted, 1)});
    cr_assert_eq(f.status, CORDON_OK, "%s", f.err.message);
    uint32_t n = table_of(&f, "AWS::RDS::DBSubnetGroup")->n_live;
    unload(&f);
    return n;
}

Test(ingest_dialects, embedded_rows_go_with_their_resource_also_where_nobody_reads_it)
{
    cr_assert_eq(live_groups("[" INSTANCE("2026-01-01T00:00:00Z", "OK", "old") "]"), 1);
    cr_assert_eq(live_groups("[" INSTANCE("2026-01-01T00:00:00Z", "OK", "old") "," INSTANCE(
                     "2026-01-02T00:00:00Z", "OK", "new") "]"),
                 1);
    cr_assert_eq(live_groups("[" INSTANCE("2026-01-01T00:00:00Z", "OK", "old") "," INSTANCE(
                     "2026-01-02T00:00:00Z", "ResourceDeleted", "old") "]"),
                 0);
}
