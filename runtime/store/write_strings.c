/* The dictionary of a store: the strings that something in the snapshot uses, sorted. */
#include <stdlib.h>

#include "runtime/base/packed.h"
#include "runtime/ingest/keep.h"
#include "runtime/store/write.h"

/* ---- which are used ---- */

static void
use(struct cd_store_writer *w, uint32_t id)
{
    if (id != CD_NO_STR && id != CD_ARN_MADE) {
        w->strings[id] = 0;
    }
}

static void
use_all(struct cd_store_writer *w, const uint32_t *ids, uint32_t n)
{
    for (uint32_t i = 0; ids != NULL && i < n; i++) {
        use(w, ids[i]);
    }
}

static void
use_json(struct cd_store_writer *w, uint32_t value)
{
    for (uint32_t i = value; i < w->s->json[value].next; i++) {
        const struct cd_json *v = &w->s->json[i];
        use(w, v->key);
        if (v->kind == CD_JSON_STRING || v->kind == CD_JSON_UNKNOWN) {
            use(w, v->n);
        }
    }
}

static void
use_value(struct cd_store_writer *w, const struct cd_node *n, uint32_t row)
{
    switch (n->kind) {
    case CD_NODE_STRING: use(w, n->v.u32[row]); return;
    case CD_NODE_JSON: use_json(w, n->v.u32[row]); return;
    case CD_NODE_LIST:
    case CD_NODE_MAP: use(w, cd_node_open_reason(n, row)); return;
    case CD_NODE_BOOL:
    case CD_NODE_NUMBER:
    case CD_NODE_TIME:
    case CD_NODE_POLICY:
    case CD_NODE_RECORD: return;
    }
}

static void
use_node(struct cd_store_writer *w, const struct cd_node *n)
{
    for (uint32_t row = 0; row < n->n; row++) {
        switch (cd_node_state(n, row)) {
        case CD_KNOWN: use_value(w, n, row); break;
        case CD_UNKNOWN: use(w, cd_node_reason(n, row)); break;
        case CD_ABSENT: break;
        }
    }
    use_all(w, n->key, n->n);
    for (uint32_t row = 0; n->place != NULL && row < n->n; row++) {
        if ((n->place[row] & CD_PLACE_KEY) != 0) {
            use(w, n->place[row] & ~CD_PLACE_KEY);
        }
    }
}

static void
use_table(struct cd_store_writer *w, const struct cd_table *t)
{
    use_all(w, t->id, t->n);
    use_all(w, t->arn, t->n);
    for (uint32_t row = 0; row < t->n; row++) {
        uint32_t value = cd_ingest_unshaped(w->s, t, row);
        if (value != CD_NONE) {
            use_json(w, value);
        }
    }
}

static void
use_places(struct cd_store_writer *w)
{
    const struct cd_snapshot *s = w->s;
    for (size_t i = 0; i < s->n_sites; i++) {
        use(w, s->sites[i].partition);
        use(w, s->sites[i].account);
        use(w, s->sites[i].region);
    }
    for (size_t i = 0; i < s->n_places; i++) {
        use(w, s->accounts[i]);
        use(w, s->regions[i]);
    }
    for (size_t i = 0; i < s->n_complete; i++) {
        use(w, s->complete[i].account);
        use(w, s->complete[i].region);
    }
    for (size_t i = 0; i < s->n_lost; i++) {
        use(w, s->lost[i].account);
        use(w, s->lost[i].region);
    }
    for (size_t i = 0; i < s->n_deletions; i++) {
        use(w, s->deletions[i].type);
        use(w, s->deletions[i].id);
    }
}

static void
use_everything(struct cd_store_writer *w)
{
    memset(w->strings, 0xFF, (size_t)w->s->dict.n * sizeof *w->strings);
    use(w, 0);
    for (size_t i = 0; i < w->s->n_nodes; i++) {
        use_node(w, w->s->nodes[i]);
    }
    for (size_t i = 0; i < w->s->n_tables; i++) {
        use_table(w, w->s->tables[i]);
    }
    use_all(w, w->s->policy_texts, (uint32_t)w->s->n_policy_texts);
    use_places(w);
}

/* ---- their order ---- */

/* A string by its first eight bytes, which settle most comparisons. */
struct sortable {
    uint64_t first;
    uint32_t id;
};

static uint64_t
first_bytes(struct cd_str s)
{
    uint64_t first = 0;
    for (size_t i = 0; i < sizeof first; i++) {
        first = first << 8 | (i < s.n ? (uint8_t)s.p[i] : 0);
    }
    return first;
}

static int
by_bytes(const void *a, const void *b, void *dict)
{
    const struct sortable *x = a;
    const struct sortable *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return cd_str_cmp(cd_intern_str(dict, x->id), cd_intern_str(dict, y->id));
}

/* Numbers the strings that are used; the array is the heap's. NULL: out of memory. */
static struct sortable *
sort_strings(struct cd_store_writer *w)
{
    const struct cd_intern *dict = &w->s->dict;
    struct sortable *items = malloc((size_t)dict->n * sizeof *items);
    uint32_t n = 0;
    for (uint32_t id = 0; items != NULL && id < dict->n; id++) {
        if (w->strings[id] == 0) {
            items[n++] = (struct sortable){first_bytes(cd_intern_str(dict, id)), id};
        }
    }
    if (items != NULL) {
        qsort_r(items, n, sizeof *items, by_bytes, (void *)(uintptr_t)dict);
    }
    for (uint32_t i = 0; items != NULL && i < n; i++) {
        w->strings[items[i].id] = i;
    }
    w->n_strings = n;
    return items;
}

/* ---- writing ---- */

/* The blocks as the directory lists them, and their fences. */
struct blocks {
    struct cd_buf list, fences;
};

static void
put_block(struct cd_store_writer *w, const struct sortable *items, uint32_t n, struct cd_str before,
          struct blocks *blocks)
{
    struct cd_str strings[CD_PACKED_STRINGS];
    uint64_t size = 0;
    for (uint32_t i = 0; i < n; i++) {
        strings[i] = cd_intern_str(&w->s->dict, items[i].id);
        size += strings[i].n;
    }
    if (size > UINT32_MAX) {
        w->too_large = true;
        return;
    }
    struct cd_packed_block block = {.fence = blocks->fences.n};
    if (before.p != NULL) {
        cd_buf_put(&blocks->fences, strings[0].p, cd_packed_fence(before, strings[0]));
    }
    cd_packed_write(strings, n, &w->section);
    struct cd_store_ref ref = cd_store_put_section(w, &w->section);
    block.offset = ref.offset;
    block.size = ref.size;
    block.checksum = ref.checksum;
    cd_buf_put(&blocks->list, &block, sizeof block);
}

static void
put_blocks(struct cd_store_writer *w, const struct sortable *items, struct cd_buf *directory)
{
    struct blocks blocks = {CD_BUF_INIT, CD_BUF_INIT};
    struct cd_str before = {NULL, 0};
    for (uint32_t i = 0; i < w->n_strings && !w->too_large; i += CD_PACKED_STRINGS) {
        uint32_t left = w->n_strings - i;
        uint32_t n = left < CD_PACKED_STRINGS ? left : CD_PACKED_STRINGS;
        put_block(w, items + i, n, before, &blocks);
        before = cd_intern_str(&w->s->dict, items[i + n - 1].id);
    }
    cd_bytes_put(directory, w->n_strings);
    cd_bytes_put(directory, blocks.fences.n);
    cd_store_put_ref(directory, cd_store_put_section(w, &blocks.list));
    cd_store_put_ref(directory, cd_store_put_section(w, &blocks.fences));
    cd_buf_finish(&blocks.list);
    cd_buf_finish(&blocks.fences);
}

void
cd_store_put_strings(struct cd_store_writer *w, struct cd_buf *directory)
{
    w->strings = CD_NEW_ARRAY(&w->arena, w->s->dict.n, uint32_t);
    struct sortable *items = NULL;
    if (w->strings != NULL) {
        use_everything(w);
        items = sort_strings(w);
    }
    if (items == NULL) {
        w->oom = true;
    } else {
        put_blocks(w, items, directory);
    }
    free(items);
}
