/* What became of an earlier report's findings: new ones, changed ones, those that are fixed, and
 * those of which nothing can be said. */
#ifndef CD_REPORT_COMPARE_H
#define CD_REPORT_COMPARE_H

#include "runtime/report/report.h"

struct cd_baseline;
struct cd_baseline_finding;

enum cd_change_kind { CD_CHANGE_NEW, CD_CHANGE_CHANGED, CD_CHANGE_UNCHANGED };
/* Of a finding since the baseline. */
struct cd_change {
    enum cd_change_kind kind;
    const struct cd_baseline_finding *before; /* NULL: it is new */
};

/* Why a finding of the baseline is not there any more. */
enum cd_settled_why {
    CD_SETTLED_HOLDS,
    CD_SETTLED_OUT_OF_SCOPE,
    CD_SETTLED_GONE,         /* the resource is not there, and would have been collected */
    CD_SETTLED_NOT_RUN,      /* nothing can be said: the control did not run … */
    CD_SETTLED_NOT_COLLECTED /* … or the resource may be there and not collected */
};
struct cd_settled {
    const struct cd_baseline_finding *before;
    enum cd_settled_why why;
};

struct cd_comparison {
    const struct cd_baseline *baseline;
    struct cd_change *changes;               /* by answer, as cd_eval_answers has them */
    struct cd_settled *fixed, *not_compared; /* in the baseline's order */
    size_t n_fixed, n_not_compared;
    uint64_t n_new, n_changed, n_unchanged;
    uint32_t *added; /* controls that ran, and did not for the baseline */
    size_t n_added;
};

/* Compares the answers of R, whose own `comparison` is not looked at, with B's findings. Memory
 * from ARENA. */
CORDON_MUST_CHECK cordon_status cd_compare(const struct cd_report *r, const struct cd_baseline *b,
                                           struct cd_arena *arena, struct cd_comparison *out,
                                           struct cordon_error *err);
/* The change of answer A; NULL: there is no baseline. */
const struct cd_change *cd_change_of(const struct cd_report *r, const struct cd_answer *a);
/* Is it a failure that the baseline does not have? */
bool cd_change_is_new_failure(const struct cd_change *change, enum cd_verdict verdict);
/* `new`, `changed`, `unchanged`; the reason in words. */
const char *cd_change_name(enum cd_change_kind kind);
const char *cd_settled_reason(enum cd_settled_why why);

#endif
