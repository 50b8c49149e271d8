/* Statements that stand for those of several denies: each is put beside the statements that it
 * replaces, which are read from a document of their own, and both are asked the same. A deny is
 * then compared with what was replaced, so that nothing lies between it and the written bytes. The
 * other statements of such a document are put beside themselves for the same reason. */
#include "compiler/emit/check_parts.h"

cordon_status
cd_check_spread(struct cd_check *check, const struct cd_emitted_document *document,
                struct cd_emitted_document *spread, struct cordon_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < document->n_statements; i++) {
        size_t n_sources = document->statements[i].n_sources;
        n += n_sources == 0 ? 1 : n_sources;
    }
    *spread = *document;
    if (n == document->n_statements) {
        return CORDON_OK;
    }
    struct cd_statement *statements = CD_NEW_ARRAY(check->arena, n, struct cd_statement);
    spread->n_statements = 0;
    for (size_t i = 0; i < document->n_statements; i++) {
        const struct cd_statement *s = &document->statements[i];
        for (size_t k = 0; k < s->n_sources; k++) {
            statements[spread->n_statements++] = s->sources[k];
        }
        if (s->n_sources == 0) {
            statements[spread->n_statements++] = *s;
        }
    }
    spread->statements = statements;
    struct cd_buf bytes = CD_BUF_INIT;
    cd_document_write(spread, &bytes);
    if (bytes.oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    spread->bytes = cd_arena_str(check->arena, cd_buf_view(&bytes));
    cd_buf_finish(&bytes);
    return CORDON_OK;
}

/* Do the statements that were replaced deny? */
static cordon_status
sources_deny(void *ctx, const struct cd_decl *control, size_t number,
             const struct cd_access *access, enum cd_truth *out, struct cordon_error *err)
{
    const struct cd_check_deny *d = ctx;
    const struct cd_check_statements sources = {d->statements.items + 1, d->statements.n - 1, 0};
    (void)control;
    (void)number;
    (void)err;
    *out = cd_check_apply(&sources, access);
    return CORDON_OK;
}

/* Both sides are statements, whose lines are compared anyhow. */
static cordon_status
no_trait(void *ctx, const struct cd_decl *control, size_t number, const struct cd_access *access,
         struct cd_str key, struct cd_buf *out, bool *is_told, struct cordon_error *err)
{
    (void)ctx;
    (void)control;
    (void)number;
    (void)access;
    (void)key;
    (void)out;
    (void)err;
    *is_told = true;
    return CORDON_OK;
}

/* One statement, and the N from FIRST on that it replaces, or itself as it was to be written. */
static cordon_status
check_statement(struct cd_check *check, const struct cd_emitted_document *document,
                const struct cd_statement *s, const struct cd_policy_statement *said,
                const struct cd_policy_statement *first, size_t n, struct cordon_error *err)
{
    const struct cd_deny no_deny = {.span = s->span};
    struct cd_check_deny d = {.control = s->control, .deny = &no_deny, .scope = &document->scope};
    struct cd_check with_sources = *check;
    with_sources.fires = sources_deny;
    with_sources.trait = no_trait;
    with_sources.ctx = &d;
    d.check = &with_sources;
    *CD_PUSH(check->arena, d.statements.items, d.statements.n, d.statements.cap) = said;
    for (size_t i = 0; i < n; i++) {
        *CD_PUSH(check->arena, d.statements.items, d.statements.n, d.statements.cap) = &first[i];
    }
    cordon_status status = cd_check_ask(&d, err);
    check->n_asked = with_sources.n_asked;
    return status;
}

cordon_status
cd_check_merged(struct cd_check *check, const struct cd_emitted_document *document,
                const struct cd_policy *policy, const struct cd_emitted_document *spread,
                const struct cd_policy *spread_policy, struct cordon_error *err)
{
    /* What a document allows stands first in both. */
    size_t others = policy->n_statements - document->n_statements;
    size_t at = spread_policy->n_statements - spread->n_statements;
    for (size_t i = 0; i < document->n_statements; i++) {
        const struct cd_statement *s = &document->statements[i];
        size_t n = s->n_sources == 0 ? 1 : s->n_sources;
        struct cd_arena_mark mark = cd_arena_mark(check->arena);
        cordon_status status = check_statement(check, document, s, &policy->statements[others + i],
                                               &spread_policy->statements[at], n, err);
        cd_arena_reset(check->arena, mark);
        CORDON_TRY(status);
        at += n;
    }
    return CORDON_OK;
}
