/* The table of instructions. */
#include "runtime/bc/program.h"

const struct cd_opinfo cd_opinfo[CD_N_OPS] = {
#define CD_OP(name, mnemonic, d, a, b, c, effect)                     \
    [CD_OP_##name] = {#mnemonic,      CD_OPERAND_##d, CD_OPERAND_##a, \
                      CD_OPERAND_##b, CD_OPERAND_##c, effect},
#include "runtime/bc/opcodes.def"
#undef CD_OP
};

_Static_assert(CD_N_OPS <= UINT16_MAX, "an opcode has 16 bits on file");
