/* The members of an object that somebody reads, found by their keys without regard to case. Items
 * of one type have the same keys in the same order nearly always: the order of the last object
 * answers most lookups with one comparison. */
#ifndef CD_INGEST_KEYS_H
#define CD_INGEST_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"

struct cd_keys {
    struct cd_arena *arena; /* owns everything below */
    struct cd_str *names;   /* as they were added */
    size_t n, cap;
    uint32_t *slots; /* open addressing by folded hash: index + 1, 0 is free */
    uint32_t mask;
    uint64_t kinds;           /* bits of cd_key_kind: most keys that nobody reads are told by it */
    struct cd_key_seen *seen; /* by place in the object */
    uint32_t n_seen;
};

struct cd_key_seen {
    struct cd_str key;
    uint32_t which;
};

/* The bit of a key's length and first letter. */
static inline uint64_t
cd_key_kind(struct cd_str key)
{
    unsigned first = key.n == 0 ? 0 : (unsigned)(unsigned char)cd_ascii_lower(key.p[0]);
    return UINT64_C(1) << ((key.n * 11 + first) & 63);
}

void cd_keys_init(struct cd_keys *k, struct cd_arena *arena);
/* The index of NAME, added if it is not there; names that differ by case only are one. CD_NONE: out
 * of memory. */
uint32_t cd_keys_add(struct cd_keys *k, struct cd_str name);
/* cd_keys_find where the last object does not tell. */
uint32_t cd_keys_search(struct cd_keys *k, uint32_t place, struct cd_str key);
/* Is KEY certainly none of the keys, told by its length and first letter? */
static inline bool
cd_keys_lack(const struct cd_keys *k, struct cd_str key)
{
    return (k->kinds & cd_key_kind(key)) == 0;
}

/* The index of KEY, which stands at PLACE of its object; UINT32_MAX if nobody reads it. */
static inline uint32_t
cd_keys_find(struct cd_keys *k, uint32_t place, struct cd_str key)
{
    if (place < k->n_seen && k->seen[place].key.p != NULL
        && cd_str_eq_name(k->seen[place].key, key)) {
        return k->seen[place].which;
    }
    return cd_keys_search(k, place, key);
}

#endif
