/* The options of `cordon emit` that name what documents are to be the policies of. */
#ifndef CD_CLI_EMIT_SCOPES_H
#define CD_CLI_EMIT_SCOPES_H

#include "compiler/emit/scope.h"
#include "runtime/driver/options.h"

enum cd_emit_scope_option {
    CD_EMIT_SCOPE_BUCKET,
    CD_EMIT_SCOPE_KEY,
    CD_EMIT_SCOPE_ACCOUNT,
    CD_EMIT_SCOPE_SERVICE,
    CD_N_EMIT_SCOPES
};

struct cd_emit_scopes {
    struct cd_values names[CD_N_EMIT_SCOPES];
};

#define CD_EMIT_SCOPE_OPTIONS(s)                                                                \
    {.name = "bucket",                                                                          \
     .kind = CD_OPTION_MANY,                                                                    \
     .argument = "NAME",                                                                        \
     .values = &(s)->names[CD_EMIT_SCOPE_BUCKET],                                               \
     .help = "a bucket, or its ARN, to write a policy for, beside those that the denies name"}, \
        {.name = "key",                                                                         \
         .kind = CD_OPTION_MANY,                                                                \
         .argument = "ARN",                                                                     \
         .values = &(s)->names[CD_EMIT_SCOPE_KEY],                                              \
         .help = "a KMS key to write a policy for, beside those that the denies name"},         \
        {.name = "account",                                                                     \
         .kind = CD_OPTION_MANY,                                                                \
         .argument = "ID",                                                                      \
         .values = &(s)->names[CD_EMIT_SCOPE_ACCOUNT],                                          \
         .help = "an account, to write a policy for any of its KMS keys"},                      \
    {                                                                                           \
        .name = "service", .kind = CD_OPTION_MANY, .argument = "PREFIX",                        \
        .values = &(s)->names[CD_EMIT_SCOPE_SERVICE],                                           \
        .help = "a service (s3, kms, …), to write a policy for its VPC endpoints alone"       \
    }

/* An option that is for another target than *TARGET, which gets the right one; NULL if none is. */
const char *cd_emit_scopes_misplaced(const struct cd_emit_scopes *s, enum cd_target *target);
/* What they name. CORDON_EUSAGE with the option that names nothing. */
CORDON_MUST_CHECK cordon_status cd_emit_scopes_read(const struct cd_emit_scopes *s,
                                                    struct cd_arena *arena,
                                                    struct cd_emit_asked *out,
                                                    struct cordon_error *err);

#endif
