/* A snapshot into a store: sections in a fixed order, then the directory, then the tail. */
#include <stdlib.h>

#include "cordon/version.h"
#include "runtime/ingest/keep.h"
#include "runtime/schema/schema.h"
#include "runtime/store/store.h"
#include "runtime/store/write.h"

static void
put_section(struct cd_store_writer *w, struct cd_buf *section, struct cd_buf *directory)
{
    size_t n = section->n;
    cd_bytes_put(directory, n);
    cd_store_put_ref(directory, cd_store_put_section(w, section));
}

/* ---- sites and places ---- */

struct site {
    uint32_t parts[3];
    uint32_t was;
};

static int
by_parts(const void *a, const void *b)
{
    const struct site *x = a;
    const struct site *y = b;
    for (size_t i = 0; i < CD_ARRAY_LEN(x->parts); i++) {
        if (x->parts[i] != y->parts[i]) {
            return x->parts[i] < y->parts[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Sites are sorted: their order is that of no source. */
static void
put_sites(struct cd_store_writer *w, struct cd_buf *directory)
{
    size_t n = w->s->n_sites;
    struct site *sites = CD_NEW_ARRAY(&w->arena, n, struct site);
    w->sites = CD_NEW_ARRAY(&w->arena, n, uint32_t);
    if (sites == NULL || w->sites == NULL) {
        w->oom = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct cd_site *site = &w->s->sites[i];
        sites[i] =
            (struct site){{cd_store_string(w, site->partition), cd_store_string(w, site->account),
                           cd_store_string(w, site->region)},
                          i};
    }
    if (n > 1) {
        qsort(sites, n, sizeof *sites, by_parts);
    }
    for (uint32_t i = 0; i < n; i++) {
        w->sites[sites[i].was] = i;
        cd_buf_put(&w->section, sites[i].parts, sizeof sites[i].parts);
    }
    cd_bytes_put(directory, n);
    cd_store_put_ref(directory, cd_store_put_section(w, &w->section));
}

static void
put_places(struct cd_store_writer *w, struct cd_buf *directory)
{
    for (size_t i = 0; i < w->s->n_places; i++) {
        uint32_t pair[2] = {cd_store_string(w, w->s->accounts[i]),
                            cd_store_string(w, w->s->regions[i])};
        cd_buf_put(&w->section, pair, sizeof pair);
    }
    cd_bytes_put(directory, w->s->n_places);
    cd_store_put_ref(directory, cd_store_put_section(w, &w->section));
}

/* ---- sources, and what they could not tell ---- */

/* Does NODE say of a problem that a resource gave way to one that was described before, at the same
 * time, in TABLE (CD_NONE: in any)? */
static bool
is_tie(const struct cd_snapshot *s, uint32_t node, uint32_t table)
{
    const struct cd_node *n = node == CD_NONE ? NULL : s->nodes[node];
    return n != NULL && n->parent == CD_NONE && n->kind == CD_NODE_RECORD && n->table != CD_NONE
           && (table == CD_NONE || n->table == table);
}

/* By source, how many of its resources did so; NULL: out of memory. */
static uint64_t *
ties_of(struct cd_store_writer *w, uint32_t table)
{
    const struct cd_snapshot *s = w->s;
    uint64_t *ties = CD_NEW_ARRAY(&w->arena, s->n_sources, uint64_t);
    w->oom |= ties == NULL;
    for (size_t i = 0; ties != NULL && i < s->n_problems; i++) {
        if (is_tie(s, s->problems[i].node, table)) { /* made of a row, so there is a source */
            ties[s->problems[i].source]++;
        }
    }
    for (size_t i = 0; ties != NULL && i < s->n_untold; i++) {
        if (is_tie(s, s->untold[i].node, table)) {
            ties[s->untold[i].source] += s->untold[i].n;
        }
    }
    return ties;
}

/* Counts are those from before it was settled which resource counts. */
static void
put_sources(struct cd_store_writer *w, struct cd_buf *out)
{
    const struct cd_snapshot *s = w->s;
    const uint64_t *ties = ties_of(w, CD_NONE);
    cd_bytes_put(out, s->n_sources);
    for (uint32_t i = 0; ties != NULL && i < s->n_sources; i++) {
        const struct cd_source_info *info = &s->sources[i];
        cd_bytes_put_str(out, info->file);
        cd_bytes_put_str(out, info->format);
        cd_bytes_put(out, info->items);
        cd_bytes_put(out, info->resources + ties[i]);
        cd_bytes_put(out, info->derived);
        cd_bytes_put(out, info->deleted);
        cd_bytes_put(out, info->problems - ties[i]);
        cd_bytes_put_signed(out, info->captured);
    }
}

static uint32_t
node_number(const struct cd_store_writer *w, uint32_t node)
{
    return node == CD_NONE ? CD_NONE : w->nodes[node];
}

static void
put_problems(struct cd_store_writer *w, struct cd_buf *directory)
{
    struct cd_buf out = CD_BUF_INIT;
    cd_bytes_put(&out, w->s->n_problems);
    for (size_t i = 0; i < w->s->n_problems; i++) {
        const struct cd_problem *p = &w->s->problems[i];
        cd_store_put_optional(&out, p->source);
        cd_store_put_optional(&out, node_number(w, p->node));
        cd_bytes_put(&out, p->offset + 1); /* none: 0 */
        cd_bytes_put_str(&out, p->message);
    }
    cd_bytes_put(&out, w->s->n_untold);
    for (size_t i = 0; i < w->s->n_untold; i++) {
        const struct cd_untold *u = &w->s->untold[i];
        cd_store_put_optional(&out, u->source);
        cd_store_put_optional(&out, node_number(w, u->node));
        cd_bytes_put(&out, u->n);
    }
    put_section(w, &out, directory);
    cd_buf_finish(&out);
}

static void
put_deletions(struct cd_store_writer *w, struct cd_buf *directory)
{
    struct cd_buf out = CD_BUF_INIT;
    cd_bytes_put(&out, w->s->n_deletions);
    for (size_t i = 0; i < w->s->n_deletions; i++) {
        const struct cd_deletion *d = &w->s->deletions[i];
        cd_bytes_put(&out, cd_store_string(w, d->type));
        cd_bytes_put(&out, w->sites[d->site]);
        cd_bytes_put(&out, cd_store_string(w, d->id));
        cd_bytes_put_signed(&out, d->captured);
    }
    put_section(w, &out, directory);
    cd_buf_finish(&out);
}

/* ---- the tables ---- */

static int64_t
latest_of(const struct cd_table *t)
{
    int64_t latest = INT64_MIN;
    for (uint32_t row = 0; row < t->n; row++) {
        latest = t->captured[row] > latest ? t->captured[row] : latest;
    }
    return latest;
}

static void
put_policy_texts(struct cd_store_writer *w, struct cd_buf *out)
{
    uint32_t n = w->s->policies->n;
    uint32_t *numbers = cd_store_numbers(w, n);
    for (uint32_t row = 0; numbers != NULL && row < n; row++) {
        numbers[row] =
            row < w->s->n_policy_texts ? cd_store_string(w, w->s->policy_texts[row]) : CD_NO_STR;
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, n, out);
    }
}

static void
put_ties(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *directory)
{
    const uint64_t *ties = t->told_ties.n > 0 ? ties_of(w, t->root->table) : NULL;
    for (uint32_t source = 0; ties != NULL && source < w->s->n_sources; source++) {
        if (ties[source] > 0) {
            cd_bytes_put(directory, (uint64_t)source + 1);
            cd_bytes_put(directory, ties[source]);
        }
    }
    cd_bytes_put(directory, 0);
}

static void
put_tables(struct cd_store_writer *w, struct cd_buf *directory)
{
    const struct cd_snapshot *s = w->s;
    struct cd_buf own = CD_BUF_INIT;
    uint32_t first = w->n_nodes;
    cd_store_put_node(w, s->policies, &own);
    put_policy_texts(w, &own);
    cd_bytes_put(directory, first);
    put_section(w, &own, directory);
    cd_bytes_put(directory, s->n_tables);
    for (size_t i = 0; i < s->n_tables && !w->oom; i++) {
        const struct cd_table *t = s->tables[i];
        first = w->n_nodes;
        cd_store_put_table(w, t, &own);
        cd_bytes_put_str(directory, cd_intern_str(&s->dict, t->type));
        cd_bytes_put(directory, t->n);
        cd_bytes_put_signed(directory, latest_of(t));
        cd_bytes_put(directory, first);
        cd_bytes_put(directory, w->nodes[t->root->id]);
        put_section(w, &own, directory);
        put_ties(w, t, directory);
    }
    cd_buf_finish(&own);
}

/* ---- all of it ---- */

static bool
prepare(struct cd_store_writer *w)
{
    const struct cd_snapshot *s = w->s;
    w->n_schema_shapes = cd_schema_n_shapes();
    w->shape_of = CD_NEW_ARRAY(&w->arena, w->n_schema_shapes, uint32_t);
    w->has_problem = CD_NEW_ARRAY(&w->arena, s->n_nodes, uint8_t);
    w->nodes = CD_NEW_ARRAY(&w->arena, s->n_nodes, uint32_t);
    if (w->shape_of == NULL || w->has_problem == NULL || w->nodes == NULL) {
        return false;
    }
    memset(w->nodes, 0xFF, s->n_nodes * sizeof *w->nodes);
    for (size_t i = 0; i < s->n_problems; i++) {
        if (s->problems[i].node != CD_NONE) {
            w->has_problem[s->problems[i].node] = 1;
        }
    }
    return true;
}

static void
put_everything(struct cd_store_writer *w, struct cd_buf *directory)
{
    struct cd_buf keep = CD_BUF_INIT;
    cd_bytes_put_str(directory, CD_STR(CORDON_VERSION));
    put_sources(w, directory);
    cd_store_put_strings(w, directory);
    if (w->oom || w->too_large) {
        return;
    }
    put_sites(w, directory);
    put_places(w, directory);
    if (!w->oom) {
        put_tables(w, directory);
    }
    cd_bytes_put(directory, w->n_nodes);
    cd_bytes_put(directory, w->heap.n / sizeof(struct cd_json));
    cd_store_put_ref(directory, cd_store_put_section(w, &w->heap));
    cd_bytes_put(directory, w->n_shapes);
    put_section(w, &w->shapes, directory);
    put_problems(w, directory);
    cd_store_put_complete(w, directory);
    put_deletions(w, directory);
    cd_ingest_keep(w->s, &keep);
    put_section(w, &keep, directory);
    w->oom |= directory->oom || keep.oom;
    cd_buf_finish(&keep);
}

static void
put_file(struct cd_store_writer *w)
{
    struct cd_buf directory = CD_BUF_INIT;
    struct cd_store_head head = {.version = CD_STORE_VERSION, .byte_order = CD_STORE_BYTE_ORDER};
    struct cd_store_tail tail;
    char sealed[CD_STORE_SEALED];
    memcpy(head.magic, CD_STORE_MAGIC, sizeof head.magic);
    cd_new_file_put(&w->file, &head, sizeof head);
    put_everything(w, &directory);
    tail.directory = cd_store_put_section(w, &directory);
    tail.file_size = w->file.written + sizeof tail;
    cd_store_sealed(&head, &tail, sealed);
    tail.checksum = cd_str_hash((struct cd_str){sealed, sizeof sealed});
    cd_new_file_put(&w->file, &tail, sizeof tail);
    cd_buf_finish(&directory);
}

cordon_status
cd_store_write(const struct cd_snapshot *s, const char *path, struct cordon_error *err)
{
    struct cd_store_writer w = {.s = s};
    cordon_status status = CORDON_OK;
    CORDON_TRY(cd_new_file_open(path, &w.file, err));
    cd_arena_init(&w.arena);
    w.oom = !prepare(&w);
    if (!w.oom) {
        put_file(&w);
    }
    if (w.oom) {
        status =
            cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory writing %s", path);
    } else if (w.too_large) {
        status = cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                             "%s: the snapshot has more than a store can hold: make several of it",
                             path);
    }
    if (status == CORDON_OK) {
        status = cd_store_check(s, err); /* it may be made of another one */
    }
    cordon_status closed =
        cd_new_file_close(&w.file, status != CORDON_OK, status == CORDON_OK ? err : NULL);
    cd_buf_finish(&w.heap);
    cd_buf_finish(&w.shapes);
    cd_buf_finish(&w.section);
    free(w.numbers);
    cd_arena_finish(&w.arena);
    return status != CORDON_OK ? status : closed;
}
