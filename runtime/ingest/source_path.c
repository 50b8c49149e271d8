/* From a property of the snapshot back to where its source has it, in the source's own terms. */
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/load.h"
#include "runtime/schema/schema.h"

struct trail {
    const struct cd_snapshot *s;
    struct cd_buf *out;
    size_t start;    /* where the path begins in OUT */
    size_t list_len; /* length of OUT where the innermost exploded list began; 0: none */
    bool is_normal;
    const struct cd_plan *plan;        /* of the record that was reached, or NULL */
    const struct cd_value_plan *value; /* of the value that was reached, or NULL */
    const struct cd_map_entry *map;    /* by which it is read, or would be: no item had it yet */
    const struct cd_node *node;        /* the value that was reached, or NULL … */
    uint32_t row;                      /* … and its row */
};

static void
put_dotted(struct trail *t, struct cd_str name)
{
    if (t->out->n > t->start) {
        cd_buf_putc(t->out, '.');
    }
    cd_buf_str(t->out, name);
}

static void
put_bracketed(struct trail *t, struct cd_str key)
{
    cd_buf_putc(t->out, '[');
    cd_buf_json_str(t->out, key);
    cd_buf_putc(t->out, ']');
}

/* The name as AWS Config would spell it where no item showed it: in the case in which its
 * neighbours begin. */
static void
put_guessed(struct trail *t, struct cd_str name, bool is_root)
{
    bool is_upper = false;
    for (size_t i = 0; t->plan != NULL && i < t->plan->n_leaves; i++) {
        const struct cd_leaf *leaf = &t->plan->leaves[i];
        if (leaf->spelled.p != NULL && leaf->prefix.n < leaf->spelled.n) {
            char first = leaf->spelled.p[leaf->prefix.n];
            is_upper = first >= 'A' && first <= 'Z';
            break;
        }
    }
    if (is_root) {
        put_dotted(t, CD_STR("configuration"));
    }
    put_dotted(t, name);
    char *first = t->out->oom || name.n == 0 ? NULL : t->out->p + t->out->n - name.n;
    if (first != NULL && !is_upper && *first >= 'A' && *first <= 'Z') {
        *first = (char)(*first + 32);
    }
}

/* Cuts what stands behind the element of the outer list. */
static void
leave_inner_list(struct trail *t)
{
    struct cd_str path = cd_buf_view(t->out);
    size_t bracket = t->list_len == 0 ? path.n : cd_str_find(path, ']', t->list_len);
    if (bracket < path.n) {
        t->out->n = bracket + 1;
    }
}

static void
put_index(struct trail *t, uint32_t i)
{
    cd_buf_putc(t->out, '[');
    cd_buf_uint(t->out, i);
    cd_buf_putc(t->out, ']');
}

/* A mapping's path; `[member]` names the element that was chosen, which has number ELEMENT, or all
 * of them. */
static void
put_mapped(struct trail *t, struct cd_str path, uint32_t element, bool is_there)
{
    size_t bracket = cd_str_find(path, '[', 0);
    size_t end = cd_str_find(path, ']', bracket);
    if (end == path.n) {
        put_dotted(t, path);
        return;
    }
    put_dotted(t, cd_str_sub(path, 0, bracket));
    if (is_there) {
        put_index(t, element);
    } else {
        cd_buf_puts(t->out, "[]");
    }
    cd_buf_str(t->out, cd_str_sub(path, end + 1, path.n));
}

static void
put_from(struct trail *t, const struct cd_slot_plan *slot, const struct cd_from *from,
         uint32_t element, bool is_there)
{
    const struct cd_leaf *leaf;
    switch (from->kind) {
    case CD_FROM_LEAF:
        leaf = &t->plan->leaves[from->leaf];
        if (from->is_outer && !t->plan->is_root) {
            leave_inner_list(t);
        }
        if (leaf->spelled.p != NULL) {
            put_dotted(t, leaf->spelled);
        } else if (slot->value.map != NULL && slot->value.map->n_paths > 0) {
            put_dotted(t, slot->value.map->paths[0]);
        } else {
            put_guessed(t, slot->name, t->plan->is_root);
        }
        return;
    case CD_FROM_SELF:
        if (t->plan->is_root) {
            put_dotted(t, CD_STR("configuration"));
        }
        return;
    case CD_FROM_KEY:
    case CD_FROM_KEY_FIRST:
    case CD_FROM_KEY_REST: return;
    case CD_FROM_BELOW: put_mapped(t, from->path, element, is_there); return;
    case CD_FROM_ITEM:
        t->out->n = t->start;
        put_mapped(t, from->path, element, is_there);
        return;
    case CD_FROM_TAGS:
        t->out->n = t->start;
        put_dotted(t, CD_STR("tags"));
        return;
    }
}

static const struct cd_slot_plan *
slot_named(const struct cd_plan *plan, struct cd_str name)
{
    for (uint32_t i = 0; plan != NULL && i < plan->n_slots; i++) {
        if (cd_str_eq(plan->slots[i].name, name)) {
            return &plan->slots[i];
        }
    }
    return NULL;
}

/* The plan of the record that VALUE is, if it is one that was read. */
static const struct cd_plan *
plan_of(const struct trail *t, const struct cd_value_plan *value)
{
    if (value == NULL || value->node == NULL) {
        return NULL;
    }
    if (value->node->kind == CD_NODE_POLICY) {
        return t->s->ingest->policy;
    }
    return value->record;
}

/* A property of a record that no item had, by its mapping alone. */
static void
put_unread(struct trail *t, struct cd_str name)
{
    t->map = t->map == NULL ? NULL : cd_map_entry_find(t->map->of, t->map->n_of, name);
    if (t->map != NULL && t->map->n_paths > 0) {
        put_mapped(t, t->map->paths[0], 0, false);
    } else {
        put_guessed(t, name, false);
    }
    t->value = NULL;
    t->node = NULL;
}

/* The column and the row of a value below the one that was reached. */
static void
go_to(struct trail *t, const struct cd_node *node, uint32_t row)
{
    t->node = node;
    t->row = row;
    if (node != NULL && node->kind == CD_NODE_POLICY && cd_node_state(node, row) == CD_KNOWN) {
        t->node = t->s->policies;
        t->row = node->v.u32[row];
    }
}

static void
put_slot(struct trail *t, const struct cd_slot_plan *slot)
{
    const struct cd_node *node = slot->value.node;
    bool is_there = t->node != NULL && cd_node_state(node, t->row) != CD_ABSENT;
    bool is_known = is_there && cd_node_state(node, t->row) == CD_KNOWN;
    bool is_constant = slot->value.map != NULL && slot->value.map->constant.n > 0;
    uint32_t note = is_there && node->place != NULL ? node->place[t->row] : 0;
    uint32_t used = slot->used == CD_NONE || (is_known && !is_constant) ? 0 : slot->used;
    while (!is_known && slot->used == CD_NONE && used + 1 < slot->n_from
           && cd_from_is_key(slot->from[used].kind)) {
        used++;
    }
    if (note != 0 && CD_NOTE_SOURCE(note) < slot->n_from) {
        used = CD_NOTE_SOURCE(note);
    }
    if (slot->n_from == 0) {
        put_guessed(t, slot->name, t->plan->is_root);
    } else {
        put_from(t, slot, &slot->from[used], note == 0 ? 0 : CD_NOTE_ELEMENT(note), is_there);
    }
    cd_buf_puts(t->out, (note & CD_NOTE_LISTED) != 0 ? "[0]" : "");
    t->value = &slot->value;
    t->map = slot->value.map;
    t->plan = plan_of(t, t->value);
    go_to(t, t->node == NULL ? NULL : node, t->row);
}

static void
put_property(struct trail *t, struct cd_str name)
{
    const struct cd_slot_plan *slot = slot_named(t->plan, name);
    if (t->is_normal) {
        put_dotted(t, name);
    } else if (slot == NULL) {
        put_unread(t, name);
    } else {
        put_slot(t, slot);
    }
}

/* The plan of an element of an exploded list: of the alternative whose list its place names. */
static const struct cd_plan *
exploded_plan(const struct cd_value_plan *v, struct cd_str place)
{
    size_t from = cd_str_find(place, '.', 0);
    struct cd_str over =
        cd_str_sub(place, from < place.n ? from + 1 : from, cd_str_find(place, '[', from));
    for (uint32_t i = 0; v->exploded != NULL && i < v->map->n_explode; i++) {
        for (uint32_t k = 0; k < v->map->explode[i].n_over; k++) {
            if (cd_str_eq(v->map->explode[i].over[k], over)) {
                return v->exploded[i];
            }
        }
    }
    return NULL;
}

/* Goes to the element of the list or map that was reached which has this place or key. */
static void
go_to_member(struct trail *t, uint32_t place, uint32_t key)
{
    const struct cd_node *n = t->node;
    bool is_list = n != NULL && n->kind == CD_NODE_LIST;
    bool is_known = n != NULL && (is_list || n->kind == CD_NODE_MAP)
                    && cd_node_state(n, t->row) == CD_KNOWN && n->child[0] != NULL;
    const struct cd_node *elem = is_known ? n->child[0] : NULL;
    const uint32_t *marks = elem == NULL ? NULL : is_list ? elem->place : elem->key;
    uint32_t wanted = is_list ? place : key;
    for (uint32_t i = 0; marks != NULL && i < n->len[t->row]; i++) {
        if (marks[n->off[t->row] + i] == wanted) {
            go_to(t, elem, n->off[t->row] + i);
            return;
        }
    }
    t->node = NULL;
}

static void
put_place(struct trail *t, uint32_t place)
{
    const struct cd_value_plan *v = t->value;
    const struct cd_map_entry *map = v == NULL || v->is_inner || t->is_normal ? NULL : v->map;
    struct cd_str key = CD_STR("");
    if ((place & CD_PLACE_KEY) != 0) {
        uint32_t id = place & ~CD_PLACE_KEY;
        key = id < t->s->dict.n ? cd_intern_str(&t->s->dict, id) : key;
    }
    t->value = v == NULL ? NULL : v->elem;
    t->plan = plan_of(t, t->value);
    go_to_member(t, place, CD_NO_STR);
    if (map != NULL && map->n_explode > 0) {
        t->list_len = t->out->n;
        cd_buf_str(t->out, key);
        t->plan = exploded_plan(v, key);
        return;
    }
    if ((place & CD_PLACE_KEY) != 0) {
        put_bracketed(t, key);
    } else if (place != CD_PLACE_ONE) {
        put_index(t, place);
    }
    if (map != NULL && map->each.n > 0) {
        put_dotted(t, map->each);
    }
}

static void
put_step(struct trail *t, const struct cd_path_step *step)
{
    if (step->place != CD_NONE) {
        put_place(t, step->place);
    } else if (step->is_key) {
        put_bracketed(t, step->name);
        t->value = t->value == NULL ? NULL : t->value->elem;
        t->plan = plan_of(t, t->value);
        go_to_member(t, CD_NONE, cd_intern_find(&t->s->dict, step->name));
    } else {
        put_property(t, step->name);
    }
}

static void
put_envelope(struct trail *t, struct cd_str name, const struct cd_origin *o, bool is_derived)
{
    static const struct {
        struct cd_str name, config;
    } members[] = {
        {CD_STR_INIT("type"), CD_STR_INIT("resourceType")},
        {CD_STR_INIT("id"), CD_STR_INIT("resourceId")},
        {CD_STR_INIT("region"), CD_STR_INIT("awsRegion")},
        {CD_STR_INIT("account"), CD_STR_INIT("awsAccountId")},
        {CD_STR_INIT("partition"), CD_STR_INIT("ARN")},
        {CD_STR_INIT("arn"), CD_STR_INIT("ARN")},
        {CD_STR_INIT("captured"), CD_STR_INIT("configurationItemCaptureTime")},
    };
    for (size_t i = 0; !t->is_normal && i < CD_ARRAY_LEN(members); i++) {
        if (cd_str_eq(members[i].name, name)) {
            name = members[i].config;
            break;
        }
    }
    uint32_t dialect = t->is_normal || is_derived || o->place == CD_NONE ? 0 : o->place;
    if ((dialect & CD_PLACE_SMALL_ARN) != 0 && cd_str_eq(name, CD_STR("ARN"))) {
        name = CD_STR("arn");
    } else if ((dialect & CD_PLACE_ACCOUNT_ID) != 0 && cd_str_eq(name, CD_STR("awsAccountId"))) {
        name = CD_STR("accountId");
    } else if ((dialect & CD_PLACE_NAMED) != 0 && cd_str_eq(name, CD_STR("resourceId"))) {
        name = CD_STR("resourceName");
    }
    put_dotted(t, name);
}

/* The plan by which the row was read. */
static const struct cd_table_plan *
find_plan(const struct cd_snapshot *s, const struct cd_table *table, bool is_normal,
          bool is_derived)
{
    const struct cd_ingest *in = s->ingest;
    for (size_t i = 0; in != NULL && i < in->n_plans; i++) {
        const struct cd_table_plan *tp = in->plans[i];
        bool fits = is_normal
                        ? tp->dialect == CD_DIALECT_NORMAL
                        : tp->dialect == CD_DIALECT_CONFIG && (tp->rows != NULL) == is_derived;
        if (tp->table == table && fits) {
            return tp;
        }
    }
    return NULL;
}

void
cd_ingest_source_path(const struct cd_snapshot *s, uint32_t table, uint32_t row, bool is_envelope,
                      const struct cd_path_step *steps, size_t n, struct cd_buf *out)
{
    if (table >= s->n_tables || row >= s->tables[table]->n || n == 0) {
        return;
    }
    const struct cd_table *t = s->tables[table];
    struct cd_origin o = cd_table_origin(t, row);
    bool is_derived = cd_table_is_derived(t, row);
    bool is_normal =
        o.source < s->n_sources && cd_str_eq(s->sources[o.source].format, CD_STR("cordon"));
    struct trail trail = {.s = s, .out = out, .start = out->n, .is_normal = is_normal};
    size_t i = 0;
    if (is_envelope) {
        put_envelope(&trail, steps[0].name, &o, is_derived);
        i = 1;
    } else {
        const struct cd_table_plan *tp = find_plan(s, t, is_normal, is_derived);
        trail.plan = tp == NULL ? NULL : tp->plan;
        trail.node = t->root;
        trail.row = row;
        if (is_normal) {
            cd_buf_puts(out, "properties");
        } else if (tp != NULL && tp->rows != NULL) {
            cd_buf_str(out, tp->rows->path);
        }
    }
    for (; i < n; i++) {
        put_step(&trail, &steps[i]);
    }
}
