/* Expressions of the reference evaluator: one function a row of the specification's tables. */
#include "tests/reference/ref.h"

#include <math.h>

enum ref_tri
ref_cond(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    return ref_condition(ref_eval(r, e, env));
}

/* A string that stands in a new collection is held by nobody: equal ones of several resources are
 * one member. */
static struct ref_value
unheld(struct ref_value v)
{
    if (v.kind == REF_STRING || v.kind == REF_JSON) {
        v.holder = NULL;
    }
    return v;
}

/* A member that is looked at alone. A string of a list is held by whoever holds all of the list:
 * what
 * [*] gathers from several resources is held by nobody. */
static struct ref_value
member_of(struct ref_value c, size_t i)
{
    struct ref_value v = c.items[i];
    if (v.kind == REF_STRING || v.kind == REF_JSON) {
        v.holder = c.holder;
    }
    return v;
}

/* ---- names ---- */

static struct ref_value
eval_binding(const struct cd_binding *binding, const struct ref_env *env)
{
    while (env->binding != binding) {
        env = env->up;
    }
    return env->value;
}

static struct ref_value
eval_param(struct ref *r, const struct cd_decl *d)
{
    for (size_t i = 0; i < r->n_params; i++) {
        if (r->params[i].decl == d) {
            return r->params[i].value;
        }
    }
    return d->value == NULL ? ref_unknown() : ref_eval(r, d->value, NULL);
}

/* A name, or a field of a module. */
static struct ref_value
eval_ref(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    switch (e->ref.kind) {
    case CD_REF_BINDING: return eval_binding(e->ref.binding, env);
    case CD_REF_PARAM: return eval_param(r, e->ref.decl);
    case CD_REF_LET: return ref_eval(r, e->ref.decl->value, NULL);
    case CD_REF_TABLE: return ref_table(r, CD_SCHEMA_NONE);
    case CD_REF_INTERNET: return (struct ref_value){.kind = REF_INTERNET};
    case CD_REF_ACTION: return ref_string(e->text, NULL);
    case CD_REF_NONE:
    case CD_REF_FN:
    case CD_REF_BUILTIN:
    case CD_REF_MODULE:
    case CD_REF_KEY:
    case CD_REF_ENVELOPE:
    case CD_REF_FIELD:
    case CD_REF_JSON:
    case CD_REF_ARN_PART:
    case CD_REF_MAP: break;
    }
    return ref_unknown();
}

/* ---- fields, [*], -> ---- */

static struct ref_value
field_of(struct ref *r, const struct cd_expr *e, struct ref_value v)
{
    switch (e->ref.kind) {
    case CD_REF_ENVELOPE: return ref_envelope(r, v, e->ref.envelope);
    case CD_REF_FIELD: return ref_field(r, v, e->ref.field);
    case CD_REF_ARN_PART: return ref_arn_part(v, e->ref.arn_part);
    case CD_REF_JSON:
    case CD_REF_MAP: return ref_member(r, v, e->text);
    case CD_REF_NONE:
    case CD_REF_BINDING:
    case CD_REF_PARAM:
    case CD_REF_LET:
    case CD_REF_FN:
    case CD_REF_BUILTIN:
    case CD_REF_MODULE:
    case CD_REF_TABLE:
    case CD_REF_INTERNET:
    case CD_REF_ACTION:
    case CD_REF_KEY: break;
    }
    return ref_unknown();
}

static struct ref_value
step_of(struct ref *r, const struct cd_expr *e, struct ref_value v)
{
    return e->kind == CD_EXPR_FOLLOW ? ref_follow(r, v, e->shape) : field_of(r, e, v);
}

/* Adds V to LIST, the members of a collection one by one and however deep they are nested. */
static void
add_flat(struct ref *r, struct ref_value *list, struct ref_value v)
{
    if (v.kind != REF_COLLECTION) {
        ref_add(r, list, v);
        return;
    }
    list->open |= v.open;
    for (size_t i = 0; i < v.n; i++) {
        add_flat(r, list, v.items[i]);
    }
}

static struct ref_value
eval_step(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    if (e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM) {
        return eval_ref(r, e, env);
    }
    struct ref_value v = ref_eval(r, e->a, env);
    if (!e->through_each || v.kind != REF_COLLECTION) {
        return step_of(r, e, v);
    }
    struct ref_value list = ref_collection(e->type->kind == CD_TYPE_SET);
    list.open = v.open;
    list.holder = e->kind == CD_EXPR_FOLLOW ? NULL : v.holder;
    for (size_t i = 0; i < v.n; i++) {
        add_flat(r, &list, step_of(r, e, v.items[i]));
    }
    return list;
}

static struct ref_value
eval_each(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value v = ref_eval(r, e->a, env);
    if (v.kind == REF_JSON) {
        v = ref_json_items(r, v);
    }
    if (v.kind == REF_MAP) {
        struct ref_value values = ref_collection(false);
        values.holder = v.holder;
        for (const cJSON *m = v.json->child; m != NULL; m = m->next) {
            ref_add(r, &values, ref_member(r, v, cd_str_of(m->string)));
        }
        v = values;
    }
    if (v.kind != REF_COLLECTION) {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    struct ref_value list = ref_collection(e->type->kind == CD_TYPE_SET);
    list.holder = v.holder;
    add_flat(r, &list, v);
    return list;
}

static struct ref_value
eval_index(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value v = ref_eval(r, e->a, env), key = ref_exact(ref_eval(r, e->b, env));
    if (v.kind == REF_ABSENT || key.kind == REF_ABSENT) {
        return ref_absent();
    }
    if (v.kind == REF_UNKNOWN || key.kind == REF_UNKNOWN) {
        return ref_unknown();
    }
    if (key.kind == REF_STRING) {
        return ref_member(r, v, key.text);
    }
    if (v.kind == REF_JSON) {
        v = ref_json_items(r, v);
    }
    if (v.kind != REF_COLLECTION) {
        return ref_absent();
    }
    if (v.open) {
        return ref_unknown();
    }
    return key.lo >= 0 && key.lo < (double)v.n && floor(key.lo) == key.lo
               ? member_of(v, (size_t)key.lo)
               : ref_absent();
}

/* ---- collections ---- */

static struct ref_value
eval_members(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value c = ref_collection(e->kind == CD_EXPR_SET);
    for (size_t i = 0; i < e->n_items; i++) {
        ref_add(r, &c, unheld(ref_eval(r, e->items[i], env)));
    }
    return c;
}

static struct ref_value
eval_comprehension(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value source = ref_eval(r, e->source, env), out = ref_collection(true);
    if (source.kind == REF_UNKNOWN) {
        return source;
    }
    out.open = source.open;
    for (size_t i = 0; i < source.n; i++) {
        struct ref_env inner = {e->binding, member_of(source, i), env};
        enum ref_tri in = e->where == NULL ? REF_T : ref_cond(r, e->where, &inner);
        if (in == REF_T) {
            ref_add(r, &out, unheld(ref_eval(r, e->b, &inner)));
        }
        out.open |= in == REF_U;
    }
    return out;
}

/* What one member says: `all` asks `not where or body`, the others `where and body`. */
static enum ref_tri
ask(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    enum ref_tri in = e->where == NULL ? REF_T : ref_cond(r, e->where, env);
    enum ref_tri body = ref_cond(r, e->b, env);
    return e->quant == CD_QUANT_ALL ? ref_or(ref_not(in), body) : ref_and(in, body);
}

static struct ref_value
eval_quantifier(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value source = ref_eval(r, e->source, env);
    size_t n_true = 0, n_unknown = 0, n_false = 0;
    for (size_t i = 0; i < source.n; i++) {
        struct ref_env inner = {e->binding, member_of(source, i), env};
        enum ref_tri answer = ask(r, e, &inner);
        n_true += answer == REF_T;
        n_unknown += answer == REF_U;
        n_false += answer == REF_F;
    }
    bool open = source.kind == REF_UNKNOWN || source.open;
    enum ref_tri unsure = n_unknown > 0 || open ? REF_U : REF_F;
    switch (e->quant) {
    case CD_QUANT_ALL: return ref_tri(n_false > 0 ? REF_F : ref_not(unsure));
    case CD_QUANT_ANY: return ref_tri(n_true > 0 ? REF_T : unsure);
    case CD_QUANT_NONE: return ref_tri(ref_not(n_true > 0 ? REF_T : unsure));
    case CD_QUANT_COUNT:
        return ref_interval((double)n_true, open ? (double)INFINITY : (double)(n_true + n_unknown));
    }
    return ref_unknown();
}

/* ---- arithmetic ---- */

/* Difference: what may be in B may have been taken away, which opens the result. */
static void
subtract(struct ref *r, struct ref_value *out, struct ref_value a, struct ref_value b)
{
    for (size_t i = 0; i < a.n; i++) {
        enum ref_tri taken = b.kind == REF_UNKNOWN ? REF_U : ref_contains(r, b, a.items[i], false);
        if (taken == REF_F) {
            ref_add(r, out, unheld(a.items[i]));
        }
        out->open |= taken == REF_U;
    }
}

/* Union and difference, lists end to end: an absent side is empty, an unknown one opens. */
static struct ref_value
combine(struct ref *r, const struct cd_expr *e, struct ref_value a, struct ref_value b)
{
    struct ref_value out = ref_collection(e->type->kind == CD_TYPE_SET);
    out.open = a.kind == REF_UNKNOWN || a.open || b.kind == REF_UNKNOWN;
    if (e->kind == CD_EXPR_SUB) {
        subtract(r, &out, a, b);
        return out;
    }
    out.open |= b.open;
    for (size_t i = 0; i < a.n; i++) {
        ref_add(r, &out, unheld(a.items[i]));
    }
    for (size_t i = 0; i < b.n; i++) {
        ref_add(r, &out, unheld(b.items[i]));
    }
    return out;
}

static struct ref_value
eval_arithmetic(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value a = ref_eval(r, e->a, env), b = ref_eval(r, e->b, env);
    if (cd_type_is_collection(e->type)) {
        return combine(r, e, a, b);
    }
    a = ref_exact(a);
    b = ref_exact(b);
    if (a.kind == REF_ABSENT || b.kind == REF_ABSENT) {
        return ref_absent();
    }
    if (a.kind == REF_UNKNOWN || b.kind == REF_UNKNOWN) {
        return ref_unknown();
    }
    bool add = e->kind == CD_EXPR_ADD;
    if (a.kind == REF_NUMBER) {
        return ref_number(add ? a.lo + b.lo : a.lo - b.lo);
    }
    enum ref_kind kind = a.kind == b.kind ? REF_DURATION : REF_TIME;
    return ref_ms(kind, add ? a.ms + b.ms : a.ms - b.ms);
}

static struct ref_value
eval_neg(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value v = ref_exact(ref_eval(r, e->a, env));
    if (v.kind == REF_NUMBER) {
        return ref_number(-v.lo);
    }
    if (v.kind == REF_DURATION) {
        v.ms = -v.ms;
    }
    return v;
}

/* ---- relations ---- */

/* Is PATTERN absent, for it is no address, where an address has to be? */
static struct ref_value
as_network(struct ref_value v)
{
    return v.kind == REF_STRING && !ref_is_network(v.text) ? ref_absent() : v;
}

static enum ref_tri
match_one(const struct cd_expr *e, struct ref_value a, struct ref_value pattern, bool nocase)
{
    if (e->rel == CD_REL_WITHIN) {
        return ref_within(a.text, pattern.text) ? REF_T : REF_F;
    }
    if (e->a->type->kind == CD_TYPE_ARN) {
        return ref_arn_like(a.text, pattern.text, pattern.literal) ? REF_T : REF_F;
    }
    return ref_glob(a.text, pattern.text, pattern.literal, nocase) ? REF_T : REF_F;
}

/* `like` and `within`, whose right side may be a set: any of them. */
static enum ref_tri
match(const struct cd_expr *e, struct ref_value a, struct ref_value b, bool nocase)
{
    if (b.kind != REF_COLLECTION) {
        return match_one(e, a, b, nocase);
    }
    enum ref_tri any = b.open ? REF_U : REF_F;
    for (size_t i = 0; i < b.n; i++) {
        for (const struct ref_value *p = &b.items[i]; p != NULL; p = p->also) {
            any = ref_or(any, match_one(e, a, *p, nocase));
        }
    }
    return any;
}

static enum ref_tri
relate(struct ref *r, const struct cd_expr *e, struct ref_value a, struct ref_value b, bool nocase)
{
    struct cd_str group;
    bool has_group;
    switch (e->rel) {
    case CD_REL_EQ: return ref_equal(r, a, b, nocase);
    case CD_REL_LT: return ref_less(a, b, false);
    case CD_REL_LE: return ref_less(a, b, true);
    case CD_REL_GT: return ref_less(b, a, false);
    case CD_REL_GE: return ref_less(b, a, true);
    case CD_REL_IN: return b.kind == REF_COLLECTION ? ref_contains(r, b, a, nocase) : REF_F;
    case CD_REL_LIKE:
    case CD_REL_WITHIN: return match(e, a, b, nocase);
    case CD_REL_MATCHES: return ref_regex(a.text, b.text, &group, &has_group) ? REF_T : REF_F;
    }
    return REF_U;
}

static bool
is_action(const struct cd_type *t)
{
    return t->kind == CD_TYPE_ACTION || (t->elem != NULL && t->elem->kind == CD_TYPE_ACTION);
}

static struct ref_value
eval_rel(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value a = ref_eval(r, e->a, env), b = ref_eval(r, e->b, env);
    enum ref_tri answer;
    if (e->rel == CD_REL_WITHIN) {
        a = as_network(a);
        b = as_network(b);
    }
    if (e->rel == CD_REL_IN) {
        a = ref_exact(a);
    }
    if (a.kind == REF_ABSENT || b.kind == REF_ABSENT) {
        answer = REF_F;
    } else if (a.kind == REF_UNKNOWN || b.kind == REF_UNKNOWN) {
        answer = REF_U;
    } else {
        answer = relate(r, e, a, b, is_action(e->a->type) || is_action(e->b->type));
    }
    return ref_tri(e->negated ? ref_not(answer) : answer);
}

/* ---- strings ---- */

static struct ref_value
eval_string(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct cd_buf text = CD_BUF_INIT, mask = CD_BUF_INIT;
    bool unknown = false, interpolated = false;
    for (size_t i = 0; i < e->n_parts; i++) {
        const struct cd_text_part *part = &e->parts[i];
        struct cd_str piece = part->text;
        if (part->expr != NULL) {
            struct ref_value v = ref_exact(ref_eval(r, part->expr, env));
            if (v.kind == REF_ABSENT) {
                return v;
            }
            unknown |= v.kind == REF_UNKNOWN;
            piece = ref_text(r, v);
            interpolated = true;
        }
        cd_buf_str(&text, piece);
        for (size_t k = 0; k < piece.n; k++) {
            cd_buf_putc(&mask, part->expr != NULL);
        }
    }
    struct ref_value v = ref_string(cd_arena_str(r->arena, cd_buf_view(&text)), NULL);
    if (interpolated) {
        v.literal = (const uint8_t *)cd_arena_str(r->arena, cd_buf_view(&mask)).p;
    }
    cd_buf_finish(&text);
    cd_buf_finish(&mask);
    return unknown ? ref_unknown() : v;
}

static struct ref_value
eval_if(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    enum ref_tri p = ref_cond(r, e->where, env);
    if (p != REF_U) {
        return ref_eval(r, p == REF_T ? e->a : e->b, env);
    }
    struct ref_value a = ref_eval(r, e->a, env), b = ref_eval(r, e->b, env);
    return ref_same(r, a, b) ? a : ref_unknown();
}

static struct ref_value
eval_presence(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    struct ref_value v = ref_eval(r, e->a, env);
    if (v.kind == REF_UNKNOWN) {
        return v;
    }
    return ref_bool((v.kind == REF_ABSENT) == (e->kind == CD_EXPR_ABSENT));
}

struct ref_value
ref_eval(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    switch (e->kind) {
    case CD_EXPR_ERROR: return ref_unknown();
    case CD_EXPR_BOOL: return ref_bool(e->boolean);
    case CD_EXPR_NUMBER: return ref_number(e->number);
    case CD_EXPR_DURATION: return ref_ms(REF_DURATION, e->ms);
    case CD_EXPR_DATE: return ref_ms(REF_TIME, e->ms);
    case CD_EXPR_STRING: return eval_string(r, e, env);
    case CD_EXPR_NAME:
    case CD_EXPR_ANAME: return eval_ref(r, e, env);
    case CD_EXPR_TYPE: return ref_table(r, e->shape);
    case CD_EXPR_LIST:
    case CD_EXPR_SET: return eval_members(r, e, env);
    case CD_EXPR_COMPREHENSION: return eval_comprehension(r, e, env);
    case CD_EXPR_QUANTIFIER: return eval_quantifier(r, e, env);
    case CD_EXPR_FIELD:
    case CD_EXPR_FOLLOW: return eval_step(r, e, env);
    case CD_EXPR_INDEX: return eval_index(r, e, env);
    case CD_EXPR_EACH: return eval_each(r, e, env);
    case CD_EXPR_CALL: return ref_call(r, e, env);
    case CD_EXPR_NOT: return ref_tri(ref_not(ref_cond(r, e->a, env)));
    case CD_EXPR_NEG: return eval_neg(r, e, env);
    case CD_EXPR_ABSENT:
    case CD_EXPR_PRESENT: return eval_presence(r, e, env);
    case CD_EXPR_ADD:
    case CD_EXPR_SUB: return eval_arithmetic(r, e, env);
    case CD_EXPR_REL: return eval_rel(r, e, env);
    case CD_EXPR_AND: return ref_tri(ref_and(ref_cond(r, e->a, env), ref_cond(r, e->b, env)));
    case CD_EXPR_OR: return ref_tri(ref_or(ref_cond(r, e->a, env), ref_cond(r, e->b, env)));
    case CD_EXPR_IF: return eval_if(r, e, env);
    case CD_EXPR_CONVERT: return ref_convert(r, ref_eval(r, e->a, env), e->type);
    }
    return ref_unknown();
}
