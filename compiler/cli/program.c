/* From policies to a verified program. */
#include "compiler/cli/program.h"

#include <stdio.h>
#include <string.h>

#include "compiler/cli/param_env.h"
#include "compiler/codegen/codegen.h"

struct compilation {
    struct cd_frontend *front;
    struct cd_buf *bytes;
    bool observes;
    struct cordon_error *err;
};

static cordon_status
generate(void *ctx)
{
    struct compilation *c = ctx;
    struct cd_image img;
    CORDON_TRY(c->observes ? cd_codegen_observed(&c->front->sema, NULL, &img, c->err)
                           : cd_codegen(&c->front->sema, NULL, &img, c->err));
    return cd_image_write(&img, c->bytes, c->err);
}

/* An image of our own that is refused is our own fault. */
static cordon_status
load(struct cd_str bytes, struct cd_loaded *out, struct cordon_error *err)
{
    cordon_status status = cd_loaded_read("the compiled program", bytes, out, err);
    if (status != CORDON_OK && status != CORDON_ENOMEM) {
        if (err != NULL) {
            err->code = CORDON_EDEFECT;
        }
        return CORDON_EDEFECT;
    }
    return status;
}

static cordon_status
compile(struct compilation *c, struct cd_loaded *out)
{
    CORDON_TRY(cd_frontend_guard(c->front, generate, c, c->err));
    return load(cd_buf_view(c->bytes), out, c->err);
}

cordon_status
cd_cli_compile(struct cd_frontend *front, const char *const *policies, size_t n,
               struct cd_loaded *out, struct cd_buf *bytes, struct cordon_error *err)
{
    CORDON_TRY(cd_frontend_run(front, policies, n, err));
    struct cd_buf own = CD_BUF_INIT;
    struct compilation c = {front, bytes != NULL ? bytes : &own, false, err};
    cordon_status status = compile(&c, out);
    cd_buf_finish(&own);
    return status;
}

cordon_status
cd_cli_compile_observed(struct cd_frontend *front, struct cd_loaded *out, struct cordon_error *err)
{
    struct cd_buf bytes = CD_BUF_INIT;
    struct compilation c = {front, &bytes, true, err};
    cordon_status status = compile(&c, out);
    cd_buf_finish(&bytes);
    return status;
}

cordon_status
cd_cli_compile_given(struct cd_frontend *front, const struct cd_const_env *env, bool observes,
                     struct cd_buf *bytes, struct cd_loaded *out, struct cordon_error *err)
{
    struct cd_image img;
    CORDON_TRY(observes ? cd_codegen_observed(&front->sema, env, &img, err)
                        : cd_codegen(&front->sema, env, &img, err));
    cd_buf_clear(bytes);
    CORDON_TRY(cd_image_write(&img, bytes, err));
    return load(cd_buf_view(bytes), out, err);
}

struct binding {
    struct cd_frontend *front;
    const struct cd_param_texts *params;
    struct cd_const_env *env;
    struct cd_loaded *out;
    struct cd_loaded draft;
    struct cd_buf bytes;
    struct cordon_error *err;
};

/* A draft first, which says what parameters there are and of which types. */
static cordon_status
bind(void *ctx)
{
    struct binding *b = ctx;
    struct cd_image img;
    CORDON_TRY(cd_codegen(&b->front->sema, NULL, &img, b->err));
    CORDON_TRY(cd_image_write(&img, &b->bytes, b->err));
    CORDON_TRY(load(cd_buf_view(&b->bytes), &b->draft, b->err));
    CORDON_TRY(cd_param_env(&b->front->sema, b->draft.program.img, &b->params->texts,
                            &b->params->files, &b->front->arena, b->env, b->err));
    cd_buf_clear(&b->bytes);
    CORDON_TRY(cd_codegen_bound(&b->front->sema, b->env, &img, b->err));
    CORDON_TRY(cd_image_write(&img, &b->bytes, b->err));
    return load(cd_buf_view(&b->bytes), b->out, b->err);
}

cordon_status
cd_cli_compile_bound(struct cd_frontend *front, const char *const *policies, size_t n,
                     const struct cd_param_texts *params, struct cd_const_env *env,
                     struct cd_loaded *out, struct cordon_error *err)
{
    struct binding b = {.front = front, .params = params, .env = env, .out = out, .err = err};
    CORDON_TRY(cd_frontend_run(front, policies, n, err));
    cordon_status status = cd_frontend_guard(front, bind, &b, err);
    cd_loaded_finish(&b.draft);
    cd_buf_finish(&b.bytes);
    return status;
}
