/* Trees of properties into columns. What a row does not say is written as zero, so that the bytes
 * depend on what the columns say only. */
#include "runtime/schema/schema.h"
#include "runtime/store/write.h"

/* ---- values ---- */

static bool
is_known(const struct cd_node *n, uint32_t row)
{
    return cd_node_state(n, row) == CD_KNOWN;
}

/* What is written for a row of the node. */
typedef uint32_t (*row_number)(struct cd_store_writer *w, const struct cd_node *n, uint32_t row);

static void
put_rows(struct cd_store_writer *w, const struct cd_node *n, uint32_t rows, row_number number,
         struct cd_buf *out)
{
    uint32_t *numbers = cd_store_numbers(w, rows);
    for (uint32_t row = 0; numbers != NULL && row < rows; row++) {
        numbers[row] = number(w, n, row);
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, rows, out);
    }
}

static uint32_t
state_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    (void)w;
    return cd_node_state(n, row);
}

static uint32_t
bool_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    (void)w;
    return is_known(n, row) && n->v.b[row] != 0;
}

static uint32_t
string_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return is_known(n, row) ? cd_store_string(w, n->v.u32[row]) : 0;
}

static uint32_t
policy_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    (void)w;
    return is_known(n, row) ? n->v.u32[row] : 0;
}

static uint32_t
reason_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return cd_node_state(n, row) == CD_UNKNOWN ? cd_store_string(w, cd_node_reason(n, row)) : 0;
}

static uint32_t
len_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    (void)w;
    return n->len[row]; /* also where they are hidden: elements stand one behind the other */
}

static uint32_t
open_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return is_known(n, row) ? cd_store_string(w, cd_node_open_reason(n, row)) : 0;
}

static uint32_t
place_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    uint32_t place = n->place[row];
    return (place & CD_PLACE_KEY) != 0 ? CD_PLACE_KEY | cd_store_string(w, place & ~CD_PLACE_KEY)
                                       : place;
}

static uint32_t
key_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return cd_store_string(w, n->key[row]);
}

static int64_t
wide_of_node(const void *of, uint32_t row)
{
    const struct cd_node *n = of;
    return n->v.i64[row];
}

static bool
is_there_in_node(const void *of, uint32_t row)
{
    return is_known(of, row);
}

static uint32_t
json_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return is_known(n, row) ? cd_store_put_json(w, n->v.u32[row]) : 0;
}

/* ---- nodes ---- */

/* Rows up to the last that says anything; elements of lists all count. */
static uint32_t
rows_of(const struct cd_snapshot *s, const struct cd_node *n)
{
    uint32_t rows = n->n;
    bool is_elem = n->parent != CD_NONE && s->nodes[n->parent]->kind != CD_NODE_RECORD;
    while (rows > 0 && !is_elem && cd_node_state(n, rows - 1) == CD_ABSENT) {
        rows--;
    }
    return rows;
}

/* Does N, or something in it, say anything? As deep as the schema's objects that hold something. */
static bool
says_anything(const struct cd_store_writer *w, const struct cd_node *n)
{
    if (n == NULL) {
        return false;
    }
    bool says = rows_of(w->s, n) > 0 || w->has_problem[n->id];
    for (uint32_t i = 0; i < n->n_child && !says; i++) {
        says = says_anything(w, n->child[i]);
    }
    return says;
}

/* The number of a shape among those of the store, + 1; 0: none. */
static uint32_t
put_shape(struct cd_store_writer *w, uint32_t shape)
{
    if (shape == CD_NONE || shape >= w->n_schema_shapes) {
        return 0;
    }
    if (w->shape_of[shape] == 0) {
        struct cd_schema_shape info = cd_schema_shape_at(shape);
        w->shape_of[shape] = ++w->n_shapes;
        cd_bytes_put(&w->shapes, info.n_fields);
        for (uint32_t i = 0; i < info.n_fields; i++) {
            cd_bytes_put_str(&w->shapes, cd_schema_field_at(info.first_field + i).name);
        }
    }
    return w->shape_of[shape];
}

static void
put_values(struct cd_store_writer *w, const struct cd_node *n, uint32_t rows, struct cd_buf *out)
{
    const struct cd_store_wide wide = {.n = rows,
                                       .integer = wide_of_node,
                                       .is_there = is_there_in_node,
                                       .is_double = n->kind == CD_NODE_NUMBER,
                                       .of = n};
    size_t before = w->heap.n;
    switch (n->kind) {
    case CD_NODE_BOOL: put_rows(w, n, rows, bool_of, out); return;
    case CD_NODE_STRING: put_rows(w, n, rows, string_of, out); return;
    case CD_NODE_POLICY: put_rows(w, n, rows, policy_of, out); return;
    case CD_NODE_NUMBER:
    case CD_NODE_TIME: cd_store_put_wide(w, &wide, out); return;
    case CD_NODE_JSON:
        put_rows(w, n, rows, json_of, out);
        cd_store_put_json_range(w, before, out);
        return;
    case CD_NODE_LIST:
    case CD_NODE_MAP: put_rows(w, n, rows, len_of, out); return;
    case CD_NODE_RECORD: return;
    }
}

/* Is every place what it is where none is written: the element's number in its list, of a property
 * none? */
static bool
places_are_usual(const struct cd_snapshot *s, const struct cd_node *n, uint32_t rows)
{
    const struct cd_node *list = n->parent == CD_NONE ? NULL : s->nodes[n->parent];
    bool count = true;
    for (uint32_t row = 0; (list == NULL || list->kind != CD_NODE_LIST) && row < rows; row++) {
        if (n->place[row] != 0) {
            return false;
        }
    }
    if (list == NULL || list->kind != CD_NODE_LIST) {
        return true;
    }
    for (uint32_t row = 0; row < list->n && count; row++) {
        for (uint32_t i = 0; is_known(list, row) && i < list->len[row] && count; i++) {
            count = n->place[list->off[row] + i] == i;
        }
    }
    return count;
}

static uint32_t
extras_of(const struct cd_store_writer *w, const struct cd_node *n, uint32_t rows)
{
    uint32_t extras = n->place != NULL && !places_are_usual(w->s, n, rows) ? CD_STORE_HAS_PLACE : 0;
    extras |= n->key != NULL ? CD_STORE_HAS_KEY : 0;
    for (uint32_t row = 0; row < rows; row++) {
        extras |= cd_node_reason(n, row) != 0 && cd_node_state(n, row) == CD_UNKNOWN
                      ? CD_STORE_HAS_REASON
                      : 0;
        extras |= n->open != NULL && is_known(n, row) && n->open[row] != 0 ? CD_STORE_HAS_OPEN : 0;
    }
    return extras;
}

static void
put_children(struct cd_store_writer *w, const struct cd_node *n, struct cd_buf *out)
{
    uint32_t n_children = 0;
    if (n->kind == CD_NODE_RECORD) {
        cd_bytes_put(out, put_shape(w, n->shape));
    }
    for (uint32_t i = 0; i < n->n_child; i++) {
        n_children += says_anything(w, n->child[i]);
    }
    cd_bytes_put(out, n_children);
    for (uint32_t i = 0; i < n->n_child; i++) {
        if (says_anything(w, n->child[i])) {
            cd_bytes_put(out, i);
            cd_store_put_node(w, n->child[i], out);
        }
    }
}

/* As deep as the schema's objects that hold something, which ingest limits. */
void
cd_store_put_node(struct cd_store_writer *w, const struct cd_node *n, struct cd_buf *out)
{
    uint32_t rows = rows_of(w->s, n);
    uint32_t extras = extras_of(w, n, rows);
    w->nodes[n->id] = w->n_nodes++;
    cd_bytes_put(out, n->kind);
    cd_bytes_put(out, rows);
    cd_bytes_put(out, extras);
    put_rows(w, n, rows, state_of, out);
    put_values(w, n, rows, out);
    if ((extras & CD_STORE_HAS_REASON) != 0) {
        put_rows(w, n, rows, reason_of, out);
    }
    if ((extras & CD_STORE_HAS_OPEN) != 0) {
        put_rows(w, n, rows, open_of, out);
    }
    if ((extras & CD_STORE_HAS_PLACE) != 0) {
        put_rows(w, n, rows, place_of, out);
    }
    if ((extras & CD_STORE_HAS_KEY) != 0) {
        put_rows(w, n, rows, key_of, out);
    }
    put_children(w, n, out);
}
