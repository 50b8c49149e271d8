/* The estate of a test in the normalized form, so that tests go through the same reader as
 * snapshots do. */
#include "compiler/test/test.h"

#include "compiler/sema/const_json.h"
#include "runtime/base/num.h"
#include "runtime/schema/schema.h"

#define ACCOUNT "111122223333"
#define REGION "eu-west-1"
#define CAPTURED "2026-01-01T00:00:00Z"

static const char *const envelope_words[] = {"id",     "arn",     "type", "partition",
                                             "region", "account", "tags", "captured"};

static bool
is_envelope(struct cd_str word)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(envelope_words); i++) {
        if (cd_str_eq(word, cd_str_of(envelope_words[i]))) {
            return true;
        }
    }
    return false;
}

void
cd_test_value(const struct cd_const *c, struct cd_buf *out)
{
    char text[48];
    if (c->kind == CD_CONST_STRING) {
        cd_buf_str(out, c->text);
    } else if (c->kind == CD_CONST_TIME) {
        cd_buf_str(out, cd_format_time(c->ms, text));
    } else if (c->kind == CD_CONST_DURATION) {
        cd_buf_str(out, cd_format_duration(c->ms, text));
    } else {
        cd_const_json(c, out);
    }
}

/* The nesting of data is bounded by the parser. */
static void
put_data(struct cd_arena *a, const struct cd_data *d, struct cd_buf *out)
{
    const struct cd_const *c = NULL;
    switch (d->kind) {
    case CD_DATA_NUMBER: cd_buf_number(out, d->number); return;
    case CD_DATA_ABSENT: cd_buf_puts(out, "null"); return;
    case CD_DATA_UNKNOWN: cd_buf_puts(out, "{\"Cordon::Unknown\":\"given as unknown\"}"); return;
    case CD_DATA_EXPR:
    case CD_DATA_PATH:
        c = d->expr != NULL ? cd_const_eval(a, d->expr, NULL) : NULL;
        cd_const_json(c != NULL ? c : cd_const_absent(), out);
        return;
    case CD_DATA_OBJECT:
        cd_buf_putc(out, '{');
        for (size_t i = 0; i < d->n; i++) {
            if (i != 0) {
                cd_buf_putc(out, ',');
            }
            cd_buf_json_str(out, d->pairs[i].key.text);
            cd_buf_putc(out, ':');
            put_data(a, d->pairs[i].value, out);
        }
        cd_buf_putc(out, '}');
        return;
    case CD_DATA_LIST:
        cd_buf_putc(out, '[');
        for (size_t i = 0; i < d->n; i++) {
            if (i != 0) {
                cd_buf_putc(out, ',');
            }
            put_data(a, d->items[i], out);
        }
        cd_buf_putc(out, ']');
        return;
    }
}

static const struct cd_data *
member_of(const struct cd_data *object, struct cd_str name)
{
    for (size_t i = 0; i < object->n; i++) {
        if (cd_str_eq(object->pairs[i].key.text, name)) {
            return object->pairs[i].value;
        }
    }
    return NULL;
}

static void
put_member(struct cd_arena *a, const char *name, const struct cd_data *value, const char *otherwise,
           struct cd_buf *out)
{
    bool is_tags = strcmp(name, "tags") == 0;
    if (value != NULL && value->kind == CD_DATA_UNKNOWN && !is_tags) {
        return; /* `captured`: unknown is what nobody says */
    }
    if (value != NULL) {
        cd_buf_printf(out, ",\"%s\":", name);
        put_data(a, value, out);
    } else if (otherwise != NULL) {
        cd_buf_printf(out, ",\"%s\":\"%s\"", name, otherwise);
    }
}

/* The id as given, else the property that AWS names the resource by, else a number. */
static void
put_id(struct cd_arena *a, const struct cd_step *step, size_t number, struct cd_buf *out)
{
    const struct cd_data *id = member_of(step->object, CD_STR("id"));
    if (id == NULL && step->shape != CD_SCHEMA_NONE) {
        struct cd_str property = cd_schema_id_property(step->shape);
        id = property.n != 0 ? member_of(step->object, property) : NULL;
    }
    if (id != NULL) {
        put_member(a, "id", id, NULL, out);
    } else {
        cd_buf_printf(out, ",\"id\":\"given-%zu\"", number);
    }
}

static void
put_resource(struct cd_arena *a, const struct cd_step *step, size_t number, struct cd_buf *out)
{
    const struct cd_data *object = step->object;
    bool is_global = step->shape != CD_SCHEMA_NONE && cd_schema_shape_at(step->shape).is_global;
    bool first = true;
    cd_buf_puts(out, "{\"type\":");
    cd_buf_json_str(out, step->type_name.text);
    put_id(a, step, number, out);
    put_member(a, "arn", member_of(object, CD_STR("arn")), NULL, out);
    put_member(a, "partition", member_of(object, CD_STR("partition")), NULL, out);
    put_member(a, "account", member_of(object, CD_STR("account")), ACCOUNT, out);
    put_member(a, "region", member_of(object, CD_STR("region")), is_global ? NULL : REGION, out);
    put_member(a, "tags", member_of(object, CD_STR("tags")), NULL, out);
    put_member(a, "captured", member_of(object, CD_STR("captured")), CAPTURED, out);
    cd_buf_puts(out, ",\"properties\":{");
    for (size_t i = 0; i < object->n; i++) {
        if (!is_envelope(object->pairs[i].key.text)) {
            cd_buf_puts(out, first ? "" : ",");
            cd_buf_json_str(out, object->pairs[i].key.text);
            cd_buf_putc(out, ':');
            put_data(a, object->pairs[i].value, out);
            first = false;
        }
    }
    cd_buf_puts(out, "}}\n");
}

void
cd_test_given(struct cd_arena *arena, const struct cd_decl *test, struct cd_buf *out)
{
    cd_buf_puts(out, "{\"cordon\":1,\"captured\":\"" CAPTURED
                     "\",\"complete\":[{\"type\":\"*\"}],\"sources\":[]}\n");
    for (size_t i = 0; i < test->n_steps; i++) {
        if (test->steps[i].kind == CD_STEP_GIVEN) {
            put_resource(arena, &test->steps[i], i + 1, out);
        }
    }
}
