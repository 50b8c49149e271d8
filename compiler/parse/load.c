/* Finding, reading and parsing the files of a call, and the modules of the library that they use.
 * Resolution is in resolve.c. */
#include "compiler/parse/load.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "compiler/parse/parse.h"
#include "compiler/parse/resolve.h"
#include "compiler/source/std_modules.h"
#include "runtime/base/file.h"

/* A file of the call; DEVICE and INODE say whether two paths are one file. */
struct found {
    const char *path;
    dev_t device;
    ino_t inode;
};

struct founds {
    struct found *items;
    size_t n, cap;
};

/* ---- arguments ---- */

bool
cd_load_is_std(const char *arg)
{
    struct stat st;
    struct cd_str s = cd_str_of(arg);
    return (cd_str_eq(s, CD_STR("std")) || cd_str_starts(s, CD_STR("std."))) && stat(arg, &st) != 0;
}

static cordon_status
add_file(struct cd_load *l, struct founds *files, const char *path, struct cordon_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        st.st_dev = 0; /* reading it will say why */
        st.st_ino = 0;
    }
    struct cd_str copy = cd_arena_str(l->arena, cd_str_of(path));
    struct found *f = CD_PUSH(l->arena, files->items, files->n, files->cap);
    if (copy.p == NULL || f == NULL) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    *f = (struct found){copy.p, st.st_dev, st.st_ino};
    return CORDON_OK;
}

static cordon_status
add_folder(struct cd_load *l, struct founds *files, const char *path, struct cordon_error *err)
{
    const char **paths;
    size_t n;
    CORDON_TRY(cd_dir_list(path, ".cordon", l->arena, &paths, &n, err));
    if (n == 0) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "%s: no .cordon files in this folder or below it", path);
    }
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(add_file(l, files, paths[i], err));
    }
    return CORDON_OK;
}

static cordon_status
add_argument(struct cd_load *l, struct founds *files, const char *arg, struct cordon_error *err)
{
    if (cd_path_is_dir(arg)) {
        return add_folder(l, files, arg, err);
    }
    struct stat st;
    bool is_policy = cd_str_ends(cd_str_of(arg), CD_STR(".cordon"));
    if (!is_policy && stat(arg, &st) == 0) {
        return cordon_fail(
            err, CORDON_EUSAGE, CORDON_NO_OFFSET, "%s: not a policy: %s", arg,
            cd_str_ends(cd_str_of(arg), CD_STR(".cbc"))
                ? "an image has no source: name the .cordon files that it was built from"
                : "expected a .cordon file, a folder of them, or a module of std");
    }
    const char *longer = cd_arena_printf(l->arena, "%s.cordon", arg).p;
    if (!is_policy && longer != NULL && stat(longer, &st) == 0) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "cannot read %s: there is no such file or folder; did you mean %s?", arg,
                           longer);
    }
    return add_file(l, files, arg, err);
}

static int
compare_paths(const void *x, const void *y)
{
    const struct found *a = x;
    const struct found *b = y;
    return strcmp(a->path, b->path);
}

/* Was the same file named before, in another way? */
static bool
is_repeated(const struct founds *files, size_t i)
{
    const struct found *f = &files->items[i];
    for (size_t k = i; k-- > 0;) {
        const struct found *g = &files->items[k];
        if (strcmp(f->path, g->path) == 0
            || (f->inode != 0 && f->inode == g->inode && f->device == g->device)) {
            return true;
        }
    }
    return false;
}

/* ---- parsing ---- */

static struct cd_module *
parse_module(struct cd_load *l, uint32_t file, bool selected)
{
    struct cd_module *m = cd_parse(l->arena, l->diags, l->sources, file, &l->scratch);
    m->selected = selected;
    struct cd_module **slot = CD_PUSH(l->arena, l->modules->items, l->modules->n, l->modules->cap);
    *slot = m;
    return m;
}

static cordon_status
parse_files(struct cd_load *l, struct founds *files, struct cordon_error *err)
{
    if (files->n > 1) {
        qsort(files->items, files->n, sizeof *files->items, compare_paths);
    }
    for (size_t i = 0; i < files->n; i++) {
        uint32_t file;
        if (is_repeated(files, i)) {
            continue;
        }
        CORDON_TRY(cd_sources_read(l->sources, files->items[i].path, &file, err));
        (void)parse_module(l, file, true);
    }
    return CORDON_OK;
}

/* ---- the library ---- */

/* `std.frameworks.gdpr` for `std/frameworks/gdpr.cordon`: in the library the path is the name. */
static bool
std_is_named(const struct cd_std_module *m, struct cd_str name, bool or_below)
{
    struct cd_str path = cd_str_of(m->path);
    path.n -= sizeof ".cordon" - 1;
    if (path.n < name.n || (path.n > name.n && !(or_below && path.p[name.n] == '/'))) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] != (path.p[i] == '/' ? '.' : path.p[i])) {
            return false;
        }
    }
    return true;
}

static struct cd_module *
parse_std(struct cd_load *l, const struct cd_std_module *m, bool selected)
{
    struct cd_str path = cd_str_of(m->path);
    for (size_t i = 0; i < l->modules->n; i++) {
        const struct cd_source *source = &l->sources->files[l->modules->items[i]->file];
        if (source->builtin && cd_str_eq(source->path, path)) {
            l->modules->items[i]->selected |= selected;
            return l->modules->items[i];
        }
    }
    uint32_t file = cd_sources_add(l->sources, path, (struct cd_str){m->text, m->size}, true);
    return file == UINT32_MAX ? NULL : parse_module(l, file, selected);
}

struct cd_module *
cd_load_std(struct cd_load *l, struct cd_str name)
{
    for (size_t i = 0; i < cd_n_std_modules; i++) {
        if (std_is_named(&cd_std_modules[i], name, false)) {
            return parse_std(l, &cd_std_modules[i], false);
        }
    }
    return NULL;
}

void
cd_load_try_std(struct cd_load *l, struct cd_nearest *nearest)
{
    for (size_t i = 0; i < cd_n_std_modules; i++) {
        struct cd_str name = cd_arena_str(l->arena, cd_str_of(cd_std_modules[i].path));
        name.n -= sizeof ".cordon" - 1;
        char *p = cd_arena_alloc(l->arena, name.n + 1);
        for (size_t k = 0; k < name.n; k++) {
            p[k] = name.p[k] == '/' ? '.' : name.p[k];
        }
        cd_nearest_try(nearest, (struct cd_str){p, name.n});
        for (size_t k = sizeof "std."; k < name.n; k++) { /* `std.controls` is several modules */
            if (p[k] == '.') {
                cd_nearest_try(nearest, (struct cd_str){p, k});
            }
        }
    }
}

/* The modules that an argument `std`, `std.controls` or `std.controls.audit` names. */
static cordon_status
select_std(struct cd_load *l, const char *arg, struct cordon_error *err)
{
    struct cd_str name = cd_str_of(arg);
    bool any = false;
    for (size_t i = 0; i < cd_n_std_modules; i++) {
        if (std_is_named(&cd_std_modules[i], name, true)) {
            any = true;
            (void)parse_std(l, &cd_std_modules[i], true);
        }
    }
    if (any) {
        return CORDON_OK;
    }
    struct cd_nearest nearest;
    cd_nearest_init(&nearest, name);
    cd_load_try_std(l, &nearest);
    return nearest.best.p != NULL
               ? cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                             "%s: no such module in the library; did you mean %.*s?", arg,
                             CD_FMT(nearest.best))
               : cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                             "%s: no such module in the library", arg);
}

cordon_status
cd_load(struct cd_load *l, const char *const *policies, size_t n, struct cordon_error *err)
{
    struct founds files = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        if (!cd_load_is_std(policies[i])) {
            CORDON_TRY(add_argument(l, &files, policies[i], err));
        }
    }
    CORDON_TRY(parse_files(l, &files, err));
    for (size_t i = 0; i < n; i++) {
        if (cd_load_is_std(policies[i])) {
            CORDON_TRY(select_std(l, policies[i], err));
        }
    }
    cd_load_resolve(l);
    return CORDON_OK;
}
