/* Does what an author wrote say what would have been derived? Internal to compiler/emit. */
#ifndef CD_EMIT_TABLE_COVER_H
#define CD_EMIT_TABLE_COVER_H

#include "compiler/emit/emit.h"

struct cd_table_cover {
    struct cd_arena *a;
    const struct cd_decl *control;
    const struct cd_const_env *env;
};

/* Does a written deny of the control fire wherever the deny of breach B (WRITTEN) would? False
 * where that is not plain. */
bool cd_is_covered(const struct cd_table_cover *cover, const struct cd_breach *b);

#endif
