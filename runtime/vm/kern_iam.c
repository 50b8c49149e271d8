/* Questions about principals: what the documents around them decide together, and whom they can
 * become. */
#include "runtime/vm/questions.h"

void
cd_k_can(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a), *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (cd_vec_both_known(a, d, i, x, y)) {
            cd_vec_set_unknown(a, d, i, e->why_unknown);
        }
        d->v.b[i] = d->v.b[i] == CD_A ? CD_F : d->v.b[i];
    }
}

void
cd_k_becomes(struct cd_eval *e, const struct cd_insn *in)
{
    cd_k_can(e, in);
}
