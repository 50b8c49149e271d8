/* Laying out shapes, types and the paths that AWS Config carries. */
#include "compiler/tools/tablegen/tablegen.h"

/* ---- What AWS Config carries: reading ---- */

/* A tree of property paths by indentation, below the name of a resource type. */
void
tg_read_carries(struct gen *g, const struct line *l)
{
    struct cd_str name = l->cells[0];
    size_t depth = 0;
    while (depth < name.n && name.p[depth] == ' ') {
        depth++;
    }
    struct carry *node = CD_NEW(&g->arena, struct carry);
    tg_check(node != NULL);
    node->name = cd_str_sub(name, depth, name.n);
    if (depth == 0) {
        struct shape *s = tg_resource_of(g, l);
        s->flags |= CD_BLOB_SHAPE_RECORDED;
        s->carries = node;
    } else {
        if (depth >= MAX_DEPTH || g->open[depth - 1] == NULL) {
            tg_die(l->text->path, l->number, "no path at this depth");
        }
        struct carry **slot = PUSH(g, g->open[depth - 1]->children);
        tg_check(slot != NULL);
        *slot = node;
    }
    g->open[depth] = node;
    for (size_t i = depth + 1; i < MAX_DEPTH; i++) {
        g->open[i] = NULL;
    }
}

/* ---- Types ---- */

static const struct {
    const char *name;
    enum cd_schema_kind kind;
} scalars[] = {{"bool", CD_SCHEMA_BOOL},     {"number", CD_SCHEMA_NUMBER},
               {"string", CD_SCHEMA_STRING}, {"time", CD_SCHEMA_TIME},
               {"json", CD_SCHEMA_JSON},     {"policy", CD_SCHEMA_POLICY}};

static uint32_t
enum_set(struct gen *g, const struct field *f)
{
    if (f->values.n == 0) {
        return CD_SCHEMA_NONE;
    }
    struct cd_str key = {(const char *)f->values.items, f->values.n * sizeof(uint32_t)};
    uint32_t id;
    if (!cd_map_get(&g->enum_ids, key, &id)) {
        struct cd_blob_span span = {tg_emitted(g, CD_BLOB_ENUM_VALUES, 4), (uint32_t)f->values.n};
        cd_buf_put(&g->sections[CD_BLOB_ENUM_VALUES], key.p, key.n);
        id = tg_emit(g, CD_BLOB_ENUMS, &span, sizeof span);
        tg_check(cd_map_put(&g->enum_ids, key, id));
    }
    return id;
}

static uint32_t
add_type(struct gen *g, struct cd_blob_type t)
{
    struct cd_str key = cd_arena_printf(&g->arena, "%u %u %u", t.kind, t.ref, t.enum_set);
    uint32_t id;
    tg_check(key.p != NULL);
    if (!cd_map_get(&g->type_ids, key, &id)) {
        id = tg_emit(g, CD_BLOB_TYPES, &t, sizeof t);
        tg_check(cd_map_put(&g->type_ids, key, id));
    }
    return id;
}

/* `string`, `.Nested`, `[T]`, `{T}`; brackets nest, so the depth is the text's own. */
static uint32_t
type_of(struct gen *g, const struct shape *s, const struct field *f)
{
    struct cd_str t = f->type;
    size_t depth = 0;
    while (t.n >= 2
           && ((t.p[0] == '[' && t.p[t.n - 1] == ']') || (t.p[0] == '{' && t.p[t.n - 1] == '}'))) {
        t = cd_str_sub(t, 1, t.n - 1);
        depth++;
    }
    struct cd_blob_type type = {UINT32_MAX, CD_SCHEMA_NONE, CD_SCHEMA_NONE};
    for (size_t i = 0; i < CD_ARRAY_LEN(scalars); i++) {
        if (cd_str_eq(t, cd_str_of(scalars[i].name))) {
            type.kind = scalars[i].kind;
        }
    }
    if (type.kind == CD_SCHEMA_STRING) {
        type.enum_set = enum_set(g, f);
    } else if (t.n > 0 && t.p[0] == '.') {
        const struct shape *target = tg_find_shape(g, tg_join(g, s->resource, t));
        if (target != NULL) {
            type.kind = CD_SCHEMA_RECORD;
            type.ref = target->index;
        }
    }
    if (type.kind == UINT32_MAX) {
        tg_die("tables", 0, "%.*s.%.*s: no type %.*s", CD_FMT(s->name), CD_FMT(f->name),
               CD_FMT(f->type));
    }
    uint32_t id = add_type(g, type);
    while (depth-- > 0) {
        enum cd_schema_kind kind = f->type.p[depth] == '[' ? CD_SCHEMA_LIST : CD_SCHEMA_MAP;
        id = add_type(g, (struct cd_blob_type){(uint32_t)kind, id, CD_SCHEMA_NONE});
    }
    return id;
}

/* ---- What AWS Config carries ---- */

static struct carry *
child_of(const struct carry *c, struct cd_str name)
{
    for (size_t i = 0; i < c->children.n; i++) {
        if (cd_str_eq(c->children.items[i]->name, name)) {
            return c->children.items[i];
        }
    }
    return NULL;
}

static struct shape *
shape_of_type(struct gen *g, const struct shape *s, struct cd_str type)
{
    size_t from = 0;
    while (from < type.n && (type.p[from] == '[' || type.p[from] == '{')) {
        from++;
    }
    struct cd_str bare = cd_str_sub(type, from, type.n - from);
    return bare.n > 0 && bare.p[0] == '.' ? tg_find_shape(g, tg_join(g, s->resource, bare)) : NULL;
}

/* Marks the properties of S as the paths below NODE say. A nested object may stand at several
 * paths: its property is carried if it is so at each of them. NODE without children carries all. */
static void
mark_carried(struct gen *g, struct shape *s, const struct carry *node, int depth)
{
    bool all = node->children.n == 0;
    if (depth > MAX_DEPTH) {
        return;
    }
    for (size_t i = 0; i < s->fields.n; i++) {
        struct field *f = &s->fields.items[i];
        const struct carry *child = all ? node : child_of(node, f->name);
        bool seen = all && f->carried; /* ends recursive shapes */
        f->carried = f->carried || child != NULL;
        f->uncarried = f->uncarried || child == NULL;
        struct shape *inner = child != NULL && !seen ? shape_of_type(g, s, f->type) : NULL;
        if (inner != NULL) {
            mark_carried(g, inner, child, depth + 1);
        }
    }
}

static uint32_t
emit_carries(struct gen *g, const struct carry *root)
{
    /* Breadth first, so that the children of a node are contiguous. */
    VEC(const struct carry *) queue = {NULL, 0, 0};
    uint32_t base = tg_emitted(g, CD_BLOB_CARRIES, sizeof(struct cd_blob_carry));
    const struct carry **slot = PUSH(g, queue);
    tg_check(slot != NULL);
    *slot = root;
    for (size_t at = 0; at < queue.n; at++) {
        const struct carry *c = queue.items[at];
        struct cd_blob_carry record = {tg_intern(g, c->name), base + (uint32_t)queue.n,
                                       (uint32_t)c->children.n};
        struct sort_key *keys = tg_sort_keys(g, c->children.n);
        for (size_t i = 0; i < c->children.n; i++) {
            keys[i] = (struct sort_key){c->children.items[i]->name, CD_STR(""), (uint32_t)i};
        }
        tg_sort(keys, c->children.n);
        for (size_t i = 0; i < c->children.n; i++) {
            slot = PUSH(g, queue);
            tg_check(slot != NULL);
            *slot = c->children.items[keys[i].index];
        }
        tg_emit(g, CD_BLOB_CARRIES, &record, sizeof record);
    }
    return base;
}

static void
emit_fields(struct gen *g, struct shape *s)
{
    struct sort_key *keys = tg_sort_keys(g, s->fields.n);
    for (size_t i = 0; i < s->fields.n; i++) {
        keys[i] = (struct sort_key){s->fields.items[i].name, CD_STR(""), (uint32_t)i};
    }
    tg_sort(keys, s->fields.n);
    for (size_t i = 0; i < s->fields.n; i++) {
        const struct field *f = &s->fields.items[keys[i].index];
        uint32_t flags = (f->carried && !f->uncarried ? CD_BLOB_FIELD_CARRIED : 0)
                         | (f->read_only ? CD_BLOB_FIELD_READ_ONLY : 0);
        struct cd_blob_field record = {tg_intern(g, f->name), type_of(g, s, f) | flags};
        tg_emit(g, CD_BLOB_FIELDS, &record, sizeof record);
    }
}

void
tg_emit_shapes(struct gen *g)
{
    struct sort_key *keys = tg_sort_keys(g, g->shapes.n);
    for (size_t i = 0; i < g->shapes.n; i++) {
        keys[i] = (struct sort_key){g->shapes.items[i]->name, CD_STR(""), (uint32_t)i};
    }
    tg_sort(keys, g->shapes.n);
    for (size_t i = 0; i < g->shapes.n; i++) {
        struct shape *s = g->shapes.items[keys[i].index];
        s->index = (uint32_t)i;
        if (s->carries != NULL && s->carries->children.n > 0) {
            mark_carried(g, s, s->carries, 0);
        }
    }
    for (size_t i = 0; i < g->shapes.n; i++) {
        struct shape *s = g->shapes.items[keys[i].index];
        struct cd_blob_shape record = {
            .name = tg_intern(g, s->name),
            .flags = s->flags,
            .first_field = tg_emitted(g, CD_BLOB_FIELDS, sizeof(struct cd_blob_field)),
            .n_fields = (uint32_t)s->fields.n,
            .arn = s->arn,
            .id_property = s->id_property,
            .first_name = tg_emitted(g, CD_BLOB_NAMES, 4),
            .n_names = (uint32_t)s->names.n,
            .carries = s->carries != NULL ? emit_carries(g, s->carries) : CD_SCHEMA_NONE,
        };
        cd_buf_put(&g->sections[CD_BLOB_NAMES], s->names.items, s->names.n * 4);
        emit_fields(g, s);
        tg_emit(g, CD_BLOB_SHAPES, &record, sizeof record);
    }
}
