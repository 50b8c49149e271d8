/* Policy documents and lists of them by their text: what was seen before is not compiled again. */
#ifndef CD_IAM_POLICY_CACHE_H
#define CD_IAM_POLICY_CACHE_H

#include "runtime/iam/cursor.h"
#include "runtime/iam/decide.h"

/* What a member with policies holds. */
struct cd_policy_member {
    struct cd_policy_levels levels; /* scps, rcps */
    struct cd_policy_set set;       /* the others */
    size_t largest;                 /* bytes of the largest document without blanks */
    struct cd_warnings warnings;    /* with the place in the member */
    struct cd_str error;            /* empty: none; then nothing else counts */
};

struct cd_policy_cache;
struct cd_policy_cache *cd_policy_cache_new(void); /* NULL: memory is out */
void cd_policy_cache_free(struct cd_policy_cache *c);
/* The value of the member NAME at the cursor, which moves behind it: for SCPs and RCPs
 * `[{orgIdentifier, policies: […]}]`, for a resource's or session's policy a document, else
 * `[{name, policy}]`; null is none. What is wrong with it stands in its error. NULL: memory is out.
 * It stands until cd_policy_cache_trim. */
const struct cd_policy_member *cd_policy_cache_take(struct cd_policy_cache *c,
                                                    enum cd_policy_kind kind, struct cd_str name,
                                                    struct cd_cursor *at);
/* Forgets everything if it has become much. */
void cd_policy_cache_trim(struct cd_policy_cache *c);

#endif
