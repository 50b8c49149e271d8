/* Finds what the catalogue is about: controls with their parameters, tests, waivers and what of
 * their denies each target can carry; modules; frameworks. Then writes it, part by part. */
#include "compiler/doc/catalogue.h"

#include <setjmp.h>

/* ---- controls ---- */

static bool
expects_of(const struct cd_decl *test, const struct cd_decl *control)
{
    for (size_t i = 0; i < test->n_steps; i++) {
        const struct cd_step *s = &test->steps[i];
        bool is_expectation = s->kind == CD_STEP_EXPECT || s->kind == CD_STEP_EXPECT_DENY;
        if (is_expectation && s->decl == control) {
            return true;
        }
    }
    return false;
}

static void
add(struct cd_doc *d, struct cd_doc_decls *list, const struct cd_decl *decl)
{
    *CD_PUSH(d->arena, list->items, list->n, list->cap) = decl;
}

/* A deny that reads a parameter without a default says nothing yet. */
static void
find_open(struct cd_doc *d, struct cd_doc_control *c)
{
    for (size_t i = 0; i < c->decl->n_denies; i++) {
        struct cd_doc_decls reads = {.n = 0};
        cd_doc_deny_reads(d->arena, &c->decl->denies[i], &reads);
        for (size_t k = 0; k < reads.n; k++) {
            bool known = reads.items[k]->value != NULL;
            for (size_t m = 0; m < c->open.n && !known; m++) {
                known = c->open.items[m] == reads.items[k];
            }
            if (!known) {
                add(d, &c->open, reads.items[k]);
            }
        }
    }
}

static void
find_control(struct cd_doc *d, struct cd_doc_control *c, const struct cd_decl *decl)
{
    const struct cd_sema *s = d->sema;
    *c = (struct cd_doc_control){.decl = decl};
    cd_doc_reads(d->arena, decl, &c->params);
    find_open(d, c);
    for (size_t i = 0; i < s->tests.n; i++) {
        if (expects_of(s->tests.items[i], decl)) {
            add(d, &c->tests, s->tests.items[i]);
        }
    }
    for (size_t i = 0; i < s->waives.n; i++) {
        if (s->waives.items[i]->target_decl == decl) {
            add(d, &c->waives, s->waives.items[i]);
        }
    }
}

/* ---- modules ---- */

static struct cd_doc_module *
add_module(struct cd_doc *d, struct cd_doc_modules *list, const struct cd_module *m, size_t first)
{
    struct cd_doc_module *slot = CD_PUSH(d->arena, list->items, list->n, list->cap);
    *slot = (struct cd_doc_module){.module = m, .first = first};
    return slot;
}

/* Groups controls or parameters, which stand by module. */
static void
count_in(struct cd_doc *d, struct cd_doc_modules *list, const struct cd_module *m, size_t at)
{
    if (list->n == 0 || list->items[list->n - 1].module != m) {
        add_module(d, list, m, at);
    }
    list->items[list->n - 1].n++;
}

static bool
is_read(const struct cd_doc *d, const struct cd_decl *param)
{
    for (size_t i = 0; i < d->n_controls; i++) {
        for (size_t k = 0; k < d->controls[i].params.n; k++) {
            if (d->controls[i].params.items[k] == param) {
                return true;
            }
        }
    }
    return false;
}

/* A module called `….frameworks.NAME`, or one whose constants a control maps to. */
static bool
is_framework(const struct cd_doc *d, const struct cd_module *m)
{
    struct cd_str parent = m->name;
    while (parent.n > 0 && parent.p[parent.n - 1] != '.') {
        parent.n--;
    }
    if (cd_str_ends(parent, CD_STR(".frameworks.")) || cd_str_eq(parent, CD_STR("frameworks."))) {
        return true;
    }
    for (size_t i = 0; i < d->n_controls; i++) {
        const struct cd_decl *c = d->controls[i].decl;
        for (size_t k = 0; k < c->n_metas; k++) {
            for (size_t v = 0; v < c->metas[k].n_values; v++) {
                const struct cd_decl *entry = c->metas[k].values[v].decl;
                if (entry != NULL && entry->module == m) {
                    return true;
                }
            }
        }
    }
    return false;
}

const struct cd_doc_module *
cd_doc_framework(const struct cd_doc *d, const struct cd_module *m)
{
    for (size_t i = 0; i < d->frameworks.n; i++) {
        if (d->frameworks.items[i].module == m) {
            return &d->frameworks.items[i];
        }
    }
    return NULL;
}

static void
find_modules(struct cd_doc *d)
{
    const struct cd_modules *all = d->sema->modules;
    for (size_t i = 0; i < d->n_controls; i++) {
        count_in(d, &d->modules, d->controls[i].decl->module, i);
    }
    for (size_t i = 0; i < all->n; i++) {
        const struct cd_module *m = all->items[i];
        for (size_t k = 0; k < m->n_decls; k++) {
            if (m->decls[k]->kind == CD_DECL_PARAM && is_read(d, m->decls[k])) {
                count_in(d, &d->param_modules, m, d->params.n);
                add(d, &d->params, m->decls[k]);
            }
        }
        if (is_framework(d, m)) {
            add_module(d, &d->frameworks, m, 0);
        }
    }
}

/* ---- headings, in the order in which they stand ---- */

/* An id of other characters stands below the heading, so that anchors are what they seem. */
static bool
is_plain(struct cd_str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                     || c == '-' || c == '_' || c == '.';
        if (!plain) {
            return false;
        }
    }
    return id.n > 0;
}

static struct cd_str
control_heading(struct cd_doc *d, const struct cd_decl *c)
{
    return is_plain(c->id)
               ? cd_arena_printf(d->arena, "%.*s %.*s", CD_FMT(c->id), CD_FMT(c->name.text))
               : c->name.text;
}

static void
make_headings(struct cd_doc *d)
{
    cd_md_heading_of(d, CD_STR("Controls"));
    for (size_t i = 0; i < d->modules.n; i++) {
        struct cd_doc_module *m = &d->modules.items[i];
        m->heading = cd_md_heading_of(d, m->module->name);
        for (size_t k = m->first; k < m->first + m->n; k++) {
            struct cd_doc_control *c = &d->controls[k];
            c->heading = cd_md_heading_of(d, control_heading(d, c->decl));
        }
    }
    cd_md_heading_of(d, CD_STR("Parameters"));
    for (size_t i = 0; i < d->param_modules.n; i++) {
        struct cd_doc_module *m = &d->param_modules.items[i];
        m->heading = cd_md_heading_of(
            d, cd_arena_printf(d->arena, "Parameters of %.*s", CD_FMT(m->module->name)));
    }
    cd_md_heading_of(d, CD_STR("Frameworks"));
    for (size_t i = 0; i < d->frameworks.n; i++) {
        struct cd_doc_module *m = &d->frameworks.items[i];
        m->heading = cd_md_heading_of(d, m->module->name);
    }
}

void
cd_doc_find(struct cd_doc *d)
{
    struct cd_table prevention;
    cd_table_make(d->sema, NULL, &prevention);
    d->n_controls = d->sema->controls.n;
    d->controls = CD_NEW_ARRAY(d->arena, d->n_controls, struct cd_doc_control);
    for (size_t i = 0; i < d->n_controls; i++) {
        find_control(d, &d->controls[i], d->sema->controls.items[i]);
        d->controls[i].prevention = &prevention.rows[i];
    }
    find_modules(d);
    make_headings(d);
}
