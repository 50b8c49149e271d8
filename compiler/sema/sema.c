/* The order of semantic analysis, its results, and look-ups by later stages. */
#include "compiler/sema/sema.h"

#include "compiler/sema/check.h"

void
cd_sema_init(struct cd_sema *s, struct cd_arena *arena, struct cd_types *types,
             struct cd_diags *diags, struct cd_sources *sources, struct cd_modules *modules)
{
    *s = (struct cd_sema){
        .arena = arena, .types = types, .diags = diags, .sources = sources, .modules = modules};
    cd_map_init(&s->ids);
}

void
cd_sema_finish(struct cd_sema *s)
{
    for (size_t i = 0; i < s->n_scopes; i++) {
        cd_map_finish(&s->scopes[i].names);
    }
    s->n_scopes = 0;
    cd_map_finish(&s->ids);
    cd_map_init(&s->ids);
}

static void
push(struct cd_sema *s, struct cd_decls *list, struct cd_decl *d)
{
    *CD_PUSH(s->arena, list->items, list->n, list->cap) = d;
}

static void
collect(struct cd_sema *s, const struct cd_module *m)
{
    for (size_t i = 0; i < m->n_decls; i++) {
        struct cd_decl *d = m->decls[i];
        if (d->kind == CD_DECL_PARAM) {
            push(s, &s->params, d);
        } else if (m->selected && d->kind == CD_DECL_CONTROL) {
            push(s, &s->controls, d);
        } else if (m->selected && d->kind == CD_DECL_WAIVE) {
            push(s, &s->waives, d);
        } else if (m->selected && d->kind == CD_DECL_TEST) {
            push(s, &s->tests, d);
        }
    }
}

static bool
is_value(const struct cd_decl *d)
{
    return d->kind == CD_DECL_PARAM || d->kind == CD_DECL_LET || d->kind == CD_DECL_FN;
}

/* First what others may need, then what needs others: controls before the waivers and tests that
 * name them. */
static void
check_values(struct cd_sema *s)
{
    for (size_t i = 0; i < s->modules->n; i++) {
        const struct cd_module *m = s->modules->items[i];
        for (size_t k = 0; k < m->n_decls; k++) {
            if (is_value(m->decls[k])) {
                cd_check_decl(s, m->decls[k], NULL);
            }
        }
    }
}

static void
check_rest(struct cd_sema *s, enum cd_decl_kind kind,
           void (*check)(struct cd_sema *s, struct cd_decl *d))
{
    for (size_t i = 0; i < s->modules->n; i++) {
        const struct cd_module *m = s->modules->items[i];
        for (size_t k = 0; k < m->n_decls; k++) {
            if (m->decls[k]->kind == kind) {
                check(s, m->decls[k]);
            }
        }
    }
}

cordon_status
cd_sema_check(struct cd_sema *s)
{
    cd_sema_scopes(s);
    check_values(s);
    cd_check_fn_expansion(s);
    check_rest(s, CD_DECL_CONTROL, cd_check_control);
    check_rest(s, CD_DECL_WAIVE, cd_check_waive);
    check_rest(s, CD_DECL_TEST, cd_check_test);
    for (size_t i = 0; i < s->modules->n; i++) {
        collect(s, s->modules->items[i]);
    }
    cd_check_ids(s);
    return s->diags->n_errors > 0 ? CORDON_EPOLICY : CORDON_OK;
}

struct cd_str
cd_sema_full_name(const struct cd_decl *d, struct cd_arena *arena)
{
    return cd_arena_printf(arena, "%.*s.%.*s", CD_FMT(d->module->name), CD_FMT(d->name.text));
}

static bool
is_full_name(const struct cd_decl *d, struct cd_str name)
{
    struct cd_str module = d->module->name, own = d->name.text;
    return name.n == module.n + 1 + own.n && name.p[module.n] == '.' && cd_str_starts(name, module)
           && cd_str_ends(name, own);
}

enum cd_param_lookup
cd_sema_find_param(const struct cd_sema *s, struct cd_str name, struct cd_decl **out,
                   struct cd_nearest *near)
{
    bool dotted = cd_str_find(name, '.', 0) < name.n;
    size_t n = 0;
    *out = NULL;
    if (near) {
        cd_nearest_init(near, name);
    }
    for (size_t i = 0; i < s->params.n; i++) {
        struct cd_decl *d = s->params.items[i];
        if (is_full_name(d, name)) {
            *out = d;
            return CD_PARAM_FOUND;
        }
        if (cd_str_eq(d->name.text, name)) {
            *out = *out ? *out : d;
            n++;
        }
        if (near) {
            cd_nearest_try(near, dotted ? cd_sema_full_name(d, s->arena) : d->name.text);
        }
    }
    return n == 0 ? CD_PARAM_UNKNOWN : n == 1 ? CD_PARAM_FOUND : CD_PARAM_AMBIGUOUS;
}
