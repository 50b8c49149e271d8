/* Interning and naming of types. */
#include "compiler/ast/type.h"

#include "runtime/schema/schema.h"

#define SCHEMA_DEPTH_LIMIT 32 /* lists of lists in the tables nest far less */

static const struct {
    struct cd_str name;
    enum cd_type_class class;
} type_info[CD_N_TYPES] = {
#define CD_TYPE_ROW(name, text, class) [CD_TYPE_##name] = {CD_STR_INIT(text), CD_CLASS_##class},
#include "compiler/ast/types.def"
#undef CD_TYPE_ROW
};

void
cd_types_init(struct cd_types *t, struct cd_arena *arena)
{
    *t = (struct cd_types){.arena = arena};
}

static size_t
bucket_of(enum cd_type_kind kind, const struct cd_type *elem, uint32_t shape)
{
    uint64_t h = (uint64_t)kind * 0x9E3779B97F4A7C15u;
    h ^= (uint64_t)(uintptr_t)elem * 0xC2B2AE3D27D4EB4Fu;
    h ^= (uint64_t)shape * 0x165667B19E3779F9u;
    return (size_t)(h >> 56);
}

static const struct cd_type *
intern(struct cd_types *t, enum cd_type_kind kind, const struct cd_type *elem, uint32_t shape)
{
    struct cd_type **bucket = &t->buckets[bucket_of(kind, elem, shape)];
    for (struct cd_type *p = *bucket; p; p = p->next) {
        if (p->kind == kind && p->elem == elem && p->shape == shape) {
            return p;
        }
    }
    struct cd_type *made = CD_NEW(t->arena, struct cd_type);
    if (!made) {
        return NULL;
    }
    *made = (struct cd_type){.kind = kind, .elem = elem, .shape = shape, .next = *bucket};
    *bucket = made;
    return made;
}

const struct cd_type *
cd_type_simple(struct cd_types *t, enum cd_type_kind kind)
{
    return intern(t, kind, NULL, CD_SCHEMA_NONE);
}

const struct cd_type *
cd_type_of(struct cd_types *t, enum cd_type_kind kind, const struct cd_type *elem)
{
    return intern(t, kind, elem, CD_SCHEMA_NONE);
}

const struct cd_type *
cd_type_shape(struct cd_types *t, enum cd_type_kind kind, uint32_t shape)
{
    return intern(t, kind, NULL, shape);
}

static const struct cd_type *
of_schema(struct cd_types *t, uint32_t schema_type, unsigned depth)
{
    if (depth > SCHEMA_DEPTH_LIMIT) {
        return cd_type_simple(t, CD_TYPE_JSON);
    }
    struct cd_schema_type s = cd_schema_type_at(schema_type);
    switch (s.kind) {
    case CD_SCHEMA_BOOL: return cd_type_simple(t, CD_TYPE_BOOL);
    case CD_SCHEMA_NUMBER: return cd_type_simple(t, CD_TYPE_NUMBER);
    case CD_SCHEMA_STRING: return cd_type_simple(t, CD_TYPE_STRING);
    case CD_SCHEMA_TIME: return cd_type_simple(t, CD_TYPE_TIME);
    case CD_SCHEMA_JSON: return cd_type_simple(t, CD_TYPE_JSON);
    case CD_SCHEMA_POLICY: return cd_type_simple(t, CD_TYPE_POLICY);
    case CD_SCHEMA_RECORD: return cd_type_shape(t, CD_TYPE_RECORD, s.ref);
    case CD_SCHEMA_LIST: return cd_type_of(t, CD_TYPE_LIST, of_schema(t, s.ref, depth + 1));
    case CD_SCHEMA_MAP: return cd_type_of(t, CD_TYPE_MAP, of_schema(t, s.ref, depth + 1));
    }
    return cd_type_simple(t, CD_TYPE_JSON);
}

const struct cd_type *
cd_type_of_schema(struct cd_types *t, uint32_t schema_type)
{
    return of_schema(t, schema_type, 0);
}

enum cd_type_class
cd_type_class(const struct cd_type *type)
{
    return type_info[type->kind].class;
}

struct cd_str
cd_type_name(const struct cd_type *type, struct cd_arena *arena)
{
    struct cd_str name = type_info[type->kind].name;
    if (cd_type_is_container(type)) {
        struct cd_str elem = cd_type_name(type->elem, arena);
        return cd_arena_printf(arena, "%.*s<%.*s>", CD_FMT(name), CD_FMT(elem));
    }
    return cd_type_class(type) == CD_CLASS_SHAPED ? cd_schema_shape_at(type->shape).name : name;
}

bool
cd_type_is_stringlike(const struct cd_type *type)
{
    enum cd_type_class class = cd_type_class(type);
    return class == CD_CLASS_STRING || class == CD_CLASS_REFINED;
}

bool
cd_type_is_container(const struct cd_type *type)
{
    return cd_type_class(type) == CD_CLASS_CONTAINER;
}

bool
cd_type_is_collection(const struct cd_type *type)
{
    return type->kind == CD_TYPE_SET || type->kind == CD_TYPE_LIST;
}
