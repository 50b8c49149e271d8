/* The binding table: what a request that makes or changes a resource tells of its properties, by
 * condition keys. Made by compiler/tools/bindgen from stdlib/schema/bindings; its form is described
 * there. tests/unit/test_bindings.c holds it against the IAM table and the resource types. */
#ifndef CD_DERIVE_BINDINGS_H
#define CD_DERIVE_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

/* An action that changes a property, and whose requests do not tell to what. */
struct cd_bound_untold {
    struct cd_str action;
    struct cd_str why; /* may be empty; else a clause without its full stop */
};

struct cd_bound_property {
    struct cd_str path;          /* `VpcConfig.Subnets`, `ReplicaRegions[].Region` */
    struct cd_str key;           /* empty: no key tells it */
    struct cd_str why;           /* without a key: a clause that says so; may be empty */
    bool is_presence;            /* only whether it is there says something of the property */
    bool is_of_some;             /* members of the list may lack the property */
    const struct cd_str *create; /* actions that make the resource and tell */
    size_t n_create;
    const struct cd_str *update; /* actions that change the property and tell */
    size_t n_update;
    const struct cd_str *adds; /* actions that add members to the list, and tell those */
    size_t n_adds;
    const struct cd_bound_untold *untold;
    size_t n_untold;
    struct cd_str source; /* the page of AWS that says so */
};

struct cd_bound_type {
    struct cd_str type;          /* CloudFormation's */
    struct cd_str resource;      /* IAM's, `ec2:volume`; empty if the actions take "*" only */
    const struct cd_str *create; /* all actions that make such a resource */
    size_t n_create;
    bool is_regional; /* it is made in the region that the request goes to */
    const struct cd_bound_property *properties;
    size_t n_properties;
    struct cd_str source;
};

extern const struct cd_bound_type cd_bound_types[]; /* sorted by type */
extern const uint32_t cd_n_bound_types;

/* NULL if the table does not speak of it. */
const struct cd_bound_type *cd_bound_type_of(struct cd_str type);
/* The row of PATH; or, if it has none, that of the object or list around it which no key tells;
 * NULL without either. */
const struct cd_bound_property *cd_bound_property_of(const struct cd_bound_type *type,
                                                     struct cd_str path);

#endif
