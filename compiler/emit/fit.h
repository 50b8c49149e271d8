/* Documents within their quotas: what is too large for one document is merged, split and packed
 * into the fewest. */
#ifndef CD_EMIT_FIT_H
#define CD_EMIT_FIT_H

#include "compiler/emit/manifest.h"
#include "compiler/emit/quota.h"

struct cd_fitting {
    struct cd_emission *emission;
    const struct cd_sema *sema;
    const struct cd_quota_choice *quota;
};

/* Gives each document its quota, and makes `scp-1.json`, `scp-2.json`, … of one that is over it,
 * where a target takes several documents; statements of different denies that one statement says as
 * well are merged where that saves a document, or makes the only one fit. CORDON_ELIMIT, with the
 * sizes, the largest statements and what to do, if a statement or a document stays over its quota.
 */
CORDON_MUST_CHECK cordon_status cd_fit_documents(const struct cd_fitting *f,
                                                 struct cd_documents *documents,
                                                 struct cordon_error *err);

/* ---- its parts ---- */

/* Replaces statements that one statement can say by that one: what another covers, the actions of
 * statements with the same resources and conditions, the resources of those with the same actions
 * and conditions. No result has more than LIMIT bytes in D. Each names the statements that it
 * replaces as its sources. Returns how many are in *out. */
size_t cd_statements_merge(struct cd_arena *a, const struct cd_emitted_document *d, size_t limit,
                           struct cd_statement **out);

/* S as statements of at most LIMIT bytes in D that deny together what S denies: its list of
 * actions, of resources, or of values, any of which fires, in pieces. Returns how many are in *out,
 * 0 if it cannot be, or not in CD_SPLIT_PIECES. */
#define CD_SPLIT_PIECES 512
size_t cd_statement_split(struct cd_arena *a, const struct cd_emitted_document *d,
                          const struct cd_statement *s, size_t limit, struct cd_statement **out);

/* The longest list of S, as IAM names it: `NotAction`, `StringNotLike of aws:PrincipalArn`. */
struct cd_str cd_statement_longest(struct cd_arena *a, const struct cd_statement *s);

/* The bytes that S takes in D, as D's quota counts them, without a comma before it. */
size_t cd_statement_size(const struct cd_emitted_document *d, const struct cd_statement *s);

#endif
