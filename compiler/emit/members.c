/* Questions to each value of a key that has several: one operator with one list of values. */
#include "compiler/emit/atom.h"
#include "compiler/emit/strings.h"

/* A question to one value: is it among the values of `c` (INSIDE), or not? */
struct question {
    enum cd_atom status; /* NEVER, ALWAYS, CONDITION, or why there is none */
    struct cd_condition c;
    bool inside, has_variable;
};

struct members {
    struct cd_atom_context *x;
    const struct cd_expr *key;
    const struct cd_binding *member;
};

static bool
is_member(const struct members *m, const struct cd_expr *e)
{
    return e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING && e->ref.binding == m->member;
}

static struct question
fixed(bool value)
{
    return (struct question){.status = value ? CD_ATOM_ALWAYS : CD_ATOM_NEVER};
}

static struct question
refused(const struct members *m)
{
    return (struct question){
        .status = cd_atom_refuse(
            m->x, "IAM asks each value of a key one comparison with constants",
            "one of ==, in, like, <, within, or several of one kind joined by `or`")};
}

/* A value itself, compared with TRUE. */
static struct question
truth_of_member(struct members *m, bool negated)
{
    struct cd_str *value = CD_NEW(m->x->a, struct cd_str);
    *value = negated ? CD_STR("false") : CD_STR("true");
    return (struct question){.status = CD_ATOM_CONDITION,
                             .inside = true,
                             .c = {.op = CD_IAM_BOOL, .values = value, .n_values = 1}};
}

static struct question
comparison(struct members *m, const struct cd_expr *other, enum cd_rel rel, bool outside)
{
    struct cd_condition c = {.key_index = CD_SCHEMA_NONE};
    struct cd_atom_context x = *m->x;
    x.out = &c;
    x.has_variable = false;
    struct question q = {.inside = !outside};
    q.status = cd_atom_values(&x, m->key, other, rel);
    if (q.status == CD_ATOM_CONDITION && c.n_values == 0) {
        return fixed(outside);
    }
    if (q.status == CD_ATOM_CONDITION && c.op == CD_IAM_BOOL) { /* {true, false}: whatever it is */
        bool is_true = cd_str_eq(c.values[0], CD_STR("true"));
        return c.n_values == 2 ? fixed(!outside) : truth_of_member(m, is_true == outside);
    }
    bool is_order = rel == CD_REL_LT || rel == CD_REL_LE || rel == CD_REL_GT || rel == CD_REL_GE;
    if (is_order && outside) { /* of a value that is there, not less is greater or equal */
        c.op = cd_iam_op_info[c.op].negation;
        q.inside = true;
    }
    q.c = c;
    q.has_variable = x.has_variable;
    return q;
}

/* Equality as a pattern, so that it can stand in one list with patterns. */
static void
as_pattern(struct cd_arena *a, struct question *q)
{
    for (size_t i = 0; i < q->c.n_values; i++) {
        struct cd_buf b = CD_BUF_INIT;
        struct cd_str v = q->c.values[i];
        for (size_t k = 0; k < v.n; k++) {
            bool wild = v.p[k] == '*' || v.p[k] == '?';
            bool escaped = k >= 2 && v.p[k - 1] == '{' && v.p[k - 2] == '$';
            cd_buf_printf(&b, wild && !escaped ? "${%c}" : "%c", v.p[k]);
        }
        q->c.values[i] = cd_arena_str(a, cd_buf_view(&b));
        cd_buf_finish(&b);
    }
    q->c.n_values = cd_strs_sort(q->c.values, q->c.n_values);
    q->c.op = CD_IAM_STRING_LIKE;
}

static bool
is_order_op(enum cd_iam_op op)
{
    return op != CD_IAM_STRING_EQUALS && op != CD_IAM_STRING_LIKE && op != CD_IAM_ARN_LIKE
           && op != CD_IAM_NUMERIC_EQUALS && op != CD_IAM_DATE_EQUALS && op != CD_IAM_IP_ADDRESS;
}

/* P or q where both ask «among», p and q where both ask «not among»: one list with the values of
 * both. */
static struct question
joined(struct members *m, struct question p, struct question q, bool is_or)
{
    if (p.status != CD_ATOM_CONDITION || q.status != CD_ATOM_CONDITION) {
        bool p_fixed = p.status == CD_ATOM_ALWAYS || p.status == CD_ATOM_NEVER;
        bool q_fixed = q.status == CD_ATOM_ALWAYS || q.status == CD_ATOM_NEVER;
        if (p_fixed && (q_fixed || q.status == CD_ATOM_CONDITION)) {
            return (p.status == CD_ATOM_ALWAYS) == is_or ? p : q;
        }
        if (q_fixed && p.status == CD_ATOM_CONDITION) {
            return (q.status == CD_ATOM_ALWAYS) == is_or ? q : p;
        }
        return p_fixed || p.status == CD_ATOM_CONDITION ? q : p;
    }
    if (p.c.op == CD_IAM_STRING_LIKE && q.c.op == CD_IAM_STRING_EQUALS) {
        as_pattern(m->x->a, &q);
    } else if (q.c.op == CD_IAM_STRING_LIKE && p.c.op == CD_IAM_STRING_EQUALS) {
        as_pattern(m->x->a, &p);
    }
    if (p.c.op != q.c.op || p.inside != q.inside || p.inside != is_or || is_order_op(p.c.op)) {
        return refused(m);
    }
    p.c.n_values = cd_strs_merge(m->x->a, p.c.values, p.c.n_values, q.c.values, q.c.n_values, false,
                                 &p.c.values);
    p.has_variable = p.has_variable || q.has_variable;
    return p;
}

/* The depth is that of the expanded expression. */
static struct question
question_of(struct members *m, const struct cd_expr *e, bool negated)
{
    const struct cd_const *constant = cd_const_eval(m->x->a, e, m->x->env);
    if (constant != NULL) {
        return fixed((constant->kind == CD_CONST_BOOL && constant->boolean) != negated);
    }
    if (e->kind == CD_EXPR_NOT) {
        return question_of(m, e->a, !negated);
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
        struct question p = question_of(m, e->a, negated), q = question_of(m, e->b, negated);
        return joined(m, p, q, (e->kind == CD_EXPR_OR) != negated);
    }
    if (is_member(m, e)) {
        return truth_of_member(m, negated);
    }
    bool is_right = e->kind == CD_EXPR_REL && is_member(m, e->b) && !is_member(m, e->a)
                    && e->rel != CD_REL_IN && e->rel != CD_REL_LIKE && e->rel != CD_REL_WITHIN;
    if (e->kind != CD_EXPR_REL || e->rel == CD_REL_MATCHES || !(is_right || is_member(m, e->a))) {
        return refused(m);
    }
    return comparison(m, is_right ? e->a : e->b, is_right ? cd_rel_mirrored(e->rel) : e->rel,
                      e->negated != negated);
}

enum cd_atom
cd_members_of(struct cd_arena *a, const struct cd_expr *key, const struct cd_binding *member,
              const struct cd_expr *body, bool every, bool negated, const struct cd_const_env *env,
              struct cd_condition *out, struct cd_reason *reason)
{
    struct cd_atom_context x = {.a = a, .env = env, .out = out, .reason = reason};
    struct members m = {&x, key, member};
    reason->where = body->span;
    struct question q = question_of(&m, body, negated);
    *out = q.c;
    cd_atom_key(&x, key);
    switch (q.status) {
    case CD_ATOM_INEXPRESSIBLE:
    case CD_ATOM_OPEN:
    case CD_ATOM_WRONG: return q.status;
    case CD_ATOM_NEVER: /* every value of none; one of them: never */
        return every ? cd_atom_null(&x, key, true) : CD_ATOM_NEVER;
    case CD_ATOM_ALWAYS: return every ? CD_ATOM_ALWAYS : cd_atom_null(&x, key, false);
    case CD_ATOM_CONDITION: break;
    }
    out->set = every ? CD_IAM_FOR_ALL : CD_IAM_FOR_ANY;
    out->op = q.inside ? q.c.op : cd_iam_op_info[q.c.op].negation;
    return CD_ATOM_CONDITION;
}
