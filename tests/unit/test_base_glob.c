/* Patterns with wildcards, and whether two of them have a text in common: against all short texts.
 */
#include <criterion/criterion.h>

#include "runtime/base/glob.h"

Test(glob, wildcards)
{
    cr_assert(cd_glob(CD_STR("s3:Get*"), CD_STR("s3:GetObject")));
    cr_assert(!cd_glob(CD_STR("s3:Get*"), CD_STR("s3:getobject")));
    cr_assert(cd_glob_nocase(CD_STR("S3:get*"), CD_STR("s3:GetObject")));
    cr_assert(cd_glob(CD_STR("*a*b?"), CD_STR("xaybbc")));
    cr_assert(!cd_glob(CD_STR("*a*b?"), CD_STR("xayb")));
    cr_assert(cd_glob(CD_STR("**"), CD_STR("")));
    cr_assert(!cd_glob(CD_STR("?"), CD_STR("")));
    cr_assert(cd_glob(CD_STR(""), CD_STR("")));
}

#define LETTERS "ab"
#define PATTERNS "ab*?"

/* The N-th word over ALPHABET, shortest first; its length. */
static size_t
word(const char *alphabet, size_t n, char out[16])
{
    size_t k = strlen(alphabet), length = 0;
    for (size_t count = 1; n >= count; count *= k) {
        n -= count;
        length++;
    }
    for (size_t i = 0; i < length; i++, n /= k) {
        out[i] = alphabet[n % k];
    }
    return length;
}

/* Two patterns of three elements each that have a text in common have one of at most six letters.
 */
static bool
meet_by_trial(struct cd_str x, struct cd_str y)
{
    char text[16];
    for (size_t n = 0; n < 127; n++) {
        struct cd_str t = {text, word(LETTERS, n, text)};
        if (cd_glob(x, t) && cd_glob(y, t)) {
            return true;
        }
    }
    return false;
}

Test(glob, patterns_meet_where_a_text_matches_both)
{
    char x[16], y[16];
    for (size_t i = 0; i < 85; i++) {
        for (size_t k = 0; k < 85; k++) {
            struct cd_str p = {x, word(PATTERNS, i, x)}, q = {y, word(PATTERNS, k, y)};
            cr_assert_eq(cd_globs_meet(p, q), meet_by_trial(p, q), "%.*s %.*s", CD_FMT(p),
                         CD_FMT(q));
        }
    }
}

Test(glob, long_patterns_are_taken_to_meet)
{
    static char longer[3000];
    memset(longer, 'a', sizeof longer);
    cr_assert(cd_globs_meet((struct cd_str){longer, sizeof longer}, CD_STR("b")));
    cr_assert(cd_globs_meet(CD_STR("S3:*"), CD_STR("s3:Get*")), "letters without case");
    cr_assert(!cd_globs_meet(CD_STR("s3:Put*"), CD_STR("s3:Get*")));
}
