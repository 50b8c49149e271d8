/* The verifier: an image in, a program out. The parts are in verify_*.c, layout.c and reach.c. */
#include "runtime/bc/verify.h"

#include <string.h>

#include "runtime/bc/layout.h"
#include "runtime/bc/reach.h"

cordon_status
cd_verify_fail(const struct cd_image *img, uint32_t at, struct cordon_error *err, const char *what)
{
    return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET, "instruction %u (%s): %s", at,
                       cd_opinfo[img->code.items[at].op].mnemonic, what);
}

static cordon_status
mismatch(const struct cd_image *img, uint32_t control, struct cordon_error *err, const char *what)
{
    return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                       "controls[%u] (%.*s): its %s are not those of its code", control,
                       CD_FMT(cd_image_str(img, img->controls.items[control].name)), what);
}

/* Are the N elements at FIRST the same in both arrays? */
static bool
same(const uint32_t *x, const uint32_t *y, uint32_t first, uint32_t n)
{
    return n == 0 || memcmp(x + first, y + first, n * sizeof *x) == 0;
}

static cordon_status
compare_reach(const struct cd_image *img, const struct cd_reach *r, struct cordon_error *err)
{
    for (uint32_t i = 0; i < img->controls.n; i++) {
        const struct cd_control *c = &img->controls.items[i];
        const struct cd_reach_range *t = &r->control_tables[i];
        const struct cd_reach_range *p = &r->control_params[i];
        if (c->first_table != t->first || c->n_tables != t->n
            || !same(img->tables.items, r->tables.items, t->first, t->n)) {
            return mismatch(img, i, err, "tables");
        }
        if (c->first_param != p->first || c->n_params != p->n
            || !same(img->param_refs.items, r->params.items, p->first, p->n)) {
            return mismatch(img, i, err, "parameters");
        }
    }
    for (size_t i = 0; i < img->costs.n && i < r->costs.n; i++) {
        const struct cd_cost *c = &img->costs.items[i];
        const struct cd_reach_term *t = &r->costs.items[i];
        if (c->control != t->control || c->first_table != t->tables.first
            || c->n_tables != t->tables.n
            || !same(img->tables.items, r->tables.items, t->tables.first, t->tables.n)) {
            return mismatch(img, c->control, err, "costs");
        }
    }
    if (img->costs.n != r->costs.n || img->tables.n != r->tables.n
        || img->param_refs.n != r->params.n) {
        return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                           "the costs are not those of the code");
    }
    return CORDON_OK;
}

static cordon_status
verify(const struct cd_image *img, struct cd_arena *tmp, struct cordon_error *err)
{
    CORDON_TRY(cd_image_check_refs(img, err));
    CORDON_TRY(cd_verify_data(img, err));
    CORDON_TRY(cd_verify_controls(img, err));
    CORDON_TRY(cd_verify_flow(img, tmp, err));
    struct cd_reach reach;
    CORDON_TRY(cd_reach_compute(img, tmp, &reach, err));
    return compare_reach(img, &reach, err);
}

cordon_status
cd_program_verify(const struct cd_image *img, struct cd_program *out, struct cordon_error *err)
{
    struct cd_arena tmp;
    cd_arena_init(&tmp);
    cordon_status status = verify(img, &tmp, err);
    cd_arena_finish(&tmp);
    *out = (struct cd_program){status == CORDON_OK ? img : NULL};
    return status;
}
