/* What a run of tests says, as text, as JSON and as JUnit's XML. The same tests give the same
 * bytes: no clock is read. */
#ifndef CD_TEST_REPORT_H
#define CD_TEST_REPORT_H

#include "compiler/test/test.h"

struct cd_test_report {
    struct cd_arena *arena; /* its jump is set */
    struct cd_sources *sources;
    const struct cd_test_result *results; /* by module, then as the source has them */
    size_t n;
    const struct cd_coverage *coverage;
};

size_t cd_test_failed(const struct cd_test_report *r);

/* Each appends a whole report; OUT's `oom` says if it is cut. */
void cd_test_text(const struct cd_test_report *r, struct cd_buf *out);
/* docs/TESTING.md has the schema of both. */
void cd_test_json(const struct cd_test_report *r, struct cd_buf *out);
void cd_test_junit(const struct cd_test_report *r, struct cd_buf *out);

#endif
