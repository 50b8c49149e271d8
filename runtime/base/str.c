/* String slices and UTF-8. The only file that knows xxHash. */
#include "runtime/base/str.h"

#include <assert.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Longer strings are no typing mistakes of each other unless they are equal. */
#define DISTANCE_MAX_LEN 128

int
cd_str_cmp(struct cd_str a, struct cd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    if (order != 0) {
        return order;
    }
    return (a.n > b.n) - (a.n < b.n);
}

bool
cd_str_eq_nocase(struct cd_str a, struct cd_str b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (cd_ascii_lower(a.p[i]) != cd_ascii_lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

bool
cd_str_starts(struct cd_str s, struct cd_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
cd_str_ends(struct cd_str s, struct cd_str suffix)
{
    return s.n >= suffix.n
           && (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

size_t
cd_str_find(struct cd_str s, char c, size_t from)
{
    if (from >= s.n) {
        return s.n;
    }
    const char *hit = memchr(s.p + from, c, s.n - from);
    return hit ? (size_t)(hit - s.p) : s.n;
}

struct cd_str
cd_str_sub(struct cd_str s, size_t from, size_t to)
{
    assert(from <= to && to <= s.n);
    return (struct cd_str){s.p ? s.p + from : NULL, to - from};
}

struct cd_str
cd_str_cut(struct cd_str s, size_t most)
{
    size_t n = s.n < most ? s.n : most;
    for (int i = 0; i < 3 && n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80; i++) {
        n--;
    }
    return cd_str_sub(s, 0, n);
}

uint64_t
cd_str_hash(struct cd_str s)
{
    return XXH3_64bits(s.n > 0 ? s.p : "", s.n);
}

/* FNV-1a; its low bits are those that tables take. */
uint64_t
cd_str_hash_nocase(struct cd_str s)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < s.n; i++) {
        h = (h ^ (unsigned char)cd_ascii_lower(s.p[i])) * UINT64_C(0x100000001B3);
    }
    return h ^ h >> 32;
}

/* Length of the valid sequence at P (N bytes are left), 0 if there is none; Unicode 15, table 3-7.
 */
static size_t
sequence_len(const unsigned char *p, size_t n)
{
    unsigned char lead = p[0];
    if (lead < 0x80) {
        return 1;
    }
    size_t len = lead >= 0xC2 && lead <= 0xDF   ? 2
                 : lead >= 0xE0 && lead <= 0xEF ? 3
                 : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                : 0;
    if (len == 0 || n < len) {
        return 0;
    }
    unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lowest || p[1] > highest) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

size_t
cd_utf8_check(struct cd_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t words[4];
        if (s.n - i >= sizeof words) {
            memcpy(words, p + i, sizeof words);
            if (((words[0] | words[1] | words[2] | words[3]) & HIGH_BITS) == 0) {
                i += sizeof words;
                continue;
            }
        }
        if (s.n - i >= sizeof words[0]) {
            memcpy(words, p + i, sizeof words[0]);
            if ((words[0] & HIGH_BITS) == 0) {
                i += sizeof words[0];
                continue;
            }
        }
        size_t len = sequence_len(p + i, s.n - i);
        if (len == 0) {
            return i;
        }
        i += len;
    }
    return s.n;
}

size_t
cd_utf8_count(struct cd_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) {
        count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    }
    return count;
}

size_t
cd_utf8_encode(uint32_t cp, char out[4])
{
    assert(cp <= 0x10FFFF);
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)(lead[n] | cp);
    return n;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

unsigned
cd_str_distance(struct cd_str a, struct cd_str b, unsigned limit)
{
    size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (gap > limit) {
        return limit + 1;
    }
    if (a.n > DISTANCE_MAX_LEN || b.n > DISTANCE_MAX_LEN) {
        return cd_str_eq_nocase(a, b) ? 0 : limit + 1;
    }
    /* Rows i-2, i-1 and i of the table of prefix distances (optimal string alignment). */
    unsigned rows[3][DISTANCE_MAX_LEN + 1];
    for (unsigned j = 0; j <= b.n; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        unsigned least = row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            char ca = cd_ascii_lower(a.p[i - 1]);
            char cb = cd_ascii_lower(b.p[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
            if (i > 1 && j > 1 && ca == cd_ascii_lower(b.p[j - 2])
                && cb == cd_ascii_lower(a.p[i - 2]) && two_above[j - 2] + 1 < row[j]) {
                row[j] = two_above[j - 2] + 1;
            }
            least = row[j] < least ? row[j] : least;
        }
        if (least > limit) {
            return limit + 1;
        }
    }
    unsigned distance = rows[a.n % 3][b.n];
    return distance > limit ? limit + 1 : distance;
}
