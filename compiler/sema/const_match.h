/* Matching of constants: patterns, ARN patterns, networks. */
#ifndef CD_SEMA_CONST_MATCH_H
#define CD_SEMA_CONST_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"
#include "runtime/schema/arn.h"

/* A pattern: LITERAL (or NULL) flags the bytes that stand for themselves. */
struct cd_const_pattern {
    struct cd_str text;
    const uint8_t *literal;
};

/* `*` any text, `?` any character: as StringLike. */
bool cd_const_like(struct cd_const_pattern pattern, struct cd_str text);
/* Segment by segment: as ArnLike. */
bool cd_const_arn_like(struct cd_const_pattern pattern, struct cd_str text);
/* Is the address or network INNER inside OUTER (both as text, a bare address is a network of
 * itself)? *malformed if one is neither. */
bool cd_const_within(struct cd_str inner, struct cd_str outer, bool *malformed);
/* The six segments of an ARN; false if TEXT is none. */
bool cd_const_arn_split(struct cd_str text, struct cd_str parts[CD_ARN_SEGMENTS]);

#endif
