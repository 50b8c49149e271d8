/* Images to bytes. */
#include "runtime/bc/image_file.h"

#include <assert.h>
#include <string.h>

#include "runtime/bc/limits.h"

uint64_t
cd_file_checksum(struct cd_str bytes)
{
    assert(bytes.n >= CD_FILE_HEADER);
    char head[CD_FILE_CHECKSUM_AT + sizeof(uint64_t)];
    memcpy(head, bytes.p, CD_FILE_CHECKSUM_AT);
    uint64_t rest = cd_str_hash(cd_str_sub(bytes, CD_FILE_CHECKSUM_AT + sizeof(uint64_t), bytes.n));
    cd_file_put(head + CD_FILE_CHECKSUM_AT, sizeof rest, rest);
    return cd_str_hash((struct cd_str){head, sizeof head});
}

static void
write_strings(const struct cd_image *img, struct cd_buf *out)
{
    for (size_t i = 0; i < img->strings.n; i++) {
        char *p = cd_buf_space(out, sizeof(uint32_t));
        if (p) {
            cd_file_put(p, sizeof(uint32_t), img->strings.items[i].n);
        }
    }
    for (size_t i = 0; i < img->strings.n; i++) {
        cd_buf_str(out, img->strings.items[i]);
    }
}

static void
write_array(const struct cd_image *img, enum cd_array array, struct cd_buf *out)
{
    size_t n_words;
    const struct cd_word_info *words = cd_array_words(array, &n_words);
    struct cd_any_vec vec = cd_array_get(img, array);
    char *p = cd_buf_space(out, vec.n * cd_array_file_size(array));
    const char *elem = vec.items;
    for (size_t i = 0; p && i < vec.n; i++, elem += cd_arrays[array].elem_size) {
        for (size_t w = 0; w < n_words; w++) {
            cd_file_put(p, words[w].size, cd_word_get(&words[w], elem));
            p += words[w].size;
        }
    }
}

/* What the reader refuses is not written. */
static cordon_status
check_limits(const struct cd_image *img, struct cordon_error *err)
{
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        if (cd_array_get(img, (enum cd_array)a).n > CD_LIMIT_ITEMS) {
            return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                               "the program has more than %u %s", CD_LIMIT_ITEMS,
                               cd_arrays[a].name);
        }
    }
    for (size_t i = 0; i < img->strings.n; i++) {
        if (img->strings.items[i].n > CD_LIMIT_STRING_SIZE) {
            return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                               "a string of the program is longer than %u bytes",
                               CD_LIMIT_STRING_SIZE);
        }
    }
    return CORDON_OK;
}

cordon_status
cd_image_write(const struct cd_image *img, struct cd_buf *out, struct cordon_error *err)
{
    CORDON_TRY(check_limits(img, err));
    size_t start = out->n;
    (void)cd_buf_space(out, CD_FILE_TABLE_END);
    size_t ends[CD_N_ARRAYS];
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        if (a == CD_ARRAY_strings) {
            write_strings(img, out);
        } else {
            write_array(img, (enum cd_array)a, out);
        }
        ends[a] = out->n - start;
    }
    if (out->oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    struct cd_str file = {out->p + start, out->n - start};
    if (file.n > CD_LIMIT_IMAGE_SIZE) {
        return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                           "the program is larger than %u bytes", CD_LIMIT_IMAGE_SIZE);
    }
    char *head = out->p + start;
    memcpy(head, CD_FILE_MAGIC, CD_FILE_MAGIC_SIZE);
    cd_file_put(head + CD_FILE_VERSION_AT, 4, CD_IMAGE_VERSION);
    cd_file_put(head + CD_FILE_EDITION_AT, 4, CD_LANGUAGE_EDITION);
    cd_file_put(head + CD_FILE_SIZE_AT, 8, file.n);
    cd_file_put(head + CD_FILE_SECTIONS_AT, 4, CD_N_ARRAYS);
    size_t offset = CD_FILE_TABLE_END;
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        char *row = head + CD_FILE_HEADER + a * CD_FILE_ROW;
        cd_file_put(row, 4, cd_array_get(img, (enum cd_array)a).n);
        cd_file_put(row + 8, 8, offset);
        cd_file_put(row + 16, 8, ends[a] - offset);
        offset = ends[a];
    }
    cd_file_put(head + CD_FILE_CHECKSUM_AT, 8, cd_file_checksum(file));
    return CORDON_OK;
}
