/* Columns into sections, and json values to the end of their heap. */
#include <stdlib.h>

#include "runtime/store/write.h"

/* ---- sections ---- */

struct cd_store_ref
cd_store_put_section(struct cd_store_writer *w, struct cd_buf *b)
{
    struct cd_store_ref ref = {.offset = w->file.written};
    while (b->n % 8 != 0 && !b->oom) {
        cd_buf_putc(b, '\0');
    }
    w->oom |= b->oom;
    if (!b->oom && b->n > 0) {
        cd_new_file_put(&w->file, b->p, b->n);
        ref.size = b->n;
        ref.checksum = cd_str_hash(cd_buf_view(b));
    }
    cd_buf_clear(b);
    return ref;
}

uint32_t *
cd_store_numbers(struct cd_store_writer *w, uint32_t n)
{
    if (n > w->cap_numbers || w->numbers == NULL) {
        free(w->numbers);
        w->cap_numbers = n;
        w->numbers = malloc(((size_t)n + 1) * sizeof *w->numbers);
        w->oom |= w->numbers == NULL;
    }
    return w->numbers;
}

void
cd_store_put_ints(struct cd_store_writer *w, const uint32_t *numbers, uint32_t n,
                  struct cd_buf *out)
{
    struct cd_ints p = {.n = 0};
    if (!cd_ints_pack(numbers, n, &p, &w->section)) {
        w->oom = true;
        return;
    }
    cd_bytes_put(out, p.packing);
    cd_bytes_put(out, p.base);
    cd_bytes_put(out, p.n_table);
    cd_store_put_ref(out, cd_store_put_section(w, &w->section));
}

/* ---- numbers of eight bytes ---- */

/* The smallest and the largest as whole numbers; false if one of them is none, or they are too far
 * apart for four bytes. */
static bool
whole_span(const struct cd_store_wide *v, int64_t *least)
{
    int64_t most = INT64_MIN;
    *least = INT64_MAX;
    for (uint32_t row = 0; row < v->n; row++) {
        if (!v->is_there(v->of, row)) {
            continue;
        }
        int64_t number = v->integer(v->of, row);
        if (v->is_double) {
            double d;
            memcpy(&d, &number, sizeof d);
            if (!(d >= -2147483648.0 && d <= 2147483647.0) || d != (double)(int64_t)d
                || number == INT64_MIN) { /* the bits of -0 */
                return false;
            }
            number = (int64_t)d;
        }
        *least = number < *least ? number : *least;
        most = number > most ? number : most;
    }
    *least = most < *least ? 0 : *least;
    return most < *least || (uint64_t)most - (uint64_t)*least <= UINT32_MAX;
}

static uint32_t
above(const struct cd_store_wide *v, uint32_t row, int64_t least)
{
    if (!v->is_there(v->of, row)) {
        return 0;
    }
    int64_t number = v->integer(v->of, row);
    if (v->is_double) {
        double d;
        memcpy(&d, &number, sizeof d);
        number = (int64_t)d;
    }
    return (uint32_t)((uint64_t)number - (uint64_t)least);
}

void
cd_store_put_wide(struct cd_store_writer *w, const struct cd_store_wide *v, struct cd_buf *out)
{
    int64_t least;
    if (whole_span(v, &least)) {
        uint32_t *numbers = cd_store_numbers(w, v->n);
        for (uint32_t row = 0; numbers != NULL && row < v->n; row++) {
            numbers[row] = above(v, row, least);
        }
        cd_bytes_put(out, CD_STORE_WHOLE);
        cd_bytes_put_signed(out, least);
        if (numbers != NULL) {
            cd_store_put_ints(w, numbers, v->n, out);
        }
        return;
    }
    for (uint32_t row = 0; row < v->n; row++) {
        int64_t number = v->is_there(v->of, row) ? v->integer(v->of, row) : 0;
        cd_buf_put(&w->section, &number, sizeof number);
    }
    cd_bytes_put(out, CD_STORE_DOUBLES);
    cd_store_put_ref(out, cd_store_put_section(w, &w->section));
}

/* ---- json ---- */

uint32_t
cd_store_put_json(struct cd_store_writer *w, uint32_t value)
{
    const struct cd_json *from = w->s->json;
    uint32_t to = (uint32_t)(w->heap.n / sizeof *from);
    if (w->heap.n / sizeof *from + (from[value].next - value) >= CD_NONE) {
        w->too_large = true;
        return 0;
    }
    for (uint32_t i = value; i < from[value].next; i++) {
        struct cd_json v = from[i];
        bool names = v.kind == CD_JSON_STRING || v.kind == CD_JSON_UNKNOWN;
        v.key = i == value ? 0 : cd_store_string(w, v.key); /* a root has none */
        v.next = v.next - value + to;
        v.n = names                                                 ? cd_store_string(w, v.n)
              : v.kind == CD_JSON_ARRAY || v.kind == CD_JSON_OBJECT ? v.n
                                                                    : 0;
        v.number = v.kind == CD_JSON_NUMBER ? v.number : 0;
        cd_buf_put(&w->heap, &v, sizeof v);
    }
    return to;
}

void
cd_store_put_json_range(struct cd_store_writer *w, size_t before, struct cd_buf *out)
{
    struct cd_str added = cd_str_sub(cd_buf_view(&w->heap), before, w->heap.n);
    cd_bytes_put(out, before / sizeof(struct cd_json));
    cd_bytes_put(out, added.n / sizeof(struct cd_json));
    cd_bytes_put(out, cd_str_hash(added));
    w->oom |= w->heap.oom;
}
