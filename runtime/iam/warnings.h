/* Warnings: what is odd about documents and requests, and no error. */
#ifndef CD_IAM_WARNINGS_H
#define CD_IAM_WARNINGS_H

#include "runtime/base/arena.h"

#define CD_WARNINGS_LIMIT 20 /* of one list; then a last one says that there are more */

struct cd_warnings {
    struct cd_str *items; /* in the arena */
    size_t n, cap;
};

/* Appends TEXT, which stays the caller's. False when memory is out. */
bool cd_warnings_add(struct cd_arena *a, struct cd_warnings *w, struct cd_str text);

#endif
