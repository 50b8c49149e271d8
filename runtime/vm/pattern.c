/* Matching of patterns with wildcards, and segment-wise matching of ARNs. */
#include "runtime/vm/pattern.h"

/* `?` takes one character, not one byte. Only the last star can have taken too few characters:
 * those before it matched as early as they could. */
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
            t += cd_utf8_size(text, t);
            continue;
        }
        size_t literal = p + (p + 1 < pattern.n && pattern.p[p] == CD_PATTERN_QUOTE);
        if (literal < pattern.n
            && (nocase ? cd_ascii_lower(pattern.p[literal]) == cd_ascii_lower(text.p[t])
                       : pattern.p[literal] == text.p[t])) {
            p = literal + 1;
            t++;
            continue;
        }
        if (star == SIZE_MAX) {
            return false;
        }
        p = star;
        star_text += cd_utf8_size(text, star_text);
        t = star_text;
    }
    while (p < pattern.n && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.n;
}

static bool
is_special(char c)
{
    return c == '*' || c == '?' || c == CD_PATTERN_QUOTE;
}

/* Most patterns are literals with one star, and most texts do not match: what stands before the
 * first and behind the last star decides. Answers 1 or 0, or -1 if it does not. */
static int
like_by_ends(struct cd_str pattern, struct cd_str text)
{
    size_t head = 0;
    size_t tail = pattern.n; /* the literals are pattern[..head) and pattern[tail..) */
    while (head < pattern.n && !is_special(pattern.p[head])) {
        head++;
    }
    if (text.n < head || memcmp(pattern.p, text.p, head) != 0) {
        return 0;
    }
    while (tail > head && !is_special(pattern.p[tail - 1])) {
        tail--;
    }
    bool is_one_star = tail == head + 1 && pattern.p[head] == '*';
    size_t n = pattern.n - tail;
    if (head == pattern.n || !is_one_star) {
        return head == pattern.n ? text.n == head : -1;
    }
    return text.n >= head + n && memcmp(pattern.p + tail, text.p + text.n - n, n) == 0;
}

bool
cd_like(struct cd_str pattern, struct cd_str text)
{
    int answer = like_by_ends(pattern, text);
    return answer < 0 ? like(pattern, text, false) : answer != 0;
}

bool
cd_like_is_plain(struct cd_str pattern)
{
    unsigned n_stars = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        if (is_special(pattern.p[i]) && (pattern.p[i] != '*' || ++n_stars > 1)) {
            return false;
        }
    }
    return true;
}

bool
cd_like_nocase(struct cd_str pattern, struct cd_str text)
{
    return like(pattern, text, true);
}

bool
cd_arn_split(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS])
{
    return cd_str_starts(s, CD_STR("arn:")) && cd_arn_segments(s, out);
}

bool
cd_arn_like(struct cd_str pattern, struct cd_str text)
{
    struct cd_str want[CD_ARN_SEGMENTS];
    struct cd_str have[CD_ARN_SEGMENTS];
    if (cd_str_eq(pattern, CD_STR("*"))) {
        return true;
    }
    if (!cd_arn_segments(pattern, want) || !cd_arn_segments(text, have)) {
        return false;
    }
    for (int i = 0; i < CD_ARN_SEGMENTS; i++) {
        if (!like(want[i], have[i], false)) {
            return false;
        }
    }
    return true;
}
