/* The check of what was emitted: every document says what its denies say.
 *
 * For each deny, its statements are read back from the document's bytes and asked by runtime/iam,
 * and the deny itself is asked by the evaluator, both for every combination of the classes of
 * values that either tells apart: a value for each that is listed, one inside and some beside each
 * pattern, the bounds of numbers, dates and networks, absent, and, of keys with several values,
 * none and mixtures; actions inside and outside of each list; resources inside and outside of each
 * pattern. */
#ifndef CD_EMIT_CHECK_H
#define CD_EMIT_CHECK_H

#include "compiler/emit/manifest.h"
#include "runtime/iam/policy.h"

#define CD_CHECK_LIMIT 1000000  /* combinations for one deny and document */
#define CD_CHECK_KEYS_LIMIT 128 /* keys of one deny */

struct cd_check {
    const struct cd_sema *sema;
    const struct cd_emission *emission;
    const struct cd_const_env *env;
    struct cd_arena *arena;
    /* Does deny NUMBER of CONTROL fire for the request? */
    cordon_status (*fires)(void *ctx, const struct cd_decl *control, size_t number,
                           const struct cd_access *request, enum cd_truth *out,
                           struct cordon_error *err);
    /* What the deny makes of the value of KEY: requests that differ in it alone and for which
     * *is_told is true and OUT gets the same bytes are answered alike. */
    cordon_status (*trait)(void *ctx, const struct cd_decl *control, size_t number,
                           const struct cd_access *request, struct cd_str key, struct cd_buf *out,
                           bool *is_told, struct cordon_error *err);
    void *ctx;

    /* ---- from cd_check_documents ---- */

    const uint32_t *carried; /* the actions that documents of the target can deny, ascending */
    size_t n_carried;
    size_t n_asked; /* counts combinations */
};

/* CORDON_EDEFECT, with the clause, the request and both answers, where a document and a deny
 * differ; CORDON_ELIMIT, with the clause to split, where there are more combinations than the
 * limit. */
CORDON_MUST_CHECK cordon_status cd_check_documents(struct cd_check *check,
                                                   const struct cd_documents *documents,
                                                   struct cordon_error *err);

#endif
