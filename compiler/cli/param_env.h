/* Values of parameters from the command line as the compiler's constants: for emission, which
 * evaluates no bytecode. */
#ifndef CD_CLI_PARAM_ENV_H
#define CD_CLI_PARAM_ENV_H

#include "compiler/sema/sema.h"
#include "runtime/bc/program.h"
#include "runtime/driver/options.h"
#include "runtime/vm/params.h"

/* Binds `--param` texts and `--params` files against IMG (the program of SEMA) and checks each
 * parameter's `where`. ENV's arrays live in ARENA, which has its jump set. */
CORDON_MUST_CHECK cordon_status cd_param_env(const struct cd_sema *sema, const struct cd_image *img,
                                             const struct cd_values *texts,
                                             const struct cd_values *files, struct cd_arena *arena,
                                             struct cd_const_env *env, struct cordon_error *err);

/* The same values as the evaluator has them. */
CORDON_MUST_CHECK cordon_status cd_param_bind(const struct cd_image *img,
                                              const struct cd_values *texts,
                                              const struct cd_values *files, struct cd_arena *arena,
                                              struct cd_bound_params *bound,
                                              struct cordon_error *err);

#endif
