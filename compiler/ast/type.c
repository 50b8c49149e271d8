/* Interning and naming of types. */
#include "compiler/ast/type.h"

#include "runtime/schema/schema.h"

#define SCHEMA_DEPTH_LIMIT 32 /* lists of lists in the tables nest far less */

static const struct cd_str simple_names[] = {
    [CD_TYPE_ERROR] = CD_STR_INIT("error"),
    [CD_TYPE_BOOL] = CD_STR_INIT("bool"),
    [CD_TYPE_NUMBER] = CD_STR_INIT("number"),
    [CD_TYPE_STRING] = CD_STR_INIT("string"),
    [CD_TYPE_TIME] = CD_STR_INIT("time"),
    [CD_TYPE_DURATION] = CD_STR_INIT("duration"),
    [CD_TYPE_REGION] = CD_STR_INIT("region"),
    [CD_TYPE_ACCOUNT] = CD_STR_INIT("account"),
    [CD_TYPE_ARN] = CD_STR_INIT("arn"),
    [CD_TYPE_ACTION] = CD_STR_INIT("action"),
    [CD_TYPE_IP] = CD_STR_INIT("ip"),
    [CD_TYPE_CIDR] = CD_STR_INIT("cidr"),
    [CD_TYPE_SET] = CD_STR_INIT("set"),
    [CD_TYPE_LIST] = CD_STR_INIT("list"),
    [CD_TYPE_MAP] = CD_STR_INIT("map"),
    [CD_TYPE_JSON] = CD_STR_INIT("json"),
    [CD_TYPE_POLICY] = CD_STR_INIT("iam_policy"),
    [CD_TYPE_RECORD] = CD_STR_INIT("object"),
    [CD_TYPE_RESOURCE] = CD_STR_INIT("resource type"),
    [CD_TYPE_ANY_RESOURCE] = CD_STR_INIT("resource"),
    [CD_TYPE_NEVER] = CD_STR_INIT("nothing"),
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

struct cd_str
cd_type_name(const struct cd_type *type, struct cd_arena *arena)
{
    switch (type->kind) {
    case CD_TYPE_SET:
    case CD_TYPE_LIST:
    case CD_TYPE_MAP: {
        struct cd_str elem = cd_type_name(type->elem, arena);
        return cd_arena_printf(arena, "%s<%.*s>", simple_names[type->kind].p, CD_FMT(elem));
    }
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE: return cd_schema_shape_at(type->shape).name;
    case CD_TYPE_ERROR:
    case CD_TYPE_BOOL:
    case CD_TYPE_NUMBER:
    case CD_TYPE_STRING:
    case CD_TYPE_TIME:
    case CD_TYPE_DURATION:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ARN:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR:
    case CD_TYPE_JSON:
    case CD_TYPE_POLICY:
    case CD_TYPE_ANY_RESOURCE:
    case CD_TYPE_NEVER: break;
    }
    return simple_names[type->kind];
}

bool
cd_type_is_stringlike(const struct cd_type *type)
{
    switch (type->kind) {
    case CD_TYPE_STRING:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ARN:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR: return true;
    case CD_TYPE_ERROR:
    case CD_TYPE_BOOL:
    case CD_TYPE_NUMBER:
    case CD_TYPE_TIME:
    case CD_TYPE_DURATION:
    case CD_TYPE_SET:
    case CD_TYPE_LIST:
    case CD_TYPE_MAP:
    case CD_TYPE_JSON:
    case CD_TYPE_POLICY:
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE:
    case CD_TYPE_ANY_RESOURCE:
    case CD_TYPE_NEVER: break;
    }
    return false;
}

bool
cd_type_is_collection(const struct cd_type *type)
{
    return type->kind == CD_TYPE_SET || type->kind == CD_TYPE_LIST;
}
