/* Matching of wildcards, and whether two patterns have a text in common. */
#include "runtime/base/glob.h"

#define MEET_LIMIT 2048u

/* Only the last star can have taken too few: those before it took as little as they could. */
static bool
glob(struct cd_str pattern, struct cd_str text, bool nocase)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.n
                   && (pattern.p[p] == '?' || pattern.p[p] == text.p[t]
                       || (nocase && cd_ascii_lower(pattern.p[p]) == cd_ascii_lower(text.p[t])))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.n;
}

bool
cd_glob(struct cd_str pattern, struct cd_str text)
{
    return glob(pattern, text, false);
}

bool
cd_glob_nocase(struct cd_str pattern, struct cd_str text)
{
    return glob(pattern, text, true);
}

static bool
same_char(char x, char y)
{
    return x == '?' || y == '?' || cd_ascii_lower(x) == cd_ascii_lower(y);
}

/* Do what follows I in X and J in Y have a text in common? HERE and NEXT are the answers for I and
 * I + 1 by J. */
static bool
meet_at(struct cd_str x, size_t i, struct cd_str y, size_t j, const char *here, const char *next)
{
    if (i == x.n && j == y.n) {
        return true;
    }
    if (i < x.n && x.p[i] == '*') {
        return next[j] != 0 || (j < y.n && here[j + 1] != 0);
    }
    if (j < y.n && y.p[j] == '*') {
        return here[j + 1] != 0 || (i < x.n && next[j] != 0);
    }
    return i < x.n && j < y.n && same_char(x.p[i], y.p[j]) && next[j + 1] != 0;
}

bool
cd_globs_meet(struct cd_str x, struct cd_str y)
{
    char rows[2][MEET_LIMIT + 2] = {{0}};
    if (x.n > MEET_LIMIT || y.n > MEET_LIMIT) {
        return true;
    }
    for (size_t i = x.n + 1; i > 0; i--) {
        char *here = rows[(i - 1) % 2];
        const char *next = rows[i % 2];
        for (size_t j = y.n + 1; j > 0; j--) {
            here[j - 1] = meet_at(x, i - 1, y, j - 1, here, next);
        }
    }
    return rows[0][0] != 0;
}
