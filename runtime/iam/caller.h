/* Who makes a request, and whether the principals of a statement mean them.
 *
 * IAM User Guide, «AWS JSON policy elements: Principal»
 * (reference_policies_elements_principal.html) and «NotPrincipal» (…_notprincipal.html). */
#ifndef CD_IAM_CALLER_H
#define CD_IAM_CALLER_H

#include "runtime/iam/policy.h"

enum cd_caller_kind {
    CD_CALLER_ANONYMOUS,
    CD_CALLER_ROOT, /* of an account */
    CD_CALLER_USER,
    CD_CALLER_ROLE,           /* of which no session is named */
    CD_CALLER_SESSION,        /* of a role */
    CD_CALLER_FEDERATED_USER, /* a session made with GetFederationToken */
    CD_CALLER_PROVIDER,       /* an identity provider vouches for somebody who has no account */
    CD_CALLER_SERVICE,        /* or a provider that is known by its name: `accounts.google.com` */
};

struct cd_caller {
    enum cd_caller_kind kind;
    struct cd_str text;
    struct cd_str partition, account; /* empty where there is none */
    struct cd_str name;               /* of the user, the role, without its path */
    bool is_service_linked;           /* a service-linked role or a session of one */
};

/* TEXT: an ARN, twelve digits, or the name of a service or provider. False if it is none. */
bool cd_caller_read(struct cd_str text, struct cd_caller *out);

/* How principals mean a caller: this decides which other policies limit what they are given
 * (decide.h). A later one counts more. */
enum cd_meant {
    CD_MEANT_NOT,
    CD_MEANT_ACCOUNT, /* by the account, which leaves it to its own policies */
    CD_MEANT_ROLE,    /* by the role, or by the user whose federated session it is */
    CD_MEANT_ANYONE,  /* by `*`, or as one who is not named by NotPrincipal */
    CD_MEANT_SELF,    /* by their own ARN or name; of a session, by the session's */
};
enum cd_meant cd_principals_mean(const struct cd_principals *principals,
                                 const struct cd_caller *caller);

#endif
