/* Calls: functions of the policy, functions of the language, questions to the engines of IAM and of
 * the network. */
#include "compiler/sema/check.h"
#include "runtime/base/regex.h"

void
cd_check_when(struct cd_checker *c, struct cd_expr **when, const char *what)
{
    bool keys = c->keys;
    c->keys = true;
    cd_expect_bool(c, when, what);
    c->keys = keys;
}

static bool
check_count(struct cd_checker *c, const struct cd_expr *e, size_t want, struct cd_str signature)
{
    if (e->n_items == want) {
        return true;
    }
    struct cd_str name = e->a->text;
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_ARGUMENTS, e->span,
                                    "`%.*s`: expected %zu argument%s, found %zu", CD_FMT(name),
                                    want, want == 1 ? "" : "s", e->n_items);
    cd_diag_help(c->s->diags, d, "it is called as %.*s", CD_FMT(signature));
    return false;
}

static struct cd_str
fn_signature(struct cd_checker *c, const struct cd_decl *fn)
{
    struct cd_str text = cd_arena_printf(c->s->arena, "%.*s(", CD_FMT(fn->name.text));
    for (size_t i = 0; i < fn->n_params; i++) {
        struct cd_binding *b = fn->params[i].binding;
        struct cd_str type = cd_type_text(c, b->type);
        text = cd_arena_printf(c->s->arena, "%.*s%s%.*s: %.*s", CD_FMT(text), i > 0 ? ", " : "",
                               CD_FMT(b->name.text), CD_FMT(type));
    }
    return cd_arena_printf(c->s->arena, "%.*s)", CD_FMT(text));
}

static void
infer_arguments(struct cd_checker *c, struct cd_expr *e)
{
    for (size_t i = 0; i < e->n_items; i++) {
        cd_infer(c, &e->items[i], NULL);
    }
}

static const struct cd_type *
call_fn(struct cd_checker *c, struct cd_expr *e)
{
    struct cd_decl *fn = e->ref.decl;
    if (!check_count(c, e, fn->n_params, fn_signature(c, fn))) {
        infer_arguments(c, e);
        return fn->type;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        struct cd_binding *b = fn->params[i].binding;
        struct cd_str what = cd_arena_printf(c->s->arena, "argument `%.*s` of `%.*s`",
                                             CD_FMT(b->name.text), CD_FMT(fn->name.text));
        cd_expect(c, &e->items[i], b->type, what.p);
    }
    unsigned uses = cd_sema_info(c->s, fn)->uses & (CD_USES_TABLE | CD_USES_PARAM);
    if (uses & CD_USES_TABLE) {
        cd_note_table(c, e->a->span, fn->name.text);
    }
    c->uses |= uses;
    return fn->type;
}

/* ---- functions of the language ---- */

static struct cd_expr *
node(struct cd_checker *c, enum cd_expr_kind kind, const struct cd_expr *like,
     enum cd_type_kind type)
{
    struct cd_expr *made = CD_NEW(c->s->arena, struct cd_expr);
    *made = (struct cd_expr){
        .kind = kind, .span = like->span, .type = cd_simple(c, type), .shape = CD_SCHEMA_NONE};
    return made;
}

static struct cd_expr *
call_of(struct cd_checker *c, enum cd_builtin builtin, struct cd_expr *arg, enum cd_type_kind type)
{
    struct cd_expr *callee = node(c, CD_EXPR_NAME, arg, CD_TYPE_ERROR);
    callee->text = cd_builtin_name(builtin);
    callee->ref = (struct cd_ref){.kind = CD_REF_BUILTIN, .builtin = builtin};
    struct cd_expr *call = node(c, CD_EXPR_CALL, arg, type);
    call->a = callee;
    call->ref = callee->ref;
    call->items = CD_NEW_ARRAY(c->s->arena, 1, struct cd_expr *);
    call->items[0] = arg;
    call->n_items = 1;
    return call;
}

/* VALUE if it is there, else OTHER. */
static struct cd_expr *
or_else(struct cd_checker *c, struct cd_expr *value, struct cd_expr *other)
{
    struct cd_expr *test = node(c, CD_EXPR_PRESENT, value, CD_TYPE_BOOL);
    test->a = value;
    struct cd_expr *choice = node(c, CD_EXPR_IF, value, value->type->kind);
    choice->where = test;
    choice->a = value;
    choice->b = other;
    return choice;
}

/* A json value may hold a text or a number: whichever it is. */
static struct cd_expr *
number_of_json(struct cd_checker *c, struct cd_expr *json)
{
    struct cd_expr *text = cd_convert(c, json, cd_simple(c, CD_TYPE_STRING));
    return or_else(c, cd_convert(c, json, cd_simple(c, CD_TYPE_NUMBER)),
                   call_of(c, CD_BUILTIN_NUMBER, text, CD_TYPE_NUMBER));
}

struct cd_expr *
cd_text_of_json(struct cd_checker *c, struct cd_expr *json)
{
    struct cd_expr *text = cd_convert(c, json, cd_simple(c, CD_TYPE_STRING));
    struct cd_expr *number = cd_convert(c, json, cd_simple(c, CD_TYPE_NUMBER));
    struct cd_expr *boolean = cd_convert(c, json, cd_simple(c, CD_TYPE_BOOL));
    return or_else(c, text,
                   or_else(c, call_of(c, CD_BUILTIN_STRING, number, CD_TYPE_STRING),
                           call_of(c, CD_BUILTIN_STRING, boolean, CD_TYPE_STRING)));
}

static const struct cd_type *
call_number(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->items[0], NULL);
    const struct cd_type *number = cd_simple(c, CD_TYPE_NUMBER);
    if (t->kind == CD_TYPE_NUMBER) {
        *e = *e->items[0];
    } else if (t->kind == CD_TYPE_JSON) {
        *e = *number_of_json(c, e->items[0]);
    } else if (!cd_type_is_stringlike(t) && !cd_type_is_broken(t)) {
        cd_report_mismatch(c, e->items[0], cd_simple(c, CD_TYPE_STRING),
                           "the argument of `number`");
    }
    return number;
}

static const struct cd_type *
call_string(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->items[0], NULL);
    const struct cd_type *string = cd_simple(c, CD_TYPE_STRING);
    if (t->kind == CD_TYPE_STRING) {
        *e = *e->items[0];
    } else if (t->kind == CD_TYPE_JSON) {
        *e = *cd_text_of_json(c, e->items[0]);
    } else if (t->kind != CD_TYPE_NUMBER && t->kind != CD_TYPE_BOOL && t->kind != CD_TYPE_TIME
               && t->kind != CD_TYPE_DURATION && !cd_is_refined(t) && !cd_type_is_broken(t)) {
        struct cd_str found = cd_type_text(c, t);
        cd_diag_add(
            c->s->diags, CD_DIAG_TYPE_MISMATCH, e->items[0]->span,
            "the argument of `string`: expected a number, boolean, time or duration, found %.*s",
            CD_FMT(found));
    }
    return string;
}

static const struct cd_type *
call_size(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->items[0], NULL);
    if (t->kind == CD_TYPE_JSON) {
        e->items[0] = cd_convert(c, e->items[0], cd_type_of(c->s->types, CD_TYPE_LIST, t));
    } else if (!cd_type_is_collection(t) && !cd_type_is_broken(t)) {
        struct cd_str found = cd_type_text(c, t);
        struct cd_diag *d = cd_diag_add(
            c->s->diags, CD_DIAG_TYPE_MISMATCH, e->items[0]->span,
            "the argument of `size`: expected a list or a set, found %.*s", CD_FMT(found));
        if (cd_type_is_stringlike(t)) {
            cd_diag_help(c->s->diags, d,
                         "the form of a text is asked with matches: x matches \"^.{3,}$\"");
        }
    }
    return cd_simple(c, CD_TYPE_NUMBER);
}

void
cd_check_regex(struct cd_checker *c, const struct cd_expr *e, bool with_group)
{
    if (!cd_is_literal(e)) {
        struct cd_diag *d =
            cd_diag_add(c->s->diags, CD_DIAG_REGEX, e->span,
                        "a regular expression is a literal text, without interpolation");
        cd_diag_help(c->s->diags, d, "compare with `like` where the pattern is a value");
        return;
    }
    struct cd_str text = cd_literal_text(c, e);
    char why[160] = "";
    struct cd_regex *re = cd_regex_new(text, why, sizeof why);
    if (!re) {
        cd_diag_add(c->s->diags, CD_DIAG_REGEX, e->span,
                    "expected a regular expression in RE2's syntax: %s",
                    why[0] ? why : "out of memory");
        return;
    }
    if (with_group && cd_regex_n_groups(re) == 0) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NO_GROUP, e->span,
                                        "the expression has no group to capture");
        cd_diag_help(c->s->diags, d,
                     "put what you want into parentheses: capture(x, \"^team-(.*)$\")");
    }
    cd_regex_free(re);
}

static const struct cd_type *
call_capture(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *string = cd_simple(c, CD_TYPE_STRING);
    cd_expect(c, &e->items[0], string, "the first argument of `capture`");
    if (cd_expect(c, &e->items[1], string, "the second argument of `capture`")) {
        cd_check_regex(c, e->items[1], true);
    }
    return string;
}

/* ---- questions ---- */

static bool
is_shape(const struct cd_type *t, struct cd_str name)
{
    return t->kind == CD_TYPE_RESOURCE && cd_str_eq(cd_schema_shape_at(t->shape).name, name);
}

static void
expect_principal(struct cd_checker *c, struct cd_expr **e, const char *what, bool role_only)
{
    const struct cd_type *t = cd_infer(c, e, NULL);
    if (cd_type_is_broken(t) || is_shape(t, CD_STR("AWS::IAM::Role"))
        || (!role_only && is_shape(t, CD_STR("AWS::IAM::User")))) {
        return;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d = cd_diag_add(
        c->s->diags, CD_DIAG_TYPE_MISMATCH, (*e)->span, "%s: expected %s, found %.*s", what,
        role_only ? "AWS::IAM::Role" : "AWS::IAM::Role or AWS::IAM::User", CD_FMT(found));
    if (cd_type_is_stringlike(t) || t->kind == CD_TYPE_JSON) {
        cd_diag_help(c->s->diags, d, "the role that a name or ARN names is x -> AWS::IAM::Role");
    }
}

static void
expect_action(struct cd_checker *c, struct cd_expr **e, const char *what)
{
    const struct cd_type *action = cd_simple(c, CD_TYPE_ACTION);
    bool keys = c->keys;
    c->keys = false;
    if ((*e)->kind == CD_EXPR_SET || (*e)->kind == CD_EXPR_NAME || (*e)->kind == CD_EXPR_FIELD) {
        const struct cd_type *t = cd_infer(c, e, cd_type_of(c->s->types, CD_TYPE_SET, action));
        const struct cd_type *one = cd_type_is_collection(t) ? t->elem : t;
        if (!cd_type_is_stringlike(one) && !cd_type_is_broken(one) && one->kind != CD_TYPE_NEVER) {
            cd_report_mismatch(c, *e, action, what);
        }
    } else {
        cd_expect(c, e, action, what);
    }
    c->keys = keys;
}

/* can(principal, action, arn [when q]), allows and denies(doc, action, arn [when q]) */
static const struct cd_type *
call_permission(struct cd_checker *c, struct cd_expr *e)
{
    bool is_can = e->ref.builtin == CD_BUILTIN_CAN;
    if (is_can) {
        expect_principal(c, &e->items[0], "the first argument of `can`", false);
    } else {
        cd_expect(c, &e->items[0], cd_simple(c, CD_TYPE_POLICY), "the document");
    }
    expect_action(c, &e->items[1], "the action");
    if (cd_expect(c, &e->items[2], cd_simple(c, CD_TYPE_STRING), "the ARN pattern")) {
        cd_check_arn_pattern(c, e->items[2], CD_DIAG_SHORT_ARN);
    }
    if (e->where) {
        cd_check_question_when(c, &e->where);
    }
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct cd_type *
call_becomes(struct cd_checker *c, struct cd_expr *e)
{
    expect_principal(c, &e->items[0], "the first argument of `becomes`", false);
    expect_principal(c, &e->items[1], "the second argument of `becomes`", true);
    return cd_simple(c, CD_TYPE_BOOL);
}

static void
expect_end_point(struct cd_checker *c, struct cd_expr **e, const char *what)
{
    struct cd_expr *x = *e;
    if (x->kind == CD_EXPR_NAME && cd_str_eq(x->text, CD_STR("internet"))) {
        x->ref.kind = CD_REF_INTERNET;
        x->type = cd_simple(c, CD_TYPE_ANY_RESOURCE);
        return;
    }
    const struct cd_type *t = cd_infer(c, e, NULL);
    if (t->kind == CD_TYPE_RESOURCE || t->kind == CD_TYPE_ANY_RESOURCE || cd_type_is_broken(t)) {
        return;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_TYPE_MISMATCH, x->span,
                    "%s: expected a resource or `internet`, found %.*s", what, CD_FMT(found));
    if (cd_type_is_collection(t)) {
        cd_diag_help(c->s->diags, d, "ask for each: any x in xs { reaches(x, to, port) }");
    } else if (cd_type_is_stringlike(t)) {
        cd_diag_help(c->s->diags, d, "the resource that an id, name or ARN names is x -> TYPE");
    }
}

static const struct cd_type *
call_reaches(struct cd_checker *c, struct cd_expr *e)
{
    expect_end_point(c, &e->items[0], "the first argument of `reaches`");
    expect_end_point(c, &e->items[1], "the second argument of `reaches`");
    cd_expect(c, &e->items[2], cd_simple(c, CD_TYPE_NUMBER), "the port");
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct {
    size_t n;
    struct cd_str signature;
    bool asks; /* reads the snapshot */
    bool takes_when;
} builtins[] = {
    [CD_BUILTIN_ARN] = {1, CD_STR_INIT("arn(text)"), false, false},
    [CD_BUILTIN_NUMBER] = {1, CD_STR_INIT("number(text)"), false, false},
    [CD_BUILTIN_STRING] = {1, CD_STR_INIT("string(x)"), false, false},
    [CD_BUILTIN_SIZE] = {1, CD_STR_INIT("size(xs)"), false, false},
    [CD_BUILTIN_CAPTURE] = {2, CD_STR_INIT("capture(text, \"re(gex)\")"), false, false},
    [CD_BUILTIN_CAN] = {3, CD_STR_INIT("can(principal, action, arn [when q])"), true, true},
    [CD_BUILTIN_ALLOWS] = {3, CD_STR_INIT("allows(document, action, arn [when q])"), true, true},
    [CD_BUILTIN_DENIES] = {3, CD_STR_INIT("denies(document, action, arn [when q])"), true, true},
    [CD_BUILTIN_BECOMES] = {2, CD_STR_INIT("becomes(role, role)"), true, false},
    [CD_BUILTIN_REACHES] = {3, CD_STR_INIT("reaches(from, to, port)"), true, false},
};

static const struct cd_type *
builtin_result(struct cd_checker *c, enum cd_builtin b)
{
    switch (b) {
    case CD_BUILTIN_ARN: return cd_simple(c, CD_TYPE_ARN);
    case CD_BUILTIN_NUMBER:
    case CD_BUILTIN_SIZE: return cd_simple(c, CD_TYPE_NUMBER);
    case CD_BUILTIN_STRING:
    case CD_BUILTIN_CAPTURE: return cd_simple(c, CD_TYPE_STRING);
    case CD_BUILTIN_CAN:
    case CD_BUILTIN_ALLOWS:
    case CD_BUILTIN_DENIES:
    case CD_BUILTIN_BECOMES:
    case CD_BUILTIN_REACHES: break;
    }
    return cd_simple(c, CD_TYPE_BOOL);
}

static const struct cd_type *
call_builtin(struct cd_checker *c, struct cd_expr *e)
{
    enum cd_builtin b = e->ref.builtin;
    if (builtins[b].asks) {
        cd_note_table(c, e->a->span, e->a->text);
    }
    if (!check_count(c, e, builtins[b].n, builtins[b].signature)) {
        infer_arguments(c, e);
        return builtin_result(c, b);
    }
    switch (b) {
    case CD_BUILTIN_ARN:
        cd_expect(c, &e->items[0], cd_simple(c, CD_TYPE_STRING), "the argument of `arn`");
        return builtin_result(c, b);
    case CD_BUILTIN_NUMBER: return call_number(c, e);
    case CD_BUILTIN_STRING: return call_string(c, e);
    case CD_BUILTIN_SIZE: return call_size(c, e);
    case CD_BUILTIN_CAPTURE: return call_capture(c, e);
    case CD_BUILTIN_CAN:
    case CD_BUILTIN_ALLOWS:
    case CD_BUILTIN_DENIES: return call_permission(c, e);
    case CD_BUILTIN_BECOMES: return call_becomes(c, e);
    case CD_BUILTIN_REACHES: return call_reaches(c, e);
    }
    return builtin_result(c, b);
}

const struct cd_type *
cd_infer_call(struct cd_checker *c, struct cd_expr *e)
{
    if (!cd_resolve_callee(c, e->a, &e->ref)) {
        infer_arguments(c, e);
        return cd_simple(c, CD_TYPE_ERROR);
    }
    bool takes_when = e->ref.kind == CD_REF_BUILTIN && builtins[e->ref.builtin].takes_when;
    if (e->where && !takes_when) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_WHEN, e->where->span,
                                        "`%.*s` takes no `when`", CD_FMT(e->a->text));
        cd_diag_help(c->s->diags, d, "only can, allows and denies ask about requests");
    }
    return e->ref.kind == CD_REF_FN ? call_fn(c, e) : call_builtin(c, e);
}
