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
    const struct cd_emitted_document *document; /* of it, or NULL: all of the emission */
    struct cd_check_statements statements;
    struct cd_check_keys keys;
    struct cd_check_targets targets;
};

/* Fills in the keys with their classes, from the deny and from its statements. */
void cd_check_find_keys(struct cd_check_deny *d);
/* Keeps one of the classes of a key that neither the deny nor a statement tells apart. */
CORDON_MUST_CHECK cordon_status cd_check_merge_classes(struct cd_check_deny *d,
                                                       struct cordon_error *err);
/* Fills in the actions and resources to ask about. */
void cd_check_find_targets(struct cd_check_deny *d);

/* Texts that PATTERN matches: its stars stand for nothing, and for something; variables for
 * CD_CHECK_VARIABLE. At most two. */
#define CD_CHECK_VARIABLE "kv7"
size_t cd_check_instances(struct cd_arena *a, const struct cd_glob *pattern, struct cd_str out[2]);

#endif
