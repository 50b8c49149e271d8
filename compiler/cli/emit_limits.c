/* Limits of an emission as the call gives them. */
#include "compiler/cli/emit_limits.h"

#include "compiler/emit/attach.h"
#include "runtime/base/num.h"

#define SMALLEST_LIMIT 256
#define LARGEST_LIMIT 1000000
#define MOST_EXISTING 1000

/* TEXT, the value of --NAME, as a number from LEAST to MOST. */
static cordon_status
read_number(const char *name, const char *text, uint64_t least, uint64_t most, uint32_t *out,
            struct cordon_error *err)
{
    uint64_t value;
    if (!cd_parse_u64(cd_str_of(text), &value) || value < least || value > most) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "--%s %s: expected a number from %llu to %llu", name, text,
                           (unsigned long long)least, (unsigned long long)most);
    }
    *out = (uint32_t)value;
    return CORDON_OK;
}

static cordon_status
read_existing(struct cd_emit_limits *l, enum cd_target target, struct cordon_error *err)
{
    l->n_existing = cd_attached_before(target);
    if (l->existing == NULL) {
        return CORDON_OK;
    }
    if (l->n_existing == 0) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "--existing is for targets of which several documents hang in one "
                           "place: scp, rcp");
    }
    return read_number("existing", l->existing, 0, MOST_EXISTING, &l->n_existing, err);
}

cordon_status
cd_emit_limits_read(struct cd_emit_limits *l, enum cd_target target, struct cordon_error *err)
{
    struct cd_quota_row unused;
    l->quota = (struct cd_quota_choice){.date = cd_str_of(l->date == NULL ? "" : l->date)};
    if (l->date != NULL && !cd_is_day(l->quota.date)) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "--quota-date %s: expected a day, as in 2026-05-15", l->date);
    }
    if (l->scp_limit != NULL && target != CD_TARGET_SCP) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "--scp-limit is for the target scp");
    }
    if (l->scp_limit != NULL) {
        CORDON_TRY(read_number("scp-limit", l->scp_limit, SMALLEST_LIMIT, LARGEST_LIMIT,
                               &l->quota.max_bytes, err));
    }
    CORDON_TRY(read_existing(l, target, err));
    return cd_quota_choose(&l->quota, target, &unused, err);
}
