/* Resources of AWS itself within reach of its customers, whom no policy lets change them. */
#ifndef CD_IAM_RESERVED_H
#define CD_IAM_RESERVED_H

#include "runtime/iam/access.h"

/* Is it a change that AWS leaves to nobody? AWS managed policies («you cannot change the
 * permissions defined in AWS managed policies»: IAM User Guide,
 * access_policies_managed-vs-inline.html), roles of the path /aws-reserved/ (IAM Identity Center
 * User Guide, permissionsetsconcept.html), and aliases of AWS managed keys («the alias/aws/ prefix
 * is reserved»: KMS API Reference, API_CreateAlias.html). ACCESS is prepared. */
bool cd_access_is_reserved(const struct cd_access *access);
/* Is there anything on which the action is such a change? */
bool cd_action_is_reserved(struct cd_str action);

#endif
