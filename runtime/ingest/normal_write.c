/* The normalized form, written: sorted, so that the same resources give the same bytes whatever
 * they were read from. */
#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/load.h"

/* ---- resources ---- */

struct sorting {
    const struct cd_snapshot *s;
    const struct cd_table *t;
    struct cd_buf *scratch;
};

static int
by_identity(const void *a, const void *b, void *user)
{
    const struct sorting *in = user;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    const struct cd_site *at_x = cd_table_site(in->s, in->t, x);
    const struct cd_site *at_y = cd_table_site(in->s, in->t, y);
    const uint32_t pairs[][2] = {{at_x->account, at_y->account},
                                 {at_x->region, at_y->region},
                                 {in->t->id[x], in->t->id[y]},
                                 {at_x->partition, at_y->partition}};
    for (size_t i = 0; i < CD_ARRAY_LEN(pairs); i++) {
        int order =
            cd_str_cmp(cd_normal_str(in->s, pairs[i][0]), cd_normal_str(in->s, pairs[i][1]));
        if (order != 0) {
            return order;
        }
    }
    return (x > y) - (x < y);
}

static int
by_tag(const void *a, const void *b, void *user)
{
    const struct sorting *in = user;
    const uint32_t *keys = in->t->tags->child[0]->key;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return cd_str_cmp(cd_normal_str(in->s, keys[x]), cd_normal_str(in->s, keys[y]));
}

static void
put_tag_members(const struct sorting *in, uint32_t row, struct cd_buf *out)
{
    const struct cd_node *tags = in->t->tags;
    uint32_t n = tags->len[row];
    uint32_t *rows = malloc((n + 1) * sizeof *rows);
    out->oom |= rows == NULL;
    for (uint32_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = tags->off[row] + i;
    }
    if (rows != NULL) {
        qsort_r(rows, n, sizeof *rows, by_tag, (void *)(uintptr_t)in);
    }
    for (uint32_t i = 0; rows != NULL && i < n; i++) {
        cd_buf_puts(out, i > 0 ? "," : "");
        cd_buf_json_str(out, cd_normal_str(in->s, tags->child[0]->key[rows[i]]));
        cd_buf_putc(out, ':');
        cd_node_write(in->s, tags->child[0], rows[i], out);
    }
    free(rows);
}

static void
put_tags(const struct sorting *in, uint32_t row, struct cd_buf *out)
{
    switch (cd_node_state(in->t->tags, row)) {
    case CD_ABSENT: return;
    case CD_UNKNOWN:
        cd_buf_puts(out, ",\"tags\":");
        cd_node_write(in->s, in->t->tags, row, out);
        return;
    case CD_KNOWN:
        cd_buf_puts(out, ",\"tags\":{");
        put_tag_members(in, row, out);
        cd_buf_putc(out, '}');
        return;
    }
}

/* Where the row comes from: of a normalized file, what it says itself. */
static void
put_origin(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row, struct cd_buf *out)
{
    const struct cd_origin origin = cd_table_origin(t, row);
    const struct cd_origin *o = &origin;
    const struct cd_source_info *source = &s->sources[o->source];
    struct cd_str file = source->file;
    uint32_t item = o->item;
    if (cd_str_eq(source->format, CD_STR("cordon"))) {
        bool is_noted = s->ingest != NULL && o->place < s->ingest->n_notes;
        file = is_noted ? s->ingest->notes[o->place].file : (struct cd_str){"", 0};
        item = o->from;
    }
    if (file.n == 0 && item == CD_NONE && !cd_table_is_derived(t, row)) {
        return;
    }
    const char *comma = "";
    cd_buf_puts(out, ",\"origin\":{");
    if (file.n > 0) {
        cd_normal_put_member(out, "file", file);
        comma = ",";
    }
    if (item != CD_NONE) {
        cd_buf_printf(out, "%s\"item\":%u", comma, item);
        comma = ",";
    }
    if (cd_table_is_derived(t, row)) {
        cd_buf_printf(out, "%s\"derived\":true", comma);
    }
    cd_buf_putc(out, '}');
}

static void
put_properties(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
               struct cd_buf *out)
{
    uint32_t unshaped = cd_unshaped_get(s->ingest, t, row);
    cd_buf_puts(out, ",\"properties\":");
    if (unshaped != CD_NONE) {
        cd_json_write(s, unshaped, out);
    } else {
        cd_node_write(s, t->root, row, out);
    }
}

static void
put_row(const struct sorting *in, uint32_t row, struct cd_buf *out)
{
    const struct cd_snapshot *s = in->s;
    const struct cd_table *t = in->t;
    const struct cd_site *site = cd_table_site(s, t, row);
    struct cd_str partition = cd_normal_str(s, site->partition);
    cd_buf_putc(out, '{');
    cd_normal_put_member(out, "type", cd_normal_str(s, t->type));
    cd_buf_putc(out, ',');
    cd_normal_put_member(out, "id", cd_normal_str(s, t->id[row]));
    const struct {
        const char *name;
        struct cd_str value;
    } members[] = {
        {"arn", cd_table_arn(s, t, row, in->scratch)},
        {"partition", cd_str_eq(partition, CD_STR("aws")) ? (struct cd_str){"", 0} : partition},
        {"account", cd_normal_str(s, site->account)},
        {"region", cd_normal_str(s, site->region)},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(members); i++) {
        if (members[i].value.n > 0) {
            cd_buf_putc(out, ',');
            cd_normal_put_member(out, members[i].name, members[i].value);
        }
    }
    put_tags(in, row, out);
    if (t->captured[row] != INT64_MIN) {
        cd_normal_put_time(out, t->captured[row]);
    }
    put_properties(s, t, row, out);
    put_origin(s, t, row, out);
    cd_buf_puts(out, "}\n");
}

static void
put_table(const struct cd_snapshot *s, const struct cd_table *t, struct cd_buf *out)
{
    struct cd_buf scratch = CD_BUF_INIT;
    struct sorting in = {s, t, &scratch};
    uint32_t *rows = malloc(((size_t)t->n + 1) * sizeof *rows);
    uint32_t n = 0;
    out->oom |= rows == NULL;
    for (uint32_t row = 0; rows != NULL && row < t->n; row++) {
        if (!cd_table_is_dead(t, row)) {
            rows[n++] = row;
        }
    }
    if (n > 1) {
        qsort_r(rows, n, sizeof *rows, by_identity, &in);
    }
    for (uint32_t i = 0; i < n; i++) {
        put_row(&in, rows[i], out);
    }
    out->oom |= scratch.oom;
    cd_buf_finish(&scratch);
    free(rows);
}

void
cd_normal_write(const struct cd_snapshot *s, struct cd_buf *out)
{
    cd_normal_put_header(s, out);
    for (size_t i = 0; i < s->n_tables; i++) {
        put_table(s, s->tables[i], out);
    }
}
