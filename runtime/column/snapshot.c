/* The life of a snapshot, and the shapes of its projection: from an image, or from the reference
 * tables. */
#include "runtime/column/snapshot.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/column/column.h"
#include "runtime/schema/schema.h"

/* ---- the projection ---- */

uint32_t
cd_column_n_slots(const struct cd_snapshot *s, uint32_t shape)
{
    if (shape == CD_NONE) {
        return 0;
    }
    return s->projection.img ? s->projection.img->shapes.items[shape].n_fields
                             : cd_schema_shape_at(shape).n_fields;
}

struct cd_str
cd_node_slot_name(const struct cd_snapshot *s, const struct cd_node *record, uint32_t slot)
{
    const struct cd_image *img = s->projection.img;
    if (slot >= cd_column_n_slots(s, record->shape)) {
        return CD_STR("");
    }
    if (img) {
        return cd_image_str(
            img, img->fields.items[img->shapes.items[record->shape].first_field + slot].name);
    }
    return cd_schema_field_at(cd_schema_shape_at(record->shape).first_field + slot).name;
}

uint32_t
cd_node_slot(struct cd_snapshot *s, const struct cd_node *record, struct cd_str name)
{
    if (record->shape == CD_NONE || record->kind != CD_NODE_RECORD) {
        return CD_NONE;
    }
    if (!s->projection.img) {
        uint32_t field = cd_schema_find_field(record->shape, name);
        return field == CD_SCHEMA_NONE ? CD_NONE
                                       : field - cd_schema_shape_at(record->shape).first_field;
    }
    uint32_t n = cd_column_n_slots(s, record->shape);
    for (uint32_t i = 0; i < n; i++) {
        if (cd_str_eq(cd_node_slot_name(s, record, i), name)) {
            return i;
        }
    }
    return CD_NONE;
}

/* What a node of a type is: its kind, and the shape of a record. */
struct node_type {
    enum cd_node_kind kind;
    uint32_t shape;
};

static struct node_type
image_type(const struct cd_snapshot *s, uint32_t type)
{
    const struct cd_value_type *t = &s->projection.img->types.items[type];
    switch ((enum cd_kind)t->kind) {
    case CD_KIND_BOOL: return (struct node_type){CD_NODE_BOOL, CD_NONE};
    case CD_KIND_NUMBER: return (struct node_type){CD_NODE_NUMBER, CD_NONE};
    case CD_KIND_STRING: return (struct node_type){CD_NODE_STRING, CD_NONE};
    case CD_KIND_TIME:
    case CD_KIND_DURATION: return (struct node_type){CD_NODE_TIME, CD_NONE};
    case CD_KIND_ROW:
        if (t->shape != CD_NONE && t->shape == s->policy_shape) {
            return (struct node_type){CD_NODE_POLICY, CD_NONE};
        }
        return (struct node_type){CD_NODE_RECORD, t->shape};
    case CD_KIND_MAP: return (struct node_type){CD_NODE_MAP, CD_NONE};
    case CD_KIND_JSON: return (struct node_type){CD_NODE_JSON, CD_NONE};
    case CD_KIND_LIST: return (struct node_type){CD_NODE_LIST, CD_NONE};
    case CD_N_KINDS: break;
    }
    return (struct node_type){CD_NODE_JSON, CD_NONE};
}

static struct node_type
schema_type(uint32_t type)
{
    struct cd_schema_type t = cd_schema_type_at(type);
    switch (t.kind) {
    case CD_SCHEMA_BOOL: return (struct node_type){CD_NODE_BOOL, CD_NONE};
    case CD_SCHEMA_NUMBER: return (struct node_type){CD_NODE_NUMBER, CD_NONE};
    case CD_SCHEMA_STRING: return (struct node_type){CD_NODE_STRING, CD_NONE};
    case CD_SCHEMA_TIME: return (struct node_type){CD_NODE_TIME, CD_NONE};
    case CD_SCHEMA_JSON: return (struct node_type){CD_NODE_JSON, CD_NONE};
    case CD_SCHEMA_POLICY: return (struct node_type){CD_NODE_POLICY, CD_NONE};
    case CD_SCHEMA_RECORD: return (struct node_type){CD_NODE_RECORD, t.ref};
    case CD_SCHEMA_LIST: return (struct node_type){CD_NODE_LIST, CD_NONE};
    case CD_SCHEMA_MAP: return (struct node_type){CD_NODE_MAP, CD_NONE};
    }
    return (struct node_type){CD_NODE_JSON, CD_NONE};
}

/* A node of TYPE below PARENT. */
static struct cd_node *
typed_node(struct cd_snapshot *s, struct cd_node *parent, uint32_t type)
{
    struct node_type t = s->projection.img ? image_type(s, type) : schema_type(type);
    struct cd_node *n = cd_column_node(s, t.kind, type, t.shape);
    if (n) {
        n->parent = parent->id;
        n->table = parent->table;
    }
    return n;
}

struct cd_node *
cd_node_child(struct cd_snapshot *s, struct cd_node *record, uint32_t slot)
{
    if (record->kind != CD_NODE_RECORD || slot >= record->n_child) {
        return NULL;
    }
    if (!record->child[slot]) {
        const struct cd_image *img = s->projection.img;
        uint32_t type =
            img ? img->fields.items[img->shapes.items[record->shape].first_field + slot].type
                : cd_schema_field_at(cd_schema_shape_at(record->shape).first_field + slot).type;
        struct cd_node *n = typed_node(s, record, type);
        if (!n) {
            return NULL;
        }
        n->slot = slot;
        record->child[slot] = n;
    }
    return record->child[slot];
}

struct cd_node *
cd_node_elem(struct cd_snapshot *s, struct cd_node *n)
{
    if (n->kind != CD_NODE_LIST && n->kind != CD_NODE_MAP) {
        return NULL;
    }
    if (!n->child[0]) {
        if (n->type == CD_NONE) { /* the tags of a resource */
            n->child[0] = cd_column_node(s, CD_NODE_STRING, CD_NONE, CD_NONE);
            if (n->child[0]) {
                n->child[0]->parent = n->id;
                n->child[0]->table = n->table;
            }
            return n->child[0];
        }
        uint32_t elem = s->projection.img ? s->projection.img->types.items[n->type].elem
                                          : cd_schema_type_at(n->type).ref;
        n->child[0] = typed_node(s, n, elem);
    }
    return n->child[0];
}

/* ---- life ---- */

/* The projection's shape for policy documents. */
static uint32_t
find_policy_shape(const struct cd_projection *p)
{
    uint32_t schema = cd_schema_policy_shape();
    if (!p->img || schema == CD_SCHEMA_NONE) {
        return p->img ? CD_NONE : schema;
    }
    struct cd_str name = cd_schema_shape_at(schema).name;
    for (size_t i = 0; i < p->img->shapes.n; i++) {
        if (cd_str_eq(cd_image_str(p->img, p->img->shapes.items[i].name), name)) {
            return (uint32_t)i;
        }
    }
    return CD_NONE;
}

cordon_status
cd_snapshot_init(struct cd_snapshot *s, struct cd_projection projection)
{
    *s = (struct cd_snapshot){.projection = projection, .captured = INT64_MIN};
    cd_arena_init(&s->arena);
    if (!cd_intern_init(&s->dict)) {
        return CORDON_ENOMEM;
    }
    s->policy_shape = find_policy_shape(&projection);
    s->policies = cd_column_node(s, CD_NODE_RECORD, CD_NONE, s->policy_shape);
    if (!s->policies) {
        cd_snapshot_finish(s);
        return CORDON_ENOMEM;
    }
    return CORDON_OK;
}

bool
cd_snapshot_policy_text(struct cd_snapshot *s, uint32_t row, uint32_t text)
{
    while (s->n_policy_texts <= row) {
        uint32_t *slot =
            CD_PUSH(&s->arena, s->policy_texts, s->n_policy_texts, s->cap_policy_texts);
        if (slot == NULL) {
            return false;
        }
        *slot = CD_NO_STR;
    }
    s->policy_texts[row] = text;
    return true;
}

void
cd_snapshot_finish(struct cd_snapshot *s)
{
    for (size_t i = 0; i < s->n_nodes; i++) {
        cd_column_node_free(s->nodes[i]);
    }
    for (size_t i = 0; i < s->n_tables; i++) {
        cd_column_table_free(s->tables[i]);
    }
    cd_column_places_free(s);
    free(s->site_slots);
    cd_intern_finish(&s->dict);
    cd_arena_finish(&s->arena);
    if (s->release) {
        s->release(s->backing);
    }
    *s = (struct cd_snapshot){.captured = INT64_MIN};
}

bool
cd_snapshot_rebase(struct cd_snapshot *s, struct cd_packed *base)
{
    cd_intern_finish(&s->dict);
    return cd_intern_init_on(&s->dict, base);
}

uint32_t
cd_snapshot_str(struct cd_snapshot *s, struct cd_str str)
{
    return cd_intern_add(&s->dict, str);
}

/* ---- what the report says of the input ---- */

uint32_t
cd_snapshot_source(struct cd_snapshot *s, struct cd_str file, struct cd_str format)
{
    struct cd_source_info *info = CD_PUSH(&s->arena, s->sources, s->n_sources, s->cap_sources);
    if (!info) {
        return CD_NONE;
    }
    info->file = cd_arena_str(&s->arena, file);
    info->format = cd_arena_str(&s->arena, format);
    info->captured = INT64_MIN;
    return info->file.p && info->format.p ? (uint32_t)(s->n_sources - 1) : CD_NONE;
}

static bool
add_problem(struct cd_snapshot *s, uint32_t node, uint32_t source, uint64_t offset, const char *fmt,
            va_list ap)
{
    char text[512];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct cd_problem *p = CD_PUSH(&s->arena, s->problems, s->n_problems, s->cap_problems);
    if (!p) {
        return false;
    }
    p->source = source;
    p->node = node;
    p->file = source < s->n_sources ? s->sources[source].file : CD_STR("");
    p->offset = offset;
    p->message =
        cd_arena_str(&s->arena, (struct cd_str){text, cd_utf8_check((struct cd_str){text, len})});
    return p->message.p != NULL;
}

/* How many problems of SOURCE there were in what NODE is, this one among them; 0: properties have
 * few. */
static uint64_t
count_problem(struct cd_snapshot *s, uint32_t node, uint32_t source)
{
    if (node == CD_NONE) {
        return ++s->sources[source].told_as_such;
    }
    struct cd_table *t = s->nodes[node]->table == CD_NONE ? NULL : s->tables[s->nodes[node]->table];
    struct cd_told *told = t == NULL             ? NULL
                           : node == t->tags->id ? &t->told_tags
                           : node == t->root->id ? &t->told_ties
                                                 : NULL;
    if (told == NULL) {
        return 0;
    }
    *told = (struct cd_told){source, told->source == source ? told->n + 1 : 1};
    return told->n;
}

/* Counts problems that are not kept. */
static bool
add_to_untold(struct cd_snapshot *s, uint32_t node, uint32_t source, uint64_t n)
{
    for (size_t i = s->n_untold; i-- > 0;) {
        if (s->untold[i].node == node && s->untold[i].source == source) {
            s->untold[i].n += n;
            return true;
        }
    }
    struct cd_untold *untold = CD_PUSH(&s->arena, s->untold, s->n_untold, s->cap_untold);
    if (untold) {
        *untold = (struct cd_untold){source, node, n};
    }
    return untold != NULL;
}

bool
cd_snapshot_leave_untold(struct cd_snapshot *s, uint32_t node, uint32_t source, uint64_t n)
{
    s->sources[source].told += n;
    return !s->keeps_problems || add_to_untold(s, node, source, n);
}

/* Is the next problem to be kept? */
static bool
is_told(struct cd_snapshot *s, uint32_t node, uint32_t source, bool *ok)
{
    *ok = true;
    if (source >= s->n_sources) {
        return true;
    }
    uint64_t n = ++s->sources[source].told;
    if (!s->keeps_problems) {
        return n <= CD_MOST_TOLD;
    }
    bool is_kept = count_problem(s, node, source) <= CD_MOST_TOLD;
    *ok = is_kept || add_to_untold(s, node, source, 1);
    return is_kept;
}

static bool
tell(struct cd_snapshot *s, uint32_t node, uint32_t source, uint64_t offset, const char *fmt,
     va_list ap)
{
    bool ok;
    return is_told(s, node, source, &ok) ? add_problem(s, node, source, offset, fmt, ap) : ok;
}

bool
cd_snapshot_problem_in(struct cd_snapshot *s, uint32_t node, uint32_t source, uint64_t offset,
                       const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = tell(s, node, source, offset, fmt, ap);
    va_end(ap);
    return ok;
}

bool
cd_snapshot_problem(struct cd_snapshot *s, uint32_t source, uint64_t offset, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = tell(s, CD_NONE, source, offset, fmt, ap);
    va_end(ap);
    return ok;
}

bool
cd_snapshot_retell(struct cd_snapshot *s, const struct cd_problem *p)
{
    bool ok;
    if (!is_told(s, p->node, p->source, &ok)) {
        return ok;
    }
    struct cd_problem *copy = CD_PUSH(&s->arena, s->problems, s->n_problems, s->cap_problems);
    if (copy) {
        *copy = *p;
        copy->file = p->source < s->n_sources ? s->sources[p->source].file : CD_STR("");
        copy->message = cd_arena_str(&s->arena, p->message);
    }
    return copy && copy->message.p;
}

/* ---- sealing ---- */

static bool
add_untold(struct cd_snapshot *s, uint32_t source, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = add_problem(s, CD_NONE, source, CORDON_NO_OFFSET, fmt, ap);
    va_end(ap);
    return ok;
}

/* Says how many problems of each source are not told one by one. */
static bool
count_untold(struct cd_snapshot *s)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < s->n_sources && !s->keeps_problems; i++) {
        uint64_t told = s->sources[i].told;
        ok = told <= CD_MOST_TOLD
             || add_untold(s, i, "%" PRIu64 " more problems, which are not listed",
                           told - CD_MOST_TOLD);
    }
    return ok;
}

static int
by_type(const void *a, const void *b, void *dict)
{
    const struct cd_table *const *x = a;
    const struct cd_table *const *y = b;
    return cd_str_cmp(cd_intern_str(dict, (*x)->type), cd_intern_str(dict, (*y)->type));
}

/* Sorts the tables and corrects what refers to them by number. */
static bool
sort_tables(struct cd_snapshot *s)
{
    if (s->n_tables == 0) {
        return true;
    }
    uint32_t *renumbered = CD_NEW_ARRAY(&s->arena, s->n_tables, uint32_t);
    if (!renumbered) {
        return false;
    }
    qsort_r(s->tables, s->n_tables, sizeof *s->tables, by_type, &s->dict);
    for (uint32_t i = 0; i < s->n_tables; i++) {
        renumbered[s->tables[i]->root->table] = i;
    }
    for (size_t i = 0; i < s->n_nodes; i++) {
        if (s->nodes[i]->table != CD_NONE) {
            s->nodes[i]->table = renumbered[s->nodes[i]->table];
        }
    }
    for (size_t i = 0; i < s->n_tables; i++) {
        struct cd_table *t = s->tables[i];
        for (uint32_t k = 0; k < t->n_stretches; k++) {
            uint32_t *from_table = &t->stretches[k].from_table;
            *from_table = *from_table < s->n_tables ? renumbered[*from_table] : *from_table;
        }
    }
    return true;
}

/* The snapshot's time: the latest that its files say; where none says, the latest capture of a
 * resource. */
static void
settle_time(struct cd_snapshot *s)
{
    for (size_t i = 0; i < s->n_sources; i++) {
        s->captured = s->sources[i].captured > s->captured ? s->sources[i].captured : s->captured;
    }
    if (s->captured != INT64_MIN) {
        return;
    }
    for (size_t i = 0; i < s->n_tables; i++) {
        const struct cd_table *t = s->tables[i];
        if (t->is_borrowed && !t->captured) {
            s->captured = t->latest > s->captured ? t->latest : s->captured;
        }
        for (uint32_t row = 0; t->captured && row < t->n; row++) {
            s->captured = t->captured[row] > s->captured ? t->captured[row] : s->captured;
        }
    }
}

cordon_status
cd_snapshot_seal(struct cd_snapshot *s, struct cordon_error *err)
{
    if (s->sealed) {
        return CORDON_OK;
    }
    settle_time(s);
    if (!cd_column_add_places(s) || !sort_tables(s) || !cd_column_settle(s) || !count_untold(s)) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                           "out of memory while the snapshot was put in order");
    }
    for (size_t i = 0; i < s->n_tables; i++) {
        struct cd_table *t = s->tables[i];
        t->n_live = 0;
        for (uint32_t row = 0; row < t->n; row++) {
            t->n_live += !cd_table_is_dead(t, row);
        }
    }
    s->sealed = true;
    return CORDON_OK;
}
