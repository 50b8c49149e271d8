/* The check of what is emitted asks whole documents: what a document has to allow, whom it means
 * and what its kind may not hold are changed in one place each, and each change has to be found. */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/cli/emit_check.h"
#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"

static struct emission {
    struct cd_frontend front;
    struct cd_param_texts params;
    struct cd_const_env env;
    struct cd_loaded program;
    struct cd_emission emission;
    struct cd_documents documents;
} e;
static struct cordon_error err;

static cordon_status
emit(void *ctx)
{
    static const struct cd_scope scopes[] = {
        {.kind = CD_SCOPE_BUCKET, .bucket = {CD_STR_INIT("aws"), CD_STR_INIT("acme")}},
        {.kind = CD_SCOPE_KEY,
         .key = {.partition = CD_STR_INIT("aws"), .account = CD_STR_INIT("111122223333")}}};
    enum cd_target target = *(const enum cd_target *)ctx;
    bool is_key = target == CD_TARGET_KEY_POLICY;
    const struct cd_emit_asked asked = {.items = &scopes[is_key],
                                        .n = is_key || target == CD_TARGET_BUCKET_POLICY};
    e.emission =
        (struct cd_emission){.arena = &e.front.arena, .target = target, .diags = &e.front.diags};
    cd_emit_statements(&e.emission, &e.front.sema, &e.env);
    return cd_emit_documents(&e.emission, &asked, &e.documents, &err);
}

static void
setup(void)
{
    static const char *const policies[] = {"tests/unit/emit_targets.cordon"};
    cd_frontend_init(&e.front);
    cr_assert_eq(cd_cli_compile_bound(&e.front, policies, 1, &e.params, &e.env, &e.program, &err),
                 CORDON_OK, "%s", err.message);
}

static void
teardown(void)
{
    cd_loaded_finish(&e.program);
    cd_frontend_finish(&e.front);
}

TestSuite(emit_targets, .init = setup, .fini = teardown);

static cordon_status
check(void *ctx)
{
    const struct cd_emit_checked checked = {.sema = &e.front.sema,
                                            .program = &e.program,
                                            .params = &e.params,
                                            .env = &e.env,
                                            .emission = &e.emission,
                                            .documents = ctx};
    return cd_cli_check_emission(&checked, &e.front.arena, &err);
}

/* The one document with FROM, where it stands first, replaced by TO. */
static cordon_status
check_with(const char *from, const char *to)
{
    struct cd_emitted_document changed = e.documents.items[0];
    struct cd_documents documents = {.items = &changed, .n = 1};
    struct cd_buf b = CD_BUF_INIT;
    const char *text = cd_arena_str(&e.front.arena, changed.bytes).p, *at = strstr(text, from);
    cr_assert_not_null(at, "%s is not in %s", from, text);
    cd_buf_printf(&b, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    changed.bytes = cd_buf_view(&b);
    cordon_status status = cd_frontend_guard(&e.front, check, &documents, &err);
    cd_buf_finish(&b);
    return status;
}

static void
emit_for(enum cd_target target)
{
    cr_assert_eq(cd_frontend_guard(&e.front, emit, &target, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(e.documents.n, 1);
    cr_assert_eq(check_with("", ""), CORDON_OK, "%s", err.message);
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
