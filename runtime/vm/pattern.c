/* Matching of patterns with wildcards, segment-wise matching of ARNs, and networks. */
#include "runtime/vm/pattern.h"

#include <arpa/inet.h>

#include "runtime/base/num.h"

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Length of the UTF-8 character at I, so that `?` takes one character, not one byte. */
static size_t
char_len(struct cd_str s, size_t i)
{
    unsigned char c = (unsigned char)s.p[i];
    size_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return n < s.n - i ? n : s.n - i;
}

/* Only the last star can have taken too few characters: those before it matched as early as they
 * could. */
static bool
like(struct cd_str pattern, struct cd_str text, bool nocase)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* the pattern after the last star, and where its match begins */
    size_t star_text = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = ++p;
            star_text = t;
            continue;
        }
        if (p < pattern.n && pattern.p[p] == '?') {
            p++;
            t += char_len(text, t);
            continue;
        }
        size_t literal = p + (p + 1 < pattern.n && pattern.p[p] == CD_PATTERN_QUOTE);
        if (literal < pattern.n
            && (nocase ? lower(pattern.p[literal]) == lower(text.p[t])
                       : pattern.p[literal] == text.p[t])) {
            p = literal + 1;
            t++;
            continue;
        }
        if (star == SIZE_MAX) {
            return false;
        }
        p = star;
        star_text += char_len(text, star_text);
        t = star_text;
    }
    while (p < pattern.n && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.n;
}

bool
cd_like(struct cd_str pattern, struct cd_str text)
{
    return like(pattern, text, false);
}

bool
cd_like_nocase(struct cd_str pattern, struct cd_str text)
{
    return like(pattern, text, true);
}

/* Splits at the first five colons. */
static bool
split(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS])
{
    size_t from = 0;
    for (int i = 0; i < CD_ARN_SEGMENTS - 1; i++) {
        size_t colon = cd_str_find(s, ':', from);
        if (colon >= s.n) {
            return false;
        }
        out[i] = cd_str_sub(s, from, colon);
        from = colon + 1;
    }
    out[CD_ARN_SEGMENTS - 1] = cd_str_sub(s, from, s.n);
    return true;
}

bool
cd_arn_split(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS])
{
    return cd_str_starts(s, CD_STR("arn:")) && split(s, out);
}

bool
cd_arn_like(struct cd_str pattern, struct cd_str text)
{
    struct cd_str want[CD_ARN_SEGMENTS];
    struct cd_str have[CD_ARN_SEGMENTS];
    if (cd_str_eq(pattern, CD_STR("*"))) {
        return true;
    }
    if (!split(pattern, want) || !split(text, have)) {
        return false;
    }
    for (int i = 0; i < CD_ARN_SEGMENTS; i++) {
        if (!like(want[i], have[i], false)) {
            return false;
        }
    }
    return true;
}

/* ---- networks ---- */

static void
mask(struct cd_net *net)
{
    int size = net->family == 4 ? 4 : 16;
    for (int i = 0; i < size; i++) {
        int kept = net->bits - i * 8;
        if (kept < 8) {
            unsigned bits = kept <= 0 ? 0 : (0xFF00u >> kept) & 0xFFu;
            net->address[i] = (unsigned char)(net->address[i] & bits);
        }
    }
}

struct cd_net
cd_net_parse(struct cd_str s)
{
    struct cd_net net = {.family = 0};
    char text[64];
    size_t slash = cd_str_find(s, '/', 0);
    if (slash >= sizeof text || memchr(s.p, 0, slash)) {
        return net;
    }
    memcpy(text, s.p, slash);
    text[slash] = '\0';
    int family = inet_pton(AF_INET, text, net.address) == 1    ? 4
                 : inet_pton(AF_INET6, text, net.address) == 1 ? 6
                                                               : 0;
    uint64_t bits = family == 4 ? 32 : 128;
    if (slash < s.n) {
        uint64_t given;
        struct cd_str digits = cd_str_sub(s, slash + 1, s.n);
        if (digits.n > 3 || !cd_parse_u64(digits, &given) || given > bits) {
            return net;
        }
        bits = given;
    }
    net.family = family;
    net.bits = (int)bits;
    if (family != 0) {
        mask(&net);
    }
    return net;
}

bool
cd_net_within(const struct cd_net *inner, const struct cd_net *outer)
{
    if (inner->family == 0 || inner->family != outer->family || inner->bits < outer->bits) {
        return false;
    }
    struct cd_net cut = *inner;
    cut.bits = outer->bits;
    mask(&cut);
    return memcmp(cut.address, outer->address, sizeof cut.address) == 0;
}
