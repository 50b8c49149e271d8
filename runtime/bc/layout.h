/* The layout of images as tables (layout.def): by them the writer, the reader, the check of
 * references and the documentation walk over every array alike. Internal to runtime/bc. */
#ifndef CD_BC_LAYOUT_H
#define CD_BC_LAYOUT_H

#include "runtime/bc/program.h"

enum cd_array {
#define CD_ARRAY(name, what) CD_ARRAY_##name,
#define CD_WORD(array, type, member, ref, target, what)
#define CD_ITEM(array, ref, target, what)
#include "runtime/bc/layout.def"
#undef CD_ARRAY
#undef CD_WORD
#undef CD_ITEM
    CD_N_ARRAYS
};

enum cd_word_ref {
    CD_WORD_ANY,
    CD_WORD_BELOW,
    CD_WORD_INDEX,
    CD_WORD_OPT,
    CD_WORD_FIRST,
    CD_WORD_LENGTH
};

struct cd_array_info {
    const char *name;
    size_t vec;       /* offset of the CD_VEC in struct cd_image */
    size_t elem_size; /* in memory */
};

/* A word of an element. */
struct cd_word_info {
    enum cd_array array;
    const char *name;
    size_t offset, size; /* of the member; on file it has the same size */
    enum cd_word_ref ref;
    uint32_t target; /* BELOW: the limit; INDEX, OPT, FIRST: enum cd_array */
};

/* A CD_VEC without its element type. */
struct cd_any_vec {
    void *items;
    size_t n, cap;
};

extern const struct cd_array_info cd_arrays[CD_N_ARRAYS];
extern const struct cd_word_info cd_words[];
extern const size_t cd_n_words;

/* The words of an array: *n of them from the returned one. */
const struct cd_word_info *cd_array_words(enum cd_array array, size_t *n);
/* Bytes of an element on file; 0 for strings, which have no fixed size. */
size_t cd_array_file_size(enum cd_array array);
struct cd_any_vec cd_array_get(const struct cd_image *img, enum cd_array array);
void cd_array_set(struct cd_image *img, enum cd_array array, struct cd_any_vec vec);
/* Value of word W of the element at ELEM. */
uint64_t cd_word_get(const struct cd_word_info *w, const void *elem);
void cd_word_set(const struct cd_word_info *w, void *elem, uint64_t value);

/* Is every reference between the arrays of IMG in range? Then it can be walked without leaving an
 * array. */
CORDON_MUST_CHECK cordon_status cd_image_check_refs(const struct cd_image *img,
                                                    struct cordon_error *err);

#endif
