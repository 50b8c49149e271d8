/* An earlier report (`eval --format json`), to which findings are compared. docs/BASELINE.md says
 * what is read of it. */
#ifndef CD_REPORT_BASELINE_H
#define CD_REPORT_BASELINE_H

#include "runtime/base/arena.h"
#include "runtime/base/map.h"
#include "runtime/ingest/json.h"
#include "runtime/report/finding.h"

/* Some 300,000 findings. */
#define CD_BASELINE_MOST_BYTES ((size_t)256 << 20)

struct cd_baseline_finding {
    uint64_t fingerprint;
    uint64_t digest; /* of the verdict, the evidence, and a waiver's reason */
    enum cd_verdict verdict;
    struct cd_str control, id, message;
    uint32_t level;
    bool has_resource;
    struct cd_resource_name resource;
};

/* Where a finding stands, by fingerprint. */
struct cd_baseline_key {
    uint64_t fingerprint;
    uint32_t at;
};

struct cd_baseline {
    struct cd_arena arena;
    struct cd_str name;                   /* of the file; copied */
    struct cd_baseline_finding *findings; /* in the file's order */
    struct cd_baseline_key *keys;         /* sorted */
    uint32_t n;
    struct cd_map controls; /* ids of those that ran */
};

/* Reads TEXT, a report under NAME. What is no report, or not a whole one (--max-findings), is
 * CORDON_EINPUT with the place. Finish it also after a failure. */
CORDON_MUST_CHECK cordon_status cd_baseline_read(const char *name, struct cd_str text,
                                                 struct cd_baseline *out, struct cordon_error *err);
/* Safe on a zeroed one. */
void cd_baseline_finish(struct cd_baseline *b);
/* The finding of that fingerprint; NULL: there is none. */
const struct cd_baseline_finding *cd_baseline_find(const struct cd_baseline *b,
                                                   uint64_t fingerprint);
/* Sixteen hex digits in lower case; false on anything else. */
bool cd_baseline_fingerprint(struct cd_str text, uint64_t *out);
/* What two findings have in common that are the same for a reader: the verdict, the evidence, a
 * waiver's reason, however they are laid out as JSON. */
uint64_t cd_baseline_digest(struct cd_dom_val finding);

#endif
