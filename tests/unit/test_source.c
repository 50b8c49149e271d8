/* Sources: bytes come as they are, from files and from text, whatever is asked for at a time; a
 * file that becomes shorter is an error and not the end. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/ingest/source.h"

static cordon_status
read_all(struct cd_source *s, size_t step, struct cd_buf *out, struct cordon_error *err)
{
    char bytes[4096];
    size_t got = 1;
    while (got > 0) {
        CORDON_TRY(cd_source_read(s, bytes, step, &got, err));
        cd_buf_put(out, bytes, got);
    }
    return CORDON_OK;
}

/* `hello` in a stored block, as gzip -n writes it; its CRC-32 is 3610A686. */
#define HELLO                                        \
    "\x1F\x8B\x08\0\0\0\0\0\0\x03\x01\x05\0\xFA\xFF" \
    "hello\x86\xA6\x10\x36\x05\0\0\0"

#define BODY "\x01\x05\0\xFA\xFFhello\x86\xA6\x10\x36\x05\0\0\0"
/* The same behind heads with everything that a head may have, whose checksums are zlib's. */
#define CHECKED_HELLO "\x1F\x8B\x08\x02\0\0\0\0\0\x03\xA7\x77" BODY
#define FULL_HELLO                   \
    "\x1F\x8B\x08\x1F\0\0\0\0\0\x03" \
    "\x04\0abcd"                     \
    "n\0"                            \
    "c\0"                            \
    "\xEE\x28" BODY

Test(source, text_comes_as_it_is)
{
    static const struct {
        struct cd_str stored, wanted;
    } cases[] = {
        {CD_STR_INIT(""), CD_STR_INIT("")},
        {CD_STR_INIT("x"), CD_STR_INIT("x")},
        {CD_STR_INIT("\x1F"), CD_STR_INIT("\x1F")},
        {CD_STR_INIT("\x1F\x8C"), CD_STR_INIT("\x1F\x8C")},
        {CD_STR_INIT("[1,2,3]"), CD_STR_INIT("[1,2,3]")},
        {CD_STR_INIT(HELLO), CD_STR_INIT("hello")},
        {CD_STR_INIT(HELLO HELLO), CD_STR_INIT("hellohello")},
        {CD_STR_INIT(CHECKED_HELLO), CD_STR_INIT("hello")},
        {CD_STR_INIT(FULL_HELLO HELLO FULL_HELLO), CD_STR_INIT("hellohellohello")},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        for (size_t step = 1; step < 10; step += 2) {
            struct cd_source s;
            struct cd_buf out = CD_BUF_INIT;
            cd_source_text(&s, "a.json", cases[i].stored);
            cr_assert_eq(read_all(&s, step, &out, NULL), CORDON_OK);
            cr_assert(cd_str_eq(cd_buf_view(&out), cases[i].wanted), "case %zu", i);
            cd_buf_finish(&out);
            cd_source_close(&s);
        }
    }
}

/* Compressed bytes, one at a time. */
static cordon_status
one_byte(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct cd_str *left = user;
    (void)err;
    *got = left->n > 0 && n > 0;
    if (*got > 0) {
        memcpy(into, left->p, 1);
        *left = cd_str_sub(*left, 1, left->n);
    }
    return CORDON_OK;
}

Test(source, heads_of_members_come_in_parts)
{
    struct cd_str left = CD_STR_INIT(FULL_HELLO HELLO FULL_HELLO);
    struct cd_gzip *g = cd_gzip_new(one_byte, &left);
    char text[32];
    size_t n = 0;
    size_t got = 1;
    while (got > 0 && n < sizeof text) {
        cr_assert_eq(cd_gzip_read(g, text + n, sizeof text - n, &got, NULL), CORDON_OK);
        n += got;
    }
    cr_assert(cd_str_eq((struct cd_str){text, n}, CD_STR("hellohellohello")));
    cd_gzip_free(g);
}

/* A changed head is refused, with or without a checksum of its own. */
Test(source, heads_that_are_none)
{
    static const struct {
        size_t at;
        char byte;
        const char *why;
    } cases[] = {
        {3, '\x22', "the head of a member is none of gzip, at byte 10"}, /* reserved */
        {4, '\x01', "a checksum or a length does not fit what was inflated, at byte 12"},
        {10, '\x00', "a checksum or a length does not fit what was inflated, at byte 12"},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        struct cd_source s;
        struct cd_buf out = CD_BUF_INIT;
        struct cordon_error err;
        char bytes[] = CHECKED_HELLO;
        bytes[cases[i].at] = cases[i].byte;
        cd_source_text(&s, "a.json", (struct cd_str){bytes, sizeof bytes - 1});
        cr_assert_eq(read_all(&s, 4096, &out, &err), CORDON_EINPUT, "case %zu", i);
        cr_expect(strstr(err.message, cases[i].why) != NULL, "%s", err.message);
        cd_buf_finish(&out);
        cd_source_close(&s);
    }
}

Test(source, gzip_that_ends_too_early)
{
    for (size_t n = 2; n < sizeof FULL_HELLO - 1; n++) {
        struct cd_source s;
        struct cd_buf out = CD_BUF_INIT;
        struct cordon_error err;
        cd_source_text(&s, "a.json", (struct cd_str){FULL_HELLO, n});
        cr_assert_eq(read_all(&s, 4096, &out, &err), CORDON_EINPUT, "%zu bytes", n);
        char wanted[100];
        snprintf(wanted, sizeof wanted,
                 "the compressed file ends too early, at byte %zu: it is truncated", n);
        cr_assert_str_eq(err.message, wanted);
        cd_buf_finish(&out);
        cd_source_close(&s);
    }
}

Test(source, a_file_that_shrinks)
{
    char path[] = "/tmp/cordon-source-XXXXXX";
    char bytes[4096] = "[";
    struct cordon_error err;
    struct cd_source s;
    size_t got;
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && ftruncate(fd, 3 * sizeof bytes) == 0);
    cr_assert_eq(cd_source_open(&s, path, NULL, &err), CORDON_OK);
    cr_assert_eq(cd_source_read(&s, bytes, 2, &got, &err), CORDON_OK);
    cr_assert_eq(cd_source_read(&s, bytes, sizeof bytes, &got, &err), CORDON_OK);
    cr_assert_eq(ftruncate(fd, sizeof bytes), 0);
    cr_assert_eq(cd_source_read(&s, bytes, sizeof bytes, &got, &err), CORDON_EIO);
    cr_assert_str_eq(err.message,
                     "it became shorter while it was read: 4098 bytes instead of 12288");
    cd_source_close(&s);
    close(fd);
    unlink(path);
}

Test(source, a_file_that_is_not_there)
{
    struct cordon_error err;
    struct cd_source s;
    cr_assert_eq(cd_source_open(&s, "/nowhere/at/all.json", NULL, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "No such file or directory");
}
