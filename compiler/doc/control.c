/* One control in the catalogue: its text, what it detects and prevents, its parameters, its
 * tests. */
#include "compiler/doc/catalogue.h"
#include "runtime/base/num.h"
#include "runtime/bc/program.h"

const char *
cd_doc_severity(const struct cd_decl *control)
{
    static const char *const words[] = {
        [CD_LEVEL_INFO] = "info", [CD_LEVEL_LOW] = "low",           [CD_LEVEL_MEDIUM] = "medium",
        [CD_LEVEL_HIGH] = "high", [CD_LEVEL_CRITICAL] = "critical",
    };
    return words[control->severity];
}

/* ---- metadata ---- */

bool
cd_doc_is_mapping(const struct cd_meta *m, bool *suggested)
{
    *suggested = cd_str_eq(m->word.text, CD_STR("suggests"));
    return *suggested || cd_str_eq(m->word.text, CD_STR("maps"));
}

struct cd_str
cd_doc_mapping_text(const struct cd_doc *d, const struct cd_meta_value *v)
{
    const struct cd_expr *e = v->decl != NULL ? v->decl->value : v->text;
    const struct cd_const *c = e != NULL ? cd_const_eval(d->arena, e, NULL) : NULL;
    return c != NULL && c->kind == CD_CONST_STRING ? c->text : CD_STR("");
}

static void
put_mapping(struct cd_doc *d, const struct cd_meta_value *v)
{
    struct cd_str text = cd_doc_mapping_text(d, v);
    const struct cd_doc_module *f = v->decl != NULL ? cd_doc_framework(d, v->decl->module) : NULL;
    if (f != NULL) {
        cd_md_link(d, text, f->heading.anchor);
    } else {
        cd_md_cell(d, text);
    }
}

/* "- LABEL: a; b" for the mappings of one word; nothing without one. */
static void
put_mappings(struct cd_doc *d, const struct cd_decl *c, const char *label, bool suggested)
{
    bool any = false;
    for (size_t i = 0; i < c->n_metas; i++) {
        bool is_suggestion;
        if (!cd_doc_is_mapping(&c->metas[i], &is_suggestion) || is_suggestion != suggested) {
            continue;
        }
        for (size_t k = 0; k < c->metas[i].n_values; k++) {
            cd_buf_printf(d->out, "%s%s", any ? "; " : "- ", any ? "" : label);
            put_mapping(d, &c->metas[i].values[k]);
            any = true;
        }
    }
    cd_buf_puts(d->out, any ? "\n" : "");
}

/* "- LABEL: VALUE"; nothing for an empty value. */
static void
put_fact(struct cd_doc *d, const char *label, struct cd_str value)
{
    if (value.n > 0) {
        cd_buf_printf(d->out, "- %s: ", label);
        cd_md_line(d, value);
        cd_buf_puts(d->out, "\n");
    }
}

static void
put_reads(struct cd_doc *d, const struct cd_doc_control *c)
{
    for (size_t i = 0; i < c->params.n; i++) {
        const struct cd_decl *p = c->params.items[i];
        const struct cd_doc_module *m = NULL;
        for (size_t k = 0; k < d->param_modules.n; k++) {
            m = d->param_modules.items[k].module == p->module ? &d->param_modules.items[k] : m;
        }
        cd_buf_puts(d->out, i == 0 ? "- parameters: " : ", ");
        cd_buf_putc(d->out, '[');
        cd_md_code(d, cd_sema_full_name(p, d->arena), false);
        cd_buf_printf(d->out, "](#%.*s)", CD_FMT(m != NULL ? m->heading.anchor : CD_STR("")));
    }
    cd_buf_puts(d->out, c->params.n > 0 ? "\n" : "");
}

static void
put_waives(struct cd_doc *d, const struct cd_doc_control *c)
{
    for (size_t i = 0; i < c->waives.n; i++) {
        const struct cd_decl *w = c->waives.items[i];
        const struct cd_const *because = cd_const_eval(d->arena, w->because, NULL);
        char date[48];
        cd_buf_puts(d->out, "- waived: ");
        for (size_t k = 0; k < w->n_on; k++) {
            const struct cd_const *on = cd_const_eval(d->arena, w->on[k], NULL);
            cd_buf_puts(d->out, k > 0 ? ", " : "");
            cd_md_code(d, on != NULL ? on->text : CD_STR(""), false);
        }
        cd_buf_printf(d->out, " until %.*s: ", 10, cd_format_time(w->until_ms, date).p);
        cd_md_line(d, because != NULL ? because->text : CD_STR(""));
        cd_buf_puts(d->out, "\n");
    }
}

static void
put_facts(struct cd_doc *d, const struct cd_doc_control *c)
{
    const struct cd_decl *decl = c->decl;
    cd_buf_puts(d->out, "- name: ");
    cd_md_code(d, cd_sema_full_name(decl, d->arena), false);
    cd_buf_printf(d->out, "\n- severity: %s\n", cd_doc_severity(decl));
    if (decl->id.n > 0) {
        cd_buf_puts(d->out, "- id: ");
        cd_md_code(d, decl->id, false);
        cd_buf_puts(d->out, "\n");
    }
    put_fact(d, "owner", decl->owner);
    put_mappings(d, decl, "maps to: ", false);
    put_mappings(d, decl, "suggested mappings: ", true);
    put_fact(d, "remedy", decl->remedy);
    put_reads(d, c);
    put_waives(d, c);
}

/* ---- what detects ---- */

static void
put_clause(struct cd_doc *d, const struct cd_clause *k)
{
    if (k->binding == NULL) {
        cd_buf_puts(d->out, "\nOf the snapshot as a whole is required:\n\n");
    } else if (k->source->kind == CD_EXPR_TYPE) {
        cd_buf_puts(d->out, "\nOf every ");
        cd_md_code(d, k->source->text, false);
    } else {
        cd_buf_puts(d->out, "\nOf every resource, whatever its type,");
    }
    if (k->binding != NULL) {
        if (k->where != NULL) {
            cd_buf_puts(d->out, " for which ");
            cd_md_code(d, cd_sources_text(d->sema->sources, k->where->span, d->arena), false);
            cd_buf_puts(d->out, " holds");
        }
        cd_buf_puts(d->out, " is required:\n\n");
    }
    cd_md_source(d, k->span);
}

static void
put_detection(struct cd_doc *d, const struct cd_decl *c)
{
    cd_buf_puts(d->out, "\n**Detects.**");
    if (c->n_clauses == 0) {
        cd_buf_puts(d->out, " Nothing: the control has no `require`, it only prevents.\n");
        return;
    }
    cd_buf_puts(d->out, "\n");
    for (size_t i = 0; i < c->n_clauses; i++) {
        put_clause(d, &c->clauses[i]);
    }
}

/* ---- what prevents ---- */

/* The source of the denies, or of what they are derived from, each once. */
static void
put_denies(struct cd_doc *d, const struct cd_decl *c, bool derived)
{
    const struct cd_require *last = NULL;
    bool first = true;
    for (size_t i = 0; i < c->n_denies; i++) {
        const struct cd_deny *deny = &c->denies[i];
        if ((deny->require != NULL) != derived || (derived && deny->require == last)) {
            continue;
        }
        cd_buf_puts(d->out, first && derived ? "\nDerived from\n\n" : "\n");
        cd_md_source(d, deny->span);
        first = false;
        last = deny->require;
    }
}

static void
put_open(struct cd_doc *d, const struct cd_doc_control *c)
{
    for (size_t i = 0; i < c->open.n; i++) {
        cd_buf_puts(d->out, i == 0 ? "\nThe denies depend on what has no default: " : ", ");
        cd_md_code(d, cd_sema_full_name(c->open.items[i], d->arena), false);
    }
    cd_buf_puts(d->out, c->open.n != 0 ? ".\n" : "");
}

static void
put_prevention(struct cd_doc *d, const struct cd_doc_control *c)
{
    cd_buf_puts(d->out, "\n**Prevents.**");
    if (c->decl->n_denies == 0) {
        cd_buf_puts(d->out, " Nothing.\n");
    } else {
        cd_buf_puts(d->out, "\n");
        put_denies(d, c->decl, false);
        put_denies(d, c->decl, true);
        put_open(d, c);
        cd_buf_puts(d->out, "\n");
        cd_doc_put_cells(d, c->prevention);
    }
    cd_doc_put_escapes(d, c->prevention);
}

/* ---- tests ---- */

static void
put_tests(struct cd_doc *d, const struct cd_doc_control *c)
{
    if (c->tests.n == 0) {
        cd_buf_puts(d->out, "\n**Examples.** None: no test expects anything of it.\n");
        return;
    }
    cd_buf_puts(d->out, "\n**Examples**, which are its tests:\n");
    for (size_t i = 0; i < c->tests.n; i++) {
        cd_buf_puts(d->out, "\n<details><summary>");
        cd_md_html(d, c->tests.items[i]->title_text);
        cd_buf_puts(d->out, "</summary>\n\n");
        cd_md_source(d, c->tests.items[i]->span);
        cd_buf_puts(d->out, "\n</details>\n");
    }
}

void
cd_doc_put_control(struct cd_doc *d, const struct cd_doc_control *c)
{
    cd_md_heading(d, 3, &c->heading);
    if (c->decl->title.n > 0) {
        cd_buf_puts(d->out, "**");
        cd_md_line(d, c->decl->title);
        cd_buf_puts(d->out, "**\n\n");
    }
    if (c->decl->text.n > 0) {
        cd_md_text(d, c->decl->text);
        cd_buf_puts(d->out, "\n\n");
    }
    put_facts(d, c);
    put_detection(d, c->decl);
    put_prevention(d, c);
    put_tests(d, c);
}
