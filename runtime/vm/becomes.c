/* becomes: whom a principal can become by any chain of AssumeRole and PassRole. A step is a role
 * that may be assumed, or one that may be passed to a service that its trust policy lets assume it:
 * what runs there acts as the role. */
#include "runtime/vm/estate.h"

#define MOST_ROLES 4096u /* on the ways from one principal */

struct step {
    cd_rowref role;
    uint32_t before; /* index of the step before; CD_NONE: the principal itself */
    enum cd_truth truth;
    uint32_t how; /* dictionary id: by what, or why it is not known */
};

/* What a principal can become, as far as it was asked: kept for the next question about it. */
struct cd_vm_walk {
    struct cd_eval *e;
    enum cd_truth least; /* CD_YES: by steps that are certain; CD_MAYBE: by possible ones, too */
    cd_rowref from;
    struct step *steps;
    size_t n, cap;
    size_t next;             /* the steps before were gone on from */
    uint32_t *step_of;       /* by row of the roles: index of the step, from 1 on; 0: not reached */
    uint32_t n_roles, roles; /* rows, and the node of their table */
    bool is_left_asked, may_leave;
};

/* ---- one step ---- */

/* Does a statement of the trust policy let CALLER assume the role? */
static bool
trusts(const struct cd_vm_site *site, const struct cd_caller *caller)
{
    struct cd_access access = {.action = CD_STR("sts:AssumeRole")};
    cd_access_prepare(&access);
    return cd_estate_speaks_to(site, caller, CD_MEANT_ACCOUNT, &access);
}

static enum cd_truth
ask(struct cd_eval *e, cd_rowref from, struct cd_str action, uint32_t when, struct cd_str arn,
    uint32_t *why)
{
    struct cd_vm_requests requests = {cd_questions_action(e, action), cd_vm_str(e, arn), when};
    struct cd_asked asked;
    if (cd_questions_cannot(e, from, requests)) {
        *why = 0;
        return CD_NO;
    }
    if (!cd_questions_can(e, from, requests, &asked, why)) {
        return CD_MAYBE;
    }
    *why = asked.answer == CD_MAYBE ? cd_vm_str(e, asked.why) : 0;
    return asked.answer;
}

static uint32_t
by_passing(struct cd_eval *e, struct cd_str service)
{
    struct cd_arena *a = &cd_questions_of(e)->scratch;
    return cd_vm_str(e, cd_arena_printf(a, "iam:PassRole to %.*s", CD_FMT(service)));
}

/* By the service NAMED, which a statement of the role's trust policy allows something. */
static enum cd_truth
passes_to(struct cd_eval *e, cd_rowref from, const struct cd_vm_site *site,
          const struct cd_principal *named, uint32_t *how)
{
    struct cd_caller service;
    if (named->kind != CD_PRINCIPAL_SERVICE || !cd_caller_read(named->text, &service)
        || !trusts(site, &service)) {
        return CD_NO;
    }
    uint32_t when = cd_questions_key_is(e, CD_STR("iam:PassedToService"), named->text);
    enum cd_truth passed = ask(e, from, CD_STR("iam:PassRole"), when, site->name, how);
    *how = passed == CD_YES ? by_passing(e, named->text) : *how;
    return passed;
}

/* Where the document DOCUMENT is not known, it may trust any service. */
static enum cd_truth
passes_to_any(struct cd_eval *e, cd_rowref from, const struct cd_vm_site *site,
              const struct cd_named_policy *document, uint32_t *how)
{
    enum cd_truth passed = ask(e, from, CD_STR("iam:PassRole"), CD_NONE, site->name, how);
    *how = passed == CD_YES ? cd_vm_str(e, document->name) : *how;
    return passed == CD_NO ? CD_NO : CD_MAYBE;
}

/* By a service that a statement of the role's trust policy trusts. */
static enum cd_truth
passes_by(struct cd_eval *e, cd_rowref from, const struct cd_vm_site *site,
          const struct cd_named_policy *document, uint32_t statement, uint32_t *how)
{
    const struct cd_policy_statement *s = &document->policy->statements[statement];
    enum cd_truth any = CD_NO;
    if (s->is_deny) {
        return CD_NO;
    }
    if (!s->principals.is_there) {
        return passes_to_any(e, from, site, document, how);
    }
    for (uint32_t i = 0; i < s->principals.n && any != CD_YES; i++) {
        uint32_t why = 0;
        enum cd_truth one = passes_to(e, from, site, &s->principals.items[i], &why);
        *how = one != CD_NO && one != any ? why : *how;
        any = cd_truth_or(any, one);
    }
    return any;
}

static enum cd_truth
passes(struct cd_eval *e, cd_rowref from, const struct cd_vm_site *site, uint32_t *how)
{
    enum cd_truth any = CD_NO;
    for (size_t i = 0; i < site->documents.n; i++) {
        const struct cd_named_policy *document = &site->documents.items[i];
        for (uint32_t s = 0; s < document->policy->n_statements && any != CD_YES; s++) {
            uint32_t why = 0;
            enum cd_truth one = passes_by(e, from, site, document, s, &why);
            *how = one != CD_NO && one != any ? why : *how;
            any = cd_truth_or(any, one);
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
edge(struct cd_eval *e, cd_rowref from, const struct cd_vm_principal *p,
     const struct cd_vm_site *site, uint32_t *how)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t at =
        cd_triples_put(&e->arena, &q->edge_keys, cd_questions_row(e, from), site->row, 0, &is_new);
    if (is_new) {
        struct cd_vm_answer answer = {.why = 0};
        answer.truth = leads_to(e, from, p, site, &answer.why);
        *CD_PUSH(&e->arena, q->edges.items, q->edges.n, q->edges.cap) = answer;
    }
    *how = q->edges.items[at].why;
    return q->edges.items[at].truth;
}

/* ---- the walk ---- */

static void
add_step(struct cd_vm_walk *w, struct step step)
{
    *CD_PUSH(&w->e->arena, w->steps, w->n, w->cap) = step;
    if (w->n_roles != 0 && cd_rowref_node(step.role) == w->roles) {
        w->step_of[cd_rowref_row(step.role)] = (uint32_t)w->n;
    }
}

static void
go_on_from(struct cd_vm_walk *w, size_t at)
{
    struct cd_eval *e = w->e;
    uint32_t n;
    const struct cd_vm_site *sites = cd_estate_sites(e, CD_SITES_ROLES, &n);
    cd_rowref from = w->steps[at].role;
    const struct cd_vm_principal *p = cd_estate_principal(e, from);
    for (uint32_t i = 0; p != NULL && i < n && w->n < MOST_ROLES; i++) {
        uint32_t how = 0;
        if (w->step_of[sites[i].row] != 0) {
            continue;
        }
        enum cd_truth leads = edge(e, from, p, &sites[i], &how);
        if (leads == CD_YES || (leads == CD_MAYBE && w->least == CD_MAYBE)) {
            add_step(w,
                     (struct step){cd_rowref_of(w->roles, sites[i].row), (uint32_t)at, leads, how});
        }
    }
}

/* The walk from FROM, begun if the last one was from another principal. */
static struct cd_vm_walk *
walk_of(struct cd_eval *e, cd_rowref from, enum cd_truth least)
{
    struct cd_vm_walk **kept = &cd_questions_of(e)->walks[least == CD_MAYBE];
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::Role");
    struct cd_vm_walk *w = *kept;
    if (w == NULL) {
        w = CD_NEW(&e->arena, struct cd_vm_walk);
        *w = (struct cd_vm_walk){.e = e, .least = least};
        w->n_roles = t == NULL ? 0 : t->n;
        w->roles = t == NULL ? 0 : t->root->id;
        w->step_of = CD_NEW_ARRAY(&e->arena, (size_t)w->n_roles + 1, uint32_t);
        *kept = w;
    }
    if (w->n == 0 || w->from != from) {
        memset(w->step_of, 0, w->n_roles * sizeof *w->step_of);
        w->from = from;
        w->n = w->next = 0;
        w->is_left_asked = false;
        add_step(w, (struct step){from, CD_NONE, CD_YES, 0});
    }
    return w;
}

/* The index of the step to TO, or CD_NONE. */
static uint32_t
step_to(struct cd_vm_walk *w, cd_rowref to)
{
    bool is_role = w->n_roles != 0 && cd_rowref_node(to) == w->roles;
    const uint32_t *step = is_role ? &w->step_of[cd_rowref_row(to)] : NULL;
    while (step != NULL && *step == 0 && w->next < w->n) {
        go_on_from(w, w->next++);
    }
    return step == NULL || *step == 0 ? CD_NONE : *step - 1;
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
put_way(const struct cd_vm_walk *w, uint32_t end, struct cd_buf *says)
{
    uint32_t *way = CD_NEW_ARRAY(&cd_questions_of(w->e)->scratch, w->n, uint32_t);
    uint32_t n = 0;
    for (uint32_t i = end; i != CD_NONE; i = w->steps[i].before) {
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
may_leave(struct cd_vm_walk *w)
{
    struct cd_str all = CD_STR("arn:*:iam::*:role/*");
    if (w->is_left_asked) {
        return w->may_leave;
    }
    w->may_leave = false;
    for (size_t i = 0; i < w->n && !w->may_leave; i++) {
        uint32_t why;
        w->may_leave =
            ask(w->e, w->steps[i].role, CD_STR("sts:AssumeRole"), CD_NONE, all, &why) != CD_NO
            || ask(w->e, w->steps[i].role, CD_STR("iam:PassRole"), CD_NONE, all, &why) != CD_NO;
    }
    w->is_left_asked = true;
    return w->may_leave;
}

enum cd_truth
cd_questions_becomes(struct cd_eval *e, cd_rowref from, cd_rowref to, struct cd_buf *says)
{
    static const enum cd_truth by[] = {CD_YES, CD_MAYBE};
    if (cd_estate_principal(e, from) == NULL || cd_estate_principal(e, to) == NULL) {
        cd_buf_puts(says, "one of them has no ARN");
        return CD_MAYBE;
    }
    struct cd_vm_walk *w = NULL;
    for (size_t i = 0; i < CD_ARRAY_LEN(by); i++) {
        w = walk_of(e, from, by[i]);
        uint32_t end = step_to(w, to);
        if (end != CD_NONE) {
            put_way(w, end, says);
            return by[i];
        }
    }
    if (w->n >= MOST_ROLES
        || (!cd_snapshot_is_complete(e->s, CD_STR("AWS::IAM::Role")) && may_leave(w))) {
        cd_buf_puts(says, "it may go by way of a role that is not in the snapshot");
        return CD_MAYBE;
    }
    cd_buf_printf(says, "no way leads there by way of %zu role%s", w->n - 1, w->n == 2 ? "" : "s");
    return CD_NO;
}

static struct cd_vm_answer
answer_of(struct cd_eval *e, const struct cd_vm_question *q)
{
    struct cd_buf says = CD_BUF_INIT;
    struct cd_vm_answer answer = {.truth = cd_questions_becomes(e, q->row, q->role, &says)};
    if (answer.truth == CD_MAYBE) {
        answer.why = says.oom ? CD_NO_STR : cd_snapshot_str(e->s, cd_buf_view(&says));
    }
    cd_buf_finish(&says);
    if (answer.why == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return answer;
}

void
cd_k_becomes(struct cd_eval *e, const struct cd_insn *in)
{
    cd_questions_answer(e, in, NULL, answer_of);
}
