/* The nodes of a snapshot: columns that grow row by row, with states, reasons, and offsets of lists
 * and maps. */
#include "runtime/column/snapshot.h"

#include <assert.h>
#include <stdlib.h>

#include "runtime/column/column.h"
#include "runtime/schema/schema.h"

#define FIRST_ROWS 16u
#define LONG_COLUMN (UINT32_C(1) << 14)
#define MAX_ROWS (UINT32_C(1) << 31)

static size_t
value_size(enum cd_node_kind kind)
{
    switch (kind) {
    case CD_NODE_BOOL: return 1;
    case CD_NODE_NUMBER:
    case CD_NODE_TIME: return 8;
    case CD_NODE_STRING:
    case CD_NODE_JSON:
    case CD_NODE_POLICY: return 4;
    case CD_NODE_RECORD:
    case CD_NODE_LIST:
    case CD_NODE_MAP: return 0;
    }
    return 0;
}

struct cd_node *
cd_column_node(struct cd_snapshot *s, enum cd_node_kind kind, uint32_t type, uint32_t shape)
{
    struct cd_node *n = CD_NEW(&s->arena, struct cd_node);
    struct cd_node **place = n ? CD_PUSH(&s->arena, s->nodes, s->n_nodes, s->cap_nodes) : NULL;
    if (!place) {
        return NULL;
    }
    *place = n;
    n->kind = kind;
    n->id = (uint32_t)(s->n_nodes - 1);
    n->parent = CD_NONE;
    n->type = type;
    n->shape = shape;
    n->slot = CD_NONE;
    n->table = CD_NONE;
    if (kind == CD_NODE_RECORD) {
        n->n_child = cd_column_n_slots(s, shape);
    } else if (kind == CD_NODE_LIST || kind == CD_NODE_MAP) {
        n->n_child = 1;
    }
    if (n->n_child > 0) {
        n->child = CD_NEW_ARRAY(&s->arena, n->n_child, struct cd_node *);
        return n->child ? n : NULL;
    }
    return n;
}

void
cd_column_node_free(struct cd_node *n)
{
    if (n->is_borrowed) {
        return;
    }
    free(n->state);
    free(n->v.b);
    free(n->reason);
    free(n->off);
    free(n->len);
    free(n->open);
    free(n->place);
    free(n->key);
}

/* Grows an array of N from its capacity, or 0, to CAP elements of SIZE bytes; what is new is zero.
 */
static bool
grow_array(const struct cd_node *n, void **p, uint32_t cap, size_t size)
{
    uint32_t old = *p ? n->cap : 0;
    char *grown = n->is_borrowed ? malloc((size_t)cap * size) : realloc(*p, (size_t)cap * size);
    if (!grown) {
        return false;
    }
    if (n->is_borrowed && old > 0) {
        memcpy(grown, *p, (size_t)old * size);
    }
    memset(grown + (size_t)old * size, 0, (size_t)(cap - old) * size);
    *p = grown;
    return true;
}

static bool
grow_u32(const struct cd_node *n, uint32_t **p, uint32_t cap)
{
    void *q = *p;
    bool ok = grow_array(n, &q, cap, sizeof **p);
    *p = q;
    return ok;
}

static bool
grow_lists(struct cd_node *n, uint32_t cap)
{
    return grow_u32(n, &n->off, cap) && grow_u32(n, &n->len, cap)
           && (!n->open || grow_u32(n, &n->open, cap));
}

/* Every array that exists has `cap` rows: those made later start at the capacity of their time. */
static bool
grow_node(struct cd_node *n, uint32_t need)
{
    uint32_t cap = n->cap ? n->cap : FIRST_ROWS;
    while (cap < need) { /* long columns grow in small steps: what they have to spare is memory */
        cap += cap < LONG_COLUMN ? cap : cap / 8;
    }
    void *state = n->state;
    void *v = n->v.b;
    size_t size = value_size(n->kind);
    bool ok = grow_array(n, &state, cap, 1);
    n->state = state;
    ok = ok && (size == 0 || grow_array(n, &v, cap, size));
    n->v.b = v;
    ok = ok && (!n->reason || grow_u32(n, &n->reason, cap));
    ok = ok && (!n->place || grow_u32(n, &n->place, cap));
    ok = ok && (!n->key || grow_u32(n, &n->key, cap));
    if (ok && (n->kind == CD_NODE_LIST || n->kind == CD_NODE_MAP)) {
        ok = grow_lists(n, cap);
    }
    n->cap = ok ? cap : n->cap;
    n->is_borrowed = n->is_borrowed && !ok;
    return ok;
}

/* Where the elements of a row that has none would stand, so that offsets never decrease. */
static uint32_t
elements_so_far(const struct cd_node *n)
{
    return n->child[0] ? n->child[0]->n : 0;
}

/* Makes ROW the last row if it is not there yet; rows that are skipped are absent. */
bool
cd_column_reach(struct cd_node *n, uint32_t row)
{
    if (row < n->n) {
        return true;
    }
    if (row >= MAX_ROWS || (row >= n->cap && !grow_node(n, row + 1))) {
        return false;
    }
    for (uint32_t i = n->n; i <= row; i++) { /* nearly always one */
        n->state[i] = CD_ABSENT;
    }
    if (n->off) {
        uint32_t at = elements_so_far(n);
        for (uint32_t i = n->n; i <= row; i++) {
            n->off[i] = at;
        }
    }
    n->n = row + 1;
    return true;
}

/* Prepares ROW for a value of KIND; a node of another kind keeps the row absent. */
static bool
begin(struct cd_node *n, uint32_t row, enum cd_node_kind kind, bool *fits)
{
    *fits = n->kind == kind;
    if (!cd_column_reach(n, row)) {
        return false;
    }
    n->state[row] = *fits ? CD_KNOWN : CD_ABSENT;
    return true;
}

bool
cd_node_set_bool(struct cd_snapshot *s, struct cd_node *n, uint32_t row, bool v)
{
    (void)s;
    bool fits;
    if (!begin(n, row, CD_NODE_BOOL, &fits)) {
        return false;
    }
    if (fits) {
        n->v.b[row] = v;
    }
    return true;
}

bool
cd_node_set_number(struct cd_snapshot *s, struct cd_node *n, uint32_t row, double v)
{
    (void)s;
    bool fits;
    if (!begin(n, row, CD_NODE_NUMBER, &fits)) {
        return false;
    }
    if (fits) {
        n->v.f64[row] = v;
    }
    return true;
}

static bool
set_u32(struct cd_node *n, uint32_t row, enum cd_node_kind kind, uint32_t v)
{
    bool fits;
    if (!begin(n, row, kind, &fits)) {
        return false;
    }
    if (fits) {
        n->v.u32[row] = v;
    }
    return true;
}

bool
cd_node_set_string(struct cd_snapshot *s, struct cd_node *n, uint32_t row, uint32_t v)
{
    (void)s;
    return set_u32(n, row, CD_NODE_STRING, v);
}

bool
cd_node_set_json(struct cd_snapshot *s, struct cd_node *n, uint32_t row, uint32_t v)
{
    (void)s;
    return set_u32(n, row, CD_NODE_JSON, v);
}

bool
cd_node_set_policy(struct cd_snapshot *s, struct cd_node *n, uint32_t row, uint32_t v)
{
    (void)s;
    return set_u32(n, row, CD_NODE_POLICY, v);
}

bool
cd_node_set_time(struct cd_snapshot *s, struct cd_node *n, uint32_t row, int64_t v)
{
    (void)s;
    bool fits;
    if (!begin(n, row, CD_NODE_TIME, &fits)) {
        return false;
    }
    if (fits) {
        n->v.i64[row] = v;
    }
    return true;
}

bool
cd_node_set_record(struct cd_snapshot *s, struct cd_node *n, uint32_t row)
{
    (void)s;
    bool fits;
    return begin(n, row, CD_NODE_RECORD, &fits);
}

bool
cd_node_set_absent(struct cd_snapshot *s, struct cd_node *n, uint32_t row)
{
    (void)s;
    if (!cd_column_reach(n, row)) {
        return false;
    }
    n->state[row] = CD_ABSENT;
    return true;
}

bool
cd_node_set_unknown(struct cd_snapshot *s, struct cd_node *n, uint32_t row, uint32_t reason)
{
    (void)s;
    if (!cd_column_reach(n, row) || (!n->reason && !grow_u32(n, &n->reason, n->cap))) {
        return false;
    }
    n->state[row] = CD_UNKNOWN;
    n->reason[row] = reason;
    return true;
}

bool
cd_node_open(struct cd_snapshot *s, struct cd_node *n, uint32_t row)
{
    (void)s;
    if (!cd_column_reach(n, row)) {
        return false;
    }
    if (n->kind == CD_NODE_LIST || n->kind == CD_NODE_MAP) {
        n->state[row] = CD_KNOWN;
        n->off[row] = elements_so_far(n);
        n->len[row] = 0;
        if (n->open) {
            n->open[row] = 0;
        }
    }
    return true;
}

bool
cd_node_place(struct cd_snapshot *s, struct cd_node *elem, uint32_t row, uint32_t place)
{
    (void)s;
    if (!cd_column_reach(elem, row) || (!elem->place && !grow_u32(elem, &elem->place, elem->cap))) {
        return false;
    }
    elem->place[row] = place;
    return true;
}

bool
cd_node_key(struct cd_snapshot *s, struct cd_node *value, uint32_t row, uint32_t key)
{
    (void)s;
    if (!cd_column_reach(value, row)
        || (!value->key && !grow_u32(value, &value->key, value->cap))) {
        return false;
    }
    value->key[row] = key;
    return true;
}

bool
cd_node_close(struct cd_snapshot *s, struct cd_node *n, uint32_t row, uint32_t n_elems,
              uint32_t open)
{
    if (row >= n->n || !n->off) {
        return row < n->n; /* a node of another kind keeps the row absent */
    }
    if (n_elems > 0) {
        struct cd_node *elem = cd_node_elem(s, n);
        if (!elem || n_elems >= MAX_ROWS - n->off[row]
            || !cd_column_reach(elem, n->off[row] + n_elems - 1)) {
            return false;
        }
    }
    if (open != 0 && !n->open && !grow_u32(n, &n->open, n->cap)) {
        return false;
    }
    if (n->open) {
        n->open[row] = open;
    }
    n->len[row] = n_elems;
    return true;
}

uint32_t
cd_node_holder(const struct cd_node *n, uint32_t row)
{
    uint32_t low = 0;
    uint32_t high = n->n; /* the first row whose elements start beyond ROW is in low..high */
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (n->off[mid] <= row) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low > 0 && row - n->off[low - 1] < n->len[low - 1] ? low - 1 : CD_NONE;
}

void
cd_snapshot_owner(const struct cd_snapshot *s, cd_rowref r, uint32_t *table, uint32_t *row)
{
    const struct cd_node *n = s->nodes[cd_rowref_node(r)];
    uint32_t at = cd_rowref_row(r);
    while (n->parent != CD_NONE && at != CD_NONE) {
        const struct cd_node *parent = s->nodes[n->parent];
        if (parent->kind != CD_NODE_RECORD) {
            at = cd_node_holder(parent, at);
        }
        n = parent;
    }
    bool owned = at != CD_NONE && n->table != CD_NONE;
    *table = owned ? n->table : CD_NONE;
    *row = owned ? at : CD_NONE;
}
