/* Tables out of a store: of each the envelope, and of its tree of properties what the projection
 * has, matched by name. What the store was built without is unknown. */
#include "runtime/ingest/keep.h"
#include "runtime/store/read.h"

/* ---- what was not known when the store was built ---- */

/* Rows [0, ROWS) of N are unknown. */
static cordon_status
make_unknown(struct cd_store_load *l, struct cd_node *n, uint32_t rows, uint32_t *why,
             const char *reason)
{
    if (*why == CD_NO_STR) {
        *why = cd_snapshot_str(l->s, cd_str_of(reason));
    }
    bool ok = *why != CD_NO_STR;
    for (uint32_t row = 0; ok && row < rows; row++) {
        ok = cd_node_set_unknown(l->s, n, row, *why);
    }
    return ok ? CORDON_OK : cd_store_no_memory(l->st, l->err);
}

static bool
has_field(const struct cd_store_shape *shape, struct cd_str name)
{
    uint32_t low = 0;
    uint32_t high = shape->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = cd_str_cmp(shape->fields[mid], name);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return false;
}

/* Properties of RECORD that the store's shape SHAPE (from 1) does not have. */
static cordon_status
mark_newer(struct cd_store_load *l, struct cd_node *record, uint32_t rows, uint32_t shape)
{
    for (uint32_t slot = 0; slot < record->n_child && rows > 0; slot++) {
        if (shape > 0 && has_field(&l->shapes[shape - 1], cd_node_slot_name(l->s, record, slot))) {
            continue;
        }
        struct cd_node *child = cd_node_child(l->s, record, slot);
        if (child == NULL) {
            return cd_store_no_memory(l->st, l->err);
        }
        CORDON_TRY(make_unknown(l, child, rows, &l->why_newer,
                                "the store was built before this property was known"));
    }
    return CORDON_OK;
}

/* ---- nodes ---- */

static const char in_another_form[] = "the store has this property in another form";

/* A node as the bytes describe it. */
struct described {
    uint32_t kind, rows, extras;
};

static cordon_status
wrong_node(const struct cd_store_load *l, const char *what)
{
    return cd_store_corrupt(l->st, CD_STORE_HEAD, what, l->err);
}

static bool
is_list(uint32_t kind)
{
    return kind == CD_NODE_LIST || kind == CD_NODE_MAP;
}

static cordon_status
load_ids(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n, uint32_t **out)
{
    return cd_store_load_ints(l, bytes, n, (struct cd_store_column){CD_STORE_IDS, 0}, out);
}

/* Known rows of numbers that have to be below a limit. */
static bool
known_below(const struct cd_node *n, uint32_t rows, uint32_t first, uint32_t limit)
{
    for (uint32_t row = 0; row < rows; row++) {
        if (n->state[row] == CD_KNOWN && n->v.u32[row] - first >= limit) {
            return false;
        }
    }
    return true;
}

static cordon_status
load_json(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *n, uint32_t rows)
{
    uint32_t first, count;
    CORDON_TRY(
        cd_store_load_ints(l, bytes, rows, (struct cd_store_column){CD_STORE_ANY, 0}, &n->v.u32));
    CORDON_TRY(cd_store_load_json(l, bytes, &first, &count));
    return known_below(n, rows, first, count) ? CORDON_OK
                                              : wrong_node(l, "a column points at no json value");
}

/* Where the elements of each row begin; they stand one behind the other. */
static cordon_status
make_offsets(struct cd_store_load *l, struct cd_node *n, uint32_t rows)
{
    void *room;
    uint32_t at = 0;
    CORDON_TRY(cd_store_room(l, rows, sizeof *n->off, &room));
    n->off = room;
    for (uint32_t row = 0; row < rows; row++) {
        n->off[row] = at;
        if (n->len[row] > (UINT32_MAX >> 1) - at) {
            return wrong_node(l, "lists have more elements than there can be");
        }
        at += n->len[row];
    }
    return CORDON_OK;
}

static cordon_status
load_values(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *n, uint32_t rows)
{
    const struct cd_store_column any = {CD_STORE_ANY, 0};
    switch (n->kind) {
    case CD_NODE_BOOL: return cd_store_load_small(l, bytes, rows, 2, &n->v.b);
    case CD_NODE_NUMBER: return cd_store_load_wide(l, bytes, rows, true, &n->v.i64);
    case CD_NODE_TIME: return cd_store_load_wide(l, bytes, rows, false, &n->v.i64);
    case CD_NODE_STRING: return load_ids(l, bytes, rows, &n->v.u32);
    case CD_NODE_JSON: return load_json(l, bytes, n, rows);
    case CD_NODE_POLICY:
        CORDON_TRY(cd_store_load_ints(l, bytes, rows, any, &n->v.u32));
        return known_below(n, rows, 0, l->s->policies->n)
                   ? CORDON_OK
                   : wrong_node(l, "a column points at no policy document");
    case CD_NODE_LIST:
    case CD_NODE_MAP:
        CORDON_TRY(cd_store_load_ints(l, bytes, rows, any, &n->len));
        return make_offsets(l, n, rows);
    case CD_NODE_RECORD: return CORDON_OK;
    }
    return CORDON_OK;
}

static void
skip_values(const struct cd_store_load *l, struct cd_bytes *bytes, uint32_t kind)
{
    switch ((enum cd_node_kind)kind) {
    case CD_NODE_NUMBER:
    case CD_NODE_TIME: cd_store_skip_wide(l->st, bytes); return;
    case CD_NODE_JSON:
        cd_store_skip_ints(l->st, bytes);
        cd_store_skip_json(bytes);
        return;
    case CD_NODE_BOOL:
    case CD_NODE_STRING:
    case CD_NODE_POLICY:
    case CD_NODE_LIST:
    case CD_NODE_MAP: cd_store_skip_ints(l->st, bytes); return;
    case CD_NODE_RECORD: return;
    }
}

/* The number of each element in its list. */
static cordon_status
make_places(struct cd_store_load *l, const struct cd_node *list, struct cd_node *elem,
            uint32_t rows)
{
    void *room;
    uint32_t at = 0;
    CORDON_TRY(cd_store_room(l, rows, sizeof *elem->place, &room));
    elem->place = room;
    for (uint32_t row = 0; row < list->n; row++) {
        for (uint32_t i = 0; i < list->len[row] && at < rows; i++) {
            elem->place[at++] = i;
        }
    }
    memset(elem->place + at, 0, (rows - at) * sizeof *elem->place);
    return CORDON_OK;
}

static cordon_status
load_extras(struct cd_store_load *l, struct cd_bytes *bytes, const struct cd_node *parent,
            struct cd_node *n, const struct described *d)
{
    bool is_elem = parent != NULL && parent->kind == CD_NODE_LIST;
    bool is_value = parent != NULL && parent->kind == CD_NODE_MAP;
    if ((d->extras & CD_STORE_HAS_OPEN) != 0 && !is_list(d->kind)) {
        return wrong_node(l, "a property has what is for lists");
    }
    if (((d->extras & CD_STORE_HAS_KEY) != 0) != (is_value && d->rows > 0)) {
        return wrong_node(l, "a property has what is for elements");
    }
    if ((d->extras & CD_STORE_HAS_REASON) != 0) {
        CORDON_TRY(load_ids(l, bytes, d->rows, &n->reason));
    }
    if ((d->extras & CD_STORE_HAS_OPEN) != 0) {
        CORDON_TRY(load_ids(l, bytes, d->rows, &n->open));
    }
    if ((d->extras & CD_STORE_HAS_PLACE) != 0) {
        CORDON_TRY(cd_store_load_ints(l, bytes, d->rows,
                                      (struct cd_store_column){CD_STORE_PLACES, 0}, &n->place));
    } else if (is_elem) {
        CORDON_TRY(make_places(l, parent, n, d->rows));
    }
    return (d->extras & CD_STORE_HAS_KEY) != 0 ? load_ids(l, bytes, d->rows, &n->key) : CORDON_OK;
}

/* A node and what is below it that nobody reads; it is measured all the same. */
static cordon_status skip_node(struct cd_store_load *l, struct cd_bytes *bytes, int depth);

static cordon_status
skip_rest(struct cd_store_load *l, struct cd_bytes *bytes, const struct described *d, int depth)
{
    cd_store_skip_ints(l->st, bytes);
    skip_values(l, bytes, d->kind);
    for (uint32_t extra = CD_STORE_HAS_REASON; extra <= CD_STORE_HAS_KEY; extra *= 2) {
        if ((d->extras & extra) != 0) {
            cd_store_skip_ints(l->st, bytes);
        }
    }
    if (d->kind == CD_NODE_RECORD) {
        (void)cd_bytes_get_u32(bytes);
    }
    uint32_t n = cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < n && !bytes->bad; i++) {
        (void)cd_bytes_get_u32(bytes);
        CORDON_TRY(skip_node(l, bytes, depth + 1));
    }
    return CORDON_OK;
}

/* The number that the next node of the store has is *l->next_node; N: what it is in the snapshot,
 * NULL: nobody reads it. */
static cordon_status
describe(struct cd_store_load *l, struct cd_bytes *bytes, const struct cd_node *n, int depth,
         struct described *d)
{
    d->kind = (uint32_t)cd_bytes_get(bytes, CD_NODE_MAP);
    d->rows = (uint32_t)cd_bytes_get(bytes, UINT32_MAX >> 1);
    d->extras = (uint32_t)cd_bytes_get(bytes, 2 * CD_STORE_HAS_KEY - 1);
    if (bytes->bad || depth > CD_STORE_DEPTH || l->next_node >= l->st->n_nodes) {
        return wrong_node(l, "a table is not described as one");
    }
    l->nodes[l->next_node++] = n == NULL ? CD_NONE : n->id;
    return CORDON_OK;
}

static cordon_status
skip_node(struct cd_store_load *l, struct cd_bytes *bytes, int depth)
{
    struct described d;
    CORDON_TRY(describe(l, bytes, NULL, depth, &d));
    return skip_rest(l, bytes, &d, depth);
}

static cordon_status load_node(struct cd_store_load *l, struct cd_bytes *bytes,
                               struct cd_node *parent, struct cd_node *n, int depth);

static cordon_status
load_fields(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *n, int depth)
{
    uint32_t shape = cd_bytes_get_u32(bytes);
    uint32_t n_fields = cd_bytes_get_u32(bytes);
    uint32_t next = 0; /* fields come in the order of the shape, each once */
    if (bytes->bad || shape > l->st->n_shapes || (shape == 0 && n_fields > 0)) {
        return wrong_node(l, "an object has no shape");
    }
    for (uint32_t i = 0; i < n_fields; i++) {
        uint32_t field = cd_bytes_get_u32(bytes);
        if (bytes->bad || field < next || field >= l->shapes[shape - 1].n) {
            return wrong_node(l, "an object has a property that its shape has not");
        }
        next = field + 1;
        uint32_t slot = cd_node_slot(l->s, n, l->shapes[shape - 1].fields[field]);
        struct cd_node *child = slot == CD_NONE ? NULL : cd_node_child(l->s, n, slot);
        if (slot != CD_NONE && child == NULL) {
            return cd_store_no_memory(l->st, l->err);
        }
        CORDON_TRY(child == NULL ? skip_node(l, bytes, depth + 1)
                                 : load_node(l, bytes, n, child, depth + 1));
    }
    return mark_newer(l, n, n->n, shape);
}

/* Lists whose elements are of another kind than the program's are unknown as a whole. */
static cordon_status
load_other_members(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *n, int depth)
{
    uint32_t rows = n->n;
    CORDON_TRY(skip_node(l, bytes, depth + 1));
    n->state = NULL;
    n->off = n->len = n->open = n->reason = n->place = NULL;
    n->n = n->cap = 0;
    return make_unknown(l, n, rows, &l->why_other, in_another_form);
}

static cordon_status
load_members(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *n, int depth)
{
    uint32_t total = n->n == 0 ? 0 : n->off[n->n - 1] + n->len[n->n - 1];
    uint32_t n_elems = 0;
    if (cd_bytes_get(bytes, 1) > 0) {
        struct cd_node *elem = cd_node_elem(l->s, n);
        if (elem == NULL) {
            return cd_store_no_memory(l->st, l->err);
        }
        (void)cd_bytes_get(bytes, 0);
        struct cd_bytes ahead = *bytes;
        if (cd_bytes_get_u32(&ahead) != elem->kind) {
            return load_other_members(l, bytes, n, depth);
        }
        CORDON_TRY(load_node(l, bytes, n, elem, depth + 1));
        n_elems = elem->n;
    }
    return bytes->bad || total != n_elems ? wrong_node(l, "a list has other elements than it says")
                                          : CORDON_OK;
}

/* As deep as CD_STORE_DEPTH. */
static cordon_status
load_node(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *parent,
          struct cd_node *n, int depth)
{
    struct described d;
    CORDON_TRY(describe(l, bytes, n, depth, &d));
    if (parent != NULL && parent->kind == CD_NODE_RECORD && d.rows > parent->n) {
        return wrong_node(l, "a property has more rows than its object");
    }
    if (d.kind != n->kind) {
        CORDON_TRY(skip_rest(l, bytes, &d, depth));
        return make_unknown(l, n, d.rows, &l->why_other, in_another_form);
    }
    n->is_borrowed = true;
    CORDON_TRY(cd_store_load_small(l, bytes, d.rows, CD_UNKNOWN + 1, &n->state));
    CORDON_TRY(load_values(l, bytes, n, d.rows));
    CORDON_TRY(load_extras(l, bytes, parent, n, &d));
    n->n = n->cap = d.rows;
    switch (n->kind) {
    case CD_NODE_RECORD: return load_fields(l, bytes, n, depth);
    case CD_NODE_LIST:
    case CD_NODE_MAP: return load_members(l, bytes, n, depth);
    case CD_NODE_BOOL:
    case CD_NODE_NUMBER:
    case CD_NODE_STRING:
    case CD_NODE_TIME:
    case CD_NODE_JSON:
    case CD_NODE_POLICY: break;
    }
    return cd_bytes_get(bytes, 0) == 0 && !bytes->bad
               ? CORDON_OK
               : wrong_node(l, "a value has something below it");
}

static cordon_status
load_tree(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *root, uint32_t rows)
{
    CORDON_TRY(load_node(l, bytes, NULL, root, 0));
    for (uint32_t row = 0; root->kind == CD_NODE_RECORD && row < root->n; row++) {
        if (root->state[row] != CD_KNOWN) {
            return wrong_node(l, "a row is not known");
        }
    }
    bool fits = root->kind == CD_NODE_RECORD ? root->n == rows : root->n <= rows;
    return fits ? CORDON_OK : wrong_node(l, "a table has another number of rows than it says");
}

cordon_status
cd_store_load_policies(struct cd_store_load *l)
{
    struct cd_str own;
    CORDON_TRY(cd_store_bytes(l->st, l->st->policies.ref, l->st->policies.n, &own, l->err));
    struct cd_bytes bytes = cd_bytes_of(own);
    l->next_node = l->st->policies_node;
    if (l->s->policy_shape == CD_NONE) {
        return skip_node(l, &bytes, 0);
    }
    CORDON_TRY(load_node(l, &bytes, NULL, l->s->policies, 0));
    return CORDON_OK;
}

/* ---- envelopes ---- */

/* Does the program read member ENV of envelopes? */
static bool
reads_envelope(const struct cd_snapshot *s, enum cd_env env)
{
    const struct cd_image *img = s->projection.img;
    for (size_t i = 0; img != NULL && i < img->code.n; i++) {
        if (img->code.items[i].op == CD_OP_ENV && img->code.items[i].b == env) {
            return true;
        }
    }
    return img == NULL;
}

/* Does the program compare the names of T's resources with other strings? */
static bool
compares_names(const struct cd_snapshot *s, const struct cd_table *t)
{
    const struct cd_image *img = s->projection.img;
    bool compares = reads_envelope(s, CD_ENVOP_ID) || reads_envelope(s, CD_ENVOP_ARN);
    for (size_t i = 0; !compares && i < img->code.n; i++) {
        const struct cd_insn *in = &img->code.items[i];
        compares = in->op == CD_OP_FOLLOW && in->c == t->shape;
    }
    for (size_t i = 0; !compares && i < img->indexes.n; i++) {
        compares = img->indexes.items[i].shape == t->shape;
    }
    return compares;
}

/* Rows are added to these, and settled, after the store was read. */
static bool
is_added_to(const struct cd_snapshot *s, struct cd_str type)
{
    return s->projection.img != NULL && cd_str_starts(type, CD_STR("Cordon::"));
}

static cordon_status
load_flags(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t, uint32_t n)
{
    uint8_t *flags;
    void *room;
    CORDON_TRY(cd_store_load_small(l, bytes, n, (CD_ROW_DEAD | CD_ROW_DERIVED) + 1, &flags));
    CORDON_TRY(cd_store_room(l, n, 1, &room)); /* they are written to */
    t->flags = room;
    t->n_live = 0;
    for (uint32_t row = 0; row < n; row++) {
        t->flags[row] = l->is_settled ? flags[row] : flags[row] & CD_ROW_DERIVED;
        t->n_live += !cd_table_is_dead(t, row);
    }
    return CORDON_OK;
}

/* CD_NONE stands as 0. */
static uint32_t
get_optional(struct cd_bytes *bytes)
{
    uint64_t n = cd_bytes_get(bytes, UINT32_MAX);
    return n == 0 ? CD_NONE : (uint32_t)(n - 1);
}

static cordon_status
load_stretches(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t, uint32_t n)
{
    uint32_t n_stretches = cd_bytes_get_u32(bytes);
    void *room;
    if (n_stretches > cd_bytes_left(bytes) || (n_stretches == 0) != (n == 0)) {
        return wrong_node(l, "a table does not say where its rows come from");
    }
    CORDON_TRY(cd_store_room(l, n_stretches, sizeof *t->stretches, &room));
    t->stretches = room;
    t->n_stretches = t->cap_stretches = n_stretches;
    for (uint32_t i = 0; i < n_stretches; i++) {
        struct cd_stretch *stretch = &t->stretches[i];
        stretch->first = cd_bytes_get_u32(bytes);
        stretch->source = get_optional(bytes);
        stretch->from_table = get_optional(bytes);
        stretch->place = get_optional(bytes);
        stretch->offset = cd_bytes_get(bytes, UINT64_MAX);
        bool follows = i == 0 ? stretch->first == 0 : stretch->first > stretch[-1].first;
        if (bytes->bad || !follows || stretch->first >= n || stretch->source >= l->st->n_sources
            || (stretch->from_table != CD_NONE && stretch->from_table >= l->st->n_tables)) {
            return wrong_node(l, "a table does not say where its rows come from");
        }
        stretch->source += l->first_source;
        if (stretch->from_table != CD_NONE) {
            stretch->from_table = l->tables[stretch->from_table];
        }
    }
    return CORDON_OK;
}

static bool
names_hold(struct cd_store_load *l, const struct cd_table *t, uint32_t n)
{
    bool hold = true;
    for (uint32_t row = 0; row < n && hold; row++) {
        hold = (t->id[row] == CD_NO_STR || cd_store_id_holds(l, t->id[row]))
               && (t->arn[row] >= CD_ARN_MADE || cd_store_id_holds(l, t->arn[row]));
    }
    return hold;
}

/* A column that only some need; out stays NULL for the others. */
static cordon_status
load_if(struct cd_store_load *l, struct cd_bytes *bytes, bool is_needed, uint32_t n, uint32_t **out)
{
    if (!is_needed) {
        cd_store_skip_ints(l->st, bytes);
        return CORDON_OK;
    }
    return cd_store_load_ints(l, bytes, n, (struct cd_store_column){CD_STORE_ANY, 0}, out);
}

static bool
are_all(const uint32_t *column, uint32_t n, uint32_t value)
{
    for (uint32_t row = 0; row < n; row++) {
        if (column[row] != value) {
            return false;
        }
    }
    return true;
}

/* A column that is not there where all of it is VALUE. */
static void
drop_if_all(uint32_t **column, uint32_t n, uint32_t value)
{
    if (*column != NULL && are_all(*column, n, value)) {
        *column = NULL;
    }
}

static cordon_status
load_envelope(struct cd_store_load *l, struct cd_bytes *bytes, const struct cd_store_table *from,
              struct cd_table *t)
{
    const struct cd_store_column names = {CD_STORE_NAMES, 0};
    const struct cd_store_column sites = {CD_STORE_BELOW, (uint32_t)l->st->n_sites};
    uint32_t n = from->n;
    bool is_whole = l->s->projection.img == NULL || !l->is_settled || is_added_to(l->s, from->type);
    (void)cd_bytes_get_u32(bytes);
    CORDON_TRY(cd_store_load_ints(l, bytes, n, names, &t->id));
    CORDON_TRY(cd_store_load_ints(l, bytes, n, names, &t->arn));
    CORDON_TRY(cd_store_load_ints(l, bytes, n, sites, &t->site));
    if (compares_names(l->s, t) && !names_hold(l, t, n)) {
        return wrong_node(l, "a resource is named by no string");
    }
    CORDON_TRY(load_flags(l, bytes, t, n));
    if (is_whole || reads_envelope(l->s, CD_ENVOP_CAPTURED)) {
        CORDON_TRY(cd_store_load_wide(l, bytes, n, false, &t->captured));
    } else {
        cd_store_skip_wide(l->st, bytes);
    }
    CORDON_TRY(load_stretches(l, bytes, t, n));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->offset));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->item));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->from));
    drop_if_all(&t->arn, n, CD_ARN_MADE);
    drop_if_all(&t->item, n, CD_NONE);
    drop_if_all(&t->from, n, CD_NONE);
    t->n = t->cap = n;
    return bytes->bad ? wrong_node(l, "a table is not described as one") : CORDON_OK;
}

/* ---- properties without a shape ---- */

static cordon_status
load_unshaped(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t)
{
    uint32_t *values;
    uint32_t first, n;
    if (cd_bytes_get(bytes, 1) == 0 || !l->s->projection.all) {
        return CORDON_OK;
    }
    CORDON_TRY(
        cd_store_load_ints(l, bytes, t->n, (struct cd_store_column){CD_STORE_ANY, 0}, &values));
    CORDON_TRY(cd_store_load_json(l, bytes, &first, &n));
    for (uint32_t row = 0; row < t->n; row++) {
        if (values[row] == CD_NONE) {
            continue;
        }
        if (values[row] - first >= n) {
            return wrong_node(l, "a column points at no json value");
        }
        if (!cd_ingest_set_unshaped(l->s, t, row, values[row])) {
            return cd_store_no_memory(l->st, l->err);
        }
    }
    return CORDON_OK;
}

/* ---- a table ---- */

/* Rows of a table of which only the envelope is read. */
static cordon_status
load_bare_root(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t)
{
    t->root->is_borrowed = true;
    t->root->state = cd_store_zeros(l, t->n);
    t->root->n = t->root->cap = t->n;
    return t->root->state == NULL ? cd_store_no_memory(l->st, l->err) : skip_node(l, bytes, 0);
}

cordon_status
cd_store_load_table(struct cd_store_load *l, const struct cd_store_table *from, struct cd_table *t)
{
    struct cd_str own;
    CORDON_TRY(cd_store_bytes(l->st, from->own.ref, from->own.n, &own, l->err));
    struct cd_bytes bytes = cd_bytes_of(own);
    l->next_node = from->first_node;
    CORDON_TRY(load_envelope(l, &bytes, from, t));
    t->is_settled = l->is_settled;
    if (cd_ingest_reads_tags(l->s, NULL)) {
        CORDON_TRY(load_tree(l, &bytes, t->tags, from->n));
    } else {
        CORDON_TRY(skip_node(l, &bytes, 0));
    }
    if (t->shape == CD_NONE && l->s->projection.img != NULL) {
        return load_bare_root(l, &bytes, t);
    }
    CORDON_TRY(load_tree(l, &bytes, t->root, from->n));
    return load_unshaped(l, &bytes, t);
}
