/* The nearest of many names, by edit distance. */
#include "runtime/base/nearest.h"

void
cd_nearest_init(struct cd_nearest *n, struct cd_str wanted)
{
    unsigned limit = wanted.n < 3 ? 0 : wanted.n < 6 ? 1 : wanted.n < 12 ? 2 : wanted.n < 24 ? 3 : 4;
    *n = (struct cd_nearest){.wanted = wanted, .best = {NULL, 0}, .distance = limit + 1};
}

void
cd_nearest_try(struct cd_nearest *n, struct cd_str candidate)
{
    if (n->distance == 0) {
        return;
    }
    unsigned limit = n->distance - 1;
    size_t apart = candidate.n > n->wanted.n ? candidate.n - n->wanted.n : n->wanted.n - candidate.n;
    if (apart > limit) {
        return;
    }
    unsigned distance = cd_str_distance(n->wanted, candidate, limit);
    if (distance <= limit && !cd_str_eq(n->wanted, candidate)) {
        n->distance = distance;
        n->best = candidate;
    }
}
