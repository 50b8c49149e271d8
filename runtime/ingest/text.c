/* JSON as text: where it is broken, numbers that nothing holds, and percent-encoding. All of it is
 * off the fast path. */
#include "runtime/ingest/load.h"

#include <stdlib.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The value of a hexadecimal digit, and one more; 0 for what is none. */
static const unsigned char hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int
hex_digit(char c)
{
    return hex_values[(unsigned char)c] - 1;
}

/* ---- where it is broken ---- */

#define NESTING 1024

struct scan {
    struct cd_str text;
    size_t at;
    const char *what;                /* not NULL: what is wrong at AT */
    unsigned char nest[NESTING / 8]; /* bit set: an object */
    unsigned depth;
};

static char
peek(const struct scan *s)
{
    return s->at < s->text.n ? s->text.p[s->at] : '\0';
}

static void
skip_blanks(struct scan *s)
{
    while (s->at < s->text.n && is_blank(s->text.p[s->at])) {
        s->at++;
    }
}

static void
fail(struct scan *s, const char *what)
{
    s->what = s->at >= s->text.n ? "it ends too early" : what;
}

/* The code unit of UTF-16 at AT, behind `\\u`; -1: there is none. */
static int
code_unit(const struct scan *s, size_t at)
{
    int unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = at + i < s->text.n ? hex_digit(s->text.p[at + i]) : -1;
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
    }
    return unit;
}

/* `uXXXX`; the first half of a surrogate pair has to be followed by the second. */
static void
scan_code_unit(struct scan *s)
{
    int unit = code_unit(s, s->at + 1);
    if (unit < 0) {
        s->at = s->at + 5 > s->text.n ? s->text.n : s->at;
        fail(s, "an escape that JSON does not have");
        return;
    }
    bool is_first = unit >= 0xD800 && unit < 0xDC00;
    bool is_second = unit >= 0xDC00 && unit < 0xE000;
    if (is_first && cd_str_starts(cd_str_sub(s->text, s->at + 5, s->text.n), CD_STR("\\u"))) {
        int next = code_unit(s, s->at + 7);
        if (next >= 0xDC00 && next < 0xE000) {
            s->at += 11;
            return;
        }
    }
    if (is_first || is_second) {
        fail(s, "an escape of half a character: a surrogate without its other half");
        return;
    }
    s->at += 5;
}

static void
scan_escape(struct scan *s)
{
    s->at++;
    char c = peek(s);
    if (c == 'u') {
        scan_code_unit(s);
        return;
    }
    if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL) {
        fail(s, "an escape that JSON does not have");
        return;
    }
    s->at++;
}

static void
scan_string(struct scan *s)
{
    s->at++;
    while (s->what == NULL) {
        char c = peek(s);
        if (s->at >= s->text.n) {
            fail(s, "");
        } else if (c == '"') {
            s->at++;
            return;
        } else if ((unsigned char)c < 0x20) {
            fail(s, "a control character in a string");
        } else if (c == '\\') {
            scan_escape(s);
        } else {
            s->at++;
        }
    }
}

static size_t
scan_digits(struct scan *s)
{
    size_t from = s->at;
    while (is_digit(peek(s))) {
        s->at++;
    }
    return s->at - from;
}

static void
scan_number(struct scan *s)
{
    s->at += peek(s) == '-';
    bool leads_with_zero = peek(s) == '0';
    size_t n = scan_digits(s);
    if (n == 0 || (leads_with_zero && n > 1)) {
        fail(s, "no JSON value begins so");
        return;
    }
    if (peek(s) == '.') {
        s->at++;
        if (scan_digits(s) == 0) {
            fail(s, "a number without digits behind its point");
            return;
        }
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        s->at += peek(s) == '+' || peek(s) == '-';
        if (scan_digits(s) == 0) {
            fail(s, "a number without digits in its exponent");
        }
    }
}

static void
scan_word(struct scan *s)
{
    static const struct cd_str words[] = {CD_STR_INIT("true"), CD_STR_INIT("false"),
                                          CD_STR_INIT("null")};
    struct cd_str rest = cd_str_sub(s->text, s->at, s->text.n);
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        if (cd_str_starts(rest, words[i])) {
            s->at += words[i].n;
            return;
        }
    }
    fail(s, "no JSON value begins so");
}

static void
enter(struct scan *s, bool is_object)
{
    if (s->depth == NESTING) {
        s->what = "it is nested too deeply";
        return;
    }
    unsigned char bit = (unsigned char)(1u << s->depth % 8);
    s->nest[s->depth / 8] &= (unsigned char)~bit;
    s->nest[s->depth / 8] |= is_object ? bit : 0;
    s->depth++;
    s->at++;
}

static bool
in_object(const struct scan *s)
{
    return (s->nest[(s->depth - 1) / 8] >> (s->depth - 1) % 8 & 1) != 0;
}

/* A key and its colon. */
static void
scan_key(struct scan *s)
{
    skip_blanks(s);
    if (peek(s) != '"') {
        fail(s, "a key is expected here");
        return;
    }
    scan_string(s);
    skip_blanks(s);
    if (s->what == NULL && peek(s) != ':') {
        fail(s, "a colon is expected here");
    }
    s->at += s->what == NULL;
}

/* After a value: commas and closing brackets, up to where the next value begins. */
static void
scan_after_value(struct scan *s)
{
    for (;;) {
        skip_blanks(s);
        if (s->depth == 0 || s->what != NULL) {
            return;
        }
        char c = peek(s);
        if (c == ',') {
            s->at++;
            if (in_object(s)) {
                scan_key(s);
            }
            return;
        }
        if (c != (in_object(s) ? '}' : ']')) {
            fail(s, in_object(s) ? "a comma or `}` is expected here"
                                 : "a comma or `]` is expected here");
            return;
        }
        s->at++;
        s->depth--;
    }
}

/* A value, or the opening of one that is not empty. True if a value ended. */
static bool
scan_value(struct scan *s)
{
    skip_blanks(s);
    char c = peek(s);
    if (c == '{' || c == '[') {
        enter(s, c == '{');
        skip_blanks(s);
        if (s->what == NULL && peek(s) == (c == '{' ? '}' : ']')) {
            s->at++;
            s->depth--;
            return true;
        }
        if (s->what == NULL && c == '{') {
            scan_key(s);
        }
        return false;
    }
    if (c == '"') {
        scan_string(s);
    } else if (c == '-' || is_digit(c)) {
        scan_number(s);
    } else {
        scan_word(s);
    }
    return true;
}

size_t
cd_text_fault(struct cd_str text, const char **what)
{
    size_t utf8 = cd_utf8_check(text);
    if (utf8 < text.n) {
        *what = "it is not UTF-8";
        return utf8;
    }
    struct scan s = {.text = text};
    do {
        if (scan_value(&s) && s.what == NULL) {
            scan_after_value(&s);
        }
    } while (s.what == NULL && s.depth > 0);
    if (s.what == NULL && s.at < text.n) {
        s.what = "text behind the end of the value";
    }
    *what = s.what == NULL ? "it is not JSON" : s.what;
    return s.at < text.n ? s.at : text.n;
}

/* ---- numbers ---- */

/* Writes a number of the length of S that is beyond 2^53 and in the range of doubles: `9…` with
 * blanks behind, or `9e99`. */
static void
put_clamped(struct cd_str s, struct cd_buf *out)
{
    size_t sign = s.p[0] == '-';
    size_t n = s.n - sign;
    size_t written = sign;
    cd_buf_put(out, "-", sign);
    if (n >= 17) {
        cd_buf_puts(out, "99999999999999999");
        written += 17;
    } else {
        cd_buf_puts(out, "9e99");
        written += 4;
    }
    for (; written < s.n; written++) {
        cd_buf_putc(out, ' ');
    }
}

/* Is S, a number's text, beyond what simdjson takes: an integer of more than 64 bits, or no finite
 * double? */
static bool
is_beyond(struct cd_str s)
{
    char text[400];
    bool is_integer = true;
    for (size_t i = 0; i < s.n; i++) {
        is_integer = is_integer && s.p[i] != '.' && s.p[i] != 'e' && s.p[i] != 'E';
    }
    if (is_integer) {
        return s.n >= 19;
    }
    if (s.n >= sizeof text) {
        return true;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double d = strtod(text, NULL); /* the program never leaves the C locale */
    return d > 1e300 || d < -1e300;
}

void
cd_text_clamp_numbers(struct cd_str text, struct cd_buf *out)
{
    bool in_string = false;
    for (size_t i = 0; i < text.n;) {
        char c = text.p[i];
        if (in_string || (c != '-' && !is_digit(c))) {
            size_t n = in_string && c == '\\' && i + 1 < text.n ? 2 : 1;
            in_string ^= c == '"';
            cd_buf_put(out, text.p + i, n);
            i += n;
            continue;
        }
        size_t end = i + 1;
        while (
            end < text.n
            && (is_digit(text.p[end]) || (text.p[end] != '\0' && strchr("+-.eE", text.p[end])))) {
            end++;
        }
        struct cd_str number = cd_str_sub(text, i, end);
        if (is_beyond(number)) {
            put_clamped(number, out);
        } else {
            cd_buf_str(out, number);
        }
        i = end;
    }
}

enum cd_dom_status
cd_text_parse(struct cd_load *l, struct cd_dom *dom, struct cd_str text, bool is_padded,
              struct cd_dom_val *root)
{
    enum cd_dom_status status = cd_dom_parse(dom, text, is_padded, root);
    const char *what;
    if (status != CD_DOM_RANGE && status != CD_DOM_SYNTAX) {
        return status;
    }
    if (cd_text_fault(text, &what) < text.n) {
        return CD_DOM_SYNTAX;
    }
    cd_buf_clear(&l->clamped);
    cd_text_clamp_numbers(text, &l->clamped);
    return l->clamped.oom ? CD_DOM_MEMORY
                          : cd_dom_parse(dom, cd_buf_view(&l->clamped), false, root);
}

/* ---- other texts ---- */

void
cd_text_of(struct cd_dom_val val, struct cd_buf *out)
{
    double number;
    switch (cd_dom_kind(val)) {
    case CD_DOM_NULL: cd_buf_puts(out, "null"); return;
    case CD_DOM_FALSE: cd_buf_puts(out, "false"); return;
    case CD_DOM_TRUE: cd_buf_puts(out, "true"); return;
    case CD_DOM_NUMBER:
        (void)cd_dom_number(val, &number);
        cd_buf_number(out, number);
        return;
    case CD_DOM_STRING: cd_buf_json_str(out, cd_dom_str(val)); return;
    case CD_DOM_ARRAY:
    case CD_DOM_OBJECT: break;
    }
    cd_buf_putc(out, cd_dom_is(val, '{') ? '{' : '[');
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it);) {
        if (it.i > 0) {
            cd_buf_putc(out, ',');
        }
        if (it.is_object) {
            cd_buf_json_str(out, it.key);
            cd_buf_putc(out, ':');
        }
        cd_text_of(it.val, out); /* no deeper than the parser admits */
    }
    cd_buf_putc(out, cd_dom_is(val, '{') ? '}' : ']');
}

void
cd_text_urldecode(struct cd_str s, struct cd_buf *out)
{
    size_t start = out->n;
    char *p = cd_buf_space(out, s.n); /* it only becomes shorter */
    for (size_t i = 0; p != NULL && i < s.n; p++) {
        char c = s.p[i++];
        if (c == '%' && s.n - i >= 2) {
            int high = hex_digit(s.p[i]);
            int low = hex_digit(s.p[i + 1]);
            bool is_byte = high >= 0 && low >= 0;
            c = is_byte ? (char)(high * 16 + low) : c;
            i += is_byte ? 2 : 0;
        }
        *p = c;
    }
    out->n = p == NULL ? start : (size_t)(p - out->p);
}
