/* Policy documents, compiled once: what a document says, and whether its statements apply to a
 * request. What several documents together decide is another matter (decide.h).
 *
 * Grammar and semantics: IAM User Guide, «Grammar of the IAM JSON policy language»
 * (reference_policies_grammar.html) and the pages of its elements, named where they are used. */
#ifndef CD_IAM_POLICY_H
#define CD_IAM_POLICY_H

#include "runtime/base/net.h"
#include "runtime/iam/glob.h"
#include "runtime/iam/warnings.h"
#include "runtime/ingest/json.h"

/* ---- conditions ---- */

enum cd_cond_op {
#define CD_COND_OP(name, text, reads, test, negated) CD_COND_##name,
#include "runtime/iam/operators.def"
#undef CD_COND_OP
    CD_N_COND_OPS
};

/* How an operator reads the values of the document and of the request. */
enum cd_cond_reads {
    CD_READS_TEXT,
    CD_READS_TEXT_NOCASE,
    CD_READS_PATTERN,
    CD_READS_NUMBER,
    CD_READS_DATE,
    CD_READS_BOOL,
    CD_READS_BINARY,
    CD_READS_NETWORK,
    CD_READS_ARN,
    CD_READS_PRESENCE,
};

enum cd_cond_test { CD_TEST_EQ, CD_TEST_LT, CD_TEST_LE, CD_TEST_GT, CD_TEST_GE };

struct cd_cond_op_info {
    struct cd_str text;
    enum cd_cond_reads reads;
    enum cd_cond_test test;
    bool negated;
};
extern const struct cd_cond_op_info cd_cond_op_info[CD_N_COND_OPS];

/* «Set operators for multivalued context keys»
 * (reference_policies_condition-single-vs-multi-valued-context-keys.html). */
enum cd_cond_set { CD_COND_SINGLE, CD_COND_FOR_ANY, CD_COND_FOR_ALL };

/* Most patterns of ARNs can be compared with the whole text at once. */
enum cd_arn_shape {
    CD_ARN_OF_PARTS, /* part by part */
    CD_ARN_LITERAL,  /* no wildcards, no variables */
    CD_ARN_PREFIX,   /* a star at its end and nowhere else */
    CD_ARN_HEADED,   /* the first five parts are literal */
};

/* The pattern of an ARN: its first five parts without variables, the sixth with. */
struct cd_arn_glob {
    struct cd_str text; /* as written */
    enum cd_arn_shape shape;
    uint32_t head_n; /* of all shapes but the first: bytes up to the fifth colon, with it */
    bool is_any;     /* `*`: everything, also what is no ARN */
    bool is_short;   /* fewer than six parts: as a value of ArnLike it matches nothing, */
    bool is_open;    /* and as a resource where it is not completed, unless it ends with `*` */
    struct cd_glob part[CD_ARN_PARTS];
};

/* One value of a condition, as its operator reads it. */
struct cd_cond_value {
    struct cd_str text; /* as written */
    bool is_unreadable; /* no number, date, …: what AWS makes of it is not documented, so that
                           answers which depend on it are unknown */
    union {
        struct cd_glob glob; /* TEXT, TEXT_NOCASE, PATTERN */
        double number;
        int64_t ms; /* DATE */
        bool truth; /* BOOL, PRESENCE */
        struct cd_net net;
        const struct cd_arn_glob *arn;
    };
};

struct cd_condition_line {
    enum cd_cond_op op;
    enum cd_cond_set set;
    bool if_exists;
    struct cd_str key; /* as written; compared without case */
    const struct cd_cond_value *values;
    uint32_t n_values;
};

/* ---- statements ---- */

/* Actions, or their complement: patterns, and what they stand for among the known actions. */
struct cd_action_range {
    uint32_t first, end; /* of the table of actions */
};
struct cd_actions {
    bool is_not;                   /* NotAction */
    bool is_any;                   /* `*` is among them */
    const struct cd_str *services; /* of the patterns that are not `*`: before the colon, */
    const struct cd_glob *names;   /* and behind it */
    uint32_t n_globs;
    const struct cd_action_range *ranges; /* ascending, disjoint */
    uint32_t n_ranges;
};

struct cd_resources {
    bool is_there; /* trust policies have none */
    bool is_not;   /* NotResource */
    const struct cd_arn_glob *items;
    uint32_t n;
};

enum cd_principal_kind {
    CD_PRINCIPAL_ANY, /* `*` */
    CD_PRINCIPAL_AWS,
    CD_PRINCIPAL_SERVICE,
    CD_PRINCIPAL_FEDERATED,
    CD_PRINCIPAL_CANONICAL_USER,
};
struct cd_principal {
    enum cd_principal_kind kind;
    struct cd_str text;
};
struct cd_principals {
    bool is_there;
    bool is_not; /* NotPrincipal */
    const struct cd_principal *items;
    uint32_t n;
};

struct cd_policy_statement {
    bool is_deny;
    uint32_t index; /* from 0 */
    uint32_t n_conditions;
    const struct cd_condition_line *conditions;
    struct cd_resources resources;
    struct cd_principals principals;
    struct cd_str sid; /* empty: none */
    struct cd_actions actions;
};

/* Which of the first CD_INDEXED statements have an action: the table of actions in segments, of
 * each the set of statements. */
#define CD_INDEXED 64
struct cd_action_segment {
    uint32_t first; /* of the table; the segment reaches to the next one's */
    uint64_t statements;
};

struct cd_policy {
    bool has_variables; /* Version 2012-10-17, and not 2008-10-17 or none */
    const struct cd_policy_statement *statements;
    uint32_t n_statements;
    const struct cd_action_segment *segments; /* ascending, the first from 0 */
    uint32_t n_segments;
    struct cd_warnings warnings; /* what is no error and yet hardly meant, with its place */
};

#define CD_POLICY_LIMIT ((size_t)1 << 20) /* bytes of a document's text */
#define CD_POLICY_TEXT_LIMIT 65536        /* bytes of one of its texts */
#define CD_POLICY_CONDITIONS_LIMIT 1024   /* of a statement */

/* Compiles the document V with memory from A; every text is copied. What is wrong is CORDON_EINPUT,
 * a limit CORDON_ELIMIT, both with the place in the document: `Statement[1].Condition.StringEquals:
 * …`. Nothing is guessed: an unknown element, operator or version is an error. */
CORDON_MUST_CHECK cordon_status cd_policy_compile(struct cd_arena *a, struct cd_dom_val v,
                                                  const struct cd_policy **out,
                                                  struct cordon_error *err);
/* The same of a document's text, with a parser of the caller's (NULL: one of its own). */
CORDON_MUST_CHECK cordon_status cd_policy_read(struct cd_arena *a, struct cd_dom *dom,
                                               struct cd_str text, const struct cd_policy **out,
                                               struct cordon_error *err);

/* ---- matching; names of unknown keys on which an answer depends go to MISSING ---- */

bool cd_actions_match(const struct cd_actions *actions, const struct cd_access *access);
/* The first CD_INDEXED statements of which the action is one, as a set of bits. */
uint64_t cd_policy_with_action(const struct cd_policy *policy, const struct cd_access *access);
/* COMPLETES: are ARNs with fewer than six parts completed with `*`? */
enum cd_truth cd_resources_match(const struct cd_resources *resources, bool completes,
                                 const struct cd_access *access, struct cd_missing *missing);
/* A date of a condition in milliseconds: ISO 8601 in the forms of W3C's note, or seconds since
 * 1970, which is what digits alone are. */
bool cd_cond_read_date(struct cd_str text, int64_t *ms);
enum cd_truth cd_condition_holds(const struct cd_condition_line *c, const struct cd_access *access,
                                 struct cd_missing *missing);
/* Does value I of the line depend on KEY as a policy variable (with an empty KEY: on any)? */
bool cd_cond_names(const struct cd_condition_line *c, uint32_t i, struct cd_str key);
/* All of them. */
enum cd_truth cd_conditions_hold(const struct cd_policy_statement *s,
                                 const struct cd_access *access, struct cd_missing *missing);
/* Do resource and conditions apply, once the action is known to? COMPLETES as above. */
enum cd_truth cd_statement_covers(const struct cd_policy_statement *s, bool completes,
                                  const struct cd_access *access, struct cd_missing *missing);
/* Do action, resource and conditions of an identity policy's statement apply? Principals are not
 * asked. */
enum cd_truth cd_statement_applies(const struct cd_policy_statement *s,
                                   const struct cd_access *access, struct cd_missing *missing);

#endif
