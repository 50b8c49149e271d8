/* The windows of a source on their way into the snapshot: each is filled by the splitter, parsed,
 * and read. Windows are filled one after the other and read one after the other, in the order of
 * the file; between the two, several threads parse at the same time. What is read, and in which
 * order, does not depend on the number of threads. */
#ifndef CD_INGEST_PIPELINE_H
#define CD_INGEST_PIPELINE_H

#include "runtime/ingest/json.h"
#include "runtime/ingest/split.h"

/* Filling and reading go one window at a time: more threads than a few wait for their turn. */
#define CD_MOST_THREADS 16u

/* A window with its pieces, parsed where they could be. */
struct cd_batch {
    struct cd_window w;
    struct cd_dom *dom;
    struct cd_dom_shelf *shelf;
    /* By piece: the parsed item. Pieces that are not parsed (NULL: a document, text that the parser
     * refuses, more than a shelf has places for) are for the reader to parse. */
    const struct cd_dom_doc *parsed[CD_DOM_SHELF];
};

/* Called for one batch at a time, in order; not always on the same thread. */
typedef cordon_status (*cd_batch_read)(void *user, const struct cd_batch *b,
                                       struct cordon_error *err);

/* Sends everything that SPLIT gives through READ, on N_THREADS threads with the caller's own. Where
 * the system has fewer to give, on fewer. Ends at the first failure in the order of the file. */
CORDON_MUST_CHECK cordon_status cd_pipeline_run(struct cd_split *split, unsigned n_threads,
                                                cd_batch_read read, void *user,
                                                struct cordon_error *err);

#endif
