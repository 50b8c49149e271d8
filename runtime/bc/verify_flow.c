/* Verification of the order of instructions: which may stand where, how loops nest, that every
 * register is written once, in its own domain, and read only there and later, and that every
 * require, message and deny is answered once. */
#include "runtime/bc/limits.h"
#include "runtime/bc/verify.h"

struct flow {
    const struct cd_image *img;
    struct cordon_error *err;
    const struct cd_section *section;
    uint8_t *written;  /* by register */
    uint32_t *pending; /* by register: the loop that has to be closed before it may be read,
                          CD_NONE: none */
    uint8_t *opened;   /* by domain: was it opened, or is it a section's? */
    uint8_t *open;     /* by domain: is it open now? */
    uint8_t *answered, *told, *fired; /* by require, require, deny */
    uint32_t stack[CD_LIMIT_LOOP_DEPTH + 1];
    unsigned depth;
};

static uint32_t
current(const struct flow *f)
{
    return f->stack[f->depth];
}

static cordon_status
fail(const struct flow *f, uint32_t at, const char *what)
{
    return cd_verify_fail(f->img, at, f->err, what);
}

static uint32_t
domain_of(const struct flow *f, uint32_t reg)
{
    return f->img->regs.items[reg].domain;
}

static bool
is_reduction(enum cd_op op)
{
    return op == CD_OP_ALL || op == CD_OP_ANY || op == CD_OP_COUNT || op == CD_OP_COLLECT
           || op == CD_OP_MAPEACH;
}

static bool
is_loop(enum cd_op op)
{
    return op == CD_OP_LOOP || op == CD_OP_PROBE;
}

/* May REG be read now, as a register of DOMAIN? */
static bool
readable(const struct flow *f, uint32_t reg, uint32_t domain)
{
    return f->written[reg] && domain_of(f, reg) == domain
           && (f->pending[reg] == CD_NONE || !f->open[f->pending[reg]]);
}

static bool
is_ancestor(const struct flow *f, uint32_t outer, uint32_t domain)
{
    for (uint32_t d = f->img->domains.items[domain].parent; d != CD_NONE;
         d = f->img->domains.items[d].parent) {
        if (d == outer) {
            return true;
        }
    }
    return false;
}

static cordon_status
read_operand(const struct flow *f, uint32_t at, enum cd_operand kind, uint32_t reg)
{
    if ((kind == CD_OPERAND_REG || (kind == CD_OPERAND_OPTREG && reg != CD_NONE))
        && !readable(f, reg, current(f))) {
        return fail(f, at, "it reads a register that is not yet written, or not of this domain");
    }
    return CORDON_OK;
}

static cordon_status
read_operands(const struct flow *f, uint32_t at)
{
    const struct cd_insn *in = &f->img->code.items[at];
    const struct cd_opinfo *op = &cd_opinfo[in->op];
    if (in->op == CD_OP_BCAST) {
        uint32_t outer = domain_of(f, in->a);
        if (!is_ancestor(f, outer, current(f)) || !readable(f, in->a, outer)) {
            return fail(f, at,
                        "it reads a register that is not of an outer domain, or not yet written");
        }
        return CORDON_OK;
    }
    CORDON_TRY(read_operand(f, at, op->a, in->a));
    CORDON_TRY(read_operand(f, at, op->b, in->b));
    return read_operand(f, at, op->c, in->c);
}

/* Writes the destination, which has to be of DOMAIN. */
static cordon_status
write_result(struct flow *f, uint32_t at, uint32_t domain, uint32_t pending)
{
    uint32_t reg = f->img->code.items[at].d;
    if (f->written[reg]) {
        return fail(f, at, "it writes a register that is written already");
    }
    if (domain_of(f, reg) != domain) {
        return fail(f, at, "it writes a register of another domain");
    }
    f->written[reg] = 1;
    f->pending[reg] = pending;
    return CORDON_OK;
}

static cordon_status
open_loop(struct flow *f, uint32_t at)
{
    uint32_t domain = f->img->code.items[at].b;
    const struct cd_domain *d = &f->img->domains.items[domain];
    if (d->kind != CD_DOMAIN_LOOP || d->parent != current(f) || f->opened[domain]) {
        return fail(f, at,
                    "it opens a domain that is no loop of this domain, or was opened before");
    }
    if (f->depth == CD_LIMIT_LOOP_DEPTH) {
        return fail(f, at, "loops are nested too deep");
    }
    f->opened[domain] = f->open[domain] = 1;
    f->stack[++f->depth] = domain;
    return write_result(f, at, domain, CD_NONE);
}

static cordon_status
close_loop(struct flow *f, uint32_t at)
{
    uint32_t domain = f->img->code.items[at].b;
    if (f->depth == 0 || current(f) != domain) {
        return fail(f, at, "it closes a domain that is not the innermost open one");
    }
    f->open[domain] = 0;
    f->depth--;
    return CORDON_OK;
}

/* ---- which instruction may stand where ---- */

static bool
is_outermost(const struct flow *f)
{
    return f->depth == 0;
}

static bool
answers_here(const struct flow *f, const struct cd_insn *in)
{
    const struct cd_clause_info *k = &f->img->clauses.items[f->img->requires.items[in->c].clause];
    if (k->is_estate) {
        return f->section->kind == CD_SECTION_GLOBAL;
    }
    return f->section->kind == CD_SECTION_TABLE && f->section->shape == k->shape;
}

static bool
tells_here(const struct flow *f, const struct cd_insn *in)
{
    const struct cd_require_info *q = &f->img->requires.items[in->b];
    const struct cd_clause_info *k = &f->img->clauses.items[q->clause];
    return f->section->kind == CD_SECTION_MESSAGES && q->has_message
           && (k->is_estate != 0) == (f->section->domain == 0) && k->shape == f->section->shape;
}

static bool
once(uint8_t *seen)
{
    bool first = !*seen;
    *seen = 1;
    return first;
}

static cordon_status
check_place(struct flow *f, uint32_t at)
{
    const struct cd_insn *in = &f->img->code.items[at];
    uint32_t kind = f->img->domains.items[current(f)].kind;
    bool holds = true;
    if (in->op == CD_OP_CONST || in->op == CD_OP_PARAM || in->op == CD_OP_UNKNOWN) {
        holds = kind == CD_DOMAIN_GLOBAL || kind == CD_DOMAIN_REQUEST;
    } else if (in->op == CD_OP_TABLE) {
        holds = kind == CD_DOMAIN_GLOBAL;
    } else if (in->op == CD_OP_ROOT) {
        holds = kind == CD_DOMAIN_ROOT && at == f->section->first && in->a == f->section->shape;
    } else if (in->op == CD_OP_KEY || in->op == CD_OP_ASKED) {
        holds = kind == CD_DOMAIN_REQUEST;
    } else if (in->op == CD_OP_CHECK) {
        holds = is_outermost(f) && f->section->kind == CD_SECTION_GLOBAL;
    } else if (in->op == CD_OP_VERDICT) {
        holds = is_outermost(f) && answers_here(f, in) && once(&f->answered[in->c]);
    } else if (in->op == CD_OP_MESSAGE) {
        holds = is_outermost(f) && tells_here(f, in) && once(&f->told[in->b]);
    } else if (in->op == CD_OP_FIRE) {
        holds = is_outermost(f) && f->section->kind == CD_SECTION_REQUEST && once(&f->fired[in->c]);
    }
    return holds ? CORDON_OK : fail(f, at, "it stands in the wrong place, or twice");
}

static cordon_status
check_insn(struct flow *f, uint32_t at)
{
    const struct cd_insn *in = &f->img->code.items[at];
    enum cd_op op = (enum cd_op)in->op;
    CORDON_TRY(cd_verify_operands(f->img, at, f->err));
    CORDON_TRY(check_place(f, at));
    CORDON_TRY(read_operands(f, at));
    CORDON_TRY(cd_verify_insn_types(f->img, at, f->err));
    if (is_loop(op)) {
        return open_loop(f, at);
    }
    if (op == CD_OP_ENDLOOP) {
        return close_loop(f, at);
    }
    if (is_reduction(op)) {
        if (is_outermost(f)) {
            return fail(f, at, "it reduces no loop");
        }
        return write_result(f, at, f->img->domains.items[current(f)].parent, current(f));
    }
    return cd_opinfo[op].d == CD_OPERAND_DST ? write_result(f, at, current(f), CD_NONE) : CORDON_OK;
}

static cordon_status
check_section(struct flow *f, const struct cd_section *s)
{
    f->section = s;
    f->depth = 0;
    f->stack[0] = s->domain;
    if (s->domain != 0 && f->opened[s->domain]) {
        return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET, "two sections have domain %u",
                           s->domain);
    }
    f->opened[s->domain] = 1;
    if (f->img->domains.items[s->domain].kind == CD_DOMAIN_ROOT
        && (s->n == 0 || f->img->code.items[s->first].op != CD_OP_ROOT)) {
        return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                           "the section of domain %u does not begin with its rows", s->domain);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        CORDON_TRY(check_insn(f, s->first + i));
    }
    if (f->depth > 0) {
        return fail(f, s->first + s->n - 1, "the section ends within a loop");
    }
    return CORDON_OK;
}

/* Is everything there that has to be there? */
static cordon_status
check_whole(const struct flow *f)
{
    const struct cd_image *img = f->img;
    for (size_t i = 0; i < img->regs.n; i++) {
        if (!f->written[i]) {
            return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                               "register %zu is never written", i);
        }
    }
    for (size_t i = 0; i < img->domains.n; i++) {
        if (!f->opened[i]) {
            return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                               "domain %zu is never opened", i);
        }
    }
    for (size_t i = 0; i < img->requires.n; i++) {
        if (!f->answered[i] || f->told[i] != img->requires.items[i].has_message) {
            return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                               "require %zu has no answer, or no message", i);
        }
    }
    for (size_t i = 0; i < img->denies.n; i++) {
        if (!f->fired[i]) {
            return cordon_fail(f->err, CORDON_ECORRUPT, CORDON_NO_OFFSET, "deny %zu has no code",
                               i);
        }
    }
    return CORDON_OK;
}

cordon_status
cd_verify_flow(const struct cd_image *img, struct cd_arena *tmp, struct cordon_error *err)
{
    if (img->regs.n > CD_LIMIT_REGS) {
        return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                           "there are more than %u registers", CD_LIMIT_REGS);
    }
    struct flow f = {
        .img = img,
        .err = err,
        .written = CD_NEW_ARRAY(tmp, img->regs.n, uint8_t),
        .pending = CD_NEW_ARRAY(tmp, img->regs.n, uint32_t),
        .opened = CD_NEW_ARRAY(tmp, img->domains.n, uint8_t),
        .open = CD_NEW_ARRAY(tmp, img->domains.n, uint8_t),
        .answered = CD_NEW_ARRAY(tmp, img->requires.n, uint8_t),
        .told = CD_NEW_ARRAY(tmp, img->requires.n, uint8_t),
        .fired = CD_NEW_ARRAY(tmp, img->denies.n, uint8_t),
    };
    if (!f.written || !f.pending || !f.opened || !f.open || !f.answered || !f.told || !f.fired) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    for (size_t i = 0; i < img->sections.n; i++) {
        CORDON_TRY(check_section(&f, &img->sections.items[i]));
    }
    return check_whole(&f);
}
