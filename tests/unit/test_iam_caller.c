/* Who makes a request, and whom principals mean. Expected answers are those of the IAM User Guide,
 * «AWS JSON policy elements: Principal» and «NotPrincipal», «IAM identifiers». */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/iam/caller.h"

#define HOME "111122223333"
#define AWAY "444455556666"
#define BOB "arn:aws:iam::" HOME ":user/bob"
#define ALICE "arn:aws:iam::" HOME ":user/eng/alice"
#define WORKER "arn:aws:iam::" HOME ":role/worker"
#define TEAM_WORKER "arn:aws:iam::" HOME ":role/team/worker"
#define JOB "arn:aws:sts::" HOME ":assumed-role/worker/job"
#define FRED "arn:aws:sts::" HOME ":federated-user/fred"
#define SAML "arn:aws:iam::" HOME ":saml-provider/corp"

/* ---- callers ---- */

static struct cd_caller
caller(const char *text)
{
    struct cd_caller c;
    cr_assert(cd_caller_read(cd_str_of(text), &c), "%s", text);
    return c;
}

Test(iam_caller, kinds)
{
    static const struct {
        const char *text;
        enum cd_caller_kind kind;
        const char *account, *name;
    } rows[] = {
        {"arn:aws:iam::" HOME ":root", CD_CALLER_ROOT, HOME, ""},
        {HOME, CD_CALLER_ROOT, HOME, ""},
        {BOB, CD_CALLER_USER, HOME, "bob"},
        {ALICE, CD_CALLER_USER, HOME, "alice"},
        {WORKER, CD_CALLER_ROLE, HOME, "worker"},
        {JOB, CD_CALLER_SESSION, HOME, "worker"},
        {FRED, CD_CALLER_FEDERATED_USER, HOME, "fred"},
        {SAML, CD_CALLER_PROVIDER, HOME, "corp"},
        {"arn:aws-us-gov:iam::" HOME ":user/bob", CD_CALLER_USER, HOME, "bob"},
        {"lambda.amazonaws.com", CD_CALLER_SERVICE, "", ""},
        {"accounts.google.com", CD_CALLER_SERVICE, "", ""},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        struct cd_caller c = caller(rows[i].text);
        cr_expect_eq(c.kind, rows[i].kind, "%s", rows[i].text);
        cr_expect(cd_str_eq(c.account, cd_str_of(rows[i].account)), "%s", rows[i].text);
        cr_expect(cd_str_eq(c.name, cd_str_of(rows[i].name)), "%s", rows[i].text);
    }
}

Test(iam_caller, no_callers)
{
    static const char *const texts[] = {
        "",
        "bob",
        "*",
        "11112222333",
        "1111222233334",
        "arn:aws:iam::" HOME ":user/",
        "arn:aws:iam::" HOME ":group/g",
        "arn:aws:iam::*:user/bob",
        "arn:aws:s3:::bucket",
        "arn:aws:sts::" HOME ":assumed-role/worker",
        "arn:aws:sts::" HOME ":assumed-role/worker/",
        "*.amazonaws.com",
        "a b.com",
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(texts); i++) {
        struct cd_caller c;
        cr_expect_not(cd_caller_read(cd_str_of(texts[i]), &c), "%s", texts[i]);
    }
}

Test(iam_caller, service_linked_roles)
{
    cr_expect(
        caller("arn:aws:iam::" HOME ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
            .is_service_linked);
    cr_expect(
        caller("arn:aws:sts::" HOME ":assumed-role/AWSServiceRoleForECS/x").is_service_linked);
    cr_expect_not(caller(WORKER).is_service_linked);
}

/* ---- principals ---- */

static enum cd_meant
means(const char *element, const char *principal, const struct cd_caller *c)
{
    struct cd_arena a;
    const struct cd_policy *policy = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    char text[512];
    (void)snprintf(text, sizeof text,
                   "{\"Statement\":{\"Effect\":\"Deny\",\"%s\":%s,\"Action\":\"*\"}}", element,
                   principal);
    cd_arena_init(&a);
    cordon_status status = cd_policy_read(&a, NULL, cd_str_of(text), &policy, &err);
    cr_assert_eq(status, CORDON_OK, "%s: %s", text, err.message);
    enum cd_meant meant = cd_principals_mean(&policy->statements[0].principals, c);
    cd_arena_finish(&a);
    return meant;
}

#define AWS(arn) "{\"AWS\":\"" arn "\"}"

static const struct {
    const char *caller, *principal;
    enum cd_meant meant;
} table[] = {
    /* «all principals»: `*` alone, and as an AWS principal */
    {BOB, "\"*\"", CD_MEANT_ANYONE},
    {BOB, AWS("*"), CD_MEANT_ANYONE},
    {JOB, "{\"AWS\":[\"" AWAY "\",\"*\"]}", CD_MEANT_ANYONE},
    {"lambda.amazonaws.com", "\"*\"", CD_MEANT_ANYONE},
    /* «AWS account principals»: the number and the ARN of the root are the same */
    {BOB, AWS(HOME), CD_MEANT_ACCOUNT},
    {BOB, AWS("arn:aws:iam::" HOME ":root"), CD_MEANT_ACCOUNT},
    {WORKER, AWS(HOME), CD_MEANT_ACCOUNT},
    {JOB, AWS(HOME), CD_MEANT_ACCOUNT},
    {FRED, AWS("arn:aws:iam::" HOME ":root"), CD_MEANT_ACCOUNT},
    {BOB, AWS(AWAY), CD_MEANT_NOT},
    {BOB, AWS("arn:aws:iam::" AWAY ":root"), CD_MEANT_NOT},
    {"lambda.amazonaws.com", AWS(HOME), CD_MEANT_NOT},
    /* «IAM user principals»: the whole ARN, with its path and case */
    {BOB, AWS(BOB), CD_MEANT_SELF},
    {BOB, AWS("arn:aws:iam::" HOME ":user/Bob"), CD_MEANT_NOT},
    {ALICE, AWS(ALICE), CD_MEANT_SELF},
    {ALICE, AWS("arn:aws:iam::" HOME ":user/alice"), CD_MEANT_NOT},
    {BOB, AWS("arn:aws:iam::" AWAY ":user/bob"), CD_MEANT_NOT},
    /* «You cannot use a wildcard to match part of a principal name or ARN.» */
    {BOB, AWS("arn:aws:iam::" HOME ":user/*"), CD_MEANT_NOT},
    {BOB, AWS("arn:aws:iam::" HOME ":user/bo?"), CD_MEANT_NOT},
    {BOB, AWS("arn:aws:iam::*:user/bob"), CD_MEANT_NOT},
    {JOB, AWS("arn:aws:sts::" HOME ":assumed-role/worker/*"), CD_MEANT_NOT},
    /* «IAM role principals» and «role session principals» */
    {WORKER, AWS(WORKER), CD_MEANT_ROLE},
    {JOB, AWS(WORKER), CD_MEANT_ROLE},
    {JOB, AWS(TEAM_WORKER), CD_MEANT_ROLE},
    {JOB, AWS("arn:aws:iam::" HOME ":role/other"), CD_MEANT_NOT},
    {JOB, AWS("arn:aws:iam::" AWAY ":role/worker"), CD_MEANT_NOT},
    {JOB, AWS("arn:aws:iam::" HOME ":user/worker"), CD_MEANT_NOT},
    {JOB, AWS(JOB), CD_MEANT_SELF},
    {JOB, AWS("arn:aws:sts::" HOME ":assumed-role/worker/other"), CD_MEANT_NOT},
    {WORKER, AWS(JOB), CD_MEANT_NOT},
    /* «AWS STS federated user principals» */
    {FRED, AWS(FRED), CD_MEANT_SELF},
    {FRED, AWS("arn:aws:iam::" HOME ":user/fred"), CD_MEANT_ROLE},
    /* «AWS service principals» and «federated principals» */
    {"lambda.amazonaws.com", "{\"Service\":\"lambda.amazonaws.com\"}", CD_MEANT_SELF},
    {"lambda.amazonaws.com", "{\"Service\":[\"ec2.amazonaws.com\",\"lambda.amazonaws.com\"]}",
     CD_MEANT_SELF},
    {"lambda.amazonaws.com", "{\"Service\":\"ec2.amazonaws.com\"}", CD_MEANT_NOT},
    {"lambda.amazonaws.com", "{\"Service\":\"*.amazonaws.com\"}", CD_MEANT_NOT},
    {"lambda.amazonaws.com", AWS("lambda.amazonaws.com"), CD_MEANT_NOT},
    {BOB, "{\"Service\":\"lambda.amazonaws.com\"}", CD_MEANT_NOT},
    {SAML, "{\"Federated\":\"" SAML "\"}", CD_MEANT_SELF},
    {SAML, AWS(SAML), CD_MEANT_NOT},
    {"accounts.google.com", "{\"Federated\":\"accounts.google.com\"}", CD_MEANT_SELF},
    {BOB, "{\"CanonicalUser\":\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47\"}",
     CD_MEANT_NOT},
    /* several kinds in one element: whichever means the most */
    {BOB, "{\"Service\":\"lambda.amazonaws.com\",\"AWS\":[\"" HOME "\",\"" BOB "\"]}",
     CD_MEANT_SELF},
};

Test(iam_caller, principals)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(table); i++) {
        struct cd_caller c = caller(table[i].caller);
        cr_expect_eq(means("Principal", table[i].principal, &c), table[i].meant, "%s and %s",
                     table[i].caller, table[i].principal);
    }
}

/* «NotPrincipal»: everybody but those that are named. */
Test(iam_caller, not_principals)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(table); i++) {
        struct cd_caller c = caller(table[i].caller);
        enum cd_meant expected = table[i].meant == CD_MEANT_NOT ? CD_MEANT_ANYONE : CD_MEANT_NOT;
        cr_expect_eq(means("NotPrincipal", table[i].principal, &c), expected, "%s and not %s",
                     table[i].caller, table[i].principal);
    }
}

/* «Anonymous users (public)»: `*`, and nothing that names somebody. */
Test(iam_caller, anonymous)
{
    struct cd_caller c = {.kind = CD_CALLER_ANONYMOUS};
    cr_expect_eq(means("Principal", "\"*\"", &c), CD_MEANT_ANYONE);
    cr_expect_eq(means("Principal", AWS("*"), &c), CD_MEANT_ANYONE);
    cr_expect_eq(means("Principal", AWS(HOME), &c), CD_MEANT_NOT);
    cr_expect_eq(means("Principal", AWS(""), &c), CD_MEANT_NOT);
    cr_expect_eq(means("Principal", "{\"Service\":\"\"}", &c), CD_MEANT_NOT);
    cr_expect_eq(means("NotPrincipal", AWS(BOB), &c), CD_MEANT_ANYONE);
}
