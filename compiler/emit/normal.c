/* Boolean normal form: «when and not unless» as a disjunction of conjunctions, a statement each. */
#include "compiler/emit/emit.h"
#include "compiler/emit/strings.h"

struct builder {
    struct cd_arena *a;
    const struct cd_const_env *env;
    struct cd_str why;
    struct cd_span where;
    bool failed;
};

static struct cd_normal_form form_of(struct builder *b, const struct cd_expr *e, bool negated);

static struct cd_normal_form
fail(struct builder *b, struct cd_span where, struct cd_str why)
{
    if (!b->failed) {
        b->failed = true;
        b->where = where;
        b->why = why;
    }
    return (struct cd_normal_form){.n = 0};
}

static void
push(struct builder *b, struct cd_normal_form *f, struct cd_conditions c)
{
    struct cd_conditions *slot = CD_PUSH(b->a, f->items, f->n, f->cap);
    *slot = c;
}

static struct cd_normal_form
constant_form(struct builder *b, bool value)
{
    struct cd_normal_form f = {.n = 0};
    if (value) {
        push(b, &f, (struct cd_conditions){.n = 0});
    }
    return f;
}

static bool
too_many(struct builder *b, size_t n, struct cd_span where)
{
    if (n <= CD_NORMAL_FORM_LIMIT) {
        return false;
    }
    fail(b, where,
         cd_arena_printf(b->a, "its normal form has more than %d statements; split the clause",
                         CD_NORMAL_FORM_LIMIT));
    return true;
}

static struct cd_normal_form
disjunction(struct builder *b, struct cd_normal_form x, struct cd_normal_form y,
            struct cd_span where)
{
    if (too_many(b, x.n + y.n, where)) {
        return (struct cd_normal_form){.n = 0};
    }
    for (size_t i = 0; i < y.n; i++) {
        push(b, &x, y.items[i]);
    }
    return x;
}

static bool
add_all(struct builder *b, struct cd_conditions *into, const struct cd_conditions *from,
        bool *never, struct cd_span where)
{
    for (size_t i = 0; i < from->n && !*never; i++) {
        struct cd_str why = {NULL, 0};
        if (!cd_conditions_add(b->a, into, from->items[i], never, &why)) {
            fail(b, where, why);
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
    if (y.n != 0 && too_many(b, x.n * y.n, where)) {
        return f;
    }
    for (size_t i = 0; i < x.n && !b->failed; i++) {
        for (size_t k = 0; k < y.n && !b->failed; k++) {
            struct cd_conditions both = {.n = 0};
            bool never = false;
            if (add_all(b, &both, &x.items[i], &never, where)
                && add_all(b, &both, &y.items[k], &never, where) && !never) {
                push(b, &f, both);
            }
        }
    }
    return f;
}

static struct cd_normal_form
atom(struct builder *b, const struct cd_expr *e, bool negated)
{
    struct cd_condition c;
    struct cd_str why = {NULL, 0};
    struct cd_conditions one = {.n = 0};
    struct cd_normal_form f = {.n = 0};
    bool never = false;
    switch (cd_condition_of(b->a, e, negated, b->env, &c, &why)) {
    case 0: return fail(b, e->span, why);
    case 1:
        if (cd_conditions_add(b->a, &one, c, &never, &why)) {
            push(b, &f, one);
        }
        return f;
    case 2: return constant_form(b, false);
    default: return constant_form(b, true);
    }
}

static struct cd_normal_form
choice(struct builder *b, const struct cd_expr *e, bool negated)
{
    struct cd_normal_form yes =
        conjunction(b, form_of(b, e->where, false), form_of(b, e->a, negated), e->span);
    struct cd_normal_form no =
        conjunction(b, form_of(b, e->where, true), form_of(b, e->b, negated), e->span);
    return disjunction(b, yes, no, e->span);
}

/* The depth is that of the expanded expression, which cd_emit_expand bounds. */
static struct cd_normal_form
form_of(struct builder *b, const struct cd_expr *e, bool negated)
{
    if (b->failed) {
        return (struct cd_normal_form){.n = 0};
    }
    if (e->kind == CD_EXPR_NOT) {
        return form_of(b, e->a, !negated);
    }
    if (e->kind == CD_EXPR_IF) {
        return choice(b, e, negated);
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
        struct cd_normal_form x = form_of(b, e->a, negated), y = form_of(b, e->b, negated);
        return (e->kind == CD_EXPR_AND) != negated ? conjunction(b, x, y, e->span)
                                                   : disjunction(b, x, y, e->span);
    }
    return atom(b, e, negated);
}

/* The one condition in which X and Y differ, if it is at the same place and a disjunction of its
 * values is their union; else SIZE_MAX. */
static size_t
mergeable(const struct cd_conditions *x, const struct cd_conditions *y)
{
    size_t differs = SIZE_MAX;
    if (x->n != y->n) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < x->n; i++) {
        const struct cd_condition *p = &x->items[i], *q = &y->items[i];
        if (cd_condition_eq(p, q)) {
            continue;
        }
        bool by_union = !cd_iam_op_info[p->op].fires_on_absent && p->op != CD_IAM_NULL
                        && p->set != CD_IAM_FOR_ALL && !p->if_exists;
        if (differs != SIZE_MAX || !by_union || p->op != q->op || p->set != q->set || q->if_exists
            || !cd_str_eq_nocase(p->key, q->key)) {
            return SIZE_MAX;
        }
        differs = i;
    }
    return differs;
}

static void
union_into(struct cd_arena *a, struct cd_condition *into, const struct cd_condition *from)
{
    into->n_values = cd_strs_merge(a, into->values, into->n_values, from->values, from->n_values,
                                   false, &into->values);
}

/* Does Y fire only where X does: are all conditions of X among those of Y? */
static bool
covers(const struct cd_conditions *x, const struct cd_conditions *y)
{
    for (size_t i = 0; i < x->n; i++) {
        bool found = false;
        for (size_t k = 0; k < y->n && !found; k++) {
            found = cd_condition_eq(&x->items[i], &y->items[k]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void
drop(struct cd_normal_form *f, size_t at)
{
    memmove(&f->items[at], &f->items[at + 1], (f->n - at - 1) * sizeof f->items[0]);
    f->n--;
}

static void
drop_covered(struct cd_normal_form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->n;) {
            if (k != i && covers(&f->items[i], &f->items[k])) {
                drop(f, k);
                i -= k < i;
            } else {
                k++;
            }
        }
    }
}

/* Statements that differ in one list of values become one statement with both. */
static void
merge_statements(struct builder *b, struct cd_normal_form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = i + 1; k < f->n;) {
            size_t at = mergeable(&f->items[i], &f->items[k]);
            if (at == SIZE_MAX) {
                k++;
                continue;
            }
            union_into(b->a, &f->items[i].items[at], &f->items[k].items[at]);
            drop(f, k);
        }
    }
}

bool
cd_normal_form_of(struct cd_arena *a, const struct cd_expr *when, const struct cd_expr *unless,
                  const struct cd_const_env *env, struct cd_normal_form *out, struct cd_str *why,
                  struct cd_span *where)
{
    struct builder b = {.a = a, .env = env, .where = CD_NO_SPAN};
    struct cd_normal_form f = constant_form(&b, true);
    const struct cd_expr *parts[] = {when, unless};
    for (size_t i = 0; i < CD_ARRAY_LEN(parts) && !b.failed; i++) {
        if (parts[i] == NULL) {
            continue;
        }
        const struct cd_expr *e = cd_emit_expand(a, parts[i]);
        f = e == NULL
                ? fail(&b, parts[i]->span, CD_STR("with its functions expanded it is too large"))
                : conjunction(&b, f, form_of(&b, e, i == 1), parts[i]->span);
    }
    drop_covered(&f);
    merge_statements(&b, &f);
    *out = f;
    *why = b.why;
    *where = b.where;
    return !b.failed;
}
