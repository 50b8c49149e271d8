/* One statement in pieces: «deny A or B» is «deny A» and «deny B». */
#include "compiler/emit/fit.h"

/* One of the lists of a statement. */
struct list {
    struct cd_str **items;
    size_t *n;
};

static bool
is_splittable(const struct cd_condition *c)
{
    return !cd_iam_op_info[c->op].fires_on_absent && c->op != CD_IAM_NULL
           && c->set != CD_IAM_FOR_ALL;
}

static size_t
bytes_of(const struct cd_str *items, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += items[i].n + sizeof "\"\"," - 1;
    }
    return sum;
}

static void
prefer(struct list *best, struct cd_str **items, size_t *n)
{
    if (*n > 1 && (best->n == NULL || bytes_of(*items, *n) > bytes_of(*best->items, *best->n))) {
        *best = (struct list){items, n};
    }
}

/* The largest list of which any member fires the statement; n is NULL if there is none with more
 * than one. The condition's lists are S's own. */
static struct list
list_to_split(struct cd_statement *s)
{
    struct list best = {NULL, NULL};
    if (!s->not_action) {
        prefer(&best, &s->actions, &s->n_actions);
    }
    if (!s->not_resource) {
        prefer(&best, &s->resources, &s->n_resources);
    }
    for (size_t i = 0; i < s->conditions.n; i++) {
        if (is_splittable(&s->conditions.items[i])) {
            prefer(&best, &s->conditions.items[i].values, &s->conditions.items[i].n_values);
        }
    }
    return best;
}

static struct cd_statement
copy_of(struct cd_arena *a, const struct cd_statement *s)
{
    struct cd_statement copy = *s;
    copy.conditions.items = CD_NEW_ARRAY(a, s->conditions.n + 1, struct cd_condition);
    for (size_t i = 0; i < s->conditions.n; i++) {
        copy.conditions.items[i] = s->conditions.items[i];
    }
    return copy;
}

struct pieces {
    struct cd_arena *a;
    const struct cd_emitted_document *d;
    size_t limit;
    struct cd_statement *items;
    size_t n, cap;
};

/* How many items of LIST, which is one of S, a piece takes: as many as fit, or half of them where
 * even one is too much beside the other lists. */
static size_t
n_that_fit(const struct pieces *p, const struct cd_statement *s, struct list list)
{
    size_t whole = *list.n, lo = 0, hi = whole; /* LO fit, HI do not */
    while (hi - lo > 1) {
        *list.n = lo + (hi - lo) / 2;
        if (cd_statement_size(p->d, s) <= p->limit) {
            lo = *list.n;
        } else {
            hi = *list.n;
        }
    }
    *list.n = whole;
    return lo != 0 ? lo : whole / 2;
}

/* Item AT becomes two: what fits, and the rest. False if it cannot. */
static bool
split_at(struct pieces *p, size_t at)
{
    struct cd_statement head = copy_of(p->a, &p->items[at]), rest = copy_of(p->a, &p->items[at]);
    struct list in_head = list_to_split(&head), in_rest = list_to_split(&rest);
    if (in_head.n == NULL || p->n == CD_SPLIT_PIECES) {
        return false;
    }
    size_t n = n_that_fit(p, &head, in_head);
    *in_head.n = n;
    *in_rest.items += n;
    *in_rest.n -= n;
    (void)CD_PUSH(p->a, p->items, p->n, p->cap);
    for (size_t i = p->n - 1; i > at + 1; i--) {
        p->items[i] = p->items[i - 1];
    }
    p->items[at] = head;
    p->items[at + 1] = rest;
    return true;
}

size_t
cd_statement_split(struct cd_arena *a, const struct cd_emitted_document *d,
                   const struct cd_statement *s, size_t limit, struct cd_statement **out)
{
    struct pieces p = {.a = a, .d = d, .limit = limit};
    *CD_PUSH(a, p.items, p.n, p.cap) = *s;
    for (size_t i = 0; i < p.n;) {
        if (cd_statement_size(d, &p.items[i]) <= limit) {
            i++;
        } else if (!split_at(&p, i)) {
            return 0;
        }
    }
    *out = p.items;
    return p.n;
}

struct cd_str
cd_statement_longest(struct cd_arena *a, const struct cd_statement *s)
{
    size_t most = bytes_of(s->actions, s->n_actions);
    struct cd_str name = s->not_action ? CD_STR("NotAction") : CD_STR("Action");
    if (bytes_of(s->resources, s->n_resources) > most) {
        most = bytes_of(s->resources, s->n_resources);
        name = s->not_resource ? CD_STR("NotResource") : CD_STR("Resource");
    }
    for (size_t i = 0; i < s->conditions.n; i++) {
        const struct cd_condition *c = &s->conditions.items[i];
        if (bytes_of(c->values, c->n_values) > most) {
            most = bytes_of(c->values, c->n_values);
            name = cd_arena_printf(a, "%s of %.*s", cd_iam_op_info[c->op].text, CD_FMT(c->key));
        }
    }
    return name;
}
