/* Expansion of functions in the conditions of a deny, and strings as IAM writes them. */
#include "compiler/emit/emit.h"

#include "runtime/base/num.h"

#define NODE_LIMIT 100000u
#define DEPTH_LIMIT 2000u

/* What the parameters of the functions around a node stand for. */
struct frame {
    const struct cd_decl *fn;
    const struct cd_expr **args; /* expanded */
    const struct frame *outer;
};

struct expansion {
    struct cd_arena *a;
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
    if (x->too_large || ++x->nodes > NODE_LIMIT || x->depth >= DEPTH_LIMIT) {
        x->too_large = true;
        return e;
    }
    x->depth++;
    const struct cd_expr *result = NULL;
    if (e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING) {
        result = argument_of(frame, e->ref.binding);
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
cd_emit_expand(struct cd_arena *a, const struct cd_expr *e)
{
    struct expansion x = {.a = a};
    const struct cd_expr *result = expand(&x, e, NULL);
    return x.too_large ? NULL : result;
}

/* Appends TEXT so that IAM reads it as itself: `${` would begin a policy variable, and in a pattern
 * from a value `*` and `?` are no wildcards. */
static void
put_escaped(struct cd_buf *b, struct cd_str text, bool quote_wildcards)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool opens_variable = c == '$' && i + 1 < text.n && text.p[i + 1] == '{';
        if (opens_variable || (quote_wildcards && (c == '*' || c == '?'))) {
            cd_buf_printf(b, "${%c}", c);
        } else {
            cd_buf_putc(b, c);
        }
    }
}

static bool
put_constant(struct cd_buf *b, const struct cd_const *c, bool quote_wildcards)
{
    char text[48];
    switch (c->kind) {
    case CD_CONST_STRING: put_escaped(b, c->text, quote_wildcards); return true;
    case CD_CONST_BOOL: cd_buf_puts(b, c->boolean ? "true" : "false"); return true;
    case CD_CONST_NUMBER: cd_buf_number(b, c->number); return true;
    case CD_CONST_TIME: cd_buf_str(b, cd_format_time(c->ms, text)); return true;
    case CD_CONST_ABSENT:
    case CD_CONST_DURATION:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: return false;
    }
    return false;
}

static bool
put_part(struct cd_arena *a, struct cd_buf *b, const struct cd_text_part *part, bool is_pattern,
         const struct cd_const_env *env)
{
    if (part->expr == NULL) {
        put_escaped(b, part->text, false);
        return true;
    }
    if (part->expr->ref.kind == CD_REF_KEY) {
        cd_buf_printf(b, "${%.*s}", CD_FMT(part->expr->text));
        return true;
    }
    const struct cd_const *c = cd_const_eval(a, part->expr, env);
    return c != NULL && put_constant(b, c, is_pattern);
}

static bool
put_text(struct cd_arena *a, struct cd_buf *b, const struct cd_expr *e, bool is_pattern,
         const struct cd_const_env *env)
{
    if (e->kind == CD_EXPR_STRING) {
        for (size_t i = 0; i < e->n_parts; i++) {
            if (!put_part(a, b, &e->parts[i], is_pattern, env)) {
                return false;
            }
        }
        return true;
    }
    if (e->ref.kind == CD_REF_KEY) {
        cd_buf_printf(b, "${%.*s}", CD_FMT(e->text));
        return true;
    }
    const struct cd_const *c = cd_const_eval(a, e, env);
    return c != NULL && put_constant(b, c, false);
}

bool
cd_emit_text(struct cd_arena *a, const struct cd_expr *e, bool is_pattern,
             const struct cd_const_env *env, struct cd_str *out)
{
    struct cd_buf b = CD_BUF_INIT;
    bool ok = put_text(a, &b, e, is_pattern, env) && !b.oom;
    if (ok) {
        *out = cd_arena_str(a, cd_buf_view(&b));
    }
    cd_buf_finish(&b);
    return ok;
}
