/* The tables of layout.def, and the walk over an image's arrays by them. */
#include "runtime/bc/layout.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define IMAGE ((struct cd_image *)0)
#define WIDTH_OF(type, member) sizeof(((type *)0)->member)

const struct cd_array_info cd_arrays[CD_N_ARRAYS] = {
#define CD_ARRAY(name, what) \
    [CD_ARRAY_##name] = {#name, offsetof(struct cd_image, name), sizeof *IMAGE->name.items},
#define CD_WORD(array, type, member, ref, target, what)
#define CD_ITEM(array, ref, target, what)
#include "runtime/bc/layout.def"
#undef CD_ARRAY
#undef CD_WORD
#undef CD_ITEM
};

/* What TARGET of a word means depends on its REF. */
#define TARGET_ANY(target) 0
#define TARGET_BELOW(target) (target)
#define TARGET_INDEX(target) CD_ARRAY_##target
#define TARGET_OPT(target) CD_ARRAY_##target
#define TARGET_FIRST(target) CD_ARRAY_##target
#define TARGET_LENGTH(target) 0

const struct cd_word_info cd_words[] = {
#define CD_ARRAY(name, what)
#define CD_WORD(array, type, member, ref, target, what) \
    {CD_ARRAY_##array,                                  \
     #member,                                           \
     offsetof(struct type, member),                     \
     WIDTH_OF(struct type, member),                     \
     CD_WORD_##ref,                                     \
     TARGET_##ref(target)},
#define CD_ITEM(array, ref, target, what) \
    {CD_ARRAY_##array, "", 0, sizeof(uint32_t), CD_WORD_##ref, TARGET_##ref(target)},
#include "runtime/bc/layout.def"
#undef CD_ARRAY
#undef CD_WORD
#undef CD_ITEM
};
const size_t cd_n_words = CD_ARRAY_LEN(cd_words);

const struct cd_word_info *
cd_array_words(enum cd_array array, size_t *n)
{
    size_t first = 0;
    while (first < cd_n_words && cd_words[first].array != array) {
        first++;
    }
    size_t end = first;
    while (end < cd_n_words && cd_words[end].array == array) {
        end++;
    }
    *n = end - first;
    return &cd_words[first];
}

size_t
cd_array_file_size(enum cd_array array)
{
    size_t n;
    const struct cd_word_info *w = cd_array_words(array, &n);
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        size += w[i].size;
    }
    return size;
}

struct cd_any_vec
cd_array_get(const struct cd_image *img, enum cd_array array)
{
    struct cd_any_vec vec;
    memcpy(&vec, (const char *)img + cd_arrays[array].vec, sizeof vec);
    return vec;
}

void
cd_array_set(struct cd_image *img, enum cd_array array, struct cd_any_vec vec)
{
    memcpy((char *)img + cd_arrays[array].vec, &vec, sizeof vec);
}

uint64_t
cd_word_get(const struct cd_word_info *w, const void *elem)
{
    const char *p = (const char *)elem + w->offset;
    uint16_t v16;
    uint32_t v32;
    uint64_t v64;
    switch (w->size) {
    case sizeof v16: memcpy(&v16, p, sizeof v16); return v16;
    case sizeof v32: memcpy(&v32, p, sizeof v32); return v32;
    default:
        assert(w->size == sizeof v64);
        memcpy(&v64, p, sizeof v64);
        return v64;
    }
}

void
cd_word_set(const struct cd_word_info *w, void *elem, uint64_t value)
{
    char *p = (char *)elem + w->offset;
    uint16_t v16 = (uint16_t)value;
    uint32_t v32 = (uint32_t)value;
    switch (w->size) {
    case sizeof v16: memcpy(p, &v16, sizeof v16); return;
    case sizeof v32: memcpy(p, &v32, sizeof v32); return;
    default:
        assert(w->size == sizeof value);
        memcpy(p, &value, sizeof value);
        return;
    }
}

/* Does the value of W, of the element at ELEM, point into its target? */
static bool
word_holds(const struct cd_word_info *w, const void *elem, const size_t *counts)
{
    uint64_t value = cd_word_get(w, elem);
    switch (w->ref) {
    case CD_WORD_ANY:
    case CD_WORD_LENGTH: return true;
    case CD_WORD_BELOW: return value < w->target;
    case CD_WORD_INDEX: return value < counts[w->target];
    case CD_WORD_OPT: return value == CD_NONE || value < counts[w->target];
    case CD_WORD_FIRST: return value + cd_word_get(w + 1, elem) <= counts[w->target];
    }
    return false;
}

cordon_status
cd_image_check_refs(const struct cd_image *img, struct cordon_error *err)
{
    size_t counts[CD_N_ARRAYS];
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        counts[a] = cd_array_get(img, (enum cd_array)a).n;
    }
    for (unsigned a = 0; a < CD_N_ARRAYS; a++) {
        size_t n_words;
        const struct cd_word_info *words = cd_array_words((enum cd_array)a, &n_words);
        const char *elem = cd_array_get(img, (enum cd_array)a).items;
        for (size_t i = 0; n_words > 0 && i < counts[a]; i++, elem += cd_arrays[a].elem_size) {
            for (size_t w = 0; w < n_words; w++) {
                if (!word_holds(&words[w], elem, counts)) {
                    return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                                       "%s[%zu]%s%s is out of range: %" PRIu64, cd_arrays[a].name,
                                       i, *words[w].name ? "." : "", words[w].name,
                                       cd_word_get(&words[w], elem));
                }
            }
        }
    }
    return CORDON_OK;
}
