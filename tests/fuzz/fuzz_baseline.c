/* Any bytes as an earlier report: it is refused, or every finding of it is whole and can be found.
 */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/report/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(struct cd_str s)
{
    if (s.p == NULL || cd_utf8_check(s) != s.n) {
        abort();
    }
}

static void
check_finding(const struct cd_baseline *b, const struct cd_baseline_finding *f)
{
    check_text(f->id);
    check_text(f->control);
    check_text(f->message);
    if (f->verdict == CD_PASS || cd_baseline_find(b, f->fingerprint) != f
        || (f->has_resource && (f->resource.type.p == NULL || f->resource.id.p == NULL))) {
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_baseline b;
    struct cordon_error err = {.code = CORDON_OK};
    const struct cd_str text = {(const char *)data, size};
    if (cd_baseline_read("fuzz.json", text, &b, &err) == CORDON_OK) {
        for (uint32_t i = 0; i < b.n; i++) {
            check_finding(&b, &b.findings[i]);
        }
    } else if (err.message[0] == '\0') {
        abort();
    }
    cd_baseline_finish(&b);
    return 0;
}
