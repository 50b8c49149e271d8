/* Which parameters a control reads: through its conditions, texts, sets of actions, and the
 * functions and constants that they name. */
#include <stdlib.h>

#include "compiler/doc/catalogue.h"

struct walk {
    struct cd_arena *arena;
    struct cd_doc_decls seen; /* parameters, functions and constants; those from `next` on are not
                                 looked into yet */
};

static void
note(struct walk *w, const struct cd_decl *d)
{
    for (size_t i = 0; i < w->seen.n; i++) {
        if (w->seen.items[i] == d) {
            return;
        }
    }
    *CD_PUSH(w->arena, w->seen.items, w->seen.n, w->seen.cap) = d;
}

/* The parser bounds the nesting; functions are not entered here. */
static void
walk_expr(struct walk *w, const struct cd_expr *e)
{
    if (e == NULL) {
        return;
    }
    if (e->ref.kind == CD_REF_PARAM || e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_FN) {
        note(w, e->ref.decl);
    }
    walk_expr(w, e->a);
    walk_expr(w, e->b);
    walk_expr(w, e->where);
    walk_expr(w, e->source);
    for (size_t i = 0; i < e->n_items; i++) {
        walk_expr(w, e->items[i]);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        walk_expr(w, e->parts[i].expr);
    }
}

static void
walk_acts(struct walk *w, const struct cd_act *acts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        walk_expr(w, acts[i].value);
    }
}

static void
walk_deny(struct walk *w, const struct cd_deny *deny)
{
    walk_acts(w, deny->acts, deny->n_acts);
    walk_acts(w, deny->excepts, deny->n_excepts);
    for (size_t i = 0; i < deny->n_on; i++) {
        walk_expr(w, deny->on[i]);
    }
    walk_expr(w, deny->when);
    walk_expr(w, deny->unless);
}

static void
walk_control(struct walk *w, const struct cd_decl *c)
{
    for (size_t i = 0; i < c->n_clauses; i++) {
        walk_expr(w, c->clauses[i].where);
        for (size_t k = 0; k < c->clauses[i].n_requires; k++) {
            walk_expr(w, c->clauses[i].requires[k].cond);
            walk_expr(w, c->clauses[i].requires[k].message);
        }
    }
    for (size_t i = 0; i < c->n_denies; i++) {
        walk_deny(w, &c->denies[i]);
    }
}

static int
by_place(const void *x, const void *y)
{
    const struct cd_decl *a = *(const struct cd_decl *const *)x;
    const struct cd_decl *b = *(const struct cd_decl *const *)y;
    if (a->module != b->module) {
        return cd_str_cmp(a->module->name, b->module->name);
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* Looks into what was noted, and into what that names; the parameters among it. */
static void
follow(struct walk *w, struct cd_doc_decls *out)
{
    for (size_t i = 0; i < w->seen.n; i++) {
        const struct cd_decl *d = w->seen.items[i];
        if (d->kind == CD_DECL_PARAM) {
            *CD_PUSH(w->arena, out->items, out->n, out->cap) = d;
        } else {
            walk_expr(w, d->value);
        }
    }
    if (out->n > 0) {
        qsort(out->items, out->n, sizeof(struct cd_decl *), by_place);
    }
}

void
cd_doc_reads(struct cd_arena *a, const struct cd_decl *control, struct cd_doc_decls *out)
{
    struct walk w = {.arena = a};
    walk_control(&w, control);
    follow(&w, out);
}

void
cd_doc_deny_reads(struct cd_arena *a, const struct cd_deny *deny, struct cd_doc_decls *out)
{
    struct walk w = {.arena = a};
    walk_deny(&w, deny);
    follow(&w, out);
}
