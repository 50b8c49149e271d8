/* `cordon emit --merge SNAPSHOT`: the policies that resources have already. */
#ifndef CD_CLI_EMIT_MERGE_H
#define CD_CLI_EMIT_MERGE_H

#include "compiler/emit/scope.h"
#include "runtime/column/snapshot.h"
#include "runtime/driver/options.h"

struct cd_emit_merge {
    struct cd_values paths; /* of snapshots; none: nothing is merged */
    struct cd_snapshot snapshot;
    bool has_snapshot;
};

/* Reads the snapshots and adds to OUT what they show of the policies that TARGET's documents are
 * to be merged into; the texts are copied into ARENA. */
CORDON_MUST_CHECK cordon_status cd_emit_merge_read(struct cd_emit_merge *m, enum cd_target target,
                                                   struct cd_arena *arena,
                                                   struct cd_emit_asked *out,
                                                   struct cordon_error *err);
/* Frees the snapshots; safe more than once, and if none was read. */
void cd_emit_merge_finish(struct cd_emit_merge *m);

#endif
