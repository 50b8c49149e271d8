/* Statements of several denies in one, where it denies exactly what they do. */
#include "compiler/emit/fit.h"
#include "compiler/emit/strings.h"
#include "runtime/base/map.h"

/* Bounds for very many statements, which are then merged less: statements that are tried on one
 * that has grown to the limit, and pairs of which one might cover the other. */
#define TRIES_WHEN_FULL 8
#define PAIRS_LIMIT 5000000

/* ---- what covers what ---- */

/* Does pattern X, of actions or of ARNs, match all that pattern Y does? Only where X is Y, or «*»,
 * or ends in its one wildcard, a star, behind what Y begins with. Of an ARN that star stands in the
 * last segment: wildcards of the earlier ones do not pass colons. */
static bool
covers(struct cd_str x, struct cd_str y)
{
    if (cd_str_eq(x, y) || cd_str_eq(x, CD_STR("*"))) {
        return true;
    }
    size_t star = cd_str_find(x, '*', 0), colons = 0;
    for (size_t i = 0; i < x.n; i++) {
        colons += x.p[i] == ':';
    }
    bool is_prefix = star + 1 == x.n && cd_str_find(x, '?', 0) == x.n
                     && cd_str_find(x, '$', 0) == x.n
                     && colons >= (cd_str_starts(x, CD_STR("arn:")) ? 5u : 1u);
    return is_prefix && cd_str_starts(y, cd_str_sub(x, 0, star));
}

/* Is each of Y covered by one of X? */
static bool
all_covered(const struct cd_str *x, size_t n_x, const struct cd_str *y, size_t n_y)
{
    for (size_t k = 0; k < n_y; k++) {
        bool found = false;
        for (size_t i = 0; i < n_x && !found; i++) {
            found = covers(x[i], y[k]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* «all but X» has all of «all but Y» if Y has all of X. */
static bool
list_covers(bool not_x, const struct cd_str *x, size_t n_x, bool not_y, const struct cd_str *y,
            size_t n_y)
{
    if (not_x != not_y) {
        return !not_x && all_covered(x, n_x, &(struct cd_str){"*", 1}, 1);
    }
    return not_x ? all_covered(y, n_y, x, n_x) : all_covered(x, n_x, y, n_y);
}

static bool
same_list(bool not_x, const struct cd_str *x, size_t n_x, bool not_y, const struct cd_str *y,
          size_t n_y)
{
    bool same = not_x == not_y && n_x == n_y;
    for (size_t i = 0; i < n_x && same; i++) {
        same = cd_str_eq(x[i], y[i]);
    }
    return same;
}

/* ---- merging ---- */

/* The union of two lists, without what a pattern in it covers: that follows the pattern. */
static size_t
united(struct cd_arena *a, const struct cd_str *x, size_t n_x, const struct cd_str *y, size_t n_y,
       struct cd_str **out)
{
    size_t n = cd_strs_merge(a, x, n_x, y, n_y, false, out), kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !covers((*out)[kept - 1], (*out)[i])) {
            (*out)[kept++] = (*out)[i];
        }
    }
    return kept;
}

/* What X and Y deny as one statement; false if none is known. */
static bool
merged(struct cd_arena *a, const struct cd_statement *x, const struct cd_statement *y,
       struct cd_statement *out)
{
    if (!cd_conditions_within(&x->conditions, &y->conditions)) {
        return false;
    }
    *out = *x;
    if (list_covers(x->not_action, x->actions, x->n_actions, y->not_action, y->actions,
                    y->n_actions)
        && list_covers(x->not_resource, x->resources, x->n_resources, y->not_resource, y->resources,
                       y->n_resources)) {
        return true;
    }
    if (!cd_conditions_within(&y->conditions, &x->conditions)) {
        return false;
    }
    if (!x->not_action && !y->not_action
        && same_list(x->not_resource, x->resources, x->n_resources, y->not_resource, y->resources,
                     y->n_resources)) {
        out->n_actions =
            united(a, x->actions, x->n_actions, y->actions, y->n_actions, &out->actions);
        return true;
    }
    if (!x->not_resource && !y->not_resource
        && same_list(x->not_action, x->actions, x->n_actions, y->not_action, y->actions,
                     y->n_actions)) {
        out->n_resources =
            united(a, x->resources, x->n_resources, y->resources, y->n_resources, &out->resources);
        return true;
    }
    return false;
}

/* The sources of both, in their order. */
static void
join_sources(struct cd_arena *a, const struct cd_statement *x, const struct cd_statement *y,
             struct cd_statement *out)
{
    const struct cd_statement *const both[] = {x, y};
    struct cd_statement *sources =
        CD_NEW_ARRAY(a, x->n_sources + y->n_sources + 2, struct cd_statement);
    size_t n = 0;
    for (size_t i = 0; i < CD_ARRAY_LEN(both); i++) {
        if (both[i]->n_sources == 0) {
            sources[n++] = *both[i];
        }
        for (size_t k = 0; k < both[i]->n_sources; k++) {
            sources[n++] = both[i]->sources[k];
        }
    }
    out->sources = sources;
    out->n_sources = n;
}

struct merging {
    struct cd_arena *a;
    const struct cd_emitted_document *d;
    size_t limit;
    struct cd_statement *items;
    uint64_t *asked; /* of each: a hash of its conditions */
    bool *is_gone;
    size_t n;
};

enum outcome { APART, MERGED, TOO_LARGE };

/* The same for equal conditions. */
static uint64_t
hash_of(const struct cd_conditions *conditions)
{
    uint64_t hash = conditions->n;
    for (size_t i = 0; i < conditions->n; i++) {
        const struct cd_condition *c = &conditions->items[i];
        uint64_t one = c->n_values * 31 + (uint64_t)c->op;
        for (size_t k = 0; k < c->n_values; k++) {
            one = one * 1099511628211u + cd_str_hash(c->values[k]);
        }
        hash += one * 1099511628211u; /* in any order */
    }
    return hash;
}

/* Merges statement AT2 into the place of the earlier AT. */
static enum outcome
try_merge(struct merging *m, size_t at, size_t at2)
{
    struct cd_statement *x = &m->items[at], *y = &m->items[at2], both;
    if (!merged(m->a, x, y, &both) && !merged(m->a, y, x, &both)) {
        return APART;
    }
    both.sid = x->sid;
    both.number = x->number;
    both.control = x->control;
    both.deny = x->deny;
    both.span = x->span;
    if (cd_statement_size(m->d, &both) > m->limit) {
        return TOO_LARGE;
    }
    join_sources(m->a, x, y, &both);
    *x = both;
    m->asked[at] = hash_of(&x->conditions);
    m->is_gone[at2] = true;
    return MERGED;
}

/* Merges what can be into statement AT; true if anything was. What has grown may go with those that
 * it did not go with before. */
static bool
merge_into(struct merging *m, size_t at)
{
    bool any = false;
    size_t n_too_large = 0;
    for (size_t k = at + 1; k < m->n && n_too_large < TRIES_WHEN_FULL; k++) {
        if (m->is_gone[k] || m->asked[k] != m->asked[at]) {
            continue;
        }
        enum outcome outcome = try_merge(m, at, k);
        any = any || outcome == MERGED;
        n_too_large += outcome == TOO_LARGE;
    }
    return any;
}

/* Statements with other conditions, where one covers the other. */
static void
merge_covered(struct merging *m)
{
    size_t left = PAIRS_LIMIT;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = i + 1; k < m->n && !m->is_gone[i] && left > 0; k++, left--) {
            if (!m->is_gone[k] && m->asked[i] != m->asked[k]) {
                (void)try_merge(m, i, k);
            }
        }
    }
}

size_t
cd_statements_merge(struct cd_arena *a, const struct cd_emitted_document *d, size_t limit,
                    struct cd_statement **out)
{
    size_t n = d->n_statements, kept = 0;
    struct merging m = {.a = a, .d = d, .limit = limit, .n = n};
    m.items = CD_NEW_ARRAY(a, n + 1, struct cd_statement);
    m.asked = CD_NEW_ARRAY(a, n + 1, uint64_t);
    m.is_gone = CD_NEW_ARRAY(a, n + 1, bool);
    for (size_t i = 0; i < n; i++) {
        m.items[i] = d->statements[i];
        m.asked[i] = hash_of(&m.items[i].conditions);
    }
    for (size_t i = 0; i < n; i++) {
        while (!m.is_gone[i] && merge_into(&m, i)) {
        }
    }
    merge_covered(&m);
    for (size_t i = 0; i < n; i++) {
        if (!m.is_gone[i]) {
            m.items[kept++] = m.items[i];
        }
    }
    *out = m.items;
    return kept;
}
