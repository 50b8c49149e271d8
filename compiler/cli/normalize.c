/* `cordon normalize`: sources of any format, written in Cordon's normalized form. */
#include <unistd.h>

#include "compiler/cli/verbs.h"
#include "runtime/column/snapshot.h"
#include "runtime/driver/options.h"
#include "runtime/driver/read.h"
#include "runtime/driver/threads.h"
#include "runtime/report/report.h"
#include "runtime/store/store.h"

static int
write_all(const struct cd_snapshot *s, const char *path)
{
    struct cd_buf text = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    int code;
    cd_normal_write(s, &text);
    cordon_status status = text.oom ? CORDON_ENOMEM : cd_store_check(s, &err);
    if (status != CORDON_OK) {
        code = cd_cli_fail(status, &err);
    } else if (path != NULL) {
        code = cd_cli_fail(cd_file_write(path, cd_buf_view(&text), &err), &err);
    } else {
        struct cd_out out;
        cd_out_init(&out, STDOUT_FILENO, "standard output");
        cd_out_buf(&out, &text);
        code = cd_cli_finish(&out, CD_EXIT_HOLDS);
    }
    cd_buf_finish(&text);
    return code;
}

int
cd_verb_normalize(int argc, char **argv)
{
    const char *path = NULL;
    const char *threads = NULL;
    const struct cd_option options[] = {
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "FILE",
         .help = "write to FILE instead of standard output",
         .value = &path},
        cd_threads_option(&threads),
    };
    const struct cd_usage usage = {
        .command = "cordon normalize",
        .arguments = "[-o FILE] [--threads N] SNAPSHOT…",
        .description =
            "Writes snapshots in Cordon's normalized form: a header, then a resource a line,\n"
            "sorted, with CloudFormation's names. `-` reads standard input.\n"
            "Exit code: 0, also where items could not be read, which standard error lists; 2 if a "
            "file or the call is wrong.",
        .options = options,
        .n_options = CD_ARRAY_LEN(options),
        .needs = "name at least one snapshot, or - for standard input",
    };
    size_t n;
    unsigned n_threads;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_options_finish(&usage);
    if (cd_threads_check(&usage, threads, &n_threads) != CD_EXIT_HOLDS) {
        return CD_EXIT_WRONG;
    }
    for (size_t i = 0; path != NULL && i < n; i++) {
        if (cd_path_is_same(path, argv[1 + i])) {
            return cd_usage_error(&usage, "-o %s: this is one of the snapshots; name another file",
                                  path);
        }
    }
    struct cd_snapshot s;
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status = cd_snapshot_init(&s, (struct cd_projection){.all = true});
    if (status != CORDON_OK) {
        return cd_cli_fail(status, &err);
    }
    const struct cd_reading how = {.n_threads = n_threads};
    status = cd_driver_read_whole(&s, (const char *const *)argv + 1, n, how, &err);
    code = cd_cli_fail(status, &err);
    if (status == CORDON_OK) {
        cd_report_tell_problems(&s,
                                "cordon: ", ": byte "); /* they take completeness from the header */
        code = write_all(&s, path);
    }
    cd_snapshot_finish(&s);
    return code;
}
