/* Where the bytes of a source come from: a file, standard input, or text in memory; inflated on the
 * way if they are compressed, which their first bytes tell. */
#ifndef CD_INGEST_SOURCE_H
#define CD_INGEST_SOURCE_H

#include "runtime/ingest/gzip.h"
#include "runtime/ingest/ingest.h"

struct cd_source {
    const char *path;
    int fd; /* -1: from TEXT */
    struct cd_str text;
    uint64_t done, size; /* as they are stored; size 0: not known */
    uint64_t told;
    const struct cd_ingest_options *options; /* or NULL */
    bool has_begun;
    unsigned char head[2];  /* what was read to see whether they are compressed … */
    size_t n_head, head_at; /* … and how much of it was passed on */
    struct cd_gzip *gzip;
};

/* Opens PATH; "-" is standard input. A message does not name it. */
CORDON_MUST_CHECK cordon_status cd_source_open(struct cd_source *s, const char *path,
                                               const struct cd_ingest_options *options,
                                               struct cordon_error *err);
/* TEXT under the name PATH, which are borrowed. */
void cd_source_text(struct cd_source *s, const char *path, struct cd_str text);
void cd_source_close(struct cd_source *s);
/* A cd_split_read with a struct cd_source as its user. */
cordon_status cd_source_read(void *user, void *into, size_t n, size_t *got,
                             struct cordon_error *err);

#endif
