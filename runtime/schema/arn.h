/* The ARN of a resource by the format of its type,
 * `arn:${Partition}:kms:${Region}:${Account}:key/${Id}`: most ARNs say nothing else, and need not
 * be kept. */
#ifndef CD_SCHEMA_ARN_H
#define CD_SCHEMA_ARN_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"

struct cd_arn_parts {
    struct cd_str partition, region, account, id; /* empty: the resource has none */
};

/* Appends the ARN that FORMAT gives; false, with part of it appended, if FORMAT is empty or asks
 * for what is not there. */
bool cd_arn_make(struct cd_str format, const struct cd_arn_parts *parts, struct cd_buf *out);
/* Is ARN what FORMAT gives? */
bool cd_arn_is_made(struct cd_str format, const struct cd_arn_parts *parts, struct cd_str arn);

#endif
