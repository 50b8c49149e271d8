/* Lookups in the binding table. */
#include "compiler/derive/bindings.h"

const struct cd_bound_type *
cd_bound_type_of(struct cd_str type)
{
    uint32_t low = 0, high = cd_n_bound_types;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = cd_str_cmp(cd_bound_types[middle].type, type);
        if (order == 0) {
            return &cd_bound_types[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static const struct cd_bound_property *
find(const struct cd_bound_type *type, struct cd_str path)
{
    for (size_t i = 0; i < type->n_properties; i++) {
        if (cd_str_eq(type->properties[i].path, path)) {
            return &type->properties[i];
        }
    }
    return NULL;
}

/* `A.B[].C` is in `A.B[]`, which is in `A.B`. */
static struct cd_str
around(struct cd_str path)
{
    if (cd_str_ends(path, CD_STR("[]"))) {
        return cd_str_sub(path, 0, path.n - 2);
    }
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '.') {
        n--;
    }
    return cd_str_sub(path, 0, n > 0 ? n - 1 : 0);
}

const struct cd_bound_property *
cd_bound_property_of(const struct cd_bound_type *type, struct cd_str path)
{
    const struct cd_bound_property *own = find(type, path);
    for (struct cd_str p = around(path); own == NULL && p.n > 0; p = around(p)) {
        const struct cd_bound_property *outer = find(type, p);
        if (outer != NULL && outer->key.n == 0) {
            return outer;
        }
    }
    return own;
}
