/* Lists of warnings. */
#include "runtime/iam/warnings.h"

bool
cd_warnings_add(struct cd_arena *a, struct cd_warnings *w, struct cd_str text)
{
    if (w->n > CD_WARNINGS_LIMIT) {
        return true;
    }
    struct cd_str copy =
        w->n < CD_WARNINGS_LIMIT ? cd_arena_str(a, text) : CD_STR("there are more warnings");
    struct cd_str *slot = CD_PUSH(a, w->items, w->n, w->cap);
    if (slot == NULL || copy.p == NULL) {
        return false;
    }
    *slot = copy;
    return true;
}
