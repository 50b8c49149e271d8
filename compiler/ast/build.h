/* Building syntax trees: what the grammar's actions call. Places come in as spans of tokens;
 * literals are converted here, and what is wrong with them is reported. Memory is the arena's,
 * which jumps when it is out. */
#ifndef CD_AST_BUILD_H
#define CD_AST_BUILD_H

#include "compiler/ast/ast.h"
#include "compiler/diag/diag.h"

#define CD_TYPE_DEPTH_LIMIT 32 /* set<list<…>> */

/* One file on its way from tokens to a tree. */
struct cd_tree {
    struct cd_arena *arena;
    struct cd_diags *diags;
    struct cd_str text;
    uint32_t file;
    struct cd_module *module;
    struct cd_decl *decl; /* the control or test that is open */
    struct cd_span doc;   /* the first of the `##` lines that wait for a declaration; CD_NO_SPAN if
                             there are none */
    struct cd_str *doc_lines;
    size_t n_doc_lines, cap_doc_lines;
    bool depth_reported;
};

/* Lists that grow while the parser reads them. */
struct cd_span_list {
    struct cd_span *items;
    size_t n, cap;
};
struct cd_name_list {
    struct cd_name *items;
    size_t n, cap;
};
struct cd_expr_list {
    struct cd_expr **items;
    size_t n, cap;
};
struct cd_act_list {
    struct cd_act *items;
    size_t n, cap;
};
struct cd_meta_list {
    struct cd_meta_value *items;
    size_t n, cap;
};
struct cd_fn_param_list {
    struct cd_fn_param *items;
    size_t n, cap;
};
struct cd_pair_list {
    struct cd_data_pair *items;
    size_t n, cap;
};
struct cd_data_list {
    struct cd_data **items;
    size_t n, cap;
};
struct cd_on {
    struct cd_expr_list *patterns;
    bool negated;
};
struct cd_rel_op {
    enum cd_rel rel;
    bool negated;
};

void cd_tree_init(struct cd_tree *b, struct cd_arena *arena, struct cd_diags *diags,
                  struct cd_sources *sources, uint32_t file);
/* After the last token: what a whole file has to have. */
void cd_tree_finish(struct cd_tree *b);
struct cd_str cd_tree_slice(const struct cd_tree *b, struct cd_span span);
/* A STRING without interpolation and its text; also of several joined strings. */
bool cd_expr_constant_text(const struct cd_expr *e, struct cd_str *text);

/* `a.b.c` in one piece, without the blanks that may stand between the parts. */
struct cd_str cd_path_text(struct cd_arena *arena, const struct cd_path *path);

/* ---- names, paths, types ---- */
struct cd_name cd_ast_name(struct cd_tree *b, struct cd_span word);
struct cd_name_list *cd_ast_names(struct cd_tree *b, struct cd_name_list *list,
                                  struct cd_span word);
struct cd_path cd_ast_path(const struct cd_name_list *names);
struct cd_type_expr *cd_ast_type_name(struct cd_tree *b, struct cd_span name,
                                      struct cd_type_expr *arg, struct cd_span end);
struct cd_type_expr *cd_ast_type_resource(struct cd_tree *b, struct cd_span name);
struct cd_type_expr *cd_ast_type_field(struct cd_tree *b, struct cd_type_expr *t,
                                       struct cd_span field);

/* ---- expressions ---- */
struct cd_expr *cd_ast_bool(struct cd_tree *b, struct cd_span at, bool value);
struct cd_expr *cd_ast_number(struct cd_tree *b, struct cd_span at);
struct cd_expr *cd_ast_duration(struct cd_tree *b, struct cd_span at);
struct cd_expr *cd_ast_date(struct cd_tree *b, struct cd_span at);
struct cd_expr *cd_ast_string(struct cd_tree *b, struct cd_span at);
struct cd_span_list *cd_ast_strings(struct cd_tree *b, struct cd_span_list *list,
                                    struct cd_span string);
struct cd_expr *cd_ast_text(struct cd_tree *b, const struct cd_span_list *strings);
struct cd_expr *cd_ast_word(struct cd_tree *b, enum cd_expr_kind kind,
                            struct cd_span at); /* NAME ANAME TYPE */
struct cd_expr *cd_ast_paren(struct cd_tree *b, struct cd_span open, struct cd_expr *e,
                             struct cd_span close);
struct cd_expr_list *cd_ast_exprs(struct cd_tree *b, struct cd_expr_list *list, struct cd_expr *e);
struct cd_expr *cd_ast_items(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span open,
                             struct cd_expr_list *items, struct cd_span close);
struct cd_binding *cd_ast_binding(struct cd_tree *b, struct cd_span name, size_t index);
struct cd_expr *cd_ast_comprehension(struct cd_tree *b, struct cd_expr *body, struct cd_span name,
                                     struct cd_expr *source, struct cd_expr *where);
struct cd_expr *cd_ast_quantifier(struct cd_tree *b, enum cd_quant quant, struct cd_span name,
                                  struct cd_expr *source, struct cd_expr *where,
                                  struct cd_expr *body);
struct cd_expr *cd_ast_field(struct cd_tree *b, struct cd_expr *a, struct cd_span field);
struct cd_expr *cd_ast_index(struct cd_tree *b, struct cd_expr *a, struct cd_expr *i,
                             struct cd_span close);
struct cd_expr *cd_ast_each(struct cd_tree *b, struct cd_expr *a, struct cd_span close);
struct cd_expr *cd_ast_call(struct cd_tree *b, struct cd_expr *callee, struct cd_expr_list *args,
                            struct cd_expr *when, struct cd_span close);
struct cd_expr *cd_ast_follow(struct cd_tree *b, struct cd_expr *a, struct cd_span type);
struct cd_expr *cd_ast_unary(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span op,
                             struct cd_expr *a);
struct cd_expr *cd_ast_binary(struct cd_tree *b, enum cd_expr_kind kind, struct cd_expr *x,
                              struct cd_expr *y);
struct cd_expr *cd_ast_rel(struct cd_tree *b, struct cd_expr *x, struct cd_rel_op op,
                           struct cd_expr *y);
struct cd_expr *cd_ast_if(struct cd_tree *b, struct cd_span at, struct cd_expr *c,
                          struct cd_expr *x, struct cd_expr *y);
/* Sets the span of an expression whose bounds the builder was not told (braces of quantifiers and
 * comprehensions). */
struct cd_expr *cd_ast_span(struct cd_expr *e, struct cd_span from, struct cd_span to);

/* ---- declarations ---- */
void cd_ast_doc(struct cd_tree *b, struct cd_span line);
void cd_ast_module(struct cd_tree *b, struct cd_span at, const struct cd_name_list *path);
void cd_ast_use(struct cd_tree *b, const struct cd_name_list *path, const struct cd_span *alias);
void cd_ast_param(struct cd_tree *b, struct cd_span at, struct cd_span label,
                  struct cd_type_expr *t, struct cd_expr *value, struct cd_expr *where);
void cd_ast_let(struct cd_tree *b, struct cd_span at, struct cd_span name, struct cd_expr *value);
struct cd_fn_param_list *cd_ast_fn_params(struct cd_tree *b, struct cd_fn_param_list *list,
                                          struct cd_span label, struct cd_type_expr *t);
void cd_ast_fn(struct cd_tree *b, struct cd_span at, struct cd_span name,
               struct cd_fn_param_list *params, struct cd_type_expr *result, struct cd_expr *body);
void cd_ast_control_begin(struct cd_tree *b, struct cd_span at, struct cd_span name);
void cd_ast_test_begin(struct cd_tree *b, struct cd_span at, struct cd_span title);
void cd_ast_block_end(struct cd_tree *b, struct cd_span close);
void cd_ast_waive(struct cd_tree *b, struct cd_span at, const struct cd_name_list *target,
                  struct cd_expr_list *on, struct cd_span until, struct cd_expr *because);

/* ---- items of a control ---- */
struct cd_meta_list *cd_ast_metas(struct cd_tree *b, struct cd_meta_list *list,
                                  struct cd_expr *text, const struct cd_name_list *path);
void cd_ast_meta(struct cd_tree *b, struct cd_span word, const struct cd_meta_list *values);
void cd_ast_for(struct cd_tree *b, struct cd_span at, struct cd_span name, struct cd_expr *source,
                struct cd_expr *where);
void cd_ast_require(struct cd_tree *b, struct cd_span at, struct cd_expr *cond,
                    struct cd_expr *message);
struct cd_act_list *cd_ast_acts(struct cd_tree *b, struct cd_act_list *list, struct cd_act act);
struct cd_act cd_ast_act_star(struct cd_span at);
struct cd_act cd_ast_act_aname(struct cd_tree *b, struct cd_span at);
struct cd_act cd_ast_act_path(const struct cd_name_list *names);
void cd_ast_deny(struct cd_tree *b, struct cd_span at, const struct cd_act_list *acts,
                 const struct cd_act_list *excepts, struct cd_on on, struct cd_expr *when,
                 struct cd_expr *unless);

/* ---- steps of a test ---- */
void cd_ast_given(struct cd_tree *b, struct cd_span at, struct cd_span type,
                  struct cd_data *object);
void cd_ast_given_unknown(struct cd_tree *b, struct cd_span at, struct cd_span word,
                          struct cd_span type);
void cd_ast_given_file(struct cd_tree *b, struct cd_span at, struct cd_span word,
                       struct cd_span string);
void cd_ast_given_param(struct cd_tree *b, struct cd_span at, struct cd_span name,
                        struct cd_expr *value);
void cd_ast_request(struct cd_tree *b, struct cd_span at, struct cd_span action,
                    struct cd_expr_list *on, struct cd_data *object);
void cd_ast_expect(struct cd_tree *b, struct cd_span at, struct cd_span word,
                   const struct cd_name_list *control, struct cd_expr_list *on);
void cd_ast_expect_deny(struct cd_tree *b, struct cd_span at, bool negated,
                        const struct cd_name_list *control);

/* ---- data ---- */
struct cd_data *cd_ast_data_scalar(struct cd_tree *b, struct cd_expr *e);
struct cd_data *cd_ast_data_negative(struct cd_tree *b, struct cd_span minus,
                                     struct cd_span number);
struct cd_data *cd_ast_data_path(struct cd_tree *b, const struct cd_name_list *names);
struct cd_data *cd_ast_data_absent(struct cd_tree *b, struct cd_span at);
struct cd_data *cd_ast_data_object(struct cd_tree *b, struct cd_span open,
                                   const struct cd_pair_list *pairs, struct cd_span close);
struct cd_data *cd_ast_data_list(struct cd_tree *b, struct cd_span open,
                                 const struct cd_data_list *items, struct cd_span close);
/* KEY is a LABEL, STRING or ANAME. */
struct cd_pair_list *cd_ast_pairs(struct cd_tree *b, struct cd_pair_list *list, struct cd_span key,
                                  struct cd_data *value);
struct cd_data_list *cd_ast_datas(struct cd_tree *b, struct cd_data_list *list,
                                  struct cd_data *value);

#endif
