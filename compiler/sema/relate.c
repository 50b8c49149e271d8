/* How types relate: what may stand for what, what two have in common, what can be compared. */
#include "compiler/sema/check.h"

const struct cd_type *
cd_simple(struct cd_checker *c, enum cd_type_kind kind)
{
    return cd_type_simple(c->s->types, kind);
}

const struct cd_type *
cd_error_type(struct cd_checker *c, struct cd_expr *e)
{
    return e->type = cd_simple(c, CD_TYPE_ERROR);
}

bool
cd_is_refined(const struct cd_type *t)
{
    return cd_type_class(t) == CD_CLASS_REFINED;
}

bool
cd_type_is_broken(const struct cd_type *t)
{
    while (t && cd_type_is_container(t)) {
        t = t->elem;
    }
    return !t || t->kind == CD_TYPE_ERROR;
}

static bool
is_open_kind(const struct cd_type *t)
{
    return t->kind == CD_TYPE_ERROR || t->kind == CD_TYPE_NEVER;
}

const struct cd_type *
cd_type_join(struct cd_types *t, const struct cd_type *a, const struct cd_type *b)
{
    if (a == b || b->kind == CD_TYPE_NEVER || a->kind == CD_TYPE_ERROR) {
        return a;
    }
    if (a->kind == CD_TYPE_NEVER || b->kind == CD_TYPE_ERROR) {
        return b;
    }
    if (cd_type_is_stringlike(a) && cd_type_is_stringlike(b)) {
        return cd_type_simple(t, CD_TYPE_STRING);
    }
    if (cd_type_is_container(a) && a->kind == b->kind) {
        const struct cd_type *elem = cd_type_join(t, a->elem, b->elem);
        return elem ? cd_type_of(t, a->kind, elem) : NULL;
    }
    return NULL;
}

/* `resource` is any type but those whose rows are made from other resources. */
static bool
is_any_resource(const struct cd_type *t)
{
    return t->kind == CD_TYPE_RESOURCE && !cd_schema_shape_at(t->shape).is_derived;
}

bool
cd_type_agrees(const struct cd_type *from, const struct cd_type *to)
{
    if (from == to || is_open_kind(from) || to->kind == CD_TYPE_ERROR) {
        return true;
    }
    if (cd_type_is_stringlike(from) && cd_type_is_stringlike(to)) {
        return from->kind == CD_TYPE_STRING || to->kind == CD_TYPE_STRING;
    }
    if (to->kind == CD_TYPE_ANY_RESOURCE) {
        return is_any_resource(from);
    }
    return cd_type_is_container(from) && from->kind == to->kind
           && cd_type_agrees(from->elem, to->elem);
}

static bool
is_network(const struct cd_type *t)
{
    return t->kind == CD_TYPE_IP || t->kind == CD_TYPE_CIDR;
}

bool
cd_type_comparable(const struct cd_type *a, const struct cd_type *b)
{
    if (is_open_kind(a) || is_open_kind(b)) {
        return true;
    }
    if (cd_type_is_stringlike(a) && cd_type_is_stringlike(b)) {
        return a->kind == b->kind || !cd_is_refined(a) || !cd_is_refined(b)
               || (is_network(a) && is_network(b));
    }
    if (cd_type_is_container(a) && a->kind != CD_TYPE_MAP && a->kind == b->kind) {
        return cd_type_comparable(a->elem, b->elem);
    }
    if (a->kind == CD_TYPE_ANY_RESOURCE || b->kind == CD_TYPE_ANY_RESOURCE) {
        return cd_type_agrees(a, b) || cd_type_agrees(b, a);
    }
    bool is_one = cd_type_class(a) == CD_CLASS_SCALAR || a->kind == CD_TYPE_JSON
                  || a->kind == CD_TYPE_RESOURCE;
    return is_one && a == b;
}

bool
cd_type_converts(const struct cd_type *from, const struct cd_type *to)
{
    if (cd_type_is_container(from) && from->kind == to->kind) {
        return cd_type_converts(from->elem, to->elem);
    }
    return from->kind == CD_TYPE_JSON && to->kind != CD_TYPE_JSON && to->kind != CD_TYPE_RESOURCE
           && to->kind != CD_TYPE_ANY_RESOURCE && to->kind != CD_TYPE_NEVER
           && !cd_type_is_broken(to);
}

struct cd_expr *
cd_convert(struct cd_checker *c, struct cd_expr *e, const struct cd_type *to)
{
    struct cd_expr *made = CD_NEW(c->s->arena, struct cd_expr);
    *made = (struct cd_expr){
        .kind = CD_EXPR_CONVERT,
        .span = e->span,
        .type = to,
        .a = e,
        .shape = CD_SCHEMA_NONE,
    };
    return made;
}

struct cd_str
cd_type_text(struct cd_checker *c, const struct cd_type *t)
{
    return cd_type_name(t, c->s->arena);
}

/* What an author probably meant who wrote FROM where TO is asked for. */
static void
mismatch_help(struct cd_checker *c, struct cd_diag *d, const struct cd_type *from,
              const struct cd_type *to)
{
    struct cd_diags *diags = c->s->diags;
    if (to->kind == CD_TYPE_ARN && cd_type_is_stringlike(from)) {
        cd_diag_help(diags, d, "arn(x) is the ARN that a string holds, or absent");
    } else if (to->kind == CD_TYPE_NUMBER && cd_type_is_stringlike(from)) {
        cd_diag_help(diags, d, "number(x) is the number that a string holds, or absent");
    } else if (cd_type_is_stringlike(to) && from->kind == CD_TYPE_NUMBER) {
        cd_diag_help(diags, d, "string(x) is the text of a number");
    } else if (to->kind == CD_TYPE_SET && from->kind == CD_TYPE_LIST) {
        cd_diag_help(
            diags, d,
            "sets are written {a, b}; the members of a list as a set are { x for x in xs }");
    } else if (to->kind == CD_TYPE_LIST && from->kind == CD_TYPE_SET) {
        cd_diag_help(diags, d, "lists are written [a, b]");
    } else if (to->kind == CD_TYPE_BOOL
               && (cd_type_is_collection(from) || from->kind == CD_TYPE_MAP)) {
        cd_diag_help(diags, d, "ask `any x in xs { … }`, `size(xs) > 0` or `present xs`");
    } else if (to->kind == CD_TYPE_BOOL) {
        cd_diag_help(diags, d, "ask `present x`, or compare it");
    } else if (to->kind == CD_TYPE_TIME && cd_type_is_stringlike(from)) {
        cd_diag_help(diags, d, "dates are written without quotes: 2027-03-31");
    } else if (to->kind == CD_TYPE_DURATION
               && (from->kind == CD_TYPE_NUMBER || cd_type_is_stringlike(from))) {
        cd_diag_help(diags, d, "durations are written 90d, 12h, 30m, 15s");
    } else if (to->kind == CD_TYPE_ANY_RESOURCE && from->kind == CD_TYPE_RESOURCE) {
        cd_diag_help(
            diags, d,
            "`resource` leaves out rows that are made from other resources; name the type");
    }
}

void
cd_report_mismatch(struct cd_checker *c, struct cd_expr *e, const struct cd_type *want,
                   const char *what)
{
    struct cd_str wanted = cd_type_text(c, want);
    struct cd_str found = cd_type_text(c, e->type);
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_TYPE_MISMATCH, e->span, "%s: expected %.*s, found %.*s",
                    what, CD_FMT(wanted), CD_FMT(found));
    mismatch_help(c, d, e->type, want);
}
