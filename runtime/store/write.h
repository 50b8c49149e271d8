/* What the files that write a store share. */
#ifndef CD_STORE_WRITE_H
#define CD_STORE_WRITE_H

#include "runtime/base/file.h"
#include "runtime/column/snapshot.h"
#include "runtime/store/layout.h"

struct cd_store_writer {
    const struct cd_snapshot *s;
    struct cd_new_file file;
    struct cd_arena arena;
    uint32_t *strings;  /* by dictionary id: number in the store, CD_NO_STR if nothing uses it */
    uint32_t n_strings; /* in the store */
    uint32_t *sites;    /* by index in the snapshot: in the store */
    uint8_t
        *has_problem; /* by node: a problem speaks of it, so it is written also if it is empty */
    uint32_t *nodes;  /* by node: its number in the store, CD_NONE if it is not there */
    uint32_t n_nodes;
    struct cd_buf heap;   /* json values, as in memory */
    struct cd_buf shapes; /* names of the fields of each shape that a record has … */
    uint32_t *shape_of;   /* … by shape of the reference tables: which of them it is, + 1 */
    uint32_t n_shapes, n_schema_shapes;
    struct cd_buf section; /* the one that is being made */
    uint32_t *numbers;     /* room for a column … */
    uint32_t cap_numbers;  /* … of so many rows */
    bool oom;
    bool too_large; /* a limit of the format was met */
};

static inline uint32_t
cd_store_string(const struct cd_store_writer *w, uint32_t id)
{
    return id == CD_NO_STR || id == CD_ARN_MADE ? id : w->strings[id];
}

/* ---- write_columns.c ---- */

/* Writes B, which is cleared, as a section. */
struct cd_store_ref cd_store_put_section(struct cd_store_writer *w, struct cd_buf *b);
/* Room for N numbers; NULL: out of memory. */
uint32_t *cd_store_numbers(struct cd_store_writer *w, uint32_t n);
/* Packs NUMBERS[0..N) into a section; what is said of it goes to OUT. */
void cd_store_put_ints(struct cd_store_writer *w, const uint32_t *numbers, uint32_t n,
                       struct cd_buf *out);
/* The same of integers of eight bytes, or doubles, some of which are not there. */
struct cd_store_wide {
    uint32_t n;
    int64_t (*integer)(const void *of, uint32_t row); /* bits of a double */
    bool (*is_there)(const void *of, uint32_t row);
    bool is_double;
    const void *of;
};
void cd_store_put_wide(struct cd_store_writer *w, const struct cd_store_wide *v,
                       struct cd_buf *out);
/* Copies the subtree of json VALUE to the end of the heap; its place there. */
uint32_t cd_store_put_json(struct cd_store_writer *w, uint32_t value);
/* What is said of the values that were added since the heap had BEFORE bytes. */
void cd_store_put_json_range(struct cd_store_writer *w, size_t before, struct cd_buf *out);

/* ---- the parts of a store ---- */

/* write_strings.c: gives w->strings and w->n_strings, and writes the dictionary; what the directory
 * says of it goes to DIRECTORY. */
void cd_store_put_strings(struct cd_store_writer *w, struct cd_buf *directory);
/* write_nodes.c: N and what is below it. */
void cd_store_put_node(struct cd_store_writer *w, const struct cd_node *n, struct cd_buf *out);
/* write_table.c: the table's own section. */
void cd_store_put_table(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out);
/* write_complete.c: what the snapshot is complete for, and what takes completeness away. */
void cd_store_put_complete(struct cd_store_writer *w, struct cd_buf *directory);

#endif
