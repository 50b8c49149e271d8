/* Evaluation of constants: arithmetic, relations and calls. */
#include <math.h>

#include "compiler/sema/const_match.h"
#include "compiler/sema/const_run.h"
#include "runtime/base/num.h"
#include "runtime/base/regex.h"

#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

typedef const struct cd_const *value;

bool
cd_const_contains(value set, value v)
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

/* ---- arithmetic ---- */

static value
sum_members(struct cd_const_run *r, const struct cd_expr *e, value x, value y)
{
    const struct cd_const **items = CD_NEW_ARRAY(r->a, x->n + y->n, const struct cd_const *);
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (e->kind == CD_EXPR_ADD || !cd_const_contains(y, x->items[i])) {
            items[n++] = x->items[i];
        }
    }
    for (size_t i = 0; e->kind == CD_EXPR_ADD && i < y->n; i++) {
        items[n++] = y->items[i];
    }
    return cd_const_collection(r->a, e->type->kind == CD_TYPE_SET ? CD_CONST_SET : CD_CONST_LIST,
                               items, n);
}

value
cd_const_run_sum(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value x = cd_const_run(r, e->a, f), y = cd_const_run(r, e->b, f);
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
    bool overflow =
        add ? __builtin_add_overflow(x->ms, y->ms, &ms) : __builtin_sub_overflow(x->ms, y->ms, &ms);
    if (overflow) {
        return NULL;
    }
    return e->type->kind == CD_TYPE_TIME ? cd_const_time(r->a, ms) : cd_const_duration(r->a, ms);
}

value
cd_const_run_neg(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v = cd_const_run(r, e->a, f);
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
eval_patterns(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f,
              struct pattern_list *out)
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
    value v =
        e->kind == CD_EXPR_STRING ? cd_const_run_text(r, e, f, &literal) : cd_const_run(r, e, f);
    if (!v) {
        return false;
    }
    size_t n = cd_const_has_members(v) ? v->n : 1;
    out->items = CD_NEW_ARRAY(r->a, n, struct cd_const_pattern);
    for (size_t i = 0; i < n; i++) {
        value one = cd_const_has_members(v) ? v->items[i] : v;
        if (one->kind == CD_CONST_STRING) {
            out->items[out->n++] =
                (struct cd_const_pattern){one->text, cd_const_has_members(v) ? NULL : literal};
        }
    }
    return true;
}

static int
eval_like(struct cd_const_run *r, const struct cd_expr *e, value x, const struct cd_const_frame *f)
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
    if (!cd_const_has_members(y)) {
        return y->kind == CD_CONST_STRING && cd_const_within(x->text, y->text, &malformed);
    }
    for (size_t i = 0; i < y->n; i++) {
        if (y->items[i]->kind == CD_CONST_STRING
            && cd_const_within(x->text, y->items[i]->text, &malformed)) {
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
    case CD_REL_EQ: return x->kind == y->kind && c == 0;
    case CD_REL_LT: return x->kind == y->kind && c < 0;
    case CD_REL_LE: return x->kind == y->kind && c <= 0;
    case CD_REL_GT: return x->kind == y->kind && c > 0;
    case CD_REL_GE: return x->kind == y->kind && c >= 0;
    case CD_REL_IN: return cd_const_contains(y, x);
    case CD_REL_WITHIN: return eval_within(x, y);
    case CD_REL_MATCHES: return eval_matches(x, y);
    case CD_REL_LIKE: break;
    }
    return -1;
}

value
cd_const_run_rel(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value x = cd_const_run(r, e->a, f), y = cd_const_run(r, e->b, f);
    if (!x || !y) {
        return NULL;
    }
    int truth = e->rel == CD_REL_LIKE ? eval_like(r, e, x, f) : relation(e, x, y);
    return truth < 0 ? NULL : cd_const_bool(r->a, (truth == 1) != e->negated);
}

/* ---- calls ---- */

static value
call_builtin(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    value v = e->n_items > 0 ? cd_const_run(r, e->items[0], f) : NULL;
    struct cd_str parts[6], text;
    double d;
    if (!v) {
        return NULL;
    }
    switch (e->ref.builtin) {
    case CD_BUILTIN_ARN:
        return v->kind == CD_CONST_STRING && cd_const_arn_split(v->text, parts) ? v
                                                                                : cd_const_absent();
    case CD_BUILTIN_NUMBER:
        if (v->kind != CD_CONST_STRING || !cd_parse_number(v->text, &d)) {
            return v->kind == CD_CONST_NUMBER ? v : cd_const_absent();
        }
        return fabs(d) > EXACT_INTEGERS ? NULL : cd_const_number(r->a, d);
    case CD_BUILTIN_STRING:
        return cd_const_text_of(r, v, &text) ? cd_const_string(r->a, text) : cd_const_absent();
    case CD_BUILTIN_SIZE: return cd_const_number(r->a, (double)v->n);
    case CD_BUILTIN_CAPTURE: {
        value pattern = cd_const_run(r, e->items[1], f);
        char why[8];
        struct cd_regex *re =
            pattern && pattern->kind == CD_CONST_STRING && v->kind == CD_CONST_STRING
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
    case CD_BUILTIN_REACHES: break;
    }
    return NULL;
}

static value
call_fn(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    const struct cd_decl *fn = e->ref.decl;
    struct cd_const_frame *frames = CD_NEW_ARRAY(r->a, e->n_items, struct cd_const_frame);
    const struct cd_const_frame *inner = NULL;
    if (fn->n_params != e->n_items) {
        return NULL;
    }
    for (size_t i = 0; i < e->n_items; i++) {
        value v = cd_const_run(r, e->items[i], f);
        if (!v) {
            return NULL;
        }
        frames[i] = (struct cd_const_frame){fn->params[i].binding, v, inner};
        inner = &frames[i];
    }
    return cd_const_run(r, fn->value, inner);
}

value
cd_const_run_call(struct cd_const_run *r, const struct cd_expr *e, const struct cd_const_frame *f)
{
    return e->ref.kind == CD_REF_FN ? call_fn(r, e, f) : call_builtin(r, e, f);
}
