/* Conditions that have to hold together: a Condition block has one place for an operator and key,
 * so what meets there is merged. */
#include "compiler/emit/emit.h"
#include "compiler/emit/strings.h"
#include "runtime/schema/schema.h"

bool
cd_conditions_have(const struct cd_conditions *conj, const struct cd_condition *c)
{
    bool found = false;
    for (size_t i = 0; i < conj->n && !found; i++) {
        found = cd_condition_eq(&conj->items[i], c);
    }
    return found;
}

bool
cd_conditions_within(const struct cd_conditions *x, const struct cd_conditions *y)
{
    bool all = true;
    for (size_t i = 0; i < x->n && all; i++) {
        all = cd_conditions_have(y, &x->items[i]);
    }
    return all;
}

static bool
same_place(const struct cd_condition *x, const struct cd_condition *y)
{
    return x->op == y->op && x->set == y->set && x->if_exists == y->if_exists
           && cd_str_eq_nocase(x->key, y->key);
}

static void
merge_values(struct cd_arena *a, struct cd_condition *into, const struct cd_condition *from,
             bool both)
{
    into->n_values = cd_strs_merge(a, into->values, into->n_values, from->values, from->n_values,
                                   both, &into->values);
}

/* Operators under which a conjunction of two value lists is the union of the lists: «none of
 * these». */
static bool
joins_by_union(const struct cd_condition *c)
{
    return cd_iam_op_info[c->op].fires_on_absent && c->set != CD_IAM_FOR_ANY;
}

/* Operators under which it is the lists' intersection: «one of exactly these». */
static bool
joins_by_intersection(const struct cd_condition *c)
{
    return (c->op == CD_IAM_STRING_EQUALS || c->op == CD_IAM_NUMERIC_EQUALS
            || c->op == CD_IAM_DATE_EQUALS || c->op == CD_IAM_BOOL)
           && c->set != CD_IAM_FOR_ANY && !cd_strs_have_variable(c->values, c->n_values);
}

static bool
is_null(const struct cd_condition *c, const char *value)
{
    return c->op == CD_IAM_NULL && cd_str_eq(c->values[0], cd_str_of(value));
}

/* Does «key is absent» contradict C? */
static bool
needs_presence(const struct cd_condition *c)
{
    return !cd_condition_fires_on_absent(c);
}

/* Of a set that has to lie in two others that share nothing, only the empty one is left. */
static bool
no_values(struct cd_arena *a, struct cd_conditions *conj, struct cd_condition *there, bool *never,
          struct cd_str *why)
{
    struct cd_condition null = {
        .op = CD_IAM_NULL, .key = there->key, .key_index = there->key_index};
    if (there->set == CD_IAM_SINGLE) {
        *never = true;
        return true;
    }
    null.values = CD_NEW(a, struct cd_str);
    null.values[0] = CD_STR("true");
    null.n_values = 1;
    *there = conj->items[--conj->n];
    return cd_conditions_add(a, conj, null, never, why);
}

static bool
merge_into(struct cd_arena *a, struct cd_conditions *conj, struct cd_condition *there,
           struct cd_condition c, bool *never, struct cd_str *why)
{
    if (cd_condition_eq(there, &c)) {
        return true;
    }
    if (c.op == CD_IAM_NULL) {
        *never = true;
        return true;
    }
    if (joins_by_union(&c)) {
        merge_values(a, there, &c, false);
        return true;
    }
    if (joins_by_intersection(&c) && joins_by_intersection(there) && !c.if_exists) {
        merge_values(a, there, &c, true);
        return there->n_values != 0 || no_values(a, conj, there, never, why);
    }
    if (!c.if_exists) {
        /* What stands there decides for an absent key already, so this says the same elsewhere. */
        c.if_exists = true;
        return cd_conditions_add(a, conj, c, never, why);
    }
    *why = cd_arena_printf(a, "%s has to meet more lists of %.*s than one statement can hold",
                           cd_iam_op_info[c.op].text, CD_FMT(c.key));
    return false;
}

bool
cd_conditions_add(struct cd_arena *a, struct cd_conditions *conj, struct cd_condition c,
                  bool *never, struct cd_str *why)
{
    for (size_t i = 0; i < conj->n; i++) {
        const struct cd_condition *other = &conj->items[i];
        if (cd_str_eq_nocase(other->key, c.key)
            && ((is_null(other, "true") && needs_presence(&c))
                || (is_null(&c, "true") && needs_presence(other)))) {
            *never = true;
            return true;
        }
    }
    for (size_t i = 0; i < conj->n; i++) {
        if (same_place(&conj->items[i], &c)) {
            return merge_into(a, conj, &conj->items[i], c, never, why);
        }
    }
    *CD_PUSH(a, conj->items, conj->n, conj->cap) = c;
    return true;
}

/* Does another condition ask for the key of the one at AT? */
static bool
is_guarded(const struct cd_conditions *conj, size_t at)
{
    for (size_t i = 0; i < conj->n; i++) {
        if (i != at && needs_presence(&conj->items[i])
            && cd_str_eq_nocase(conj->items[i].key, conj->items[at].key)) {
            return true;
        }
    }
    return false;
}

const struct cd_condition *
cd_uncarried(const struct cd_conditions *conj, const uint32_t *actions, size_t n)
{
    for (size_t i = 0; i < conj->n; i++) {
        const struct cd_condition *c = &conj->items[i];
        if (c->key_index == CD_SCHEMA_NONE || needs_presence(c) || is_guarded(conj, i)
            || cd_iam_key_at(c->key_index).is_retired) {
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            if (!cd_iam_action_has_key(actions[k], c->key_index)) {
                return c;
            }
        }
    }
    return NULL;
}
