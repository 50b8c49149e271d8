/* What the `when` of can, allows and denies may say of the keys of a request: the engine looks for
 * requests that meet it, and can find values only for what it compares itself. */
#include "compiler/sema/deny_term.h"

/* Is T a key, or, below a quantifier over a key, one value of it? */
static bool
is_key(struct cd_term t)
{
    t = cd_term_resolve(t);
    if (cd_term_is_key(t)) {
        return true;
    }
    const struct cd_term_env *env = t.env;
    while (env != NULL && env->binding != t.e->ref.binding) {
        env = env->outer;
    }
    return t.e->kind == CD_EXPR_NAME && t.e->ref.kind == CD_REF_BINDING && env != NULL
           && env->value == NULL;
}

static bool
visit_key(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    (void)s;
    (void)data;
    return is_key(t);
}

static bool
reads_key(struct cd_deny_shape *s, struct cd_term t)
{
    return cd_term_any(s, t, visit_key, NULL);
}

static void
refuse(struct cd_deny_shape *s, const struct cd_expr *e, const char *what, const char *help)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_WHEN_COMPARISON, e->span, "%s", what);
    cd_diag_help(s->c->s->diags, d, "%s", help);
}

static void
check_rel(struct cd_deny_shape *s, struct cd_term t)
{
    struct cd_term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    if (t.e->rel == CD_REL_MATCHES) {
        refuse(s, t.e, "no request can be found for a regular expression",
               "write a pattern: aws:UserAgent like \"curl/*\"");
    } else if (reads_key(s, a) && reads_key(s, b)) {
        refuse(s, t.e, "two keys of the request are compared with each other",
               "compare each with a value, or a set of values");
    } else if (!is_key(a) && !is_key(b)) {
        refuse(s, t.e, "something is made of a key before it is compared",
               "compare the key itself: aws:PrincipalArn like \"arn:aws:iam::*:role/x-*\"");
    }
}

static void check(struct cd_deny_shape *s, struct cd_term t);

static void
check_below(struct cd_deny_shape *s, struct cd_term t)
{
    struct cd_expr *const below[] = {t.e->kind == CD_EXPR_IF ? t.e->where : NULL, t.e->a, t.e->b};
    for (size_t i = 0; i < CD_ARRAY_LEN(below); i++) {
        if (below[i] != NULL) {
            check(s, (struct cd_term){below[i], t.env});
        }
    }
}

static void
check_each(struct cd_deny_shape *s, struct cd_term t)
{
    if (!cd_term_is_key((struct cd_term){t.e->source, t.env})) {
        refuse(s, t.e, "a key is compared with each member of a collection",
               "compare it with the set: k in xs, k like xs");
        return;
    }
    check(s, cd_term_under(s, t, t.e->b));
}

/* Steps are bounded by those of the terms. */
static void
check(struct cd_deny_shape *s, struct cd_term t)
{
    t = cd_term_resolve(t);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT || !reads_key(s, t)
        || is_key(t)) {
        return;
    }
    s->depth++;
    if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR || t.e->kind == CD_EXPR_NOT
        || t.e->kind == CD_EXPR_IF) {
        check_below(s, t);
    } else if (t.e->kind == CD_EXPR_REL) {
        check_rel(s, t);
    } else if (t.e->kind == CD_EXPR_QUANTIFIER) {
        check_each(s, t);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        check(s, cd_term_call_body(s, t));
    } else if ((t.e->kind != CD_EXPR_ABSENT && t.e->kind != CD_EXPR_PRESENT)
               || !is_key((struct cd_term){t.e->a, t.env})) {
        refuse(s, t.e, "a key stands where it is not compared",
               "ask of keys ==, in, like, <, within, absent, present, and any, all, none of their "
               "values");
    }
    s->depth--;
}

void
cd_check_question_when(struct cd_checker *c, struct cd_expr **when)
{
    unsigned before = c->uses;
    size_t errors = c->s->diags->n_errors;
    c->uses = 0;
    cd_check_when(c, when, "the condition of `when`");
    unsigned uses = c->uses;
    c->uses = before | (uses & ~(unsigned)CD_USES_KEY);
    if (uses & CD_USES_TABLE) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_WHEN_TABLE, c->table_span,
                                        "the condition of a request reads the snapshot");
        cd_diag_help(c->s->diags, d,
                     "read it before: any x in T { can(r, a, arn when k == x.id) }");
    }
    if (c->s->diags->n_errors == errors) {
        struct cd_deny deny = {.when = *when};
        struct cd_deny_shape s = {.c = c, .deny = &deny};
        cd_deny_check_shape(&s);
        if (c->s->diags->n_errors == errors) {
            check(&s, (struct cd_term){*when, NULL});
        }
    }
}
