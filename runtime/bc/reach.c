/* What controls depend on: a walk backwards from their answers over the code, each register once a
 * control. */
#include "runtime/bc/reach.h"

#include <string.h>

#include "runtime/bc/limits.h"

struct walk {
    const struct cd_image *img;
    struct cd_arena *arena;
    struct cd_reach *out;
    struct cordon_error *err;
    uint32_t *def;        /* by register: the instruction that writes it */
    uint32_t *opener;     /* by domain: its LOOP or PROBE; CD_NONE for others */
    uint32_t *section;    /* by root domain: its section; CD_NONE */
    uint32_t *seen;       /* by register: the last visit's number */
    uint32_t *looped;     /* by domain: likewise, for table loops */
    uint32_t *inner;      /* by domain: a table loop inside it was seen in this visit */
    uint32_t *table_mark; /* by shape, `resource` last */
    uint32_t *param_mark;
    uint32_t *verdicts,
        *verdict_end; /* by control: the instructions that answer for it, in `answers` */
    uint32_t *answers;
    CD_VEC(uint32_t) todo;  /* registers */
    CD_VEC(uint32_t) loops; /* domains of table loops of this control */
    uint32_t visit;
    uint64_t steps;
};

static cordon_status
no_memory(struct walk *w)
{
    return cordon_fail(w->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static cordon_status
push(struct walk *w, uint32_t reg)
{
    if (reg == CD_NONE || w->seen[reg] == w->visit) {
        return CORDON_OK;
    }
    w->seen[reg] = w->visit;
    uint32_t *slot = CD_PUSH(w->arena, w->todo.items, w->todo.n, w->todo.cap);
    if (!slot) {
        return no_memory(w);
    }
    *slot = reg;
    return ++w->steps > CD_LIMIT_REACH_STEPS
               ? cordon_fail(w->err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                             "the controls share too much code to compute their costs")
               : CORDON_OK;
}

static size_t
table_slot(const struct walk *w, uint32_t shape)
{
    return shape == CD_NONE ? w->img->shapes.n : shape;
}

static void
mark_table(struct walk *w, uint32_t shape)
{
    w->table_mark[table_slot(w, shape)] = w->visit;
}

/* The table whose rows the loop of DOMAIN walks through; false if it walks through something else.
 */
static bool
table_of_loop(const struct walk *w, uint32_t domain, uint32_t *shape)
{
    if (w->opener[domain] == CD_NONE) {
        return false;
    }
    const struct cd_insn *in = &w->img->code.items[w->opener[domain]];
    if (in->op != CD_OP_LOOP) {
        return false;
    }
    const struct cd_insn *list = &w->img->code.items[w->def[in->a]];
    while (list->op == CD_OP_BCAST) {
        list = &w->img->code.items[w->def[list->a]];
    }
    *shape = list->a;
    return list->op == CD_OP_TABLE;
}

/* The register was computed in DOMAIN: so its loop is walked through. */
static cordon_status
visit_domain(struct walk *w, uint32_t domain)
{
    uint32_t shape;
    for (uint32_t d = domain; d != CD_NONE && w->opener[d] != CD_NONE;
         d = w->img->domains.items[d].parent) {
        CORDON_TRY(push(w, w->img->code.items[w->opener[d]].d));
        if (w->looped[d] == w->visit || !table_of_loop(w, d, &shape)) {
            continue;
        }
        w->looped[d] = w->visit;
        uint32_t *slot = CD_PUSH(w->arena, w->loops.items, w->loops.n, w->loops.cap);
        if (!slot) {
            return no_memory(w);
        }
        *slot = d;
        for (uint32_t outer = w->img->domains.items[d].parent; outer != CD_NONE;
             outer = w->img->domains.items[outer].parent) {
            w->inner[outer] = w->visit;
        }
    }
    return CORDON_OK;
}

static cordon_status
push_operand(struct walk *w, enum cd_operand kind, uint32_t value)
{
    return kind == CD_OPERAND_REG || kind == CD_OPERAND_OPTREG ? push(w, value) : CORDON_OK;
}

static cordon_status
push_operands(struct walk *w, const struct cd_insn *in)
{
    const struct cd_opinfo *op = &cd_opinfo[in->op];
    CORDON_TRY(push_operand(w, op->a, in->a));
    CORDON_TRY(push_operand(w, op->b, in->b));
    return push_operand(w, op->c, in->c);
}

static cordon_status
visit_reg(struct walk *w, uint32_t reg, bool tables)
{
    const struct cd_insn *in = &w->img->code.items[w->def[reg]];
    if (in->op == CD_OP_PARAM) {
        w->param_mark[in->a] = w->visit;
    }
    if (tables) {
        if (in->op == CD_OP_TABLE || in->op == CD_OP_ROOT) {
            mark_table(w, in->a);
        } else if (in->op == CD_OP_FOLLOW) {
            mark_table(w, in->c);
        } else if (in->op == CD_OP_PROBE) {
            mark_table(w, w->img->indexes.items[in->c].shape);
        }
        CORDON_TRY(visit_domain(w, w->img->regs.items[reg].domain));
    }
    CORDON_TRY(push_operands(w, in));
    /* A reduction walks through the loop that its operand is of. */
    uint32_t inner = cd_opinfo[in->op].a == CD_OPERAND_REG ? w->img->regs.items[in->a].domain : 0;
    if (w->opener[inner] != CD_NONE
        && w->img->domains.items[inner].parent == w->img->regs.items[reg].domain) {
        return push(w, w->img->code.items[w->opener[inner]].d);
    }
    return CORDON_OK;
}

/* The verdicts first, with tables and loops; then messages and denies, of which only the parameters
 * count. */
static cordon_status
visit_answers(struct walk *w, uint32_t control)
{
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = w->verdicts[control]; i < w->verdict_end[control]; i++) {
            const struct cd_insn *in = &w->img->code.items[w->answers[i]];
            if ((in->op == CD_OP_VERDICT) == (pass == 0)) {
                CORDON_TRY(push_operands(w, in));
            }
        }
        while (w->todo.n > 0) {
            CORDON_TRY(visit_reg(w, w->todo.items[--w->todo.n], pass == 0));
        }
    }
    return CORDON_OK;
}

static cordon_status
add_table(struct walk *w, uint32_t shape)
{
    uint32_t *slot = CD_PUSH(w->arena, w->out->tables.items, w->out->tables.n, w->out->tables.cap);
    if (!slot) {
        return no_memory(w);
    }
    *slot = shape;
    return CORDON_OK;
}

/* Lists what this visit marked, ascending. The marks are looked through in whole: counted as work.
 */
static cordon_status
list_marks(struct walk *w, uint32_t control)
{
    struct cd_reach_range *tables = &w->out->control_tables[control];
    struct cd_reach_range *params = &w->out->control_params[control];
    tables->first = (uint32_t)w->out->tables.n;
    for (size_t i = 0; i <= w->img->shapes.n; i++) {
        if (w->table_mark[i] == w->visit) {
            CORDON_TRY(add_table(w, i == w->img->shapes.n ? CD_NONE : (uint32_t)i));
        }
    }
    tables->n = (uint32_t)w->out->tables.n - tables->first;
    params->first = (uint32_t)w->out->params.n;
    for (uint32_t i = 0; i < w->img->params.n; i++) {
        if (w->param_mark[i] == w->visit) {
            uint32_t *slot =
                CD_PUSH(w->arena, w->out->params.items, w->out->params.n, w->out->params.cap);
            if (!slot) {
                return no_memory(w);
            }
            *slot = i;
        }
    }
    params->n = (uint32_t)w->out->params.n - params->first;
    w->steps += w->img->shapes.n + w->img->params.n;
    return w->steps > CD_LIMIT_REACH_STEPS
               ? cordon_fail(w->err, CORDON_ELIMIT, CORDON_NO_OFFSET, "there are too many controls")
               : CORDON_OK;
}

/* ---- costs ---- */

/* A term that is being made: tables from the outermost on. */
struct term {
    uint32_t tables[CD_LIMIT_LOOP_DEPTH + 1];
    uint32_t n;
};

static cordon_status
add_term(struct walk *w, uint32_t control, const struct term *t)
{
    struct cd_reach *out = w->out;
    for (size_t i = out->costs.n; i > 0 && out->costs.items[i - 1].control == control; i--) {
        const struct cd_reach_range *old = &out->costs.items[i - 1].tables;
        w->steps++;
        if (old->n >= t->n && t->n > 0
            && memcmp(out->tables.items + old->first, t->tables, t->n * sizeof *t->tables) == 0) {
            return CORDON_OK;
        }
    }
    struct cd_reach_term *term = CD_PUSH(w->arena, out->costs.items, out->costs.n, out->costs.cap);
    if (!term) {
        return no_memory(w);
    }
    *term = (struct cd_reach_term){control, {(uint32_t)out->tables.n, t->n}};
    for (uint32_t i = 0; i < t->n; i++) {
        CORDON_TRY(add_table(w, t->tables[i]));
    }
    return w->steps > CD_LIMIT_REACH_STEPS
               ? cordon_fail(w->err, CORDON_ELIMIT, CORDON_NO_OFFSET, "the costs are too many")
               : CORDON_OK;
}

/* The tables that the loop of DOMAIN is nested in, from the outermost on, and its own. */
static void
make_term(const struct walk *w, uint32_t domain, struct term *t)
{
    uint32_t reversed[CD_LIMIT_LOOP_DEPTH + 1];
    uint32_t n = 0;
    for (uint32_t d = domain; d != CD_NONE && n <= CD_LIMIT_LOOP_DEPTH;
         d = w->img->domains.items[d].parent) {
        if (w->img->domains.items[d].kind == CD_DOMAIN_ROOT) {
            reversed[n++] = w->img->sections.items[w->section[d]].shape;
        } else if (table_of_loop(w, d, &reversed[n])) {
            n++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        t->tables[i] = reversed[n - 1 - i];
    }
    t->n = n;
}

static cordon_status
list_costs(struct walk *w, uint32_t control)
{
    struct term term;
    for (size_t i = 0; i < w->loops.n; i++) {
        if (w->inner[w->loops.items[i]] != w->visit) {
            make_term(w, w->loops.items[i], &term);
            CORDON_TRY(add_term(w, control, &term));
        }
    }
    const struct cd_control *c = &w->img->controls.items[control];
    for (uint32_t k = 0; k < c->n_clauses; k++) {
        const struct cd_clause_info *clause = &w->img->clauses.items[c->first_clause + k];
        if (!clause->is_estate) {
            term = (struct term){{clause->shape}, 1};
            CORDON_TRY(add_term(w, control, &term));
        }
    }
    return CORDON_OK;
}

/* ---- preparation ---- */

static uint32_t
control_of(const struct cd_image *img, const struct cd_insn *in)
{
    switch ((int)in->op) {
    case CD_OP_VERDICT: return img->clauses.items[img->requires.items[in->c].clause].control;
    case CD_OP_MESSAGE: return img->clauses.items[img->requires.items[in->b].clause].control;
    case CD_OP_FIRE: return img->denies.items[in->c].control;
    default: return CD_NONE;
    }
}

/* Sorts the answering instructions by control, keeping their order: count, sum up, place. */
static void
sort_answers(struct walk *w)
{
    const struct cd_image *img = w->img;
    for (uint32_t i = 0; i < img->code.n; i++) {
        uint32_t control = control_of(img, &img->code.items[i]);
        if (control != CD_NONE) {
            w->verdict_end[control]++;
        }
    }
    uint32_t next = 0;
    for (uint32_t c = 0; c < img->controls.n; c++) {
        w->verdicts[c] = next;
        next += w->verdict_end[c];
        w->verdict_end[c] = w->verdicts[c];
    }
    for (uint32_t i = 0; i < img->code.n; i++) {
        uint32_t control = control_of(img, &img->code.items[i]);
        if (control != CD_NONE) {
            w->answers[w->verdict_end[control]++] = i;
        }
    }
}

static void
find_definitions(struct walk *w)
{
    const struct cd_image *img = w->img;
    memset(w->opener, 0xff, img->domains.n * sizeof *w->opener);
    memset(w->section, 0xff, img->domains.n * sizeof *w->section);
    for (uint32_t i = 0; i < img->code.n; i++) {
        const struct cd_insn *in = &img->code.items[i];
        if (cd_opinfo[in->op].d == CD_OPERAND_DST) {
            w->def[in->d] = i;
        }
        if (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) {
            w->opener[in->b] = i;
        }
    }
    for (uint32_t i = 0; i < img->sections.n; i++) {
        w->section[img->sections.items[i].domain] = i;
    }
}

static cordon_status
prepare(struct walk *w)
{
    const struct cd_image *img = w->img;
    w->def = CD_NEW_ARRAY(w->arena, img->regs.n, uint32_t);
    w->seen = CD_NEW_ARRAY(w->arena, img->regs.n, uint32_t);
    w->opener = CD_NEW_ARRAY(w->arena, img->domains.n, uint32_t);
    w->section = CD_NEW_ARRAY(w->arena, img->domains.n, uint32_t);
    w->looped = CD_NEW_ARRAY(w->arena, img->domains.n, uint32_t);
    w->inner = CD_NEW_ARRAY(w->arena, img->domains.n, uint32_t);
    w->table_mark = CD_NEW_ARRAY(w->arena, img->shapes.n + 1, uint32_t);
    w->param_mark = CD_NEW_ARRAY(w->arena, img->params.n, uint32_t);
    w->verdicts = CD_NEW_ARRAY(w->arena, img->controls.n, uint32_t);
    w->verdict_end = CD_NEW_ARRAY(w->arena, img->controls.n, uint32_t);
    w->answers = CD_NEW_ARRAY(w->arena, img->code.n, uint32_t);
    w->out->control_tables = CD_NEW_ARRAY(w->arena, img->controls.n, struct cd_reach_range);
    w->out->control_params = CD_NEW_ARRAY(w->arena, img->controls.n, struct cd_reach_range);
    if (!w->def || !w->seen || !w->opener || !w->section || !w->looped || !w->inner
        || !w->table_mark || !w->param_mark || !w->verdicts || !w->verdict_end || !w->answers
        || !w->out->control_tables || !w->out->control_params) {
        return no_memory(w);
    }
    find_definitions(w);
    sort_answers(w);
    return CORDON_OK;
}

static cordon_status
visit_control(struct walk *w, uint32_t control)
{
    w->visit++;
    w->loops.n = 0;
    const struct cd_control *c = &w->img->controls.items[control];
    for (uint32_t k = 0; k < c->n_clauses; k++) {
        const struct cd_clause_info *clause = &w->img->clauses.items[c->first_clause + k];
        if (!clause->is_estate) {
            mark_table(w, clause->shape);
        }
    }
    return visit_answers(w, control);
}

cordon_status
cd_reach_compute(const struct cd_image *img, struct cd_arena *arena, struct cd_reach *out,
                 struct cordon_error *err)
{
    *out = (struct cd_reach){0};
    struct walk w = {.img = img, .arena = arena, .out = out, .err = err};
    CORDON_TRY(prepare(&w));
    for (uint32_t c = 0; c < img->controls.n; c++) {
        CORDON_TRY(visit_control(&w, c));
        CORDON_TRY(list_marks(&w, c));
        CORDON_TRY(list_costs(&w, c));
    }
    return CORDON_OK;
}
