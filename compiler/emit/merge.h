/* Keeping a disjunction of conjunctions small. Internal to compiler/emit. */
#ifndef CD_EMIT_MERGE_H
#define CD_EMIT_MERGE_H

#include "compiler/emit/emit.h"

/* F or C, with the same meaning and as few statements as are found: what another one covers falls
 * away, and statements that differ in one list of values become one. */
void cd_normal_form_add(struct cd_arena *a, struct cd_normal_form *f, struct cd_conditions c);

#endif
