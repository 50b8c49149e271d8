/* Inflates a gzip stream as it is read: members behind each other, their checksums and lengths
 * verified. */
#ifndef CD_INGEST_GZIP_H
#define CD_INGEST_GZIP_H

#include "runtime/ingest/split.h"

#define CD_GZIP_MAGIC "\x1F\x8B"

/* Beyond CD_GZIP_FREE bytes, what comes out may be CD_GZIP_RATIO times what went in: snapshots
 * become 5 to 30 times as large, what is made to fill disks 1,000 times. */
#define CD_GZIP_RATIO 200u
#define CD_GZIP_FREE ((uint64_t)256 << 20)

struct cd_gzip;

/* READ with USER gives the compressed bytes. NULL: out of memory. */
struct cd_gzip *cd_gzip_new(cd_split_read read, void *user);
void cd_gzip_free(struct cd_gzip *g);
/* A cd_split_read with a struct cd_gzip as its user. What is broken, cut off, or expands beyond the
 * limit is CORDON_EINPUT or CORDON_ELIMIT, with the place in the compressed file in the message. */
cordon_status cd_gzip_read(void *user, void *into, size_t n, size_t *got, struct cordon_error *err);

#endif
