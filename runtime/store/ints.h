/* Columns of numbers in few bytes: how a column is packed, and packing and unpacking it. */
#ifndef CD_STORE_INTS_H
#define CD_STORE_INTS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/buf.h"

/* How the numbers of a column stand in its section. The numbers are the format. */
enum cd_packing {
    CD_PACKING_SAME,   /* all are `base`; the section is empty */
    CD_PACKING_8,      /* one byte each … */
    CD_PACKING_16,     /* … two */
    CD_PACKING_32,     /* … four */
    CD_PACKING_TABLE8, /* `n_table` numbers of four bytes, then for each its place among them in one
                          byte … */
    CD_PACKING_TABLE16, /* … in two */
    CD_PACKING_STEP8, /* the difference to the number before, of the first to `base`, modulo 2^32 */
    CD_PACKING_STEP16,
    CD_N_PACKINGS
};

struct cd_ints {
    uint32_t packing; /* enum cd_packing */
    uint32_t n;       /* numbers */
    uint32_t base;    /* SAME, STEP; else 0 */
    uint32_t n_table; /* TABLE; else 0 */
};

/* Appends V[0..n) to OUT in the packing that takes the fewest bytes; false when memory is out. */
bool cd_ints_pack(const uint32_t *v, uint32_t n, struct cd_ints *p, struct cd_buf *out);
/* The bytes of the section that P speaks of; false if there is no such packing. */
bool cd_ints_size(const struct cd_ints *p, uint64_t *size);
/* Unpacks BYTES, of that size and aligned to four, into V[0..n); false: a place that its table does
 * not have. */
bool cd_ints_unpack(const struct cd_ints *p, const char *bytes, uint32_t *v);
static inline bool
cd_ints_has_table(const struct cd_ints *p)
{
    return p->packing == CD_PACKING_TABLE8 || p->packing == CD_PACKING_TABLE16;
}

#endif
