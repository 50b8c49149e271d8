/* Which actions the documents of a target can speak of. */
#ifndef CD_EMIT_CARRIES_H
#define CD_EMIT_CARRIES_H

#include "compiler/emit/emit.h"

/* Can a document of TARGET speak of the action; of any known action that the pattern matches? */
bool cd_target_carries(enum cd_target target, uint32_t action);
bool cd_target_carries_some(enum cd_target target, struct cd_str pattern);
/* The patterns that stand for all that it can speak of (`*`; `s3:*`; `s3:*` and `sts:*` and …),
 * sorted, in A; returns how many. */
size_t cd_target_everything(struct cd_arena *a, enum cd_target target, struct cd_str **out);
/* Why it does not carry the N acts BEYOND: «a bucket policy carries S3's actions on buckets and
 * objects»; empty if it carries all. */
struct cd_str cd_target_limits(enum cd_target target, const struct cd_str *beyond, size_t n);

#endif
