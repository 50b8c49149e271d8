/* Evaluation of expressions that depend on nothing but constants and parameters. */
#include <math.h>

#include "compiler/sema/const.h"
#include "compiler/sema/const_match.h"
#include "runtime/base/num.h"
#include "runtime/base/regex.h"

#define STEP_LIMIT 1000000
#define DEPTH_LIMIT 2500
#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

struct frame {
    const struct cd_binding *binding;
    const struct cd_const *value;
    const struct frame *outer;
};

struct run {
    struct cd_arena *a;
    const struct cd_const_env *env;
    uint32_t steps;
    unsigned depth;
};

typedef const struct cd_const *value;

static value eval(struct run *r, const struct cd_expr *e, const struct frame *f);

static bool
is_members(value v)
{
    return v->kind == CD_CONST_LIST || v->kind == CD_CONST_SET;
}

static bool
is_true(value v)
{
    return v->kind == CD_CONST_BOOL && v->boolean;
}

/* ---- texts ---- */

static bool
text_of(struct run *r, value v, struct cd_str *out)
{
    char buf[48];
    switch (v->kind) {
    case CD_CONST_STRING:
        *out = v->text;
        return true;
    case CD_CONST_BOOL:
        *out = v->boolean ? CD_STR("true") : CD_STR("false");
        return true;
    case CD_CONST_NUMBER:
        *out = cd_arena_str(r->a, cd_format_number(v->number, buf));
        return true;
    case CD_CONST_TIME:
        *out = cd_arena_str(r->a, cd_format_time(v->ms, buf));
        return true;
    case CD_CONST_DURATION:
        *out = cd_arena_str(r->a, cd_format_duration(v->ms, buf));
        return true;
    case CD_CONST_ABSENT:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP:
        break;
    }
    return false;
}

/* The text of a STRING and which of its bytes came in by interpolation; absent if a part is, NULL if one has no value. */
static value
eval_text(struct run *r, const struct cd_expr *e, const struct frame *f, const uint8_t **literal)
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
            value v = eval(r, e->parts[i].expr, f);
            if (!v) {
                return NULL;
            }
            absent = absent || !text_of(r, v, &texts[i]);
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
eval_items(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    const struct cd_const **items = CD_NEW_ARRAY(r->a, e->n_items, const struct cd_const *);
    for (size_t i = 0; i < e->n_items; i++) {
        items[i] = eval(r, e->items[i], f);
        if (!items[i]) {
            return NULL;
        }
    }
    return cd_const_collection(r->a, e->kind == CD_EXPR_SET ? CD_CONST_SET : CD_CONST_LIST, items, e->n_items);
}

static value
eval_comprehension(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value source = eval(r, e->source, f);
    if (!source) {
        return NULL;
    }
    const struct cd_const **items = CD_NEW_ARRAY(r->a, source->n, const struct cd_const *);
    size_t n = 0;
    for (size_t i = 0; i < source->n; i++) {
        struct frame inner = {e->binding, source->items[i], f};
        value in = e->where ? eval(r, e->where, &inner) : cd_const_bool(r->a, true);
        if (!in) {
            return NULL;
        }
        if (is_true(in)) {
            items[n] = eval(r, e->b, &inner);
            if (!items[n++]) {
                return NULL;
            }
        }
    }
    return cd_const_collection(r->a, CD_CONST_SET, items, n);
}

static value
eval_quantifier(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value source = eval(r, e->source, f);
    size_t n_true = 0, n_false = 0;
    for (size_t i = 0; source && i < source->n; i++) {
        struct frame inner = {e->binding, source->items[i], f};
        value in = e->where ? eval(r, e->where, &inner) : cd_const_bool(r->a, true);
        value body = in ? eval(r, e->b, &inner) : NULL;
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
    case CD_QUANT_ALL:
        return cd_const_bool(r->a, n_false == 0);
    case CD_QUANT_ANY:
        return cd_const_bool(r->a, n_true > 0);
    case CD_QUANT_NONE:
        return cd_const_bool(r->a, n_true == 0);
    case CD_QUANT_COUNT:
        break;
    }
    return cd_const_number(r->a, (double)n_true);
}

struct flat {
    const struct cd_const **items;
    size_t n, cap;
};

static void
flatten(struct run *r, value v, struct flat *out)
{
    if (!is_members(v)) {
        *CD_PUSH(r->a, out->items, out->n, out->cap) = v;
        return;
    }
    for (size_t i = 0; i < v->n; i++) {
        flatten(r, v->items[i], out);
    }
}

static value
eval_each(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v = eval(r, e->a, f);
    if (!v || !is_members(v)) {
        return v ? cd_const_absent() : NULL;
    }
    struct flat out = {NULL, 0, 0};
    flatten(r, v, &out);
    return cd_const_collection(r->a, CD_CONST_LIST, out.items, out.n);
}

static bool
contains(value set, value v)
{
    if (set->kind == CD_CONST_SET) {
        size_t lo = 0, hi = set->n;
        while (lo < hi) {
            size_t mid = lo + (hi - lo) / 2;
            int c = cd_const_cmp(set->items[mid], v);
            if (c == 0) {
                return true;
            }
            if (c < 0) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        return false;
    }
    for (size_t i = 0; i < set->n; i++) {
        if (cd_const_eq(set->items[i], v)) {
            return true;
        }
    }
    return false;
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
arn_part(struct run *r, value v, enum cd_arn_part part)
{
    struct cd_str parts[6];
    if (v->kind != CD_CONST_STRING || !cd_const_arn_split(v->text, parts) || parts[part + 1].n == 0) {
        return cd_const_absent();
    }
    return cd_const_string(r->a, parts[part + 1]);
}

static value
part_of(struct run *r, const struct cd_expr *e, value v)
{
    if (e->ref.kind == CD_REF_MAP) {
        return map_get(v, e->text);
    }
    return e->ref.kind == CD_REF_ARN_PART ? arn_part(r, v, e->ref.arn_part) : NULL;
}

static value
eval_field(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v = eval(r, e->a, f);
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
eval_index(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v = eval(r, e->a, f), i = eval(r, e->b, f);
    if (!v || !i) {
        return NULL;
    }
    if (i->kind == CD_CONST_STRING) {
        return map_get(v, i->text);
    }
    bool in_range = v->kind == CD_CONST_LIST && i->kind == CD_CONST_NUMBER && i->number >= 0 &&
                    i->number < (double)v->n && floor(i->number) == i->number;
    return in_range ? v->items[(size_t)i->number] : cd_const_absent();
}

/* ---- arithmetic ---- */

static value
sum_members(struct run *r, const struct cd_expr *e, value x, value y)
{
    const struct cd_const **items = CD_NEW_ARRAY(r->a, x->n + y->n, const struct cd_const *);
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (e->kind == CD_EXPR_ADD || !contains(y, x->items[i])) {
            items[n++] = x->items[i];
        }
    }
    for (size_t i = 0; e->kind == CD_EXPR_ADD && i < y->n; i++) {
        items[n++] = y->items[i];
    }
    return cd_const_collection(r->a, e->type->kind == CD_TYPE_SET ? CD_CONST_SET : CD_CONST_LIST, items, n);
}

static value
eval_sum(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value x = eval(r, e->a, f), y = eval(r, e->b, f);
    int64_t ms;
    if (!x || !y) {
        return NULL;
    }
    if (cd_type_is_collection(e->type)) {
        return sum_members(r, e, x, y);
    }
    if (x->kind == CD_CONST_ABSENT || y->kind == CD_CONST_ABSENT) {
        return cd_const_absent();
    }
    bool add = e->kind == CD_EXPR_ADD;
    if (x->kind == CD_CONST_NUMBER) {
        return cd_const_number(r->a, add ? x->number + y->number : x->number - y->number);
    }
    bool overflow = add ? __builtin_add_overflow(x->ms, y->ms, &ms) : __builtin_sub_overflow(x->ms, y->ms, &ms);
    if (overflow) {
        return NULL;
    }
    return e->type->kind == CD_TYPE_TIME ? cd_const_time(r->a, ms) : cd_const_duration(r->a, ms);
}

static value
eval_neg(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v = eval(r, e->a, f);
    if (v && v->kind == CD_CONST_NUMBER) {
        return cd_const_number(r->a, -v->number);
    }
    if (v && v->kind == CD_CONST_DURATION) {
        return v->ms == INT64_MIN ? NULL : cd_const_duration(r->a, -v->ms);
    }
    return v;
}

/* ---- relations ---- */

struct pattern_list {
    struct cd_const_pattern *items;
    size_t n;
};

/* The right side of `like`, with the bytes that stand for themselves; false if it has no value. */
static bool
eval_patterns(struct run *r, const struct cd_expr *e, const struct frame *f, struct pattern_list *out)
{
    if (e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST) {
        out->items = CD_NEW_ARRAY(r->a, e->n_items, struct cd_const_pattern);
        for (size_t i = 0; i < e->n_items; i++) {
            struct pattern_list one = {NULL, 0};
            if (!eval_patterns(r, e->items[i], f, &one)) {
                return false;
            }
            if (one.n > 0) {
                out->items[out->n++] = one.items[0];
            }
        }
        return true;
    }
    const uint8_t *literal = NULL;
    value v = e->kind == CD_EXPR_STRING ? eval_text(r, e, f, &literal) : eval(r, e, f);
    if (!v) {
        return false;
    }
    size_t n = is_members(v) ? v->n : 1;
    out->items = CD_NEW_ARRAY(r->a, n, struct cd_const_pattern);
    for (size_t i = 0; i < n; i++) {
        value one = is_members(v) ? v->items[i] : v;
        if (one->kind == CD_CONST_STRING) {
            out->items[out->n++] = (struct cd_const_pattern){one->text, is_members(v) ? NULL : literal};
        }
    }
    return true;
}

static int
eval_like(struct run *r, const struct cd_expr *e, value x, const struct frame *f)
{
    struct pattern_list patterns = {NULL, 0};
    if (!eval_patterns(r, e->b, f, &patterns)) {
        return -1;
    }
    for (size_t i = 0; x->kind == CD_CONST_STRING && i < patterns.n; i++) {
        bool hit = e->a->type->kind == CD_TYPE_ARN ? cd_const_arn_like(patterns.items[i], x->text)
                                                   : cd_const_like(patterns.items[i], x->text);
        if (hit) {
            return 1;
        }
    }
    return 0;
}

static int
eval_within(value x, value y)
{
    bool malformed;
    if (x->kind != CD_CONST_STRING) {
        return 0;
    }
    if (!is_members(y)) {
        return y->kind == CD_CONST_STRING && cd_const_within(x->text, y->text, &malformed);
    }
    for (size_t i = 0; i < y->n; i++) {
        if (y->items[i]->kind == CD_CONST_STRING && cd_const_within(x->text, y->items[i]->text, &malformed)) {
            return 1;
        }
    }
    return 0;
}

static int
eval_matches(value x, value y)
{
    char why[8];
    if (x->kind != CD_CONST_STRING || y->kind != CD_CONST_STRING) {
        return 0;
    }
    struct cd_regex *re = cd_regex_new(y->text, why, sizeof why);
    if (!re) {
        return -1;
    }
    bool hit = cd_regex_match(re, x->text);
    cd_regex_free(re);
    return hit;
}

/* 1, 0, or -1 if it has no value. An absent side makes every relation false. */
static int
relation(const struct cd_expr *e, value x, value y)
{
    if (x->kind == CD_CONST_ABSENT || y->kind == CD_CONST_ABSENT) {
        return 0;
    }
    int c = x->kind == y->kind ? cd_const_cmp(x, y) : 0;
    switch (e->rel) {
    case CD_REL_EQ:
        return x->kind == y->kind && c == 0;
    case CD_REL_LT:
        return x->kind == y->kind && c < 0;
    case CD_REL_LE:
        return x->kind == y->kind && c <= 0;
    case CD_REL_GT:
        return x->kind == y->kind && c > 0;
    case CD_REL_GE:
        return x->kind == y->kind && c >= 0;
    case CD_REL_IN:
        return contains(y, x);
    case CD_REL_WITHIN:
        return eval_within(x, y);
    case CD_REL_MATCHES:
        return eval_matches(x, y);
    case CD_REL_LIKE:
        break;
    }
    return -1;
}

static value
eval_rel(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value x = eval(r, e->a, f), y = eval(r, e->b, f);
    if (!x || !y) {
        return NULL;
    }
    int truth = e->rel == CD_REL_LIKE ? eval_like(r, e, x, f) : relation(e, x, y);
    return truth < 0 ? NULL : cd_const_bool(r->a, (truth == 1) != e->negated);
}

/* ---- calls ---- */

static value
call_builtin(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v = e->n_items > 0 ? eval(r, e->items[0], f) : NULL;
    struct cd_str parts[6], text;
    double d;
    if (!v) {
        return NULL;
    }
    switch (e->ref.builtin) {
    case CD_BUILTIN_ARN:
        return v->kind == CD_CONST_STRING && cd_const_arn_split(v->text, parts) ? v : cd_const_absent();
    case CD_BUILTIN_NUMBER:
        if (v->kind != CD_CONST_STRING || !cd_parse_number(v->text, &d)) {
            return v->kind == CD_CONST_NUMBER ? v : cd_const_absent();
        }
        return fabs(d) > EXACT_INTEGERS ? NULL : cd_const_number(r->a, d);
    case CD_BUILTIN_STRING:
        return text_of(r, v, &text) ? cd_const_string(r->a, text) : cd_const_absent();
    case CD_BUILTIN_SIZE:
        return cd_const_number(r->a, (double)v->n);
    case CD_BUILTIN_CAPTURE: {
        value pattern = eval(r, e->items[1], f);
        char why[8];
        struct cd_regex *re = pattern && pattern->kind == CD_CONST_STRING && v->kind == CD_CONST_STRING
                                  ? cd_regex_new(pattern->text, why, sizeof why)
                                  : NULL;
        bool found = re && cd_regex_capture(re, v->text, &text);
        cd_regex_free(re);
        return found ? cd_const_string(r->a, text) : cd_const_absent();
    }
    case CD_BUILTIN_CAN:
    case CD_BUILTIN_ALLOWS:
    case CD_BUILTIN_DENIES:
    case CD_BUILTIN_BECOMES:
    case CD_BUILTIN_REACHES:
        break;
    }
    return NULL;
}

static value
call_fn(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    const struct cd_decl *fn = e->ref.decl;
    struct frame *frames = CD_NEW_ARRAY(r->a, e->n_items, struct frame);
    const struct frame *inner = NULL;
    if (fn->n_params != e->n_items) {
        return NULL;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        value v = eval(r, e->items[i], f);
        if (!v) {
            return NULL;
        }
        frames[i] = (struct frame){fn->params[i].binding, v, inner};
        inner = &frames[i];
    }
    return eval(r, fn->value, inner);
}

/* ---- names ---- */

static value
eval_param(struct run *r, const struct cd_decl *d)
{
    for (size_t i = 0; r->env && i < r->env->n; i++) {
        if (r->env->params[i] == d) {
            return r->env->values[i];
        }
    }
    return d->value ? eval(r, d->value, NULL) : NULL;
}

static value
eval_name(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    if (e->ref.kind == CD_REF_LET) {
        return e->ref.decl->value ? eval(r, e->ref.decl->value, NULL) : NULL;
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
eval_logic(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value x = eval(r, e->a, f), y = eval(r, e->b, f);
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
eval_kind(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    value v;
    const uint8_t *literal;
    switch (e->kind) {
    case CD_EXPR_BOOL:
        return cd_const_bool(r->a, e->boolean);
    case CD_EXPR_NUMBER:
        return cd_const_number(r->a, e->number);
    case CD_EXPR_DURATION:
        return cd_const_duration(r->a, e->ms);
    case CD_EXPR_DATE:
        return cd_const_time(r->a, e->ms);
    case CD_EXPR_STRING:
        return eval_text(r, e, f, &literal);
    case CD_EXPR_NAME:
        return eval_name(r, e, f);
    case CD_EXPR_ANAME:
        return e->ref.kind == CD_REF_ACTION ? cd_const_string(r->a, e->text) : NULL;
    case CD_EXPR_LIST:
    case CD_EXPR_SET:
        return eval_items(r, e, f);
    case CD_EXPR_COMPREHENSION:
        return eval_comprehension(r, e, f);
    case CD_EXPR_QUANTIFIER:
        return eval_quantifier(r, e, f);
    case CD_EXPR_FIELD:
        return e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM ? eval_name(r, e, f) : eval_field(r, e, f);
    case CD_EXPR_INDEX:
        return eval_index(r, e, f);
    case CD_EXPR_EACH:
        return eval_each(r, e, f);
    case CD_EXPR_CALL:
        return e->ref.kind == CD_REF_FN ? call_fn(r, e, f) : call_builtin(r, e, f);
    case CD_EXPR_NOT:
        v = eval(r, e->a, f);
        return v ? cd_const_bool(r->a, !is_true(v)) : NULL;
    case CD_EXPR_NEG:
        return eval_neg(r, e, f);
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT:
        v = eval(r, e->a, f);
        return v ? cd_const_bool(r->a, (v->kind == CD_CONST_ABSENT) == (e->kind == CD_EXPR_ABSENT)) : NULL;
    case CD_EXPR_ADD:
    case CD_EXPR_SUB:
        return eval_sum(r, e, f);
    case CD_EXPR_REL:
        return eval_rel(r, e, f);
    case CD_EXPR_AND:
    case CD_EXPR_OR:
        return eval_logic(r, e, f);
    case CD_EXPR_IF:
        v = eval(r, e->where, f);
        return v ? eval(r, is_true(v) ? e->a : e->b, f) : NULL;
    case CD_EXPR_ERROR:
    case CD_EXPR_TYPE:
    case CD_EXPR_FOLLOW:
    case CD_EXPR_CONVERT:
        break;
    }
    return NULL;
}

static value
eval(struct run *r, const struct cd_expr *e, const struct frame *f)
{
    if (!e->type || e->type->kind == CD_TYPE_ERROR || ++r->steps > STEP_LIMIT || r->depth >= DEPTH_LIMIT) {
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
    struct run r = {.a = a, .env = env};
    return eval(&r, e, NULL);
}

bool
cd_const_pattern(struct cd_arena *a, const struct cd_expr *e, const struct cd_const_env *env, struct cd_str *text,
                 const uint8_t **literal)
{
    struct run r = {.a = a, .env = env};
    const uint8_t *flags = NULL;
    if (!e->type || e->type->kind == CD_TYPE_ERROR) {
        return false;
    }
    value v = e->kind == CD_EXPR_STRING ? eval_text(&r, e, NULL, &flags) : eval(&r, e, NULL);
    if (!v || v->kind != CD_CONST_STRING) {
        return false;
    }
    *text = v->text;
    *literal = flags ? flags : CD_NEW_ARRAY(a, v->text.n, uint8_t);
    return true;
}
