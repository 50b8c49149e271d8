/* Bytes to images. Nothing in the file is believed before the checksum holds, and nothing is walked
 * before it is measured. */
#include "runtime/bc/image_file.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/bc/limits.h"

static cordon_status
corrupt(struct cordon_error *err, uint64_t offset, const char *what)
{
    return cordon_fail(err, CORDON_ECORRUPT, offset, "not a usable program image: %s", what);
}

static cordon_status
check_frame(struct cd_str bytes, struct cordon_error *err)
{
    if (bytes.n < CD_FILE_MAGIC_SIZE || memcmp(bytes.p, CD_FILE_MAGIC, CD_FILE_MAGIC_SIZE) != 0) {
        return corrupt(err, 0,
                       "it does not begin as one (`cordon build` makes images of policies)");
    }
    if (bytes.n < CD_FILE_TABLE_END) {
        return corrupt(err, bytes.n, "it is truncated");
    }
    uint64_t version = cd_file_get(bytes.p + CD_FILE_VERSION_AT, 4);
    uint64_t edition = cd_file_get(bytes.p + CD_FILE_EDITION_AT, 4);
    if (version != CD_IMAGE_VERSION) {
        return cordon_fail(err, CORDON_EVERSION, CD_FILE_VERSION_AT,
                           "the image has format version %" PRIu64
                           ", this Cordon reads version %u; build it again",
                           version, CD_IMAGE_VERSION);
    }
    if (edition != CD_LANGUAGE_EDITION) {
        return cordon_fail(err, CORDON_EVERSION, CD_FILE_EDITION_AT,
                           "the image was built from edition %" PRIu64
                           " of the language, this Cordon knows edition %u",
                           edition, CD_LANGUAGE_EDITION);
    }
    uint64_t size = cd_file_get(bytes.p + CD_FILE_SIZE_AT, 8);
    if (size != bytes.n) {
        return corrupt(err, CD_FILE_SIZE_AT,
                       bytes.n < size ? "it is truncated" : "its size is not what it says");
    }
    if (bytes.n > CD_LIMIT_IMAGE_SIZE) {
        return corrupt(err, CD_FILE_SIZE_AT, "it is too large");
    }
    if (cd_file_get(bytes.p + CD_FILE_CHECKSUM_AT, 8) != cd_file_checksum(bytes)) {
        return corrupt(err, CD_FILE_CHECKSUM_AT,
                       "its checksum does not hold, it was changed or damaged");
    }
    if (cd_file_get(bytes.p + CD_FILE_SECTIONS_AT, 4) != CD_N_ARRAYS
        || cd_file_get(bytes.p + CD_FILE_ZERO_AT, 4) != 0) {
        return corrupt(err, CD_FILE_SECTIONS_AT, "its header has unknown contents");
    }
    return CORDON_OK;
}

/* A row of the section table. */
struct row {
    uint32_t n;
    size_t offset, size;
};

/* Reads the row of ARRAY, whose section has to begin at OFFSET. */
static cordon_status
read_row(struct cd_str bytes, enum cd_array array, size_t offset, struct row *row,
         struct cordon_error *err)
{
    size_t at = CD_FILE_HEADER + array * CD_FILE_ROW;
    uint64_t size = cd_file_get(bytes.p + at + 16, 8);
    *row = (struct row){(uint32_t)cd_file_get(bytes.p + at, 4), offset, (size_t)size};
    if (cd_file_get(bytes.p + at + 4, 4) != 0 || cd_file_get(bytes.p + at + 8, 8) != offset
        || size > bytes.n - offset) {
        return corrupt(err, at, "its section table is wrong");
    }
    if (row->n > CD_LIMIT_ITEMS) {
        return corrupt(err, at, "a section has too many elements");
    }
    size_t elem_size = cd_array_file_size(array);
    if (elem_size != 0 ? size != (uint64_t)row->n * elem_size
                       : size < (uint64_t)row->n * sizeof(uint32_t)) {
        return corrupt(err, at, "a section is not as long as its elements");
    }
    return CORDON_OK;
}

static cordon_status
read_strings(struct cd_str bytes, const struct row *row, struct cd_image *img,
             struct cordon_error *err)
{
    struct cd_str *items = CD_NEW_ARRAY(img->arena, row->n, struct cd_str);
    struct cd_str text =
        cd_str_sub(bytes, row->offset + row->n * sizeof(uint32_t), row->offset + row->size);
    struct cd_str copy = cd_arena_str(img->arena, text);
    if (!items || !copy.p) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    size_t at = 0;
    for (uint32_t i = 0; i < row->n; i++) {
        size_t len = (size_t)cd_file_get(bytes.p + row->offset + i * sizeof(uint32_t), 4);
        if (len > CD_LIMIT_STRING_SIZE || len > copy.n - at) {
            return corrupt(err, row->offset, "a string is longer than it can be");
        }
        items[i] = cd_str_sub(copy, at, at + len);
        if (cd_utf8_check(items[i]) != len) {
            return corrupt(err, row->offset, "a string is not UTF-8");
        }
        at += len;
    }
    if (at != copy.n) {
        return corrupt(err, row->offset, "the strings are not as long as their lengths");
    }
    img->strings.items = items;
    img->strings.n = img->strings.cap = row->n;
    return CORDON_OK;
}

static cordon_status
read_array(struct cd_str bytes, enum cd_array array, const struct row *row, struct cd_image *img,
           struct cordon_error *err)
{
    size_t n_words;
    const struct cd_word_info *words = cd_array_words(array, &n_words);
    char *elem = cd_arena_array(img->arena, row->n, cd_arrays[array].elem_size);
    if (!elem) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    cd_array_set(img, array, (struct cd_any_vec){elem, row->n, row->n});
    const char *p = bytes.p + row->offset;
    for (uint32_t i = 0; i < row->n; i++, elem += cd_arrays[array].elem_size) {
        for (size_t w = 0; w < n_words; w++) {
            cd_word_set(&words[w], elem, cd_file_get(p, words[w].size));
            p += words[w].size;
        }
    }
    return CORDON_OK;
}

cordon_status
cd_image_read(struct cd_str bytes, struct cd_arena *arena, struct cd_image *img,
              struct cordon_error *err)
{
    *img = (struct cd_image){.arena = arena};
    CORDON_TRY(check_frame(bytes, err));
    size_t offset = CD_FILE_TABLE_END;
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        struct row row;
        CORDON_TRY(read_row(bytes, (enum cd_array)a, offset, &row, err));
        CORDON_TRY(a == CD_ARRAY_strings ? read_strings(bytes, &row, img, err)
                                         : read_array(bytes, (enum cd_array)a, &row, img, err));
        offset += row.size;
    }
    if (offset != bytes.n) {
        return corrupt(err, offset, "there is something behind its last section");
    }
    CORDON_TRY(cd_image_check_refs(img, err));
    img->hash = cd_str_hash(bytes);
    return CORDON_OK;
}
