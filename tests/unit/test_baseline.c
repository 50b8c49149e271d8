/* Earlier reports: which findings are the same, and where they are found. */
#include <criterion/criterion.h>

#include "runtime/report/baseline.h"

static uint64_t
digest(const char *finding)
{
    struct cd_dom *dom = cd_dom_new();
    struct cd_dom_val v;
    cr_assert_eq(cd_dom_parse(dom, cd_str_of(finding), false, &v), CD_DOM_OK, "%s", finding);
    uint64_t result = cd_baseline_digest(v);
    cd_dom_free(dom);
    return result;
}

Test(baseline, what_is_the_same_for_a_reader_has_one_digest)
{
    static const char *const same[] = {
        "{\"verdict\":\"fail\",\"evidence\":[{\"path\":\"a\",\"value\":{\"x\":1,\"y\":[0,2.5]}}]}",
        "{ \"evidence\" : [ { \"value\" : { \"y\":[0,2.5], \"x\" : 1 }, \"path\":\"\\u0061\" } ], "
        "\"verdict\":\"fail\" }",
        "{\"message\":\"m\",\"verdict\":\"fail\",\"evidence\":[{\"path\":\"a\",\"value\":{\"x\":1."
        "0,"
        "\"y\":[-0.0,25e-1]}}],\"source\":{\"line\":7},\"severity\":\"low\",\"state\":\"new\"}",
    };
    for (size_t i = 1; i < CD_ARRAY_LEN(same); i++) {
        cr_expect_eq(digest(same[0]), digest(same[i]), "%s", same[i]);
    }
}

Test(baseline, what_differs_has_another_digest)
{
    static const char *const others[] = {
        "{}",
        "{\"verdict\":\"fail\"}",
        "{\"verdict\":\"unknown\",\"evidence\":[]}",
        "{\"verdict\":\"fail\",\"evidence\":[]}",
        "{\"verdict\":\"fail\",\"evidence\":[],\"waiver\":\"a\"}",
        "{\"verdict\":\"fail\",\"evidence\":[],\"waiver\":\"b\"}",
        "{\"verdict\":\"fail\",\"evidence\":[{}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":null}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":false}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":\"false\"}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":1}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":\"1\"}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":[1,2]}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":[2,1]}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":18446744073709551615}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":18446744073709551614}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":{\"a\":\"b\",\"c\":\"d\"}}]}",
        "{\"verdict\":\"fail\",\"evidence\":[{\"value\":{\"a\":\"d\",\"c\":\"b\"}}]}",
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(others); i++) {
        for (size_t k = 0; k < i; k++) {
            cr_expect_neq(digest(others[i]), digest(others[k]), "%s\n%s", others[i], others[k]);
        }
    }
}

Test(baseline, a_fingerprint_is_sixteen_digits)
{
    static const char *const none[] = {"",
                                       "0123456789abcde",
                                       "0123456789abcdef0",
                                       "0123456789abcdeF",
                                       "0123456789abcde ",
                                       "-123456789abcdef"};
    uint64_t n;
    cr_expect(cd_baseline_fingerprint(CD_STR("0123456789abcdef"), &n));
    cr_expect_eq(n, UINT64_C(0x0123456789abcdef));
    for (size_t i = 0; i < CD_ARRAY_LEN(none); i++) {
        cr_expect_not(cd_baseline_fingerprint(cd_str_of(none[i]), &n), "%s", none[i]);
    }
}

#define FINDING(fingerprint)                                                                       \
    "{\"fingerprint\":\"" fingerprint "\",\"control\":\"m.c\",\"id\":\"C\",\"severity\":\"high\"," \
    "\"verdict\":\"fail\",\"resource\":null,\"message\":\"\",\"evidence\":[]}"

Test(baseline, findings_are_found_and_keep_their_order)
{
    struct cd_baseline b;
    struct cordon_error err = {.code = CORDON_OK};
    uint32_t control;
    const struct cd_str text = CD_STR("{\"schema\":1,\"controls\":[{\"id\":\"C\"}],\"findings\":"
                                      "[" FINDING("ffffffffffffffff") "," FINDING(
                                          "0000000000000000") "," FINDING("8000000000000000") "]}");
    cr_assert_eq(cd_baseline_read("b.json", text, &b, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(b.n, 3);
    cr_expect_eq(cd_baseline_find(&b, UINT64_MAX), &b.findings[0]);
    cr_expect_eq(cd_baseline_find(&b, 0), &b.findings[1]);
    cr_expect_eq(cd_baseline_find(&b, UINT64_C(1) << 63), &b.findings[2]);
    cr_expect_null(cd_baseline_find(&b, 1));
    cr_expect(cd_map_get(&b.controls, CD_STR("C"), &control));
    cr_expect_not(b.findings[0].has_resource);
    cd_baseline_finish(&b);
}
