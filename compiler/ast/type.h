/* Types of the language. Types are interned: equal types are the same pointer within one
 * compilation. */
#ifndef CD_AST_TYPE_H
#define CD_AST_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"

enum cd_type_kind {
    CD_TYPE_ERROR, /* of an expression that already has a diagnostic: agrees with everything,
                      silences follow-on errors */
    CD_TYPE_BOOL,
    CD_TYPE_NUMBER,
    CD_TYPE_STRING,
    CD_TYPE_TIME,
    CD_TYPE_DURATION,
    /* refined strings */
    CD_TYPE_REGION,
    CD_TYPE_ACCOUNT,
    CD_TYPE_ARN,
    CD_TYPE_ACTION,
    CD_TYPE_IP,
    CD_TYPE_CIDR,
    /* collections: elem */
    CD_TYPE_SET,
    CD_TYPE_LIST,
    CD_TYPE_MAP,
    CD_TYPE_JSON,
    CD_TYPE_POLICY,       /* iam_policy; fields are those of cd_schema_policy_shape() */
    CD_TYPE_RECORD,       /* nested object: shape (index of runtime/schema) */
    CD_TYPE_RESOURCE,     /* a resource of one type: shape */
    CD_TYPE_ANY_RESOURCE, /* `resource` */
    CD_TYPE_NEVER,        /* element type of the empty collection; agrees with every element type */
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
/* string or a refined string */
bool cd_type_is_stringlike(const struct cd_type *type);
bool cd_type_is_collection(const struct cd_type *type); /* set or list */

#endif
