/* What a snapshot is complete for, in a store: types by the list of their places, since nearly all
 * types are complete in the same ones; an estate names millions of pairs of a type and a place. */
#include <stdlib.h>

#include "runtime/store/write.h"

struct entries {
    struct cd_complete *items; /* of the heap; ids are the store's */
    size_t n;
};

static int
by_type_and_place(const void *a, const void *b)
{
    const struct cd_complete *x = a;
    const struct cd_complete *y = b;
    int order = cd_str_cmp(x->type, y->type);
    if (order != 0) {
        return order;
    }
    if (x->account != y->account) {
        return x->account < y->account ? -1 : 1;
    }
    return (x->region > y->region) - (x->region < y->region);
}

/* Sorted, each once. */
static bool
gather(const struct cd_store_writer *w, struct entries *out)
{
    const struct cd_snapshot *s = w->s;
    *out = (struct entries){.items = malloc((s->n_complete + 1) * sizeof *out->items)};
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->n_complete; i++) {
        const struct cd_complete *c = &s->complete[i];
        out->items[i] = (struct cd_complete){c->type, cd_store_string(w, c->account),
                                             cd_store_string(w, c->region)};
    }
    if (s->n_complete > 1) {
        qsort(out->items, s->n_complete, sizeof *out->items, by_type_and_place);
    }
    for (size_t i = 0; i < s->n_complete; i++) {
        if (out->n == 0 || by_type_and_place(&out->items[out->n - 1], &out->items[i]) != 0) {
            out->items[out->n++] = out->items[i];
        }
    }
    return true;
}

/* A list of places, as it is written, among those that came before. */
struct list {
    uint64_t hash;
    size_t begin, n; /* in the bytes of all lists */
};

struct lists {
    struct list *items;
    uint32_t n;
    struct cd_buf bytes;
};

/* The number of the list of the entries [from, to). */
static uint32_t
number_of_list(struct lists *lists, const struct cd_complete *from, const struct cd_complete *to)
{
    size_t begin = lists->bytes.n;
    cd_bytes_put(&lists->bytes, (size_t)(to - from));
    for (const struct cd_complete *c = from; c < to; c++) {
        cd_store_put_optional(&lists->bytes, c->account);
        cd_store_put_optional(&lists->bytes, c->region);
    }
    struct cd_str added = cd_str_sub(cd_buf_view(&lists->bytes), begin, lists->bytes.n);
    struct list list = {cd_str_hash(added), begin, added.n};
    for (uint32_t i = 0; i < lists->n; i++) {
        struct cd_str other = {lists->bytes.p + lists->items[i].begin, lists->items[i].n};
        if (lists->items[i].hash == list.hash && cd_str_eq(other, added)) {
            lists->bytes.n = begin;
            return i;
        }
    }
    lists->items[lists->n] = list;
    return lists->n++;
}

/* Types, each with the number of its list, to TYPES. */
static void
put_types(const struct entries *e, struct lists *lists, struct cd_buf *types)
{
    for (size_t from = 0; from < e->n && !lists->bytes.oom;) {
        size_t to = from;
        while (to < e->n && cd_str_eq(e->items[from].type, e->items[to].type)) {
            to++;
        }
        cd_bytes_put_str(types, e->items[from].type);
        cd_bytes_put(types, number_of_list(lists, &e->items[from], &e->items[to]));
        from = to;
    }
}

static uint64_t
count_types(const struct entries *e)
{
    uint64_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        n += i == 0 || !cd_str_eq(e->items[i - 1].type, e->items[i].type);
    }
    return n;
}

static void
put_lost(const struct cd_store_writer *w, struct cd_buf *out)
{
    cd_bytes_put(out, w->s->n_lost);
    for (size_t i = 0; i < w->s->n_lost; i++) {
        const struct cd_complete *lost = &w->s->lost[i];
        cd_bytes_put_str(out, lost->type);
        cd_store_put_optional(out, cd_store_string(w, lost->account));
        cd_store_put_optional(out, cd_store_string(w, lost->region));
    }
}

void
cd_store_put_complete(struct cd_store_writer *w, struct cd_buf *directory)
{
    struct entries e;
    struct lists lists = {.items = NULL};
    struct cd_buf types = CD_BUF_INIT;
    struct cd_buf out = CD_BUF_INIT;
    bool ok = gather(w, &e);
    uint64_t n_types = count_types(&e);
    lists.items = malloc((size_t)(n_types + 1) * sizeof *lists.items);
    ok = ok && lists.items != NULL;
    if (ok) {
        put_types(&e, &lists, &types);
        cd_bytes_put(&out, lists.n);
        cd_buf_str(&out, cd_buf_view(&lists.bytes));
        cd_bytes_put(&out, n_types);
        cd_buf_str(&out, cd_buf_view(&types));
        put_lost(w, &out);
        cd_bytes_put(directory, out.n);
        cd_store_put_ref(directory, cd_store_put_section(w, &out));
    }
    w->oom |= !ok || lists.bytes.oom || types.oom;
    cd_buf_finish(&lists.bytes);
    cd_buf_finish(&types);
    cd_buf_finish(&out);
    free(lists.items);
    free(e.items);
}
