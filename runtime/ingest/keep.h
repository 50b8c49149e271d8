/* What ingest knows of a snapshot beside its columns, for the columnar store: how its sources name
 * things (so that evidence is in their terms), what normalized files say of theirs, and the
 * properties of types that the tables do not know. */
#ifndef CD_INGEST_KEEP_H
#define CD_INGEST_KEEP_H

#include "runtime/base/bytes.h"
#include "runtime/column/snapshot.h"

/* How a store begins. */
#define CD_STORE_MAGIC "\x89\x43\x42\x53\r\n\x1A\n"
#define CD_STORE_MAGIC_SIZE 8u

/* Appends all of it but the properties to OUT. */
void cd_ingest_keep(const struct cd_snapshot *s, struct cd_buf *out);
/* Makes it known to S, whose projection may be another and which may know of other sources: there
 * are the tables that there would be if S had read the sources. SOURCE: number in S of the first of
 * them. CORDON_ECORRUPT: the bytes are not what cd_ingest_keep wrote. */
CORDON_MUST_CHECK cordon_status cd_ingest_remember(struct cd_snapshot *s, struct cd_bytes *bytes,
                                                   uint32_t source, struct cordon_error *err);
/* How many sources normalized files name, so far: the places of rows count them. */
uint32_t cd_ingest_n_notes(const struct cd_snapshot *s);
/* Does the program read the tags of the envelope, or the property Tags of TABLE (NULL: of none),
 * which come from them? */
bool cd_ingest_reads_tags(const struct cd_snapshot *s, const struct cd_table *table);

/* Does the program ask whether something that TYPE, a pattern, covers is complete? */
bool cd_ingest_asks_for(const struct cd_snapshot *s, struct cd_str type);

/* Where the row of the policy document stands whose text is TEXT, an id of S: to be written to if
 * it IS_NEW; CD_NONE: it is no document. Until the next call; NULL: out of memory. */
uint32_t *cd_ingest_policy(struct cd_snapshot *s, uint32_t text, bool *is_new);

/* The properties of ROW of a table without a shape: a value on the json heap, CD_NONE: none. */
uint32_t cd_ingest_unshaped(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row);
/* Sets them; false: out of memory. */
CORDON_MUST_CHECK bool cd_ingest_set_unshaped(struct cd_snapshot *s, const struct cd_table *t,
                                              uint32_t row, uint32_t value);

#endif
