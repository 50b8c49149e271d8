/* Statements into documents, one file each; quotas come behind (fit.c). */
#include "compiler/emit/manifest.h"

cordon_status
cd_documents_add(struct cd_documents *out, struct cd_emitted_document d, struct cd_arena *arena,
                 struct cordon_error *err)
{
    struct cd_buf bytes = CD_BUF_INIT;
    cd_document_write(&d, &bytes);
    if (bytes.oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    d.bytes = cd_arena_str(arena, cd_buf_view(&bytes));
    cd_buf_finish(&bytes);
    *CD_PUSH(arena, out->items, out->n, out->cap) = d;
    return CORDON_OK;
}

/* What became of a deny's statements over all documents. */
struct reached {
    bool some, interpolated, in_part;
    const struct cd_scope *old_version; /* the first of those whose policies know no variables */
};

/* Drops the last of the N statements as long as they are of DENY: it stands in a document whole, or
 * not at all. */
static size_t
without(const struct cd_statement *statements, size_t n, const struct cd_deny *deny)
{
    while (n != 0 && statements[n - 1].deny == deny) {
        n--;
    }
    return n;
}

static void
note_old(struct reached *r, const struct cd_scope *scope)
{
    r->old_version = r->old_version == NULL ? scope : r->old_version;
}

/* What the statements say of the scope, into CUT, which has room for all; returns how many. */
static size_t
cut_all(struct cd_emission *e, const struct cd_scope *scope, struct reached *reached,
        struct cd_statement *cut)
{
    const struct cd_deny *refused = NULL;
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (refused != NULL && e->statements[i].deny == refused) {
            continue;
        }
        switch (cd_scope_cut(e->arena, &e->statements[i], scope, &cut[n])) {
        case CD_CUT_NOTHING: break;
        case CD_CUT_INTERPOLATED: reached[i].interpolated = true; break;
        case CD_CUT_IN_PART: reached[i].in_part = true; break;
        case CD_CUT_OLD_VERSION:
            note_old(&reached[i], scope);
            n = without(cut, n, e->statements[i].deny);
            refused = e->statements[i].deny;
            break;
        case CD_CUT_DONE:
            reached[i].some = true;
            n++;
            break;
        }
    }
    return n;
}

static cordon_status
document_of(struct cd_emission *e, const struct cd_scope *scope, struct reached *reached,
            struct cd_statement *cut, struct cd_documents *out, struct cordon_error *err)
{
    const struct cd_existing *existing =
        scope->existing == NULL ? NULL
                                : cd_existing_without(e->arena, scope->existing, e->controls);
    size_t n = cut_all(e, scope, reached, cut);
    if (n == 0 && (existing == NULL || existing->n_replaced == 0)) {
        return CORDON_OK;
    }
    struct cd_statement *statements = CD_NEW_ARRAY(e->arena, n + 1, struct cd_statement);
    memcpy(statements, cut, n * sizeof *cut);
    if (existing != NULL) {
        cd_existing_part_sids(e->arena, existing, statements, n);
    }
    struct cd_emitted_document d = {
        .file = cd_scope_file(e->arena, e->target, scope),
        .target = e->target,
        .scope = *scope,
        .statements = statements,
        .n_statements = n,
    };
    d.scope.existing = existing;
    return cd_documents_add(out, d, e->arena, err);
}

/* Why a deny stands in none of the documents, or not in all; empty if it does. */
static struct cd_str
unreached(struct cd_arena *a, enum cd_target target, struct reached r)
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
    if (r.old_version != NULL) {
        return cd_arena_printf(
            a,
            "it has a variable, `${…}`, and the policy of %.*s has not the version 2012-10-17: it "
            "would be taken literally there; give the policy that version where none of its own "
            "texts has `${`",
            CD_FMT(cd_scope_title(a, r.old_version)));
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
            if (reached[end].old_version != NULL) {
                note_old(&all, reached[end].old_version);
            }
        }
        struct cd_str why = unreached(e->arena, e->target, all);
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
    struct cd_statement *cut = CD_NEW_ARRAY(e->arena, e->n + 1, struct cd_statement);
    *out = (struct cd_documents){.n = 0};
    CORDON_TRY(cd_scopes_of(e, asked, &scopes, &n, err));
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(document_of(e, &scopes[i], reached, cut, out, err));
    }
    list_unreached(e, reached);
    return CORDON_OK;
}
