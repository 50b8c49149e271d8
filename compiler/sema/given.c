/* The data of tests against the schema: resources that are given. */
#include "compiler/sema/check.h"
#include "runtime/base/num.h"

#define DEPTH_LIMIT 256

static void check_data(struct cd_checker *c, struct cd_data *data, const struct cd_type *want,
                       const char *what, unsigned depth);

static const char *
data_text(const struct cd_data *data)
{
    switch (data->kind) {
    case CD_DATA_OBJECT: return "an object";
    case CD_DATA_LIST: return "a list";
    case CD_DATA_NUMBER: return "number";
    case CD_DATA_ABSENT: return "absent";
    case CD_DATA_UNKNOWN: return "unknown";
    case CD_DATA_EXPR:
    case CD_DATA_PATH: break;
    }
    return "a value";
}

void
cd_report_data(struct cd_checker *c, const struct cd_data *data, const struct cd_type *want,
               const char *what)
{
    struct cd_str wanted = cd_type_text(c, want);
    struct cd_str found = cd_str_of(data_text(data));
    if (data->expr && data->expr->type) {
        found = cd_type_text(c, data->expr->type);
    }
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_TEST_DATA, data->span, "%s: expected %.*s, found %.*s",
                    what, CD_FMT(wanted), CD_FMT(found));
    if (want->kind == CD_TYPE_LIST && data->kind != CD_DATA_LIST) {
        cd_diag_help(c->s->diags, d, "write it in brackets: […]");
    } else if (want->kind == CD_TYPE_RECORD || want->kind == CD_TYPE_MAP) {
        cd_diag_help(c->s->diags, d, "write it in braces: { Name: value }");
    } else if (want->kind == CD_TYPE_TIME) {
        cd_diag_help(c->s->diags, d, "write 2026-11-23, or \"2026-11-23T06:00:00Z\"");
    } else if (want->kind == CD_TYPE_BOOL) {
        cd_diag_help(c->s->diags, d, "write true or false, without quotes");
    } else if (want->kind == CD_TYPE_NUMBER) {
        cd_diag_help(c->s->diags, d, "numbers stand without quotes");
    } else if (cd_type_is_stringlike(want)) {
        cd_diag_help(c->s->diags, d, "write it in quotes");
    }
}

/* A text where a time is asked for is right if it reads as one. */
static bool
is_time_text(struct cd_checker *c, const struct cd_expr *e)
{
    int64_t ms;
    return cd_is_literal(e) && cd_parse_time(cd_literal_text(c, e), &ms);
}

static bool
is_set_for_list(const struct cd_type *from, const struct cd_type *want)
{
    return from->kind == CD_TYPE_SET && want->kind == CD_TYPE_LIST
           && cd_type_agrees(from->elem, want->elem);
}

static void
check_scalar(struct cd_checker *c, struct cd_data *data, const struct cd_type *want,
             const char *what)
{
    if (data->kind == CD_DATA_PATH) {
        data->expr = cd_path_expr(c->s, &data->path);
    }
    const struct cd_type *t = cd_infer(c, &data->expr, want);
    if (cd_type_is_broken(t) || cd_type_is_broken(want) || want->kind == CD_TYPE_JSON) {
        return;
    }
    if (want->kind == CD_TYPE_POLICY && cd_type_is_stringlike(t)) {
        return; /* a document in a text is read as one */
    }
    bool fits = cd_type_agrees(t, want) || is_set_for_list(t, want)
                || (want->kind == CD_TYPE_TIME && is_time_text(c, data->expr));
    if (!fits) {
        cd_report_data(c, data, want, what);
    }
}

static void
check_repeated(struct cd_checker *c, const struct cd_data *object)
{
    for (size_t i = 0; i < object->n; i++) {
        for (size_t k = 0; k < i && k < 256; k++) {
            if (cd_str_eq(object->pairs[i].key.text, object->pairs[k].key.text)) {
                cd_diag_add(c->s->diags, CD_DIAG_TEST_REPEATED, object->pairs[i].key.span,
                            "`%.*s` is given twice", CD_FMT(object->pairs[i].key.text));
                break;
            }
        }
    }
}

static struct cd_str
what_of(struct cd_checker *c, struct cd_str key)
{
    return cd_arena_printf(c->s->arena, "`%.*s`", CD_FMT(key));
}

static void
check_listed_value(struct cd_checker *c, const struct cd_data *data, uint32_t field)
{
    struct cd_schema_field f = cd_schema_field_at(field);
    struct cd_schema_type t = cd_schema_type_at(f.type);
    if (t.kind == CD_SCHEMA_STRING && t.enum_set != CD_SCHEMA_NONE && data->kind == CD_DATA_EXPR
        && cd_is_literal(data->expr)) {
        cd_check_listed(c, data->span, t.enum_set, f.name, cd_literal_text(c, data->expr));
    }
}

static void
check_property(struct cd_checker *c, struct cd_data_pair *pair, uint32_t shape, bool envelope,
               unsigned depth)
{
    uint32_t field = cd_schema_find_field(shape, pair->key.text);
    if (field == CD_SCHEMA_NONE) {
        cd_unknown_property(c, pair->key.span, shape, pair->key.text, envelope);
        return;
    }
    const struct cd_type *want = cd_type_of_schema(c->s->types, cd_schema_field_at(field).type);
    check_data(c, pair->value, want, what_of(c, pair->key.text).p, depth);
    check_listed_value(c, pair->value, field);
}

static void
check_object(struct cd_checker *c, struct cd_data *data, const struct cd_type *want,
             const char *what, unsigned depth)
{
    check_repeated(c, data);
    if (want->kind != CD_TYPE_RECORD && want->kind != CD_TYPE_MAP && want->kind != CD_TYPE_JSON
        && want->kind != CD_TYPE_POLICY && want->kind != CD_TYPE_ERROR) {
        cd_report_data(c, data, want, what);
        return;
    }
    const struct cd_type *json = cd_simple(c, CD_TYPE_JSON);
    for (size_t i = 0; i < data->n; i++) {
        struct cd_data_pair *pair = &data->pairs[i];
        if (want->kind == CD_TYPE_RECORD) {
            check_property(c, pair, want->shape, false, depth + 1);
        } else {
            check_data(c, pair->value, want->kind == CD_TYPE_MAP ? want->elem : json,
                       what_of(c, pair->key.text).p, depth + 1);
        }
    }
}

static void
check_list(struct cd_checker *c, struct cd_data *data, const struct cd_type *want, const char *what,
           unsigned depth)
{
    bool fits = cd_type_is_collection(want) || want->kind == CD_TYPE_JSON
                || want->kind == CD_TYPE_POLICY || want->kind == CD_TYPE_ERROR;
    if (!fits) {
        cd_report_data(c, data, want, what);
        return;
    }
    const struct cd_type *elem =
        cd_type_is_collection(want) ? want->elem : cd_simple(c, CD_TYPE_JSON);
    for (size_t i = 0; i < data->n; i++) {
        check_data(c, data->items[i], elem, what, depth + 1);
    }
}

static void
check_data(struct cd_checker *c, struct cd_data *data, const struct cd_type *want, const char *what,
           unsigned depth)
{
    if (depth > DEPTH_LIMIT) {
        return; /* the parser does not let data nest as deep */
    }
    switch (data->kind) {
    case CD_DATA_ABSENT:
    case CD_DATA_UNKNOWN: break;
    case CD_DATA_EXPR:
    case CD_DATA_PATH: check_scalar(c, data, want, what); break;
    case CD_DATA_NUMBER:
        if (want->kind != CD_TYPE_NUMBER && want->kind != CD_TYPE_JSON
            && want->kind != CD_TYPE_ERROR) {
            cd_report_data(c, data, want, what);
        }
        break;
    case CD_DATA_OBJECT: check_object(c, data, want, what, depth); break;
    case CD_DATA_LIST: check_list(c, data, want, what, depth); break;
    }
}

void
cd_check_value(struct cd_checker *c, struct cd_data *data, const struct cd_type *want,
               struct cd_str what)
{
    check_data(c, data, want, what.p, 0);
}

/* Whatever says that a resource is there says which one it is. */
static void
unknown_word(struct cd_checker *c, const struct cd_data_pair *pair)
{
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_TEST_DATA, pair->value->span,
                    "the %.*s of a given resource cannot be unknown", CD_FMT(pair->key.text));
    cd_diag_help(
        c->s->diags, d,
        "tags, captured and properties can be unknown; that there may be more resources is "
        "given unknown TYPE");
}

void
cd_check_given(struct cd_checker *c, struct cd_step *step)
{
    step->shape = cd_resolve_table(c->s, step->type_name.text, step->type_name.span);
    if (step->shape == CD_SCHEMA_NONE || !step->object) {
        return;
    }
    check_repeated(c, step->object);
    for (size_t i = 0; i < step->object->n; i++) {
        struct cd_data_pair *pair = &step->object->pairs[i];
        enum cd_envelope word;
        if (!cd_envelope_word(pair->key.text, &word)) {
            check_property(c, pair, step->shape, true, 0);
            continue;
        }
        if (word == CD_ENV_TYPE) {
            cd_diag_add(c->s->diags, CD_DIAG_TEST_DATA, pair->key.span,
                        "the type stands before the object");
            continue;
        }
        if (pair->value->kind == CD_DATA_UNKNOWN && word != CD_ENV_TAGS
            && word != CD_ENV_CAPTURED) {
            unknown_word(c, pair);
            continue;
        }
        check_data(c, pair->value, cd_envelope_type(c, word), what_of(c, pair->key.text).p, 0);
    }
}
