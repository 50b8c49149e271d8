/* String dictionaries: blocks of bytes, and a table of ids by hash. Hashes are not kept: when the
 * table grows they are computed again, over bytes that stand in the order of the ids. */
#include "runtime/base/intern.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_SLOTS 64u
#define FIRST_STRINGS 32u
#define MAX_STRINGS (UINT32_C(1) << 31)
#define BLOCK_UNITS (UINT32_C(1) << CD_INTERN_BLOCK_BITS)
#define LONG_HEAD (1 + sizeof(uint32_t))

/* ---- slots ---- */

static uint8_t
tag_of(uint64_t hash)
{
    uint8_t tag = (uint8_t)(hash >> 56);
    return tag == 0 ? 1 : tag;
}

/* The slot of S: the one that holds it, or the free one where it belongs. */
static uint32_t
probe(const struct cd_intern *t, struct cd_str s, uint64_t hash)
{
    uint8_t tag = tag_of(hash);
    uint32_t i = (uint32_t)hash & t->slot_mask;
    while (t->tags[i] != 0) {
        if (t->tags[i] == tag && cd_str_eq_name(cd_intern_str(t, t->slots[i]), s)) {
            return i;
        }
        i = (i + 1) & t->slot_mask;
    }
    return i;
}

/* Doubles the slots. They stay at most three quarters full. */
static bool
grow_slots(struct cd_intern *t)
{
    uint64_t n_slots = t->slots ? ((uint64_t)t->slot_mask + 1) * 2 : FIRST_SLOTS;
    uint32_t *slots = n_slots <= MAX_STRINGS ? malloc((size_t)n_slots * sizeof *slots) : NULL;
    uint8_t *tags = slots ? calloc((size_t)n_slots, 1) : NULL;
    if (!tags) {
        free(slots);
        return false;
    }
    uint32_t mask = (uint32_t)n_slots - 1;
    for (uint32_t id = 0; id < t->n; id++) {
        uint64_t hash = cd_str_hash(cd_intern_str(t, id));
        uint32_t i = (uint32_t)hash & mask;
        while (tags[i] != 0) {
            i = (i + 1) & mask;
        }
        slots[i] = id;
        tags[i] = tag_of(hash);
    }
    free(t->slots);
    free(t->tags);
    t->slots = slots;
    t->tags = tags;
    t->slot_mask = mask;
    return true;
}

/* ---- bytes ---- */

static bool
grow_table(struct cd_intern *t, uint32_t n_blocks)
{
    if (t->n_blocks + n_blocks <= t->cap_blocks) {
        return true;
    }
    uint32_t cap = t->cap_blocks + n_blocks + t->cap_blocks;
    char **blocks = realloc(t->blocks, cap * sizeof *blocks);
    if (!blocks) {
        return false;
    }
    t->blocks = blocks;
    t->cap_blocks = cap;
    return true;
}

/* Room for UNITS behind each other: a new block, or for a string that is longer than a block one
 * allocation that stands for several, of which only the first is named. */
static bool
add_blocks(struct cd_intern *t, uint64_t units)
{
    uint64_t n = (units + BLOCK_UNITS - 1) >> CD_INTERN_BLOCK_BITS;
    if (n > (UINT64_C(1) << (32 - CD_INTERN_BLOCK_BITS)) - 1 - t->n_blocks
        || !grow_table(t, (uint32_t)n)) {
        return false;
    }
    char *bytes = malloc((size_t)n * BLOCK_UNITS * CD_INTERN_UNIT);
    if (!bytes) {
        return false;
    }
    t->end = t->n_blocks << CD_INTERN_BLOCK_BITS;
    for (uint64_t i = 0; i < n; i++) {
        t->blocks[t->n_blocks++] = i == 0 ? bytes : NULL;
    }
    return true;
}

/* Copies S behind its length; where it begins is in *begin. */
static bool
put_bytes(struct cd_intern *t, struct cd_str s, uint32_t *begin)
{
    size_t head = s.n < UINT8_MAX ? 1 : LONG_HEAD;
    uint64_t units = ((uint64_t)s.n + head + CD_INTERN_UNIT - 1) / CD_INTERN_UNIT;
    uint64_t room = ((uint64_t)t->n_blocks << CD_INTERN_BLOCK_BITS) - t->end;
    if (s.n > UINT32_MAX || (units > room && !add_blocks(t, units))) {
        return false;
    }
    *begin = t->end;
    char *p = t->blocks[t->end >> CD_INTERN_BLOCK_BITS]
              + (size_t)(t->end & (BLOCK_UNITS - 1)) * CD_INTERN_UNIT;
    p[0] = (char)(head == 1 ? s.n : UINT8_MAX);
    if (head != 1) {
        uint32_t n = (uint32_t)s.n;
        memcpy(p + 1, &n, sizeof n);
    }
    if (s.n > 0) {
        memcpy(p + head, s.p, s.n);
    }
    bool is_long = units > BLOCK_UNITS; /* nothing else begins in the blocks that it took */
    t->end = is_long ? t->n_blocks << CD_INTERN_BLOCK_BITS : t->end + (uint32_t)units;
    return true;
}

static bool
grow_strings(struct cd_intern *t)
{
    uint32_t cap = t->cap ? t->cap * 2 : FIRST_STRINGS;
    uint32_t *begin = cap <= MAX_STRINGS ? realloc(t->begin, cap * sizeof *begin) : NULL;
    if (!begin) {
        return false;
    }
    t->begin = begin;
    t->cap = cap;
    return true;
}

/* ---- all of it ---- */

bool
cd_intern_init(struct cd_intern *t)
{
    *t = (struct cd_intern){.n = 0};
    if (!grow_slots(t) || cd_intern_add(t, CD_STR("")) != 0) {
        cd_intern_finish(t);
        return false;
    }
    return true;
}

void
cd_intern_finish(struct cd_intern *t)
{
    for (uint32_t i = 0; i < t->n_blocks; i++) {
        free(t->blocks[i]);
    }
    free(t->blocks);
    free(t->begin);
    free(t->slots);
    free(t->tags);
    *t = (struct cd_intern){.n = 0};
}

uint32_t
cd_intern_add(struct cd_intern *t, struct cd_str s)
{
    uint64_t hash = cd_str_hash(s);
    uint32_t slot = probe(t, s, hash);
    if (t->tags[slot] != 0) {
        return t->slots[slot];
    }
    if (t->n >= t->slot_mask / 4 * 3) {
        if (!grow_slots(t)) {
            return CD_NO_STR;
        }
        slot = probe(t, s, hash);
    }
    if (t->n == t->cap && !grow_strings(t)) {
        return CD_NO_STR;
    }
    if (!put_bytes(t, s, &t->begin[t->n])) {
        return CD_NO_STR;
    }
    t->slots[slot] = t->n;
    t->tags[slot] = tag_of(hash);
    return t->n++;
}

uint32_t
cd_intern_find(const struct cd_intern *t, struct cd_str s)
{
    uint32_t slot = probe(t, s, cd_str_hash(s));
    return t->tags[slot] != 0 ? t->slots[slot] : CD_NO_STR;
}
