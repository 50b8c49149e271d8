/* The one canonical form of a policy: which items stand in which order, where lines break, where
 * blanks stand. Only layout changes: the result has the same syntax tree and the same comments. */
#ifndef CD_FMT_FMT_H
#define CD_FMT_FMT_H

#include "compiler/diag/diag.h"
#include "runtime/base/buf.h"

struct cd_formatted {
    struct cd_buf text;
    struct cd_buf tree; /* private */
};

/* FILE in canonical form, as RESULT's text; RESULT was zeroed and is finished by the caller, also
 * after a jump. CORDON_EPOLICY, with diagnostics, if the file has syntax errors; a file without a
 * module line, even an empty one, has a form, too. CORDON_EDEFECT if the text would not say the
 * same. ARENA has to jump when it is out of memory; what is allocated in it is freed again. */
CORDON_MUST_CHECK cordon_status cd_fmt(struct cd_arena *arena, struct cd_diags *diags,
                                       struct cd_sources *sources, uint32_t file,
                                       struct cd_formatted *result, struct cordon_error *err);
void cd_formatted_finish(struct cd_formatted *result);

#endif
