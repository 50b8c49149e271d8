/* The json heap, and values of columns as JSON text. */
#include "runtime/column/snapshot.h"

#include "runtime/base/num.h"
#include "runtime/column/column.h"

#define DEPTH_LIMIT 200 /* of what is written; ingest admits less */

uint32_t
cd_json_add(struct cd_snapshot *s, enum cd_json_kind kind, uint32_t key)
{
    if (s->n_json >= CD_NONE - 1) {
        return CD_NONE;
    }
    struct cd_json *v = CD_PUSH(&s->arena, s->json, s->n_json, s->cap_json);
    if (!v) {
        return CD_NONE;
    }
    v->kind = kind;
    v->key = key;
    v->next = (uint32_t)s->n_json;
    return (uint32_t)(s->n_json - 1);
}

void
cd_json_close(struct cd_snapshot *s, uint32_t value, uint32_t n)
{
    s->json[value].n = n;
    s->json[value].next = (uint32_t)s->n_json;
}

uint32_t
cd_json_member(const struct cd_snapshot *s, uint32_t value, uint32_t key)
{
    const struct cd_json *v = &s->json[value];
    if (v->kind != CD_JSON_OBJECT) {
        return CD_NONE;
    }
    uint32_t at = value + 1;
    for (uint32_t i = 0; i < v->n; i++) {
        if (s->json[at].key == key) {
            return at;
        }
        at = s->json[at].next;
    }
    return CD_NONE;
}

static void
write_unknown(const struct cd_snapshot *s, uint32_t reason, struct cd_buf *out)
{
    cd_buf_puts(out, "{\"Cordon::Unknown\":");
    cd_buf_json_str(out, cd_intern_str(&s->dict, reason));
    cd_buf_putc(out, '}');
}

static void
write_value(const struct cd_snapshot *s, uint32_t value, struct cd_buf *out, int depth)
{
    const struct cd_json *v = &s->json[value];
    bool is_object = v->kind == CD_JSON_OBJECT;
    uint32_t at = value + 1;
    switch ((enum cd_json_kind)v->kind) {
    case CD_JSON_NULL: cd_buf_puts(out, "null"); return;
    case CD_JSON_FALSE: cd_buf_puts(out, "false"); return;
    case CD_JSON_TRUE: cd_buf_puts(out, "true"); return;
    case CD_JSON_NUMBER: cd_buf_number(out, v->number); return;
    case CD_JSON_STRING: cd_buf_json_str(out, cd_intern_str(&s->dict, v->n)); return;
    case CD_JSON_UNKNOWN: write_unknown(s, v->n, out); return;
    case CD_JSON_ARRAY:
    case CD_JSON_OBJECT: break;
    }
    cd_buf_putc(out, is_object ? '{' : '[');
    for (uint32_t i = 0; i < v->n && depth < DEPTH_LIMIT; i++) {
        if (i > 0) {
            cd_buf_putc(out, ',');
        }
        if (is_object) {
            cd_buf_json_str(out, cd_intern_str(&s->dict, s->json[at].key));
            cd_buf_putc(out, ':');
        }
        write_value(s, at, out, depth + 1);
        at = s->json[at].next;
    }
    cd_buf_putc(out, is_object ? '}' : ']');
}

void
cd_json_write(const struct cd_snapshot *s, uint32_t value, struct cd_buf *out)
{
    write_value(s, value, out, 0);
}

static void write_row(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row,
                      struct cd_buf *out, int depth);

/* An object with the known and unknown members of a record. */
static void
write_record(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row, struct cd_buf *out,
             int depth)
{
    bool first = true;
    cd_buf_putc(out, '{');
    for (uint32_t slot = 0; slot < n->n_child; slot++) {
        const struct cd_node *child = n->child[slot];
        if (cd_node_state(child, row) == CD_ABSENT) {
            continue;
        }
        if (!first) {
            cd_buf_putc(out, ',');
        }
        first = false;
        cd_buf_json_str(out, cd_node_slot_name(s, n, slot));
        cd_buf_putc(out, ':');
        write_row(s, child, row, out, depth + 1);
    }
    cd_buf_putc(out, '}');
}

/* What may be missing is one more, unknown, member. */
static void
write_elements(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row,
               struct cd_buf *out, int depth)
{
    const struct cd_node *elem = n->child[0];
    bool is_map = n->kind == CD_NODE_MAP;
    bool has_unknown = false;
    cd_buf_putc(out, is_map ? '{' : '[');
    for (uint32_t i = 0; i < n->len[row]; i++) {
        if (i > 0) {
            cd_buf_putc(out, ',');
        }
        uint32_t at = n->off[row] + i;
        if (is_map) {
            cd_buf_json_str(out, elem->key ? cd_intern_str(&s->dict, elem->key[at]) : CD_STR(""));
            cd_buf_putc(out, ':');
        }
        has_unknown |= cd_node_state(elem, at) == CD_UNKNOWN;
        write_row(s, elem, at, out, depth + 1);
    }
    if (cd_node_open_reason(n, row) != 0 && !is_map && !has_unknown) {
        if (n->len[row] > 0) {
            cd_buf_putc(out, ',');
        }
        write_unknown(s, cd_node_open_reason(n, row), out);
    }
    cd_buf_putc(out, is_map ? '}' : ']');
}

static void
write_time(int64_t ms, struct cd_buf *out)
{
    char text[32];
    cd_buf_json_str(out, cd_format_time(ms, text));
}

static void
write_row(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row, struct cd_buf *out,
          int depth)
{
    enum cd_state state = cd_node_state(n, row);
    if (state == CD_ABSENT || depth > DEPTH_LIMIT) {
        cd_buf_puts(out, "null");
        return;
    }
    if (state == CD_UNKNOWN) {
        write_unknown(s, cd_node_reason(n, row), out);
        return;
    }
    switch (n->kind) {
    case CD_NODE_BOOL: cd_buf_puts(out, n->v.b[row] ? "true" : "false"); return;
    case CD_NODE_NUMBER: cd_buf_number(out, n->v.f64[row]); return;
    case CD_NODE_STRING: cd_buf_json_str(out, cd_intern_str(&s->dict, n->v.u32[row])); return;
    case CD_NODE_TIME: write_time(n->v.i64[row], out); return;
    case CD_NODE_JSON: cd_json_write(s, n->v.u32[row], out); return;
    case CD_NODE_POLICY: write_record(s, s->policies, n->v.u32[row], out, depth); return;
    case CD_NODE_RECORD: write_record(s, n, row, out, depth); return;
    case CD_NODE_LIST:
    case CD_NODE_MAP: write_elements(s, n, row, out, depth); return;
    }
}

void
cd_node_write(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row,
              struct cd_buf *out)
{
    write_row(s, n, row, out, 0);
}
