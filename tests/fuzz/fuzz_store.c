/* Any bytes as a columnar store whose checksums hold: with everything kept, and with what the
 * library asks for, which is then evaluated. What is not refused can be walked to its end. */
#include <stdint.h>
#include <stdlib.h>

#include "compiler/cli/program.h"
#include "runtime/base/checksum.h"
#include "runtime/ingest/ingest.h"
#include "runtime/store/store.h"
#include "runtime/vm/eval.h"
#include "tests/support/source_paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In place of the library's: no chance would make checksums hold, and whoever means harm can. */
bool
cd_checksum_holds(struct cd_str bytes, uint64_t checksum)
{
    (void)bytes;
    (void)checksum;
    return true;
}

/* The library, compiled once. */
static const struct cd_program *
library(void)
{
    static struct cd_frontend front;
    static struct cd_loaded loaded;
    static const char *const policies[] = {"std"};
    struct cordon_error err = {.code = CORDON_OK};
    if (!loaded.has_arena) {
        cd_frontend_init(&front);
        if (cd_cli_compile(&front, policies, 1, &loaded, NULL, &err) != CORDON_OK) {
            abort();
        }
    }
    return &loaded.program;
}

/* What is read of the store, in aligned memory that may be written to; the snapshot's until its
 * end. False: it was refused, with a message. */
static bool
read_store(struct cd_snapshot *s, char *copy, struct cd_str bytes, bool is_alone)
{
    struct cordon_error err = {.code = CORDON_OK};
    memcpy(copy, bytes.p, bytes.n);
    bool ok = cd_store_read_bytes(s, "fuzz.cbs", (struct cd_str){copy, bytes.n}, is_alone, &err)
                  == CORDON_OK
              && cd_snapshot_seal(s, &err) == CORDON_OK;
    if (!ok && err.message[0] == '\0') {
        abort();
    }
    return ok;
}

static void
keep_everything(char *copy, struct cd_str bytes)
{
    struct cd_snapshot s;
    struct cd_store_info info;
    struct cd_buf text = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    if (cd_snapshot_init(&s, (struct cd_projection){.all = true}) != CORDON_OK) {
        return;
    }
    s.keeps_problems = true;
    if (read_store(&s, copy, bytes, true) && cd_store_inspect(&s, &info, &err) == CORDON_OK) {
        cd_test_name_paths(&s);
        cd_normal_write(&s, &text);
        if (!text.oom && cd_utf8_check(cd_buf_view(&text)) != text.n) {
            abort();
        }
    }
    cd_buf_finish(&text);
    cd_snapshot_finish(&s);
}

static void
explain_all(struct cd_eval *e)
{
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_arena arena;
    size_t n;
    const struct cd_answer *answers = cd_eval_answers(e, &n);
    cd_arena_init(&arena);
    for (size_t i = 0; i < n && i < 16; i++) {
        struct cd_explanation why;
        (void)!cd_eval_explain(e, &answers[i], &arena, &why, &err);
    }
    cd_arena_finish(&arena);
}

static void
evaluate(char *copy, struct cd_str bytes, bool is_alone)
{
    const struct cd_program *program = library();
    struct cd_snapshot s;
    struct cd_eval *e = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    const struct cd_projection projection = {.img = program->img, .envelopes = bytes.n % 16 == 0};
    if (cd_snapshot_init(&s, projection) != CORDON_OK) {
        return;
    }
    if (read_store(&s, copy, bytes, is_alone)
        && cd_eval_new(program, NULL, &s, NULL, &e, &err) == CORDON_OK
        && cd_eval_run(e, &err) == CORDON_OK) {
        explain_all(e);
    }
    cd_eval_free(e);
    cd_snapshot_finish(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cd_str bytes = {(const char *)data, size};
    char *copy = malloc(size + 1);
    if (copy != NULL && size > 0) {
        keep_everything(copy, bytes);
        evaluate(copy, bytes, true);
        evaluate(copy, bytes, false);
    }
    free(copy);
    return 0;
}
