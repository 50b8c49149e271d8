/* Members with policies are read once: the same text is the same member, and what only begins
 * alike is another one. */
#include <criterion/criterion.h>

#include "runtime/base/buf.h"
#include "runtime/iam/policy_cache.h"

static const struct cd_policy_member *
take(struct cd_policy_cache *c, enum cd_policy_kind kind, struct cd_str text, size_t *used)
{
    struct cd_cursor at = {text.p, text.p + text.n};
    const struct cd_policy_member *m = cd_policy_cache_take(c, kind, CD_STR("member"), &at);
    cr_assert_not_null(m);
    *used = (size_t)(at.p - text.p);
    return m;
}

static const struct cd_policy_member *
take_whole(struct cd_policy_cache *c, enum cd_policy_kind kind, const char *text)
{
    size_t used;
    const struct cd_policy_member *m = take(c, kind, cd_str_of(text), &used);
    cr_expect_eq(used, strlen(text), "%s", text);
    return m;
}

/* A member of more than the bytes by which members are found, that ends with LAST. */
static void
long_member(struct cd_buf *out, const char *last)
{
    cd_buf_clear(out);
    cd_buf_puts(out, "[{\"name\":\"p\",\"policy\":{\"Statement\":[");
    for (int i = 0; i < 20; i++) {
        cd_buf_puts(out, "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"},");
    }
    cd_buf_printf(out, "{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}]}}] , rest",
                  last);
}

Test(iam_policy_cache, the_same_text_is_read_once)
{
    struct cd_policy_cache *c = cd_policy_cache_new();
    struct cd_buf text = CD_BUF_INIT;
    size_t used, again;
    long_member(&text, "sqs:SendMessage");
    const struct cd_policy_member *first = take(c, CD_POLICY_IDENTITY, cd_buf_view(&text), &used);
    cr_expect_eq(first->error.n, 0, "%.*s", CD_FMT(first->error));
    cr_assert_eq(first->set.n, 1u);
    cr_expect_eq(first->set.items[0].policy->n_statements, 21u);
    cr_expect_eq(take(c, CD_POLICY_IDENTITY, cd_buf_view(&text), &again), first);
    cr_expect_eq(again, used);
    /* as another kind it is another member */
    cr_expect_neq(take(c, CD_POLICY_BOUNDARY, cd_buf_view(&text), &again), first);
    cr_expect_eq(again, used);
    cd_buf_finish(&text);
    cd_policy_cache_free(c);
}

Test(iam_policy_cache, what_begins_alike_is_another)
{
    static const char *const actions[] = {
        "sqs:SendMessage",  "sqs:ReceiveMessage", "sqs:*",
        "ec2:RunInstances", "iam:PassRole",       "s3:PutObject",
        "s3:ListBucket",    "kms:Decrypt",        "sts:AssumeRole",
        "sns:Publish",      "ecr:BatchGetImage",  "rds:DeleteDBCluster"};
    struct cd_policy_cache *c = cd_policy_cache_new();
    struct cd_buf text = CD_BUF_INIT;
    const struct cd_policy_member *members[CD_ARRAY_LEN(actions)];
    size_t used;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < CD_ARRAY_LEN(actions); i++) {
            long_member(&text, actions[i]);
            const struct cd_policy_member *m =
                take(c, CD_POLICY_IDENTITY, cd_buf_view(&text), &used);
            members[i] = round == 0 ? m : members[i];
            cr_expect_eq(m, members[i]);
            cr_expect_eq(used, text.n - strlen(" , rest"));
            const struct cd_policy *policy = m->set.items[0].policy;
            struct cd_access access = {.action = cd_str_of(actions[i]), .resource = CD_STR("*")};
            cd_access_prepare(&access);
            cr_expect(cd_actions_match(&policy->statements[20].actions, &access));
        }
    }
    cd_buf_finish(&text);
    cd_policy_cache_free(c);
}

Test(iam_policy_cache, levels_nulls_and_errors)
{
    struct cd_policy_cache *c = cd_policy_cache_new();
    const struct cd_policy_member *m =
        take_whole(c, CD_POLICY_SCP,
                   "[{\"orgIdentifier\":\"r\",\"policies\":[]},{\"policies\":[{\"policy\":"
                   "{\"Statement\":[]}}],\"orgIdentifier\":\"a\\u0062\"}]");
    cr_expect_eq(m->error.n, 0, "%.*s", CD_FMT(m->error));
    cr_assert_eq(m->levels.n, 2u);
    cr_expect_eq(m->levels.items[0].policies.n, 0u);
    cr_expect(cd_str_eq(m->levels.items[1].name, CD_STR("ab")));
    cr_expect_eq(take_whole(c, CD_POLICY_SCP, "null")->levels.n, 0u);
    cr_expect_eq(take_whole(c, CD_POLICY_IDENTITY, "[]")->set.n, 0u);
    static const char *const wrong[] = {"5",
                                        "[5]",
                                        "[{}]",
                                        "{}",
                                        "[{\"policy\":{}}]",
                                        "\"x\"",
                                        "[{\"policy\":{\"Statement\":[]}} {}]"};
    for (size_t i = 0; i < CD_ARRAY_LEN(wrong); i++) {
        m = take_whole(c, CD_POLICY_IDENTITY, wrong[i]);
        cr_expect(cd_str_starts(m->error, CD_STR("member")), "%s: %.*s", wrong[i],
                  CD_FMT(m->error));
        cr_expect_eq(take_whole(c, CD_POLICY_IDENTITY, wrong[i])->error.n, m->error.n);
    }
    cd_policy_cache_free(c);
}
