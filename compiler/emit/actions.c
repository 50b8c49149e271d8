/* Actions of statements. A list of single actions is compressed to prefixes only where the known
 * actions are the same set. */
#include "compiler/emit/actions.h"

#include "compiler/emit/carries.h"
#include "compiler/emit/strings.h"
#include "runtime/base/glob.h"
#include "runtime/schema/schema.h"

static void
add_pattern(struct cd_arena *a, struct cd_str **items, size_t *n, size_t *cap, struct cd_str text)
{
    struct cd_str *slot = CD_PUSH(a, *items, *n, *cap);
    *slot = text;
}

/* Drops what another pattern of the list matches whole. */
static size_t
without_covered(struct cd_str *items, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool covered = false;
        for (size_t k = 0; k < kept && !covered; k++) {
            covered = cd_glob_nocase(items[k], items[i]);
        }
        for (size_t k = i + 1; k < n && !covered; k++) {
            covered = cd_glob_nocase(items[k], items[i]);
        }
        if (!covered) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

static bool
patterns_of(struct cd_arena *a, const struct cd_act *acts, size_t n_acts,
            const struct cd_const_env *env, struct cd_str **items, size_t *n)
{
    size_t cap = 0;
    for (size_t i = 0; i < n_acts; i++) {
        if (acts[i].is_star || acts[i].value == NULL) {
            add_pattern(a, items, n, &cap, acts[i].is_star ? CD_STR("*") : acts[i].aname);
            continue;
        }
        const struct cd_const *c = cd_const_eval(a, acts[i].value, env);
        if (c == NULL) {
            return false;
        }
        if (c->kind == CD_CONST_STRING) {
            add_pattern(a, items, n, &cap, c->text);
        }
        for (size_t k = 0; k < c->n; k++) {
            add_pattern(a, items, n, &cap, c->items[k]->text);
        }
    }
    *n = without_covered(*items, cd_strs_sort(*items, *n));
    return true;
}

bool
cd_act_is_known(struct cd_str act)
{
    uint32_t first, n;
    struct cd_str service = cd_str_sub(act, 0, cd_str_find(act, ':', 0));
    if (!cd_iam_service_actions(service, &first, &n)) {
        return false;
    }
    for (uint32_t i = first; i < first + n; i++) {
        struct cd_iam_action known = cd_iam_action_at(i);
        if (cd_action_matches(act, known.service, known.name)) {
            return true;
        }
    }
    return false;
}

static bool
is_pattern(struct cd_str act)
{
    return cd_str_find(act, '*', 0) < act.n || cd_str_find(act, '?', 0) < act.n;
}

static bool
meets_any(struct cd_str act, const struct cd_str *excepts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cd_globs_meet(act, excepts[i])) {
            return true;
        }
    }
    return false;
}

/* ---- what a target can carry ---- */

static bool
is_covered_by_any(struct cd_str act, const struct cd_str *excepts, size_t n)
{
    bool covered = false;
    for (size_t i = 0; i < n && !covered; i++) {
        covered = cd_glob_nocase(excepts[i], act);
    }
    return covered;
}

/* Moves the acts that the target cannot carry to `dropped`; `*` becomes all that it can. */
static void
cut(struct cd_arena *a, enum cd_target target, struct cd_acts *out)
{
    struct cd_str *all, *kept;
    size_t n_all = cd_target_everything(a, target, &all), n = 0;
    bool is_cut = cd_target_info[target].carries != CD_CARRIES_ALL;
    kept = CD_NEW_ARRAY(a, out->n_acts + n_all + 1, struct cd_str);
    out->dropped = CD_NEW_ARRAY(a, out->n_acts + 1, struct cd_str);
    for (size_t i = 0; i < out->n_acts; i++) {
        bool is_star = cd_str_eq(out->acts[i], CD_STR("*"));
        if (is_cut && (is_star || !cd_target_carries_some(target, out->acts[i]))) {
            out->dropped[out->n_dropped++] = out->acts[i];
        }
        if (is_star) {
            memcpy(kept + n, all, n_all * sizeof *all);
            n += n_all;
        } else if (cd_target_carries_some(target, out->acts[i])) {
            kept[n++] = out->acts[i];
        }
    }
    out->acts = kept;
    out->n_acts = without_covered(kept, cd_strs_sort(kept, n));
    out->all = n_all == 1 && cd_target_info[target].takes_not_action ? all[0] : CD_STR("");
    n = 0;
    for (size_t i = 0; i < out->n_excepts; i++) {
        if (meets_any(out->excepts[i], all, n_all)) {
            out->excepts[n++] = out->excepts[i];
        }
    }
    out->n_excepts = n;
}

static void
keep_carried(enum cd_target target, struct cd_acts *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n_known; i++) {
        if (cd_target_carries(target, out->known[i])) {
            out->known[kept++] = out->known[i];
        }
    }
    out->n_known = kept;
}

bool
cd_acts_of(struct cd_arena *a, enum cd_target target, const struct cd_deny *deny,
           const struct cd_const_env *env, struct cd_acts *out)
{
    *out = (struct cd_acts){.n_acts = 0};
    if (!patterns_of(a, deny->acts, deny->n_acts, env, &out->acts, &out->n_acts)
        || !patterns_of(a, deny->excepts, deny->n_excepts, env, &out->excepts, &out->n_excepts)) {
        return false;
    }
    cut(a, target, out);
    for (size_t i = 0; i < out->n_acts; i++) {
        out->is_star =
            out->is_star || (out->all.n != 0 && cd_str_eq_nocase(out->acts[i], out->all));
    }
    for (size_t i = 0; i < out->n_acts && !out->is_star; i++) {
        bool meets = meets_any(out->acts[i], out->excepts, out->n_excepts);
        out->is_expanded = out->is_expanded || meets;
        out->loses_future = out->loses_future
                            || (meets && is_pattern(out->acts[i])
                                && !is_covered_by_any(out->acts[i], out->excepts, out->n_excepts));
    }
    if (out->is_expanded) {
        cd_deny_actions(a, deny, env, &out->known, &out->n_known);
        keep_carried(target, out);
    }
    return true;
}

static bool
contains(const uint32_t *actions, size_t n, uint32_t action)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (actions[mid] == action) {
            return true;
        }
        if (actions[mid] < action) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return false;
}

/* Are all known actions of SERVICE whose names begin with PREFIX among ACTIONS? Counts them in
 * *matched. */
static bool
prefix_is_covered(struct cd_str service, struct cd_str prefix, const uint32_t *actions, size_t n,
                  size_t *matched)
{
    uint32_t first, count;
    *matched = 0;
    if (!cd_iam_service_actions(service, &first, &count)) {
        return false;
    }
    for (uint32_t i = first; i < first + count; i++) {
        struct cd_str name = cd_iam_action_at(i).name;
        if (name.n >= prefix.n && cd_str_eq_nocase(cd_str_sub(name, 0, prefix.n), prefix)) {
            if (!contains(actions, n, i)) {
                return false;
            }
            ++*matched;
        }
    }
    return true;
}

/* The length of the shortest whole-word prefix of NAME that stands for nothing but ACTIONS and for
 * more than one; 0 if none. */
static size_t
covering_prefix(struct cd_str service, struct cd_str name, const uint32_t *actions, size_t n,
                size_t *matched)
{
    for (size_t len = 1; len < name.n; len++) {
        bool word_ends = name.p[len] >= 'A' && name.p[len] <= 'Z';
        if (word_ends && prefix_is_covered(service, cd_str_sub(name, 0, len), actions, n, matched)
            && *matched > 1) {
            return len;
        }
    }
    return 0;
}

static void
set_actions(struct cd_arena *a, const uint32_t *actions, size_t n, struct cd_statement *s)
{
    s->not_action = false;
    s->actions = CD_NEW_ARRAY(a, n + 1, struct cd_str);
    s->n_actions = 0;
    struct cd_str last_service = {NULL, 0}, last_prefix = {NULL, 0};
    for (size_t i = 0; i < n; i++) {
        struct cd_iam_action act = cd_iam_action_at(actions[i]);
        size_t matched;
        if (last_prefix.n != 0 && cd_str_eq(act.service, last_service)
            && act.name.n >= last_prefix.n
            && cd_str_eq_nocase(cd_str_sub(act.name, 0, last_prefix.n), last_prefix)) {
            continue;
        }
        size_t len = covering_prefix(act.service, act.name, actions, n, &matched);
        last_service = act.service;
        last_prefix = cd_str_sub(act.name, 0, len);
        s->actions[s->n_actions++] =
            len == 0 ? cd_arena_printf(a, "%.*s:%.*s", CD_FMT(act.service), CD_FMT(act.name))
                     : cd_arena_printf(a, "%.*s:%.*s*", CD_FMT(act.service), CD_FMT(last_prefix));
    }
}

/* Those of ACTIONS that none of PATTERNS matches. */
static size_t
uncovered(struct cd_arena *a, const uint32_t *actions, size_t n, const struct cd_str *patterns,
          size_t n_patterns, uint32_t **out)
{
    size_t kept = 0;
    *out = CD_NEW_ARRAY(a, n + 1, uint32_t);
    for (size_t i = 0; i < n; i++) {
        struct cd_iam_action act = cd_iam_action_at(actions[i]);
        bool covered = false;
        for (size_t k = 0; k < n_patterns && !covered; k++) {
            covered = cd_action_matches(patterns[k], act.service, act.name);
        }
        if (!covered) {
            (*out)[kept++] = actions[i];
        }
    }
    return kept;
}

/* Sets the actions to the N_KEPT patterns at KEPT (which has room for N more) and to those of
 * ACTIONS that they do not match. */
static void
set_kept_and_actions(struct cd_arena *a, struct cd_str *kept, size_t n_kept,
                     const uint32_t *actions, size_t n, struct cd_statement *s)
{
    uint32_t *rest;
    size_t n_rest = uncovered(a, actions, n, kept, n_kept, &rest);
    set_actions(a, rest, n_rest, s);
    for (size_t i = 0; i < s->n_actions; i++) {
        kept[n_kept++] = s->actions[i];
    }
    s->actions = kept;
    s->n_actions = without_covered(kept, cd_strs_sort(kept, n_kept));
}

/* What is written stays as far as nothing is excepted from it. */
static void
set_expanded(struct cd_arena *a, const struct cd_acts *acts, struct cd_statement *s)
{
    struct cd_str *kept = CD_NEW_ARRAY(a, acts->n_acts + acts->n_known + 1, struct cd_str);
    size_t n_kept = 0;
    for (size_t i = 0; i < acts->n_acts; i++) {
        if (!meets_any(acts->acts[i], acts->excepts, acts->n_excepts)) {
            kept[n_kept++] = acts->acts[i];
        }
    }
    set_kept_and_actions(a, kept, n_kept, acts->known, acts->n_known, s);
}

void
cd_acts_whole(struct cd_arena *a, const struct cd_acts *acts, struct cd_statement *s)
{
    if (acts->is_expanded) {
        set_expanded(a, acts, s);
        return;
    }
    for (size_t i = 0; i < acts->n_excepts && acts->is_star; i++) {
        if (cd_glob_nocase(acts->excepts[i], acts->all)) {
            s->n_actions = 0;
            return;
        }
    }
    s->not_action = acts->is_star && acts->n_excepts != 0;
    if (acts->is_star && acts->n_excepts == 0) {
        s->actions = CD_NEW(a, struct cd_str);
        s->actions[0] = acts->all;
        s->n_actions = 1;
        return;
    }
    s->actions = s->not_action ? acts->excepts : acts->acts;
    s->n_actions = s->not_action ? acts->n_excepts : acts->n_acts;
}
