/* A dictionary of strings that is read where it stands: sorted, in blocks of CD_PACKED_STRINGS,
 * each with a checksum of its own, so that only the blocks are looked at whose strings are asked
 * for. The strings' numbers follow their order; number 0 is the empty string.
 *
 * A block has where each string ends (u32, from the first byte behind these), the bytes, and zeros
 * to a multiple of 8. Each has a fence: no string of it is less, every one of the block before is.
 * All fences are known without any block, so that a search looks into one block only.
 *
 * What the file says is not believed: a block is checked when it is first needed, and then all that
 * is said above holds of it, equal strings have equal numbers, and its bytes are UTF-8. */
#ifndef CD_BASE_PACKED_H
#define CD_BASE_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

#define CD_PACKED_BITS 5u
#define CD_PACKED_STRINGS (1u << CD_PACKED_BITS)

/* As in the file. */
struct cd_packed_block {
    uint64_t offset, size; /* in the file; multiples of 8 */
    uint64_t checksum;
    uint64_t fence; /* where its fence begins among the fences */
};

struct cd_packed {
    struct cd_str file;                   /* all of it; borrowed */
    const struct cd_packed_block *blocks; /* borrowed */
    uint32_t n;                           /* strings */
    struct cd_str fences;                 /* borrowed */
    uint8_t *state;                       /* of each block: enum cd_packed_state */
    uint32_t broken;                      /* the first block that did not hold, + 1; 0: none */
};
enum cd_packed_state { CD_PACKED_UNSEEN, CD_PACKED_CHECKED, CD_PACKED_BROKEN };

static inline uint32_t
cd_packed_n_blocks(uint32_t n)
{
    return n / CD_PACKED_STRINGS + (n % CD_PACKED_STRINGS != 0);
}

/* N strings in FILE. False: what is said of the blocks is wrong, or (*oom) memory is out. */
bool cd_packed_init(struct cd_packed *p, struct cd_str file, const struct cd_packed_block *blocks,
                    struct cd_str fences, uint32_t n, struct cd_arena *arena, bool *oom);
/* Checks the block of string ID < n, once; false if it does not hold. */
bool cd_packed_check(struct cd_packed *p, uint32_t id);
/* The number of S, UINT32_MAX if it is not there, or if its block does not hold (p->broken). */
uint32_t cd_packed_find(struct cd_packed *p, struct cd_str s);
/* A string of a block that was checked. */
static inline struct cd_str
cd_packed_str(const struct cd_packed *p, uint32_t id)
{
    const struct cd_packed_block *b = &p->blocks[id >> CD_PACKED_BITS];
    const char *at = p->file.p + b->offset;
    uint32_t first = id & ~(CD_PACKED_STRINGS - 1);
    uint32_t n = p->n - first < CD_PACKED_STRINGS ? p->n - first : CD_PACKED_STRINGS;
    uint32_t i = id - first;
    uint32_t begin = 0, end;
    if (i > 0) {
        memcpy(&begin, at + (i - 1) * sizeof begin, sizeof begin);
    }
    memcpy(&end, at + i * sizeof end, sizeof end);
    return (struct cd_str){at + n * sizeof end + begin, end - begin};
}
/* A string of a block that is checked now, if it was not before; empty if it does not hold
 * (p->broken). */
static inline struct cd_str
cd_packed_text(struct cd_packed *p, uint32_t id)
{
    bool holds = p->state[id >> CD_PACKED_BITS] == CD_PACKED_CHECKED || cd_packed_check(p, id);
    return holds ? cd_packed_str(p, id) : (struct cd_str){"", 0};
}

/* Appends to OUT the block of STRINGS[0..n), which are sorted and 1 to CD_PACKED_STRINGS. */
void cd_packed_write(const struct cd_str *strings, uint32_t n, struct cd_buf *out);
/* Length of the fence of a block that begins with FIRST, behind one that ends with LAST. */
size_t cd_packed_fence(struct cd_str last, struct cd_str first);

#endif
