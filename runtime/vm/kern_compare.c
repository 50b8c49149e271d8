/* Comparisons: equality, order, membership. Of an absent and an unknown side the absent one
 * decides. */
#include "runtime/vm/vm.h"

_Static_assert(CD_KNOWN == 0, "two states are known if their union is");

/* ---- equality ---- */

/* The reason why a comparison of two lanes is not decided. */
static uint32_t
undecided_reason(const struct cd_eval *e, const struct cd_vec *x, const struct cd_vec *y,
                 uint32_t i)
{
    uint32_t reason = cd_vec_state(x, i) == CD_UNKNOWN ? cd_vec_reason(x, i) : 0;
    if (reason == 0 && cd_vec_state(y, i) == CD_UNKNOWN) {
        reason = cd_vec_reason(y, i);
    }
    const struct cd_vec *sides[] = {x, y};
    for (size_t k = 0; reason == 0 && k < 2; k++) {
        if (cd_vec_state(sides[k], i) != CD_KNOWN) {
            continue;
        }
        if (sides[k]->kind == CD_KIND_LIST) {
            reason = sides[k]->open[i];
        } else if (sides[k]->hi && sides[k]->hi[i] != sides[k]->v.f64[i]) {
            reason = cd_vec_reason(sides[k], i) ? cd_vec_reason(sides[k], i) : e->why_interval;
        }
    }
    return reason ? reason : e->why_unknown;
}

static void
set_answer(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
           enum cd_answer_value v, const struct cd_vec *x, const struct cd_vec *y)
{
    d->v.b[i] = (uint8_t)v;
    if (v == CD_U) {
        cd_vec_set_unknown(a, d, i, undecided_reason(e, x, y, i));
    }
}

/* Are two known lanes of X and Y equal by their bits? */
static bool
are_plain(const struct cd_vec *x, const struct cd_vec *y)
{
    return x->kind == y->kind
           && (x->kind == CD_KIND_STRING || (x->kind == CD_KIND_NUMBER && !x->hi && !y->hi));
}

static bool
plain_equal(const struct cd_vec *x, const struct cd_vec *y, uint32_t i)
{
    return x->kind == CD_KIND_STRING ? x->v.u32[i] == y->v.u32[i] : x->v.f64[i] == y->v.f64[i];
}

static uint32_t
lower_text(struct cd_eval *e, uint32_t string)
{
    struct cd_str s = cd_vm_text(e, string);
    struct cd_buf out = CD_BUF_INIT;
    for (size_t i = 0; i < s.n; i++) {
        cd_buf_putc(&out, cd_ascii_lower(s.p[i]));
    }
    uint32_t id = out.oom ? CD_NO_STR : cd_snapshot_str(e->s, cd_buf_view(&out));
    cd_buf_finish(&out);
    if (id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return id;
}

/* X with its strings in lower case, for comparisons without case; lists share nothing with X but
 * what needs no change. */
static const struct cd_vec *
lower_case(struct cd_eval *e, struct cd_arena *a, const struct cd_vec *x)
{
    struct cd_vec *out = CD_NEW(a, struct cd_vec);
    *out = *x;
    out->uni = NULL;
    if (x->kind == CD_KIND_LIST && x->elem) {
        out->elem = (struct cd_vec *)lower_case(e, a, x->elem);
    }
    if (x->kind != CD_KIND_STRING) {
        return out;
    }
    out->v.u32 = CD_NEW_ARRAY(a, x->n, uint32_t);
    for (uint32_t i = 0; i < x->n; i++) {
        out->v.u32[i] = x->state[i] == CD_KNOWN ? lower_text(e, x->v.u32[i]) : x->v.u32[i];
    }
    return out;
}

void
cd_k_eq(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    if (in->c) {
        x = lower_case(e, a, x);
        y = lower_case(e, a, y);
    }
    bool is_plain = are_plain(x, y);
    for (uint32_t i = 0; i < d->n; i++) {
        if (is_plain && (x->state[i] | y->state[i]) == CD_KNOWN) {
            d->v.b[i] = plain_equal(x, y, i);
        } else {
            set_answer(e, a, d, i, cd_vec_equal(e, x, i, y, i), x, y);
        }
    }
}

/* ---- order ---- */

static enum cd_answer_value
numbers_ordered(const struct cd_vec *x, const struct cd_vec *y, uint32_t i, bool or_equal)
{
    double xlo = x->v.f64[i];
    double xhi = x->hi ? x->hi[i] : xlo;
    double ylo = y->v.f64[i];
    double yhi = y->hi ? y->hi[i] : ylo;
    if (or_equal) {
        return xhi <= ylo ? CD_T : xlo > yhi ? CD_F : CD_U;
    }
    return xhi < ylo ? CD_T : xlo >= yhi ? CD_F : CD_U;
}

static enum cd_answer_value
lanes_ordered(const struct cd_vec *x, const struct cd_vec *y, uint32_t i, bool or_equal)
{
    if (x->state[i] == CD_ABSENT || y->state[i] == CD_ABSENT || x->kind != y->kind) {
        return CD_F;
    }
    if (x->state[i] == CD_UNKNOWN || y->state[i] == CD_UNKNOWN) {
        return CD_U;
    }
    if (x->kind == CD_KIND_NUMBER) {
        return numbers_ordered(x, y, i, or_equal);
    }
    if (x->kind != CD_KIND_TIME && x->kind != CD_KIND_DURATION) {
        return CD_F;
    }
    return (or_equal ? x->v.i64[i] <= y->v.i64[i] : x->v.i64[i] < y->v.i64[i]) ? CD_T : CD_F;
}

void
cd_k_order(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        set_answer(e, a, d, i, lanes_ordered(x, y, i, in->op == CD_OP_LE), x, y);
    }
}

/* ---- membership ---- */

/* A count that is not certain is in nothing for certain. */
static enum cd_answer_value
lane_in(struct cd_eval *e, const struct cd_vec *x, const struct cd_vec *list, uint32_t i)
{
    double number;
    if (cd_vec_state(x, i) == CD_ABSENT || list->state[i] == CD_ABSENT) {
        return CD_F;
    }
    if (cd_vec_state(x, i) == CD_UNKNOWN || list->state[i] == CD_UNKNOWN) {
        return CD_U;
    }
    bool is_interval = x->kind == CD_KIND_NUMBER && !cd_vec_point(x, i, &number);
    return is_interval ? CD_U : cd_vec_member(e, x, i, list, i);
}

/* The ids of a set of strings that is the same for every lane. */
static const struct cd_idmap *
constant_members(struct cd_eval *e, const struct cd_vec *set, uint32_t pc)
{
    struct cd_cache *cache = cd_vm_cache(e, pc);
    for (uint32_t k = 0; !cache->members_made && k < set->len[0]; k++) {
        cd_idmap_put(&e->arena, &cache->members, set->elem->v.u32[set->off[0] + k], 1);
    }
    cache->members_made = true;
    return &cache->members;
}

static void
in_constant(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, const struct cd_vec *x,
            const struct cd_vec *y, uint32_t pc)
{
    const struct cd_idmap *members = constant_members(e, y->uni, pc);
    enum cd_answer_value missed = y->uni->open[0] ? CD_U : CD_F;
    uint32_t held;
    for (uint32_t i = 0; i < d->n; i++) {
        enum cd_answer_value v = x->state[i] == CD_ABSENT                    ? CD_F
                                 : x->state[i] == CD_UNKNOWN                 ? CD_U
                                 : cd_idmap_get(members, x->v.u32[i], &held) ? CD_T
                                                                             : missed;
        set_answer(e, a, d, i, v, x, y);
    }
}

void
cd_k_in(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    if (in->c) {
        x = lower_case(e, a, x);
        y = lower_case(e, a, y);
    }
    const struct cd_vec *uni = y->uni;
    if (uni && x->kind == CD_KIND_STRING && uni->state[0] == CD_KNOWN
        && (!uni->elem || uni->elem->kind == CD_KIND_STRING)) {
        in_constant(e, a, d, x, y, pc);
        return;
    }
    for (uint32_t i = 0; i < d->n; i++) {
        set_answer(e, a, d, i, lane_in(e, x, y, i), x, y);
    }
}
