/* A hash map from string to uint32_t, keys borrowed (they must outlive the map). For symbol tables
 * and lookups. */
#ifndef CD_BASE_MAP_H
#define CD_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

struct cd_map_slot;

struct cd_map {
    struct cd_map_slot *slots;
    uint32_t n, mask;
};

void cd_map_init(struct cd_map *m);
void cd_map_finish(struct cd_map *m);
/* Sets key to value; false when memory is out. Replaces an earlier value. */
bool cd_map_put(struct cd_map *m, struct cd_str key, uint32_t value);
/* False if the key is not there. */
bool cd_map_get(const struct cd_map *m, struct cd_str key, uint32_t *value);

#endif
