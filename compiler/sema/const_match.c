/* Patterns and networks over constants. The evaluator has its own, over columns. */
#include "compiler/sema/const_match.h"

#include <arpa/inet.h>

#include "runtime/base/num.h"

static bool
is_wild(struct cd_const_pattern p, size_t at, char wild)
{
    return p.text.p[at] == wild && !(p.literal && p.literal[at]);
}

bool
cd_const_like(struct cd_const_pattern pattern, struct cd_str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;
    while (t < text.n) {
        if (p < pattern.text.n && is_wild(pattern, p, '*')) {
            star = p++;
            resume = t;
        } else if (p < pattern.text.n && is_wild(pattern, p, '?')) {
            p++;
            t += cd_utf8_size(text, t);
        } else if (p < pattern.text.n && pattern.text.p[p] == text.p[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            resume += cd_utf8_size(text, resume);
            t = resume;
        } else {
            return false;
        }
    }
    while (p < pattern.text.n && is_wild(pattern, p, '*')) {
        p++;
    }
    return p == pattern.text.n;
}

bool
cd_const_arn_split(struct cd_str text, struct cd_str parts[CD_ARN_SEGMENTS])
{
    return cd_arn_segments(text, parts) && cd_str_eq(parts[0], CD_STR("arn"));
}

bool
cd_const_arn_like(struct cd_const_pattern pattern, struct cd_str text)
{
    struct cd_str parts[6];
    if (pattern.text.n == 1 && is_wild(pattern, 0, '*')) {
        return true;
    }
    if (!cd_const_arn_split(text, parts)) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < 6; i++) {
        size_t end = i < 5 ? cd_str_find(pattern.text, ':', at) : pattern.text.n;
        if (i < 5 && end >= pattern.text.n) {
            return false;
        }
        struct cd_const_pattern segment = {cd_str_sub(pattern.text, at, end),
                                           pattern.literal ? pattern.literal + at : NULL};
        if (!cd_const_like(segment, parts[i])) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

struct network {
    int family;
    unsigned char bytes[16];
    unsigned bits;
};

static bool
read_network(struct cd_str text, struct network *out)
{
    char z[64];
    size_t slash = cd_str_find(text, '/', 0);
    uint64_t bits = 0;
    if (slash >= sizeof z || memchr(text.p, 0, text.n)) {
        return false;
    }
    memcpy(z, text.p, slash);
    z[slash] = 0;
    *out = (struct network){.family = strchr(z, ':') ? AF_INET6 : AF_INET};
    unsigned widest = out->family == AF_INET ? 32 : 128;
    if (inet_pton(out->family, z, out->bytes) != 1) {
        return false;
    }
    if (slash == text.n) {
        out->bits = widest;
        return true;
    }
    if (!cd_parse_u64(cd_str_sub(text, slash + 1, text.n), &bits) || bits > widest) {
        return false;
    }
    out->bits = (unsigned)bits;
    return true;
}

bool
cd_const_within(struct cd_str inner, struct cd_str outer, bool *malformed)
{
    struct network a, b;
    *malformed = !read_network(inner, &a) || !read_network(outer, &b);
    if (*malformed || a.family != b.family || a.bits < b.bits) {
        return false;
    }
    unsigned whole = b.bits / 8, rest = b.bits % 8;
    if (memcmp(a.bytes, b.bytes, whole) != 0) {
        return false;
    }
    unsigned mask = rest ? (0xFFu << (8 - rest)) & 0xFFu : 0;
    return (a.bytes[whole < 16 ? whole : 15] & mask) == (b.bytes[whole < 16 ? whole : 15] & mask);
}
