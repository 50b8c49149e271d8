/* What the policy of a VPC endpoint does not take of IAM's language (AWS PrivateLink Guide,
 * «Control access to VPC endpoints using endpoint policies», Considerations). */
#ifndef CD_EMIT_ENDPOINT_H
#define CD_EMIT_ENDPOINT_H

#include "compiler/emit/emit.h"

/* Can a statement with these resources and conditions stand in an endpoint policy? If not, *reason
 * gets why and what to write instead; its place is left alone. */
bool cd_endpoint_takes(struct cd_arena *a, const struct cd_statement *resources,
                       const struct cd_conditions *conditions, struct cd_reason *reason);

#endif
