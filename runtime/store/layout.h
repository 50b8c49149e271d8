/* The layout of a store, which docs/SNAPSHOT.md describes: what its writer and its reader share.
 *
 * The head is followed by sections, one behind the other, each at a multiple of 8 with zeros up to
 * the next; a reference to one has its place, its size with these zeros, and its checksum (XXH3).
 * The last section is the directory, which refers to all others, directly or through the tables'
 * own. The tail has the reference to it, the size of the file, and a checksum of head and tail. */
#ifndef CD_STORE_LAYOUT_H
#define CD_STORE_LAYOUT_H

#include "runtime/base/bytes.h"
#include "runtime/ingest/keep.h"
#include "runtime/store/ints.h"

#define CD_STORE_VERSION 1u
#define CD_STORE_BYTE_ORDER 0x01020304u

struct cd_store_head {
    char magic[CD_STORE_MAGIC_SIZE];
    uint32_t version, byte_order;
};
struct cd_store_ref {
    uint64_t offset, size, checksum;
};
struct cd_store_tail {
    struct cd_store_ref directory;
    uint64_t file_size;
    uint64_t checksum; /* of the head and of what stands before in the tail */
};
#define CD_STORE_HEAD sizeof(struct cd_store_head)
#define CD_STORE_TAIL sizeof(struct cd_store_tail)
_Static_assert(CD_STORE_HEAD == 16 && CD_STORE_TAIL == 40, "there is nothing between the words");

/* Nodes are nested no deeper than this; ingest nests half as deep. */
#define CD_STORE_DEPTH 250

/* What stands behind a node's kind and number of rows. */
enum {
    CD_STORE_HAS_REASON = 1,
    CD_STORE_HAS_OPEN = 2,
    CD_STORE_HAS_PLACE = 4, /* else an element's place is its number in its list, a property's 0 */
    CD_STORE_HAS_KEY = 8,
};
/* How numbers and times stand in a section. */
enum {
    CD_STORE_WHOLE,   /* cd_ints, to be added to a base */
    CD_STORE_DOUBLES, /* eight bytes each: the bits of a double, or an integer */
    CD_STORE_N_WIDES
};

/* What the tail's checksum is of. */
#define CD_STORE_SEALED (CD_STORE_HEAD + CD_STORE_TAIL - sizeof(uint64_t))
static inline void
cd_store_sealed(const struct cd_store_head *head, const struct cd_store_tail *tail,
                char out[CD_STORE_SEALED])
{
    memcpy(out, head, CD_STORE_HEAD);
    memcpy(out + CD_STORE_HEAD, tail, CD_STORE_SEALED - CD_STORE_HEAD);
}

static inline void
cd_store_put_ref(struct cd_buf *out, struct cd_store_ref ref)
{
    cd_bytes_put(out, ref.offset / 8);
    cd_bytes_put(out, ref.size / 8);
    cd_bytes_put(out, ref.checksum);
}

/* A number of which UINT32_MAX stands for none, as CD_NONE and CD_NO_STR do: one more, none as 0.
 */
static inline void
cd_store_put_optional(struct cd_buf *out, uint32_t n)
{
    cd_bytes_put(out, n == UINT32_MAX ? 0 : (uint64_t)n + 1);
}

static inline uint32_t
cd_store_get_optional(struct cd_bytes *bytes)
{
    return (uint32_t)cd_bytes_get(bytes, UINT32_MAX) - 1;
}

#endif
