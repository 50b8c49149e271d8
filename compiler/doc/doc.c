/* The document as a whole: its beginning with the table of all controls, the modules, the
 * parameters. */
#include "compiler/doc/doc.h"

#include <setjmp.h>

#include "compiler/doc/catalogue.h"

#define LONGEST_DEFAULT 160u /* bytes shown of a default */

/* ---- the table of controls ---- */

static bool
is_named_before(const struct cd_decl *c, size_t clause)
{
    for (size_t i = 0; i < clause; i++) {
        const struct cd_clause *a = &c->clauses[i], *b = &c->clauses[clause];
        bool same = a->binding == NULL ? b->binding == NULL
                                       : b->binding != NULL && a->source->kind == b->source->kind
                                             && cd_str_eq(a->source->text, b->source->text);
        if (same) {
            return true;
        }
    }
    return false;
}

static void
put_detected(struct cd_doc *d, const struct cd_decl *c)
{
    bool first = true;
    for (size_t i = 0; i < c->n_clauses; i++) {
        const struct cd_clause *k = &c->clauses[i];
        if (is_named_before(c, i)) {
            continue;
        }
        cd_buf_puts(d->out, first ? "" : ", ");
        first = false;
        if (k->binding == NULL) {
            cd_buf_puts(d->out, "the snapshot");
        } else if (k->source->kind == CD_EXPR_TYPE) {
            cd_md_code(d, k->source->text, true);
        } else {
            cd_buf_puts(d->out, "every resource");
        }
    }
    cd_buf_puts(d->out, first ? "–" : "");
}

/* «exactly: scp, rcp; in part: bucket-policy» */
static void
put_prevented(struct cd_doc *d, const struct cd_doc_control *c)
{
    bool any = false;
    for (int p = CD_PREVENTED_EXACTLY; p <= CD_PREVENTED_IN_PART; p++) {
        bool first = true;
        for (int t = 0; t < CD_N_TARGETS; t++) {
            if ((int)c->prevention->cells[t].prevented != p) {
                continue;
            }
            if (first) {
                cd_buf_printf(d->out, "%s%s: ", any ? "; " : "",
                              cd_prevented_name((enum cd_prevented)p));
            }
            cd_buf_printf(d->out, "%s%s", first ? "" : ", ", cd_target_name((enum cd_target)t));
            first = false;
            any = true;
        }
    }
    cd_buf_puts(d->out, any ? "" : "–");
}

static void
put_index(struct cd_doc *d)
{
    if (d->n_controls == 0) {
        return;
    }
    cd_buf_puts(d->out, "\n| control | says | severity | detects in | prevents by |\n"
                        "|---|---|---|---|---|\n");
    for (size_t i = 0; i < d->n_controls; i++) {
        const struct cd_doc_control *c = &d->controls[i];
        cd_buf_puts(d->out, "| ");
        cd_md_link(d, c->heading.text, c->heading.anchor);
        cd_buf_puts(d->out, " | ");
        cd_md_cell(d, c->decl->title);
        cd_buf_printf(d->out, " | %s | ", cd_doc_severity(c->decl));
        put_detected(d, c->decl);
        cd_buf_puts(d->out, " | ");
        put_prevented(d, c);
        cd_buf_puts(d->out, " |\n");
    }
}

/* ---- modules ---- */

static void
put_module(struct cd_doc *d, const struct cd_doc_module *m)
{
    cd_md_heading(d, 2, &m->heading);
    if (m->module->doc.n > 0) {
        cd_md_text(d, m->module->doc);
        cd_buf_puts(d->out, "\n");
    }
    for (size_t i = m->first; i < m->first + m->n; i++) {
        cd_doc_put_control(d, &d->controls[i]);
    }
}

/* ---- parameters ---- */

static void
put_default(struct cd_doc *d, const struct cd_decl *param)
{
    const struct cd_const *c =
        param->value != NULL ? cd_const_eval(d->arena, param->value, NULL) : NULL;
    if (c == NULL) {
        cd_buf_puts(d->out, "has to be set");
        return;
    }
    struct cd_buf text = CD_BUF_INIT;
    cd_const_print(c, &text);
    struct cd_str s = cd_arena_str(d->arena, cd_buf_view(&text));
    bool oom = text.oom;
    cd_buf_finish(&text);
    if (oom) {
        longjmp(*d->arena->on_oom, 1);
    }
    if (s.n <= LONGEST_DEFAULT) {
        cd_md_code(d, s, true);
        return;
    }
    size_t end = LONGEST_DEFAULT;
    while (end > 0 && s.p[end - 1] != ',') {
        end--;
    }
    cd_md_code(d, cd_str_sub(s, 0, end > 0 ? end - 1 : 0), true);
    cd_buf_printf(d->out, " … (%zu)", c->n);
}

static void
put_param(struct cd_doc *d, const struct cd_decl *p)
{
    cd_buf_puts(d->out, "| ");
    cd_md_code(d, p->name.text, true);
    cd_buf_puts(d->out, " | ");
    cd_md_code(d, cd_type_name(p->type, d->arena), true);
    cd_buf_puts(d->out, " | ");
    put_default(d, p);
    cd_buf_puts(d->out, " | ");
    cd_md_cell(d, p->doc);
    if (p->where != NULL) {
        cd_buf_puts(d->out, p->doc.n > 0 ? " It has to satisfy " : "It has to satisfy ");
        cd_md_code(d, cd_sources_text(d->sema->sources, p->where->span, d->arena), true);
        cd_buf_putc(d->out, '.');
    }
    cd_buf_puts(d->out, " |\n");
}

static void
put_params(struct cd_doc *d)
{
    if (d->params.n == 0) {
        return;
    }
    cd_buf_puts(d->out,
                "\n## Parameters\n\nThey are set by `--param module.name=value`, or by a YAML "
                "file with `--params`.\n");
    for (size_t i = 0; i < d->param_modules.n; i++) {
        const struct cd_doc_module *m = &d->param_modules.items[i];
        cd_md_heading(d, 3, &m->heading);
        cd_buf_puts(d->out, "| parameter | type | default | |\n|---|---|---|---|\n");
        for (size_t k = m->first; k < m->first + m->n; k++) {
            put_param(d, d->params.items[k]);
        }
    }
}

/* ---- all of it ---- */

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void
put_catalogue(struct cd_doc *d)
{
    cd_buf_printf(
        d->out,
        "# Controls\n\nMade by `cordon doc`: %zu control%s in %zu module%s. What a control "
        "*detects*, it finds in a snapshot; what it\n*prevents*, it denies in policy "
        "documents, here with the defaults of the parameters: every breach and nothing else "
        "(*exactly*), or\nnot what some requests do (*in part*).\n",
        d->n_controls, plural(d->n_controls), d->modules.n, plural(d->modules.n));
    put_index(d);
    for (size_t i = 0; i < d->modules.n; i++) {
        put_module(d, &d->modules.items[i]);
    }
    put_params(d);
    cd_doc_put_frameworks(d);
}

cordon_status
cd_doc_catalogue(const struct cd_sema *sema, struct cd_buf *out)
{
    struct cd_doc *d = CD_NEW(sema->arena, struct cd_doc);
    *d = (struct cd_doc){.sema = sema, .arena = sema->arena, .out = out};
    jmp_buf *outer = sema->arena->on_oom;
    jmp_buf here;
    volatile cordon_status status = CORDON_ENOMEM;
    cd_map_init(&d->anchors);
    sema->arena->on_oom = &here;
    if (setjmp(here) == 0) {
        cd_doc_find(d);
        put_catalogue(d);
        status = CORDON_OK;
    }
    sema->arena->on_oom = outer;
    cd_map_finish(&d->anchors);
    return status;
}
