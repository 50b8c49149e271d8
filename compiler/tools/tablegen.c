/* Host program of the build: reads the reference tables of stdlib/schema as text and writes the blob that the runtime
 * carries (runtime/schema/blob.h). Usage: tablegen OUT.bin IN.txt…
 *
 * A table is lines of cells separated by tabs; `#` begins a comment line. `%table KIND` says what it holds, `%source` lines
 * say where it comes from. Tables are read in the order of the kinds, files of one kind by name, whatever order they are
 * given in, so that the same tables give the same bytes. */
#include <stdarg.h>
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
#define VEC(type) struct { type *items; size_t n, cap; }
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
    uint32_t service, n_actions, n_resources;
};

static void
die(const char *path, unsigned line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "tablegen: %s:%u: ", path, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

static void
check(bool ok)
{
    if (!ok) {
        die("tablegen", 0, "out of memory");
    }
}

static uint32_t
intern(struct gen *g, struct cd_str s)
{
    uint32_t id = cd_intern_add(&g->strings, s);
    check(id != CD_NO_STR);
    return id;
}

static struct cd_str
string_of(const struct gen *g, uint32_t id)
{
    return cd_intern_str(&g->strings, id);
}

static uint32_t
emit(struct gen *g, enum cd_blob_section section, const void *record, size_t size)
{
    struct cd_buf *b = &g->sections[section];
    uint32_t index = (uint32_t)(b->n / size);
    cd_buf_put(b, record, size);
    check(!b->oom);
    return index;
}

static uint32_t
emitted(const struct gen *g, enum cd_blob_section section, size_t size)
{
    return (uint32_t)(g->sections[section].n / size);
}

static struct cd_str
cell(const struct line *l, size_t i)
{
    return i < l->n ? l->cells[i] : CD_STR("");
}

/* ---- Sorting: records are ordered through keys, so that one comparison function does. ---- */

struct sort_key {
    struct cd_str text, second;
    uint32_t index;
};

static int
cmp_bytes(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = cd_str_cmp(x->text, y->text);
    return c != 0 ? c : cd_str_cmp(x->second, y->second);
}

static struct cd_str
lowered(struct gen *g, struct cd_str s)
{
    struct cd_str copy = cd_arena_str(&g->arena, s);
    check(copy.p != NULL);
    char *p = (char *)(uintptr_t)copy.p;
    for (size_t i = 0; i < copy.n; i++) {
        p[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] - 'A' + 'a' : p[i]);
    }
    return copy;
}

static struct sort_key *
sort_keys(struct gen *g, size_t n)
{
    struct sort_key *keys = CD_NEW_ARRAY(&g->arena, n + 1, struct sort_key);
    check(keys != NULL);
    return keys;
}

/* ---- Shapes ---- */

static struct shape *
find_shape(struct gen *g, struct cd_str name)
{
    uint32_t i;
    return cd_map_get(&g->shape_ids, name, &i) ? g->shapes.items[i] : NULL;
}

static struct shape *
add_shape(struct gen *g, struct cd_str name, struct cd_str resource)
{
    struct shape *s = find_shape(g, name);
    if (s != NULL) {
        return s;
    }
    struct shape **slot = PUSH(g, g->shapes);
    s = CD_NEW(&g->arena, struct shape);
    check(slot != NULL && s != NULL && cd_map_put(&g->shape_ids, name, (uint32_t)(g->shapes.n - 1)));
    *slot = s;
    s->name = name;
    s->resource = resource;
    return s;
}

static struct cd_str
join(struct gen *g, struct cd_str a, struct cd_str b)
{
    struct cd_str s = cd_arena_printf(&g->arena, "%.*s%.*s", CD_FMT(a), CD_FMT(b));
    check(s.p != NULL);
    return s;
}

static void
read_field(struct gen *g, const struct line *l)
{
    struct cd_str name = cd_str_sub(l->cells[0], 1, l->cells[0].n);
    struct field *f = NULL;
    if (g->shape == NULL || l->n < 2) {
        die(l->text->path, l->number, "a property needs a type and stands below a resource type");
    }
    for (size_t i = 0; i < g->shape->fields.n && f == NULL; i++) {
        if (cd_str_eq(g->shape->fields.items[i].name, name)) {
            f = &g->shape->fields.items[i];
        }
    }
    if (f == NULL) {
        f = PUSH(g, g->shape->fields);
        check(f != NULL);
    }
    *f = (struct field){.name = name, .type = l->cells[1], .read_only = l->cells[0].p[0] == '!'};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t *value = PUSH(g, f->values);
        check(value != NULL);
        *value = intern(g, l->cells[i]);
    }
}

/* `AWS::X::Y id…` opens a resource type, `.Z` one of its nested objects, ` P type values…` is a property, `!P` a read-only
 * one. A later table extends a type; a property that is there already is replaced. */
static void
read_shapes(struct gen *g, const struct line *l)
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
            die(l->text->path, l->number, "a nested object stands below a resource type");
        }
        g->shape = add_shape(g, join(g, g->resource->name, l->cells[0]), g->resource->name);
    } else {
        g->shape = g->resource = add_shape(g, l->cells[0], l->cells[0]);
        /* The shape of policy documents belongs to no service; everything else with `::` has a table. */
        if (cd_str_find(l->cells[0], ':', 0) < l->cells[0].n) {
            g->shape->flags |= CD_BLOB_SHAPE_RESOURCE;
        }
    }
    if (overlay && g->shapes.n > before) {
        g->shape->flags |= CD_BLOB_SHAPE_OVERLAY;
    }
}

static struct shape *
resource_of(struct gen *g, const struct line *l)
{
    struct shape *s = find_shape(g, l->cells[0]);
    if (s == NULL) {
        die(l->text->path, l->number, "no resource type %.*s", CD_FMT(l->cells[0]));
    }
    return s;
}

static void
read_arns(struct gen *g, const struct line *l)
{
    resource_of(g, l)->arn = intern(g, cell(l, 1));
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
static void
read_names(struct gen *g, const struct line *l)
{
    struct shape *s = resource_of(g, l);
    for (size_t i = 1; i < l->n; i++) {
        if (l->cells[i].n > 0 && !has_property(s, l->cells[i])) {
            die(l->text->path, l->number, "%.*s has no property %.*s", CD_FMT(s->name), CD_FMT(l->cells[i]));
        }
    }
    s->id_property = intern(g, cell(l, 1));
    s->names = (struct span_vec){0};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t *name = PUSH(g, s->names);
        check(name != NULL);
        *name = intern(g, l->cells[i]);
    }
}

/* `TYPE global|derived` */
static void
read_flags(struct gen *g, const struct line *l)
{
    struct shape *s = resource_of(g, l);
    if (cd_str_eq(cell(l, 1), CD_STR("global"))) {
        s->flags |= CD_BLOB_SHAPE_GLOBAL;
    } else if (cd_str_eq(cell(l, 1), CD_STR("derived"))) {
        s->flags |= CD_BLOB_SHAPE_DERIVED;
    } else {
        die(l->text->path, l->number, "a type is `global` or `derived`");
    }
}

/* A tree of property paths by indentation, below the name of a resource type. */
static void
read_carries(struct gen *g, const struct line *l)
{
    struct cd_str name = l->cells[0];
    size_t depth = 0;
    while (depth < name.n && name.p[depth] == ' ') {
        depth++;
    }
    struct carry *node = CD_NEW(&g->arena, struct carry);
    check(node != NULL);
    node->name = cd_str_sub(name, depth, name.n);
    if (depth == 0) {
        struct shape *s = resource_of(g, l);
        s->flags |= CD_BLOB_SHAPE_RECORDED;
        s->carries = node;
    } else {
        if (depth >= MAX_DEPTH || g->open[depth - 1] == NULL) {
            die(l->text->path, l->number, "no path at this depth");
        }
        struct carry **slot = PUSH(g, g->open[depth - 1]->children);
        check(slot != NULL);
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
} scalars[] = {{"bool", CD_SCHEMA_BOOL},     {"number", CD_SCHEMA_NUMBER}, {"string", CD_SCHEMA_STRING},
               {"time", CD_SCHEMA_TIME},     {"json", CD_SCHEMA_JSON},     {"policy", CD_SCHEMA_POLICY}};

static uint32_t
enum_set(struct gen *g, const struct field *f)
{
    if (f->values.n == 0) {
        return CD_SCHEMA_NONE;
    }
    struct cd_str key = {(const char *)f->values.items, f->values.n * sizeof(uint32_t)};
    uint32_t id;
    if (!cd_map_get(&g->enum_ids, key, &id)) {
        struct cd_blob_span span = {emitted(g, CD_BLOB_ENUM_VALUES, 4), (uint32_t)f->values.n};
        cd_buf_put(&g->sections[CD_BLOB_ENUM_VALUES], key.p, key.n);
        id = emit(g, CD_BLOB_ENUMS, &span, sizeof span);
        check(cd_map_put(&g->enum_ids, key, id));
    }
    return id;
}

static uint32_t
add_type(struct gen *g, struct cd_blob_type t)
{
    struct cd_str key = cd_arena_printf(&g->arena, "%u %u %u", t.kind, t.ref, t.enum_set);
    uint32_t id;
    check(key.p != NULL);
    if (!cd_map_get(&g->type_ids, key, &id)) {
        id = emit(g, CD_BLOB_TYPES, &t, sizeof t);
        check(cd_map_put(&g->type_ids, key, id));
    }
    return id;
}

/* `string`, `.Nested`, `[T]`, `{T}`; brackets nest, so the depth is the text's own. */
static uint32_t
type_of(struct gen *g, const struct shape *s, const struct field *f)
{
    struct cd_str t = f->type;
    size_t depth = 0;
    while (t.n >= 2 && ((t.p[0] == '[' && t.p[t.n - 1] == ']') || (t.p[0] == '{' && t.p[t.n - 1] == '}'))) {
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
        const struct shape *target = find_shape(g, join(g, s->resource, t));
        if (target != NULL) {
            type.kind = CD_SCHEMA_RECORD;
            type.ref = target->index;
        }
    }
    if (type.kind == UINT32_MAX) {
        die("tables", 0, "%.*s.%.*s: no type %.*s", CD_FMT(s->name), CD_FMT(f->name), CD_FMT(f->type));
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
    return bare.n > 0 && bare.p[0] == '.' ? find_shape(g, join(g, s->resource, bare)) : NULL;
}

/* Marks the properties of S as the paths below NODE say. A nested object may stand at several paths: its property is
 * carried if it is so at each of them. NODE without children carries all. */
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
    uint32_t base = emitted(g, CD_BLOB_CARRIES, sizeof(struct cd_blob_carry));
    const struct carry **slot = PUSH(g, queue);
    check(slot != NULL);
    *slot = root;
    for (size_t at = 0; at < queue.n; at++) {
        const struct carry *c = queue.items[at];
        struct cd_blob_carry record = {intern(g, c->name), base + (uint32_t)queue.n, (uint32_t)c->children.n};
        struct sort_key *keys = sort_keys(g, c->children.n);
        for (size_t i = 0; i < c->children.n; i++) {
            keys[i] = (struct sort_key){c->children.items[i]->name, CD_STR(""), (uint32_t)i};
        }
        qsort(keys, c->children.n, sizeof *keys, cmp_bytes);
        for (size_t i = 0; i < c->children.n; i++) {
            slot = PUSH(g, queue);
            check(slot != NULL);
            *slot = c->children.items[keys[i].index];
        }
        emit(g, CD_BLOB_CARRIES, &record, sizeof record);
    }
    return base;
}

static void
emit_fields(struct gen *g, struct shape *s)
{
    struct sort_key *keys = sort_keys(g, s->fields.n);
    for (size_t i = 0; i < s->fields.n; i++) {
        keys[i] = (struct sort_key){s->fields.items[i].name, CD_STR(""), (uint32_t)i};
    }
    qsort(keys, s->fields.n, sizeof *keys, cmp_bytes);
    for (size_t i = 0; i < s->fields.n; i++) {
        const struct field *f = &s->fields.items[keys[i].index];
        uint32_t flags = (f->carried && !f->uncarried ? CD_BLOB_FIELD_CARRIED : 0) |
                         (f->read_only ? CD_BLOB_FIELD_READ_ONLY : 0);
        struct cd_blob_field record = {intern(g, f->name), type_of(g, s, f) | flags};
        emit(g, CD_BLOB_FIELDS, &record, sizeof record);
    }
}

static void
emit_shapes(struct gen *g)
{
    struct sort_key *keys = sort_keys(g, g->shapes.n);
    for (size_t i = 0; i < g->shapes.n; i++) {
        keys[i] = (struct sort_key){g->shapes.items[i]->name, CD_STR(""), (uint32_t)i};
    }
    qsort(keys, g->shapes.n, sizeof *keys, cmp_bytes);
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
            .name = intern(g, s->name),
            .flags = s->flags,
            .first_field = emitted(g, CD_BLOB_FIELDS, sizeof(struct cd_blob_field)),
            .n_fields = (uint32_t)s->fields.n,
            .arn = s->arn,
            .id_property = s->id_property,
            .first_name = emitted(g, CD_BLOB_NAMES, 4),
            .n_names = (uint32_t)s->names.n,
            .carries = s->carries != NULL ? emit_carries(g, s->carries) : CD_SCHEMA_NONE,
        };
        cd_buf_put(&g->sections[CD_BLOB_NAMES], s->names.items, s->names.n * 4);
        emit_fields(g, s);
        emit(g, CD_BLOB_SHAPES, &record, sizeof record);
    }
}

/* ---- IAM ---- */

static uint32_t
key_type(const struct line *l, struct cd_str name)
{
    static const char *const names[] = {
        [CD_IAM_KEY_STRING] = "string", [CD_IAM_KEY_ARN] = "arn", [CD_IAM_KEY_BOOL] = "bool",
        [CD_IAM_KEY_NUMERIC] = "numeric", [CD_IAM_KEY_DATE] = "date", [CD_IAM_KEY_IP] = "ip",
        [CD_IAM_KEY_BINARY] = "binary"};
    for (uint32_t i = 0; i < CD_ARRAY_LEN(names); i++) {
        if (cd_str_eq(name, cd_str_of(names[i]))) {
            return i;
        }
    }
    die(l->text->path, l->number, "no key type %.*s", CD_FMT(name));
    return 0;
}

/* `name type word…`: array (multivalued), global, always (every request has it), any (any action may have it),
 * retired (no action has it), successor=KEY. A later table replaces an earlier line. */
static void
read_keys(struct gen *g, const struct line *l)
{
    struct cd_blob_key key = {intern(g, l->cells[0]), key_type(l, cell(l, 1)), 0, 0};
    static const struct {
        const char *word;
        uint32_t flag;
    } words[] = {{"array", CD_BLOB_KEY_MULTIVALUED},
                 {"global", CD_BLOB_KEY_GLOBAL},
                 {"always", CD_BLOB_KEY_ALWAYS | CD_BLOB_KEY_ANY_ACTION},
                 {"any", CD_BLOB_KEY_ANY_ACTION},
                 {"retired", CD_BLOB_KEY_RETIRED}};
    for (size_t i = 2; i < l->n; i++) {
        bool known = cd_str_starts(l->cells[i], CD_STR("successor="));
        if (known) {
            key.successor = intern(g, cd_str_sub(l->cells[i], 10, l->cells[i].n));
        }
        for (size_t w = 0; w < CD_ARRAY_LEN(words); w++) {
            if (cd_str_eq(l->cells[i], cd_str_of(words[w].word))) {
                key.flags |= words[w].flag;
                known = true;
            }
        }
        if (!known) {
            die(l->text->path, l->number, "a key is not %.*s", CD_FMT(l->cells[i]));
        }
    }
    struct cd_str lower = lowered(g, l->cells[0]);
    uint32_t at;
    if (cd_map_get(&g->key_ids, lower, &at)) {
        g->keys.items[at] = key;
        return;
    }
    struct cd_blob_key *slot = PUSH(g, g->keys);
    check(slot != NULL && cd_map_put(&g->key_ids, lower, (uint32_t)(g->keys.n - 1)));
    *slot = key;
}

static void
emit_templates(struct gen *g)
{
    struct sort_key *keys = sort_keys(g, g->templates.n);
    for (size_t i = 0; i < g->templates.n; i++) {
        const struct cd_blob_template *t = &g->templates.items[i];
        keys[i] = (struct sort_key){lowered(g, string_of(g, t->prefix)), lowered(g, string_of(g, t->suffix)),
                                    (uint32_t)i};
    }
    qsort(keys, g->templates.n, sizeof *keys, cmp_bytes);
    /* Longer suffixes first: the most exact template of a prefix is found first. */
    for (size_t i = 0; i < g->templates.n;) {
        size_t end = i;
        while (end < g->templates.n && cd_str_eq(keys[end].text, keys[i].text)) {
            end++;
        }
        for (size_t k = end; k > i; k--) {
            emit(g, CD_BLOB_TEMPLATES, &g->templates.items[keys[k - 1].index], sizeof(struct cd_blob_template));
        }
        i = end;
    }
}

/* Sorts the keys once all tables with keys are read; from here on key_ids holds sorted positions. */
static void
emit_keys(struct gen *g)
{
    struct sort_key *keys = sort_keys(g, g->keys.n);
    for (size_t i = 0; i < g->keys.n; i++) {
        keys[i] = (struct sort_key){lowered(g, string_of(g, g->keys.items[i].name)), CD_STR(""), (uint32_t)i};
    }
    qsort(keys, g->keys.n, sizeof *keys, cmp_bytes);
    for (size_t i = 0; i < g->keys.n; i++) {
        const struct cd_blob_key *key = &g->keys.items[keys[i].index];
        struct cd_str name = string_of(g, key->name);
        uint32_t index = emit(g, CD_BLOB_KEYS, key, sizeof *key);
        check(cd_map_put(&g->key_ids, keys[i].text, index));
        size_t open = 0, close = name.n;
        while (open + 1 < name.n && !(name.p[open] == '$' && name.p[open + 1] == '{')) {
            open++;
        }
        while (close > 0 && name.p[close - 1] != '}') {
            close--;
        }
        if (open + 1 < name.n && close > open) {
            struct cd_blob_template *t = PUSH(g, g->templates);
            check(t != NULL);
            *t = (struct cd_blob_template){intern(g, cd_str_sub(name, 0, open)),
                                           intern(g, cd_str_sub(name, close, name.n)), index};
        }
    }
    emit_templates(g);
}

static int
cmp_u32(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* `=NAME key…` */
static void
read_key_set(struct gen *g, const struct line *l)
{
    uint32_t items[MAX_CELLS];
    size_t n = l->n - 1;
    for (size_t i = 0; i < n; i++) {
        if (!cd_map_get(&g->key_ids, lowered(g, l->cells[i + 1]), &items[i])) {
            die(l->text->path, l->number, "no condition key %.*s", CD_FMT(l->cells[i + 1]));
        }
    }
    qsort(items, n, sizeof *items, cmp_u32);
    struct cd_blob_span span = {emitted(g, CD_BLOB_KEY_SET_ITEMS, 4), (uint32_t)n};
    cd_buf_put(&g->sections[CD_BLOB_KEY_SET_ITEMS], items, n * 4);
    uint32_t id = emit(g, CD_BLOB_KEY_SETS, &span, sizeof span);
    check(cd_map_put(&g->set_ids, cd_str_sub(l->cells[0], 1, l->cells[0].n), id));
}

static uint32_t
key_set(const struct gen *g, const struct line *l, struct cd_str name)
{
    uint32_t id = CD_SCHEMA_NONE;
    if (!cd_str_eq(name, CD_STR("-")) && !cd_map_get(&g->set_ids, name, &id)) {
        die(l->text->path, l->number, "no key set %.*s", CD_FMT(name));
    }
    return id;
}

static struct cd_str
qualified(struct gen *g, struct cd_str name)
{
    struct cd_str s = cd_arena_printf(&g->arena, "%u:%.*s", g->service, CD_FMT(name));
    check(s.p != NULL);
    return s;
}

/* `+type set arn…` */
static void
read_iam_resource(struct gen *g, const struct line *l)
{
    struct cd_str name = cd_str_sub(l->cells[0], 1, l->cells[0].n);
    struct cd_blob_resource r = {g->service, intern(g, name), emitted(g, CD_BLOB_ARNS, 4), 0,
                                 key_set(g, l, cell(l, 1))};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t arn = intern(g, l->cells[i]);
        emit(g, CD_BLOB_ARNS, &arn, sizeof arn);
        r.n_arns++;
    }
    uint32_t id = emit(g, CD_BLOB_RESOURCES, &r, sizeof r);
    check(cd_map_put(&g->resource_ids, qualified(g, name), id));
}

/* ` name set type[!][=set]…`; `~name` is permission-only. */
static void
read_action(struct gen *g, const struct line *l)
{
    struct cd_blob_action a = {
        .service = g->service,
        .name = intern(g, cd_str_sub(l->cells[0], 1, l->cells[0].n)),
        .flags = l->cells[0].p[0] == '~' ? CD_BLOB_ACTION_PERMISSION_ONLY : 0,
        .key_set = key_set(g, l, cell(l, 1)),
        .first_resource = emitted(g, CD_BLOB_ACTION_RESOURCES, sizeof(struct cd_blob_action_resource)),
    };
    for (size_t i = 2; i < l->n; i++) {
        struct cd_str type = l->cells[i];
        struct cd_blob_action_resource pair = {0, CD_SCHEMA_NONE};
        size_t equals = cd_str_find(type, '=', 0);
        if (equals < type.n) {
            pair.key_set = key_set(g, l, cd_str_sub(type, equals + 1, type.n));
            type = cd_str_sub(type, 0, equals);
        }
        bool required = cd_str_ends(type, CD_STR("!"));
        type = required ? cd_str_sub(type, 0, type.n - 1) : type;
        if (!cd_map_get(&g->resource_ids, qualified(g, type), &pair.resource_and_required)) {
            die(l->text->path, l->number, "no resource type %.*s", CD_FMT(type));
        }
        pair.resource_and_required |= required ? CD_BLOB_REQUIRED : 0;
        emit(g, CD_BLOB_ACTION_RESOURCES, &pair, sizeof pair);
        a.n_resources++;
    }
    emit(g, CD_BLOB_ACTIONS, &a, sizeof a);
}

/* The order of the lines is the order of the blob: update.py sorts services, and actions without case. */
static void
read_actions(struct gen *g, const struct line *l)
{
    char first = l->cells[0].p[0];
    if (first == '=') {
        read_key_set(g, l);
    } else if (first == '+') {
        read_iam_resource(g, l);
    } else if (first == ' ' || first == '~') {
        read_action(g, l);
        struct cd_blob_service s;
        struct cd_buf *services = &g->sections[CD_BLOB_SERVICES];
        if (services->n == 0) {
            die(l->text->path, l->number, "an action stands below a service");
        }
        memcpy(&s, services->p + services->n - sizeof s, sizeof s);
        s.n_actions++;
        memcpy(services->p + services->n - sizeof s, &s, sizeof s);
    } else {
        struct cd_blob_service s = {intern(g, l->cells[0]),
                                    emitted(g, CD_BLOB_ACTIONS, sizeof(struct cd_blob_action)), 0};
        g->service = emit(g, CD_BLOB_SERVICES, &s, sizeof s);
    }
}

/* ---- Regions, quotas, RCP services ---- */

static void
read_region(struct gen *g, const struct line *l)
{
    struct cd_blob_region *r = PUSH(g, g->regions);
    check(r != NULL);
    *r = (struct cd_blob_region){intern(g, l->cells[0]), intern(g, cell(l, 1))};
}

static uint32_t
number(const struct line *l, size_t i)
{
    uint64_t n;
    if (!cd_parse_u64(cell(l, i), &n) || n > UINT32_MAX) {
        die(l->text->path, l->number, "cell %zu is no number", i + 1);
    }
    return (uint32_t)n;
}

/* `document since bytes attached blanks|no-blanks origin` */
static void
read_quota(struct gen *g, const struct line *l)
{
    static const char *const names[] = {
        [CD_QUOTA_SCP] = "scp", [CD_QUOTA_RCP] = "rcp", [CD_QUOTA_BUCKET_POLICY] = "bucket-policy",
        [CD_QUOTA_VPCE_POLICY] = "vpce-policy", [CD_QUOTA_KEY_POLICY] = "key-policy",
        [CD_QUOTA_BOUNDARY] = "boundary"};
    uint32_t document = 0;
    while (document < CD_ARRAY_LEN(names) && !cd_str_eq(l->cells[0], cd_str_of(names[document]))) {
        document++;
    }
    if (document == CD_ARRAY_LEN(names)) {
        die(l->text->path, l->number, "no such document");
    }
    struct cd_blob_quota *q = PUSH(g, g->quotas);
    check(q != NULL);
    *q = (struct cd_blob_quota){document, intern(g, cell(l, 1)), number(l, 2), number(l, 3),
                                cd_str_eq(cell(l, 4), CD_STR("blanks")), intern(g, cell(l, 5))};
}

static void
read_rcp(struct gen *g, const struct line *l)
{
    struct cd_blob_rcp *r = PUSH(g, g->rcp);
    check(r != NULL);
    *r = (struct cd_blob_rcp){intern(g, l->cells[0]), intern(g, cell(l, 1))};
}

/* Records that begin with a string id, sorted by it and then by the one at SECOND. */
static void
emit_sorted(struct gen *g, enum cd_blob_section section, const void *records, size_t n, size_t size)
{
    struct sort_key *keys = sort_keys(g, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t id;
        memcpy(&id, (const char *)records + i * size, sizeof id);
        keys[i] = (struct sort_key){string_of(g, id), CD_STR(""), (uint32_t)i};
    }
    qsort(keys, n, sizeof *keys, cmp_bytes);
    for (size_t i = 0; i < n; i++) {
        emit(g, section, (const char *)records + (size_t)keys[i].index * size, size);
    }
}

static void
emit_facts(struct gen *g)
{
    emit_sorted(g, CD_BLOB_REGIONS, g->regions.items, g->regions.n, sizeof(struct cd_blob_region));
    emit_sorted(g, CD_BLOB_RCP, g->rcp.items, g->rcp.n, sizeof(struct cd_blob_rcp));
    struct sort_key *keys = sort_keys(g, g->regions.n);
    for (size_t i = 0; i < g->regions.n; i++) {
        keys[i] = (struct sort_key){string_of(g, g->regions.items[i].partition), CD_STR(""), (uint32_t)i};
    }
    qsort(keys, g->regions.n, sizeof *keys, cmp_bytes);
    for (size_t i = 0; i < g->regions.n; i++) {
        if (i == 0 || !cd_str_eq(keys[i].text, keys[i - 1].text)) {
            emit(g, CD_BLOB_PARTITIONS, &g->regions.items[keys[i].index].partition, 4);
        }
    }
    keys = sort_keys(g, g->quotas.n);
    for (size_t i = 0; i < g->quotas.n; i++) {
        keys[i] = (struct sort_key){string_of(g, g->quotas.items[i].since), CD_STR(""), (uint32_t)i};
    }
    qsort(keys, g->quotas.n, sizeof *keys, cmp_bytes);
    for (size_t i = 0; i < g->quotas.n; i++) {
        emit(g, CD_BLOB_QUOTAS, &g->quotas.items[keys[i].index], sizeof(struct cd_blob_quota));
    }
}

/* ---- Files ---- */

/* In the order in which they are read. */
static const struct {
    const char *kind;
    void (*read)(struct gen *g, const struct line *l);
    void (*end)(struct gen *g); /* when all tables up to this kind are read */
} kinds[] = {
    {"shapes", read_shapes, NULL},   {"overlay", read_shapes, NULL}, {"arns", read_arns, NULL},
    {"overlay-arns", read_arns, NULL}, {"names", read_names, NULL},  {"overlay-names", read_names, NULL},
    {"flags", read_flags, NULL},     {"carries", read_carries, emit_shapes},
    {"keys", read_keys, NULL},       {"overlay-keys", read_keys, emit_keys},
    {"actions", read_actions, NULL}, {"regions", read_region, NULL}, {"quotas", read_quota, NULL},
    {"rcp", read_rcp, emit_facts},
};

static bool
next_line(struct cd_str *rest, struct cd_str *line)
{
    if (rest->n == 0) {
        return false;
    }
    size_t end = cd_str_find(*rest, '\n', 0);
    *line = cd_str_sub(*rest, 0, end);
    *rest = cd_str_sub(*rest, end < rest->n ? end + 1 : end, rest->n);
    return true;
}

static void
split(struct line *l, struct cd_str bytes)
{
    l->n = 0;
    for (size_t from = 0; from <= bytes.n;) {
        size_t tab = cd_str_find(bytes, '\t', from);
        if (l->n == MAX_CELLS) {
            die(l->text->path, l->number, "too many cells");
        }
        l->cells[l->n++] = cd_str_sub(bytes, from, tab);
        from = tab + 1;
    }
}

static void
read_source(struct gen *g, const struct line *l)
{
    struct cd_blob_source s = {intern(g, cell(l, 1)), intern(g, cell(l, 2)), intern(g, cell(l, 3)),
                               intern(g, cell(l, 4))};
    const struct cd_buf *b = &g->sections[CD_BLOB_SOURCES];
    for (size_t at = 0; at < b->n; at += sizeof s) {
        if (memcmp(b->p + at, &s, sizeof s) == 0) {
            return;
        }
    }
    emit(g, CD_BLOB_SOURCES, &s, sizeof s);
}

static void
read_text(struct gen *g, struct text *t)
{
    static struct line l; /* large, and there is one at a time */
    struct cd_str rest = t->bytes, bytes;
    g->resource = g->shape = NULL;
    l.text = t;
    for (l.number = 1; next_line(&rest, &bytes); l.number++) {
        if (bytes.n == 0 || bytes.p[0] == '#' || cd_str_starts(bytes, CD_STR("%table"))) {
            continue;
        }
        split(&l, bytes);
        if (cd_str_eq(l.cells[0], CD_STR("%source"))) {
            read_source(g, &l);
        } else {
            kinds[t->rank].read(g, &l);
        }
    }
}

static void
open_text(struct gen *g, struct text *t, const char *path)
{
    struct cordon_error err = {0};
    struct cd_str rest, line;
    *t = (struct text){.path = path, .rank = -1};
    if (cd_file_read(path, MAX_TEXT, &g->arena, &t->bytes, &err) != CORDON_OK) {
        die(path, 0, "%s", err.message);
    }
    for (rest = t->bytes; t->rank < 0 && next_line(&rest, &line);) {
        if (!cd_str_starts(line, CD_STR("%table\t"))) {
            continue;
        }
        t->kind = cd_str_sub(line, 7, line.n);
        for (size_t i = 0; i < CD_ARRAY_LEN(kinds); i++) {
            if (cd_str_eq(t->kind, cd_str_of(kinds[i].kind))) {
                t->rank = (int)i;
            }
        }
    }
    if (t->rank < 0) {
        die(path, 1, "no %%table line, or of no known kind");
    }
}

static int
cmp_text(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    return x->rank != y->rank ? x->rank - y->rank : strcmp(x->path, y->path);
}

static void
emit_strings(struct gen *g)
{
    uint32_t offset = 0;
    for (uint32_t i = 0; i < g->strings.n; i++) {
        struct cd_str s = string_of(g, i);
        emit(g, CD_BLOB_STR_OFFSETS, &offset, sizeof offset);
        cd_buf_str(&g->sections[CD_BLOB_STR_BYTES], s);
        offset += (uint32_t)s.n;
    }
    emit(g, CD_BLOB_STR_OFFSETS, &offset, sizeof offset);
    check(!g->sections[CD_BLOB_STR_BYTES].oom);
}

static const size_t record_sizes[CD_BLOB_N_SECTIONS] = {
    [CD_BLOB_STR_OFFSETS] = 4,
    [CD_BLOB_STR_BYTES] = 1,
    [CD_BLOB_SHAPES] = sizeof(struct cd_blob_shape),
    [CD_BLOB_FIELDS] = sizeof(struct cd_blob_field),
    [CD_BLOB_TYPES] = sizeof(struct cd_blob_type),
    [CD_BLOB_ENUMS] = sizeof(struct cd_blob_span),
    [CD_BLOB_ENUM_VALUES] = 4,
    [CD_BLOB_NAMES] = 4,
    [CD_BLOB_CARRIES] = sizeof(struct cd_blob_carry),
    [CD_BLOB_SERVICES] = sizeof(struct cd_blob_service),
    [CD_BLOB_ACTIONS] = sizeof(struct cd_blob_action),
    [CD_BLOB_ACTION_RESOURCES] = sizeof(struct cd_blob_action_resource),
    [CD_BLOB_RESOURCES] = sizeof(struct cd_blob_resource),
    [CD_BLOB_ARNS] = 4,
    [CD_BLOB_KEY_SETS] = sizeof(struct cd_blob_span),
    [CD_BLOB_KEY_SET_ITEMS] = 4,
    [CD_BLOB_KEYS] = sizeof(struct cd_blob_key),
    [CD_BLOB_TEMPLATES] = sizeof(struct cd_blob_template),
    [CD_BLOB_REGIONS] = sizeof(struct cd_blob_region),
    [CD_BLOB_PARTITIONS] = 4,
    [CD_BLOB_QUOTAS] = sizeof(struct cd_blob_quota),
    [CD_BLOB_RCP] = sizeof(struct cd_blob_rcp),
    [CD_BLOB_SOURCES] = sizeof(struct cd_blob_source),
};

static void
write_blob(struct gen *g, const char *path)
{
    struct cd_blob_header h = {.magic = CD_BLOB_MAGIC, .version = CD_BLOB_VERSION};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {0};
    const struct shape *policy = find_shape(g, CD_STR("iam_policy"));
    h.policy_shape = policy != NULL ? policy->index : CD_SCHEMA_NONE;
    emit_strings(g);
    cd_buf_put(&out, &h, sizeof h);
    for (size_t i = 0; i < CD_BLOB_N_SECTIONS; i++) {
        while (out.n % 8 != 0) {
            cd_buf_putc(&out, 0);
        }
        h.sections[i].offset = (uint32_t)out.n;
        h.sections[i].count = (uint32_t)(g->sections[i].n / record_sizes[i]);
        cd_buf_put(&out, g->sections[i].p, g->sections[i].n);
    }
    h.size = (uint32_t)out.n;
    check(!out.oom);
    memcpy(out.p, &h, sizeof h);
    if (cd_file_write(path, cd_buf_view(&out), &err) != CORDON_OK) {
        die(path, 0, "%s", err.message);
    }
    cd_buf_finish(&out);
}

int
main(int argc, char **argv)
{
    struct gen *g = calloc(1, sizeof *g);
    if (argc < 3 || g == NULL) {
        fputs("usage: tablegen OUT.bin IN.txt...\n", stderr);
        return 2;
    }
    size_t n = (size_t)argc - 2;
    cd_arena_init(&g->arena);
    check(cd_intern_init(&g->strings));
    struct text *texts = CD_NEW_ARRAY(&g->arena, n, struct text);
    check(texts != NULL);
    for (size_t i = 0; i < n; i++) {
        open_text(g, &texts[i], argv[i + 2]);
    }
    qsort(texts, n, sizeof *texts, cmp_text);
    size_t at = 0;
    for (size_t k = 0; k < CD_ARRAY_LEN(kinds); k++) {
        for (; at < n && texts[at].rank == (int)k; at++) {
            read_text(g, &texts[at]);
        }
        if (kinds[k].end != NULL) {
            kinds[k].end(g);
        }
    }
    write_blob(g, argv[1]);
    for (size_t i = 0; i < CD_BLOB_N_SECTIONS; i++) {
        cd_buf_finish(&g->sections[i]);
    }
    cd_intern_finish(&g->strings);
    cd_arena_finish(&g->arena);
    free(g);
    return 0;
}
