/* Hints for the habits of other languages. */
#ifndef CD_DIAG_HABITS_H
#define CD_DIAG_HABITS_H

#include "runtime/base/str.h"

/* What to write instead of WORD, which names nothing here; NULL if there is nothing to say. */
const char *cd_habit_help(struct cd_str word);

#endif
