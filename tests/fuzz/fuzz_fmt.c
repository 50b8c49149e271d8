/* Any bytes to the formatter. What it accepts, it accepts again and leaves as it is; that it says
 * the same, the formatter checks itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler/fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct formatter {
    struct cd_arena arena;
    struct cd_sources sources;
    struct cd_diags diags;
    struct cd_formatted once, twice;
    struct cordon_error err;
};

static cordon_status
format(struct formatter *f, struct cd_str text, struct cd_formatted *result)
{
    uint32_t file =
        cd_sources_add(&f->sources, CD_STR("fuzz.cordon"), cd_arena_str(&f->arena, text), false);
    return cd_fmt(&f->arena, &f->diags, &f->sources, file, result, &f->err);
}

static void
check(struct formatter *f, struct cd_str text)
{
    cordon_status status = format(f, text, &f->once);
    if (status == CORDON_EPOLICY) {
        return;
    }
    if (status == CORDON_OK) {
        status = format(f, cd_buf_view(&f->once.text), &f->twice);
    }
    if (status != CORDON_OK
        || !cd_str_eq(cd_buf_view(&f->once.text), cd_buf_view(&f->twice.text))) {
        (void)fprintf(stderr, "%s\n--- once\n%.*s--- twice\n%.*s", f->err.message,
                      CD_FMT(f->once.text), CD_FMT(f->twice.text));
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct formatter f;
    static jmp_buf out_of_memory;
    f = (struct formatter){.err = {.code = CORDON_OK}};
    cd_arena_init(&f.arena);
    f.arena.limit = (size_t)512 << 20;
    cd_sources_init(&f.sources, &f.arena);
    cd_diags_init(&f.diags, &f.arena);
    if (setjmp(out_of_memory) == 0) {
        f.arena.on_oom = &out_of_memory;
        check(&f, (struct cd_str){(const char *)data, size});
    }
    cd_formatted_finish(&f.once);
    cd_formatted_finish(&f.twice);
    cd_arena_finish(&f.arena);
    return 0;
}
