/* Bucket policies: what of a statement can stand in the policy of one bucket. */
#ifndef CD_EMIT_BUCKET_H
#define CD_EMIT_BUCKET_H

#include "compiler/emit/cut.h"

struct cd_bucket {
    struct cd_str partition, name;
};

/* Actions are on a bucket, or on the objects in it. */
enum { CD_ON_BUCKET = 1, CD_ON_OBJECTS = 2 };
/* The levels of an action, or of all actions that a pattern matches; 0 for what no bucket policy
 * can carry (other services, access points, the account, and making a bucket that is not there
 * yet). */
unsigned cd_bucket_action_levels(uint32_t action);
unsigned cd_bucket_levels(struct cd_str pattern);

/* A bucket as the call names it: its name, or its ARN. False if it is neither. */
bool cd_bucket_parse(struct cd_str text, struct cd_bucket *out);
int cd_bucket_cmp(const struct cd_bucket *x, const struct cd_bucket *y);
/* The buckets that the resources of the statements name without wildcards, as they come. */
size_t cd_buckets_named(const struct cd_emission *e, struct cd_bucket **out);

/* S cut to bucket B: the same actions and conditions on the bucket's own ARNs. */
enum cd_cut cd_bucket_cut(struct cd_arena *a, const struct cd_statement *s,
                          const struct cd_bucket *b, struct cd_statement *out);

#endif
