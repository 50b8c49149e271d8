/* Lowering of texts, collections, arithmetic, relations and the functions of the language. */
#include "compiler/plan/lower.h"

#include <setjmp.h>

#define ESCAPE '\x1B' /* in a pattern: the next character stands for itself */

/* ---- texts ---- */

struct cd_str
cd_lower_literal(struct cd_lower *l, const struct cd_expr *e)
{
    struct cd_str text = {"", 0};
    for (size_t i = 0; i < e->n_parts; i++) {
        text = e->n_parts == 1 ? e->parts[i].text
                               : cd_arena_printf(l->plan->arena, "%.*s%.*s", CD_FMT(text),
                                                 CD_FMT(e->parts[i].text));
    }
    return text;
}

/* A literal part of a pattern keeps its wildcards; only the escape itself is escaped. */
static struct cd_str
as_pattern(struct cd_lower *l, struct cd_str text)
{
    if (cd_str_find(text, ESCAPE, 0) == text.n) {
        return text;
    }
    char *p = cd_arena_alloc(l->plan->arena, 2 * text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ESCAPE) {
            p[n++] = ESCAPE;
        }
        p[n++] = text.p[i];
    }
    return (struct cd_str){p, n};
}

static uint32_t
lower_part(struct cd_lower *l, const struct cd_text_part *part, struct cd_lower_env *env,
           enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    const struct cd_type *string = cd_lower_simple(l, CD_TYPE_STRING);
    if (!part->expr) {
        struct cd_str text = mode == CD_MODE_PATTERN ? as_pattern(l, part->text) : part->text;
        return cd_plan_const(p, string, cd_const_string(p->arena, text));
    }
    uint32_t node = cd_lower_node(l, part->expr, env);
    if (!cd_type_is_stringlike(cd_lower_type(l, node))) {
        node = cd_plan_node(p, CD_OP_TOSTRING, string, node, 0, 0);
    }
    return mode == CD_MODE_PATTERN ? cd_plan_node(p, CD_OP_QUOTE, string, node, 0, 0) : node;
}

static bool
is_literal(const struct cd_expr *e)
{
    for (size_t i = 0; i < e->n_parts; i++) {
        if (e->parts[i].expr) {
            return false;
        }
    }
    return true;
}

struct cd_value
cd_lower_string(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
                enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    if (is_literal(e)) {
        struct cd_str text = cd_lower_literal(l, e);
        text = mode == CD_MODE_PATTERN ? as_pattern(l, text) : text;
        return cd_unheld(cd_plan_const(p, e->type, cd_const_string(p->arena, text)));
    }
    uint32_t whole = CD_NONE;
    for (size_t i = 0; i < e->n_parts; i++) {
        uint32_t part = lower_part(l, &e->parts[i], env, mode);
        whole = whole == CD_NONE ? part
                                 : cd_plan_node(p, CD_OP_CONCAT, cd_lower_simple(l, CD_TYPE_STRING),
                                                whole, part, 0);
    }
    return cd_unheld(whole);
}

/* ---- collections ---- */

static const struct cd_const *
const_of(const struct cd_lower *l, uint32_t node)
{
    const struct cd_plan_node *n = &l->plan->nodes.items[node];
    return n->op == CD_OP_CONST ? l->plan->consts.items[n->a].value : NULL;
}

struct cd_value
cd_lower_collection(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
                    enum cd_mode mode)
{
    struct cd_plan *p = l->plan;
    uint32_t *nodes = CD_NEW_ARRAY(p->arena, e->n_items, uint32_t);
    const struct cd_const **values = CD_NEW_ARRAY(p->arena, e->n_items, const struct cd_const *);
    bool constant = true;
    for (size_t i = 0; i < e->n_items; i++) {
        nodes[i] = cd_lower_typed(l, cd_lower_expr(l, e->items[i], env, mode).node, e->type->elem);
        values[i] = const_of(l, nodes[i]);
        constant = constant && values[i];
    }
    bool is_set = e->kind == CD_EXPR_SET;
    if (constant) {
        enum cd_const_kind kind = e->type->kind == CD_TYPE_MAP ? CD_CONST_MAP
                                  : is_set                     ? CD_CONST_SET
                                                               : CD_CONST_LIST;
        return cd_unheld(
            cd_plan_const(p, e->type, cd_const_collection(p->arena, kind, values, e->n_items)));
    }
    const struct cd_type *list = cd_lower_list_of(l, e->type->elem);
    uint32_t whole = CD_NONE;
    for (size_t i = 0; i < e->n_items; i++) {
        uint32_t one = cd_plan_node(p, CD_OP_LIST1, list, nodes[i], 0, 0);
        whole = whole == CD_NONE ? one : cd_plan_node(p, CD_OP_APPEND, list, whole, one, 0);
    }
    return cd_unheld(is_set ? cd_plan_node(p, CD_OP_UNIQ, e->type, whole, 0, 0) : whole);
}

struct cd_value
cd_lower_sum(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
             enum cd_mode mode)
{
    bool add = e->kind == CD_EXPR_ADD;
    bool collections = cd_type_is_collection(e->type);
    enum cd_mode inner = collections ? mode : CD_MODE_VALUE;
    uint32_t a = cd_lower_typed(l, cd_lower_expr(l, e->a, env, inner).node, e->type);
    uint32_t b = cd_lower_typed(l, cd_lower_expr(l, e->b, env, inner).node, e->type);
    enum cd_op op = add ? CD_OP_ADD : CD_OP_SUB;
    if (collections) {
        op = !add ? CD_OP_MINUS : e->type->kind == CD_TYPE_SET ? CD_OP_UNION : CD_OP_APPEND;
    }
    return cd_unheld(cd_plan_node(l->plan, op, e->type, a, b, 0));
}

/* ---- relations ---- */

static bool
is_action(const struct cd_type *t)
{
    return t->kind == CD_TYPE_ACTION || (t->elem && t->elem->kind == CD_TYPE_ACTION);
}

static uint32_t
string_id(struct cd_lower *l, const struct cd_expr *e)
{
    return cd_plan_string(l->plan, cd_lower_literal(l, e));
}

struct cd_value
cd_lower_rel(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    const struct cd_type *type = cd_lower_simple(l, CD_TYPE_BOOL);
    struct cd_plan *p = l->plan;
    uint32_t a = cd_lower_node(l, e->a, env);
    uint32_t b = 0;
    if (e->rel != CD_REL_MATCHES) {
        b = cd_lower_expr(l, e->b, env, e->rel == CD_REL_LIKE ? CD_MODE_PATTERN : CD_MODE_VALUE)
                .node;
    }
    uint32_t no_case = is_action(e->a->type) || is_action(e->b->type);
    uint32_t node = 0;
    switch (e->rel) {
    case CD_REL_EQ:
        a = cd_lower_typed(l, a, e->b->type);
        b = cd_lower_typed(l, b, e->a->type);
        node = cd_plan_node(p, CD_OP_EQ, type, a, b, no_case);
        break;
    case CD_REL_LT: node = cd_plan_node(p, CD_OP_LT, type, a, b, 0); break;
    case CD_REL_LE: node = cd_plan_node(p, CD_OP_LE, type, a, b, 0); break;
    case CD_REL_GT: node = cd_plan_node(p, CD_OP_LT, type, b, a, 0); break;
    case CD_REL_GE: node = cd_plan_node(p, CD_OP_LE, type, b, a, 0); break;
    case CD_REL_IN:
        b = cd_lower_typed(l, b, cd_type_of(p->types, e->b->type->kind, e->a->type));
        node = cd_plan_node(p, CD_OP_IN, type, a, b, no_case);
        break;
    case CD_REL_LIKE:
        b = cd_lower_typed(l, b,
                           cd_type_of(p->types, CD_TYPE_SET, cd_lower_simple(l, CD_TYPE_STRING)));
        node = e->a->type->kind == CD_TYPE_ARN ? cd_plan_node(p, CD_OP_ARNLIKE, type, a, b, 0)
                                               : cd_plan_node(p, CD_OP_LIKE, type, a, b, no_case);
        break;
    case CD_REL_MATCHES:
        node = cd_plan_node(p, CD_OP_MATCHES, type, a, string_id(l, e->b), 0);
        break;
    case CD_REL_WITHIN:
        b = cd_lower_typed(l, b,
                           cd_type_of(p->types, CD_TYPE_SET, cd_lower_simple(l, CD_TYPE_STRING)));
        node = cd_plan_node(p, CD_OP_WITHIN, type, a, b, 0);
        break;
    }
    return cd_unheld(e->negated ? cd_lower_logic(l, CD_OP_NOT, node, 0) : node);
}

/* ---- functions of the language ---- */

/* A question to the engine of the network, which is not there: false if an argument is absent, else
 * unknown. */
static uint32_t
lower_reaches(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct cd_plan *p = l->plan;
    struct cd_str why =
        cd_arena_printf(p->arena, "`%.*s` is not computed by this version", CD_FMT(e->a->text));
    const struct cd_type *type = cd_lower_simple(l, CD_TYPE_BOOL);
    uint32_t answer = cd_plan_node(p, CD_OP_UNKNOWN, type, cd_plan_string(p, why), 0, 0);
    for (size_t i = e->n_items; i-- > 0;) {
        if (e->items[i]->ref.kind == CD_REF_INTERNET) {
            continue;
        }
        uint32_t arg = cd_lower_node(l, e->items[i], env);
        if (!const_of(l, arg)) {
            uint32_t there =
                cd_lower_logic(l, CD_OP_NOT, cd_lower_logic(l, CD_OP_ISABSENT, arg, 0), 0);
            answer = cd_lower_logic(l, CD_OP_AND, there, answer);
        }
    }
    return answer;
}

struct cd_value
cd_lower_builtin(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct cd_plan *p = l->plan;
    const struct cd_expr *first = e->items[0];
    switch (e->ref.builtin) {
    case CD_BUILTIN_ARN: {
        struct cd_value v = cd_lower_expr(l, first, env, CD_MODE_VALUE);
        return (struct cd_value){cd_plan_node(p, CD_OP_TOARN, e->type, v.node, 0, 0), v.holder};
    }
    case CD_BUILTIN_NUMBER:
        return cd_unheld(
            cd_plan_node(p, CD_OP_TONUMBER, e->type, cd_lower_node(l, first, env), 0, 0));
    case CD_BUILTIN_STRING: {
        struct cd_value v = cd_lower_expr(l, first, env, CD_MODE_VALUE);
        if (cd_type_is_stringlike(cd_lower_type(l, v.node))) {
            return v;
        }
        return cd_unheld(cd_plan_node(p, CD_OP_TOSTRING, e->type, v.node, 0, 0));
    }
    case CD_BUILTIN_SIZE:
        return cd_unheld(cd_plan_node(p, CD_OP_SIZE, e->type, cd_lower_node(l, first, env), 0, 0));
    case CD_BUILTIN_CAPTURE: {
        uint32_t a = cd_lower_node(l, first, env);
        return cd_unheld(cd_plan_node(p, CD_OP_CAPTURE, e->type, a, string_id(l, e->items[1]), 0));
    }
    case CD_BUILTIN_CAN:
    case CD_BUILTIN_ALLOWS:
    case CD_BUILTIN_DENIES:
    case CD_BUILTIN_BECOMES: return cd_unheld(cd_lower_question(l, e, env));
    case CD_BUILTIN_REACHES: break;
    }
    return cd_unheld(lower_reaches(l, e, env));
}
