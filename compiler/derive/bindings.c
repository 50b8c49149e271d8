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

const struct cd_bound_property *
cd_bound_property_of(const struct cd_bound_type *type, struct cd_str path)
{
    for (size_t i = 0; i < type->n_properties; i++) {
        if (cd_str_eq(type->properties[i].path, path)) {
            return &type->properties[i];
        }
    }
    return NULL;
}
