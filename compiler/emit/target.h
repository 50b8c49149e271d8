/* Targets: the kinds of documents that denies are emitted as, one row each in targets.def. */
#ifndef CD_EMIT_TARGET_H
#define CD_EMIT_TARGET_H

#include <stdbool.h>

#include "runtime/base/nearest.h"
#include "runtime/iam/decide.h"
#include "runtime/schema/schema.h"

enum cd_target {
#define CD_TARGET(name, ...) CD_TARGET_##name,
#include "compiler/emit/targets.def"
#undef CD_TARGET
    CD_N_TARGETS
};

/* Which actions a document can speak of. */
enum cd_carries {
    CD_CARRIES_ALL,
    CD_CARRIES_RCP_SERVICES, /* those of the services that resource control policies cover */
    CD_CARRIES_BUCKETS,      /* S3's, on buckets and objects */
    CD_CARRIES_KEYS,         /* KMS's, on keys */
};

/* What a document has to allow, lest it deny more than its denies. */
enum cd_allows {
    CD_ALLOWS_NOTHING,    /* other documents allow */
    CD_ALLOWS_EVERYTHING, /* it replaces or limits what is allowed otherwise */
    CD_ALLOWS_ACCOUNT,    /* the account of the resource, lest nobody can change the document */
};

struct cd_target_info {
    struct cd_str name;        /* as the command and the manifest have it: `scp` */
    struct cd_str other_names; /* with blanks between them */
    struct cd_str file;        /* `scp` */
    struct cd_str noun;        /* `a service control policy` */
    enum cd_quota quota;
    enum cd_policy_kind kind;
    enum cd_carries carries;
    bool has_principal, takes_not_action;
    enum cd_allows allows;
};
extern const struct cd_target_info cd_target_info[CD_N_TARGETS];

/* As the command and the manifest name it: `scp`, `bucket-policy`. */
const char *cd_target_name(enum cd_target target);
/* The target of that name, or of one of its other names. If there is none, NEAR (may be NULL) gets
 * the nearest right name. */
bool cd_target_find(struct cd_str name, enum cd_target *out, struct cd_nearest *near);

#endif
