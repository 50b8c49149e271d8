/* The table of prevention as Markdown: by itself, and in the catalogue. */
#include "compiler/emit/table.h"

#include "compiler/doc/catalogue.h"

static bool
is_like(const struct cd_table_cell *x, const struct cd_table_cell *y)
{
    bool same = x->prevented == y->prevented && x->reasons.n == y->reasons.n;
    for (size_t i = 0; i < x->reasons.n && same; i++) {
        same = cd_str_eq(x->reasons.items[i].sentence, y->reasons.items[i].sentence);
    }
    return same;
}

static void
put_reasons(struct cd_doc *d, const struct cd_table_reasons *reasons, const char *indent)
{
    for (size_t i = 0; i < reasons->n; i++) {
        cd_buf_printf(d->out, "%s- ", indent);
        cd_md_line(d, reasons->items[i].sentence);
        cd_buf_putc(d->out, '\n');
    }
}

/* Targets of which the same is to be said stand in one line. */
void
cd_doc_put_cells(struct cd_doc *d, const struct cd_table_row *row)
{
    bool said[CD_N_TARGETS] = {false};
    for (int t = 0; t < CD_N_TARGETS; t++) {
        const struct cd_table_cell *cell = &row->cells[t];
        if (said[t]) {
            continue;
        }
        cd_buf_printf(d->out, "- %s: ", cd_prevented_name(cell->prevented));
        for (int k = t; k < CD_N_TARGETS; k++) {
            if (!said[k] && is_like(cell, &row->cells[k])) {
                cd_buf_printf(d->out, "%s%s", k == t ? "" : ", ",
                              cd_target_name((enum cd_target)k));
                said[k] = true;
            }
        }
        cd_buf_putc(d->out, '\n');
        put_reasons(d, &cell->reasons, "  ");
    }
}

void
cd_doc_put_escapes(struct cd_doc *d, const struct cd_table_row *row)
{
    if (row->reasons.n != 0) {
        cd_buf_puts(d->out, "\nNot prevented, whatever the target:\n\n");
        put_reasons(d, &row->reasons, "");
    }
}

static void
put_head(struct cd_doc *d)
{
    cd_buf_puts(d->out, "| control |");
    for (int t = 0; t < CD_N_TARGETS; t++) {
        cd_buf_printf(d->out, " %s |", cd_target_name((enum cd_target)t));
    }
    cd_buf_puts(d->out, "\n|---|");
    for (int t = 0; t < CD_N_TARGETS; t++) {
        cd_buf_puts(d->out, "---|");
    }
    cd_buf_putc(d->out, '\n');
}

static struct cd_str
id_of(struct cd_doc *d, const struct cd_decl *c)
{
    return c->id.n != 0 ? c->id : cd_sema_full_name(c, d->arena);
}

static void
put_table(struct cd_doc *d, const struct cd_table *t)
{
    cd_buf_puts(d->out, "# Prevention\n\nWhat the documents of each target prevent of what the "
                        "controls require: every breach and nothing else (*exactly*), some\n"
                        "requests escape (*in part*), or it is found in a snapshot only (*detected "
                        "only*). It is said of the requests that such a\n"
                        "document binds: a service control policy binds neither the management "
                        "account nor service-linked roles, an endpoint\npolicy only what goes "
                        "through its endpoint, a boundary only those who have it.\n\n");
    put_head(d);
    for (size_t i = 0; i < t->n; i++) {
        cd_buf_puts(d->out, "| ");
        cd_md_cell(d, id_of(d, t->rows[i].control));
        cd_buf_puts(d->out, " |");
        for (int k = 0; k < CD_N_TARGETS; k++) {
            cd_buf_printf(d->out, " %s |", cd_prevented_name(t->rows[i].cells[k].prevented));
        }
        cd_buf_putc(d->out, '\n');
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct cd_decl *c = t->rows[i].control;
        cd_buf_puts(d->out, "\n## ");
        cd_md_cell(d, id_of(d, c));
        cd_buf_puts(d->out, "\n\n");
        if (c->title.n != 0) {
            cd_md_line(d, c->title);
            cd_buf_puts(d->out, "\n\n");
        }
        cd_doc_put_cells(d, &t->rows[i]);
        cd_doc_put_escapes(d, &t->rows[i]);
    }
}

cordon_status
cd_doc_table(const struct cd_table *table, struct cd_buf *out)
{
    struct cd_doc d = {.sema = table->sema, .arena = table->sema->arena, .out = out};
    put_table(&d, table);
    return out->oom ? CORDON_ENOMEM : CORDON_OK;
}
