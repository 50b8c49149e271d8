/* Statements that one statement can say. */
#include "compiler/emit/merge.h"

#include "compiler/emit/strings.h"

/* Is C with one more value a condition that holds where either holds? */
static bool
joins_by_union(const struct cd_condition *c)
{
    return !cd_iam_op_info[c->op].fires_on_absent && c->op != CD_IAM_NULL && c->op != CD_IAM_BOOL
           && c->set != CD_IAM_FOR_ALL;
}

static bool
is_null(const struct cd_condition *c)
{
    return c->op == CD_IAM_NULL && cd_str_eq(c->values[0], CD_STR("true"));
}

/* «absent k, or k is …» is …IfExists. */
static bool
is_if_exists(const struct cd_condition *null, const struct cd_condition *c)
{
    return is_null(null) && c->op != CD_IAM_NULL && c->set == CD_IAM_SINGLE && !c->if_exists
           && !cd_iam_op_info[c->op].fires_on_absent && cd_str_eq_nocase(null->key, c->key);
}

/* X or Y as one condition. */
static bool
joined(struct cd_arena *a, const struct cd_condition *x, const struct cd_condition *y,
       struct cd_condition *out)
{
    if (is_if_exists(x, y) || is_if_exists(y, x)) {
        *out = is_null(x) ? *y : *x;
        out->if_exists = true;
        return true;
    }
    if (x->op != y->op || x->set != y->set || !cd_str_eq_nocase(x->key, y->key)
        || !joins_by_union(x)) {
        return false;
    }
    *out = *x;
    out->if_exists = x->if_exists || y->if_exists;
    out->n_values =
        cd_strs_merge(a, x->values, x->n_values, y->values, y->n_values, false, &out->values);
    return true;
}

/* How many conditions of X are not in Y; *at is the first of them. */
static size_t
missing(const struct cd_conditions *x, const struct cd_conditions *y, size_t *at)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!cd_conditions_have(y, &x->items[i])) {
            *at = n == 0 ? i : *at;
            n++;
        }
    }
    return n;
}

/* Makes X what «X or Y» is, if one conjunction can say it. */
static bool
join(struct cd_arena *a, struct cd_conditions *x, const struct cd_conditions *y)
{
    size_t in_x = 0, in_y = 0;
    size_t n_x = missing(x, y, &in_x), n_y = missing(y, x, &in_y);
    struct cd_condition both;
    if (n_x == 0) {
        return true; /* Y asks for more */
    }
    if (n_y == 0) {
        *x = *y;
        return true;
    }
    if (n_x != 1 || n_y != 1 || !joined(a, &x->items[in_x], &y->items[in_y], &both)) {
        return false;
    }
    struct cd_condition *items = CD_NEW_ARRAY(a, x->n, struct cd_condition);
    memcpy(items, x->items, x->n * sizeof *items);
    items[in_x] = both;
    *x = (struct cd_conditions){items, x->n, x->n};
    return true;
}

void
cd_normal_form_add(struct cd_arena *a, struct cd_normal_form *f, struct cd_conditions c)
{
    size_t at = SIZE_MAX;
    for (size_t i = 0; i < f->n && at == SIZE_MAX; i++) {
        at = join(a, &f->items[i], &c) ? i : at;
    }
    if (at == SIZE_MAX) {
        *CD_PUSH(a, f->items, f->n, f->cap) = c;
        return;
    }
    /* What has grown may cover others. */
    for (size_t i = 0; i < f->n;) {
        if (i != at && join(a, &f->items[at], &f->items[i])) {
            memmove(&f->items[i], &f->items[i + 1], (f->n - i - 1) * sizeof f->items[0]);
            f->n--;
            at -= i < at;
            i = 0;
        } else {
            i++;
        }
    }
}
