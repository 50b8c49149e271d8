/* The parts of the compiler of policy documents: where it stands, how it fails, and its texts. */
#ifndef CD_IAM_COMPILE_H
#define CD_IAM_COMPILE_H

#include "runtime/iam/policy.h"

/* A step on the way to a value: a member or an element. */
struct cd_step_to {
    const struct cd_step_to *above;
    struct cd_str name; /* empty: element I */
    uint32_t i;
};

#define CD_COMPILE_ACTIONS 65536 /* more than the table of actions has */

struct cd_compiler {
    struct cd_arena *a;
    struct cordon_error *err;
    bool has_variables; /* version 2012-10-17 */
    struct cd_warnings warnings;
    uint64_t actions[CD_COMPILE_ACTIONS / 64]; /* a bit for each of the table, while a statement's
                                                  are compiled */
};

/* CODE with `Statement[1].Action: WHAT`. */
cordon_status cd_compile_fail(struct cd_compiler *c, cordon_status code,
                              const struct cd_step_to *at, const char *what, ...)
    __attribute__((format(printf, 4, 5)));
cordon_status cd_compile_oom(struct cd_compiler *c);
/* The same for what is wrong with TEXT, which stands before WHAT, as far as messages show it. */
#define CD_COMPILE_SHOWN 200 /* bytes */
CORDON_MUST_CHECK cordon_status cd_compile_refuse(struct cd_compiler *c,
                                                  const struct cd_step_to *at, struct cd_str text,
                                                  const char *what);
/* Notes a warning of the same form. Only memory fails. */
CORDON_MUST_CHECK cordon_status cd_compile_warn(struct cd_compiler *c, const struct cd_step_to *at,
                                                const char *what, ...)
    __attribute__((format(printf, 3, 4)));
/* A copy of a string, within the limit of texts. */
CORDON_MUST_CHECK cordon_status cd_compile_text(struct cd_compiler *c, struct cd_dom_val v,
                                                const struct cd_step_to *at, struct cd_str *out);
/* What may stand as one value or as a list: how many there are; 1 for a single one. */
uint32_t cd_compile_count(struct cd_dom_val v);
/* Begins a walk of those values. `while (cd_compile_next(&it))`: it.val is one. */
struct cd_compile_items {
    struct cd_dom_iter list;
    struct cd_dom_val val;
    struct cd_step_to at; /* of the value; .above is set by the caller's step */
    bool is_list, is_over;
};
struct cd_compile_items cd_compile_items(struct cd_dom_val v, const struct cd_step_to *at);
bool cd_compile_next(struct cd_compile_items *it);

/* ---- what is warned about, of things that are compiled (compile_warn.c) ---- */

CORDON_MUST_CHECK cordon_status cd_warn_condition(struct cd_compiler *c,
                                                  const struct cd_step_to *at,
                                                  const struct cd_condition_line *line);
CORDON_MUST_CHECK cordon_status cd_warn_value(struct cd_compiler *c, const struct cd_step_to *at,
                                              enum cd_cond_reads reads,
                                              const struct cd_cond_value *v);
CORDON_MUST_CHECK cordon_status cd_warn_unknown_action(struct cd_compiler *c,
                                                       const struct cd_step_to *at,
                                                       struct cd_str service);
CORDON_MUST_CHECK cordon_status cd_warn_sids(struct cd_compiler *c, const struct cd_policy *policy);

/* ---- parts of documents ---- */

CORDON_MUST_CHECK cordon_status cd_compile_glob(struct cd_compiler *c, struct cd_str text,
                                                unsigned holds, const struct cd_step_to *at,
                                                struct cd_glob *out);
/* TEXT as the pattern of an ARN. IS_RESOURCE: of a Resource element, whose first five parts compare
 * without case and which may leave out parts at its end: where ARNs are completed those match
 * anything. */
CORDON_MUST_CHECK cordon_status cd_compile_arn(struct cd_compiler *c, struct cd_str text,
                                               bool is_resource, const struct cd_step_to *at,
                                               struct cd_arn_glob *out);
CORDON_MUST_CHECK cordon_status cd_compile_actions(struct cd_compiler *c, struct cd_dom_val v,
                                                   const struct cd_step_to *at,
                                                   struct cd_actions *out);
/* The index of a document whose statements are compiled. */
CORDON_MUST_CHECK cordon_status cd_compile_segments(struct cd_compiler *c,
                                                    struct cd_policy *policy);
CORDON_MUST_CHECK cordon_status cd_compile_principals(struct cd_compiler *c, struct cd_dom_val v,
                                                      const struct cd_step_to *at,
                                                      struct cd_principals *out);
CORDON_MUST_CHECK cordon_status cd_compile_conditions(struct cd_compiler *c, struct cd_dom_val v,
                                                      const struct cd_step_to *at,
                                                      struct cd_policy_statement *out);

#endif
