/* Trees from libyaml's events. The only file that knows libyaml. */
#include "runtime/base/yaml.h"

#include <yaml.h>

#include "runtime/base/map.h"

struct reader {
    yaml_parser_t parser;
    struct cd_arena *arena;
    struct cd_str path;
    struct cordon_error *err;
};

cordon_status
cd_yaml_fail(struct cordon_error *err, struct cd_str path, const struct cd_yaml *at,
             const char *what)
{
    return cordon_fail(err, CORDON_EINPUT, at->offset, "%.*s:%zu:%zu: %s", CD_FMT(path), at->line,
                       at->column, what);
}

const struct cd_yaml *
cd_yaml_get(const struct cd_yaml *y, struct cd_str key)
{
    for (size_t i = 0; y->kind == CD_YAML_MAP && i < y->n; i++) {
        if (cd_str_eq(y->keys[i].text, key)) {
            return &y->items[i];
        }
    }
    return NULL;
}

static void
set_place(struct cd_yaml *y, const yaml_mark_t *mark)
{
    y->offset = mark->index;
    y->line = mark->line + 1;
    y->column = mark->column + 1;
}

static cordon_status
fail_at(struct reader *r, const yaml_mark_t *mark, const char *what)
{
    struct cd_yaml at = {.kind = CD_YAML_NULL};
    set_place(&at, mark);
    return cd_yaml_fail(r->err, r->path, &at, what);
}

static cordon_status
out_of_memory(struct reader *r)
{
    return cordon_fail(r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static cordon_status
next(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event)) {
        return CORDON_OK;
    }
    if (r->parser.error == YAML_MEMORY_ERROR) {
        return out_of_memory(r);
    }
    const char *what = r->parser.problem ? r->parser.problem : "this is not YAML";
    return fail_at(r, &r->parser.problem_mark, what);
}

static bool
is_null(struct cd_str s)
{
    return s.n == 0 || cd_str_eq(s, CD_STR("~")) || cd_str_eq(s, CD_STR("null"))
           || cd_str_eq(s, CD_STR("Null")) || cd_str_eq(s, CD_STR("NULL"));
}

static cordon_status
read_scalar(struct reader *r, const yaml_event_t *event, struct cd_yaml *out)
{
    struct cd_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    out->kind = !plain ? CD_YAML_QUOTED : is_null(text) ? CD_YAML_NULL : CD_YAML_PLAIN;
    out->text = cd_arena_str(r->arena, text);
    return out->text.p ? CORDON_OK : out_of_memory(r);
}

static cordon_status read_value(struct reader *r, const yaml_event_t *event, struct cd_yaml *out,
                                int depth);

/* The key in EVENT and, if it is not SEEN yet, a place for its value; CORDON_OK with *value set. */
static cordon_status
read_key(struct reader *r, const yaml_event_t *event, struct cd_yaml *map, struct cd_map *seen,
         struct cd_yaml **value)
{
    uint32_t earlier;
    struct cd_yaml key = {.kind = CD_YAML_NULL};
    set_place(&key, &event->start_mark);
    if (event->type != YAML_SCALAR_EVENT) {
        return cd_yaml_fail(r->err, r->path, &key, "a name was expected here");
    }
    CORDON_TRY(read_scalar(r, event, &key));
    if (cd_map_get(seen, key.text, &earlier)) {
        return cd_yaml_fail(r->err, r->path, &key, "this name stands twice");
    }
    size_t n = map->n;
    struct cd_yaml *slot = CD_PUSH(r->arena, map->keys, n, map->cap_keys);
    *value = CD_PUSH(r->arena, map->items, map->n, map->cap);
    if (!slot || !*value || !cd_map_put(seen, key.text, 0)) {
        return out_of_memory(r);
    }
    *slot = key;
    return CORDON_OK;
}

/* SEEN: the keys of a MAP so far. */
static cordon_status
read_each(struct reader *r, yaml_event_type_t end, struct cd_yaml *out, struct cd_map *seen,
          int depth)
{
    struct cd_yaml *value = NULL; /* a MAP's: its key has been read */
    for (;;) {
        yaml_event_t event;
        CORDON_TRY(next(r, &event));
        bool ends = event.type == end;
        cordon_status status = CORDON_OK;
        if (!ends && out->kind == CD_YAML_MAP && !value) {
            status = read_key(r, &event, out, seen, &value);
        } else if (!ends) {
            struct cd_yaml *to = value ? value : CD_PUSH(r->arena, out->items, out->n, out->cap);
            status = to ? read_value(r, &event, to, depth + 1) : out_of_memory(r);
            value = NULL;
        }
        yaml_event_delete(&event);
        if (ends || status != CORDON_OK) {
            return status;
        }
    }
}

/* Members of a LIST or MAP up to the event that ends it. */
static cordon_status
read_members(struct reader *r, yaml_event_type_t end, struct cd_yaml *out, int depth)
{
    struct cd_map seen;
    cd_map_init(&seen);
    cordon_status status = read_each(r, end, out, &seen, depth);
    cd_map_finish(&seen);
    return status;
}

/* The value that begins with EVENT, which stays the caller's. */
static cordon_status
read_value(struct reader *r, const yaml_event_t *event, struct cd_yaml *out, int depth)
{
    set_place(out, &event->start_mark);
    if (depth > CD_YAML_DEPTH) {
        return fail_at(r, &event->start_mark, "this is nested too deeply");
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT: return read_scalar(r, event, out);
    case YAML_SEQUENCE_START_EVENT:
        out->kind = CD_YAML_LIST;
        return read_members(r, YAML_SEQUENCE_END_EVENT, out, depth);
    case YAML_MAPPING_START_EVENT:
        out->kind = CD_YAML_MAP;
        return read_members(r, YAML_MAPPING_END_EVENT, out, depth);
    case YAML_ALIAS_EVENT: return fail_at(r, &event->start_mark, "aliases are not read here");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: break;
    }
    return fail_at(r, &event->start_mark, "a value was expected here");
}

static bool
is_frame(yaml_event_type_t type)
{
    return type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT
           || type == YAML_DOCUMENT_END_EVENT || type == YAML_STREAM_END_EVENT;
}

/* The events around the one document. */
static cordon_status
read_stream(struct reader *r, struct cd_yaml *out)
{
    unsigned documents = 0;
    for (;;) {
        yaml_event_t event;
        CORDON_TRY(next(r, &event));
        cordon_status status = CORDON_OK;
        bool ends = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
            status = fail_at(r, &event.start_mark, "one document is expected");
        } else if (!is_frame(event.type)) {
            status = read_value(r, &event, out, 0);
        }
        yaml_event_delete(&event);
        if (ends || status != CORDON_OK) {
            return status;
        }
    }
}

cordon_status
cd_yaml_read(struct cd_arena *a, struct cd_str path, struct cd_str text, struct cd_yaml *out,
             struct cordon_error *err)
{
    struct reader r = {.arena = a, .path = path, .err = err};
    *out = (struct cd_yaml){.kind = CD_YAML_NULL, .line = 1, .column = 1};
    if (!yaml_parser_initialize(&r.parser)) {
        return out_of_memory(&r);
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, text.n);
    /* A jump out of here would lose what libyaml holds. */
    jmp_buf *on_oom = a->on_oom;
    a->on_oom = NULL;
    cordon_status status = read_stream(&r, out);
    a->on_oom = on_oom;
    yaml_parser_delete(&r.parser);
    return status;
}
