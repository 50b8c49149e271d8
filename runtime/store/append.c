/* One snapshot behind another: strings, places, json values and rows get the numbers that they have
 * in the other. */
#include "runtime/store/append.h"

#include "runtime/ingest/keep.h"

struct append {
    struct cd_snapshot *to, *from;
    uint32_t *strings;      /* by dictionary id of `from`: in `to`, CD_NO_STR: not asked for yet */
    uint32_t *sites;        /* by site of `from` */
    struct cd_node **nodes; /* by node of `from` */
    struct cd_table **tables; /* by table of `from`; NULL: it is not in `to` */
    uint32_t *first_row;      /* by table of `from`: the row that its first becomes */
    uint32_t *policies;       /* by row of `from`'s policy documents */
    uint32_t first_source, first_note;
    bool oom;
};

static bool
ok(struct append *a, bool is_ok)
{
    a->oom |= !is_ok;
    return is_ok;
}

static uint32_t
string_of(struct append *a, uint32_t id)
{
    if (id == CD_NO_STR || id == CD_ARN_MADE) {
        return id;
    }
    if (a->strings[id] == CD_NO_STR) {
        a->strings[id] = cd_snapshot_str(a->to, cd_intern_str(&a->from->dict, id));
        (void)ok(a, a->strings[id] != CD_NO_STR);
    }
    return a->strings[id];
}

static uint32_t
json_of(struct append *a, uint32_t value)
{
    struct cd_snapshot *to = a->to;
    uint32_t first = (uint32_t)to->n_json;
    for (uint32_t i = value; i < a->from->json[value].next && !a->oom; i++) {
        struct cd_json v = a->from->json[i];
        uint32_t at = cd_json_add(to, (enum cd_json_kind)v.kind, 0);
        if (!ok(a, at != CD_NONE)) {
            return 0;
        }
        bool names = v.kind == CD_JSON_STRING || v.kind == CD_JSON_UNKNOWN;
        v.key = string_of(a, v.key);
        v.n = names ? string_of(a, v.n) : v.n;
        v.next = v.next - value + first;
        to->json[at] = v;
    }
    return first;
}

/* ---- nodes ---- */

/* Pairs FROM and what is below it with the nodes of the same place. As deep as objects of the
 * schema that hold something. */
static void
pair_nodes(struct append *a, struct cd_node *to, const struct cd_node *from)
{
    a->nodes[from->id] = to;
    for (uint32_t i = 0; i < from->n_child && !a->oom; i++) {
        if (from->child[i] != NULL) {
            struct cd_node *child = from->kind == CD_NODE_RECORD ? cd_node_child(a->to, to, i)
                                                                 : cd_node_elem(a->to, to);
            if (ok(a, child != NULL)) {
                pair_nodes(a, child, from->child[i]);
            }
        }
    }
}

static void append_rows(struct append *a, const struct cd_node *from, uint32_t first, uint32_t n,
                        uint32_t at);

static void
append_place(struct append *a, const struct cd_node *from, uint32_t row, uint32_t at)
{
    uint32_t place = from->place == NULL ? 0 : from->place[row];
    bool is_key = (place & CD_PLACE_KEY) != 0;
    place = is_key ? CD_PLACE_KEY | string_of(a, place & ~CD_PLACE_KEY) : place;
    if (from->place != NULL) {
        (void)ok(a, cd_node_place(a->to, a->nodes[from->id], at, place));
    }
}

/* What stands beside the values of elements, of lists and of maps. */
static void
append_marks(struct append *a, const struct cd_node *from, uint32_t first, uint32_t n, uint32_t at)
{
    struct cd_node *to = a->nodes[from->id];
    for (uint32_t i = 0; i < n && !a->oom; i++) {
        append_place(a, from, first + i, at + i);
        if (from->key != NULL) {
            uint32_t key = string_of(a, from->key[first + i]);
            (void)ok(a, cd_node_key(a->to, to, at + i, key));
        }
    }
}

static void
append_members(struct append *a, const struct cd_node *from, uint32_t row, uint32_t at)
{
    struct cd_node *to = a->nodes[from->id];
    const struct cd_node *elem = from->child[0];
    uint32_t n = from->len[row];
    if (!ok(a, cd_node_open(a->to, to, at))) {
        return;
    }
    if (elem != NULL && n > 0) {
        uint32_t begin = cd_node_end(a->nodes[elem->id]);
        append_rows(a, elem, from->off[row], n, begin);
        append_marks(a, elem, from->off[row], n, begin);
    }
    uint32_t open = string_of(a, cd_node_open_reason(from, row));
    (void)ok(a, cd_node_close(a->to, to, at, n, open));
}

static void
append_value(struct append *a, const struct cd_node *from, uint32_t row, uint32_t at)
{
    struct cd_snapshot *s = a->to;
    struct cd_node *to = a->nodes[from->id];
    bool is_set = true;
    switch (from->kind) {
    case CD_NODE_BOOL: is_set = cd_node_set_bool(s, to, at, from->v.b[row] != 0); break;
    case CD_NODE_NUMBER: is_set = cd_node_set_number(s, to, at, from->v.f64[row]); break;
    case CD_NODE_STRING:
        is_set = cd_node_set_string(s, to, at, string_of(a, from->v.u32[row]));
        break;
    case CD_NODE_TIME: is_set = cd_node_set_time(s, to, at, from->v.i64[row]); break;
    case CD_NODE_JSON: is_set = cd_node_set_json(s, to, at, json_of(a, from->v.u32[row])); break;
    case CD_NODE_POLICY:
        is_set = cd_node_set_policy(s, to, at, a->policies[from->v.u32[row]]);
        break;
    case CD_NODE_RECORD: is_set = cd_node_set_record(s, to, at); break;
    case CD_NODE_LIST:
    case CD_NODE_MAP: append_members(a, from, row, at); break;
    }
    (void)ok(a, is_set);
}

/* Rows [first, first + n) of FROM become those from AT on. */
static void
append_rows(struct append *a, const struct cd_node *from, uint32_t first, uint32_t n, uint32_t at)
{
    bool is_list = from->kind == CD_NODE_LIST || from->kind == CD_NODE_MAP;
    bool is_property =
        from->parent != CD_NONE && a->from->nodes[from->parent]->kind == CD_NODE_RECORD;
    for (uint32_t i = 0; i < n && first + i < from->n && !a->oom; i++) {
        enum cd_state state = cd_node_state(from, first + i);
        if (state == CD_KNOWN) {
            append_value(a, from, first + i, at + i);
        } else if (is_list && from->len[first + i] > 0) {
            append_members(a, from, first + i, at + i); /* they are hidden, and there */
        }
        if (state == CD_UNKNOWN) {
            uint32_t reason = string_of(a, cd_node_reason(from, first + i));
            (void)ok(a, cd_node_set_unknown(a->to, a->nodes[from->id], at + i, reason));
        } else if (state == CD_ABSENT && is_list && from->len[first + i] > 0) {
            (void)ok(a, cd_node_set_absent(a->to, a->nodes[from->id], at + i));
        }
        if (is_property && from->place != NULL && from->place[first + i] != 0) {
            append_place(a, from, first + i, at + i); /* a note on where it stood */
        }
    }
    for (uint32_t i = 0; from->kind == CD_NODE_RECORD && i < from->n_child && !a->oom; i++) {
        if (from->child[i] != NULL) {
            append_rows(a, from->child[i], first, n, at);
        }
    }
}

/* ---- policy documents: those that have one text are one ---- */

static void
append_policy(struct append *a, uint32_t row)
{
    uint32_t text = row < a->from->n_policy_texts ? a->from->policy_texts[row] : CD_NO_STR;
    bool is_new = true;
    uint32_t *known = NULL;
    if (text != CD_NO_STR) {
        text = string_of(a, text);
        known = a->oom ? NULL : cd_ingest_policy(a->to, text, &is_new);
        if (!ok(a, known != NULL)) {
            return;
        }
    }
    if (!is_new && *known != CD_NONE) {
        a->policies[row] = *known;
        return;
    }
    a->policies[row] = a->to->policies->n;
    append_rows(a, a->from->policies, row, 1, a->policies[row]);
    (void)ok(a, cd_snapshot_policy_text(a->to, a->policies[row], text));
    if (known != NULL) {
        *known = a->policies[row];
    }
}

static void
append_policies(struct append *a)
{
    pair_nodes(a, a->to->policies, a->from->policies);
    for (uint32_t row = 0; row < a->from->policies->n && !a->oom; row++) {
        append_policy(a, row);
    }
}

/* ---- tables ---- */

/* The tables of FROM and their nodes have their like in TO. */
static void
pair_tables(struct append *a)
{
    for (size_t i = 0; i < a->from->n_tables && !a->oom; i++) {
        const struct cd_table *from = a->from->tables[i];
        struct cd_str type = cd_intern_str(&a->from->dict, from->type);
        struct cd_table *to = cd_snapshot_find_table(a->to, type);
        bool is_wanted = true;
        to = to != NULL ? to : cd_snapshot_table(a->to, type, &is_wanted);
        (void)ok(a, to != NULL || !is_wanted);
        a->tables[i] = to;
        if (to != NULL) {
            a->first_row[i] = to->n;
            pair_nodes(a, to->root, from->root);
            pair_nodes(a, to->tags, from->tags);
        }
    }
}

static struct cd_origin
origin_of(struct append *a, const struct cd_table *t, uint32_t row)
{
    struct cd_origin o = cd_table_origin(t, row);
    bool is_note = o.source < a->from->n_sources && o.place != CD_NONE
                   && cd_str_eq(a->from->sources[o.source].format, CD_STR("cordon"));
    if (o.from_table != CD_NONE && a->tables[o.from_table] != NULL) {
        o.from = o.from == CD_NONE ? CD_NONE : o.from + a->first_row[o.from_table];
        o.from_table = a->tables[o.from_table]->root->table;
    }
    o.place += is_note ? a->first_note : 0;
    o.source += o.source == CD_NONE ? 0 : a->first_source;
    return o;
}

static void
append_envelope(struct append *a, const struct cd_table *from, struct cd_table *to, uint32_t row)
{
    const struct cd_site *site = &a->to->sites[a->sites[from->site[row]]];
    const struct cd_envelope_row e = {
        .id = string_of(a, from->id[row]),
        .arn = from->arn == NULL ? CD_ARN_MADE : string_of(a, from->arn[row]),
        .partition = site->partition,
        .region = site->region,
        .account = site->account,
        .captured = from->captured[row],
        .origin = origin_of(a, from, row),
        .is_derived_row = cd_table_is_derived(from, row),
    };
    uint32_t at;
    uint32_t value = cd_ingest_unshaped(a->from, from, row);
    if (ok(a, cd_table_add(a->to, to, &e, &at)) && value != CD_NONE) {
        (void)ok(a, cd_ingest_set_unshaped(a->to, to, at, json_of(a, value)));
    }
}

static void
append_tables(struct append *a)
{
    for (size_t i = 0; i < a->from->n_tables && !a->oom; i++) {
        const struct cd_table *from = a->from->tables[i];
        struct cd_table *to = a->tables[i];
        for (uint32_t row = 0; to != NULL && row < from->n && !a->oom; row++) {
            append_envelope(a, from, to, row);
        }
        if (to != NULL) {
            append_rows(a, from->tags, 0, from->n, a->first_row[i]);
            append_rows(a, from->root, 0, from->n, a->first_row[i]);
        }
    }
}

/* ---- everything else ---- */

static void
append_sources(struct append *a)
{
    a->first_source = (uint32_t)a->to->n_sources;
    for (size_t i = 0; i < a->from->n_sources && !a->oom; i++) {
        const struct cd_source_info *from = &a->from->sources[i];
        uint32_t at = cd_snapshot_source(a->to, from->file, from->format);
        if (ok(a, at != CD_NONE)) {
            struct cd_source_info *to = &a->to->sources[at];
            to->items = from->items;
            to->resources = from->resources;
            to->derived = from->derived;
            to->deleted = from->deleted;
            to->problems = from->problems;
            to->captured = from->captured;
        }
    }
}

/* Each place of FROM that a row can have is one of TO. */
static void
append_places(struct append *a)
{
    struct cd_snapshot *from = a->from;
    for (size_t i = 0; i < from->n_places && !a->oom; i++) {
        (void)ok(a, cd_snapshot_place(a->to, string_of(a, from->accounts[i]),
                                      string_of(a, from->regions[i]))
                        != CD_NONE);
    }
    for (size_t i = 0; i < from->n_sites && !a->oom; i++) {
        const struct cd_site *site = &from->sites[i];
        a->sites[i] = cd_snapshot_site(a->to, (struct cd_site){string_of(a, site->partition),
                                                               string_of(a, site->account),
                                                               string_of(a, site->region)});
        (void)ok(a, a->sites[i] != CD_NONE);
    }
}

static void
append_completeness(struct append *a)
{
    struct cd_snapshot *from = a->from;
    for (size_t i = 0; i < from->n_complete && !a->oom; i++) {
        const struct cd_complete *c = &from->complete[i];
        (void)ok(a, cd_snapshot_complete(a->to, c->type, string_of(a, c->account),
                                         string_of(a, c->region)));
    }
    for (size_t i = 0; i < from->n_lost && !a->oom; i++) {
        const struct cd_complete *c = &from->lost[i];
        (void)ok(
            a, cd_snapshot_lost(a->to, c->type, string_of(a, c->account), string_of(a, c->region)));
    }
}

static void
append_deletions(struct append *a)
{
    struct cd_snapshot *from = a->from;
    for (size_t i = 0; i < from->n_deletions && !a->oom; i++) {
        const struct cd_deletion *d = &from->deletions[i];
        const struct cd_site *site = &a->to->sites[a->sites[d->site]];
        (void)ok(a,
                 cd_snapshot_delete(a->to, cd_intern_str(&from->dict, d->type), site->partition,
                                    site->account, site->region, string_of(a, d->id), d->captured));
    }
}

static void
append_problems(struct append *a)
{
    struct cd_snapshot *from = a->from;
    for (size_t i = 0; i < from->n_problems && !a->oom; i++) {
        struct cd_problem p = from->problems[i];
        p.source += a->first_source;
        p.node = p.node == CD_NONE || a->nodes[p.node] == NULL ? CD_NONE : a->nodes[p.node]->id;
        (void)ok(a, cd_snapshot_retell(a->to, &p));
    }
    for (size_t i = 0; i < from->n_untold && !a->oom; i++) {
        const struct cd_untold *u = &from->untold[i];
        uint32_t node =
            u->node == CD_NONE || a->nodes[u->node] == NULL ? CD_NONE : a->nodes[u->node]->id;
        (void)ok(a, cd_snapshot_leave_untold(a->to, node, u->source + a->first_source, u->n));
    }
    for (size_t i = 0; i < from->n_sources && !a->oom; i++) { /* those that FROM did not keep */
        struct cd_source_info *to = &a->to->sources[a->first_source + i];
        to->told = from->sources[i].told > to->told ? from->sources[i].told : to->told;
    }
}

static void
append_names(struct append *a)
{
    struct cd_buf names = CD_BUF_INIT;
    a->first_note = cd_ingest_n_notes(a->to);
    cd_ingest_keep(a->from, &names);
    struct cd_bytes bytes = cd_bytes_of(cd_buf_view(&names));
    (void)ok(a,
             !names.oom && cd_ingest_remember(a->to, &bytes, a->first_source, NULL) == CORDON_OK);
    cd_buf_finish(&names);
}

static bool
make_room(struct append *a, struct cd_arena *arena)
{
    const struct cd_snapshot *from = a->from;
    a->strings = CD_NEW_ARRAY(arena, from->dict.n, uint32_t);
    a->sites = CD_NEW_ARRAY(arena, from->n_sites, uint32_t);
    a->nodes = CD_NEW_ARRAY(arena, from->n_nodes, struct cd_node *);
    a->tables = CD_NEW_ARRAY(arena, from->n_tables, struct cd_table *);
    a->first_row = CD_NEW_ARRAY(arena, from->n_tables, uint32_t);
    a->policies = CD_NEW_ARRAY(arena, from->policies->n, uint32_t);
    if (a->strings != NULL) {
        memset(a->strings, 0xFF, (size_t)from->dict.n * sizeof *a->strings);
    }
    return a->strings != NULL && a->sites != NULL && a->nodes != NULL && a->tables != NULL
           && a->first_row != NULL && a->policies != NULL;
}

cordon_status
cd_store_append(struct cd_snapshot *to, struct cd_snapshot *from, struct cordon_error *err)
{
    struct append a = {.to = to, .from = from};
    struct cd_arena arena;
    cd_arena_init(&arena);
    if (ok(&a, make_room(&a, &arena))) {
        append_sources(&a);
        append_names(&a);
        append_places(&a);
        append_policies(&a);
        pair_tables(&a);
        append_tables(&a);
        append_problems(&a);
        append_completeness(&a);
        append_deletions(&a);
    }
    cd_arena_finish(&arena);
    return a.oom ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory") : CORDON_OK;
}
