/* `check --dump=typed`: the lines of declarations around their expressions. */
#include "compiler/sema/check.h"
#include "runtime/base/num.h"

static void
put_typed_name(const struct cd_sema *s, struct cd_str name, const struct cd_type *t,
               struct cd_buf *out)
{
    cd_buf_str(out, name);
    cd_buf_puts(out, ": ");
    cd_buf_str(out, t ? cd_type_name(t, s->arena) : CD_STR("?"));
}

static void
put_fn(const struct cd_sema *s, const struct cd_decl *d, struct cd_buf *out)
{
    cd_buf_puts(out, "fn ");
    cd_buf_str(out, d->name.text);
    cd_buf_putc(out, '(');
    for (size_t i = 0; i < d->n_params; i++) {
        cd_buf_puts(out, i > 0 ? ", " : "");
        put_typed_name(s, d->params[i].binding->name.text, d->params[i].binding->type, out);
    }
    cd_buf_puts(out, "): ");
    cd_buf_str(out, d->type ? cd_type_name(d->type, s->arena) : CD_STR("?"));
    cd_buf_putc(out, '\n');
    cd_sema_put_line(s, "  = ", d->value, out);
}

static void
put_quoted(const char *word, struct cd_str text, struct cd_buf *out)
{
    if (text.n > 0) {
        cd_buf_puts(out, word);
        cd_buf_json_str(out, text);
        cd_buf_putc(out, '\n');
    }
}

static void
put_clause(const struct cd_sema *s, const struct cd_clause *clause, struct cd_buf *out)
{
    if (clause->binding) {
        cd_buf_puts(out, "  for ");
        put_typed_name(s, clause->binding->name.text, clause->binding->type, out);
        cd_buf_putc(out, '\n');
        cd_sema_put_line(s, "    where ", clause->where, out);
    } else {
        cd_buf_puts(out, "  estate\n");
    }
    for (size_t i = 0; i < clause->n_requires; i++) {
        cd_sema_put_line(s, "    require ", clause->requires[i].cond, out);
        cd_sema_put_line(s, "      else ", clause->requires[i].message, out);
    }
}

static void
put_acts(const struct cd_sema *s, const char *word, const struct cd_act *acts, size_t n,
         struct cd_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if (acts[i].value) {
            cd_sema_put_line(s, word, acts[i].value, out);
            continue;
        }
        cd_buf_puts(out, word);
        cd_buf_str(out, acts[i].is_star ? CD_STR("*") : acts[i].aname);
        cd_buf_putc(out, '\n');
    }
}

static void
put_deny(const struct cd_sema *s, const struct cd_deny *d, struct cd_buf *out)
{
    cd_buf_puts(out, d->require != NULL ? "  deny, derived\n" : "  deny\n");
    put_acts(s, "    act ", d->acts, d->n_acts, out);
    put_acts(s, "    except ", d->excepts, d->n_excepts, out);
    for (size_t i = 0; i < d->n_on; i++) {
        cd_sema_put_line(s,
                         d->is_scope ? "    scope "
                         : d->not_on ? "    not-on "
                                     : "    on ",
                         d->on[i], out);
    }
    cd_sema_put_line(s, "    when ", d->when, out);
    cd_sema_put_line(s, "    unless ", d->unless, out);
}

static void
put_control(const struct cd_sema *s, const struct cd_decl *d, struct cd_buf *out)
{
    static const char *const levels[] = {"info", "low", "medium", "high", "critical"};
    cd_buf_puts(out, "control ");
    cd_buf_str(out, d->name.text);
    cd_buf_printf(out, " severity %s\n", levels[d->severity]);
    put_quoted("  id ", d->id, out);
    put_quoted("  title ", d->title, out);
    put_quoted("  text ", d->text, out);
    put_quoted("  remedy ", d->remedy, out);
    put_quoted("  owner ", d->owner, out);
    put_quoted("  detect_only ", d->detect_only, out);
    for (size_t i = 0; i < d->n_metas; i++) {
        for (size_t k = 0; k < d->metas[i].n_values; k++) {
            if (d->metas[i].values[k].decl) {
                cd_buf_puts(out, "  ");
                cd_buf_str(out, d->metas[i].word.text);
                cd_buf_putc(out, ' ');
                cd_buf_str(out, cd_sema_full_name(d->metas[i].values[k].decl, s->arena));
                cd_buf_putc(out, '\n');
            }
        }
    }
    for (size_t i = 0; i < d->n_clauses; i++) {
        put_clause(s, &d->clauses[i], out);
    }
    for (size_t i = 0; i < d->n_denies; i++) {
        put_deny(s, &d->denies[i], out);
    }
}

static void
put_waive(const struct cd_sema *s, const struct cd_decl *d, struct cd_buf *out)
{
    char time[32];
    cd_buf_puts(out, "waive ");
    cd_buf_str(out, d->target_decl ? cd_sema_full_name(d->target_decl, s->arena) : CD_STR("?"));
    cd_buf_puts(out, " until ");
    cd_buf_str(out, cd_format_time(d->until_ms, time));
    cd_buf_putc(out, '\n');
    for (size_t i = 0; i < d->n_on; i++) {
        cd_sema_put_line(s, "  on ", d->on[i], out);
    }
    cd_sema_put_line(s, "  because ", d->because, out);
}

static void
put_step(const struct cd_sema *s, const struct cd_step *step, struct cd_buf *out)
{
    static const char *const names[] = {
        [CD_STEP_GIVEN] = "given",
        [CD_STEP_GIVEN_UNKNOWN] = "given unknown",
        [CD_STEP_GIVEN_FILE] = "given file",
        [CD_STEP_GIVEN_PARAM] = "given param",
        [CD_STEP_REQUEST] = "request",
        [CD_STEP_EXPECT] = "expect",
        [CD_STEP_EXPECT_DENY] = "expect deny",
    };
    cd_buf_printf(out, "  %s%s", names[step->kind], step->negated ? " not" : "");
    if (step->type_name.text.n > 0) {
        cd_buf_putc(out, ' ');
        cd_buf_str(out, step->type_name.text);
    }
    if (step->action.text.n > 0) {
        cd_buf_putc(out, ' ');
        cd_buf_str(out, step->action.text);
    }
    if (step->decl) {
        cd_buf_putc(out, ' ');
        cd_buf_str(out, cd_sema_full_name(step->decl, s->arena));
    }
    cd_buf_putc(out, '\n');
    cd_sema_put_line(s, "    ", step->text, out);
    cd_sema_put_line(s, "    = ", step->value, out);
    for (size_t i = 0; i < step->n_on; i++) {
        cd_sema_put_line(s, "    on ", step->on[i], out);
    }
}

static void
put_decl(const struct cd_sema *s, const struct cd_decl *d, struct cd_buf *out)
{
    switch (d->kind) {
    case CD_DECL_PARAM:
        cd_buf_puts(out, "param ");
        put_typed_name(s, d->name.text, d->type, out);
        cd_buf_putc(out, '\n');
        cd_sema_put_line(s, "  = ", d->value, out);
        cd_sema_put_line(s, "  where ", d->where, out);
        break;
    case CD_DECL_LET:
        cd_buf_puts(out, "let ");
        put_typed_name(s, d->name.text, d->type, out);
        cd_buf_putc(out, '\n');
        cd_sema_put_line(s, "  = ", d->value, out);
        break;
    case CD_DECL_FN: put_fn(s, d, out); break;
    case CD_DECL_CONTROL: put_control(s, d, out); break;
    case CD_DECL_WAIVE: put_waive(s, d, out); break;
    case CD_DECL_TEST:
        cd_buf_puts(out, "test ");
        cd_buf_json_str(out, d->title_text);
        cd_buf_putc(out, '\n');
        for (size_t i = 0; i < d->n_steps; i++) {
            put_step(s, &d->steps[i], out);
        }
        break;
    }
}

void
cd_sema_dump(const struct cd_sema *s, struct cd_buf *out)
{
    for (size_t i = 0; i < s->modules->n; i++) {
        const struct cd_module *m = s->modules->items[i];
        if (!m->selected) {
            continue;
        }
        cd_buf_puts(out, "module ");
        cd_buf_str(out, m->name);
        cd_buf_putc(out, '\n');
        for (size_t k = 0; k < m->n_decls; k++) {
            put_decl(s, m->decls[k], out);
        }
    }
}
