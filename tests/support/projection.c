/* Projections for tests, built from dotted paths. */
#include "tests/support/projection.h"
#include "runtime/schema/schema.h"

static uint32_t
add_string(struct cd_image *img, struct cd_str s)
{
    for (uint32_t i = 0; i < img->strings.n; i++) {
        if (cd_str_eq(img->strings.items[i], s)) {
            return i;
        }
    }
    *CD_PUSH(img->arena, img->strings.items, img->strings.n, img->strings.cap) = s;
    return (uint32_t)(img->strings.n - 1);
}

/* The paths below one shape. */
struct below {
    struct cd_str *items;
    size_t n, cap;
};

static uint32_t add_shape(struct cd_image *img, uint32_t schema, bool is_table,
                          const struct below *paths);

static uint32_t
add_type(struct cd_image *img, uint32_t type, const struct below *paths)
{
    struct cd_schema_type t = cd_schema_type_at(type);
    struct cd_value_type v = {.elem = CD_NONE, .shape = CD_NONE};
    switch (t.kind) {
    case CD_SCHEMA_BOOL: v.kind = CD_KIND_BOOL; break;
    case CD_SCHEMA_NUMBER: v.kind = CD_KIND_NUMBER; break;
    case CD_SCHEMA_STRING: v.kind = CD_KIND_STRING; break;
    case CD_SCHEMA_TIME: v.kind = CD_KIND_TIME; break;
    case CD_SCHEMA_JSON: v.kind = CD_KIND_JSON; break;
    case CD_SCHEMA_POLICY:
        v.kind = CD_KIND_ROW;
        v.shape = add_shape(img, cd_schema_policy_shape(), false, paths);
        break;
    case CD_SCHEMA_RECORD:
        v.kind = CD_KIND_ROW;
        v.shape = add_shape(img, t.ref, false, paths);
        break;
    case CD_SCHEMA_LIST:
        v.kind = CD_KIND_LIST;
        v.elem = add_type(img, t.ref, paths);
        break;
    case CD_SCHEMA_MAP:
        v.kind = CD_KIND_MAP;
        v.elem = add_type(img, t.ref, paths);
        break;
    }
    *CD_PUSH(img->arena, img->types.items, img->types.n, img->types.cap) = v;
    return (uint32_t)(img->types.n - 1);
}

static uint32_t
add_shape(struct cd_image *img, uint32_t schema, bool is_table, const struct below *paths)
{
    struct cd_schema_shape shape = cd_schema_shape_at(schema);
    struct cd_field *fields = CD_NEW_ARRAY(img->arena, paths->n + 1, struct cd_field);
    uint32_t n = 0;
    for (uint32_t f = 0; f < shape.n_fields; f++) {
        struct cd_schema_field field = cd_schema_field_at(shape.first_field + f);
        struct below inner = {NULL, 0, 0};
        bool wanted = false;
        for (size_t i = 0; i < paths->n; i++) {
            size_t dot = cd_str_find(paths->items[i], '.', 0);
            if (!cd_str_eq(cd_str_sub(paths->items[i], 0, dot), field.name)) {
                continue;
            }
            wanted = true;
            if (dot < paths->items[i].n) {
                *CD_PUSH(img->arena, inner.items, inner.n, inner.cap) =
                    cd_str_sub(paths->items[i], dot + 1, paths->items[i].n);
            }
        }
        if (wanted) {
            fields[n++] =
                (struct cd_field){add_string(img, field.name), add_type(img, field.type, &inner)};
        }
    }
    struct cd_shape s = {add_string(img, shape.name), is_table, (uint32_t)img->fields.n, n};
    for (uint32_t i = 0; i < n; i++) {
        *CD_PUSH(img->arena, img->fields.items, img->fields.n, img->fields.cap) = fields[i];
    }
    *CD_PUSH(img->arena, img->shapes.items, img->shapes.n, img->shapes.cap) = s;
    return (uint32_t)(img->shapes.n - 1);
}

struct cd_image *
cd_test_projection(struct cd_arena *a, const char *const *paths, size_t n)
{
    struct cd_image *img = CD_NEW(a, struct cd_image);
    img->arena = a;
    for (uint32_t s = 0; s < cd_schema_n_shapes(); s++) {
        struct cd_schema_shape shape = cd_schema_shape_at(s);
        struct below below = {NULL, 0, 0};
        bool wanted = false;
        for (size_t i = 0; shape.is_resource && i < n; i++) {
            struct cd_str path = cd_str_of(paths[i]);
            size_t dot = cd_str_find(path, '.', 0);
            if (cd_str_eq(cd_str_sub(path, 0, dot), shape.name)) {
                wanted = true;
                if (dot < path.n) {
                    *CD_PUSH(a, below.items, below.n, below.cap) =
                        cd_str_sub(path, dot + 1, path.n);
                }
            }
        }
        if (wanted) {
            add_shape(img, s, true, &below);
        }
    }
    return img;
}
