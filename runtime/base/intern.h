/* A dictionary of strings: equal strings get equal ids, ids count up from 0 in order of first
 * sight. Id 0 is the empty string. One thread at a time. A string costs its bytes and some fifteen
 * more. */
#ifndef CD_BASE_INTERN_H
#define CD_BASE_INTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/packed.h"
#include "runtime/base/str.h"

#define CD_NO_STR UINT32_MAX

/* Strings stand in blocks, each behind its length: one byte, or 255 and four more. Where a string
 * begins is counted in units of two bytes over all blocks. */
#define CD_INTERN_UNIT 2u
#define CD_INTERN_BLOCK_BITS 19u /* of units */

/* Places for the short strings that were met last, by a cheap hash of their bytes: most lookups ask
 * for one of a few. */
#define CD_INTERN_RECENT 128u
#define CD_INTERN_SHORT 16u

struct cd_intern_recent {
    uint64_t head, tail; /* the first and the last bytes, which overlap */
    uint32_t n, id;      /* n 0: free */
};

struct cd_intern {
    char **blocks;
    uint32_t n_blocks, cap_blocks;
    uint32_t end;    /* where the next string may begin */
    uint32_t *begin; /* by id, from n_base */
    uint32_t n, cap;
    /* Ids below n_base are strings of BASE, which has to stand as long as this. */
    struct cd_packed *base; /* NULL: none */
    uint32_t n_base;
    /* Open addressing: id and, so that most other strings need not be looked at, eight bits of the
     * hash; 0 is free. Of the strings of BASE those are here that were asked for. */
    uint32_t *slots;
    uint8_t *tags;
    uint32_t slot_mask, n_slots;
    struct cd_intern_recent recent[CD_INTERN_RECENT];
};

/* False when memory is out. */
bool cd_intern_init(struct cd_intern *t);
/* A dictionary that begins as BASE, with its ids. A string of BASE is checked when it is asked for;
 * one that does not hold is empty, and base->broken says so. */
bool cd_intern_init_on(struct cd_intern *t, struct cd_packed *base);
void cd_intern_finish(struct cd_intern *t);
/* The id of S (its bytes are copied); CD_NO_STR when memory is out. */
uint32_t cd_intern_add(struct cd_intern *t, struct cd_str s);
/* S will be asked for soon: lets the memory fetch what that needs. */
void cd_intern_expect(const struct cd_intern *t, struct cd_str s);
/* The id of S if it is there, else CD_NO_STR. */
uint32_t cd_intern_find(const struct cd_intern *t, struct cd_str s);
/* The string of an id; its bytes stay where they are as long as the dictionary. */
static inline struct cd_str
cd_intern_str(const struct cd_intern *t, uint32_t id)
{
    if (id < t->n_base) {
        return cd_packed_text(t->base, id);
    }
    uint32_t begin = t->begin[id - t->n_base];
    uint32_t in_block = begin & ((UINT32_C(1) << CD_INTERN_BLOCK_BITS) - 1);
    const char *p = t->blocks[begin >> CD_INTERN_BLOCK_BITS] + (size_t)in_block * CD_INTERN_UNIT;
    uint32_t n = (uint8_t)*p++;
    if (n == UINT8_MAX) {
        memcpy(&n, p, sizeof n);
        p += sizeof n;
    }
    return (struct cd_str){p, n};
}

#endif
