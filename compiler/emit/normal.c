/* Boolean normal form: «when and not unless» as a disjunction of conjunctions, a statement each. */
#include "compiler/emit/emit.h"
#include "compiler/emit/merge.h"
#include "runtime/schema/schema.h"

struct builder {
    struct cd_arena *a;
    const struct cd_const_env *env;
    struct cd_reason reason;
    enum cd_form_status status;
    uint32_t unrolled; /* nodes that loops over constants have been copied to */
};

#define UNROLL_LIMIT 100000u

static struct cd_normal_form form_of(struct builder *b, const struct cd_expr *e, bool negated);

static struct cd_normal_form
fail(struct builder *b, enum cd_form_status status, struct cd_reason reason)
{
    if (b->status == CD_FORM_DONE) {
        b->status = status;
        b->reason = reason;
    }
    return (struct cd_normal_form){.n = 0};
}

static struct cd_normal_form
too_large(struct builder *b, struct cd_span where)
{
    struct cd_reason reason = {
        .why = cd_arena_printf(b->a,
                               "in normal form this deny has more than %d statements, one for each "
                               "combination of its alternatives",
                               CD_NORMAL_FORM_LIMIT),
        .help = CD_STR("split it into several denies, or write alternatives for one key as a set"),
        .where = where,
    };
    return fail(b, CD_FORM_TOO_LARGE, reason);
}

static struct cd_normal_form
constant_form(struct builder *b, bool value)
{
    struct cd_normal_form f = {.n = 0};
    if (value) {
        *CD_PUSH(b->a, f.items, f.n, f.cap) = (struct cd_conditions){.n = 0};
    }
    return f;
}

/* ---- disjunction and conjunction ---- */

static struct cd_normal_form
disjunction(struct builder *b, struct cd_normal_form x, struct cd_normal_form y,
            struct cd_span where)
{
    for (size_t i = 0; i < y.n; i++) {
        cd_normal_form_add(b->a, &x, y.items[i]);
        if (x.n > CD_NORMAL_FORM_LIMIT) {
            return too_large(b, where);
        }
    }
    return x;
}

static bool
add_all(struct builder *b, struct cd_conditions *into, const struct cd_conditions *from,
        bool *never, struct cd_span where)
{
    for (size_t i = 0; i < from->n && !*never; i++) {
        struct cd_reason reason = {.where = where};
        if (!cd_conditions_add(b->a, into, from->items[i], never, &reason.why)) {
            reason.help = CD_STR("write the values that are meant as one list");
            fail(b, CD_FORM_INEXPRESSIBLE, reason);
            return false;
        }
    }
    return true;
}

static struct cd_normal_form
conjunction(struct builder *b, struct cd_normal_form x, struct cd_normal_form y,
            struct cd_span where)
{
    struct cd_normal_form f = {.n = 0};
    for (size_t i = 0; i < x.n && b->status == CD_FORM_DONE; i++) {
        for (size_t k = 0; k < y.n && b->status == CD_FORM_DONE; k++) {
            struct cd_conditions both = {.n = 0};
            bool never = false;
            if (add_all(b, &both, &x.items[i], &never, where)
                && add_all(b, &both, &y.items[k], &never, where) && !never) {
                cd_normal_form_add(b->a, &f, both);
            }
            if (f.n > CD_NORMAL_FORM_LIMIT) {
                return too_large(b, where);
            }
        }
    }
    return f;
}

static struct cd_normal_form
either(struct builder *b, bool is_or, struct cd_normal_form x, struct cd_normal_form y,
       struct cd_span where)
{
    return is_or ? disjunction(b, x, y, where) : conjunction(b, x, y, where);
}

/* ---- policy variables ---- */

/* The next variable of TEXT at or behind *AT, which moves behind it; `${*}` is none. */
static bool
next_variable(struct cd_str text, size_t *at, struct cd_str *name)
{
    for (size_t i = *at; i + 3 < text.n; i++) {
        if (text.p[i] != '$' || text.p[i + 1] != '{') {
            continue;
        }
        size_t end = cd_str_find(text, '}', i);
        *name = cd_str_sub(text, i + 2, end);
        *at = end;
        if (name->n > 1) {
            return true;
        }
        i = end;
    }
    return false;
}

static bool
uses_variable(struct cd_str text, struct cd_str name)
{
    struct cd_str found;
    for (size_t at = 0; next_variable(text, &at, &found);) {
        if (cd_str_eq_nocase(found, name)) {
            return true;
        }
    }
    return false;
}

#define VARIABLE_LIMIT 8u

/* The variables in C's values, each once; VARIABLE_LIMIT + 1 if there are more than the limit. */
static size_t
variables_of(const struct cd_condition *c, struct cd_str names[VARIABLE_LIMIT + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_values; i++) {
        struct cd_str name;
        for (size_t at = 0; n <= VARIABLE_LIMIT && next_variable(c->values[i], &at, &name);) {
            bool known = false;
            for (size_t k = 0; k < n && !known; k++) {
                known = cd_str_eq_nocase(names[k], name);
            }
            if (!known) {
                names[n++] = name;
            }
        }
    }
    return n;
}

static struct cd_condition
null_condition(struct cd_arena *a, struct cd_str key, const char *value)
{
    struct cd_condition c = {.op = CD_IAM_NULL, .key = key, .key_index = cd_iam_find_key(key)};
    c.values = CD_NEW(a, struct cd_str);
    c.values[0] = cd_str_of(value);
    c.n_values = 1;
    return c;
}

/* C without the values that hold variable NAME, which has none. */
static struct cd_condition
without_variable(struct cd_arena *a, const struct cd_condition *c, struct cd_str name)
{
    struct cd_condition rest = *c;
    rest.values = CD_NEW_ARRAY(a, c->n_values, struct cd_str);
    rest.n_values = 0;
    for (size_t i = 0; i < c->n_values; i++) {
        if (!uses_variable(c->values[i], name)) {
            rest.values[rest.n_values++] = c->values[i];
        }
    }
    return rest;
}

static struct cd_normal_form
one_condition(struct builder *b, struct cd_condition c)
{
    struct cd_normal_form f = {.n = 0};
    struct cd_conditions one = {.n = 0};
    *CD_PUSH(b->a, one.items, one.n, one.cap) = c;
    *CD_PUSH(b->a, f.items, f.n, f.cap) = one;
    return f;
}

static struct cd_normal_form
form_without(struct builder *b, const struct cd_condition *c, const struct cd_str *names, size_t n,
             struct cd_span where)
{
    struct cd_normal_form f = {.n = 0};
    if (c->n_values != 0) {
        f = one_condition(b, *c);
    } else if (c->set == CD_IAM_FOR_ANY) { /* any value there is */
        f = one_condition(b, null_condition(b->a, c->key, "false"));
    } else {
        f = constant_form(b, true);
    }
    for (size_t i = 0; i < n; i++) {
        struct cd_condition rest = without_variable(b->a, c, names[i]);
        struct cd_normal_form none = one_condition(b, null_condition(b->a, names[i], "true"));
        none = conjunction(b, none, form_without(b, &rest, names + i + 1, n - i - 1, where), where);
        f = disjunction(b, f, none, where);
    }
    return f;
}

/* «Is none of these» is true of a value with a variable that has none, since nothing equals it.
 * That is said for each set of such variables, and not left to how a variable without a value is
 * taken. */
static struct cd_normal_form
form_of_condition(struct builder *b, struct cd_condition c, struct cd_span where)
{
    struct cd_str names[VARIABLE_LIMIT + 1];
    size_t n = cd_iam_op_info[c.op].fires_on_absent ? variables_of(&c, names) : 0;
    return n > VARIABLE_LIMIT ? too_large(b, where) : form_without(b, &c, names, n, where);
}

/* ---- atoms ---- */

static struct cd_normal_form
form_of_atom(struct builder *b, enum cd_atom atom, struct cd_condition c, struct cd_reason reason)
{
    switch (atom) {
    case CD_ATOM_INEXPRESSIBLE: return fail(b, CD_FORM_INEXPRESSIBLE, reason);
    case CD_ATOM_OPEN: return fail(b, CD_FORM_OPEN, reason);
    case CD_ATOM_WRONG: return fail(b, CD_FORM_WRONG, reason);
    case CD_ATOM_NEVER: return constant_form(b, false);
    case CD_ATOM_ALWAYS: return constant_form(b, true);
    case CD_ATOM_CONDITION: break;
    }
    return form_of_condition(b, c, reason.where);
}

static struct cd_normal_form
atom(struct builder *b, const struct cd_expr *e, bool negated)
{
    struct cd_condition c;
    struct cd_reason reason = {.where = e->span};
    enum cd_atom kind = cd_condition_of(b->a, e, negated, b->env, &c, &reason);
    return form_of_atom(b, kind, c, reason);
}

/* ---- quantifiers ---- */

/* A question to every value of KEY (EVERY), or to at least one. «Any of them p or q» is two
 * questions, and so is «all of them p and q»; else it has to be one. */
static struct cd_normal_form
members(struct builder *b, const struct cd_expr *loop, const struct cd_expr *key,
        const struct cd_expr *body, bool every, bool negated)
{
    struct cd_condition c;
    struct cd_reason reason = {.where = body->span};
    enum cd_atom kind =
        cd_members_of(b->a, key, loop->binding, body, every, negated, b->env, &c, &reason);
    if (kind != CD_ATOM_INEXPRESSIBLE) {
        return form_of_atom(b, kind, c, reason);
    }
    if (body->kind == CD_EXPR_NOT) {
        return members(b, loop, key, body->a, every, !negated);
    }
    bool is_or = (body->kind == CD_EXPR_OR) != negated;
    if ((body->kind != CD_EXPR_AND && body->kind != CD_EXPR_OR) || is_or == every) {
        return fail(b, CD_FORM_INEXPRESSIBLE, reason);
    }
    struct cd_normal_form x = members(b, loop, key, body->a, every, negated);
    return either(b, is_or, x, members(b, loop, key, body->b, every, negated), body->span);
}

/* A loop over a constant list is its body for each member, joined. */
static struct cd_normal_form
unrolled(struct builder *b, const struct cd_expr *e, const struct cd_const *list, bool every,
         bool negated)
{
    struct cd_normal_form f = constant_form(b, every);
    for (size_t i = 0; i < list->n && b->status == CD_FORM_DONE; i++) {
        struct cd_normal_form one = constant_form(b, !every);
        const struct cd_expr *parts[] = {e->where, e->b};
        for (size_t k = 0; k < CD_ARRAY_LEN(parts); k++) {
            if (parts[k] == NULL) {
                continue;
            }
            const struct cd_expr *p =
                cd_emit_substitute(b->a, parts[k], e->binding, list->items[i], &b->unrolled);
            if (b->unrolled > UNROLL_LIMIT) {
                return too_large(b, e->span);
            }
            /* all: not where, or body; any: where, and body */
            struct cd_normal_form part = form_of(b, p, k == 0 ? every : negated);
            one = either(b, every, one, part, e->span);
        }
        f = either(b, !every, f, one, e->span);
    }
    return f;
}

static struct cd_normal_form
quantifier(struct builder *b, const struct cd_expr *e, bool negated)
{
    const struct cd_expr *key = cd_key_of(e->source);
    bool every = (e->quant != CD_QUANT_ANY) != negated; /* not every: one that is not */
    bool flip = (e->quant == CD_QUANT_NONE) != negated;
    const struct cd_const *list = key == NULL ? cd_const_eval(b->a, e->source, b->env) : NULL;
    if (e->quant != CD_QUANT_COUNT && key != NULL && e->where == NULL) {
        return members(b, e, key, e->b, every, flip);
    }
    bool is_flat = list != NULL && (list->n == 0 || list->items[0]->kind < CD_CONST_LIST);
    if (e->quant != CD_QUANT_COUNT && is_flat) {
        return unrolled(b, e, list, every, flip);
    }
    return atom(b, e, negated);
}

/* ---- expressions ---- */

/* «w and x, or not w and y», where W has the forms of w and of «not w». */
static struct cd_normal_form
choice(struct builder *b, const struct cd_normal_form w[2], struct cd_normal_form x,
       struct cd_normal_form y, struct cd_span where)
{
    return disjunction(b, conjunction(b, w[0], x, where), conjunction(b, w[1], y, where), where);
}

/* The forms of E and of «not E», with one visit of the conditions in it: ifs stand in the
 * conditions of ifs. */
static void
forms_of(struct builder *b, const struct cd_expr *e, struct cd_normal_form out[2])
{
    struct cd_normal_form w[2], x[2], y[2];
    if (e->kind == CD_EXPR_NOT) {
        forms_of(b, e->a, x);
        out[0] = x[1];
        out[1] = x[0];
        return;
    }
    bool is_if = e->kind == CD_EXPR_IF, is_or = e->kind == CD_EXPR_OR;
    if (!is_if && !is_or && e->kind != CD_EXPR_AND) {
        out[0] = form_of(b, e, false);
        out[1] = form_of(b, e, true);
        return;
    }
    if (is_if) {
        forms_of(b, e->where, w);
    }
    forms_of(b, e->a, x);
    forms_of(b, e->b, y);
    for (int i = 0; i < 2; i++) {
        out[i] = is_if ? choice(b, w, x[i], y[i], e->span)
                       : either(b, is_or != (i == 1), x[i], y[i], e->span);
    }
}

/* The depth is that of the expanded expression, which cd_emit_expand bounds. */
static struct cd_normal_form
form_of(struct builder *b, const struct cd_expr *e, bool negated)
{
    if (b->status != CD_FORM_DONE) {
        return (struct cd_normal_form){.n = 0};
    }
    if (e->kind == CD_EXPR_NOT) {
        return form_of(b, e->a, !negated);
    }
    if (e->kind == CD_EXPR_IF) {
        struct cd_normal_form w[2];
        forms_of(b, e->where, w);
        struct cd_normal_form x = form_of(b, e->a, negated), y = form_of(b, e->b, negated);
        return choice(b, w, x, y, e->span);
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
        struct cd_normal_form x = form_of(b, e->a, negated), y = form_of(b, e->b, negated);
        return either(b, (e->kind == CD_EXPR_OR) != negated, x, y, e->span);
    }
    return e->kind == CD_EXPR_QUANTIFIER ? quantifier(b, e, negated) : atom(b, e, negated);
}

enum cd_form_status
cd_normal_form_of(struct cd_arena *a, const struct cd_expr *when, const struct cd_expr *unless,
                  const struct cd_const_env *env, struct cd_normal_form *out,
                  struct cd_reason *reason)
{
    struct builder b = {.a = a, .env = env, .status = CD_FORM_DONE};
    struct cd_normal_form f = constant_form(&b, true);
    const struct cd_expr *parts[] = {when, unless};
    for (size_t i = 0; i < CD_ARRAY_LEN(parts) && b.status == CD_FORM_DONE; i++) {
        if (parts[i] == NULL) {
            continue;
        }
        const struct cd_expr *e = cd_emit_expand(a, parts[i]);
        f = e == NULL ? too_large(&b, parts[i]->span)
                      : conjunction(&b, f, form_of(&b, e, i == 1), parts[i]->span);
    }
    *out = f;
    *reason = b.reason;
    return b.status;
}
