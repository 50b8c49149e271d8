/* Constants of the compiler: order, sets, writing, the forms of types, and how patterns match. */
#include "compiler/sema/const_match.h"
#include "compiler/sema/sema.h"
#include "tests/unit/arena_fixture.h"

TestSuite(const, .init = fx_arena_begin, .fini = fx_arena_end);

static const struct cd_const *
text(const char *z)
{
    return cd_const_string(&arena, cd_str_of(z));
}

static void
expect_print(const struct cd_const *c, const char *want)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_const_print(c, &b);
    cr_expect(cd_str_eq(cd_buf_view(&b), cd_str_of(want)), "expected %s, found %.*s", want,
              CD_FMT(cd_buf_view(&b)));
    cd_buf_finish(&b);
}

Test(const, a_set_is_sorted_and_has_no_member_twice)
{
    const struct cd_const *items[] = {text("b"), text("a"), text("b"), cd_const_absent()};
    const struct cd_const *set = cd_const_collection(&arena, CD_CONST_SET, items, 4);
    expect_print(set, "{\"a\", \"b\"}");
}

Test(const, a_list_keeps_its_order_and_drops_what_is_absent)
{
    const struct cd_const *items[] = {text("b"), cd_const_absent(), text("a"), text("b")};
    expect_print(cd_const_collection(&arena, CD_CONST_LIST, items, 4), "[\"b\", \"a\", \"b\"]");
}

Test(const, scalars_are_written_as_in_the_language)
{
    expect_print(cd_const_number(&arena, 0.7), "0.7");
    expect_print(cd_const_duration(&arena, 90LL * 86400000), "90d");
    expect_print(cd_const_time(&arena, 0), "1970-01-01T00:00:00Z");
    expect_print(cd_const_bool(&arena, true), "true");
    expect_print(cd_const_absent(), "absent");
}

Test(const, equality_is_by_members)
{
    const struct cd_const *one[] = {text("a"), text("b")}, *other[] = {text("b"), text("a")};
    cr_expect(cd_const_eq(cd_const_collection(&arena, CD_CONST_SET, one, 2),
                          cd_const_collection(&arena, CD_CONST_SET, other, 2)));
    cr_expect(!cd_const_eq(cd_const_collection(&arena, CD_CONST_LIST, one, 2),
                           cd_const_collection(&arena, CD_CONST_LIST, other, 2)));
    cr_expect(cd_const_cmp(text("a"), text("b")) < 0);
}

Test(const, types_ask_for_forms)
{
    struct cd_types types;
    struct cd_str why;
    cd_types_init(&types, &arena);
    const struct cd_type *region = cd_type_simple(&types, CD_TYPE_REGION);
    const struct cd_type *regions = cd_type_of(&types, CD_TYPE_SET, region);
    const struct cd_const *good[] = {text("eu-west-1")}, *bad[] = {text("eu-west-9")};
    cr_expect(cd_sema_const_fits(regions, cd_const_collection(&arena, CD_CONST_SET, good, 1),
                                 &arena, &why));
    cr_expect(!cd_sema_const_fits(regions, cd_const_collection(&arena, CD_CONST_SET, bad, 1),
                                  &arena, &why));
    cr_expect(why.n > 0);
    cr_expect(
        !cd_sema_const_fits(cd_type_simple(&types, CD_TYPE_ACCOUNT), text("1234"), &arena, &why));
    cr_expect(!cd_sema_const_fits(cd_type_simple(&types, CD_TYPE_NUMBER), text("1"), &arena, &why));
}

static bool
like(const char *pattern, const char *subject)
{
    return cd_const_like((struct cd_const_pattern){cd_str_of(pattern), NULL}, cd_str_of(subject));
}

static bool
arn_like(const char *pattern, const char *subject)
{
    return cd_const_arn_like((struct cd_const_pattern){cd_str_of(pattern), NULL},
                             cd_str_of(subject));
}

Test(const, patterns_match_whole_texts)
{
    cr_expect(like("a*c", "abbc") && like("*", "") && like("a?c", "aéc"));
    cr_expect(!like("a*c", "abcd") && !like("?", "") && !like("A", "a"));
    static const uint8_t literal[] = {0, 1, 0};
    struct cd_const_pattern quoted = {CD_STR("a*c"), literal};
    cr_expect(cd_const_like(quoted, CD_STR("a*c")) && !cd_const_like(quoted, CD_STR("abc")));
}

Test(const, arn_patterns_match_by_segments)
{
    cr_expect(arn_like("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a:b"));
    cr_expect(!arn_like("arn:aws:*:role/x", "arn:aws:iam::111122223333:role/x"));
    cr_expect(arn_like("*", "arn:aws:s3:::b"));
}

Test(const, networks_hold_networks)
{
    bool malformed;
    cr_expect(cd_const_within(CD_STR("10.1.2.3"), CD_STR("10.0.0.0/8"), &malformed));
    cr_expect(cd_const_within(CD_STR("10.1.0.0/16"), CD_STR("10.9.9.9/8"), &malformed));
    cr_expect(!cd_const_within(CD_STR("10.0.0.0/7"), CD_STR("10.0.0.0/8"), &malformed));
    cr_expect(!cd_const_within(CD_STR("10.0.0.1"), CD_STR("::/0"), &malformed));
    cr_expect(cd_const_within(CD_STR("2001:db8::1"), CD_STR("2001:db8::/32"), &malformed));
    cr_expect(!malformed);
    cr_expect(!cd_const_within(CD_STR("10.0.0"), CD_STR("10.0.0.0/8"), &malformed) && malformed);
}

Test(const, actions_match_without_case)
{
    cr_expect(cd_action_matches(CD_STR("s3:get*"), CD_STR("s3"), CD_STR("GetObject")));
    cr_expect(cd_action_matches(CD_STR("*"), CD_STR("s3"), CD_STR("GetObject")));
    cr_expect(!cd_action_matches(CD_STR("s3:Get?"), CD_STR("s3"), CD_STR("GetObject")));
    cr_expect(!cd_action_matches(CD_STR("ec2:*"), CD_STR("s3"), CD_STR("GetObject")));
}
