/* What `cordon emit` says of the documents that it wrote. */
#ifndef CD_CLI_EMIT_LIST_H
#define CD_CLI_EMIT_LIST_H

#include "compiler/cli/emit_folder.h"
#include "compiler/cli/frontend.h"

struct cd_emit_listing {
    struct cd_frontend *front;
    const struct cd_emit_folder *folder; /* written */
    const struct cd_emit_asked *asked;
    const struct cd_emission *emission;
    const struct cd_documents *documents;
    const struct cd_attachments *attachments;
    const struct cd_wrapped *wrapped;
};

/* Each document with its size and where it hangs, what was left out and why, what became of older
 * files, and what no document says. Returns the exit code. */
int cd_emit_list(const struct cd_emit_listing *e);

#endif
