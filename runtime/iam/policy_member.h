/* Members of lines that hold policies: their JSON, read into lists of documents. */
#ifndef CD_IAM_POLICY_MEMBER_H
#define CD_IAM_POLICY_MEMBER_H

#include "runtime/iam/policy_cache.h"

/* What a document's text is. */
struct cd_policy_document {
    const struct cd_policy *policy; /* NULL: none, as ERROR says */
    struct cd_str error;
    size_t size; /* bytes without blanks */
};
/* Of the cache: TEXT compiled, now or before. NULL: memory is out. */
const struct cd_policy_document *cd_policy_cache_document(struct cd_policy_cache *c,
                                                          struct cd_str text);

struct cd_policy_reading {
    struct cd_policy_cache *cache;
    struct cd_arena *arena; /* for what the member refers to */
    struct cd_dom *dom;
    enum cd_policy_kind kind;
    struct cd_str name; /* of the member */
};
/* Reads the member's TEXT. What is wrong with it stands in its error; false only when memory is
 * out. */
bool cd_policy_member_read(const struct cd_policy_reading *reading, struct cd_str text,
                           struct cd_policy_member *out);

#endif
