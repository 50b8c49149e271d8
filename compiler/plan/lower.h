/* What the files of lowering share. An expression is lowered in an environment, to a value: its
 * node, and the resource that holds it. Internal to compiler/plan. */
#ifndef CD_PLAN_LOWER_H
#define CD_PLAN_LOWER_H

#include "compiler/plan/plan.h"
#include "runtime/schema/schema.h"

/* What an expression stands for. `holder` is the row of the resource that a reference was read
 * from, which says where `->` looks for it; CD_NONE for what no resource holds: literals,
 * parameters, interpolated texts, members of new collections. */
struct cd_value {
    uint32_t node;
    uint32_t holder;
};

/* Are texts wanted as values, or as patterns, in which interpolated parts stand for themselves? */
enum cd_mode { CD_MODE_VALUE, CD_MODE_PATTERN, CD_N_MODES };

/* A variable. Arguments of functions are lowered where they are used first. */
struct cd_lower_env {
    const struct cd_binding *binding;
    const struct cd_lower_env *outer;
    const struct cd_expr *arg; /* NULL: bound to `values` */
    const struct cd_lower_env *arg_env;
    struct cd_value values[CD_N_MODES];
    bool has[CD_N_MODES];
    uint32_t mask;   /* of the place where ARG stands */
    uint32_t domain; /* that ARG needs, if has_domain */
    bool has_domain;
};

struct cd_lower {
    struct cd_plan *plan;
    struct cd_sema *sema;
    CD_VEC(struct cd_value) let_values;
    uint32_t mask; /* what is lowered is asked where this is not false; CD_NONE: always. Branches
                      that are observed, and questions to the engine of IAM, are asked there only */
    uint32_t steps, depth;
    const struct cd_expr *failed; /* where a limit was exceeded */
    bool too_deep;                /* it is that of loops inside each other */
    bool in_when; /* within a `when` of can, allows or denies: keys are of no domain */
};

struct cd_value cd_lower_expr(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
                              enum cd_mode mode);
/* The same for its node alone. */
uint32_t cd_lower_node(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env);
/* The innermost domain that E needs by its variables. */
uint32_t cd_lower_domain(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env);

/* ---- lower_access.c: fields, indexes, references, `[*]` ---- */
struct cd_value cd_lower_field(struct cd_lower *l, const struct cd_expr *e,
                               struct cd_lower_env *env);
struct cd_value cd_lower_follow(struct cd_lower *l, const struct cd_expr *e,
                                struct cd_lower_env *env);
struct cd_value cd_lower_each(struct cd_lower *l, const struct cd_expr *e,
                              struct cd_lower_env *env);
struct cd_value cd_lower_index(struct cd_lower *l, const struct cd_expr *e,
                               struct cd_lower_env *env);
struct cd_value cd_lower_convert(struct cd_lower *l, const struct cd_expr *e,
                                 struct cd_lower_env *env);

/* ---- lower_loop.c: quantifiers, comprehensions ---- */
/* Loops inside each other have a limit; E is blamed where DOMAIN exceeds it. */
void cd_lower_check_depth(struct cd_lower *l, const struct cd_expr *e, uint32_t domain);
/* Opens the loop over LIST that needs at least DOMAIN; its member. */
struct cd_value cd_lower_member(struct cd_lower *l, struct cd_value list, uint32_t domain,
                                struct cd_str name);
struct cd_value cd_lower_quantifier(struct cd_lower *l, const struct cd_expr *e,
                                    struct cd_lower_env *env);
struct cd_value cd_lower_comprehension(struct cd_lower *l, const struct cd_expr *e,
                                       struct cd_lower_env *env, enum cd_mode mode);

/* ---- lower_value.c: texts, collections, arithmetic, relations, calls ---- */
struct cd_value cd_lower_string(struct cd_lower *l, const struct cd_expr *e,
                                struct cd_lower_env *env, enum cd_mode mode);
struct cd_value cd_lower_collection(struct cd_lower *l, const struct cd_expr *e,
                                    struct cd_lower_env *env, enum cd_mode mode);
struct cd_value cd_lower_sum(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env,
                             enum cd_mode mode);
struct cd_value cd_lower_rel(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env);
struct cd_value cd_lower_builtin(struct cd_lower *l, const struct cd_expr *e,
                                 struct cd_lower_env *env);
/* The text of a STRING without interpolation. */
struct cd_str cd_lower_literal(struct cd_lower *l, const struct cd_expr *e);

/* ---- lower_when.c: questions about sets of requests ---- */
/* The condition E of requests (`when q`): a node of a number. */
uint32_t cd_lower_when(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env);
/* can, allows, denies, becomes. */
uint32_t cd_lower_question(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env);

/* ---- helpers (lower.c) ---- */
/* The variable of BINDING around an expression, NULL: it is bound inside. */
struct cd_lower_env *cd_lower_find(struct cd_lower_env *env, const struct cd_binding *binding);
/* The environment of the body of a function that E calls. */
struct cd_lower_env *cd_lower_arguments(struct cd_lower *l, const struct cd_expr *e,
                                        struct cd_lower_env *env);
const struct cd_type *cd_lower_simple(struct cd_lower *l, enum cd_type_kind kind);
const struct cd_type *cd_lower_list_of(struct cd_lower *l, const struct cd_type *elem);
const struct cd_type *cd_lower_type(const struct cd_lower *l, uint32_t node);
uint32_t cd_lower_domain_of(const struct cd_lower *l, uint32_t node);
uint32_t cd_lower_bool(struct cd_lower *l, bool value);
/* A node of type bool. */
uint32_t cd_lower_logic(struct cd_lower *l, enum cd_op op, uint32_t a, uint32_t b);
/* Narrows the mask to where NODE (or CD_NONE) is not false. While branches are observed, what is
 * asked of the lanes of a domain is narrowed to one of its nodes, so that it stays within; else a
 * loop may stand further out than what is around it, and the mask begins anew. */
void cd_lower_narrow(struct cd_lower *l, uint32_t node);
/* A condition that is never false, of the domain that MEMBER is the row or member of. */
uint32_t cd_lower_there(struct cd_lower *l, uint32_t member);
/* Gives the empty collection of unknown type the type WANT. */
uint32_t cd_lower_typed(struct cd_lower *l, uint32_t node, const struct cd_type *want);
static inline struct cd_value
cd_unheld(uint32_t node)
{
    return (struct cd_value){node, CD_NONE};
}

#endif
