/* Code generation: from checked policies to an image, by way of the plan. Deterministic: it depends
 * on the policies' contents and their paths, not on the order in which they were given. */
#ifndef CD_CODEGEN_CODEGEN_H
#define CD_CODEGEN_CODEGEN_H

#include "compiler/plan/plan.h"
#include "runtime/bc/program.h"

/* The image of SEMA's controls (checked without errors), in SEMA's arena, whose jump is set. It has
 * not been verified: write it, read it back and verify what was read, as any image.
 *
 * Parameters stay open, but in the actions and ARN patterns of denies, which are part of the image:
 * there ENV (may be NULL) or their defaults say what they are, and what reads a parameter without a
 * value matches nothing. */
CORDON_MUST_CHECK cordon_status cd_codegen(struct cd_sema *sema, const struct cd_const_env *env,
                                           struct cd_image *out, struct cordon_error *err);
/* The same with every branch of a condition (cd_expr.branch) observed; slower, for tests. */
CORDON_MUST_CHECK cordon_status cd_codegen_observed(struct cd_sema *sema,
                                                    const struct cd_const_env *env,
                                                    struct cd_image *out, struct cordon_error *err);
/* The same as cd_codegen, but a parameter without a value in a deny's actions or ARN patterns is an
 * error. */
CORDON_MUST_CHECK cordon_status cd_codegen_bound(struct cd_sema *sema,
                                                 const struct cd_const_env *env,
                                                 struct cd_image *out, struct cordon_error *err);
/* The text of the plan alone. */
CORDON_MUST_CHECK cordon_status cd_codegen_plan_text(struct cd_sema *sema, struct cd_buf *out,
                                                     struct cordon_error *err);

#endif
