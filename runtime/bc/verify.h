/* The verifier's parts. Each looks at one kind of rule and may rely on those before it: references
 * between arrays (layout.c), data, controls, code (flow, with operands and types per instruction),
 * reach. Each check stands in exactly one place. Internal to runtime/bc. */
#ifndef CD_BC_VERIFY_H
#define CD_BC_VERIFY_H

#include "runtime/bc/program.h"

/* Types, shapes, constants, parameters, indexes, domains. */
CORDON_MUST_CHECK cordon_status cd_verify_data(const struct cd_image *img,
                                               struct cordon_error *err);
/* Controls, clauses, requires, denies, waivers, and the sections of the code. */
CORDON_MUST_CHECK cordon_status cd_verify_controls(const struct cd_image *img,
                                                   struct cordon_error *err);
/* The order of instructions: domains, loops, registers; calls the next two for each instruction. */
CORDON_MUST_CHECK cordon_status cd_verify_flow(const struct cd_image *img, struct cd_arena *tmp,
                                               struct cordon_error *err);
/* Operands in range and of their kind. */
CORDON_MUST_CHECK cordon_status cd_verify_operands(const struct cd_image *img, uint32_t at,
                                                   struct cordon_error *err);
/* Types of operands and result. */
CORDON_MUST_CHECK cordon_status cd_verify_insn_types(const struct cd_image *img, uint32_t at,
                                                     struct cordon_error *err);

/* Are values of type X and of type Y of one kind, all the way down? Rows of several shapes agree
 * with rows of any. */
bool cd_types_agree(const struct cd_image *img, uint32_t x, uint32_t y);
/* Fails with the place of the instruction in front of the message. */
cordon_status cd_verify_fail(const struct cd_image *img, uint32_t at, struct cordon_error *err,
                             const char *what);

#endif
