/* Resources of AWS itself within reach of its customers. */
#include "runtime/iam/reserved.h"

static bool
starts_nocase(struct cd_str s, struct cd_str prefix)
{
    return s.n >= prefix.n && cd_str_eq_nocase(cd_str_sub(s, 0, prefix.n), prefix);
}

/* Actions of IAM that only look. */
static bool
only_looks(struct cd_str name)
{
    static const struct cd_str verbs[] = {CD_STR_INIT("Get"), CD_STR_INIT("List"),
                                          CD_STR_INIT("Generate"), CD_STR_INIT("Simulate")};
    for (size_t i = 0; i < CD_ARRAY_LEN(verbs); i++) {
        if (starts_nocase(name, verbs[i])) {
            return true;
        }
    }
    return false;
}

static bool
changes_alias(struct cd_str name)
{
    static const struct cd_str suffix = CD_STR_INIT("Alias");
    return name.n >= suffix.n
           && cd_str_eq_nocase(cd_str_sub(name, name.n - suffix.n, name.n), suffix);
}

bool
cd_action_is_reserved(struct cd_str action)
{
    size_t colon = cd_str_find(action, ':', 0);
    if (colon == action.n) {
        return false;
    }
    struct cd_str service = cd_str_sub(action, 0, colon),
                  name = cd_str_sub(action, colon + 1, action.n);
    return cd_str_eq_nocase(service, CD_STR("kms"))
               ? changes_alias(name)
               : cd_str_eq_nocase(service, CD_STR("iam")) && !only_looks(name);
}

bool
cd_access_is_reserved(const struct cd_access *access)
{
    if (!access->has_arn || !cd_action_is_reserved(access->action)) {
        return false;
    }
    struct cd_str owner = access->arn.part[CD_ARN_OWNER], tail = access->arn.part[CD_ARN_TAIL];
    if (starts_nocase(access->action, CD_STR("kms:"))) {
        return starts_nocase(tail, CD_STR("alias/aws/"));
    }
    return cd_str_starts(tail, CD_STR("role/aws-reserved/"))
           || (cd_str_eq(owner, CD_STR("aws")) && cd_str_starts(tail, CD_STR("policy/")));
}
