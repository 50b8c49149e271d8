/* String slices: a borrowed pointer and a length; the bytes are UTF-8 and need not end in NUL. */
#ifndef CD_BASE_STR_H
#define CD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cd_str {
    const char *p;
    size_t n;
};

#define CD_STR(literal) ((struct cd_str){(literal), sizeof(literal) - 1})
#define CD_STR_INIT(literal)           \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }
#define CD_FMT(s) (int)(s).n, (s).p /* for "%.*s" */
#define CD_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline struct cd_str
cd_str_of(const char *z)
{
    struct cd_str s = {z, z ? strlen(z) : 0}; /* C++ reads this header too */
    return s;
}

/* ASCII letters as small ones, other bytes as they are. */
static inline char
cd_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool
cd_str_eq(struct cd_str a, struct cd_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
cd_same_half(const char *a, const char *b)
{
    uint32_t x;
    uint32_t y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

static inline bool
cd_same_word(const char *a, const char *b)
{
    uint64_t x;
    uint64_t y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

/* The same as cd_str_eq, without a call, for names: strings that are short and nearly always equal
 * if they are of one length. */
static inline bool
cd_str_eq_name(struct cd_str a, struct cd_str b)
{
    if (a.n != b.n || a.n < sizeof(uint32_t)) {
        return cd_str_eq(a, b);
    }
    if (a.n < sizeof(uint64_t)) {
        size_t from = a.n - sizeof(uint32_t); /* the halves may overlap */
        return cd_same_half(a.p, b.p) && cd_same_half(a.p + from, b.p + from);
    }
    size_t last = a.n - sizeof(uint64_t); /* the last word may overlap the one before it */
    for (size_t i = 0; i < last; i += sizeof(uint64_t)) {
        if (!cd_same_word(a.p + i, b.p + i)) {
            return false;
        }
    }
    return cd_same_word(a.p + last, b.p + last);
}

/* Byte order, shorter first on a common prefix; <0, 0, >0. */
int cd_str_cmp(struct cd_str a, struct cd_str b);
/* ASCII letters without case. */
bool cd_str_eq_nocase(struct cd_str a, struct cd_str b);
bool cd_str_starts(struct cd_str s, struct cd_str prefix);
bool cd_str_ends(struct cd_str s, struct cd_str suffix);
/* Index of the first byte C at or after FROM, or s.n. */
size_t cd_str_find(struct cd_str s, char c, size_t from);
struct cd_str cd_str_sub(struct cd_str s, size_t from, size_t to);
/* The beginning of S, of at most MOST bytes: UTF-8 ends on a whole character. */
struct cd_str cd_str_cut(struct cd_str s, size_t most);
uint64_t cd_str_hash(struct cd_str s); /* XXH3 */
/* The same for strings that are equal but for the case of ASCII letters; for short ones. */
uint64_t cd_str_hash_nocase(struct cd_str s);
/* Offset of the first byte that is not valid UTF-8 (surrogates and overlong forms are invalid), or
 * s.n. */
size_t cd_utf8_check(struct cd_str s);
/* Number of code points of valid UTF-8. */
size_t cd_utf8_count(struct cd_str s);
/* Bytes of the character at I < s.n, told by its first byte; never beyond the end. */
static inline size_t
cd_utf8_size(struct cd_str s, size_t i)
{
    unsigned char c = (unsigned char)s.p[i];
    size_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return n < s.n - i ? n : s.n - i;
}
/* Writes code point CP (<= 0x10FFFF) to OUT[4]; returns the number of bytes. */
size_t cd_utf8_encode(uint32_t cp, char out[4]);
/* Edit distance with transpositions, ASCII letters without case, capped at LIMIT + 1: for "did you
 * mean". */
unsigned cd_str_distance(struct cd_str a, struct cd_str b, unsigned limit);

#ifdef __cplusplus
}
#endif
#endif
