/* The normalized form: what it says is read, what was read is written sorted, and what was written
 * reads back to the same bytes. */
#include "tests/unit/ingest_fixture.h"

#define HEADER                                                                               \
    "{\"cordon\":1,\"captured\":\"2026-11-23T06:00:00Z\",\"complete\":[{\"type\":"           \
    "\"AWS::EC2::Volume\",\"account\":\"111122223333\",\"region\":\"eu-west-1\"},{\"type\":" \
    "\"AWS::IAM::*\",\"account\":\"111122223333\"}],\"sources\":[{\"file\":\"a.json\","      \
    "\"format\":\"aws-config\"}]}\n"
#define PLACE "\"account\":\"111122223333\",\"region\":\"eu-west-1\""

static void
write(struct fixture *f)
{
    cr_assert_eq(f->status, CORDON_OK, "%s", f->err.message);
    cd_buf_clear(&f->out);
    cd_normal_write(&f->s, &f->out);
}

static void
expect_written(const char *text, const char *wanted)
{
    struct fixture f;
    load(&f, text);
    write(&f);
    EXPECT_STR(cd_buf_view(&f.out), wanted);
    unload(&f);
}

/* The example of the design, with the members of the form in its order. */
Test(normal, the_same_bytes)
{
    static const char *const text =
        HEADER "{\"type\":\"AWS::EC2::Volume\",\"id\":\"vol-1\",\"arn\":"
               "\"arn:aws:ec2:eu-west-1:111122223333:volume/vol-1\"," PLACE
               ",\"tags\":{\"data-class\":\"customer\"},\"captured\":\"2026-11-23T06:00:00Z\","
               "\"properties\":{\"Encrypted\":true,\"KmsKeyId\":{\"Cordon::Unknown\":\"known after "
               "apply\"}},\"origin\":{\"file\":\"a.json\",\"item\":17}}\n";
    expect_written(text, text);
}

Test(normal, resources_are_sorted_by_type_account_region_and_id)
{
    struct fixture f;
    load(&f, "{\"type\":\"AWS::EC2::Volume\",\"id\":\"b\"," PLACE ",\"properties\":{}}\n"
             "{\"type\":\"AWS::IAM::User\",\"id\":\"u\",\"account\":\"2\",\"properties\":{}}\n"
             "{\"type\":\"AWS::EC2::Volume\",\"id\":\"a\"," PLACE ",\"properties\":{}}\n"
             "{\"type\":\"AWS::EC2::VPC\",\"id\":\"z\"," PLACE ",\"properties\":{}}\n"
             "{\"type\":\"AWS::EC2::Volume\",\"id\":\"z\",\"account\":\"1\",\"region\":\"x\","
             "\"properties\":{}}\n");
    write(&f);
    struct cd_str out = cd_buf_view(&f.out);
    static const char *const order[] = {
        "\"id\":\"z\",\"arn\":\"arn:aws:ec2:eu-west-1:111122223333:vpc",
        "\"id\":\"z\",\"arn\":\"arn:aws:ec2:x:1:volume", "\"id\":\"a\"", "\"id\":\"b\"",
        "\"id\":\"u\""};
    const char *at = out.p;
    cd_buf_putc(&f.out, '\0');
    at = f.out.p;
    for (size_t i = 0; i < CD_ARRAY_LEN(order); i++) {
        at = strstr(at, order[i]);
        cr_assert_not_null(at, "%s", order[i]);
    }
    unload(&f);
}

Test(normal, a_missing_partition_is_aws_and_a_missing_arn_is_made)
{
    struct fixture f;
    struct cd_buf scratch = CD_BUF_INIT;
    load(&f, "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE ",\"properties\":{}}\n"
             "{\"type\":\"AWS::EC2::Volume\",\"id\":\"w\",\"partition\":\"aws-cn\"," PLACE
             ",\"properties\":{}}\n");
    const struct cd_table *t = table_of(&f, "AWS::EC2::Volume");
    EXPECT_STR(text_of(&f, cd_table_site(&f.s, t, row_of(&f, t, "v"))->partition), "aws");
    EXPECT_STR(cd_table_arn(&f.s, t, row_of(&f, t, "v"), &scratch),
               "arn:aws:ec2:eu-west-1:111122223333:volume/v");
    EXPECT_STR(cd_table_arn(&f.s, t, row_of(&f, t, "w"), &scratch),
               "arn:aws-cn:ec2:eu-west-1:111122223333:volume/w");
    cr_assert_eq(t->captured[0], INT64_MIN);
    cd_buf_finish(&scratch);
    unload(&f);
}

Test(normal, unknown_stands_where_a_value_would)
{
    struct fixture f;
    load(&f, "{\"type\":\"AWS::EC2::Instance\",\"id\":\"i\"," PLACE
             ",\"tags\":{\"a\":{\"Cordon::Unknown\":\"x\"}},\"properties\":{"
             "\"SecurityGroupIds\":[\"sg-1\",{\"Cordon::Unknown\":\"more\"},\"sg-2\"],"
             "\"ImageId\":{\"Cordon::Unknown\":\"later\"}}}\n"
             "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE
             ",\"tags\":{\"Cordon::Unknown\":\"t\"},\"properties\":{\"Cordon::Unknown\":\"p\"}}\n");
    EXPECT_STR(property(&f, "AWS::EC2::Instance", "i", "ImageId"),
               "{\"Cordon::Unknown\":\"later\"}");
    EXPECT_STR(property(&f, "AWS::EC2::Instance", "i", "SecurityGroupIds"),
               "[\"sg-1\",\"sg-2\",{\"Cordon::Unknown\":\"more\"}]");
    EXPECT_STR(property(&f, "AWS::EC2::Instance", "i", "KeyName"), "null");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Size"), "{\"Cordon::Unknown\":\"p\"}");
    const struct cd_table *t = table_of(&f, "AWS::EC2::Volume");
    cr_assert_eq(cd_node_state(t->tags, 0), CD_UNKNOWN);
    t = table_of(&f, "AWS::EC2::Instance");
    cr_assert_eq(cd_node_state(t->tags->child[0], 0), CD_UNKNOWN);
    unload(&f);
}

Test(normal, names_are_cloudformations_to_the_letter)
{
    struct fixture f;
    load(&f, "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE
             ",\"properties\":{\"encrypted\":true,\"Size\":\"8\"}}\n");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Encrypted"), "null");
    EXPECT_STR(property(&f, "AWS::EC2::Volume", "v", "Size"), "null"); /* a string is no number */
    cr_assert_eq(f.s.n_problems, 1);
    unload(&f);
}

Test(normal, complete_is_what_the_header_lists)
{
    struct fixture f;
    load(&f, HEADER "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE ",\"properties\":{}}\n");
    cr_assert(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    cr_assert(cd_snapshot_is_complete(&f.s, CD_STR("AWS::IAM::Role")));
    cr_assert_not(cd_snapshot_is_complete(&f.s, CD_STR("AWS::S3::Bucket")));
    EXPECT_STR(f.s.sources[0].format, "cordon");
    unload(&f);
    load(&f, "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE ",\"properties\":{}}\n");
    cr_assert_not(cd_snapshot_is_complete(&f.s, CD_STR("AWS::EC2::Volume")));
    unload(&f);
}

Test(normal, what_could_not_be_read_is_not_complete_in_what_is_written)
{
    struct fixture f;
    load(&f, HEADER "{\"type\":\"AWS::EC2::Volume\",\"id\":7," PLACE ",\"properties\":{}}\n");
    cr_assert_eq(f.s.sources[0].problems, 1);
    write(&f);
    cd_buf_putc(&f.out, '\0');
    cr_assert_null(strstr(f.out.p, "AWS::EC2::Volume"));
    cr_assert_not_null(strstr(f.out.p, "AWS::IAM::*"));
    unload(&f);
}

Test(normal, types_that_nobody_knows_are_passed_on)
{
    static const char *const text = "{\"cordon\":1,\"complete\":[],\"sources\":[]}\n"
                                    "{\"type\":\"Odd::A::B\",\"id\":\"q\",\"account\":\"1\","
                                    "\"properties\":{\"Z\":[1,null,{\"a\":"
                                    "{\"Cordon::Unknown\":\"w\"}}]}}\n";
    struct fixture f, g;
    load(&f, text);
    write(&f);
    cd_buf_putc(&f.out, '\0');
    cr_assert_not_null(
        strstr(f.out.p, "\"properties\":{\"Z\":[1,null,{\"a\":{\"Cordon::Unknown\":\"w\"}}]}"));
    f.out.n--;
    load(&g, f.out.p);
    write(&g);
    EXPECT_STR(cd_buf_view(&g.out), f.out.p);
    unload(&g);
    unload(&f);
}

Test(normal, derived_rows_stay_derived)
{
    struct fixture f;
    static const char *const text =
        "{\"cordon\":1,\"complete\":[],\"sources\":[{\"file\":\"b.json\"}]}\n"
        "{\"type\":\"AWS::S3::BucketPolicy\",\"id\":\"b\",\"account\":\"1\",\"region\":\"eu-west-"
        "1\","
        "\"properties\":{\"PolicyDocument\":{\"Statement\":[{\"Action\":[\"s3:*\"]}]}},"
        "\"origin\":{\"file\":\"b.json\",\"item\":3,\"derived\":true}}\n";
    load(&f, text);
    cr_assert_eq(f.s.sources[0].derived, 1);
    cr_assert_eq(f.s.sources[0].items, 0);
    cr_assert_eq(f.s.sources[0].resources, 0);
    unload(&f);
    expect_written(text, text);
}

Test(normal, bad_lines_are_problems)
{
    struct fixture f;
    load(&f, HEADER "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\"," PLACE ",\"properties\":5}\n"
                    "{\"type\":\"AWS::EC2::Volume\",\"properties\":{}}\n"
                    "{\"type\":7,\"properties\":{}}\n"
                    "{\"type\":\"AWS::EC2::Volume\",\"id\":\"w\"," PLACE ",\"captured\":\"x\","
                    "\"properties\":{}}\n");
    const struct cd_source_info *info = &f.s.sources[0];
    cr_assert_eq(info->items, 4);
    cr_assert_eq(info->problems, 3);
    cr_assert_eq(info->resources, 1);
    cr_assert_eq(f.s.n_problems, 4); /* the last is of a resource that counts */
    unload(&f);
}

Test(normal, paths_are_those_of_the_form)
{
    struct fixture f;
    load(&f,
         "{\"type\":\"AWS::S3::Bucket\",\"id\":\"b\"," PLACE
         ",\"properties\":{\"ReplicationConfiguration\":{\"Rules\":[{\"Status\":\"Enabled\"}]}}}");
    const struct cd_path_step steps[] = {
        {CD_STR_INIT("ReplicationConfiguration"), CD_NONE, false},
        {CD_STR_INIT("Rules"), CD_NONE, false},
        {CD_STR_INIT(""), 0, false},
        {CD_STR_INIT("Status"), CD_NONE, false},
    };
    cd_ingest_source_path(&f.s, 0, 0, false, steps, 4, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "properties.ReplicationConfiguration.Rules[0].Status");
    const struct cd_path_step region = {CD_STR_INIT("region"), CD_NONE, false};
    cd_buf_clear(&f.out);
    cd_ingest_source_path(&f.s, 0, 0, true, &region, 1, &f.out);
    EXPECT_STR(cd_buf_view(&f.out), "region");
    unload(&f);
}
