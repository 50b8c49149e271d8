/* Quotas by day. */
#include "compiler/emit/quota.h"

#include "runtime/base/num.h"

bool
cd_is_day(struct cd_str text)
{
    int64_t unused;
    return text.n == sizeof "2026-05-15" - 1 && cd_parse_time(text, &unused);
}

cordon_status
cd_quota_choose(const struct cd_quota_choice *choice, enum cd_target target,
                struct cd_quota_row *out, struct cordon_error *err)
{
    *out = cd_quota_of(cd_target_info[target].quota, choice->date);
    if (choice->date.n != 0 && cd_str_cmp(choice->date, out->since) < 0) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "--quota-date %.*s: the quotas of %.*s are known from %.*s on",
                           CD_FMT(choice->date), CD_FMT(cd_target_info[target].noun),
                           CD_FMT(out->since));
    }
    if (choice->max_bytes != 0) {
        out->max_bytes = choice->max_bytes;
        out->since = CD_STR("");
    }
    return CORDON_OK;
}
