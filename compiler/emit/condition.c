/* One comparison of a deny as one condition of IAM: the table «in a deny | IAM» of the language,
 * and its reverse under negation. */
#include "compiler/emit/atom.h"

const struct cd_iam_op_info cd_iam_op_info[CD_N_IAM_OPS] = {
#define CD_IAM_OP(name, text, negation, fires) [CD_IAM_##name] = {text, CD_IAM_##negation, fires},
#include "compiler/emit/operators.def"
#undef CD_IAM_OP
};

enum cd_atom
cd_atom_refuse(struct cd_atom_context *x, const char *why, const char *help)
{
    x->reason->why = cd_str_of(why);
    x->reason->help = cd_str_of(help);
    return CD_ATOM_INEXPRESSIBLE;
}

static enum cd_atom
truth(bool value)
{
    return value ? CD_ATOM_ALWAYS : CD_ATOM_NEVER;
}

/* ---- keys ---- */

const struct cd_expr *
cd_key_of(const struct cd_expr *e)
{
    while (e->kind == CD_EXPR_CONVERT) {
        e = e->a;
    }
    return e->kind == CD_EXPR_ANAME && e->ref.kind == CD_REF_KEY ? e : NULL;
}

struct cd_str
cd_key_name(struct cd_arena *a, const struct cd_expr *key)
{
    if (key->ref.key == CD_SCHEMA_NONE) {
        return key->text;
    }
    struct cd_str name = cd_iam_key_at(key->ref.key).name;
    size_t fixed = cd_str_find(name, '$', 0);
    if (fixed == name.n || fixed > key->text.n) {
        return fixed == name.n ? name : key->text;
    }
    return cd_arena_printf(a, "%.*s%.*s", (int)fixed, name.p, (int)(key->text.n - fixed),
                           key->text.p + fixed);
}

enum cd_iam_key_type
cd_key_type_of(const struct cd_expr *key)
{
    return key->ref.key == CD_SCHEMA_NONE ? CD_IAM_KEY_STRING : cd_iam_key_at(key->ref.key).type;
}

static bool
is_multivalued(const struct cd_expr *key)
{
    return key->ref.key != CD_SCHEMA_NONE && cd_iam_key_at(key->ref.key).is_multivalued;
}

void
cd_atom_key(struct cd_atom_context *x, const struct cd_expr *key)
{
    x->out->key = cd_key_name(x->a, key);
    x->out->key_index = key->ref.key;
}

/* ---- forms of conditions ---- */

static void
set_value(struct cd_atom_context *x, bool value)
{
    x->out->values = CD_NEW(x->a, struct cd_str);
    x->out->values[0] = value ? CD_STR("true") : CD_STR("false");
    x->out->n_values = 1;
}

/* `Bool` has no negated form: k is not V is BoolIfExists of the other value. */
static enum cd_atom
bool_condition(struct cd_atom_context *x, const struct cd_expr *key, bool value, bool negated)
{
    cd_atom_key(x, key);
    x->out->op = CD_IAM_BOOL;
    x->out->if_exists = negated;
    set_value(x, value != negated);
    return CD_ATOM_CONDITION;
}

enum cd_atom
cd_atom_null(struct cd_atom_context *x, const struct cd_expr *key, bool is_null)
{
    *x->out = (struct cd_condition){.op = CD_IAM_NULL};
    cd_atom_key(x, key);
    set_value(x, is_null);
    return CD_ATOM_CONDITION;
}

/* KEY compared for membership of VALUES (also `==`, of one member, and the patterns of `like`). */
static enum cd_atom
membership(struct cd_atom_context *x, const struct cd_expr *key, const struct cd_expr *values,
           enum cd_rel rel, bool negated)
{
    cd_atom_key(x, key);
    enum cd_atom status = cd_atom_values(x, key, values, rel);
    if (status != CD_ATOM_CONDITION) {
        return status;
    }
    if (x->out->n_values == 0) {
        return truth(negated);
    }
    if (x->out->op == CD_IAM_BOOL && x->out->n_values != 1) {
        return cd_atom_null(x, key, negated); /* {true, false} */
    }
    if (x->out->op == CD_IAM_BOOL) {
        bool value = cd_str_eq(x->out->values[0], CD_STR("true"));
        return bool_condition(x, key, value, negated);
    }
    if (negated) {
        x->out->op = cd_iam_op_info[x->out->op].negation;
    }
    return CD_ATOM_CONDITION;
}

enum cd_rel
cd_rel_mirrored(enum cd_rel rel)
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

/* Not less is greater or equal, or absent. */
static enum cd_atom
ordering(struct cd_atom_context *x, const struct cd_expr *key, const struct cd_expr *bound,
         enum cd_rel rel, bool negated)
{
    cd_atom_key(x, key);
    enum cd_atom status = cd_atom_values(x, key, bound, rel);
    if (status != CD_ATOM_CONDITION) {
        return status;
    }
    if (x->out->n_values == 0) {
        return truth(negated);
    }
    if (negated) {
        x->out->op = cd_iam_op_info[x->out->op].negation;
        x->out->if_exists = true;
    }
    return CD_ATOM_CONDITION;
}

/* ---- comparisons ---- */

static enum cd_atom
among_members(struct cd_atom_context *x, const struct cd_expr *key, const struct cd_expr *value,
              bool outside)
{
    cd_atom_key(x, key);
    enum cd_atom status = cd_atom_values(x, key, value, CD_REL_EQ);
    if (status != CD_ATOM_CONDITION) {
        return status;
    }
    if (x->out->n_values == 0) {
        return truth(outside);
    }
    if (x->out->op == CD_IAM_BOOL) {
        bool is_true = cd_str_eq(x->out->values[0], CD_STR("true"));
        set_value(x, is_true != outside);
    } else if (outside) {
        x->out->op = cd_iam_op_info[x->out->op].negation;
    }
    x->out->set = outside ? CD_IAM_FOR_ALL : CD_IAM_FOR_ANY;
    return CD_ATOM_CONDITION;
}

/* What a side is that is neither a key nor can be compared with one. */
static enum cd_atom
refuse_side(struct cd_atom_context *x, const struct cd_expr *side)
{
    x->reason->where = side->span;
    if (side->kind == CD_EXPR_CALL && side->ref.kind == CD_REF_BUILTIN) {
        return cd_atom_refuse(x, "IAM compares keys as they come, and computes nothing from them",
                              "compare the key itself, with ==, in, like, <, within");
    }
    if (side->ref.kind == CD_REF_ARN_PART) {
        return cd_atom_refuse(x, "IAM does not take ARNs apart",
                              "compare the whole ARN: k like \"arn:aws:iam::111122223333:role/*\"; "
                              "or another key: aws:PrincipalAccount, aws:ResourceAccount");
    }
    if (side->kind == CD_EXPR_STRING) {
        return cd_atom_refuse(x, "IAM interpolates keys on the side of the values only",
                              "a key stands alone on the left side, the text on the right");
    }
    return cd_atom_refuse(x, "one side has to be a key of the request, the other a constant", "");
}

static enum cd_atom
relation(struct cd_atom_context *x, const struct cd_expr *e, bool negated)
{
    const struct cd_expr *key = cd_key_of(e->a), *other = e->b;
    enum cd_rel rel = e->rel;
    bool outside = e->negated != negated;
    if (rel == CD_REL_MATCHES) {
        return cd_atom_refuse(x, "IAM has no regular expressions",
                              "`like` with * and ? can be said");
    }
    if (key == NULL) {
        key = cd_key_of(e->b);
        other = e->a;
        rel = cd_rel_mirrored(rel);
        if (key != NULL && rel == CD_REL_IN) {
            return among_members(x, key, other, outside);
        }
        if (key == NULL || rel == CD_REL_LIKE || rel == CD_REL_WITHIN) {
            return refuse_side(x, e->a);
        }
    }
    switch (rel) {
    case CD_REL_EQ:
    case CD_REL_IN:
    case CD_REL_LIKE:
    case CD_REL_WITHIN:
        return is_multivalued(key)
                   ? cd_atom_refuse(x,
                                    "a key with several values has to be asked with any, all "
                                    "or none",
                                    "any v in K { v == … }")
                   : membership(x, key, other, rel, outside);
    case CD_REL_LT:
    case CD_REL_LE:
    case CD_REL_GT:
    case CD_REL_GE: return ordering(x, key, other, rel, outside);
    case CD_REL_MATCHES: break;
    }
    return CD_ATOM_INEXPRESSIBLE;
}

static enum cd_atom
quantifier(struct cd_atom_context *x, const struct cd_expr *e, bool negated)
{
    const struct cd_expr *key = cd_key_of(e->source);
    if (key == NULL || e->quant == CD_QUANT_COUNT || e->where != NULL) {
        return cd_atom_refuse(x, "IAM asks each value of a key one comparison with constants",
                              "any v in K { v in {…} }, or all, or none");
    }
    bool every = (e->quant != CD_QUANT_ANY) != negated; /* not every: one that is not */
    bool flip = (e->quant == CD_QUANT_NONE) != negated;
    return cd_members_of(x->a, key, e->binding, e->b, every, flip, x->env, x->out, x->reason);
}

static enum cd_atom
other_atom(struct cd_atom_context *x, const struct cd_expr *e, bool negated)
{
    if (e->kind == CD_EXPR_ABSENT || e->kind == CD_EXPR_PRESENT) {
        const struct cd_expr *key = cd_key_of(e->a);
        return key == NULL ? refuse_side(x, e->a)
                           : cd_atom_null(x, key, (e->kind == CD_EXPR_ABSENT) != negated);
    }
    return refuse_side(x, e);
}

enum cd_atom
cd_condition_of(struct cd_arena *a, const struct cd_expr *e, bool negated,
                const struct cd_const_env *env, struct cd_condition *out, struct cd_reason *reason)
{
    struct cd_atom_context x = {.a = a, .env = env, .out = out, .reason = reason};
    *out = (struct cd_condition){.key_index = CD_SCHEMA_NONE};
    reason->where = e->span;
    const struct cd_const *constant = cd_const_eval(a, e, env);
    if (constant != NULL) {
        return truth((constant->kind == CD_CONST_BOOL && constant->boolean) != negated);
    }
    if (!cd_emit_reads_request(e)) {
        return CD_ATOM_OPEN;
    }
    const struct cd_expr *key = cd_key_of(e);
    if (key != NULL) {
        return bool_condition(&x, key, true, negated);
    }
    if (e->kind == CD_EXPR_REL) {
        return relation(&x, e, negated);
    }
    if (e->kind == CD_EXPR_QUANTIFIER) {
        return quantifier(&x, e, negated);
    }
    return other_atom(&x, e, negated);
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
