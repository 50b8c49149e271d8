/* One snapshot behind another. */
#ifndef CD_STORE_APPEND_H
#define CD_STORE_APPEND_H

#include "runtime/column/snapshot.h"

/* Adds to TO, which is not sealed, all that FROM holds, which is neither and has the same
 * projection, as if its sources had been read after those of TO. CORDON_ENOMEM; TO is then to be
 * given up. */
CORDON_MUST_CHECK cordon_status cd_store_append(struct cd_snapshot *to, struct cd_snapshot *from,
                                                struct cordon_error *err);

#endif
