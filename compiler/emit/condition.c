/* One comparison of a deny as one condition of IAM: the table «in a deny | IAM» of the language,
 * and its reverse under negation. */
#include "compiler/emit/emit.h"

#include "compiler/emit/strings.h"
#include "runtime/schema/schema.h"

const struct cd_iam_op_info cd_iam_op_info[CD_N_IAM_OPS] = {
#define CD_IAM_OP(name, text, negation, fires) [CD_IAM_##name] = {text, CD_IAM_##negation, fires},
#include "compiler/emit/operators.def"
#undef CD_IAM_OP
};

enum { INEXPRESSIBLE = 0, CONDITION = 1, NEVER = 2, ALWAYS = 3 };

struct context {
    struct cd_arena *a;
    const struct cd_const_env *env;
    struct cd_condition *out;
    struct cd_str *why;
};

static int
refuse(struct context *x, const char *why)
{
    *x->why = cd_str_of(why);
    return INEXPRESSIBLE;
}

static int
truth(bool value)
{
    return value ? ALWAYS : NEVER;
}

/* The key that E reads, or NULL. */
static const struct cd_expr *
key_of(const struct cd_expr *e)
{
    while (e->kind == CD_EXPR_CONVERT) {
        e = e->a;
    }
    return e->kind == CD_EXPR_ANAME && e->ref.kind == CD_REF_KEY ? e : NULL;
}

static struct cd_expr *
literal_of(struct cd_arena *a, const struct cd_const *c)
{
    struct cd_expr *e = CD_NEW(a, struct cd_expr);
    struct cd_text_part *part = CD_NEW(a, struct cd_text_part);
    *part = (struct cd_text_part){.text = c->text};
    *e = (struct cd_expr){.kind = CD_EXPR_STRING, .parts = part, .n_parts = 1};
    switch (c->kind) {
    case CD_CONST_BOOL:
        e->kind = CD_EXPR_BOOL;
        e->boolean = c->boolean;
        break;
    case CD_CONST_NUMBER:
        e->kind = CD_EXPR_NUMBER;
        e->number = c->number;
        break;
    case CD_CONST_TIME:
        e->kind = CD_EXPR_DATE;
        e->ms = c->ms;
        break;
    case CD_CONST_ABSENT:
    case CD_CONST_STRING:
    case CD_CONST_DURATION:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: break;
    }
    return e;
}

/* The members of a set that is written down or constant; a single value counts as one member. */
static bool
members_of(struct context *x, const struct cd_expr *e, const struct cd_expr ***items, size_t *n)
{
    if (e->kind == CD_EXPR_LIST || e->kind == CD_EXPR_SET) {
        *items = (const struct cd_expr **)e->items;
        *n = e->n_items;
        return true;
    }
    const struct cd_const *c = e->kind == CD_EXPR_STRING ? NULL : cd_const_eval(x->a, e, x->env);
    if (c != NULL && (c->kind == CD_CONST_LIST || c->kind == CD_CONST_SET)) {
        *items = CD_NEW_ARRAY(x->a, c->n + 1, const struct cd_expr *);
        for (size_t i = 0; i < c->n; i++) {
            (*items)[i] = literal_of(x->a, c->items[i]);
        }
        *n = c->n;
        return true;
    }
    *items = CD_NEW_ARRAY(x->a, 1, const struct cd_expr *);
    (*items)[0] = e;
    *n = 1;
    return true;
}

static bool
set_values(struct context *x, const struct cd_expr *e, bool is_pattern)
{
    const struct cd_expr **items;
    size_t n;
    if (!members_of(x, e, &items, &n)) {
        return false;
    }
    struct cd_str *values = CD_NEW_ARRAY(x->a, n + 1, struct cd_str);
    for (size_t i = 0; i < n; i++) {
        if (!cd_emit_text(x->a, items[i], is_pattern, x->env, &values[i])) {
            return false;
        }
    }
    x->out->values = values;
    x->out->n_values = cd_strs_sort(values, n);
    return true;
}

static void
set_key(struct context *x, const struct cd_expr *key)
{
    x->out->key = key->text;
    x->out->key_index = key->ref.key;
}

static enum cd_iam_key_type
type_of_key(const struct cd_expr *key)
{
    return key->ref.key == CD_SCHEMA_NONE ? CD_IAM_KEY_STRING : cd_iam_key_at(key->ref.key).type;
}

static bool
is_multivalued(const struct cd_expr *key)
{
    return key->ref.key != CD_SCHEMA_NONE && cd_iam_key_at(key->ref.key).is_multivalued;
}

/* The positive operator of `==` and `in` by the key's type. */
static enum cd_iam_op
equality_op(const struct cd_expr *key)
{
    switch (type_of_key(key)) {
    case CD_IAM_KEY_NUMERIC: return CD_IAM_NUMERIC_EQUALS;
    case CD_IAM_KEY_DATE: return CD_IAM_DATE_EQUALS;
    case CD_IAM_KEY_IP: return CD_IAM_IP_ADDRESS;
    case CD_IAM_KEY_BOOL: return CD_IAM_BOOL;
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_ARN:
    case CD_IAM_KEY_BINARY: return CD_IAM_STRING_EQUALS;
    }
    return CD_IAM_STRING_EQUALS;
}

static enum cd_iam_op
pattern_op(const struct cd_expr *key, const struct cd_condition *c)
{
    if (type_of_key(key) != CD_IAM_KEY_ARN) {
        return CD_IAM_STRING_LIKE;
    }
    for (size_t i = 0; i < c->n_values; i++) {
        if (!cd_str_starts(c->values[i], CD_STR("arn:"))) {
            return CD_IAM_STRING_LIKE; /* `*` alone is no ARN for ArnLike */
        }
    }
    return CD_IAM_ARN_LIKE;
}

/* `Bool` has no negated form: k is not V is BoolIfExists of the other value. */
static int
bool_condition(struct context *x, const struct cd_expr *key, bool value, bool negated)
{
    set_key(x, key);
    x->out->op = CD_IAM_BOOL;
    x->out->if_exists = negated;
    x->out->values = CD_NEW(x->a, struct cd_str);
    x->out->values[0] = (value != negated) ? CD_STR("true") : CD_STR("false");
    x->out->n_values = 1;
    return CONDITION;
}

static int
null_condition(struct context *x, const struct cd_expr *key, bool is_null)
{
    set_key(x, key);
    x->out->op = CD_IAM_NULL;
    x->out->values = CD_NEW(x->a, struct cd_str);
    x->out->values[0] = is_null ? CD_STR("true") : CD_STR("false");
    x->out->n_values = 1;
    return CONDITION;
}

/* KEY compared for membership of VALUES (also `==`, of one member, and the patterns of `like`). */
static int
membership(struct context *x, const struct cd_expr *key, const struct cd_expr *values,
           enum cd_rel rel, bool negated)
{
    set_key(x, key);
    if (!set_values(x, values, rel == CD_REL_LIKE)) {
        return refuse(x, "the compared value is neither constant nor a key of the request");
    }
    if (x->out->n_values == 0) {
        return truth(negated);
    }
    enum cd_iam_op op = rel == CD_REL_LIKE     ? pattern_op(key, x->out)
                        : rel == CD_REL_WITHIN ? CD_IAM_IP_ADDRESS
                                               : equality_op(key);
    if (op == CD_IAM_BOOL) {
        if (x->out->n_values != 1) {
            return null_condition(x, key, negated); /* {true, false} */
        }
        return bool_condition(x, key, cd_str_eq(x->out->values[0], CD_STR("true")), negated);
    }
    x->out->op = negated ? cd_iam_op_info[op].negation : op;
    return CONDITION;
}

static enum cd_rel
mirrored(enum cd_rel rel)
{
    switch (rel) {
    case CD_REL_LT: return CD_REL_GT;
    case CD_REL_LE: return CD_REL_GE;
    case CD_REL_GT: return CD_REL_LT;
    case CD_REL_GE: return CD_REL_LE;
    case CD_REL_EQ:
    case CD_REL_IN:
    case CD_REL_LIKE:
    case CD_REL_MATCHES:
    case CD_REL_WITHIN: return rel;
    }
    return rel;
}

static int
ordering(struct context *x, const struct cd_expr *key, const struct cd_expr *bound, enum cd_rel rel,
         bool negated)
{
    bool is_date = type_of_key(key) == CD_IAM_KEY_DATE;
    enum cd_iam_op op =
        rel == CD_REL_LT   ? (is_date ? CD_IAM_DATE_LESS : CD_IAM_NUMERIC_LESS)
        : rel == CD_REL_LE ? (is_date ? CD_IAM_DATE_LESS_EQUALS : CD_IAM_NUMERIC_LESS_EQUALS)
        : rel == CD_REL_GT ? (is_date ? CD_IAM_DATE_GREATER : CD_IAM_NUMERIC_GREATER)
                           : (is_date ? CD_IAM_DATE_GREATER_EQUALS : CD_IAM_NUMERIC_GREATER_EQUALS);
    set_key(x, key);
    if (!set_values(x, bound, false)) {
        return refuse(x, "the bound is not constant");
    }
    x->out->op = negated ? cd_iam_op_info[op].negation : op;
    x->out->if_exists = negated;
    return CONDITION;
}

/* Quantifiers over a multivalued key. EVERY: all members, else at least one; INSIDE: the member is
 * among the values, else not. */
static int
multivalued(struct context *x, const struct cd_expr *key, const struct cd_expr *values,
            enum cd_rel rel, bool every, bool inside)
{
    set_key(x, key);
    if (!set_values(x, values, rel == CD_REL_LIKE)) {
        return refuse(x, "the compared value is neither constant nor a key of the request");
    }
    if (x->out->n_values == 0) {
        if (every != inside) {
            return truth(every); /* any in {}: never; all not in {}: always */
        }
        return null_condition(x, key,
                              every); /* all in {}: only without values; any not in {}: with one */
    }
    enum cd_iam_op op = rel == CD_REL_LIKE ? pattern_op(key, x->out) : equality_op(key);
    if (op == CD_IAM_BOOL) {
        return refuse(x, "a key with several truth values cannot be asked by member");
    }
    x->out->set = every ? CD_IAM_FOR_ALL : CD_IAM_FOR_ANY;
    x->out->op = inside ? op : cd_iam_op_info[op].negation;
    return CONDITION;
}

static int
quantifier(struct context *x, const struct cd_expr *e, bool negated)
{
    const struct cd_expr *key = key_of(e->source);
    const struct cd_expr *body = e->b;
    bool flip = false;
    while (body->kind == CD_EXPR_NOT) {
        body = body->a;
        flip = !flip;
    }
    if (key == NULL || e->where != NULL || body->kind != CD_EXPR_REL
        || (body->rel != CD_REL_EQ && body->rel != CD_REL_IN && body->rel != CD_REL_LIKE)
        || body->a->ref.kind != CD_REF_BINDING || body->a->ref.binding != e->binding) {
        return refuse(
            x,
            "IAM can ask each member of a key only one comparison with constants (==, in, like)");
    }
    bool inside = body->negated == flip;
    bool every = false;
    switch (e->quant) {
    case CD_QUANT_ALL: every = true; break;
    case CD_QUANT_ANY: every = false; break;
    case CD_QUANT_NONE:
        every = true;
        inside = !inside;
        break;
    case CD_QUANT_COUNT: return refuse(x, "IAM cannot count the values of a key");
    }
    if (negated) { /* not every inside: one that is not */
        every = !every;
        inside = !inside;
    }
    return multivalued(x, key, body->b, body->rel, every, inside);
}

static int
relation(struct context *x, const struct cd_expr *e, bool negated)
{
    const struct cd_expr *key = key_of(e->a), *other = e->b;
    enum cd_rel rel = e->rel;
    bool outside = e->negated != negated;
    if (rel == CD_REL_MATCHES) {
        return refuse(x, "IAM has no regular expressions; `like` with * and ? can be said");
    }
    if (key == NULL) {
        key = key_of(e->b);
        other = e->a;
        rel = mirrored(rel);
        if (key != NULL && rel == CD_REL_IN) {
            return multivalued(x, key, other, CD_REL_EQ, outside, !outside);
        }
        if (key == NULL || rel == CD_REL_LIKE || rel == CD_REL_WITHIN) {
            return refuse(x, "one side has to be a key of the request, the other a constant");
        }
    }
    switch (rel) {
    case CD_REL_EQ:
    case CD_REL_IN:
    case CD_REL_LIKE:
    case CD_REL_WITHIN:
        return is_multivalued(key)
                   ? refuse(x, "a key with several values has to be asked with any, all or none")
                   : membership(x, key, other, rel, outside);
    case CD_REL_LT:
    case CD_REL_LE:
    case CD_REL_GT:
    case CD_REL_GE: return ordering(x, key, other, rel, outside);
    case CD_REL_MATCHES: break;
    }
    return refuse(x, "IAM has no operator for this comparison");
}

int
cd_condition_of(struct cd_arena *a, const struct cd_expr *e, bool negated,
                const struct cd_const_env *env, struct cd_condition *out, struct cd_str *why)
{
    struct context x = {.a = a, .env = env, .out = out, .why = why};
    *out = (struct cd_condition){.key_index = CD_SCHEMA_NONE};
    const struct cd_const *constant = cd_const_eval(a, e, env);
    if (constant != NULL) {
        return truth((constant->kind == CD_CONST_BOOL && constant->boolean) != negated);
    }
    const struct cd_expr *key = key_of(e);
    if (key != NULL) {
        return bool_condition(&x, key, true, negated);
    }
    if (e->kind == CD_EXPR_REL) {
        return relation(&x, e, negated);
    }
    if (e->kind == CD_EXPR_QUANTIFIER) {
        return quantifier(&x, e, negated);
    }
    if (e->kind == CD_EXPR_ABSENT || e->kind == CD_EXPR_PRESENT) {
        key = key_of(e->a);
        return key == NULL ? refuse(&x, "only a key of the request can be asked for its presence")
                           : null_condition(&x, key, (e->kind == CD_EXPR_ABSENT) != negated);
    }
    return refuse(
        &x, "IAM conditions compare keys of the request with constants; this is something else");
}

bool
cd_condition_fires_on_absent(const struct cd_condition *c)
{
    if (c->op == CD_IAM_NULL) {
        return cd_str_eq(c->values[0], CD_STR("true"));
    }
    if (c->set == CD_IAM_FOR_ALL) {
        return true;
    }
    if (c->set == CD_IAM_FOR_ANY) {
        return false;
    }
    return c->if_exists || cd_iam_op_info[c->op].fires_on_absent;
}

bool
cd_condition_eq(const struct cd_condition *x, const struct cd_condition *y)
{
    if (x->op != y->op || x->set != y->set || x->if_exists != y->if_exists
        || !cd_str_eq_nocase(x->key, y->key) || x->n_values != y->n_values) {
        return false;
    }
    for (size_t i = 0; i < x->n_values; i++) {
        if (!cd_str_eq(x->values[i], y->values[i])) {
            return false;
        }
    }
    return true;
}
