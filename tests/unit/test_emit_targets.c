/* The check of what is emitted asks whole documents: what a document has to allow, whom it means
 * and what its kind may not hold are changed in one place each, and each change has to be found. */
#include <string.h>

#include "emit_fixture.h"

static struct emission e;

static void
setup(void)
{
    fx_begin(&e, "tests/unit/emit_targets.cordon");
}

static void
teardown(void)
{
    fx_end(&e);
}

TestSuite(emit_targets, .init = setup, .fini = teardown);

/* The check of the one document with FROM, where it stands first, replaced by TO. */
static cordon_status
check_with(const char *from, const char *to)
{
    struct cd_buf b = CD_BUF_INIT;
    const char *text = e.documents.items[0].bytes.p, *at = strstr(text, from);
    cr_assert_not_null(at, "%s is not in %s", from, text);
    cd_buf_printf(&b, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    cordon_status status = fx_check(&e, 0, cd_buf_view(&b));
    cd_buf_finish(&b);
    return status;
}

static void
emit_for(enum cd_target target)
{
    static const struct cd_scope scopes[] = {
        {.kind = CD_SCOPE_BUCKET, .bucket = {CD_STR_INIT("aws"), CD_STR_INIT("acme")}},
        {.kind = CD_SCOPE_KEY,
         .key = {.partition = CD_STR_INIT("aws"), .account = CD_STR_INIT("111122223333")}}};
    bool is_key = target == CD_TARGET_KEY_POLICY;
    const struct cd_emit_asked asked = {.items = &scopes[is_key],
                                        .n = is_key || target == CD_TARGET_BUCKET_POLICY};
    fx_emit((struct fx_call){.e = &e, .target = target, .asked = asked});
    cr_assert_eq(e.documents.n, 1);
    cr_assert_eq(check_with("", ""), CORDON_OK, "%s", e.err.message);
}

static void
expect_caught(const char *from, const char *to)
{
    cr_expect_eq(check_with(from, to), CORDON_EDEFECT, "not caught: %s for %s", to, from);
}

Test(emit_targets, an_endpoint_lets_the_rest_through)
{
    emit_for(CD_TARGET_ENDPOINT_POLICY);
    expect_caught("\"Effect\":\"Allow\"", "\"Effect\":\"Deny\"");
    expect_caught("\"Action\":\"*\"", "\"Action\":\"s3:*\"");
    expect_caught("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::acme/*\"");
    expect_caught("\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"123412341234\"}");
    expect_caught("\"Principal\":\"*\",", "");
    expect_caught("\"Deny\",\"Principal\":\"*\"", "\"Deny\",\"Principal\":{\"AWS\":\"*\"}x");
    expect_caught("\"Deny\",\"Principal\":\"*\"",
                  "\"Deny\",\"Principal\":{\"AWS\":\"444455556666\"}");
}

Test(emit_targets, a_boundary_leaves_the_rest)
{
    emit_for(CD_TARGET_BOUNDARY);
    expect_caught("\"Effect\":\"Allow\"", "\"Effect\":\"Deny\"");
    expect_caught("\"Action\":\"*\"", "\"Action\":\"kms:*\"");
    expect_caught("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::acme/*\"");
    expect_caught("\"Action\":\"*\"", "\"NotAction\":\"s3:PutObject\"");
    expect_caught("\"Effect\":\"Deny\"", "\"Effect\":\"Deny\",\"Principal\":\"*\"");
}

Test(emit_targets, a_key_leaves_its_account_in_control)
{
    emit_for(CD_TARGET_KEY_POLICY);
    expect_caught("\"Effect\":\"Allow\"", "\"Effect\":\"Deny\"");
    expect_caught("111122223333:root", "999988887777:root");
    expect_caught("\"Action\":\"kms:*\"", "\"Action\":\"kms:Decrypt\"");
    expect_caught("\"Deny\",\"Principal\":\"*\"",
                  "\"Deny\",\"Principal\":{\"AWS\":\"111122223333\"}");
    expect_caught("\"Principal\":\"*\",", "");
}

Test(emit_targets, a_resource_control_policy_denies_everybody)
{
    emit_for(CD_TARGET_RCP);
    expect_caught("\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"444455556666\"}");
    expect_caught("\"Principal\":\"*\",", "");
    expect_caught("[\"kms:Decrypt\",\"s3:GetObject\"]", "\"*\"");
    expect_caught("\"Action\":[\"kms:Decrypt\",\"s3:GetObject\"]", "\"NotAction\":\"ec2:*\"");
    expect_caught("\"Effect\":\"Deny\"", "\"Effect\":\"Allow\"");
    expect_caught("\"s3:GetObject\"", "\"s3:GetObjectAcl\"");
}

Test(emit_targets, a_bucket_policy_denies_everybody)
{
    emit_for(CD_TARGET_BUCKET_POLICY);
    expect_caught("\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"444455556666\"}");
    expect_caught("\"Principal\":\"*\",", "");
    expect_caught("arn:aws:s3:::acme/*", "arn:aws:s3:::acme/a*");
}

Test(emit_targets, a_service_control_policy_names_nobody)
{
    emit_for(CD_TARGET_SCP);
    expect_caught("\"Effect\":\"Deny\"", "\"Effect\":\"Deny\",\"Principal\":\"*\"");
    expect_caught("\"Effect\":\"Deny\"", "\"Effect\":\"Allow\"");
}
