/* The cursor. Strings are skipped sixteen bytes at a time where the machine can (SSE2, which every
 * x86-64 has). */
#include "runtime/iam/cursor.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The first quote or backslash from P on, or END. */
static const char *
string_stop(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - p >= 16; p += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            return p + __builtin_ctz(mask);
        }
    }
#endif
    while (p < end && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}

/* The first quote or bracket from P on, or END. Brackets differ from braces in one bit. */
static const char *
value_stop(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), bit = _mm_set1_epi8(0x20), open = _mm_set1_epi8('{'),
                  close = _mm_set1_epi8('}');
    for (; end - p >= 16; p += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i folded = _mm_or_si128(block, bit);
        __m128i hit =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote),
                         _mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            return p + __builtin_ctz(mask);
        }
    }
#endif
    while (p < end && *p != '"' && *p != '{' && *p != '}' && *p != '[' && *p != ']') {
        p++;
    }
    return p;
}

/* Behind the string whose opening quote stands before P; NULL if it does not end. */
static const char *
skip_string(const char *p, const char *end)
{
    for (;;) {
        p = string_stop(p, end);
        if (p >= end || (*p == '\\' && end - p < 2)) {
            return NULL;
        }
        if (*p == '"') {
            return p + 1;
        }
        p += 2;
    }
}

/* The first byte from P on that is no plain character of a string: a quote, a backslash, a control
 * character, or one beyond ASCII; or END. */
static const char *
plain_stop(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
                  blank = _mm_set1_epi8(' ');
    for (; end - p >= 16; p += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        hit = _mm_or_si128(hit, _mm_cmplt_epi8(block, blank)); /* beyond ASCII is negative */
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            return p + __builtin_ctz(mask);
        }
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && *p >= ' ' && (unsigned char)*p < 0x80) {
        p++;
    }
    return p;
}

static bool
has_control(struct cd_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x20) {
            return true;
        }
    }
    return false;
}

bool
cd_cursor_string(struct cd_cursor *c, struct cd_str *out, bool *is_plain)
{
    if (!cd_cursor_take(c, '"')) {
        return false;
    }
    const char *from = c->p, *to = plain_stop(from, c->end);
    *is_plain = true;
    if (to < c->end && *to == '"') {
        *out = (struct cd_str){from, (size_t)(to - from)};
        c->p = to + 1;
        return true;
    }
    to = skip_string(from, c->end);
    if (to == NULL) {
        return false;
    }
    *out = (struct cd_str){from, (size_t)(to - 1 - from)};
    *is_plain = memchr(out->p, '\\', out->n) == NULL;
    c->p = to;
    return !has_control(*out) && cd_utf8_check(*out) == out->n;
}

/* Behind the object or list that begins at P; NULL if it does not end. */
static const char *
skip_nested(const char *p, const char *end)
{
    size_t depth = 0;
    for (;;) {
        p = value_stop(p, end);
        if (p >= end) {
            return NULL;
        }
        char ch = *p++;
        if (ch == '"') {
            p = skip_string(p, end);
            if (p == NULL) {
                return NULL;
            }
        } else if (ch == '{' || ch == '[') {
            depth++;
        } else if (depth <= 1) {
            return p;
        } else {
            depth--;
        }
    }
}

static const char *
skip_word(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != '}' && *p != ']' && (unsigned char)*p > ' ') {
        p++;
    }
    return p;
}

bool
cd_cursor_skip(struct cd_cursor *c, struct cd_str *out)
{
    char first = cd_cursor_peek(c);
    const char *from = c->p;
    const char *to = first == '{' || first == '[' ? skip_nested(from, c->end)
                     : first == '"'               ? skip_string(from + 1, c->end)
                                                  : skip_word(from, c->end);
    if (to == NULL || to == from) {
        return false;
    }
    *out = (struct cd_str){from, (size_t)(to - from)};
    c->p = to;
    return true;
}

static size_t
skip_digits(struct cd_str s, size_t i)
{
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') {
        i++;
    }
    return i;
}

bool
cd_json_number(struct cd_str s)
{
    size_t i = s.n != 0 && s.p[0] == '-', from = i;
    i = skip_digits(s, i);
    if (i == from || (i > from + 1 && s.p[from] == '0')) {
        return false;
    }
    if (i < s.n && s.p[i] == '.') {
        from = ++i;
        i = skip_digits(s, i);
        if (i == from) {
            return false;
        }
    }
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
        from = i;
        i = skip_digits(s, i);
        if (i == from) {
            return false;
        }
    }
    return i == s.n;
}
