/* Layout of the table blob that compiler/tools/tablegen writes and runtime/schema reads: a header,
 * then sections of fixed-size records of uint32_t in the byte order of the machine that built it.
 * Strings are ids into STR_OFFSETS, which has one offset more than there are strings; every other
 * reference is an index into its section. Position independent. */
#ifndef CD_SCHEMA_BLOB_H
#define CD_SCHEMA_BLOB_H

#include <stdint.h>

#define CD_BLOB_MAGIC UINT32_C(0x42544443) /* "CDTB" */
#define CD_BLOB_VERSION 1

enum cd_blob_section {
    CD_BLOB_STR_OFFSETS,      /* uint32_t */
    CD_BLOB_STR_BYTES,        /* char */
    CD_BLOB_SHAPES,           /* cd_blob_shape, by name */
    CD_BLOB_FIELDS,           /* cd_blob_field, by name within a shape */
    CD_BLOB_TYPES,            /* cd_blob_type */
    CD_BLOB_ENUMS,            /* cd_blob_span of ENUM_VALUES */
    CD_BLOB_ENUM_VALUES,      /* string */
    CD_BLOB_NAMES,            /* string: further names of shapes */
    CD_BLOB_CARRIES,          /* cd_blob_carry, children by name */
    CD_BLOB_SERVICES,         /* cd_blob_service, by name */
    CD_BLOB_ACTIONS,          /* cd_blob_action, by service, then name without case */
    CD_BLOB_ACTION_RESOURCES, /* cd_blob_action_resource */
    CD_BLOB_RESOURCES,        /* cd_blob_resource */
    CD_BLOB_ARNS,             /* string: ARN formats of IAM's resource types */
    CD_BLOB_KEY_SETS,         /* cd_blob_span of KEY_SET_ITEMS */
    CD_BLOB_KEY_SET_ITEMS,    /* key, ascending within a set */
    CD_BLOB_KEYS,             /* cd_blob_key, by name without case */
    CD_BLOB_KEY_SCOPES,       /* string: services, or `service:Action`, `service:*` */
    CD_BLOB_TEMPLATES,        /* cd_blob_template: keys with a ${placeholder}, by the text before it
                                 without case */
    CD_BLOB_REGIONS,          /* cd_blob_region, by name */
    CD_BLOB_PARTITIONS,       /* string, sorted */
    CD_BLOB_QUOTAS,           /* cd_blob_quota, by document, then date */
    CD_BLOB_RCP,              /* cd_blob_rcp, by service */
    CD_BLOB_SOURCES,          /* cd_blob_source */
    CD_BLOB_N_SECTIONS
};

struct cd_blob_header {
    uint32_t magic, version, size, policy_shape;
    struct {
        uint32_t offset, count;
    } sections[CD_BLOB_N_SECTIONS];
};

struct cd_blob_span {
    uint32_t first, n;
};

enum {
    CD_BLOB_SHAPE_RESOURCE = 1,
    CD_BLOB_SHAPE_DERIVED = 2,
    CD_BLOB_SHAPE_GLOBAL = 4,
    CD_BLOB_SHAPE_OVERLAY = 8,
    CD_BLOB_SHAPE_RECORDED = 16
};

struct cd_blob_shape {
    uint32_t name, flags, first_field, n_fields;
    uint32_t arn, id_property, first_name, n_names;
    uint32_t carries; /* the root in CARRIES, or UINT32_MAX */
};

#define CD_BLOB_FIELD_CARRIED (UINT32_C(1) << 31)
#define CD_BLOB_FIELD_READ_ONLY (UINT32_C(1) << 30)
#define CD_BLOB_FIELD_TYPE (CD_BLOB_FIELD_READ_ONLY - 1)

struct cd_blob_field {
    uint32_t name, type_and_flags;
};

struct cd_blob_type {
    uint32_t kind, ref, enum_set;
};

/* A node of the tree of carried property paths; without children, everything below it is carried.
 */
struct cd_blob_carry {
    uint32_t name, first_child, n_children;
};

struct cd_blob_service {
    uint32_t name, first_action, n_actions;
};

struct cd_blob_action {
    uint32_t service, name, flags, key_set, first_resource, n_resources;
};
#define CD_BLOB_ACTION_PERMISSION_ONLY 1

#define CD_BLOB_REQUIRED (UINT32_C(1) << 31)

struct cd_blob_action_resource {
    uint32_t resource_and_required, key_set;
};

struct cd_blob_resource {
    uint32_t service, name, first_arn, n_arns, key_set;
};

enum {
    CD_BLOB_KEY_MULTIVALUED = 1,
    CD_BLOB_KEY_GLOBAL = 2,
    CD_BLOB_KEY_ALWAYS = 4,
    CD_BLOB_KEY_RETIRED = 8,
    CD_BLOB_KEY_ANY_ACTION =
        16 /* a global key that may come with any action, not only where an action lists it */
};

struct cd_blob_key {
    uint32_t name, type, flags, successor;
    struct cd_blob_span only; /* KEY_SCOPES: the services whose requests can have it; empty: all */
    struct cd_blob_span except; /* KEY_SCOPES: actions that cannot */
};

struct cd_blob_template {
    uint32_t prefix, suffix, key; /* the text before the first and after the last placeholder */
};

struct cd_blob_region {
    uint32_t name, partition;
};

struct cd_blob_quota {
    uint32_t document, since, max_bytes, max_attached, blanks_count, origin;
};

struct cd_blob_rcp {
    uint32_t service, since;
};

struct cd_blob_source {
    uint32_t name, version, date, licence;
};

#endif
