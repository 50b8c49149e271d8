/* The trace: runs a control for one row with the evaluator's own instructions and keeps what its
 * loops did. Of a loop over a large table only the chunks that decide something are kept. */
#include "runtime/vm/explain.h"

#define KEPT_CHUNKS 4u

/* ---- hooks of the loops ---- */

void
cd_trace_loop_begin(struct cd_eval *e)
{
    struct cd_trace *t = e->trace;
    if (!t || !t->keeps) {
        return;
    }
    struct cd_trace_loop *loop = CD_NEW(t->arena, struct cd_trace_loop);
    loop->last = &loop->chunks;
    loop->next = t->frame->loops;
    loop->domain = CD_NONE;
    t->frame->loops = loop;
}

void
cd_trace_loop_end(struct cd_eval *e, const struct cd_plan *plan, uint32_t at)
{
    if (e->trace && e->trace->keeps) {
        e->trace->frame->loops->domain = e->img->code.items[plan->pc[at]].b;
    }
}

void
cd_trace_chunk_begin(struct cd_eval *e, uint32_t domain)
{
    struct cd_trace *t = e->trace;
    if (!t || !t->keeps) {
        cd_vm_reset(e, e->depth[domain]);
        return;
    }
    struct cd_trace_mark *mark =
        cd_arena_alloc(t->arena, sizeof *mark + e->n_depths * sizeof mark->marks[0]);
    for (uint32_t d = e->depth[domain]; d < e->n_depths; d++) {
        mark->marks[d] = cd_arena_mark(&e->lanes[d]);
    }
    mark->before = t->mark;
    mark->frame = t->frame;
    t->mark = mark;
    struct cd_trace_frame *f = CD_NEW(t->arena, struct cd_trace_frame);
    f->parent = t->frame;
    f->domain = domain;
    t->frame = f;
}

/* Does a lane of the chunk bear on the answer? */
static bool
is_telling(const struct cd_eval *e, const struct cd_reduction *first)
{
    for (const struct cd_reduction *r = first; r; r = r->after) {
        const struct cd_vec *v = &e->regs[r->in->a];
        bool is_bool = v->kind == CD_KIND_BOOL;
        for (uint32_t i = 0; is_bool && i < v->n; i++) {
            bool neutral =
                r->in->op == CD_OP_ALL ? v->v.b[i] == CD_T : v->v.b[i] == CD_F || v->v.b[i] == CD_A;
            if (!neutral) {
                return true;
            }
        }
    }
    return false;
}

static const uint32_t *
copy_u32(struct cd_arena *a, const uint32_t *src, uint32_t n)
{
    uint32_t *copy = CD_NEW_ARRAY(a, n, uint32_t);
    if (n > 0) {
        memcpy(copy, src, n * sizeof *copy);
    }
    return copy;
}

/* Copies the heads of the chunk's registers; their lanes stay where they are. */
static void
keep_registers(struct cd_eval *e, struct cd_trace_frame *f, const struct cd_plan *plan, uint32_t at)
{
    struct cd_arena *a = e->trace->arena;
    uint32_t n = 0;
    f->vecs = CD_NEW_ARRAY(a, plan->end[at] - at, struct cd_vec);
    for (uint32_t i = at; i < plan->end[at]; i++) {
        const struct cd_insn *in = &e->img->code.items[plan->pc[i]];
        if (cd_opinfo[in->op].d == CD_OPERAND_DST
            && e->img->regs.items[in->d].domain == f->domain) {
            cd_idmap_put(a, &f->by_reg, in->d, n);
            f->vecs[n++] = e->regs[in->d];
        }
    }
}

void
cd_trace_chunk_end(struct cd_eval *e, const struct cd_plan *plan, uint32_t at,
                   const struct cd_reduction *first)
{
    struct cd_trace *t = e->trace;
    if (!t || !t->keeps) {
        return;
    }
    struct cd_trace_frame *f = t->frame;
    struct cd_trace_mark *mark = t->mark;
    t->frame = mark->frame;
    t->mark = mark->before;
    struct cd_trace_loop *loop = t->frame->loops;
    if (loop->n_kept > 0 && (loop->n_kept >= KEPT_CHUNKS || !is_telling(e, first))) {
        for (uint32_t d = e->depth[f->domain]; d < e->n_depths; d++) {
            cd_arena_reset(&e->lanes[d], mark->marks[d]);
        }
        return;
    }
    const struct cd_frame *live = &e->frames[f->domain];
    f->n = live->n;
    f->up = copy_u32(t->arena, live->up, live->n);
    f->idx = copy_u32(t->arena, live->idx, live->n);
    keep_registers(e, f, plan, at);
    *loop->last = f;
    loop->last = &f->next;
    loop->n_kept++;
}

/* ---- answers and messages ---- */

void
cd_trace_verdict(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_trace *t = e->trace;
    uint8_t cond = cd_vm_reg(e, in->a)->v.b[0];
    uint8_t where = in->b == CD_NONE ? CD_T : cd_vm_reg(e, in->b)->v.b[0];
    struct cd_trace_require *r = CD_PUSH(t->arena, t->requires, t->n_requires, t->cap_requires);
    *r = (struct cd_trace_require){in->c, in->a, in->b, cd_verdict_fold(where, cond)};
}

void
cd_k_message(struct cd_eval *e, const struct cd_insn *in)
{
    const struct cd_vec *text = cd_vm_reg(e, in->a);
    if (e->trace && e->trace->message_require == in->b && text->kind == CD_KIND_STRING
        && text->state[0] == CD_KNOWN) {
        e->trace->message = text->v.u32[0];
    }
}

/* ---- running ---- */

/* The plans of one control; answers come control by control, so those of the last one are kept. */
static void
plan_control(struct cd_eval *e, uint32_t control)
{
    const struct cd_image *img = e->img;
    if (e->explain_control == control) {
        return;
    }
    struct cd_arena *a = &e->explain_arena;
    e->explain_control = CD_NONE;
    cd_arena_finish(a);
    bool *requires = CD_NEW_ARRAY(a, img->requires.n, bool);
    for (size_t q = 0; q < img->requires.n; q++) {
        requires[q] = img->clauses.items[img->requires.items[q].clause].control == control;
    }
    bool *regs = CD_NEW_ARRAY(a, img->regs.n, bool);
    e->explain_plans = CD_NEW_ARRAY(a, img->sections.n, struct cd_plan);
    for (size_t i = img->sections.n; i-- > 0;) {
        const struct cd_section *s = &img->sections.items[i];
        struct cd_needs needs = {.requires = requires};
        if (s->kind == CD_SECTION_GLOBAL) {
            memset(regs, 0,
                   img->regs.n * sizeof *regs); /* what the rows read of it stands already */
        }
        cd_plan_make(e, a, s, needs, regs, &e->explain_plans[i]);
    }
    e->explain_control = control;
}

static void
run_row(struct cd_eval *e, struct cd_trace *t, enum cd_section_kind kind, uint32_t table,
        uint32_t row)
{
    const struct cd_table *rows = e->s->tables[table];
    for (size_t i = 0; i < e->img->sections.n; i++) {
        const struct cd_section *s = &e->img->sections.items[i];
        bool applies =
            s->shape == CD_NONE ? s->domain != 0 && !rows->derived : s->shape == rows->shape;
        if (s->kind == kind && applies && e->explain_plans[i].n > 1) {
            t->root.domain = s->domain;
            cd_vm_section(e, s, &e->explain_plans[i], rows, &row, 1);
        }
    }
}

/* Runs the estate's clauses or messages. Registers of the whole snapshot that they make again are
 * put back afterwards by the caller. */
static void
run_estate(struct cd_eval *e, enum cd_section_kind kind)
{
    for (size_t i = 0; i < e->img->sections.n; i++) {
        const struct cd_section *s = &e->img->sections.items[i];
        if (s->kind == kind && s->domain == 0) {
            cd_vm_exec(e, &e->explain_plans[i], 0, e->explain_plans[i].n);
        }
    }
}

void
cd_trace_run(struct cd_eval *e, struct cd_trace *t, uint32_t control, uint32_t table, uint32_t row)
{
    cd_vm_globals(e);
    plan_control(e, control);
    for (uint32_t d = 1; d < e->n_depths; d++) {
        cd_vm_reset(e, d);
    }
    t->frame = &t->root;
    t->root.n = 1;
    e->trace = t;
    if (table == CD_NONE) {
        run_estate(e, CD_SECTION_GLOBAL);
    } else {
        run_row(e, t, CD_SECTION_TABLE, table, row);
    }
    e->trace = NULL;
}

void
cd_trace_messages(struct cd_eval *e, struct cd_trace *t, uint32_t control, uint32_t table,
                  uint32_t row)
{
    plan_control(e, control);
    t->keeps = false;
    t->message = CD_NO_STR;
    e->trace = t;
    if (table == CD_NONE) {
        run_estate(e, CD_SECTION_MESSAGES);
    } else {
        run_row(e, t, CD_SECTION_MESSAGES, table, row);
    }
    e->trace = NULL;
}
