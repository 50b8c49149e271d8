/* How the sources of a snapshot name things, as bytes and back.
 *
 * A plan is kept as the keys that items spelled in their own way, by their path, and as what its
 * properties were read from, by their name; below these are the plans of what they hold. Only what
 * the reader's own plans have is taken over, so the bytes may come from another projection, or from
 * other mappings. */
#include "runtime/ingest/keep.h"

#include "runtime/ingest/load.h"

#define DEPTH_LIMIT 250 /* of plans inside plans; ingest nests half as deep */

/* What a value has below it. */
enum { HAS_RECORD = 1, HAS_ELEM = 2, HAS_EXPLODED = 4 };

/* ---- writing ---- */

static void put_value(const struct cd_value_plan *v, struct cd_buf *out);

static uint32_t
count_spelled(const struct cd_plan *plan, const struct cd_trie *t)
{
    uint32_t n = 0;
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        uint32_t leaf = t->entries[i].leaf;
        n += leaf != CD_NONE && plan->leaves[leaf].spelled.p != NULL;
        n += count_spelled(plan, t->entries[i].below);
    }
    return n;
}

/* The keys below PATH; as deep as a mapping's longest path. */
static void
put_spelled(const struct cd_plan *plan, const struct cd_trie *t, struct cd_buf *path,
            struct cd_buf *out)
{
    size_t before = path->n;
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        const struct cd_trie_entry *e = &t->entries[i];
        cd_buf_str(path, t->keys.names[i]);
        if (e->leaf != CD_NONE && plan->leaves[e->leaf].spelled.p != NULL) {
            cd_bytes_put_str(out, cd_buf_view(path));
            cd_bytes_put_str(out, plan->leaves[e->leaf].spelled);
        }
        cd_buf_putc(path, '.');
        put_spelled(plan, e->below, path, out);
        path->n = before;
    }
}

static bool
is_kept(const struct cd_slot_plan *slot)
{
    const struct cd_value_plan *v = &slot->value;
    return slot->used != CD_NONE || v->record != NULL || v->elem != NULL || v->exploded != NULL;
}

/* PLAN may be NULL: there is none. */
static void
put_plan(const struct cd_plan *plan, struct cd_buf *out)
{
    struct cd_buf path = CD_BUF_INIT;
    uint32_t n = 0;
    cd_bytes_put(out, plan != NULL);
    if (plan == NULL) {
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        cd_bytes_put(out, count_spelled(plan, plan->trie[i]));
        put_spelled(plan, plan->trie[i], &path, out);
    }
    for (uint32_t i = 0; i < plan->n_slots; i++) {
        n += is_kept(&plan->slots[i]);
    }
    cd_bytes_put(out, n);
    for (uint32_t i = 0; i < plan->n_slots; i++) {
        const struct cd_slot_plan *slot = &plan->slots[i];
        if (is_kept(slot)) {
            cd_bytes_put_str(out, slot->name);
            cd_bytes_put(out, slot->used == CD_NONE ? 0 : slot->used + 1);
            put_value(&slot->value, out);
        }
    }
    out->oom |= path.oom;
    cd_buf_finish(&path);
}

static void
put_value(const struct cd_value_plan *v, struct cd_buf *out)
{
    uint32_t n_exploded = v->exploded == NULL ? 0 : v->map->n_explode;
    cd_bytes_put(out, (v->record != NULL ? HAS_RECORD : 0) | (v->elem != NULL ? HAS_ELEM : 0)
                          | (n_exploded > 0 ? HAS_EXPLODED : 0));
    if (v->record != NULL) {
        put_plan(v->record, out);
    }
    if (v->elem != NULL) {
        put_value(v->elem, out);
    }
    if (n_exploded > 0) {
        cd_bytes_put(out, n_exploded);
    }
    for (uint32_t i = 0; i < n_exploded; i++) {
        put_plan(v->exploded[i], out);
    }
}

static void
put_table_plan(const struct cd_table_plan *tp, struct cd_buf *out)
{
    put_plan(tp == NULL ? NULL : tp->plan, out);
}

void
cd_ingest_keep(const struct cd_snapshot *s, struct cd_buf *out)
{
    static const struct cd_ingest nothing = {.n_plans = 0};
    const struct cd_ingest *in = s->ingest == NULL ? &nothing : s->ingest;
    cd_bytes_put(out, in->n_types);
    for (size_t i = 0; i < in->n_types; i++) {
        const struct cd_type_plan *t = in->types[i];
        uint32_t n_rows = t->map == NULL ? 0 : t->map->n_rows;
        cd_bytes_put_str(out, t->from);
        put_table_plan(t->plan, out);
        cd_bytes_put(out, n_rows);
        for (uint32_t k = 0; k < n_rows; k++) {
            cd_bytes_put_str(out, t->map->rows[k].type);
            put_table_plan(t->rows[k].plan, out);
        }
    }
    put_plan(in->policy, out);
    cd_bytes_put(out, in->n_notes);
    for (size_t i = 0; i < in->n_notes; i++) {
        cd_bytes_put(out, in->notes[i].source);
        cd_bytes_put_str(out, in->notes[i].file);
        cd_bytes_put_str(out, in->notes[i].format);
    }
}

/* ---- reading: a plan that is NULL is passed over ---- */

struct recall {
    struct cd_load *l;
    struct cd_bytes *bytes;
    int depth;
};

static void get_plan(struct recall *r, struct cd_plan *plan);

/* Is there a plan in the bytes? Then get_plan reads it. */
static bool
is_next(struct recall *r)
{
    return cd_bytes_get(r->bytes, 1) != 0;
}

/* The place of a path in a trie, or NULL. */
static struct cd_leaf *
leaf_at(const struct cd_plan *plan, const struct cd_trie *t, struct cd_str path)
{
    for (size_t from = 0; t != NULL; from = cd_str_find(path, '.', from) + 1) {
        size_t end = cd_str_find(path, '.', from);
        struct cd_str key = cd_str_sub(path, from, end);
        size_t i = 0;
        while (i < t->n && !cd_str_eq_nocase(t->keys.names[i], key)) {
            i++;
        }
        if (i == t->n) {
            return NULL;
        }
        if (end == path.n) {
            return t->entries[i].leaf == CD_NONE ? NULL : &plan->leaves[t->entries[i].leaf];
        }
        t = t->entries[i].below;
    }
    return NULL;
}

static void
get_spelled(struct recall *r, struct cd_plan *plan, unsigned trie)
{
    uint32_t n = cd_bytes_get_u32(r->bytes);
    for (uint32_t i = 0; i < n && !r->bytes->bad && !r->l->oom; i++) {
        struct cd_str path = cd_bytes_get_str(r->bytes);
        struct cd_str spelled = cd_bytes_get_str(r->bytes);
        struct cd_leaf *leaf =
            plan == NULL || r->bytes->bad ? NULL : leaf_at(plan, plan->trie[trie], path);
        if (leaf != NULL && leaf->spelled.p == NULL) {
            leaf->spelled = cd_arena_str(&r->l->s->arena, spelled);
            cd_load_ok(r->l, leaf->spelled.p != NULL);
        }
    }
}

/* V: NULL, or with a node of its own. */
static void
get_value(struct recall *r, struct cd_value_plan *v)
{
    struct cd_load *l = r->l;
    uint64_t has = cd_bytes_get(r->bytes, HAS_RECORD | HAS_ELEM | HAS_EXPLODED);
    if (++r->depth > DEPTH_LIMIT) {
        r->bytes->bad = true;
        return;
    }
    bool is_list =
        v != NULL && (v->node->kind == CD_NODE_LIST || v->node->kind == CD_NODE_MAP) && !l->oom;
    if ((has & HAS_RECORD) != 0) {
        bool is_record = v != NULL && v->node->kind == CD_NODE_RECORD && !l->oom;
        if (is_next(r)) {
            get_plan(r, is_record ? cd_value_record_plan(l, v) : NULL);
        }
    }
    if ((has & HAS_ELEM) != 0 && !r->bytes->bad) {
        get_value(r, is_list ? cd_value_elem_plan(l, v) : NULL);
    }
    uint32_t n_exploded = (has & HAS_EXPLODED) != 0 ? cd_bytes_get_u32(r->bytes) : 0;
    for (uint32_t i = 0; i < n_exploded && !r->bytes->bad; i++) {
        bool is_there = is_list && v->map != NULL && i < v->map->n_explode && !l->oom
                        && cd_value_elem_plan(l, v) != NULL
                        && v->elem->node->kind == CD_NODE_RECORD;
        if (is_next(r)) {
            get_plan(r, is_there ? cd_value_exploded_plan(l, v, i) : NULL);
        }
    }
    r->depth--;
}

static void
get_slot(struct recall *r, struct cd_plan *plan)
{
    struct cd_str name = cd_bytes_get_str(r->bytes);
    uint32_t used = cd_bytes_get_u32(r->bytes);
    struct cd_slot_plan *slot = NULL;
    for (uint32_t i = 0; plan != NULL && slot == NULL && i < plan->n_slots; i++) {
        slot = cd_str_eq(plan->slots[i].name, name) ? &plan->slots[i] : NULL;
    }
    if (slot != NULL && slot->used == CD_NONE && used > 0 && used <= slot->n_from) {
        slot->used = used - 1;
    }
    bool has_node = slot != NULL && !r->l->oom && cd_plan_slot_node(r->l, plan, slot);
    get_value(r, has_node ? &slot->value : NULL);
}

static void
get_plan(struct recall *r, struct cd_plan *plan)
{
    if (++r->depth > DEPTH_LIMIT) {
        r->bytes->bad = true;
        return;
    }
    get_spelled(r, plan, 0);
    get_spelled(r, plan, 1);
    uint32_t n = cd_bytes_get_u32(r->bytes);
    for (uint32_t i = 0; i < n && !r->bytes->bad && !r->l->oom; i++) {
        get_slot(r, plan);
    }
    r->depth--;
}

static void
get_type(struct recall *r)
{
    struct cd_str from = cd_bytes_get_str(r->bytes);
    struct cd_type_plan *t = r->bytes->bad ? NULL : cd_config_type(r->l, from);
    if (r->l->oom) {
        return;
    }
    r->bytes->bad |= t == NULL; /* there are more types than any source has */
    if (is_next(r)) {
        get_plan(r, t == NULL || t->plan == NULL ? NULL : t->plan->plan);
    }
    uint32_t n_rows = cd_bytes_get_u32(r->bytes);
    for (uint32_t i = 0; i < n_rows && !r->bytes->bad; i++) {
        struct cd_str type = cd_bytes_get_str(r->bytes);
        bool is_there = t != NULL && t->map != NULL && i < t->map->n_rows
                        && cd_str_eq(t->map->rows[i].type, type) && t->rows[i].plan != NULL;
        if (is_next(r)) {
            get_plan(r, is_there ? t->rows[i].plan->plan : NULL);
        }
    }
}

static void
get_note(struct recall *r, uint32_t source)
{
    struct cd_snapshot *s = r->l->s;
    struct cd_ingest *in = r->l->in;
    uint32_t of = cd_bytes_get_u32(r->bytes);
    struct cd_str file = cd_bytes_get_str(r->bytes);
    struct cd_str format = cd_bytes_get_str(r->bytes);
    r->bytes->bad |= of >= s->n_sources || source >= s->n_sources - of;
    if (r->bytes->bad) {
        return;
    }
    struct cd_source_note *note = CD_PUSH(&s->arena, in->notes, in->n_notes, in->cap_notes);
    if (note != NULL) {
        *note = (struct cd_source_note){source + of, cd_arena_str(&s->arena, file),
                                        cd_arena_str(&s->arena, format)};
    }
    cd_load_ok(r->l, note != NULL && note->file.p != NULL && note->format.p != NULL);
}

cordon_status
cd_ingest_remember(struct cd_snapshot *s, struct cd_bytes *bytes, uint32_t source,
                   struct cordon_error *err)
{
    struct cd_load l = {.s = s, .in = cd_ingest_of(s)};
    struct recall r = {.l = &l, .bytes = bytes};
    l.oom = l.in == NULL;
    uint32_t n = l.oom ? 0 : cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < n && !bytes->bad && !l.oom; i++) {
        get_type(&r);
    }
    if (!l.oom && is_next(&r)) {
        get_plan(&r, s->policy_shape != CD_NONE ? cd_policy_plan(&l) : NULL);
    }
    n = l.oom ? 0 : cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < n && !bytes->bad && !l.oom; i++) {
        get_note(&r, source);
    }
    if (l.oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    return bytes->bad ? cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                                    "it does not say how its sources name things")
                      : CORDON_OK;
}

/* ---- the rest ---- */

uint32_t
cd_ingest_n_notes(const struct cd_snapshot *s)
{
    return s->ingest == NULL ? 0 : (uint32_t)s->ingest->n_notes;
}

bool
cd_ingest_reads_tags(const struct cd_snapshot *s, const struct cd_table *table)
{
    const struct cd_ingest *in = s->ingest;
    bool reads = in != NULL && in->reads_tags;
    for (size_t i = 0; !reads && in != NULL && i < in->n_plans; i++) {
        const struct cd_table_plan *tp = in->plans[i];
        reads = tp->table == table && tp->plan != NULL && tp->plan->reads_tags;
    }
    return reads;
}

uint32_t
cd_ingest_unshaped(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row)
{
    return cd_unshaped_get(s->ingest, t, row);
}

bool
cd_ingest_set_unshaped(struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
                       uint32_t value)
{
    struct cd_load l = {.s = s, .in = cd_ingest_of(s)};
    if (l.in == NULL) {
        return false;
    }
    cd_unshaped_set(&l, t, row, value);
    return !l.oom;
}
