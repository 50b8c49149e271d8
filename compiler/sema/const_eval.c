/* Evaluation of expressions that depend on nothing but constants and parameters: names, texts,
 * collections, parts of values. */
#include <math.h>

#include "compiler/sema/const_match.h"
#include "compiler/sema/const_run.h"
#include "runtime/base/num.h"

#define STEP_LIMIT 1000000
#define DEPTH_LIMIT 2500

typedef const struct cd_const *value;

static bool
is_true(value v)
{
    return v->kind == CD_CONST_BOOL && v->boolean;
}

/* ---- texts ---- */

bool
cd_const_text_of(struct cd_const_run *r, value v, struct cd_str *out)
{
    char buf[48];
    switch (v->kind) {
    case CD_CONST_STRING: *out = v->text; return true;
    case CD_CONST_BOOL: *out = v->boolean ? CD_STR("true") : CD_STR("false"); return true;
    case CD_CONST_NUMBER: *out = cd_arena_str(r->a, cd_format_number(v->number, buf)); return true;
    case CD_CONST_TIME: *out = cd_arena_str(r->a, cd_format_time(v->ms, buf)); return true;
    case CD_CONST_DURATION: *out = cd_arena_str(r->a, cd_format_duration(v->ms, buf)); return true;
    case CD_CONST_ABSENT:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: break;
    }
    return false;
}

/* The text of a STRING and which of its bytes came in by interpolation; absent if a part is, NULL
 * if one has no value. */
value
cd_const_run_text(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f,
                  const uint8_t **literal)
{
    if (e->n_parts == 1 && !e->parts[0].expr) {
        *literal = NULL;
        return cd_const_string(r->a, e->parts[0].text);
    }
    struct cd_str *texts = CD_NEW_ARRAY(r->a, e->n_parts, struct cd_str);
    size_t n = 0;
    bool absent = false;
    for (size_t i = 0; i < e->n_parts; i++) {
        texts[i] = e->parts[i].text;
        if (e->parts[i].expr) {
            value v = cd_const_run(r, e->parts[i].expr, f);
            if (!v) {
                return NULL;
            }
            absent = absent || !cd_const_text_of(r, v, &texts[i]);
        }
        n += texts[i].n;
    }
    if (absent) {
        return cd_const_absent();
    }
    char *p = cd_arena_alloc(r->a, n + 1);
    uint8_t *flags = CD_NEW_ARRAY(r->a, n, uint8_t);
    size_t at = 0;
    for (size_t i = 0; i < e->n_parts; i++) {
        memcpy(p + at, texts[i].p ? texts[i].p : "", texts[i].n);
        memset(flags + at, e->parts[i].expr != NULL, texts[i].n);
        at += texts[i].n;
    }
    *literal = flags;
    return cd_const_string(r->a, (struct cd_str){p, n});
}

/* ---- collections ---- */

static value
eval_items(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    const struct cd_const **items = CD_NEW_ARRAY(r->a, e->n_items, const struct cd_const *);
    for (size_t i = 0; i < e->n_items; i++) {
        items[i] = cd_const_run(r, e->items[i], f);
        if (!items[i]) {
            return NULL;
        }
    }
    enum cd_const_kind kind = e->type->kind == CD_TYPE_MAP ? CD_CONST_MAP
                              : e->kind == CD_EXPR_SET     ? CD_CONST_SET
                                                           : CD_CONST_LIST;
    return cd_const_collection(r->a, kind, items, e->n_items);
}

static value
eval_comprehension(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value source = cd_const_run(r, e->source, f);
    if (!source) {
        return NULL;
    }
    const struct cd_const **items = CD_NEW_ARRAY(r->a, source->n, const struct cd_const *);
    size_t n = 0;
    for (size_t i = 0; i < source->n; i++) {
        struct cd_const_frame inner = {e->binding, source->items[i], f};
        value in = e->where ? cd_const_run(r, e->where, &inner) : cd_const_bool(r->a, true);
        if (!in) {
            return NULL;
        }
        if (is_true(in)) {
            items[n] = cd_const_run(r, e->b, &inner);
            if (!items[n++]) {
                return NULL;
            }
        }
    }
    return cd_const_collection(r->a, CD_CONST_SET, items, n);
}

static value
eval_quantifier(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value source = cd_const_run(r, e->source, f);
    size_t n_true = 0, n_false = 0;
    for (size_t i = 0; source && i < source->n; i++) {
        struct cd_const_frame inner = {e->binding, source->items[i], f};
        value in = e->where ? cd_const_run(r, e->where, &inner) : cd_const_bool(r->a, true);
        value body = in ? cd_const_run(r, e->b, &inner) : NULL;
        if (!body) {
            return NULL;
        }
        n_true += is_true(in) && is_true(body);
        n_false += is_true(in) && !is_true(body);
    }
    if (!source) {
        return NULL;
    }
    switch (e->quant) {
    case CD_QUANT_ALL: return cd_const_bool(r->a, n_false == 0);
    case CD_QUANT_ANY: return cd_const_bool(r->a, n_true > 0);
    case CD_QUANT_NONE: return cd_const_bool(r->a, n_true == 0);
    case CD_QUANT_COUNT: break;
    }
    return cd_const_number(r->a, (double)n_true);
}

struct flat {
    const struct cd_const **items;
    size_t n, cap;
};

static void
flatten(struct cd_const_run *r, value v, struct flat *out)
{
    if (!cd_const_has_members(v)) {
        *CD_PUSH(r->a, out->items, out->n, out->cap) = v;
        return;
    }
    for (size_t i = 0; i < v->n; i++) {
        flatten(r, v->items[i], out);
    }
}

static value
eval_each(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v = cd_const_run(r, e->a, f);
    if (!v || !cd_const_has_members(v)) {
        return v ? cd_const_absent() : NULL;
    }
    struct flat out = {NULL, 0, 0};
    flatten(r, v, &out);
    return cd_const_collection(r->a, CD_CONST_LIST, out.items, out.n);
}

/* ---- parts of values ---- */

static value
map_get(value map, struct cd_str key)
{
    for (size_t i = 0; map->kind == CD_CONST_MAP && i < map->n; i++) {
        if (cd_str_eq(map->keys[i], key)) {
            return map->items[i];
        }
    }
    return cd_const_absent();
}

static value
arn_part(struct cd_const_run *r, value v, enum cd_arn_part part)
{
    struct cd_str parts[6];
    if (v->kind != CD_CONST_STRING || !cd_const_arn_split(v->text, parts)
        || parts[part + 1].n == 0) {
        return cd_const_absent();
    }
    return cd_const_string(r->a, parts[part + 1]);
}

static value
part_of(struct cd_const_run *r, const struct cd_expr *e, value v)
{
    if (e->ref.kind == CD_REF_MAP) {
        return map_get(v, e->text);
    }
    return e->ref.kind == CD_REF_ARN_PART ? arn_part(r, v, e->ref.arn_part) : NULL;
}

static value
eval_field(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v = cd_const_run(r, e->a, f);
    if (!v || !e->through_each) {
        return v ? part_of(r, e, v) : NULL;
    }
    struct flat out = {NULL, 0, 0};
    for (size_t i = 0; i < v->n; i++) {
        value part = part_of(r, e, v->items[i]);
        if (!part) {
            return NULL;
        }
        flatten(r, part, &out);
    }
    return cd_const_collection(r->a, CD_CONST_LIST, out.items, out.n);
}

static value
eval_index(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v = cd_const_run(r, e->a, f), i = cd_const_run(r, e->b, f);
    if (!v || !i) {
        return NULL;
    }
    if (i->kind == CD_CONST_STRING) {
        return map_get(v, i->text);
    }
    bool in_range = v->kind == CD_CONST_LIST && i->kind == CD_CONST_NUMBER && i->number >= 0
                    && i->number < (double)v->n && floor(i->number) == i->number;
    return in_range ? v->items[(size_t)i->number] : cd_const_absent();
}

/* ---- names ---- */

static value
eval_param(struct cd_const_run *r, const struct cd_decl *d)
{
    for (size_t i = 0; r->env && i < r->env->n; i++) {
        if (r->env->params[i] == d) {
            return r->env->values[i];
        }
    }
    return d->value ? cd_const_run(r, d->value, NULL) : NULL;
}

static value
eval_name(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    if (e->ref.kind == CD_REF_LET) {
        return e->ref.decl->value ? cd_const_run(r, e->ref.decl->value, NULL) : NULL;
    }
    if (e->ref.kind == CD_REF_PARAM) {
        return eval_param(r, e->ref.decl);
    }
    if (e->ref.kind == CD_REF_BINDING) {
        for (; f; f = f->outer) {
            if (f->binding == e->ref.binding) {
                return f->value;
            }
        }
    }
    return NULL;
}

static value
eval_logic(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value x = cd_const_run(r, e->a, f), y = cd_const_run(r, e->b, f);
    bool is_and = e->kind == CD_EXPR_AND;
    if (x && is_true(x) != is_and) {
        return cd_const_bool(r->a, !is_and);
    }
    if (y && is_true(y) != is_and) {
        return cd_const_bool(r->a, !is_and);
    }
    return x && y ? cd_const_bool(r->a, is_and) : NULL;
}

static value
eval_kind(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v;
    const uint8_t *literal;
    switch (e->kind) {
    case CD_EXPR_BOOL: return cd_const_bool(r->a, e->boolean);
    case CD_EXPR_NUMBER: return cd_const_number(r->a, e->number);
    case CD_EXPR_DURATION: return cd_const_duration(r->a, e->ms);
    case CD_EXPR_DATE: return cd_const_time(r->a, e->ms);
    case CD_EXPR_STRING: return cd_const_run_text(r, e, f, &literal);
    case CD_EXPR_NAME: return eval_name(r, e, f);
    case CD_EXPR_ANAME: return e->ref.kind == CD_REF_ACTION ? cd_const_string(r->a, e->text) : NULL;
    case CD_EXPR_LIST:
    case CD_EXPR_SET: return eval_items(r, e, f);
    case CD_EXPR_COMPREHENSION: return eval_comprehension(r, e, f);
    case CD_EXPR_QUANTIFIER: return eval_quantifier(r, e, f);
    case CD_EXPR_FIELD:
        return e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM ? eval_name(r, e, f)
                                                                        : eval_field(r, e, f);
    case CD_EXPR_INDEX: return eval_index(r, e, f);
    case CD_EXPR_EACH: return eval_each(r, e, f);
    case CD_EXPR_CALL: return cd_const_run_call(r, e, f);
    case CD_EXPR_NOT:
        v = cd_const_run(r, e->a, f);
        return v ? cd_const_bool(r->a, !is_true(v)) : NULL;
    case CD_EXPR_NEG: return cd_const_run_neg(r, e, f);
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT:
        v = cd_const_run(r, e->a, f);
        return v ? cd_const_bool(r->a, (v->kind == CD_CONST_ABSENT) == (e->kind == CD_EXPR_ABSENT))
                 : NULL;
    case CD_EXPR_ADD:
    case CD_EXPR_SUB: return cd_const_run_sum(r, e, f);
    case CD_EXPR_REL: return cd_const_run_rel(r, e, f);
    case CD_EXPR_AND:
    case CD_EXPR_OR: return eval_logic(r, e, f);
    case CD_EXPR_IF:
        v = cd_const_run(r, e->where, f);
        return v ? cd_const_run(r, is_true(v) ? e->a : e->b, f) : NULL;
    case CD_EXPR_ERROR:
    case CD_EXPR_TYPE:
    case CD_EXPR_FOLLOW:
    case CD_EXPR_CONVERT: break;
    }
    return NULL;
}

value
cd_const_run(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    if (!e->type || e->type->kind == CD_TYPE_ERROR || ++r->steps > STEP_LIMIT
        || r->depth >= DEPTH_LIMIT) {
        return NULL;
    }
    r->depth++;
    value v = eval_kind(r, e, f);
    r->depth--;
    return v;
}

const struct cd_const *
cd_const_eval(struct cd_arena *a, const struct cd_expr *e, const struct cd_const_env *env)
{
    struct cd_const_run r = {.a = a, .env = env};
    return cd_const_run(&r, e, NULL);
}

bool
cd_const_pattern(struct cd_arena *a, const struct cd_expr *e, const struct cd_const_env *env,
                 struct cd_str *text, const uint8_t **literal)
{
    struct cd_const_run r = {.a = a, .env = env};
    const uint8_t *flags = NULL;
    if (!e->type || e->type->kind == CD_TYPE_ERROR) {
        return false;
    }
    value v = e->kind == CD_EXPR_STRING ? cd_const_run_text(&r, e, NULL, &flags)
                                        : cd_const_run(&r, e, NULL);
    if (!v || v->kind != CD_CONST_STRING) {
        return false;
    }
    *text = v->text;
    *literal = flags ? flags : CD_NEW_ARRAY(a, v->text.n, uint8_t);
    return true;
}
