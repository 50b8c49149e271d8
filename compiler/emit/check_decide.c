/* What the documents decide: the whole of them, as the engine evaluates them, for callers whose
 * other policies allow everything. */
#include "compiler/emit/carries.h"
#include "compiler/emit/check_parts.h"

#define OWN_ACCOUNT "444455556666"
#define OTHER_ACCOUNT "999988887777"

/* ---- callers ---- */

enum { BY_SCP = 1, BY_RCP = 2, BY_RESOURCE = 4, BY_ENDPOINT = 8 };

static unsigned
bit_of(enum cd_policy_kind kind)
{
    return kind == CD_POLICY_SCP        ? BY_SCP
           : kind == CD_POLICY_RCP      ? BY_RCP
           : kind == CD_POLICY_RESOURCE ? BY_RESOURCE
           : kind == CD_POLICY_ENDPOINT ? BY_ENDPOINT
                                        : 0;
}

/* Whom the kinds of documents bind beside roles, and whom they do not (decide.h has the sources).
 */
static const struct {
    const char *arn; /* NULL: nobody is known */
    unsigned bound_by, free_from;
} others[CD_CHECK_OTHERS] = {
    {NULL, BY_RCP | BY_RESOURCE | BY_ENDPOINT, BY_SCP},
    {"arn:aws:iam::" OTHER_ACCOUNT ":role/zq", BY_RCP | BY_RESOURCE | BY_ENDPOINT, 0},
    {"arn:aws:iam::" OWN_ACCOUNT ":root", BY_SCP | BY_RCP | BY_ENDPOINT, 0},
    {"arn:aws:iam::" OWN_ACCOUNT ":role/aws-service-role/zq.amazonaws.com/AWSServiceRoleForZq",
     BY_RESOURCE | BY_ENDPOINT, BY_SCP | BY_RCP},
    {"zq.amazonaws.com", BY_RCP | BY_RESOURCE | BY_ENDPOINT, BY_SCP},
};

static struct cd_caller
caller_of(const char *text)
{
    struct cd_caller caller = {.kind = CD_CALLER_ANONYMOUS};
    if (text != NULL) {
        (void)cd_caller_read(cd_str_of(text), &caller);
    }
    return caller;
}

/* ---- the question ---- */

static cordon_status
allow(struct cd_arena *a, struct cd_str principal, struct cd_named_policy *out,
      struct cordon_error *err)
{
    struct cd_str text =
        cd_arena_printf(a,
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",%.*s"
                        "\"Action\":\"*\",\"Resource\":\"*\"}]}",
                        CD_FMT(principal));
    *out = (struct cd_named_policy){.name = CD_STR("")};
    return cd_policy_read(a, NULL, text, &out->policy, err);
}

/* The documents, and at an organization's level what AWS attaches beside them. */
static cordon_status
set_documents(struct cd_check_question *q, struct cd_arena *a, enum cd_policy_kind kind,
              struct cd_named_policy *documents, size_t n, struct cordon_error *err)
{
    struct cd_policy_set set = {.items = documents, .n = (uint32_t)n};
    struct cd_policy_level *level = CD_NEW(a, struct cd_policy_level);
    *level = (struct cd_policy_level){.name = CD_STR("zq"), .policies = set};
    switch (kind) {
    case CD_POLICY_SCP:
        level->policies.n++;
        q->q.scps = (struct cd_policy_levels){level, 1};
        return allow(a, CD_STR(""), &documents[n], err);
    case CD_POLICY_RCP:
        level->policies.n++;
        q->q.rcps = (struct cd_policy_levels){level, 1};
        return allow(a, CD_STR("\"Principal\":\"*\","), &documents[n], err);
    case CD_POLICY_RESOURCE: q->q.resource = set; break;
    case CD_POLICY_BOUNDARY: q->q.boundaries = set; break;
    case CD_POLICY_ENDPOINT: q->q.endpoints = set; break;
    case CD_POLICY_IDENTITY:
    case CD_POLICY_SESSION:
    case CD_N_POLICY_KINDS: break;
    }
    return CORDON_OK;
}

/* Does S allow all that the target can carry, on everything? */
static bool
allows_everything(const struct cd_policy_statement *s, enum cd_target target)
{
    bool ok = !s->is_deny && s->n_conditions == 0 && s->resources.n == 1 && !s->resources.is_not
              && s->resources.items[0].is_any;
    for (uint32_t i = 0; i < cd_iam_n_actions() && ok; i++) {
        const struct cd_access access = {.action_index = i};
        ok = !cd_target_carries(target, i) || cd_actions_match(&s->actions, &access);
    }
    return ok;
}

/* Beside the denies there is what the target has to allow, and nothing else; the statements of a
 * policy that was merged into are its own affair. */
static cordon_status
check_frame(const struct cd_emitted_document *d, const struct cd_policy *policy,
            struct cordon_error *err)
{
    size_t n = d->scope.existing != NULL ? d->scope.existing->n
                                         : (size_t)(cd_document_allow_of(d).sid.n != 0);
    bool ok = policy->n_statements == d->n_statements + n;
    for (size_t i = 0; i < n && ok && d->scope.existing == NULL; i++) {
        ok = allows_everything(&policy->statements[i], d->target);
    }
    return ok ? CORDON_OK
              : cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                            "%.*s has other statements than its denies and what it has to allow",
                            CD_FMT(d->file));
}

cordon_status
cd_check_question_init(struct cd_check_question *q, struct cd_arena *a,
                       const struct cd_check_documents *documents, struct cordon_error *err)
{
    const struct cd_emitted_document *first = &documents->items[0];
    enum cd_policy_kind kind = cd_target_info[first->target].kind;
    struct cd_named_policy *named = CD_NEW_ARRAY(a, documents->n + 1, struct cd_named_policy);
    struct cd_named_policy *own = CD_NEW_ARRAY(a, 2, struct cd_named_policy);
    *q = (struct cd_check_question){
        .bit = bit_of(kind), .kind = kind, .documents = documents, .asked = named};
    for (size_t i = 0; i < documents->n; i++) {
        CORDON_TRY(cd_policy_fits(documents->policies[i], kind, err));
        CORDON_TRY(check_frame(&documents->items[i], documents->policies[i], err));
        named[i] = (struct cd_named_policy){documents->items[i].file, documents->policies[i]};
    }
    const struct cd_key *key = &first->scope.key;
    q->account = key->account.n != 0 ? key->account : CD_STR(OWN_ACCOUNT);
    q->q.account = q->account;
    q->q.caller =
        caller_of(cd_arena_printf(a, "arn:%.*s:iam::%.*s:role/zq",
                                  CD_FMT(key->partition.n != 0 ? key->partition : CD_STR("aws")),
                                  CD_FMT(q->account))
                      .p);
    q->allows = first->scope.existing == NULL
                && (cd_target_info[first->target].allows != CD_ALLOWS_ACCOUNT
                    || first->scope.key.account.n != 0);
    CORDON_TRY(allow(a, CD_STR(""), &own[0], err));
    CORDON_TRY(allow(a, CD_STR("\"Principal\":{\"AWS\":\"" OWN_ACCOUNT "\"},"), &own[1], err));
    q->q.identity = (struct cd_policy_set){&own[0], 1};
    q->q.resource = (struct cd_policy_set){&own[1], 1};
    return set_documents(q, a, kind, named, documents->n, err);
}

void
cd_check_question_finish(struct cd_check_question *q)
{
    cd_decided_finish(&q->decided);
}

/* ---- what the question is about ---- */

static bool
is_among(const struct cd_policy_statement *s, const struct cd_check_statements *statements)
{
    for (size_t i = 0; i < statements->n; i++) {
        if (statements->items[i] == s) {
            return true;
        }
    }
    return false;
}

/* Can S apply to the action and resource, whatever the keys? */
static bool
may_apply(const struct cd_check_question *q, const struct cd_policy_statement *s,
          const struct cd_access *about)
{
    struct cd_missing missing = {.n = 0};
    bool may = cd_actions_match(&s->actions, about)
               && cd_resources_match(&s->resources, cd_policy_completes(q->kind), about, &missing)
                      != CD_NO;
    cd_missing_finish(&missing);
    return may;
}

/* POLICY with the statements that may apply; those that are among OWN are also put into q->own. */
static const struct cd_policy *
narrowed(struct cd_check_question *q, struct cd_arena *a, const struct cd_policy *policy,
         const struct cd_access *about, const struct cd_check_statements *own)
{
    struct cd_policy *some = CD_NEW(a, struct cd_policy);
    struct cd_policy_statement *items = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        if (may_apply(q, &policy->statements[i], about)) {
            *CD_PUSH(a, items, n, cap) = policy->statements[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (is_among(&policy->statements[items[i].index], own)) {
            *CD_PUSH(a, q->own.items, q->own.n, q->own.cap) = &items[i];
        }
    }
    *some = *policy;
    some->statements = items;
    some->n_statements = (uint32_t)n;
    some->n_segments = 0;
    return some;
}

/* Of many statements few speak of one action and resource, and each of these is asked for every
 * combination of keys. */
void
cd_check_question_turn(struct cd_check_question *q, struct cd_arena *a,
                       const struct cd_access *access, const struct cd_check_statements *own)
{
    struct cd_access about = {
        .action = access->action, .resource = access->resource, .is_partial = true};
    cd_access_prepare(&about);
    q->own = (struct cd_check_statements){.n = 0};
    for (size_t i = 0; i < q->documents->n; i++) {
        q->asked[i].policy = narrowed(q, a, q->documents->policies[i], &about, own);
    }
}

/* ---- answers ---- */

static bool
decide(struct cd_check_question *q, struct cd_check_answer *out)
{
    if (!cd_decide(&q->q, &q->decided)) {
        return false;
    }
    *out = (struct cd_check_answer){.decision = q->decided.decision};
    for (size_t i = 0; i < q->decided.n_because; i++) {
        out->is_denied = out->is_denied
                         || (q->decided.decision == CD_EXPLICIT_DENY
                             && is_among(q->decided.because[i].statement, &q->own));
    }
    return true;
}

/* What the statements say alone: where others deny, the decision does not show what they leave
 * undecided. */
enum cd_truth
cd_check_apply(const struct cd_check_statements *own, const struct cd_access *access)
{
    struct cd_missing missing = {.n = 0};
    enum cd_truth denies = CD_NO;
    for (size_t i = 0; i < own->n && denies != CD_YES; i++) {
        if (own->items[i]->is_deny) {
            denies = cd_truth_or(denies, cd_statement_applies(own->items[i], access, &missing));
        }
    }
    cd_missing_finish(&missing);
    return denies;
}

bool
cd_check_decide(struct cd_check_question *q, const struct cd_access *access,
                const struct cd_check_statements *own, struct cd_check_answer *out)
{
    q->q.access = *access;
    bool ok = decide(q, out);
    out->own = cd_check_apply(own, access);
    return ok;
}

bool
cd_check_decide_other(struct cd_check_question *q, size_t other, struct cd_check_answer *out,
                      bool *is_bound)
{
    struct cd_caller caller = q->q.caller;
    bool ok = true;
    *is_bound = (others[other].bound_by & q->bit) != 0;
    *out = (struct cd_check_answer){.is_denied = *is_bound};
    if (*is_bound || (others[other].free_from & q->bit) != 0) {
        q->q.caller = caller_of(others[other].arn);
        ok = decide(q, out);
    }
    q->q.caller = caller;
    return ok;
}
