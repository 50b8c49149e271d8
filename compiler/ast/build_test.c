/* Tests: their steps and the data that they give. */
#include "compiler/ast/build.h"

void
cd_ast_test_begin(struct cd_tree *b, struct cd_span at, struct cd_span title)
{
    cd_ast_control_begin(b, at, title);
    b->decl->kind = CD_DECL_TEST;
    b->decl->name.text = CD_STR("");
    struct cd_expr *text = cd_ast_string(b, title);
    if (!cd_expr_constant_text(text, &b->decl->title_text)) {
        b->decl->title_text =
            cd_str_sub(b->text, title.start + 1, title.end - 1); /* a title has no interpolation */
    }
}

static struct cd_step *
add_step(struct cd_tree *b, enum cd_step_kind kind, struct cd_span at, struct cd_span end)
{
    struct cd_step *s = CD_PUSH(b->arena, b->decl->steps, b->decl->n_steps, b->decl->cap_steps);
    *s = (struct cd_step){.kind = kind, .span = cd_span_join(at, end), .shape = UINT32_MAX};
    s->type_name.text = s->action.text = CD_STR("");
    return s;
}

void
cd_ast_given(struct cd_tree *b, struct cd_span at, struct cd_span type, struct cd_data *object)
{
    struct cd_step *s = add_step(b, CD_STEP_GIVEN, at, object->span);
    s->type_name = cd_ast_name(b, type);
    s->object = object;
}

/* Reports that WORD stands where only RIGHT may. */
static void
check_given(struct cd_tree *b, struct cd_span word, struct cd_str right)
{
    struct cd_str found = cd_tree_slice(b, word);
    if (!cd_str_eq(found, right)) {
        struct cd_diag *d =
            cd_diag_add(b->diags, CD_DIAG_GIVEN_WORD, word, "expected `%.*s`, found `%.*s`",
                        CD_FMT(right), CD_FMT(found));
        cd_diag_help(
            b->diags, d,
            "given TYPE {…}, given unknown TYPE, given file \"x.json\", or given NAME = value");
    }
}

void
cd_ast_given_unknown(struct cd_tree *b, struct cd_span at, struct cd_span word, struct cd_span type)
{
    check_given(b, word, CD_STR("unknown"));
    add_step(b, CD_STEP_GIVEN_UNKNOWN, at, type)->type_name = cd_ast_name(b, type);
}

void
cd_ast_given_file(struct cd_tree *b, struct cd_span at, struct cd_span word, struct cd_span string)
{
    check_given(b, word, CD_STR("file"));
    add_step(b, CD_STEP_GIVEN_FILE, at, string)->text = cd_ast_string(b, string);
}

void
cd_ast_given_param(struct cd_tree *b, struct cd_span at, struct cd_span name, struct cd_expr *value)
{
    struct cd_step *s = add_step(b, CD_STEP_GIVEN_PARAM, at, value->span);
    s->path = cd_ast_path(cd_ast_names(b, NULL, name));
    s->value = value;
}

static void
set_on(struct cd_step *s, const struct cd_expr_list *on)
{
    if (on != NULL) {
        s->on = on->items;
        s->n_on = on->n;
        s->span = cd_span_join(s->span, on->items[on->n - 1]->span);
    }
}

void
cd_ast_request(struct cd_tree *b, struct cd_span at, struct cd_span action, struct cd_expr_list *on,
               struct cd_data *object)
{
    struct cd_step *s = add_step(b, CD_STEP_REQUEST, at, object->span);
    s->action = (struct cd_name){cd_ast_word(b, CD_EXPR_ANAME, action)->text, action};
    s->object = object;
    set_on(s, on);
}

static const struct cd_str expect_words[] = {
    [CD_EXPECT_PASS] = CD_STR_INIT("pass"),
    [CD_EXPECT_FAIL] = CD_STR_INIT("fail"),
    [CD_EXPECT_UNKNOWN] = CD_STR_INIT("unknown"),
    [CD_EXPECT_WAIVED] = CD_STR_INIT("waived"),
};

/* `expect c pass`: the words are the other way round. */
static bool
is_expectation(struct cd_path path)
{
    for (size_t i = 0; path.n == 1 && i < CD_ARRAY_LEN(expect_words); i++) {
        if (cd_str_eq(expect_words[i], path.parts[0].text)) {
            return true;
        }
    }
    return false;
}

void
cd_ast_expect(struct cd_tree *b, struct cd_span at, struct cd_span word,
              const struct cd_name_list *control, struct cd_expr_list *on)
{
    struct cd_path path = cd_ast_path(control);
    struct cd_step *s = add_step(b, CD_STEP_EXPECT, at, path.span);
    s->path = path;
    set_on(s, on);
    struct cd_str found = cd_tree_slice(b, word);
    struct cd_nearest nearest;
    cd_nearest_init(&nearest, found);
    for (size_t i = 0; i < CD_ARRAY_LEN(expect_words); i++) {
        if (cd_str_eq(expect_words[i], found)) {
            s->expect = (enum cd_expect)i;
            return;
        }
        cd_nearest_try(&nearest, expect_words[i]);
    }
    struct cd_diag *d = cd_diag_add(
        b->diags, CD_DIAG_EXPECT_WORD, word,
        "expected `pass`, `fail`, `unknown`, `waived`, `deny` or `not deny`, found `%.*s`",
        CD_FMT(found));
    if (is_expectation(path)) {
        cd_diag_help(b->diags, d, "what is expected comes first: expect %.*s %.*s",
                     CD_FMT(path.parts[0].text), CD_FMT(found));
    } else {
        cd_nearest_help(b->diags, d, &nearest);
    }
}

void
cd_ast_expect_deny(struct cd_tree *b, struct cd_span at, bool negated,
                   const struct cd_name_list *control)
{
    struct cd_path path = cd_ast_path(control);
    struct cd_step *s = add_step(b, CD_STEP_EXPECT_DENY, at, path.span);
    s->path = path;
    s->negated = negated;
}

/* ---- data ---- */

static struct cd_data *
make_data(struct cd_tree *b, enum cd_data_kind kind, struct cd_span span)
{
    struct cd_data *d = CD_NEW(b->arena, struct cd_data);
    d->kind = kind;
    d->span = span;
    return d;
}

struct cd_data *
cd_ast_data_scalar(struct cd_tree *b, struct cd_expr *e)
{
    bool is_number = e->kind == CD_EXPR_NUMBER;
    struct cd_data *d = make_data(b, is_number ? CD_DATA_NUMBER : CD_DATA_EXPR, e->span);
    d->expr = is_number ? NULL : e;
    d->number = is_number ? e->number : 0;
    return d;
}

struct cd_data *
cd_ast_data_negative(struct cd_tree *b, struct cd_span minus, struct cd_span number)
{
    struct cd_data *d = make_data(b, CD_DATA_NUMBER, cd_span_join(minus, number));
    d->number = -cd_ast_number(b, number)->number;
    return d;
}

struct cd_data *
cd_ast_data_path(struct cd_tree *b, const struct cd_name_list *names)
{
    struct cd_path path = cd_ast_path(names);
    bool is_unknown = path.n == 1 && cd_str_eq(path.parts[0].text, CD_STR("unknown"));
    struct cd_data *d = make_data(b, is_unknown ? CD_DATA_UNKNOWN : CD_DATA_PATH, path.span);
    d->path = path;
    return d;
}

struct cd_data *
cd_ast_data_absent(struct cd_tree *b, struct cd_span at)
{
    return make_data(b, CD_DATA_ABSENT, at);
}

struct cd_data *
cd_ast_data_object(struct cd_tree *b, struct cd_span open, const struct cd_pair_list *pairs,
                   struct cd_span close)
{
    struct cd_data *d = make_data(b, CD_DATA_OBJECT, cd_span_join(open, close));
    if (pairs != NULL) {
        d->pairs = pairs->items;
        d->n = pairs->n;
    }
    return d;
}

struct cd_data *
cd_ast_data_list(struct cd_tree *b, struct cd_span open, const struct cd_data_list *items,
                 struct cd_span close)
{
    struct cd_data *d = make_data(b, CD_DATA_LIST, cd_span_join(open, close));
    if (items != NULL) {
        d->items = items->items;
        d->n = items->n;
    }
    return d;
}

/* A LABEL without its colon, a STRING's text, an action or key without backquotes. */
static struct cd_name
key_name(struct cd_tree *b, struct cd_span key)
{
    struct cd_str text = cd_tree_slice(b, key);
    if (text.p[0] == '"') {
        struct cd_expr *e = cd_ast_string(b, key);
        if (!cd_expr_constant_text(e, &text)) {
            text = cd_str_sub(text, 1, text.n - 1); /* keys do not interpolate */
        }
        return (struct cd_name){text, key};
    }
    if (text.p[text.n - 1] == ':') {
        while (text.n > 0 && strchr(": \t\r\n", text.p[text.n - 1]) != NULL) {
            text.n--;
        }
        key.end = key.start + (uint32_t)text.n;
        return (struct cd_name){text, key};
    }
    return (struct cd_name){cd_ast_word(b, CD_EXPR_ANAME, key)->text, key};
}

struct cd_pair_list *
cd_ast_pairs(struct cd_tree *b, struct cd_pair_list *list, struct cd_span key,
             struct cd_data *value)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_pair_list);
    }
    struct cd_data_pair *p = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *p = (struct cd_data_pair){key_name(b, key), value};
    return list;
}

struct cd_data_list *
cd_ast_datas(struct cd_tree *b, struct cd_data_list *list, struct cd_data *value)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_data_list);
    }
    struct cd_data **slot = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *slot = value;
    return list;
}
