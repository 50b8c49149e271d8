/* Keys that may be absent: none stands under an operator that fires on absent if one of the actions
 * does not carry it; and some action carries each. */
#include "compiler/sema/deny_term.h"

/* A condition that holds wherever this place decides: POSITIVE, or its negation. */
struct cd_deny_guard {
    struct cd_term term;
    bool positive;
    const struct cd_deny_guard *outer;
};

/* The answer of T if KEY is absent and every other key may have any value. */
static enum cd_tri
if_absent(struct cd_deny_shape *s, struct cd_term t, struct cd_str key)
{
    t = cd_term_resolve(t);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return CD_TRI_MAYBE;
    }
    enum cd_tri result = CD_TRI_MAYBE;
    s->depth++;
    struct cd_term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    if (t.e->kind == CD_EXPR_NOT) {
        result = cd_tri_not(if_absent(s, a, key));
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        enum cd_tri decides = t.e->kind == CD_EXPR_AND ? CD_TRI_NO : CD_TRI_YES;
        enum cd_tri x = if_absent(s, a, key), y = if_absent(s, b, key);
        result = x == decides || y == decides               ? decides
                 : (x == CD_TRI_MAYBE || y == CD_TRI_MAYBE) ? CD_TRI_MAYBE
                                                            : cd_tri_not(decides);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        result = if_absent(s, cd_term_call_body(s, t), key);
    } else if (t.e->kind != CD_EXPR_IF && !cd_term_is_plain_loop(t)) {
        result = cd_term_if_absent(s, t, key);
    }
    s->depth--;
    return result;
}

/* Is there, beside this place, a condition that keeps the deny from firing if KEY is absent? */
static bool
is_guarded(struct cd_deny_shape *s, const struct cd_deny_guard *g, struct cd_str key)
{
    for (; g; g = g->outer) {
        if (if_absent(s, g->term, key) == (g->positive ? CD_TRI_NO : CD_TRI_YES)) {
            return true;
        }
    }
    return false;
}

/* An action of the deny that does not carry KEY, or CD_SCHEMA_NONE. */
static uint32_t
lacking_action(struct cd_deny_shape *s, uint32_t key)
{
    struct cd_sema *sema = s->c->s;
    if (!sema->lacking) {
        sema->lacking = CD_NEW_ARRAY(sema->arena, cd_iam_n_keys(), uint32_t);
    }
    uint32_t *some = &sema->lacking[key]; /* 0: not looked for yet, 1: every action carries it, else
                                             the action + 2 */
    if (*some == 0) {
        *some = 1;
        for (uint32_t i = 0; *some == 1 && i < cd_iam_n_actions(); i++) {
            *some = cd_iam_action_has_key(i, key) ? 1 : i + 2;
        }
    }
    if (*some == 1) {
        return CD_SCHEMA_NONE;
    }
    struct cd_arena_mark mark = cd_arena_mark(sema->arena);
    uint32_t *actions, found = CD_SCHEMA_NONE;
    size_t n;
    cd_deny_actions(sema->arena, s->deny, NULL, &actions, &n);
    for (size_t i = 0; found == CD_SCHEMA_NONE && i < n; i++) {
        found = cd_iam_action_has_key(actions[i], key) ? CD_SCHEMA_NONE : actions[i];
    }
    cd_arena_reset(sema->arena, mark);
    return found;
}

static void
report_absent(struct cd_deny_shape *s, struct cd_expr *key, uint32_t action)
{
    struct cd_iam_action a = cd_iam_action_at(action);
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_ABSENT_KEY, key->span,
                                    "%.*s:%.*s does not carry `%.*s`, and this condition fires "
                                    "where the key is absent: it would deny "
                                    "every such call",
                                    CD_FMT(a.service), CD_FMT(a.name), CD_FMT(key->text));
    cd_diag_help(s->c->s->diags, d,
                 "split the clause, so that this one names only actions that carry the key; or "
                 "begin with `present %.*s and`",
                 CD_FMT(key->text));
}

struct firing {
    const struct cd_deny_guard *guards;
    bool positive;
    struct cd_term atom;
};

static bool
visit_firing(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    const struct firing *f = data;
    if (t.e->kind != CD_EXPR_ANAME || t.e->ref.kind != CD_REF_KEY
        || t.e->ref.key == CD_SCHEMA_NONE) {
        return false;
    }
    if (cd_iam_key_at(t.e->ref.key).is_retired) {
        return false; /* a warning has named its successor */
    }
    enum cd_tri fires = cd_term_if_absent(s, f->atom, t.e->text);
    if (fires != (f->positive ? CD_TRI_YES : CD_TRI_NO) || is_guarded(s, f->guards, t.e->text)) {
        return false;
    }
    uint32_t action = lacking_action(s, t.e->ref.key);
    if (action == CD_SCHEMA_NONE) {
        if (s->c->s->lacking[t.e->ref.key] != 1) {
            *CD_PUSH(s->c->s->arena, s->firing, s->n_firing, s->cap_firing) =
                (struct cd_firing_key){t.e->ref.key, t.e->text};
        }
        return false;
    }
    if (s->is_exemption) {
        return false; /* what is not there exempts nobody, and `when` says of which calls */
    }
    report_absent(s, t.e, action);
    return true;
}

/* Looks for keys under operators that fire on absent; POSITIVE: the deny fires where T is true. */
static void
walk(struct cd_deny_shape *s, struct cd_term t, bool positive, const struct cd_deny_guard *guards)
{
    t = cd_term_resolve(t);
    if (s->depth >= CD_TERM_DEPTH_LIMIT || ++s->steps > CD_TERM_STEP_LIMIT) {
        return;
    }
    s->depth++;
    struct cd_term a = {t.e->a, t.env}, b = {t.e->b, t.env};
    if (t.e->kind == CD_EXPR_NOT) {
        walk(s, a, !positive, guards);
    } else if (t.e->kind == CD_EXPR_AND || t.e->kind == CD_EXPR_OR) {
        bool both = (t.e->kind == CD_EXPR_AND) == positive; /* both sides take part in firing */
        struct cd_deny_guard beside_a = {b, positive, guards}, beside_b = {a, positive, guards};
        walk(s, a, positive, both ? &beside_a : guards);
        walk(s, b, positive, both ? &beside_b : guards);
    } else if (t.e->kind == CD_EXPR_CALL && t.e->ref.kind == CD_REF_FN) {
        walk(s, cd_term_call_body(s, t), positive, guards);
    } else if (t.e->kind == CD_EXPR_IF) {
        walk(s, a, positive, guards);
        walk(s, b, positive, guards);
    } else if (cd_term_is_plain_loop(t)) {
        walk(s, cd_term_under(s, t, t.e->b), t.e->quant == CD_QUANT_NONE ? !positive : positive,
             guards);
    } else {
        struct firing f = {guards, positive, t};
        (void)cd_term_any(s, t, visit_firing, &f);
    }
    s->depth--;
}

void
cd_deny_check_absent(struct cd_deny_shape *s)
{
    struct cd_term when = {s->deny->when, NULL}, unless = {s->deny->unless, NULL};
    struct cd_deny_guard beside_when = {unless, false, NULL}, beside_unless = {when, true, NULL};
    if (s->deny->when) {
        walk(s, when, true, s->deny->unless ? &beside_when : NULL);
    }
    if (s->deny->unless) {
        s->is_exemption = s->deny->when != NULL;
        walk(s, unless, false, s->deny->when ? &beside_unless : NULL);
        s->is_exemption = false;
    }
}

/* ---- keys that no action carries ---- */

/* Does one of the actions that the deny names one by one carry KEY? A quick answer to the usual
 * case. */
static bool
named_action_carries(const struct cd_deny *d, uint32_t key)
{
    for (size_t i = 0; i < d->n_acts; i++) {
        uint32_t action = d->acts[i].is_star || d->acts[i].path.n > 0
                              ? CD_SCHEMA_NONE
                              : cd_iam_find_action(d->acts[i].aname);
        if (d->acts[i].is_star
            || (action != CD_SCHEMA_NONE && cd_iam_action_has_key(action, key))) {
            return true;
        }
    }
    return false;
}

static bool
some_action_carries(struct cd_deny_shape *s, uint32_t key)
{
    if (named_action_carries(s->deny, key)) {
        return true;
    }
    struct cd_arena *arena = s->c->s->arena;
    struct cd_arena_mark mark = cd_arena_mark(arena);
    uint32_t *actions;
    size_t n;
    bool found = false;
    cd_deny_actions(arena, s->deny, NULL, &actions, &n);
    for (size_t i = 0; !found && i < n; i++) {
        found = cd_iam_action_has_key(actions[i], key);
    }
    cd_arena_reset(arena, mark);
    return found || n == 0;
}

/* Warns of the first key that no action carries; true ends the search. */
static bool
visit_uncarried(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    (void)data;
    if (t.e->kind != CD_EXPR_ANAME || t.e->ref.kind != CD_REF_KEY || t.e->ref.key == CD_SCHEMA_NONE
        || cd_iam_key_at(t.e->ref.key).is_retired || some_action_carries(s, t.e->ref.key)) {
        return false;
    }
    struct cd_diag *d = cd_diag_add(s->c->s->diags, CD_DIAG_DENY_UNCARRIED_KEY, t.e->span,
                                    "no action of this deny carries `%.*s`", CD_FMT(t.e->text));
    cd_diag_help(s->c->s->diags, d, "it is absent in every request that the deny speaks of");
    return true;
}

/* Does the condition keep the deny from firing wherever KEY is absent? */
static bool
needs(struct cd_deny_shape *s, struct cd_str key)
{
    return (s->deny->when && if_absent(s, (struct cd_term){s->deny->when, NULL}, key) == CD_TRI_NO)
           || (s->deny->unless
               && if_absent(s, (struct cd_term){s->deny->unless, NULL}, key) == CD_TRI_YES);
}

static bool
visit_asked(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    const struct cd_str *key = data;
    return (t.e->kind == CD_EXPR_PRESENT || t.e->kind == CD_EXPR_ABSENT)
           && cd_term_reads_key(s, (struct cd_term){t.e->a, t.env}, *key);
}

/* Does the condition ask whether KEY is there? Then it means what it says. */
static bool
asks_presence(struct cd_deny_shape *s, struct cd_str key)
{
    struct cd_term when = {s->deny->when, NULL}, unless = {s->deny->unless, NULL};
    return (s->deny->when && cd_term_any(s, when, visit_asked, &key))
           || (s->deny->unless && cd_term_any(s, unless, visit_asked, &key));
}

/* Warns of the first action named that does not carry a key without which the deny never fires. */
static bool
visit_needed(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    (void)data;
    if (t.e->kind != CD_EXPR_ANAME || t.e->ref.kind != CD_REF_KEY || t.e->ref.key == CD_SCHEMA_NONE
        || cd_iam_key_at(t.e->ref.key).is_retired || s->deny->n_acts < 2) {
        return false;
    }
    for (size_t i = 0; i < s->deny->n_acts; i++) {
        const struct cd_act *act = &s->deny->acts[i];
        uint32_t action =
            act->is_star || act->path.n > 0 ? CD_SCHEMA_NONE : cd_iam_find_action(act->aname);
        if (action == CD_SCHEMA_NONE || cd_iam_action_has_key(action, t.e->ref.key)
            || !needs(s, t.e->text) || asks_presence(s, t.e->text)) {
            continue;
        }
        struct cd_diag *d = cd_diag_add(
            s->c->s->diags, CD_DIAG_DENY_NEEDED_KEY, act->span,
            "%.*s does not carry `%.*s`, and without the key the condition is false: the deny "
            "never fires for it",
            CD_FMT(act->aname), CD_FMT(t.e->text));
        cd_diag_help(s->c->s->diags, d, "leave the action out, or deny it in a clause of its own");
        return true;
    }
    return false;
}

static bool
visit_carried(struct cd_deny_shape *s, struct cd_term t, void *data)
{
    return visit_uncarried(s, t, data) || visit_needed(s, t, data);
}

void
cd_deny_check_uncarried(struct cd_deny_shape *s)
{
    struct cd_term when = {s->deny->when, NULL}, unless = {s->deny->unless, NULL};
    if (s->deny->when) {
        (void)cd_term_any(s, when, visit_carried, NULL);
    }
    if (s->deny->unless) {
        (void)cd_term_any(s, unless, visit_carried, NULL);
    }
}
