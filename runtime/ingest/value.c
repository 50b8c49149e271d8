/* JSON values into nodes, converted to the node's type. A value of another type is as absent, with
 * one problem for each property and source that says how often. */
#include "runtime/ingest/load.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/num.h"

static const char *
kind_name(struct cd_dom_val val)
{
    switch (cd_dom_kind(val)) {
    case CD_DOM_NULL: return "null";
    case CD_DOM_FALSE:
    case CD_DOM_TRUE: return "a boolean";
    case CD_DOM_NUMBER: return "a number";
    case CD_DOM_STRING: return "a string";
    case CD_DOM_ARRAY: return "a list";
    case CD_DOM_OBJECT: return "an object";
    }
    return "";
}

static const char *
wanted_name(enum cd_node_kind kind)
{
    switch (kind) {
    case CD_NODE_BOOL: return "a boolean";
    case CD_NODE_NUMBER: return "a number";
    case CD_NODE_STRING: return "a string";
    case CD_NODE_TIME: return "a time";
    case CD_NODE_JSON: return "JSON";
    case CD_NODE_POLICY: return "a policy document";
    case CD_NODE_RECORD:
    case CD_NODE_MAP: return "an object";
    case CD_NODE_LIST: return "a list";
    }
    return "";
}

void
cd_value_problem(struct cd_load *l, struct cd_value_plan *v, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    if (v->n_problems > 0 && v->problem_source == l->source) {
        v->n_problems++;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    v->problem = (uint32_t)l->s->n_problems;
    v->problem_source = l->source;
    v->n_problems = 1;
    cd_load_ok(l, cd_snapshot_problem_in(l->s, v->node->id, l->source, l->offset, "%.*s.%.*s: %s",
                                         CD_FMT(l->type), CD_FMT(v->path), text));
    if (v->problem == l->s->n_problems) {
        return; /* it is not told one by one */
    }
    struct cd_value_plan **place = CD_PUSH(&l->arena, l->reported, l->n_reported, l->cap_reported);
    cd_load_ok(l, place != NULL);
    if (place != NULL) {
        *place = v;
    }
}

void
cd_value_set_unknown(struct cd_load *l, struct cd_node *node, uint32_t row, const char *why)
{
    uint32_t reason = cd_load_str(l, cd_str_of(why));
    cd_load_ok(l, cd_node_set_unknown(l->s, node, row, reason));
}

bool
cd_value_is_unknown(struct cd_dom_val val, struct cd_str *why)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    if (!it.is_object || !cd_dom_next(&it) || !cd_str_eq(it.key, CD_STR("Cordon::Unknown"))
        || it.next < it.end) {
        return false;
    }
    *why = cd_dom_is(it.val, '"') ? cd_dom_str(it.val) : CD_STR("");
    return true;
}

/* ---- scalars ---- */

static void
set_beyond(struct cd_load *l, struct cd_value_plan *v, uint32_t row)
{
    cd_value_set_unknown(l, v->node, row, "a number beyond 2^53");
    cd_value_problem(l, v, "a number beyond 2^53, so it is unknown");
}

/* AWS Config keeps some enumerated values as {"value": …}, or with a name beside. */
static struct cd_dom_val
unwrapped(const struct cd_value_plan *v, struct cd_dom_val val)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    if (v->dialect == CD_DIALECT_CONFIG && it.is_object && cd_dom_next(&it) && it.next >= it.end
        && cd_str_eq(it.key, CD_STR("value"))) {
        return it.val;
    }
    return val;
}

static bool
set_bool(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    bool is_true = cd_dom_is(val, 't');
    if (cd_dom_is(val, '"') && v->map != NULL && v->map->is.n > 0) {
        is_true = cd_str_eq_nocase(cd_dom_str(val), v->map->is);
    } else if (cd_dom_is(val, '"') && v->dialect == CD_DIALECT_CONFIG) {
        is_true = cd_str_eq_nocase(cd_dom_str(val), CD_STR("true"));
        if (!is_true && !cd_str_eq_nocase(cd_dom_str(val), CD_STR("false"))) {
            return false;
        }
    } else if (!is_true && !cd_dom_is(val, 'f')) {
        return false;
    }
    cd_load_ok(l, cd_node_set_bool(l->s, v->node, row, is_true));
    return true;
}

static bool
set_number(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    double number;
    bool in_range = true;
    if (cd_dom_kind(val) == CD_DOM_NUMBER) {
        in_range = cd_dom_number(val, &number);
    } else if (!cd_dom_is(val, '"') || v->dialect != CD_DIALECT_CONFIG
               || !cd_parse_number(cd_dom_str(val), &number)) {
        return false;
    }
    bool is_text = cd_dom_is(val, '"'); /* whose digits may have been rounded to 2^53 */
    if (!in_range || (is_text && (number >= CD_DOM_EXACT || number <= -CD_DOM_EXACT))) {
        set_beyond(l, v, row);
    } else {
        cd_load_ok(l, cd_node_set_number(l->s, v->node, row, number));
    }
    return true;
}

static bool
set_string(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    char text[CD_NUMBER_SIZE];
    struct cd_str s = {NULL, 0};
    double number;
    switch (cd_dom_kind(val)) {
    case CD_DOM_STRING: s = cd_dom_str(val); break;
    case CD_DOM_NUMBER:
        if (!cd_dom_number(val, &number)) {
            set_beyond(l, v, row);
            return true;
        }
        s = cd_format_number(number, text);
        break;
    case CD_DOM_TRUE: s = CD_STR("true"); break;
    case CD_DOM_FALSE: s = CD_STR("false"); break;
    case CD_DOM_NULL:
    case CD_DOM_ARRAY:
    case CD_DOM_OBJECT: return false;
    }
    if (v->dialect != CD_DIALECT_CONFIG && cd_dom_kind(val) != CD_DOM_STRING) {
        return false;
    }
    cd_load_ok(l, cd_node_set_string(l->s, v->node, row, cd_load_str(l, s)));
    return true;
}

static bool
set_time(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    int64_t ms;
    if (v->dialect == CD_DIALECT_CONFIG) {
        if (!cd_config_time(val, &ms)) {
            return false;
        }
    } else if (!cd_dom_is(val, '"') || !cd_parse_time(cd_dom_str(val), &ms)) {
        return false;
    }
    cd_load_ok(l, cd_node_set_time(l->s, v->node, row, ms));
    return true;
}

/* AWS Config writes `{}` or an empty string where no document is attached. */
static bool
is_no_document(struct cd_dom_val val)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    struct cd_str text = cd_dom_is(val, '"') ? cd_dom_str(val) : CD_STR("…");
    return (!cd_dom_is(val, '"') && it.next >= it.end) || cd_value_is_nothing(val)
           || cd_str_eq(text, CD_STR("{}"));
}

/* A string that is no document has no type that could be wrong: what it says is unknown. */
static bool
set_policy(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    if (!cd_dom_is(val, '"') && !cd_dom_is(val, '{') && !cd_dom_is(val, '[')) {
        return false;
    }
    if (v->dialect == CD_DIALECT_CONFIG && is_no_document(val)) {
        return true;
    }
    uint32_t policy = cd_policy_row(l, val, v->map != NULL && v->map->urldecode);
    if (policy != CD_NONE) {
        cd_load_ok(l, cd_node_set_policy(l->s, v->node, row, policy));
        return true;
    }
    cd_value_set_unknown(l, v->node, row, CD_UNKNOWN_NO_POLICY);
    cd_value_problem(l, v, "this is not a policy document, so it is unknown");
    return true;
}

/* Is a property of the object the value that stands in its place? */
static bool
reads_itself(const struct cd_map_entry *map)
{
    for (uint32_t i = 0; i < map->n_of; i++) {
        for (uint32_t k = 0; k < map->of[i].n_paths; k++) {
            if (cd_str_eq(map->of[i].paths[k], CD_STR("."))) {
                return true;
            }
        }
    }
    return false;
}

struct cd_plan *
cd_value_record_plan(struct cd_load *l, struct cd_value_plan *v)
{
    if (v->record == NULL) {
        const struct cd_map_entry *of = v->map == NULL ? NULL : v->map->of;
        v->record = cd_plan_record(l, v->node, v, of, v->map == NULL ? 0 : v->map->n_of);
    }
    return v->record;
}

static bool
set_record(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
           struct cd_str key, int depth)
{
    bool is_self = v->dialect == CD_DIALECT_CONFIG && v->map != NULL && reads_itself(v->map);
    bool is_listed = false;
    if (v->dialect == CD_DIALECT_CONFIG && cd_dom_is(val, '[')) {
        struct cd_dom_iter it = cd_dom_iter(val);
        if (it.next >= it.end) {
            return true; /* absent */
        }
        is_listed = !cd_dom_is(cd_value_only(val), '[');
        val = cd_value_only(val);
    }
    if (!cd_dom_is(val, '{') && !is_self) {
        return false;
    }
    if (cd_value_record_plan(l, v) != NULL) {
        cd_load_ok(l, cd_node_set_record(l->s, v->node, row));
        struct cd_context from = {.self = &val, .key = key};
        cd_extract(l, v->record, row, &from, depth);
    }
    l->is_listed = is_listed;
    return true;
}

/* ---- all of them ---- */

static bool
set_json(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val)
{
    l->heap_unknown = NULL;
    cd_load_ok(l, cd_node_set_json(l->s, v->node, row, cd_heap_add(l, val, v->dialect)));
    if (l->heap_unknown != NULL) {
        cd_value_problem(l, v, "something in it is unknown: %s", l->heap_unknown);
    }
    return true;
}

/* VAL has another type than its property: as absent, but what a string that begins as JSON and is
 * none would say is unknown. */
static void
set_unfit(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
          bool is_structured)
{
    struct cd_str text = cd_dom_is(val, '"') ? cd_dom_str(val) : CD_STR("");
    if (v->dialect == CD_DIALECT_CONFIG && is_structured && text.n > 0
        && (text.p[0] == '{' || text.p[0] == '[')) {
        cd_value_set_unknown(l, v->node, row, "a string that is not JSON");
        cd_value_problem(l, v, "a string that begins as JSON and is none, so it is unknown");
    } else if (!cd_dom_is(val, 'n')) {
        cd_value_problem(l, v, "%s stands where %s is expected%s", kind_name(val),
                         wanted_name(v->node->kind), v->is_inner ? ", in a list" : "");
    }
}

void
cd_value_set_keyed(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
                   struct cd_str key, int depth)
{
    struct cd_str why;
    bool fits = false;
    uint32_t in_use = l->n_embedded;
    if (l->is_normal && cd_value_is_unknown(val, &why)) {
        cd_load_ok(l, cd_node_set_unknown(l->s, v->node, row, cd_load_str(l, why)));
        return;
    }
    if (depth > CD_DEPTH_LIMIT) {
        cd_value_set_unknown(l, v->node, row, "it is nested too deeply");
        return;
    }
    enum cd_node_kind kind = v->node->kind;
    bool is_structured = kind == CD_NODE_RECORD || kind == CD_NODE_LIST || kind == CD_NODE_MAP
                         || (kind == CD_NODE_JSON && v->map != NULL && v->map->json);
    if (is_structured && v->dialect == CD_DIALECT_CONFIG) {
        val = cd_value_decoded(l, val);
    }
    switch (kind) {
    case CD_NODE_BOOL: fits = set_bool(l, v, row, unwrapped(v, val)); break;
    case CD_NODE_NUMBER: fits = set_number(l, v, row, unwrapped(v, val)); break;
    case CD_NODE_STRING: fits = set_string(l, v, row, unwrapped(v, val)); break;
    case CD_NODE_TIME: fits = set_time(l, v, row, unwrapped(v, val)); break;
    case CD_NODE_POLICY: fits = set_policy(l, v, row, val); break;
    case CD_NODE_RECORD: fits = set_record(l, v, row, val, key, depth); break;
    case CD_NODE_LIST: fits = cd_value_set_list(l, v, row, val, depth); break;
    case CD_NODE_MAP: fits = cd_value_set_map(l, v, row, val, depth); break;
    case CD_NODE_JSON: fits = set_json(l, v, row, val); break;
    }
    if (!fits) {
        set_unfit(l, v, row, val, is_structured);
    }
    l->n_embedded = in_use;
}

void
cd_value_set(struct cd_load *l, struct cd_value_plan *v, uint32_t row, struct cd_dom_val val,
             int depth)
{
    cd_value_set_keyed(l, v, row, val, (struct cd_str){NULL, 0}, depth);
}
