/* A way to breach a require as the condition of a deny, and what kinds of conditions are in it. */
#include "compiler/derive/parts.h"

static bool
asks_absence(const struct cd_literal *l)
{
    return (l->e->kind == CD_EXPR_ABSENT && !l->negated)
           || (l->e->kind == CD_EXPR_PRESENT && l->negated);
}

static bool
asks_presence(const struct cd_literal *l)
{
    return (l->e->kind == CD_EXPR_PRESENT && !l->negated)
           || (l->e->kind == CD_EXPR_ABSENT && l->negated);
}

/* Is the literal true because of some member of a list, whatever the others are? TOLD is what it
 * reads; NULL: what others read, too. */
static bool
asks_member(const struct cd_literal *l, const struct cd_told *told)
{
    if (asks_presence(l)) {
        return told == NULL || (told->property != NULL && told->property->n_adds != 0);
    }
    if (l->e->kind == CD_EXPR_REL && l->e->rel == CD_REL_IN) {
        const struct cd_expr *list = l->e->b;
        bool is_property = list->kind == CD_EXPR_FIELD && list->ref.kind == CD_REF_FIELD;
        return is_property && l->e->negated == l->negated;
    }
    return l->e->kind == CD_EXPR_QUANTIFIER && (l->e->quant == CD_QUANT_ANY) != l->negated;
}

/* «Some member is V»: true of no member that lacks the property. */
static bool
asks_value_of_member(const struct cd_literal *l)
{
    enum cd_quant wanted = l->negated ? CD_QUANT_NONE : CD_QUANT_ANY;
    return l->e->kind == CD_EXPR_QUANTIFIER && l->e->quant == wanted && l->e->b->kind == CD_EXPR_REL
           && !l->e->b->negated;
}

/* Members without the property are in no key, and would be left out of what is said of all. */
static bool
is_told_of_all(struct cd_translation *t, const struct cd_literal *l)
{
    const struct cd_bound_property *p = t->n_told == 0 ? NULL : t->told[t->n_told - 1].property;
    if (p == NULL || !p->is_of_some || asks_value_of_member(l)) {
        return true;
    }
    t->why = cd_arena_printf(t->sema->arena,
                             "members without %.*s would be breaches that %.*s does not tell",
                             CD_FMT(p->path), CD_FMT(p->key));
    t->where = l->e->span;
    return false;
}

/* Is the list empty when its resource is made, and told when members are added? */
static bool
is_only_added(const struct cd_told *told)
{
    return told->property != NULL && told->property->n_create == 0 && told->property->n_adds != 0;
}

static struct cd_expr *
translate_literal(struct cd_translation *t, const struct cd_literal *l)
{
    t->why = CD_STR("");
    struct cd_expr *e = cd_translate(t, l->e);
    if (e == NULL || !is_told_of_all(t, l)) {
        return NULL;
    }
    return l->negated ? cd_expr_new_unary(t->sema, CD_EXPR_NOT, e) : e;
}

bool
cd_way_translate(struct cd_translation *t, const struct cd_way *way, struct cd_way_condition *out)
{
    *out = (struct cd_way_condition){.is_single = way->n == 1};
    t->n_told = 0;
    for (size_t i = 0; i < way->n; i++) {
        const struct cd_literal *l = &way->items[i];
        size_t n_told = t->n_told;
        struct cd_expr *e = translate_literal(t, l);
        if (e == NULL && !l->is_scope) {
            return false;
        }
        if (e == NULL) {
            t->n_told = n_told;
            out->why = out->is_stricter ? out->why : t->why;
            out->is_stricter = true;
            continue;
        }
        out->when = out->when == NULL ? e : cd_expr_new_and(t->sema, out->when, e);
        out->asks_absence = out->asks_absence || asks_absence(l);
        const struct cd_told *told = t->n_told > n_told ? &t->told[n_told] : NULL;
        bool of_member = asks_member(l, told);
        out->asks_member = out->asks_member || of_member;
        if (of_member && told != NULL && is_only_added(told)) {
            out->added = told->property;
        }
    }
    return true;
}
