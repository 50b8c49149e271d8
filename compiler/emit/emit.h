/* From written denies to policy documents: conditions in IAM's operators, boolean normal form,
 * statements, documents. In come checked modules; out go documents in memory, which the caller
 * writes. */
#ifndef CD_EMIT_EMIT_H
#define CD_EMIT_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/ast/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/emit/target.h"
#include "compiler/sema/sema.h"
#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/base/map.h"

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

/* What becomes of a condition. */
enum cd_form_status {
    CD_FORM_DONE,
    CD_FORM_INEXPRESSIBLE, /* IAM cannot say it */
    CD_FORM_OPEN,          /* it reads a parameter that has no value */
    CD_FORM_WRONG,         /* a parameter has a value that cannot stand there */
    CD_FORM_TOO_LARGE,     /* its normal form is beyond the limit */
};

/* Why not: a sentence without its full stop, what to write instead (may be empty), and where. */
struct cd_reason {
    struct cd_str why, help;
    struct cd_span where;
};

/* The normal form of «WHEN and not UNLESS» (either may be NULL). If it is not done, *reason says
 * why. ENV has the parameters' values. */
enum cd_form_status cd_normal_form_of(struct cd_arena *a, const struct cd_expr *when,
                                      const struct cd_expr *unless, const struct cd_const_env *env,
                                      struct cd_normal_form *out, struct cd_reason *reason);
/* Does the condition hold for a request that lacks its key? */
bool cd_condition_fires_on_absent(const struct cd_condition *c);

enum cd_atom {
    CD_ATOM_INEXPRESSIBLE,
    CD_ATOM_OPEN,
    CD_ATOM_WRONG, /* as the statuses of normal forms */
    CD_ATOM_CONDITION,
    CD_ATOM_NEVER,
    CD_ATOM_ALWAYS
};
/* One comparison as a condition, negated or not; *out is set if it is CD_ATOM_CONDITION. */
enum cd_atom cd_condition_of(struct cd_arena *a, const struct cd_expr *e, bool negated,
                             const struct cd_const_env *env, struct cd_condition *out,
                             struct cd_reason *reason);
/* `all v in KEY { BODY }` (EVERY) or `any v …`, where MEMBER is v; with NEGATED the body is. */
enum cd_atom cd_members_of(struct cd_arena *a, const struct cd_expr *key,
                           const struct cd_binding *member, const struct cd_expr *body, bool every,
                           bool negated, const struct cd_const_env *env, struct cd_condition *out,
                           struct cd_reason *reason);
/* The key that E reads, or NULL; and its name as IAM writes it, tags as the author did. */
const struct cd_expr *cd_key_of(const struct cd_expr *e);
struct cd_str cd_key_name(struct cd_arena *a, const struct cd_expr *key);
/* Adds C to the conjunction, merged with what stands there for the same key. False if the two
 * cannot stand in one statement (*why); *never is set if the conjunction became false. */
bool cd_conditions_add(struct cd_arena *a, struct cd_conditions *conj, struct cd_condition c,
                       bool *never, struct cd_str *why);
/* A condition that fires on an absent key which one of ACTIONS does not carry and which nothing
 * else in the conjunction asks for; or NULL. */
const struct cd_condition *cd_uncarried(const struct cd_conditions *conj, const uint32_t *actions,
                                        size_t n);
bool cd_condition_eq(const struct cd_condition *x, const struct cd_condition *y);
bool cd_conditions_have(const struct cd_conditions *conj, const struct cd_condition *c);
/* Is every condition of X one of Y? Then X holds wherever Y does. */
bool cd_conditions_within(const struct cd_conditions *x, const struct cd_conditions *y);
/* Replaces calls of functions by their bodies; the result holds no FN calls. NULL beyond the limit.
 */
const struct cd_expr *cd_emit_expand(struct cd_arena *a, const struct cd_expr *e);

/* E with the constant VALUE for MEMBER; *nodes grows by those that were copied. */
const struct cd_expr *cd_emit_substitute(struct cd_arena *a, const struct cd_expr *e,
                                         const struct cd_binding *member,
                                         const struct cd_const *value, uint32_t *nodes);
/* An expression of TYPE with the value of a constant that is no collection. */
struct cd_expr *cd_emit_literal(struct cd_arena *a, const struct cd_const *value,
                                const struct cd_type *type);
/* Does E depend on the request, or on a loop's variable? */
bool cd_emit_reads_request(const struct cd_expr *e);

enum cd_emit_text { CD_TEXT_DONE, CD_TEXT_NOT_CONSTANT, CD_TEXT_OPEN };
/* The text of a string as IAM has it: interpolated constants stand for themselves (in a pattern `*`
 * becomes `${*}`), interpolated keys become policy variables. NOT_CONSTANT if it is neither
 * constant nor a key of one value, OPEN if a parameter has no value. *has_variable is set if there
 * is a policy variable in it. */
enum cd_emit_text cd_emit_text(struct cd_arena *a, const struct cd_expr *e, bool is_pattern,
                               const struct cd_const_env *env, struct cd_str *out,
                               bool *has_variable);

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
    /* If it stands for statements of several denies: these, with their Sids. The members above are
     * then those of the first, but for what it denies. */
    const struct cd_statement *sources;
    size_t n_sources;
};

struct cd_not_expressible {
    const struct cd_decl *control;
    struct cd_span span;
    struct cd_str why;
    struct cd_str help; /* what to write instead, or empty */
};

struct cd_emission {
    struct cd_arena *arena;
    enum cd_target target;
    bool is_check; /* a normal form beyond the limit is no error: nothing is written */
    const struct cd_decls *params; /* of all modules */
    const struct cd_decls *controls;
    size_t next_number; /* of the control at hand */
    struct cd_statement *statements;
    size_t n, cap;
    struct cd_not_expressible *not_expressible;
    size_t n_not, cap_not;
    size_t n_open;                   /* denies that read a parameter without a value: left out */
    const struct cd_deny **left_out; /* these, and those that cannot be expressed at all */
    size_t n_left_out, cap_left_out;
    struct cd_diags *diags; /* what is wrong with a deny, and warnings */
};

/* The statements of one deny, appended to OUT; errors and warnings go to its diagnostics. */
void cd_emit_deny(struct cd_emission *out, const struct cd_decl *control,
                  const struct cd_deny *deny, const struct cd_const_env *env);
/* Those of all controls in S, with their Sids. */
void cd_emit_statements(struct cd_emission *out, const struct cd_sema *s,
                        const struct cd_const_env *env);

/* Gives each statement its Sid: the letters and digits of its control's id, with a number from the
 * control's second statement on. Statements of one control stand together. */
void cd_emit_sids(struct cd_emission *out);
/* The same of N statements, beside Sids that are TAKEN, to which theirs are added. */
void cd_sids_give(struct cd_arena *a, struct cd_statement *statements, size_t n,
                  struct cd_map *taken);
/* May an emission have given SID to a statement of CONTROL? */
bool cd_sid_leads_to(struct cd_arena *a, struct cd_str sid, const struct cd_decl *control);

/* For `check`: warns of the denies that no document can say, as far as it is known without values
 * for parameters. */
void cd_emit_check(struct cd_arena *arena, const struct cd_sema *s, struct cd_diags *diags);
/* Lists SPAN among what no document says. */
void cd_emission_refuse(struct cd_emission *out, const struct cd_decl *control, struct cd_span span,
                        struct cd_str why);

#endif
