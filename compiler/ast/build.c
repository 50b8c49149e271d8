/* Names, paths, types and expressions. Declarations are in build_decl.c, literals in
 * build_literal.c. */
#include "compiler/ast/build.h"

void
cd_tree_init(struct cd_tree *b, struct cd_arena *arena, struct cd_diags *diags,
             struct cd_sources *sources, uint32_t file)
{
    *b = (struct cd_tree){.arena = arena,
                          .diags = diags,
                          .text = sources->files[file].text,
                          .file = file,
                          .module = CD_NEW(arena, struct cd_module),
                          .doc = CD_NO_SPAN};
    b->module->file = file;
    b->module->builtin = sources->files[file].builtin;
    b->module->name = CD_STR("");
    b->module->doc = CD_STR("");
    b->module->name_span = CD_NO_SPAN;
}

struct cd_str
cd_tree_slice(const struct cd_tree *b, struct cd_span span)
{
    return cd_str_sub(b->text, span.start, span.end);
}

/* ---- names, paths, types ---- */

struct cd_name
cd_ast_name(struct cd_tree *b, struct cd_span word)
{
    return (struct cd_name){cd_tree_slice(b, word), word};
}

/* The word of a FIELD: without its dot. */
static struct cd_name
field_name(struct cd_tree *b, struct cd_span field)
{
    field.start++;
    return cd_ast_name(b, field);
}

struct cd_name_list *
cd_ast_names(struct cd_tree *b, struct cd_name_list *list, struct cd_span word)
{
    bool is_first = list == NULL;
    if (is_first) {
        list = CD_NEW(b->arena, struct cd_name_list);
    }
    struct cd_name *name = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *name = is_first ? cd_ast_name(b, word) : field_name(b, word);
    return list;
}

struct cd_path
cd_ast_path(const struct cd_name_list *names)
{
    return (struct cd_path){names->items, names->n,
                            cd_span_join(names->items[0].span, names->items[names->n - 1].span)};
}

struct cd_type_expr *
cd_ast_type_name(struct cd_tree *b, struct cd_span name, struct cd_type_expr *arg,
                 struct cd_span end)
{
    struct cd_type_expr *t = CD_NEW(b->arena, struct cd_type_expr);
    t->span = cd_span_join(name, end);
    t->name = cd_ast_path(cd_ast_names(b, NULL, name));
    t->arg = arg;
    size_t depth = 1;
    for (const struct cd_type_expr *inner = arg; inner != NULL; inner = inner->arg) {
        if (++depth > CD_TYPE_DEPTH_LIMIT) {
            if (!b->depth_reported) {
                cd_diag_add(b->diags, CD_DIAG_DEPTH, t->span,
                            "this type is nested more than %d deep", CD_TYPE_DEPTH_LIMIT);
            }
            b->depth_reported = true;
            t->arg = NULL;
            break;
        }
    }
    return t;
}

struct cd_type_expr *
cd_ast_type_resource(struct cd_tree *b, struct cd_span name)
{
    struct cd_type_expr *t = cd_ast_type_name(b, name, NULL, name);
    t->is_resource = true;
    return t;
}

struct cd_type_expr *
cd_ast_type_field(struct cd_tree *b, struct cd_type_expr *t, struct cd_span field)
{
    bool is_full =
        (t->n_fields & (t->n_fields - 1)) == 0; /* room for a power of two: growing stays linear */
    if (is_full) {
        size_t cap = t->n_fields == 0 ? 1 : t->n_fields * 2;
        t->fields = cd_arena_grow(b->arena, t->fields, t->n_fields, cap, sizeof *t->fields);
    }
    t->fields[t->n_fields++] = field_name(b, field);
    t->span = cd_span_join(t->span, field);
    return t;
}

/* ---- expressions ---- */

static struct cd_expr *
make(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span span)
{
    struct cd_expr *e = CD_NEW(b->arena, struct cd_expr);
    e->kind = kind;
    e->span = span;
    e->depth = 1;
    e->text = CD_STR("");
    return e;
}

/* Notes that CHILD stands below E. Beyond the limit E becomes a leaf that stands for an error, so
 * that no tree is ever deeper. */
static void
adopt(struct cd_tree *b, struct cd_expr *e, const struct cd_expr *child)
{
    if (child == NULL || child->depth < e->depth) {
        return;
    }
    e->depth = child->depth + 1;
    if (e->depth <= CD_EXPR_DEPTH_LIMIT) {
        return;
    }
    if (!b->depth_reported) {
        struct cd_diag *d =
            cd_diag_add(b->diags, CD_DIAG_DEPTH, child->span,
                        "this expression is more than %d operations deep", CD_EXPR_DEPTH_LIMIT);
        cd_diag_help(b->diags, d,
                     "name parts of it with let or fn, or compare with a set: x in {…}");
        b->depth_reported = true;
    }
    *e = (struct cd_expr){.kind = CD_EXPR_ERROR, .depth = 1, .span = e->span, .text = CD_STR("")};
}

struct cd_expr *
cd_ast_bool(struct cd_tree *b, struct cd_span at, bool value)
{
    struct cd_expr *e = make(b, CD_EXPR_BOOL, at);
    e->boolean = value;
    return e;
}

struct cd_expr *
cd_ast_word(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span at)
{
    struct cd_expr *e = make(b, kind, at);
    e->text = cd_tree_slice(b, at);
    if (kind == CD_EXPR_ANAME && e->text.n > 2 && e->text.p[0] == '`') {
        e->text = cd_str_sub(e->text, 1, e->text.n - 1);
    }
    return e;
}

struct cd_expr *
cd_ast_paren(struct cd_tree *b, struct cd_span open, struct cd_expr *e, struct cd_span close)
{
    (void)b;
    e->paren = true;
    return cd_ast_span(e, open, close);
}

struct cd_expr *
cd_ast_span(struct cd_expr *e, struct cd_span from, struct cd_span to)
{
    e->span = cd_span_join(from, to);
    return e;
}

struct cd_expr_list *
cd_ast_exprs(struct cd_tree *b, struct cd_expr_list *list, struct cd_expr *e)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_expr_list);
    }
    struct cd_expr **item = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *item = e;
    return list;
}

struct cd_span_list *
cd_ast_strings(struct cd_tree *b, struct cd_span_list *list, struct cd_span string)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_span_list);
    }
    struct cd_span *item = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *item = string;
    return list;
}

static void
adopt_items(struct cd_tree *b, struct cd_expr *e, const struct cd_expr_list *items)
{
    if (items == NULL) {
        return;
    }
    e->items = items->items;
    e->n_items = items->n;
    for (size_t i = 0; i < items->n && e->kind != CD_EXPR_ERROR; i++) {
        adopt(b, e, items->items[i]);
    }
}

struct cd_expr *
cd_ast_items(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span open,
             struct cd_expr_list *items, struct cd_span close)
{
    struct cd_expr *e = make(b, kind, cd_span_join(open, close));
    adopt_items(b, e, items);
    return e;
}

struct cd_binding *
cd_ast_binding(struct cd_tree *b, struct cd_span name, size_t index)
{
    struct cd_binding *binding = CD_NEW(b->arena, struct cd_binding);
    binding->name = cd_ast_name(b, name);
    binding->index = (uint32_t)index;
    return binding;
}

struct cd_expr *
cd_ast_comprehension(struct cd_tree *b, struct cd_expr *body, struct cd_span name,
                     struct cd_expr *source, struct cd_expr *where)
{
    struct cd_expr *e = make(b, CD_EXPR_COMPREHENSION, cd_span_join(body->span, source->span));
    e->binding = cd_ast_binding(b, name, 0);
    e->source = source;
    e->where = where;
    e->b = body;
    adopt(b, e, body);
    adopt(b, e, source);
    adopt(b, e, where);
    return e;
}

struct cd_expr *
cd_ast_quantifier(struct cd_tree *b, enum cd_quant quant, struct cd_span name,
                  struct cd_expr *source, struct cd_expr *where, struct cd_expr *body)
{
    struct cd_expr *e = cd_ast_comprehension(b, body, name, source, where);
    if (e->kind == CD_EXPR_COMPREHENSION) {
        e->kind = CD_EXPR_QUANTIFIER;
        e->quant = quant;
    }
    return e;
}

struct cd_expr *
cd_ast_field(struct cd_tree *b, struct cd_expr *a, struct cd_span field)
{
    struct cd_expr *e = make(b, CD_EXPR_FIELD, cd_span_join(a->span, field));
    e->a = a;
    e->text = field_name(b, field).text;
    adopt(b, e, a);
    return e;
}

struct cd_expr *
cd_ast_index(struct cd_tree *b, struct cd_expr *a, struct cd_expr *i, struct cd_span close)
{
    struct cd_expr *e = make(b, CD_EXPR_INDEX, cd_span_join(a->span, close));
    e->a = a;
    e->b = i;
    adopt(b, e, a);
    adopt(b, e, i);
    return e;
}

struct cd_expr *
cd_ast_each(struct cd_tree *b, struct cd_expr *a, struct cd_span close)
{
    struct cd_expr *e = make(b, CD_EXPR_EACH, cd_span_join(a->span, close));
    e->a = a;
    adopt(b, e, a);
    return e;
}

struct cd_expr *
cd_ast_call(struct cd_tree *b, struct cd_expr *callee, struct cd_expr_list *args,
            struct cd_expr *when, struct cd_span close)
{
    struct cd_expr *e = make(b, CD_EXPR_CALL, cd_span_join(callee->span, close));
    e->a = callee;
    e->where = when;
    adopt_items(b, e, args);
    adopt(b, e, callee);
    adopt(b, e, when);
    return e;
}

struct cd_expr *
cd_ast_follow(struct cd_tree *b, struct cd_expr *a, struct cd_span type)
{
    struct cd_expr *e = make(b, CD_EXPR_FOLLOW, cd_span_join(a->span, type));
    e->a = a;
    e->text = cd_tree_slice(b, type);
    adopt(b, e, a);
    return e;
}

struct cd_expr *
cd_ast_unary(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span op, struct cd_expr *a)
{
    struct cd_expr *e = make(b, kind, cd_span_join(op, a->span));
    e->a = a;
    adopt(b, e, a);
    return e;
}

struct cd_expr *
cd_ast_binary(struct cd_tree *b, enum cd_expr_kind kind, struct cd_expr *x, struct cd_expr *y)
{
    struct cd_expr *e = make(b, kind, cd_span_join(x->span, y->span));
    e->a = x;
    e->b = y;
    adopt(b, e, x);
    adopt(b, e, y);
    return e;
}

struct cd_expr *
cd_ast_rel(struct cd_tree *b, struct cd_expr *x, struct cd_rel_op op, struct cd_expr *y)
{
    struct cd_expr *e = cd_ast_binary(b, CD_EXPR_REL, x, y);
    e->rel = op.rel;
    e->negated = op.negated;
    return e;
}

struct cd_expr *
cd_ast_if(struct cd_tree *b, struct cd_span at, struct cd_expr *c, struct cd_expr *x,
          struct cd_expr *y)
{
    struct cd_expr *e = make(b, CD_EXPR_IF, cd_span_join(at, y->span));
    e->where = c;
    e->a = x;
    e->b = y;
    adopt(b, e, c);
    adopt(b, e, x);
    adopt(b, e, y);
    return e;
}
