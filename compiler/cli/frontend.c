/* Load, parse and check under one guard against running out of memory. */
#include "compiler/cli/frontend.h"

#include <stdio.h>
#include <unistd.h>

#include "runtime/driver/exit.h"

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
    if (r->parse_only) {
        return CORDON_OK;
    }
    CORDON_TRY(cd_sema_check(&f->sema));
    return cd_derive_denies(&f->sema, &f->derive);
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
    cd_diags_text(&p->f->diags, &p->f->sources, cd_out_wants_colour(p->out.fd), &p->out);
    return CORDON_OK;
}

int
cd_frontend_report(struct cd_frontend *f, cordon_status status, const struct cordon_error *err)
{
    return cd_frontend_report_to(f, status, err, STDERR_FILENO);
}

int
cd_frontend_report_to(struct cd_frontend *f, cordon_status status, const struct cordon_error *err,
                      int fd)
{
    struct printing p = {.f = f};
    struct cordon_error failure = {.code = CORDON_OK};
    cd_out_init(&p.out, fd, fd == STDOUT_FILENO ? "standard output" : "standard error");
    cordon_status printed = cd_frontend_guard(f, print_diagnostics, &p, NULL);
    (void)printed; /* without memory the exit code says so */
    if (cd_out_finish(&p.out, &failure) != CORDON_OK && fd == STDOUT_FILENO) {
        return cd_cli_fail(CORDON_EIO, &failure);
    }
    return status == CORDON_EPOLICY ? CD_EXIT_WRONG : cd_cli_fail(status, err);
}

cordon_status
cd_frontend_write(struct cd_frontend *f, const char *option, const char *path, struct cd_str bytes,
                  struct cordon_error *err)
{
    struct cd_buf source = CD_BUF_INIT;
    cordon_status status = CORDON_OK;
    for (size_t i = 0; status == CORDON_OK && i < f->sources.n; i++) {
        cd_buf_clear(&source);
        cd_buf_str(&source, f->sources.files[i].path);
        cd_buf_putc(&source, '\0');
        if (source.oom) {
            status = cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
        } else if (!f->sources.files[i].builtin && cd_path_is_same(path, source.p)) {
            status =
                cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                            "%s %s: this is one of the policies; name another file", option, path);
        }
    }
    cd_buf_finish(&source);
    return status == CORDON_OK ? cd_file_write(path, bytes, err) : status;
}
