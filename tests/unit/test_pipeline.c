/* The pipeline: whatever the number of threads and the size of windows, every piece is read once,
 * in order, parsed where it can be; the first failure in the order of the file is the one that
 * counts. */
#include <criterion/criterion.h>

#include "runtime/ingest/pipeline.h"

struct bytes {
    struct cd_str s;
    size_t at;
    size_t fails_at; /* SIZE_MAX: never */
};

static cordon_status
read_bytes(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct bytes *b = user;
    size_t left = b->s.n - b->at;
    if (b->at >= b->fails_at) {
        return cordon_fail(err, CORDON_EIO, b->at, "the disk is gone");
    }
    *got = n < left ? n : left;
    memcpy(into, b->s.p + b->at, *got);
    b->at += *got;
    return CORDON_OK;
}

struct seen {
    struct cd_buf text;
    uint64_t n, n_parsed, fails_at; /* fails_at: a piece; UINT64_MAX: none */
};

static cordon_status
see(void *user, const struct cd_batch *b, struct cordon_error *err)
{
    struct seen *seen = user;
    for (size_t i = 0; i < b->w.n_pieces; i++, seen->n++) {
        if (seen->n == seen->fails_at) {
            return cordon_fail(err, CORDON_EINPUT, seen->n, "enough");
        }
        cd_buf_printf(&seen->text, "%llu:", (unsigned long long)b->w.pieces[i].offset);
        cd_buf_str(&seen->text, b->w.pieces[i].text);
        cd_buf_putc(&seen->text, '\n');
        seen->n_parsed += i < CD_DOM_SHELF && b->parsed[i] != NULL;
    }
    return CORDON_OK;
}

static cordon_status
run(struct bytes *bytes, size_t window, unsigned n_threads, struct seen *seen,
    struct cordon_error *err)
{
    struct cd_split split;
    size_t n_scanners;
    bytes->at = 0;
    seen->n = seen->n_parsed = 0;
    cd_buf_clear(&seen->text);
    cd_split_init(&split, read_bytes, bytes, cd_scanners(&n_scanners)[0], window);
    cordon_status status = cd_pipeline_run(&split, n_threads, see, seen, err);
    cd_split_finish(&split);
    return status;
}

/* A list of N items of different lengths, every seventh of them broken. */
static struct cd_buf
items(unsigned n)
{
    struct cd_buf out = CD_BUF_INIT;
    for (unsigned i = 0; i < n; i++) {
        cd_buf_printf(&out, "%c{\"n\":%u,\"pad\":\"%*s\"%s}", i == 0 ? '[' : ',', i,
                      (int)(i * 37 % 300), "", i % 7 == 0 ? "," : "");
    }
    cd_buf_putc(&out, ']');
    return out;
}

Test(pipeline, the_same_for_any_number_of_threads)
{
    static const size_t windows[] = {64, 1000, 0};
    struct cd_buf text = items(3000);
    struct bytes bytes = {cd_buf_view(&text), 0, SIZE_MAX};
    struct seen one = {.fails_at = UINT64_MAX};
    struct seen many = {.fails_at = UINT64_MAX};
    for (size_t i = 0; i < CD_ARRAY_LEN(windows); i++) {
        cr_assert_eq(run(&bytes, windows[i], 1, &one, NULL), CORDON_OK);
        cr_assert_eq(one.n, 3000);
        cr_assert(windows[i] == 0 || one.n_parsed == 3000 - 429);
        for (unsigned n_threads = 2; n_threads <= CD_MOST_THREADS + 1; n_threads += 5) {
            cr_assert_eq(run(&bytes, windows[i], n_threads, &many, NULL), CORDON_OK);
            cr_assert(cd_str_eq(cd_buf_view(&one.text), cd_buf_view(&many.text)));
            cr_assert_eq(one.n_parsed, many.n_parsed);
        }
    }
    cd_buf_finish(&one.text);
    cd_buf_finish(&many.text);
    cd_buf_finish(&text);
}

Test(pipeline, the_first_failure_counts)
{
    struct cd_buf text = items(2000);
    struct bytes bytes = {cd_buf_view(&text), 0, SIZE_MAX};
    struct seen seen = {.fails_at = UINT64_MAX};
    struct cordon_error err = {.code = CORDON_OK};
    for (unsigned n_threads = 1; n_threads <= 4; n_threads++) {
        bytes.fails_at = 50000;
        seen.fails_at = UINT64_MAX;
        cr_assert_eq(run(&bytes, 1000, n_threads, &seen, &err), CORDON_EIO);
        cr_assert_str_eq(err.message, "the disk is gone");
        uint64_t n_read = seen.n;
        cr_assert(n_read > 100 && n_read < 2000);
        seen.fails_at = n_read - 1; /* in the last window that could be filled */
        cr_assert_eq(run(&bytes, 1000, n_threads, &seen, &err), CORDON_EINPUT);
        cr_assert_eq(err.offset, n_read - 1);
        seen.fails_at = 3; /* long before */
        cr_assert_eq(run(&bytes, 1000, n_threads, &seen, &err), CORDON_EINPUT);
        cr_assert_eq(err.offset, 3);
    }
    cd_buf_finish(&seen.text);
    cd_buf_finish(&text);
}

/* Text behind the list: the items before it are read first, and then it is an error. */
Test(pipeline, what_stands_before_an_error_is_read)
{
    struct bytes bytes = {CD_STR("[{\"a\":1},{\"b\":2}] x"), 0, SIZE_MAX};
    struct seen seen = {.fails_at = UINT64_MAX};
    struct cordon_error err = {.code = CORDON_OK};
    cr_assert_eq(run(&bytes, 0, 2, &seen, &err), CORDON_EINPUT);
    cr_assert_eq(err.offset, 18);
    cr_assert_eq(seen.n, 2);
    cd_buf_finish(&seen.text);
}
