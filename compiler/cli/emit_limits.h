/* Options of `cordon emit` on how large documents may be and how many hang on a target. */
#ifndef CD_CLI_EMIT_LIMITS_H
#define CD_CLI_EMIT_LIMITS_H

#include "compiler/emit/quota.h"
#include "runtime/driver/options.h"

struct cd_emit_limits {
    const char *date, *scp_limit, *existing; /* as given; NULL: not */
    struct cd_quota_choice quota;
    uint32_t n_existing;
};

#define CD_EMIT_LIMIT_OPTIONS(l)                                                               \
    {.name = "quota-date",                                                                     \
     .kind = CD_OPTION_VALUE,                                                                  \
     .argument = "YYYY-MM-DD",                                                                 \
     .value = &(l)->date,                                                                      \
     .help = "keep the quotas of that day, instead of the newest that are known"},             \
        {.name = "scp-limit",                                                                  \
         .kind = CD_OPTION_VALUE,                                                              \
         .argument = "BYTES",                                                                  \
         .value = &(l)->scp_limit,                                                             \
         .help = "the most that a service control policy may have, whatever the quota"},       \
    {                                                                                          \
        .name = "existing", .kind = CD_OPTION_VALUE, .argument = "N", .value = &(l)->existing, \
        .help = "how many policies hang on each target already (1: FullAWSAccess)"             \
    }

/* Fills in the quota and n_existing from what is given. CORDON_EUSAGE if that is no number, or
 * TARGET has no such thing. */
CORDON_MUST_CHECK cordon_status cd_emit_limits_read(struct cd_emit_limits *l, enum cd_target target,
                                                    struct cordon_error *err);

#endif
