/* The type of an expression: dispatch, what a place expects, logic, conditionals, arithmetic. */
#include "compiler/sema/check.h"

void
cd_note_table(struct cd_checker *c, struct cd_span span, struct cd_str what)
{
    if (!(c->uses & CD_USES_TABLE)) {
        c->table_span = span;
    }
    c->uses |= CD_USES_TABLE;
    struct cd_diag *d;
    switch (c->place) {
    case CD_PLACE_CONTROL: break;
    case CD_PLACE_LET:
        d = cd_diag_add(c->s->diags, CD_DIAG_NOT_CONSTANT, span, "a constant cannot read `%.*s`",
                        CD_FMT(what));
        cd_diag_help(c->s->diags, d, "what depends on the snapshot is a function: fn %.*s() = …",
                     CD_FMT(c->decl->name.text));
        break;
    case CD_PLACE_PARAM:
        d = cd_diag_add(c->s->diags, CD_DIAG_NOT_CONSTANT, span,
                        "a value that is set from outside cannot read `%.*s`", CD_FMT(what));
        cd_diag_help(c->s->diags, d, "it has to be known without a snapshot");
        break;
    case CD_PLACE_DENY:
        d = cd_diag_add(c->s->diags, CD_DIAG_DENY_TABLE, span, "a deny cannot read `%.*s`",
                        CD_FMT(what));
        cd_diag_help(c->s->diags, d,
                     "documents do not depend on a snapshot: a deny sees the request, constants "
                     "and parameters only");
        break;
    }
}

static const struct cd_type *
infer_not(struct cd_checker *c, struct cd_expr *e)
{
    cd_expect_bool(c, &e->a, "the operand of `not`");
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct cd_type *
infer_logic(struct cd_checker *c, struct cd_expr *e)
{
    const char *what = e->kind == CD_EXPR_AND ? "an operand of `and`" : "an operand of `or`";
    cd_expect_bool(c, &e->a, what);
    cd_expect_bool(c, &e->b, what);
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct cd_type *
infer_presence(struct cd_checker *c, struct cd_expr *e)
{
    cd_infer(c, &e->a, NULL);
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct cd_type *
infer_if(struct cd_checker *c, struct cd_expr *e, const struct cd_type *hint)
{
    cd_expect_bool(c, &e->where, "the condition of `if`");
    const struct cd_type *a = cd_infer(c, &e->a, hint);
    const struct cd_type *b = cd_infer(c, &e->b, hint);
    if (a->kind == CD_TYPE_JSON && b->kind != CD_TYPE_JSON && !cd_type_is_broken(b)) {
        e->a = cd_convert(c, e->a, b);
        return b;
    }
    if (b->kind == CD_TYPE_JSON && a->kind != CD_TYPE_JSON && !cd_type_is_broken(a)) {
        e->b = cd_convert(c, e->b, a);
        return a;
    }
    const struct cd_type *joined = cd_type_join(c->s->types, a, b);
    if (joined) {
        return joined;
    }
    struct cd_str left = cd_type_text(c, a), right = cd_type_text(c, b);
    cd_diag_add(c->s->diags, CD_DIAG_BRANCHES, e->b->span,
                "the branches of `if` have no type in common: expected %.*s, found %.*s",
                CD_FMT(left), CD_FMT(right));
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
infer_neg(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->a, NULL);
    if (t->kind == CD_TYPE_NUMBER || t->kind == CD_TYPE_DURATION || cd_type_is_broken(t)) {
        return t;
    }
    if (t->kind == CD_TYPE_JSON) {
        e->a = cd_convert(c, e->a, cd_simple(c, CD_TYPE_NUMBER));
        return e->a->type;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_ARITHMETIC, e->span,
                                    "`-` takes a number or a duration, found %.*s", CD_FMT(found));
    if (t->kind == CD_TYPE_BOOL) {
        cd_diag_help(c->s->diags, d, "negation of a condition is written `not`");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

/* The result of A op B for scalars, or NULL if there is none. */
static const struct cd_type *
scalar_sum(struct cd_checker *c, bool add, const struct cd_type *a, const struct cd_type *b)
{
    bool at = a->kind == CD_TYPE_TIME, bt = b->kind == CD_TYPE_TIME;
    bool ad = a->kind == CD_TYPE_DURATION, bd = b->kind == CD_TYPE_DURATION;
    if (a->kind == CD_TYPE_NUMBER && b->kind == CD_TYPE_NUMBER) {
        return a;
    }
    if (ad && bd) {
        return a;
    }
    if (at && bd) {
        return a;
    }
    if (ad && bt && add) {
        return b;
    }
    if (at && bt && !add) {
        return cd_simple(c, CD_TYPE_DURATION);
    }
    return NULL;
}

static const struct cd_type *
collection_sum(struct cd_checker *c, bool add, const struct cd_type *a, const struct cd_type *b)
{
    bool sets = a->kind == CD_TYPE_SET && b->kind == CD_TYPE_SET;
    bool lists = a->kind == CD_TYPE_LIST && b->kind == CD_TYPE_LIST && add;
    if (!sets && !lists) {
        return NULL;
    }
    if (!add) {
        return cd_type_comparable(a, b) ? (a->elem->kind == CD_TYPE_NEVER ? b : a) : NULL;
    }
    return cd_type_join(c->s->types, a, b);
}

static void
report_sum(struct cd_checker *c, const struct cd_expr *e)
{
    const struct cd_type *a = e->a->type, *b = e->b->type;
    struct cd_str left = cd_type_text(c, a), right = cd_type_text(c, b);
    bool add = e->kind == CD_EXPR_ADD;
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_ARITHMETIC, e->span, "`%s` does not take %.*s and %.*s",
                    add ? "+" : "-", CD_FMT(left), CD_FMT(right));
    if (cd_type_is_stringlike(a) && cd_type_is_stringlike(b)) {
        cd_diag_help(c->s->diags, d, "texts are joined by interpolation: \"{a}{b}\"");
    } else if (cd_type_is_collection(a) != cd_type_is_collection(b)) {
        cd_diag_help(c->s->diags, d, "put the single value into braces or brackets: xs + {x}");
    } else if (cd_type_is_collection(a) && a->kind == b->kind && a->kind == CD_TYPE_LIST) {
        cd_diag_help(c->s->diags, d,
                     "the difference is that of sets: { x for x in xs where x not in ys }");
    } else if (cd_type_is_collection(a)) {
        cd_diag_help(c->s->diags, d, "both sides are sets, or both are lists");
    } else if (a->kind == CD_TYPE_TIME || b->kind == CD_TYPE_TIME) {
        cd_diag_help(
            c->s->diags, d,
            "time - time is a duration, time + duration a time; durations are written 90d, 12h");
    } else {
        cd_diag_help(c->s->diags, d,
                     "+ and - take numbers, times and durations, sets, and lists (+ only)");
    }
}

/* Gives a json operand the type that the other one calls for. */
static void
convert_sum(struct cd_checker *c, struct cd_expr **e, const struct cd_type *other)
{
    if (cd_type_converts((*e)->type, other)) {
        *e = cd_convert(c, *e, other);
    }
}

const struct cd_type *
cd_infer_sum(struct cd_checker *c, struct cd_expr *e, const struct cd_type *hint)
{
    bool add = e->kind == CD_EXPR_ADD;
    const struct cd_type *passed = hint && cd_type_is_collection(hint) ? hint : NULL;
    cd_infer(c, &e->a, passed);
    cd_infer(c, &e->b, passed);
    if (e->a->type->kind == CD_TYPE_JSON && e->b->type->kind == CD_TYPE_JSON) {
        e->a = cd_convert(c, e->a, cd_simple(c, CD_TYPE_NUMBER));
        e->b = cd_convert(c, e->b, cd_simple(c, CD_TYPE_NUMBER));
    }
    convert_sum(c, &e->a, e->b->type);
    convert_sum(c, &e->b, e->a->type);
    const struct cd_type *a = e->a->type, *b = e->b->type;
    if (a->kind == CD_TYPE_ERROR || b->kind == CD_TYPE_ERROR) {
        return cd_simple(c, CD_TYPE_ERROR);
    }
    const struct cd_type *t =
        cd_type_is_collection(a) ? collection_sum(c, add, a, b) : scalar_sum(c, add, a, b);
    if (t) {
        return t;
    }
    report_sum(c, e);
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
infer_table(struct cd_checker *c, struct cd_expr *e)
{
    e->ref.kind = CD_REF_TABLE;
    e->shape = cd_resolve_table(c->s, e->text, e->span);
    if (e->shape == CD_SCHEMA_NONE) {
        return cd_simple(c, CD_TYPE_ERROR);
    }
    cd_note_table(c, e->span, e->text);
    return cd_type_of(c->s->types, CD_TYPE_SET,
                      cd_type_shape(c->s->types, CD_TYPE_RESOURCE, e->shape));
}

static const struct cd_type *
infer_kind(struct cd_checker *c, struct cd_expr *e, const struct cd_type *hint)
{
    switch (e->kind) {
    case CD_EXPR_ERROR: return cd_simple(c, CD_TYPE_ERROR);
    case CD_EXPR_BOOL:
    case CD_EXPR_NOT:
    case CD_EXPR_AND:
    case CD_EXPR_OR:
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT:
        if (e->kind == CD_EXPR_NOT) {
            return infer_not(c, e);
        }
        if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
            return infer_logic(c, e);
        }
        return e->kind == CD_EXPR_BOOL ? cd_simple(c, CD_TYPE_BOOL) : infer_presence(c, e);
    case CD_EXPR_NUMBER: return cd_simple(c, CD_TYPE_NUMBER);
    case CD_EXPR_DURATION: return cd_simple(c, CD_TYPE_DURATION);
    case CD_EXPR_DATE: return cd_simple(c, CD_TYPE_TIME);
    case CD_EXPR_STRING: return cd_infer_string(c, e, hint);
    case CD_EXPR_NAME: return cd_infer_name(c, e);
    case CD_EXPR_ANAME: return cd_infer_aname(c, e);
    case CD_EXPR_TYPE: return infer_table(c, e);
    case CD_EXPR_LIST:
    case CD_EXPR_SET: return cd_infer_literal_collection(c, e, hint);
    case CD_EXPR_COMPREHENSION: return cd_infer_comprehension(c, e);
    case CD_EXPR_QUANTIFIER: return cd_infer_quantifier(c, e);
    case CD_EXPR_FIELD: return cd_infer_field(c, e);
    case CD_EXPR_INDEX: return cd_infer_index(c, e);
    case CD_EXPR_EACH: return cd_infer_each(c, e);
    case CD_EXPR_CALL: return cd_infer_call(c, e);
    case CD_EXPR_FOLLOW: return cd_infer_follow(c, e);
    case CD_EXPR_NEG: return infer_neg(c, e);
    case CD_EXPR_ADD:
    case CD_EXPR_SUB: return cd_infer_sum(c, e, hint);
    case CD_EXPR_REL: return cd_infer_rel(c, e);
    case CD_EXPR_IF: return infer_if(c, e, hint);
    case CD_EXPR_CONVERT: return e->type;
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

const struct cd_type *
cd_infer(struct cd_checker *c, struct cd_expr **e, const struct cd_type *hint)
{
    if (c->depth >= CD_SEMA_DEPTH_LIMIT) {
        cd_diag_add(
            c->s->diags, CD_DIAG_SEMA_DEPTH, (*e)->span,
            "this is more than %d expressions deep, functions and constants that it uses counted",
            CD_SEMA_DEPTH_LIMIT);
        return cd_error_type(c, *e);
    }
    c->depth++;
    const struct cd_type *t = infer_kind(c, *e, hint);
    c->depth--;
    return (*e)->type = t;
}

/* Is what E says at compile time of the form that WANT asks for? True if it says nothing yet. */
static bool
check_constant(struct cd_checker *c, struct cd_expr *e, const struct cd_type *want, unsigned uses,
               bool *known)
{
    *known = false;
    if (uses != 0) {
        return true;
    }
    const struct cd_const *value = cd_const_eval(c->s->arena, e, NULL);
    struct cd_str why;
    if (!value) {
        return true;
    }
    *known = true;
    if (cd_sema_const_fits(want, value, c->s->arena, &why)) {
        return true;
    }
    cd_diag_add(c->s->diags, CD_DIAG_REFINED_TEXT, e->span, "%.*s", CD_FMT(why));
    return false;
}

static const struct cd_type *
innermost(const struct cd_type *t)
{
    while (cd_type_is_container(t)) {
        t = t->elem;
    }
    return t;
}

/* A plain string where an ARN or an action is asked for means something else there: how patterns
 * work, and case. */
static bool
needs_proof(const struct cd_type *from, const struct cd_type *to)
{
    enum cd_type_kind want = innermost(to)->kind;
    return innermost(from)->kind == CD_TYPE_STRING
           && (want == CD_TYPE_ARN || want == CD_TYPE_ACTION);
}

bool
cd_expect(struct cd_checker *c, struct cd_expr **e, const struct cd_type *want, const char *what)
{
    unsigned before = c->uses;
    c->uses = 0;
    const struct cd_type *t = cd_infer(c, e, want);
    unsigned uses = c->uses;
    c->uses |= before;
    if (cd_type_is_broken(t) || cd_type_is_broken(want) || t == want) {
        return !cd_type_is_broken(t);
    }
    if (cd_type_converts(t, want)) {
        *e = cd_convert(c, *e, want);
        return true;
    }
    if (!cd_type_agrees(t, want)) {
        cd_report_mismatch(c, *e, want, what);
        return false;
    }
    if (!cd_is_refined(innermost(want)) || innermost(t)->kind != CD_TYPE_STRING) {
        return true;
    }
    bool known;
    if (!check_constant(c, *e, want, uses, &known)) {
        return false;
    }
    if (!known && needs_proof(t, want)) {
        cd_report_mismatch(c, *e, want, what);
        return false;
    }
    return true;
}

bool
cd_expect_bool(struct cd_checker *c, struct cd_expr **e, const char *what)
{
    return cd_expect(c, e, cd_simple(c, CD_TYPE_BOOL), what);
}
