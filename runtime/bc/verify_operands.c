/* Verification of single instructions: is every operand in range? By the kinds of operands.def, not
 * by opcode; what only some opcodes allow is said in one place below. */
#include "runtime/bc/limits.h"
#include "runtime/bc/verify.h"

/* Tables and the rows of `resource` have no shape. */
static bool
may_be_none(enum cd_op op, enum cd_operand kind)
{
    return kind == CD_OPERAND_OPTREG
           || (kind == CD_OPERAND_SHAPE && (op == CD_OP_TABLE || op == CD_OP_ROOT));
}

/* The number of things that an operand of KIND can name; IN is looked at for slots. */
static size_t
count_of(const struct cd_image *img, const struct cd_insn *in, enum cd_operand kind)
{
    switch (kind) {
    case CD_OPERAND_NONE: return 1;
    case CD_OPERAND_DST:
    case CD_OPERAND_REG:
    case CD_OPERAND_OPTREG: return img->regs.n;
    case CD_OPERAND_DOMAIN: return img->domains.n;
    case CD_OPERAND_CONST: return img->consts.n;
    case CD_OPERAND_STRING: return img->strings.n;
    case CD_OPERAND_SHAPE: return img->shapes.n;
    case CD_OPERAND_SLOT: {
        /* Operand a was checked before: it is a register. */
        const struct cd_value_type *t = &img->types.items[img->regs.items[in->a].type];
        return t->kind == CD_KIND_ROW && t->shape != CD_NONE ? img->shapes.items[t->shape].n_fields
                                                             : 0;
    }
    case CD_OPERAND_PARAM: return img->params.n;
    case CD_OPERAND_REQUIRE: return img->requires .n;
    case CD_OPERAND_DENY: return img->denies.n;
    case CD_OPERAND_INDEX: return img->indexes.n;
    case CD_OPERAND_IMM:
        return in->op == CD_OP_ENV        ? CD_N_ENV
               : in->op == CD_OP_OBSERVE  ? CD_LIMIT_ITEMS
               : in->op == CD_OP_WHENKEY  ? CD_N_WHEN_RELATIONS
               : in->op == CD_OP_WHENJOIN ? CD_N_WHENJOINS
                                          : CD_N_ARNPARTS;
    case CD_OPERAND_FLAG: return 2;
    }
    return 0;
}

static bool
in_range(const struct cd_image *img, const struct cd_insn *in, enum cd_operand kind, uint32_t value)
{
    return value < count_of(img, in, kind)
           || (value == CD_NONE && may_be_none((enum cd_op)in->op, kind));
}

cordon_status
cd_verify_operands(const struct cd_image *img, uint32_t at, struct cordon_error *err)
{
    const struct cd_insn *in = &img->code.items[at];
    const struct cd_opinfo *op = &cd_opinfo[in->op];
    if (!in_range(img, in, op->d, in->d)) {
        return cd_verify_fail(img, at, err, "the destination is out of range");
    }
    if (!in_range(img, in, op->a, in->a)) {
        return cd_verify_fail(img, at, err, "operand a is out of range");
    }
    if (!in_range(img, in, op->b, in->b)) {
        return cd_verify_fail(img, at, err, "operand b is out of range");
    }
    if (!in_range(img, in, op->c, in->c)) {
        return cd_verify_fail(img, at, err, "operand c is out of range");
    }
    bool needs_table = op->a == CD_OPERAND_SHAPE || op->c == CD_OPERAND_SHAPE;
    uint32_t shape = op->a == CD_OPERAND_SHAPE ? in->a : in->c;
    if (needs_table && shape != CD_NONE && !img->shapes.items[shape].is_table) {
        return cd_verify_fail(img, at, err, "the shape is no table");
    }
    return CORDON_OK;
}
