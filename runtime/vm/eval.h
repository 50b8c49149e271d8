/* Evaluation of a verified program over a sealed snapshot: verdicts, and for each answer the reason
 * why. */
#ifndef CD_VM_EVAL_H
#define CD_VM_EVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/bc/program.h"
#include "runtime/column/snapshot.h"

/* Higher decides over lower when answers are folded. */
enum cd_verdict { CD_PASS, CD_WAIVED, CD_UNKNOWN_VERDICT, CD_FAIL };

struct cd_bound_params; /* runtime/vm/params.h; NULL: every parameter keeps its default */

/* One answer that is not pass. */
struct cd_answer {
    uint32_t control;
    enum cd_verdict verdict;
    uint32_t table, row; /* of the snapshot; CD_NONE for an estate clause */
    uint32_t waive;      /* CD_WAIVED: which */
};

struct cd_control_result {
    bool ran;      /* selected and not skipped */
    bool complete; /* all tables that its answers depend on were collected completely */
    enum cd_verdict verdict;
    uint64_t pass, fail, unknown, waived;
    uint32_t empty_unknown; /* a clause had nothing in scope of a table that may hold more: its
                               shape's type name as string index of the image, else CD_NONE */
};

/* What a condition was seen to answer; bits. */
enum cd_seen { CD_SEEN_FALSE = 1, CD_SEEN_TRUE = 2, CD_SEEN_UNKNOWN = 4 };

struct cd_eval;

/* Prepares an evaluation. PROGRAM, PARAMS and SNAPSHOT are borrowed until cd_eval_free. RUN[c] says
 * which controls run (NULL: all that are selected). A parameter that a running control reads and
 * nobody sets, or whose value its `where` refuses, is CORDON_EINPUT. */
CORDON_MUST_CHECK cordon_status cd_eval_new(const struct cd_program *program,
                                            const struct cd_bound_params *params,
                                            struct cd_snapshot *snapshot, const bool *run,
                                            struct cd_eval **out, struct cordon_error *err);
void cd_eval_free(struct cd_eval *e);
/* From now on SEEN[i], i < N, gathers the answers of branch i where its condition is asked, in runs
 * and requests; borrowed until cd_eval_free. Only programs that were compiled for it have branches.
 * Loops then go through all members, also where the first ones decide. */
void cd_eval_observe(struct cd_eval *e, uint8_t *seen, size_t n);
CORDON_MUST_CHECK cordon_status cd_eval_run(struct cd_eval *e, struct cordon_error *err);

/* After a run: results by control, and the answers that are not pass, by control, then table, then
 * row. Borrowed. */
const struct cd_control_result *cd_eval_results(const struct cd_eval *e);
const struct cd_answer *cd_eval_answers(const struct cd_eval *e, size_t *n);
/* The answer of CONTROL for one resource, pass included; *in_scope is false if none of its clauses
 * asks about it. */
CORDON_MUST_CHECK cordon_status cd_eval_verdict(struct cd_eval *e, uint32_t control, uint32_t table,
                                                uint32_t row, bool *in_scope,
                                                enum cd_verdict *verdict, struct cordon_error *err);
/* Was waiver W used? (One that matches nothing is a warning.) */
bool cd_eval_waive_used(const struct cd_eval *e, uint32_t waive);

/* Why an answer is what it is. */
struct cd_evidence {
    struct cd_str path;  /* in the source's own terms */
    struct cd_str value; /* JSON text of the value there; empty if there is none */
    struct cd_str why;   /* in the language's terms */
};
struct cd_explanation {
    struct cd_str message; /* the author's text, or one made from the require */
    const struct cd_evidence *evidence;
    size_t n_evidence;
    uint32_t place; /* of the first require that failed or is undecided */
};
/* Runs the control's clauses for this one row again and records the deciding operands. Memory from
 * ARENA. */
CORDON_MUST_CHECK cordon_status cd_eval_explain(struct cd_eval *e, const struct cd_answer *answer,
                                                struct cd_arena *arena, struct cd_explanation *out,
                                                struct cordon_error *err);

/* ---- requests, for the denies ---- */
struct cd_request_key {
    struct cd_str name;          /* compared without case */
    const struct cd_str *values; /* as text: IAM's keys are text on the wire */
    size_t n_values;
    bool is_unknown;
};
struct cd_request {
    struct cd_str action;   /* `ec2:RunInstances` */
    struct cd_str resource; /* an ARN, or empty: matches `on` patterns only if there are none */
    const struct cd_request_key *keys;
    size_t n_keys;
};
/* Does a deny of CONTROL fire? 0 no, 1 yes, 2 unknown. */
CORDON_MUST_CHECK cordon_status cd_eval_request(struct cd_eval *e, const struct cd_request *request,
                                                uint32_t control, int *fires,
                                                struct cordon_error *err);
/* The same of one deny, an index into the image's denies, whether or not its control runs. Only
 * what that deny needs is computed, so that many requests in a row cost little each. Afterwards E
 * answers nothing else. */
CORDON_MUST_CHECK cordon_status cd_eval_request_deny(struct cd_eval *e,
                                                     const struct cd_request *request,
                                                     uint32_t deny, int *fires,
                                                     struct cordon_error *err);

/* What first keeps a deny from firing. */
enum cd_deny_stop {
    CD_STOP_ACTION, /* another control's, another action, or an excepted one */
    CD_STOP_RESOURCE,
    CD_STOP_WHEN,
    CD_STOP_UNLESS,
    CD_STOP_NONE /* it fires, or nobody knows */
};
/* Of the denies that the last request was put to: how far the one got that got farthest, and which
 * it is (CD_NONE: not one was about its action). */
enum cd_deny_stop cd_eval_request_stop(const struct cd_eval *e, uint32_t *deny);

/* The same, and what the deny makes of KEY: requests that differ in KEY alone, and of which
 * *is_told is true and OUT gets the same bytes, have the same answer whatever their other keys are.
 */
CORDON_MUST_CHECK cordon_status cd_eval_request_trait(struct cd_eval *e,
                                                      const struct cd_request *request,
                                                      uint32_t deny, struct cd_str key,
                                                      struct cd_buf *out, bool *is_told,
                                                      struct cordon_error *err);

#endif
