/* Lowering of quantifiers and comprehensions: loops with reductions. A loop is placed in the
 * outermost domain that its list and its body allow, so that loops over the same list become one,
 * and what does not depend on a row is not asked again for each. A loop over a table becomes a
 * probe of an index where a condition says which rows alone can matter. */
#include "compiler/plan/lower.h"

#include "runtime/bc/limits.h"

#define LONGEST_PATH 8

static bool
is_resource(const struct cd_type *t)
{
    return t->kind == CD_TYPE_RESOURCE || t->kind == CD_TYPE_ANY_RESOURCE;
}

struct cd_value
cd_lower_member(struct cd_lower *l, struct cd_value list, uint32_t domain, struct cd_str name)
{
    struct cd_plan *p = l->plan;
    const struct cd_type *elem = cd_lower_type(l, list.node)->elem;
    uint32_t parent = cd_plan_deeper(p, cd_lower_domain_of(l, list.node), domain);
    uint32_t inner = cd_plan_loop(p, list.node, parent, elem, name);
    return (struct cd_value){p->domains.items[inner].member,
                             is_resource(elem) ? CD_NONE : list.holder};
}

void
cd_lower_check_depth(struct cd_lower *l, const struct cd_expr *e, uint32_t domain)
{
    if (!l->failed && l->plan->domains.items[domain].depth > CD_LIMIT_LOOP_DEPTH) {
        l->failed = e;
        l->too_deep = true;
    }
}

/* ---- equality joins ---- */

/* How the rows of a table are found: those whose property at the end of INDEX is KEY. */
struct join {
    uint32_t index, key;
};

/* Is NODE a string property of the row MEMBER, through objects only? Then *index is the one to find
 * it by. */
static bool
is_property(struct cd_lower *l, uint32_t node, uint32_t member, uint32_t *index)
{
    struct cd_plan *p = l->plan;
    uint32_t fields[LONGEST_PATH];
    uint32_t n_fields = 0;
    const struct cd_plan_node *n = &p->nodes.items[node];
    uint32_t shape = cd_lower_type(l, member)->shape;
    if (!cd_type_is_stringlike(n->type)) {
        return false;
    }
    if (n->op == CD_OP_ENV && n->a == member) {
        *index = cd_plan_index(p, shape, (enum cd_env)n->b, NULL, 0);
        return true;
    }
    while (n->op == CD_OP_FIELD && n_fields < LONGEST_PATH) {
        fields[LONGEST_PATH - ++n_fields] = n->b;
        if (n->a == member) {
            *index =
                cd_plan_index(p, shape, (enum cd_env)0, fields + LONGEST_PATH - n_fields, n_fields);
            return true;
        }
        n = &p->nodes.items[n->a];
        if (n->type->kind != CD_TYPE_RECORD) {
            return false;
        }
    }
    return false;
}

/* Is the condition COND, or a part of it that has to hold, an equality that MEMBER's row can be
 * found by? The other side lies outside the loop. A condition that is observed is none: it is asked
 * of every row. */
static bool
find_join(struct cd_lower *l, uint32_t cond, uint32_t member, struct join *join)
{
    struct cd_plan *p = l->plan;
    uint32_t inner = cd_lower_domain_of(l, member);
    for (;;) {
        const struct cd_plan_node n = p->nodes.items[cond];
        if (n.op == CD_OP_AND) {
            if (find_join(l, n.b, member, join)) {
                return true;
            }
            cond = n.a;
            continue;
        }
        if (n.op != CD_OP_EQ || n.c != 0) {
            return false;
        }
        for (int swap = 0; swap < 2; swap++) {
            uint32_t property = swap ? n.b : n.a;
            join->key = swap ? n.a : n.b;
            if (!cd_plan_is_inside(p, cd_lower_domain_of(l, join->key), inner)
                && is_property(l, property, member, &join->index)) {
                return true;
            }
        }
        return false;
    }
}

/* ---- loops ---- */

/* A loop that is being made for a quantifier or a comprehension. */
struct made {
    const struct cd_expr *e;
    struct cd_lower_env env; /* with its variable */
    uint32_t domain;
    uint32_t where, body; /* nodes; `where` CD_NONE without one */
};

static void
bind_member(struct made *m, struct cd_value member, struct cd_lower_env *outer)
{
    m->env = (struct cd_lower_env){.binding = m->e->binding, .outer = outer};
    for (unsigned mode = 0; mode < CD_N_MODES; mode++) {
        m->env.values[mode] = member;
        m->env.has[mode] = true;
    }
}

static void
lower_inside(struct cd_lower *l, struct made *m, enum cd_mode mode)
{
    uint32_t mask = l->mask;
    if (l->plan->observes) {
        cd_lower_narrow(l, cd_lower_there(l, m->env.values[mode].node));
    }
    m->where = m->e->where ? cd_lower_node(l, m->e->where, &m->env) : CD_NONE;
    cd_lower_narrow(l, m->where);
    m->body = cd_lower_expr(l, m->e->b, &m->env, mode).node;
    l->mask = mask;
}

/* May rows for which the body is false be left out? */
static bool
false_is_nothing(const struct cd_expr *e)
{
    return e->kind == CD_EXPR_QUANTIFIER && e->quant != CD_QUANT_ALL;
}

/* Lowers the inside of the loop over LIST, which is not empty by its very nature; probes instead of
 * looping where it can. */
static void
make_loop(struct cd_lower *l, struct made *m, struct cd_value list, struct cd_lower_env *env,
          enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    uint32_t needs =
        cd_plan_deeper(p, cd_lower_domain(l, m->e->where, env), cd_lower_domain(l, m->e->b, env));
    if (l->mask != CD_NONE) {
        needs = cd_plan_deeper(p, needs, cd_lower_domain_of(l, l->mask));
    }
    struct cd_value member = cd_lower_member(l, list, needs, m->e->binding->name.text);
    m->domain = cd_lower_domain_of(l, member.node);
    cd_lower_check_depth(l, m->e, m->domain);
    bind_member(m, member, env);
    lower_inside(l, m, mode);
    uint32_t parent = p->domains.items[m->domain].parent;
    struct join join;
    const struct cd_plan_node source = p->nodes.items[list.node];
    if (source.op != CD_OP_TABLE || source.a == CD_NONE || parent == 0) {
        return;
    }
    if ((m->where != CD_NONE && find_join(l, m->where, member.node, &join))
        || (false_is_nothing(m->e) && find_join(l, m->body, member.node, &join))) {
        m->domain = cd_plan_probe(p, join.key, join.index, parent, cd_lower_type(l, member.node),
                                  m->e->binding->name.text);
        bind_member(m, cd_unheld(p->domains.items[m->domain].member), env);
        lower_inside(l, m, mode);
    }
}

/* ---- members that are patterns ---- */

/* Is every mention of X in E the whole right side of a `like`? */
static bool
is_pattern_only(const struct cd_expr *e, const struct cd_binding *x)
{
    if (!e) {
        return true;
    }
    if (e->kind == CD_EXPR_NAME) {
        return e->ref.kind != CD_REF_BINDING || e->ref.binding != x;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        if (!is_pattern_only(e->items[i], x)) {
            return false;
        }
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        if (!is_pattern_only(e->parts[i].expr, x)) {
            return false;
        }
    }
    bool is_pattern = e->kind == CD_EXPR_REL && e->rel == CD_REL_LIKE && e->b->kind == CD_EXPR_NAME;
    return is_pattern_only(e->a, x) && (is_pattern || is_pattern_only(e->b, x))
           && is_pattern_only(e->where, x) && is_pattern_only(e->source, x);
}

/* The collection that E goes over. Where its members are used as patterns only, what was
 * interpolated into them stands for itself. */
static struct cd_value
lower_source(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
             enum cd_mode mode)
{
    bool is_result = mode == CD_MODE_PATTERN && e->b->kind == CD_EXPR_NAME;
    bool patterns =
        (is_result || is_pattern_only(e->b, e->binding)) && is_pattern_only(e->where, e->binding);
    return cd_lower_expr(l, e->source, env, patterns ? CD_MODE_PATTERN : CD_MODE_VALUE);
}

/* ---- quantifiers ---- */

static enum cd_op
reduction_of(const struct cd_expr *e)
{
    return e->quant == CD_QUANT_ALL     ? CD_OP_ALL
           : e->quant == CD_QUANT_COUNT ? CD_OP_COUNT
                                        : CD_OP_ANY;
}

/* What one member says: `all` asks `not where or body`, the others `where and body`. */
static uint32_t
answer_of(struct cd_lower *l, const struct made *m)
{
    if (m->where == CD_NONE) {
        return m->body;
    }
    if (m->e->quant == CD_QUANT_ALL) {
        return cd_lower_logic(l, CD_OP_OR, cd_lower_logic(l, CD_OP_NOT, m->where, 0), m->body);
    }
    return cd_lower_logic(l, CD_OP_AND, m->where, m->body);
}

static bool
is_empty(const struct cd_lower *l, uint32_t list)
{
    const struct cd_plan_node *n = &l->plan->nodes.items[list];
    return n->op == CD_OP_CONST && l->plan->consts.items[n->a].value->kind != CD_CONST_ABSENT
           && l->plan->consts.items[n->a].value->n == 0;
}

/* What a quantifier says of nothing. */
static uint32_t
of_nothing(struct cd_lower *l, const struct cd_expr *e)
{
    if (e->quant == CD_QUANT_COUNT) {
        return cd_plan_const(l->plan, e->type, cd_const_number(l->plan->arena, 0));
    }
    return cd_lower_bool(l, e->quant == CD_QUANT_ALL);
}

static uint32_t
quantify(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct cd_value list = lower_source(l, e, env, CD_MODE_VALUE);
    if (is_empty(l, list.node)) {
        return of_nothing(l, e);
    }
    struct made m = {.e = e};
    make_loop(l, &m, list, env, CD_MODE_VALUE);
    return cd_plan_node(l->plan, reduction_of(e), e->type, answer_of(l, &m), 0, m.domain);
}

struct cd_value
cd_lower_quantifier(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    uint32_t answer = quantify(l, e, env);
    return cd_unheld(e->quant == CD_QUANT_NONE ? cd_lower_logic(l, CD_OP_NOT, answer, 0) : answer);
}

/* ---- comprehensions ---- */

struct cd_value
cd_lower_comprehension(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
                       enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    struct cd_value list = lower_source(l, e, env, mode);
    if (is_empty(l, list.node)) {
        return cd_unheld(
            cd_plan_const(p, e->type, cd_const_collection(p->arena, CD_CONST_SET, NULL, 0)));
    }
    struct made m = {.e = e};
    make_loop(l, &m, list, env, mode);
    uint32_t members = cd_plan_node(p, CD_OP_COLLECT, cd_lower_list_of(l, e->type->elem),
                                    cd_lower_typed(l, m.body, e->type->elem), m.where, m.domain);
    return cd_unheld(cd_plan_node(p, CD_OP_UNIQ, e->type, members, 0, 0));
}
