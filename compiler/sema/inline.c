/* Expressions with the functions that they call put in their places. */
#include "compiler/sema/sema.h"

/* What the parameters of the functions around a node stand for. */
struct frame {
    const struct cd_decl *fn;
    const struct cd_expr **args; /* expanded */
    const struct frame *outer;
};

struct expansion {
    struct cd_arena *a;
    const struct cd_binding *member; /* a loop's variable, and what it stands for; or NULL */
    const struct cd_expr *value;
    uint32_t nodes, depth;
    bool too_large;
};

static const struct cd_expr *expand(struct expansion *x, const struct cd_expr *e,
                                    const struct frame *frame);

static const struct cd_expr *
argument_of(const struct frame *frame, const struct cd_binding *binding)
{
    for (const struct frame *f = frame; f != NULL; f = f->outer) {
        for (size_t i = 0; i < f->fn->n_params; i++) {
            if (f->fn->params[i].binding == binding) {
                return f->args[i];
            }
        }
    }
    return NULL; /* bound by a quantifier */
}

static const struct cd_expr *
expand_call(struct expansion *x, const struct cd_expr *e, const struct frame *frame)
{
    struct frame inner = {.fn = e->ref.decl, .outer = NULL};
    inner.args = CD_NEW_ARRAY(x->a, e->n_items + 1, const struct cd_expr *);
    for (size_t i = 0; i < e->n_items; i++) {
        inner.args[i] = expand(x, e->items[i], frame);
    }
    return expand(x, e->ref.decl->value, &inner);
}

static struct cd_expr *
copy_of(struct expansion *x, const struct cd_expr *e, const struct frame *frame)
{
    struct cd_expr *c = CD_NEW(x->a, struct cd_expr);
    *c = *e;
    struct cd_expr **const children[] = {&c->a, &c->b, &c->where, &c->source};
    for (size_t i = 0; i < CD_ARRAY_LEN(children); i++) {
        if (*children[i] != NULL) {
            *children[i] = (struct cd_expr *)expand(x, *children[i], frame);
        }
    }
    c->items = CD_NEW_ARRAY(x->a, e->n_items + 1, struct cd_expr *);
    for (size_t i = 0; i < e->n_items; i++) {
        c->items[i] = (struct cd_expr *)expand(x, e->items[i], frame);
    }
    c->parts = CD_NEW_ARRAY(x->a, e->n_parts + 1, struct cd_text_part);
    for (size_t i = 0; i < e->n_parts; i++) {
        c->parts[i] = e->parts[i];
        if (e->parts[i].expr != NULL) {
            c->parts[i].expr = (struct cd_expr *)expand(x, e->parts[i].expr, frame);
        }
    }
    return c;
}

static const struct cd_expr *
expand(struct expansion *x, const struct cd_expr *e, const struct frame *frame)
{
    if (x->too_large || ++x->nodes > CD_SEMA_EXPANSION_LIMIT || x->depth >= CD_SEMA_DEPTH_LIMIT) {
        x->too_large = true;
        return e;
    }
    x->depth++;
    const struct cd_expr *result = NULL;
    if (e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING) {
        result = e->ref.binding == x->member ? x->value : argument_of(frame, e->ref.binding);
    } else if (e->kind == CD_EXPR_CALL && e->ref.kind == CD_REF_FN) {
        result = expand_call(x, e, frame);
    }
    if (result == NULL) {
        result = copy_of(x, e, frame);
    }
    x->depth--;
    return result;
}

const struct cd_expr *
cd_sema_inline(struct cd_arena *a, const struct cd_expr *e, const struct cd_binding *member,
               const struct cd_expr *value, uint32_t *nodes)
{
    struct expansion x = {.a = a, .member = member, .value = value};
    const struct cd_expr *result = expand(&x, e, NULL);
    *nodes = x.nodes;
    return x.too_large ? NULL : result;
}
