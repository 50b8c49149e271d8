/* What the files of this folder share and nobody else sees. */
#ifndef CD_COLUMN_COLUMN_H
#define CD_COLUMN_COLUMN_H

#include "runtime/column/snapshot.h"

/* A node with a place in s->nodes; NULL when memory is out. */
struct cd_node *cd_column_node(struct cd_snapshot *s, enum cd_node_kind kind, uint32_t type,
                               uint32_t shape);
void cd_column_node_free(struct cd_node *n);
/* Makes ROW exist; false when memory is out. */
bool cd_column_reach(struct cd_node *n, uint32_t row);
/* Number of fields of a shape of the projection; 0 for CD_NONE. */
uint32_t cd_column_n_slots(const struct cd_snapshot *s, uint32_t shape);

/* envelope.c: what a new row has. */
CORDON_MUST_CHECK bool cd_column_set_origin(const struct cd_snapshot *s, struct cd_table *t,
                                            uint32_t row, const struct cd_origin *origin);
CORDON_MUST_CHECK bool cd_column_set_arn(struct cd_table *t, uint32_t row, uint32_t arn);

/* Settles duplicates and deletions (marks rows dead). */
CORDON_MUST_CHECK bool cd_column_settle(struct cd_snapshot *s);
/* Adds the rows of Cordon::Account and Cordon::Region, if the program reads them: one for each
 * account, and for each account and region, that the snapshot speaks of. */
CORDON_MUST_CHECK bool cd_column_add_places(struct cd_snapshot *s);
void cd_column_places_free(struct cd_snapshot *s);
void cd_column_table_free(struct cd_table *t);

#endif
