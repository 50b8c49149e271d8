/* `cordon fmt`: files in canonical form, each written aside and renamed if it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/verbs.h"
#include "compiler/fmt/fmt.h"
#include "runtime/driver/options.h"

struct fmt {
    bool check;
    struct cd_arena arena; /* of the paths */
    const char **paths;
    size_t n_paths, cap_paths;
    struct cd_out out;
    struct cordon_error err;
};

/* One file on its way. */
struct formatting {
    struct cd_frontend front;
    const char *path;
    struct cd_str text;
    struct cd_formatted result;
    struct cordon_error *err;
};

/* ---- which files ---- */

static cordon_status
out_of_memory(struct fmt *c)
{
    return cordon_fail(&c->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static cordon_status
add_path(struct fmt *c, const char *path)
{
    const char **slot = CD_PUSH(&c->arena, c->paths, c->n_paths, c->cap_paths);
    if (slot == NULL) {
        return out_of_memory(c);
    }
    *slot = path;
    return CORDON_OK;
}

static cordon_status
add_argument(struct fmt *c, const char *arg)
{
    struct stat st;
    if (cd_load_is_std(arg)) {
        return cordon_fail(&c->err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "%s: the library is in the program, and has no files to format", arg);
    }
    if (!cd_path_is_dir(arg)) {
        bool is_policy = cd_str_ends(cd_str_of(arg), CD_STR(".cordon"));
        if (!is_policy && stat(arg, &st) == 0) {
            return cordon_fail(&c->err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                               "%s: not a policy: expected a .cordon file or a folder", arg);
        }
        return add_path(c, arg);
    }
    const char **found;
    size_t n;
    CORDON_TRY(cd_dir_list(arg, ".cordon", &c->arena, &found, &n, &c->err));
    if (n == 0) {
        return cordon_fail(&c->err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "%s: no .cordon files in this folder or below it", arg);
    }
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(add_path(c, found[i]));
    }
    return CORDON_OK;
}

static int
compare_paths(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Each path once, sorted. */
static cordon_status
find_files(struct fmt *c, const char *const *args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(add_argument(c, args[i]));
    }
    qsort(c->paths, c->n_paths, sizeof *c->paths, compare_paths);
    size_t kept = 0;
    for (size_t i = 0; i < c->n_paths; i++) {
        if (kept == 0 || strcmp(c->paths[kept - 1], c->paths[i]) != 0) {
            c->paths[kept++] = c->paths[i];
        }
    }
    c->n_paths = kept;
    return CORDON_OK;
}

/* ---- one file ---- */

static cordon_status
format(void *ctx)
{
    struct formatting *f = ctx;
    uint32_t file;
    CORDON_TRY(cd_sources_read(&f->front.sources, f->path, &file, f->err));
    f->text = f->front.sources.files[file].text;
    return cd_fmt(&f->front.arena, &f->front.diags, &f->front.sources, file, &f->result, f->err);
}

/* Renaming would replace a file that its owner protects against writing. */
static cordon_status
replace(const struct formatting *f)
{
    struct stat st;
    if (stat(f->path, &st) == 0 && (st.st_mode & 0222) == 0) {
        return cordon_fail(f->err, CORDON_EIO, CORDON_NO_OFFSET,
                           "%s: is read-only, and is not formatted; chmod u+w makes it writable",
                           f->path);
    }
    return cd_file_write(f->path, cd_buf_view(&f->result.text), f->err);
}

static int
deliver(struct fmt *c, const struct formatting *f)
{
    bool is_stdin = strcmp(f->path, "-") == 0;
    bool changes = !cd_str_eq(f->text, cd_buf_view(&f->result.text));
    if (is_stdin && !c->check) {
        cd_out_str(&c->out, cd_buf_view(&f->result.text));
        return CD_EXIT_HOLDS;
    }
    if (!changes) {
        return CD_EXIT_HOLDS;
    }
    if (!c->check) {
        cordon_status status = replace(f);
        if (status != CORDON_OK) {
            return cd_cli_fail(status, f->err);
        }
    }
    cd_out_printf(&c->out, "%s\n", f->path);
    return c->check ? CD_EXIT_FINDINGS : CD_EXIT_HOLDS;
}

static int
format_file(struct fmt *c, const char *path)
{
    struct formatting f = {.path = path, .err = &c->err};
    cd_frontend_init(&f.front);
    cordon_status status = cd_frontend_guard(&f.front, format, &f, &c->err);
    int code = cd_frontend_report(&f.front, status, &c->err);
    if (code == CD_EXIT_HOLDS) {
        code = deliver(c, &f);
    }
    cd_formatted_finish(&f.result);
    cd_frontend_finish(&f.front);
    return code;
}

/* ---- the verb ---- */

/* A file that cannot be formatted does not keep the others from it. */
static int
format_all(struct fmt *c, const char *const *args, size_t n)
{
    bool wrong = false, changes = false, defect = false;
    cordon_status status = find_files(c, args, n);
    if (status != CORDON_OK) {
        return cd_cli_fail(status, &c->err);
    }
    cd_out_init(&c->out, STDOUT_FILENO, "standard output");
    for (size_t i = 0; i < c->n_paths; i++) {
        int code = format_file(c, c->paths[i]);
        wrong = wrong || code == CD_EXIT_WRONG;
        changes = changes || code == CD_EXIT_FINDINGS;
        defect = defect || code == CD_EXIT_DEFECT;
    }
    return cd_cli_finish(&c->out, defect    ? CD_EXIT_DEFECT
                                  : wrong   ? CD_EXIT_WRONG
                                  : changes ? CD_EXIT_FINDINGS
                                            : CD_EXIT_HOLDS);
}

int
cd_verb_fmt(int argc, char **argv)
{
    struct fmt c = {.check = false};
    const struct cd_option options[] = {
        {.name = "check",
         .kind = CD_OPTION_FLAG,
         .flag = &c.check,
         .help = "change nothing; list the files that would change, and exit with 1 if there are "
                 "any"},
    };
    const struct cd_usage usage = {
        "cordon fmt",
        "[--check] FILE|DIR… | -",
        "Writes policies in their one canonical form, and lists the files that changed. Only "
        "layout changes, and the\n"
        "order of the items in a control: comments stay, and what a policy says stays. - formats "
        "standard input to\n"
        "standard output. A file with syntax errors is left alone.\n"
        "Exit code: 0; 1 if --check found a file that would change; 2 if something is wrong.",
        options,
        CD_ARRAY_LEN(options),
        "name a .cordon file or a folder of them, or - for standard input"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    for (size_t i = 1; i <= n; i++) {
        if (n > 1 && strcmp(argv[i], "-") == 0) {
            return cd_usage_error(&usage, "- stands alone: standard input is no file among others");
        }
    }
    cd_arena_init(&c.arena);
    code = format_all(&c, (const char *const *)(argv + 1), n);
    cd_arena_finish(&c.arena);
    return code;
}
