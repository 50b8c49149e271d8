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

/* New slots in which what is entered goes to the first free one behind its hash. */
struct slots {
    uint32_t *ids;
    uint8_t *tags;
    uint32_t mask;
};

static void
enter(const struct cd_intern *t, struct slots *slots, uint32_t id)
{
    uint64_t hash = cd_str_hash(cd_intern_str(t, id));
    uint32_t i = (uint32_t)hash & slots->mask;
    while (slots->tags[i] != 0) {
        i = (i + 1) & slots->mask;
    }
    slots->ids[i] = id;
    slots->tags[i] = tag_of(hash);
}

/* Doubles the slots. They stay at most three quarters full. */
static bool
grow_slots(struct cd_intern *t)
{
    uint64_t n = t->slots ? ((uint64_t)t->slot_mask + 1) * 2 : FIRST_SLOTS;
    struct slots grown = {.mask = (uint32_t)n - 1};
    grown.ids = n <= MAX_STRINGS ? malloc((size_t)n * sizeof *grown.ids) : NULL;
    grown.tags = grown.ids ? calloc((size_t)n, 1) : NULL;
    if (!grown.tags) {
        free(grown.ids);
        return false;
    }
    for (uint32_t i = 0; t->n_base > 0 && t->slots && i <= t->slot_mask; i++) {
        if (t->tags[i] != 0 && t->slots[i] < t->n_base) {
            enter(t, &grown, t->slots[i]);
        }
    }
    for (uint32_t id = t->n_base; id < t->n; id++) {
        enter(t, &grown, id);
    }
    free(t->slots);
    free(t->tags);
    t->slots = grown.ids;
    t->tags = grown.tags;
    t->slot_mask = grown.mask;
    return true;
}

/* Enters ID, which is not there, at SLOT, where it belongs unless the slots have to grow first. */
static bool
put_slot(struct cd_intern *t, struct cd_str s, uint64_t hash, uint32_t slot, uint32_t id)
{
    if (t->n_slots >= t->slot_mask / 4 * 3) {
        if (!grow_slots(t)) {
            return false;
        }
        slot = probe(t, s, hash);
    }
    t->slots[slot] = id;
    t->tags[slot] = tag_of(hash);
    t->n_slots++;
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

bool
cd_intern_init_on(struct cd_intern *t, struct cd_packed *base)
{
    *t = (struct cd_intern){.n = base->n, .base = base, .n_base = base->n};
    return grow_slots(t);
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

/* The id of S, of the slots or of the base; *slot is the free one where it belongs. */
static uint32_t
look_up(struct cd_intern *t, struct cd_str s, uint64_t hash, uint32_t *slot)
{
    *slot = probe(t, s, hash);
    if (t->tags[*slot] != 0) {
        return t->slots[*slot];
    }
    uint32_t id = t->base ? cd_packed_find(t->base, s) : CD_NO_STR;
    if (id != CD_NO_STR) {
        (void)put_slot(t, s, hash, *slot, id); /* so that it is found at once the next time */
    }
    return id;
}

static uint32_t
add(struct cd_intern *t, struct cd_str s)
{
    uint64_t hash = cd_str_hash(s);
    uint32_t slot;
    uint32_t id = look_up(t, s, hash, &slot);
    if (id != CD_NO_STR) {
        return id;
    }
    if (t->n >= MAX_STRINGS || (t->n - t->n_base == t->cap && !grow_strings(t))
        || !put_bytes(t, s, &t->begin[t->n - t->n_base])) {
        return CD_NO_STR;
    }
    return put_slot(t, s, hash, slot, t->n) ? t->n++ : CD_NO_STR;
}

/* The first and the last bytes of a short string, which overlap: with its length they are all of
 * it.
 */
static inline uint64_t
head_of(struct cd_str s)
{
    uint64_t word = 0;
    uint32_t half;
    if (s.n >= sizeof word) {
        memcpy(&word, s.p, sizeof word);
        return word;
    }
    if (s.n >= sizeof half) {
        memcpy(&half, s.p, sizeof half);
        return half;
    }
    return (unsigned char)s.p[0];
}

static inline uint64_t
tail_of(struct cd_str s)
{
    uint64_t word = 0;
    uint32_t half;
    if (s.n >= sizeof word) {
        memcpy(&word, s.p + s.n - sizeof word, sizeof word);
        return word;
    }
    if (s.n >= sizeof half) {
        memcpy(&half, s.p + s.n - sizeof half, sizeof half);
        return half;
    }
    return (uint64_t)(unsigned char)s.p[s.n / 2] << 8 | (unsigned char)s.p[s.n - 1];
}

uint32_t
cd_intern_add(struct cd_intern *t, struct cd_str s)
{
    if (s.n == 0 || s.n > CD_INTERN_SHORT) {
        return add(t, s);
    }
    uint64_t head = head_of(s);
    uint64_t tail = tail_of(s);
    uint64_t mixed = (head ^ tail << 7) * UINT64_C(0x9E3779B97F4A7C15);
    struct cd_intern_recent *place = &t->recent[mixed >> 32 & (CD_INTERN_RECENT - 1)];
    if (place->head != head || place->tail != tail || place->n != s.n) {
        uint32_t id = add(t, s);
        if (id == CD_NO_STR) {
            return CD_NO_STR;
        }
        *place = (struct cd_intern_recent){head, tail, (uint32_t)s.n, id};
    }
    return place->id;
}

void
cd_intern_expect(const struct cd_intern *t, struct cd_str s)
{
    if (s.n > CD_INTERN_SHORT) {
        __builtin_prefetch(&t->tags[(uint32_t)cd_str_hash(s) & t->slot_mask]);
    }
}

uint32_t
cd_intern_find(const struct cd_intern *t, struct cd_str s)
{
    struct cd_intern *noting = (struct cd_intern *)(uintptr_t)t; /* nothing changes but the time */
    uint32_t slot;
    return look_up(noting, s, cd_str_hash(s), &slot);
}
