/* The folder that an emission goes to: documents of an earlier emission in it, and the writing of
 * the new ones, all or none. */
#ifndef CD_CLI_EMIT_FOLDER_H
#define CD_CLI_EMIT_FOLDER_H

#include "compiler/emit/manifest.h"
#include "compiler/emit/wrap.h"
#include "runtime/base/file.h"

enum cd_stale_fate {
    CD_STALE_REMOVED, /* of the same target, as it was emitted */
    CD_STALE_CHANGED, /* of the same target, but changed since: left */
    CD_STALE_OTHER    /* of another target: left, but in no manifest any more */
};

/* A document that the folder's manifest names and that is not among the new ones. */
struct cd_stale {
    struct cd_str file;
    enum cd_stale_fate fate;
};

struct cd_emit_folder {
    struct cd_arena *arena;
    const char *path;
    struct cd_stale *stale;
    size_t n_stale, cap_stale;
};

struct cd_emit_output {
    enum cd_target target;
    const struct cd_documents *documents;
    const struct cd_wrapped *wrapped;
    struct cd_str manifest;
};

/* Makes the folder if it is not there, and looks at what an earlier emission left in it. A
 * manifest.json that no emission wrote is an error. */
CORDON_MUST_CHECK cordon_status cd_emit_folder_open(struct cd_emit_folder *f,
                                                    const struct cd_emit_output *output,
                                                    struct cordon_error *err);
/* Writes the documents, what wraps them, and the manifest into the folder, which has been opened,
 * and removes what CD_STALE_REMOVED says. On any error the folder's files are as they were. */
CORDON_MUST_CHECK cordon_status cd_emit_folder_write(struct cd_emit_folder *f,
                                                     const struct cd_emit_output *output,
                                                     struct cordon_error *err);

#endif
