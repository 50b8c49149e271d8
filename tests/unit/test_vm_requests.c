/* Denies: which requests they fire for. */
#include "vm_fixture.h"

static struct fx x;
static uint32_t domain;

/* A deny of `s3:Get* except s3:GetBucket*`, on objects of bucket b (or NOT_ON those), when
 * aws:SecureTransport == false, unless the principal's ARN is like the break-glass role. */
static void
begin(bool not_on)
{
    fx_begin(&x);
    domain = cd_build_domain(&x.b, CD_DOMAIN_REQUEST, CD_NONE, CD_NONE);
    cd_build_section(&x.b, CD_SECTION_REQUEST, CD_NONE, domain);
    uint32_t secure =
        cd_build_value(&x.b, CD_OP_KEY, x.boolean, domain, fx_str(&x, "aws:SecureTransport"), 0, 0);
    uint32_t no =
        cd_build_value(&x.b, CD_OP_CONST, x.boolean, domain, cd_build_bool(&x.b, false), 0, 0);
    uint32_t when = cd_build_value(&x.b, CD_OP_EQ, x.boolean, domain, secure, no, 0);
    uint32_t arn =
        cd_build_value(&x.b, CD_OP_KEY, x.string, domain, fx_str(&x, "aws:PrincipalArn"), 0, 0);
    uint32_t glass =
        cd_build_value(&x.b, CD_OP_CONST, x.string, domain,
                       cd_build_text(&x.b, CD_STR("arn:aws:iam::*:role/break-glass-*")), 0, 0);
    uint32_t unless = cd_build_value(&x.b, CD_OP_ARNLIKE, x.boolean, domain, arn, glass, 0);
    fx_control(&x, "t.deny");
    static const char *const words[] = {"s3:Get*", "s3:GetBucket*", "arn:aws:s3:::b/*"};
    for (size_t i = 0; i < 3; i++) {
        uint32_t *ref = CD_BUILD_PUSH(&x.b, pattern_refs);
        *ref = fx_str(&x, words[i]);
    }
    struct cd_deny_info *deny = CD_BUILD_PUSH(&x.b, denies);
    *deny = (struct cd_deny_info){.control = 0,
                                  .first_act = 0,
                                  .n_acts = 1,
                                  .first_except = 1,
                                  .n_excepts = 1,
                                  .first_on = 2,
                                  .n_on = 1,
                                  .not_on = not_on};
    x.img.controls.items[0].n_denies = 1;
    uint32_t asked = cd_build_value(&x.b, CD_OP_ASKED, x.boolean, domain, 0, 0, 0);
    when = cd_build_value(&x.b, CD_OP_OBSERVE, x.boolean, domain, when, asked, 0);
    cd_build_insn(&x.b, CD_OP_FIRE, 0, when, unless, 0);
    fx_snapshot(&x);
    fx_eval(&x);
}

/* '-': the key is not in the request; '?': nobody knows. */
static int
ask(const char *action, const char *resource, const char *secure, const char *principal)
{
    struct cd_str values[2] = {cd_str_of(secure), cd_str_of(principal)};
    struct cd_request_key keys[2];
    size_t n = 0;
    for (size_t i = 0; i < 2; i++) {
        if (values[i].p[0] != '-') {
            keys[n++] = (struct cd_request_key){i == 0 ? CD_STR("AWS:securetransport")
                                                       : CD_STR("aws:PrincipalArn"),
                                                &values[i], 1, values[i].p[0] == '?'};
        }
    }
    struct cd_request request = {cd_str_of(action), cd_str_of(resource), keys, n};
    int fires = -1;
    cr_assert_eq(cd_eval_request(x.e, &request, 0, &fires, NULL), CORDON_OK);
    return fires;
}

#define OBJECT "arn:aws:s3:::b/key/of:it"
#define GLASS "arn:aws:iam::111122223333:role/break-glass-1"

Test(vm_requests, fires)
{
    begin(false);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "false", "-"), 1);
    cr_expect_eq(ask("S3:getobject", OBJECT, "FALSE", "-"), 1); /* actions without case */
    cr_expect_eq(ask("s3:PutObject", OBJECT, "false", "-"), 0);
    cr_expect_eq(ask("s3:GetBucketPolicy", OBJECT, "false", "-"), 0);
    cr_expect_eq(ask("s3:GetObject", "arn:aws:s3:::c/key", "false", "-"), 0);
    cr_expect_eq(ask("s3:GetObject", "", "false", "-"), 0); /* no resource: no pattern matches */
    cr_expect_eq(ask("s3:GetObject", OBJECT, "true", "-"), 0);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "-", "-"), 0); /* absent == false is false */
    cr_expect_eq(ask("s3:GetObject", OBJECT, "?", "-"), 2);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "false", GLASS), 0);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "false", "?"), 2);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "true", "?"), 0);
    fx_end(&x);
}

Test(vm_requests, not_on)
{
    begin(true);
    cr_expect_eq(ask("s3:GetObject", OBJECT, "false", "-"), 0);
    cr_expect_eq(ask("s3:GetObject", "arn:aws:s3:::c/key", "false", "-"), 1);
    fx_end(&x);
}

/* What the `when` was seen to say in this request alone. */
static uint8_t
seen(const char *action, const char *resource, const char *secure)
{
    uint8_t bits[1] = {0};
    cd_eval_observe(x.e, bits, 1);
    ask(action, resource, secure, "-");
    return bits[0];
}

/* A condition is asked only where the request is about its deny. */
Test(vm_requests, asked)
{
    begin(false);
    cr_expect_eq(seen("s3:GetObject", OBJECT, "false"), CD_SEEN_TRUE);
    cr_expect_eq(seen("s3:GetObject", OBJECT, "true"), CD_SEEN_FALSE);
    cr_expect_eq(seen("s3:GetObject", OBJECT, "-"), CD_SEEN_FALSE);
    cr_expect_eq(seen("s3:GetObject", OBJECT, "?"), CD_SEEN_UNKNOWN);
    cr_expect_eq(seen("s3:PutObject", OBJECT, "false"), 0);
    cr_expect_eq(seen("s3:GetBucketPolicy", OBJECT, "false"), 0);
    cr_expect_eq(seen("s3:GetObject", "arn:aws:s3:::c/key", "false"), 0);
    fx_end(&x);
}
