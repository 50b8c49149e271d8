/* The table of prevention as text and as JSON. */
#include "cordon/version.h"

#include "compiler/emit/manifest.h"
#include "compiler/emit/table.h"
#include "runtime/bc/program.h"

/* ---- text ---- */

static bool
same_reasons(const struct cd_table_reasons *x, const struct cd_table_reasons *y)
{
    bool same = x->n == y->n;
    for (size_t i = 0; i < x->n && same; i++) {
        same = cd_str_eq(x->items[i].sentence, y->items[i].sentence);
    }
    return same;
}

static bool
is_like(const struct cd_table_cell *x, const struct cd_table_cell *y)
{
    return x->prevented == y->prevented && same_reasons(&x->reasons, &y->reasons);
}

/* Targets of which the same is to be said stand in one line. */
static void
put_cells(const struct cd_table_row *row, struct cd_buf *out)
{
    bool said[CD_N_TARGETS] = {false};
    for (int t = 0; t < CD_N_TARGETS; t++) {
        const struct cd_table_cell *cell = &row->cells[t];
        if (said[t]) {
            continue;
        }
        cd_buf_printf(out, "  %-14s ", cd_prevented_name(cell->prevented));
        for (int k = t; k < CD_N_TARGETS; k++) {
            if (!said[k] && is_like(cell, &row->cells[k])) {
                cd_buf_printf(out, "%s%s", k == t ? "" : ", ", cd_target_name((enum cd_target)k));
                said[k] = true;
            }
        }
        cd_buf_putc(out, '\n');
        for (size_t i = 0; i < cell->reasons.n; i++) {
            cd_buf_printf(out, "      %.*s\n", CD_FMT(cell->reasons.items[i].sentence));
        }
    }
}

static void
put_row(const struct cd_table *t, const struct cd_table_row *row, struct cd_buf *out)
{
    const struct cd_decl *c = row->control;
    struct cd_str name = cd_sema_full_name(c, t->sema->arena);
    cd_buf_printf(out, "%.*s", CD_FMT(c->id.n != 0 ? c->id : name));
    if (c->title.n != 0) {
        cd_buf_printf(out, "  %.*s", CD_FMT(c->title));
    }
    if (c->id.n != 0) {
        cd_buf_printf(out, "\n  %.*s", CD_FMT(name));
    }
    cd_buf_putc(out, '\n');
    put_cells(row, out);
    for (size_t i = 0; i < row->reasons.n; i++) {
        cd_buf_printf(out, "  - %.*s\n", CD_FMT(row->reasons.items[i].sentence));
    }
    cd_buf_putc(out, '\n');
}

/* «scp: 3 exactly, 19 in part, 3 detected only» for each target. */
static void
put_sums(const struct cd_table *t, struct cd_buf *out)
{
    for (int k = 0; k < CD_N_TARGETS; k++) {
        size_t n[CD_PREVENTED_NOT + 1] = {0};
        for (size_t i = 0; i < t->n; i++) {
            n[t->rows[i].cells[k].prevented]++;
        }
        cd_buf_printf(out, "%s: ", cd_target_name((enum cd_target)k));
        bool first = true;
        for (int p = CD_PREVENTED_EXACTLY; p <= CD_PREVENTED_NOT; p++) {
            if (n[p] != 0) {
                cd_buf_printf(out, "%s%zu %s", first ? "" : ", ", n[p],
                              cd_prevented_name((enum cd_prevented)p));
                first = false;
            }
        }
        cd_buf_puts(out, first ? "no controls\n" : "\n");
    }
}

void
cd_table_text(const struct cd_table *t, struct cd_buf *out)
{
    for (size_t i = 0; i < t->n; i++) {
        put_row(t, &t->rows[i], out);
    }
    put_sums(t, out);
}

/* ---- JSON ---- */

static void
put_member(const char *name, struct cd_str value, struct cd_buf *out)
{
    cd_buf_printf(out, ",\"%s\":", name);
    cd_buf_json_str(out, value);
}

static void
put_place(const struct cd_sema *sema, struct cd_span span, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(sema->sources, span.file, span.start, &line, &column, NULL);
    cd_buf_puts(out, "\"file\":");
    cd_buf_json_str(out, sema->sources->files[span.file].path);
    cd_buf_printf(out, ",\"line\":%u", line);
}

static void
put_targets(const struct cd_table_row *row, struct cd_buf *out)
{
    static const char *const words[] = {[CD_PREVENTED_EXACTLY] = "exactly",
                                        [CD_PREVENTED_IN_PART] = "in_part",
                                        [CD_PREVENTED_DETECTED] = "detected_only",
                                        [CD_PREVENTED_NOT] = "not_at_all"};
    cd_buf_puts(out, ",\n \"targets\":[");
    for (int t = 0; t < CD_N_TARGETS; t++) {
        const struct cd_table_cell *cell = &row->cells[t];
        cd_buf_printf(out,
                      "%s\n  {\"target\":\"%s\",\"prevented\":\"%s\",\"statements\":%zu,\"why\":[",
                      t == 0 ? "" : ",", cd_target_name((enum cd_target)t), words[cell->prevented],
                      cell->n_statements);
        for (size_t i = 0; i < cell->reasons.n; i++) {
            cd_buf_puts(out, i == 0 ? "" : ",");
            cd_buf_json_str(out, cell->reasons.items[i].sentence);
        }
        cd_buf_puts(out, "]}");
    }
    cd_buf_putc(out, ']');
}

static void
put_escapes(const struct cd_table *t, const struct cd_table_row *row, struct cd_buf *out)
{
    cd_buf_puts(out, ",\n \"escapes\":[");
    for (size_t i = 0; i < row->reasons.n; i++) {
        const struct cd_table_reason *r = &row->reasons.items[i];
        cd_buf_puts(out, i == 0 ? "\n  {" : ",\n  {");
        put_place(t->sema, r->span, out);
        if (r->require != NULL) {
            put_member("require", cd_table_require_text(t->sema, r->require), out);
        }
        cd_buf_puts(out, ",\"actions\":[");
        for (size_t k = 0; k < r->n_actions; k++) {
            cd_buf_puts(out, k == 0 ? "" : ",");
            cd_buf_json_str(out, r->actions[k]);
        }
        cd_buf_putc(out, ']');
        put_member("why", r->sentence, out);
        cd_buf_putc(out, '}');
    }
    cd_buf_putc(out, ']');
}

void
cd_table_json(const struct cd_table *t, const struct cd_const_env *env, struct cd_buf *out)
{
    const struct cd_sema *sema = t->sema;
    cd_buf_puts(out, "{\"schema\":1,\"cordon\":{\"version\":\"" CORDON_VERSION "\"},\n");
    cd_manifest_parameters(sema, env, sema->arena, out);
    cd_buf_puts(out, ",\n\"controls\":[");
    for (size_t i = 0; i < t->n; i++) {
        const struct cd_decl *c = t->rows[i].control;
        struct cd_str name = cd_sema_full_name(c, sema->arena);
        cd_buf_puts(out, i == 0 ? "\n{\"control\":" : ",\n{\"control\":");
        cd_buf_json_str(out, name);
        put_member("id", c->id.n != 0 ? c->id : name, out);
        put_member("title", c->title, out);
        cd_buf_putc(out, ',');
        put_place(sema, c->name.span, out);
        put_targets(&t->rows[i], out);
        put_escapes(t, &t->rows[i], out);
        cd_buf_putc(out, '}');
    }
    cd_buf_puts(out, "]}\n");
}
