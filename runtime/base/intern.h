/* A dictionary of strings: equal strings get equal ids, ids count up from 0 in order of first
 * sight. Id 0 is the empty string. One thread at a time. */
#ifndef CD_BASE_INTERN_H
#define CD_BASE_INTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"

#define CD_NO_STR UINT32_MAX

struct cd_intern {
    struct cd_arena arena; /* the bytes */
    struct cd_str *strs;   /* by id */
    uint64_t *hashes;      /* by id */
    uint32_t n, cap;
    uint32_t *slots; /* open addressing, id + 1, 0 is free */
    uint32_t slot_mask;
};

/* False when memory is out. */
bool cd_intern_init(struct cd_intern *t);
void cd_intern_finish(struct cd_intern *t);
/* The id of S (its bytes are copied); CD_NO_STR when memory is out. */
uint32_t cd_intern_add(struct cd_intern *t, struct cd_str s);
/* The id of S if it is there, else CD_NO_STR. */
uint32_t cd_intern_find(const struct cd_intern *t, struct cd_str s);
static inline struct cd_str
cd_intern_str(const struct cd_intern *t, uint32_t id)
{
    return t->strs[id];
}

#endif
