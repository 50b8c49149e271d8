/* All controls of a program into one graph: which conditions are asked of which rows. Requires and
 * denies are numbered as the program does: through the controls in the order of their names. */
#include <stdlib.h>
#include <string.h>

#include "compiler/plan/lower.h"
#include "runtime/bc/limits.h"

struct named {
    struct cd_str name;
    struct cd_decl *decl;
};

static int
by_name(const void *x, const void *y)
{
    return cd_str_cmp(((const struct named *)x)->name, ((const struct named *)y)->name);
}

/* The declarations of LIST sorted by full name. */
static struct cd_decl **
sorted(struct cd_arena *arena, const struct cd_decls *list)
{
    struct named *names = CD_NEW_ARRAY(arena, list->n, struct named);
    for (size_t i = 0; i < list->n; i++) {
        names[i] = (struct named){cd_sema_full_name(list->items[i], arena), list->items[i]};
    }
    if (list->n > 0) {
        qsort(names, list->n, sizeof *names, by_name);
    }
    struct cd_decl **out = CD_NEW_ARRAY(arena, list->n, struct cd_decl *);
    for (size_t i = 0; i < list->n; i++) {
        out[i] = names[i].decl;
    }
    return out;
}

static void
add_effect(struct cd_plan *p, enum cd_op op, uint32_t domain, uint32_t a, uint32_t b, uint32_t c)
{
    *CD_PUSH(p->arena, p->effects.items, p->effects.n, p->effects.cap) =
        (struct cd_plan_effect){op, domain, a, b, c};
}

/* The condition E, or CD_NONE for none. Each starts to count its steps anew. */
static uint32_t
lower_condition(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    l->steps = 0;
    return e ? cd_lower_node(l, e, env) : CD_NONE;
}

static void
lower_clause(struct cd_lower *l, const struct cd_clause *clause, uint32_t *require)
{
    struct cd_plan *p = l->plan;
    struct cd_lower_env env = {.binding = clause->binding};
    uint32_t domain = 0;
    uint32_t where = CD_NONE;
    if (clause->binding) {
        uint32_t shape =
            clause->source->kind == CD_EXPR_TYPE ? clause->source->shape : CD_SCHEMA_NONE;
        domain = cd_plan_root(p, shape);
        for (unsigned mode = 0; mode < CD_N_MODES; mode++) {
            env.values[mode] = cd_unheld(p->domains.items[domain].member);
            env.has[mode] = true;
        }
        if (p->observes) {
            cd_lower_narrow(l, cd_lower_there(l, p->domains.items[domain].member));
        }
        where = lower_condition(l, clause->where, &env);
        cd_lower_narrow(l, where);
    }
    struct cd_lower_env *scope = clause->binding ? &env : NULL;
    for (size_t i = 0; i < clause->n_requires; i++, (*require)++) {
        uint32_t cond = lower_condition(l, clause->requires[i].cond, scope);
        add_effect(p, CD_OP_VERDICT, domain, cond, where, *require);
        if (clause->requires[i].message) {
            add_effect(p, CD_OP_MESSAGE, domain,
                       lower_condition(l, clause->requires[i].message, scope), *require, 0);
        }
    }
    l->mask = CD_NONE;
}

static void
lower_deny(struct cd_lower *l, const struct cd_deny *deny, uint32_t index)
{
    uint32_t request = cd_plan_request(l->plan);
    if (l->plan->observes) {
        cd_lower_narrow(
            l, cd_plan_node(l->plan, CD_OP_ASKED, cd_lower_simple(l, CD_TYPE_BOOL), index, 0, 0));
    }
    uint32_t when = lower_condition(l, deny->when, NULL);
    cd_lower_narrow(l, when);
    uint32_t unless = lower_condition(l, deny->unless, NULL);
    l->mask = CD_NONE;
    add_effect(l->plan, CD_OP_FIRE, request, when, unless, index);
}

static void
lower_controls(struct cd_lower *l)
{
    struct cd_plan *p = l->plan;
    uint32_t require = 0;
    uint32_t deny = 0;
    for (size_t i = 0; i < p->controls.n; i++) {
        const struct cd_decl *c = p->controls.items[i];
        for (size_t k = 0; k < c->n_clauses; k++) {
            lower_clause(l, &c->clauses[k], &require);
        }
        for (size_t k = 0; k < c->n_denies; k++) {
            lower_deny(l, &c->denies[k], deny++);
        }
    }
}

static void
lower_params(struct cd_lower *l)
{
    for (uint32_t i = 0; i < l->plan->params.n; i++) {
        const struct cd_decl *d = l->plan->params.items[i];
        if (d->where) {
            add_effect(l->plan, CD_OP_CHECK, 0, lower_condition(l, d->where, NULL), i, 0);
        }
    }
}

_Static_assert(CD_LIMIT_LOOP_DEPTH == 32, "the message below says so");

static cordon_status
too_large(const struct cd_lower *l, struct cordon_error *err)
{
    uint32_t line;
    uint32_t column;
    cd_sources_place(l->sema->sources, l->failed->span.file, l->failed->span.start, &line, &column,
                     NULL);
    struct cd_str path = l->sema->sources->files[l->failed->span.file].path;
    const char *why = l->too_deep ? "more than 32 loops would stand inside each other"
                                  : "with its functions expanded, this is too large";
    return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET, "%.*s:%u:%u: %s", CD_FMT(path), line,
                       column, why);
}

cordon_status
cd_plan_lower(struct cd_plan *p, struct cd_sema *sema, struct cordon_error *err)
{
    p->controls.items = sorted(p->arena, &sema->controls);
    p->controls.n = p->controls.cap = sema->controls.n;
    p->params.items = sorted(p->arena, &sema->params);
    p->params.n = p->params.cap = sema->params.n;
    struct cd_lower l = {.plan = p, .sema = sema, .mask = CD_NONE};
    lower_controls(&l);
    lower_params(&l);
    return l.failed ? too_large(&l, err) : CORDON_OK;
}
