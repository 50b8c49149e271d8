/* Relations: which types can be compared how, what literals on one side take from the other, and
 * values that AWS does not list. */
#include "compiler/sema/check.h"

static const char *
rel_text(const struct cd_expr *e)
{
    switch (e->rel) {
    case CD_REL_EQ: return e->negated ? "!=" : "==";
    case CD_REL_LT: return "<";
    case CD_REL_LE: return "<=";
    case CD_REL_GT: return ">";
    case CD_REL_GE: return ">=";
    case CD_REL_IN: return e->negated ? "not in" : "in";
    case CD_REL_LIKE: return e->negated ? "not like" : "like";
    case CD_REL_MATCHES: return e->negated ? "not matches" : "matches";
    case CD_REL_WITHIN: return e->negated ? "not within" : "within";
    }
    return "";
}

/* Does E take its type from its place? */
static bool
is_flexible(const struct cd_expr *e)
{
    return e->kind == CD_EXPR_STRING || e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST;
}

static void
report_rel(struct cd_checker *c, const struct cd_expr *e, const char *expected)
{
    struct cd_str a = cd_type_text(c, e->a->type), b = cd_type_text(c, e->b->type);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_COMPARABLE, e->span,
                                    "`%s`: expected %s, found %.*s and %.*s", rel_text(e), expected,
                                    CD_FMT(a), CD_FMT(b));
    const struct cd_type *x = e->a->type, *y = e->b->type;
    if (cd_type_is_stringlike(x) && e->b->kind == CD_EXPR_TYPE) {
        cd_diag_help(c->s->diags, d, "the name of a type as a text stands in quotes: \"%.*s\"",
                     CD_FMT(e->b->text));
    } else if (e->rel == CD_REL_EQ && cd_type_is_collection(y) && !cd_type_is_collection(x)) {
        cd_diag_help(c->s->diags, d, "whether it is one of them is asked with `%s`",
                     e->negated ? "not in" : "in");
    } else if (cd_type_is_collection(x) && e->rel == CD_REL_IN && cd_type_is_collection(y)) {
        cd_diag_help(c->s->diags, d,
                     "ask for each member: all v in xs { v in ys }, or any v in xs { v in ys }");
    } else if (cd_type_is_collection(x) && !cd_type_is_collection(y) && e->rel != CD_REL_IN) {
        cd_diag_help(c->s->diags, d, "ask for each member: any v in xs { v %s … }", rel_text(e));
    } else if (x->kind != y->kind && cd_type_is_collection(x) && cd_type_is_collection(y)) {
        cd_diag_help(c->s->diags, d,
                     "sets are written {a, b}, lists [a, b]; the members of a list as a set are { "
                     "x for x in xs }");
    } else if (x->kind == CD_TYPE_ACCOUNT && y->kind == CD_TYPE_NUMBER) {
        cd_diag_help(c->s->diags, d, "accounts stand in quotes: \"111122223333\"");
    } else if (cd_type_is_stringlike(x) && y->kind == CD_TYPE_NUMBER) {
        cd_diag_help(c->s->diags, d, "number(x) is the number that a string holds, or absent");
    } else if (cd_type_is_stringlike(x) && y->kind == CD_TYPE_BOOL) {
        cd_diag_help(c->s->diags, d, "the property is a text here: compare with \"true\"");
    } else if (x->kind == CD_TYPE_BOOL && cd_type_is_stringlike(y)) {
        cd_diag_help(c->s->diags, d, "true and false stand without quotes");
    } else if ((x->kind == CD_TYPE_TIME && cd_type_is_stringlike(y))
               || (y->kind == CD_TYPE_TIME && cd_type_is_stringlike(x))) {
        cd_diag_help(c->s->diags, d,
                     "dates are written without quotes: 2027-03-31; other times are "
                     "\"2027-03-31T12:00:00Z\"");
    } else if ((x->kind == CD_TYPE_DURATION && y->kind == CD_TYPE_NUMBER)
               || (y->kind == CD_TYPE_DURATION && x->kind == CD_TYPE_NUMBER)) {
        cd_diag_help(c->s->diags, d, "durations are written 90d, 12h, 30m, 15s");
    } else if (x->kind == CD_TYPE_NUMBER && cd_type_is_stringlike(y)) {
        cd_diag_help(c->s->diags, d,
                     "numbers stand without quotes; number(x) is the number that a string holds");
    } else if (e->rel == CD_REL_IN && y->kind == CD_TYPE_MAP) {
        cd_diag_help(c->s->diags, d, "whether a map has a key is asked with present m[\"key\"]");
    } else if (e->rel == CD_REL_IN && !cd_type_is_collection(y)) {
        cd_diag_help(c->s->diags, d,
                     cd_type_is_stringlike(y) && cd_type_is_stringlike(x)
                         ? "that a text holds another is asked with like: x like \"*part*\""
                         : "the right side of `in` is a list or a set");
    }
}

static void
convert_to(struct cd_checker *c, struct cd_expr **e, const struct cd_type *to)
{
    if (cd_type_converts((*e)->type, to)) {
        *e = cd_convert(c, *e, to);
    }
}

static const struct cd_type *
member_of(const struct cd_type *t)
{
    return cd_type_is_collection(t) ? t->elem : t;
}

/* ---- values of refined types and of listed properties ---- */

/* The listed values of the property that E reads, CD_SCHEMA_NONE if it reads none. */
static uint32_t
enum_of(const struct cd_expr *e)
{
    if (e->kind != CD_EXPR_FIELD || e->ref.kind != CD_REF_FIELD) {
        return CD_SCHEMA_NONE;
    }
    struct cd_schema_type t = cd_schema_type_at(cd_schema_field_at(e->ref.field).type);
    for (unsigned depth = 0; t.kind == CD_SCHEMA_LIST && depth < 8; depth++) {
        t = cd_schema_type_at(t.ref);
    }
    return t.kind == CD_SCHEMA_STRING ? t.enum_set : CD_SCHEMA_NONE;
}

void
cd_check_listed(struct cd_checker *c, struct cd_span span, uint32_t enum_set,
                struct cd_str property, struct cd_str value)
{
    struct cd_nearest near;
    cd_nearest_init(&near, value);
    uint32_t n = cd_schema_enum_size(enum_set);
    for (uint32_t i = 0; i < n; i++) {
        struct cd_str listed = cd_schema_enum_at(enum_set, i);
        if (cd_str_eq(listed, value)) {
            return;
        }
        cd_nearest_try(&near, listed);
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_LISTED, span,
                                    "\"%.*s\" is not among the values that AWS lists for %.*s",
                                    CD_FMT(value), CD_FMT(property));
    cd_nearest_help(c->s->diags, d, &near);
}

static void
check_type_name(struct cd_checker *c, const struct cd_expr *e)
{
    struct cd_str text = cd_literal_text(c, e);
    uint32_t shape = cd_schema_find_shape(text);
    if (shape != CD_SCHEMA_NONE && cd_schema_shape_at(shape).is_resource) {
        return;
    }
    struct cd_nearest near;
    cd_nearest_init(&near, text);
    for (uint32_t i = 0; i < cd_schema_n_shapes(); i++) {
        if (cd_schema_shape_at(i).is_resource) {
            cd_nearest_try(&near, cd_schema_shape_at(i).name);
        }
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_LISTED, e->span,
                                    "\"%.*s\" is no resource type", CD_FMT(text));
    cd_nearest_help(c->s->diags, d, &near);
}

/* Literals on one side against the property on the other. */
static void
check_values(struct cd_checker *c, const struct cd_expr *property, const struct cd_expr *value)
{
    if (value->kind == CD_EXPR_SET || value->kind == CD_EXPR_LIST) {
        for (size_t i = 0; i < value->n_items; i++) {
            check_values(c, property, value->items[i]);
        }
        return;
    }
    if (!cd_is_literal(value)) {
        return;
    }
    if (property->ref.kind == CD_REF_ENVELOPE && property->ref.envelope == CD_ENV_TYPE) {
        check_type_name(c, value);
        return;
    }
    uint32_t enum_set = enum_of(property);
    if (enum_set != CD_SCHEMA_NONE) {
        cd_check_listed(c, value->span, enum_set, property->text, cd_literal_text(c, value));
    }
}

/* A constant on one side has to be of the form that the other's type asks for; literals were
 * checked where they stand. */
static void
check_refined_side(struct cd_checker *c, const struct cd_expr *e, unsigned uses,
                   const struct cd_type *other)
{
    if (uses != 0 || is_flexible(e) || !cd_is_refined(member_of(other))
        || member_of(e->type)->kind != CD_TYPE_STRING) {
        return;
    }
    const struct cd_const *value = cd_const_eval(c->s->arena, e, NULL);
    const struct cd_type *want = member_of(other);
    if (cd_type_is_collection(e->type)) {
        want = cd_type_of(c->s->types, e->type->kind, want);
    }
    struct cd_str why;
    if (value && value->kind != CD_CONST_ABSENT
        && !cd_sema_const_fits(want, value, c->s->arena, &why)) {
        cd_diag_add(c->s->diags, CD_DIAG_REFINED_TEXT, e->span, "%.*s", CD_FMT(why));
    }
}

/* ---- each relation ---- */

static bool
broken(const struct cd_expr *e)
{
    return cd_type_is_broken(e->a->type) || cd_type_is_broken(e->b->type);
}

/* {} is the empty list where a list is compared, [] the empty set. */
static void
adapt_empty(struct cd_checker *c, struct cd_expr *e, const struct cd_type *other)
{
    bool is_literal = e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST;
    if (is_literal && e->n_items == 0 && cd_type_is_collection(other)
        && other->kind != e->type->kind) {
        e->kind = other->kind == CD_TYPE_SET ? CD_EXPR_SET : CD_EXPR_LIST;
        e->type = cd_type_of(c->s->types, other->kind, cd_simple(c, CD_TYPE_NEVER));
    }
}

static void
rel_equal(struct cd_checker *c, struct cd_expr *e)
{
    adapt_empty(c, e->a, e->b->type);
    adapt_empty(c, e->b, e->a->type);
    convert_to(c, &e->a, e->b->type);
    convert_to(c, &e->b, e->a->type);
    if (broken(e) || cd_type_comparable(e->a->type, e->b->type)) {
        return;
    }
    if (e->a->type->kind == CD_TYPE_RECORD || e->a->type->kind == CD_TYPE_POLICY
        || e->a->type->kind == CD_TYPE_MAP) {
        report_rel(c, e, "values that can be equal (objects are compared property by property)");
    } else {
        report_rel(c, e, "two values of one type");
    }
}

static void
rel_order(struct cd_checker *c, struct cd_expr *e)
{
    if (e->a->type->kind == CD_TYPE_JSON && e->b->type->kind == CD_TYPE_JSON) {
        convert_to(c, &e->a, cd_simple(c, CD_TYPE_NUMBER));
    }
    convert_to(c, &e->a, e->b->type);
    convert_to(c, &e->b, e->a->type);
    enum cd_type_kind kind = e->a->type->kind;
    bool ordered = kind == CD_TYPE_NUMBER || kind == CD_TYPE_TIME || kind == CD_TYPE_DURATION;
    if (!broken(e) && (!ordered || e->a->type != e->b->type)) {
        report_rel(c, e, "two numbers, two times or two durations");
    }
}

static void
rel_in(struct cd_checker *c, struct cd_expr *e)
{
    if (e->b->type->kind == CD_TYPE_JSON) {
        const struct cd_type *member = e->a->type;
        if (member->kind == CD_TYPE_RESOURCE || member->kind == CD_TYPE_ANY_RESOURCE) {
            report_rel(c, e, "a value and a list or a set");
            return;
        }
        if (!cd_type_is_broken(member)) {
            e->b = cd_convert(c, e->b, cd_type_of(c->s->types, CD_TYPE_LIST, member));
        }
        return;
    }
    if (!cd_type_is_collection(e->b->type)) {
        if (!broken(e)) {
            report_rel(c, e, "a value and a list or a set");
        }
        return;
    }
    convert_to(c, &e->a, e->b->type->elem);
    if (e->b->type->elem->kind == CD_TYPE_JSON && e->a->type->kind != CD_TYPE_JSON && !broken(e)
        && e->a->type->kind != CD_TYPE_RESOURCE && e->a->type->kind != CD_TYPE_ANY_RESOURCE) {
        e->b = cd_convert(c, e->b, cd_type_of(c->s->types, e->b->type->kind, e->a->type));
    }
    if (!broken(e) && !cd_type_comparable(e->a->type, e->b->type->elem)) {
        report_rel(c, e, "a value and a list or set of its type");
    }
}

/* The right side of `like` and `within`: a text, or a list or set of texts. */
static bool
expect_texts(struct cd_checker *c, struct cd_expr **e)
{
    const struct cd_type *string = cd_simple(c, CD_TYPE_STRING);
    const struct cd_type *t = (*e)->type;
    convert_to(c, e, string);
    if (cd_type_is_collection(t) && t->elem->kind == CD_TYPE_JSON) {
        *e = cd_convert(c, *e, cd_type_of(c->s->types, t->kind, string));
    }
    const struct cd_type *one = member_of((*e)->type);
    return cd_type_is_stringlike(one) || one->kind == CD_TYPE_NEVER;
}

static void
rel_like(struct cd_checker *c, struct cd_expr *e)
{
    convert_to(c, &e->a, cd_simple(c, CD_TYPE_STRING));
    bool texts = expect_texts(c, &e->b);
    if (broken(e)) {
        return;
    }
    if (!cd_type_is_stringlike(e->a->type) || !texts) {
        report_rel(c, e, "a text and a pattern, or a list or set of patterns");
    } else if (e->a->type->kind == CD_TYPE_ARN) {
        cd_check_arn_pattern(c, e->b, CD_DIAG_SHORT_ARN);
    }
}

static void
rel_matches(struct cd_checker *c, struct cd_expr *e)
{
    convert_to(c, &e->a, cd_simple(c, CD_TYPE_STRING));
    if (e->b->kind != CD_EXPR_STRING) {
        if (!broken(e)) {
            cd_check_regex(c, e->b, false);
        }
        return;
    }
    if (!broken(e) && !cd_type_is_stringlike(e->a->type)) {
        report_rel(c, e, "a text and a regular expression");
        return;
    }
    cd_check_regex(c, e->b, false);
}

static void
check_network(struct cd_checker *c, const struct cd_expr *e, enum cd_type_kind kind)
{
    if (e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST) {
        for (size_t i = 0; i < e->n_items; i++) {
            check_network(c, e->items[i], kind);
        }
    } else if (cd_is_literal(e)) {
        cd_check_refined(c->s, e->span, cd_literal_text(c, e), kind);
    }
}

static bool
is_address(const struct cd_type *t)
{
    return t->kind == CD_TYPE_STRING || t->kind == CD_TYPE_IP || t->kind == CD_TYPE_CIDR
           || t->kind == CD_TYPE_NEVER;
}

static void
rel_within(struct cd_checker *c, struct cd_expr *e)
{
    convert_to(c, &e->a, cd_simple(c, CD_TYPE_STRING));
    bool texts = expect_texts(c, &e->b);
    if (broken(e)) {
        return;
    }
    if (!is_address(e->a->type) || !texts || !is_address(member_of(e->b->type))) {
        report_rel(c, e, "an address or network and a network, or a list or set of networks");
        return;
    }
    check_network(c, e->a, CD_TYPE_CIDR);
    check_network(c, e->b, CD_TYPE_CIDR);
}

/* What the literals of one side may take from the type of the other. */
static const struct cd_type *
hint_for(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *other, bool is_right)
{
    bool is_order =
        e->rel == CD_REL_LT || e->rel == CD_REL_LE || e->rel == CD_REL_GT || e->rel == CD_REL_GE;
    if (e->rel == CD_REL_EQ || (is_order && other->kind == CD_TYPE_TIME)) {
        return other;
    }
    if (e->rel == CD_REL_IN && !is_right) {
        return cd_type_is_collection(other) ? other->elem : NULL;
    }
    if (e->rel == CD_REL_IN && !cd_type_is_broken(other)) {
        return cd_type_of(c->s->types, CD_TYPE_SET, other);
    }
    return NULL;
}

static void
infer_sides(struct cd_checker *c, struct cd_expr *e)
{
    unsigned before = c->uses, a_uses, b_uses;
    c->uses = 0;
    if (is_flexible(e->a) && !is_flexible(e->b)) {
        const struct cd_type *b = cd_infer(c, &e->b, NULL);
        b_uses = c->uses;
        c->uses = 0;
        cd_infer(c, &e->a, hint_for(c, e, b, false));
        a_uses = c->uses;
    } else {
        const struct cd_type *a = cd_infer(c, &e->a, NULL);
        a_uses = c->uses;
        c->uses = 0;
        cd_infer(c, &e->b, hint_for(c, e, a, true));
        b_uses = c->uses;
    }
    c->uses = before | a_uses | b_uses;
    if (e->rel == CD_REL_EQ || e->rel == CD_REL_IN) {
        check_refined_side(c, e->a, a_uses, e->b->type);
        check_refined_side(c, e->b, b_uses, e->a->type);
        check_values(c, e->a, e->b);
        check_values(c, e->b, e->a);
    }
}

static bool
is_multivalued_key(const struct cd_expr *e)
{
    return e->kind == CD_EXPR_ANAME && e->ref.kind == CD_REF_KEY && e->type->kind == CD_TYPE_LIST;
}

/* A key with several values compared as one: only `v in K` says what it means. */
static bool
report_multivalued(struct cd_checker *c, const struct cd_expr *e)
{
    const struct cd_expr *key = is_multivalued_key(e->a) ? e->a : e->b;
    if (!is_multivalued_key(key) || (key == e->b && e->rel == CD_REL_IN)) {
        return false;
    }
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_DENY_MULTIVALUED, e->span,
                    "`%.*s` has several values and is compared as one", CD_FMT(key->text));
    cd_diag_help(c->s->diags, d, "say which of them: any v in %.*s { v %s … }, or all, or none",
                 CD_FMT(key->text), rel_text(e));
    return true;
}

/* `"aws:RequestedRegion" == "eu-west-1"`, as documents write it. */
static void
report_quoted_key(struct cd_checker *c, const struct cd_expr *e)
{
    const struct cd_expr *text = cd_is_literal(e->a) ? e->a : e->b;
    const struct cd_expr *other = text == e->a ? e->b : e->a;
    if (!c->keys || !cd_is_literal(text) || other->kind == CD_EXPR_ANAME
        || cd_iam_find_key(cd_literal_text(c, text)) == CD_SCHEMA_NONE) {
        return;
    }
    struct cd_str key = cd_literal_text(c, text);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_DENY_QUOTED_KEY, text->span,
                                    "\"%.*s\" is a text here, and no condition key", CD_FMT(key));
    cd_diag_help(c->s->diags, d, "write the key without quotes: %.*s", CD_FMT(key));
}

/* `r.arn == "arn:aws:iam::*:role/x"`: true of nothing. A `*` alone may be a value. */
static void
check_wildcards(struct cd_checker *c, const struct cd_expr *rel, const struct cd_expr *e)
{
    if (e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST) {
        for (size_t i = 0; i < e->n_items; i++) {
            check_wildcards(c, rel, e->items[i]);
        }
        return;
    }
    struct cd_str text = cd_is_literal(e) ? cd_literal_text(c, e) : CD_STR("");
    bool is_arn = rel->a->type->kind == CD_TYPE_ARN || rel->b->type->kind == CD_TYPE_ARN;
    if (cd_str_find(text, '*', 0) < text.n && (is_arn || !cd_str_eq(text, CD_STR("*")))) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_WILDCARD_EQUAL, e->span,
                                        "under `%s` the *%s stands for itself", rel_text(rel),
                                        is_arn ? " of an ARN" : "");
        cd_diag_help(c->s->diags, d, "patterns are compared with `%s`",
                     rel->negated ? "not like" : "like");
    }
}

/* ARNs, and texts of the request. */
static void
check_equal_patterns(struct cd_checker *c, const struct cd_expr *e)
{
    bool compares = e->rel == CD_REL_EQ || e->rel == CD_REL_IN;
    bool is_text_key = e->a->kind == CD_EXPR_ANAME && e->a->ref.kind == CD_REF_KEY
                       && e->a->type->kind == CD_TYPE_STRING;
    if (compares && (e->a->type->kind == CD_TYPE_ARN || is_text_key)) {
        check_wildcards(c, e, e->b);
    } else if (e->rel == CD_REL_EQ && e->b->type->kind == CD_TYPE_ARN) {
        check_wildcards(c, e, e->a);
    }
}

const struct cd_type *
cd_infer_rel(struct cd_checker *c, struct cd_expr *e)
{
    infer_sides(c, e);
    report_quoted_key(c, e);
    if (report_multivalued(c, e)) {
        return cd_simple(c, CD_TYPE_BOOL);
    }
    check_equal_patterns(c, e);
    switch (e->rel) {
    case CD_REL_EQ: rel_equal(c, e); break;
    case CD_REL_LT:
    case CD_REL_LE:
    case CD_REL_GT:
    case CD_REL_GE: rel_order(c, e); break;
    case CD_REL_IN: rel_in(c, e); break;
    case CD_REL_LIKE: rel_like(c, e); break;
    case CD_REL_MATCHES: rel_matches(c, e); break;
    case CD_REL_WITHIN: rel_within(c, e); break;
    }
    return cd_simple(c, CD_TYPE_BOOL);
}
