/* Statements into documents, one file each, and the check against quotas. */
#include "compiler/emit/manifest.h"

static cordon_status
add_document(const struct cd_emission *e, struct cd_emitted_document d, struct cd_documents *out,
             struct cordon_error *err)
{
    struct cd_buf bytes = CD_BUF_INIT;
    cd_document_write(&d, &bytes);
    if (bytes.oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    d.bytes = cd_arena_str(e->arena, cd_buf_view(&bytes));
    cd_buf_finish(&bytes);
    *CD_PUSH(e->arena, out->items, out->n, out->cap) = d;
    return CORDON_OK;
}

/* What became of a deny's statements over all documents. */
struct reached {
    bool some, interpolated, in_part;
};

static cordon_status
document_of(struct cd_emission *e, const struct cd_scope *scope, struct reached *reached,
            struct cd_documents *out, struct cordon_error *err)
{
    struct cd_statement *cut = CD_NEW_ARRAY(e->arena, e->n + 1, struct cd_statement);
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        switch (cd_scope_cut(e->arena, &e->statements[i], scope, &cut[n])) {
        case CD_CUT_NOTHING: break;
        case CD_CUT_INTERPOLATED: reached[i].interpolated = true; break;
        case CD_CUT_IN_PART: reached[i].in_part = true; break;
        case CD_CUT_DONE:
            reached[i].some = true;
            n++;
            break;
        }
    }
    const struct cd_emitted_document d = {
        .file = cd_scope_file(e->arena, e->target, scope),
        .target = e->target,
        .scope = *scope,
        .quota = cd_quota_of(cd_target_info[e->target].quota, (struct cd_str){"", 0}),
        .statements = cut,
        .n_statements = n,
    };
    return n == 0 ? CORDON_OK : add_document(e, d, out, err);
}

/* Why a deny stands in none of the documents, or not in all; empty if it does. */
static struct cd_str
unreached(enum cd_target target, struct reached r)
{
    bool are_keys = target == CD_TARGET_KEY_POLICY;
    if (r.interpolated) {
        return are_keys
                   ? CD_STR("which key it speaks of comes from a key of the request: it stands "
                            "in no policy of one key")
                   : CD_STR("the bucket's name comes from a key of the request: it stands in "
                            "no policy of one bucket");
    }
    if (r.in_part) {
        return CD_STR("it speaks of some keys only, and a policy for any key cannot tell which it "
                      "is the policy of; name the keys with --key ARN");
    }
    return r.some     ? CD_STR("")
           : are_keys ? CD_STR("it speaks of none of the keys of this emission")
           : target == CD_TARGET_ENDPOINT_POLICY
               ? CD_STR("it speaks of none of the services of this emission")
               : CD_STR("it speaks of none of the buckets of this emission");
}

static void
list_unreached(struct cd_emission *e, const struct reached *reached)
{
    for (size_t first = 0, end; first < e->n; first = end) {
        const struct cd_statement *s = &e->statements[first];
        struct reached all = {.some = false};
        for (end = first; end < e->n && e->statements[end].deny == s->deny; end++) {
            all.some = all.some || reached[end].some;
            all.interpolated = all.interpolated || reached[end].interpolated;
            all.in_part = all.in_part || reached[end].in_part;
        }
        struct cd_str why = unreached(e->target, all);
        if (why.n != 0) {
            cd_emission_refuse(e, s->control, s->span, why);
        }
    }
}

cordon_status
cd_emit_documents(struct cd_emission *e, const struct cd_emit_asked *asked,
                  struct cd_documents *out, struct cordon_error *err)
{
    struct cd_scope *scopes;
    size_t n;
    struct reached *reached = CD_NEW_ARRAY(e->arena, e->n + 1, struct reached);
    *out = (struct cd_documents){.n = 0};
    CORDON_TRY(cd_scopes_of(e, asked, &scopes, &n, err));
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(document_of(e, &scopes[i], reached, out, err));
    }
    list_unreached(e, reached);
    return CORDON_OK;
}

/* ---- quotas ---- */

#define SHOWN_STATEMENTS 3

size_t
cd_document_size(const struct cd_emitted_document *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->bytes.n; i++) {
        n += d->quota.blanks_count || d->bytes.p[i] != ' ';
    }
    return n;
}

static size_t
size_of(const struct cd_emitted_document *d, size_t i)
{
    struct cd_buf one = CD_BUF_INIT, none = CD_BUF_INIT;
    struct cd_emitted_document part = *d;
    part.n_statements = 0;
    cd_document_write(&part, &none);
    part.statements = &d->statements[i];
    part.n_statements = 1;
    cd_document_write(&part, &one);
    size_t size = one.n - none.n;
    cd_buf_finish(&one);
    cd_buf_finish(&none);
    return size;
}

/* «SID (m.c, file:line) has 4000 bytes», the largest first. */
static void
put_largest(const struct cd_emitted_document *d, const struct cd_sema *sema, struct cd_arena *arena,
            struct cd_buf *out)
{
    size_t *sizes = CD_NEW_ARRAY(arena, d->n_statements + 1, size_t);
    for (size_t i = 0; i < d->n_statements; i++) {
        sizes[i] = size_of(d, i);
    }
    for (size_t shown = 0; shown < SHOWN_STATEMENTS && shown < d->n_statements; shown++) {
        size_t at = 0;
        uint32_t line = 0, column = 0;
        for (size_t i = 1; i < d->n_statements; i++) {
            at = sizes[i] > sizes[at] ? i : at;
        }
        const struct cd_statement *s = &d->statements[at];
        cd_sources_place(sema->sources, s->span.file, s->span.start, &line, &column, NULL);
        cd_buf_printf(out, "%s%.*s of %.*s (%.*s:%u) with %zu bytes", shown == 0 ? "" : ", ",
                      CD_FMT(s->sid), CD_FMT(cd_sema_full_name(s->control, arena)),
                      CD_FMT(sema->sources->files[s->span.file].path), line, sizes[at]);
        sizes[at] = 0;
    }
}

cordon_status
cd_document_fits(const struct cd_emitted_document *d, const struct cd_sema *sema,
                 struct cd_arena *arena, struct cordon_error *err)
{
    struct cd_buf largest = CD_BUF_INIT;
    size_t size = cd_document_size(d);
    if (size <= d->quota.max_bytes) {
        return CORDON_OK;
    }
    put_largest(d, sema, arena, &largest);
    cordon_status status = cordon_fail(
        err, CORDON_ELIMIT, CORDON_NO_OFFSET,
        "%.*s has %zu bytes in %zu statement%s, but a document of this kind may have %u (since "
        "%.*s); the largest: %.*s; emit fewer controls into one document, or shorten their lists "
        "with wildcards",
        CD_FMT(d->file), size, d->n_statements, d->n_statements == 1 ? "" : "s", d->quota.max_bytes,
        CD_FMT(d->quota.since), CD_FMT(cd_buf_view(&largest)));
    cd_buf_finish(&largest);
    return status;
}
