/* Reading resource types: their properties, ARN formats, names and flags. */
#include "compiler/tools/tablegen/tablegen.h"

struct shape *
tg_find_shape(struct gen *g, struct cd_str name)
{
    uint32_t i;
    return cd_map_get(&g->shape_ids, name, &i) ? g->shapes.items[i] : NULL;
}

static struct shape *
add_shape(struct gen *g, struct cd_str name, struct cd_str resource)
{
    struct shape *s = tg_find_shape(g, name);
    if (s != NULL) {
        return s;
    }
    struct shape **slot = PUSH(g, g->shapes);
    s = CD_NEW(&g->arena, struct shape);
    tg_check(slot != NULL && s != NULL
             && cd_map_put(&g->shape_ids, name, (uint32_t)(g->shapes.n - 1)));
    *slot = s;
    s->name = name;
    s->resource = resource;
    return s;
}

static void
read_field(struct gen *g, const struct line *l)
{
    struct cd_str name = cd_str_sub(l->cells[0], 1, l->cells[0].n);
    struct field *f = NULL;
    if (g->shape == NULL || l->n < 2) {
        tg_die(l->text->path, l->number,
               "a property needs a type and stands below a resource type");
    }
    for (size_t i = 0; i < g->shape->fields.n && f == NULL; i++) {
        if (cd_str_eq(g->shape->fields.items[i].name, name)) {
            f = &g->shape->fields.items[i];
        }
    }
    if (f == NULL) {
        f = PUSH(g, g->shape->fields);
        tg_check(f != NULL);
    }
    *f = (struct field){.name = name, .type = l->cells[1], .read_only = l->cells[0].p[0] == '!'};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t *value = PUSH(g, f->values);
        tg_check(value != NULL);
        *value = tg_intern(g, l->cells[i]);
    }
}

/* `AWS::X::Y id…` opens a resource type, `.Z` one of its nested objects, ` P type values…` is a
 * property, `!P` a read-only one. A later table extends a type; a property that is there already is
 * replaced. */
void
tg_read_shapes(struct gen *g, const struct line *l)
{
    bool overlay = cd_str_eq(l->text->kind, CD_STR("overlay"));
    char first = l->cells[0].p[0];
    if (first == ' ' || first == '!') {
        read_field(g, l);
        return;
    }
    size_t before = g->shapes.n;
    if (first == '.') {
        if (g->resource == NULL) {
            tg_die(l->text->path, l->number, "a nested object stands below a resource type");
        }
        g->shape = add_shape(g, tg_join(g, g->resource->name, l->cells[0]), g->resource->name);
    } else {
        g->shape = g->resource = add_shape(g, l->cells[0], l->cells[0]);
        /* The shape of policy documents belongs to no service; everything else with `::` has a
         * table. */
        if (cd_str_find(l->cells[0], ':', 0) < l->cells[0].n) {
            g->shape->flags |= CD_BLOB_SHAPE_RESOURCE;
        }
    }
    if (overlay && g->shapes.n > before) {
        g->shape->flags |= CD_BLOB_SHAPE_OVERLAY;
    }
}

struct shape *
tg_resource_of(struct gen *g, const struct line *l)
{
    struct shape *s = tg_find_shape(g, l->cells[0]);
    if (s == NULL) {
        tg_die(l->text->path, l->number, "no resource type %.*s", CD_FMT(l->cells[0]));
    }
    return s;
}

void
tg_read_arns(struct gen *g, const struct line *l)
{
    tg_resource_of(g, l)->arn = tg_intern(g, tg_cell(l, 1));
}

static bool
has_property(const struct shape *s, struct cd_str name)
{
    struct cd_str plain = cd_str_ends(name, CD_STR("[]")) ? cd_str_sub(name, 0, name.n - 2) : name;
    for (size_t i = 0; i < s->fields.n; i++) {
        if (cd_str_eq(s->fields.items[i].name, plain)) {
            return true;
        }
    }
    return false;
}

/* `TYPE id-property further-name…` */
void
tg_read_names(struct gen *g, const struct line *l)
{
    struct shape *s = tg_resource_of(g, l);
    for (size_t i = 1; i < l->n; i++) {
        if (l->cells[i].n > 0 && !has_property(s, l->cells[i])) {
            tg_die(l->text->path, l->number, "%.*s has no property %.*s", CD_FMT(s->name),
                   CD_FMT(l->cells[i]));
        }
    }
    s->id_property = tg_intern(g, tg_cell(l, 1));
    s->names = (struct span_vec){0};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t *name = PUSH(g, s->names);
        tg_check(name != NULL);
        *name = tg_intern(g, l->cells[i]);
    }
}

/* `TYPE global|derived` */
void
tg_read_flags(struct gen *g, const struct line *l)
{
    struct shape *s = tg_resource_of(g, l);
    if (cd_str_eq(tg_cell(l, 1), CD_STR("global"))) {
        s->flags |= CD_BLOB_SHAPE_GLOBAL;
    } else if (cd_str_eq(tg_cell(l, 1), CD_STR("derived"))) {
        s->flags |= CD_BLOB_SHAPE_DERIVED;
    } else {
        tg_die(l->text->path, l->number, "a type is `global` or `derived`");
    }
}
