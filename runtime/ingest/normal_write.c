/* The normalized form, written: sorted, so that the same resources give the same bytes whatever
 * they were read from. */
#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/load.h"

static struct cd_str
str_of(const struct cd_snapshot *s, uint32_t id)
{
    return id == CD_NO_STR ? (struct cd_str){"", 0} : cd_intern_str(&s->dict, id);
}

static void
put_member(struct cd_buf *out, const char *name, struct cd_str value)
{
    cd_buf_printf(out, "\"%s\":", name);
    cd_buf_json_str(out, value);
}

static void
put_time(struct cd_buf *out, int64_t ms)
{
    char text[32];
    cd_buf_puts(out, ",\"captured\":");
    cd_buf_json_str(out, cd_format_time(ms, text));
}

/* ---- the header ---- */

static int
by_complete(const void *a, const void *b, void *snapshot)
{
    const struct cd_complete *x = a;
    const struct cd_complete *y = b;
    int order = cd_str_cmp(x->type, y->type);
    order =
        order != 0 ? order : cd_str_cmp(str_of(snapshot, x->account), str_of(snapshot, y->account));
    return order != 0 ? order
                      : cd_str_cmp(str_of(snapshot, x->region), str_of(snapshot, y->region));
}

/* Could patterns A and B, each exact or with a `*` at the end, mean the same type? */
static bool
types_meet(struct cd_str a, struct cd_str b)
{
    bool a_open = a.n > 0 && a.p[a.n - 1] == '*';
    bool b_open = b.n > 0 && b.p[b.n - 1] == '*';
    struct cd_str x = cd_str_sub(a, 0, a.n - a_open);
    struct cd_str y = cd_str_sub(b, 0, b.n - b_open);
    return (a_open && cd_str_starts(y, x)) || (b_open && cd_str_starts(x, y)) || cd_str_eq(a, b);
}

static bool
places_meet(uint32_t a, uint32_t b)
{
    return a == CD_NO_STR || b == CD_NO_STR || a == b;
}

static bool
is_lost(const struct cd_snapshot *s, const struct cd_complete *c)
{
    for (size_t i = 0; i < s->n_lost; i++) {
        const struct cd_complete *lost = &s->lost[i];
        if (types_meet(lost->type, c->type) && places_meet(lost->account, c->account)
            && places_meet(lost->region, c->region)) {
            return true;
        }
    }
    return false;
}

static void
put_complete(const struct cd_snapshot *s, struct cd_buf *out)
{
    struct cd_complete *sorted = malloc((s->n_complete + 1) * sizeof *sorted);
    bool first = true;
    cd_buf_puts(out, ",\"complete\":[");
    out->oom |= sorted == NULL;
    if (sorted != NULL && s->n_complete > 0) {
        memcpy(sorted, s->complete, s->n_complete * sizeof *sorted);
        qsort_r(sorted, s->n_complete, sizeof *sorted, by_complete, (void *)(uintptr_t)s);
    }
    for (size_t i = 0; sorted != NULL && i < s->n_complete; i++) {
        const struct cd_complete *c = &sorted[i];
        bool is_repeated = i > 0 && by_complete(c, c - 1, (void *)(uintptr_t)s) == 0;
        if (is_repeated || is_lost(s, c)) {
            continue;
        }
        cd_buf_puts(out, first ? "{" : ",{");
        put_member(out, "type", c->type);
        if (c->account != CD_NO_STR) {
            cd_buf_putc(out, ',');
            put_member(out, "account", str_of(s, c->account));
        }
        if (c->region != CD_NO_STR) {
            cd_buf_putc(out, ',');
            put_member(out, "region", str_of(s, c->region));
        }
        cd_buf_putc(out, '}');
        first = false;
    }
    free(sorted);
    cd_buf_putc(out, ']');
}

static void
put_source(struct cd_buf *out, struct cd_str file, struct cd_str format, bool *first)
{
    cd_buf_puts(out, *first ? "{" : ",{");
    put_member(out, "file", file);
    if (format.n > 0) {
        cd_buf_putc(out, ',');
        put_member(out, "format", format);
    }
    cd_buf_putc(out, '}');
    *first = false;
}

/* A normalized file stands for the sources that it names. */
static bool
put_notes(const struct cd_ingest *in, uint32_t source, struct cd_buf *out, bool *first)
{
    bool any = false;
    for (size_t i = 0; in != NULL && i < in->n_notes; i++) {
        if (in->notes[i].source == source) {
            put_source(out, in->notes[i].file, in->notes[i].format, first);
            any = true;
        }
    }
    return any;
}

static void
put_header(const struct cd_snapshot *s, struct cd_buf *out)
{
    bool first = true;
    cd_buf_puts(out, "{\"cordon\":1");
    if (s->captured != INT64_MIN) {
        put_time(out, s->captured);
    }
    put_complete(s, out);
    cd_buf_puts(out, ",\"sources\":[");
    for (uint32_t i = 0; i < s->n_sources; i++) {
        if (!put_notes(s->ingest, i, out, &first)) {
            put_source(out, s->sources[i].file, s->sources[i].format, &first);
        }
    }
    cd_buf_puts(out, "]}\n");
}

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
        int order = cd_str_cmp(str_of(in->s, pairs[i][0]), str_of(in->s, pairs[i][1]));
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
    return cd_str_cmp(str_of(in->s, keys[x]), str_of(in->s, keys[y]));
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
        cd_buf_json_str(out, str_of(in->s, tags->child[0]->key[rows[i]]));
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
    if (file.n == 0 && item == CD_NONE && !t->is_derived_row[row]) {
        return;
    }
    const char *comma = "";
    cd_buf_puts(out, ",\"origin\":{");
    if (file.n > 0) {
        put_member(out, "file", file);
        comma = ",";
    }
    if (item != CD_NONE) {
        cd_buf_printf(out, "%s\"item\":%u", comma, item);
        comma = ",";
    }
    if (t->is_derived_row[row]) {
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
    struct cd_str partition = str_of(s, site->partition);
    cd_buf_putc(out, '{');
    put_member(out, "type", str_of(s, t->type));
    cd_buf_putc(out, ',');
    put_member(out, "id", str_of(s, t->id[row]));
    const struct {
        const char *name;
        struct cd_str value;
    } members[] = {
        {"arn", cd_table_arn(s, t, row, in->scratch)},
        {"partition", cd_str_eq(partition, CD_STR("aws")) ? (struct cd_str){"", 0} : partition},
        {"account", str_of(s, site->account)},
        {"region", str_of(s, site->region)},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(members); i++) {
        if (members[i].value.n > 0) {
            cd_buf_putc(out, ',');
            put_member(out, members[i].name, members[i].value);
        }
    }
    put_tags(in, row, out);
    if (t->captured[row] != INT64_MIN) {
        put_time(out, t->captured[row]);
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
        if (!t->dead[row]) {
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
    put_header(s, out);
    for (size_t i = 0; i < s->n_tables; i++) {
        put_table(s, s->tables[i], out);
    }
}
