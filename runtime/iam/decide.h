/* What the policy documents around a request decide together.
 *
 * IAM User Guide, «Policy evaluation logic» (reference_policies_evaluation-logic.html):
 * - An explicit deny in any policy that applies overrides every allow
 *   («…_policy-eval-denyallow.html»).
 * - Within an account an allow of an identity or of a resource policy is enough, across accounts
 *   both are needed («Cross-account policy evaluation logic», …-cross-account.html).
 * - A permissions boundary and a session policy limit what identity policies give, and what a
 *   resource policy gives to the role; not what it gives to a user, a role session or a federated
 *   user session by their own ARN, nor to `*` (ibid.; «Session policies»,
 *   access_policies.html#policies_session; «Permissions boundaries for IAM entities»,
 *   access_policies_boundaries.html).
 * - Deny with NotPrincipal denies every user and role that has a boundary (ibid.).
 * - An account's root user has full access to its account
 *   (reference_policies_evaluation-logic_policy-eval-denyallow.html).
 * - A KMS key's policy has to allow the account before its identity policies count (KMS Developer
 *   Guide, «Key policies in AWS KMS»); so has the trust policy of a role that is assumed («Roles
 *   terms and concepts», id_roles.html). Every role has one: where none is given it is taken to
 *   leave its own account the decision, but for others' nothing is allowed.
 * - Service control policies have to allow at every level of the organization; they bind its users,
 *   roles and root users, not the management account, service-linked roles, services and those who
 *   come from outside (Organizations User Guide, «SCP evaluation», «Service control policies»).
 * - Resource control policies deny, on resources of member accounts of the services that support
 *   them, to everybody but service-linked roles; not kms:RetireGrant (ibid., «Resource control
 *   policies»).
 * - The policy of a VPC endpoint has to allow what goes through it (AWS PrivateLink, «Control
 *   access to VPC endpoints using endpoint policies»).
 * - What is AWS's own nobody may change (reserved.h).
 * - sts:GetCallerIdentity needs credentials but no permission, and no policy can deny it (STS API
 *   Reference). */
#ifndef CD_IAM_DECIDE_H
#define CD_IAM_DECIDE_H

#include "runtime/iam/caller.h"

enum cd_policy_kind {
    CD_POLICY_SCP,
    CD_POLICY_RCP,
    CD_POLICY_IDENTITY,
    CD_POLICY_RESOURCE,
    CD_POLICY_BOUNDARY,
    CD_POLICY_SESSION,
    CD_POLICY_ENDPOINT,
    CD_N_POLICY_KINDS
};
/* `scp`, `identity`, … */
struct cd_str cd_policy_kind_name(enum cd_policy_kind kind);
/* Can the document stand as one of KIND? CORDON_EINPUT with the place of what cannot. */
CORDON_MUST_CHECK cordon_status cd_policy_fits(const struct cd_policy *policy,
                                               enum cd_policy_kind kind, struct cordon_error *err);
/* Are ARNs of fewer than six parts completed with `*` in documents of KIND? */
bool cd_policy_completes(enum cd_policy_kind kind);
/* Appends what is odd about it as one of KIND. False when memory is out. */
bool cd_policy_warn(struct cd_arena *a, const struct cd_policy *policy, enum cd_policy_kind kind,
                    struct cd_warnings *out);

struct cd_named_policy {
    struct cd_str name;
    const struct cd_policy *policy;
};
struct cd_policy_set {
    const struct cd_named_policy *items;
    uint32_t n;
};
/* The policies at one level of an organization: its root, a unit, an account. */
struct cd_policy_level {
    struct cd_str name;
    struct cd_policy_set policies;
};
struct cd_policy_levels {
    const struct cd_policy_level *items;
    uint32_t n; /* 0: not in an organization */
};

struct cd_question {
    struct cd_access access; /* prepared */
    struct cd_caller caller;
    struct cd_str account;            /* of the resource */
    struct cd_str management_account; /* of the organization; empty: neither of the accounts */
    struct cd_policy_levels scps, rcps;
    struct cd_policy_set identity, resource, boundaries, session,
        endpoints; /* n 0: there is none */
};

enum cd_decision { CD_ALLOWED, CD_EXPLICIT_DENY, CD_IMPLICIT_DENY, CD_UNDECIDED };

/* A statement that decided; or, without one, policies that did not allow. */
struct cd_because {
    enum cd_policy_kind kind;
    struct cd_str name; /* of the policy; without a statement that of the level, or empty */
    const struct cd_policy_statement *statement;
};

struct cd_decided {
    enum cd_decision decision;
    enum cd_truth allowed;      /* CD_NO also where it is unknown only by what it is denied */
    struct cd_because *because; /* in the order of cd_policy_kind, levels, policies, statements */
    size_t n_because;
    struct cd_missing missing; /* of CD_UNDECIDED: the keys on which it depends */
    bool oom;

    struct cd_because *considered; /* while deciding */
    uint8_t *truths;               /* of those */
    size_t n_considered, cap_considered;
};
void cd_decided_finish(struct cd_decided *a);
/* A may be one that answered before: its memory is used again. False when memory is out. */
bool cd_decide(const struct cd_question *q, struct cd_decided *a);

#endif
