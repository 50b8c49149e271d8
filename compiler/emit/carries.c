/* Which actions the documents of a target can speak of. */
#include "compiler/emit/carries.h"

#include "compiler/emit/bucket.h"
#include "compiler/emit/strings.h"

static bool
is_on_key(uint32_t action)
{
    struct cd_iam_action act = cd_iam_action_at(action);
    bool found = false;
    for (uint32_t i = 0; i < act.n_resource_types && !found; i++) {
        bool required;
        struct cd_iam_resource type =
            cd_iam_resource_at(cd_iam_action_resource(action, i, &required));
        found = cd_str_eq(type.service, CD_STR("kms")) && cd_str_eq(type.name, CD_STR("key"));
    }
    return found && cd_str_eq(act.service, CD_STR("kms"));
}

/* Organizations User Guide, «Resource control policies», «Resources and entities not restricted by
 * RCPs». */
static bool
is_of_rcp(uint32_t action)
{
    struct cd_iam_action act = cd_iam_action_at(action);
    bool escapes =
        cd_str_eq(act.service, CD_STR("kms")) && cd_str_eq(act.name, CD_STR("RetireGrant"));
    return cd_rcp_service(act.service) && !escapes;
}

bool
cd_target_carries(enum cd_target target, uint32_t action)
{
    switch (cd_target_info[target].carries) {
    case CD_CARRIES_ALL: return true;
    case CD_CARRIES_RCP_SERVICES: return is_of_rcp(action);
    case CD_CARRIES_BUCKETS: return cd_bucket_action_levels(action) != 0;
    case CD_CARRIES_KEYS: return is_on_key(action);
    }
    return false;
}

bool
cd_target_carries_some(enum cd_target target, struct cd_str pattern)
{
    uint32_t first, n;
    struct cd_str service = cd_str_sub(pattern, 0, cd_str_find(pattern, ':', 0));
    if (cd_target_info[target].carries == CD_CARRIES_ALL) {
        return true;
    }
    if (!cd_iam_service_actions(service, &first, &n)) {
        return false;
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (cd_action_matches(pattern, service, cd_iam_action_at(i).name)
            && cd_target_carries(target, i)) {
            return true;
        }
    }
    return false;
}

static size_t
rcp_services(struct cd_arena *a, struct cd_str **out)
{
    uint32_t n = cd_iam_n_services();
    size_t found = 0;
    *out = CD_NEW_ARRAY(a, n + 1, struct cd_str);
    for (uint32_t i = 0; i < n; i++) {
        struct cd_str service = cd_iam_service_at(i);
        if (cd_rcp_service(service)) {
            (*out)[found++] = cd_arena_printf(a, "%.*s:*", CD_FMT(service));
        }
    }
    return cd_strs_sort(*out, found);
}

size_t
cd_target_everything(struct cd_arena *a, enum cd_target target, struct cd_str **out)
{
    enum cd_carries carries = cd_target_info[target].carries;
    if (carries == CD_CARRIES_RCP_SERVICES) {
        return rcp_services(a, out);
    }
    *out = CD_NEW(a, struct cd_str);
    **out = carries == CD_CARRIES_BUCKETS ? CD_STR("s3:*")
            : carries == CD_CARRIES_KEYS  ? CD_STR("kms:*")
                                          : CD_STR("*");
    return 1;
}

struct cd_str
cd_target_limits(enum cd_target target, const struct cd_str *beyond, size_t n)
{
    switch (cd_target_info[target].carries) {
    case CD_CARRIES_ALL: break;
    case CD_CARRIES_RCP_SERVICES:
        return n == 1 && cd_str_eq_nocase(beyond[0], CD_STR("kms:RetireGrant"))
                   ? CD_STR("resource control policies do not bind who retires a grant")
                   : CD_STR("a resource control policy carries the actions of the services that "
                            "support it");
    case CD_CARRIES_BUCKETS:
        return CD_STR("a bucket policy carries S3's actions on buckets and objects");
    case CD_CARRIES_KEYS: return CD_STR("a key policy carries KMS's actions on keys");
    }
    return CD_STR("");
}
