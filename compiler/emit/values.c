/* The values of a condition: constants and policy variables in the form that its operator takes. */
#include "compiler/emit/atom.h"

#include <arpa/inet.h>

#include "compiler/emit/strings.h"
#include "runtime/base/num.h"

/* The members of a set that is written down or constant; a single value counts as one member, an
 * absent one as none. */
static void
members_of(struct cd_atom_context *x, const struct cd_expr *e, const struct cd_expr ***items,
           size_t *n)
{
    if (e->kind == CD_EXPR_LIST || e->kind == CD_EXPR_SET) {
        *items = (const struct cd_expr **)e->items;
        *n = e->n_items;
        return;
    }
    const struct cd_const *c = e->kind == CD_EXPR_STRING ? NULL : cd_const_eval(x->a, e, x->env);
    bool is_collection = c != NULL && (c->kind == CD_CONST_LIST || c->kind == CD_CONST_SET);
    if (is_collection || (c != NULL && c->kind == CD_CONST_ABSENT)) {
        *items = CD_NEW_ARRAY(x->a, c->n + 1, const struct cd_expr *);
        for (size_t i = 0; i < c->n; i++) {
            (*items)[i] = cd_emit_literal(x->a, c->items[i], e->type->elem);
        }
        *n = is_collection ? c->n : 0;
        return;
    }
    *items = CD_NEW_ARRAY(x->a, 1, const struct cd_expr *);
    (*items)[0] = e;
    *n = 1;
}

static enum cd_atom
set_values(struct cd_atom_context *x, const struct cd_expr *e, bool is_pattern)
{
    const struct cd_expr **items;
    size_t n;
    members_of(x, e, &items, &n);
    struct cd_str *values = CD_NEW_ARRAY(x->a, n + 1, struct cd_str);
    for (size_t i = 0; i < n; i++) {
        switch (cd_emit_text(x->a, items[i], is_pattern, x->env, &values[i], &x->has_variable)) {
        case CD_TEXT_DONE: break;
        case CD_TEXT_OPEN: return CD_ATOM_OPEN;
        case CD_TEXT_NOT_CONSTANT:
            x->reason->where = items[i]->span;
            return cd_atom_refuse(
                x, "the value compared with is neither constant nor a key of one value",
                is_pattern ? "a key stands in a pattern by interpolation: \"{aws:username}\"" : "");
        }
    }
    x->out->values = values;
    x->out->n_values = cd_strs_sort(values, n);
    return CD_ATOM_CONDITION;
}

/* ---- networks ---- */

/* «10.1.2.3/16» is «10.1.0.0/16»: IAM wants no bits behind the mask. False if it is none. */
static bool
normal_network(struct cd_arena *a, struct cd_str *text)
{
    char address[64], printed[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    size_t slash = cd_str_find(*text, '/', 0);
    uint64_t bits = UINT64_MAX;
    if (slash >= sizeof address) {
        return false;
    }
    memcpy(address, text->p, slash);
    address[slash] = '\0';
    int family = inet_pton(AF_INET, address, bytes) == 1    ? AF_INET
                 : inet_pton(AF_INET6, address, bytes) == 1 ? AF_INET6
                                                            : 0;
    unsigned all = family == AF_INET ? 32 : 128;
    if (family == 0
        || (slash < text->n
            && (!cd_parse_u64(cd_str_sub(*text, slash + 1, text->n), &bits) || bits > all))) {
        return false;
    }
    for (unsigned i = 0; slash < text->n && i < all; i++) {
        bytes[i / 8] &= (unsigned char)(i < bits ? 0xFFu : ~(0x80u >> (i % 8)));
    }
    if (inet_ntop(family, bytes, printed, sizeof printed) == NULL) {
        return false;
    }
    *text = slash < text->n ? cd_arena_printf(a, "%s/%u", printed, (unsigned)bits)
                            : cd_arena_printf(a, "%s", printed);
    return true;
}

/* A malformed network holds no address. */
static void
normal_networks(struct cd_atom_context *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->out->n_values; i++) {
        if (normal_network(x->a, &x->out->values[i])) {
            x->out->values[n++] = x->out->values[i];
        }
    }
    x->out->n_values = cd_strs_sort(x->out->values, n);
}

/* ---- operators ---- */

enum cd_iam_op
cd_equality_op(const struct cd_expr *key)
{
    switch (cd_key_type_of(key)) {
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

enum cd_iam_op
cd_ordering_op(const struct cd_expr *key, enum cd_rel rel)
{
    bool is_date = cd_key_type_of(key) == CD_IAM_KEY_DATE;
    switch (rel) {
    case CD_REL_LT: return is_date ? CD_IAM_DATE_LESS : CD_IAM_NUMERIC_LESS;
    case CD_REL_LE: return is_date ? CD_IAM_DATE_LESS_EQUALS : CD_IAM_NUMERIC_LESS_EQUALS;
    case CD_REL_GT: return is_date ? CD_IAM_DATE_GREATER : CD_IAM_NUMERIC_GREATER;
    case CD_REL_GE: return is_date ? CD_IAM_DATE_GREATER_EQUALS : CD_IAM_NUMERIC_GREATER_EQUALS;
    case CD_REL_EQ:
    case CD_REL_IN:
    case CD_REL_LIKE:
    case CD_REL_MATCHES:
    case CD_REL_WITHIN: break;
    }
    return cd_equality_op(key);
}

/* Patterns of an ARN are compared segment by segment; `*` alone takes every value. */
static enum cd_atom
set_pattern_op(struct cd_atom_context *x, const struct cd_expr *key)
{
    struct cd_condition *c = x->out;
    c->op = CD_IAM_STRING_LIKE;
    if (cd_key_type_of(key) != CD_IAM_KEY_ARN) {
        return CD_ATOM_CONDITION;
    }
    for (size_t i = 0; i < c->n_values; i++) {
        if (cd_str_eq(c->values[i], CD_STR("*"))) {
            c->values[0] = c->values[i];
            c->n_values = 1;
            return CD_ATOM_CONDITION;
        }
    }
    for (size_t i = 0; i < c->n_values; i++) {
        if (!cd_str_starts(c->values[i], CD_STR("arn:"))) {
            (void)cd_atom_refuse(x, "", "an ARN has six segments: arn:aws:iam::*:role/admin");
            x->reason->why = cd_arena_printf(
                x->a, "with its parameters' values this is \"%.*s\", which is no pattern of ARNs",
                CD_FMT(c->values[i]));
            return CD_ATOM_WRONG;
        }
    }
    c->op = CD_IAM_ARN_LIKE;
    return CD_ATOM_CONDITION;
}

/* Policy variables stand in comparisons of texts and ARNs only. */
static bool
takes_variables(enum cd_iam_op op)
{
    return op == CD_IAM_STRING_EQUALS || op == CD_IAM_STRING_LIKE || op == CD_IAM_ARN_LIKE;
}

enum cd_atom
cd_atom_values(struct cd_atom_context *x, const struct cd_expr *key, const struct cd_expr *values,
               enum cd_rel rel)
{
    enum cd_atom status = set_values(x, values, rel == CD_REL_LIKE);
    if (status != CD_ATOM_CONDITION) {
        return status;
    }
    x->out->op = rel == CD_REL_WITHIN ? CD_IAM_IP_ADDRESS : cd_ordering_op(key, rel);
    if (rel == CD_REL_LIKE && cd_key_type_of(key) == CD_IAM_KEY_IP) {
        return cd_atom_refuse(x, "IAM compares addresses as addresses, not as texts",
                              "write the network: k within \"10.0.0.0/8\"");
    }
    if (rel == CD_REL_LIKE) {
        status = set_pattern_op(x, key);
    }
    if (x->has_variable && !takes_variables(x->out->op)) {
        return cd_atom_refuse(
            x,
            "IAM compares a key with another key as texts only, not as numbers, dates, truth "
            "values or addresses",
            "compare it with a constant");
    }
    if (x->out->op == CD_IAM_IP_ADDRESS) {
        normal_networks(x);
    }
    return status;
}
