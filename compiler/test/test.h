/* The tests in the language: each `test` is a small estate and requests, evaluated by the same
 * runtime as everything else. What is wrong is kept, and shown by the reports (report.h). */
#ifndef CD_TEST_TEST_H
#define CD_TEST_TEST_H

#include "compiler/ast/ast.h"
#include "compiler/sema/sema.h"
#include "compiler/test/coverage.h"
#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/bc/program.h"

/* One expectation that did not hold, or a test that could not be run. */
struct cd_test_failure {
    struct cd_span span;
    struct cd_str message;
    struct cd_test_failure *next;
};

struct cd_test_result {
    const struct cd_decl *test;
    struct cd_test_failure *first; /* NULL: passed */
    uint64_t n_resources;          /* that it gives */
    bool at_limit;                 /* the evaluation exceeded a limit */
    bool unobserved;               /* too large for its branches to be seen */
    uint64_t answers;              /* a hash of all verdicts that were found, in their order */
};

/* Observing goes through all members of all loops, joins among them: not over more than this. */
#define CD_TEST_OBSERVED_RESOURCES 1000u

/* Actions and ARN patterns of denies are part of a program. Makes the program in which ENV's values
 * are used for them, observed or not; it belongs to USER and stands until the next call. */
typedef cordon_status (*cd_test_compile)(void *user, const struct cd_const_env *env, bool observes,
                                         const struct cd_program **out, struct cordon_error *err);

/* What tests are run with. Both programs have all of SEMA's controls and are borrowed. */
struct cd_tester {
    const struct cd_sema *sema;
    const struct cd_program *program;
    const struct cd_program
        *observed;                /* compiled to observe branches; NULL: they are not looked at */
    struct cd_coverage *coverage; /* gathers what was seen */
    struct cd_arena *arena;       /* of messages; its jump is set */
    cd_test_compile compile;      /* for tests that give what the programs have fixed */
    void *user;
};

/* Runs TEST: its expectations are held against PROGRAM; then OBSERVED goes the same way, where the
 * branches are seen, if it does not give too many resources. The status speaks of memory and
 * defects (the two programs answering differently is one); what is wrong with the test is a failure
 * in OUT. */
CORDON_MUST_CHECK cordon_status cd_test_run(const struct cd_tester *t, const struct cd_decl *test,
                                            struct cd_test_result *out, struct cordon_error *err);

/* The parameters that TEST gives. */
struct cd_const_env cd_test_env(struct cd_arena *arena, const struct cd_decl *test);
/* Do they change the actions or ARN patterns of a deny that TEST asks about? */
bool cd_test_rebinds(struct cd_arena *arena, const struct cd_decl *test,
                     const struct cd_const_env *env);
/* Has a deny of CONTROL actions or ARN patterns that even with ENV are not known, for want of a
 * parameter's value? */
bool cd_test_is_open(struct cd_arena *arena, const struct cd_decl *control,
                     const struct cd_const_env *env);

/* The resources of TEST's `given` steps in the normalized form. */
void cd_test_given(struct cd_arena *arena, const struct cd_decl *test, struct cd_buf *out);
/* Appends a constant as the text that a parameter is set with: scalars bare, collections as JSON.
 */
void cd_test_value(const struct cd_const *c, struct cd_buf *out);

#endif
