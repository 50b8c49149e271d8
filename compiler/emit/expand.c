/* Constants in the conditions of a deny, and strings as IAM writes them. */
#include "compiler/emit/emit.h"

#include "runtime/base/num.h"
#include "runtime/schema/schema.h"

#define DEPTH_LIMIT 2000u /* of texts in texts, and of expanded expressions */

const struct cd_expr *
cd_emit_expand(struct cd_arena *a, const struct cd_expr *e)
{
    uint32_t nodes;
    return cd_sema_inline(a, e, NULL, NULL, &nodes);
}

const struct cd_expr *
cd_emit_substitute(struct cd_arena *a, const struct cd_expr *e, const struct cd_binding *member,
                   const struct cd_const *value, uint32_t *nodes)
{
    const struct cd_expr *literal = cd_emit_literal(a, value, member->type);
    uint32_t copied;
    const struct cd_expr *result = cd_sema_inline(a, e, member, literal, &copied);
    *nodes += result == NULL ? CD_SEMA_EXPANSION_LIMIT + 1 : copied;
    return result;
}

static enum cd_expr_kind
literal_kind(enum cd_const_kind kind)
{
    switch (kind) {
    case CD_CONST_BOOL: return CD_EXPR_BOOL;
    case CD_CONST_NUMBER: return CD_EXPR_NUMBER;
    case CD_CONST_TIME: return CD_EXPR_DATE;
    case CD_CONST_DURATION: return CD_EXPR_DURATION;
    case CD_CONST_ABSENT:
    case CD_CONST_STRING:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: break;
    }
    return CD_EXPR_STRING;
}

struct cd_expr *
cd_emit_literal(struct cd_arena *a, const struct cd_const *value, const struct cd_type *type)
{
    struct cd_expr *e = CD_NEW(a, struct cd_expr);
    struct cd_text_part *part = CD_NEW(a, struct cd_text_part);
    *part = (struct cd_text_part){.text = value->text};
    *e = (struct cd_expr){.kind = literal_kind(value->kind),
                          .type = type,
                          .boolean = value->boolean,
                          .number = value->number,
                          .ms = value->ms,
                          .parts = part,
                          .n_parts = 1};
    return e;
}

/* ---- texts ---- */

/* A text under way: what comes is escaped across the borders of its parts. */
struct text {
    struct cd_buf *b;
    const struct cd_const_env *env;
    struct cd_arena *a;
    bool is_pattern;
    bool after_dollar; /* the last byte is a dollar sign that stands for itself */
    bool has_variable;
};

static void
put_byte(struct text *t, char c, bool quote)
{
    if (t->after_dollar && c == '{') {
        t->b->n--; /* `${` would begin a policy variable */
        cd_buf_puts(t->b, "${$}");
    }
    if (quote && (c == '*' || c == '?')) {
        cd_buf_printf(t->b, "${%c}", c);
    } else {
        cd_buf_putc(t->b, c);
    }
    t->after_dollar = c == '$';
}

static void
put_bytes(struct text *t, struct cd_str text, bool quote)
{
    for (size_t i = 0; i < text.n; i++) {
        put_byte(t, text.p[i], quote);
    }
}

/* IAM takes decimals, not exponents. */
static bool
put_number(struct text *t, double d)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_number(&b, d);
    struct cd_str text = cd_buf_view(&b);
    bool plain = cd_str_find(text, 'e', 0) == text.n && cd_str_find(text, 'E', 0) == text.n;
    put_bytes(t, text, false);
    cd_buf_finish(&b);
    return plain;
}

static enum cd_emit_text
put_constant(struct text *t, const struct cd_const *c, bool quote)
{
    char text[48];
    bool ok = true;
    switch (c->kind) {
    case CD_CONST_STRING: put_bytes(t, c->text, quote); break;
    case CD_CONST_BOOL: put_bytes(t, cd_str_of(c->boolean ? "true" : "false"), false); break;
    case CD_CONST_NUMBER: ok = put_number(t, c->number); break;
    case CD_CONST_TIME: put_bytes(t, cd_format_time(c->ms, text), false); break;
    case CD_CONST_ABSENT:
    case CD_CONST_DURATION:
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: ok = false; break;
    }
    return ok ? CD_TEXT_DONE : CD_TEXT_NOT_CONSTANT;
}

/* Policy variables are keys of one value. */
static enum cd_emit_text
put_key(struct text *t, const struct cd_expr *key)
{
    if (key->ref.key == CD_SCHEMA_NONE || cd_iam_key_at(key->ref.key).is_multivalued) {
        return CD_TEXT_NOT_CONSTANT;
    }
    cd_buf_printf(t->b, "${%.*s}", CD_FMT(cd_key_name(t->a, key)));
    t->has_variable = true;
    t->after_dollar = false;
    return CD_TEXT_DONE;
}

/* As deep as expansion lets expressions be. */
static bool
reads_request(const struct cd_expr *e, unsigned depth)
{
    const struct cd_expr *const children[] = {e->a, e->b, e->where, e->source};
    bool found = e->ref.kind == CD_REF_KEY || e->ref.kind == CD_REF_BINDING || depth > DEPTH_LIMIT;
    for (size_t i = 0; i < CD_ARRAY_LEN(children) && !found; i++) {
        found = children[i] != NULL && reads_request(children[i], depth + 1);
    }
    for (size_t i = 0; i < e->n_items && !found; i++) {
        found = reads_request(e->items[i], depth + 1);
    }
    for (size_t i = 0; i < e->n_parts && !found; i++) {
        found = e->parts[i].expr != NULL && reads_request(e->parts[i].expr, depth + 1);
    }
    return found;
}

bool
cd_emit_reads_request(const struct cd_expr *e)
{
    return reads_request(e, 0);
}

/* The value of an expression without the request; without one it is for want of a parameter's. */
static enum cd_emit_text
put_value(struct text *t, const struct cd_expr *e, bool quote)
{
    const struct cd_const *c = cd_const_eval(t->a, e, t->env);
    if (c != NULL) {
        return put_constant(t, c, quote);
    }
    return reads_request(e, 0) ? CD_TEXT_NOT_CONSTANT : CD_TEXT_OPEN;
}

/* QUOTE: literal text is interpolated itself, by way of a function's argument. */
static enum cd_emit_text
put_parts(struct text *t, const struct cd_expr *e, bool quote, unsigned depth)
{
    enum cd_emit_text status = CD_TEXT_DONE;
    for (size_t i = 0; i < e->n_parts && status == CD_TEXT_DONE; i++) {
        const struct cd_expr *part = e->parts[i].expr;
        if (part == NULL) {
            put_bytes(t, e->parts[i].text, quote);
        } else if (part->ref.kind == CD_REF_KEY && part->kind != CD_EXPR_CONVERT) {
            status = put_key(t, part);
        } else if (part->kind == CD_EXPR_STRING && depth < DEPTH_LIMIT) {
            status = put_parts(t, part, t->is_pattern, depth + 1);
        } else {
            status = put_value(t, part, t->is_pattern);
        }
    }
    return status;
}

static enum cd_emit_text
put_text(struct text *t, const struct cd_expr *e)
{
    if (e->kind == CD_EXPR_STRING) {
        return put_parts(t, e, false, 0);
    }
    if (e->kind == CD_EXPR_ANAME && e->ref.kind == CD_REF_KEY) {
        /* As a whole pattern a key would bring its wildcards along, which IAM does not do. */
        return t->is_pattern ? CD_TEXT_NOT_CONSTANT : put_key(t, e);
    }
    return put_value(t, e, false);
}

enum cd_emit_text
cd_emit_text(struct cd_arena *a, const struct cd_expr *e, bool is_pattern,
             const struct cd_const_env *env, struct cd_str *out, bool *has_variable)
{
    struct cd_buf b = CD_BUF_INIT;
    struct text t = {.b = &b, .env = env, .a = a, .is_pattern = is_pattern};
    enum cd_emit_text status = put_text(&t, e);
    if (status == CD_TEXT_DONE) {
        *out = cd_arena_str(a, cd_buf_view(&b));
        *has_variable = *has_variable || t.has_variable;
    }
    cd_buf_finish(&b);
    return status;
}
