/* Lowering of questions about what policy documents decide: their sets of requests, and the
 * conditions of these, which are values of their own. Analysis has seen to it that a key stands
 * only where it can be compared (sema/when_shape.c). */
#include "compiler/plan/lower.h"

/* An expression and what its variables mean. */
struct term {
    const struct cd_expr *e;
    struct cd_lower_env *env;
};

/* Follows arguments of functions, and members of keys, to what they stand for. */
static struct term
resolved(struct term t)
{
    while (t.e->kind == CD_EXPR_NAME && t.e->ref.kind == CD_REF_BINDING) {
        struct cd_lower_env *b = cd_lower_find(t.env, t.e->ref.binding);
        if (b == NULL || b->arg == NULL) {
            break;
        }
        t = (struct term){b->arg, (struct cd_lower_env *)b->arg_env};
    }
    return t;
}

/* The key that T is, or NULL. */
static const struct cd_expr *
key_of(struct term t)
{
    t = resolved(t);
    return t.e->kind == CD_EXPR_ANAME && t.e->ref.kind == CD_REF_KEY ? t.e : NULL;
}

/* Does T read a key? The bodies of functions name none themselves. */
static bool
reads_key(struct cd_lower *l, struct term t)
{
    t = resolved(t);
    const struct cd_expr *const below[] = {t.e->kind == CD_EXPR_CALL ? NULL : t.e->a, t.e->b,
                                           t.e->where, t.e->source};
    l->steps++;
    if (t.e->ref.kind == CD_REF_KEY) {
        return true;
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(below); i++) {
        if (below[i] != NULL && reads_key(l, (struct term){below[i], t.env})) {
            return true;
        }
    }
    for (size_t i = 0; i < t.e->n_items; i++) {
        if (reads_key(l, (struct term){t.e->items[i], t.env})) {
            return true;
        }
    }
    return false;
}

static uint32_t
node(struct cd_lower *l, enum cd_op op, uint32_t a, uint32_t b, uint32_t c)
{
    return cd_plan_node(l->plan, op, cd_lower_simple(l, CD_TYPE_NUMBER), a, b, c);
}

static uint32_t
lower_key(struct cd_lower *l, const struct cd_expr *key, enum cd_when_relation relation,
          uint32_t value)
{
    return node(l, CD_OP_WHENKEY, cd_plan_string(l->plan, key->text), value, (uint32_t)relation);
}

static uint32_t
negated(struct cd_lower *l, uint32_t condition)
{
    return node(l, CD_OP_WHENJOIN, condition, CD_NONE, CD_WHENJOIN_NOT);
}

static uint32_t
lower_relation(struct cd_lower *l, const struct cd_expr *key, struct term other,
               enum cd_when_relation relation)
{
    enum cd_mode mode = relation == CD_WHEN_LIKE ? CD_MODE_PATTERN : CD_MODE_VALUE;
    uint32_t value = cd_lower_expr(l, other.e, other.env, mode).node;
    const struct cd_type *one = key->type->elem != NULL ? key->type->elem : key->type;
    return lower_key(l, key, relation,
                     cd_lower_typed(l, value, cd_type_of(l->plan->types, CD_TYPE_SET, one)));
}

/* How the key on the left (MIRRORED: on the right) is compared. */
static enum cd_when_relation
relation_of(enum cd_rel rel, bool mirrored)
{
    switch (rel) {
    case CD_REL_LT: return mirrored ? CD_WHEN_GREATER : CD_WHEN_LESS;
    case CD_REL_LE: return mirrored ? CD_WHEN_GREATER_EQUALS : CD_WHEN_LESS_EQUALS;
    case CD_REL_GT: return mirrored ? CD_WHEN_LESS : CD_WHEN_GREATER;
    case CD_REL_GE: return mirrored ? CD_WHEN_LESS_EQUALS : CD_WHEN_GREATER_EQUALS;
    case CD_REL_LIKE: return CD_WHEN_LIKE;
    case CD_REL_WITHIN: return CD_WHEN_WITHIN;
    case CD_REL_EQ:
    case CD_REL_IN:
    case CD_REL_MATCHES: break;
    }
    return CD_WHEN_EQUALS;
}

static uint32_t
lower_rel(struct cd_lower *l, struct term t)
{
    struct term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    bool mirrored = key_of(a) == NULL;
    const struct cd_expr *key = key_of(mirrored ? b : a);
    uint32_t condition = lower_relation(l, key, mirrored ? a : b, relation_of(t.e->rel, mirrored));
    if (mirrored && t.e->rel == CD_REL_IN) { /* a value among those of the key */
        condition = node(l, CD_OP_WHENEACH, cd_plan_string(l->plan, key->text), condition, 0);
    }
    return t.e->negated ? negated(l, condition) : condition;
}

/* `any v in K { … }`: V stands for K with one value. */
static uint32_t
lower_each(struct cd_lower *l, struct term t)
{
    const struct cd_expr *key = key_of((struct term){t.e->source, t.env});
    struct cd_lower_env member = {
        .binding = t.e->binding, .outer = t.env, .arg = t.e->source, .arg_env = t.env};
    uint32_t body = cd_lower_when(l, t.e->b, &member);
    uint32_t each = node(l, CD_OP_WHENEACH, cd_plan_string(l->plan, key->text), body,
                         t.e->quant == CD_QUANT_ALL);
    return t.e->quant == CD_QUANT_NONE ? negated(l, each) : each;
}

static uint32_t
joined(struct cd_lower *l, enum cd_whenjoin join, uint32_t a, uint32_t b)
{
    return node(l, CD_OP_WHENJOIN, a, b, (uint32_t)join);
}

static uint32_t
lower_if(struct cd_lower *l, struct term t)
{
    uint32_t cond = cd_lower_when(l, t.e->where, t.env);
    uint32_t a = cd_lower_when(l, t.e->a, t.env), b = cd_lower_when(l, t.e->b, t.env);
    return joined(l, CD_WHENJOIN_OR, joined(l, CD_WHENJOIN_AND, cond, a),
                  joined(l, CD_WHENJOIN_AND, negated(l, cond), b));
}

uint32_t
cd_lower_when(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct term t = resolved((struct term){e, env});
    if (!reads_key(l, t)) {
        return node(l, CD_OP_WHENIS, cd_lower_node(l, t.e, t.env), 0, 0);
    }
    if (key_of(t) != NULL) {
        return lower_key(l, key_of(t), CD_WHEN_EQUALS, cd_lower_bool(l, true));
    }
    if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        uint32_t a = cd_lower_when(l, t.e->a, t.env);
        return joined(l, t.e->kind == CD_EXPR_AND ? CD_WHENJOIN_AND : CD_WHENJOIN_OR, a,
                      cd_lower_when(l, t.e->b, t.env));
    }
    if (t.e->kind == CD_EXPR_NOT) {
        return negated(l, cd_lower_when(l, t.e->a, t.env));
    }
    if (t.e->kind == CD_EXPR_ABSENT || t.e->kind == CD_EXPR_PRESENT) {
        const struct cd_expr *key = key_of((struct term){t.e->a, t.env});
        uint32_t absent = lower_key(l, key, CD_WHEN_ABSENT, CD_NONE);
        return t.e->kind == CD_EXPR_ABSENT ? absent : negated(l, absent);
    }
    if (t.e->kind == CD_EXPR_IF) {
        return lower_if(l, t);
    }
    if (t.e->kind == CD_EXPR_CALL) {
        return cd_lower_when(l, t.e->ref.decl->value, cd_lower_arguments(l, t.e, t.env));
    }
    return t.e->kind == CD_EXPR_REL ? lower_rel(l, t) : lower_each(l, t);
}

static uint32_t
lower_requests(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    uint32_t action = cd_lower_node(l, e->items[1], env);
    const struct cd_type *actions =
        cd_type_of(l->plan->types, CD_TYPE_SET, cd_lower_simple(l, CD_TYPE_ACTION));
    uint32_t pattern = cd_lower_expr(l, e->items[2], env, CD_MODE_PATTERN).node;
    uint32_t when = e->where != NULL ? cd_lower_when(l, e->where, env) : CD_NONE;
    return node(l, CD_OP_REQUESTS, cd_lower_typed(l, action, actions), pattern, when);
}

uint32_t
cd_lower_question(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    enum cd_op op = e->ref.builtin == CD_BUILTIN_CAN      ? CD_OP_CAN
                    : e->ref.builtin == CD_BUILTIN_ALLOWS ? CD_OP_ALLOWS
                    : e->ref.builtin == CD_BUILTIN_DENIES ? CD_OP_DENIES
                                                          : CD_OP_BECOMES;
    uint32_t first = cd_lower_node(l, e->items[0], env);
    uint32_t second =
        op == CD_OP_BECOMES ? cd_lower_node(l, e->items[1], env) : lower_requests(l, e, env);
    struct cd_plan *p = l->plan;
    uint32_t domain =
        cd_plan_deeper(p, cd_lower_domain_of(l, first), cd_lower_domain_of(l, second));
    bool is_masked =
        l->mask != CD_NONE && cd_plan_is_inside(p, domain, cd_lower_domain_of(l, l->mask));
    return cd_plan_node(p, op, cd_lower_simple(l, CD_TYPE_BOOL), first, second,
                        is_masked ? l->mask : CD_NONE);
}
