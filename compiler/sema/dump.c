/* `check --dump=typed`: declarations with the type of every expression and what every name stands
 * for. */
#include <inttypes.h>

#include "compiler/sema/check.h"
#include "runtime/base/num.h"

static void put_expr(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out);

static void
put_type(const struct cd_sema *s, const struct cd_type *t, struct cd_buf *out)
{
    cd_buf_str(out, t ? cd_type_name(t, s->arena) : CD_STR("?"));
}

static const char *
rel_name(const struct cd_expr *e)
{
    static const char *const plain[] = {
        [CD_REL_EQ] = "==",         [CD_REL_LT] = "<",
        [CD_REL_LE] = "<=",         [CD_REL_GT] = ">",
        [CD_REL_GE] = ">=",         [CD_REL_IN] = "in",
        [CD_REL_LIKE] = "like",     [CD_REL_MATCHES] = "matches",
        [CD_REL_WITHIN] = "within",
    };
    static const char *const negated[] = {
        [CD_REL_EQ] = "!=",
        [CD_REL_LT] = "not<",
        [CD_REL_LE] = "not<=",
        [CD_REL_GT] = "not>",
        [CD_REL_GE] = "not>=",
        [CD_REL_IN] = "not-in",
        [CD_REL_LIKE] = "not-like",
        [CD_REL_MATCHES] = "not-matches",
        [CD_REL_WITHIN] = "not-within",
    };
    return e->negated ? negated[e->rel] : plain[e->rel];
}

static void
put_decl_ref(const struct cd_sema *s, const char *kind, const struct cd_decl *d, struct cd_buf *out)
{
    cd_buf_printf(out, "@%s ", kind);
    cd_buf_str(out, cd_sema_full_name(d, s->arena));
}

static void
put_key(const struct cd_ref *ref, struct cd_buf *out)
{
    cd_buf_puts(out, "@key ");
    cd_buf_str(out, ref->key == CD_SCHEMA_NONE ? CD_STR("?") : cd_iam_key_at(ref->key).name);
}

static void
put_field_ref(const struct cd_ref *ref, struct cd_buf *out)
{
    struct cd_schema_field f = cd_schema_field_at(ref->field);
    cd_buf_puts(out, "@field ");
    cd_buf_str(out, f.name);
}

static void
put_ref(const struct cd_sema *s, const struct cd_ref *ref, struct cd_buf *out)
{
    switch (ref->kind) {
    case CD_REF_NONE: break;
    case CD_REF_BINDING: cd_buf_puts(out, "@variable"); break;
    case CD_REF_PARAM: put_decl_ref(s, "param", ref->decl, out); break;
    case CD_REF_LET: put_decl_ref(s, "let", ref->decl, out); break;
    case CD_REF_FN: put_decl_ref(s, "fn", ref->decl, out); break;
    case CD_REF_BUILTIN: cd_buf_puts(out, "@builtin"); break;
    case CD_REF_MODULE: cd_buf_puts(out, "@module"); break;
    case CD_REF_TABLE: cd_buf_puts(out, "@table"); break;
    case CD_REF_INTERNET: cd_buf_puts(out, "@internet"); break;
    case CD_REF_ACTION: cd_buf_puts(out, "@action"); break;
    case CD_REF_KEY: put_key(ref, out); break;
    case CD_REF_ENVELOPE: cd_buf_puts(out, "@envelope"); break;
    case CD_REF_FIELD: put_field_ref(ref, out); break;
    case CD_REF_JSON: cd_buf_puts(out, "@json"); break;
    case CD_REF_ARN_PART: cd_buf_puts(out, "@arn"); break;
    case CD_REF_MAP: cd_buf_puts(out, "@map"); break;
    }
}

static void
put_operands(const struct cd_sema *s, const char *op, const struct cd_expr *a,
             const struct cd_expr *b, struct cd_buf *out)
{
    cd_buf_printf(out, "(%s ", op);
    put_expr(s, a, out);
    if (b) {
        cd_buf_putc(out, ' ');
        put_expr(s, b, out);
    }
    cd_buf_putc(out, ')');
}

static void
put_items(const struct cd_sema *s, const char *op, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_printf(out, "(%s", op);
    for (size_t i = 0; i < e->n_items; i++) {
        cd_buf_putc(out, ' ');
        put_expr(s, e->items[i], out);
    }
    cd_buf_putc(out, ')');
}

static void
put_loop(const struct cd_sema *s, const char *op, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_printf(out, "(%s ", op);
    cd_buf_str(out, e->binding->name.text);
    cd_buf_putc(out, ':');
    put_type(s, e->binding->type, out);
    cd_buf_puts(out, " in ");
    put_expr(s, e->source, out);
    if (e->where) {
        cd_buf_puts(out, " where ");
        put_expr(s, e->where, out);
    }
    cd_buf_puts(out, " : ");
    put_expr(s, e->b, out);
    cd_buf_putc(out, ')');
}

static void
put_text(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    if (cd_is_literal(e) && e->n_parts <= 1) {
        cd_buf_json_str(out, e->n_parts ? e->parts[0].text : CD_STR(""));
        return;
    }
    cd_buf_puts(out, "(text");
    for (size_t i = 0; i < e->n_parts; i++) {
        cd_buf_putc(out, ' ');
        if (e->parts[i].expr) {
            put_expr(s, e->parts[i].expr, out);
        } else {
            cd_buf_json_str(out, e->parts[i].text);
        }
    }
    cd_buf_putc(out, ')');
}

static void
put_call(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_puts(out, "(call ");
    cd_buf_str(out, e->a->text);
    put_ref(s, &e->ref, out);
    for (size_t i = 0; i < e->n_items; i++) {
        cd_buf_putc(out, ' ');
        put_expr(s, e->items[i], out);
    }
    if (e->where) {
        cd_buf_puts(out, " when ");
        put_expr(s, e->where, out);
    }
    cd_buf_putc(out, ')');
}

static void
put_field(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    if (e->ref.kind == CD_REF_LET || e->ref.kind == CD_REF_PARAM) {
        put_ref(s, &e->ref, out);
        return;
    }
    cd_buf_puts(out, e->through_each ? "(.each " : "(. ");
    put_expr(s, e->a, out);
    cd_buf_putc(out, ' ');
    cd_buf_str(out, e->text);
    put_ref(s, &e->ref, out);
    cd_buf_putc(out, ')');
}

static void
put_if(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_puts(out, "(if ");
    put_expr(s, e->where, out);
    cd_buf_putc(out, ' ');
    put_expr(s, e->a, out);
    cd_buf_putc(out, ' ');
    put_expr(s, e->b, out);
    cd_buf_putc(out, ')');
}

static void
put_kind(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    static const char *const quants[] = {[CD_QUANT_ALL] = "all",
                                         [CD_QUANT_ANY] = "any",
                                         [CD_QUANT_NONE] = "none",
                                         [CD_QUANT_COUNT] = "count"};
    char text[48];
    switch (e->kind) {
    case CD_EXPR_ERROR: cd_buf_puts(out, "(error)"); break;
    case CD_EXPR_BOOL: cd_buf_puts(out, e->boolean ? "true" : "false"); break;
    case CD_EXPR_NUMBER: cd_buf_number(out, e->number); break;
    case CD_EXPR_DURATION: cd_buf_str(out, cd_format_duration(e->ms, text)); break;
    case CD_EXPR_DATE: cd_buf_str(out, cd_format_time(e->ms, text)); break;
    case CD_EXPR_STRING: put_text(s, e, out); break;
    case CD_EXPR_NAME:
    case CD_EXPR_ANAME:
    case CD_EXPR_TYPE:
        cd_buf_str(out, e->text);
        put_ref(s, &e->ref, out);
        break;
    case CD_EXPR_LIST: put_items(s, "list", e, out); break;
    case CD_EXPR_SET: put_items(s, "set", e, out); break;
    case CD_EXPR_COMPREHENSION: put_loop(s, "each", e, out); break;
    case CD_EXPR_QUANTIFIER: put_loop(s, quants[e->quant], e, out); break;
    case CD_EXPR_FIELD: put_field(s, e, out); break;
    case CD_EXPR_INDEX: put_operands(s, "index", e->a, e->b, out); break;
    case CD_EXPR_EACH: put_operands(s, "[*]", e->a, NULL, out); break;
    case CD_EXPR_CALL: put_call(s, e, out); break;
    case CD_EXPR_FOLLOW: put_operands(s, e->through_each ? "->each" : "->", e->a, NULL, out); break;
    case CD_EXPR_NOT: put_operands(s, "not", e->a, NULL, out); break;
    case CD_EXPR_NEG: put_operands(s, "-", e->a, NULL, out); break;
    case CD_EXPR_ABSENT: put_operands(s, "absent", e->a, NULL, out); break;
    case CD_EXPR_PRESENT: put_operands(s, "present", e->a, NULL, out); break;
    case CD_EXPR_ADD: put_operands(s, "+", e->a, e->b, out); break;
    case CD_EXPR_SUB: put_operands(s, "-", e->a, e->b, out); break;
    case CD_EXPR_REL: put_operands(s, rel_name(e), e->a, e->b, out); break;
    case CD_EXPR_AND: put_operands(s, "and", e->a, e->b, out); break;
    case CD_EXPR_OR: put_operands(s, "or", e->a, e->b, out); break;
    case CD_EXPR_IF: put_if(s, e, out); break;
    case CD_EXPR_CONVERT: put_operands(s, "convert", e->a, NULL, out); break;
    }
}

static void
put_expr(const struct cd_sema *s, const struct cd_expr *e, struct cd_buf *out)
{
    put_kind(s, e, out);
    cd_buf_putc(out, ':');
    put_type(s, e->type, out);
}

void
cd_sema_put_line(const struct cd_sema *s, const char *word, const struct cd_expr *e,
                 struct cd_buf *out)
{
    if (e) {
        cd_buf_puts(out, word);
        put_expr(s, e, out);
        cd_buf_putc(out, '\n');
    }
}
