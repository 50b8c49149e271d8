/* Plans: which instructions of a section have to run for some of its answers. The code is in SSA
 * form, so one walk from its end to its start finds all that an answer depends on. */
#include "runtime/vm/vm.h"

#include "runtime/bc/limits.h"

struct planner {
    const struct cd_image *img;
    bool *reg_needed;
    bool *domain_needed;
};

static void
need_reg(struct planner *p, uint32_t reg)
{
    p->reg_needed[reg] = true;
    p->domain_needed[p->img->regs.items[reg].domain] = true;
}

static void
need_operand(struct planner *p, enum cd_operand kind, uint32_t value)
{
    if (kind == CD_OPERAND_REG || (kind == CD_OPERAND_OPTREG && value != CD_NONE)) {
        need_reg(p, value);
    }
}

static void
need_operands(struct planner *p, const struct cd_insn *in)
{
    const struct cd_opinfo *info = &cd_opinfo[in->op];
    need_operand(p, info->a, in->a);
    need_operand(p, info->b, in->b);
    need_operand(p, info->c, in->c);
}

/* Is the instruction itself wanted, and not only for its destination? */
static bool
is_wanted(const struct cd_insn *in, struct cd_needs needs)
{
    if (in->op == CD_OP_VERDICT) {
        return needs.requires && needs.requires[in->c];
    }
    if (in->op == CD_OP_MESSAGE) {
        return needs.requires && needs.requires[in->b];
    }
    if (in->op == CD_OP_FIRE) {
        return needs.denies && needs.denies[in->c];
    }
    if (in->op == CD_OP_CHECK) {
        return needs.params && needs.params[in->b];
    }
    return in->op == CD_OP_ROOT;
}

static bool
is_needed(const struct planner *p, const struct cd_insn *in, struct cd_needs needs)
{
    if (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) {
        return p->domain_needed[in->b];
    }
    return is_wanted(in, needs) || (cd_opinfo[in->op].d == CD_OPERAND_DST && p->reg_needed[in->d]);
}

/* Matches loops with their ends, by their places in the plan. */
static void
match_loops(const struct cd_image *img, struct cd_plan *plan)
{
    uint32_t open[CD_LIMIT_LOOP_DEPTH + 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->n; i++) {
        uint16_t op = img->code.items[plan->pc[i]].op;
        if ((op == CD_OP_LOOP || op == CD_OP_PROBE) && n <= CD_LIMIT_LOOP_DEPTH) {
            open[n++] = i;
        } else if (op == CD_OP_ENDLOOP && n > 0) {
            plan->end[open[--n]] = i;
        }
    }
}

void
cd_plan_make(struct cd_eval *e, struct cd_arena *a, const struct cd_section *section,
             struct cd_needs needs, bool *reg_needed, struct cd_plan *out)
{
    const struct cd_image *img = e->img;
    struct planner p = {img, reg_needed, CD_NEW_ARRAY(a, img->domains.n, bool)};
    bool *keep = CD_NEW_ARRAY(a, section->n, bool);
    uint32_t n = 0;
    for (uint32_t i = section->n; i-- > 0;) {
        const struct cd_insn *in = &img->code.items[section->first + i];
        if (in->op != CD_OP_ENDLOOP && is_needed(&p, in, needs)) {
            keep[i] = true;
            need_operands(&p, in);
            n++;
        }
    }
    out->pc = CD_NEW_ARRAY(a, (size_t)n * 2, uint32_t); /* every loop has one end more */
    out->end = CD_NEW_ARRAY(a, (size_t)n * 2, uint32_t);
    out->n = 0;
    for (uint32_t i = 0; i < section->n; i++) {
        const struct cd_insn *in = &img->code.items[section->first + i];
        if (keep[i] || (in->op == CD_OP_ENDLOOP && p.domain_needed[in->b])) {
            out->pc[out->n++] = section->first + i;
        }
    }
    match_loops(img, out);
}
