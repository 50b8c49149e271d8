/* The parts of the check: what a deny is asked. */
#ifndef CD_EMIT_CHECK_PARTS_H
#define CD_EMIT_CHECK_PARTS_H

#include "compiler/emit/check.h"

/* A class of values of a key: absent, or some values. */
struct cd_check_class {
    bool is_absent;
    const struct cd_str *values;
    uint32_t n;
};

struct cd_check_key {
    struct cd_str name;
    uint32_t index; /* cd_iam_find_key, or CD_SCHEMA_NONE */
    enum cd_iam_key_type type;
    bool is_multivalued;
    struct cd_str *texts; /* while classes are gathered: single values */
    size_t n_texts, cap_texts;
    bool has_case; /* a value in the other case is among them */
    struct cd_check_class *classes;
    size_t n_classes, cap_classes;
};

struct cd_check_keys {
    struct cd_check_key *items;
    size_t n, cap;
};

/* The statements of a document that come from one deny. */
struct cd_check_statements {
    const struct cd_policy_statement **items;
    size_t n, cap;
};

/* Documents that are attached together, and what they say. */
struct cd_check_documents {
    const struct cd_emitted_document *items;
    const struct cd_policy *const *policies;
    size_t n;
};

/* What whole documents are asked. */
struct cd_check_question {
    struct cd_question q;
    enum cd_policy_kind kind;
    unsigned bit; /* of the kind */
    struct cd_str account;
    bool allows; /* is allowed what is not denied, as far as is known? */
    const struct cd_check_documents *documents;
    struct cd_named_policy *asked;  /* the same, with the statements that may apply, */
    struct cd_check_statements own; /* and those of the deny among these */
    struct cd_decided decided;
};
struct cd_check_answer {
    enum cd_decision decision;
    bool is_denied;    /* by one of the deny's own statements */
    enum cd_truth own; /* whether these apply, whoever asks */
};

/* An action on a resource. */
struct cd_check_target {
    struct cd_str action, resource;
    bool is_outside; /* neither the deny nor a statement speaks of the action */
};
struct cd_check_targets {
    struct cd_check_target *items;
    size_t n, cap;
};

struct cd_check_deny {
    struct cd_check *check;
    const struct cd_decl *control;
    const struct cd_deny *deny;
    size_t number;
    const struct cd_scope *scope; /* of the documents */
    struct cd_check_statements statements;
    /* NULL: the first statement is put beside the others, which it stands for. */
    struct cd_check_question *question;
    struct cd_check_keys keys;
    struct cd_check_targets targets;
};

/* CORDON_EINPUT if a document of its kind may not hold what it holds, CORDON_EDEFECT if it holds
 * anything but its denies and what its target has to allow. */
CORDON_MUST_CHECK cordon_status cd_check_question_init(struct cd_check_question *q,
                                                       struct cd_arena *a,
                                                       const struct cd_check_documents *documents,
                                                       struct cordon_error *err);
void cd_check_question_finish(struct cd_check_question *q);
/* From here on Q is about the action and resource of ACCESS, whatever its keys, and about a deny
 * with the statements OWN. What is remembered of that is in A. */
void cd_check_question_turn(struct cd_check_question *q, struct cd_arena *a,
                            const struct cd_access *access, const struct cd_check_statements *own);
/* What the documents decide about a role of the account whose other policies allow everything; the
 * action and resource are those of the last turn. False when memory is out. */
bool cd_check_decide(struct cd_check_question *q, const struct cd_access *access,
                     const struct cd_check_statements *own, struct cd_check_answer *out);
/* The same request by another caller, of CD_CHECK_OTHERS; *is_bound says whether the documents mean
 * that caller. */
#define CD_CHECK_OTHERS 5
bool cd_check_decide_other(struct cd_check_question *q, size_t other, struct cd_check_answer *out,
                           bool *is_bound);

/* What the statements say alone, whoever asks. */
enum cd_truth cd_check_apply(const struct cd_check_statements *statements,
                             const struct cd_access *access);

/* Puts every combination to both sides: by d->check, and to the documents. */
CORDON_MUST_CHECK cordon_status cd_check_ask(struct cd_check_deny *d, struct cordon_error *err);

/* DOCUMENT with the statements that its merged ones stand for in their places, as bytes, too;
 * itself if it has none. */
CORDON_MUST_CHECK cordon_status cd_check_spread(struct cd_check *check,
                                                const struct cd_emitted_document *document,
                                                struct cd_emitted_document *spread,
                                                struct cordon_error *err);
/* Does each merged statement of DOCUMENT, read as POLICY, deny what those that it stands for do? */
CORDON_MUST_CHECK cordon_status cd_check_merged(struct cd_check *check,
                                                const struct cd_emitted_document *document,
                                                const struct cd_policy *policy,
                                                const struct cd_emitted_document *spread,
                                                const struct cd_policy *spread_policy,
                                                struct cordon_error *err);

/* Fills in the keys with their classes, from the deny and from its statements. */
void cd_check_find_keys(struct cd_check_deny *d);
/* Keeps one of the classes of a key that neither the deny nor a statement tells apart. */
CORDON_MUST_CHECK cordon_status cd_check_merge_classes(struct cd_check_deny *d,
                                                       struct cordon_error *err);
/* Fills in the actions that can be asked about at all, for all denies. */
void cd_check_find_carried(struct cd_check *check);
/* Fills in the actions and resources to ask about. */
void cd_check_find_targets(struct cd_check_deny *d);

/* Texts that PATTERN matches: its stars stand for nothing, and for something; variables for
 * CD_CHECK_VARIABLE. At most two. */
#define CD_CHECK_VARIABLE "kv7"
size_t cd_check_instances(struct cd_arena *a, const struct cd_glob *pattern, struct cd_str out[2]);

#endif
