/* Columns into sections: envelopes, and the trees of properties. What a row does not say is written
 * as zero, so that the bytes depend on what the columns say only. */
#include <stdlib.h>

#include "runtime/ingest/keep.h"
#include "runtime/schema/schema.h"
#include "runtime/store/write.h"

/* ---- sections ---- */

struct cd_store_ref
cd_store_put_section(struct cd_store_writer *w, struct cd_buf *b)
{
    struct cd_store_ref ref = {.offset = w->file.written};
    while (b->n % 8 != 0 && !b->oom) {
        cd_buf_putc(b, '\0');
    }
    w->oom |= b->oom;
    if (!b->oom && b->n > 0) {
        cd_new_file_put(&w->file, b->p, b->n);
        ref.size = b->n;
        ref.checksum = cd_str_hash(cd_buf_view(b));
    }
    cd_buf_clear(b);
    return ref;
}

uint32_t *
cd_store_numbers(struct cd_store_writer *w, uint32_t n)
{
    if (n > w->cap_numbers || w->numbers == NULL) {
        free(w->numbers);
        w->cap_numbers = n;
        w->numbers = malloc(((size_t)n + 1) * sizeof *w->numbers);
        w->oom |= w->numbers == NULL;
    }
    return w->numbers;
}

void
cd_store_put_ints(struct cd_store_writer *w, const uint32_t *numbers, uint32_t n,
                  struct cd_buf *out)
{
    struct cd_ints p = {.n = 0};
    if (!cd_ints_pack(numbers, n, &p, &w->section)) {
        w->oom = true;
        return;
    }
    cd_bytes_put(out, p.packing);
    cd_bytes_put(out, p.base);
    cd_bytes_put(out, p.n_table);
    cd_store_put_ref(out, cd_store_put_section(w, &w->section));
}

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

/* Integers of eight bytes, or doubles, some of which are not there. */
struct wide {
    uint32_t n;
    int64_t (*integer)(const void *of, uint32_t row); /* bits of a double */
    bool (*is_there)(const void *of, uint32_t row);
    bool is_double;
    const void *of;
};

/* The smallest and the largest as whole numbers; false if one of them is none, or they are too far
 * apart for four bytes. */
static bool
whole_span(const struct wide *v, int64_t *least)
{
    int64_t most = INT64_MIN;
    *least = INT64_MAX;
    for (uint32_t row = 0; row < v->n; row++) {
        if (!v->is_there(v->of, row)) {
            continue;
        }
        int64_t number = v->integer(v->of, row);
        if (v->is_double) {
            double d;
            memcpy(&d, &number, sizeof d);
            if (!(d >= -2147483648.0 && d <= 2147483647.0) || d != (double)(int64_t)d
                || number == INT64_MIN) { /* the bits of -0 */
                return false;
            }
            number = (int64_t)d;
        }
        *least = number < *least ? number : *least;
        most = number > most ? number : most;
    }
    *least = most < *least ? 0 : *least;
    return most < *least || (uint64_t)most - (uint64_t)*least <= UINT32_MAX;
}

static uint32_t
above(const struct wide *v, uint32_t row, int64_t least)
{
    if (!v->is_there(v->of, row)) {
        return 0;
    }
    int64_t number = v->integer(v->of, row);
    if (v->is_double) {
        double d;
        memcpy(&d, &number, sizeof d);
        number = (int64_t)d;
    }
    return (uint32_t)((uint64_t)number - (uint64_t)least);
}

static void
put_wide(struct cd_store_writer *w, const struct wide *v, struct cd_buf *out)
{
    int64_t least;
    if (whole_span(v, &least)) {
        uint32_t *numbers = cd_store_numbers(w, v->n);
        for (uint32_t row = 0; numbers != NULL && row < v->n; row++) {
            numbers[row] = above(v, row, least);
        }
        cd_bytes_put(out, CD_STORE_WHOLE);
        cd_bytes_put_signed(out, least);
        if (numbers != NULL) {
            cd_store_put_ints(w, numbers, v->n, out);
        }
        return;
    }
    for (uint32_t row = 0; row < v->n; row++) {
        int64_t number = v->is_there(v->of, row) ? v->integer(v->of, row) : 0;
        cd_buf_put(&w->section, &number, sizeof number);
    }
    cd_bytes_put(out, CD_STORE_DOUBLES);
    cd_store_put_ref(out, cd_store_put_section(w, &w->section));
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

static int64_t
captured_of(const void *of, uint32_t row)
{
    const struct cd_table *t = of;
    return t->captured[row];
}

static bool
is_always_there(const void *of, uint32_t row)
{
    (void)of;
    (void)row;
    return true;
}

/* ---- json ---- */

/* Copies the subtree of VALUE to the end of the heap; its place there. */
static uint32_t
put_json(struct cd_store_writer *w, uint32_t value)
{
    const struct cd_json *from = w->s->json;
    uint32_t to = (uint32_t)(w->heap.n / sizeof *from);
    if (w->heap.n / sizeof *from + (from[value].next - value) >= CD_NONE) {
        w->too_large = true;
        return 0;
    }
    for (uint32_t i = value; i < from[value].next; i++) {
        struct cd_json v = from[i];
        bool names = v.kind == CD_JSON_STRING || v.kind == CD_JSON_UNKNOWN;
        v.key = i == value ? 0 : cd_store_string(w, v.key); /* a root has none */
        v.next = v.next - value + to;
        v.n = names                                                 ? cd_store_string(w, v.n)
              : v.kind == CD_JSON_ARRAY || v.kind == CD_JSON_OBJECT ? v.n
                                                                    : 0;
        v.number = v.kind == CD_JSON_NUMBER ? v.number : 0;
        cd_buf_put(&w->heap, &v, sizeof v);
    }
    return to;
}

static uint32_t
json_of(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    return is_known(n, row) ? put_json(w, n->v.u32[row]) : 0;
}

/* The values that were added since the heap had BEFORE bytes. */
static void
put_json_range(struct cd_store_writer *w, size_t before, struct cd_buf *out)
{
    struct cd_str added = cd_str_sub(cd_buf_view(&w->heap), before, w->heap.n);
    cd_bytes_put(out, before / sizeof(struct cd_json));
    cd_bytes_put(out, added.n / sizeof(struct cd_json));
    cd_bytes_put(out, cd_str_hash(added));
    w->oom |= w->heap.oom;
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
    const struct wide wide = {.n = rows,
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
    case CD_NODE_TIME: put_wide(w, &wide, out); return;
    case CD_NODE_JSON:
        put_rows(w, n, rows, json_of, out);
        put_json_range(w, before, out);
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

static void put_node(struct cd_store_writer *w, const struct cd_node *n, struct cd_buf *out);

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
            put_node(w, n->child[i], out);
        }
    }
}

/* As deep as the schema's objects that hold something, which ingest limits. */
static void
put_node(struct cd_store_writer *w, const struct cd_node *n, struct cd_buf *out)
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

void
cd_store_put_policies(struct cd_store_writer *w, struct cd_buf *out)
{
    put_node(w, w->s->policies, out);
}

/* ---- tables ---- */

/* A column of the envelope, or NULL; what a row says where there is none. */
static void
put_column(struct cd_store_writer *w, const uint32_t *column, uint32_t n, uint32_t usual,
           const uint32_t *renumbered, struct cd_buf *out)
{
    uint32_t *numbers = cd_store_numbers(w, n);
    for (uint32_t row = 0; numbers != NULL && row < n; row++) {
        uint32_t number = column == NULL ? usual : column[row];
        numbers[row] = renumbered == NULL || number >= CD_ARN_MADE ? number : renumbered[number];
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, n, out);
    }
}

static void
put_flags(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    uint32_t *numbers = cd_store_numbers(w, t->n);
    for (uint32_t row = 0; numbers != NULL && row < t->n; row++) {
        numbers[row] = t->flags[row];
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, t->n, out);
    }
}

/* CD_NONE as 0. */
static void
put_optional(struct cd_buf *out, uint32_t n)
{
    cd_bytes_put(out, n == CD_NONE ? 0 : (uint64_t)n + 1);
}

static void
put_stretches(const struct cd_table *t, struct cd_buf *out)
{
    cd_bytes_put(out, t->n_stretches);
    for (uint32_t i = 0; i < t->n_stretches; i++) {
        const struct cd_stretch *stretch = &t->stretches[i];
        cd_bytes_put(out, stretch->first);
        put_optional(out, stretch->source);
        put_optional(out, stretch->from_table);
        put_optional(out, stretch->place);
        cd_bytes_put(out, stretch->offset);
    }
}

static void
put_unshaped(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    size_t before = w->heap.n;
    uint32_t *numbers = cd_store_numbers(w, t->n);
    bool any = false;
    for (uint32_t row = 0; numbers != NULL && row < t->n; row++) {
        uint32_t value = cd_ingest_unshaped(w->s, t, row);
        numbers[row] = value == CD_NONE ? CD_NONE : put_json(w, value);
        any |= value != CD_NONE;
    }
    cd_bytes_put(out, any);
    if (any) {
        cd_store_put_ints(w, numbers, t->n, out);
        put_json_range(w, before, out);
    }
}

void
cd_store_put_table(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    const struct wide captured = {
        .n = t->n, .integer = captured_of, .is_there = is_always_there, .of = t};
    cd_bytes_put(out, t->n_live);
    put_column(w, t->id, t->n, CD_NO_STR, w->strings, out);
    put_column(w, t->arn, t->n, CD_ARN_MADE, w->strings, out);
    put_column(w, t->site, t->n, 0, w->sites, out);
    put_flags(w, t, out);
    put_wide(w, &captured, out);
    put_stretches(t, out);
    put_column(w, t->offset, t->n, 0, NULL, out);
    put_column(w, t->item, t->n, CD_NONE, NULL, out);
    put_column(w, t->from, t->n, CD_NONE, NULL, out);
    put_node(w, t->tags, out);
    put_node(w, t->root, out);
    put_unshaped(w, t, out);
}
