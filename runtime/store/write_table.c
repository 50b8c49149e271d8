/* Tables into columns: the envelopes of their rows, tags, properties. */
#include "runtime/ingest/keep.h"
#include "runtime/store/write.h"

static int64_t
captured_of(const void *of, uint32_t row)
{
    const struct cd_table *t = of;
    return t->captured[row];
}

static bool
is_always_there(const void *of, uint32_t row)
{
    (void)of;
    (void)row;
    return true;
}

/* A column of the envelope, or NULL; what a row says where there is none. */
static void
put_column(struct cd_store_writer *w, const uint32_t *column, uint32_t n, uint32_t usual,
           const uint32_t *renumbered, struct cd_buf *out)
{
    uint32_t *numbers = cd_store_numbers(w, n);
    for (uint32_t row = 0; numbers != NULL && row < n; row++) {
        uint32_t number = column == NULL ? usual : column[row];
        numbers[row] = renumbered == NULL || number >= CD_ARN_MADE ? number : renumbered[number];
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, n, out);
    }
}

static void
put_flags(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    uint32_t *numbers = cd_store_numbers(w, t->n);
    for (uint32_t row = 0; numbers != NULL && row < t->n; row++) {
        numbers[row] = t->flags[row];
    }
    if (numbers != NULL) {
        cd_store_put_ints(w, numbers, t->n, out);
    }
}

static void
put_stretches(const struct cd_table *t, struct cd_buf *out)
{
    cd_bytes_put(out, t->n_stretches);
    for (uint32_t i = 0; i < t->n_stretches; i++) {
        const struct cd_stretch *stretch = &t->stretches[i];
        cd_bytes_put(out, stretch->first);
        cd_store_put_optional(out, stretch->source);
        cd_store_put_optional(out, stretch->from_table);
        cd_store_put_optional(out, stretch->place);
        cd_bytes_put(out, stretch->offset);
    }
}

static void
put_unshaped(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    size_t before = w->heap.n;
    uint32_t *numbers = cd_store_numbers(w, t->n);
    bool any = false;
    for (uint32_t row = 0; numbers != NULL && row < t->n; row++) {
        uint32_t value = cd_ingest_unshaped(w->s, t, row);
        numbers[row] = value == CD_NONE ? CD_NONE : cd_store_put_json(w, value);
        any |= value != CD_NONE;
    }
    cd_bytes_put(out, any);
    if (any) {
        cd_store_put_ints(w, numbers, t->n, out);
        cd_store_put_json_range(w, before, out);
    }
}

void
cd_store_put_table(struct cd_store_writer *w, const struct cd_table *t, struct cd_buf *out)
{
    const struct cd_store_wide captured = {
        .n = t->n, .integer = captured_of, .is_there = is_always_there, .of = t};
    put_column(w, t->id, t->n, CD_NO_STR, w->strings, out);
    put_column(w, t->arn, t->n, CD_ARN_MADE, w->strings, out);
    put_column(w, t->site, t->n, 0, w->sites, out);
    put_flags(w, t, out);
    cd_store_put_wide(w, &captured, out);
    put_stretches(t, out);
    put_column(w, t->offset, t->n, 0, NULL, out);
    put_column(w, t->item, t->n, CD_NONE, NULL, out);
    put_column(w, t->from, t->n, CD_NONE, NULL, out);
    cd_store_put_node(w, t->tags, out);
    cd_store_put_node(w, t->root, out);
    put_unshaped(w, t, out);
}
