/* The ways to breach a require: «where and not require» as a disjunction of conjunctions. */
#include "compiler/derive/parts.h"

struct splitter {
    struct cd_arena *a;
    bool is_scope, too_many;
};

static struct cd_ways
one_way(struct splitter *s, const struct cd_literal *literal)
{
    struct cd_ways ways = {.n = 0};
    struct cd_way *way = CD_PUSH(s->a, ways.items, ways.n, ways.cap);
    *way = (struct cd_way){.n = 0};
    if (literal != NULL) {
        *CD_PUSH(s->a, way->items, way->n, way->cap) = *literal;
    }
    return ways;
}

static struct cd_ways
either(struct splitter *s, struct cd_ways x, struct cd_ways y)
{
    for (size_t i = 0; i < y.n && !s->too_many; i++) {
        *CD_PUSH(s->a, x.items, x.n, x.cap) = y.items[i];
        s->too_many = x.n > CD_WAYS_LIMIT;
    }
    return x;
}

static struct cd_ways
both(struct splitter *s, struct cd_ways x, struct cd_ways y)
{
    struct cd_ways ways = {.n = 0};
    for (size_t i = 0; i < x.n && !s->too_many; i++) {
        for (size_t k = 0; k < y.n && !s->too_many; k++) {
            struct cd_way *way = CD_PUSH(s->a, ways.items, ways.n, ways.cap);
            *way = (struct cd_way){.n = 0};
            for (size_t m = 0; m < x.items[i].n; m++) {
                *CD_PUSH(s->a, way->items, way->n, way->cap) = x.items[i].items[m];
            }
            for (size_t m = 0; m < y.items[k].n; m++) {
                *CD_PUSH(s->a, way->items, way->n, way->cap) = y.items[k].items[m];
            }
            s->too_many = ways.n > CD_WAYS_LIMIT;
        }
    }
    return ways;
}

/* The depth is that of the inlined expression, which cd_sema_inline bounds. Ifs in the conditions
 * of ifs would be split twice at each level: nothing is, once there are too many ways. */
static struct cd_ways
split(struct splitter *s, const struct cd_expr *e, bool negated)
{
    if (s->too_many) {
        return (struct cd_ways){.n = 0};
    }
    if (e->kind == CD_EXPR_NOT) {
        return split(s, e->a, !negated);
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
        struct cd_ways x = split(s, e->a, negated), y = split(s, e->b, negated);
        return (e->kind == CD_EXPR_OR) != negated ? either(s, x, y) : both(s, x, y);
    }
    if (e->kind == CD_EXPR_IF) {
        struct cd_ways yes = both(s, split(s, e->where, false), split(s, e->a, negated));
        struct cd_ways no = both(s, split(s, e->where, true), split(s, e->b, negated));
        return either(s, yes, no);
    }
    return one_way(s, &(struct cd_literal){e, negated, s->is_scope});
}

struct cd_ways
cd_ways_of(struct cd_arena *a, const struct cd_expr *where, const struct cd_expr *require)
{
    struct splitter s = {.a = a};
    uint32_t nodes;
    const struct cd_expr *q = cd_sema_inline(a, require, NULL, NULL, &nodes);
    const struct cd_expr *p = where == NULL ? NULL : cd_sema_inline(a, where, NULL, NULL, &nodes);
    if (q == NULL || (where != NULL && p == NULL)) {
        return (struct cd_ways){.too_many = true};
    }
    s.is_scope = true;
    struct cd_ways ways = p == NULL ? one_way(&s, NULL) : split(&s, p, false);
    s.is_scope = false;
    ways = both(&s, ways, split(&s, q, true));
    ways.too_many = s.too_many;
    return ways;
}
