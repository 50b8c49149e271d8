/* Semantic analysis: names and types of everything that was read. In come the syntax trees of all
 * modules; out goes the same trees with every field marked "sema" in ast.h filled, diagnostics, and
 * the lists that later stages walk.
 *
 * After cd_sema_check without errors every expression has a type and a ref, `json` is converted
 * explicitly (CD_EXPR_CONVERT), a FIELD on a module name carries the ref of what it names (its own
 * `a` is then of no interest), and a CALL carries the ref of its callee (FN or BUILTIN). */
#ifndef CD_SEMA_SEMA_H
#define CD_SEMA_SEMA_H

#include "compiler/ast/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/sema/const.h"
#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/base/map.h"

#define CD_SEMA_DEGREE_LIMIT 3         /* nested tables on one path */
#define CD_SEMA_EXPANSION_LIMIT 100000 /* nodes of one expression with its functions expanded */
#define CD_SEMA_DEPTH_LIMIT                                              \
    2000 /* nesting of expressions while they are checked, calls counted \
          */

struct cd_sema_scope;

struct cd_decls {
    struct cd_decl **items;
    size_t n, cap;
};

struct cd_sema {
    struct cd_arena *arena;
    struct cd_types *types;
    struct cd_diags *diags;
    struct cd_sources *sources;
    struct cd_modules *modules;

    /* Results; modules in the order of their names, in each the order of the source. */
    struct cd_decls controls; /* of the selected modules: those that run */
    struct cd_decls params;   /* of all modules */
    struct cd_decls waives;   /* of the selected modules */
    struct cd_decls tests;    /* of the selected modules */

    struct cd_sema_scope *scopes; /* private: one a module, cd_module.state is its place */
    size_t n_scopes;
    struct cd_map ids; /* private: ids of controls */
    bool too_large;    /* private: an expression exceeds the limit of expansion */
    uint32_t *lacking; /* private: by condition key, an action that does not carry it */
};

/* All arguments are borrowed and have to outlive S. Modules have their uses resolved
 * (cd_use.module, NULL after an error). */
void cd_sema_init(struct cd_sema *s, struct cd_arena *arena, struct cd_types *types,
                  struct cd_diags *diags, struct cd_sources *sources, struct cd_modules *modules);
/* Frees what is not in the arena; safe after an out-of-memory jump and more than once. */
void cd_sema_finish(struct cd_sema *s);
/* Resolves and checks everything. CORDON_EPOLICY if there are errors among the diagnostics (those
 * of earlier stages counted). */
CORDON_MUST_CHECK cordon_status cd_sema_check(struct cd_sema *s);
/* `check --dump=typed`: all selected modules, one declaration after another. */
void cd_sema_dump(const struct cd_sema *s, struct cd_buf *out);

enum cd_param_lookup { CD_PARAM_FOUND, CD_PARAM_UNKNOWN, CD_PARAM_AMBIGUOUS };
/* The parameter that `--param [module.]name=…` means. A bare name has to be unique among all
 * modules. If it is UNKNOWN, NEAR (may be NULL) gets the nearest right name; if it is AMBIGUOUS,
 * *out is the first of them. */
enum cd_param_lookup cd_sema_find_param(const struct cd_sema *s, struct cd_str name,
                                        struct cd_decl **out, struct cd_nearest *near);
/* Does C have the form that TYPE asks for (a region that exists, twelve digits, a set of …)? If
 * not, *why says what was expected. */
bool cd_sema_const_fits(const struct cd_type *type, const struct cd_const *c,
                        struct cd_arena *arena, struct cd_str *why);
/* Does the `where` of parameter P hold with the values of ENV? True if it has none. */
bool cd_sema_param_holds(struct cd_arena *a, const struct cd_decl *p,
                         const struct cd_const_env *env);
/* `module.name` of a declaration. */
struct cd_str cd_sema_full_name(const struct cd_decl *d, struct cd_arena *arena);

/* E with the bodies of the functions that it calls in place of the calls, and VALUE in place of
 * MEMBER (both may be NULL): a copy. NULL if it is larger than CD_SEMA_EXPANSION_LIMIT or deeper
 * than CD_SEMA_DEPTH_LIMIT; *nodes are those that were copied. */
const struct cd_expr *cd_sema_inline(struct cd_arena *a, const struct cd_expr *e,
                                     const struct cd_binding *member, const struct cd_expr *value,
                                     uint32_t *nodes);

/* ---- what is known of a pattern of actions ---- */

/* The type that a condition key (cd_iam_find_key index) has in the language. */
const struct cd_type *cd_sema_key_type(struct cd_types *types, uint32_t key);
/* IAM's ARN format with PARTITION and every other placeholder as `*`. */
struct cd_str cd_sema_arn_pattern(struct cd_arena *a, struct cd_str format,
                                  struct cd_str partition);

/* Does PATTERN (`s3:Get*`, wildcards * and ?) match the action NAME (`s3:GetObject`)? Without case.
 */
bool cd_action_matches(struct cd_str pattern, struct cd_str service, struct cd_str name);
/* The actions that the acts of a checked deny stand for, `except` taken off, ascending indexes of
 * cd_iam_action_at; a deny of `*` gives all. ENV as for cd_const_eval. */
void cd_deny_actions(struct cd_arena *a, const struct cd_deny *d, const struct cd_const_env *env,
                     uint32_t **actions, size_t *n);
/* Is ACTION one of these? */
bool cd_deny_has_action(struct cd_arena *a, const struct cd_deny *d, const struct cd_const_env *env,
                        uint32_t action);

#endif
