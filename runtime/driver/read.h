/* A source by its name, whatever it is: a store, or what runtime/ingest knows. */
#ifndef CD_DRIVER_READ_H
#define CD_DRIVER_READ_H

#include "runtime/ingest/ingest.h"

/* Reads PATH into S, which is not sealed. IS_ALONE: no other source was or will be read. */
CORDON_MUST_CHECK cordon_status cd_driver_read(struct cd_snapshot *s, const char *path,
                                               bool is_alone,
                                               const struct cd_ingest_options *options,
                                               struct cordon_error *err);

#endif
