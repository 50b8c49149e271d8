/* Lists and maps: plain ones, lists that the source keeps as objects, and lists inside lists that
 * become one. */
#include "runtime/ingest/load.h"

#include <stdlib.h>

struct cd_value_plan *
cd_value_elem_plan(struct cd_load *l, struct cd_value_plan *v)
{
    if (v->elem == NULL) {
        struct cd_value_plan *elem = CD_NEW(&l->s->arena, struct cd_value_plan);
        struct cd_node *node = cd_node_elem(l->s, v->node);
        if (elem == NULL || node == NULL) {
            l->oom = true;
            return NULL;
        }
        *elem = (struct cd_value_plan){.node = node,
                                       .map = v->map,
                                       .dialect = v->dialect,
                                       .schema = v->schema,
                                       .path = v->path,
                                       .is_inner = true};
        v->elem = elem;
    }
    return v->elem;
}

struct cd_plan *
cd_value_exploded_plan(struct cd_load *l, struct cd_value_plan *v, uint32_t alternative)
{
    if (v->exploded == NULL) {
        v->exploded = CD_NEW_ARRAY(&l->s->arena, v->map->n_explode, struct cd_plan *);
    }
    if (v->exploded == NULL || cd_value_elem_plan(l, v) == NULL) {
        l->oom = true;
        return NULL;
    }
    struct cd_plan **plan = &v->exploded[alternative];
    if (*plan == NULL) {
        *plan = cd_plan_exploded(l, v->elem->node, v, &v->map->explode[alternative]);
    }
    return *plan;
}

/* A list that is being written. */
struct open_list {
    struct cd_value_plan *elem;
    uint32_t start;
    uint32_t open; /* why there may be more */
};

/* An element that is unknown opens the list instead of standing in it. */
static void
end_element(struct cd_load *l, struct open_list *list, uint32_t row, uint32_t place)
{
    struct cd_node *node = list->elem->node;
    if (node->n <= row) {
        return;
    }
    if (cd_node_state(node, row) == CD_UNKNOWN) {
        list->open = cd_node_reason(node, row);
        node->n = row;
        return;
    }
    cd_load_ok(l, cd_node_place(l->s, node, row, place));
}

static void
add_element(struct cd_load *l, struct open_list *list, struct cd_dom_val val, struct cd_str key,
            uint32_t place, int depth)
{
    if (cd_dom_is(val, 'n')) {
        return;
    }
    uint32_t row = list->elem->node->n;
    struct cd_str why;
    if (l->is_normal && cd_value_is_unknown(val, &why)) {
        list->open = cd_load_str(l, why);
        return;
    }
    cd_value_set_keyed(l, list->elem, row, val, key, depth + 1);
    end_element(l, list, row, place);
}

/* Writes `[N]` to OUT; gives its length, 12 at most. */
static size_t
put_index(char *out, uint32_t n)
{
    char digits[10];
    size_t n_digits = 0;
    do {
        digits[n_digits++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    *out++ = '[';
    for (size_t i = n_digits; i-- > 0;) {
        *out++ = digits[i];
    }
    *out = ']';
    return n_digits + 2;
}

/* The name that a place of an exploded list goes by: `[0].ipRanges[1]`. */
static uint32_t
exploded_place(struct cd_load *l, uint32_t outer, struct cd_str over, uint32_t inner)
{
    char text[160];
    size_t n = put_index(text, outer);
    if (over.n > sizeof text - 32) {
        return CD_PLACE_KEY; /* no mapping has such a name */
    }
    text[n++] = '.';
    memcpy(text + n, over.p, over.n);
    n += over.n;
    n += put_index(text + n, inner);
    return CD_PLACE_KEY | cd_load_str(l, (struct cd_str){text, n});
}

/* Adds an element for each member of the first list of ALTERNATIVE, inside OUTER, that is not
 * empty. */
static void
explode(struct cd_load *l, struct cd_value_plan *v, struct open_list *list, uint32_t alternative,
        struct cd_dom_iter *outer, int depth)
{
    const struct cd_map_explode *e = &v->map->explode[alternative];
    for (uint32_t i = 0; i < e->n_over; i++) {
        struct cd_dom_val inner;
        if (!cd_value_at(l, outer->val, e->over[i], &inner) || !cd_dom_is(inner, '[')) {
            continue;
        }
        struct cd_dom_iter it = cd_dom_iter(inner);
        if (it.next >= it.end) {
            continue;
        }
        while (cd_dom_next(&it) && !l->oom) {
            uint32_t row = list->elem->node->n;
            struct cd_plan *plan = cd_value_exploded_plan(l, v, alternative);
            if (plan == NULL) {
                return;
            }
            cd_load_ok(l, cd_node_set_record(l->s, list->elem->node, row));
            struct cd_context from = {.self = &it.val, .outer = &outer->val};
            cd_extract(l, plan, row, &from, depth + 1);
            end_element(l, list, row, exploded_place(l, outer->i, e->over[i], it.i));
        }
        return;
    }
}

static void
add_exploded(struct cd_load *l, struct cd_value_plan *v, struct open_list *list,
             struct cd_dom_iter *outer, int depth)
{
    if (list->elem->node->kind != CD_NODE_RECORD) {
        return;
    }
    for (uint32_t i = 0; i < v->map->n_explode && !l->oom; i++) {
        explode(l, v, list, i, outer, depth);
    }
}

/* One member of the source's list, or of the object that stands for it. */
static void
add_member(struct cd_load *l, struct cd_value_plan *v, struct open_list *list,
           struct cd_dom_iter *it, int depth)
{
    const struct cd_map_entry *map = v->is_inner ? NULL : v->map;
    uint32_t place = it->i & ~CD_PLACE_KEY;
    struct cd_str key = {NULL, 0};
    struct cd_dom_val val = it->val;
    if (map != NULL && map->n_explode > 0) {
        add_exploded(l, v, list, it, depth);
        return;
    }
    if (it->is_object) {
        key = it->key;
        place = CD_PLACE_KEY | cd_load_str(l, key);
        val = cd_value_decoded(l, val);
    }
    if (map != NULL && map->each.n > 0 && !cd_value_at(l, it->val, map->each, &val)) {
        return;
    }
    add_element(l, list, val, key, place, depth);
}

/* An object that stands for the list of it. */
static void
add_one(struct cd_load *l, struct cd_value_plan *v, struct open_list *list, struct cd_dom_val val,
        int depth)
{
    struct cd_dom_val element;
    if (cd_value_at(l, val, v->map->each, &element)) {
        add_element(l, list, element, (struct cd_str){NULL, 0}, CD_PLACE_ONE, depth);
    }
}

/* CloudFront keeps lists as {"quantity": n, "items": […]}, and leaves out the items of empty ones.
 */
static bool
is_quantity(const struct cd_value_plan *v, struct cd_dom_val val, struct cd_dom_val *items)
{
    bool has_quantity = false;
    bool is_empty = true;
    for (struct cd_dom_iter it = cd_dom_iter(val); it.is_object && cd_dom_next(&it);) {
        is_empty = false;
        if (cd_str_eq(it.key, CD_STR("quantity"))) {
            has_quantity = true;
        } else if (cd_str_eq(it.key, CD_STR("items")) && cd_dom_is(it.val, '[')) {
            *items = it.val;
        }
    }
    return v->dialect == CD_DIALECT_CONFIG && cd_dom_is(val, '{') && (has_quantity || is_empty);
}

/* The elements of a list that the source keeps as one string. */
static void
add_split(struct cd_load *l, struct cd_value_plan *v, struct open_list *list, struct cd_str text)
{
    struct cd_node *node = list->elem->node;
    char separator = v->map->split.p[0];
    for (size_t from = 0; from < text.n && node->kind == CD_NODE_STRING;) {
        size_t end = cd_str_find(text, separator, from);
        uint32_t row = node->n;
        uint32_t id = cd_load_str(l, cd_str_sub(text, from, end));
        cd_load_ok(l, cd_node_set_string(l->s, node, row, id)
                          && cd_node_place(l->s, node, row, row - list->start));
        from = end + 1;
    }
}

/* How a list is kept. */
enum list_form { LIST_PLAIN, LIST_KEYED, LIST_SINGLE, LIST_ONE, LIST_SPLIT, LIST_EMPTY, LIST_NONE };

static enum list_form
form_of(const struct cd_value_plan *v, struct cd_dom_val *val)
{
    const struct cd_map_entry *map = v->is_inner ? NULL : v->map;
    struct cd_dom_val items = *val;
    if (cd_dom_is(*val, '[')) {
        return LIST_PLAIN;
    }
    if (map != NULL && map->keyed_by.n > 0 && cd_dom_is(*val, '{')) {
        return LIST_KEYED;
    }
    if (map != NULL && map->split.n > 0 && cd_dom_is(*val, '"')) {
        return LIST_SPLIT;
    }
    if (v->dialect == CD_DIALECT_POLICY) {
        return LIST_SINGLE;
    }
    if (map != NULL && map->each.n > 0 && cd_dom_is(*val, '{')) {
        return LIST_ONE;
    }
    if (is_quantity(v, *val, &items)) {
        bool has_items = cd_dom_is(items, '[');
        *val = items;
        return has_items ? LIST_PLAIN : LIST_EMPTY;
    }
    return LIST_NONE;
}

bool
cd_value_set_list(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
                  int depth)
{
    enum list_form form = form_of(v, &val);
    struct open_list list = {.elem = form == LIST_NONE ? NULL : cd_value_elem_plan(l, v)};
    if (list.elem == NULL) {
        return form != LIST_NONE;
    }
    list.start = list.elem->node->n;
    cd_load_ok(l, cd_node_open(l->s, v->node, row));
    switch (form) {
    case LIST_SPLIT: add_split(l, v, &list, cd_dom_str(val)); break;
    case LIST_ONE: add_one(l, v, &list, val, depth); break;
    case LIST_SINGLE:
        add_element(l, &list, val, (struct cd_str){NULL, 0}, CD_PLACE_ONE, depth);
        break;
    case LIST_PLAIN:
    case LIST_KEYED:
        for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it) && !l->oom;) {
            add_member(l, v, &list, &it, depth);
        }
        break;
    case LIST_EMPTY:
    case LIST_NONE: break;
    }
    cd_load_ok(l, cd_node_close(l->s, v->node, row, list.elem->node->n - list.start, list.open));
    return true;
}

static void
add_map_member(struct cd_load *l, struct cd_value_plan *elem, struct cd_str key,
               struct cd_dom_val val, int depth)
{
    uint32_t row = elem->node->n;
    if (cd_dom_is(val, 'n')) {
        return;
    }
    cd_value_set_keyed(l, elem, row, val, (struct cd_str){NULL, 0}, depth + 1);
    if (elem->node->n > row) {
        cd_load_ok(l, cd_node_key(l->s, elem->node, row, cd_load_str(l, key)));
    }
}

/* Is NAME, but for what stands before, WORD? */
static bool
ends_in(struct cd_str name, struct cd_str word)
{
    return name.n >= word.n && cd_str_eq_nocase(cd_str_sub(name, name.n - word.n, name.n), word);
}

bool
cd_value_pair(struct cd_dom_val val, struct cd_str *key, struct cd_dom_val *value)
{
    struct cd_str before_key = {NULL, 0};
    struct cd_str before_value = {NULL, 0};
    for (struct cd_dom_iter it = cd_dom_iter(val); it.is_object && cd_dom_next(&it);) {
        if (ends_in(it.key, CD_STR("key")) && cd_dom_is(it.val, '"')) {
            *key = cd_dom_str(it.val);
            before_key = cd_str_sub(it.key, 0, it.key.n - 3);
        } else if (ends_in(it.key, CD_STR("value"))) {
            *value = it.val;
            before_value = cd_str_sub(it.key, 0, it.key.n - 5);
        }
    }
    return before_key.p != NULL && before_value.p != NULL && cd_str_eq(before_key, before_value);
}

static int
by_key(const void *a, const void *b, void *keys)
{
    const uint32_t *x = a;
    const uint32_t *y = b;
    const uint32_t *key = keys;
    return key[*x] != key[*y] ? (key[*x] < key[*y] ? -1 : 1) : (*x > *y) - (*x < *y);
}

/* Members of a map with the same key are unknown. */
static void
hide_duplicates(struct cd_load *l, struct cd_value_plan *v, struct cd_node *elem, uint32_t start)
{
    uint32_t n = elem->n - start;
    if (n < 2 || l->oom) {
        return;
    }
    struct cd_arena_mark mark = cd_arena_mark(&l->arena);
    uint32_t *rows = CD_NEW_ARRAY(&l->arena, n, uint32_t);
    for (uint32_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = start + i;
    }
    if (rows != NULL) {
        qsort_r(rows, n, sizeof *rows, by_key, elem->key);
        for (uint32_t i = 1; i < n; i++) {
            if (elem->key[rows[i]] == elem->key[rows[i - 1]]) {
                cd_value_set_unknown(l, elem, rows[i], "its key stands twice");
                cd_value_set_unknown(l, elem, rows[i - 1], "its key stands twice");
                cd_value_problem(l, v, "a key in it stands twice, so its value is unknown");
            }
        }
    }
    cd_load_ok(l, rows != NULL);
    cd_arena_reset(&l->arena, mark);
}

bool
cd_value_set_map(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
                 int depth)
{
    if (!cd_dom_is(val, '{') && (l->is_normal || !cd_dom_is(val, '['))) {
        return false;
    }
    struct cd_value_plan *elem = cd_value_elem_plan(l, v);
    if (elem == NULL) {
        return true;
    }
    uint32_t start = elem->node->n;
    uint32_t open = 0;
    cd_load_ok(l, cd_node_open(l->s, v->node, row));
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it) && !l->oom;) {
        struct cd_str key = it.key;
        struct cd_dom_val value = it.val;
        if (it.is_object || cd_value_pair(it.val, &key, &value)) {
            add_map_member(l, elem, key, value, depth);
        } else if (!cd_dom_is(it.val, 'n')) {
            open = cd_load_str(l, CD_STR("what is in the list is no pair of key and value"));
            cd_value_problem(l, v, "what is in the list is no pair of key and value");
        }
    }
    hide_duplicates(l, v, elem->node, start);
    cd_load_ok(l, cd_node_close(l->s, v->node, row, elem->node->n - start, open));
    return true;
}
