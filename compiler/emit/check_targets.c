/* The actions and resources that a deny is asked about: one of each kind that the deny or its
 * statements tell apart. */
#include <stdlib.h>

#include "compiler/emit/carries.h"
#include "compiler/emit/check_parts.h"
#include "runtime/schema/schema.h"

#define OTHER_RESOURCE "arn:aws:zq:eu-west-1:444455556666:zq/other"

struct finder {
    struct cd_check_deny *d;
    struct cd_arena *a;
    uint32_t *denied; /* the deny's actions, ascending */
    size_t n_denied;
    size_t *kinds; /* of actions: a hash each */
    size_t n_kinds, cap_kinds;
};

/* ---- what tells actions apart ---- */

static bool
is_denied(const struct finder *f, uint32_t action)
{
    size_t lo = 0, hi = f->n_denied;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->denied[mid] == action) {
            return true;
        }
        if (f->denied[mid] < action) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return false;
}

static struct cd_str
full_name(struct cd_arena *a, uint32_t action)
{
    struct cd_iam_action act = cd_iam_action_at(action);
    return cd_arena_printf(a, "%.*s:%.*s", CD_FMT(act.service), CD_FMT(act.name));
}

/* A bit for the deny and for each statement: does it speak of the action? Folded to a hash. */
static size_t
kind_of_action(const struct finder *f, uint32_t action)
{
    struct cd_access access = {.action_index = action};
    size_t hash = is_denied(f, action);
    for (size_t i = 0; i < f->d->statements.n; i++) {
        hash =
            hash * 1099511628211u + cd_actions_match(&f->d->statements.items[i]->actions, &access);
    }
    return hash;
}

static bool
is_new(struct finder *f, size_t kind)
{
    for (size_t i = 0; i < f->n_kinds; i++) {
        if (f->kinds[i] == kind) {
            return false;
        }
    }
    *CD_PUSH(f->a, f->kinds, f->n_kinds, f->cap_kinds) = kind;
    return true;
}

/* ---- resources of patterns ---- */

struct resources {
    struct cd_str *items;
    size_t n, cap;
};

static void
add_resource(struct finder *f, struct resources *r, struct cd_str resource)
{
    for (size_t i = 0; i < r->n; i++) {
        if (cd_str_eq(r->items[i], resource)) {
            return;
        }
    }
    *CD_PUSH(f->a, r->items, r->n, r->cap) = resource;
}

static void
add_instances(struct finder *f, struct resources *r, const struct cd_glob *pattern)
{
    struct cd_str instances[2];
    size_t n = cd_check_instances(f->a, pattern, instances);
    for (size_t i = 0; i < n; i++) {
        add_resource(f, r, instances[i]);
        add_resource(f, r, cd_arena_printf(f->a, "%.*sz", CD_FMT(instances[i])));
    }
}

static void
add_pattern_text(struct finder *f, struct resources *r, struct cd_str text)
{
    struct cd_glob pattern;
    if (cd_glob_compile(f->a, text, CD_GLOB_WILD | CD_GLOB_KEYED, &pattern) == CORDON_OK) {
        add_instances(f, r, &pattern);
    }
}

/* Do both sides speak of every resource? */
static bool
are_all_meant(const struct cd_check_deny *d)
{
    bool all = d->deny->n_on == 0;
    for (size_t i = 0; all && i < d->statements.n; i++) {
        const struct cd_resources *r = &d->statements.items[i]->resources;
        all = !r->is_not && r->n == 1 && r->items[0].is_any;
    }
    return all;
}

/* What the documents are the policies of. */
static void
add_own_resources(struct finder *f, struct resources *r)
{
    const struct cd_bucket *b = &f->d->scope->bucket;
    switch (f->d->scope->kind) {
    case CD_SCOPE_ALL:
    case CD_SCOPE_SERVICE: break;
    case CD_SCOPE_BUCKET: {
        struct cd_str arn =
            cd_arena_printf(f->a, "arn:%.*s:s3:::%.*s", CD_FMT(b->partition), CD_FMT(b->name));
        add_resource(f, r, arn);
        add_resource(f, r, cd_arena_printf(f->a, "%.*s/zq", CD_FMT(arn)));
        break;
    }
    case CD_SCOPE_KEY: add_resource(f, r, cd_key_arn(f->a, &f->d->scope->key)); break;
    }
}

/* Inside and beside each pattern of the deny and of its statements, and elsewhere. */
static void
collect_resources(struct finder *f, struct resources *r)
{
    const struct cd_check_deny *d = f->d;
    for (size_t i = 0; i < d->deny->n_on; i++) {
        struct cd_str text;
        bool ignored = false;
        if (cd_emit_text(f->a, d->deny->on[i], true, d->check->env, &text, &ignored)
            == CD_TEXT_DONE) {
            add_pattern_text(f, r, text);
        }
    }
    for (size_t i = 0; i < d->statements.n; i++) {
        const struct cd_resources *resources = &d->statements.items[i]->resources;
        for (uint32_t k = 0; k < resources->n && !resources->items[k].is_any; k++) {
            add_pattern_text(f, r, resources->items[k].text);
        }
    }
    add_resource(f, r, CD_STR(OTHER_RESOURCE));
    if (!are_all_meant(d)) {
        add_resource(f, r, CD_STR("*"));
    }
    add_own_resources(f, r);
}

/* Every kind of action on every resource. */
static void
try_resources(struct finder *f, uint32_t action, size_t kind, bool is_outside,
              const struct resources *r)
{
    const struct cd_scope *scope = f->d->scope;
    size_t levels = scope->kind == CD_SCOPE_BUCKET ? cd_bucket_action_levels(action) : 0;
    if (!is_new(f, kind * 1099511628211u + levels)) {
        return;
    }
    for (size_t i = 0; i < r->n; i++) {
        if (cd_scope_has(scope, action, r->items[i])) {
            struct cd_check_target *t =
                CD_PUSH(f->a, f->d->targets.items, f->d->targets.n, f->d->targets.cap);
            *t = (struct cd_check_target){full_name(f->a, action), r->items[i], is_outside};
        }
    }
}

/* ---- all of them ---- */

struct bounds {
    uint32_t *items;
    size_t n, cap;
};

static void
add_bound(struct finder *f, struct bounds *b, uint32_t action)
{
    *CD_PUSH(f->a, b->items, b->n, b->cap) = action;
}

static int
by_value(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Where the deny or one of its statements begins or ends to speak of actions: between two bounds
 * all actions are of one kind. */
static void
find_bounds(struct finder *f, struct bounds *b)
{
    add_bound(f, b, 0);
    add_bound(f, b, cd_iam_n_actions());
    for (size_t i = 0; i < f->n_denied; i++) {
        if (i == 0 || f->denied[i - 1] + 1 != f->denied[i]) {
            add_bound(f, b, f->denied[i]);
        }
        if (i + 1 == f->n_denied || f->denied[i] + 1 != f->denied[i + 1]) {
            add_bound(f, b, f->denied[i] + 1);
        }
    }
    for (size_t i = 0; i < f->d->statements.n; i++) {
        const struct cd_actions *actions = &f->d->statements.items[i]->actions;
        for (uint32_t k = 0; k < actions->n_ranges; k++) {
            add_bound(f, b, actions->ranges[k].first);
            add_bound(f, b, actions->ranges[k].end);
        }
    }
    qsort(b->items, b->n, sizeof b->items[0], by_value);
}

/* The first of the carried actions that is FIRST or behind it. */
static size_t
carried_from(const struct cd_check *check, uint32_t first)
{
    size_t lo = 0, hi = check->n_carried;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (check->carried[mid] < first) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* On a bucket, actions differ by what they are made on, too. */
static void
try_actions(struct finder *f, uint32_t first, uint32_t end, const struct resources *resources)
{
    const struct cd_check *check = f->d->check;
    const struct cd_scope *scope = f->d->scope;
    struct cd_access access = {.action_index = first};
    size_t kind = first < end ? kind_of_action(f, first) : 0;
    bool is_outside = first < end && !is_denied(f, first), is_done = false;
    for (size_t i = 0; is_outside && i < f->d->statements.n; i++) {
        is_outside = !cd_actions_match(&f->d->statements.items[i]->actions, &access);
    }
    for (size_t i = carried_from(check, first);
         i < check->n_carried && check->carried[i] < end && !is_done; i++) {
        uint32_t action = check->carried[i];
        if (scope->kind != CD_SCOPE_SERVICE || cd_scope_has(scope, action, CD_STR(""))) {
            try_resources(f, action, kind, is_outside, resources);
            is_done = scope->kind != CD_SCOPE_BUCKET;
        }
    }
}

void
cd_check_find_targets(struct cd_check_deny *d)
{
    struct finder f = {.d = d, .a = d->check->arena};
    struct resources resources = {.n = 0};
    struct bounds bounds = {.n = 0};
    cd_deny_actions(f.a, d->deny, d->check->env, &f.denied, &f.n_denied);
    collect_resources(&f, &resources);
    find_bounds(&f, &bounds);
    for (size_t i = 0; i + 1 < bounds.n; i++) {
        try_actions(&f, bounds.items[i], bounds.items[i + 1], &resources);
    }
}

/* The identity of the caller is told to everybody. */
void
cd_check_find_carried(struct cd_check *check)
{
    uint32_t caller_identity = cd_iam_find_action(CD_STR("sts:GetCallerIdentity"));
    uint32_t *carried = CD_NEW_ARRAY(check->arena, cd_iam_n_actions() + 1, uint32_t);
    check->carried = carried;
    check->n_carried = 0;
    for (uint32_t i = 0; i < cd_iam_n_actions(); i++) {
        if (i != caller_identity && cd_target_carries(check->emission->target, i)) {
            carried[check->n_carried++] = i;
        }
    }
}
