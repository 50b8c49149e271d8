/* A store into a snapshot: what is known of the sources first, then the tables that the projection
 * has. */
#include <stdlib.h>

#include "runtime/ingest/keep.h"
#include "runtime/store/append.h"
#include "runtime/store/read.h"
#include "runtime/store/store.h"

static cordon_status
wrong(const struct cd_store_load *l, const struct cd_store_section *section, const char *what)
{
    return cd_store_corrupt(l->st, section->ref.offset, what, l->err);
}

static cordon_status
open_section(const struct cd_store_load *l, const struct cd_store_section *section,
             struct cd_bytes *bytes)
{
    struct cd_str text;
    CORDON_TRY(cd_store_bytes(l->st, section->ref, section->n, &text, l->err));
    *bytes = cd_bytes_of(text);
    return CORDON_OK;
}

static cordon_status
no_memory(const struct cd_store_load *l)
{
    return cd_store_no_memory(l->st, l->err);
}

/* ---- sources and places ---- */

static cordon_status
load_sources(struct cd_store_load *l)
{
    l->first_source = (uint32_t)l->s->n_sources;
    for (uint32_t i = 0; i < l->st->n_sources; i++) {
        const struct cd_source_info *from = &l->st->sources[i];
        uint32_t at = cd_snapshot_source(l->s, from->file, from->format);
        if (at == CD_NONE) {
            return no_memory(l);
        }
        struct cd_source_info *info = &l->s->sources[at];
        info->items = from->items;
        info->resources = from->resources;
        info->derived = from->derived;
        info->deleted = from->deleted;
        info->problems = from->problems;
        info->captured = from->captured;
    }
    return CORDON_OK;
}

static bool
id_or_none_holds(struct cd_store_load *l, uint32_t id)
{
    return id == CD_NO_STR || cd_store_id_holds(l, id);
}

static cordon_status
load_sites(struct cd_store_load *l)
{
    const struct cd_store *st = l->st;
    struct cd_str bytes;
    CORDON_TRY(cd_store_bytes(st, st->sites, st->n_sites * sizeof(struct cd_site), &bytes, l->err));
    struct cd_site *sites = (void *)(uintptr_t)bytes.p; /* sections begin at multiples of 8 */
    for (uint64_t i = 0; i < st->n_sites; i++) {
        if (!id_or_none_holds(l, sites[i].partition) || !id_or_none_holds(l, sites[i].account)
            || !id_or_none_holds(l, sites[i].region)) {
            return cd_store_corrupt(st, st->sites.offset, "a place is named by no string", l->err);
        }
    }
    return cd_snapshot_adopt_sites(l->s, sites, (size_t)st->n_sites) ? CORDON_OK : no_memory(l);
}

static cordon_status
load_places(struct cd_store_load *l)
{
    const struct cd_store *st = l->st;
    struct cd_str bytes;
    CORDON_TRY(cd_store_bytes(st, st->places, st->n_places * 2 * sizeof(uint32_t), &bytes, l->err));
    for (uint64_t i = 0; i < st->n_places; i++) {
        uint32_t pair[2];
        memcpy(pair, bytes.p + i * sizeof pair, sizeof pair);
        if (!id_or_none_holds(l, pair[0]) || !id_or_none_holds(l, pair[1])) {
            return cd_store_corrupt(st, st->places.offset, "a place is named by no string", l->err);
        }
        if (cd_snapshot_place(l->s, pair[0], pair[1]) == CD_NONE) {
            return no_memory(l);
        }
    }
    return CORDON_OK;
}

/* ---- what is complete ---- */

/* A string, or none. */
static bool
get_id(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t *id)
{
    *id = cd_store_get_optional(bytes);
    return !bytes->bad && id_or_none_holds(l, *id);
}

/* Passes over a list of places, or completes TYPE there. */
static bool
get_places(struct cd_store_load *l, struct cd_bytes *bytes, const struct cd_str *type, bool *oom)
{
    uint32_t n = cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < n && !bytes->bad && !*oom; i++) {
        uint32_t account, region;
        if (!get_id(l, bytes, &account) || !get_id(l, bytes, &region)) {
            return false;
        }
        *oom = type != NULL && !cd_snapshot_complete(l->s, *type, account, region);
    }
    return !bytes->bad;
}

static cordon_status
get_lost(struct cd_store_load *l, struct cd_bytes *bytes)
{
    uint32_t n = cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < n && !bytes->bad; i++) {
        uint32_t account, region;
        struct cd_str type = cd_bytes_get_str(bytes);
        if (!get_id(l, bytes, &account) || !get_id(l, bytes, &region)) {
            break;
        }
        if (!cd_snapshot_lost(l->s, type, account, region)) {
            return no_memory(l);
        }
    }
    return bytes->bad || bytes->at != bytes->n
               ? wrong(l, &l->st->complete, "it does not say what it is complete for")
               : CORDON_OK;
}

/* Where in the bytes each list of places begins; there are N. NULL: they are wrong, or memory is
 * out. */
static size_t *
find_lists(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n, bool *oom)
{
    size_t *begin = n > cd_bytes_left(bytes) ? NULL : calloc((size_t)n + 1, sizeof *begin);
    *oom = begin == NULL && n <= cd_bytes_left(bytes);
    for (uint32_t i = 0; begin != NULL && i < n; i++) {
        begin[i] = bytes->at;
        if (!get_places(l, bytes, NULL, oom)) {
            free(begin);
            begin = NULL;
        }
    }
    return begin;
}

static cordon_status
load_complete(struct cd_store_load *l)
{
    struct cd_bytes bytes;
    bool oom;
    CORDON_TRY(open_section(l, &l->st->complete, &bytes));
    uint32_t n_lists = cd_bytes_get_u32(&bytes);
    size_t *begin = find_lists(l, &bytes, n_lists, &oom);
    uint32_t n_types = begin == NULL ? 0 : cd_bytes_get_u32(&bytes);
    bool holds = begin != NULL;
    for (uint32_t i = 0; i < n_types && holds && !oom; i++) {
        struct cd_str type = cd_bytes_get_str(&bytes);
        uint32_t list = cd_bytes_get_u32(&bytes);
        holds = !bytes.bad && list < n_lists;
        if (holds && cd_ingest_asks_for(l->s, type)) {
            struct cd_bytes places = bytes;
            places.at = begin[list];
            holds = get_places(l, &places, &type, &oom);
        }
    }
    free(begin);
    return oom      ? no_memory(l)
           : !holds ? wrong(l, &l->st->complete, "it does not say what it is complete for")
                    : get_lost(l, &bytes);
}

/* ---- shapes ---- */

static cordon_status
load_shapes(struct cd_store_load *l)
{
    struct cd_bytes bytes;
    void *room;
    CORDON_TRY(open_section(l, &l->st->shapes, &bytes));
    CORDON_TRY(cd_store_room(l, l->st->n_shapes, sizeof *l->shapes, &room));
    l->shapes = room;
    for (uint32_t i = 0; i < l->st->n_shapes && !bytes.bad; i++) {
        uint32_t n = cd_bytes_get_u32(&bytes);
        if (n > cd_bytes_left(&bytes)) {
            break;
        }
        CORDON_TRY(cd_store_room(l, n, sizeof(struct cd_str), &room));
        struct cd_str *fields = room;
        for (uint32_t k = 0; k < n && !bytes.bad; k++) {
            fields[k] = cd_bytes_get_str(&bytes);
            bytes.bad |= k > 0 && cd_str_cmp(fields[k - 1], fields[k]) >= 0;
        }
        l->shapes[i] = (struct cd_store_shape){fields, n};
    }
    return bytes.bad || bytes.at != bytes.n
               ? wrong(l, &l->st->shapes, "it does not say what its objects have")
               : CORDON_OK;
}

/* ---- tables ---- */

/* Is anything of T read, or needed to settle which resources count? */
static bool
is_needed(const struct cd_store_load *l, const struct cd_table *t)
{
    const struct cd_projection *p = &l->s->projection;
    return t->shape != CD_NONE || p->all || p->envelopes || !l->is_settled;
}

/* The tables of the store that S has, in the store's order; those that its sources' types alone
 * would not give are made. */
static cordon_status
find_tables(struct cd_store_load *l)
{
    void *room;
    CORDON_TRY(cd_store_room(l, l->st->n_tables, sizeof *l->tables, &room));
    l->tables = room;
    for (uint32_t i = 0; i < l->st->n_tables; i++) {
        bool is_wanted = true;
        struct cd_table *t = cd_snapshot_find_table(l->s, l->st->tables[i].type);
        t = t != NULL ? t : cd_snapshot_table(l->s, l->st->tables[i].type, &is_wanted);
        if (t == NULL && is_wanted) {
            return no_memory(l);
        }
        l->tables[i] = t == NULL ? CD_NONE : t->root->table;
    }
    return CORDON_OK;
}

/* Resources that gave way to others are problems instead. */
static void
count_ties(struct cd_store_load *l, const struct cd_store_table *from)
{
    for (size_t i = 0; l->is_settled && i < from->n_ties; i++) {
        struct cd_source_info *info = &l->s->sources[l->first_source + from->ties[i].source];
        uint64_t n = from->ties[i].n < info->resources ? from->ties[i].n : info->resources;
        info->resources -= n;
        info->problems += n;
    }
}

static cordon_status
load_tables(struct cd_store_load *l)
{
    for (uint32_t i = 0; i < l->st->n_tables; i++) {
        const struct cd_store_table *from = &l->st->tables[i];
        struct cd_table *t = l->tables[i] == CD_NONE ? NULL : l->s->tables[l->tables[i]];
        if (t == NULL) {
            continue;
        }
        count_ties(l, from);
        t->is_borrowed = true;
        t->latest = from->latest;
        if (is_needed(l, t)) {
            CORDON_TRY(cd_store_load_table(l, from, t));
        }
        l->nodes[from->first_node] = t->tags->id; /* problems speak of these also if they are */
        l->nodes[from->root_node] = t->root->id;  /* not read */
    }
    return CORDON_OK;
}

/* ---- problems ---- */

/* Is what the store's node NODE is read, so that its problems are told? */
static bool
is_read(const struct cd_store_load *l, uint32_t node, uint32_t *id)
{
    const struct cd_snapshot *s = l->s;
    *id = node == CD_NONE ? CD_NONE : l->nodes[node];
    if (*id == CD_NONE) {
        return node == CD_NONE;
    }
    const struct cd_node *n = s->nodes[*id];
    const struct cd_table *t = n->table == CD_NONE ? NULL : s->tables[n->table];
    if (t != NULL && n == t->root) {
        return l->is_settled; /* else it is found again */
    }
    return t == NULL || n != t->tags || cd_ingest_reads_tags(s, t);
}

static bool
get_problem(struct cd_store_load *l, struct cd_bytes *bytes, bool *oom)
{
    struct cd_problem p;
    uint64_t source = cd_bytes_get(bytes, UINT32_MAX);
    uint64_t node = cd_bytes_get(bytes, UINT32_MAX);
    p.offset = cd_bytes_get(bytes, UINT64_MAX) - 1;
    p.message = cd_bytes_get_str(bytes);
    if (bytes->bad || source == 0 || source > l->st->n_sources || node > l->st->n_nodes) {
        return false;
    }
    p.source = l->first_source + (uint32_t)(source - 1);
    if (is_read(l, node == 0 ? CD_NONE : (uint32_t)(node - 1), &p.node)) {
        *oom |= !cd_snapshot_retell(l->s, &p);
    }
    return true;
}

static bool
get_untold(struct cd_store_load *l, struct cd_bytes *bytes, bool *oom)
{
    uint32_t id;
    uint64_t source = cd_bytes_get(bytes, UINT32_MAX);
    uint64_t node = cd_bytes_get(bytes, UINT32_MAX);
    uint64_t n = cd_bytes_get(bytes, UINT64_MAX >> 2);
    if (bytes->bad || source == 0 || source > l->st->n_sources || node > l->st->n_nodes) {
        return false;
    }
    if (is_read(l, node == 0 ? CD_NONE : (uint32_t)(node - 1), &id)) {
        uint32_t at = l->first_source + (uint32_t)(source - 1);
        *oom |= !cd_snapshot_leave_untold(l->s, id, at, n);
    }
    return true;
}

static cordon_status
load_problems(struct cd_store_load *l)
{
    struct cd_bytes bytes;
    bool oom = false;
    bool holds = true;
    CORDON_TRY(open_section(l, &l->st->problems, &bytes));
    uint64_t n = cd_bytes_get(&bytes, UINT64_MAX);
    for (uint64_t i = 0; i < n && holds && !oom; i++) {
        holds = get_problem(l, &bytes, &oom);
    }
    n = holds ? cd_bytes_get(&bytes, UINT64_MAX) : 0;
    for (uint64_t i = 0; i < n && holds && !oom; i++) {
        holds = get_untold(l, &bytes, &oom);
    }
    holds = holds && !bytes.bad;
    return oom     ? no_memory(l)
           : holds ? CORDON_OK
                   : wrong(l, &l->st->problems, "it does not tell its problems");
}

static cordon_status
load_deletions(struct cd_store_load *l)
{
    struct cd_bytes bytes;
    CORDON_TRY(open_section(l, &l->st->deletions, &bytes));
    uint64_t n = cd_bytes_get(&bytes, UINT64_MAX);
    for (uint64_t i = 0; i < n; i++) {
        uint32_t type = cd_bytes_get_u32(&bytes);
        uint32_t site = cd_bytes_get_u32(&bytes);
        uint32_t id = cd_bytes_get_u32(&bytes);
        int64_t captured = cd_bytes_get_signed(&bytes);
        if (bytes.bad || site >= l->st->n_sites || !cd_store_id_holds(l, type)
            || !cd_store_id_holds(l, id)) {
            return wrong(l, &l->st->deletions, "it does not say what was deleted");
        }
        struct cd_deletion *d =
            CD_PUSH(&l->s->arena, l->s->deletions, l->s->n_deletions, l->s->cap_deletions);
        if (d == NULL) {
            return no_memory(l);
        }
        *d = (struct cd_deletion){type, site, id, captured};
    }
    return bytes.bad ? wrong(l, &l->st->deletions, "it does not say what was deleted") : CORDON_OK;
}

/* ---- all of it ---- */

static cordon_status
load_names(struct cd_store_load *l)
{
    struct cd_bytes bytes;
    CORDON_TRY(open_section(l, &l->st->keep, &bytes));
    cordon_status status = cd_ingest_remember(l->s, &bytes, l->first_source, l->err);
    return status == CORDON_ENOMEM ? no_memory(l)
           : status != CORDON_OK
               ? wrong(l, &l->st->keep, "it does not say how its sources name things")
               : CORDON_OK;
}

static cordon_status
load_everything(struct cd_store_load *l)
{
    void *room;
    CORDON_TRY(cd_store_room(l, l->st->n_nodes, sizeof *l->nodes, &room));
    l->nodes = room;
    memset(l->nodes, 0xFF, l->st->n_nodes * sizeof *l->nodes);
    CORDON_TRY(load_sources(l));
    CORDON_TRY(load_sites(l));
    CORDON_TRY(load_places(l));
    CORDON_TRY(load_shapes(l));
    CORDON_TRY(load_names(l));
    CORDON_TRY(find_tables(l));
    CORDON_TRY(cd_store_load_policies(l));
    CORDON_TRY(load_tables(l));
    CORDON_TRY(load_problems(l));
    CORDON_TRY(load_complete(l));
    return l->is_settled && !l->s->keeps_deletions ? CORDON_OK : load_deletions(l);
}

/* The snapshot's dictionary and heap begin as the store's. */
static cordon_status
begin(struct cd_store_load *l)
{
    struct cd_snapshot *s = l->s;
    s->backing = l->st;
    s->release = cd_store_close;
    s->json = (void *)(uintptr_t)(l->st->file.p + l->st->json.offset);
    s->n_json = s->cap_json = (size_t)l->st->n_json;
    return cd_snapshot_rebase(s, &l->st->dict) ? CORDON_OK : no_memory(l);
}

/* Whoever keeps everything is spared asking for each string. */
static void
check_strings(struct cd_store *st)
{
    for (uint32_t id = 0; id < st->dict.n; id += CD_PACKED_STRINGS) {
        (void)cd_packed_check(&st->dict, id);
    }
}

/* Into a snapshot in which there is nothing yet. */
static cordon_status
read_first(struct cd_snapshot *s, const char *path, const struct cd_str *bytes, bool is_alone,
           struct cordon_error *err)
{
    struct cd_store_load l = {
        .s = s, .is_settled = is_alone, .why_newer = CD_NO_STR, .why_other = CD_NO_STR, .err = err};
    CORDON_TRY(cd_store_open(path, bytes, &l.st, err));
    CORDON_TRY(begin(&l));
    CORDON_TRY(load_everything(&l));
    if (s->projection.all) {
        check_strings(l.st);
    }
    return cd_store_check(s, err);
}

static cordon_status
read_next(struct cd_snapshot *s, const char *path, const struct cd_str *bytes, bool is_alone,
          struct cordon_error *err)
{
    struct cd_snapshot next;
    if (s->n_sources == 0 && s->backing == NULL) {
        return read_first(s, path, bytes, is_alone, err);
    }
    if (cd_snapshot_init(&next, s->projection) != CORDON_OK) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "%.200s: out of memory", path);
    }
    next.keeps_problems = s->keeps_problems;
    cordon_status status = read_first(&next, path, bytes, false, err);
    if (status == CORDON_OK) {
        status = cd_store_append(s, &next, err);
    }
    if (status == CORDON_OK) {
        status = cd_store_check(&next, err); /* its strings are copied */
    }
    cd_snapshot_finish(&next);
    return status;
}

cordon_status
cd_store_read(struct cd_snapshot *s, const char *path, bool is_alone, struct cordon_error *err)
{
    return read_next(s, path, NULL, is_alone, err);
}

cordon_status
cd_store_read_bytes(struct cd_snapshot *s, const char *name, struct cd_str bytes, bool is_alone,
                    struct cordon_error *err)
{
    return read_next(s, name, &bytes, is_alone, err);
}

cordon_status
cd_store_check(const struct cd_snapshot *s, struct cordon_error *err)
{
    const struct cd_store *st = s->backing;
    if (st == NULL) {
        return CORDON_OK;
    }
    CORDON_TRY(cd_store_unchanged(st, err));
    return st->dict.broken == 0 ? CORDON_OK : cd_store_corrupt(st, 0, "", err);
}

cordon_status
cd_store_inspect(const struct cd_snapshot *s, struct cd_store_info *out, struct cordon_error *err)
{
    struct cd_store *st = s->backing;
    struct cd_store_load l = {.st = st, .s = NULL, .err = err};
    struct cd_str heap;
    struct cd_bytes deletions;
    *out = (struct cd_store_info){.version = CD_STORE_VERSION,
                                  .builder = st->builder,
                                  .size = st->file.n,
                                  .n_strings = st->dict.n,
                                  .n_json = st->n_json};
    CORDON_TRY(cd_store_bytes(st, st->json, st->json.size, &heap, err));
    CORDON_TRY(open_section(&l, &st->deletions, &deletions));
    return cd_store_check(s, err);
}
