/* Renderings of an evaluation. One file a format; all of them stream finding by finding and write
 * the same bytes for the same input. */
#ifndef CD_REPORT_REPORT_H
#define CD_REPORT_REPORT_H

#include "runtime/base/file.h"
#include "runtime/vm/eval.h"
#include "runtime/vm/params.h"

enum cd_report_format { CD_REPORT_TEXT, CD_REPORT_JSON, CD_REPORT_NDJSON };

struct cd_comparison; /* runtime/report/compare.h */

struct cd_report {
    const struct cd_image *img;
    const struct cd_bound_params *params;
    const struct cd_snapshot *snapshot;
    struct cd_eval *eval; /* has run */
    enum cd_report_format format;
    bool colour;                            /* text only */
    uint64_t max_findings;                  /* printed; UINT64_MAX: all */
    const struct cd_comparison *comparison; /* NULL: without a baseline */
};

/* Answers in the order of the report: by control as listed, then type, account, region and id of
 * the resource. */
struct cd_report_order {
    uint32_t *controls; /* those that ran */
    size_t n_controls;
    const struct cd_answer **answers;
    size_t n_answers;
};

/* Writes the report. Failures of OUT are kept there; the status speaks of memory and of defects
 * only. */
CORDON_MUST_CHECK cordon_status cd_report_write(const struct cd_report *r, struct cd_out *out,
                                                struct cordon_error *err);

/* The renderings, by format. */
CORDON_MUST_CHECK cordon_status cd_report_text(const struct cd_report *r,
                                               const struct cd_report_order *order,
                                               struct cd_out *out, struct cordon_error *err);
CORDON_MUST_CHECK cordon_status cd_report_json(const struct cd_report *r,
                                               const struct cd_report_order *order,
                                               struct cd_out *out, struct cordon_error *err);
CORDON_MUST_CHECK cordon_status cd_report_ndjson(const struct cd_report *r,
                                                 const struct cd_report_order *order,
                                                 struct cd_out *out, struct cordon_error *err);

/* Writes the snapshot's problems, a line each: BEFORE, the file, AT and the offset where there is
 * one, the message. Of more than twenty of one source the first are written, and how many there are
 * more. */
void cd_report_problems(const struct cd_snapshot *s, const char *before, const char *at,
                        struct cd_out *out);
/* The same on standard error. */
void cd_report_tell_problems(const struct cd_snapshot *s, const char *before, const char *at);
/* Writes S, control characters as `\\x1B`: text of snapshots and policies would rewrite a terminal.
 */
void cd_report_clean(struct cd_out *out, struct cd_str s);

/* A source as a JSON object; a time, null if it is INT64_MIN. */
void cd_source_json(const struct cd_source_info *s, struct cd_buf *out);
void cd_time_json(int64_t ms, struct cd_buf *out);

/* What identifies a finding over time: sixteen hex digits over control id, type, partition,
 * account, region and resource id; never over evidence or lines. ID is filled with digits and a
 * NUL. */
void cd_report_fingerprint(const struct cd_report *r, const struct cd_answer *a, char id[17]);
/* `pass`, `fail`, `unknown`, `waived`; `info` … `critical`. */
const char *cd_verdict_name(enum cd_verdict verdict);
const char *cd_level_name(uint32_t level);
/* The verdict of that name; false if there is none. */
bool cd_verdict_of(struct cd_str name, enum cd_verdict *verdict);
/* The level of that name; false if there is none. */
bool cd_level_of(struct cd_str name, uint32_t *level);

#endif
