/* Patterns with the wildcards `*` (any bytes) and `?` (one byte), in which nothing is quoted. */
#ifndef CD_BASE_GLOB_H
#define CD_BASE_GLOB_H

#include "runtime/base/str.h"

/* Does PATTERN match TEXT? In time of text times pattern at most. */
bool cd_glob(struct cd_str pattern, struct cd_str text);
/* The same, ASCII letters without case. */
bool cd_glob_nocase(struct cd_str pattern, struct cd_str text);
/* Is there a text that both match (ASCII letters without case)? True where one of the two is longer
 * than 2,048 bytes. */
bool cd_globs_meet(struct cd_str x, struct cd_str y);

#endif
