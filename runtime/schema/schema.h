/* The reference tables that the binary carries: resource types and their properties, IAM actions
 * and condition keys, regions, quotas, and which properties AWS Config carries. Read-only, no
 * start-up work, any number of threads.
 *
 * The tables are committed as compact text in stdlib/schema/ (made by stdlib/schema/update.py from
 * dated sources), turned into one position-independent blob by compiler/tools/tablegen and linked
 * in with .incbin; lookups are binary searches or perfect offsets in that blob. */
#ifndef CD_SCHEMA_SCHEMA_H
#define CD_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

#define CD_SCHEMA_NONE UINT32_MAX

/* What a property holds. */
enum cd_schema_kind {
    CD_SCHEMA_BOOL,
    CD_SCHEMA_NUMBER,
    CD_SCHEMA_STRING,
    CD_SCHEMA_TIME,   /* format date-time, or so marked by the overlay */
    CD_SCHEMA_JSON,   /* unchecked */
    CD_SCHEMA_POLICY, /* an IAM policy document */
    CD_SCHEMA_RECORD, /* ref: the shape */
    CD_SCHEMA_LIST,   /* ref: the element's type */
    CD_SCHEMA_MAP,    /* string keys; ref: the value's type */
};

struct cd_schema_type {
    enum cd_schema_kind kind;
    uint32_t ref;      /* RECORD: shape; LIST, MAP: type index for cd_schema_type_at; else unused */
    uint32_t enum_set; /* STRING: its listed values for cd_schema_enum_*, or CD_SCHEMA_NONE */
};

/* A shape is a resource type (`AWS::S3::Bucket`) or a nested object of one
 * (`AWS::S3::Bucket.ReplicationRule`, with the definition's name as CloudFormation's schema gives
 * it; an object without a definition of its own is named after its path, `AWS::X::Y.Prop` or
 * `AWS::X::Y.Prop.Inner`, list elements as their list). */
struct cd_schema_shape {
    struct cd_str name;
    bool is_resource;               /* a type with a table */
    bool is_derived;                /* rows made from other resources only; not in `resource` */
    bool is_global;                 /* resources have no region (IAM, CloudFront, …) */
    bool from_overlay;              /* not in CloudFormation */
    bool config_records;            /* AWS Config records the type */
    uint32_t first_field, n_fields; /* sorted by name, bytewise */
};

struct cd_schema_field {
    struct cd_str name;
    uint32_t type;       /* for cd_schema_type_at */
    bool config_carries; /* AWS Config's published list has this property (for shapes: on this very
                            shape) */
    bool read_only;
};

uint32_t cd_schema_n_shapes(void);
struct cd_schema_shape cd_schema_shape_at(uint32_t shape);
/* The shape named NAME (a resource type or a nested object), or CD_SCHEMA_NONE. Names are
 * case-sensitive. */
uint32_t cd_schema_find_shape(struct cd_str name);
struct cd_schema_field cd_schema_field_at(uint32_t field);
/* The field of SHAPE named NAME, or CD_SCHEMA_NONE. */
uint32_t cd_schema_find_field(uint32_t shape, struct cd_str name);
struct cd_schema_type cd_schema_type_at(uint32_t type);
/* The listed values of a string property. */
uint32_t cd_schema_enum_size(uint32_t enum_set);
struct cd_str cd_schema_enum_at(uint32_t enum_set, uint32_t i);
/* Does AWS Config's published list carry the property at DOTTED_PATH of a resource type
 * (`BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled`; lists and maps are
 * transparent)? What is below an object that the list names only as a whole is carried. False for
 * types that the list does not have. */
bool cd_schema_config_carries(uint32_t resource_shape, struct cd_str dotted_path);
/* The shape of policy documents: Version, Id, Statement[] {Sid Effect Principal NotPrincipal Action
 * NotAction Resource NotResource Condition}; Action, NotAction, Resource, NotResource are lists of
 * strings, Principal, NotPrincipal, Condition json. */
uint32_t cd_schema_policy_shape(void);

/* The ARN format of a resource type, with ${Partition} ${Region} ${Account} ${Id} and ${Property}
 * as placeholders; empty if there is none. */
struct cd_str cd_schema_arn_format(uint32_t shape);
/* The property that holds what AWS calls name the resource by (interfaces.md: `id`), empty if the
 * table does not say. */
struct cd_str cd_schema_id_property(uint32_t shape);
/* Further names by which `->` finds a resource: property names, `n` of them; those that end in `[]`
 * are lists of names. */
uint32_t cd_schema_n_names(uint32_t shape);
struct cd_str cd_schema_name_property(uint32_t shape, uint32_t i);

/* IAM, from the service authorization reference. */
struct cd_iam_action {
    struct cd_str service; /* prefix, `s3` */
    struct cd_str name;    /* `PutObject` */
    bool is_permission_only;
    uint32_t n_resource_types; /* 0: the action takes only "*" */
};
uint32_t cd_iam_n_actions(void); /* sorted by service, then name without case */
struct cd_iam_action cd_iam_action_at(uint32_t action);
/* `service:Name`, without case; CD_SCHEMA_NONE if unknown. */
uint32_t cd_iam_find_action(struct cd_str full_name);
bool cd_iam_service_exists(struct cd_str prefix);
uint32_t cd_iam_n_services(void);
struct cd_str cd_iam_service_at(uint32_t service);
/* The contiguous range of a service's actions; false if there is no such service. */
bool cd_iam_service_actions(struct cd_str prefix, uint32_t *first, uint32_t *n);

/* A resource type of IAM that an action is authorized on. */
struct cd_iam_resource {
    struct cd_str service;
    struct cd_str name; /* `bucket` */
    uint32_t n_arns;    /* a type may have several ARN formats, with ${Placeholders} */
};
struct cd_iam_resource cd_iam_resource_at(uint32_t resource);
struct cd_str cd_iam_resource_arn(uint32_t resource, uint32_t i);
/* The I-th resource type of ACTION; *required says whether the call always names one. */
uint32_t cd_iam_action_resource(uint32_t action, uint32_t i, bool *required);

/* Condition keys. */
enum cd_iam_key_type {
    CD_IAM_KEY_STRING,
    CD_IAM_KEY_ARN,
    CD_IAM_KEY_BOOL,
    CD_IAM_KEY_NUMERIC,
    CD_IAM_KEY_DATE,
    CD_IAM_KEY_IP,
    CD_IAM_KEY_BINARY
};
struct cd_iam_key {
    struct cd_str name; /* canonical case; `aws:RequestTag/${TagKey}` keeps its placeholder */
    enum cd_iam_key_type type;
    bool is_multivalued; /* ArrayOf… */
    bool is_global;      /* aws:… of the global context keys */
    bool always_present; /* global keys that every request carries (aws:CurrentTime,
                            aws:RequestedRegion, …) */
    bool is_retired; /* no action carries it any more; `successor` names what does, empty if nothing
                      */
    struct cd_str successor;
};
uint32_t cd_iam_n_keys(void);
struct cd_iam_key cd_iam_key_at(uint32_t key);
/* The key NAME stands for, without case: `aws:RequestTag/team` finds `aws:RequestTag/${TagKey}`.
 * CD_SCHEMA_NONE if unknown. */
uint32_t cd_iam_find_key(struct cd_str name);
/* Does KEY reach ACTION, through the action itself, one of its (action, resource type) pairs, one
 * of its resource types, or as a global key that applies? (A global key that only some actions
 * carry answers by the action.) */
bool cd_iam_action_has_key(uint32_t action, uint32_t key);
/* Does KEY reach ACTION on its I-th resource type (the action's own keys count for all of its
 * types)? */
bool cd_iam_action_resource_has_key(uint32_t action, uint32_t i, uint32_t key);
/* Does KEY reach ACTION whatever the resource type (the action's own keys, or a global key)? */
bool cd_iam_action_itself_has_key(uint32_t action, uint32_t key);

/* Regions and partitions, accounts are twelve digits. */
uint32_t cd_region_n(void);
struct cd_str cd_region_at(uint32_t i);
/* The partition of a region (`aws`, `aws-cn`, …); empty if there is no such region. */
struct cd_str cd_region_partition(struct cd_str region);
bool cd_partition_exists(struct cd_str partition);

/* Quotas of policy documents as data with a date: the newest row not later than DATE ("2026-11-23";
 * empty: newest). */
enum cd_quota {
    CD_QUOTA_SCP,
    CD_QUOTA_RCP,
    CD_QUOTA_BUCKET_POLICY,
    CD_QUOTA_VPCE_POLICY,
    CD_QUOTA_KEY_POLICY,
    CD_QUOTA_BOUNDARY,
    CD_QUOTA_ROLE_POLICY, /* inline policies of a role: no identity policy may be larger */
    CD_QUOTA_SESSION_POLICY
};
struct cd_quota_row {
    uint32_t max_bytes;
    uint32_t max_attached; /* a target, 0 where there is no such number */
    bool blanks_count;
    struct cd_str since, origin;
};
struct cd_quota_row cd_quota_of(enum cd_quota document, struct cd_str date);
/* Is SERVICE covered by resource control policies? */
bool cd_rcp_service(struct cd_str service);

/* The tables' origins and dates, for `cordon version`: `name`, `version`, `date`, `licence` of the
 * I-th source. */
struct cd_schema_source {
    struct cd_str name, version, date, licence;
};
uint32_t cd_schema_n_sources(void);
struct cd_schema_source cd_schema_source_at(uint32_t i);

#endif
