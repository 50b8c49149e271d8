/* Sorted lists of strings, as documents hold values, actions and resources. */
#ifndef CD_EMIT_STRINGS_H
#define CD_EMIT_STRINGS_H

#include "runtime/base/arena.h"

/* Sorts ITEMS bytewise and drops repetitions; returns how many are left. */
size_t cd_strs_sort(struct cd_str *items, size_t n);
/* The sorted union of two sorted lists (or, with BOTH, their intersection), in A. */
size_t cd_strs_merge(struct cd_arena *a, const struct cd_str *x, size_t n_x, const struct cd_str *y,
                     size_t n_y, bool both, struct cd_str **out);
/* Is a policy variable, `${…}`, in one of them? */
bool cd_strs_have_variable(const struct cd_str *items, size_t n);

#endif
