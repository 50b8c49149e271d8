/* Which entries of the frameworks the controls map to, and which they do not. */
#include "compiler/doc/catalogue.h"

/* Does control C map to ENTRY by the word wanted? */
static bool
maps_to(const struct cd_decl *c, const struct cd_decl *entry, bool suggested)
{
    for (size_t i = 0; i < c->n_metas; i++) {
        bool is_suggestion;
        if (!cd_doc_is_mapping(&c->metas[i], &is_suggestion) || is_suggestion != suggested) {
            continue;
        }
        for (size_t k = 0; k < c->metas[i].n_values; k++) {
            if (c->metas[i].values[k].decl == entry) {
                return true;
            }
        }
    }
    return false;
}

/* Links to the controls that map to ENTRY; their number. */
static size_t
put_controls(struct cd_doc *d, const struct cd_decl *entry, bool suggested)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_controls; i++) {
        const struct cd_doc_control *c = &d->controls[i];
        if (maps_to(c->decl, entry, suggested)) {
            cd_buf_puts(d->out, n++ > 0 ? ", " : "");
            cd_md_link(d, c->heading.text, c->heading.anchor);
        }
    }
    cd_buf_puts(d->out, n > 0 ? "" : "–");
    return n;
}

struct sums {
    size_t entries, mapped, suggested;
};

static void
put_entry(struct cd_doc *d, const struct cd_decl *entry, struct sums *sums)
{
    const struct cd_const *text = cd_const_eval(d->arena, entry->value, NULL);
    cd_buf_puts(d->out, "| ");
    cd_md_cell(d, text->text);
    cd_buf_puts(d->out, " | ");
    cd_md_code(d, entry->name.text, true);
    cd_buf_puts(d->out, " | ");
    size_t mapped = put_controls(d, entry, false);
    cd_buf_puts(d->out, " | ");
    size_t suggested = put_controls(d, entry, true);
    cd_buf_puts(d->out, " |\n");
    sums->entries++;
    sums->mapped += mapped > 0;
    sums->suggested += mapped == 0 && suggested > 0;
}

static bool
is_entry(const struct cd_doc *d, const struct cd_decl *decl)
{
    const struct cd_const *c = decl->kind == CD_DECL_LET && decl->type->kind == CD_TYPE_STRING
                                   ? cd_const_eval(d->arena, decl->value, NULL)
                                   : NULL;
    return c != NULL && c->kind == CD_CONST_STRING;
}

static void
put_framework(struct cd_doc *d, const struct cd_doc_module *f)
{
    struct sums sums = {0};
    cd_md_heading(d, 3, &f->heading);
    if (f->module->doc.n > 0) {
        cd_md_text(d, f->module->doc);
        cd_buf_puts(d->out, "\n\n");
    }
    cd_buf_puts(d->out, "| entry | constant | mapped by | suggested by |\n|---|---|---|---|\n");
    for (size_t i = 0; i < f->module->n_decls; i++) {
        if (is_entry(d, f->module->decls[i])) {
            put_entry(d, f->module->decls[i], &sums);
        }
    }
    cd_buf_printf(
        d->out, "\nOf %zu entries: %zu mapped, %zu more suggested, %zu without a control.\n",
        sums.entries, sums.mapped, sums.suggested, sums.entries - sums.mapped - sums.suggested);
}

/* ---- mappings that are texts of the author ---- */

static size_t
put_texts(struct cd_doc *d, const struct cd_doc_control *c, bool only_count)
{
    size_t n = 0;
    for (size_t i = 0; i < c->decl->n_metas; i++) {
        const struct cd_meta *m = &c->decl->metas[i];
        bool suggested;
        for (size_t k = 0; cd_doc_is_mapping(m, &suggested) && k < m->n_values; k++) {
            if (m->values[k].text == NULL) {
                continue;
            }
            n++;
            if (!only_count) {
                cd_buf_puts(d->out, "| ");
                cd_md_cell(d, cd_doc_mapping_text(d, &m->values[k]));
                cd_buf_puts(d->out, " | ");
                cd_md_link(d, c->heading.text, c->heading.anchor);
                cd_buf_printf(d->out, " | %s |\n", suggested ? "suggested" : "mapped");
            }
        }
    }
    return n;
}

static void
put_others(struct cd_doc *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_controls; i++) {
        n += put_texts(d, &d->controls[i], true);
    }
    if (n == 0) {
        return;
    }
    cd_buf_puts(
        d->out,
        "\n**Other mappings**, written as texts:\n\n| entry | control | |\n|---|---|---|\n");
    for (size_t i = 0; i < d->n_controls; i++) {
        put_texts(d, &d->controls[i], false);
    }
}

void
cd_doc_put_frameworks(struct cd_doc *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_controls; i++) {
        n += put_texts(d, &d->controls[i], true);
    }
    if (d->frameworks.n == 0 && n == 0) {
        return;
    }
    cd_buf_puts(d->out,
                "\n## Frameworks\n\nAn entry is *mapped* where the framework itself, or who "
                "publishes the mapping, connects it to what the control asks for\n"
                "(`maps`), and *suggested* where the connection is the author's own reading "
                "(`suggests`). The tables have the entries that the\nmodules list, which "
                "need not be all of the framework.\n");
    for (size_t i = 0; i < d->frameworks.n; i++) {
        put_framework(d, &d->frameworks.items[i]);
    }
    put_others(d);
}
