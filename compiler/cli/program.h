/* From policies to a verified program: compiled to an image's bytes, which are read and verified
 * like any image from a file. */
#ifndef CD_CLI_PROGRAM_H
#define CD_CLI_PROGRAM_H

#include "compiler/cli/frontend.h"
#include "runtime/driver/load.h"
#include "runtime/driver/options.h"

/* Runs the front end and everything behind it; *bytes (may be NULL) gets the image. CORDON_EPOLICY
 * if there are errors among FRONT's diagnostics. */
CORDON_MUST_CHECK cordon_status cd_cli_compile(struct cd_frontend *front,
                                               const char *const *policies, size_t n,
                                               struct cd_loaded *out, struct cd_buf *bytes,
                                               struct cordon_error *err);
/* Values for parameters, from the call. */
struct cd_param_texts {
    struct cd_values texts, files; /* of --param and --params */
};
/* The same for programs whose parameters are bound before they run, in the actions and ARN patterns
 * of denies too; *env gets their values. */
CORDON_MUST_CHECK cordon_status cd_cli_compile_bound(struct cd_frontend *front,
                                                     const char *const *policies, size_t n,
                                                     const struct cd_param_texts *params,
                                                     struct cd_const_env *env,
                                                     struct cd_loaded *out,
                                                     struct cordon_error *err);

/* The program of FRONT, which is checked, once more with the branches of its conditions observed;
 * compiler/test has numbered them. */
CORDON_MUST_CHECK cordon_status cd_cli_compile_observed(struct cd_frontend *front,
                                                        struct cd_loaded *out,
                                                        struct cordon_error *err);

/* The program of FRONT, which is checked and whose arena's jump is set, with ENV's values for the
 * parameters in actions and ARN patterns of denies; *bytes is used on the way. */
CORDON_MUST_CHECK cordon_status cd_cli_compile_given(struct cd_frontend *front,
                                                     const struct cd_const_env *env, bool observes,
                                                     struct cd_buf *bytes, struct cd_loaded *out,
                                                     struct cordon_error *err);

#endif
