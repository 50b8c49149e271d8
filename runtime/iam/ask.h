/* What the files of the questions about sets of requests share (effective.h): the documents that
 * are asked, the keys of a request with the classes of values that they tell apart, and the
 * resources. Internal to runtime/iam. */
#ifndef CD_IAM_ASK_H
#define CD_IAM_ASK_H

#include "runtime/iam/effective.h"
#include "runtime/iam/words.h"
#include "runtime/schema/schema.h"

#define CD_ASK_KEYS 64u       /* keys of a request, so that a set of them is a word */
#define CD_ASK_CLASSES 512u   /* classes of values of a key */
#define CD_ASK_SUBSETS 5u     /* classes of single values of which every set is asked */
#define CD_ASK_RESOURCES 256u /* resources that are asked for an action */
#define CD_ASK_STEPS 20000u   /* requests and parts of requests that are asked, for a question */

/* A class of values of a key: the answer is the same for all of its values. */
struct cd_ask_class {
    bool is_absent;
    bool is_other; /* some value that no other class is about: it is not known whether there is one
                    */
    const struct cd_str *values;
    uint32_t n;
};

struct cd_ask_key {
    struct cd_str name;
    uint32_t index; /* cd_iam_find_key */
    enum cd_iam_key_type type;
    bool is_multivalued;
    bool is_carried_by_some; /* false: no action of the table has it, so any may */
    bool is_always_there;    /* every request has it */
    bool is_variable;        /* documents have its value in texts, as a policy variable */
    bool is_partial;         /* the classes may leave some values out */
    bool is_fixed;           /* by who asks: `fact` is it */
    struct cd_access_key fact;
    const struct cd_ask_class *classes;
    uint32_t n_classes;
};

/* Actions about which the documents say the same: one of them stands for all. */
struct cd_ask_action {
    struct cd_str name;
    uint32_t index; /* in the table of actions, or CD_SCHEMA_NONE */
};

/* A resource to ask about: one stands for all that the documents do not tell apart. */
struct cd_ask_resource {
    struct cd_str arn;
    uint32_t type; /* which resource type of the action, or CD_SCHEMA_NONE: all of them, or none */
};

struct cd_asker {
    struct cd_arena *a; /* its jump is set */
    struct cd_ask_input in;
    const struct cd_policy_statement **statements; /* that say something of one of the actions */
    size_t n_statements, cap_statements;
    uint64_t allow_keys; /* keys of those that allow */
    struct cd_ask_action *actions;
    size_t n_actions, cap_actions;
    size_t n_asked; /* actions before those went that no document allows */
    struct cd_ask_key keys[CD_ASK_KEYS];
    uint32_t n_keys;
    bool is_too_large;         /* more keys than can be asked */
    uint64_t when_keys;        /* keys of `when` */
    struct cd_access facts;    /* the keys that are fixed; of others nothing is known */
    struct cd_caller *callers; /* one for all that the document does not tell apart */
    size_t n_callers, cap_callers;
    bool is_partial; /* there may be other callers */
};

/* The key NAME as an index into keys; CD_ASK_KEYS if it is none of them. */
uint32_t cd_ask_find_key(const struct cd_asker *k, struct cd_str name);
/* The keys that the statement asks about, in conditions and by variables. */
uint64_t cd_ask_keys_of(const struct cd_asker *k, const struct cd_policy_statement *s);

/* ask_keys.c: fills in the keys with their classes. */
void cd_ask_make_keys(struct cd_asker *k);
/* ask_actions.c: fills in the statements, with every action that is asked about; and keeps one
 * action of those that keys, statements and resource types do not tell apart. */
void cd_ask_find_statements(struct cd_asker *k);
void cd_ask_merge_actions(struct cd_asker *k);
/* May a request for ACTION on its resource type TYPE (or CD_SCHEMA_NONE) have the key? */
bool cd_ask_is_carried(const struct cd_ask_key *key, const struct cd_ask_action *action,
                       uint32_t type);
/* ask_callers.c: fills in who may ask. */
void cd_ask_make_callers(struct cd_asker *k);
/* Does it follow from the caller what KEY is? Then *out is it, with memory from A. */
bool cd_ask_caller_fixes(const struct cd_caller *caller, struct cd_str key, struct cd_arena *a,
                         struct cd_access_key *out);

struct cd_ask_resources {
    struct cd_ask_resource *items;
    size_t n, cap;
    bool is_partial; /* there may be others */
};
/* ask_resources.c: the resources of ACTION within PATTERN; memory from A. */
void cd_ask_make_resources(const struct cd_asker *k, struct cd_arena *a,
                           const struct cd_ask_action *action, const struct cd_arn_glob *pattern,
                           const struct cd_ask_within *within, struct cd_ask_resources *out);

#endif
