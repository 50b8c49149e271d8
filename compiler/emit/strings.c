/* Sorted lists of strings. */
#include "compiler/emit/strings.h"

#include <stdlib.h>

static int
compare(const void *x, const void *y)
{
    return cd_str_cmp(*(const struct cd_str *)x, *(const struct cd_str *)y);
}

size_t
cd_strs_sort(struct cd_str *items, size_t n)
{
    size_t kept = 0;
    if (n != 0) {
        qsort(items, n, sizeof items[0], compare);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !cd_str_eq(items[kept - 1], items[i])) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

size_t
cd_strs_merge(struct cd_arena *a, const struct cd_str *x, size_t n_x, const struct cd_str *y,
              size_t n_y, bool both, struct cd_str **out)
{
    size_t n = 0, i = 0, k = 0;
    *out = CD_NEW_ARRAY(a, n_x + n_y + 1, struct cd_str);
    while (i < n_x || k < n_y) {
        int order = i == n_x ? 1 : k == n_y ? -1 : cd_str_cmp(x[i], y[k]);
        if (order == 0 || !both) {
            (*out)[n++] = order <= 0 ? x[i] : y[k];
        }
        i += order <= 0;
        k += order >= 0;
    }
    return n;
}

bool
cd_strs_have_variable(const struct cd_str *items, size_t n)
{
    bool found = false;
    for (size_t i = 0; i < n && !found; i++) {
        for (size_t k = 0; k + 1 < items[i].n && !found; k++) {
            found = items[i].p[k] == '$' && items[i].p[k + 1] == '{';
        }
    }
    return found;
}
