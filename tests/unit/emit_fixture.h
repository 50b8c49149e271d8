/* An emission of one file of policies, and the check of it: what the tests of the check share. */
#ifndef CD_TESTS_EMIT_FIXTURE_H
#define CD_TESTS_EMIT_FIXTURE_H

#include <criterion/criterion.h>

#include "compiler/cli/emit_check.h"
#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"
#include "compiler/emit/fit.h"

#define FX_DOCUMENTS 8

struct emission {
    struct cd_frontend front;
    struct cd_param_texts params;
    struct cd_const_env env;
    struct cd_loaded program;
    struct cd_emission emission;
    struct cd_documents documents;
    struct cordon_error err;
};

static inline void
fx_begin(struct emission *e, const char *policies)
{
    memset(e, 0, sizeof *e);
    cd_frontend_init(&e->front);
    cr_assert_eq(
        cd_cli_compile_bound(&e->front, &policies, 1, &e->params, &e->env, &e->program, &e->err),
        CORDON_OK, "%s", e->err.message);
}

static inline void
fx_end(struct emission *e)
{
    cd_loaded_finish(&e->program);
    cd_frontend_finish(&e->front);
}

/* What an emission is of. */
struct fx_call {
    struct emission *e;
    enum cd_target target;
    struct cd_emit_asked asked;
    struct cd_quota_choice quota;
};

static inline cordon_status
fx_make(void *ctx)
{
    const struct fx_call *call = ctx;
    struct emission *e = call->e;
    const struct cd_fitting fitting = {&e->emission, &e->front.sema, &call->quota};
    e->emission = (struct cd_emission){
        .arena = &e->front.arena, .target = call->target, .diags = &e->front.diags};
    cd_emit_statements(&e->emission, &e->front.sema, &e->env);
    CORDON_TRY(cd_emit_documents(&e->emission, &call->asked, &e->documents, &e->err));
    return cd_fit_documents(&fitting, &e->documents, &e->err);
}

static inline void
fx_emit(struct fx_call call)
{
    struct emission *e = call.e;
    cr_assert_eq(cd_frontend_guard(&e->front, fx_make, &call, &e->err), CORDON_OK, "%s",
                 e->err.message);
    cr_assert_leq(e->documents.n, FX_DOCUMENTS);
}

struct fx_changed {
    struct emission *e;
    struct cd_documents documents;
};

static inline cordon_status
fx_ask(void *ctx)
{
    const struct fx_changed *changed = ctx;
    struct emission *e = changed->e;
    const struct cd_emit_checked checked = {.sema = &e->front.sema,
                                            .program = &e->program,
                                            .params = &e->params,
                                            .env = &e->env,
                                            .emission = &e->emission,
                                            .documents = &changed->documents};
    return cd_cli_check_emission(&checked, &e->front.arena, &e->err);
}

/* The check, with the AT-th document's bytes replaced. */
static inline cordon_status
fx_check(struct emission *e, size_t at, struct cd_str bytes)
{
    struct cd_emitted_document items[FX_DOCUMENTS];
    struct fx_changed changed = {e, {.items = items, .n = e->documents.n}};
    for (size_t i = 0; i < e->documents.n; i++) {
        items[i] = e->documents.items[i];
    }
    items[at].bytes = bytes;
    return cd_frontend_guard(&e->front, fx_ask, &changed, &e->err);
}

#endif
