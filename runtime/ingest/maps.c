/* Lookups in the compiled mappings. */
#include "runtime/ingest/maps.h"

#include <stddef.h>

const struct cd_map_type *
cd_map_find(struct cd_str from)
{
    uint32_t low = 0;
    uint32_t high = cd_n_normalize_maps;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = cd_str_cmp(cd_normalize_maps[middle].from, from);
        if (order == 0) {
            return &cd_normalize_maps[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct cd_map_entry *
cd_map_entry_find(const struct cd_map_entry *entries, uint32_t n, struct cd_str name)
{
    for (uint32_t i = 0; i < n; i++) {
        if (cd_str_eq(entries[i].name, name)) {
            return &entries[i];
        }
    }
    return NULL;
}
