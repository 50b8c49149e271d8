/* The sources of a call, whatever they are: stores, or what runtime/ingest knows. */
#ifndef CD_DRIVER_READ_H
#define CD_DRIVER_READ_H

#include "runtime/ingest/ingest.h"

/* How sources are read. */
struct cd_reading {
    unsigned n_threads;
    bool keeps_duplicates; /* a store that is the only source is read as one of several, with what
                              gave way to later captures */
    bool is_silent;        /* no line of progress */
};

/* Reads PATHS into S, which is not sealed and has no sources so far. */
CORDON_MUST_CHECK cordon_status cd_driver_read(struct cd_snapshot *s, const char *const *paths,
                                               size_t n, struct cd_reading how,
                                               struct cordon_error *err);
/* The same, sealed, and of stores all checked that was not: for who uses all that is there. */
CORDON_MUST_CHECK cordon_status cd_driver_read_whole(struct cd_snapshot *s,
                                                     const char *const *paths, size_t n,
                                                     struct cd_reading how,
                                                     struct cordon_error *err);

#endif
