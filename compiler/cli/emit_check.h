/* The check of an emission, with the evaluator's bytecode as what its documents have to say. */
#ifndef CD_CLI_EMIT_CHECK_H
#define CD_CLI_EMIT_CHECK_H

#include "compiler/cli/program.h"
#include "compiler/emit/check.h"

struct cd_emit_checked {
    const struct cd_sema *sema;
    const struct cd_loaded *program;
    const struct cd_param_texts *params;
    const struct cd_const_env *env; /* the same */
    const struct cd_emission *emission;
    const struct cd_documents *documents;
};

/* See cd_check_documents. */
CORDON_MUST_CHECK cordon_status cd_cli_check_emission(const struct cd_emit_checked *what,
                                                      struct cd_arena *arena,
                                                      struct cordon_error *err);
/* CORDON_EINPUT, with the parameters that have no value, if denies were left out of the emission
 * for want of one. */
CORDON_MUST_CHECK cordon_status cd_cli_check_bound(const struct cd_emission *emission,
                                                   const struct cd_sema *sema,
                                                   const struct cd_const_env *env,
                                                   struct cordon_error *err);

#endif
