/* The conditions of a deny as they are read: expressions with functions looked into, their
 * arguments for their parameters. Internal to compiler/sema. */
#ifndef CD_SEMA_DENY_TERM_H
#define CD_SEMA_DENY_TERM_H

#include "compiler/sema/check.h"

#define CD_TERM_DEPTH_LIMIT 2500
/* Expressions looked at for one deny, functions looked into each time. */
#define CD_TERM_STEP_LIMIT 2000000

/* Arguments of the functions around an expression, and variables of quantifiers. */
struct cd_term_env {
    const struct cd_binding *binding;
    struct cd_expr *value;               /* NULL: a member of a collection */
    const struct cd_term_env *value_env; /* what VALUE's own variables mean */
    const struct cd_term_env *outer;
};

/* An expression and what its variables mean. */
struct cd_term {
    struct cd_expr *e;
    const struct cd_term_env *env;
};

/* A key under an operator that fires on absent, where nothing guards it; keys that every action
 * carries itself are not noted. */
struct cd_firing_key {
    uint32_t key;
    struct cd_str text; /* as written */
};

/* The walk over the conditions of one deny. */
struct cd_deny_shape {
    struct cd_checker *c;
    struct cd_deny *deny;
    unsigned depth;
    uint32_t steps;
    bool is_exemption; /* of calls that a `when` tells: what is absent exempts none of them */
    struct cd_firing_key *firing;
    size_t n_firing, cap_firing;
};

enum cd_tri { CD_TRI_NO, CD_TRI_YES, CD_TRI_MAYBE };
static inline enum cd_tri
cd_tri_not(enum cd_tri t)
{
    return t == CD_TRI_MAYBE ? CD_TRI_MAYBE : t == CD_TRI_YES ? CD_TRI_NO : CD_TRI_YES;
}

/* Follows variables to the arguments that they stand for. */
struct cd_term cd_term_resolve(struct cd_term t);
bool cd_term_is_key(struct cd_term t);
bool cd_term_is_binding(struct cd_term t, const struct cd_binding *binding);
/* The body of a called function, with its arguments. */
struct cd_term cd_term_call_body(struct cd_deny_shape *s, struct cd_term t);
/* E below the quantifier T, whose variable is a member. */
struct cd_term cd_term_under(struct cd_deny_shape *s, struct cd_term t, struct cd_expr *e);
/* A quantifier over something else than a key is as its body, for one member or the other. */
bool cd_term_is_plain_loop(struct cd_term t);

typedef bool cd_term_visitor(struct cd_deny_shape *s, struct cd_term t, void *data);
/* Does VISIT answer true for T or a part of it? */
bool cd_term_any(struct cd_deny_shape *s, struct cd_term t, cd_term_visitor *visit, void *data);
/* Does T read KEY, by its name with all that follows a slash (empty: any key)? */
bool cd_term_reads_key(struct cd_deny_shape *s, struct cd_term t, struct cd_str key);
bool cd_term_reads_any_key(struct cd_deny_shape *s, struct cd_term t);
bool cd_term_reads_binding(struct cd_deny_shape *s, struct cd_term t,
                           const struct cd_binding *binding);
/* What a comparison or the like answers if KEY is absent: known only if it reads the key. */
enum cd_tri cd_term_if_absent(struct cd_deny_shape *s, struct cd_term t, struct cd_str key);

/* ---- the rules ---- */
/* What IAM cannot say at all (deny_shape.c). */
void cd_deny_check_shape(struct cd_deny_shape *s);
/* Keys that an action does not carry, under operators that fire on absent; fills `firing`
 * (deny_absent.c). */
void cd_deny_check_absent(struct cd_deny_shape *s);
/* Warns of keys that no action of the deny carries, and of actions that do not carry a key that
 * they need for the deny to fire (deny_absent.c). */
void cd_deny_check_uncarried(struct cd_deny_shape *s);
/* Resource types that do not carry a firing key, and patterns that no action is made on
 * (deny_scope.c). */
void cd_deny_check_scope(struct cd_deny_shape *s);

#endif
