/* Runs a fuzz target over files and folders of inputs, without a fuzzer. Usage: fuzz_X-replay PATH…
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/file.h"

#define MAX_INPUT ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cordon_status
replay(const char *path, struct cordon_error *err)
{
    struct cd_arena a;
    struct cd_str input;
    cd_arena_init(&a);
    cordon_status status = cd_file_read(path, MAX_INPUT, &a, &input, err);
    if (status == CORDON_OK) {
        /* Memory of exactly its size, so that ASan sees a read beyond it. */
        uint8_t *copy = malloc(input.n ? input.n : 1);
        if (copy) {
            memcpy(copy, input.p, input.n);
            LLVMFuzzerTestOneInput(copy, input.n);
        }
        free(copy);
    }
    cd_arena_finish(&a);
    return status;
}

int
main(int argc, char **argv)
{
    struct cd_arena a;
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status = CORDON_OK;
    cd_arena_init(&a);
    for (int i = 1; i < argc && status == CORDON_OK; i++) {
        const char **paths = (const char **)&argv[i];
        size_t n = 1;
        if (cd_path_is_dir(argv[i])) {
            status = cd_dir_list(argv[i], "", &a, &paths, &n, &err);
        }
        for (size_t k = 0; k < n && status == CORDON_OK; k++) {
            status = replay(paths[k], &err);
        }
    }
    cd_arena_finish(&a);
    if (status != CORDON_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
