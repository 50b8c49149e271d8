/* becomes: whom a principal can become by any chain of AssumeRole and PassRole. A step is a role
 * that may be assumed, or one that may be passed to a service that its trust policy lets assume it:
 * what runs there acts as the role. */
#include "runtime/vm/estate.h"

#include <stdio.h>

#define MOST_ROLES 4096u /* on the ways from one principal */

struct step {
    cd_rowref role;
    uint32_t before; /* index of the step before; CD_NONE: the principal itself */
    enum cd_truth truth;
    uint32_t how; /* dictionary id: by what, or why it is not known */
};

struct walk {
    struct cd_eval *e;
    const struct cd_table *roles;
    struct step *steps;
    size_t n, cap;
};

/* ---- one step ---- */

/* Does a statement of the trust policy let CALLER assume the role (NULL: any service)? */
static bool
trusts(const struct cd_vm_site *site, const struct cd_caller *caller)
{
    struct cd_access access = {.action = CD_STR("sts:AssumeRole")};
    cd_access_prepare(&access);
    for (size_t i = 0; i < site->documents.n; i++) {
        const struct cd_policy *p = site->documents.items[i].policy;
        for (uint32_t s = 0; s < p->n_statements; s++) {
            const struct cd_policy_statement *st = &p->statements[s];
            bool means = cd_principals_mean(&st->principals, caller) != CD_MEANT_NOT;
            if (!st->is_deny && means && cd_actions_match(&st->actions, &access)) {
                return true;
            }
        }
    }
    return false;
}

static enum cd_truth
ask(struct cd_eval *e, cd_rowref from, struct cd_str action, uint32_t when, struct cd_str arn,
    uint32_t *why)
{
    struct cd_vm_requests requests = {cd_questions_action(e, action), cd_vm_str(e, arn), when};
    struct cd_asked asked;
    if (!cd_questions_can(e, from, requests, &asked, why)) {
        return CD_MAYBE;
    }
    *why = asked.answer == CD_MAYBE ? cd_vm_str(e, asked.why) : 0;
    return asked.answer;
}

static uint32_t
by_passing(struct cd_eval *e, struct cd_str service)
{
    char text[200];
    snprintf(text, sizeof text, "iam:PassRole to %.*s", CD_FMT(service));
    return cd_vm_str(e, cd_str_of(text));
}

/* By a service that the role trusts. */
static enum cd_truth
passes(struct cd_eval *e, cd_rowref from, const struct cd_vm_site *site, uint32_t *how)
{
    enum cd_truth any = CD_NO;
    for (size_t i = 0; i < site->documents.n; i++) {
        const struct cd_policy *p = site->documents.items[i].policy;
        for (uint32_t s = 0; s < p->n_statements; s++) {
            const struct cd_principals *named = &p->statements[s].principals;
            for (uint32_t k = 0; k < named->n && !p->statements[s].is_deny; k++) {
                struct cd_caller service;
                uint32_t why;
                if (named->items[k].kind != CD_PRINCIPAL_SERVICE
                    || !cd_caller_read(named->items[k].text, &service) || !trusts(site, &service)) {
                    continue;
                }
                uint32_t when =
                    cd_questions_key_is(e, CD_STR("iam:PassedToService"), named->items[k].text);
                enum cd_truth one = ask(e, from, CD_STR("iam:PassRole"), when, site->name, &why);
                if (one != CD_NO && any == CD_NO) {
                    *how = one == CD_YES ? by_passing(e, named->items[k].text) : why;
                }
                if (one == CD_YES) {
                    *how = by_passing(e, named->items[k].text);
                    return CD_YES;
                }
                any = cd_truth_or(any, one);
            }
        }
    }
    return any;
}

static enum cd_truth
leads_to(struct cd_eval *e, cd_rowref from, const struct cd_vm_principal *p,
         const struct cd_vm_site *site, uint32_t *how)
{
    enum cd_truth assumes = CD_NO;
    uint32_t why = 0;
    if (trusts(site, &p->question.caller)) {
        assumes = ask(e, from, CD_STR("sts:AssumeRole"), CD_NONE, site->name, &why);
        *how = assumes == CD_YES ? cd_vm_str(e, CD_STR("sts:AssumeRole")) : why;
    }
    if (assumes == CD_YES) {
        return CD_YES;
    }
    uint32_t passing = 0;
    enum cd_truth passed = passes(e, from, site, &passing);
    *how = passed == CD_YES || assumes == CD_NO ? passing : *how;
    return cd_truth_or(assumes, passed);
}

/* The same, asked once for each pair. */
static enum cd_truth
edge(struct cd_eval *e, cd_rowref from, const struct cd_vm_principal *p, uint32_t to,
     const struct cd_vm_site *site, uint32_t *how)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t at =
        cd_triples_put(&e->arena, &q->edge_keys, cd_questions_row(e, from), to, 0, &is_new);
    if (is_new) {
        struct cd_vm_answer answer = {.why = 0};
        answer.truth = leads_to(e, from, p, site, &answer.why);
        *CD_PUSH(&e->arena, q->edges.items, q->edges.n, q->edges.cap) = answer;
    }
    *how = q->edges.items[at].why;
    return q->edges.items[at].truth;
}

/* ---- the walk ---- */

static bool
is_reached(const struct walk *w, cd_rowref role)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->steps[i].role == role) {
            return true;
        }
    }
    return false;
}

/* The row of the role that a site stands for: sites are made in the order of live rows with ARNs.
 */
static void
walk_from(struct walk *w, size_t at, enum cd_truth least)
{
    struct cd_eval *e = w->e;
    uint32_t n, site = 0;
    const struct cd_vm_site *sites = cd_estate_sites(e, CD_SITES_ROLES, &n);
    cd_rowref from = w->steps[at].role;
    const struct cd_vm_principal *p = cd_estate_principal(e, from);
    for (uint32_t row = 0; p != NULL && cd_estate_next(w->roles, &row); row++) {
        if (cd_vm_arn(e, w->roles, row) == CD_NO_STR) {
            continue;
        }
        const struct cd_vm_site *to = &sites[site++];
        cd_rowref role = cd_rowref_of(w->roles->root->id, row);
        uint32_t how = 0;
        if (w->n >= MOST_ROLES || is_reached(w, role)) {
            continue;
        }
        enum cd_truth leads = edge(e, from, p, row, to, &how);
        if (leads == CD_YES || (leads == CD_MAYBE && least == CD_MAYBE)) {
            *CD_PUSH(&e->arena, w->steps, w->n, w->cap) =
                (struct step){role, (uint32_t)at, leads, how};
        }
    }
}

/* All that FROM can become by steps that are certain, or (LEAST is CD_MAYBE) possible; the index of
 * TO among them, or CD_NONE. */
static uint32_t
walk(struct walk *w, cd_rowref from, cd_rowref to, enum cd_truth least)
{
    w->n = 0;
    *CD_PUSH(&w->e->arena, w->steps, w->n, w->cap) = (struct step){from, CD_NONE, CD_YES, 0};
    for (size_t i = 0; i < w->n; i++) {
        if (w->steps[i].role == to) {
            return (uint32_t)i;
        }
        walk_from(w, i, least);
    }
    return CD_NONE;
}

static void
put_name(struct cd_eval *e, cd_rowref row, struct cd_buf *says)
{
    const struct cd_table *t = e->s->tables[e->s->nodes[cd_rowref_node(row)]->table];
    uint32_t id = t->id[cd_rowref_row(row)];
    cd_buf_str(says, id == CD_NO_STR ? CD_STR("?") : cd_vm_text(e, id));
}

/* `a -> b by sts:AssumeRole -> c by iam:PassRole to lambda.amazonaws.com`. */
static void
put_way(const struct walk *w, uint32_t end, struct cd_buf *says)
{
    uint32_t way[64];
    uint32_t n = 0;
    for (uint32_t i = end; i != CD_NONE && n < CD_ARRAY_LEN(way); i = w->steps[i].before) {
        way[n++] = i;
    }
    while (n-- > 0) {
        const struct step *s = &w->steps[way[n]];
        cd_buf_puts(says, s->before == CD_NONE ? "" : " -> ");
        put_name(w->e, s->role, says);
        if (s->before != CD_NONE) {
            cd_buf_printf(says, s->truth == CD_YES ? " by %.*s" : " (unknown: %.*s)",
                          CD_FMT(cd_vm_text(w->e, s->how)));
        }
    }
}

/* Roles that are not in the snapshot may lead on, if one that was reached can become any. */
static bool
may_leave(const struct walk *w)
{
    for (size_t i = 0; i < w->n; i++) {
        uint32_t why;
        struct cd_str all = CD_STR("arn:*:iam::*:role/*");
        if (ask(w->e, w->steps[i].role, CD_STR("sts:AssumeRole"), CD_NONE, all, &why) != CD_NO
            || ask(w->e, w->steps[i].role, CD_STR("iam:PassRole"), CD_NONE, all, &why) != CD_NO) {
            return true;
        }
    }
    return false;
}

enum cd_truth
cd_questions_becomes(struct cd_eval *e, cd_rowref from, cd_rowref to, struct cd_buf *says)
{
    struct walk w = {.e = e, .roles = cd_estate_table(e, "AWS::IAM::Role")};
    if (cd_estate_principal(e, from) == NULL || cd_estate_principal(e, to) == NULL) {
        cd_buf_puts(says, "one of them has no ARN");
        return CD_MAYBE;
    }
    uint32_t end = walk(&w, from, to, CD_YES);
    if (end != CD_NONE) {
        put_way(&w, end, says);
        return CD_YES;
    }
    end = walk(&w, from, to, CD_MAYBE);
    if (end != CD_NONE) {
        put_way(&w, end, says);
        return CD_MAYBE;
    }
    if (w.n >= MOST_ROLES
        || (!cd_snapshot_is_complete(e->s, CD_STR("AWS::IAM::Role")) && may_leave(&w))) {
        cd_buf_puts(says, "it may go by way of a role that is not in the snapshot");
        return CD_MAYBE;
    }
    cd_buf_printf(says, "no way leads there by way of %zu role%s", w.n - 1, w.n == 2 ? "" : "s");
    return CD_NO;
}

void
cd_k_becomes(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_questions *q = cd_questions_of(e);
    const struct cd_vec *x = cd_vm_reg(e, in->a), *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        bool is_new;
        if (!cd_questions_begin(e, in, a, d, i)) {
            continue;
        }
        uint32_t at = cd_triples_put(&e->arena, &q->way_keys, cd_questions_row(e, x->v.u64[i]),
                                     cd_questions_row(e, y->v.u64[i]), 0, &is_new);
        if (is_new) {
            struct cd_buf says = CD_BUF_INIT;
            struct cd_vm_answer answer = {.why = 0};
            answer.truth = cd_questions_becomes(e, x->v.u64[i], y->v.u64[i], &says);
            uint32_t why = cd_snapshot_str(e->s, cd_buf_view(&says));
            cd_buf_finish(&says);
            if (why == CD_NO_STR) {
                cd_vm_oom(e);
            }
            answer.why = why;
            *CD_PUSH(&e->arena, q->ways.items, q->ways.n, q->ways.cap) = answer;
        }
        const struct cd_vm_answer *known = &q->ways.items[at];
        d->v.b[i] = known->truth == CD_YES ? CD_T : CD_F;
        if (known->truth == CD_MAYBE) {
            cd_vec_set_unknown(a, d, i, known->why);
        }
    }
}
