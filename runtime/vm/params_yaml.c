/* Parameters in YAML, by libyaml. One document; no anchors, no tags: a file of parameters needs none. */
#include <yaml.h>

#include "runtime/vm/params_read.h"

struct reader {
    yaml_parser_t parser;
    struct cd_arena *arena;
    struct cd_str path;
    struct cordon_error *err;
};

static cordon_status
fail_at(struct reader *r, const yaml_mark_t *mark, const char *what)
{
    return cordon_fail(r->err, CORDON_EINPUT, mark->index, "%.*s:%zu:%zu: %s", CD_FMT(r->path), mark->line + 1, mark->column + 1, what);
}

static cordon_status
next(struct reader *r, yaml_event_t *event)
{
    if (!yaml_parser_parse(&r->parser, event)) {
        const char *what = r->parser.problem ? r->parser.problem : "this is not YAML";
        return fail_at(r, &r->parser.problem_mark, what);
    }
    return CORDON_OK;
}

static cordon_status
out_of_memory(struct reader *r)
{
    return cordon_fail(r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static cordon_status read_value(struct reader *r, yaml_event_t *event, struct cd_given *out, int depth);

static bool
is_null(struct cd_str s)
{
    return s.n == 0 || cd_str_eq(s, CD_STR("~")) || cd_str_eq(s, CD_STR("null")) || cd_str_eq(s, CD_STR("Null")) ||
           cd_str_eq(s, CD_STR("NULL"));
}

static struct cd_str
scalar_text(const yaml_event_t *event)
{
    return (struct cd_str){(const char *)event->data.scalar.value, event->data.scalar.length};
}

static cordon_status
read_scalar(struct reader *r, const yaml_event_t *event, struct cd_given *out)
{
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    out->kind = !plain ? CD_GIVEN_QUOTED : is_null(scalar_text(event)) ? CD_GIVEN_NULL : CD_GIVEN_PLAIN;
    out->text = cd_arena_str(r->arena, scalar_text(event));
    return out->text.p ? CORDON_OK : out_of_memory(r);
}

static cordon_status
read_list(struct reader *r, struct cd_given *out, int depth)
{
    out->kind = CD_GIVEN_LIST;
    for (;;) {
        yaml_event_t event;
        CORDON_TRY(next(r, &event));
        bool ends = event.type == YAML_SEQUENCE_END_EVENT;
        cordon_status status = CORDON_OK;
        if (!ends) {
            struct cd_given *one = cd_given_add(r->arena, out, NULL);
            status = one ? read_value(r, &event, one, depth + 1) : out_of_memory(r);
        }
        yaml_event_delete(&event);
        if (ends || status != CORDON_OK) {
            return status;
        }
    }
}

/* Reads the value of the key in EVENT. */
static cordon_status
read_member(struct reader *r, const yaml_event_t *event, struct cd_given *out, int depth)
{
    yaml_event_t value;
    if (event->type != YAML_SCALAR_EVENT) {
        return fail_at(r, &event->start_mark, "a name was expected here");
    }
    struct cd_str key = scalar_text(event);
    for (size_t i = 0; i < out->n; i++) {
        if (cd_str_eq(out->keys[i], key)) {
            return fail_at(r, &event->start_mark, "this name stands twice");
        }
    }
    struct cd_given *one = cd_given_add(r->arena, out, &key);
    if (!one) {
        return out_of_memory(r);
    }
    CORDON_TRY(next(r, &value));
    cordon_status status = read_value(r, &value, one, depth + 1);
    yaml_event_delete(&value);
    return status;
}

static cordon_status
read_map(struct reader *r, struct cd_given *out, int depth)
{
    out->kind = CD_GIVEN_MAP;
    for (;;) {
        yaml_event_t event;
        CORDON_TRY(next(r, &event));
        bool ends = event.type == YAML_MAPPING_END_EVENT;
        cordon_status status = ends ? CORDON_OK : read_member(r, &event, out, depth);
        yaml_event_delete(&event);
        if (ends || status != CORDON_OK) {
            return status;
        }
    }
}

/* The value that begins with EVENT, which stays the caller's. */
static cordon_status
read_value(struct reader *r, yaml_event_t *event, struct cd_given *out, int depth)
{
    if (depth > CD_GIVEN_DEPTH) {
        return fail_at(r, &event->start_mark, "this is nested too deeply");
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event, out);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r, out, depth);
    case YAML_MAPPING_START_EVENT:
        return read_map(r, out, depth);
    case YAML_ALIAS_EVENT:
        return fail_at(r, &event->start_mark, "aliases are not read in files of parameters");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        break;
    }
    return fail_at(r, &event->start_mark, "a value was expected here");
}

/* The events around the one document; an empty file has no parameters. */
static cordon_status
read_stream(struct reader *r, struct cd_given *out)
{
    unsigned documents = 0;
    out->kind = CD_GIVEN_MAP;
    for (;;) {
        yaml_event_t event;
        CORDON_TRY(next(r, &event));
        cordon_status status = CORDON_OK;
        bool ends = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
            status = fail_at(r, &event.start_mark, "a file of parameters is one document");
        } else if (event.type == YAML_SCALAR_EVENT && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && is_null(scalar_text(&event))) {
            status = CORDON_OK; /* a document of comments only */
        } else if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_ALIAS_EVENT) {
            status = fail_at(r, &event.start_mark, "a file of parameters maps names to values");
        } else if (event.type == YAML_MAPPING_START_EVENT) {
            status = read_map(r, out, 0);
        }
        yaml_event_delete(&event);
        if (ends || status != CORDON_OK) {
            return status;
        }
    }
}

cordon_status
cd_given_yaml(struct cd_arena *a, struct cd_str path, struct cd_str text, struct cd_given *out, struct cordon_error *err)
{
    struct reader r = {.arena = a, .path = path, .err = err};
    if (!yaml_parser_initialize(&r.parser)) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, text.n);
    cordon_status status = read_stream(&r, out);
    yaml_parser_delete(&r.parser);
    return status;
}
