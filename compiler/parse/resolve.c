/* Which module a `use` means: by the names in module lines, first of the call's files, then of the
 * library. */
#include "compiler/parse/resolve.h"

#include <stdlib.h>

#include "compiler/ast/build.h"

static int
compare_modules(const void *x, const void *y)
{
    const struct cd_module *a = *(struct cd_module *const *)x;
    const struct cd_module *b = *(struct cd_module *const *)y;
    int order = cd_str_cmp(a->name, b->name);
    return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

static void
sort(struct cd_modules *modules)
{
    if (modules->n > 1) {
        qsort(modules->items, modules->n, sizeof *modules->items, compare_modules);
    }
}

/* Among the first N modules, which are sorted. */
static struct cd_module *
find(const struct cd_modules *modules, size_t n, struct cd_str name)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cd_str_cmp(modules->items[middle]->name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_there = low < n && cd_str_eq(modules->items[low]->name, name);
    return is_there ? modules->items[low] : NULL;
}

/* Two files of one name: the first by path stays the one that is meant. */
static void
report_twins(struct cd_load *l)
{
    for (size_t i = 1; i < l->modules->n; i++) {
        const struct cd_module *a = l->modules->items[i - 1];
        const struct cd_module *b = l->modules->items[i];
        if (a->name.n == 0 || !cd_str_eq(a->name, b->name)) {
            continue;
        }
        struct cd_str path = l->sources->files[a->file].path;
        struct cd_diag *d =
            cd_diag_add(l->diags, CD_DIAG_MODULE_TWICE, b->name_span,
                        "module %.*s stands in two files: %.*s and %.*s", CD_FMT(b->name),
                        CD_FMT(path), CD_FMT(l->sources->files[b->file].path));
        cd_diag_help(l->diags, d, "give one of them another name, or leave it out of the call");
    }
}

static void
report_unknown(struct cd_load *l, const struct cd_use *use, struct cd_str name, size_t n_own)
{
    struct cd_diag *d = cd_diag_add(l->diags, CD_DIAG_MODULE_UNKNOWN, use->path.span,
                                    "there is no module %.*s", CD_FMT(name));
    struct cd_nearest nearest;
    cd_nearest_init(&nearest, name);
    for (size_t i = 0; i < n_own; i++) {
        cd_nearest_try(&nearest, l->modules->items[i]->name);
    }
    cd_load_try_std(l, &nearest);
    if (nearest.best.p != NULL) {
        cd_nearest_help(l->diags, d, &nearest);
    } else {
        cd_diag_help(l->diags, d, "name its file or folder in the call, too; only std is built in");
    }
}

/* ---- cycles ---- */

enum { UNSEEN, OPEN, DONE };

struct frame {
    struct cd_module *module;
    size_t next; /* use to look at */
};

static void
report_cycle(struct cd_load *l, const struct frame *path, size_t n, const struct cd_use *use)
{
    size_t from = n;
    while (from > 0 && path[from - 1].module != use->module) {
        from--;
    }
    struct cd_buf b = CD_BUF_INIT;
    for (size_t i = from > 0 ? from - 1 : 0; i < n; i++) {
        cd_buf_str(&b, path[i].module->name);
        cd_buf_puts(&b, " -> ");
    }
    cd_buf_str(&b, use->module->name);
    struct cd_str circle = cd_arena_str(l->arena, b.oom ? CD_STR("") : cd_buf_view(&b));
    cd_buf_finish(&b);
    struct cd_diag *d = cd_diag_add(l->diags, CD_DIAG_MODULE_CYCLE, use->path.span,
                                    "modules use each other in a circle: %.*s", CD_FMT(circle));
    cd_diag_help(l->diags, d, "move what both need into a module of its own");
}

/* Walks along the uses from ROOT without recursion: a chain may be as long as there are files. */
static void
find_cycles(struct cd_load *l, struct cd_module *root, struct frame *path)
{
    size_t n = 0;
    path[n++] = (struct frame){root, 0};
    root->state = OPEN;
    while (n > 0) {
        struct frame *top = &path[n - 1];
        if (top->next == top->module->n_uses) {
            top->module->state = DONE;
            n--;
            continue;
        }
        const struct cd_use *use = &top->module->uses[top->next++];
        if (use->module == NULL) {
            continue;
        }
        if (use->module->state == OPEN) {
            report_cycle(l, path, n, use);
        } else if (use->module->state == UNSEEN) {
            use->module->state = OPEN;
            path[n++] = (struct frame){use->module, 0};
        }
    }
}

static void
report_cycles(struct cd_load *l)
{
    struct frame *path = CD_NEW_ARRAY(l->arena, l->modules->n + 1, struct frame);
    for (size_t i = 0; i < l->modules->n; i++) {
        if (l->modules->items[i]->state == UNSEEN) {
            find_cycles(l, l->modules->items[i], path);
        }
    }
    for (size_t i = 0; i < l->modules->n; i++) {
        l->modules->items[i]->state = UNSEEN;
    }
}

void
cd_load_resolve(struct cd_load *l)
{
    sort(l->modules);
    report_twins(l);
    size_t n_own = l->modules->n;
    for (size_t i = 0; i < l->modules->n; i++) { /* grows as modules of the library are reached */
        struct cd_module *m = l->modules->items[i];
        for (size_t k = 0; k < m->n_uses; k++) {
            struct cd_use *use = &m->uses[k];
            struct cd_str name = cd_path_text(l->arena, &use->path);
            use->module = find(l->modules, n_own, name);
            if (use->module == NULL) {
                use->module = cd_load_std(l, name);
            }
            if (use->module == NULL) {
                report_unknown(l, use, name, n_own);
            }
        }
    }
    sort(l->modules);
    report_cycles(l);
}
