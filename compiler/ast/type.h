/* Types of the language. Types are interned: equal types are the same pointer within one
 * compilation. */
#ifndef CD_AST_TYPE_H
#define CD_AST_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"

enum cd_type_kind {
#define CD_TYPE_ROW(name, text, class) CD_TYPE_##name,
#include "compiler/ast/types.def"
#undef CD_TYPE_ROW
};

#define CD_N_TYPES (CD_TYPE_NEVER + 1)

enum cd_type_class {
    CD_CLASS_SCALAR,    /* a value, ordered or not */
    CD_CLASS_STRING,    /* any text */
    CD_CLASS_REFINED,   /* text of one form */
    CD_CLASS_CONTAINER, /* elem */
    CD_CLASS_SHAPED,    /* shape: index of runtime/schema */
    CD_CLASS_SPECIAL,
};

struct cd_type {
    enum cd_type_kind kind;
    const struct cd_type *elem;
    uint32_t shape;
    struct cd_type *next; /* intern chain */
};

struct cd_types {
    struct cd_arena *arena;
    struct cd_type *buckets[256];
};

void cd_types_init(struct cd_types *t, struct cd_arena *arena);
const struct cd_type *cd_type_simple(struct cd_types *t, enum cd_type_kind kind);
const struct cd_type *cd_type_of(struct cd_types *t, enum cd_type_kind kind,
                                 const struct cd_type *elem);
const struct cd_type *cd_type_shape(struct cd_types *t, enum cd_type_kind kind, uint32_t shape);
/* The type of a schema property (cd_schema_type index). */
const struct cd_type *cd_type_of_schema(struct cd_types *t, uint32_t schema_type);
/* As the language writes it: `set<region>`, `AWS::S3::Bucket`. */
struct cd_str cd_type_name(const struct cd_type *type, struct cd_arena *arena);
enum cd_type_class cd_type_class(const struct cd_type *type);
/* string or a refined string */
bool cd_type_is_stringlike(const struct cd_type *type);
bool cd_type_is_container(const struct cd_type *type);  /* set, list or map: it has an elem */
bool cd_type_is_collection(const struct cd_type *type); /* set or list */

#endif
