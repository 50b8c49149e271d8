/* Conditions of requests as the language writes them (`when` of can, allows and denies): a tree of
 * conditions of single keys, each read and compared as policy documents do. Three-valued: what a
 * key is compared with may be unknown. */
#ifndef CD_IAM_WHEN_H
#define CD_IAM_WHEN_H

#include "runtime/bc/program.h"
#include "runtime/iam/policy.h"

#define CD_WHEN_DEPTH 1000u /* of a tree; what is deeper is unknown */
#define CD_WHEN_EACH 16u    /* of ANY and ALL within each other */
#define CD_WHEN_KEYS 96u    /* of a request of which each value of a key is asked */

enum cd_when_kind {
    CD_WHEN_TRUTH, /* whatever the request is */
    CD_WHEN_LINE,  /* a condition of one key */
    CD_WHEN_AND,
    CD_WHEN_OR,
    CD_WHEN_NOT,
    CD_WHEN_ANY, /* of a value of a key with several, which stands for the key in A; of none: false
                  */
    CD_WHEN_ALL, /* likewise of each value; of none: true */
};

struct cd_when {
    enum cd_when_kind kind;
    uint32_t depth, n_each;
    enum cd_truth truth; /* TRUTH */
    struct cd_str why;   /* TRUTH: of CD_MAYBE; LINE: why there may be more values, or empty */
    struct cd_condition_line line; /* LINE */
    struct cd_str key;             /* ANY, ALL */
    const struct cd_when *a, *b;
};

/* What a key is compared with: texts, as they stand on the wire. */
struct cd_when_values {
    const struct cd_str *items;
    uint32_t n;
    struct cd_str open; /* why there may be more; empty: there are no more */
};

/* Memory from A, whose jump is set. */
const struct cd_when *cd_when_truth(struct cd_arena *a, enum cd_truth truth, struct cd_str why);
const struct cd_when *cd_when_line(struct cd_arena *a, struct cd_str key,
                                   enum cd_when_relation relation,
                                   const struct cd_when_values *values);
/* A pattern of ARNs as the language writes it, or `*`. */
const struct cd_arn_glob *cd_when_arn(struct cd_arena *a, struct cd_str text);
const struct cd_when *cd_when_join(struct cd_arena *a, enum cd_when_kind kind, struct cd_str key,
                                   const struct cd_when *x, const struct cd_when *y);

/* Does it hold for the request? A missing `when` (NULL) does. What is unknown goes to MISSING:
 * names of keys, and reasons. */
enum cd_truth cd_when_holds(const struct cd_when *w, const struct cd_access *access,
                            struct cd_missing *missing);
/* Calls VISIT for each line of the tree. */
void cd_when_lines(const struct cd_when *w,
                   void (*visit)(void *data, const struct cd_condition_line *), void *data);

#endif
