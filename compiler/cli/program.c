/* From policies to a verified program. */
#include "compiler/cli/program.h"

#include <stdio.h>
#include <string.h>

#include "compiler/codegen/codegen.h"

struct compilation {
    struct cd_frontend *front;
    struct cd_buf *bytes;
    struct cordon_error *err;
};

static cordon_status
generate(void *ctx)
{
    struct compilation *c = ctx;
    struct cd_image img;
    CORDON_TRY(cd_codegen(&c->front->sema, &img, c->err));
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

cordon_status
cd_cli_compile(struct cd_frontend *front, const char *const *policies, size_t n,
               struct cd_loaded *out, struct cd_buf *bytes, struct cordon_error *err)
{
    CORDON_TRY(cd_frontend_run(front, policies, n, err));
    struct cd_buf own = CD_BUF_INIT;
    struct compilation c = {front, bytes != NULL ? bytes : &own, err};
    cordon_status status = cd_frontend_guard(front, generate, &c, err);
    if (status == CORDON_OK) {
        status = load(cd_buf_view(c.bytes), out, err);
    }
    cd_buf_finish(&own);
    return status;
}
