/* Patterns of the reference evaluator: wildcards, ARNs, regular expressions, networks. */
#include "tests/reference/ref.h"

#include <arpa/inet.h>
#include <ctype.h>

static size_t
code_point_size(const char *p, size_t n)
{
    size_t size = 1;
    while (size < n && ((unsigned char)p[size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

static bool
same_byte(char a, char b, bool nocase)
{
    return a == b || (nocase && tolower((unsigned char)a) == tolower((unsigned char)b));
}

bool
ref_glob(struct cd_str text, struct cd_str pattern, const uint8_t *literal, bool nocase)
{
    if (pattern.n == 0) {
        return text.n == 0;
    }
    bool wild = literal == NULL || literal[0] == 0;
    struct cd_str rest = cd_str_sub(pattern, 1, pattern.n);
    const uint8_t *rest_literal = literal == NULL ? NULL : literal + 1;
    if (wild && pattern.p[0] == '*') {
        for (size_t i = 0; i <= text.n; i++) {
            if (ref_glob(cd_str_sub(text, i, text.n), rest, rest_literal, nocase)) {
                return true;
            }
        }
        return false;
    }
    if (text.n == 0) {
        return false;
    }
    if (wild && pattern.p[0] == '?') {
        return ref_glob(cd_str_sub(text, code_point_size(text.p, text.n), text.n), rest,
                        rest_literal, nocase);
    }
    return same_byte(text.p[0], pattern.p[0], nocase)
           && ref_glob(cd_str_sub(text, 1, text.n), rest, rest_literal, nocase);
}

/* Six parts at colons, the last with all of the rest; false if there are fewer. */
static bool
split(struct cd_str s, struct cd_str parts[6])
{
    size_t at = 0;
    for (int i = 0; i < 5; i++) {
        size_t colon = cd_str_find(s, ':', at);
        if (colon == s.n) {
            return false;
        }
        parts[i] = cd_str_sub(s, at, colon);
        at = colon + 1;
    }
    parts[5] = cd_str_sub(s, at, s.n);
    return true;
}

bool
ref_arn_split(struct cd_str arn, struct cd_str parts[6])
{
    return split(arn, parts) && cd_str_eq(parts[0], CD_STR("arn")) && parts[1].n > 0
           && parts[2].n > 0 && parts[5].n > 0;
}

bool
ref_arn_like(struct cd_str arn, struct cd_str pattern, const uint8_t *literal)
{
    struct cd_str values[6], patterns[6];
    if (cd_str_eq(pattern, CD_STR("*")) && (literal == NULL || literal[0] == 0)) {
        return true;
    }
    if (!split(arn, values) || !split(pattern, patterns)) {
        return false;
    }
    for (int i = 0; i < 6; i++) {
        const uint8_t *mask = literal == NULL ? NULL : literal + (patterns[i].p - pattern.p);
        if (!ref_glob(values[i], patterns[i], mask, false)) {
            return false;
        }
    }
    return true;
}

/* What an expression means is RE2's own; there is no second one to ask. */
bool
ref_regex(struct cd_str text, struct cd_str pattern, struct cd_str *group, bool *has_group)
{
    char why[8];
    struct cd_regex *re = cd_regex_new(pattern, why, sizeof why);
    bool found = re != NULL && cd_regex_match(re, text);
    *has_group = found && cd_regex_capture(re, text, group);
    cd_regex_free(re);
    return found;
}

struct network {
    int family;
    unsigned char bytes[16];
    unsigned bits, prefix;
};

static bool
parse_network(struct cd_str s, struct network *out)
{
    char text[64];
    size_t slash = cd_str_find(s, '/', 0);
    if (slash >= sizeof text || memchr(s.p, 0, s.n) != NULL) {
        return false;
    }
    memcpy(text, s.p, slash);
    text[slash] = 0;
    out->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    out->bits = out->family == AF_INET ? 32 : 128;
    out->prefix = out->bits;
    if (inet_pton(out->family, text, out->bytes) != 1) {
        return false;
    }
    uint64_t prefix;
    if (slash < s.n) {
        if (!cd_parse_u64(cd_str_sub(s, slash + 1, s.n), &prefix) || prefix > out->bits) {
            return false;
        }
        out->prefix = (unsigned)prefix;
    }
    return true;
}

bool
ref_is_network(struct cd_str s)
{
    struct network n;
    return parse_network(s, &n);
}

bool
ref_within(struct cd_str inner, struct cd_str outer)
{
    struct network in, out;
    if (!parse_network(inner, &in) || !parse_network(outer, &out) || in.family != out.family
        || in.prefix < out.prefix) {
        return false;
    }
    for (unsigned bit = 0; bit < out.prefix; bit++) {
        if (((in.bytes[bit / 8] ^ out.bytes[bit / 8]) >> (7 - bit % 8)) & 1) {
            return false;
        }
    }
    return true;
}
