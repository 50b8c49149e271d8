/* Types, shapes with the properties that are read, constants, parameters and join indexes of an
 * image. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/codegen/gen.h"
#include "runtime/schema/schema.h"

/* ---- shapes ---- */

uint32_t
cd_gen_shape(struct cd_gen *g, uint32_t schema_shape)
{
    if (schema_shape == CD_SCHEMA_NONE) {
        return CD_NONE;
    }
    if (g->shapes[schema_shape] == CD_NONE) {
        struct cd_schema_shape s = cd_schema_shape_at(schema_shape);
        g->shapes[schema_shape] = cd_build_shape(&g->b, s.name, s.is_resource);
        *CD_PUSH(g->arena, g->schema_of.items, g->schema_of.n, g->schema_of.cap) = schema_shape;
    }
    return g->shapes[schema_shape];
}

static void
note_field(struct cd_gen *g, uint32_t field)
{
    *CD_PUSH(g->arena, g->fields.items, g->fields.n, g->fields.cap) = field;
}

/* The further names by which `->` finds rows of SHAPE have to be read, too. */
static void
note_names(struct cd_gen *g, uint32_t shape)
{
    for (uint32_t i = 0; i < cd_schema_n_names(shape); i++) {
        struct cd_str name = cd_schema_name_property(shape, i);
        if (cd_str_ends(name, CD_STR("[]"))) {
            name = cd_str_sub(name, 0, name.n - 2);
        }
        uint32_t field = cd_schema_find_field(shape, name);
        if (field != CD_SCHEMA_NONE) {
            note_field(g, field);
        }
    }
}

static int
ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x;
    uint32_t b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static void
sort_unique(uint32_t *items, size_t *n)
{
    if (*n == 0) {
        return;
    }
    qsort(items, *n, sizeof *items, ascending);
    size_t kept = 1;
    for (size_t i = 1; i < *n; i++) {
        if (items[i] != items[kept - 1]) {
            items[kept++] = items[i];
        }
    }
    *n = kept;
}

struct tables {
    uint32_t *items;
    size_t n, cap;
};

static void
note_table(struct cd_gen *g, struct tables *t, uint32_t shape)
{
    if (shape != CD_SCHEMA_NONE) {
        *CD_PUSH(g->arena, t->items, t->n, t->cap) = shape;
    }
}

/* What the evaluator reads for can and becomes (runtime/bc/estate.def). */
static void
note_estate(struct cd_gen *g, struct tables *tables)
{
    static const struct cd_str reads[][2] = {
#define CD_ESTATE_READS(type, property) {CD_STR_INIT(type), CD_STR_INIT(property)},
#include "runtime/bc/estate.def"
#undef CD_ESTATE_READS
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(reads); i++) {
        uint32_t shape = cd_schema_find_shape(reads[i][0]);
        uint32_t field = shape == CD_SCHEMA_NONE ? shape : cd_schema_find_field(shape, reads[i][1]);
        assert(field != CD_SCHEMA_NONE);
        note_field(g, field);
        if (cd_schema_shape_at(shape).is_resource) {
            note_table(g, tables, shape);
        }
    }
}

static void
note_node(struct cd_gen *g, const struct cd_plan_node *n, struct tables *tables)
{
    if (n->op == CD_OP_FIELD) {
        note_field(g, n->b);
    } else if (n->op == CD_OP_TABLE) {
        note_table(g, tables, n->a);
    } else if (n->op == CD_OP_FOLLOW) {
        note_table(g, tables, n->c);
        note_names(g, n->c);
    } else if (n->op == CD_OP_PROBE) {
        const struct cd_plan_index *x = &g->plan.indexes.items[n->c];
        note_table(g, tables, x->shape);
        for (uint32_t i = 0; i < x->n_fields; i++) {
            note_field(g, x->fields[i]);
        }
    }
}

void
cd_gen_collect(struct cd_gen *g)
{
    const struct cd_plan *p = &g->plan;
    struct tables tables = {NULL, 0, 0};
    uint32_t n_shapes = cd_schema_n_shapes();
    g->shapes = CD_NEW_ARRAY(g->arena, n_shapes, uint32_t);
    memset(g->shapes, 0xff, n_shapes * sizeof *g->shapes);
    g->indexes = CD_NEW_ARRAY(g->arena, p->indexes.n, uint32_t);
    memset(g->indexes, 0xff, p->indexes.n * sizeof *g->indexes);
    bool asks_estate = false;
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        if (g->use[i]) {
            enum cd_op op = p->nodes.items[i].op;
            asks_estate = asks_estate || op == CD_OP_CAN || op == CD_OP_BECOMES;
            note_node(g, &p->nodes.items[i], &tables);
        }
    }
    if (asks_estate) {
        note_estate(g, &tables);
    }
    for (uint32_t i = 0; i < p->domains.n; i++) {
        if (p->domains.items[i].kind == CD_DOMAIN_ROOT) {
            note_table(g, &tables, p->domains.items[i].shape);
        }
    }
    sort_unique(tables.items, &tables.n);
    sort_unique(g->fields.items, &g->fields.n);
    for (size_t i = 0; i < tables.n; i++) {
        cd_gen_shape(g, tables.items[i]);
    }
}

/* The place of the first noted field that is not before FIELD. */
static uint32_t
lower_bound(const struct cd_gen *g, uint32_t field)
{
    uint32_t low = 0;
    uint32_t high = (uint32_t)g->fields.n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (g->fields.items[mid] < field) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* A shape's fields stand together in the schema, sorted by name: so do those of them that are read.
 */
uint32_t
cd_gen_slot(const struct cd_gen *g, uint32_t schema_field, uint32_t schema_shape)
{
    return lower_bound(g, schema_field)
           - lower_bound(g, cd_schema_shape_at(schema_shape).first_field);
}

void
cd_gen_fields(struct cd_gen *g)
{
    /* Types of fields bring further shapes. */
    for (uint32_t i = 0; i < g->img->shapes.n; i++) {
        struct cd_schema_shape s = cd_schema_shape_at(g->schema_of.items[i]);
        uint32_t first = lower_bound(g, s.first_field);
        uint32_t n = lower_bound(g, s.first_field + s.n_fields) - first;
        struct cd_field *fields = CD_NEW_ARRAY(g->arena, n, struct cd_field);
        for (uint32_t f = 0; f < n; f++) {
            struct cd_schema_field field = cd_schema_field_at(g->fields.items[first + f]);
            fields[f].name = cd_build_string(&g->b, field.name);
            fields[f].type = cd_gen_type(g, cd_type_of_schema(g->plan.types, field.type));
        }
        cd_build_fields(&g->b, i, fields, n);
    }
}

/* ---- types ---- */

uint32_t
cd_gen_type(struct cd_gen *g, const struct cd_type *type)
{
    struct cd_builder *b = &g->b;
    switch (type->kind) {
    case CD_TYPE_BOOL: return cd_build_simple_type(b, CD_KIND_BOOL);
    case CD_TYPE_NUMBER: return cd_build_simple_type(b, CD_KIND_NUMBER);
    case CD_TYPE_TIME: return cd_build_simple_type(b, CD_KIND_TIME);
    case CD_TYPE_DURATION: return cd_build_simple_type(b, CD_KIND_DURATION);
    case CD_TYPE_JSON: return cd_build_simple_type(b, CD_KIND_JSON);
    case CD_TYPE_SET:
    case CD_TYPE_LIST:
        return cd_build_list_type(b, cd_gen_type(g, type->elem), type->kind == CD_TYPE_SET);
    case CD_TYPE_MAP: return cd_build_map_type(b, cd_gen_type(g, type->elem));
    case CD_TYPE_POLICY: return cd_build_row_type(b, cd_gen_shape(g, cd_schema_policy_shape()));
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE: return cd_build_row_type(b, cd_gen_shape(g, type->shape));
    case CD_TYPE_ANY_RESOURCE: return cd_build_row_type(b, CD_NONE);
    case CD_TYPE_STRING:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ARN:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR:
    case CD_TYPE_NEVER: /* of a collection that is empty whatever its members would be */
    case CD_TYPE_ERROR: break;
    }
    return cd_build_simple_type(b, CD_KIND_STRING);
}

/* ---- constants ---- */

static uint32_t
collection(struct cd_gen *g, const struct cd_type *type, const struct cd_const *value)
{
    bool is_map = value->kind == CD_CONST_MAP;
    size_t n_items = is_map ? 2 * value->n : value->n;
    uint32_t *items = CD_NEW_ARRAY(g->arena, n_items, uint32_t);
    for (size_t i = 0; i < value->n; i++) {
        uint32_t member = cd_gen_const(g, type->elem, value->items[i]);
        if (is_map) {
            items[2 * i] = cd_build_string(&g->b, value->keys[i]);
            items[2 * i + 1] = member;
        } else {
            items[i] = member;
        }
    }
    return cd_build_collection(&g->b, cd_gen_type(g, type), items, value->n);
}

uint32_t
cd_gen_const(struct cd_gen *g, const struct cd_type *type, const struct cd_const *value)
{
    switch (value->kind) {
    case CD_CONST_ABSENT: break;
    case CD_CONST_BOOL: return cd_build_bool(&g->b, value->boolean);
    case CD_CONST_NUMBER: return cd_build_number(&g->b, value->number);
    case CD_CONST_STRING: return cd_build_text(&g->b, value->text);
    case CD_CONST_TIME:
        return cd_build_scalar(&g->b, cd_build_simple_type(&g->b, CD_KIND_TIME),
                               (uint64_t)value->ms);
    case CD_CONST_DURATION:
        return cd_build_scalar(&g->b, cd_build_simple_type(&g->b, CD_KIND_DURATION),
                               (uint64_t)value->ms);
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: return collection(g, type, value);
    }
    return cd_build_absent(&g->b, cd_gen_type(g, type));
}

uint32_t
cd_gen_index(struct cd_gen *g, uint32_t plan_index)
{
    if (g->indexes[plan_index] != CD_NONE) {
        return g->indexes[plan_index];
    }
    const struct cd_plan_index *x = &g->plan.indexes.items[plan_index];
    uint32_t *path = CD_NEW_ARRAY(g->arena, x->n_fields, uint32_t);
    uint32_t shape = x->shape;
    for (uint32_t i = 0; i < x->n_fields; i++) {
        path[i] = cd_gen_slot(g, x->fields[i], shape);
        struct cd_schema_type t = cd_schema_type_at(cd_schema_field_at(x->fields[i]).type);
        shape = t.kind == CD_SCHEMA_RECORD ? t.ref : CD_SCHEMA_NONE;
    }
    g->indexes[plan_index] =
        cd_build_index(&g->b, cd_gen_shape(g, x->shape), x->n_fields == 0 ? (uint32_t)x->env : 0,
                       path, x->n_fields);
    return g->indexes[plan_index];
}
