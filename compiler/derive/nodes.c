/* Nodes of derived denies: typed as analysis would type them. */
#include "compiler/derive/parts.h"

static struct cd_expr *
new_node(struct cd_sema *s, enum cd_expr_kind kind, struct cd_span span, const struct cd_type *type)
{
    struct cd_expr *e = CD_NEW(s->arena, struct cd_expr);
    *e = (struct cd_expr){.kind = kind, .depth = 1, .span = span, .type = type};
    return e;
}

static uint32_t
deeper(const struct cd_expr *a, const struct cd_expr *b)
{
    return 1 + (a->depth > b->depth ? a->depth : b->depth);
}

struct cd_expr *
cd_expr_new_key(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    uint32_t key = cd_iam_find_key(text);
    struct cd_expr *e = new_node(s, CD_EXPR_ANAME, span, cd_sema_key_type(s->types, key));
    e->text = text;
    e->ref.kind = CD_REF_KEY;
    e->ref.key = key;
    return e;
}

struct cd_expr *
cd_expr_new_unary(struct cd_sema *s, enum cd_expr_kind kind, struct cd_expr *a)
{
    struct cd_expr *e = new_node(s, kind, a->span, cd_type_simple(s->types, CD_TYPE_BOOL));
    e->a = a;
    e->depth = a->depth + 1;
    return e;
}

struct cd_expr *
cd_expr_new_and(struct cd_sema *s, struct cd_expr *a, struct cd_expr *b)
{
    struct cd_expr *e = new_node(s, CD_EXPR_AND, a->span, cd_type_simple(s->types, CD_TYPE_BOOL));
    e->a = a;
    e->b = b;
    e->depth = deeper(a, b);
    return e;
}

struct cd_expr *
cd_expr_new_text(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    struct cd_expr *e = new_node(s, CD_EXPR_STRING, span, cd_type_simple(s->types, CD_TYPE_STRING));
    e->parts = CD_NEW(s->arena, struct cd_text_part);
    e->parts[0] = (struct cd_text_part){.text = text, .span = span};
    e->n_parts = 1;
    return e;
}
