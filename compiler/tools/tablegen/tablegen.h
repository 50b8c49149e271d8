/* What the parts of tablegen share: the tables as they are read, and the sections of the blob as
 * they grow. Any mistake in a table ends the program with its place; memory is the program's. */
#ifndef CD_TOOLS_TABLEGEN_H
#define CD_TOOLS_TABLEGEN_H

#include <stdlib.h>

#include "runtime/base/file.h"
#include "runtime/base/intern.h"
#include "runtime/base/map.h"
#include "runtime/base/num.h"
#include "runtime/schema/blob.h"
#include "runtime/schema/schema.h"

#define MAX_CELLS 2048
#define MAX_DEPTH 64
#define MAX_TEXT ((size_t)64 << 20)

/* A growing array on the program's arena. */
#define VEC(type)      \
    struct {           \
        type *items;   \
        size_t n, cap; \
    }
#define PUSH(g, vec) CD_PUSH(&(g)->arena, (vec).items, (vec).n, (vec).cap)

struct span_vec {
    uint32_t *items;
    size_t n, cap;
};

struct field {
    struct cd_str name, type;
    struct span_vec values; /* enumerated, string ids */
    bool read_only, carried, uncarried;
};

struct carry {
    struct cd_str name;
    VEC(struct carry *) children;
};

struct shape {
    struct cd_str name, resource;
    uint32_t flags, arn, id_property;
    VEC(struct field) fields;
    struct span_vec names;
    struct carry *carries;
    uint32_t index; /* after sorting */
};

struct text {
    const char *path;
    struct cd_str kind, bytes;
    int rank;
};

struct line {
    const struct text *text;
    unsigned number;
    struct cd_str cells[MAX_CELLS];
    size_t n;
};

struct gen {
    struct cd_arena arena;
    struct cd_intern strings;
    struct cd_map shape_ids, type_ids, enum_ids, set_ids, key_ids, resource_ids;
    VEC(struct shape *) shapes;
    struct shape *resource, *shape; /* the ones being read */
    struct carry *open[MAX_DEPTH];
    struct cd_buf sections[CD_BLOB_N_SECTIONS];
    VEC(struct cd_blob_key) keys;
    VEC(struct cd_blob_template) templates;
    VEC(struct cd_blob_region) regions;
    VEC(struct cd_blob_quota) quotas;
    VEC(struct cd_blob_rcp) rcp;
    uint32_t service; /* the one being read */
};

/* Ends the program with a place and a message. */
__attribute__((format(printf, 3, 4), noreturn)) void tg_die(const char *path, unsigned line,
                                                            const char *fmt, ...);
/* Ends the program if memory is out. */
void tg_check(bool ok);
uint32_t tg_intern(struct gen *g, struct cd_str s);
struct cd_str tg_string_of(const struct gen *g, uint32_t id);
/* Appends a record to a section; its index. */
uint32_t tg_emit(struct gen *g, enum cd_blob_section section, const void *record, size_t size);
uint32_t tg_emitted(const struct gen *g, enum cd_blob_section section, size_t size);
/* The I-th cell, empty beyond the last. */
struct cd_str tg_cell(const struct line *l, size_t i);
struct cd_str tg_join(struct gen *g, struct cd_str a, struct cd_str b);
/* A copy with ASCII letters in lower case. */
struct cd_str tg_lowered(struct gen *g, struct cd_str s);

/* Records are ordered through keys, so that one comparison function does. */
struct sort_key {
    struct cd_str text, second;
    uint32_t index;
};
struct sort_key *tg_sort_keys(struct gen *g, size_t n);
void tg_sort(struct sort_key *keys, size_t n);

/* shapes.c: resource types, overlay, ARN formats, names, flags. */
struct shape *tg_find_shape(struct gen *g, struct cd_str name);
/* The resource type that a line begins with; ends the program if there is none. */
struct shape *tg_resource_of(struct gen *g, const struct line *l);
void tg_read_shapes(struct gen *g, const struct line *l);
void tg_read_arns(struct gen *g, const struct line *l);
void tg_read_names(struct gen *g, const struct line *l);
void tg_read_flags(struct gen *g, const struct line *l);
/* layout.c: what AWS Config carries; the types and shapes as they stand in the blob. */
void tg_read_carries(struct gen *g, const struct line *l);
void tg_emit_shapes(struct gen *g);
/* iam.c */
void tg_read_keys(struct gen *g, const struct line *l);
void tg_emit_keys(struct gen *g);
void tg_read_actions(struct gen *g, const struct line *l);
/* facts.c: regions, quotas, services with resource control policies. */
void tg_read_region(struct gen *g, const struct line *l);
void tg_read_quota(struct gen *g, const struct line *l);
void tg_read_rcp(struct gen *g, const struct line *l);
void tg_emit_facts(struct gen *g);

#endif
