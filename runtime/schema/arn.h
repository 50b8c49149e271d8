/* ARNs taken apart; and the ARN of a resource by the format of its type,
 * `arn:${Partition}:kms:${Region}:${Account}:key/${Id}`: most ARNs say nothing else, and need not
 * be kept. */
#ifndef CD_SCHEMA_ARN_H
#define CD_SCHEMA_ARN_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"

#define CD_ARN_SEGMENTS 6

/* Splits an ARN, or a pattern of one, at its first five colons; the sixth segment goes to the end.
 * False if S has fewer. The segments are borrowed from S; that the first is `arn` is not asked. */
bool cd_arn_segments(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS]);

/* The id of an account: twelve digits? */
bool cd_is_account(struct cd_str s);

#define CD_ARN_PIECES 16

enum cd_of_arn {
    CD_OF_ARN_PARTITION,
    CD_OF_ARN_REGION,
    CD_OF_ARN_ACCOUNT,
    CD_OF_ARN_ID,
    CD_OF_ARN_N
};

/* The parts of a resource that a format names; empty: it has none. */
struct cd_arn_parts {
    struct cd_str part[CD_OF_ARN_N];
};

/* A format taken apart: a literal, or a part where that is empty. */
struct cd_arn_format {
    struct {
        struct cd_str literal;
        enum cd_of_arn part;
    } pieces[CD_ARN_PIECES];
    unsigned n; /* 0: it gives no ARN */
};

/* TEXT, which is borrowed, taken apart. An empty one, and one that names anything but the four
 * parts, or has one that neither a colon nor the end follows, gives no ARN. */
struct cd_arn_format cd_arn_format_of(struct cd_str text);
/* Appends the ARN that FORMAT gives; false, with part of it appended, if it asks for what is not
 * there, or what could not be told apart again: only the last part may have a colon. */
bool cd_arn_make(const struct cd_arn_format *format, const struct cd_arn_parts *parts,
                 struct cd_buf *out);
/* Is ARN what FORMAT gives? */
bool cd_arn_is_made(const struct cd_arn_format *format, const struct cd_arn_parts *parts,
                    struct cd_str arn);
/* The parts, borrowed from ARN, of which FORMAT gives it; those that it does not name are empty.
 * False: it gives no such ARN. */
bool cd_arn_take_apart(const struct cd_arn_format *format, struct cd_str arn,
                       struct cd_arn_parts *parts);

#endif
