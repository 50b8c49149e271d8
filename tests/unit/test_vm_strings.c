/* Patterns, ARNs, networks, numbers in text. */
#include "vm_fixture.h"

#include "runtime/vm/pattern.h"

Test(vm_strings, wildcards)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"a*", "abc", true},
        {"a*c", "abc", true},
        {"a*c", "abd", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"?", "é", true},
        {"a*b*c", "axxbyyc", true},
        {"", "", true},
        {"", "a", false},
        {"\x1B*", "*", true},
        {"\x1B*", "a", false},
        {"a\x1B?", "a?", true},
        {"a\x1B?", "ab", false},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"Abc", "abc", false},
        {"***", "x", true},
        {"a*\x1B*", "ab*", true},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        cr_expect_eq(cd_like(cd_str_of(cases[i].pattern), cd_str_of(cases[i].text)),
                     cases[i].matches, "%s on %s", cases[i].pattern, cases[i].text);
    }
    cr_expect(cd_like_nocase(CD_STR("s3:get*"), CD_STR("S3:GetObject")));
}

Test(vm_strings, patterns_whose_ends_decide)
{
    static const char *const plain[] = {"", "*", "a", "a*", "*a", "a*b"};
    static const char *const others[] = {"**", "*a*", "a?", "?", "\x1B*", "a\x1B"};
    for (size_t i = 0; i < CD_ARRAY_LEN(plain); i++) {
        cr_expect(cd_like_is_plain(cd_str_of(plain[i])), "%s", plain[i]);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(others); i++) {
        cr_expect_not(cd_like_is_plain(cd_str_of(others[i])), "%s", others[i]);
    }
}

Test(vm_strings, arns_match_by_segment)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"arn:aws:iam::*:role/break-*", "arn:aws:iam::111122223333:role/break-glass", true},
        {"arn:aws:iam::*:role/break-*", "arn:aws:iam::1:user:role/break-glass", false},
        {"arn:*", "arn:aws:s3:::b", false},
        {"*", "anything", true},
        {"arn:aws:s3:::b*", "arn:aws:s3:::b/a:c", true},
        {"arn:*:*:*:*:*", "arn:aws:s3:::b", true},
        {"arn:*:*:*:*:*", "b", false},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        cr_expect_eq(cd_arn_like(cd_str_of(cases[i].pattern), cd_str_of(cases[i].text)),
                     cases[i].matches, "%s on %s", cases[i].pattern, cases[i].text);
    }
}

Test(vm_strings, networks)
{
    struct fx x;
    fx_begin(&x);
    static const struct {
        const char *inner, *outer;
        char answer;
    } cases[] = {
        {"10.1.2.3", "10.0.0.0/8", 'T'},       {"11.1.2.3", "10.0.0.0/8", 'F'},
        {"10.0.0.0/16", "10.0.0.0/8", 'T'},    {"10.0.0.0/7", "10.0.0.0/8", 'F'},
        {"10.1.2.3", "10.9.9.9/8", 'T'},       {"0.0.0.0/0", "0.0.0.0/0", 'T'},
        {"2001:db8::1", "2001:db8::/32", 'T'}, {"10.0.0.1", "::/0", 'F'},
        {"10.0.0", "10.0.0.0/8", 'F'},         {"10.0.0.0/33", "0.0.0.0/0", 'F'},
        {"10.0.0.1", "10.0.0.1", 'T'},         {"nonsense", "nonsense", 'F'},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        ASK(&x,
            fx_op(&x, CD_OP_WITHIN, x.boolean, fx_text(&x, cases[i].inner),
                  fx_text(&x, cases[i].outer), 0),
            cases[i].answer);
    }
    uint32_t nets = fx_list(&x, x.string_set, "10.0.0.0/8 192.168.0.0/16");
    ASK(&x, fx_op(&x, CD_OP_WITHIN, x.boolean, fx_text(&x, "192.168.7.7"), nets, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_WITHIN, x.boolean, fx_text(&x, "bad"), fx_unknown(&x, x.string), 0),
        'F');
    ASK(&x, fx_op(&x, CD_OP_WITHIN, x.boolean, fx_unknown(&x, x.string), fx_text(&x, "bad"), 0),
        'F');
    fx_check(&x);
}

Test(vm_strings, parts_of_arns_and_quoting)
{
    struct fx x;
    fx_begin(&x);
    uint32_t arn = fx_text(&x, "arn:aws:s3:::b*/x");
    uint32_t part = fx_op(&x, CD_OP_ARNPART, x.string, arn, CD_ARNPART_SERVICE, 0);
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, part, fx_text(&x, "s3"), 0), 'T');
    uint32_t region = fx_op(&x, CD_OP_ARNPART, x.string, arn, CD_ARNPART_REGION, 0);
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, region, 0, 0), 'T');
    uint32_t quoted = fx_op(&x, CD_OP_QUOTE, x.string, arn, 0, 0);
    uint32_t pattern = fx_op(&x, CD_OP_CONCAT, x.string, quoted, fx_text(&x, "/*"), 0);
    ASK(&x, fx_op(&x, CD_OP_ARNLIKE, x.boolean, fx_text(&x, "arn:aws:s3:::b*/x/key"), pattern, 0),
        'T');
    ASK(&x, fx_op(&x, CD_OP_ARNLIKE, x.boolean, fx_text(&x, "arn:aws:s3:::bb/x/key"), pattern, 0),
        'F');
    ASK(&x, fx_op(&x, CD_OP_ARNLIKE, x.boolean, fx_text(&x, "arn:aws:s3:::bb/x"), arn, 0), 'T');
    uint32_t number = fx_op(&x, CD_OP_TONUMBER, x.number, fx_text(&x, "-12.50"), 0, 0);
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, number, fx_num(&x, -12.5), 0), 'T');
    uint32_t text = fx_op(&x, CD_OP_TOSTRING, x.string, fx_num(&x, 12), 0, 0);
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, text, fx_text(&x, "12"), 0), 'T');
    uint32_t captured =
        fx_op(&x, CD_OP_CAPTURE, x.string, fx_text(&x, "db-17-x"), fx_str(&x, "-([0-9]+)-"), 0);
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, captured, fx_text(&x, "17"), 0), 'T');
    fx_check(&x);
}
