/* Denies: their actions, their ARN patterns, and the types of their conditions. */
#include "compiler/sema/check.h"

/* ---- actions ---- */

static void
check_texts_as_actions(struct cd_checker *c, const struct cd_act *act)
{
    const struct cd_const *v = cd_const_eval(c->s->arena, act->value, NULL);
    if (!v) {
        return;
    }
    if (v->kind == CD_CONST_STRING) {
        cd_check_action(c->s, act->span, v->text);
    }
    for (size_t i = 0; i < v->n; i++) {
        if (v->items[i]->kind == CD_CONST_STRING) {
            cd_check_action(c->s, act->span, v->items[i]->text);
        }
    }
}

static void
check_named_set(struct cd_checker *c, struct cd_act *act)
{
    act->value = cd_path_expr(c->s, &act->path);
    const struct cd_type *t = cd_infer(c, &act->value, NULL);
    const struct cd_type *one = cd_type_is_collection(t) ? t->elem : t;
    if (cd_type_is_broken(t) || one->kind == CD_TYPE_ACTION || one->kind == CD_TYPE_NEVER) {
        return;
    }
    if (one->kind == CD_TYPE_STRING) {
        check_texts_as_actions(c, act);
        return;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_DENY_ACTS, act->span,
                    "expected an action or a set of actions, found %.*s", CD_FMT(found));
    cd_diag_help(c->s->diags, d, "let writes = {s3:PutObject, s3:DeleteObject*}");
}

static void
check_acts(struct cd_checker *c, struct cd_act *acts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (acts[i].path.n > 0) {
            check_named_set(c, &acts[i]);
        } else if (!acts[i].is_star) {
            cd_check_action(c->s, acts[i].span, acts[i].aname);
        }
    }
}

/* ---- ARN patterns ---- */

/* A pattern with keys of the request in it, which may hold anything: the text around them makes the
 * segments. */
static void
check_fixed_segments(struct cd_checker *c, const struct cd_expr *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n_parts; i++) {
        for (size_t k = 0; !e->parts[i].expr && k < e->parts[i].text.n; k++) {
            n += e->parts[i].text.p[k] == ':';
        }
    }
    if (n < 5) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_DENY_ON, e->span,
                                        "expected an ARN pattern of six segments around the key");
        cd_diag_help(c->s->diags, d, "\"arn:aws:s3:::home/{aws:username}/*\"");
    }
}

static void
check_on(struct cd_checker *c, struct cd_expr **e)
{
    unsigned before = c->uses;
    c->uses = 0;
    bool text = cd_expect(c, e, cd_simple(c, CD_TYPE_STRING), "the pattern of `on`");
    unsigned uses = c->uses;
    c->uses |= before;
    if (!text) {
        return;
    }
    if (uses & CD_USES_KEY) {
        check_fixed_segments(c, *e);
    } else {
        cd_check_arn_pattern(c, *e, CD_DIAG_DENY_ON);
    }
}

/* The parts of denies that were split stand behind one another. */
static void
flatten(struct cd_checker *c, struct cd_decl *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_denies; i++) {
        for (const struct cd_deny *part = &d->denies[i]; part != NULL; part = part->split) {
            n++;
        }
    }
    if (n == d->n_denies) {
        return;
    }
    struct cd_deny *all = CD_NEW_ARRAY(c->s->arena, n, struct cd_deny);
    size_t at = 0;
    for (size_t i = 0; i < d->n_denies; i++) {
        for (const struct cd_deny *part = &d->denies[i]; part != NULL; part = part->split) {
            all[at++] = *part;
        }
    }
    d->denies = all;
    d->n_denies = d->cap_denies = n;
}

void
cd_check_denies(struct cd_checker *c, struct cd_decl *d)
{
    for (size_t i = 0; i < d->n_denies; i++) {
        struct cd_deny *deny = &d->denies[i];
        size_t errors = c->s->diags->n_errors;
        check_acts(c, deny->acts, deny->n_acts);
        check_acts(c, deny->excepts, deny->n_excepts);
        for (size_t k = 0; k < deny->n_on; k++) {
            check_on(c, &deny->on[k]);
        }
        if (deny->when) {
            cd_check_when(c, &deny->when, "the condition of `when`");
        }
        if (deny->unless) {
            cd_check_when(c, &deny->unless, "the condition of `unless`");
        }
        if (c->s->diags->n_errors == errors && !c->s->too_large) {
            cd_check_deny_condition(c, deny);
        }
    }
    flatten(c, d);
}
