/* Syntax trees as text. The depth of expressions is bounded by the parser, that of data by the
 * nesting of brackets. */
#include "compiler/ast/dump.h"

#include "runtime/base/num.h"

/* ---- pieces ---- */

static void
put_path(const struct cd_path *path, struct cd_buf *out)
{
    for (size_t i = 0; i < path->n; i++) {
        if (i > 0) {
            cd_buf_putc(out, '.');
        }
        cd_buf_str(out, path->parts[i].text);
    }
}

static void
put_type(const struct cd_type_expr *t, struct cd_buf *out)
{
    put_path(&t->name, out);
    for (size_t i = 0; i < t->n_fields; i++) {
        cd_buf_putc(out, '.');
        cd_buf_str(out, t->fields[i].text);
    }
    if (t->arg != NULL) {
        cd_buf_putc(out, '<');
        put_type(t->arg, out);
        cd_buf_putc(out, '>');
    }
}

static void
put_labelled(const char *label, const struct cd_expr *e, struct cd_buf *out)
{
    if (e != NULL) {
        cd_buf_putc(out, ' ');
        cd_buf_puts(out, label);
        cd_buf_putc(out, ' ');
        cd_ast_dump_expr(e, out);
    }
}

static void
put_list(struct cd_expr *const *items, size_t n, struct cd_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        cd_buf_putc(out, ' ');
        cd_ast_dump_expr(items[i], out);
    }
}

/* ---- expressions ---- */

static const char *
rel_name(enum cd_rel rel, bool negated)
{
    switch (rel) {
    case CD_REL_EQ: return negated ? "!=" : "==";
    case CD_REL_LT: return "<";
    case CD_REL_LE: return "<=";
    case CD_REL_GT: return ">";
    case CD_REL_GE: return ">=";
    case CD_REL_IN: return negated ? "not-in" : "in";
    case CD_REL_LIKE: return negated ? "not-like" : "like";
    case CD_REL_MATCHES: return negated ? "not-matches" : "matches";
    case CD_REL_WITHIN: return negated ? "not-within" : "within";
    }
    return "?";
}

static const char *
quant_name(enum cd_quant quant)
{
    switch (quant) {
    case CD_QUANT_ALL: return "all";
    case CD_QUANT_ANY: return "any";
    case CD_QUANT_NONE: return "none";
    case CD_QUANT_COUNT: return "count";
    }
    return "?";
}

/* One part as a JSON string, several as (text …). */
static void
put_string(const struct cd_expr *e, struct cd_buf *out)
{
    if (e->n_parts == 1 && e->parts[0].expr == NULL) {
        cd_buf_json_str(out, e->parts[0].text);
        return;
    }
    cd_buf_puts(out, "(text");
    for (size_t i = 0; i < e->n_parts; i++) {
        cd_buf_putc(out, ' ');
        if (e->parts[i].expr != NULL) {
            cd_ast_dump_expr(e->parts[i].expr, out);
        } else {
            cd_buf_json_str(out, e->parts[i].text);
        }
    }
    cd_buf_putc(out, ')');
}

/* (HEAD A B), B may be NULL. */
static void
put_operation(const char *head, const struct cd_expr *a, const struct cd_expr *b,
              struct cd_buf *out)
{
    cd_buf_putc(out, '(');
    cd_buf_puts(out, head);
    cd_buf_putc(out, ' ');
    cd_ast_dump_expr(a, out);
    if (b != NULL) {
        cd_buf_putc(out, ' ');
        cd_ast_dump_expr(b, out);
    }
    cd_buf_putc(out, ')');
}

/* (HEAD A text) */
static void
put_with_text(const char *head, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_putc(out, '(');
    cd_buf_puts(out, head);
    cd_buf_putc(out, ' ');
    cd_ast_dump_expr(e->a, out);
    cd_buf_putc(out, ' ');
    cd_buf_str(out, e->text);
    cd_buf_putc(out, ')');
}

/* (all x in xs where p body) */
static void
put_ranging(const char *head, const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_printf(out, "(%s ", head);
    cd_buf_str(out, e->binding->name.text);
    put_labelled("in", e->source, out);
    put_labelled("where", e->where, out);
    cd_buf_putc(out, ' ');
    cd_ast_dump_expr(e->b, out);
    cd_buf_putc(out, ')');
}

static void
put_call(const struct cd_expr *e, struct cd_buf *out)
{
    cd_buf_puts(out, "(call ");
    cd_ast_dump_expr(e->a, out);
    put_list(e->items, e->n_items, out);
    put_labelled("when", e->where, out);
    cd_buf_putc(out, ')');
}

static void
put_brackets(char open, const struct cd_expr *e, char close, struct cd_buf *out)
{
    cd_buf_putc(out, open);
    for (size_t i = 0; i < e->n_items; i++) {
        if (i > 0) {
            cd_buf_puts(out, ", ");
        }
        cd_ast_dump_expr(e->items[i], out);
    }
    cd_buf_putc(out, close);
}

void
cd_ast_dump_expr(const struct cd_expr *e, struct cd_buf *out)
{
    char text[64];
    switch (e->kind) {
    case CD_EXPR_ERROR: cd_buf_puts(out, "(error)"); break;
    case CD_EXPR_BOOL: cd_buf_puts(out, e->boolean ? "true" : "false"); break;
    case CD_EXPR_NUMBER: cd_buf_number(out, e->number); break;
    case CD_EXPR_DURATION: cd_buf_str(out, cd_format_duration(e->ms, text)); break;
    case CD_EXPR_DATE: cd_buf_str(out, cd_format_time(e->ms, text)); break;
    case CD_EXPR_STRING: put_string(e, out); break;
    case CD_EXPR_NAME: cd_buf_str(out, e->text); break;
    case CD_EXPR_ANAME:
        cd_buf_putc(out, '`');
        cd_buf_str(out, e->text);
        cd_buf_putc(out, '`');
        break;
    case CD_EXPR_TYPE: cd_buf_str(out, e->text); break;
    case CD_EXPR_LIST: put_brackets('[', e, ']', out); break;
    case CD_EXPR_SET: put_brackets('{', e, '}', out); break;
    case CD_EXPR_COMPREHENSION: put_ranging("set", e, out); break;
    case CD_EXPR_QUANTIFIER: put_ranging(quant_name(e->quant), e, out); break;
    case CD_EXPR_FIELD: put_with_text("field", e, out); break;
    case CD_EXPR_INDEX: put_operation("index", e->a, e->b, out); break;
    case CD_EXPR_EACH: put_operation("each", e->a, NULL, out); break;
    case CD_EXPR_CALL: put_call(e, out); break;
    case CD_EXPR_FOLLOW: put_with_text("->", e, out); break;
    case CD_EXPR_NOT: put_operation("not", e->a, NULL, out); break;
    case CD_EXPR_NEG: put_operation("-", e->a, NULL, out); break;
    case CD_EXPR_ABSENT: put_operation("absent", e->a, NULL, out); break;
    case CD_EXPR_PRESENT: put_operation("present", e->a, NULL, out); break;
    case CD_EXPR_ADD: put_operation("+", e->a, e->b, out); break;
    case CD_EXPR_SUB: put_operation("-", e->a, e->b, out); break;
    case CD_EXPR_REL: put_operation(rel_name(e->rel, e->negated), e->a, e->b, out); break;
    case CD_EXPR_AND: put_operation("and", e->a, e->b, out); break;
    case CD_EXPR_OR: put_operation("or", e->a, e->b, out); break;
    case CD_EXPR_IF:
        cd_buf_puts(out, "(if ");
        cd_ast_dump_expr(e->where, out);
        put_labelled("then", e->a, out);
        put_labelled("else", e->b, out);
        cd_buf_putc(out, ')');
        break;
    case CD_EXPR_CONVERT: put_operation("convert", e->a, NULL, out); break;
    }
}

/* ---- declarations ---- */

static void
put_doc(struct cd_str doc, struct cd_buf *out)
{
    if (doc.n > 0) {
        cd_buf_puts(out, "doc ");
        cd_buf_json_str(out, doc);
        cd_buf_putc(out, '\n');
    }
}

static void
put_function(const struct cd_decl *d, struct cd_buf *out)
{
    cd_buf_puts(out, "fn ");
    cd_buf_str(out, d->name.text);
    cd_buf_putc(out, '(');
    for (size_t i = 0; i < d->n_params; i++) {
        cd_buf_puts(out, i > 0 ? ", " : "");
        cd_buf_str(out, d->params[i].binding->name.text);
        cd_buf_puts(out, ": ");
        put_type(d->params[i].type, out);
    }
    cd_buf_putc(out, ')');
    if (d->type_expr != NULL) {
        cd_buf_puts(out, ": ");
        put_type(d->type_expr, out);
    }
    put_labelled("=", d->value, out);
    cd_buf_putc(out, '\n');
}

static void
put_meta(const struct cd_meta *m, struct cd_buf *out)
{
    cd_buf_puts(out, "  meta ");
    cd_buf_str(out, m->word.text);
    for (size_t i = 0; i < m->n_values; i++) {
        cd_buf_putc(out, ' ');
        if (m->values[i].text != NULL) {
            cd_ast_dump_expr(m->values[i].text, out);
        } else {
            put_path(&m->values[i].path, out);
        }
    }
    cd_buf_putc(out, '\n');
}

static void
put_clause(const struct cd_clause *c, struct cd_buf *out)
{
    if (c->binding == NULL) {
        cd_buf_puts(out, "  estate");
    } else {
        cd_buf_puts(out, "  for ");
        cd_buf_str(out, c->binding->name.text);
        put_labelled("in", c->source, out);
        put_labelled("where", c->where, out);
    }
    cd_buf_putc(out, '\n');
    for (size_t i = 0; i < c->n_requires; i++) {
        cd_buf_puts(out, "   ");
        put_labelled("require", c->requires[i].cond, out);
        put_labelled("else", c->requires[i].message, out);
        cd_buf_putc(out, '\n');
    }
}

static void
put_acts(const struct cd_act *acts, size_t n, struct cd_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        cd_buf_putc(out, ' ');
        if (acts[i].is_star) {
            cd_buf_putc(out, '*');
        } else if (acts[i].path.n > 0) {
            put_path(&acts[i].path, out);
        } else {
            cd_buf_putc(out, '`');
            cd_buf_str(out, acts[i].aname);
            cd_buf_putc(out, '`');
        }
    }
}

static void
put_deny(const struct cd_deny *d, struct cd_buf *out)
{
    cd_buf_puts(out, "  deny");
    put_acts(d->acts, d->n_acts, out);
    if (d->n_excepts > 0) {
        cd_buf_puts(out, " except");
        put_acts(d->excepts, d->n_excepts, out);
    }
    if (d->n_on > 0) {
        cd_buf_puts(out, d->not_on ? " not on" : " on");
        put_list(d->on, d->n_on, out);
    }
    put_labelled("when", d->when, out);
    put_labelled("unless", d->unless, out);
    cd_buf_putc(out, '\n');
}

static void
put_control(const struct cd_decl *d, struct cd_buf *out)
{
    cd_buf_puts(out, "control ");
    cd_buf_str(out, d->name.text);
    cd_buf_putc(out, '\n');
    for (size_t i = 0; i < d->n_metas; i++) {
        put_meta(&d->metas[i], out);
    }
    for (size_t i = 0; i < d->n_clauses; i++) {
        put_clause(&d->clauses[i], out);
    }
    for (size_t i = 0; i < d->n_denies; i++) {
        put_deny(&d->denies[i], out);
    }
}

static void
put_data(const struct cd_data *d, struct cd_buf *out)
{
    switch (d->kind) {
    case CD_DATA_EXPR: cd_ast_dump_expr(d->expr, out); break;
    case CD_DATA_NUMBER: cd_buf_number(out, d->number); break;
    case CD_DATA_PATH: put_path(&d->path, out); break;
    case CD_DATA_ABSENT: cd_buf_puts(out, "absent"); break;
    case CD_DATA_UNKNOWN: cd_buf_puts(out, "unknown"); break;
    case CD_DATA_OBJECT:
        cd_buf_putc(out, '{');
        for (size_t i = 0; i < d->n; i++) {
            cd_buf_puts(out, i > 0 ? ", " : "");
            cd_buf_json_str(out, d->pairs[i].key.text);
            cd_buf_puts(out, ": ");
            put_data(d->pairs[i].value, out);
        }
        cd_buf_putc(out, '}');
        break;
    case CD_DATA_LIST:
        cd_buf_putc(out, '[');
        for (size_t i = 0; i < d->n; i++) {
            cd_buf_puts(out, i > 0 ? ", " : "");
            put_data(d->items[i], out);
        }
        cd_buf_putc(out, ']');
        break;
    }
}

static const char *
expect_name(enum cd_expect expect)
{
    switch (expect) {
    case CD_EXPECT_PASS: return "pass";
    case CD_EXPECT_FAIL: return "fail";
    case CD_EXPECT_UNKNOWN: return "unknown";
    case CD_EXPECT_WAIVED: return "waived";
    }
    return "?";
}

static void
put_step_head(const struct cd_step *s, struct cd_buf *out)
{
    switch (s->kind) {
    case CD_STEP_GIVEN:
        cd_buf_puts(out, "  given ");
        cd_buf_str(out, s->type_name.text);
        break;
    case CD_STEP_GIVEN_UNKNOWN:
        cd_buf_puts(out, "  given unknown ");
        cd_buf_str(out, s->type_name.text);
        break;
    case CD_STEP_GIVEN_FILE:
        cd_buf_puts(out, "  given file ");
        cd_ast_dump_expr(s->text, out);
        break;
    case CD_STEP_GIVEN_PARAM:
        cd_buf_puts(out, "  given ");
        put_path(&s->path, out);
        put_labelled("=", s->value, out);
        break;
    case CD_STEP_REQUEST:
        cd_buf_puts(out, "  request `");
        cd_buf_str(out, s->action.text);
        cd_buf_putc(out, '`');
        break;
    case CD_STEP_EXPECT:
        cd_buf_printf(out, "  expect %s ", expect_name(s->expect));
        put_path(&s->path, out);
        break;
    case CD_STEP_EXPECT_DENY:
        cd_buf_puts(out, s->negated ? "  expect not deny " : "  expect deny ");
        put_path(&s->path, out);
        break;
    }
}

static void
put_test(const struct cd_decl *d, struct cd_buf *out)
{
    cd_buf_puts(out, "test ");
    cd_buf_json_str(out, d->title_text);
    cd_buf_putc(out, '\n');
    for (size_t i = 0; i < d->n_steps; i++) {
        const struct cd_step *s = &d->steps[i];
        put_step_head(s, out);
        if (s->n_on > 0) {
            cd_buf_puts(out, " on");
            put_list(s->on, s->n_on, out);
        }
        if (s->object != NULL) {
            cd_buf_putc(out, ' ');
            put_data(s->object, out);
        }
        cd_buf_putc(out, '\n');
    }
}

static void
put_waive(const struct cd_decl *d, struct cd_buf *out)
{
    char time[32];
    cd_buf_puts(out, "waive ");
    put_path(&d->target, out);
    cd_buf_puts(out, " on");
    put_list(d->on, d->n_on, out);
    cd_buf_puts(out, " until ");
    cd_buf_str(out, cd_format_time(d->until_ms, time));
    put_labelled("because", d->because, out);
    cd_buf_putc(out, '\n');
}

static void
put_decl(const struct cd_decl *d, struct cd_buf *out)
{
    put_doc(d->doc, out);
    switch (d->kind) {
    case CD_DECL_PARAM:
        cd_buf_puts(out, "param ");
        cd_buf_str(out, d->name.text);
        cd_buf_puts(out, ": ");
        put_type(d->type_expr, out);
        put_labelled("=", d->value, out);
        put_labelled("where", d->where, out);
        cd_buf_putc(out, '\n');
        break;
    case CD_DECL_LET:
        cd_buf_puts(out, "let ");
        cd_buf_str(out, d->name.text);
        put_labelled("=", d->value, out);
        cd_buf_putc(out, '\n');
        break;
    case CD_DECL_FN: put_function(d, out); break;
    case CD_DECL_CONTROL: put_control(d, out); break;
    case CD_DECL_WAIVE: put_waive(d, out); break;
    case CD_DECL_TEST: put_test(d, out); break;
    }
}

void
cd_ast_dump(const struct cd_module *m, struct cd_buf *out)
{
    put_doc(m->doc, out);
    cd_buf_puts(out, "module ");
    cd_buf_str(out, m->name);
    cd_buf_putc(out, '\n');
    for (size_t i = 0; i < m->n_uses; i++) {
        cd_buf_puts(out, "use ");
        put_path(&m->uses[i].path, out);
        cd_buf_puts(out, " as ");
        cd_buf_str(out, m->uses[i].alias.text);
        cd_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < m->n_decls; i++) {
        put_decl(m->decls[i], out);
    }
}
