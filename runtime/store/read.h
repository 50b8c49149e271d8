/* What the files that read a store share. Nothing in the file is believed: a section is checked
 * against its checksum when it is asked for, and what it says against what it refers to. */
#ifndef CD_STORE_READ_H
#define CD_STORE_READ_H

#include <sys/stat.h>

#include "runtime/base/packed.h"
#include "runtime/base/pages.h"
#include "runtime/column/snapshot.h"
#include "runtime/store/layout.h"

/* A section whose bytes are N, without the zeros at its end. */
struct cd_store_section {
    struct cd_store_ref ref;
    uint64_t n;
};

struct cd_store_tie {
    uint32_t source;
    uint64_t n;
};

/* What the directory says of a table. */
struct cd_store_table {
    struct cd_str type;
    uint32_t n; /* rows */
    int64_t latest;
    uint32_t first_node, root_node; /* the tags', the root's */
    struct cd_store_section own;
    struct cd_store_tie *ties;
    size_t n_ties, cap_ties;
};

/* An open store: the mapped file, and its directory. */
struct cd_store {
    struct cd_arena arena; /* of what is below */
    struct cd_pages pages; /* columns that do not stand in the file as they are in memory */
    char *path;
    struct cd_str file;
    bool is_mapped;        /* else it is the caller's */
    int fd;                /* MAPPED: stays open, to see whether … */
    struct stat as_opened; /* … it is still what was opened */
    struct cd_packed dict;
    struct cd_str builder;
    struct cd_source_info *sources; /* as before it was settled which resources count */
    uint32_t n_sources;
    uint64_t n_sites, n_places;
    struct cd_store_ref sites, places;
    uint32_t policies_node;
    struct cd_store_section policies;
    struct cd_store_table *tables;
    uint32_t n_tables;
    uint32_t n_nodes;
    uint64_t n_json;
    struct cd_store_ref json;
    uint32_t n_shapes;
    struct cd_store_section shapes, problems, complete, deletions, keep;
};

/* Opens PATH, or with BYTES not NULL these under its name, and checks head, tail and directory. */
CORDON_MUST_CHECK cordon_status cd_store_open(const char *path, const struct cd_str *bytes,
                                              struct cd_store **out, struct cordon_error *err);
void cd_store_close(void *store);

/* Fails: WHAT is wrong at OFFSET of the file. */
cordon_status cd_store_corrupt(const struct cd_store *st, uint64_t offset, const char *what,
                               struct cordon_error *err);
/* Fails if the file is not any more what was opened: its pages show what is written to it, and
 * zeros behind its end. */
CORDON_MUST_CHECK cordon_status cd_store_unchanged(const struct cd_store *st,
                                                   struct cordon_error *err);
cordon_status cd_store_no_memory(const struct cd_store *st, struct cordon_error *err);

/* A reference at the bytes' place; bytes->bad if it leads out of the file. */
struct cd_store_ref cd_store_get_ref(const struct cd_store *st, struct cd_bytes *bytes);
/* The bytes of a section, at least N of them, checked. */
CORDON_MUST_CHECK cordon_status cd_store_bytes(const struct cd_store *st, struct cd_store_ref ref,
                                               uint64_t n, struct cd_str *out,
                                               struct cordon_error *err);

/* ---- loading ---- */

/* The properties that the reference tables knew of an object when the store was built, sorted. */
struct cd_store_shape {
    const struct cd_str *fields;
    uint32_t n;
};

/* What is loaded into which snapshot. */
struct cd_store_load {
    struct cd_store *st;
    struct cd_snapshot *s;
    bool is_settled;       /* rows and counts as they are if there is no other source */
    uint32_t first_source; /* number in S of the store's first */
    uint32_t *nodes;       /* by number in the store: id in S, CD_NONE: not read */
    uint32_t *tables;      /* by number in the store: in S, CD_NONE: not read */
    struct cd_store_shape *shapes;
    uint32_t next_node; /* the number that the next node has in the store */
    uint64_t unpacked;  /* bytes so far, against what claims to be large */
    uint8_t *zeros;     /* shared by columns … */
    uint32_t n_zeros;   /* … of at most so many rows */
    uint32_t why_newer; /* reason: the store was built before this was known */
    uint32_t why_other; /* … or has it in another form */
    struct cordon_error *err;
};

/* load_columns.c: numbers of a column, N of them, as the bytes say; those of a kind that are not
 * all in range are refused. */
enum cd_store_ints {
    CD_STORE_ANY,
    CD_STORE_IDS,    /* of the dictionary: strings that are compared, and checked now */
    CD_STORE_NAMES,  /* the same, CD_NO_STR or CD_ARN_MADE; checked when they are asked for */
    CD_STORE_PLACES, /* CD_PLACE_KEY | id, or any number below */
    CD_STORE_BELOW,  /* a limit */
};
struct cd_store_column {
    enum cd_store_ints kind;
    uint32_t limit; /* BELOW */
};
CORDON_MUST_CHECK cordon_status cd_store_load_ints(struct cd_store_load *l, struct cd_bytes *bytes,
                                                   uint32_t n, struct cd_store_column column,
                                                   uint32_t **out);
/* The same in one byte each. */
CORDON_MUST_CHECK cordon_status cd_store_load_small(struct cd_store_load *l, struct cd_bytes *bytes,
                                                    uint32_t n, uint32_t limit, uint8_t **out);
/* Numbers of eight bytes: doubles, or integers. */
CORDON_MUST_CHECK cordon_status cd_store_load_wide(struct cd_store_load *l, struct cd_bytes *bytes,
                                                   uint32_t n, bool is_double, int64_t **out);
/* Passes over what one of them would read. */
void cd_store_skip_ints(const struct cd_store *st, struct cd_bytes *bytes);
void cd_store_skip_wide(const struct cd_store *st, struct cd_bytes *bytes);
/* N rows of zeros, not to be written to; NULL: out of memory. */
uint8_t *cd_store_zeros(struct cd_store_load *l, uint32_t n);
/* Room for N elements of SIZE bytes, zeroed, which counts as unpacked. */
CORDON_MUST_CHECK cordon_status cd_store_room(struct cd_store_load *l, uint64_t n, size_t size,
                                              void **out);
/* Is ID a string of the store, whose block holds? Strings in blocks that hold are equal if and only
 * if their numbers are. */
static inline bool
cd_store_id_holds(struct cd_store_load *l, uint32_t id)
{
    return id < l->st->dict.n && cd_packed_check(&l->st->dict, id);
}

/* load_nodes.c: the tree of ROOT, of a table of ROWS; passes over one; the policies. */
CORDON_MUST_CHECK cordon_status cd_store_load_tree(struct cd_store_load *l, struct cd_bytes *bytes,
                                                   struct cd_node *root, uint32_t rows);
CORDON_MUST_CHECK cordon_status cd_store_skip_tree(struct cd_store_load *l, struct cd_bytes *bytes);
CORDON_MUST_CHECK cordon_status cd_store_load_policies(struct cd_store_load *l);
/* load_table.c: the columns of table T that the projection asks for. */
CORDON_MUST_CHECK cordon_status cd_store_load_table(struct cd_store_load *l,
                                                    const struct cd_store_table *from,
                                                    struct cd_table *t);
/* load_json.c: the range of the heap that the bytes name, checked; *first and *n of it. */
CORDON_MUST_CHECK cordon_status cd_store_load_json(struct cd_store_load *l, struct cd_bytes *bytes,
                                                   uint32_t *first, uint32_t *n);
void cd_store_skip_json(struct cd_bytes *bytes);

#endif
