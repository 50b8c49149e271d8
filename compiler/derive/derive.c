/* Derived denies: for each way to breach a require, the actions whose requests tell it are denied,
 * and the others are written down with the reason why they escape. */
#include "compiler/derive/derive.h"

#include "compiler/derive/parts.h"

struct deriver {
    struct cd_sema *sema;
    const struct cd_derive_options *options;
    struct cd_decl *control;
    size_t n_written; /* denies of the control that its author wrote */
    const struct cd_clause *clause;
    const struct cd_require *require;
    struct cd_translation t;
};

/* ---- written denies ---- */

/* Is one of the denies that the author wrote about ACTION? */
static bool
is_written(struct deriver *d, uint32_t action)
{
    for (size_t i = 0; i < d->n_written; i++) {
        if (cd_deny_has_action(d->sema->arena, &d->control->denies[i], NULL, action)) {
            return true;
        }
    }
    return false;
}

/* ---- what becomes of breaches ---- */

static struct cd_breach *
note(struct deriver *d, enum cd_breach_fate fate, uint32_t action, struct cd_span where,
     struct cd_str why)
{
    struct cd_decl *c = d->control;
    for (size_t i = 0; i < c->n_breaches; i++) {
        struct cd_breach *b = &c->breaches[i];
        if (b->require == d->require && b->fate == fate && b->action == action
            && fate != CD_BREACH_WRITTEN && cd_str_eq(b->why, why)) {
            return b;
        }
    }
    struct cd_breach *b = CD_PUSH(d->sema->arena, c->breaches, c->n_breaches, c->cap_breaches);
    *b = (struct cd_breach){
        .fate = fate, .require = d->require, .span = where, .action = action, .why = why};
    return b;
}

/* The author may have denied what does not tell enough for a derived deny. */
static void
escapes(struct deriver *d, uint32_t action, struct cd_span where, struct cd_str why)
{
    bool is_denied = action != CD_SCHEMA_NONE && is_written(d, action);
    (void)note(d, is_denied ? CD_BREACH_WRITTEN : CD_BREACH_ESCAPES, action, where, why);
}

/* Those of the actions NAMES that are known, for one reason. */
static void
all_escape(struct deriver *d, const struct cd_str *names, size_t n, struct cd_str why)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t action = cd_iam_find_action(names[i]);
        if (action != CD_SCHEMA_NONE) {
            escapes(d, action, d->require->span, why);
        }
    }
}

static struct cd_str
action_text(struct deriver *d, uint32_t action)
{
    struct cd_iam_action a = cd_iam_action_at(action);
    return cd_arena_printf(d->sema->arena, "%.*s:%.*s", CD_FMT(a.service), CD_FMT(a.name));
}

/* ---- denies ---- */

/* Is ACTION authorized on resources of the type, so that the deny can be about these? */
static bool
is_made_on_type(const struct deriver *d, uint32_t action, uint32_t *resource)
{
    struct cd_str wanted = d->t.bound->resource;
    size_t colon = cd_str_find(wanted, ':', 0);
    for (uint32_t i = 0; i < cd_iam_action_at(action).n_resource_types; i++) {
        bool required;
        uint32_t type = cd_iam_action_resource(action, i, &required);
        struct cd_iam_resource r = cd_iam_resource_at(type);
        if (cd_str_eq(r.service, cd_str_sub(wanted, 0, colon))
            && cd_str_eq(r.name, cd_str_sub(wanted, colon + 1, wanted.n))) {
            *resource = type;
            return true;
        }
    }
    return false;
}

static struct cd_str
on_pattern(const struct deriver *d, uint32_t resource, uint32_t i)
{
    return cd_sema_arn_pattern(d->sema->arena, cd_iam_resource_arn(resource, i), CD_STR("*"));
}

static void
set_on(struct deriver *d, struct cd_deny *deny, uint32_t resource)
{
    uint32_t n = cd_iam_resource_at(resource).n_arns;
    deny->on = CD_NEW_ARRAY(d->sema->arena, n, struct cd_expr *);
    for (uint32_t i = 0; i < n; i++) {
        deny->on[deny->n_on++] = cd_expr_new_text(d->sema, deny->span, on_pattern(d, resource, i));
    }
}

/* The deny of the way WHEN for the N actions; they are of one kind: authorized on resources of the
 * type, or not. */
static void
add_deny(struct deriver *d, const struct cd_way_condition *way, const uint32_t *actions, size_t n)
{
    struct cd_decl *c = d->control;
    uint32_t resource;
    if (n == 0) {
        return;
    }
    struct cd_deny *deny = CD_PUSH(d->sema->arena, c->denies, c->n_denies, c->cap_denies);
    *deny = (struct cd_deny){.span = d->require->span,
                             .when = way->when,
                             .require = d->require,
                             .is_stricter = way->is_stricter};
    deny->acts = CD_NEW_ARRAY(d->sema->arena, n, struct cd_act);
    for (size_t i = 0; i < n; i++) {
        deny->acts[i] =
            (struct cd_act){.span = d->require->span, .aname = action_text(d, actions[i])};
    }
    deny->n_acts = n;
    if (is_made_on_type(d, actions[0], &resource)) {
        set_on(d, deny, resource);
    }
}

/* One deny for the actions on resources of the type, and one for those that take "*". */
static void
add_denies(struct deriver *d, const struct cd_way_condition *way, const uint32_t *actions, size_t n)
{
    uint32_t *part = CD_NEW_ARRAY(d->sema->arena, n + 1, uint32_t);
    for (int on_type = 1; on_type >= 0; on_type--) {
        size_t n_part = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t resource;
            if (is_made_on_type(d, actions[i], &resource) == (on_type == 1)) {
                part[n_part++] = actions[i];
            }
        }
        add_deny(d, way, part, n_part);
    }
}

/* ---- actions ---- */

static bool
lists(const struct cd_str *actions, size_t n, struct cd_str action)
{
    for (size_t i = 0; i < n; i++) {
        if (cd_str_eq(actions[i], action)) {
            return true;
        }
    }
    return false;
}

/* Does a request of ACTION that makes a resource tell this? */
static bool
tells(const struct deriver *d, const struct cd_told *told, struct cd_str name, uint32_t action)
{
    if (told->property != NULL) {
        return lists(told->property->create, told->property->n_create, name);
    }
    uint32_t resource;
    if (!is_made_on_type(d, action, &resource)) {
        return cd_iam_action_itself_has_key(action, told->key);
    }
    for (uint32_t i = 0; i < cd_iam_action_at(action).n_resource_types; i++) {
        bool required;
        if (cd_iam_action_resource(action, i, &required) == resource) {
            return cd_iam_action_resource_has_key(action, i, told->key);
        }
    }
    return false;
}

/* What a request of the action does not tell; NULL if it tells all. */
static const struct cd_told *
untold_by(const struct deriver *d, struct cd_str name, uint32_t action)
{
    for (size_t i = 0; i < d->t.n_told; i++) {
        if (!tells(d, &d->t.told[i], name, action)) {
            return &d->t.told[i];
        }
    }
    return NULL;
}

static void
note_denied(struct deriver *d, const struct cd_way_condition *way, uint32_t action)
{
    note(d, way->is_stricter ? CD_BREACH_STRICTER : CD_BREACH_DENIED, action, d->require->span,
         way->why);
}

/* Is the action left to the derived deny? If not, that is noted with what this would have been. */
static bool
is_free(struct deriver *d, const struct cd_way_condition *way, uint32_t action)
{
    uint32_t resource;
    if (!is_written(d, action)) {
        return true;
    }
    struct cd_breach *b = note(d, CD_BREACH_WRITTEN, action, d->require->span, CD_STR(""));
    b->when = way->when;
    if (is_made_on_type(d, action, &resource)) {
        b->on = on_pattern(d, resource, 0);
    }
    return false;
}

static void
deny_creation(struct deriver *d, const struct cd_way_condition *way)
{
    const struct cd_bound_type *bound = d->t.bound;
    uint32_t *actions = CD_NEW_ARRAY(d->sema->arena, bound->n_create + 1, uint32_t);
    size_t n = 0;
    for (size_t i = 0; i < bound->n_create; i++) {
        uint32_t action = cd_iam_find_action(bound->create[i]);
        const struct cd_told *untold =
            action == CD_SCHEMA_NONE ? NULL : untold_by(d, bound->create[i], action);
        if (action == CD_SCHEMA_NONE || (untold == NULL && !is_free(d, way, action))) {
            continue;
        }
        if (untold != NULL && untold->property != NULL && untold->property == way->added) {
            continue;
        }
        if (untold != NULL) {
            escapes(d, action, d->require->span,
                    cd_arena_printf(d->sema->arena, "such a request does not tell %.*s by %.*s",
                                    CD_FMT(untold->name), CD_FMT(untold->key_text)));
            continue;
        }
        note_denied(d, way, action);
        actions[n++] = action;
    }
    if (!way->is_stricter || d->options->stricter) {
        add_denies(d, way, actions, n);
    }
}

/* A request that changes a resource tells what it changes, and leaves the rest as it is. */
static void
deny_updates(struct deriver *d, const struct cd_way_condition *way, const struct cd_str *names,
             size_t n_names)
{
    struct cd_sema *s = d->sema;
    uint32_t *actions = CD_NEW_ARRAY(s->arena, n_names + 1, uint32_t);
    size_t n = 0;
    struct cd_expr *key = cd_expr_new_key(s, d->require->span, d->t.told[0].key_text);
    struct cd_way_condition update = *way;
    update.when = cd_expr_new_and(s, cd_expr_new_unary(s, CD_EXPR_PRESENT, key), way->when);
    for (size_t i = 0; i < n_names; i++) {
        uint32_t action = cd_iam_find_action(names[i]);
        if (action != CD_SCHEMA_NONE && is_free(d, &update, action)) {
            note_denied(d, way, action);
            actions[n++] = action;
        }
    }
    if (!way->is_stricter || d->options->stricter) {
        add_denies(d, &update, actions, n);
    }
}

/* A request that adds members to a list tells those: it can be the one that adds a wrong one, but
 * what else the list has is not in it. */
static void
deny_additions(struct deriver *d, const struct cd_way_condition *way,
               const struct cd_bound_property *p)
{
    if (way->asks_member && way->is_single) {
        deny_updates(d, way, p->adds, p->n_adds);
        return;
    }
    if (way->asks_member) {
        all_escape(d, p->adds, p->n_adds,
                   cd_arena_printf(d->sema->arena,
                                   "such a request may add to %.*s, and does not tell what else "
                                   "is there",
                                   CD_FMT(p->path)));
    }
}

/* Changes of one of several properties, whose others the request does not show. A member more makes
 * a breach only where some member does. */
static void
note_updates(struct deriver *d, const struct cd_way_condition *way)
{
    for (size_t i = 0; i < d->t.n_told; i++) {
        const struct cd_bound_property *p = d->t.told[i].property;
        if (p == NULL) {
            continue;
        }
        struct cd_str why = cd_arena_printf(d->sema->arena,
                                            "such a request may change %.*s alone, and does not "
                                            "tell what else the condition is about",
                                            CD_FMT(d->t.told[i].name));
        all_escape(d, p->update, p->n_update, why);
        all_escape(d, p->adds, way->asks_member ? p->n_adds : 0, why);
    }
}

static void
note_untold(struct deriver *d)
{
    for (size_t i = 0; i < d->t.n_told; i++) {
        const struct cd_bound_property *p = d->t.told[i].property;
        if (cd_str_starts(d->t.told[i].key_text, CD_STR("aws:RequestTag/"))) {
            escapes(d, CD_SCHEMA_NONE, d->require->span,
                    CD_STR("tags may be changed when the resource is made, by requests that do "
                           "not tell what else it is"));
        }
        for (size_t k = 0; p != NULL && k < p->n_untold; k++) {
            struct cd_str why = p->untold[k].why;
            all_escape(d, &p->untold[k].action, 1,
                       why.n != 0 ? why
                                  : cd_arena_printf(d->sema->arena,
                                                    "such a request may change %.*s, and no "
                                                    "condition key tells to what",
                                                    CD_FMT(p->path)));
        }
    }
}

/* ---- ways ---- */

static void
derive_way(struct deriver *d, const struct cd_way *way)
{
    struct cd_way_condition condition;
    if (!cd_way_translate(&d->t, way, &condition)) {
        escapes(d, CD_SCHEMA_NONE, d->t.where, d->t.why);
        return;
    }
    if (d->t.n_told == 0) {
        escapes(d, CD_SCHEMA_NONE, d->require->span,
                condition.why.n != 0 ? condition.why
                                     : CD_STR("it asks nothing of the resource itself"));
        return;
    }
    deny_creation(d, &condition);
    const struct cd_bound_property *p = d->t.told[0].property;
    if (d->t.n_told > 1) {
        note_updates(d, &condition);
    } else if (p != NULL && !condition.asks_absence) {
        deny_updates(d, &condition, p->update, p->n_update);
        deny_additions(d, &condition, p);
    }
    note_untold(d);
}

static void
derive_require(struct deriver *d, const struct cd_require *require)
{
    d->require = require;
    if (d->clause->binding == NULL) {
        escapes(d, CD_SCHEMA_NONE, require->span,
                CD_STR("it is asked of the estate as a whole, which no request shows"));
        return;
    }
    if (d->clause->source->kind != CD_EXPR_TYPE) {
        escapes(d, CD_SCHEMA_NONE, require->span,
                CD_STR("it is asked of resources of every type, which are made by actions without "
                       "number"));
        return;
    }
    if (d->t.bound == NULL) {
        bool is_made = !cd_str_starts(d->t.type, CD_STR("Cordon::"));
        escapes(d, CD_SCHEMA_NONE, require->span,
                cd_arena_printf(d->sema->arena,
                                is_made ? "no condition key is known that tells anything of %.*s"
                                        : "it is asked of %.*s, which no request makes",
                                CD_FMT(d->t.type)));
        return;
    }
    struct cd_ways ways = cd_ways_of(d->sema->arena, d->clause->where, require->cond);
    if (ways.too_many) {
        escapes(d, CD_SCHEMA_NONE, require->span,
                cd_arena_printf(d->sema->arena, "there are more than %d ways to breach it",
                                CD_WAYS_LIMIT));
        return;
    }
    for (size_t i = 0; i < ways.n; i++) {
        derive_way(d, &ways.items[i]);
    }
}

static void
derive_control(struct deriver *d)
{
    struct cd_decl *c = d->control;
    for (size_t i = 0; i < c->n_clauses; i++) {
        const struct cd_clause *clause = &c->clauses[i];
        struct cd_str type = clause->source != NULL ? clause->source->text : CD_STR("");
        d->clause = clause;
        d->t = (struct cd_translation){.sema = d->sema,
                                       .self = clause->binding,
                                       .bound = cd_bound_type_of(type),
                                       .type = type};
        for (size_t k = 0; k < clause->n_requires; k++) {
            derive_require(d, &clause->requires[k]);
        }
    }
}

/* ---- tests of denies ---- */

static void
check_tests(struct cd_sema *s)
{
    for (size_t i = 0; i < s->tests.n; i++) {
        const struct cd_decl *test = s->tests.items[i];
        for (size_t k = 0; k < test->n_steps; k++) {
            const struct cd_step *step = &test->steps[k];
            if (step->kind != CD_STEP_EXPECT_DENY || step->decl->n_denies != 0) {
                continue;
            }
            struct cd_diag *diag =
                cd_diag_add(s->diags, CD_DIAG_TEST_DENY, step->path.span,
                            "control `%.*s` has no deny, and none can be derived",
                            CD_FMT(step->decl->name.text));
            cd_diag_help(s->diags, diag,
                         "what it requires is expected with pass, fail, unknown or waived; "
                         "`cordon emit --table` says why nothing is derived");
        }
    }
}

cordon_status
cd_derive_denies(struct cd_sema *s, const struct cd_derive_options *options)
{
    for (size_t i = 0; i < s->controls.n; i++) {
        struct cd_decl *control = s->controls.items[i];
        struct deriver d = {
            .sema = s, .options = options, .control = control, .n_written = control->n_denies};
        if (!control->detect_only_set) {
            derive_control(&d);
        }
    }
    check_tests(s);
    return s->diags->n_errors == 0 ? CORDON_OK : CORDON_EPOLICY;
}
