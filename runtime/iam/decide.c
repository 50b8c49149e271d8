/* The decision: what each kind of policy says, and how these answers combine (decide.h has the
 * rules with their sources). Three-valued throughout. */
#include "runtime/iam/decide.h"

#include <stdlib.h>

#include "runtime/iam/reserved.h"
#include "runtime/schema/schema.h"

struct decider {
    const struct cd_question *q;
    struct cd_decided *out;
    enum cd_truth denies; /* any policy */
    /* What policies allow, by kind; true where none of the kind applies. */
    enum cd_truth scps, endpoints, identity, boundary, session;
    enum cd_truth
        meant[CD_MEANT_SELF + 1]; /* what the resource's policy allows, by whom it means */
    enum cd_truth given;          /* by identity and resource policies, with what limits them */
};

/* ---- what is remembered for `because` ---- */

static void
consider(struct decider *d, enum cd_policy_kind kind, struct cd_str name,
         const struct cd_policy_statement *statement, enum cd_truth truth)
{
    struct cd_decided *out = d->out;
    if (out->n_considered == out->cap_considered) {
        size_t cap = out->cap_considered == 0 ? 64 : 2 * out->cap_considered;
        struct cd_because *items = realloc(out->considered, cap * sizeof *items);
        out->considered = items != NULL ? items : out->considered;
        uint8_t *truths = items != NULL ? realloc(out->truths, cap) : NULL;
        if (truths == NULL) {
            out->oom = true;
            return;
        }
        out->truths = truths;
        out->cap_considered = cap;
    }
    out->truths[out->n_considered] = (uint8_t)truth;
    out->considered[out->n_considered++] = (struct cd_because){kind, name, statement};
}

/* ---- policies ---- */

/* Whom the boundary of a user or role binds, in their sessions, too. */
static bool
is_bounded(const struct cd_question *q)
{
    switch (q->caller.kind) {
    case CD_CALLER_USER:
    case CD_CALLER_ROLE:
    case CD_CALLER_SESSION:
    case CD_CALLER_FEDERATED_USER: return q->boundaries.n != 0;
    case CD_CALLER_ROOT:
    case CD_CALLER_ANONYMOUS:
    case CD_CALLER_PROVIDER:
    case CD_CALLER_SERVICE: break;
    }
    return false;
}

/* A deny to all but those that NotPrincipal names denies whoever has a boundary, named or not. */
static enum cd_meant
means(const struct decider *d, const struct cd_policy_statement *s)
{
    return s->is_deny && s->principals.is_not && is_bounded(d->q)
               ? CD_MEANT_ANYONE
               : cd_principals_mean(&s->principals, &d->q->caller);
}

/* A statement that has the action: what it allows; a deny is noted. */
static enum cd_truth
ask_statement(struct decider *d, enum cd_policy_kind kind, struct cd_str name,
              const struct cd_policy_statement *s)
{
    enum cd_meant meant = means(d, s);
    enum cd_truth applies =
        meant == CD_MEANT_NOT
            ? CD_NO
            : cd_statement_covers(s, cd_policy_completes(kind), &d->q->access, &d->out->missing);
    if (applies == CD_NO) {
        return CD_NO;
    }
    consider(d, kind, name, s, applies);
    if (s->is_deny) {
        d->denies = cd_truth_or(d->denies, applies);
        return CD_NO;
    }
    if (kind == CD_POLICY_RESOURCE) {
        d->meant[meant] = cd_truth_or(d->meant[meant], applies);
    }
    return applies;
}

/* What one policy allows. Principals are asked where the kind has them. */
static enum cd_truth
ask_policy(struct decider *d, enum cd_policy_kind kind, const struct cd_named_policy *p)
{
    const struct cd_policy *policy = p->policy;
    enum cd_truth allows = CD_NO;
    for (uint64_t set = cd_policy_with_action(policy, &d->q->access); set != 0; set &= set - 1) {
        const struct cd_policy_statement *s = &policy->statements[__builtin_ctzll(set)];
        allows = cd_truth_or(allows, ask_statement(d, kind, p->name, s));
    }
    for (uint32_t i = CD_INDEXED; i < policy->n_statements; i++) {
        const struct cd_policy_statement *s = &policy->statements[i];
        if (cd_actions_match(&s->actions, &d->q->access)) {
            allows = cd_truth_or(allows, ask_statement(d, kind, p->name, s));
        }
    }
    return allows;
}

/* What any of them allows; where none does for certain, that is noted. */
static enum cd_truth
ask_set(struct decider *d, enum cd_policy_kind kind, const struct cd_policy_set *set,
        struct cd_str level)
{
    enum cd_truth allows = CD_NO;
    for (uint32_t i = 0; i < set->n; i++) {
        allows = cd_truth_or(allows, ask_policy(d, kind, &set->items[i]));
    }
    if (allows == CD_NO) {
        consider(d, kind, level, NULL, CD_NO);
    }
    return allows;
}

/* What they deny: they cannot allow or limit. */
static void
ask_denies(struct decider *d, enum cd_policy_kind kind, const struct cd_policy_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        (void)ask_policy(d, kind, &set->items[i]);
    }
}

/* ---- which policies apply ---- */

static bool
is_of_account(const struct cd_caller *c)
{
    switch (c->kind) {
    case CD_CALLER_ROOT:
    case CD_CALLER_USER:
    case CD_CALLER_ROLE:
    case CD_CALLER_SESSION:
    case CD_CALLER_FEDERATED_USER: return true;
    case CD_CALLER_ANONYMOUS:
    case CD_CALLER_PROVIDER:
    case CD_CALLER_SERVICE: break;
    }
    return false;
}

static bool
is_managed_by(const struct cd_question *q, struct cd_str account)
{
    return q->management_account.n != 0 && cd_str_eq(q->management_account, account);
}

static struct cd_str
service_of(struct cd_str action)
{
    return cd_str_sub(action, 0, cd_str_find(action, ':', 0));
}

static bool
have_rcps_say(const struct cd_question *q)
{
    return q->rcps.n != 0 && !q->caller.is_service_linked && !is_managed_by(q, q->account)
           && cd_rcp_service(service_of(q->access.action))
           && !cd_str_eq_nocase(q->access.action, CD_STR("kms:RetireGrant"));
}

static void
ask_organization(struct decider *d)
{
    const struct cd_question *q = d->q;
    bool bound = is_of_account(&q->caller) && !q->caller.is_service_linked
                 && !is_managed_by(q, q->caller.account);
    for (uint32_t i = 0; bound && i < q->scps.n; i++) {
        const struct cd_policy_level *level = &q->scps.items[i];
        d->scps = cd_truth_and(d->scps, ask_set(d, CD_POLICY_SCP, &level->policies, level->name));
    }
    /* RCPFullAWSAccess allows at every level, and nothing else in them does. */
    uint32_t n_rcps = have_rcps_say(q) ? q->rcps.n : 0;
    for (uint32_t i = 0; i < n_rcps; i++) {
        ask_denies(d, CD_POLICY_RCP, &q->rcps.items[i].policies);
    }
}

/* Have they policies of their own? In what is given for root users, services and others only a deny
 * counts. */
static bool
has_policies(const struct cd_caller *c)
{
    return is_of_account(c) && c->kind != CD_CALLER_ROOT;
}

static enum cd_truth
ask_limit(struct decider *d, enum cd_policy_kind kind, const struct cd_policy_set *set)
{
    if (set->n != 0 && has_policies(&d->q->caller)) {
        return ask_set(d, kind, set, CD_STR(""));
    }
    ask_denies(d, kind, set);
    return CD_YES;
}

static enum cd_truth
ask_identity(struct decider *d)
{
    const struct cd_question *q = d->q;
    if (has_policies(&q->caller)) {
        return ask_set(d, CD_POLICY_IDENTITY, &q->identity, CD_STR(""));
    }
    ask_denies(d, CD_POLICY_IDENTITY, &q->identity);
    return cd_truth_of(q->caller.kind == CD_CALLER_ROOT);
}

static void
ask_all(struct decider *d)
{
    const struct cd_question *q = d->q;
    ask_organization(d);
    d->identity = ask_identity(d);
    (void)ask_set(d, CD_POLICY_RESOURCE, &q->resource, CD_STR(""));
    d->boundary = ask_limit(d, CD_POLICY_BOUNDARY, &q->boundaries);
    d->session = ask_limit(d, CD_POLICY_SESSION, &q->session);
    if (q->endpoints.n != 0) {
        d->endpoints = ask_set(d, CD_POLICY_ENDPOINT, &q->endpoints, CD_STR(""));
    }
}

/* ---- how they combine ---- */

/* Does the resource's own policy have to leave it to the account, before identity policies count?
 */
static bool
is_own_master(const struct cd_question *q)
{
    struct cd_str action = service_of(q->access.action), tail = q->access.arn.part[CD_ARN_TAIL];
    if (!q->access.has_arn) {
        return false;
    }
    bool is_key = cd_str_eq_nocase(action, CD_STR("kms")) && cd_str_starts(tail, CD_STR("key/"));
    bool is_role = cd_str_eq_nocase(action, CD_STR("sts")) && cd_str_starts(tail, CD_STR("role/"))
                   && q->resource.n != 0;
    return is_key || is_role;
}

/* Do identity and resource policies, with what limits them, give the permission? */
static enum cd_truth
is_given(const struct decider *d)
{
    const struct cd_question *q = d->q;
    enum cd_truth self = d->meant[CD_MEANT_SELF], role = d->meant[CD_MEANT_ROLE],
                  anyone = d->meant[CD_MEANT_ANYONE], account = d->meant[CD_MEANT_ACCOUNT];
    enum cd_truth limits = cd_truth_and(d->boundary, d->session);
    enum cd_truth own = cd_truth_and(d->identity, limits);
    if (!is_of_account(&q->caller)) {
        return cd_truth_or(self, anyone);
    }
    if (!cd_str_eq(q->caller.account, q->account)) {
        enum cd_truth there = cd_truth_or(cd_truth_or(self, role), cd_truth_or(anyone, account));
        return cd_truth_and(own, there);
    }
    own = is_own_master(q) ? cd_truth_and(own, account) : own;
    return cd_truth_or(cd_truth_or(own, self), cd_truth_or(anyone, cd_truth_and(role, limits)));
}

static void
combine(const struct decider *d, struct cd_decided *out)
{
    enum cd_truth allows = cd_truth_and(d->given, cd_truth_and(d->scps, d->endpoints));
    out->allowed = cd_truth_and(allows, cd_truth_not(d->denies));
    if (d->denies != CD_NO) {
        out->decision = d->denies == CD_YES ? CD_EXPLICIT_DENY : CD_UNDECIDED;
    } else {
        out->decision = allows == CD_YES  ? CD_ALLOWED
                        : allows == CD_NO ? CD_IMPLICIT_DENY
                                          : CD_UNDECIDED;
    }
}

/* ---- reasons ---- */

/* Policies that did not allow are no reason where others gave the permission. */
static bool
is_missed(const struct decider *d, const struct cd_because *r)
{
    return r->statement == NULL
           && (d->given != CD_YES || r->kind == CD_POLICY_SCP || r->kind == CD_POLICY_ENDPOINT);
}

static bool
is_reason(const struct decider *d, const struct cd_because *r, enum cd_truth truth)
{
    bool is_deny = r->statement != NULL && r->statement->is_deny;
    switch (d->out->decision) {
    case CD_ALLOWED: return truth == CD_YES && !is_deny;
    case CD_EXPLICIT_DENY: return truth == CD_YES && is_deny;
    case CD_IMPLICIT_DENY: return is_missed(d, r);
    case CD_UNDECIDED: return truth == CD_MAYBE;
    }
    return false;
}

static void
give_reasons(const struct decider *d)
{
    struct cd_decided *out = d->out;
    out->because = out->considered;
    out->n_because = 0;
    for (size_t i = 0; i < out->n_considered; i++) {
        if (is_reason(d, &out->considered[i], (enum cd_truth)out->truths[i])) {
            out->because[out->n_because++] = out->considered[i];
        }
    }
    if (out->decision != CD_UNDECIDED) {
        cd_missing_back(&out->missing, 0);
    }
}

void
cd_decided_finish(struct cd_decided *a)
{
    free(a->considered);
    free(a->truths);
    cd_missing_finish(&a->missing);
    *a = (struct cd_decided){.n_because = 0};
}

bool
cd_decide(const struct cd_question *q, struct cd_decided *a)
{
    struct decider d = {.q = q,
                        .out = a,
                        .scps = CD_YES,
                        .endpoints = CD_YES,
                        .boundary = CD_YES,
                        .session = CD_YES};
    a->n_considered = 0;
    cd_missing_back(&a->missing, 0);
    if (cd_str_eq_nocase(q->access.action, CD_STR("sts:GetCallerIdentity"))
        && q->caller.kind != CD_CALLER_ANONYMOUS) {
        a->decision = CD_ALLOWED;
        a->allowed = CD_YES;
    } else {
        ask_all(&d);
        d.given = cd_access_is_reserved(&q->access) ? CD_NO : is_given(&d);
        combine(&d, a);
    }
    give_reasons(&d);
    return !a->oom && !a->missing.oom;
}
