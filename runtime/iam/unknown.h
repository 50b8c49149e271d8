/* Policies of which nobody knows what they say: they may allow anything, and deny it. */
#ifndef CD_IAM_UNKNOWN_H
#define CD_IAM_UNKNOWN_H

#include "runtime/iam/policy.h"

/* A policy whose statements depend on the key WHY, a reason in words (with a blank): who asks gives
 * it as unknown, and answers that depend on it name it. Memory from A, whose jump is set. */
const struct cd_policy *cd_policy_unknown(struct cd_arena *a, struct cd_str why);

#endif
