/* Patterns of ARNs and texts. Expected answers are those of the IAM User Guide, «IAM JSON policy
 * elements: Resource», «Condition operators», «IAM identifiers» and «Variables and tags», or follow
 * from what a star and a question mark stand for. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/iam/policy.h"

/* ---- texts ---- */

static bool
matches(const char *pattern, const char *text, unsigned holds)
{
    struct cd_arena a;
    struct cd_glob g;
    cd_arena_init(&a);
    cr_assert_eq(cd_glob_compile(&a, cd_str_of(pattern), holds, &g), CORDON_OK);
    bool match = cd_glob_match(&g, cd_str_of(text), NULL, NULL) == CD_YES;
    cd_arena_finish(&a);
    return match;
}

Test(iam_arn, wildcards)
{
    static const struct {
        const char *pattern, *yes[4], *no[4];
    } rows[] = {
        {"", {""}, {"a"}},
        {"*", {"", "a", "a:b/c"}, {NULL}},
        {"?", {"a", "\xc3\xa9"}, {"", "ab"}},
        {"*?", {"a", "ab"}, {""}},
        {"?*?", {"ab", "abc"}, {"", "a"}},
        {"**", {"", "abc"}, {NULL}},
        {"*??*?", {"abc", "abcd"}, {"", "ab"}},
        {"a?c", {"abc", "a?c"}, {"ac", "abbc"}},
        {"a*c", {"ac", "abc", "abcc"}, {"acb", "bac"}},
        {"*ab*ab*", {"abab", "xabyabz"}, {"ab", "aab"}},
        {"a*b?c*d", {"abxcd", "aabbxcxd"}, {"abcd", "abxc"}},
        {"a.c", {"a.c"}, {"abc"}},
        {"[a]", {"[a]"}, {"a"}},
        {"\\*", {"\\", "\\x"}, {"*"}},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        for (size_t k = 0; k < 4; k++) {
            cr_expect(rows[i].yes[k] == NULL
                          || matches(rows[i].pattern, rows[i].yes[k], CD_GLOB_WILD),
                      "%s and %s", rows[i].pattern, rows[i].yes[k]);
            cr_expect(rows[i].no[k] == NULL
                          || !matches(rows[i].pattern, rows[i].no[k], CD_GLOB_WILD),
                      "%s and not %s", rows[i].pattern, rows[i].no[k]);
        }
    }
    cr_expect(matches("*", "*", 0));
    cr_expect_not(matches("*", "a", 0));
    cr_expect(matches("Get*OBJ?ct", "getXobject", CD_GLOB_WILD | CD_GLOB_NOCASE));
    cr_expect_not(matches("Get*OBJ?ct", "getXobject", CD_GLOB_WILD));
}

/* A pattern against a text by definition: what is left of both, character by character. */
static bool
matches_slowly(const char *p, const char *t)
{
    if (*p == '\0') {
        return *t == '\0';
    }
    if (*p == '*') {
        return matches_slowly(p + 1, t) || (*t != '\0' && matches_slowly(p, t + 1));
    }
    return *t != '\0' && (*p == '?' || *p == *t) && matches_slowly(p + 1, t + 1);
}

/* All patterns of up to five of `a b * ?` against all texts of up to five of `a b`. */
Test(iam_arn, every_short_pattern)
{
    static const char letters[] = "ab*?";
    char pattern[6], text[6];
    for (unsigned p = 0; p < 5 * 1024; p++) {
        unsigned n = p / 1024;
        for (unsigned i = 0; i < n; i++) {
            pattern[i] = letters[p >> (2 * i) & 3];
        }
        pattern[n] = '\0';
        for (unsigned t = 0; t < 6 * 32; t++) {
            unsigned m = t / 32;
            for (unsigned i = 0; i < m; i++) {
                text[i] = letters[t >> i & 1];
            }
            text[m] = '\0';
            cr_assert_eq(matches(pattern, text, CD_GLOB_WILD), matches_slowly(pattern, text),
                         "%s and %s", pattern, text);
        }
    }
}

Test(iam_arn, limits)
{
    struct cd_arena a;
    struct cd_glob g;
    char text[4096] = "*";
    cd_arena_init(&a);
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        text[i] = i == 0 ? '*' : i % 2 == 0 ? '?' : 'a';
    }
    cr_expect_eq(cd_glob_compile(&a, cd_str_of(text), CD_GLOB_WILD, &g), CORDON_ELIMIT);
    cr_expect_eq(cd_glob_compile(&a, cd_str_of(text + 1), CD_GLOB_WILD, &g), CORDON_OK);
    text[1000] = '*';
    text[2000] = '*';
    text[3000] = '*';
    cr_expect_eq(cd_glob_compile(&a, cd_str_of(text), CD_GLOB_WILD, &g), CORDON_ELIMIT);
    for (size_t i = 0; i + 1 < sizeof text; i += 500) {
        text[i] = '*';
    }
    cr_expect_eq(cd_glob_compile(&a, cd_str_of(text), CD_GLOB_WILD, &g), CORDON_OK);
    cd_arena_finish(&a);
}

/* ---- resources ---- */

static bool
covers(const char *element, const char *pattern, const char *resource)
{
    struct cd_arena a;
    const struct cd_policy *policy = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_missing missing = {.n = 0};
    struct cd_access access = {.action = CD_STR("s3:GetObject"), .resource = cd_str_of(resource)};
    char text[512];
    (void)snprintf(text, sizeof text,
                   "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"%s\":\"%s\"}}", element,
                   pattern);
    cd_arena_init(&a);
    cd_access_prepare(&access);
    cr_assert_eq(cd_policy_read(&a, NULL, cd_str_of(text), &policy, &err), CORDON_OK, "%s", text);
    bool is_covered = cd_statement_applies(&policy->statements[0], &access, &missing) == CD_YES;
    cd_missing_finish(&missing);
    cd_arena_finish(&a);
    return is_covered;
}

#define QUEUE "arn:aws:sqs:eu-west-1:111122223333:orders"
#define TEST_OBJECT(key) "arn:aws:s3:::amzn-s3-demo-bucket/" key

Test(iam_arn, resources)
{
    static const struct {
        const char *pattern, *resource;
        bool covers;
    } rows[] = {
        {QUEUE, QUEUE, true},
        {"*", QUEUE, true},
        {"*", "*", true},
        {QUEUE, "*", false},
        {"arn:aws:sqs:*:*:*", QUEUE, true},
        {"arn:aws:sqs:*:111122223333:*", QUEUE, true},
        {"arn:aws:sqs:eu-*:1111*:ord?rs", QUEUE, true},
        {"arn:aws:sqs:us-east-1:*:*", QUEUE, false},
        {"arn:aws:sqs:eu-west-1:111122223333:order", QUEUE, false},
        {"arn:aws:sqs:eu-west-1:111122223333:orders*", QUEUE, true},
        {"arn:aws:sqs:eu-west-1:111122223333:Orders", QUEUE, false},
        {"arn:aws:sqs:eu-west-1:111122223333:", QUEUE, false},
        {"arn:aws:s3:::*", QUEUE, false},
        {"arn:*:*:*:*:*", QUEUE, true},
        /* «specifying arn:aws:sqs is equivalent to arn:aws:sqs:*:*:*» */
        {"arn:aws:sqs", QUEUE, true},
        {"arn:aws:sqs", "arn:aws:s3:::b", false},
        {"arn:aws:sqs:eu-west-1", QUEUE, true},
        /* «The asterisk can expand to replace everything within a segment, including /»: the
         * examples of the page */
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/test/object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/2/test/object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/2/test/3/object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/2/3/test/4/object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1///test///object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("/test/object.jpg"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/test/"), true},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1-test/object.jpg"), false},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("test/object.jpg"), false},
        {TEST_OBJECT("*/test/*"), TEST_OBJECT("1/2/test.jpg"), false},
        {"arn:aws:iam::111122223333:user/division_abc*",
         "arn:aws:iam::111122223333:user/division_abc/subdivision_xyz/Jane", true},
        {"arn:aws:iam::111122223333:user/division_abc*", "arn:aws:iam::111122223333:user/John",
         false},
        /* a star in a part stays in it, and the last part may have colons */
        {"arn:aws:sqs:*:orders", QUEUE, false},
        {"arn:aws:lambda:*:*:function:f", "arn:aws:lambda:eu-west-1:1:function:f:2", false},
        {"arn:aws:lambda:*:*:function:f:*", "arn:aws:lambda:eu-west-1:1:function:f:2", true},
        {"arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b:c", true},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        cr_expect_eq(covers("Resource", rows[i].pattern, rows[i].resource), rows[i].covers,
                     "%s and %s", rows[i].pattern, rows[i].resource);
        cr_expect_eq(covers("NotResource", rows[i].pattern, rows[i].resource), !rows[i].covers,
                     "not %s and %s", rows[i].pattern, rows[i].resource);
    }
}
