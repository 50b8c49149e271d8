/* Any bytes through the splitter: all scanners give the same pieces, at every
 * size of the window, and pieces are what stands in the input. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/ingest/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const uint8_t *p;
    size_t n, at, step;
};

static cordon_status
read_bytes(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct bytes *b = user;
    size_t left = b->n - b->at;
    size_t take = n < left ? n : left;
    (void)err;
    *got = b->step > 0 && take > b->step ? b->step : take;
    if (*got > 0) {
        memcpy(into, b->p + b->at, *got);
    }
    b->at += *got;
    return CORDON_OK;
}

static void
put_pieces(const uint8_t *data, size_t size, const struct cd_window *w, struct cd_buf *out)
{
    for (size_t i = 0; i < w->n_pieces; i++) {
        const struct cd_piece *piece = &w->pieces[i];
        cd_buf_printf(out, "%d %llu %d %d: ", (int)piece->kind, (unsigned long long)piece->offset,
                      piece->had_items, piece->too_long);
        cd_buf_str(out, piece->text);
        cd_buf_putc(out, '\n');
        bool is_there =
            piece->kind != CD_PIECE_ITEM
            || (piece->offset + piece->text.n <= size
                && (piece->text.n == 0
                    || memcmp(data + piece->offset, piece->text.p, piece->text.n) == 0));
        if (!is_there) {
            abort();
        }
    }
}

/* What a run over the input gives, as text. */
static void
run(const uint8_t *data, size_t size, cd_scanner scanner, size_t window, size_t step,
    struct cd_buf *out)
{
    struct bytes bytes = {data, size, 0, step};
    struct cd_split sp;
    struct cd_window w = {.bytes = NULL};
    struct cordon_error err = {.code = CORDON_OK};
    cd_split_init(&sp, read_bytes, &bytes, scanner, window);
    while (!w.is_last) {
        if (cd_split_fill(&sp, &w, &err) != CORDON_OK) {
            cd_buf_printf(out, "%s at %llu\n", err.message, (unsigned long long)err.offset);
            break;
        }
        put_pieces(data, size, &w, out);
    }
    cd_window_finish(&w);
    cd_split_finish(&sp);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t windows[] = {0, 64, 200, 1000};
    size_t n_scanners;
    const cd_scanner *scanners = cd_scanners(&n_scanners);
    for (size_t i = 0; i < CD_ARRAY_LEN(windows) * n_scanners; i++) {
        size_t window = windows[i % CD_ARRAY_LEN(windows)];
        struct cd_buf vector = CD_BUF_INIT;
        struct cd_buf scalar = CD_BUF_INIT;
        run(data, size, scanners[i / CD_ARRAY_LEN(windows)], window, 0, &vector);
        run(data, size, cd_scan_scalar, window, 7, &scalar);
        if (!cd_str_eq(cd_buf_view(&vector), cd_buf_view(&scalar))) {
            abort();
        }
        cd_buf_finish(&vector);
        cd_buf_finish(&scalar);
    }
    return 0;
}
