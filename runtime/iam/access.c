/* Requests: their keys and what is derived of them. */
#include "runtime/iam/access.h"

#include "runtime/schema/schema.h"

bool
cd_arn_read(struct cd_str s, struct cd_arn *out)
{
    return cd_arn_segments(s, out->part);
}

struct cd_str
cd_arn_account(const struct cd_arn *arn)
{
    struct cd_str owner = arn->part[CD_ARN_OWNER];
    return cd_is_account(owner) ? owner : CD_STR("");
}

void
cd_access_prepare(struct cd_access *access)
{
    access->has_arn = cd_arn_read(access->resource, &access->arn);
    access->action_index = cd_iam_find_action(access->action);
}

enum cd_truth
cd_access_find(const struct cd_access *access, struct cd_str name, const struct cd_access_key **out)
{
    for (uint32_t i = 0; i < access->n_keys; i++) {
        const struct cd_access_key *key = &access->keys[i];
        if (key->name.n == name.n && cd_str_eq_nocase(key->name, name)) {
            *out = key;
            return key->is_unknown ? CD_MAYBE : cd_truth_of(!key->is_absent && key->n_values != 0);
        }
    }
    *out = NULL;
    return access->is_partial ? CD_MAYBE : CD_NO;
}

enum cd_truth
cd_access_value(const struct cd_access *access, struct cd_str name, struct cd_str *out)
{
    const struct cd_access_key *key;
    enum cd_truth has = cd_access_find(access, name, &key);
    if (has == CD_YES) {
        if (key->n_values != 1 || key->is_list) {
            return CD_NO;
        }
        *out = key->values[0];
    }
    return has;
}
