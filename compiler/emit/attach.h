/* Where the documents of an emission are to be attached, and whether they all can be. */
#ifndef CD_EMIT_ATTACH_H
#define CD_EMIT_ATTACH_H

#include "compiler/emit/manifest.h"

/* A document hangs on every target of its attachment. */
struct cd_attachment {
    struct cd_str to;             /* "the root", "bucket acme-data" */
    size_t level;                 /* below the root, or below the unit to be guarded */
    size_t first, n;              /* of the documents */
    uint32_t n_existing, n_limit; /* that hang there beside them; that may in all (0: no limit) */
};

struct cd_attachments {
    struct cd_attachment *items;
    size_t n, cap;
};

/* How many policies hang there already: of service and resource control policies one, which AWS
 * manages (FullAWSAccess, RCPFullAWSAccess); of others none. */
uint32_t cd_attached_before(enum cd_target target);

/* The plan. N_EXISTING policies hang on each target already. Documents that are more than can be
 * attached to one target are spread over levels of the organization: what is denied above is denied
 * below. CORDON_ELIMIT if they are more than all levels take. */
CORDON_MUST_CHECK cordon_status cd_attach(const struct cd_documents *documents, uint32_t n_existing,
                                          struct cd_arena *a, struct cd_attachments *out,
                                          struct cordon_error *err);

#endif
