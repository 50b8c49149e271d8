/* Reductions: what the members of a loop amount to, by lane of the domain that the loop stands in.
 */
#include "runtime/vm/loop.h"

#include <math.h>

/* Rows: so far; columns: one member more (false, true, unknown, absent, which counts as false). */
static const uint8_t all_of[3][4] = {
    [CD_F] = {CD_F, CD_F, CD_F, CD_F},
    [CD_T] = {CD_F, CD_T, CD_U, CD_F},
    [CD_U] = {CD_F, CD_U, CD_U, CD_F},
};
static const uint8_t any_of[3][4] = {
    [CD_F] = {CD_F, CD_T, CD_U, CD_F},
    [CD_T] = {CD_T, CD_T, CD_T, CD_T},
    [CD_U] = {CD_U, CD_T, CD_U, CD_U},
};

void
cd_reduction_begin(struct cd_eval *e, struct cd_reduction *r, const struct cd_insn *in,
                   struct cd_arena *a, uint32_t n)
{
    *r = (struct cd_reduction){.in = in, .arena = a, .n = n, .last_lane = CD_NONE};
    r->out = &e->regs[in->d];
    cd_vec_init(e, a, r->out, e->img->regs.items[in->d].type, n);
    if (in->op == CD_OP_ALL) {
        memset(r->out->v.b, CD_T, n);
    } else if (in->op == CD_OP_COUNT) {
        r->out->hi = CD_NEW_ARRAY(a, n, double);
    } else if (in->op == CD_OP_COLLECT || in->op == CD_OP_MAPEACH) {
        r->out->elem = cd_vec_new(e, a, e->img->types.items[r->out->type].elem, 0);
    }
}

/* Keeps the first reason why a lane is not decided. */
static void
note_reason(struct cd_reduction *r, uint32_t lane, uint32_t reason)
{
    if (reason == 0) {
        return;
    }
    if (!r->out->reason) {
        r->out->reason = CD_NEW_ARRAY(r->arena, r->out->cap, uint32_t);
    }
    if (r->out->reason[lane] == 0) {
        r->out->reason[lane] = reason;
    }
}

static void
quantify(struct cd_reduction *r, const uint8_t table[3][4], const struct cd_vec *a,
         const uint32_t *up)
{
    uint8_t *out = r->out->v.b;
    for (uint32_t i = 0; i < a->n; i++) {
        out[up[i]] = table[out[up[i]]][a->v.b[i]];
    }
    for (uint32_t i = 0; a->reason && i < a->n; i++) {
        if (a->v.b[i] == CD_U) {
            note_reason(r, up[i], a->reason[i]);
        }
    }
}

static void
count(struct cd_reduction *r, const struct cd_vec *a, const uint32_t *up)
{
    for (uint32_t i = 0; i < a->n; i++) {
        r->out->v.f64[up[i]] += a->v.b[i] == CD_T;
        r->out->hi[up[i]] += a->v.b[i] == CD_T || a->v.b[i] == CD_U;
        if (a->v.b[i] == CD_U) {
            note_reason(r, up[i], cd_vec_reason(a, i));
        }
    }
}

static void
open_lane(struct cd_eval *e, struct cd_reduction *r, uint32_t lane, uint32_t reason)
{
    if (r->out->open[lane] == 0) {
        r->out->open[lane] = reason ? reason : e->why_unknown;
    }
}

static void
collect(struct cd_eval *e, struct cd_reduction *r, const struct cd_vec *a,
        const struct cd_vec *cond, const uint32_t *up)
{
    struct cd_vec *elem = r->out->elem;
    for (uint32_t i = 0; i < a->n; i++) {
        uint8_t wanted = cond ? cond->v.b[i] : CD_T;
        enum cd_state state = cd_vec_member_state(a, i);
        uint32_t lane = up[i];
        bool opens = wanted == CD_U || (wanted == CD_T && state == CD_UNKNOWN);
        if (!opens && (wanted != CD_T || state == CD_ABSENT)) {
            continue;
        }
        if (opens) {
            open_lane(e, r, lane, wanted == CD_U ? cd_vec_reason(cond, i) : cd_vec_reason(a, i));
            continue;
        }
        if (r->last_lane != lane) {
            r->last_lane = lane;
            r->out->off[lane] = elem->n;
        }
        cd_vec_append(e, r->arena, elem, a, i);
        r->out->len[lane]++;
    }
}

void
cd_vm_reduce(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_reduction *r = e->reductions[in->d];
    const struct cd_vec *a = cd_vm_reg(e, in->a);
    const uint32_t *up = e->frames[e->img->regs.items[in->a].domain].up;
    if (in->op == CD_OP_ALL) {
        quantify(r, all_of, a, up);
    } else if (in->op == CD_OP_ANY) {
        quantify(r, any_of, a, up);
    } else if (in->op == CD_OP_COUNT) {
        count(r, a, up);
    } else {
        const struct cd_vec *cond =
            in->op == CD_OP_COLLECT && in->b != CD_NONE ? cd_vm_reg(e, in->b) : NULL;
        collect(e, r, a, cond, up);
    }
}

bool
cd_reduction_decided(const struct cd_reduction *r, uint32_t lane)
{
    return r->out->v.b[lane] == (r->in->op == CD_OP_ALL ? CD_F : CD_T);
}

/* The lane's collection is unknown as a whole. */
static void
end_unknown(struct cd_reduction *r, uint32_t lane, uint32_t reason)
{
    if (r->in->op == CD_OP_COUNT) {
        cd_vec_set_interval(r->arena, r->out, lane, 0, INFINITY);
        note_reason(r, lane, reason);
    } else {
        cd_vec_set_unknown(r->arena, r->out, lane, reason);
    }
}

/* One member more, of unknown answer. */
static void
end_open(struct cd_eval *e, struct cd_reduction *r, uint32_t lane, uint32_t reason)
{
    if (r->in->op == CD_OP_COUNT) {
        r->out->hi[lane] = INFINITY;
        note_reason(r, lane, reason);
    } else if (r->in->op == CD_OP_COLLECT || r->in->op == CD_OP_MAPEACH) {
        open_lane(e, r, lane, reason);
    } else if (!cd_reduction_decided(r, lane)) {
        r->out->v.b[lane] = CD_U;
        note_reason(r, lane, reason);
    }
}

void
cd_reduction_end(struct cd_eval *e, struct cd_reduction *r, const struct cd_source *source)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (source->state[i] == CD_UNKNOWN) {
            end_unknown(r, i, source->reason ? source->reason[i] : 0);
        } else if (source->state[i] == CD_ABSENT) {
            if (r->in->op == CD_OP_MAPEACH) {
                cd_vec_set_absent(r->out, i);
            }
        } else if (source->open[i] != 0) {
            end_open(e, r, i, source->open[i]);
        }
    }
    e->reductions[r->in->d] = NULL;
}
