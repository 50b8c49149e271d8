/* From documents of any size to documents within their quotas. */
#include "compiler/emit/fit.h"

#include "compiler/emit/packing.h"
#include "runtime/base/fail.h"
#include "runtime/base/map.h"

#define SHOWN_CONTROLS 3

/* ---- sizes ---- */

static size_t
counted(struct cd_str bytes, const struct cd_quota_row *quota)
{
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        n += quota->blanks_count || bytes.p[i] != ' ';
    }
    return n;
}

size_t
cd_document_size(const struct cd_emitted_document *d)
{
    return counted(d->bytes, &d->quota);
}

static size_t
size_with(const struct cd_emitted_document *d, const struct cd_statement *statements, size_t n)
{
    struct cd_buf bytes = CD_BUF_INIT;
    struct cd_emitted_document with = *d;
    with.statements = statements;
    with.n_statements = n;
    cd_document_write(&with, &bytes);
    size_t size = counted(cd_buf_view(&bytes), &d->quota);
    cd_buf_finish(&bytes);
    return size;
}

size_t
cd_statement_size(const struct cd_emitted_document *d, const struct cd_statement *s)
{
    return size_with(d, s, 1) - size_with(d, NULL, 0);
}

/* ---- one document ---- */

/* A document that is over its quota, on its way to several. */
struct fitting {
    const struct cd_fitting *f;
    struct cd_arena *a;
    struct cd_emitted_document d;
    size_t room; /* for statements in one document */
    struct cordon_error *err;
};

static void
put_control(const struct fitting *x, const struct cd_statement *s, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    struct cd_sources *sources = x->f->sema->sources;
    cd_sources_place(sources, s->span.file, s->span.start, &line, &column, NULL);
    cd_buf_printf(out, "%.*s (%.*s:%u)", CD_FMT(cd_sema_full_name(s->control, x->a)),
                  CD_FMT(sources->files[s->span.file].path), line);
}

/* «m.c (file:line) with 4000 bytes» for the controls that take most, each behind its first one. */
static void
put_largest(const struct fitting *x, struct cd_buf *out)
{
    const struct cd_emitted_document *d = &x->d;
    size_t *sizes = CD_NEW_ARRAY(x->a, d->n_statements + 1, size_t);
    for (size_t i = 0; i < d->n_statements; i++) {
        size_t first = i;
        while (first > 0 && d->statements[first - 1].control == d->statements[i].control) {
            first--;
        }
        sizes[first] += cd_statement_size(d, &d->statements[i]);
    }
    for (size_t shown = 0; shown < SHOWN_CONTROLS; shown++) {
        size_t at = 0;
        for (size_t i = 1; i < d->n_statements; i++) {
            at = sizes[i] > sizes[at] ? i : at;
        }
        if (d->n_statements == 0 || sizes[at] == 0) {
            return;
        }
        cd_buf_puts(out, shown == 0 ? "" : ", ");
        put_control(x, &d->statements[at], out);
        cd_buf_printf(out, " with %zu bytes", sizes[at]);
        sizes[at] = 0;
    }
}

static void
put_limit(const struct fitting *x, struct cd_buf *out)
{
    cd_buf_printf(out, "%.*s may have %u", CD_FMT(cd_target_info[x->d.target].noun),
                  x->d.quota.max_bytes);
    if (x->d.quota.since.n != 0) {
        cd_buf_printf(out, " (since %.*s)", CD_FMT(x->d.quota.since));
    }
}

static cordon_status
fail_document(struct fitting *x)
{
    struct cd_buf text = CD_BUF_INIT;
    size_t size = cd_document_size(&x->d);
    cd_buf_printf(&text, "%.*s has %zu bytes in %zu statement%s, %zu too many: ", CD_FMT(x->d.file),
                  size, x->d.n_statements, x->d.n_statements == 1 ? "" : "s",
                  size - x->d.quota.max_bytes);
    put_limit(x, &text);
    cd_buf_puts(&text, ", and there is only one where it hangs; ");
    if (x->d.scope.existing != NULL) {
        cd_buf_printf(&text, "%zu take the statements that stood there; ",
                      size_with(&x->d, NULL, 0));
    }
    cd_buf_puts(&text, "most take ");
    put_largest(x, &text);
    cd_buf_puts(&text, "; shorten their lists with wildcards, or emit fewer controls into it");
    return cd_fail_with(x->err, CORDON_ELIMIT, &text);
}

static cordon_status
fail_statement(struct fitting *x, const struct cd_statement *s)
{
    struct cd_buf text = CD_BUF_INIT;
    put_control(x, s, &text);
    cd_buf_printf(&text, ": its statement %.*s has %zu bytes, but ", CD_FMT(s->sid),
                  cd_statement_size(&x->d, s));
    put_limit(x, &text);
    cd_buf_printf(
        &text,
        ", of which %zu are left for it; it cannot be said in several statements, since "
        "most of it is the list %.*s; shorten that with wildcards, or split the deny into "
        "denies of fewer actions or resources, each with its own exceptions",
        x->room, CD_FMT(cd_statement_longest(x->a, s)));
    return cd_fail_with(x->err, CORDON_ELIMIT, &text);
}

/* ---- pieces ---- */

struct statements {
    struct cd_statement *items;
    size_t n, cap;
};

/* SIDp2 for the second piece, and on past what is taken. */
static struct cd_str
sid_of_piece(struct cd_arena *a, struct cd_map *taken, struct cd_str sid, size_t piece)
{
    struct cd_str name = cd_arena_printf(a, "%.*sp%zu", CD_FMT(sid), piece + 1);
    for (uint32_t unused; cd_map_get(taken, name, &unused);) {
        name = cd_arena_printf(a, "%.*sp%zu", CD_FMT(sid), ++piece + 1);
    }
    cd_map_put(taken, name, 0);
    return name;
}

static cordon_status
split_large(struct fitting *x, struct cd_map *taken, struct statements *out)
{
    for (size_t i = 0; i < x->d.n_statements; i++) {
        const struct cd_statement *s = &x->d.statements[i];
        /* A piece's Sid is longer by at most as much. */
        size_t longer = sizeof "p999" - 1, n = 0;
        struct cd_statement *pieces = NULL;
        if (cd_statement_size(&x->d, s) <= x->room) {
            *CD_PUSH(x->a, out->items, out->n, out->cap) = *s;
            continue;
        }
        n = x->room <= longer ? 0 : cd_statement_split(x->a, &x->d, s, x->room - longer, &pieces);
        if (n == 0) {
            return fail_statement(x, s);
        }
        for (size_t k = 0; k < n; k++) {
            pieces[k].sid = k == 0 ? pieces[k].sid : sid_of_piece(x->a, taken, s->sid, k);
            *CD_PUSH(x->a, out->items, out->n, out->cap) = pieces[k];
        }
    }
    return CORDON_OK;
}

/* Every statement is at most as large as a document has room for. */
static cordon_status
split_all(struct fitting *x, struct statements *out)
{
    struct cd_map taken;
    cd_map_init(&taken);
    for (size_t i = 0; i < x->d.n_statements; i++) {
        cd_map_put(&taken, x->d.statements[i].sid, 0);
    }
    cordon_status status = split_large(x, &taken, out);
    cd_map_finish(&taken);
    return status;
}

/* ---- packing ---- */

static void
pack(const struct fitting *x, const struct cd_statement *statements, size_t n,
     struct cd_packing *out)
{
    struct cd_pack_item *items = CD_NEW_ARRAY(x->a, n + 1, struct cd_pack_item);
    for (size_t i = 0; i < n; i++) {
        bool is_new = i == 0 || statements[i - 1].control != statements[i].control;
        items[i].size = cd_statement_size(&x->d, &statements[i]) + 1; /* with its comma */
        items[i].group = i == 0 ? 0 : items[i - 1].group + is_new;
    }
    cd_pack(x->a, items, n, x->room + 1, out);
}

static cordon_status
add_packed(struct fitting *x, const struct cd_statement *statements, size_t n,
           const struct cd_packing *packing, struct cd_documents *out)
{
    struct cd_str stem = cd_str_sub(x->d.file, 0, x->d.file.n - (sizeof ".json" - 1));
    for (size_t bin = 0; bin < packing->n_bins; bin++) {
        struct cd_statement *of_bin = CD_NEW_ARRAY(x->a, n, struct cd_statement);
        struct cd_emitted_document d = x->d;
        d.n_statements = 0;
        for (size_t i = 0; i < n; i++) {
            if (packing->bin_of[i] == bin) {
                of_bin[d.n_statements++] = statements[i];
            }
        }
        d.statements = of_bin;
        if (packing->n_bins > 1) {
            d.file = cd_arena_printf(x->a, "%.*s-%zu.json", CD_FMT(stem), bin + 1);
        }
        CORDON_TRY(cd_documents_add(out, d, x->a, x->err));
    }
    out->at_least = packing->lower_bound;
    out->is_minimal = packing->is_minimal;
    return CORDON_OK;
}

/* Into several documents; merged where that makes them fewer. */
static cordon_status
pack_document(struct fitting *x, struct cd_documents *out)
{
    struct statements apart = {.n = 0};
    struct cd_statement *merged;
    struct cd_packing of_apart, of_merged;
    CORDON_TRY(split_all(x, &apart));
    x->d.statements = apart.items;
    x->d.n_statements = apart.n;
    pack(x, apart.items, apart.n, &of_apart);
    size_t n_merged = cd_statements_merge(x->a, &x->d, x->room, &merged);
    pack(x, merged, n_merged, &of_merged);
    return of_merged.n_bins < of_apart.n_bins ? add_packed(x, merged, n_merged, &of_merged, out)
                                              : add_packed(x, apart.items, apart.n, &of_apart, out);
}

/* Into one, which is all there can be: merged where that is enough. */
static cordon_status
shrink_document(struct fitting *x, struct cd_documents *out)
{
    struct cd_statement *merged;
    struct cd_emitted_document d = x->d;
    d.n_statements = cd_statements_merge(x->a, &x->d, x->room, &merged);
    d.statements = merged;
    if (size_with(&d, d.statements, d.n_statements) > d.quota.max_bytes) {
        return fail_document(x);
    }
    return cd_documents_add(out, d, x->a, x->err);
}

cordon_status
cd_fit_documents(const struct cd_fitting *f, struct cd_documents *documents,
                 struct cordon_error *err)
{
    struct cd_documents fitted = {.at_least = documents->n, .is_minimal = true};
    for (size_t i = 0; i < documents->n; i++) {
        struct fitting x = {.f = f, .a = f->emission->arena, .d = documents->items[i], .err = err};
        CORDON_TRY(cd_quota_choose(f->quota, x.d.target, &x.d.quota, err));
        size_t frame = size_with(&x.d, NULL, 0), limit = x.d.quota.max_bytes;
        x.room = frame < limit ? limit - frame : 0;
        if (cd_document_size(&x.d) <= limit) {
            *CD_PUSH(x.a, fitted.items, fitted.n, fitted.cap) = x.d;
        } else if (x.d.quota.max_attached > 1) {
            CORDON_TRY(pack_document(&x, &fitted));
        } else {
            CORDON_TRY(shrink_document(&x, &fitted));
        }
    }
    *documents = fitted;
    for (size_t i = 0; i < fitted.n; i++) {
        const struct cd_emitted_document *d = &fitted.items[i];
        if (cd_document_size(d) > d->quota.max_bytes) {
            return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                               "%.*s was packed beyond its quota", CD_FMT(d->file));
        }
    }
    return CORDON_OK;
}
