/* Which quotas an emission has to keep: those in force on a day, or a size that the call gives. */
#ifndef CD_EMIT_QUOTA_H
#define CD_EMIT_QUOTA_H

#include "compiler/emit/target.h"
#include "cordon/status.h"

struct cd_quota_choice {
    struct cd_str date; /* a day (cd_is_day); empty: the newest row, whatever the day is */
    uint32_t max_bytes; /* of a document; 0: what the row says */
};

/* A day of the calendar, written 2026-05-15? */
bool cd_is_day(struct cd_str text);
/* The quota of TARGET's documents, without a day (`since`) where the call gives the size.
 * CORDON_EUSAGE if the day lies before the first that is known. */
CORDON_MUST_CHECK cordon_status cd_quota_choose(const struct cd_quota_choice *choice,
                                                enum cd_target target, struct cd_quota_row *out,
                                                struct cordon_error *err);

#endif
