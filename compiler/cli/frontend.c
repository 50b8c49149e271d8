/* Load, parse and check under one guard against running out of memory. */
#include "compiler/cli/frontend.h"

#include <stdio.h>
#include <unistd.h>

void
cd_frontend_init(struct cd_frontend *f)
{
    *f = (struct cd_frontend){.modules = {NULL, 0, 0}};
    cd_arena_init(&f->arena);
    cd_sources_init(&f->sources, &f->arena);
    cd_diags_init(&f->diags, &f->arena);
    cd_types_init(&f->types, &f->arena);
    cd_sema_init(&f->sema, &f->arena, &f->types, &f->diags, &f->sources, &f->modules);
}

void
cd_frontend_finish(struct cd_frontend *f)
{
    cd_sema_finish(&f->sema);
    cd_arena_finish(&f->arena);
}

cordon_status
cd_frontend_guard(struct cd_frontend *f, cordon_status (*fn)(void *ctx), void *ctx,
                  struct cordon_error *err)
{
    jmp_buf here;
    jmp_buf *volatile outer = f->arena.on_oom;
    if (setjmp(here) != 0) {
        f->arena.on_oom = outer;
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory while compiling");
    }
    f->arena.on_oom = &here;
    cordon_status status = fn(ctx);
    f->arena.on_oom = outer;
    return status;
}

struct run {
    struct cd_frontend *f;
    const char *const *policies;
    size_t n;
    struct cordon_error *err;
    bool parse_only;
};

static cordon_status
run(void *ctx)
{
    struct run *r = ctx;
    struct cd_frontend *f = r->f;
    struct cd_load load = {
        .arena = &f->arena, .sources = &f->sources, .diags = &f->diags, .modules = &f->modules};
    CORDON_TRY(cd_load(&load, r->policies, r->n, r->err));
    if (f->diags.n_errors > 0) {
        return CORDON_EPOLICY; /* of a tree with holes, the later stages would only find follow-on
                                  errors */
    }
    return r->parse_only ? CORDON_OK : cd_sema_check(&f->sema);
}

cordon_status
cd_frontend_parse(struct cd_frontend *f, const char *const *policies, size_t n,
                  struct cordon_error *err)
{
    struct run r = {f, policies, n, err, true};
    return cd_frontend_guard(f, run, &r, err);
}

cordon_status
cd_frontend_run(struct cd_frontend *f, const char *const *policies, size_t n,
                struct cordon_error *err)
{
    struct run r = {f, policies, n, err, false};
    return cd_frontend_guard(f, run, &r, err);
}

struct printing {
    struct cd_frontend *f;
    struct cd_out out;
};

static cordon_status
print_diagnostics(void *ctx)
{
    struct printing *p = ctx;
    cd_diags_text(&p->f->diags, &p->f->sources, cd_out_wants_colour(STDERR_FILENO), &p->out);
    return CORDON_OK;
}

int
cd_frontend_report(struct cd_frontend *f, cordon_status status, const struct cordon_error *err)
{
    struct printing p = {.f = f};
    cd_out_init(&p.out, STDERR_FILENO, "standard error");
    cordon_status printed = cd_frontend_guard(f, print_diagnostics, &p, NULL);
    cordon_status flushed = cd_out_finish(&p.out, NULL);
    (void)printed; /* nothing can be said if standard error cannot be written to */
    (void)flushed;
    if (status == CORDON_OK) {
        return 0;
    }
    if (status != CORDON_EPOLICY) {
        (void)fprintf(stderr, "cordon: %s\n", err->message);
    }
    return status == CORDON_EDEFECT ? 70 : 2;
}
