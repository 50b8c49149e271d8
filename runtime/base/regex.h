/* Regular expressions: linear time, bounded size. The one place that knows RE2 is regex.cpp. */
#ifndef CD_BASE_REGEX_H
#define CD_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cd_regex;

/* Compiles PATTERN, to be freed by cd_regex_free. NULL if it is no expression, or too large: WHY
 * then holds the reason (ending in NUL). NULL with an empty WHY: out of memory. */
struct cd_regex *cd_regex_new(struct cd_str pattern, char *why, size_t why_size);
void cd_regex_free(struct cd_regex *r);
/* Is there a match anywhere in TEXT? */
bool cd_regex_match(const struct cd_regex *r, struct cd_str text);
/* The first group of the first match; false if nothing matches, or the group took no part. */
bool cd_regex_capture(const struct cd_regex *r, struct cd_str text, struct cd_str *out);
int cd_regex_n_groups(const struct cd_regex *r);

#ifdef __cplusplus
}
#endif
#endif
