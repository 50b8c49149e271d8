/* Actions and principals of statements. */
#include <stdlib.h>

#include "runtime/iam/compile.h"
#include "runtime/schema/schema.h"

/* ---- what patterns stand for among the known actions ---- */

struct ranges {
    struct cd_action_range *items;
    size_t n, cap;
};

static bool
push_action(struct cd_arena *a, struct ranges *r, uint32_t action)
{
    if (r->n != 0 && r->items[r->n - 1].end == action) {
        r->items[r->n - 1].end++;
        return true;
    }
    struct cd_action_range *slot = CD_PUSH(a, r->items, r->n, r->cap);
    if (slot == NULL) {
        return false;
    }
    *slot = (struct cd_action_range){action, action + 1};
    return true;
}

static int
by_first(const void *x, const void *y)
{
    const struct cd_action_range *a = x, *b = y;
    return (a->first > b->first) - (a->first < b->first);
}

/* Ascending, and what touches is one. */
static void
merge(struct ranges *r)
{
    size_t kept = 0;
    if (r->n != 0) {
        qsort(r->items, r->n, sizeof r->items[0], by_first);
    }
    for (size_t i = 0; i < r->n; i++) {
        struct cd_action_range *last = kept == 0 ? NULL : &r->items[kept - 1];
        if (last != NULL && r->items[i].first <= last->end) {
            last->end = r->items[i].end > last->end ? r->items[i].end : last->end;
        } else {
            r->items[kept++] = r->items[i];
        }
    }
    r->n = kept;
}

static bool
add_matching(struct cd_arena *a, struct ranges *r, struct cd_str service,
             const struct cd_glob *name)
{
    uint32_t first, n;
    if (!cd_iam_service_actions(service, &first, &n)) {
        return true;
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (cd_glob_match(name, cd_iam_action_at(i).name, NULL, NULL) == CD_YES
            && !push_action(a, r, i)) {
            return false;
        }
    }
    return true;
}

static bool
add_known(struct cd_arena *a, struct ranges *r, struct cd_str text, struct cd_str service,
          const struct cd_glob *name)
{
    if (name->n == 1 && name->parts[0].kind == CD_GLOB_TEXT) {
        uint32_t action = cd_iam_find_action(text);
        return action == CD_SCHEMA_NONE || push_action(a, r, action);
    }
    return add_matching(a, r, service, name);
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
    struct ranges ranges;
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
        return cd_compile_fail(c, CORDON_EINPUT, at,
                               "%.*s is no action; write service:Name, or * for all", CD_FMT(text));
    }
    if (!is_service(service)) {
        return cd_compile_fail(c, CORDON_EINPUT, at,
                               "%.*s names no service: letters, digits and - stand before the "
                               "colon, no wildcard",
                               CD_FMT(text));
    }
    struct cd_glob *name = &lists->names[out->n_globs];
    CORDON_TRY(cd_compile_glob(c, cd_str_sub(text, colon + 1, text.n),
                               CD_GLOB_WILD | CD_GLOB_NOCASE, at, name));
    lists->services[out->n_globs++] = service;
    struct cd_action_range last = lists->ranges.n == 0 ? (struct cd_action_range){0, 0}
                                                       : lists->ranges.items[lists->ranges.n - 1];
    size_t n = lists->ranges.n;
    if (!add_known(c->a, &lists->ranges, text, service, name)) {
        return cd_compile_oom(c);
    }
    bool is_known = lists->ranges.n != n || (n != 0 && lists->ranges.items[n - 1].end != last.end);
    return is_known ? CORDON_OK : cd_warn_unknown_action(c, at, service);
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
    if (n == 0) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "an action is expected");
    }
    for (struct cd_compile_items it = cd_compile_items(v, at); cd_compile_next(&it);) {
        struct cd_str text;
        CORDON_TRY(cd_compile_text(c, it.val, &it.at, &text));
        CORDON_TRY(compile_action(c, text, &it.at, &lists, out));
    }
    merge(&lists.ranges);
    out->services = lists.services;
    out->names = lists.names;
    out->ranges = lists.ranges.items;
    out->n_ranges = (uint32_t)lists.ranges.n;
    return CORDON_OK;
}

/* ---- principals: «AWS JSON policy elements: Principal»
 * (reference_policies_elements_principal.html) ---- */

static const struct {
    struct cd_str name;
    enum cd_principal_kind kind;
} principal_kinds[] = {
    {CD_STR_INIT("AWS"), CD_PRINCIPAL_AWS},
    {CD_STR_INIT("Service"), CD_PRINCIPAL_SERVICE},
    {CD_STR_INIT("Federated"), CD_PRINCIPAL_FEDERATED},
    {CD_STR_INIT("CanonicalUser"), CD_PRINCIPAL_CANONICAL_USER},
};

struct principals {
    struct cd_principal *items;
    size_t n, cap;
};

static cordon_status
push_principal(struct cd_compiler *c, struct principals *list, enum cd_principal_kind kind,
               struct cd_str text)
{
    struct cd_principal *slot = CD_PUSH(c->a, list->items, list->n, list->cap);
    if (slot == NULL) {
        return cd_compile_oom(c);
    }
    bool is_any = kind == CD_PRINCIPAL_AWS && cd_str_eq(text, CD_STR("*"));
    *slot = (struct cd_principal){is_any ? CD_PRINCIPAL_ANY : kind, text};
    return CORDON_OK;
}

static cordon_status
compile_kind(struct cd_compiler *c, const struct cd_dom_iter *member, const struct cd_step_to *at,
             struct principals *list, bool *seen)
{
    struct cd_step_to below = {at, member->key, 0};
    size_t k = 0;
    while (k < CD_ARRAY_LEN(principal_kinds) && !cd_str_eq(member->key, principal_kinds[k].name)) {
        k++;
    }
    if (k == CD_ARRAY_LEN(principal_kinds)) {
        return cd_compile_fail(c, CORDON_EINPUT, &below,
                               "there are the kinds AWS, Service, Federated and CanonicalUser");
    }
    if (seen[k]) {
        return cd_compile_fail(c, CORDON_EINPUT, &below, "stands here twice");
    }
    seen[k] = true;
    for (struct cd_compile_items it = cd_compile_items(member->val, &below);
         cd_compile_next(&it);) {
        struct cd_str text;
        CORDON_TRY(cd_compile_text(c, it.val, &it.at, &text));
        CORDON_TRY(push_principal(c, list, principal_kinds[k].kind, text));
    }
    return CORDON_OK;
}

cordon_status
cd_compile_principals(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                      struct cd_principals *out)
{
    struct principals list = {.n = 0};
    bool seen[CD_ARRAY_LEN(principal_kinds)] = {false};
    if (cd_dom_kind(v) == CD_DOM_STRING && cd_str_eq(cd_dom_str(v), CD_STR("*"))) {
        CORDON_TRY(push_principal(c, &list, CD_PRINCIPAL_ANY, CD_STR("*")));
    } else if (!cd_dom_is(v, '{')) {
        return cd_compile_fail(c, CORDON_EINPUT, at,
                               "* or an object like {\"AWS\": …} is expected");
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_is(v, '{') && cd_dom_next(&it);) {
        CORDON_TRY(compile_kind(c, &it, at, &list, seen));
    }
    if (list.n == 0) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "a principal is expected");
    }
    out->is_there = true;
    out->items = list.items;
    out->n = (uint32_t)list.n;
    return CORDON_OK;
}
