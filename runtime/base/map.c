/* Hash maps from string to number: open addressing, at most half full. */
#include "runtime/base/map.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_SLOTS 16u

struct cd_map_slot {
    struct cd_str key;
    uint64_t hash;
    uint32_t value;
    bool taken;
};

void
cd_map_init(struct cd_map *m)
{
    *m = (struct cd_map){.slots = NULL};
}

void
cd_map_finish(struct cd_map *m)
{
    free(m->slots);
    cd_map_init(m);
}

/* The slot that holds KEY, or the free one where it belongs. */
static struct cd_map_slot *
probe(struct cd_map_slot *slots, uint32_t mask, struct cd_str key, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & mask;
    while (slots[i].taken && (slots[i].hash != hash || !cd_str_eq(slots[i].key, key))) {
        i = (i + 1) & mask;
    }
    return &slots[i];
}

static bool
grow(struct cd_map *m)
{
    uint64_t n_slots = m->slots ? ((uint64_t)m->mask + 1) * 2 : FIRST_SLOTS;
    struct cd_map_slot *slots =
        n_slots <= UINT32_MAX ? calloc((size_t)n_slots, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    uint32_t mask = (uint32_t)n_slots - 1;
    for (uint64_t i = 0; m->slots && i <= m->mask; i++) {
        const struct cd_map_slot *old = &m->slots[i];
        if (old->taken) {
            *probe(slots, mask, old->key, old->hash) = *old;
        }
    }
    free(m->slots);
    m->slots = slots;
    m->mask = mask;
    return true;
}

bool
cd_map_put(struct cd_map *m, struct cd_str key, uint32_t value)
{
    if ((!m->slots || m->n >= (m->mask + 1) / 2) && !grow(m)) {
        return false;
    }
    uint64_t hash = cd_str_hash(key);
    struct cd_map_slot *slot = probe(m->slots, m->mask, key, hash);
    m->n += slot->taken ? 0 : 1;
    *slot = (struct cd_map_slot){key, hash, value, true};
    return true;
}

bool
cd_map_get(const struct cd_map *m, struct cd_str key, uint32_t *value)
{
    if (!m->slots) {
        return false;
    }
    const struct cd_map_slot *slot = probe(m->slots, m->mask, key, cd_str_hash(key));
    if (!slot->taken) {
        return false;
    }
    *value = slot->value;
    return true;
}
