/* The actions of a question, and the statements that speak of them. */
#include "runtime/iam/ask.h"
#include "runtime/iam/reserved.h"

/* ---- all statements ---- */

struct statements {
    const struct cd_policy_statement **items;
    size_t n, cap;
};

static void
add_document(struct cd_asker *k, const struct cd_policy *policy, struct statements *out)
{
    for (uint32_t i = 0; policy != NULL && i < policy->n_statements; i++) {
        *CD_PUSH(k->a, out->items, out->n, out->cap) = &policy->statements[i];
    }
}

static void
add_set(struct cd_asker *k, const struct cd_policy_set *set, struct statements *out)
{
    for (uint32_t i = 0; i < set->n; i++) {
        add_document(k, set->items[i].policy, out);
    }
}

static void
add_levels(struct cd_asker *k, const struct cd_policy_levels *levels, struct statements *out)
{
    for (uint32_t i = 0; i < levels->n; i++) {
        add_set(k, &levels->items[i].policies, out);
    }
}

static void
add_all(struct cd_asker *k, struct statements *out)
{
    const struct cd_question *q = k->in.around;
    add_document(k, k->in.document, out);
    if (q != NULL) {
        add_set(k, &q->identity, out);
        add_set(k, &q->resource, out);
        add_set(k, &q->boundaries, out);
        add_set(k, &q->session, out);
        add_levels(k, &q->scps, out);
        add_levels(k, &q->rcps, out);
    }
}

/* ---- the actions that patterns stand for ---- */

static bool
fits(struct cd_str pattern, const struct cd_glob *name, uint32_t action)
{
    struct cd_iam_action known = cd_iam_action_at(action);
    return cd_str_eq(pattern, CD_STR("*")) || cd_glob_match(name, known.name, NULL, NULL) == CD_YES;
}

static void
add_action(struct cd_asker *k, struct cd_str name, uint32_t index)
{
    for (size_t i = 0; i < k->n_actions && index == CD_SCHEMA_NONE; i++) {
        if (cd_str_eq_nocase(k->actions[i].name, name)) {
            return;
        }
    }
    *CD_PUSH(k->a, k->actions, k->n_actions, k->cap_actions) = (struct cd_ask_action){name, index};
}

static void
add_known(struct cd_asker *k, uint32_t index)
{
    struct cd_iam_action known = cd_iam_action_at(index);
    add_action(k, cd_arena_printf(k->a, "%.*s:%.*s", CD_FMT(known.service), CD_FMT(known.name)),
               index);
}

/* A pattern that stands for no known action is an action of its own, if it has no wildcards. */
static void
mark_pattern(struct cd_asker *k, struct cd_str pattern, bool *wanted)
{
    size_t colon = cd_str_find(pattern, ':', 0);
    uint32_t first = 0, n = cd_iam_n_actions(), one = cd_iam_find_action(pattern);
    struct cd_glob name = {.n = 0};
    bool is_all = cd_str_eq(pattern, CD_STR("*"));
    struct cd_str written =
        colon < pattern.n ? cd_str_sub(pattern, colon + 1, pattern.n) : CD_STR("");
    if (one != CD_SCHEMA_NONE) {
        wanted[one] = true;
        return;
    }
    if (!is_all
        && (cd_glob_compile(k->a, written, CD_GLOB_WILD | CD_GLOB_NOCASE, &name) != CORDON_OK
            || !cd_iam_service_actions(cd_str_sub(pattern, 0, colon), &first, &n))) {
        n = 0;
    }
    for (uint32_t i = first; i < first + n; i++) {
        wanted[i] = wanted[i] || fits(pattern, &name, i);
    }
    if (!is_all && cd_str_find(pattern, '*', 0) == pattern.n
        && cd_str_find(pattern, '?', 0) == pattern.n) {
        add_action(k, pattern, CD_SCHEMA_NONE);
    }
}

/* ---- what statements say of them ---- */

static bool
speaks_of(const struct cd_policy_statement *s, const struct cd_ask_action *action)
{
    struct cd_access access = {.action = action->name, .action_index = action->index};
    return cd_actions_match(&s->actions, &access);
}

/* Without a statement that allows it an action is allowed to nobody but an account's root user. */
static bool
is_hopeless(const struct cd_asker *k, const struct statements *all,
            const struct cd_ask_action *action)
{
    bool is_root = k->in.around != NULL && k->in.around->caller.kind == CD_CALLER_ROOT;
    if (k->in.kind == CD_ASK_DENIES || is_root
        || cd_str_eq_nocase(action->name, CD_STR("sts:GetCallerIdentity"))) {
        return false;
    }
    for (size_t i = 0; i < all->n; i++) {
        if (!all->items[i]->is_deny && speaks_of(all->items[i], action)) {
            return false;
        }
    }
    return true;
}

void
cd_ask_find_statements(struct cd_asker *k)
{
    struct statements all = {.n = 0};
    uint32_t n_known = cd_iam_n_actions();
    bool *wanted = CD_NEW_ARRAY(k->a, (size_t)n_known + 1, bool), *next = wanted;
    add_all(k, &all);
    for (uint32_t i = 0; i < k->in.n_patterns; i++) {
        mark_pattern(k, k->in.patterns[i], wanted);
    }
    while ((next = memchr(next, true, (size_t)(wanted + n_known - next))) != NULL) {
        add_known(k, (uint32_t)(next++ - wanted));
    }
    k->n_asked = k->n_actions;
    size_t kept = 0;
    for (size_t i = 0; i < k->n_actions; i++) {
        if (!is_hopeless(k, &all, &k->actions[i])) {
            k->actions[kept++] = k->actions[i];
        }
    }
    k->n_actions = kept;
    for (size_t i = 0; i < all.n; i++) {
        bool speaks = false;
        for (size_t n = 0; n < k->n_actions && !speaks; n++) {
            speaks = speaks_of(all.items[i], &k->actions[n]);
        }
        if (speaks) {
            *CD_PUSH(k->a, k->statements, k->n_statements, k->cap_statements) = all.items[i];
        }
    }
}

/* ---- one of those that nothing tells apart ---- */

bool
cd_ask_is_carried(const struct cd_ask_key *key, const struct cd_ask_action *action, uint32_t type)
{
    if (key->index == CD_SCHEMA_NONE || !key->is_carried_by_some
        || action->index == CD_SCHEMA_NONE) {
        return true;
    }
    return type == CD_SCHEMA_NONE ? cd_iam_action_has_key(action->index, key->index)
                                  : cd_iam_action_resource_has_key(action->index, type, key->index);
}

static struct cd_str
service_of(struct cd_str action)
{
    return cd_str_sub(action, 0, cd_str_find(action, ':', 0));
}

/* What tells the action from others: statements, keys, resource types, whether it is a change that
 * AWS may leave to nobody, and the service, which decides which kinds of documents count. */
static struct cd_str
signature_of(const struct cd_asker *k, const struct cd_ask_action *action)
{
    bool is_known = action->index != CD_SCHEMA_NONE;
    uint32_t n_types = is_known ? cd_iam_action_at(action->index).n_resource_types : 0;
    size_t size =
        action->name.n + k->n_statements + (n_types + 1) * (k->n_keys + sizeof(uint32_t)) + 1;
    char *p = cd_arena_alloc(k->a, size + 1);
    size_t n = 0;
    bool is_special = cd_str_eq_nocase(action->name, CD_STR("kms:RetireGrant"))
                      || cd_str_eq_nocase(action->name, CD_STR("sts:GetCallerIdentity"));
    struct cd_str told = is_special ? action->name : service_of(action->name);
    memcpy(p, told.p, told.n);
    n += told.n;
    p[n++] = cd_action_is_reserved(action->name) ? '1' : '0';
    for (size_t i = 0; i < k->n_statements; i++) {
        p[n++] = speaks_of(k->statements[i], action) ? '1' : '0';
    }
    for (uint32_t t = 0; t < n_types; t++) {
        bool required;
        uint32_t resource = cd_iam_action_resource(action->index, t, &required);
        memcpy(p + n, &resource, sizeof resource);
        n += sizeof resource;
        for (uint32_t i = 0; i < k->n_keys; i++) {
            p[n++] = cd_ask_is_carried(&k->keys[i], action, t) ? '1' : '0';
        }
    }
    for (uint32_t i = 0; i < k->n_keys; i++) {
        p[n++] = cd_ask_is_carried(&k->keys[i], action, CD_SCHEMA_NONE) ? '1' : '0';
    }
    return (struct cd_str){p, n};
}

void
cd_ask_merge_actions(struct cd_asker *k)
{
    struct cd_str *signatures = CD_NEW_ARRAY(k->a, k->n_actions + 1, struct cd_str);
    size_t kept = 0;
    for (size_t i = 0; i < k->n_actions; i++) {
        struct cd_arena_mark mark = cd_arena_mark(k->a);
        struct cd_str signature = signature_of(k, &k->actions[i]);
        size_t before = 0;
        while (before < kept && !cd_str_eq(signatures[before], signature)) {
            before++;
        }
        if (before < kept) {
            cd_arena_reset(k->a, mark);
        } else {
            signatures[kept] = signature;
            k->actions[kept++] = k->actions[i];
        }
    }
    k->n_actions = kept;
}
