/* The words of a control's metadata. */
#ifndef CD_AST_METADATA_H
#define CD_AST_METADATA_H

#include "runtime/base/str.h"

/* Rows of metadata.def. */
enum cd_metadata {
#define CD_METADATA(name, word) CD_METADATA_##name,
#include "compiler/ast/metadata.def"
#undef CD_METADATA
};
#define CD_N_METADATA 7u

extern const struct cd_str cd_metadata_words[CD_N_METADATA];
/* The row of WORD; CD_N_METADATA if there is none. */
unsigned cd_metadata_find(struct cd_str word);

#endif
