/* From written denies to policy documents: conditions in IAM's operators, boolean normal form,
 * statements, documents. In come checked modules; out go documents in memory, which the caller
 * writes. */
#ifndef CD_EMIT_EMIT_H
#define CD_EMIT_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/ast/ast.h"
#include "compiler/sema/sema.h"
#include "cordon/status.h"
#include "runtime/base/buf.h"

enum cd_iam_op {
#define CD_IAM_OP(name, text, negation, fires_on_absent) CD_IAM_##name,
#include "compiler/emit/operators.def"
#undef CD_IAM_OP
    CD_N_IAM_OPS
};

struct cd_iam_op_info {
    const char *text;
    enum cd_iam_op negation; /* by value: what the values exclude; by key: see cd_condition */
    bool fires_on_absent;
};
extern const struct cd_iam_op_info cd_iam_op_info[CD_N_IAM_OPS];

/* For multivalued keys: ForAnyValue (false for an absent key), ForAllValues (true for one). */
enum cd_iam_set { CD_IAM_SINGLE, CD_IAM_FOR_ANY, CD_IAM_FOR_ALL };

/* One line of a Condition block: `"StringNotEquals": {"aws:RequestedRegion": [...]}`. */
struct cd_condition {
    enum cd_iam_op op;
    enum cd_iam_set set;
    bool if_exists;
    struct cd_str key;     /* as IAM writes it */
    uint32_t key_index;    /* cd_iam_find_key */
    struct cd_str *values; /* sorted, no doubles */
    size_t n_values;
};

/* A conjunction. */
struct cd_conditions {
    struct cd_condition *items;
    size_t n, cap;
};

/* A disjunction of conjunctions: one statement each. No item: never fires. An item without
 * conditions: always fires. */
struct cd_normal_form {
    struct cd_conditions *items;
    size_t n, cap;
};

#define CD_NORMAL_FORM_LIMIT 512 /* conjunctions of one deny */

/* The normal form of «WHEN and not UNLESS» (either may be NULL). False if IAM cannot say it; *why
 * then has the reason and *where the expression. ENV has the parameters' values. */
bool cd_normal_form_of(struct cd_arena *a, const struct cd_expr *when, const struct cd_expr *unless,
                       const struct cd_const_env *env, struct cd_normal_form *out,
                       struct cd_str *why, struct cd_span *where);
/* Does the condition hold for a request that lacks its key? */
bool cd_condition_fires_on_absent(const struct cd_condition *c);
/* One comparison as a condition, negated or not. Returns 0 if IAM cannot say it (*why), 1 for a
 * condition in *out, 2 if it is constantly false, 3 if it is constantly true. */
int cd_condition_of(struct cd_arena *a, const struct cd_expr *e, bool negated,
                    const struct cd_const_env *env, struct cd_condition *out, struct cd_str *why);
/* Adds C to the conjunction, merged with what stands there for the same key. False if the two
 * cannot stand in one statement (*why); *never is set if the conjunction became false. */
bool cd_conditions_add(struct cd_arena *a, struct cd_conditions *conj, struct cd_condition c,
                       bool *never, struct cd_str *why);
bool cd_condition_eq(const struct cd_condition *x, const struct cd_condition *y);
/* Replaces calls of functions by their bodies; the result holds no FN calls. NULL beyond the limit.
 */
const struct cd_expr *cd_emit_expand(struct cd_arena *a, const struct cd_expr *e);
/* The text of a string as IAM has it: interpolated constants stand for themselves (in a pattern `*`
 * becomes `${*}`), interpolated keys become policy variables. False if it is neither constant nor a
 * key. */
bool cd_emit_text(struct cd_arena *a, const struct cd_expr *e, bool is_pattern,
                  const struct cd_const_env *env, struct cd_str *out);

enum cd_target { CD_TARGET_SCP, CD_TARGET_BUCKET_POLICY, CD_N_TARGETS };
/* As the command and the manifest name it: `scp`, `bucket-policy`. */
const char *cd_target_name(enum cd_target target);

struct cd_statement {
    struct cd_str sid;
    size_t number; /* among all statements of its control, from 0, the same for every target */
    bool not_action, not_resource;
    struct cd_str *actions, *resources; /* sorted, no doubles */
    size_t n_actions, n_resources;
    struct cd_conditions conditions;
    const struct cd_decl *control;
    const struct cd_deny *deny; /* of the control */
    struct cd_span span;        /* of the deny */
};

struct cd_not_expressible {
    const struct cd_decl *control;
    struct cd_span span;
    struct cd_str why;
};

struct cd_emission {
    struct cd_arena *arena;
    enum cd_target target;
    size_t next_number; /* of the control at hand */
    struct cd_statement *statements;
    size_t n, cap;
    struct cd_not_expressible *not_expressible;
    size_t n_not, cap_not;
    struct {
        struct cd_span span;
        struct cd_str message;
    } * warnings;
    size_t n_warnings, cap_warnings;
};

/* The statements of one deny, appended to OUT. */
void cd_emit_deny(struct cd_emission *out, const struct cd_decl *control,
                  const struct cd_deny *deny, const struct cd_const_env *env);
/* Those of all controls in S, with their Sids. */
void cd_emit_statements(struct cd_emission *out, const struct cd_sema *s,
                        const struct cd_const_env *env);

/* Gives each statement its Sid: the letters and digits of its control's id, with a number from the
 * control's second statement on. Statements of one control stand together. */
void cd_emit_sids(struct cd_emission *out);

/* The documents' bytes: minified JSON, Version 2012-10-17. */
void cd_emit_document(enum cd_target target, const struct cd_statement *statements, size_t n,
                      struct cd_buf *out);
/* Lists SPAN among what no document says, or among the warnings. */
void cd_emission_refuse(struct cd_emission *out, const struct cd_decl *control, struct cd_span span,
                        struct cd_str why);
void cd_emission_warn(struct cd_emission *out, struct cd_span span, struct cd_str message);

#endif
