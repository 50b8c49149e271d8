/* Numbers, times and durations in text. */
#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/num.h"

static void
expect_number(double d, const char *text)
{
    char out[CD_NUMBER_SIZE];
    struct cd_str s = cd_format_number(d, out);
    cr_assert(cd_str_eq(s, cd_str_of(text)), "%.*s, not %s", CD_FMT(s), text);
}

/* What ECMAScript's Number::toString gives for the same doubles, save for the sign of zero, which
 * both leave out. */
Test(num, format)
{
    expect_number(0, "0");
    expect_number(-0.0, "0");
    expect_number(1, "1");
    expect_number(-12.5, "-12.5");
    expect_number(0.1, "0.1");
    expect_number(0.1 + 0.2, "0.30000000000000004");
    expect_number(1.0 / 3, "0.3333333333333333");
    expect_number(100, "100");
    expect_number(9007199254740992.0, "9007199254740992");
    expect_number(-9007199254740991.0, "-9007199254740991");
    expect_number(123456789012345680000.0, "123456789012345680000");
    expect_number(1e21, "1e+21");
    expect_number(0.000001, "0.000001");
    expect_number(1e-7, "1e-7");
    expect_number(1.25e-9, "1.25e-9");
    expect_number(DBL_MAX, "1.7976931348623157e+308");
    expect_number(NAN, "null");
    expect_number(-INFINITY, "null");
}

Test(num, format_reads_back)
{
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double d;
        memcpy(&d, &bits, sizeof d);
        if (isfinite(d)) {
            char out[CD_NUMBER_SIZE];
            cd_format_number(d, out);
            cr_assert_eq(strtod(out, NULL), d, "%s", out);
        }
    }
}

static void
expect_parsed(const char *text, double want)
{
    double d;
    cr_assert(cd_parse_number(cd_str_of(text), &d), "%s", text);
    cr_assert_eq(d, want, "%s", text);
}

Test(num, parse)
{
    expect_parsed("0", 0);
    expect_parsed("-1", -1);
    expect_parsed("0.1", 0.1);
    expect_parsed("007", 7);
    expect_parsed("123456789.125", 123456789.125);
    expect_parsed("0.0000000000000000000000000000000000000001", 1e-40);
    expect_parsed("9007199254740992", 9007199254740992.0);
    expect_parsed("9007199254740991.99999999999", 9007199254740992.0);
    /* What is beyond 2^53 is never taken for it. */
    expect_parsed("9007199254740993", 9007199254740994.0);
    expect_parsed("-9007199254740993", -9007199254740994.0);
    expect_parsed("9007199254740992.000", 9007199254740992.0);
    expect_parsed("9007199254740992.001", 9007199254740994.0);
    /* Half way between two doubles: even wins, until one digit beyond says more. */
    expect_parsed("9007199254740993.0000000000000000000001", 9007199254740994.0);
    static const char *const wrong[] = {"",   "-",     "+1",   ".5",  "5.",  "-.5", "1e3", " 1",
                                        "1 ", "1.2.3", "0x10", "NaN", "inf", "1,5", "--1"};
    double d = 42;
    for (size_t i = 0; i < CD_ARRAY_LEN(wrong); i++) {
        cr_assert_not(cd_parse_number(cd_str_of(wrong[i]), &d), "%s", wrong[i]);
    }
    cr_assert_eq(d, 42);
}

Test(num, parse_long)
{
    enum { LEN = 5000 };
    char *text = malloc(LEN);
    double d;
    memset(text, '9', LEN);
    cr_assert_not(cd_parse_number((struct cd_str){text, LEN}, &d), "beyond the largest double");
    text[1] = '.';
    cr_assert(cd_parse_number((struct cd_str){text, LEN}, &d));
    cr_assert_eq(d, 10);
    memset(text, '0', LEN);
    text[LEN - 1] = '1';
    cr_assert(cd_parse_number((struct cd_str){text, LEN}, &d));
    cr_assert_eq(d, 1);
    free(text);
}

Test(num, parse_u64)
{
    uint64_t v = 7;
    cr_assert(cd_parse_u64(CD_STR("18446744073709551615"), &v));
    cr_assert_eq(v, UINT64_MAX);
    cr_assert_not(cd_parse_u64(CD_STR("18446744073709551616"), &v));
    cr_assert_not(cd_parse_u64(CD_STR(""), &v));
    cr_assert_not(cd_parse_u64(CD_STR("-1"), &v));
    cr_assert_not(cd_parse_u64(CD_STR("1 "), &v));
}

Test(num, checked_sizes)
{
    size_t out = 1;
    cr_assert_not(cd_add_size(SIZE_MAX, 1, &out));
    cr_assert_not(cd_mul_size(SIZE_MAX / 2 + 1, 2, &out));
    cr_assert_eq(out, 1);
    cr_assert(cd_add_size(SIZE_MAX - 1, 1, &out));
    cr_assert_eq(out, SIZE_MAX);
    cr_assert(cd_mul_size(0, SIZE_MAX, &out));
    cr_assert_eq(out, 0);
}

static void
expect_time(const char *text, int64_t want)
{
    int64_t ms;
    cr_assert(cd_parse_time(cd_str_of(text), &ms), "%s", text);
    cr_assert_eq(ms, want, "%s: %lld", text, (long long)ms);
}

/* Seconds as `date -u -d … +%s` gives them. */
Test(time, parse)
{
    expect_time("1970-01-01", 0);
    expect_time("2026-11-23T06:00:00Z", INT64_C(1795413600000));
    expect_time("2026-11-23 06:00:00", INT64_C(1795413600000));
    expect_time("2026-11-23T06:00:00.5Z", INT64_C(1795413600500));
    expect_time("2026-11-23T06:00:00.123456789Z", INT64_C(1795413600123));
    expect_time("2026-11-23T07:30:00+01:30", INT64_C(1795413600000));
    expect_time("2026-11-23T07:00:00+0100", INT64_C(1795413600000));
    expect_time("2026-11-23T05:00:00-01", INT64_C(1795413600000));
    expect_time("2024-02-29", INT64_C(1709164800000));
    expect_time("2000-02-29", INT64_C(951782400000));
    expect_time("1969-12-31T23:59:59.750Z", -250);
    static const char *const wrong[] = {"",
                                        "2026",
                                        "2026-11",
                                        "2026-13-01",
                                        "2026-00-01",
                                        "2026-02-29",
                                        "1900-02-29",
                                        "2026-11-31",
                                        "2026-11-23T",
                                        "2026-11-23T06:00",
                                        "2026-11-23T24:00:00Z",
                                        "2026-11-23T06:60:00Z",
                                        "2026-11-23T06:00:00.Z",
                                        "2026-11-23T06:00:00Zx",
                                        "2026-11-23T06:00:00+1",
                                        "2026-11-23T06:00:00+01:",
                                        "2026-11-23T06:00:00+24",
                                        " 2026-11-23",
                                        "2026-11-23Z",
                                        "26-11-23",
                                        "2026/11/23"};
    int64_t ms;
    for (size_t i = 0; i < CD_ARRAY_LEN(wrong); i++) {
        cr_assert_not(cd_parse_time(cd_str_of(wrong[i]), &ms), "%s", wrong[i]);
    }
}

/* Any other byte in the place of a digit, in the form that is read eight bytes at a time. */
Test(time, digits_are_digits)
{
    static const char text[] = "2026-11-23T06:00:00.123Z";
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (int c = 1; c < 256 && text[at] >= '0' && text[at] <= '9'; c++) {
            char changed[sizeof text];
            int64_t ms;
            memcpy(changed, text, sizeof text);
            changed[at] = (char)c;
            bool is_digit = c >= '0' && c <= '9';
            bool is_read = cd_parse_time(cd_str_of(changed), &ms);
            cr_assert(is_digit || !is_read, "%s", changed);
        }
    }
    expect_time("2026-11-23T06:00:00.123Z", INT64_C(1795413600123));
}

Test(time, format)
{
    char out[32];
    cr_assert(cd_str_eq(cd_format_time(0, out), CD_STR("1970-01-01T00:00:00Z")));
    cr_assert(
        cd_str_eq(cd_format_time(INT64_C(1795413600123), out), CD_STR("2026-11-23T06:00:00.123Z")));
    cr_assert(cd_str_eq(cd_format_time(-1, out), CD_STR("1969-12-31T23:59:59.999Z")));
    for (int64_t ms = INT64_C(-62167219200000); ms < INT64_C(253402300800000);
         ms += INT64_C(98765432109)) {
        int64_t back;
        cr_assert(cd_parse_time(cd_format_time(ms, out), &back));
        cr_assert_eq(back, ms);
    }
    cd_format_time(INT64_MIN, out);
    cd_format_time(INT64_MAX, out);
}

static void
expect_duration(int64_t ms, const char *text)
{
    char out[48];
    struct cd_str s = cd_format_duration(ms, out);
    cr_assert(cd_str_eq(s, cd_str_of(text)), "%.*s, not %s", CD_FMT(s), text);
}

Test(time, durations)
{
    expect_duration(0, "0s");
    expect_duration(INT64_C(90) * 86400000, "90d");
    expect_duration(INT64_C(12) * 3600000, "12h");
    expect_duration(INT64_C(131400000), "1d12h30m");
    expect_duration(-15000, "-15s");
    expect_duration(250, "0.250s");
    expect_duration(-61500, "-1m1.500s");
    expect_duration(INT64_MIN, "-106751991167d7h12m55.808s");
}
