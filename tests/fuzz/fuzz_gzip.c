/* Any bytes as gzip: what comes out, and what is said of it, does not depend on how much is asked
 * for at a time. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/ingest/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_OUT ((size_t)4 << 20)

static void
run(const uint8_t *data, size_t size, size_t step, struct cd_buf *out)
{
    static char bytes[70000];
    struct cd_source s;
    struct cordon_error err = {.code = CORDON_OK};
    size_t got = 1;
    cd_source_text(&s, "fuzz", (struct cd_str){(const char *)data, size});
    while (got > 0 && out->n < MOST_OUT) {
        if (cd_source_read(&s, bytes, step, &got, &err) != CORDON_OK) {
            cd_buf_clear(out); /* how much comes out before a fault may differ */
            cd_buf_puts(out, err.message);
            break;
        }
        cd_buf_put(out, bytes, got);
    }
    out->n = out->n < MOST_OUT ? out->n : MOST_OUT;
    cd_source_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_buf large = CD_BUF_INIT;
    struct cd_buf small = CD_BUF_INIT;
    run(data, size, 70000, &large);
    run(data, size, 61, &small);
    bool is_cut = large.n == MOST_OUT || small.n == MOST_OUT;
    if (!is_cut && !cd_str_eq(cd_buf_view(&large), cd_buf_view(&small))) {
        abort();
    }
    cd_buf_finish(&large);
    cd_buf_finish(&small);
    return 0;
}
