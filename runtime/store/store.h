/* The columnar store (.cbs): a snapshot with all that its sources say, in a file of which an
 * evaluation reads only the columns that its program asks for. docs/SNAPSHOT.md has the layout. */
#ifndef CD_STORE_STORE_H
#define CD_STORE_STORE_H

#include "cordon/status.h"
#include "runtime/column/snapshot.h"

/* Is PATH a store, by its first bytes? */
bool cd_store_is(const char *path);

/* Writes S, which is sealed, was read with a projection of everything and keeps its problems
 * (keeps_problems), to PATH, aside first. The same resources from the same sources give the same
 * bytes. */
CORDON_MUST_CHECK cordon_status cd_store_write(const struct cd_snapshot *s, const char *path,
                                               struct cordon_error *err);

/* Reads the store PATH into S, an unsealed snapshot of any projection: the columns that it asks
 * for, and whatever else would be there if S had read the sources. IS_ALONE: S has no other source,
 * so what was settled when the store was built still counts. Rows stay in the file, which S keeps
 * open; nothing may write to it. A store that does not hold is an error with the place; what is
 * found to be broken only later (a dictionary is looked at where it is needed) cd_store_check
 * tells. */
CORDON_MUST_CHECK cordon_status cd_store_read(struct cd_snapshot *s, const char *path,
                                              bool is_alone, struct cordon_error *err);
/* The same of bytes in memory, which are aligned to 8, the snapshot's to write to, and stay until
 * its end. */
CORDON_MUST_CHECK cordon_status cd_store_read_bytes(struct cd_snapshot *s, const char *name,
                                                    struct cd_str bytes, bool is_alone,
                                                    struct cordon_error *err);
/* What a store says of itself. */
struct cd_store_info {
    uint32_t version;      /* of the format */
    struct cd_str builder; /* version of Cordon; borrowed */
    uint64_t size, n_strings, n_json;
};
/* Of the store that S, which keeps everything, was read from; looks at all that is in it, also what
 * nothing refers to. */
CORDON_MUST_CHECK cordon_status cd_store_inspect(const struct cd_snapshot *s,
                                                 struct cd_store_info *out,
                                                 struct cordon_error *err);
/* Does everything hold that was looked at so far, and is the file still what was opened? To be
 * asked before results count. */
CORDON_MUST_CHECK cordon_status cd_store_check(const struct cd_snapshot *s,
                                               struct cordon_error *err);

#endif
