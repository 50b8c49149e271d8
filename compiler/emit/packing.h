/* Bin packing: sizes into the fewest bins, the same for the same sizes. It knows nothing of
 * policies. */
#ifndef CD_EMIT_PACKING_H
#define CD_EMIT_PACKING_H

#include "runtime/base/arena.h"

/* Looks at bins in searches, all together: some ten milliseconds. */
#define CD_PACK_STEPS 20000000

struct cd_pack_item {
    size_t size;  /* 1 … capacity */
    size_t group; /* items of a group stand together, with ascending numbers from 0 */
};

struct cd_packing {
    size_t *bin_of; /* of each item; bins are numbered in the order of their first items */
    size_t n_bins;
    size_t lower_bound; /* fewer bins are impossible */
    bool is_minimal;    /* proven, by the lower bound or by a search to its end */
};

/* Packs ITEMS into bins of CAPACITY. First come the fewest bins; among these, groups stay whole
 * where that takes no more bins, and items stay where they are when sizes change a little: bins are
 * filled in the order of items with sizes rounded up, as coarsely as the number of bins allows. */
void cd_pack(struct cd_arena *a, const struct cd_pack_item *items, size_t n, size_t capacity,
             struct cd_packing *out);

#endif
