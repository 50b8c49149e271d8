/* String dictionaries: an open-addressing table of ids beside the strings and their hashes. */
#include "runtime/base/intern.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_SLOTS 64u
#define MAX_STRINGS (UINT32_C(1) << 31)

/* The slot of S: the one that holds it, or the free one where it belongs. */
static uint32_t
probe(const struct cd_intern *t, struct cd_str s, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & t->slot_mask;
    while (t->slots[i] != 0) {
        uint32_t id = t->slots[i] - 1;
        if (t->hashes[id] == hash && cd_str_eq(t->strs[id], s)) {
            return i;
        }
        i = (i + 1) & t->slot_mask;
    }
    return i;
}

/* Doubles the slots when they would become more than half full. */
static bool
grow_slots(struct cd_intern *t)
{
    uint64_t n_slots = t->slots ? ((uint64_t)t->slot_mask + 1) * 2 : FIRST_SLOTS;
    uint32_t *slots = n_slots <= UINT32_MAX ? calloc((size_t)n_slots, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    free(t->slots);
    t->slots = slots;
    t->slot_mask = (uint32_t)n_slots - 1;
    for (uint32_t id = 0; id < t->n; id++) {
        uint32_t i = (uint32_t)t->hashes[id] & t->slot_mask;
        while (slots[i] != 0) {
            i = (i + 1) & t->slot_mask;
        }
        slots[i] = id + 1;
    }
    return true;
}

static bool
grow_strs(struct cd_intern *t)
{
    uint32_t cap = t->cap ? t->cap * 2 : FIRST_SLOTS / 2;
    if (cap > MAX_STRINGS) {
        return false;
    }
    struct cd_str *strs = realloc(t->strs, cap * sizeof *strs);
    if (strs) {
        t->strs = strs;
    }
    uint64_t *hashes = realloc(t->hashes, cap * sizeof *hashes);
    if (hashes) {
        t->hashes = hashes;
    }
    if (!strs || !hashes) {
        return false;
    }
    t->cap = cap;
    return true;
}

bool
cd_intern_init(struct cd_intern *t)
{
    *t = (struct cd_intern){.n = 0};
    cd_arena_init(&t->arena);
    if (!grow_slots(t) || cd_intern_add(t, CD_STR("")) != 0) {
        cd_intern_finish(t);
        return false;
    }
    return true;
}

void
cd_intern_finish(struct cd_intern *t)
{
    cd_arena_finish(&t->arena);
    free(t->strs);
    free(t->hashes);
    free(t->slots);
    *t = (struct cd_intern){.n = 0};
}

uint32_t
cd_intern_add(struct cd_intern *t, struct cd_str s)
{
    uint64_t hash = cd_str_hash(s);
    uint32_t slot = probe(t, s, hash);
    if (t->slots[slot] != 0) {
        return t->slots[slot] - 1;
    }
    if (t->n >= (t->slot_mask + 1) / 2) {
        if (!grow_slots(t)) {
            return CD_NO_STR;
        }
        slot = probe(t, s, hash);
    }
    if (t->n == t->cap && !grow_strs(t)) {
        return CD_NO_STR;
    }
    struct cd_str copy = cd_arena_str(&t->arena, s);
    if (!copy.p) {
        return CD_NO_STR;
    }
    uint32_t id = t->n++;
    t->strs[id] = copy;
    t->hashes[id] = hash;
    t->slots[slot] = id + 1;
    return id;
}

uint32_t
cd_intern_find(const struct cd_intern *t, struct cd_str s)
{
    uint32_t held = t->slots[probe(t, s, cd_str_hash(s))];
    return held ? held - 1 : CD_NO_STR;
}
