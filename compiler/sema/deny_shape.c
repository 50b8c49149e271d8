/* What IAM can say of a deny's conditions: no counting, no arithmetic on keys, one comparison a
 * member; and no key under an operator that fires on absent if one of the actions does not carry
 * it. Functions are looked into, with their arguments for their parameters. */
#include "compiler/sema/check.h"

#define DEPTH_LIMIT 2500
#define STEP_LIMIT                                                                 \
    2000000 /* expressions looked at for one deny, functions looked into each time \
             */

/* Arguments of the functions around an expression, and variables of quantifiers. */
struct env {
    const struct cd_binding *binding;
    struct cd_expr *value;       /* NULL: a member of a collection */
    const struct env *value_env; /* what VALUE's own variables mean */
    const struct env *outer;
};

/* An expression and what its variables mean. */
struct term {
    struct cd_expr *e;
    const struct env *env;
};

/* A condition that holds wherever this place decides: POSITIVE, or its negation. */
struct guard {
    struct term term;
    bool positive;
    const struct guard *outer;
};

struct shape {
    struct cd_checker *c;
    const struct cd_deny *deny;
    unsigned depth;
    uint32_t steps;
};

enum tri { NO, YES, MAYBE };

static enum tri
tri_not(enum tri t)
{
    return t == MAYBE ? MAYBE : t == YES ? NO : YES;
}

/* Follows variables to the arguments that they stand for. */
static struct term
resolve(struct term t)
{
    for (unsigned steps = 0; t.e && t.e->ref.kind == CD_REF_BINDING && t.e->kind == CD_EXPR_NAME;
         steps++) {
        const struct env *env = t.env;
        while (env && env->binding != t.e->ref.binding) {
            env = env->outer;
        }
        if (!env || !env->value || steps > DEPTH_LIMIT) {
            break;
        }
        t = (struct term){env->value, env->value_env};
    }
    return t;
}

static bool
is_key(struct term t)
{
    t = resolve(t);
    return t.e && t.e->kind == CD_EXPR_ANAME && t.e->ref.kind == CD_REF_KEY;
}

/* The body of a called function, with its arguments. */
static struct term
call_body(struct shape *s, struct term t)
{
    const struct cd_decl *fn = t.e->ref.decl;
    const struct env *env = NULL;
    for (size_t i = 0; i < fn->n_params && i < t.e->n_items; i++) {
        struct env *arg = CD_NEW(s->c->s->arena, struct env);
        *arg = (struct env){fn->params[i].binding, t.e->items[i], t.env, env};
        env = arg;
    }
    return (struct term){fn->value, env};
}

static struct term
under(struct shape *s, struct term t, struct cd_expr *e)
{
    struct env *env = CD_NEW(s->c->s->arena, struct env);
    *env = (struct env){t.e->binding, NULL, NULL, t.env};
    return (struct term){e, env};
}

/* ---- which keys an expression reads ---- */

typedef bool (*visitor)(struct shape *s, struct term t, void *data);

static bool any_part(struct shape *s, struct term t, visitor visit, void *data);

static bool
any_of(struct shape *s, struct term t, struct cd_expr *e, visitor visit, void *data)
{
    return e && any_part(s, (struct term){e, t.env}, visit, data);
}

/* Does VISIT answer true for T or a part of it? */
static bool
any_part(struct shape *s, struct term t, visitor visit, void *data)
{
    t = resolve(t);
    if (s->depth >= DEPTH_LIMIT || ++s->steps > STEP_LIMIT) {
        return false;
    }
    if (visit(s, t, data)) {
        return true;
    }
    s->depth++;
    bool found = false;
    if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        found = any_part(s, call_body(s, t), visit, data);
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
visit_key(struct shape *s, struct term t, void *data)
{
    const struct cd_str *key = data;
    (void)s;
    return t.e->kind == CD_EXPR_ANAME && t.e->ref.kind == CD_REF_KEY
           && (key->n == 0 || cd_str_eq_nocase(t.e->text, *key));
}

/* Does T read KEY, by its name with all that follows a slash (empty: any key)? */
static bool
reads_key(struct shape *s, struct term t, struct cd_str key)
{
    return t.e && any_part(s, t, visit_key, &key);
}

static bool
reads_any_key(struct shape *s, struct term t)
{
    return reads_key(s, t, CD_STR(""));
}

static bool
visit_binding(struct shape *s, struct term t, void *data)
{
    (void)s;
    return t.e->ref.kind == CD_REF_BINDING && t.e->ref.binding == data;
}

/* ---- what IAM cannot say ---- */

static void
report_count(struct shape *s, const struct cd_expr *e)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_COUNT, e->span,
                                    "IAM cannot count the values of a key");
    cd_diag_help(s->c->s->diags, d, "ask `any v in K { … }`, `all`, `none`, `present K`");
}

static void
report_arithmetic(struct shape *s, const struct cd_expr *e)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_ARITHMETIC, e->span,
                                    "IAM cannot calculate with the value of a key");
    cd_diag_help(s->c->s->diags, d, "compare the key itself with a constant: k < 10");
}

static void
report_index(struct shape *s, const struct cd_expr *e, const struct cd_expr *key)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_MULTIVALUED, e->span,
                                    "the values of `%.*s` have no order", CD_FMT(key->text));
    cd_diag_help(s->c->s->diags, d, "ask any, all or none of them: any v in %.*s { … }",
                 CD_FMT(key->text));
}

static void
report_members(struct shape *s, const struct cd_expr *e, const char *found)
{
    struct cd_diag *d = cd_diag_add(
        s->c->s->diags, CD_DIAG_DENY_MEMBERS, e->span,
        "IAM asks each value of a key one comparison; %s would be asked of different values",
        found);
    cd_diag_help(
        s->c->s->diags, d,
        "ask one comparison with a set: any v in K { v in {…} }, any v in K { v like {…} }");
}

static bool
reads_binding(struct shape *s, struct term t, const struct cd_binding *binding)
{
    union {
        const struct cd_binding *in;
        void *out;
    } data = {.in = binding};
    return any_part(s, t, visit_binding, data.out);
}

static bool
is_binding(struct term t, const struct cd_binding *binding)
{
    t = resolve(t);
    return t.e->kind == CD_EXPR_NAME && t.e->ref.kind == CD_REF_BINDING
           && t.e->ref.binding == binding;
}

/* Is T (POSITIVE, or its negation) «the member is one of these», by alternatives of ==, in and
 * like? That is one question, with a list. */
static bool
is_membership(struct shape *s, struct term t, const struct cd_binding *member, bool positive)
{
    t = resolve(t);
    struct term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    bool result = false;
    if (s->depth >= DEPTH_LIMIT || ++s->steps > STEP_LIMIT) {
        return false;
    }
    s->depth++;
    if (t.e->kind == CD_EXPR_NOT) {
        result = is_membership(s, a, member, !positive);
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        result = (t.e->kind == CD_EXPR_OR) == positive && is_membership(s, a, member, positive)
                 && is_membership(s, b, member, positive);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        result = is_membership(s, call_body(s, t), member, positive);
    } else if (t.e->kind == CD_EXPR_REL && t.e->negated != positive) {
        bool mirrored = t.e->rel == CD_REL_EQ && is_binding(b, member);
        result = (t.e->rel == CD_REL_EQ || t.e->rel == CD_REL_IN || t.e->rel == CD_REL_LIKE)
                 && (mirrored || is_binding(a, member))
                 && !reads_binding(s, mirrored ? a : b, member);
    } else {
        result = !reads_binding(s, t, member);
    }
    s->depth--;
    return result;
}

/* Does BODY, asked of each member (NEGATED: its negation is), come to a conjunction of two
 * questions to the same member? Of all members, alternatives that make one list are one. */
static bool
asks_twice(struct shape *s, struct term body, const struct cd_binding *member, bool is_all,
           bool negated)
{
    body = resolve(body);
    if (s->depth >= DEPTH_LIMIT || ++s->steps > STEP_LIMIT) {
        return false;
    }
    struct term a = {body.e->a, body.env}, b = {body.e->b, body.env};
    bool found = false;
    s->depth++;
    if (body.e->kind == CD_EXPR_NOT) {
        found = asks_twice(s, a, member, is_all, !negated);
    } else if (body.e->kind == CD_EXPR_CALL && body.e->ref.kind == CD_REF_FN) {
        found = asks_twice(s, call_body(s, body), member, is_all, negated);
    } else if (body.e->kind == CD_EXPR_AND || body.e->kind == CD_EXPR_OR) {
        bool both = reads_binding(s, a, member) && reads_binding(s, b, member);
        found = both && (body.e->kind == CD_EXPR_AND) != negated
                    ? !is_all || !is_membership(s, body, member, negated)
                    : asks_twice(s, a, member, is_all, negated)
                          || asks_twice(s, b, member, is_all, negated);
    }
    s->depth--;
    return found;
}

static void
check_members(struct shape *s, struct term t)
{
    if (!is_key((struct term){t.e->source, t.env})) {
        return;
    }
    if (t.e->where) {
        report_members(s, t.e, "a `where` and the body");
    } else if (asks_twice(s, under(s, t, t.e->b), t.e->binding, t.e->quant == CD_QUANT_ALL,
                          t.e->quant == CD_QUANT_ALL)) {
        report_members(s, t.e->b, "p and q");
    }
}

/* Reports the first thing of each kind that IAM cannot say; true ends the search. */
static bool
visit_inexpressible(struct shape *s, struct term t, void *data)
{
    (void)data;
    struct cd_expr *e = t.e;
    struct term inner = {e->a, t.env};
    if (e->kind == CD_EXPR_QUANTIFIER && e->quant == CD_QUANT_COUNT && reads_any_key(s, t)) {
        report_count(s, e);
        return true;
    }
    if (e->kind == CD_EXPR_CALL && e->ref.kind == CD_REF_BUILTIN
        && e->ref.builtin == CD_BUILTIN_SIZE && e->n_items == 1
        && reads_any_key(s, (struct term){e->items[0], t.env})) {
        report_count(s, e);
        return true;
    }
    if ((e->kind == CD_EXPR_ADD || e->kind == CD_EXPR_SUB)
        && (reads_any_key(s, inner) || reads_any_key(s, (struct term){e->b, t.env}))) {
        report_arithmetic(s, e);
        return true;
    }
    if ((e->kind == CD_EXPR_INDEX || e->kind == CD_EXPR_EACH) && is_key(inner)) {
        report_index(s, e, resolve(inner).e);
        return true;
    }
    if (e->kind == CD_EXPR_NEG && reads_any_key(s, inner)) {
        report_arithmetic(s, e);
        return true;
    }
    if (e->kind == CD_EXPR_QUANTIFIER && e->quant != CD_QUANT_COUNT) {
        check_members(s, t);
    }
    return false;
}

/* ---- absent keys ---- */

/* What a comparison or the like answers if KEY is absent: known only if it reads the key. */
static enum tri
atom_if_absent(struct shape *s, struct term t, struct cd_str key)
{
    if (!reads_key(s, t, key)) {
        return MAYBE;
    }
    if (t.e->kind == CD_EXPR_REL) {
        return t.e->negated ? YES : NO;
    }
    if (t.e->kind == CD_EXPR_QUANTIFIER) {
        return t.e->quant == CD_QUANT_ANY ? NO : YES;
    }
    return t.e->kind == CD_EXPR_ABSENT ? YES : NO; /* else a bare key, or `present` */
}

/* A quantifier over something else than a key is as its body, for one member or the other. */
static bool
is_plain_loop(struct term t)
{
    return t.e->kind == CD_EXPR_QUANTIFIER && t.e->quant != CD_QUANT_COUNT
           && !is_key((struct term){t.e->source, t.env});
}

/* The answer of T if KEY is absent and every other key may have any value. */
static enum tri
if_absent(struct shape *s, struct term t, struct cd_str key)
{
    t = resolve(t);
    if (s->depth >= DEPTH_LIMIT || ++s->steps > STEP_LIMIT) {
        return MAYBE;
    }
    enum tri result = MAYBE;
    s->depth++;
    struct term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    if (t.e->kind == CD_EXPR_NOT) {
        result = tri_not(if_absent(s, a, key));
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        enum tri decides = t.e->kind == CD_EXPR_AND ? NO : YES;
        enum tri x = if_absent(s, a, key), y = if_absent(s, b, key);
        result = x == decides || y == decides ? decides
                 : (x == MAYBE || y == MAYBE) ? MAYBE
                                              : tri_not(decides);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        result = if_absent(s, call_body(s, t), key);
    } else if (t.e->kind != CD_EXPR_IF && !is_plain_loop(t)) {
        result = atom_if_absent(s, t, key);
    }
    s->depth--;
    return result;
}

/* Is there, beside this place, a condition that keeps the deny from firing if KEY is absent? */
static bool
is_guarded(struct shape *s, const struct guard *g, struct cd_str key)
{
    for (; g; g = g->outer) {
        if (if_absent(s, g->term, key) == (g->positive ? NO : YES)) {
            return true;
        }
    }
    return false;
}

/* An action of the deny that does not carry KEY, or CD_SCHEMA_NONE. */
static uint32_t
lacking_action(struct shape *s, uint32_t key)
{
    struct cd_sema *sema = s->c->s;
    if (!sema->lacking) {
        sema->lacking = CD_NEW_ARRAY(sema->arena, cd_iam_n_keys(), uint32_t);
    }
    uint32_t *some = &sema->lacking[key]; /* 0: not looked for yet, 1: every action carries it, else
                                             the action + 2 */
    if (*some == 0) {
        *some = 1;
        for (uint32_t i = 0; *some == 1 && i < cd_iam_n_actions(); i++) {
            *some = cd_iam_action_has_key(i, key) ? 1 : i + 2;
        }
    }
    if (*some == 1) {
        return CD_SCHEMA_NONE;
    }
    struct cd_arena_mark mark = cd_arena_mark(sema->arena);
    uint32_t *actions, found = CD_SCHEMA_NONE;
    size_t n;
    cd_deny_actions(sema->arena, s->deny, NULL, &actions, &n);
    for (size_t i = 0; found == CD_SCHEMA_NONE && i < n; i++) {
        found = cd_iam_action_has_key(actions[i], key) ? CD_SCHEMA_NONE : actions[i];
    }
    cd_arena_reset(sema->arena, mark);
    return found;
}

static void
report_absent(struct shape *s, struct cd_expr *key, uint32_t action)
{
    struct cd_iam_action a = cd_iam_action_at(action);
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_ABSENT_KEY, key->span,
                                    "%.*s:%.*s does not carry `%.*s`, and this condition fires "
                                    "where the key is absent: it would deny "
                                    "every such call",
                                    CD_FMT(a.service), CD_FMT(a.name), CD_FMT(key->text));
    cd_diag_help(s->c->s->diags, d,
                 "split the clause, so that this one names only actions that carry the key; or "
                 "begin with `present %.*s and`",
                 CD_FMT(key->text));
}

struct firing {
    const struct guard *guards;
    bool positive;
    struct term atom;
};

static bool
visit_firing(struct shape *s, struct term t, void *data)
{
    const struct firing *f = data;
    if (t.e->kind != CD_EXPR_ANAME || t.e->ref.kind != CD_REF_KEY
        || t.e->ref.key == CD_SCHEMA_NONE) {
        return false;
    }
    if (cd_iam_key_at(t.e->ref.key).is_retired) {
        return false; /* a warning has named its successor */
    }
    enum tri fires = atom_if_absent(s, f->atom, t.e->text);
    if (fires != (f->positive ? YES : NO) || is_guarded(s, f->guards, t.e->text)) {
        return false;
    }
    uint32_t action = lacking_action(s, t.e->ref.key);
    if (action == CD_SCHEMA_NONE) {
        return false;
    }
    report_absent(s, t.e, action);
    return true;
}

/* Looks for keys under operators that fire on absent; POSITIVE: the deny fires where T is true. */
static void
walk(struct shape *s, struct term t, bool positive, const struct guard *guards)
{
    t = resolve(t);
    if (s->depth >= DEPTH_LIMIT || ++s->steps > STEP_LIMIT) {
        return;
    }
    s->depth++;
    struct term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    if (t.e->kind == CD_EXPR_NOT) {
        walk(s, a, !positive, guards);
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        bool both = (t.e->kind == CD_EXPR_AND) == positive; /* both sides take part in firing */
        struct guard beside_a = {b, positive, guards}, beside_b = {a, positive, guards};
        walk(s, a, positive, both ? &beside_a : guards);
        walk(s, b, positive, both ? &beside_b : guards);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        walk(s, call_body(s, t), positive, guards);
    } else if (t.e->kind == CD_EXPR_IF) {
        walk(s, a, positive, guards);
        walk(s, b, positive, guards);
    } else if (is_plain_loop(t)) {
        walk(s, under(s, t, t.e->b), t.e->quant == CD_QUANT_NONE ? !positive : positive, guards);
    } else {
        struct firing f = {guards, positive, t};
        (void)any_part(s, t, visit_firing, &f);
    }
    s->depth--;
}

/* ---- keys that no action carries ---- */

/* Does one of the actions that the deny names one by one carry KEY? A quick answer to the usual
 * case. */
static bool
named_action_carries(const struct cd_deny *d, uint32_t key)
{
    for (size_t i = 0; i < d->n_acts; i++) {
        uint32_t action = d->acts[i].is_star || d->acts[i].path.n > 0
                              ? CD_SCHEMA_NONE
                              : cd_iam_find_action(d->acts[i].aname);
        if (d->acts[i].is_star
            || (action != CD_SCHEMA_NONE && cd_iam_action_has_key(action, key))) {
            return true;
        }
    }
    return false;
}

static bool
some_action_carries(struct shape *s, uint32_t key)
{
    if (named_action_carries(s->deny, key)) {
        return true;
    }
    struct cd_arena *arena = s->c->s->arena;
    struct cd_arena_mark mark = cd_arena_mark(arena);
    uint32_t *actions;
    size_t n;
    bool found = false;
    cd_deny_actions(arena, s->deny, NULL, &actions, &n);
    for (size_t i = 0; !found && i < n; i++) {
        found = cd_iam_action_has_key(actions[i], key);
    }
    cd_arena_reset(arena, mark);
    return found || n == 0;
}

/* Warns of the first key that no action carries; true ends the search. */
static bool
visit_uncarried(struct shape *s, struct term t, void *data)
{
    (void)data;
    if (t.e->kind != CD_EXPR_ANAME || t.e->ref.kind != CD_REF_KEY || t.e->ref.key == CD_SCHEMA_NONE
        || cd_iam_key_at(t.e->ref.key).is_retired || some_action_carries(s, t.e->ref.key)) {
        return false;
    }
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_UNCARRIED_KEY, t.e->span,
                                    "no action of this deny carries `%.*s`", CD_FMT(t.e->text));
    cd_diag_help(s->c->s->diags, d, "it is absent in every request that the deny speaks of");
    return true;
}

void
cd_check_deny_condition(struct cd_checker *c, struct cd_deny *d)
{
    struct shape s = {.c = c, .deny = d};
    struct term when = {d->when, NULL}, unless = {d->unless, NULL};
    size_t errors = c->s->diags->n_errors;
    if (d->when) {
        (void)any_part(&s, when, visit_inexpressible, NULL);
    }
    if (d->unless) {
        (void)any_part(&s, unless, visit_inexpressible, NULL);
    }
    if (c->s->diags->n_errors > errors) {
        return;
    }
    struct guard beside_when = {unless, false, NULL}, beside_unless = {when, true, NULL};
    if (d->when) {
        walk(&s, when, true, d->unless ? &beside_when : NULL);
    }
    if (d->unless) {
        walk(&s, unless, false, d->when ? &beside_unless : NULL);
    }
    if (c->s->diags->n_errors > errors) {
        return;
    }
    if (d->when) {
        (void)any_part(&s, when, visit_uncarried, NULL);
    }
    if (d->unless) {
        (void)any_part(&s, unless, visit_uncarried, NULL);
    }
}
