/* What a deny makes of one key's value. The code is in SSA form, so it is known of every register
 * which keys it depends on; where one that depends on this key alone meets what depends on others,
 * its answer is all that the rest of the code learns of the key. */
#include "runtime/vm/vm.h"

#include "runtime/vm/pattern.h"

enum depends { ON_NOTHING, ON_KEY, ON_OTHERS }; /* the last, maybe on the key, too */

struct tracer {
    struct cd_eval *e;
    struct cd_str key;
    uint8_t *depends;                  /* by register */
    enum depends loop[CD_TRAIT_LOOPS]; /* of what the open loops go over */
    uint32_t n_loops;
    struct cd_buf *out;
    bool is_told; /* false: the value itself goes on */
};

static enum depends
with(enum depends x, enum depends y)
{
    return x > y ? x : y;
}

static bool
is_reg(enum cd_operand kind, uint32_t value)
{
    return kind == CD_OPERAND_REG || (kind == CD_OPERAND_OPTREG && value != CD_NONE);
}

/* A register of the key alone meets others: its answer is noted. */
static void
meet(struct tracer *t, uint32_t reg)
{
    const struct cd_image *img = t->e->img;
    const struct cd_reg *r = &img->regs.items[reg];
    if (img->domains.items[r->domain].kind != CD_DOMAIN_REQUEST
        || img->types.items[r->type].kind != CD_KIND_BOOL) {
        t->is_told = false;
        return;
    }
    cd_buf_putc(t->out, (char)('0' + cd_vm_reg(t->e, reg)->v.b[0]));
}

static void
trace_operand(struct tracer *t, enum cd_operand kind, uint32_t value, enum depends all, bool ends)
{
    if (is_reg(kind, value) && t->depends[value] == ON_KEY && (all == ON_OTHERS || ends)) {
        meet(t, value);
    }
}

static enum depends
operand_depends(const struct tracer *t, enum cd_operand kind, uint32_t value)
{
    return is_reg(kind, value) ? (enum depends)t->depends[value] : ON_NOTHING;
}

static enum depends
loops_depend(const struct tracer *t)
{
    enum depends all = ON_NOTHING;
    for (uint32_t i = 0; i < t->n_loops; i++) {
        all = with(all, t->loop[i]);
    }
    return all;
}

static void
trace_insn(struct tracer *t, const struct cd_insn *in)
{
    const struct cd_opinfo *info = &cd_opinfo[in->op];
    enum depends inside = loops_depend(t);
    enum depends all =
        with(with(operand_depends(t, info->a, in->a), operand_depends(t, info->b, in->b)),
             operand_depends(t, info->c, in->c));
    if (in->op == CD_OP_KEY) {
        bool same = cd_str_eq_nocase(cd_image_str(t->e->img, in->a), t->key);
        all = same ? ON_KEY : ON_OTHERS;
    }
    if (inside == ON_KEY && all == ON_OTHERS) {
        t->is_told = false; /* how often this is asked depends on the key */
    }
    all = with(all, inside);
    trace_operand(t, info->a, in->a, all, in->op == CD_OP_FIRE);
    trace_operand(t, info->b, in->b, all, in->op == CD_OP_FIRE);
    trace_operand(t, info->c, in->c, all, in->op == CD_OP_FIRE);
    if (info->d == CD_OPERAND_DST) {
        t->depends[in->d] = (uint8_t)all;
    }
    if (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) {
        t->is_told = t->is_told && t->n_loops < CD_TRAIT_LOOPS;
        t->loop[t->n_loops < CD_TRAIT_LOOPS ? t->n_loops++ : CD_TRAIT_LOOPS - 1] = all;
    } else if (in->op == CD_OP_ENDLOOP && t->n_loops > 0) {
        t->n_loops--;
    }
}

/* Does an ARN pattern of the deny stand for the key's value? */
static bool
is_in_patterns(const struct tracer *t, const struct cd_deny_info *deny)
{
    for (uint32_t i = 0; i < deny->n_on; i++) {
        struct cd_str p =
            cd_image_str(t->e->img, t->e->img->pattern_refs.items[deny->first_on + i]);
        for (size_t at = 0; at + 2 < p.n; at++) {
            bool is_key = p.p[at] == CD_PATTERN_QUOTE && p.p[at + 1] == '{';
            if (is_key
                && cd_str_eq_nocase(cd_str_sub(p, at + 2, cd_str_find(p, '}', at)), t->key)) {
                return true;
            }
        }
    }
    return false;
}

bool
cd_vm_trait(struct cd_eval *e, uint32_t deny, struct cd_str key, struct cd_buf *out)
{
    struct cd_arena_mark mark = cd_arena_mark(&e->explain_arena);
    struct tracer t = {.e = e, .key = key, .out = out, .is_told = true};
    t.depends = CD_NEW_ARRAY(&e->explain_arena, e->img->regs.n, uint8_t);
    for (size_t i = 0; i < e->img->sections.n; i++) {
        for (uint32_t k = 0;
             e->img->sections.items[i].kind == CD_SECTION_REQUEST && k < e->plans[i].n; k++) {
            trace_insn(&t, &e->img->code.items[e->plans[i].pc[k]]);
        }
    }
    cd_arena_reset(&e->explain_arena, mark);
    return t.is_told && !is_in_patterns(&t, &e->img->denies.items[deny]);
}
