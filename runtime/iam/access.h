/* A request as IAM sees it: an action on a resource by a principal, and the context keys that come
 * with it. What the caller does not know of a key is said, and answers are three-valued. */
#ifndef CD_IAM_ACCESS_H
#define CD_IAM_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"
#include "runtime/schema/arn.h"

/* The answer to a question about a request. UNKNOWN: it depends on keys that nobody gave. */
enum cd_truth { CD_NO, CD_YES, CD_MAYBE };

static inline enum cd_truth
cd_truth_of(bool b)
{
    return b ? CD_YES : CD_NO;
}

static inline enum cd_truth
cd_truth_not(enum cd_truth t)
{
    return t == CD_MAYBE ? CD_MAYBE : cd_truth_of(t == CD_NO);
}

static inline enum cd_truth
cd_truth_and(enum cd_truth x, enum cd_truth y)
{
    return x == CD_NO || y == CD_NO ? CD_NO : x == CD_MAYBE || y == CD_MAYBE ? CD_MAYBE : CD_YES;
}

static inline enum cd_truth
cd_truth_or(enum cd_truth x, enum cd_truth y)
{
    return x == CD_YES || y == CD_YES ? CD_YES : x == CD_MAYBE || y == CD_MAYBE ? CD_MAYBE : CD_NO;
}

struct cd_access_key {
    struct cd_str name;          /* compared without case */
    const struct cd_str *values; /* as text: IAM's keys are text on the wire */
    uint32_t
        n_values; /* none: as absent («resolves to a null data set», says the IAM User Guide) */
    bool is_list; /* several values may come: only a set operator asks for them */
    bool is_unknown; /* has it a value, and which? */
    bool is_absent;  /* known not to be there: worth saying where others are unknown */
};

#define CD_ARN_PARTS CD_ARN_SEGMENTS

/* An ARN's parts between its first five colons, the sixth to its end. */
struct cd_arn {
    struct cd_str part[CD_ARN_PARTS];
};
/* `arn`, the account, and what names the resource. */
enum { CD_ARN_SCHEME = 0, CD_ARN_OWNER = 4, CD_ARN_TAIL = 5 };

struct cd_access {
    struct cd_str action;   /* `s3:GetObject` */
    struct cd_str resource; /* an ARN, `*`, or empty: matches no pattern but `*` */
    const struct cd_access_key *keys;
    uint32_t n_keys;
    bool is_partial; /* a key that is not among KEYS is unknown, not absent */

    /* What cd_access_prepare makes of the above. */
    struct cd_arn arn;
    bool has_arn;
    uint32_t action_index; /* in the table of actions, or CD_SCHEMA_NONE */
};

/* Fills in what is derived. ACCESS is borrowed by nobody. */
void cd_access_prepare(struct cd_access *access);
/* Splits S; false if it has fewer than five colons. */
bool cd_arn_read(struct cd_str s, struct cd_arn *out);
/* The account that an ARN names; empty: none, as in arn:aws:s3:::b and arn:aws:iam::aws:policy/p.
 */
struct cd_str cd_arn_account(const struct cd_arn *arn);

/* The key NAME of the request: CD_YES (*out is it), CD_NO (absent), CD_MAYBE (unknown; *out may be
 * NULL). */
enum cd_truth cd_access_find(const struct cd_access *access, struct cd_str name,
                             const struct cd_access_key **out);
/* Its one value, for a policy variable; CD_NO also for a key with several values. */
enum cd_truth cd_access_value(const struct cd_access *access, struct cd_str name,
                              struct cd_str *out);

/* Names of keys on which answers depend, each once; borrowed from the documents. */
struct cd_missing {
    struct cd_str *names;
    size_t n, cap;
    bool oom;
    uint32_t *slots; /* of many names, by hash: index + 1; NULL: they are few */
    size_t n_slots;
};
void cd_missing_finish(struct cd_missing *m);
void cd_missing_add(struct cd_missing *m, struct cd_str name);
void cd_missing_forget(struct cd_missing *m, size_t n); /* of many */
/* Forgets what was added since there were N. */
static inline void
cd_missing_back(struct cd_missing *m, size_t n)
{
    if (m->slots != NULL) {
        cd_missing_forget(m, n);
    }
    m->n = n;
}

#endif
