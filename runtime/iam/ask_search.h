/* The search for a request, key by key. Internal to runtime/iam. */
#ifndef CD_IAM_ASK_SEARCH_H
#define CD_IAM_ASK_SEARCH_H

#include "runtime/iam/ask.h"

/* What is asked: a caller, an action, a resource; and the keys as far as they were given. */
struct cd_ask_search {
    const struct cd_asker *k;
    struct cd_arena *a;
    const struct cd_ask_action *action;
    const struct cd_ask_resource *resource;
    const struct cd_caller *caller;
    uint32_t steps; /* left for the question */
    bool is_exhausted;
    struct cd_access access;
    struct cd_access_key keys[CD_ASK_KEYS];
    uint64_t open;  /* keys that may be given */
    uint64_t given; /* those that were */
    struct cd_missing missing;
    struct cd_decided decided;
    const struct cd_policy_statement *allowing; /* of a document that is asked alone */
    struct cd_str why;                          /* of CD_MAYBE: the first reason */
};

/* Is there a request for the caller, the action and the resource that S names? After CD_YES S holds
 * it. */
enum cd_truth cd_ask_search(struct cd_ask_search *s);

#endif
