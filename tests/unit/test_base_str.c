/* String slices, UTF-8, edit distance. */
#include <criterion/criterion.h>

#include "runtime/base/str.h"

static bool
valid(const char *p, size_t n)
{
    return cd_utf8_check((struct cd_str){p, n}) == n;
}

Test(str, order_is_by_byte_then_length)
{
    cr_assert(cd_str_cmp(CD_STR("a"), CD_STR("b")) < 0);
    cr_assert(cd_str_cmp(CD_STR("ab"), CD_STR("a")) > 0);
    cr_assert(cd_str_cmp(CD_STR(""), CD_STR("")) == 0);
    cr_assert(cd_str_cmp(CD_STR("\xC3\xA9"), CD_STR("z")) > 0);
}

Test(str, parts)
{
    struct cd_str s = CD_STR("arn:aws:s3");
    cr_assert(cd_str_starts(s, CD_STR("arn:")));
    cr_assert_not(cd_str_starts(s, CD_STR("arn:aws:s3:")));
    cr_assert(cd_str_ends(s, CD_STR(":s3")));
    cr_assert(cd_str_ends(s, CD_STR("")));
    cr_assert_eq(cd_str_find(s, ':', 0), 3);
    cr_assert_eq(cd_str_find(s, ':', 4), 7);
    cr_assert_eq(cd_str_find(s, 'z', 0), s.n);
    cr_assert_eq(cd_str_find(s, ':', 99), s.n);
    cr_assert(cd_str_eq(cd_str_sub(s, 4, 7), CD_STR("aws")));
    cr_assert(cd_str_eq_nocase(CD_STR("S3:GetObject"), CD_STR("s3:getobject")));
    cr_assert_not(cd_str_eq_nocase(CD_STR("[a"), CD_STR("{a")));
}

Test(str, equal_strings_hash_equal)
{
    /* XXH3_64bits of nothing with seed 0, from the reference implementation's tests. */
    cr_assert_eq(cd_str_hash(CD_STR("")), UINT64_C(0x2D06800538D394C2));
    cr_assert_eq(cd_str_hash((struct cd_str){NULL, 0}), cd_str_hash(CD_STR("")));
    cr_assert_neq(cd_str_hash(CD_STR("a")), cd_str_hash(CD_STR("b")));
}

/* Table 3-7 of the Unicode standard, and what it leaves out. */
/* The vector of "a" is that of the FNV-1a page. */
Test(str, strings_that_are_equal_but_for_case_hash_equal)
{
    const uint64_t a = UINT64_C(0xAF63DC4C8601EC8C);
    cr_assert_eq(cd_str_hash_nocase(CD_STR("a")), a ^ a >> 32);
    cr_assert_eq(cd_str_hash_nocase(CD_STR("A")), a ^ a >> 32);
    cr_assert_eq(cd_str_hash_nocase(CD_STR("aws:SourceIp")),
                 cd_str_hash_nocase(CD_STR("AWS:sourceip")));
    cr_assert_neq(cd_str_hash_nocase(CD_STR("[a")), cd_str_hash_nocase(CD_STR("{a")));
}

Test(utf8, check)
{
    cr_assert(valid("", 0));
    cr_assert(valid("plain ASCII that is longer than a word", 38));
    cr_assert(valid("\xC2\x80\xDF\xBF", 4));
    cr_assert(valid("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", 12));
    cr_assert(valid("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 8));
    cr_assert_not(valid("\x80", 1), "a lone continuation");
    cr_assert_not(valid("\xC0\x80", 2), "overlong");
    cr_assert_not(valid("\xC1\xBF", 2), "overlong");
    cr_assert_not(valid("\xE0\x9F\xBF", 3), "overlong");
    cr_assert_not(valid("\xF0\x8F\xBF\xBF", 4), "overlong");
    cr_assert_not(valid("\xED\xA0\x80", 3), "a surrogate");
    cr_assert_not(valid("\xF4\x90\x80\x80", 4), "beyond U+10FFFF");
    cr_assert_not(valid("\xF5\x80\x80\x80", 4));
    cr_assert_not(valid("\xFF", 1));
    cr_assert_not(valid("\xE2\x82", 2), "cut off");
    cr_assert_eq(cd_utf8_check(CD_STR("0123456789ab\xFFx")), 12);
}

Test(utf8, encode_round_trips)
{
    static const struct {
        uint32_t cp;
        const char *bytes;
    } cases[] = {{0x24, "$"},
                 {0x7F, "\x7F"},
                 {0x80, "\xC2\x80"},
                 {0x7FF, "\xDF\xBF"},
                 {0x800, "\xE0\xA0\x80"},
                 {0x20AC, "\xE2\x82\xAC"},
                 {0xFFFF, "\xEF\xBF\xBF"},
                 {0x10000, "\xF0\x90\x80\x80"},
                 {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        char out[5] = "";
        cr_assert_eq(cd_utf8_encode(cases[i].cp, out), strlen(cases[i].bytes));
        cr_assert_str_eq(out, cases[i].bytes);
    }
    cr_assert_eq(cd_utf8_count(CD_STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x99\x82")), 4);
}

Test(str, distance)
{
    cr_assert_eq(cd_str_distance(CD_STR("kitten"), CD_STR("sitting"), 9), 3);
    cr_assert_eq(cd_str_distance(CD_STR("eu-west-9"), CD_STR("eu-west-1"), 2), 1);
    cr_assert_eq(cd_str_distance(CD_STR("Encrpyted"), CD_STR("Encrypted"), 2), 1,
                 "a transposition");
    cr_assert_eq(cd_str_distance(CD_STR("STATUS"), CD_STR("status"), 2), 0, "case does not count");
    cr_assert_eq(cd_str_distance(CD_STR(""), CD_STR("ab"), 2), 2);
    cr_assert_eq(cd_str_distance(CD_STR("abcdef"), CD_STR("uvwxyz"), 2), 3, "capped");
    cr_assert_eq(cd_str_distance(CD_STR("a"), CD_STR("abcdefgh"), 3), 4, "capped");
    char long_a[300];
    memset(long_a, 'a', sizeof long_a);
    struct cd_str s = {long_a, sizeof long_a};
    cr_assert_eq(cd_str_distance(s, s, 3), 0);
    cr_assert_eq(cd_str_distance(s, cd_str_sub(s, 1, s.n), 3), 4);
}
