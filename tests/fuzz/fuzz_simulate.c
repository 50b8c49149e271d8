/* Any bytes as lines for `cordon simulate`. Every answer is a line of JSON, and what is remembered
 * of earlier lines changes none. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/iam/simulate.h"
#include "runtime/ingest/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
answer_all(struct cd_simulator *s, struct cd_str text, struct cd_buf *out)
{
    uint64_t number = 0;
    for (size_t from = 0; from <= text.n;) {
        size_t end = cd_str_find(text, '\n', from);
        enum cd_simulated simulated;
        if (cd_simulate_line(s, cd_str_sub(text, from, end), ++number, out, &simulated)
            != CORDON_OK) {
            abort();
        }
        from = end + 1;
    }
}

static void
check_lines(struct cd_str text)
{
    struct cd_dom *dom = cd_dom_new();
    struct cd_dom_val root;
    for (size_t from = 0; from < text.n;) {
        size_t end = cd_str_find(text, '\n', from);
        if (end == text.n
            || cd_dom_parse(dom, cd_str_sub(text, from, end), false, &root) != CD_DOM_OK) {
            abort();
        }
        from = end + 1;
    }
    cd_dom_free(dom);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_str text = {(const char *)data, size};
    struct cd_buf once = CD_BUF_INIT, twice = CD_BUF_INIT;
    struct cd_simulator *s = cd_simulator_new();
    answer_all(s, text, &once);
    answer_all(s, text, &twice);
    check_lines(cd_buf_view(&once));
    if (!cd_str_eq(cd_buf_view(&once), cd_buf_view(&twice))) {
        abort();
    }
    cd_simulator_free(s);
    cd_buf_finish(&once);
    cd_buf_finish(&twice);
    return 0;
}
