/* Resource types: a call is authorized on each of its resources, and on those that do not carry a
 * key it is absent. So a deny that fires on an absent key speaks of the types that carry it: by its
 * `on`; or without one, where every call has such a resource, by an `on` that is made here. */
#include "compiler/sema/deny_term.h"
#include "runtime/base/glob.h"

#define SHOWN 3

static bool
contains(const uint32_t *items, size_t n, uint32_t item)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i] == item) {
            return true;
        }
    }
    return false;
}

/* ---- ARN formats ---- */

struct cd_str
cd_sema_arn_pattern(struct cd_arena *a, struct cd_str format, struct cd_str partition)
{
    char *p = CD_NEW_ARRAY(a, format.n + partition.n + 1, char);
    size_t n = 0;
    for (size_t i = 0; i < format.n;) {
        if (format.p[i] != '$' || i + 1 >= format.n || format.p[i + 1] != '{') {
            p[n++] = format.p[i++];
            continue;
        }
        size_t end = cd_str_find(format, '}', i);
        bool is_partition = cd_str_eq(cd_str_sub(format, i + 2, end), CD_STR("Partition"));
        struct cd_str value = is_partition ? partition : CD_STR("*");
        if (is_partition || n == 0 || p[n - 1] != '*') {
            memcpy(p + n, value.p, value.n);
            n += value.n;
        }
        i = end < format.n ? end + 1 : format.n;
    }
    return (struct cd_str){p, n};
}

static bool
has_slash(struct cd_str arn)
{
    return cd_str_find(arn, '/', 0) < arn.n;
}

/* Segment by segment, as ARNs are matched; the sixth goes to the end. A placeholder of the format
 * is never empty. */
static bool
arns_meet(struct cd_str x, struct cd_str format)
{
    struct cd_str y = format;
    for (int i = 0; i < 5; i++) {
        size_t x_end = cd_str_find(x, ':', 0), y_end = cd_str_find(y, ':', 0);
        if (x_end == x.n || y_end == y.n || (x_end == 0 && y_end != 0)
            || !cd_globs_meet(cd_str_sub(x, 0, x_end), cd_str_sub(y, 0, y_end))) {
            return false;
        }
        x = cd_str_sub(x, x_end + 1, x.n);
        y = cd_str_sub(y, y_end + 1, y.n);
    }
    return cd_globs_meet(x, y);
}

/* Is there an ARN of FORMAT that the pattern ON matches? A bucket's name has no slash. */
static bool
meets(struct cd_arena *a, struct cd_str on, struct cd_str format)
{
    if (cd_str_ends(format, CD_STR(":::${BucketName}")) && has_slash(on)) {
        return false;
    }
    struct cd_arena_mark mark = cd_arena_mark(a);
    bool found =
        cd_str_eq(on, CD_STR("*")) || arns_meet(on, cd_sema_arn_pattern(a, format, CD_STR("*")));
    cd_arena_reset(a, mark);
    return found;
}

static bool
is_param(struct cd_deny_shape *s, const struct cd_expr *e)
{
    return e->ref.kind == CD_REF_PARAM
           || (e->ref.kind == CD_REF_LET
               && (cd_sema_info(s->c->s, e->ref.decl)->uses & CD_USES_PARAM) != 0);
}

static struct cd_str
known_text(struct cd_deny_shape *s, const struct cd_expr *e)
{
    const struct cd_const *value = e->ref.kind == CD_REF_LET && !is_param(s, e)
                                       ? cd_const_eval(s->c->s->arena, e, NULL)
                                       : NULL;
    return value != NULL && value->kind == CD_CONST_STRING ? value->text : CD_STR("*");
}

/* A pattern after `on` as far as it is known: what comes from keys and parameters is `*`. */
static struct cd_str
known_pattern(struct cd_deny_shape *s, const struct cd_expr *e)
{
    struct cd_arena *a = s->c->s->arena;
    struct cd_str text = CD_STR("");
    for (size_t i = 0; i < e->n_parts; i++) {
        struct cd_str part =
            e->parts[i].expr == NULL ? e->parts[i].text : known_text(s, e->parts[i].expr);
        text = cd_arena_printf(a, "%.*s%.*s", CD_FMT(text), CD_FMT(part));
    }
    return text;
}

struct patterns {
    struct cd_str *items;
    size_t n;
};

static struct patterns
patterns_of(struct cd_deny_shape *s)
{
    struct cd_arena *a = s->c->s->arena;
    struct patterns p = {CD_NEW_ARRAY(a, s->deny->n_on + 1, struct cd_str), s->deny->n_on};
    for (size_t i = 0; i < p.n; i++) {
        p.items[i] = known_pattern(s, s->deny->on[i]);
    }
    return p;
}

/* Does the deny speak of resources of TYPE? */
static bool
speaks_of(struct cd_deny_shape *s, const struct patterns *p, uint32_t type)
{
    struct cd_arena *a = s->c->s->arena;
    for (uint32_t k = 0; k < cd_iam_resource_at(type).n_arns; k++) {
        struct cd_str format = cd_iam_resource_arn(type, k);
        bool found = p->n == 0;
        for (size_t i = 0; i < p->n && !found; i++) {
            /* `not on` leaves the type out if its pattern takes all of it. */
            found = s->deny->not_on
                        ? !cd_glob(p->items[i], cd_sema_arn_pattern(a, format, CD_STR("*")))
                        : meets(a, p->items[i], format);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

/* ---- an action's types ---- */

/* How a firing key is carried by the resource types of an action that the deny speaks of. */
struct carrying {
    uint32_t lacking;       /* a type that does not carry it, CD_SCHEMA_NONE */
    bool lacking_is_needed; /* every call has such a resource */
    uint32_t *types;        /* those that carry it */
    size_t n;
};

static struct carrying
carrying_of(struct cd_deny_shape *s, const struct patterns *p, uint32_t action, uint32_t key)
{
    uint32_t n = cd_iam_action_at(action).n_resource_types;
    struct carrying c = {.lacking = CD_SCHEMA_NONE,
                         .types = CD_NEW_ARRAY(s->c->s->arena, n + 1, uint32_t)};
    for (uint32_t i = 0; i < n; i++) {
        bool is_needed;
        uint32_t type = cd_iam_action_resource(action, i, &is_needed);
        if (cd_iam_action_resource_has_key(action, i, key)) {
            c.types[c.n++] = type;
        } else if (speaks_of(s, p, type) && (c.lacking == CD_SCHEMA_NONE || is_needed)
                   && !c.lacking_is_needed) {
            c.lacking = type;
            c.lacking_is_needed = is_needed;
        }
    }
    return c;
}

/* The ARN patterns of TYPES as one would write them. */
static struct cd_str
written_patterns(struct cd_arena *a, const uint32_t *types, size_t n)
{
    struct cd_str text = CD_STR("");
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        struct cd_str format = cd_iam_resource_arn(types[i], 0);
        text = cd_arena_printf(a, "%.*s%s\"%.*s\"", CD_FMT(text), i == 0 ? "" : ", ",
                               CD_FMT(cd_sema_arn_pattern(a, format, CD_STR("aws"))));
    }
    return text;
}

static void
report_lacking(struct cd_deny_shape *s, uint32_t action, uint32_t key, const struct carrying *c)
{
    struct cd_arena *a = s->c->s->arena;
    struct cd_iam_action act = cd_iam_action_at(action);
    struct cd_str type = cd_iam_resource_at(c->lacking).name, name = cd_iam_key_at(key).name;
    struct cd_diag *d = cd_diag_add(
        s->c->s->diags, c->lacking_is_needed ? CD_DIAG_DENY_UNSCOPED : CD_DIAG_DENY_SCOPE_WIDE,
        s->deny->span,
        "%.*s:%.*s is also authorized on a resource of type `%.*s`, which does not carry `%.*s`: "
        "there the key is absent, and the deny would refuse %s",
        CD_FMT(act.service), CD_FMT(act.name), CD_FMT(type), CD_FMT(name),
        c->lacking_is_needed ? "every call" : "the call");
    cd_diag_help(s->c->s->diags, d, "say which resources are meant: on %.*s",
                 CD_FMT(written_patterns(a, c->types, c->n)));
}

/* ---- scopes that are made ---- */

static bool
same_types(const struct carrying *x, const struct carrying *y)
{
    bool same = x->n == y->n;
    for (size_t i = 0; i < x->n && same; i++) {
        same = contains(y->types, y->n, x->types[i]);
    }
    return same;
}

static void
report_split(struct cd_deny_shape *s, uint32_t action, uint32_t key, const struct carrying *c)
{
    struct cd_iam_action act = cd_iam_action_at(action);
    struct cd_str name = cd_iam_key_at(key).name;
    struct cd_diag *d = cd_diag_add(
        s->c->s->diags, CD_DIAG_DENY_UNSCOPED, s->deny->span,
        "only some resource types of %.*s:%.*s carry `%.*s`, and not all of the condition is about "
        "them",
        CD_FMT(act.service), CD_FMT(act.name), CD_FMT(name));
    cd_diag_help(s->c->s->diags, d,
                 "split the clause, one with the key: on %.*s; one with the rest",
                 CD_FMT(written_patterns(s->c->s->arena, c->types, c->n)));
}

/* The answer of a condition where no firing key of KEYS makes it fire: CD_TRI_NO if each way to
 * fire needs one of them. POSITIVE: the deny fires where T is true. */
static enum cd_tri
without_firing(struct cd_deny_shape *s, struct cd_term t, bool positive,
               const struct cd_firing_key *keys, size_t n)
{
    t = cd_term_resolve(t);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return CD_TRI_MAYBE;
    }
    enum cd_tri result = CD_TRI_MAYBE;
    struct cd_term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    s->depth++;
    if (t.e->kind == CD_EXPR_NOT) {
        result = cd_tri_not(without_firing(s, a, !positive, keys, n));
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        enum cd_tri decides = t.e->kind == CD_EXPR_AND ? CD_TRI_NO : CD_TRI_YES;
        enum cd_tri x = without_firing(s, a, positive, keys, n);
        enum cd_tri y = without_firing(s, b, positive, keys, n);
        result = x == decides || y == decides ? decides : x == y ? x : CD_TRI_MAYBE;
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        result = without_firing(s, cd_term_call_body(s, t), positive, keys, n);
    } else if (t.e->kind != CD_EXPR_IF && !cd_term_is_plain_loop(t)) {
        for (size_t i = 0; i < n && result == CD_TRI_MAYBE; i++) {
            enum cd_tri fires = positive ? CD_TRI_YES : CD_TRI_NO;
            if (cd_term_if_absent(s, t, keys[i].text) == fires) {
                result = cd_tri_not(fires);
            }
        }
    }
    s->depth--;
    return result;
}

static bool
fires_only_by(struct cd_deny_shape *s, const struct cd_firing_key *keys, size_t n)
{
    enum cd_tri when = CD_TRI_YES, unless = CD_TRI_NO;
    if (s->deny->when) {
        when = without_firing(s, (struct cd_term){s->deny->when, NULL}, true, keys, n);
    }
    if (s->deny->unless) {
        unless = without_firing(s, (struct cd_term){s->deny->unless, NULL}, false, keys, n);
    }
    return when == CD_TRI_NO || unless == CD_TRI_YES;
}

/* Do its actions depend on a parameter, so that they are not known yet? */
static bool
reads_param(struct cd_deny_shape *s)
{
    for (size_t i = 0; i < s->deny->n_acts + s->deny->n_excepts; i++) {
        size_t n = s->deny->n_acts;
        const struct cd_expr *value =
            i < n ? s->deny->acts[i].value : s->deny->excepts[i - n].value;
        if (value != NULL && is_param(s, value)) {
            return true;
        }
    }
    return false;
}

/* The scope that ACTION needs (n 0: none). False after a diagnostic. */
static bool
scope_of(struct cd_deny_shape *s, const struct patterns *p, uint32_t action, struct carrying *out)
{
    struct cd_arena *a = s->c->s->arena;
    struct cd_firing_key *keys = CD_NEW_ARRAY(a, s->n_firing + 1, struct cd_firing_key);
    size_t n = 0;
    *out = (struct carrying){.n = 0};
    for (size_t i = 0; i < s->n_firing; i++) {
        uint32_t key = s->firing[i].key;
        if (cd_iam_action_itself_has_key(action, key)) {
            continue;
        }
        struct carrying c = carrying_of(s, p, action, key);
        if (c.lacking == CD_SCHEMA_NONE) {
            continue;
        }
        if (c.lacking_is_needed || p->n != 0 || reads_param(s)) {
            report_lacking(s, action, key, &c);
            return false;
        }
        if (n != 0 && !same_types(out, &c)) {
            report_split(s, action, key, &c);
            return false;
        }
        keys[n++] = s->firing[i];
        *out = c;
    }
    if (n != 0 && !fires_only_by(s, keys, n)) {
        report_split(s, action, keys[0].key, out);
        return false;
    }
    return true;
}

/* The actions of one deny by the scope that they need. */
struct group {
    struct carrying scope;
    uint32_t *actions;
    size_t n;
};

static struct group *
group_for(struct group *groups, size_t *n, const struct carrying *scope)
{
    for (size_t i = 0; i < *n; i++) {
        if (same_types(&groups[i].scope, scope)) {
            return &groups[i];
        }
    }
    groups[*n].scope = *scope;
    return &groups[(*n)++];
}

static struct cd_expr *
literal(struct cd_deny_shape *s, struct cd_str text)
{
    struct cd_expr *e = CD_NEW(s->c->s->arena, struct cd_expr);
    struct cd_text_part *part = CD_NEW(s->c->s->arena, struct cd_text_part);
    *part = (struct cd_text_part){.text = text, .span = s->deny->span};
    *e = (struct cd_expr){.kind = CD_EXPR_STRING,
                          .depth = 1,
                          .span = s->deny->span,
                          .type = cd_simple(s->c, CD_TYPE_STRING),
                          .parts = part,
                          .n_parts = 1};
    return e;
}

/* The partition is whatever it is: the deny was written without one. */
static void
set_on(struct cd_deny_shape *s, struct cd_deny *deny, const struct carrying *scope)
{
    size_t n = 0;
    for (size_t i = 0; i < scope->n; i++) {
        n += cd_iam_resource_at(scope->types[i]).n_arns;
    }
    deny->on = CD_NEW_ARRAY(s->c->s->arena, n, struct cd_expr *);
    deny->is_scope = scope->n != 0;
    for (size_t i = 0; i < scope->n; i++) {
        for (uint32_t k = 0; k < cd_iam_resource_at(scope->types[i]).n_arns; k++) {
            deny->on[deny->n_on++] = literal(
                s, cd_sema_arn_pattern(s->c->s->arena, cd_iam_resource_arn(scope->types[i], k),
                                       CD_STR("*")));
        }
    }
}

static void
set_actions(struct cd_deny_shape *s, struct cd_deny *deny, const struct group *g)
{
    deny->acts = CD_NEW_ARRAY(s->c->s->arena, g->n, struct cd_act);
    deny->n_acts = g->n;
    deny->n_excepts = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct cd_iam_action act = cd_iam_action_at(g->actions[i]);
        deny->acts[i] =
            (struct cd_act){.span = s->deny->span,
                            .aname = cd_arena_printf(s->c->s->arena, "%.*s:%.*s",
                                                     CD_FMT(act.service), CD_FMT(act.name))};
    }
}

/* One deny for each group; a single one keeps its actions as they are written. */
static void
apply(struct cd_deny_shape *s, const struct group *groups, size_t n)
{
    struct cd_deny base = *s->deny;
    struct cd_deny **next = &s->deny->split;
    for (size_t i = 0; i < n; i++) {
        struct cd_deny *deny = i == 0 ? s->deny : CD_NEW(s->c->s->arena, struct cd_deny);
        *deny = base;
        set_on(s, deny, &groups[i].scope);
        if (n > 1) {
            set_actions(s, deny, &groups[i]);
        }
        if (i != 0) {
            *next = deny;
            next = &deny->split;
        }
    }
}

/* ---- patterns that no action is made on ---- */

static bool
is_made_on(struct cd_deny_shape *s, const struct patterns *p, uint32_t action)
{
    for (uint32_t i = 0; i < cd_iam_action_at(action).n_resource_types; i++) {
        bool unused;
        if (speaks_of(s, p, cd_iam_action_resource(action, i, &unused))) {
            return true;
        }
    }
    return false;
}

static void
report_never(struct cd_deny_shape *s, const struct cd_act *act, uint32_t action)
{
    struct cd_iam_action a = cd_iam_action_at(action);
    bool unused;
    struct cd_diag *d = cd_diag_add(
        s->c->s->diags, CD_DIAG_DENY_NEVER_ON, act->span,
        "%.*s:%.*s is made on no resource that a pattern after `on` matches: the deny never fires "
        "for it",
        CD_FMT(a.service), CD_FMT(a.name));
    if (a.n_resource_types == 0) {
        cd_diag_help(s->c->s->diags, d, "it is made on \"*\" only: deny it in a clause without on");
        return;
    }
    uint32_t types[SHOWN] = {0};
    for (uint32_t i = 0; i < a.n_resource_types && i < SHOWN; i++) {
        types[i] = cd_iam_action_resource(action, i, &unused);
    }
    cd_diag_help(s->c->s->diags, d, "it is made on %.*s",
                 CD_FMT(written_patterns(s->c->s->arena, types, a.n_resource_types)));
}

static void
check_patterns(struct cd_deny_shape *s, const struct patterns *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (cd_str_eq(p->items[i], CD_STR("*")) || s->deny->not_on) {
            return;
        }
    }
    for (size_t i = 0; i < s->deny->n_acts && p->n != 0; i++) {
        const struct cd_act *act = &s->deny->acts[i];
        uint32_t action =
            act->is_star || act->path.n > 0 ? CD_SCHEMA_NONE : cd_iam_find_action(act->aname);
        if (action != CD_SCHEMA_NONE && !is_made_on(s, p, action)) {
            report_never(s, act, action);
        }
    }
}

void
cd_deny_check_scope(struct cd_deny_shape *s)
{
    struct patterns p = patterns_of(s);
    check_patterns(s, &p);
    if (s->n_firing == 0) {
        return;
    }
    uint32_t *actions;
    size_t n_actions, n = 0;
    cd_deny_actions(s->c->s->arena, s->deny, NULL, &actions, &n_actions);
    struct group *groups = CD_NEW_ARRAY(s->c->s->arena, n_actions + 1, struct group);
    for (size_t i = 0; i < n_actions; i++) {
        struct carrying scope;
        if (!scope_of(s, &p, actions[i], &scope)) {
            return;
        }
        struct group *g = group_for(groups, &n, &scope);
        if (g->actions == NULL) {
            g->actions = CD_NEW_ARRAY(s->c->s->arena, n_actions, uint32_t);
        }
        g->actions[g->n++] = actions[i];
    }
    if (p.n == 0 && (n > 1 || (n == 1 && groups[0].scope.n != 0))) {
        apply(s, groups, n);
    }
}
