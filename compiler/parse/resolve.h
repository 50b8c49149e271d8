/* What load.c and resolve.c share. */
#ifndef CD_PARSE_RESOLVE_H
#define CD_PARSE_RESOLVE_H

#include "compiler/parse/load.h"

/* Resolves the uses of all modules, parsing modules of the library as they are reached, reports
 * what is wrong with them, and sorts the modules by name. */
void cd_load_resolve(struct cd_load *l);

/* The module NAME of the library, parsed; NULL if there is none. */
struct cd_module *cd_load_std(struct cd_load *l, struct cd_str name);
/* Tries the names of the library. */
void cd_load_try_std(struct cd_load *l, struct cd_nearest *nearest);

#endif
