/* The tests in the language: each `test` is a small estate and requests, evaluated by the same
 * runtime as everything else. */
#ifndef CD_TEST_TEST_H
#define CD_TEST_TEST_H

#include "compiler/ast/ast.h"
#include "compiler/sema/sema.h"
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
};

/* Runs TEST against PROGRAM, which has all controls that it names. Messages in ARENA. The status
 * speaks of memory and defects; what is wrong with the test is a failure in OUT. */
CORDON_MUST_CHECK cordon_status cd_test_run(const struct cd_sema *sema,
                                            const struct cd_program *program,
                                            const struct cd_decl *test, struct cd_arena *arena,
                                            struct cd_test_result *out, struct cordon_error *err);

/* The resources of TEST's `given` steps in the normalized form. */
void cd_test_given(struct cd_arena *arena, const struct cd_decl *test, struct cd_buf *out);
/* Appends a constant as the text that a parameter is set with: scalars bare, collections as JSON.
 */
void cd_test_value(const struct cd_const *c, struct cd_buf *out);

#endif
