/* Logic of three values: absent counts as false wherever a bool is read as a condition. */
#include "runtime/vm/group.h"
#include "runtime/vm/vm.h"

/* By the values of the two sides, in the order of enum cd_answer_value. */
static const uint8_t and_of[4][4] = {
    [CD_F] = {CD_F, CD_F, CD_F, CD_F},
    [CD_T] = {CD_F, CD_T, CD_U, CD_F},
    [CD_U] = {CD_F, CD_U, CD_U, CD_F},
    [CD_A] = {CD_F, CD_F, CD_F, CD_F},
};
static const uint8_t or_of[4][4] = {
    [CD_F] = {CD_F, CD_T, CD_U, CD_F},
    [CD_T] = {CD_T, CD_T, CD_T, CD_T},
    [CD_U] = {CD_U, CD_T, CD_U, CD_U},
    [CD_A] = {CD_F, CD_T, CD_U, CD_F},
};
static const uint8_t not_of[4] = {[CD_F] = CD_T, [CD_T] = CD_F, [CD_U] = CD_U, [CD_A] = CD_T};

/* An undecided lane has the reason of its first undecided side. */
static void
merge_reasons(struct cd_arena *a, struct cd_vec *d, const struct cd_vec *x, const struct cd_vec *y)
{
    if (!x->reason && !y->reason) {
        return;
    }
    for (uint32_t i = 0; i < d->n; i++) {
        if (d->v.b[i] == CD_U) {
            uint32_t reason = x->v.b[i] == CD_U ? cd_vec_reason(x, i) : 0;
            cd_vec_set_unknown(a, d, i, reason ? reason : cd_vec_reason(y, i));
        }
    }
}

/* The conjunction or disjunction of lanes; of lanes that are decided it is that of their bits. */
static void
combine(struct cd_eval *e, const struct cd_insn *in, const uint8_t table[4][4], bool is_and)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint32_t i = 0;
    while (i < d->n) {
        bool is_group = d->n - i >= CD_GROUP;
        uint64_t left = is_group ? cd_group_load(x->v.b + i) : CD_GROUP_OF(CD_U);
        uint64_t right = is_group ? cd_group_load(y->v.b + i) : CD_GROUP_OF(CD_U);
        if (cd_group_is_decided(left | right)) {
            cd_group_store(d->v.b + i, is_and ? left & right : left | right);
            i += CD_GROUP;
        } else {
            d->v.b[i] = table[x->v.b[i]][y->v.b[i]];
            i++;
        }
    }
    merge_reasons(a, d, x, y);
}

void
cd_k_and(struct cd_eval *e, const struct cd_insn *in)
{
    combine(e, in, and_of, true);
}

void
cd_k_or(struct cd_eval *e, const struct cd_insn *in)
{
    combine(e, in, or_of, false);
}

void
cd_k_not(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint32_t i = 0;
    while (i < d->n) {
        uint64_t word = d->n - i >= CD_GROUP ? cd_group_load(x->v.b + i) : CD_GROUP_OF(CD_U);
        if (cd_group_is_decided(word)) {
            cd_group_store(d->v.b + i, word ^ CD_GROUP_OF(CD_T));
            i += CD_GROUP;
        } else {
            d->v.b[i] = not_of[x->v.b[i]];
            i++;
        }
    }
    merge_reasons(a, d, x, x);
}

/* The value of both branches if they agree, else unknown. */
static void
undecided_if(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
             const struct cd_vec *cond, const struct cd_vec *x, const struct cd_vec *y)
{
    enum cd_state sx = cd_vec_state(x, i);
    enum cd_state sy = cd_vec_state(y, i);
    if (sx == CD_ABSENT && sy == CD_ABSENT) {
        cd_vec_set_absent(d, i);
    } else if (sx == CD_KNOWN && sy == CD_KNOWN && cd_vec_same(e, x, i, y, i)) {
        cd_vec_copy_lane(e, a, d, i, x, i);
    } else {
        cd_vec_set_unknown(a, d, i, cd_vec_reason(cond, i));
    }
}

void
cd_k_if(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *cond = cd_vm_reg(e, in->a);
    const struct cd_vec *x = cd_vm_reg(e, in->b);
    const struct cd_vec *y = cd_vm_reg(e, in->c);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    if (d->kind == CD_KIND_LIST) {
        d->elem = cd_vec_new(e, a, e->img->types.items[d->type].elem,
                             0); /* members of both branches meet here */
    }
    for (uint32_t i = 0; i < d->n; i++) {
        if (cond->v.b[i] == CD_U) {
            undecided_if(e, a, d, i, cond, x, y);
        } else {
            cd_vec_copy_lane(e, a, d, i, cond->v.b[i] == CD_T ? x : y, i);
        }
    }
}

void
cd_k_isabsent(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        enum cd_state state = cd_vec_state(x, i);
        d->v.b[i] = state == CD_ABSENT ? CD_T : CD_F;
        if (state == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
        }
    }
}

void
cd_k_observe(struct cd_eval *e, const struct cd_insn *in)
{
    static const uint8_t seen_as[4] = {[CD_F] = CD_SEEN_FALSE,
                                       [CD_T] = CD_SEEN_TRUE,
                                       [CD_U] = CD_SEEN_UNKNOWN,
                                       [CD_A] = CD_SEEN_FALSE};
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *where = in->b == CD_NONE ? NULL : cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint8_t seen = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        d->v.b[i] = x->v.b[i];
        if (!where || and_of[CD_T][where->v.b[i]] != CD_F) {
            seen |= seen_as[x->v.b[i]];
        }
    }
    merge_reasons(a, d, x, x);
    if (in->c < e->n_observed) {
        e->observed[in->c] |= seen;
    }
}
