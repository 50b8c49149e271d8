/* One finding, put together from an answer and its explanation, for every rendering. */
#ifndef CD_REPORT_FINDING_H
#define CD_REPORT_FINDING_H

#include "runtime/report/compare.h"
#include "runtime/report/report.h"

/* How reports name a resource; empty: absent (arn, region, account). */
struct cd_resource_name {
    struct cd_str type, id, arn, partition, region, account;
};

/* That of a row, or of a deletion, in S; without the ARN. */
struct cd_resource_name cd_resource_name_of(const struct cd_snapshot *s, uint32_t type,
                                            const struct cd_site *site, uint32_t id);

struct cd_finding {
    char fingerprint[17];
    const struct cd_control *control;
    enum cd_verdict verdict;
    bool has_resource; /* false: the answer of an estate clause */
    struct cd_resource_name resource;
    struct cd_str message;
    const struct cd_evidence *evidence;
    size_t n_evidence;
    struct cd_str waiver; /* CD_WAIVED: its reason */
    struct cd_str file;   /* of the require that decided */
    uint32_t line, column;
};

/* Explains answer A. Memory from ARENA, which the caller resets between findings. */
CORDON_MUST_CHECK cordon_status cd_finding_make(const struct cd_report *r,
                                                const struct cd_answer *a, struct cd_arena *arena,
                                                struct cd_finding *out, struct cordon_error *err);
/* The id in the control's metadata, or else its name. */
struct cd_str cd_control_id(const struct cd_image *img, const struct cd_control *c);
/* The finding as a JSON object without blanks. CHANGE: since the baseline, NULL without one. */
void cd_finding_json(const struct cd_report *r, const struct cd_finding *f,
                     const struct cd_change *change, struct cd_buf *out);
/* What was found before and is not any more. */
void cd_settled_json(const struct cd_settled *s, struct cd_buf *out);

#endif
