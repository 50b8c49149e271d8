/* Trees of properties out of a store: what the projection has of them, matched by name. What the
 * store was built without is unknown. */
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

cordon_status
cd_store_load_tree(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_node *root,
                   uint32_t rows)
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
cd_store_skip_tree(struct cd_store_load *l, struct cd_bytes *bytes)
{
    return skip_node(l, bytes, 0);
}

static cordon_status
load_policy_texts(struct cd_store_load *l, struct cd_bytes *bytes)
{
    struct cd_snapshot *s = l->s;
    uint32_t n = s->policies->n;
    struct cd_store_column column = {CD_STORE_NAMES, 0};
    CORDON_TRY(cd_store_load_ints(l, bytes, n, column, &s->policy_texts));
    for (uint32_t row = 0; row < n; row++) {
        if (s->policy_texts[row] == CD_ARN_MADE) {
            return wrong_node(l, "the text of a policy document is no string");
        }
    }
    s->n_policy_texts = s->cap_policy_texts = n;
    return CORDON_OK;
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
    return load_policy_texts(l, &bytes);
}
