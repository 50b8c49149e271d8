/* The syntax tree of the language, and what resolution and type checking add to it (fields marked
 * "sema"). Everything lives in the compilation's arena; trees are built by the parser through
 * cd_ast_* and never freed alone. Lists are arrays: pointer and count. */
#ifndef CD_AST_AST_H
#define CD_AST_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/ast/type.h"
#include "compiler/source/source.h"

struct cd_expr;
struct cd_decl;
struct cd_module;

struct cd_name {
    struct cd_str text;
    struct cd_span span;
};

/* A dotted path `a.b.c`. */
struct cd_path {
    struct cd_name *parts;
    size_t n;
    struct cd_span span;
};

/* ---- expressions ---- */

enum cd_expr_kind {
    CD_EXPR_ERROR,
    CD_EXPR_BOOL,
    CD_EXPR_NUMBER,
    CD_EXPR_DURATION, /* ms */
    CD_EXPR_DATE,     /* ms since the epoch */
    CD_EXPR_STRING,   /* text parts, joined; parts with an expression are interpolations */
    CD_EXPR_NAME,     /* variable, param, let, module, builtin, `resource`, `internet`: see `ref` */
    CD_EXPR_ANAME,    /* action, action pattern or condition key: `s3:Get*` */
    CD_EXPR_TYPE,     /* AWS::X::Y as a table, [.Field …] parsed as FIELD */
    CD_EXPR_LIST,     /* items */
    CD_EXPR_SET,      /* items */
    CD_EXPR_COMPREHENSION, /* { body for var in source where where } */
    CD_EXPR_QUANTIFIER,    /* quant var in source where where { body } */
    CD_EXPR_FIELD,         /* a.name */
    CD_EXPR_INDEX,         /* a[b] */
    CD_EXPR_EACH,          /* a[*] */
    CD_EXPR_CALL,          /* a(items when where) */
    CD_EXPR_FOLLOW,        /* a -> type_name */
    CD_EXPR_NOT,
    CD_EXPR_NEG,
    CD_EXPR_ABSENT,
    CD_EXPR_PRESENT,
    CD_EXPR_ADD,
    CD_EXPR_SUB,
    CD_EXPR_REL, /* a rel b, negated: `not in` and friends, and `!=` is EQ negated */
    CD_EXPR_AND,
    CD_EXPR_OR,
    CD_EXPR_IF,      /* if where then a else b */
    CD_EXPR_CONVERT, /* sema: a json value used as another type: the value if it is of `type`, else
                        absent; collections member by member */
};

enum cd_rel {
    CD_REL_EQ,
    CD_REL_LT,
    CD_REL_LE,
    CD_REL_GT,
    CD_REL_GE,
    CD_REL_IN,
    CD_REL_LIKE,
    CD_REL_MATCHES,
    CD_REL_WITHIN
};
enum cd_quant { CD_QUANT_ALL, CD_QUANT_ANY, CD_QUANT_NONE, CD_QUANT_COUNT };

/* A piece of a string: literal bytes (escapes decoded), or an interpolated expression. */
struct cd_text_part {
    struct cd_str text;
    struct cd_expr *expr; /* NULL for literal bytes */
    struct cd_span span;
};

/* A variable bound by `for`, a quantifier, a comprehension, or a function's parameter list. */
struct cd_binding {
    struct cd_name name;
    const struct cd_type *type; /* sema */
    uint32_t index;             /* parameter position */
};

/* What a name stands for (sema). */
enum cd_ref_kind {
    CD_REF_NONE,
    CD_REF_BINDING, /* binding */
    CD_REF_PARAM,   /* decl */
    CD_REF_LET,     /* decl */
    CD_REF_FN,      /* decl: callee */
    CD_REF_BUILTIN, /* builtin: callee */
    CD_REF_MODULE, /* module: only as the base of a FIELD, which then carries the real ref itself */
    CD_REF_TABLE,  /* the TYPE's table; for NAME: `resource` */
    CD_REF_INTERNET, /* end point of reaches */
    CD_REF_ACTION,   /* ANAME as a constant action (pattern) */
    CD_REF_KEY,      /* ANAME or interpolated path as a condition key of the request: `key` */
    CD_REF_ENVELOPE, /* FIELD: `envelope` */
    CD_REF_FIELD,    /* FIELD: `field`, a schema field index (records, resources, policies) */
    CD_REF_JSON,     /* FIELD of a json value: its name is the key */
    CD_REF_ARN_PART, /* FIELD: `arn_part` */
    CD_REF_MAP,      /* FIELD of a map: its name is the key */
};

enum cd_envelope {
    CD_ENV_ID,
    CD_ENV_ARN,
    CD_ENV_TYPE,
    CD_ENV_PARTITION,
    CD_ENV_REGION,
    CD_ENV_ACCOUNT,
    CD_ENV_TAGS,
    CD_ENV_CAPTURED
};
#define CD_N_ENVELOPE 8
enum cd_arn_part {
    CD_ARN_PARTITION,
    CD_ARN_SERVICE,
    CD_ARN_REGION,
    CD_ARN_ACCOUNT,
    CD_ARN_RESOURCE
};

enum cd_builtin {
    CD_BUILTIN_ARN,
    CD_BUILTIN_NUMBER,
    CD_BUILTIN_STRING,
    CD_BUILTIN_SIZE,
    CD_BUILTIN_CAPTURE,
    /* relations of the runtime */
    CD_BUILTIN_CAN,
    CD_BUILTIN_ALLOWS,
    CD_BUILTIN_DENIES,
    CD_BUILTIN_BECOMES,
    CD_BUILTIN_REACHES,
};

struct cd_ref {
    enum cd_ref_kind kind;
    struct cd_binding *binding;
    struct cd_decl *decl;
    struct cd_module *module;
    enum cd_builtin builtin;
    enum cd_envelope envelope;
    enum cd_arn_part arn_part;
    uint32_t field; /* schema field index */
    uint32_t key;   /* cd_iam_find_key index, CD_SCHEMA_NONE if the name is no known key (already
                       reported) */
};

/* Nodes on the longest path below and including an expression; the parser refuses more, so that
 * recursion over trees is safe. */
#define CD_EXPR_DEPTH_LIMIT 1000

struct cd_expr {
    enum cd_expr_kind kind;
    uint32_t depth; /* 1 for a leaf, at most CD_EXPR_DEPTH_LIMIT */
    struct cd_span span;
    const struct cd_type *type; /* sema; never NULL afterwards */
    struct cd_ref ref;          /* sema */
    bool through_each; /* sema: FIELD or FOLLOW applied to each member of a collection (`xs[*].P`);
                          lists among the results are flattened into one, absent ones drop out,
                          unknown ones open it */
    bool paren;        /* written in parentheses (for fmt) */

    struct cd_str text; /* NAME, ANAME, FIELD: the word; TYPE, FOLLOW: the type's name */
    double number;      /* NUMBER */
    int64_t ms;         /* DURATION, DATE */
    bool boolean;       /* BOOL */
    bool negated;       /* REL */
    enum cd_rel rel;
    enum cd_quant quant;

    struct cd_expr *a, *b; /* operands; IF: a then, b else; COMPREHENSION, QUANTIFIER: b body */
    struct cd_expr *where; /* IF: condition; COMPREHENSION, QUANTIFIER: its where or NULL; CALL: its
                              `when` or NULL */
    struct cd_expr *source;     /* COMPREHENSION, QUANTIFIER */
    struct cd_binding *binding; /* COMPREHENSION, QUANTIFIER */
    struct cd_expr **items;     /* LIST, SET, CALL arguments */
    size_t n_items;
    struct cd_text_part *parts; /* STRING */
    size_t n_parts;
    uint32_t
        branch; /* set by compiler/test: its number + 1 among the branches of conditions, 0: none */
    uint32_t shape; /* TYPE, FOLLOW (sema): resource shape; CD_SCHEMA_NONE for `resource` */
};

/* ---- declarations ---- */

enum cd_decl_kind {
    CD_DECL_PARAM,
    CD_DECL_LET,
    CD_DECL_FN,
    CD_DECL_CONTROL,
    CD_DECL_WAIVE,
    CD_DECL_TEST
};

/* A type as written: `set<region>`, `AWS::S3::Bucket.Prop`. */
struct cd_type_expr {
    struct cd_span span;
    bool is_resource;         /* TYPE {FIELD}: name, fields */
    struct cd_path name;      /* one part: `set`, `region`; resource: its name in parts[0] */
    struct cd_type_expr *arg; /* <…> */
    struct cd_name *fields;   /* .Prop .Inner */
    size_t n_fields;
    const struct cd_type *type; /* sema */
};

struct cd_fn_param {
    struct cd_binding *binding;
    struct cd_type_expr *type;
};

/* One value of a metadata word: a text, or a path such as gdpr.art_44. */
struct cd_meta_value {
    struct cd_expr *text; /* STRING, or NULL */
    struct cd_path path;  /* n = 0 if text */
    struct cd_decl *decl; /* sema: the `let` a mapping path names */
    struct cd_span span;
};

struct cd_meta {
    struct cd_name word;
    struct cd_meta_value *values;
    size_t n_values;
};

struct cd_require {
    struct cd_span span; /* from `require` to its end */
    struct cd_expr *cond;
    struct cd_expr *message; /* STRING or NULL */
};

/* `for x in T where p` with its requires; an estate clause has no binding. */
struct cd_clause {
    struct cd_span span;
    struct cd_binding *binding; /* NULL: estate */
    struct cd_expr *source;     /* TYPE or `resource` */
    struct cd_expr *where;      /* or NULL */
    struct cd_require *requires;
    size_t n_requires, cap_requires;
};

struct cd_act {
    struct cd_span span;
    bool is_star;          /* `*` */
    struct cd_str aname;   /* or an action pattern */
    struct cd_path path;   /* or the path of a constant set of actions */
    struct cd_expr *value; /* sema: the resolved path expression */
};

struct cd_deny {
    struct cd_span span;
    struct cd_act *acts, *excepts;
    size_t n_acts, n_excepts;
    bool not_on;
    struct cd_expr **on; /* STRINGs */
    size_t n_on;
    bool is_scope;         /* sema: `on` is not written but made from the types that carry a key */
    struct cd_deny *split; /* sema: the next part of a deny whose actions need different scopes */
    struct cd_expr *when, *unless;    /* or NULL */
    const struct cd_require *require; /* derive: what it is derived from; NULL: it is written */
    bool is_stricter; /* derive: a condition of the `where` that no key tells is left out */
};

/* What becomes of a way in which a resource can breach a `require`, in one request (derive). */
enum cd_breach_fate {
    CD_BREACH_DENIED,   /* a derived deny says exactly this */
    CD_BREACH_STRICTER, /* it can be denied together with what is out of the `where`'s scope */
    CD_BREACH_WRITTEN,  /* a written deny stands for the derived one */
    CD_BREACH_ESCAPES,  /* no request tells it, or this one does not */
};
struct cd_breach {
    enum cd_breach_fate fate;
    const struct cd_require *require;
    struct cd_span span;  /* of the condition that decides its fate */
    uint32_t action;      /* of runtime/schema; CD_SCHEMA_NONE: whatever the action */
    struct cd_expr *when; /* WRITTEN: the condition of the deny that would be derived, */
    struct cd_str on;     /* and its resources: an ARN pattern, or empty */
    struct cd_str why;    /* STRICTER, ESCAPES: a clause without its full stop */
};

/* `given` data. */
enum cd_data_kind {
    CD_DATA_EXPR,
    CD_DATA_NUMBER,
    CD_DATA_PATH,
    CD_DATA_ABSENT,
    CD_DATA_UNKNOWN,
    CD_DATA_OBJECT,
    CD_DATA_LIST
};
struct cd_data_pair;
struct cd_data {
    enum cd_data_kind kind;
    struct cd_span span;
    struct cd_expr *expr; /* EXPR: a scalar; PATH: after sema the resolved constant */
    double number;        /* NUMBER: with its sign */
    struct cd_path path;
    struct cd_data_pair *pairs; /* OBJECT */
    struct cd_data **items;     /* LIST */
    size_t n;
};
struct cd_data_pair {
    struct cd_name key;
    struct cd_data *value;
};

enum cd_step_kind {
    CD_STEP_GIVEN,
    CD_STEP_GIVEN_UNKNOWN,
    CD_STEP_GIVEN_FILE,
    CD_STEP_GIVEN_PARAM,
    CD_STEP_REQUEST,
    CD_STEP_EXPECT,
    CD_STEP_EXPECT_DENY
};
enum cd_expect { CD_EXPECT_PASS, CD_EXPECT_FAIL, CD_EXPECT_UNKNOWN, CD_EXPECT_WAIVED };
struct cd_step {
    enum cd_step_kind kind;
    struct cd_span span;
    struct cd_name type_name; /* GIVEN, GIVEN_UNKNOWN */
    uint32_t shape;           /* sema; CD_SCHEMA_NONE */
    struct cd_data *object;   /* GIVEN, REQUEST */
    struct cd_expr *text;     /* GIVEN_FILE: STRING */
    struct cd_path path;      /* GIVEN_PARAM: the parameter's name; EXPECT*: the control */
    struct cd_expr *value;    /* GIVEN_PARAM */
    struct cd_name action;    /* REQUEST */
    struct cd_expr **on;      /* REQUEST, EXPECT: STRINGs or none */
    size_t n_on;
    enum cd_expect expect;
    bool negated;         /* EXPECT_DENY: `expect not deny` */
    struct cd_decl *decl; /* sema: the control or parameter */
};

struct cd_decl {
    enum cd_decl_kind kind;
    struct cd_span span;
    struct cd_name name; /* WAIVE, TEST: empty text */
    struct cd_str doc;   /* the `##` lines above, joined by '\n', empty if none */
    struct cd_module *module;
    uint32_t index; /* position among the module's declarations */
    int state;      /* sema: resolution state, for cycles */

    struct cd_type_expr *type_expr; /* PARAM; FN result or NULL */
    struct cd_expr *value;          /* PARAM default, LET value, FN body */
    struct cd_expr *where;          /* PARAM */
    const struct cd_type *type;     /* sema: PARAM, LET, FN result */
    struct cd_binding *self; /* PARAM: none needed; `where` refers to the parameter by its decl */
    struct cd_fn_param *params; /* FN */
    size_t n_params;

    /* CONTROL */
    struct cd_meta *metas;
    size_t n_metas, cap_metas;
    struct cd_clause *clauses;
    size_t n_clauses, cap_clauses;
    struct cd_deny *denies;
    size_t n_denies, cap_denies; /* derive: the derived ones stand behind the written ones */
    struct cd_breach *breaches;  /* derive */
    size_t n_breaches, cap_breaches;
    /* CONTROL, sema: metadata decoded */
    struct cd_str id, title, text, remedy, owner, detect_only;
    uint32_t severity; /* enum cd_level of runtime/bc/program.h, medium by default */
    bool detect_only_set;

    /* WAIVE */
    struct cd_path target;
    struct cd_decl *target_decl; /* sema */
    struct cd_expr **on;
    size_t n_on;
    int64_t until_ms; /* midnight UTC at the start of the date; the waiver ends with that day */
    struct cd_expr *because;

    /* TEST */
    struct cd_str title_text; /* its name */
    struct cd_step *steps;
    size_t n_steps, cap_steps;
};

struct cd_use {
    struct cd_span span;
    struct cd_path path;
    struct cd_name alias;     /* as written, or the path's last part */
    struct cd_module *module; /* sema */
};

struct cd_module {
    struct cd_str name; /* dotted, empty if the file has no module line (an error) */
    struct cd_span name_span;
    struct cd_str doc;
    uint32_t file;
    bool builtin;  /* of the standard library */
    bool selected; /* named by the call: its controls run */
    struct cd_use *uses;
    size_t n_uses, cap_uses;
    struct cd_decl **decls; /* in source order */
    size_t n_decls, cap_decls;
    int state; /* sema */
};

/* Everything that one compilation has read: the modules of the call and those that they use. */
struct cd_modules {
    struct cd_module **items; /* sorted by name */
    size_t n, cap;
};

#endif
