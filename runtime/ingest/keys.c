/* Sets of keys with a memory of where each stood last. */
#include "runtime/ingest/keys.h"

#define SEEN_PLACES 256u
#define LONGEST_SEEN 64u

void
cd_keys_init(struct cd_keys *k, struct cd_arena *arena)
{
    *k = (struct cd_keys){.arena = arena};
}

static uint32_t
find_slot(const struct cd_keys *k, struct cd_str name)
{
    uint32_t i = (uint32_t)cd_str_hash_nocase(name) & k->mask;
    while (k->slots[i] != 0 && !cd_str_eq_nocase(k->names[k->slots[i] - 1], name)) {
        i = (i + 1) & k->mask;
    }
    return i;
}

/* The slots stay at most half full. */
static bool
grow(struct cd_keys *k)
{
    uint32_t size = k->slots == NULL ? 16 : (k->mask + 1) * 2;
    uint32_t *slots = CD_NEW_ARRAY(k->arena, size, uint32_t);
    if (slots == NULL) {
        return false;
    }
    k->slots = slots;
    k->mask = size - 1;
    for (uint32_t i = 0; i < k->n; i++) {
        slots[find_slot(k, k->names[i])] = i + 1;
    }
    return true;
}

uint32_t
cd_keys_add(struct cd_keys *k, struct cd_str name)
{
    if ((k->slots == NULL || k->n * 2 > k->mask) && !grow(k)) {
        return UINT32_MAX;
    }
    uint32_t slot = find_slot(k, name);
    if (k->slots[slot] != 0) {
        return k->slots[slot] - 1;
    }
    struct cd_str *place = CD_PUSH(k->arena, k->names, k->n, k->cap);
    if (place == NULL) {
        return UINT32_MAX;
    }
    *place = name;
    k->kinds |= cd_key_kind(name);
    k->slots[slot] = (uint32_t)k->n;
    return (uint32_t)(k->n - 1);
}

/* Without memory nothing is remembered. A place is written anew at most once per object, in memory
 * that is there already if the key fits. */
static void
remember(struct cd_keys *k, uint32_t place, struct cd_str key, uint32_t which)
{
    if (place >= SEEN_PLACES || key.n > LONGEST_SEEN) {
        return;
    }
    if (place >= k->n_seen) {
        uint32_t n = place < 16 ? 16 : place < 64 ? 64 : SEEN_PLACES;
        struct cd_key_seen *seen = cd_arena_grow(k->arena, k->seen, k->n_seen, n, sizeof *seen);
        if (seen == NULL) {
            return;
        }
        k->seen = seen;
        k->n_seen = n;
    }
    struct cd_key_seen *at = &k->seen[place];
    char *bytes = (char *)(uintptr_t)at->key.p;
    if (bytes == NULL) {
        bytes = cd_arena_alloc(k->arena, LONGEST_SEEN);
        if (bytes == NULL) {
            return;
        }
    }
    memcpy(bytes, key.p, key.n);
    *at = (struct cd_key_seen){{bytes, key.n}, which};
}

uint32_t
cd_keys_search(struct cd_keys *k, uint32_t place, struct cd_str key)
{
    if (k->slots == NULL) {
        return UINT32_MAX;
    }
    uint32_t slot = find_slot(k, key);
    uint32_t which = k->slots[slot] == 0 ? UINT32_MAX : k->slots[slot] - 1;
    remember(k, place, key, which);
    return which;
}
