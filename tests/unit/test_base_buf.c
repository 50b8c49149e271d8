/* The growing buffer and JSON strings. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/base/buf.h"

static void
expect_json(struct cd_str in, const char *out)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_json_str(&b, in);
    cr_assert(cd_str_eq(cd_buf_view(&b), cd_str_of(out)), "%.*s, not %s", CD_FMT(cd_buf_view(&b)),
              out);
    cd_buf_finish(&b);
}

Test(buf, appends)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "ab");
    cd_buf_putc(&b, 'c');
    cd_buf_str(&b, CD_STR("de"));
    cd_buf_put(&b, NULL, 0);
    cd_buf_printf(&b, "%03d", 7);
    cr_assert(cd_str_eq(cd_buf_view(&b), CD_STR("abcde007")));
    const char *space = cd_buf_space(&b, 3);
    cr_assert_eq(memcmp(space, "\0\0\0", 3), 0);
    cr_assert_eq(b.n, 11);
    cd_buf_clear(&b);
    for (int i = 0; i < 100000; i++) {
        cd_buf_putc(&b, (char)('a' + i % 26));
    }
    cr_assert_eq(b.n, 100000);
    cr_assert_eq(b.p[99999], 'a' + 99999 % 26);
    cr_assert_not(b.oom);
    cd_buf_finish(&b);
}

Test(buf, growth_that_fails_is_remembered)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "x");
    cr_assert_null(cd_buf_space(&b, SIZE_MAX));
    cr_assert(b.oom);
    cd_buf_puts(&b, "y");
    cr_assert_eq(b.n, 1);
    cd_buf_finish(&b);
}

/* RFC 8259, section 7. */
Test(buf, json_strings)
{
    expect_json(CD_STR(""), "\"\"");
    expect_json(CD_STR("plain / text"), "\"plain / text\"");
    expect_json(CD_STR("a\"b\\c"), "\"a\\\"b\\\\c\"");
    expect_json(CD_STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
    expect_json(CD_STR("a\0b\x1F"), "\"a\\u0000b\\u001f\"");
    expect_json(CD_STR("\xC3\xA9\xF0\x9F\x99\x82"), "\"\xC3\xA9\xF0\x9F\x99\x82\"");
    expect_json(CD_STR("a\xFF\xC3"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
    expect_json(CD_STR("\xED\xA0\x80\""), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\\\"\"");
}

/* Wherever in a string it stands: what is plain is found eight bytes at a time. */
Test(buf, json_strings_of_any_length)
{
    for (size_t n = 0; n <= 40; n++) {
        for (size_t at = 0; at <= n; at++) {
            char in[41], out[64];
            memset(in, 'x', n);
            memset(out, 'x', sizeof out);
            out[0] = '"';
            if (at < n) {
                in[at] = at % 2 == 0 ? '"' : '\\';
                out[1 + at] = '\\';
                out[2 + at] = in[at];
            }
            memcpy(out + 1 + n + (at < n), "\"", 2);
            expect_json((struct cd_str){in, n}, out);
        }
    }
    for (unsigned c = 0; c < 0x100; c++) {
        char in[] = "0123456789012345", out[32] = "\"";
        in[7] = (char)c;
        bool is_escaped = c < 0x20 || c == 0x7F || c == '"' || c == '\\';
        struct cd_buf b = CD_BUF_INIT;
        cd_buf_json_str(&b, (struct cd_str){in, sizeof in - 1});
        snprintf(out, sizeof out, "\"%s\"", in);
        cr_assert_eq(c >= 0x80 || is_escaped, !cd_str_eq(cd_buf_view(&b), cd_str_of(out)), "%u", c);
        cd_buf_finish(&b);
    }
}

Test(buf, whole_numbers)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_uint(&b, 0);
    cd_buf_putc(&b, ' ');
    cd_buf_uint(&b, 1070);
    cd_buf_putc(&b, ' ');
    cd_buf_uint(&b, UINT64_MAX);
    cr_assert(cd_str_eq(cd_buf_view(&b), CD_STR("0 1070 18446744073709551615")));
    cd_buf_finish(&b);
}
