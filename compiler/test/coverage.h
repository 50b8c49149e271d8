/* What tests drive policies to: which answers each control gave where a test expects something of
 * it, and which answers each branch of a condition had.
 *
 * A branch is a condition as it stands in the source: a `where`, a `require`, a `when` or `unless`
 * of a deny, a side of `and` or `or`, the condition of an `if` and its two values where they are
 * conditions, the body of a quantifier, the body of a function that gives a bool. Its answers are
 * taken where it is asked: for the rows and members that its `where` leaves in, for the side of an
 * `if` that is taken, for requests that its deny is about. `and` and `or` have no order: both
 * sides are asked whenever the whole is. */
#ifndef CD_TEST_COVERAGE_H
#define CD_TEST_COVERAGE_H

#include "compiler/sema/sema.h"
#include "runtime/vm/eval.h"

enum cd_branch_kind {
    CD_BRANCH_WHERE,
    CD_BRANCH_REQUIRE,
    CD_BRANCH_WHEN,
    CD_BRANCH_UNLESS,
    CD_BRANCH_AND,  /* a side of `and` */
    CD_BRANCH_OR,   /* a side of `or` */
    CD_BRANCH_IF,   /* the condition of an `if` */
    CD_BRANCH_THEN, /* its value */
    CD_BRANCH_ELSE,
    CD_BRANCH_BODY, /* of a quantifier */
    CD_BRANCH_FN,   /* of a function */
};

struct cd_branch {
    const struct cd_expr *expr;
    const struct cd_decl *decl; /* the control or function that it stands in */
    enum cd_branch_kind kind;
};

/* Answers of a control to what tests expected of it. Bits: 1 << enum cd_verdict, and of requests
 * 1 << 0 not denied, 1 << 1 denied, 1 << 2 undecided. */
struct cd_control_seen {
    const struct cd_decl *control;
    uint8_t verdicts, requests;
};

struct cd_coverage {
    struct cd_control_seen *controls; /* in the order of cd_sema.controls */
    size_t n_controls;
    struct cd_branch *branches; /* of the selected modules, in the order of the source */
    size_t n_branches, cap_branches;
    uint8_t *seen; /* by branch: enum cd_seen */
    bool observed; /* branches were looked at; else WHY says why not */
    struct cd_str why;
};

/* Finds the branches of S's selected modules and numbers them (cd_expr.branch), for
 * cd_codegen_observed. Memory from S's arena. */
void cd_coverage_init(struct cd_coverage *c, const struct cd_sema *s);
/* What CONTROL has answered so far; NULL if it is no control of C. */
struct cd_control_seen *cd_coverage_control(const struct cd_coverage *c,
                                            const struct cd_decl *control);

/* ---- what is missing ---- */
#define CD_COVERAGE_MISSING 5

/* Names of the answers that a control could have given and did not, in MISSING; their number. A
 * control with clauses is expected to pass, to fail and to be unknown, one with denies to deny and
 * not to. */
size_t cd_coverage_control_missing(const struct cd_control_seen *s,
                                   const char *missing[CD_COVERAGE_MISSING]);
/* "never true", "never false", "never asked"; NULL if it was both. */
const char *cd_coverage_branch_missing(uint8_t seen);
/* "where", "side of and", … */
const char *cd_branch_word(enum cd_branch_kind kind);

struct cd_coverage_sum {
    size_t answers, answers_seen;      /* of controls */
    size_t controls, controls_covered; /* with all of them */
    size_t branches, branches_covered; /* both true and false */
    size_t branches_unknown;           /* seen unknown, too */
};
/* Of the module M, or of all (NULL). */
struct cd_coverage_sum cd_coverage_sum(const struct cd_coverage *c, const struct cd_module *m);

#endif
