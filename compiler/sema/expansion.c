/* How large expressions become when their functions are expanded. */
#include "compiler/sema/check.h"

static uint64_t
capped(uint64_t n)
{
    return n > CD_SEMA_EXPANSION_LIMIT + 1 ? CD_SEMA_EXPANSION_LIMIT + 1 : n;
}

#define DEPTH_LIMIT \
    2500 /* expressions and functions inside each other; what is deeper has been reported */

struct count {
    struct cd_sema *s;
    unsigned depth;
    uint64_t nodes;
    uint64_t heaviest_nodes;
    struct cd_decl *heaviest; /* the callee that adds most */
    bool callee_too_large;
};

static void count_fn(struct cd_sema *s, struct cd_decl *fn, unsigned depth);

/* Literals are folded; a long set of them is no large expression. */
static bool
is_part(const struct cd_expr *e)
{
    return e->kind != CD_EXPR_BOOL && e->kind != CD_EXPR_NUMBER && e->kind != CD_EXPR_DURATION
           && e->kind != CD_EXPR_DATE && e->kind != CD_EXPR_ANAME && e->kind != CD_EXPR_STRING;
}

static void
count_expr(struct count *n, const struct cd_expr *e)
{
    if (!e || n->depth >= DEPTH_LIMIT) {
        return;
    }
    n->depth++;
    n->nodes = capped(n->nodes + is_part(e));
    if (e->kind == CD_EXPR_CALL && e->ref.kind == CD_REF_FN) {
        struct cd_decl_info *info = cd_sema_info(n->s, e->ref.decl);
        count_fn(n->s, e->ref.decl, n->depth);
        n->nodes = capped(n->nodes + info->nodes);
        n->callee_too_large = n->callee_too_large || info->too_large;
        if (info->nodes > n->heaviest_nodes) {
            n->heaviest_nodes = info->nodes;
            n->heaviest = e->ref.decl;
        }
    }
    for (size_t i = 0; i < e->n_items; i++) {
        count_expr(n, e->items[i]);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        count_expr(n, e->parts[i].expr);
    }
    count_expr(n, e->kind == CD_EXPR_CALL ? NULL : e->a);
    count_expr(n, e->b);
    count_expr(n, e->where);
    count_expr(n, e->source);
    n->depth--;
}

static void
report_size(struct cd_sema *s, struct cd_span span, struct cd_str first,
            const struct cd_decl *callee)
{
    struct cd_str chain = first;
    for (unsigned i = 0; callee && i < 20; i++) {
        chain = cd_arena_printf(s->arena, "%.*s -> %.*s", CD_FMT(chain), CD_FMT(callee->name.text));
        callee = cd_sema_info(s, callee)->heaviest;
    }
    struct cd_diag *d =
        cd_diag_add(s->diags, CD_DIAG_EXPANSION, span,
                    "with its functions expanded this has more than %d expressions: %.*s",
                    CD_SEMA_EXPANSION_LIMIT, CD_FMT(chain));
    cd_diag_help(s->diags, d,
                 "let functions call each other less often, or pass on what was computed once");
    s->too_large = true;
}

static void
count_fn(struct cd_sema *s, struct cd_decl *fn, unsigned depth)
{
    struct cd_decl_info *info = cd_sema_info(s, fn);
    if (info->nodes != 0) {
        return;
    }
    info->nodes = 1; /* a function that calls itself has been reported */
    struct count n = {.s = s, .depth = depth};
    count_expr(&n, fn->value);
    info->nodes = n.nodes > 0 ? (uint32_t)n.nodes : 1;
    info->heaviest = n.heaviest;
    info->too_large = n.callee_too_large || n.nodes > CD_SEMA_EXPANSION_LIMIT;
    if (info->too_large && !n.callee_too_large) {
        report_size(s, fn->name.span, fn->name.text, n.heaviest);
    }
}

void
cd_check_expansion(struct cd_sema *s, const struct cd_expr *e, struct cd_str name)
{
    struct count n = {.s = s};
    count_expr(&n, e);
    if (n.nodes > CD_SEMA_EXPANSION_LIMIT && !n.callee_too_large) {
        report_size(s, e->span, name, n.heaviest);
    }
}

void
cd_check_fn_expansion(struct cd_sema *s)
{
    for (size_t i = 0; i < s->modules->n; i++) {
        const struct cd_module *m = s->modules->items[i];
        for (size_t k = 0; k < m->n_decls; k++) {
            if (m->decls[k]->kind == CD_DECL_FN) {
                count_fn(s, m->decls[k], 0);
            }
        }
    }
}
