/* Loops: the members of each parent lane's list become lanes of an inner domain, a chunk at a time,
 * and are reduced again into the parent's lanes. No product of tables is ever materialized: a loop
 * of quantifiers ends as soon as every parent lane is decided. */
#include "runtime/vm/loop.h"

/* Members of parent lanes: for each a range of `elem`, and one range that all share. */
struct supply {
    const struct cd_vec *elem;
    const uint32_t *off, *len; /* by parent lane */
    uint32_t shared_off, shared_len;
    const uint8_t *shares; /* by parent lane: does it take the shared range? NULL: none does */
};

/* A running loop. */
struct loop {
    struct cd_eval *e;
    const struct cd_plan *plan;
    uint32_t at, end; /* of the plan: LOOP and ENDLOOP */
    const struct cd_insn *in;
    uint32_t domain, parent;
    uint32_t n; /* parent lanes */
    struct supply supply;
    struct cd_reduction *first; /* list of the loop's reductions */
    bool can_leave;             /* all of them are quantifiers */
    uint32_t *next;             /* by parent lane: the member that comes next */
    uint32_t *up, *idx;         /* the chunk: parent lane and element of each lane */
    uint32_t filled;
};

static uint32_t
members_of(const struct supply *s, uint32_t lane)
{
    return s->len[lane] + (s->shares && s->shares[lane] ? s->shared_len : 0);
}

static uint32_t
member_at(const struct supply *s, uint32_t lane, uint32_t k)
{
    return k < s->len[lane] ? s->off[lane] + k : s->shared_off + (k - s->len[lane]);
}

/* ---- where the members come from ---- */

static void
supply_of_list(struct loop *l, struct cd_source *source)
{
    const struct cd_vec *list = cd_vm_reg(l->e, l->in->a);
    struct cd_arena *a = cd_vm_arena(l->e, l->parent);
    uint32_t *len = CD_NEW_ARRAY(a, l->n, uint32_t);
    for (uint32_t i = 0; i < l->n; i++) {
        len[i] = list->state[i] == CD_KNOWN ? list->len[i] : 0;
    }
    l->supply = (struct supply){.elem = list->elem, .off = list->off, .len = len};
    *source = (struct cd_source){.state = list->state, .open = list->open, .reason = list->reason};
}

static void
supply_of_index(struct loop *l, struct cd_source *source)
{
    struct cd_eval *e = l->e;
    const struct cd_vec *key = cd_vm_reg(e, l->in->a);
    struct cd_join_index *index = cd_vm_join(e, l->in->c);
    index->rows->type = e->img->regs.items[l->in->d].type;
    struct cd_arena *a = cd_vm_arena(e, l->parent);
    uint32_t *off = CD_NEW_ARRAY(a, l->n, uint32_t);
    uint32_t *len = CD_NEW_ARRAY(a, l->n, uint32_t);
    uint8_t *shares = CD_NEW_ARRAY(a, l->n, uint8_t);
    uint32_t *open = CD_NEW_ARRAY(a, l->n, uint32_t);
    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t group;
        enum cd_state state = cd_vec_state(key, i);
        open[i] = index->open;
        if (state == CD_UNKNOWN) {
            len[i] = index->rows->n;
        } else if (state == CD_KNOWN) {
            shares[i] = 1;
            if (cd_idmap_get(&index->group, key->v.u32[i], &group)) {
                off[i] = index->first[group];
                len[i] = index->len[group];
            }
        }
    }
    l->supply =
        (struct supply){index->rows, off, len, index->first_unknown, index->n_unknown, shares};
    *source = (struct cd_source){.state = CD_NEW_ARRAY(a, l->n, uint8_t), .open = open};
}

/* ---- chunks ---- */

static bool
is_decided(const struct loop *l, uint32_t lane)
{
    for (const struct cd_reduction *r = l->first; l->can_leave && r; r = r->after) {
        if (!cd_reduction_decided(r, lane)) {
            return false;
        }
    }
    return l->can_leave;
}

static void
run_chunk(struct loop *l)
{
    struct cd_eval *e = l->e;
    cd_trace_chunk_begin(e, l->domain);
    struct cd_arena *a = cd_vm_arena(e, l->domain);
    e->frames[l->domain] = (struct cd_frame){l->filled, l->parent, l->up, l->idx};
    cd_vec_gather(e, a, cd_vm_reg(e, l->in->d), l->supply.elem, l->idx, l->filled);
    cd_vm_exec(e, l->plan, l->at + 1, l->end);
    cd_trace_chunk_end(e, l->plan, l->at, l->first);
    l->filled = 0;
}

/* Gives each undecided lane up to QUOTA members of the coming chunks; false if no lane has any
 * left. */
static bool
run_round(struct loop *l, uint32_t quota)
{
    bool more = false;
    for (uint32_t lane = 0; lane < l->n; lane++) {
        uint32_t left = members_of(&l->supply, lane) - l->next[lane];
        uint32_t take = left < quota ? left : quota;
        if (take == 0 || is_decided(l, lane)) {
            continue;
        }
        for (uint32_t k = 0; k < take; k++) {
            l->up[l->filled] = lane;
            l->idx[l->filled++] = member_at(&l->supply, lane, l->next[lane] + k);
            if (l->filled == CD_CHUNK) {
                run_chunk(l);
                if (is_decided(l, lane)) {
                    break;
                }
            }
        }
        l->next[lane] += take;
        more |= left > take;
    }
    return more;
}

/* Members left of lanes that are undecided decide how much each lane gets in the next round. */
static uint32_t
next_quota(const struct loop *l)
{
    uint32_t active = 0;
    for (uint32_t lane = 0; lane < l->n; lane++) {
        active += l->next[lane] < members_of(&l->supply, lane) && !is_decided(l, lane);
    }
    return active == 0 ? CD_CHUNK : active >= CD_CHUNK / 8 ? 8 : CD_CHUNK / active;
}

static void
run_rounds(struct loop *l)
{
    bool more = true;
    while (more) {
        more = run_round(l, l->can_leave ? next_quota(l) : UINT32_MAX);
        if (l->filled > 0 && (l->can_leave || !more)) {
            run_chunk(l);
        }
    }
}

/* ---- reductions ---- */

static bool
is_reduction(uint16_t op)
{
    return op == CD_OP_ALL || op == CD_OP_ANY || op == CD_OP_COUNT || op == CD_OP_COLLECT
           || op == CD_OP_MAPEACH;
}

/* Prepares the reductions that stand in the body itself, not in a loop inside it. */
static void
begin_reductions(struct loop *l)
{
    struct cd_eval *e = l->e;
    struct cd_arena *a = cd_vm_arena(e, l->parent);
    struct cd_reduction **last = &l->first;
    l->can_leave = e->observed == NULL;
    for (uint32_t i = l->at + 1; i < l->end; i++) {
        const struct cd_insn *in = &e->img->code.items[l->plan->pc[i]];
        if (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) {
            i = l->plan->end[i];
        } else if (is_reduction(in->op)) {
            struct cd_reduction *r = CD_NEW(a, struct cd_reduction);
            cd_reduction_begin(e, r, in, a, l->n);
            e->reductions[in->d] = r;
            l->can_leave &= in->op == CD_OP_ALL || in->op == CD_OP_ANY;
            *last = r;
            last = &r->after;
        }
    }
}

uint32_t
cd_vm_loop(struct cd_eval *e, const struct cd_plan *plan, uint32_t i)
{
    const struct cd_insn *in = &e->img->code.items[plan->pc[i]];
    struct loop l = {.e = e, .plan = plan, .at = i, .end = plan->end[i], .in = in, .domain = in->b};
    l.parent = e->img->domains.items[l.domain].parent;
    l.n = e->frames[l.parent].n;
    struct cd_arena *a = cd_vm_arena(e, l.parent);
    struct cd_source source;
    if (in->op == CD_OP_PROBE) {
        supply_of_index(&l, &source);
    } else {
        supply_of_list(&l, &source);
    }
    begin_reductions(&l);
    l.next = CD_NEW_ARRAY(a, l.n, uint32_t);
    uint64_t total = 0;
    for (uint32_t lane = 0; lane < l.n; lane++) {
        total += members_of(&l.supply, lane);
    }
    uint32_t size = total < CD_CHUNK ? (uint32_t)total : CD_CHUNK;
    l.up = CD_NEW_ARRAY(a, size, uint32_t);
    l.idx = CD_NEW_ARRAY(a, size, uint32_t);
    cd_trace_loop_begin(e);
    run_rounds(&l);
    cd_trace_loop_end(e, plan, i);
    for (struct cd_reduction *r = l.first; r; r = r->after) {
        cd_reduction_end(e, r, &source);
    }
    return l.end;
}
