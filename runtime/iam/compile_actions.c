/* Actions of statements: their patterns, what these stand for in the table of actions, and a
 * document's index of both. */
#include <stdlib.h>

#include "runtime/iam/compile.h"
#include "runtime/schema/schema.h"

/* ---- the set of actions of a statement, while it is compiled ---- */

static bool
has_action(const struct cd_compiler *c, uint32_t action)
{
    return (c->actions[action / 64] >> (action % 64) & 1) != 0;
}

static void
add_action(struct cd_compiler *c, uint32_t action)
{
    c->actions[action / 64] |= (uint64_t)1 << (action % 64);
}

/* Is there one that matches? */
static bool
add_matching(struct cd_compiler *c, struct cd_str service, const struct cd_glob *name)
{
    uint32_t first, n;
    bool found = false;
    if (!cd_iam_service_actions(service, &first, &n)) {
        return false;
    }
    for (uint32_t i = first; i < first + n; i++) {
        bool is_there = has_action(c, i);
        /* Of patterns by the thousand most find everything there already. */
        if ((!is_there || !found)
            && cd_glob_match(name, cd_iam_action_at(i).name, NULL, NULL) == CD_YES) {
            add_action(c, i);
            found = true;
        }
    }
    return found;
}

static bool
add_known(struct cd_compiler *c, struct cd_str text, struct cd_str service,
          const struct cd_glob *name)
{
    if (name->n == 1 && name->parts[0].kind == CD_GLOB_TEXT) {
        uint32_t action = cd_iam_find_action(text);
        if (action != CD_SCHEMA_NONE) {
            add_action(c, action);
        }
        return action != CD_SCHEMA_NONE;
    }
    return add_matching(c, service, name);
}

/* The set as ranges. */
static bool
take_ranges(struct cd_compiler *c, struct cd_actions *out)
{
    struct {
        struct cd_action_range *items;
        size_t n, cap;
    } list = {.n = 0};
    for (uint32_t i = 0; i < CD_COMPILE_ACTIONS; i++) {
        if (i % 64 == 0 && c->actions[i / 64] == 0) {
            i += 63;
            continue;
        }
        if (!has_action(c, i)) {
            continue;
        }
        if (list.n != 0 && list.items[list.n - 1].end == i) {
            list.items[list.n - 1].end++;
            continue;
        }
        struct cd_action_range *slot = CD_PUSH(c->a, list.items, list.n, list.cap);
        if (slot == NULL) {
            return false;
        }
        *slot = (struct cd_action_range){i, i + 1};
    }
    out->ranges = list.items;
    out->n_ranges = (uint32_t)list.n;
    return true;
}

/* ---- actions ---- */

static bool
is_service(struct cd_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool is_fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
                       || (ch >= '0' && ch <= '9') || ch == '-';
        if (!is_fine) {
            return false;
        }
    }
    return s.n != 0;
}

struct action_lists {
    struct cd_str *services;
    struct cd_glob *names;
};

static cordon_status
compile_action(struct cd_compiler *c, struct cd_str text, const struct cd_step_to *at,
               struct action_lists *lists, struct cd_actions *out)
{
    if (cd_str_eq(text, CD_STR("*"))) {
        out->is_any = true;
        return CORDON_OK;
    }
    size_t colon = cd_str_find(text, ':', 0);
    struct cd_str service = cd_str_sub(text, 0, colon);
    if (colon == text.n || cd_str_find(text, ':', colon + 1) < text.n) {
        return cd_compile_refuse(c, at, text, "is no action; write service:Name, or * for all");
    }
    if (!is_service(service)) {
        return cd_compile_refuse(c, at, text,
                                 "names no service: letters, digits and - stand before the colon, "
                                 "no wildcard");
    }
    struct cd_glob *name = &lists->names[out->n_globs];
    CORDON_TRY(cd_compile_glob(c, cd_str_sub(text, colon + 1, text.n),
                               CD_GLOB_WILD | CD_GLOB_NOCASE, at, name));
    lists->services[out->n_globs++] = service;
    return add_known(c, text, service, name) ? CORDON_OK : cd_warn_unknown_action(c, at, service);
}

cordon_status
cd_compile_actions(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                   struct cd_actions *out)
{
    uint32_t n = cd_compile_count(v);
    struct action_lists lists = {.services = CD_NEW_ARRAY(c->a, n + 1, struct cd_str),
                                 .names = CD_NEW_ARRAY(c->a, n + 1, struct cd_glob)};
    if (lists.services == NULL || lists.names == NULL) {
        return cd_compile_oom(c);
    }
    memset(c->actions, 0, sizeof c->actions);
    if (n == 0) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "an action is expected");
    }
    for (struct cd_compile_items it = cd_compile_items(v, at); cd_compile_next(&it);) {
        struct cd_str text;
        CORDON_TRY(cd_compile_text(c, it.val, &it.at, &text));
        CORDON_TRY(compile_action(c, text, &it.at, &lists, out));
    }
    out->services = lists.services;
    out->names = lists.names;
    return take_ranges(c, out) ? CORDON_OK : cd_compile_oom(c);
}

/* ---- the index of a document ---- */

static int
by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Where segments begin, ascending, each once. */
static uint32_t
collect_bounds(const struct cd_policy *policy, uint32_t n_indexed, uint32_t *bounds)
{
    uint32_t n = 0, kept = 0;
    bounds[n++] = 0;
    for (uint32_t i = 0; i < n_indexed; i++) {
        const struct cd_actions *actions = &policy->statements[i].actions;
        for (uint32_t k = 0; k < actions->n_ranges; k++) {
            bounds[n++] = actions->ranges[k].first;
            bounds[n++] = actions->ranges[k].end;
        }
    }
    qsort(bounds, n, sizeof *bounds, by_number);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || bounds[i] != bounds[kept - 1]) {
            bounds[kept++] = bounds[i];
        }
    }
    return kept;
}

cordon_status
cd_compile_segments(struct cd_compiler *c, struct cd_policy *policy)
{
    uint32_t n_indexed = policy->n_statements < CD_INDEXED ? policy->n_statements : CD_INDEXED;
    size_t n_ranges = 0;
    for (uint32_t i = 0; i < n_indexed; i++) {
        n_ranges += policy->statements[i].actions.n_ranges;
    }
    uint32_t *bounds = malloc((2 * n_ranges + 1) * sizeof *bounds);
    uint32_t n = bounds == NULL ? 0 : collect_bounds(policy, n_indexed, bounds);
    struct cd_action_segment *segments = CD_NEW_ARRAY(c->a, n + 1, struct cd_action_segment);
    for (uint32_t k = 0; segments != NULL && k < n; k++) {
        struct cd_access access = {.action_index = bounds[k]};
        segments[k].first = bounds[k];
        segments[k].statements = cd_policy_with_action(policy, &access);
    }
    free(bounds);
    policy->segments = segments;
    policy->n_segments = n;
    return segments == NULL || n == 0 ? cd_compile_oom(c) : CORDON_OK;
}
