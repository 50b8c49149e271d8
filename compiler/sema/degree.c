/* The degree of a control: how many tables are nested on one path through its expressions. Time is
 * linear in rows to the degree. A table that is entered by an equality (`x.P == e`, e without x) is
 * indexed and does not count; a reference `->` neither. */
#include "compiler/sema/check.h"

#define DEPTH_LIMIT 4000
#define STEP_LIMIT \
    1000000 /* expressions looked at for one clause, functions looked into each time */

/* What the parameters of a function stand for at a call. */
struct env {
    const struct cd_binding *binding;
    const struct cd_expr *value;
    const struct env *value_env;
    const struct env *outer;
};

/* The tables around a place, innermost first. */
struct path {
    struct cd_str table;
    const struct path *outer;
    unsigned n;
};

struct walk {
    struct cd_sema *s;
    struct cd_span call; /* in a function: the clause's own expression that called it, where a
                            message is put */
    unsigned functions;  /* being looked into */
    unsigned depth;
    uint32_t steps;
    bool reported;
};

static void walk(struct walk *w, const struct cd_expr *e, const struct env *env,
                 const struct path *path);

static const struct env *
call_env(struct walk *w, const struct cd_expr *call, const struct env *env)
{
    const struct cd_decl *fn = call->ref.decl;
    const struct env *inner = NULL;
    for (size_t i = 0; i < fn->n_params && i < call->n_items; i++) {
        struct env *arg = CD_NEW(w->s->arena, struct env);
        *arg = (struct env){fn->params[i].binding, call->items[i], env, inner};
        inner = arg;
    }
    return inner;
}

static const struct path *
deeper(struct walk *w, const struct path *path, struct cd_str table)
{
    struct path *p = CD_NEW(w->s->arena, struct path);
    *p = (struct path){table, path, path ? path->n + 1 : 1};
    return p;
}

static unsigned
length(const struct path *path)
{
    return path ? path->n : 0;
}

/* PATH with the tables that the members of E are taken from, one for each that multiplies their
 * number. */
static const struct path *
rows(struct walk *w, const struct cd_expr *e, const struct env *env, const struct path *path)
{
    if (w->depth >= DEPTH_LIMIT || ++w->steps > STEP_LIMIT) {
        return path;
    }
    const struct path *a, *b;
    w->depth++;
    switch (e->kind) {
    case CD_EXPR_TYPE: path = deeper(w, path, e->text); break;
    case CD_EXPR_NAME:
        if (e->ref.kind == CD_REF_TABLE) {
            path = deeper(w, path, e->text);
        } else if (e->ref.kind == CD_REF_BINDING) {
            while (env && env->binding != e->ref.binding) {
                env = env->outer;
            }
            path = env ? rows(w, env->value, env->value_env, path) : path;
        }
        break;
    case CD_EXPR_COMPREHENSION:
        path = cd_is_indexed(e) ? path : rows(w, e->source, env, path);
        break;
    case CD_EXPR_CALL:
        path = e->ref.kind == CD_REF_FN ? rows(w, e->ref.decl->value, call_env(w, e, env), path)
                                        : path;
        break;
    case CD_EXPR_FIELD:
    case CD_EXPR_EACH:
    case CD_EXPR_FOLLOW:
    case CD_EXPR_CONVERT: path = e->a ? rows(w, e->a, env, path) : path; break;
    case CD_EXPR_ADD:
    case CD_EXPR_SUB:
    case CD_EXPR_IF:
        a = rows(w, e->a, env, path);
        b = rows(w, e->b, env, path);
        path = length(a) >= length(b) ? a : b;
        break;
    case CD_EXPR_ERROR:
    case CD_EXPR_BOOL:
    case CD_EXPR_NUMBER:
    case CD_EXPR_DURATION:
    case CD_EXPR_DATE:
    case CD_EXPR_STRING:
    case CD_EXPR_ANAME:
    case CD_EXPR_LIST:
    case CD_EXPR_SET:
    case CD_EXPR_QUANTIFIER:
    case CD_EXPR_INDEX:
    case CD_EXPR_NOT:
    case CD_EXPR_NEG:
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT:
    case CD_EXPR_REL:
    case CD_EXPR_AND:
    case CD_EXPR_OR: break;
    }
    w->depth--;
    return path;
}

/* ---- equality joins ---- */

static bool
mentions(const struct cd_expr *e, const struct cd_binding *x)
{
    if (!e) {
        return false;
    }
    if (e->ref.kind == CD_REF_BINDING && e->ref.binding == x) {
        return true;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        if (mentions(e->items[i], x)) {
            return true;
        }
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        if (mentions(e->parts[i].expr, x)) {
            return true;
        }
    }
    return mentions(e->a, x) || mentions(e->b, x) || mentions(e->where, x)
           || mentions(e->source, x);
}

/* x.P, x.P.Q, x.tags["k"] */
static bool
is_property(const struct cd_expr *e, const struct cd_binding *x)
{
    bool any = false;
    while (e->kind == CD_EXPR_CONVERT
           || ((e->kind == CD_EXPR_FIELD || e->kind == CD_EXPR_INDEX) && !e->through_each)) {
        if (e->kind == CD_EXPR_INDEX && mentions(e->b, x)) {
            return false;
        }
        any = any || e->kind != CD_EXPR_CONVERT;
        e = e->a;
    }
    return any && e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING && e->ref.binding == x;
}

static bool
joins_by(const struct cd_expr *cond, const struct cd_binding *x)
{
    while (cond && cond->kind == CD_EXPR_AND) {
        if (joins_by(cond->b, x)) {
            return true;
        }
        cond = cond->a;
    }
    if (!cond || cond->kind != CD_EXPR_REL || cond->rel != CD_REL_EQ || cond->negated) {
        return false;
    }
    return (is_property(cond->a, x) && !mentions(cond->b, x))
           || (is_property(cond->b, x) && !mentions(cond->a, x));
}

bool
cd_is_indexed(const struct cd_expr *e)
{
    if (e->source->ref.kind != CD_REF_TABLE) {
        return false;
    }
    bool body = e->kind == CD_EXPR_QUANTIFIER && e->quant != CD_QUANT_ALL;
    return joins_by(e->where, e->binding) || (body && joins_by(e->b, e->binding));
}

/* ---- the walk ---- */

static void
check_length(struct walk *w, const struct cd_expr *e, const struct path *path)
{
    if (length(path) <= CD_SEMA_DEGREE_LIMIT || w->reported) {
        return;
    }
    struct cd_str text = path->table;
    for (const struct path *p = path->outer; p; p = p->outer) {
        text = cd_arena_printf(w->s->arena, "%.*s > %.*s", CD_FMT(p->table), CD_FMT(text));
    }
    struct cd_span span = w->functions > 0 ? w->call : e->span;
    struct cd_diag *d = cd_diag_add(w->s->diags, CD_DIAG_DEGREE, span,
                                    "%u tables are nested here, at most %d can be: %.*s",
                                    length(path), CD_SEMA_DEGREE_LIMIT, CD_FMT(text));
    cd_diag_help(
        w->s->diags, d,
        "join by an equality, any y in TYPE where y.P == x.Q, or follow a reference, x.Q -> TYPE");
    w->reported = true;
}

static void
walk_members(struct walk *w, const struct cd_expr *e, const struct env *env,
             const struct path *path)
{
    walk(w, e->source, env, path);
    const struct path *inner = cd_is_indexed(e) ? path : rows(w, e->source, env, path);
    check_length(w, e, inner);
    if (e->where) {
        walk(w, e->where, env, inner);
    }
    walk(w, e->b, env, inner);
}

static void
walk_call(struct walk *w, const struct cd_expr *e, const struct env *env, const struct path *path)
{
    bool brings_rows = false;
    for (size_t i = 0; i < e->n_items; i++) {
        walk(w, e->items[i], env, path);
        brings_rows = brings_rows || rows(w, e->items[i], env, NULL) != NULL;
    }
    if (e->ref.kind != CD_REF_FN) {
        return;
    }
    if (brings_rows || (cd_sema_info(w->s, e->ref.decl)->uses & CD_USES_TABLE)) {
        w->call = w->functions > 0 ? w->call : e->span;
        w->functions++;
        walk(w, e->ref.decl->value, call_env(w, e, env), path);
        w->functions--;
    }
}

static void
walk(struct walk *w, const struct cd_expr *e, const struct env *env, const struct path *path)
{
    if (!e || w->depth >= DEPTH_LIMIT || ++w->steps > STEP_LIMIT) {
        return;
    }
    w->depth++;
    if (e->kind == CD_EXPR_QUANTIFIER || e->kind == CD_EXPR_COMPREHENSION) {
        walk_members(w, e, env, path);
    } else if (e->kind == CD_EXPR_CALL) {
        walk_call(w, e, env, path);
        walk(w, e->where, env, path);
    } else {
        if (e->kind == CD_EXPR_EACH) {
            check_length(w, e, rows(w, e->a, env, path));
        }
        for (size_t i = 0; i < e->n_items; i++) {
            walk(w, e->items[i], env, path);
        }
        for (size_t i = 0; i < e->n_parts; i++) {
            walk(w, e->parts[i].expr, env, path);
        }
        walk(w, e->a, env, path);
        walk(w, e->b, env, path);
        walk(w, e->where, env, path);
    }
    w->depth--;
}

static void
start(struct cd_sema *s, const struct cd_expr *e, const struct path *path)
{
    if (!e) {
        return;
    }
    struct walk w = {.s = s, .call = e->span};
    walk(&w, e, NULL, path);
}

void
cd_check_degree(struct cd_sema *s, struct cd_decl *control)
{
    for (size_t i = 0; i < control->n_clauses; i++) {
        const struct cd_clause *clause = &control->clauses[i];
        struct path table = {CD_STR(""), NULL, 1};
        if (clause->binding) {
            table.table = clause->source->text;
            start(s, clause->where, &table);
        }
        for (size_t k = 0; k < clause->n_requires; k++) {
            start(s, clause->requires[k].cond, clause->binding ? &table : NULL);
            start(s, clause->requires[k].message, clause->binding ? &table : NULL);
        }
    }
}
