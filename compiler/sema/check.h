/* What the files of semantic analysis share: the state of checking one declaration, and the entry
 * points of each concern. Nobody outside compiler/sema includes this. */
#ifndef CD_SEMA_CHECK_H
#define CD_SEMA_CHECK_H

#include "compiler/sema/sema.h"
#include "runtime/base/map.h"
#include "runtime/schema/schema.h"

/* What a name of a module's own scope stands for. */
enum cd_symbol_kind { CD_SYMBOL_DECL, CD_SYMBOL_MODULE };
struct cd_symbol {
    enum cd_symbol_kind kind;
    struct cd_decl *decl;
    struct cd_use *use;
};

enum cd_progress { CD_PROGRESS_NEW, CD_PROGRESS_BUSY, CD_PROGRESS_DONE };

/* What an expression needs, beyond constants, to have a value. */
enum {
    CD_USES_TABLE = 1,
    CD_USES_PARAM = 2,
    CD_USES_KEY = 4,
    CD_USES_BINDING = 8,
};

/* What analysis keeps of a declaration and later stages have no use for. */
struct cd_decl_info {
    enum cd_progress progress;
    unsigned uses;             /* CD_USES_*: LET, FN body, PARAM */
    struct cd_span table_span; /* FN: where the first table is read */
    uint32_t nodes;            /* FN: expanded size, 0: not computed yet */
    struct cd_decl *heaviest;  /* FN: the callee that adds most to it */
    bool too_large;            /* FN: reported, or a callee was */
};

struct cd_sema_scope {
    struct cd_module *module;
    struct cd_map names; /* to an index into symbols */
    struct cd_symbol *symbols;
    size_t n_symbols, cap_symbols;
    struct cd_decl_info *infos; /* by cd_decl.index */
};

/* Where an expression stands: what it may use follows from it. */
enum cd_place_kind {
    CD_PLACE_CONTROL, /* clauses of controls, bodies of functions */
    CD_PLACE_LET,     /* constants */
    CD_PLACE_PARAM,   /* default and `where` of a parameter, `given` data */
    CD_PLACE_DENY,    /* request, constants and parameters */
};

struct cd_checker {
    struct cd_sema *s;
    struct cd_module *module;
    struct cd_sema_scope *scope;
    struct cd_decl *decl;
    enum cd_place_kind place;
    bool keys;     /* an ANAME is a condition key, not an action */
    unsigned uses; /* of what was checked so far */
    struct cd_span table_span;
    struct cd_binding **bindings; /* innermost last */
    size_t n_bindings, cap_bindings;
    struct cd_checker *outer; /* the declaration that asked for this one */
    unsigned depth;
};

/* ---- state (scope.c) ---- */
struct cd_decl_info *cd_sema_info(struct cd_sema *s, const struct cd_decl *d);
struct cd_checker cd_checker_of(struct cd_sema *s, struct cd_decl *d, enum cd_place_kind place,
                                struct cd_checker *outer);
/* Fills the scopes of all modules: declarations and aliases; reports doubles, shadowing, reserved
 * words. */
void cd_sema_scopes(struct cd_sema *s);
const struct cd_symbol *cd_scope_find(const struct cd_sema_scope *scope, struct cd_str name);
/* The declaration NAME of module M (any kind), or NULL. */
struct cd_decl *cd_module_find(struct cd_sema *s, const struct cd_module *m, struct cd_str name);
/* Brings a binding into scope (reports shadowing); cd_unbind takes the innermost out again. */
void cd_bind(struct cd_checker *c, struct cd_binding *b, const struct cd_type *type);
void cd_unbind(struct cd_checker *c);
bool cd_is_value_builtin(struct cd_str name, enum cd_builtin *builtin);
struct cd_str cd_builtin_name(enum cd_builtin b);
void cd_nearest_builtins(struct cd_nearest *near);
bool cd_name_is_runtimes(struct cd_str name);
/* `file:line` for a message. */
struct cd_str cd_place_text(struct cd_sema *s, struct cd_span span);

/* ---- names (names.c) ---- */
/* Resolves NAME or a module member; sets kind-specific refs; gives the type, or the error type
 * after a diagnostic. */
const struct cd_type *cd_infer_name(struct cd_checker *c, struct cd_expr *e);
/* Does NAME mean something here: a variable, a declaration, a module, a function of the runtime? */
bool cd_name_is_known(struct cd_checker *c, struct cd_str name);
/* Is E the name of a module that was brought in? *module is NULL if that module could not be
 * loaded. */
bool cd_names_module(struct cd_checker *c, struct cd_expr *e, struct cd_module **module);
const struct cd_type *cd_infer_member(struct cd_checker *c, struct cd_expr *e, struct cd_module *m);
/* The callee of a CALL; false after a diagnostic. */
bool cd_resolve_callee(struct cd_checker *c, struct cd_expr *callee, struct cd_ref *ref);
/* The declaration of KIND that PATH names (`name` or `alias.name`); NULL after a diagnostic. */
struct cd_decl *cd_resolve_path(struct cd_sema *s, struct cd_module *m, const struct cd_path *path,
                                enum cd_decl_kind kind, const char *what);
/* PATH as an expression (NAME or FIELD), for metadata and sets of actions. */
struct cd_expr *cd_path_expr(struct cd_sema *s, const struct cd_path *path);

/* ---- declarations (decl.c) ---- */
void cd_check_let(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer);
void cd_check_param(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer);
void cd_check_fn(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer);
/* Checks a LET, PARAM or FN if that has not happened yet. */
void cd_check_decl(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer);
/* The same on behalf of C; false (and a diagnostic) if D depends on itself. */
bool cd_need_decl(struct cd_checker *c, struct cd_decl *d, struct cd_span span);

/* ---- types as written (type_expr.c) ---- */
const struct cd_type *cd_resolve_type(struct cd_checker *c, struct cd_type_expr *t);
/* The shape of a resource type that has a table; CD_SCHEMA_NONE after a diagnostic. */
uint32_t cd_resolve_table(struct cd_sema *s, struct cd_str name, struct cd_span span);
/* Reports that SHAPE (CD_SCHEMA_NONE: `resource`) has no property NAME, with the nearest right one.
 */
void cd_unknown_property(struct cd_checker *c, struct cd_span span, uint32_t shape,
                         struct cd_str name, bool envelope);

/* ---- expressions (infer.c, infer_access.c, infer_call.c, infer_collection.c) ---- */
/* The type of *E, which is also set in it. HINT, or NULL, is what its place would like: literals
 * take refined types from it. */
const struct cd_type *cd_infer(struct cd_checker *c, struct cd_expr **e,
                               const struct cd_type *hint);
/* *E has to be of type WANT; WHAT ("the argument `a`") begins the message. Converts json. False
 * after a diagnostic. */
bool cd_expect(struct cd_checker *c, struct cd_expr **e, const struct cd_type *want,
               const char *what);
bool cd_expect_bool(struct cd_checker *c, struct cd_expr **e, const char *what);
/* The word of every resource that NAME is. */
bool cd_envelope_word(struct cd_str name, enum cd_envelope *word);
const struct cd_type *cd_envelope_type(struct cd_checker *c, enum cd_envelope word);
const struct cd_type *cd_infer_field(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_index(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_each(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_follow(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_call(struct cd_checker *c, struct cd_expr *e);
/* The text of a json value that is a text, a number or a boolean. */
struct cd_expr *cd_text_of_json(struct cd_checker *c, struct cd_expr *json);
/* E has to be a literal regular expression, with a group if it is to capture one. */
void cd_check_regex(struct cd_checker *c, const struct cd_expr *e, bool with_group);
const struct cd_type *cd_infer_literal_collection(struct cd_checker *c, struct cd_expr *e,
                                                  const struct cd_type *hint);
const struct cd_type *cd_infer_comprehension(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_quantifier(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_string(struct cd_checker *c, struct cd_expr *e,
                                      const struct cd_type *hint);
const struct cd_type *cd_infer_aname(struct cd_checker *c, struct cd_expr *e);
const struct cd_type *cd_infer_sum(struct cd_checker *c, struct cd_expr *e,
                                   const struct cd_type *hint);
const struct cd_type *cd_infer_rel(struct cd_checker *c, struct cd_expr *e);
/* Warns if VALUE is not among the listed values of PROPERTY. */
void cd_check_listed(struct cd_checker *c, struct cd_span span, uint32_t enum_set,
                     struct cd_str property, struct cd_str value);
/* Checks `when q` of a request: keys instead of actions. */
void cd_check_when(struct cd_checker *c, struct cd_expr **when, const char *what);
/* Checks the `when` of can, allows and denies: what it says of keys the engine has to find requests
 * for (when_shape.c). */
void cd_check_question_when(struct cd_checker *c, struct cd_expr **when);
/* Does the checker's place allow tables? Reports if not, and notes the use. */
void cd_note_table(struct cd_checker *c, struct cd_span span, struct cd_str what);

/* ---- relations between types (relate.c) ---- */
const struct cd_type *cd_simple(struct cd_checker *c, enum cd_type_kind kind);
const struct cd_type *cd_error_type(struct cd_checker *c, struct cd_expr *e);
/* The type that both agree on, or NULL. Refined strings of two kinds agree on string. */
const struct cd_type *cd_type_join(struct cd_types *t, const struct cd_type *a,
                                   const struct cd_type *b);
/* May a value of FROM stand where TO is asked for, without a conversion? Refined strings are not
 * told from string here. */
bool cd_type_agrees(const struct cd_type *from, const struct cd_type *to);
/* Is FROM json, or a collection of json, that may be read as TO? */
bool cd_type_converts(const struct cd_type *from, const struct cd_type *to);
/* Can values of the two be equal? */
bool cd_type_comparable(const struct cd_type *a, const struct cd_type *b);
bool cd_is_refined(const struct cd_type *t);
/* Is there an error type in it? */
bool cd_type_is_broken(const struct cd_type *t);
struct cd_expr *cd_convert(struct cd_checker *c, struct cd_expr *e, const struct cd_type *to);
/* Type name for a message; PRINTF as "%.*s" with CD_FMT. */
struct cd_str cd_type_text(struct cd_checker *c, const struct cd_type *t);
void cd_report_mismatch(struct cd_checker *c, struct cd_expr *e, const struct cd_type *want,
                        const char *what);

/* ---- refined strings (refined.c, action.c) ---- */
bool cd_is_literal(const struct cd_expr *e);
struct cd_str cd_literal_text(struct cd_checker *c, const struct cd_expr *e);
/* Does TEXT have the form of the refined type KIND? Reports at SPAN if not. */
bool cd_check_refined(struct cd_sema *s, struct cd_span span, struct cd_str text,
                      enum cd_type_kind kind);
bool cd_refined_ok(enum cd_type_kind kind, struct cd_str text);
bool cd_arn_text_ok(struct cd_str text);
/* Is TEXT an ARN pattern of six segments, or "*"? */
bool cd_arn_pattern_ok(struct cd_str text);
void cd_check_arn_pattern(struct cd_checker *c, struct cd_expr *e, enum cd_diag_code code);
bool cd_check_action(struct cd_sema *s, struct cd_span span, struct cd_str text);
/* The key that an ANAME names; reports unknown and retired keys. CD_SCHEMA_NONE after a diagnostic.
 */
uint32_t cd_check_key(struct cd_sema *s, struct cd_span span, struct cd_str text);
const struct cd_type *cd_key_type(struct cd_checker *c, uint32_t key);

/* ---- controls, denies, waivers, tests ---- */
void cd_check_control(struct cd_sema *s, struct cd_decl *d);
void cd_check_metadata(struct cd_sema *s, struct cd_decl *d);
void cd_check_ids(struct cd_sema *s);
void cd_check_denies(struct cd_checker *c, struct cd_decl *d);
void cd_check_deny_condition(struct cd_checker *c, struct cd_deny *d);
void cd_check_waive(struct cd_sema *s, struct cd_decl *d);
void cd_check_test(struct cd_sema *s, struct cd_decl *d);
bool cd_expect_constant_text(struct cd_checker *c, struct cd_expr **e, const char *what);
void cd_report_data(struct cd_checker *c, const struct cd_data *data, const struct cd_type *want,
                    const char *what);
/* DATA has to be of type WANT, or absent, or unknown. */
void cd_check_value(struct cd_checker *c, struct cd_data *data, const struct cd_type *want,
                    struct cd_str what);
void cd_check_given(struct cd_checker *c, struct cd_step *step);
void cd_check_request(struct cd_checker *c, struct cd_step *step);

/* ---- dump.c ---- */
/* WORD, the expression with its types, and the end of the line; nothing if there is no expression.
 */
void cd_sema_put_line(const struct cd_sema *s, const char *word, const struct cd_expr *e,
                      struct cd_buf *out);

/* ---- limits (expansion.c, degree.c) ---- */
/* Reports functions that are too large with those that they call. */
void cd_check_fn_expansion(struct cd_sema *s);
/* The same for an expression of the control NAME. */
void cd_check_expansion(struct cd_sema *s, const struct cd_expr *e, struct cd_str name);
/* The nested tables of a control. */
void cd_check_degree(struct cd_sema *s, struct cd_decl *control);
/* Is the table that a quantifier or comprehension goes over entered by an equality? */
bool cd_is_indexed(const struct cd_expr *e);

#endif
