/* Statements into documents, one file each, and the check against quotas. */
#include <stdlib.h>

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

static struct cd_quota_row
quota_of(enum cd_target target)
{
    return cd_quota_of(cd_target_info[target].quota, (struct cd_str){"", 0});
}

/* All statements in one document. */
static cordon_status
one_document(struct cd_emission *e, const struct cd_emit_asked *asked, struct cd_documents *out,
             struct cordon_error *err)
{
    const struct cd_emitted_document d = {
        .file = cd_arena_printf(e->arena, "%.*s.json", CD_FMT(cd_target_info[e->target].file)),
        .target = e->target,
        .quota = quota_of(e->target),
        .partition = asked->partition,
        .account = asked->account,
        .statements = e->statements,
        .n_statements = e->n,
    };
    if (cd_target_info[e->target].allows == CD_ALLOWS_ACCOUNT && asked->account.n == 0) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "%.*s has to leave the account in control: name it with --account ID",
                           CD_FMT(cd_target_info[e->target].noun));
    }
    return e->n == 0 ? CORDON_OK : add_document(e, d, out, err);
}

/* ---- bucket policies ---- */

/* What became of a deny's statements over all buckets. */
struct reached {
    bool some, interpolated;
};

static int
by_name(const void *x, const void *y)
{
    const struct cd_bucket *a = x, *b = y;
    int order = cd_str_cmp(a->name, b->name);
    return order != 0 ? order : cd_str_cmp(a->partition, b->partition);
}

static size_t
all_buckets(const struct cd_emission *e, const struct cd_bucket *asked, size_t n_asked,
            struct cd_bucket **out)
{
    struct cd_bucket *named;
    size_t n_named = cd_buckets_named(e, &named), n = 0;
    *out = CD_NEW_ARRAY(e->arena, n_named + n_asked + 1, struct cd_bucket);
    memcpy(*out, asked, n_asked * sizeof *asked);
    if (n_named != 0) {
        memcpy(*out + n_asked, named, n_named * sizeof *named);
    }
    qsort(*out, n_asked + n_named, sizeof **out, by_name);
    for (size_t i = 0; i < n_asked + n_named; i++) {
        if (n == 0 || !cd_bucket_eq(&(*out)[n - 1], &(*out)[i])) {
            (*out)[n++] = (*out)[i];
        }
    }
    return n;
}

static cordon_status
bucket_document(struct cd_emission *e, const struct cd_bucket *b, struct reached *reached,
                struct cd_documents *out, struct cordon_error *err)
{
    struct cd_statement *cut = CD_NEW_ARRAY(e->arena, e->n + 1, struct cd_statement);
    size_t n = 0;
    bool is_aws = cd_str_eq(b->partition, CD_STR("aws"));
    for (size_t i = 0; i < e->n; i++) {
        switch (cd_bucket_cut(e->arena, &e->statements[i], b, &cut[n])) {
        case CD_CUT_NOTHING: break;
        case CD_CUT_INTERPOLATED: reached[i].interpolated = true; break;
        case CD_CUT_DONE:
            reached[i].some = true;
            n++;
            break;
        }
    }
    if (n == 0) {
        return CORDON_OK;
    }
    const struct cd_emitted_document d = {
        .file =
            cd_arena_printf(e->arena, "bucket-policy-%.*s%s%.*s.json", CD_FMT(b->name),
                            is_aws ? "" : "@", is_aws ? 0 : (int)b->partition.n, b->partition.p),
        .target = CD_TARGET_BUCKET_POLICY,
        .bucket = b,
        .quota = quota_of(CD_TARGET_BUCKET_POLICY),
        .statements = cut,
        .n_statements = n,
    };
    return add_document(e, d, out, err);
}

/* A deny all of whose statements reach no bucket stands in no document. */
static void
list_unreached(struct cd_emission *e, const struct reached *reached)
{
    for (size_t first = 0, end; first < e->n; first = end) {
        const struct cd_statement *s = &e->statements[first];
        bool some = false, interpolated = false;
        for (end = first; end < e->n && e->statements[end].deny == s->deny; end++) {
            some = some || reached[end].some;
            interpolated = interpolated || reached[end].interpolated;
        }
        if (interpolated) {
            cd_emission_refuse(e, s->control, s->span,
                               CD_STR("the bucket's name comes from a key of the request: it "
                                      "stands in no policy of one bucket"));
        } else if (!some) {
            cd_emission_refuse(e, s->control, s->span,
                               CD_STR("it speaks of none of the buckets of this emission"));
        }
    }
}

static cordon_status
bucket_documents(struct cd_emission *e, const struct cd_emit_asked *asked, struct cd_documents *out,
                 struct cordon_error *err)
{
    struct cd_bucket *buckets;
    size_t n = all_buckets(e, asked->buckets, asked->n_buckets, &buckets);
    struct reached *reached = CD_NEW_ARRAY(e->arena, e->n + 1, struct reached);
    if (n == 0 && e->n != 0) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "no bucket is named: neither by --bucket NAME nor, without wildcards, "
                           "after the `on` of a deny");
    }
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(bucket_document(e, &buckets[i], reached, out, err));
    }
    list_unreached(e, reached);
    return CORDON_OK;
}

cordon_status
cd_emit_documents(struct cd_emission *e, const struct cd_emit_asked *asked,
                  struct cd_documents *out, struct cordon_error *err)
{
    *out = (struct cd_documents){.n = 0};
    switch (e->target) {
    case CD_TARGET_BUCKET_POLICY: return bucket_documents(e, asked, out, err);
    case CD_TARGET_SCP:
    case CD_TARGET_RCP:
    case CD_TARGET_ENDPOINT_POLICY:
    case CD_TARGET_KEY_POLICY:
    case CD_TARGET_BOUNDARY: return one_document(e, asked, out, err);
    case CD_N_TARGETS: break;
    }
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
