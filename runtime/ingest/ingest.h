/* Sources in, rows out: finds out what a file is, splits it into items, and normalizes each into
 * the snapshot's columns. */
#ifndef CD_INGEST_INGEST_H
#define CD_INGEST_INGEST_H

#include <stdbool.h>

#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/column/snapshot.h"

/* Called now and then with the bytes read so far and the file's size (0: not known), for progress.
 */
typedef void (*cd_ingest_progress)(void *user, struct cd_str file, uint64_t done, uint64_t size);

/* Why a property that holds a policy is unknown, if what stands there is none. */
#define CD_UNKNOWN_NO_POLICY "not a policy document"

struct cd_ingest_options {
    cd_ingest_progress progress; /* or NULL; called on one thread at a time, on any */
    void *user;
    unsigned n_threads; /* 0, 1: the caller's alone. The result does not depend on it */
};

/* Reads one file ("-": standard input) into S, whatever its format: AWS Config (delivered snapshot,
 * item, list, event with an item, NDJSON of items) or Cordon's normalized form. Bad items are
 * problems in S and take completeness away; a file that cannot be read at all, or is no known
 * format, is an error with the place. */
CORDON_MUST_CHECK cordon_status cd_ingest_file(struct cd_snapshot *s, const char *path,
                                               const struct cd_ingest_options *options,
                                               struct cordon_error *err);
/* The same of text in memory, under the name PATH. */
CORDON_MUST_CHECK cordon_status cd_ingest_text(struct cd_snapshot *s, struct cd_str path,
                                               struct cd_str text, struct cordon_error *err);

/* One step of a property path in the language's terms: a property, a member of a list, or a key of
 * a map or of json. */
struct cd_path_step {
    struct cd_str name; /* property or key */
    uint32_t
        place;   /* list member: index, or CD_PLACE_KEY | dictionary id; CD_NONE: `name` counts */
    bool is_key; /* `name` is the key of a map or of json, not a property */
};
/* Appends to OUT the path, in the source's own terms, as one would type it into jq, of the property
 * STEPS[N] (N = 0: the resource itself; envelope members are named as one step with their language
 * name, e.g. `region`, with is_envelope) of the row ROW of TABLE. */
void cd_ingest_source_path(const struct cd_snapshot *s, uint32_t table, uint32_t row,
                           bool is_envelope, const struct cd_path_step *steps, size_t n,
                           struct cd_buf *out);

/* Writes S, which was read with a projection of everything, in the normalized form : header, then
 * resources sorted by type, account, region, id. */
void cd_normal_write(const struct cd_snapshot *s, struct cd_buf *out);

#endif
