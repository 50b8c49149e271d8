/* The table of metadata.def. */
#include "compiler/ast/metadata.h"

const struct cd_str cd_metadata_words[] = {
#define CD_METADATA(name, word) [CD_METADATA_##name] = CD_STR_INIT(word),
#include "compiler/ast/metadata.def"
#undef CD_METADATA
};

_Static_assert(CD_ARRAY_LEN(cd_metadata_words) == CD_N_METADATA, "the table has as many rows");

unsigned
cd_metadata_find(struct cd_str word)
{
    unsigned i = 0;
    while (i < CD_N_METADATA && !cd_str_eq(cd_metadata_words[i], word)) {
        i++;
    }
    return i;
}
