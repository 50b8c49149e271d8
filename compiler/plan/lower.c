/* From typed trees to the graph: names, logic, conditionals; what else there is, is in the other
 * lower_*.c. */
#include "compiler/plan/lower.h"

#include <assert.h>
#include <setjmp.h>

/* ---- helpers ---- */

const struct cd_type *
cd_lower_simple(struct cd_lower *l, enum cd_type_kind kind)
{
    return cd_type_simple(l->plan->types, kind);
}

const struct cd_type *
cd_lower_list_of(struct cd_lower *l, const struct cd_type *elem)
{
    return cd_type_of(l->plan->types, CD_TYPE_LIST, elem);
}

const struct cd_type *
cd_lower_type(const struct cd_lower *l, uint32_t node)
{
    return l->plan->nodes.items[node].type;
}

uint32_t
cd_lower_domain_of(const struct cd_lower *l, uint32_t node)
{
    return l->plan->nodes.items[node].domain;
}

uint32_t
cd_lower_bool(struct cd_lower *l, bool value)
{
    return cd_plan_const(l->plan, cd_lower_simple(l, CD_TYPE_BOOL),
                         cd_const_bool(l->plan->arena, value));
}

uint32_t
cd_lower_logic(struct cd_lower *l, enum cd_op op, uint32_t a, uint32_t b)
{
    return cd_plan_node(l->plan, op, cd_lower_simple(l, CD_TYPE_BOOL), a, b, 0);
}

void
cd_lower_narrow(struct cd_lower *l, uint32_t node)
{
    struct cd_plan *p = l->plan;
    if (node == CD_NONE || l->mask == CD_NONE) {
        l->mask = node != CD_NONE ? node : l->mask;
        return;
    }
    uint32_t x = cd_lower_domain_of(l, l->mask), y = cd_lower_domain_of(l, node);
    bool is_one_way = cd_plan_is_inside(p, x, y) || cd_plan_is_inside(p, y, x);
    l->mask = is_one_way ? cd_lower_logic(l, CD_OP_AND, l->mask, node) : node;
}

uint32_t
cd_lower_there(struct cd_lower *l, uint32_t member)
{
    return cd_lower_logic(l, CD_OP_NOT, cd_lower_logic(l, CD_OP_ISABSENT, member, 0), 0);
}

static bool
is_untyped(const struct cd_type *type)
{
    while (type->elem) {
        type = type->elem;
    }
    return type->kind == CD_TYPE_NEVER;
}

uint32_t
cd_lower_typed(struct cd_lower *l, uint32_t node, const struct cd_type *want)
{
    const struct cd_plan_node n = l->plan->nodes.items[node];
    if (!is_untyped(n.type) || !cd_type_is_collection(want)) {
        return node;
    }
    if (n.op == CD_OP_CONST) {
        return cd_plan_const(l->plan, want, l->plan->consts.items[n.a].value);
    }
    if (n.op == CD_OP_IF) {
        return cd_plan_node(l->plan, CD_OP_IF, want, n.a, cd_lower_typed(l, n.b, want),
                            cd_lower_typed(l, n.c, want));
    }
    return node;
}

/* ---- names ---- */

struct cd_lower_env *
cd_lower_find(struct cd_lower_env *env, const struct cd_binding *binding)
{
    while (env && env->binding != binding) {
        env = (struct cd_lower_env *)env->outer;
    }
    return env;
}

static struct cd_value
lower_binding(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
              enum cd_mode mode)
{
    struct cd_lower_env *b = cd_lower_find(env, e->ref.binding);
    assert(b);
    if (!b->has[mode]) {
        uint32_t mask = l->mask;
        l->mask = b->mask;
        b->values[mode] = cd_lower_expr(l, b->arg, (struct cd_lower_env *)b->arg_env, mode);
        l->mask = mask;
        b->values[mode].node = cd_lower_typed(l, b->values[mode].node, b->binding->type);
        b->has[mode] = true;
    }
    return b->values[mode];
}

static uint32_t
param_index(const struct cd_plan *p, const struct cd_decl *d)
{
    for (uint32_t i = 0; i < p->params.n; i++) {
        if (p->params.items[i] == d) {
            return i;
        }
    }
    return CD_NONE;
}

/* A constant is lowered once; it may read parameters, which stay open. */
static struct cd_value
lower_let(struct cd_lower *l, const struct cd_decl *d, enum cd_mode mode)
{
    struct {
        const struct cd_decl *decl;
        uint64_t mode;
    } words = {d, (uint64_t)mode};
    struct cd_str key = {(const char *)&words, sizeof words};
    uint32_t i;
    if (cd_map_get(&l->plan->lets, key, &i)) {
        return l->let_values.items[i];
    }
    uint32_t mask = l->mask;
    l->mask = CD_NONE;
    struct cd_value v = cd_lower_expr(l, d->value, NULL, mode);
    v.node = cd_lower_typed(l, v.node, d->type);
    l->mask = mask;
    i = (uint32_t)l->let_values.n;
    *CD_PUSH(l->plan->arena, l->let_values.items, l->let_values.n, l->let_values.cap) = v;
    if (!cd_map_put(&l->plan->lets, cd_arena_str(l->plan->arena, key), i)) {
        longjmp(*l->plan->arena->on_oom, 1);
    }
    return v;
}

static uint32_t
lower_text(struct cd_lower *l, const struct cd_type *type, struct cd_str text)
{
    return cd_plan_const(l->plan, type, cd_const_string(l->plan->arena, text));
}

static uint32_t
lower_table(struct cd_lower *l, const struct cd_expr *e, uint32_t shape)
{
    return cd_plan_node(l->plan, CD_OP_TABLE, e->type, shape, 0, 0);
}

static struct cd_value
lower_ref(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, enum cd_mode mode)
{
    switch (e->ref.kind) {
    case CD_REF_BINDING: return lower_binding(l, e, env, mode);
    case CD_REF_PARAM:
        return cd_unheld(cd_plan_node(l->plan, CD_OP_PARAM, e->ref.decl->type,
                                      param_index(l->plan, e->ref.decl), 0, 0));
    case CD_REF_LET: return lower_let(l, e->ref.decl, mode);
    case CD_REF_TABLE: return cd_unheld(lower_table(l, e, CD_SCHEMA_NONE));
    case CD_REF_ACTION: return cd_unheld(lower_text(l, e->type, e->text));
    case CD_REF_KEY:
        return cd_unheld(
            cd_plan_node(l->plan, CD_OP_KEY, e->type, cd_plan_string(l->plan, e->text), 0, 0));
    case CD_REF_INTERNET: /* only an argument of `reaches`, which has no use for it */
    case CD_REF_NONE:
    case CD_REF_FN:
    case CD_REF_BUILTIN:
    case CD_REF_MODULE:
    case CD_REF_ENVELOPE:
    case CD_REF_FIELD:
    case CD_REF_JSON:
    case CD_REF_ARN_PART:
    case CD_REF_MAP: break;
    }
    return cd_unheld(cd_plan_const(l->plan, e->type, cd_const_absent()));
}

/* ---- what is free in an expression ---- */

static uint32_t
free_domain(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, uint32_t found)
{
    if (!e) {
        return found;
    }
    l->steps++;
    if (e->ref.kind == CD_REF_BINDING) {
        struct cd_lower_env *b = cd_lower_find(env, e->ref.binding);
        if (!b) {
            return found; /* bound inside the expression */
        }
        if (b->arg && !b->has_domain) {
            b->domain = free_domain(l, b->arg, (struct cd_lower_env *)b->arg_env, 0);
            b->has_domain = true;
        }
        uint32_t domain = b->arg ? b->domain : cd_lower_domain_of(l, b->values[CD_MODE_VALUE].node);
        return cd_plan_deeper(l->plan, found, domain);
    }
    if (e->ref.kind == CD_REF_KEY) {
        return l->in_when ? found : cd_plan_deeper(l->plan, found, cd_plan_request(l->plan));
    }
    if (e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM) {
        return found;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        found = free_domain(l, e->items[i], env, found);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        found = free_domain(l, e->parts[i].expr, env, found);
    }
    found = free_domain(l, e->a, env, found);
    found = free_domain(l, e->b, env, found);
    bool in_when = l->in_when;
    l->in_when = in_when || e->kind == CD_EXPR_CALL;
    found = free_domain(l, e->where, env, found);
    l->in_when = in_when;
    return free_domain(l, e->source, env, found);
}

uint32_t
cd_lower_domain(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    return free_domain(l, e, env, 0);
}

/* ---- conditionals ---- */

/* Values that a reference can be read from have a holder. */
static bool
can_be_held(const struct cd_type *t)
{
    while (t->elem) {
        t = t->elem;
    }
    return cd_type_is_stringlike(t) || t->kind == CD_TYPE_JSON || t->kind == CD_TYPE_RECORD
           || t->kind == CD_TYPE_POLICY;
}

static uint32_t
holder_or_absent(struct cd_lower *l, uint32_t holder, const struct cd_type *row)
{
    return holder != CD_NONE ? holder : cd_plan_const(l->plan, row, cd_const_absent());
}

static struct cd_value
lower_if(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, enum cd_mode mode)
{
    uint32_t cond = cd_lower_node(l, e->where, env);
    uint32_t mask = l->mask;
    cd_lower_narrow(l, cond);
    struct cd_value a = cd_lower_expr(l, e->a, env, mode);
    l->mask = mask;
    if (l->plan->observes) {
        cd_lower_narrow(l, cd_lower_logic(l, CD_OP_NOT, cond, 0));
    }
    struct cd_value b = cd_lower_expr(l, e->b, env, mode);
    l->mask = mask;
    a.node = cd_lower_typed(l, a.node, e->type);
    b.node = cd_lower_typed(l, b.node, e->type);
    struct cd_value v = {cd_plan_node(l->plan, CD_OP_IF, e->type, cond, a.node, b.node), CD_NONE};
    if (a.holder == b.holder) {
        v.holder = a.holder;
    } else if (can_be_held(e->type)) {
        const struct cd_type *row = cd_lower_simple(l, CD_TYPE_ANY_RESOURCE);
        v.holder = cd_plan_node(l->plan, CD_OP_IF, row, cond, holder_or_absent(l, a.holder, row),
                                holder_or_absent(l, b.holder, row));
    }
    return v;
}

static uint32_t
lower_present(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    uint32_t absent = cd_lower_logic(l, CD_OP_ISABSENT, cd_lower_node(l, e->a, env), 0);
    return e->kind == CD_EXPR_ABSENT ? absent : cd_lower_logic(l, CD_OP_NOT, absent, 0);
}

struct cd_lower_env *
cd_lower_arguments(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    const struct cd_decl *fn = e->ref.decl;
    struct cd_lower_env *inner = NULL;
    for (size_t i = 0; i < fn->n_params && i < e->n_items; i++) {
        struct cd_lower_env *arg = CD_NEW(l->plan->arena, struct cd_lower_env);
        *arg = (struct cd_lower_env){.binding = fn->params[i].binding,
                                     .outer = inner,
                                     .arg = e->items[i],
                                     .arg_env = env,
                                     .mask = l->mask};
        inner = arg;
    }
    return inner;
}

static struct cd_value
lower_call(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, enum cd_mode mode)
{
    if (e->ref.kind != CD_REF_FN) {
        return cd_lower_builtin(l, e, env);
    }
    struct cd_lower_env *inner = cd_lower_arguments(l, e, env);
    struct cd_value v = cd_lower_expr(l, e->ref.decl->value, inner, mode);
    v.node = cd_lower_typed(l, v.node, e->type);
    return v;
}

/* ---- dispatch ---- */

static struct cd_value
lower_kind(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    switch (e->kind) {
    case CD_EXPR_BOOL: return cd_unheld(cd_lower_bool(l, e->boolean));
    case CD_EXPR_NUMBER:
        return cd_unheld(cd_plan_const(p, e->type, cd_const_number(p->arena, e->number)));
    case CD_EXPR_DURATION:
        return cd_unheld(cd_plan_const(p, e->type, cd_const_duration(p->arena, e->ms)));
    case CD_EXPR_DATE: return cd_unheld(cd_plan_const(p, e->type, cd_const_time(p->arena, e->ms)));
    case CD_EXPR_STRING: return cd_lower_string(l, e, env, mode);
    case CD_EXPR_NAME:
    case CD_EXPR_ANAME: return lower_ref(l, e, env, mode);
    case CD_EXPR_TYPE: return cd_unheld(lower_table(l, e, e->shape));
    case CD_EXPR_LIST:
    case CD_EXPR_SET: return cd_lower_collection(l, e, env, mode);
    case CD_EXPR_COMPREHENSION: return cd_lower_comprehension(l, e, env, mode);
    case CD_EXPR_QUANTIFIER: return cd_lower_quantifier(l, e, env);
    case CD_EXPR_FIELD:
        return e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM ? lower_ref(l, e, env, mode)
                                                                        : cd_lower_field(l, e, env);
    case CD_EXPR_INDEX: return cd_lower_index(l, e, env);
    case CD_EXPR_EACH: return cd_lower_each(l, e, env);
    case CD_EXPR_CALL: return lower_call(l, e, env, mode);
    case CD_EXPR_FOLLOW: return cd_lower_follow(l, e, env);
    case CD_EXPR_NOT:
        return cd_unheld(cd_lower_logic(l, CD_OP_NOT, cd_lower_node(l, e->a, env), 0));
    case CD_EXPR_NEG:
        return cd_unheld(cd_plan_node(p, CD_OP_NEG, e->type, cd_lower_node(l, e->a, env), 0, 0));
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT: return cd_unheld(lower_present(l, e, env));
    case CD_EXPR_ADD:
    case CD_EXPR_SUB: return cd_lower_sum(l, e, env, mode);
    case CD_EXPR_REL: return cd_lower_rel(l, e, env);
    case CD_EXPR_AND:
    case CD_EXPR_OR: {
        uint32_t a = cd_lower_node(l, e->a, env);
        return cd_unheld(cd_lower_logic(l, e->kind == CD_EXPR_AND ? CD_OP_AND : CD_OP_OR, a,
                                        cd_lower_node(l, e->b, env)));
    }
    case CD_EXPR_IF: return lower_if(l, e, env, mode);
    case CD_EXPR_CONVERT: return cd_lower_convert(l, e, env);
    case CD_EXPR_ERROR: break;
    }
    return cd_unheld(cd_plan_const(p, e->type, cd_const_absent()));
}

struct cd_value
cd_lower_expr(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
              enum cd_mode mode)
{
    if (l->failed || ++l->steps > CD_PLAN_STEP_LIMIT || l->depth >= CD_PLAN_DEPTH_LIMIT
        || l->plan->nodes.n >= CD_PLAN_NODE_LIMIT) {
        l->failed = l->failed ? l->failed : e;
        return cd_unheld(cd_plan_const(l->plan, e->type, cd_const_absent()));
    }
    l->depth++;
    struct cd_value v = lower_kind(l, e, env, mode);
    l->depth--;
    if (l->plan->observes && e->branch != 0) {
        v.node = cd_plan_node(l->plan, CD_OP_OBSERVE, cd_lower_simple(l, CD_TYPE_BOOL), v.node,
                              l->mask, e->branch - 1);
    }
    return v;
}

uint32_t
cd_lower_node(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    return cd_lower_expr(l, e, env, CD_MODE_VALUE).node;
}
