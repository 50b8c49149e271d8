/* Images: written and read back equal, and refused when anything about them is wrong. */
#include <criterion/criterion.h>
#include <setjmp.h>

#include "runtime/bc/image_file.h"
#include "tests/support/sample_image.h"

static struct cd_arena arena;
static jmp_buf oom;
static struct cd_image sample;
static struct cd_buf bytes;
static struct cordon_error err;

static void
setup(void)
{
    cd_arena_init(&arena);
    arena.on_oom = &oom;
    cr_assert(setjmp(oom) == 0);
    sample_image(&sample, &arena);
    bytes = (struct cd_buf)CD_BUF_INIT;
    cr_assert_eq(cd_image_write(&sample, &bytes, &err), CORDON_OK, "%s", err.message);
}

static void
teardown(void)
{
    cd_buf_finish(&bytes);
    cd_arena_finish(&arena);
}

TestSuite(image, .init = setup, .fini = teardown);

static cordon_status
read_bytes(struct cd_str view, struct cd_image *img)
{
    err = (struct cordon_error){.code = CORDON_OK};
    return cd_image_read(view, &arena, img, &err);
}

static void
expect_text(const struct cd_image *img, struct cd_str text)
{
    struct cd_buf out = CD_BUF_INIT;
    cd_image_disasm(img, &out);
    cr_assert(cd_str_eq(cd_buf_view(&out), text), "%.*s", CD_FMT(cd_buf_view(&out)));
    cd_buf_finish(&out);
}

Test(image, reads_what_it_writes)
{
    struct cd_image back;
    cr_assert_eq(read_bytes(cd_buf_view(&bytes), &back), CORDON_OK, "%s", err.message);
    struct cd_buf again = CD_BUF_INIT;
    cr_assert_eq(cd_image_write(&back, &again, &err), CORDON_OK);
    cr_assert(cd_str_eq(cd_buf_view(&bytes), cd_buf_view(&again)));
    cd_buf_finish(&again);
    struct cd_buf text = CD_BUF_INIT;
    cd_image_disasm(&sample, &text);
    cr_assert(!text.oom && text.n > 0);
    expect_text(&back, cd_buf_view(&text));
    cd_buf_finish(&text);
    struct cd_program program;
    cr_assert_eq(cd_program_verify(&back, &program, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(program.img, &back);
}

Test(image, hash_tells_programs_apart)
{
    struct cd_image one;
    struct cd_image other;
    cr_assert_eq(read_bytes(cd_buf_view(&bytes), &one), CORDON_OK);
    sample.places.items[0].line++;
    cd_buf_clear(&bytes);
    cr_assert_eq(cd_image_write(&sample, &bytes, &err), CORDON_OK);
    cr_assert_eq(read_bytes(cd_buf_view(&bytes), &other), CORDON_OK);
    cr_assert_neq(one.hash, other.hash);
}

Test(image, refuses_every_truncation)
{
    for (size_t n = 0; n < bytes.n; n++) {
        struct cd_arena_mark mark = cd_arena_mark(&arena);
        struct cd_image img;
        cr_assert_eq(read_bytes((struct cd_str){bytes.p, n}, &img), CORDON_ECORRUPT, "of %zu bytes",
                     n);
        cr_assert(err.message[0] != '\0');
        cd_arena_reset(&arena, mark);
    }
    cd_buf_putc(&bytes, '\0');
    struct cd_image img;
    cr_assert_eq(read_bytes(cd_buf_view(&bytes), &img), CORDON_ECORRUPT);
}

Test(image, refuses_every_flipped_bit)
{
    for (size_t bit = 0; bit < 8 * bytes.n; bit++) {
        struct cd_arena_mark mark = cd_arena_mark(&arena);
        struct cd_image img;
        bytes.p[bit / 8] = (char)(bytes.p[bit / 8] ^ (1 << bit % 8));
        bool in_version = bit / 8 >= CD_FILE_VERSION_AT && bit / 8 < CD_FILE_CHECKSUM_AT;
        cr_assert_eq(read_bytes(cd_buf_view(&bytes), &img),
                     in_version ? CORDON_EVERSION : CORDON_ECORRUPT, "bit %zu", bit);
        bytes.p[bit / 8] = (char)(bytes.p[bit / 8] ^ (1 << bit % 8));
        cd_arena_reset(&arena, mark);
    }
}

/* Recomputes the checksum, so that what lies behind it is looked at. */
static cordon_status
read_resealed(void)
{
    cd_file_put(bytes.p + CD_FILE_CHECKSUM_AT, 8, cd_file_checksum(cd_buf_view(&bytes)));
    struct cd_image img;
    return read_bytes(cd_buf_view(&bytes), &img);
}

Test(image, says_that_a_version_is_another)
{
    cd_file_put(bytes.p + CD_FILE_VERSION_AT, 4, CD_IMAGE_VERSION + 1);
    cr_assert_eq(read_resealed(), CORDON_EVERSION);
    cr_assert(strstr(err.message, "format version 2") != NULL, "%s", err.message);
    cd_file_put(bytes.p + CD_FILE_VERSION_AT, 4, CD_IMAGE_VERSION);
    cd_file_put(bytes.p + CD_FILE_EDITION_AT, 4, 2025);
    cr_assert_eq(read_resealed(), CORDON_EVERSION);
    cr_assert(strstr(err.message, "edition 2025") != NULL, "%s", err.message);
}

Test(image, refuses_a_wrong_section_table)
{
    for (size_t row = 0; row < CD_N_ARRAYS; row++) {
        for (size_t word = 0; word < CD_FILE_ROW / 4; word++) {
            struct cd_arena_mark mark = cd_arena_mark(&arena);
            char *p = bytes.p + CD_FILE_HEADER + row * CD_FILE_ROW + word * 4;
            uint64_t old = cd_file_get(p, 4);
            cd_file_put(p, 4, old + 1);
            cr_assert_eq(read_resealed(), CORDON_ECORRUPT, "row %zu word %zu", row, word);
            cd_file_put(p, 4, UINT32_MAX);
            cr_assert_eq(read_resealed(), CORDON_ECORRUPT, "row %zu word %zu", row, word);
            cd_file_put(p, 4, old);
            cd_arena_reset(&arena, mark);
        }
    }
    cr_assert_eq(read_resealed(), CORDON_OK);
}

Test(image, refuses_strings_that_are_not_utf8)
{
    sample.strings.items[0] = CD_STR("\xff");
    cd_buf_clear(&bytes);
    cr_assert_eq(cd_image_write(&sample, &bytes, &err), CORDON_OK);
    cr_assert_eq(read_resealed(), CORDON_ECORRUPT);
}

/* Every word that refers to something is refused when it refers to nothing. */
Test(image, refuses_references_out_of_range)
{
    for (size_t w = 0; w < cd_n_words; w++) {
        const struct cd_word_info *word = &cd_words[w];
        struct cd_any_vec vec = cd_array_get(&sample, word->array);
        if (word->ref == CD_WORD_ANY || word->ref == CD_WORD_LENGTH || vec.n == 0) {
            continue;
        }
        uint64_t old = cd_word_get(word, vec.items);
        uint64_t limit = word->ref == CD_WORD_BELOW
                             ? word->target
                             : cd_array_get(&sample, (enum cd_array)word->target).n;
        cd_word_set(word, vec.items, word->ref == CD_WORD_FIRST ? limit + 1 : limit);
        cr_assert_eq(cd_image_check_refs(&sample, &err), CORDON_ECORRUPT, "%s.%s",
                     cd_arrays[word->array].name, word->name);
        cd_word_set(word, vec.items, old);
        cr_assert_eq(cd_image_check_refs(&sample, &err), CORDON_OK, "%s", err.message);
    }
}
