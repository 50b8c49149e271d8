/* Numbers and strings one behind the other in bytes: a number in as many bytes as it needs, seven
 * bits each, the low ones first; a string behind its length. What is read from them is checked
 * against their end: past it, and where a number is too large, everything is 0 or empty, and `bad`
 * says so. */
#ifndef CD_BASE_BYTES_H
#define CD_BASE_BYTES_H

#include "runtime/base/buf.h"

static inline void
cd_bytes_put(struct cd_buf *out, uint64_t n)
{
    while (n >= 0x80) {
        cd_buf_putc(out, (char)(n | 0x80));
        n >>= 7;
    }
    cd_buf_putc(out, (char)n);
}

static inline void
cd_bytes_put_str(struct cd_buf *out, struct cd_str s)
{
    cd_bytes_put(out, s.n);
    cd_buf_str(out, s);
}

/* Numbers that may be negative. */
static inline void
cd_bytes_put_signed(struct cd_buf *out, int64_t n)
{
    cd_bytes_put(out, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

struct cd_bytes {
    const char *p;
    size_t n, at;
    bool bad;
};

static inline struct cd_bytes
cd_bytes_of(struct cd_str s)
{
    return (struct cd_bytes){s.p, s.n, 0, false};
}

/* What is left; for how many there can be of something. */
static inline size_t
cd_bytes_left(const struct cd_bytes *b)
{
    return b->bad ? 0 : b->n - b->at;
}

/* A number up to MOST. */
static inline uint64_t
cd_bytes_get(struct cd_bytes *b, uint64_t most)
{
    uint64_t n = 0;
    for (unsigned shift = 0; !b->bad && b->at < b->n && shift < 64; shift += 7) {
        uint64_t bits = (uint8_t)b->p[b->at] & 0x7Fu;
        bool is_last = ((uint8_t)b->p[b->at++] & 0x80u) == 0;
        if (shift == 63 && bits > 1) {
            break;
        }
        n |= bits << shift;
        if (is_last && n <= most) {
            return n;
        }
        if (is_last) {
            break;
        }
    }
    b->bad = true;
    return 0;
}

static inline uint32_t
cd_bytes_get_u32(struct cd_bytes *b)
{
    return (uint32_t)cd_bytes_get(b, UINT32_MAX);
}

static inline int64_t
cd_bytes_get_signed(struct cd_bytes *b)
{
    uint64_t n = cd_bytes_get(b, UINT64_MAX);
    return (int64_t)(n >> 1 ^ ((n & 1) != 0 ? UINT64_MAX : 0));
}

/* Borrowed from the bytes; UTF-8. */
static inline struct cd_str
cd_bytes_get_str(struct cd_bytes *b)
{
    struct cd_str s = {"", (size_t)cd_bytes_get(b, cd_bytes_left(b))};
    if (b->bad || s.n > b->n - b->at) {
        b->bad = true;
        return (struct cd_str){"", 0};
    }
    s.p = b->p + b->at;
    b->at += s.n;
    if (cd_utf8_check(s) != s.n) {
        b->bad = true;
        s.n = 0;
    }
    return s;
}

#endif
