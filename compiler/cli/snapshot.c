/* `cordon snapshot`: columnar stores made of sources and of other stores, and looked at. */
#include <unistd.h>

#include "compiler/cli/snapshot.h"
#include "compiler/cli/verb_table.h"
#include "compiler/cli/verbs.h"
#include "runtime/column/snapshot.h"
#include "runtime/driver/options.h"
#include "runtime/driver/read.h"
#include "runtime/driver/threads.h"
#include "runtime/report/report.h"
#include "runtime/store/store.h"

/* ---- build and merge ---- */

/* Said before anything is read. Results never go over an input. */
static int
check_output(const struct cd_usage *usage, char **paths, size_t n, const char *path)
{
    if (strcmp(path, "-") == 0) {
        return cd_usage_error(usage, "-o -: a store is a file of its own; name it");
    }
    if (cd_path_is_dir(path)) {
        return cd_usage_error(usage, "-o %s: this is a folder; name a file in it", path);
    }
    for (size_t i = 0; i < n; i++) {
        if (cd_path_is_same(path, paths[i])) {
            return cd_usage_error(usage, "-o %s: this is one of the sources; name another file",
                                  path);
        }
    }
    return CD_EXIT_HOLDS;
}

static int
make_store(char **paths, size_t n, unsigned n_threads, const char *path)
{
    struct cd_snapshot s;
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status = cd_snapshot_init(&s, (struct cd_projection){.all = true});
    if (status != CORDON_OK) {
        return cd_cli_fail(status, &err);
    }
    s.keeps_problems = true;
    const struct cd_reading how = {.n_threads = n_threads, .keeps_duplicates = true};
    status = cd_driver_read_whole(&s, (const char *const *)paths, n, how, &err);
    if (status == CORDON_OK) {
        status = cd_store_write(&s, path, &err);
    }
    if (status == CORDON_OK) {
        cd_report_tell_problems(&s, "cordon: ", ": byte "); /* the store has them, too */
    }
    cd_snapshot_finish(&s);
    return cd_cli_fail(status, &err);
}

static struct cd_option
store_option(const char **path)
{
    return (struct cd_option){.name = "o",
                              .kind = CD_OPTION_VALUE,
                              .argument = "FILE.cbs",
                              .help = "the store to write",
                              .value = path};
}

static int
build(int argc, char **argv)
{
    const char *path = NULL;
    const char *threads = NULL;
    const struct cd_option options[] = {
        store_option(&path),
        cd_threads_option(&threads),
    };
    const struct cd_usage usage = {
        "cordon snapshot build",
        "SOURCE… -o FILE.cbs [--threads N]",
        "Writes what the sources say into one store, from which any policy is evaluated at once: "
        "cordon eval POLICY… FILE.cbs\n"
        "A SOURCE is what eval takes as a SNAPSHOT, also another store; - is standard input. The "
        "same sources give the\n"
        "same bytes.\n"
        "Exit code: 0, also where items could not be read, which standard error lists; 2 if a "
        "source or the call is wrong.",
        options,
        CD_ARRAY_LEN(options),
        "name at least one source"};
    size_t n;
    unsigned n_threads;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_options_finish(&usage);
    if (path == NULL) {
        return cd_usage_error(&usage, "-o FILE.cbs is needed");
    }
    if (cd_threads_check(&usage, threads, &n_threads) != CD_EXIT_HOLDS
        || check_output(&usage, argv + 1, n, path) != CD_EXIT_HOLDS) {
        return CD_EXIT_WRONG;
    }
    return make_store(argv + 1, n, n_threads, path);
}

int
cd_snapshot_check_store(const struct cd_usage *usage, const char *path)
{
    if (strcmp(path, "-") == 0) {
        return cd_usage_error(usage, "-: a store is read from a file of its own; name it");
    }
    if (access(path, R_OK) == 0 && !cd_store_is(path)) {
        return cd_usage_error(
            usage, "%s is no store; cordon snapshot build makes one of any source", path);
    }
    return CD_EXIT_HOLDS; /* what cannot be read is told when it is */
}

static int
merge(int argc, char **argv)
{
    const char *path = NULL;
    const struct cd_option options[] = {
        store_option(&path),
    };
    const struct cd_usage usage = {
        "cordon snapshot merge",
        "FILE.cbs… -o FILE.cbs",
        "Writes one store of several, as if it had been built of all of their sources in this "
        "order: of one resource\n"
        "described twice the later capture counts.\n"
        "Exit code: 0, or 2 if something is wrong.",
        options,
        CD_ARRAY_LEN(options),
        "name at least one store"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_options_finish(&usage);
    if (path == NULL) {
        return cd_usage_error(&usage, "-o FILE.cbs is needed");
    }
    for (size_t i = 1; i <= n; i++) {
        if (cd_snapshot_check_store(&usage, argv[i]) != CD_EXIT_HOLDS) {
            return CD_EXIT_WRONG;
        }
    }
    if (check_output(&usage, argv + 1, n, path) != CD_EXIT_HOLDS) {
        return CD_EXIT_WRONG;
    }
    return make_store(argv + 1, n, 1, path);
}

/* ---- the verb ---- */

static const struct cd_verb verbs[] = {
    {"build", "a store of sources of any format", build},
    {"info", "what a store holds, and whether it is whole", cd_snapshot_info},
    {"merge", "one store of several", merge},
};

int
cd_verb_snapshot(int argc, char **argv)
{
    const struct cd_verb_table table = {"cordon snapshot", verbs, CD_ARRAY_LEN(verbs)};
    return cd_verb_run(&table, argc, argv);
}
