/* First fit in the given order, first fit by falling size, and where neither reaches the lower
 * bound a search with branch and bound, which proves the number minimal unless its steps run out.
 */
#include "compiler/emit/packing.h"

#include <stdlib.h>

/* Of sizes compared with bins while groups are tried whole: well below a second. */
#define ATTEMPTS_LIMIT 20000000

/* Sizes to pack, and what came of it. */
struct task {
    struct cd_arena *a;
    const size_t *sizes;
    size_t n, capacity;
    size_t *steps; /* that the search may still take; shared by all tasks of a call */
    size_t *bin_of;
    size_t n_bins, lower_bound;
    bool is_minimal;
};

/* ---- lower bound ---- */

struct ranked {
    size_t size, at;
};

static int
by_falling_size(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    return a->size != b->size ? (a->size < b->size ? 1 : -1) : (a->at > b->at) - (a->at < b->at);
}

/* Largest first, those of one size in the order given. */
static struct ranked *
rank(const struct task *t)
{
    struct ranked *r = CD_NEW_ARRAY(t->a, t->n + 1, struct ranked);
    for (size_t i = 0; i < t->n; i++) {
        r[i] = (struct ranked){t->sizes[i], i};
    }
    qsort(r, t->n, sizeof *r, by_falling_size);
    return r;
}

static size_t
divided_up(size_t x, size_t by)
{
    return x / by + (x % by != 0);
}

/* Martello and Toth's second bound: what is larger than half a bin has a bin of its own; for each
 * size k of the others, those of at least k go only into bins whose large item leaves k, or into
 * further ones. For the smallest k it covers «all sizes divided by the capacity». And a bound by
 * numbers, for many sizes that are nearly the same. */
static size_t
lower_bound_of(const struct task *t, const struct ranked *r)
{
    size_t large = 0, best, huge, beside = 0, small = 0;
    while (large < t->n && r[large].size > t->capacity - r[large].size) {
        large++;
    }
    best = huge = large;
    for (size_t i = large; i < t->n; i++) {
        small += r[i].size;
        for (; huge > 0 && r[huge - 1].size <= t->capacity - r[i].size; huge--) {
            beside += t->capacity - r[huge - 1].size;
        }
        size_t more = small > beside ? divided_up(small - beside, t->capacity) : 0;
        best = large + more > best ? large + more : best;
        /* Of sizes that are at least this one, a bin takes no more than of this one. */
        size_t by_count = divided_up(i + 1, t->capacity / r[i].size);
        best = by_count > best ? by_count : best;
    }
    return best;
}

/* ---- first fit ---- */

static size_t
rounded_up(size_t size, size_t grain, size_t capacity)
{
    size_t up = divided_up(size, grain) * grain;
    return up < capacity ? up : capacity;
}

/* Packs the sizes, rounded up to multiples of GRAIN, in the order of R (NULL: as given); the number
 * of bins. */
static size_t
first_fit(const struct task *t, const struct ranked *r, size_t grain, size_t *bin_of)
{
    size_t *left = CD_NEW_ARRAY(t->a, t->n + 1, size_t), n_bins = 0;
    for (size_t i = 0; i < t->n; i++) {
        size_t at = r == NULL ? i : r[i].at, bin = 0;
        size_t size = rounded_up(t->sizes[at], grain, t->capacity);
        while (bin < n_bins && left[bin] < size) {
            bin++;
        }
        if (bin == n_bins) {
            left[n_bins++] = t->capacity;
        }
        left[bin] -= size;
        bin_of[at] = bin;
    }
    return n_bins;
}

/* ---- search ---- */

struct search {
    const struct task *t;
    const struct ranked *r;
    size_t n_bins;  /* that all has to fit into */
    size_t *left;   /* of each bin */
    size_t *chosen; /* by rank: its bin */
    size_t open;    /* bins in use: the first ones */
    size_t *sums;   /* by rank: the sizes from there on */
    size_t work;    /* looks at bins */
};

/* Can what comes from rank I on still fit? Space that is less than the smallest size is lost. */
static bool
has_room(struct search *s, size_t i)
{
    s->work += s->open;
    size_t smallest = s->r[s->t->n - 1].size, room = (s->n_bins - s->open) * s->t->capacity;
    for (size_t b = 0; b < s->open && room < s->sums[i]; b++) {
        room += s->left[b] >= smallest ? s->left[b] : 0;
    }
    return room >= s->sums[i];
}

/* The next bin behind the one last tried for rank I (SIZE_MAX: none was) that takes it; bins with
 * the same space left are tried once, and only one that is empty. n_bins if there is none. */
static size_t
next_bin(struct search *s, size_t i, size_t tried)
{
    size_t size = s->r[i].size, least = 0;
    if (i > 0 && s->r[i - 1].size == size) {
        least = s->chosen[i - 1]; /* equal sizes may as well stand in ascending bins */
    }
    for (size_t b = tried == SIZE_MAX ? least : tried + 1; b < s->open; b++) {
        bool is_new = s->left[b] >= size;
        for (size_t k = least; k < b && is_new; k++) {
            is_new = s->left[k] != s->left[b];
            s->work++;
        }
        if (is_new) {
            return b;
        }
    }
    bool was_empty_tried = tried != SIZE_MAX && tried >= s->open;
    return s->open < s->n_bins && !was_empty_tried ? s->open : s->n_bins;
}

static void
put(struct search *s, size_t i, size_t bin)
{
    s->left[bin] -= s->r[i].size;
    s->chosen[i] = bin;
    s->open += bin == s->open;
}

static void
take_back(struct search *s, size_t i)
{
    size_t bin = s->chosen[i];
    s->left[bin] += s->r[i].size;
    s->open -= bin + 1 == s->open && s->left[bin] == s->t->capacity;
}

enum found { FOUND, IMPOSSIBLE, UNKNOWN };

/* Depth first over the ranks, largest first. */
static enum found
search(struct search *s)
{
    size_t i = 0, tried = SIZE_MAX;
    while (s->work < *s->t->steps) {
        s->work++;
        if (i == s->t->n) {
            return FOUND;
        }
        size_t bin = has_room(s, i) ? next_bin(s, i, tried) : s->n_bins;
        if (bin < s->n_bins) {
            put(s, i, bin);
            i++;
            tried = SIZE_MAX;
        } else if (i == 0) {
            return IMPOSSIBLE;
        } else {
            i--;
            tried = s->chosen[i];
            take_back(s, i);
        }
    }
    return UNKNOWN;
}

/* Into N_BINS bins, if the search finds how. */
static enum found
search_for(const struct task *t, const struct ranked *r, size_t n_bins, size_t *bin_of)
{
    struct search s = {.t = t, .r = r, .n_bins = n_bins};
    s.left = CD_NEW_ARRAY(t->a, n_bins + 1, size_t);
    s.chosen = CD_NEW_ARRAY(t->a, t->n + 1, size_t);
    s.sums = CD_NEW_ARRAY(t->a, t->n + 1, size_t);
    for (size_t b = 0; b < n_bins; b++) {
        s.left[b] = t->capacity;
    }
    for (size_t i = t->n; i > 0; i--) {
        s.sums[i - 1] = s.sums[i] + r[i - 1].size;
    }
    enum found found = search(&s);
    *t->steps -= s.work < *t->steps ? s.work : *t->steps;
    for (size_t i = 0; i < t->n && found == FOUND; i++) {
        bin_of[r[i].at] = s.chosen[i];
    }
    return found;
}

/* ---- one task ---- */

/* Bins of the number that was found, filled in the given order if that can be. */
static void
settle(struct task *t)
{
    size_t *bin_of = CD_NEW_ARRAY(t->a, t->n + 1, size_t);
    static const size_t grains[] = {256, 64, 16, 1};
    for (size_t i = 0; i < CD_ARRAY_LEN(grains); i++) {
        if (first_fit(t, NULL, grains[i], bin_of) <= t->n_bins) {
            t->bin_of = bin_of;
            return;
        }
    }
}

static void
solve(struct task *t)
{
    struct ranked *r = rank(t);
    size_t *in_order = CD_NEW_ARRAY(t->a, t->n + 1, size_t);
    t->bin_of = CD_NEW_ARRAY(t->a, t->n + 1, size_t);
    t->lower_bound = lower_bound_of(t, r);
    t->n_bins = first_fit(t, r, 1, t->bin_of);
    if (first_fit(t, NULL, 1, in_order) < t->n_bins) {
        t->n_bins = first_fit(t, NULL, 1, t->bin_of);
    }
    enum found found = FOUND;
    while (t->n_bins > t->lower_bound && found == FOUND) {
        found = search_for(t, r, t->n_bins - 1, t->bin_of);
        t->n_bins -= found == FOUND;
    }
    t->is_minimal = found != UNKNOWN;
    settle(t);
}

/* ---- groups ---- */

struct grouping {
    const struct cd_pack_item *items;
    size_t n, n_groups, capacity, steps;
    bool *is_whole; /* by group */
    size_t *unit;   /* of each item: what is packed as one */
    size_t *sizes;  /* of each unit */
};

/* What is packed as one, with its size: groups that are to stay whole, and single items. */
static size_t
units_of(struct grouping *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        bool joins =
            i > 0 && g->items[i - 1].group == g->items[i].group && g->is_whole[g->items[i].group];
        if (!joins) {
            g->sizes[n++] = 0;
        }
        g->sizes[n - 1] += g->items[i].size;
        g->unit[i] = n - 1;
    }
    return n;
}

/* Packs with the groups that are to stay whole. */
static struct task
solve_units(struct grouping *g, struct cd_arena *a)
{
    size_t n = units_of(g);
    struct task t = {
        .a = a, .sizes = g->sizes, .n = n, .capacity = g->capacity, .steps = &g->steps};
    solve(&t);
    return t;
}

/* Numbers bins by their first items, and gives each item its own; the units are those of T. */
static void
number(struct grouping *g, struct cd_arena *a, const struct task *t, struct cd_packing *out)
{
    size_t *named = CD_NEW_ARRAY(a, t->n_bins + 1, size_t), n = 0;
    (void)units_of(g);
    out->bin_of = CD_NEW_ARRAY(a, g->n + 1, size_t);
    for (size_t i = 0; i < g->n; i++) {
        size_t bin = t->bin_of[g->unit[i]];
        named[bin] = named[bin] == 0 ? ++n : named[bin];
        out->bin_of[i] = named[bin] - 1;
    }
    out->n_bins = n;
}

/* Of each group: does it have several items, which one bin takes? */
static bool *
groups_that_fit(const struct grouping *g, struct cd_arena *a)
{
    size_t *sizes = CD_NEW_ARRAY(a, g->n_groups + 1, size_t);
    bool *fits = CD_NEW_ARRAY(a, g->n_groups + 1, bool);
    for (size_t i = 0; i < g->n; i++) {
        size_t group = g->items[i].group;
        sizes[group] += g->items[i].size;
        fits[group] = i > 0 && g->items[i - 1].group == group;
    }
    for (size_t k = 0; k < g->n_groups; k++) {
        fits[k] = fits[k] && sizes[k] <= g->capacity;
    }
    return fits;
}

/* From no group whole on, each in its turn becomes whole if that takes no bin more; the later ones
 * stay as they are where there are so many that the attempts would take too long. */
static void
keep_some_whole(struct grouping *g, struct cd_arena *a, const bool *fits, struct task *best)
{
    size_t left = ATTEMPTS_LIMIT, cost = (g->n + 1) * (best->n_bins + 1);
    memset(g->is_whole, 0, g->n_groups * sizeof *g->is_whole);
    for (size_t k = 0; k < g->n_groups && left >= cost; k++) {
        if (!fits[k]) {
            continue;
        }
        left -= cost;
        struct cd_arena_mark mark = cd_arena_mark(a);
        g->is_whole[k] = true;
        struct task t = solve_units(g, a);
        g->is_whole[k] = t.n_bins <= best->n_bins;
        if (g->is_whole[k]) { /* fewer units than before */
            memcpy(best->bin_of, t.bin_of, t.n * sizeof *t.bin_of);
            best->n = t.n;
            best->n_bins = t.n_bins;
        }
        cd_arena_reset(a, mark);
    }
}

void
cd_pack(struct cd_arena *a, const struct cd_pack_item *items, size_t n, size_t capacity,
        struct cd_packing *out)
{
    struct grouping g = {.items = items, .n = n, .capacity = capacity, .steps = CD_PACK_STEPS};
    g.n_groups = n == 0 ? 0 : items[n - 1].group + 1;
    g.is_whole = CD_NEW_ARRAY(a, g.n_groups + 1, bool);
    g.unit = CD_NEW_ARRAY(a, n + 1, size_t);
    g.sizes = CD_NEW_ARRAY(a, n + 1, size_t);
    struct task best = solve_units(&g, a);
    out->lower_bound = best.lower_bound;
    out->is_minimal = best.is_minimal;
    bool *fits = groups_that_fit(&g, a);
    memcpy(g.is_whole, fits, g.n_groups * sizeof *fits);
    struct task whole = solve_units(&g, a);
    if (whole.n_bins <= best.n_bins) {
        best = whole;
    } else {
        keep_some_whole(&g, a, fits, &best);
    }
    number(&g, a, &best, out);
    out->is_minimal = out->is_minimal || out->n_bins == out->lower_bound;
}
