/* What IAM can say of a deny's conditions: no counting, no arithmetic on keys, one comparison a
 * member. */
#include "compiler/sema/deny_term.h"

static void
report_count(struct cd_deny_shape *s, const struct cd_expr *e)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_COUNT, e->span,
                                    "IAM cannot count the values of a key");
    cd_diag_help(s->c->s->diags, d, "ask `any v in K { … }`, `all`, `none`, `present K`");
}

static void
report_arithmetic(struct cd_deny_shape *s, const struct cd_expr *e)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_ARITHMETIC, e->span,
                                    "IAM cannot calculate with the value of a key");
    cd_diag_help(s->c->s->diags, d, "compare the key itself with a constant: k < 10");
}

static void
report_index(struct cd_deny_shape *s, const struct cd_expr *e, const struct cd_expr *key)
{
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_MULTIVALUED, e->span,
                                    "the values of `%.*s` have no order", CD_FMT(key->text));
    cd_diag_help(s->c->s->diags, d, "ask any, all or none of them: any v in %.*s { … }",
                 CD_FMT(key->text));
}

static void
report_members(struct cd_deny_shape *s, const struct cd_expr *e, const char *found)
{
    struct cd_diag *d = cd_diag_add(
        s->c->s->diags, CD_DIAG_DENY_MEMBERS, e->span,
        "IAM asks each value of a key one comparison; %s would be asked of different values",
        found);
    cd_diag_help(
        s->c->s->diags, d,
        "ask one comparison with a set: any v in K { v in {…} }, any v in K { v like {…} }");
}

/* Is T (POSITIVE, or its negation) «the member is one of these», by alternatives of ==, in and
 * like? That is one question, with a list. */
static bool
is_membership(struct cd_deny_shape *s, struct cd_term t, const struct cd_binding *member,
              bool positive)
{
    t = cd_term_resolve(t);
    struct cd_term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    bool result = false;
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return false;
    }
    s->depth++;
    if (t.e->kind == CD_EXPR_NOT) {
        result = is_membership(s, a, member, !positive);
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        result = (t.e->kind == CD_EXPR_OR) == positive && is_membership(s, a, member, positive)
                 && is_membership(s, b, member, positive);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        result = is_membership(s, cd_term_call_body(s, t), member, positive);
    } else if (t.e->kind == CD_EXPR_REL && t.e->negated != positive) {
        bool mirrored = t.e->rel == CD_REL_EQ && cd_term_is_binding(b, member);
        result = (t.e->rel == CD_REL_EQ || t.e->rel == CD_REL_IN || t.e->rel == CD_REL_LIKE)
                 && (mirrored || cd_term_is_binding(a, member))
                 && !cd_term_reads_binding(s, mirrored ? a : b, member);
    } else {
        result = !cd_term_reads_binding(s, t, member);
    }
    s->depth--;
    return result;
}

/* Does BODY, asked of each member (NEGATED: its negation is), come to a conjunction of two
 * questions to the same member? Of all members, alternatives that make one list are one. */
static bool
asks_twice(struct cd_deny_shape *s, struct cd_term body, const struct cd_binding *member,
           bool is_all, bool negated)
{
    body = cd_term_resolve(body);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return false;
    }
    struct cd_term a = {body.e->a, body.env}, b = {body.e->b, body.env};
    bool found = false;
    s->depth++;
    if (body.e->kind == CD_EXPR_NOT) {
        found = asks_twice(s, a, member, is_all, !negated);
    } else if (body.e->kind == CD_EXPR_CALL && body.e->ref.kind == CD_REF_FN) {
        found = asks_twice(s, cd_term_call_body(s, body), member, is_all, negated);
    } else if (body.e->kind == CD_EXPR_AND || body.e->kind == CD_EXPR_OR) {
        bool both = cd_term_reads_binding(s, a, member) && cd_term_reads_binding(s, b, member);
        found = both && (body.e->kind == CD_EXPR_AND) != negated
                    ? !is_all || !is_membership(s, body, member, negated)
                    : asks_twice(s, a, member, is_all, negated)
                          || asks_twice(s, b, member, is_all, negated);
    }
    s->depth--;
    return found;
}

static void
check_members(struct cd_deny_shape *s, struct cd_term t)
{
    if (!cd_term_is_key((struct cd_term){t.e->source, t.env})) {
        return;
    }
    if (t.e->where) {
        report_members(s, t.e, "a `where` and the body");
    } else if (asks_twice(s, cd_term_under(s, t, t.e->b), t.e->binding, t.e->quant == CD_QUANT_ALL,
                          t.e->quant == CD_QUANT_ALL)) {
        report_members(s, t.e->b, "p and q");
    }
}

/* Reports the first thing of each kind that IAM cannot say; true ends the search. */
static bool
visit_inexpressible(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    (void)data;
    struct cd_expr *e = t.e;
    struct cd_term inner = {e->a, t.env};
    if (e->kind == CD_EXPR_QUANTIFIER && e->quant == CD_QUANT_COUNT
        && cd_term_reads_any_key(s, t)) {
        report_count(s, e);
        return true;
    }
    if (e->kind == CD_EXPR_CALL && e->ref.kind == CD_REF_BUILTIN
        && e->ref.builtin == CD_BUILTIN_SIZE && e->n_items == 1
        && cd_term_reads_any_key(s, (struct cd_term){e->items[0], t.env})) {
        report_count(s, e);
        return true;
    }
    if ((e->kind == CD_EXPR_ADD || e->kind == CD_EXPR_SUB)
        && (cd_term_reads_any_key(s, inner)
            || cd_term_reads_any_key(s, (struct cd_term){e->b, t.env}))) {
        report_arithmetic(s, e);
        return true;
    }
    if ((e->kind == CD_EXPR_INDEX || e->kind == CD_EXPR_EACH) && cd_term_is_key(inner)) {
        report_index(s, e, cd_term_resolve(inner).e);
        return true;
    }
    if (e->kind == CD_EXPR_NEG && cd_term_reads_any_key(s, inner)) {
        report_arithmetic(s, e);
        return true;
    }
    if (e->kind == CD_EXPR_QUANTIFIER && e->quant != CD_QUANT_COUNT) {
        check_members(s, t);
    }
    return false;
}

void
cd_deny_check_shape(struct cd_deny_shape *s)
{
    struct cd_term when = {s->deny->when, NULL}, unless = {s->deny->unless, NULL};
    if (s->deny->when) {
        (void)cd_term_any(s, when, visit_inexpressible, NULL);
    }
    if (s->deny->unless) {
        (void)cd_term_any(s, unless, visit_inexpressible, NULL);
    }
}

void
cd_check_deny_condition(struct cd_checker *c, struct cd_deny *d)
{
    static void (*const rules[])(struct cd_deny_shape *) = {
        cd_deny_check_shape, cd_deny_check_absent, cd_deny_check_uncarried, cd_deny_check_scope};
    struct cd_deny_shape s = {.c = c, .deny = d};
    size_t errors = c->s->diags->n_errors;
    for (size_t i = 0; i < CD_ARRAY_LEN(rules) && c->s->diags->n_errors == errors; i++) {
        rules[i](&s);
    }
}
