/* The nearest of many names, by edit distance. */
#include "runtime/base/nearest.h"

void
cd_nearest_init(struct cd_nearest *n, struct cd_str wanted)
{
    unsigned limit = wanted.n < 3    ? 0
                     : wanted.n < 6  ? 1
                     : wanted.n < 12 ? 2
                     : wanted.n < 24 ? 3
                                     : 4;
    *n = (struct cd_nearest){.wanted = wanted, .best = {NULL, 0}, .distance = limit + 1};
}

#define MIN_PART 4

/* Is one of the two the beginning or the end of the other? */
static bool
is_part_of(struct cd_str a, struct cd_str b)
{
    struct cd_str shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
    return shorter.n >= MIN_PART && shorter.n < longer.n
           && (cd_str_eq_nocase(shorter, cd_str_sub(longer, 0, shorter.n))
               || cd_str_eq_nocase(shorter, cd_str_sub(longer, longer.n - shorter.n, longer.n)));
}

/* The shortest candidate of which WANTED is a part serves until one is near by distance. */
static void
try_part(struct cd_nearest *n, struct cd_str candidate)
{
    if ((n->best.p == NULL || (n->is_part && candidate.n < n->best.n))
        && is_part_of(n->wanted, candidate)) {
        n->best = candidate;
        n->is_part = true;
    }
}

void
cd_nearest_try(struct cd_nearest *n, struct cd_str candidate)
{
    if (n->distance == 0) {
        return;
    }
    unsigned limit = n->distance - 1;
    size_t apart =
        candidate.n > n->wanted.n ? candidate.n - n->wanted.n : n->wanted.n - candidate.n;
    unsigned distance = apart > limit ? limit + 1 : cd_str_distance(n->wanted, candidate, limit);
    if (distance > limit) {
        try_part(n, candidate);
    } else if (!cd_str_eq(n->wanted, candidate)) {
        n->distance = distance;
        n->best = candidate;
        n->is_part = false;
    }
}
