/* Policy documents and the statements that apply to a request. Expected answers are those of the
 * IAM User Guide's pages on condition operators, variables, resources and multivalued keys. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/base/buf.h"
#include "runtime/iam/policy.h"

#define MAX_KEYS 8

struct setting {
    struct cd_arena a;
    struct cd_access access;
    struct cd_access_key keys[MAX_KEYS];
    struct cd_str values[MAX_KEYS];
    struct cd_missing missing;
};

static void
begin(struct setting *s, const char *action, const char *resource)
{
    *s = (struct setting){.access = {.action = cd_str_of(action), .resource = cd_str_of(resource)}};
    cd_arena_init(&s->a);
    s->access.keys = s->keys;
}

static void
end(struct setting *s)
{
    cd_missing_finish(&s->missing);
    cd_arena_finish(&s->a);
}

static void
give(struct setting *s, const char *key, const char *value)
{
    uint32_t i = s->access.n_keys++;
    s->values[i] = cd_str_of(value);
    s->keys[i] =
        (struct cd_access_key){.name = cd_str_of(key), .values = &s->values[i], .n_values = 1};
}

static const struct cd_policy *
compiled(struct setting *s, const char *text)
{
    const struct cd_policy *policy = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status = cd_policy_read(&s->a, NULL, cd_str_of(text), &policy, &err);
    cr_assert_eq(status, CORDON_OK, "%s: %s", text, err.message);
    return policy;
}

/* The answer for the first statement. */
static enum cd_truth
applies(struct setting *s, const char *text)
{
    cd_access_prepare(&s->access);
    return cd_statement_applies(&compiled(s, text)->statements[0], &s->access, &s->missing);
}

static enum cd_truth
condition(struct setting *s, const char *version, const char *block)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "{\"Version\":\"%s\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\","
                   "\"Resource\":\"*\",\"Condition\":%s}}",
                   version, block);
    return applies(s, text);
}

/* One key with one value (NULL: absent) under one condition. */
static enum cd_truth
ask(const char *block, const char *key, const char *value)
{
    struct setting s;
    begin(&s, "s3:GetObject", "arn:aws:s3:::b/k");
    if (value != NULL) {
        give(&s, key, value);
    }
    enum cd_truth t = condition(&s, "2012-10-17", block);
    end(&s);
    return t;
}

#define HOLDS(block, key, value) cr_expect_eq(ask(block, key, value), CD_YES, "%s", block)
#define FAILS(block, key, value) cr_expect_eq(ask(block, key, value), CD_NO, "%s", block)

Test(iam_policy, strings)
{
    HOLDS("{\"StringEquals\":{\"aws:username\":[\"a\",\"b\"]}}", "aws:username", "b");
    HOLDS("{\"stringequals\":{\"AWS:UserName\":\"b\"}}", "aws:username", "b");
    FAILS("{\"StringEquals\":{\"aws:username\":\"B\"}}", "aws:username", "b");
    HOLDS("{\"StringEqualsIgnoreCase\":{\"aws:username\":\"B\"}}", "aws:username", "b");
    FAILS("{\"StringNotEqualsIgnoreCase\":{\"aws:username\":\"B\"}}", "aws:username", "b");
    FAILS("{\"StringNotEquals\":{\"aws:username\":[\"a\",\"b\"]}}", "aws:username", "b");
    HOLDS("{\"StringNotEquals\":{\"aws:username\":[\"a\",\"b\"]}}", "aws:username", "c");
    FAILS("{\"StringEquals\":{\"aws:username\":\"a*\"}}", "aws:username", "abc");
    HOLDS("{\"StringLike\":{\"aws:username\":\"a*\"}}", "aws:username", "abc");
    HOLDS("{\"StringLike\":{\"aws:username\":\"a*c\"}}", "aws:username", "a\nc");
    HOLDS("{\"StringLike\":{\"aws:username\":\"*b*b*\"}}", "aws:username", "abcb");
    FAILS("{\"StringLike\":{\"aws:username\":\"*b*b*b\"}}", "aws:username", "abcb");
    HOLDS("{\"StringLike\":{\"aws:username\":\"a?c\"}}", "aws:username",
          "a\xc3\xa9"
          "c");
    FAILS("{\"StringLike\":{\"aws:username\":\"a?c\"}}", "aws:username", "ac");
    FAILS("{\"StringLike\":{\"aws:username\":\"a.c\"}}", "aws:username", "abc");
    HOLDS("{\"StringNotLike\":{\"aws:username\":[\"x*\",\"y*\"]}}", "aws:username", "abc");
    HOLDS("{\"StringEquals\":{\"aws:x\":123456789012}}", "aws:x", "123456789012");
    HOLDS("{\"StringLike\":{\"aws:x\":\"*\"}}", "aws:x", "");
}

/* «If the key that you specify in a policy condition is not present in the request context, the
 * values do not match and the condition is false. If the policy condition requires that the key is
 * not matched, … the condition is true.» */
Test(iam_policy, absent_keys)
{
    FAILS("{\"StringEquals\":{\"k:k\":\"a\"}}", "k:k", NULL);
    HOLDS("{\"StringNotEquals\":{\"k:k\":\"a\"}}", "k:k", NULL);
    HOLDS("{\"StringEqualsIfExists\":{\"k:k\":\"a\"}}", "k:k", NULL);
    HOLDS("{\"StringNotEqualsIfExists\":{\"k:k\":\"a\"}}", "k:k", NULL);
    FAILS("{\"StringEqualsIfExists\":{\"k:k\":\"a\"}}", "k:k", "b");
    FAILS("{\"NumericLessThan\":{\"k:k\":\"1\"}}", "k:k", NULL);
    HOLDS("{\"NotIpAddress\":{\"k:k\":\"10.0.0.0/8\"}}", "k:k", NULL);
    HOLDS("{\"ArnNotLike\":{\"k:k\":\"arn:aws:iam::*:role/a\"}}", "k:k", NULL);
    FAILS("{\"Bool\":{\"k:k\":\"false\"}}", "k:k", NULL);
    HOLDS("{\"BoolIfExists\":{\"k:k\":\"false\"}}", "k:k", NULL);
    HOLDS("{\"Null\":{\"k:k\":\"true\"}}", "k:k", NULL);
    FAILS("{\"Null\":{\"k:k\":\"true\"}}", "k:k", "a");
    FAILS("{\"Null\":{\"k:k\":false}}", "k:k", NULL);
    HOLDS("{\"Null\":{\"k:k\":[\"true\",\"false\"]}}", "k:k", NULL);
    FAILS("{\"ForAnyValue:StringNotEquals\":{\"k:k\":\"a\"}}", "k:k", NULL);
    HOLDS("{\"ForAllValues:StringEquals\":{\"k:k\":\"a\"}}", "k:k", NULL);
    FAILS("{\"StringEquals\":{\"k:k\":[]}}", "k:k", "a");
    HOLDS("{\"StringNotEquals\":{\"k:k\":[]}}", "k:k", "a");
}

Test(iam_policy, numbers_dates_truth_values)
{
    HOLDS("{\"NumericEquals\":{\"k:k\":\"5.0\"}}", "k:k", "5");
    HOLDS("{\"NumericLessThanEquals\":{\"k:k\":[\"5\",\"10\"]}}", "k:k", "10");
    FAILS("{\"NumericGreaterThan\":{\"k:k\":10}}", "k:k", "10");
    HOLDS("{\"NumericGreaterThanEquals\":{\"k:k\":10}}", "k:k", "10");
    FAILS("{\"NumericEquals\":{\"k:k\":10}}", "k:k", "ten");
    HOLDS("{\"DateEquals\":{\"k:k\":\"2026-01-01T01:00:00+01:00\"}}", "k:k",
          "2026-01-01T00:00:00Z");
    HOLDS("{\"DateEquals\":{\"k:k\":\"1767225600\"}}", "k:k", "2026-01-01T00:00:00Z");
    HOLDS("{\"DateLessThan\":{\"k:k\":\"2026-01-01\"}}", "k:k", "1767225599");
    FAILS("{\"DateGreaterThan\":{\"k:k\":\"2026-01-01\"}}", "k:k", "2026-01-01T00:00:00Z");
    FAILS("{\"DateGreaterThan\":{\"k:k\":\"2026-01-01\"}}", "k:k",
          "99999999999999999999999999999999");
    HOLDS("{\"Bool\":{\"k:k\":\"TRUE\"}}", "k:k", "true");
    HOLDS("{\"Bool\":{\"k:k\":true}}", "k:k", "true");
    HOLDS("{\"Bool\":{\"k:k\":[\"true\",\"false\"]}}", "k:k", "false");
    HOLDS("{\"BinaryEquals\":{\"k:k\":\"QmluYXJ5\"}}", "k:k", "QmluYXJ5");
}

Test(iam_policy, addresses)
{
    HOLDS("{\"IpAddress\":{\"k:k\":\"203.0.113.0/24\"}}", "k:k", "203.0.113.7");
    FAILS("{\"IpAddress\":{\"k:k\":\"203.0.113.0/24\"}}", "k:k", "203.0.114.7");
    HOLDS("{\"IpAddress\":{\"k:k\":[\"10.0.0.1\",\"2001:db8:1234:5678::/64\"]}}", "k:k",
          "2001:DB8:1234:5678:0::1");
    HOLDS("{\"NotIpAddress\":{\"k:k\":\"2001:db8::/32\"}}", "k:k", "10.0.0.1");
    FAILS("{\"NotIpAddress\":{\"k:k\":[\"10.0.0.0/8\",\"192.0.2.0/24\"]}}", "k:k", "192.0.2.1");
}

/* «Each of the six colon-delimited components of the ARN is checked separately.» */
Test(iam_policy, arns)
{
    static const char user[] = "arn:aws:iam::111122223333:user/a/b";
    HOLDS("{\"ArnLike\":{\"k:k\":\"arn:aws:iam::*:user/*\"}}", "k:k", user);
    HOLDS("{\"ArnEquals\":{\"k:k\":\"arn:*:iam::11112222333?:user/*\"}}", "k:k", user);
    FAILS("{\"ArnLike\":{\"k:k\":\"arn:aws:*:user/*\"}}", "k:k", user);
    FAILS("{\"ArnLike\":{\"k:k\":\"arn:aws:IAM::*:user/*\"}}", "k:k", user);
    HOLDS("{\"ArnNotLike\":{\"k:k\":\"arn:aws:iam::*:role/*\"}}", "k:k", user);
    HOLDS("{\"ArnLike\":{\"k:k\":\"arn:aws:logs:*:*:log-group:*\"}}", "k:k",
          "arn:aws:logs:eu-west-1:111122223333:log-group:a:b");
    FAILS("{\"ArnLike\":{\"k:k\":\"arn:aws:iam::*:user/*\"}}", "k:k", "a");
}

/* What AWS makes of them is not documented. */
Test(iam_policy, values_that_an_operator_cannot_read)
{
    cr_expect_eq(ask("{\"NumericEquals\":{\"k:k\":[\"1\",\"x\"]}}", "k:k", "2"), CD_MAYBE);
    HOLDS("{\"NumericEquals\":{\"k:k\":[\"x\",\"1\"]}}", "k:k", "1");
    FAILS("{\"NumericEquals\":{\"k:k\":\"x\"}}", "k:k", NULL);
    cr_expect_eq(ask("{\"NotIpAddress\":{\"k:k\":\"x\"}}", "k:k", "10.0.0.1"), CD_MAYBE);
    cr_expect_eq(ask("{\"Bool\":{\"k:k\":\"yes\"}}", "k:k", "true"), CD_MAYBE);
    cr_expect_eq(ask("{\"Null\":{\"k:k\":\"yes\"}}", "k:k", NULL), CD_MAYBE);
    cr_expect_eq(ask("{\"Null\":{\"k:k\":[\"yes\",\"true\"]}}", "k:k", "a"), CD_MAYBE);
    cr_expect_eq(ask("{\"DateLessThan\":{\"k:k\":\"soon\"}}", "k:k", "2026-01-01"), CD_MAYBE);
}

static enum cd_truth
ask_set(const char *block, size_t n, struct cd_str *values)
{
    struct setting s;
    begin(&s, "s3:GetObject", "arn:aws:s3:::b/k");
    s.keys[0] = (struct cd_access_key){
        .name = CD_STR("aws:TagKeys"), .values = values, .n_values = (uint32_t)n, .is_list = true};
    s.access.n_keys = 1;
    enum cd_truth t = condition(&s, "2012-10-17", block);
    end(&s);
    return t;
}

Test(iam_policy, set_operators)
{
    struct cd_str ab[] = {CD_STR_INIT("a"), CD_STR_INIT("b")};
    static const struct {
        const char *block;
        enum cd_truth none, a, both;
    } rows[] = {
        {"{\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"a\"}}", CD_YES, CD_YES, CD_NO},
        {"{\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"a\",\"b\"]}}", CD_YES, CD_YES, CD_YES},
        {"{\"ForAnyValue:StringEquals\":{\"aws:TagKeys\":\"b\"}}", CD_NO, CD_NO, CD_YES},
        {"{\"ForAnyValue:StringNotEquals\":{\"aws:TagKeys\":\"a\"}}", CD_NO, CD_NO, CD_YES},
        {"{\"ForAllValues:StringNotEquals\":{\"aws:TagKeys\":\"b\"}}", CD_YES, CD_YES, CD_NO},
        {"{\"forallvalues:stringlike\":{\"aws:TagKeys\":\"?\"}}", CD_YES, CD_YES, CD_YES},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        cr_expect_eq(ask_set(rows[i].block, 0, ab), rows[i].none, "%s, none", rows[i].block);
        cr_expect_eq(ask_set(rows[i].block, 1, ab), rows[i].a, "%s, a", rows[i].block);
        cr_expect_eq(ask_set(rows[i].block, 2, ab), rows[i].both, "%s, both", rows[i].block);
    }
}

/* «Specifying default values», «Policy variables with no value»: equal or like nothing, so that a
 * negated operator holds. */
Test(iam_policy, variables)
{
    static const char equals[] = "{\"StringEquals\":{\"aws:userid\":\"${aws:username}\"}}";
    struct setting s;
    begin(&s, "s3:GetObject", "arn:aws:s3:::b/k");
    give(&s, "aws:userid", "a*");
    FAILS(equals, "aws:userid", "a*");
    HOLDS("{\"StringNotEquals\":{\"aws:userid\":\"${aws:username}\"}}", "aws:userid", "a*");
    HOLDS("{\"StringEquals\":{\"aws:userid\":\"${aws:username, 'a*'}\"}}", "aws:userid", "a*");
    HOLDS("{\"StringEquals\":{\"aws:userid\":\"${ aws:username , 'it''s}' }\"}}", "aws:userid",
          "it's}");
    FAILS("{\"StringLike\":{\"aws:userid\":\"${aws:username, 'a*'}\"}}", "aws:userid", "ab");
    HOLDS("{\"StringLike\":{\"aws:userid\":\"${*}${?}${$}*\"}}", "aws:userid", "*?$x");
    FAILS("{\"StringLike\":{\"aws:userid\":\"${*}\"}}", "aws:userid", "x");
    HOLDS("{\"StringEquals\":{\"aws:userid\":\"${x\"}}", "aws:userid", "${x");
    give(&s, "aws:username", "a*");
    cr_expect_eq(condition(&s, "2012-10-17", equals), CD_YES);
    cr_expect_eq(condition(&s, "2008-10-17", equals), CD_NO);
    s.values[0] = CD_STR("ab");
    cr_expect_eq(
        condition(&s, "2012-10-17", "{\"StringLike\":{\"aws:userid\":\"${aws:username}\"}}"), CD_NO,
        "what a variable stands for is no wildcard");
    end(&s);
}

/* ---- actions and resources ---- */

static enum cd_truth
ask_statement(const char *elements, const char *action, const char *resource)
{
    char text[1024];
    struct setting s;
    begin(&s, action, resource);
    give(&s, "aws:username", "k");
    (void)snprintf(text, sizeof text,
                   "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",%s}]}",
                   elements);
    enum cd_truth t = applies(&s, text);
    end(&s);
    return t;
}

static void
expect_action(const char *actions, const char *action, bool matches)
{
    char elements[256];
    (void)snprintf(elements, sizeof elements, "%s,\"Resource\":\"*\"", actions);
    cr_expect_eq(ask_statement(elements, action, "*"), cd_truth_of(matches), "%s %s", actions,
                 action);
}

Test(iam_policy, actions)
{
    expect_action("\"Action\":\"s3:GetObject\"", "s3:GetObject", true);
    expect_action("\"Action\":\"S3:getobject\"", "s3:GetObject", true);
    expect_action("\"Action\":[\"ec2:*\",\"s3:Get*\"]", "s3:GetObject", true);
    expect_action("\"Action\":[\"ec2:*\",\"s3:Get*\"]", "ec2:RunInstances", true);
    expect_action("\"Action\":[\"ec2:*\",\"s3:Get*\"]", "s3:PutObject", false);
    expect_action("\"Action\":\"s3:G?tObject\"", "s3:GetObject", true);
    expect_action("\"Action\":\"s3:*Object\"", "s3:GetObjectAcl", false);
    expect_action("\"Action\":\"*\"", "s3:GetObject", true);
    expect_action("\"NotAction\":[\"s3:*\",\"iam:*\"]", "s3:GetObject", false);
    expect_action("\"NotAction\":[\"s3:*\",\"iam:*\"]", "ec2:RunInstances", true);
    expect_action("\"Action\":\"s3:NewThing*\"", "s3:NewThingOfTomorrow", true);
    expect_action("\"NotAction\":\"newservice:Do*\"", "newservice:doThis", false);
}

static void
expect_resource(const char *pattern, const char *resource, bool matches)
{
    char elements[256];
    (void)snprintf(elements, sizeof elements, "\"Action\":\"*\",\"Resource\":%s", pattern);
    cr_expect_eq(ask_statement(elements, "s3:GetObject", resource), cd_truth_of(matches), "%s %s",
                 pattern, resource);
    (void)snprintf(elements, sizeof elements, "\"Action\":\"*\",\"NotResource\":%s", pattern);
    cr_expect_eq(ask_statement(elements, "s3:GetObject", resource), cd_truth_of(!matches),
                 "not %s %s", pattern, resource);
}

Test(iam_policy, resources)
{
    static const char object[] = "arn:aws:s3:::b/k",
                      queue[] = "arn:aws:sqs:eu-west-1:111122223333:q";
    expect_resource("\"*\"", object, true);
    expect_resource("\"*\"", "*", true);
    expect_resource("\"arn:aws:s3:::b/*\"", "*", false);
    expect_resource("\"arn:aws:s3:::b/*\"", object, true);
    expect_resource("\"arn:aws:s3:::*\"", object, true);
    expect_resource("[\"arn:aws:s3:::c\",\"arn:aws:s3:::b/k\"]", object, true);
    expect_resource("\"arn:aws:s3:::b/K\"", object, false);
    expect_resource("\"arn:aws:s3:::b*k\"", "arn:aws:s3:::b/x:y/k", true);
    expect_resource("\"arn:aws:sqs:*:111122223333:q\"", queue, true);
    expect_resource("\"arn:aws:sqs:*:q\"", queue, false);
    expect_resource("\"arn:aws:s*\"", object, true);
    expect_resource("\"arn:*\"", object, true);
    expect_resource("\"arn:aws:s3:::b/${aws:username}\"", object, true);
    expect_resource("\"arn:aws:s3:::b/${aws:userid}\"", object, false);
    expect_resource("\"arn:aws:sqs:eu-west-1:${aws:username}:q\"", "arn:aws:sqs:eu-west-1:k:q",
                    false);
}

/* ---- what is unknown ---- */

Test(iam_policy, unknown_keys_are_named)
{
    struct setting s;
    begin(&s, "s3:GetObject", "arn:aws:s3:::b/k");
    s.access.is_partial = true;
    give(&s, "aws:username", "u");
    cr_expect_eq(
        condition(&s, "2012-10-17",
                  "{\"StringEquals\":{\"aws:username\":\"u\",\"aws:PrincipalOrgID\":\"o\"},"
                  "\"Bool\":{\"aws:SecureTransport\":\"true\"}}"),
        CD_MAYBE);
    cr_assert_eq(s.missing.n, 2);
    cr_expect(cd_str_eq(s.missing.names[0], CD_STR("aws:PrincipalOrgID")));
    cr_expect(cd_str_eq(s.missing.names[1], CD_STR("aws:SecureTransport")));
    s.missing.n = 0;
    cr_expect_eq(
        condition(&s, "2012-10-17",
                  "{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o\",\"aws:username\":\"v\"}}"),
        CD_NO, "a known key decides");
    cr_expect_eq(s.missing.n, 0);
    cr_expect_eq(condition(&s, "2012-10-17", "{\"Null\":{\"k:k\":[\"true\",\"false\"]}}"), CD_YES);
    cr_expect_eq(condition(&s, "2012-10-17", "{\"StringEquals\":{\"aws:username\":\"${k:v}\"}}"),
                 CD_MAYBE);
    cr_assert_eq(s.missing.n, 1);
    cr_expect(cd_str_eq(s.missing.names[0], CD_STR("k:v")));
    cr_expect_eq(condition(&s, "2012-10-17", "{\"StringLike\":{\"aws:username\":\"x${k:v}\"}}"),
                 CD_NO, "no value of the variable can match");
    end(&s);
}

/* ---- what is no policy document ---- */

static void
expect_error(const char *text, const char *message)
{
    struct cd_arena a;
    const struct cd_policy *policy;
    struct cordon_error err = {.code = CORDON_OK};
    cd_arena_init(&a);
    cr_expect_neq(cd_policy_read(&a, NULL, cd_str_of(text), &policy, &err), CORDON_OK, "%s", text);
    cr_expect_str_eq(err.message, message);
    cd_arena_finish(&a);
}

#define STATEMENT(elements) "{\"Statement\":[{\"Effect\":\"Deny\"," elements "}]}"
#define ALL "\"Action\":\"*\",\"Resource\":\"*\""

Test(iam_policy, errors_name_the_place)
{
    expect_error("{", "not JSON");
    expect_error("[]", "a policy document is an object");
    expect_error("{}", "Statement is missing");
    expect_error("{\"Version\":\"2013-10-17\",\"Statement\":[]}",
                 "Version: there are the versions 2012-10-17 and 2008-10-17");
    expect_error("{\"statement\":[]}", "statement: policy documents have no such element");
    expect_error("{\"Statement\":[1]}", "Statement[0]: an object is expected");
    expect_error("{\"Statement\":[{\"Effect\":\"deny\"," ALL "}]}",
                 "Statement[0].Effect: Allow or Deny is expected");
    expect_error("{\"Statement\":[{" ALL "}]}", "Statement[0]: Effect is missing");
    expect_error(STATEMENT("\"Resource\":\"*\""), "Statement[0]: Action or NotAction is missing");
    expect_error(STATEMENT(ALL ",\"NotAction\":\"s3:*\""),
                 "Statement[0].NotAction: stands beside Action, and they exclude each other");
    expect_error(STATEMENT(ALL ",\"Condtion\":{}"),
                 "Statement[0].Condtion: statements have no such element");
    expect_error(STATEMENT(ALL ",\"Action\":\"*\""), "Statement[0].Action: stands here twice");
    expect_error(STATEMENT("\"Action\":[\"s3:Get*\",\"s3\"],\"Resource\":\"*\""),
                 "Statement[0].Action[1]: s3 is no action; write service:Name, or * for all");
    expect_error(STATEMENT("\"Action\":\"s*:Get\",\"Resource\":\"*\""),
                 "Statement[0].Action: s*:Get names no service: letters, digits and - stand before "
                 "the colon, no wildcard");
    expect_error(STATEMENT("\"Action\":[],\"Resource\":\"*\""),
                 "Statement[0].Action: an action is expected");
    expect_error(STATEMENT("\"Action\":\"*\",\"Resource\":\"b/k\""),
                 "Statement[0].Resource: b/k is no ARN; write an ARN, or * for all");
    expect_error(STATEMENT(ALL ",\"Condition\":{\"StringIs\":{\"k:k\":\"a\"}}"),
                 "Statement[0].Condition.StringIs: there is no such condition operator");
    expect_error(
        STATEMENT(ALL ",\"Condition\":{\"NullIfExists\":{\"k:k\":\"true\"}}"),
        "Statement[0].Condition.NullIfExists: Null takes neither IfExists nor a set operator");
    expect_error(STATEMENT(ALL ",\"Condition\":{\"StringEquals\":{\"k:k\":{}}}"),
                 "Statement[0].Condition.StringEquals.k:k: a string, a number or a truth value is "
                 "expected");
    expect_error(STATEMENT(ALL ",\"Principal\":\"a\""),
                 "Statement[0].Principal: * or an object like {\"AWS\": …} is expected");
    expect_error(STATEMENT(ALL ",\"Principal\":{\"Aws\":\"*\"}"),
                 "Statement[0].Principal.Aws: there are the kinds AWS, Service, Federated and "
                 "CanonicalUser");
}

/* Time stays within text times pattern. */
Test(iam_policy, wildcards_by_the_thousand, .timeout = 5)
{
    struct cd_buf block = CD_BUF_INIT, value = CD_BUF_INIT;
    struct setting s;
    begin(&s, "s3:GetObject", "arn:aws:s3:::b/k");
    cd_buf_puts(&block, "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
                        "\"Condition\":{\"StringLike\":{\"k:k\":\"");
    for (int i = 0; i < 10000; i++) {
        cd_buf_puts(&block, "*a?");
        cd_buf_puts(&value, "aab");
    }
    cd_buf_puts(&block, "c\"}}}}");
    cd_buf_putc(&value, '\0');
    cd_buf_putc(&block, '\0');
    give(&s, "k:k", value.p);
    cr_expect_eq(applies(&s, block.p), CD_NO);
    cd_buf_finish(&block);
    cd_buf_finish(&value);
    end(&s);
}
