/* Terms: expressions in the conditions of denies, with functions looked into. */
#include "compiler/sema/deny_term.h"

struct cd_term
cd_term_resolve(struct cd_term t)
{
    for (unsigned steps = 0; t.e && t.e->ref.kind == CD_REF_BINDING && t.e->kind == CD_EXPR_NAME;
         steps++) {
        const struct cd_term_env *env = t.env;
        while (env && env->binding != t.e->ref.binding) {
            env = env->outer;
        }
        if (!env || !env->value || steps > CD_TERM_DEPTH_LIMIT) {
            break;
        }
        t = (struct cd_term){env->value, env->value_env};
    }
    return t;
}

bool
cd_term_is_key(struct cd_term t)
{
    t = cd_term_resolve(t);
    return t.e && t.e->kind == CD_EXPR_ANAME && t.e->ref.kind == CD_REF_KEY;
}

struct cd_term
cd_term_call_body(struct cd_deny_shape *s, struct cd_term t)
{
    const struct cd_decl *fn = t.e->ref.decl;
    const struct cd_term_env *env = NULL;
    for (size_t i = 0; i < fn->n_params && i < t.e->n_items; i++) {
        struct cd_term_env *arg = CD_NEW(s->c->s->arena, struct cd_term_env);
        *arg = (struct cd_term_env){fn->params[i].binding, t.e->items[i], t.env, env};
        env = arg;
    }
    return (struct cd_term){fn->value, env};
}

struct cd_term
cd_term_under(struct cd_deny_shape *s, struct cd_term t, struct cd_expr *e)
{
    struct cd_term_env *env = CD_NEW(s->c->s->arena, struct cd_term_env);
    *env = (struct cd_term_env){t.e->binding, NULL, NULL, t.env};
    return (struct cd_term){e, env};
}

/* ---- which keys an expression reads ---- */

static bool
any_of(struct cd_deny_shape *s, struct cd_term t, struct cd_expr *e, cd_term_visitor *visit,
       void *data)
{
    return e && cd_term_any(s, (struct cd_term){e, t.env}, visit, data);
}

bool
cd_term_any(struct cd_deny_shape *s, struct cd_term t, cd_term_visitor *visit, void *data)
{
    t = cd_term_resolve(t);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return false;
    }
    if (visit(s, t, data)) {
        return true;
    }
    s->depth++;
    bool found = false;
    if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        found = cd_term_any(s, cd_term_call_body(s, t), visit, data);
    } else {
        for (size_t i = 0; !found && i < t.e->n_items; i++) {
            found = any_of(s, t, t.e->items[i], visit, data);
        }
        for (size_t i = 0; !found && i < t.e->n_parts; i++) {
            found = any_of(s, t, t.e->parts[i].expr, visit, data);
        }
        struct cd_expr *a = t.e->kind == CD_EXPR_CALL ? NULL : t.e->a;
        found = found || any_of(s, t, a, visit, data) || any_of(s, t, t.e->b, visit, data)
                || any_of(s, t, t.e->where, visit, data) || any_of(s, t, t.e->source, visit, data);
    }
    s->depth--;
    return found;
}

static bool
visit_key(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    const struct cd_str *key = data;
    (void)s;
    return t.e->kind == CD_EXPR_ANAME && t.e->ref.kind == CD_REF_KEY
           && (key->n == 0 || cd_str_eq_nocase(t.e->text, *key));
}

bool
cd_term_reads_key(struct cd_deny_shape *s, struct cd_term t, struct cd_str key)
{
    return t.e && cd_term_any(s, t, visit_key, &key);
}

bool
cd_term_reads_any_key(struct cd_deny_shape *s, struct cd_term t)
{
    return cd_term_reads_key(s, t, CD_STR(""));
}

static bool
visit_binding(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    (void)s;
    return t.e->ref.kind == CD_REF_BINDING && t.e->ref.binding == data;
}

bool
cd_term_reads_binding(struct cd_deny_shape *s, struct cd_term t, const struct cd_binding *binding)
{
    union {
        const struct cd_binding *in;
        void *out;
    } data = {.in = binding};
    return cd_term_any(s, t, visit_binding, data.out);
}

bool
cd_term_is_binding(struct cd_term t, const struct cd_binding *binding)
{
    t = cd_term_resolve(t);
    return t.e->kind == CD_EXPR_NAME && t.e->ref.kind == CD_REF_BINDING
           && t.e->ref.binding == binding;
}

enum cd_tri
cd_term_if_absent(struct cd_deny_shape *s, struct cd_term t, struct cd_str key)
{
    if (!cd_term_reads_key(s, t, key)) {
        return CD_TRI_MAYBE;
    }
    if (t.e->kind == CD_EXPR_REL) {
        return t.e->negated ? CD_TRI_YES : CD_TRI_NO;
    }
    if (t.e->kind == CD_EXPR_QUANTIFIER) {
        return t.e->quant == CD_QUANT_ANY ? CD_TRI_NO : CD_TRI_YES;
    }
    return t.e->kind == CD_EXPR_ABSENT ? CD_TRI_YES : CD_TRI_NO; /* else a bare key, or `present` */
}

bool
cd_term_is_plain_loop(struct cd_term t)
{
    return t.e->kind == CD_EXPR_QUANTIFIER && t.e->quant != CD_QUANT_COUNT
           && !cd_term_is_key((struct cd_term){t.e->source, t.env});
}
