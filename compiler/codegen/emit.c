/* Sections of code: the plan's nodes, domain by domain, in the order that their stages give; values
 * of outer domains are brought in once for each loop. */
#include <stdlib.h>
#include <string.h>

#include "compiler/codegen/gen.h"
#include "runtime/schema/schema.h"

/* A value of an outer domain, repeated in an inner one. */
struct copy {
    uint32_t reg;
    uint32_t older; /* copy of the same node made before, CD_NONE */
};

/* A part of a domain's code. */
struct item {
    uint32_t stage;
    uint32_t loop; /* domain of the loop that makes it; CD_NONE: a plain instruction, after the
                      loops of its stage */
    uint32_t node;
};

/* The section that is being written. */
struct emit {
    struct cd_gen *g;
    uint8_t use;
    const uint32_t *stages;
    uint32_t *reg;    /* by node: its register */
    uint32_t *copies; /* by node: the newest copy, CD_NONE */
    CD_VEC(struct copy) all_copies;
    uint32_t *mark; /* by node: the last pass through a loop that it is part of */
    uint32_t next_mark;
    uint32_t *n_reductions; /* by domain: how many this section has */
    CD_VEC(uint32_t) todo;
};

/* Where code goes: a plan domain, its domain in the image, and the nodes it is about. */
struct place {
    uint32_t domain, image;
    uint32_t mark;      /* nodes with this mark only; 0: all */
    uint32_t first_reg; /* registers from here on may be of `image` */
};

static const struct cd_plan_node *
node_at(const struct emit *e, uint32_t node)
{
    return &e->g->plan.nodes.items[node];
}

/* ---- operands ---- */

/* The register that has NODE's value in the domain of AT. */
static uint32_t
operand_reg(struct emit *e, const struct place *at, uint32_t node)
{
    uint32_t reg = e->reg[node];
    if (e->g->img->regs.items[reg].domain == at->image) {
        return reg;
    }
    for (uint32_t c = e->copies[node]; c != CD_NONE && e->all_copies.items[c].reg >= at->first_reg;
         c = e->all_copies.items[c].older) {
        if (e->g->img->regs.items[e->all_copies.items[c].reg].domain == at->image) {
            return e->all_copies.items[c].reg;
        }
    }
    uint32_t copy = cd_build_value(&e->g->b, CD_OP_BCAST, e->g->img->regs.items[reg].type,
                                   at->image, reg, 0, 0);
    *CD_PUSH(e->g->arena, e->all_copies.items, e->all_copies.n, e->all_copies.cap) =
        (struct copy){copy, e->copies[node]};
    e->copies[node] = (uint32_t)e->all_copies.n - 1;
    return copy;
}

/* The operand VALUE of KIND as the image has it. */
static uint32_t
operand(struct emit *e, const struct place *at, const struct cd_plan_node *n, enum cd_operand kind,
        uint32_t value)
{
    struct cd_gen *g = e->g;
    switch (kind) {
    case CD_OPERAND_REG: return operand_reg(e, at, value);
    case CD_OPERAND_OPTREG: return value == CD_NONE ? CD_NONE : operand_reg(e, at, value);
    case CD_OPERAND_CONST:
        return cd_gen_const(g, g->plan.consts.items[value].type, g->plan.consts.items[value].value);
    case CD_OPERAND_STRING: return cd_build_string(&g->b, g->plan.strings.items[value]);
    case CD_OPERAND_SHAPE: return cd_gen_shape(g, value);
    case CD_OPERAND_SLOT: {
        const struct cd_type *row = node_at(e, n->a)->type;
        return cd_gen_slot(g, value,
                           row->kind == CD_TYPE_POLICY ? cd_schema_policy_shape() : row->shape);
    }
    case CD_OPERAND_INDEX: return cd_gen_index(g, value);
    case CD_OPERAND_PARAM:
    case CD_OPERAND_REQUIRE:
    case CD_OPERAND_DENY:
    case CD_OPERAND_IMM:
    case CD_OPERAND_FLAG: return value;
    case CD_OPERAND_NONE:
    case CD_OPERAND_DST:
    case CD_OPERAND_DOMAIN: break;
    }
    return 0;
}

/* Writes N with its operands in the domain of AT and its result in DOMAIN. */
static void
emit_node(struct emit *e, const struct place *at, uint32_t node, uint32_t domain)
{
    const struct cd_plan_node *n = node_at(e, node);
    const struct cd_opinfo *info = &cd_opinfo[n->op];
    uint32_t a = operand(e, at, n, info->a, n->a);
    uint32_t b = operand(e, at, n, info->b, n->b);
    uint32_t c = operand(e, at, n, info->c, n->c);
    e->reg[node] = cd_build_value(&e->g->b, n->op, cd_gen_type(e->g, n->type), domain, a, b, c);
    e->copies[node] = CD_NONE;
}

/* ---- loops ---- */

static void emit_domain(struct emit *e, const struct place *at);

static void
mark(struct emit *e, uint32_t node, uint32_t domain, uint32_t mark)
{
    if (e->mark[node] != mark && cd_plan_is_inside(&e->g->plan, node_at(e, node)->domain, domain)) {
        e->mark[node] = mark;
        *CD_PUSH(e->g->arena, e->todo.items, e->todo.n, e->todo.cap) = node;
    }
}

/* Marks what the reductions REDUCTIONS over DOMAIN need inside it. */
static uint32_t
mark_pass(struct emit *e, uint32_t domain, const struct item *reductions, size_t n)
{
    uint32_t pass = ++e->next_mark;
    for (size_t i = 0; i < n; i++) {
        uint32_t reads[3];
        cd_plan_operands(node_at(e, reductions[i].node), reads);
        for (unsigned k = 0; k < 3 && reads[k] != CD_NONE; k++) {
            mark(e, reads[k], domain, pass);
        }
    }
    while (e->todo.n > 0) {
        const struct cd_plan_node *node = node_at(e, e->todo.items[--e->todo.n]);
        /* A loop inside needs its members, whether or not its body reads them. */
        if (cd_plan_is_reduction(node->op)) {
            mark(e, e->g->plan.domains.items[node->c].member, domain, pass);
        }
        uint32_t reads[3];
        cd_plan_operands(node, reads);
        for (unsigned k = 0; k < 3 && reads[k] != CD_NONE; k++) {
            mark(e, reads[k], domain, pass);
        }
    }
    return pass;
}

/* One pass through the loop of DOMAIN, for N of its reductions. */
static void
emit_loop(struct emit *e, const struct place *outer, uint32_t domain, const struct item *reductions,
          size_t n)
{
    struct cd_gen *g = e->g;
    const struct cd_plan_domain *d = &g->plan.domains.items[domain];
    const struct cd_plan_node *member = node_at(e, d->member);
    uint32_t name = d->name.n > 0 ? cd_build_string(&g->b, d->name) : CD_NONE;
    uint32_t source = operand_reg(e, outer, member->a);
    struct place at = {.domain = domain, .first_reg = (uint32_t)g->img->regs.n};
    at.image = cd_build_domain(&g->b, CD_DOMAIN_LOOP, outer->image, name);
    if (outer->mark != 0 || n != e->n_reductions[domain]) {
        at.mark = mark_pass(e, domain, reductions, n);
    }
    uint32_t index = member->op == CD_OP_PROBE ? cd_gen_index(g, member->c) : 0;
    e->reg[d->member] = cd_build_value(&g->b, member->op, cd_gen_type(g, member->type), at.image,
                                       source, at.image, index);
    e->copies[d->member] = CD_NONE;
    emit_domain(e, &at);
    for (size_t i = 0; i < n; i++) {
        emit_node(e, &at, reductions[i].node, outer->image);
    }
    cd_build_insn(&g->b, CD_OP_ENDLOOP, 0, 0, at.image, 0);
}

static int
by_order(const void *x, const void *y)
{
    const struct item *a = x;
    const struct item *b = y;
    if (a->stage != b->stage) {
        return a->stage < b->stage ? -1 : 1;
    }
    if (a->loop != b->loop) {
        return a->loop < b->loop ? -1 : 1;
    }
    return (a->node > b->node) - (a->node < b->node);
}

/* All that is needed in the domain of AT, in order. */
static void
emit_domain(struct emit *e, const struct place *at)
{
    const struct cd_grouped *nodes = &e->g->by_domain;
    uint32_t first = nodes->first[at->domain];
    uint32_t end = nodes->first[at->domain + 1];
    struct item *items = CD_NEW_ARRAY(e->g->arena, end - first, struct item);
    size_t n = 0;
    for (uint32_t i = first; i < end; i++) {
        uint32_t node = nodes->items[i];
        const struct cd_plan_node *p = node_at(e, node);
        bool is_member = p->op == CD_OP_LOOP || p->op == CD_OP_PROBE || p->op == CD_OP_ROOT;
        if ((e->g->use[node] & e->use) && !is_member
            && (at->mark == 0 || e->mark[node] == at->mark)) {
            items[n++] =
                (struct item){e->stages[node], cd_plan_is_reduction(p->op) ? p->c : CD_NONE, node};
        }
    }
    if (n > 0) {
        qsort(items, n, sizeof *items, by_order);
    }
    for (size_t i = 0; i < n;) {
        size_t run = 1;
        if (items[i].loop == CD_NONE) {
            emit_node(e, at, items[i].node, at->image);
        } else {
            while (i + run < n && items[i + run].loop == items[i].loop
                   && items[i + run].stage == items[i].stage) {
                run++;
            }
            emit_loop(e, at, items[i].loop, &items[i], run);
        }
        i += run;
    }
}

/* ---- sections ---- */

static void
begin_use(struct emit *e, uint8_t use)
{
    const struct cd_plan *p = &e->g->plan;
    e->use = use;
    e->stages = cd_gen_stages(e->g, use);
    memset(e->n_reductions, 0, p->domains.n * sizeof *e->n_reductions);
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        const struct cd_plan_node *n = &p->nodes.items[i];
        e->n_reductions[n->c < p->domains.n ? n->c : 0] +=
            (e->g->use[i] & use) && cd_plan_is_reduction(n->op);
    }
}

/* Writes the effects of USE in the domain of AT. */
static void
emit_effects(struct emit *e, const struct place *at, uint8_t use, const struct cd_grouped *effects)
{
    struct cd_gen *g = e->g;
    for (uint32_t i = effects->first[at->domain]; i < effects->first[at->domain + 1]; i++) {
        const struct cd_plan_effect *f = &g->plan.effects.items[effects->items[i]];
        if (cd_plan_use_of(f->op) != use) {
            continue;
        }
        const struct cd_opinfo *info = &cd_opinfo[f->op];
        uint32_t a = operand(e, at, NULL, info->a, f->a);
        uint32_t b = operand(e, at, NULL, info->b, f->b);
        cd_build_insn(&g->b, f->op, 0, a, b, operand(e, at, NULL, info->c, f->c));
    }
}

static bool
has_effect(const struct cd_gen *g, uint32_t domain, uint8_t use, const struct cd_grouped *effects)
{
    for (uint32_t i = effects->first[domain]; i < effects->first[domain + 1]; i++) {
        if (cd_plan_use_of(g->plan.effects.items[effects->items[i]].op) == use) {
            return true;
        }
    }
    return false;
}

static void
emit_rows(struct emit *e, uint32_t domain, enum cd_section_kind kind, uint8_t use,
          const struct cd_grouped *effects)
{
    struct cd_gen *g = e->g;
    const struct cd_plan_domain *d = &g->plan.domains.items[domain];
    uint32_t shape = cd_gen_shape(g, d->shape);
    struct place at = {.domain = domain, .first_reg = (uint32_t)g->img->regs.n};
    at.image = cd_build_domain(&g->b, CD_DOMAIN_ROOT, 0, CD_NONE);
    cd_build_section(&g->b, kind, shape, at.image);
    uint32_t type = cd_gen_type(g, node_at(e, d->member)->type);
    e->reg[d->member] = cd_build_value(&g->b, CD_OP_ROOT, type, at.image, shape, 0, 0);
    e->copies[d->member] = CD_NONE;
    emit_domain(e, &at);
    emit_effects(e, &at, use, effects);
}

struct table {
    uint32_t shape, domain;
};

static int
by_shape(const void *x, const void *y)
{
    const struct table *a = x;
    const struct table *b = y;
    return (a->shape > b->shape) - (a->shape < b->shape);
}

/* The sections of one kind, in the order of their tables; `resource`, which has no number, is the
 * last. */
static void
emit_tables(struct emit *e, enum cd_section_kind kind, uint8_t use,
            const struct cd_grouped *effects)
{
    const struct cd_plan *p = &e->g->plan;
    struct table *tables = CD_NEW_ARRAY(e->g->arena, p->domains.n, struct table);
    size_t n = 0;
    for (uint32_t i = 0; i < p->domains.n; i++) {
        if (p->domains.items[i].kind == CD_DOMAIN_ROOT && has_effect(e->g, i, use, effects)) {
            tables[n++] = (struct table){cd_gen_shape(e->g, p->domains.items[i].shape), i};
        }
    }
    if (n > 0) {
        qsort(tables, n, sizeof *tables, by_shape);
    }
    for (size_t i = 0; i < n; i++) {
        emit_rows(e, tables[i].domain, kind, use, effects);
    }
}

/* What is constant for the snapshot: for rows, messages and estate clauses alike. */
static void
emit_global(struct emit *e, const struct cd_grouped *effects)
{
    struct cd_gen *g = e->g;
    struct place at = {0};
    begin_use(e, CD_FOR_VERDICTS | CD_FOR_MESSAGES);
    cd_build_domain(&g->b, CD_DOMAIN_GLOBAL, CD_NONE, CD_NONE);
    cd_build_section(&g->b, CD_SECTION_GLOBAL, CD_NONE, 0);
    emit_domain(e, &at);
    emit_effects(e, &at, CD_FOR_VERDICTS, effects);
}

/* Denies see no snapshot: their section computes its constants itself. */
static void
emit_request(struct emit *e, const struct cd_grouped *effects)
{
    struct cd_gen *g = e->g;
    if (g->plan.request == CD_NONE || !has_effect(g, g->plan.request, CD_FOR_DENIES, effects)) {
        return;
    }
    begin_use(e, CD_FOR_DENIES);
    struct place at = {.domain = 0, .first_reg = (uint32_t)g->img->regs.n};
    at.image = cd_build_domain(&g->b, CD_DOMAIN_REQUEST, CD_NONE, CD_NONE);
    cd_build_section(&g->b, CD_SECTION_REQUEST, CD_NONE, at.image);
    emit_domain(e, &at);
    at.domain = g->plan.request;
    emit_domain(e, &at);
    emit_effects(e, &at, CD_FOR_DENIES, effects);
}

static struct cd_grouped
group_effects(const struct cd_gen *g)
{
    const struct cd_plan *p = &g->plan;
    struct cd_grouped out = {.first = CD_NEW_ARRAY(g->arena, p->domains.n + 2, uint32_t),
                             .items = CD_NEW_ARRAY(g->arena, p->effects.n, uint32_t)};
    for (size_t i = 0; i < p->effects.n; i++) {
        out.first[p->effects.items[i].domain + 2]++;
    }
    for (size_t i = 2; i < p->domains.n + 2; i++) {
        out.first[i] += out.first[i - 1];
    }
    for (uint32_t i = 0; i < p->effects.n; i++) {
        out.items[out.first[p->effects.items[i].domain + 1]++] = i;
    }
    return out;
}

void
cd_gen_sections(struct cd_gen *g)
{
    const struct cd_plan *p = &g->plan;
    struct emit e = {
        .g = g,
        .reg = CD_NEW_ARRAY(g->arena, p->nodes.n, uint32_t),
        .copies = CD_NEW_ARRAY(g->arena, p->nodes.n, uint32_t),
        .mark = CD_NEW_ARRAY(g->arena, p->nodes.n, uint32_t),
        .n_reductions = CD_NEW_ARRAY(g->arena, p->domains.n, uint32_t),
    };
    memset(e.copies, 0xff, p->nodes.n * sizeof *e.copies);
    struct cd_grouped effects = group_effects(g);
    emit_global(&e, &effects);
    begin_use(&e, CD_FOR_VERDICTS);
    emit_tables(&e, CD_SECTION_TABLE, CD_FOR_VERDICTS, &effects);
    begin_use(&e, CD_FOR_MESSAGES);
    if (has_effect(g, 0, CD_FOR_MESSAGES, &effects)) {
        struct place at = {0};
        cd_build_section(&g->b, CD_SECTION_MESSAGES, CD_NONE, 0);
        emit_effects(&e, &at, CD_FOR_MESSAGES, &effects);
    }
    emit_tables(&e, CD_SECTION_MESSAGES, CD_FOR_MESSAGES, &effects);
    emit_request(&e, &effects);
}
