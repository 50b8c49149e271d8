/* Patterns of strings and ARNs, apart from any vector. */
#ifndef CD_VM_PATTERN_H
#define CD_VM_PATTERN_H

#include <stdbool.h>

#include "runtime/base/net.h"
#include "runtime/base/str.h"
#include "runtime/schema/arn.h"

#define CD_PATTERN_QUOTE '\x1B' /* before a character of a pattern that stands for itself */

/* StringLike: `*` any characters, `?` one. In time of text times pattern at most. */
bool cd_like(struct cd_str pattern, struct cd_str text);
/* Do the ends of PATTERN decide what it matches: has it one `*`, or none, and nothing else? Then a
 * text is compared in no more time than it takes to look it up. */
bool cd_like_is_plain(struct cd_str pattern);
/* The same as cd_like, ASCII letters without case (actions). */
bool cd_like_nocase(struct cd_str pattern, struct cd_str text);
/* ArnLike: segment by segment, the sixth to the end; `*` alone matches every text. */
bool cd_arn_like(struct cd_str pattern, struct cd_str text);

/* Splits at the first five colons; false if S does not begin with `arn:` or has fewer. */
bool cd_arn_split(struct cd_str s, struct cd_str out[CD_ARN_SEGMENTS]);

#endif
