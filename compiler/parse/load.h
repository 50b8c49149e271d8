/* From the POLICY arguments of a call to parsed modules whose uses are resolved. */
#ifndef CD_PARSE_LOAD_H
#define CD_PARSE_LOAD_H

#include "compiler/ast/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/source/source.h"

struct cd_parse;

struct cd_load {
    struct cd_arena *arena; /* has to jump when it is out of memory */
    struct cd_sources *sources;
    struct cd_diags *diags;
    struct cd_modules *modules;
    struct cd_parse *scratch; /* private, NULL at first */
};

/* Is ARG a module of the library, or a part of it (`std`, `std.controls`), and no file? */
bool cd_load_is_std(const char *arg);

/* Reads and parses POLICIES, each a `.cordon` file, a folder with such files below it, or a name of
 * the library; those modules are `selected`. What they use is found among them and in the library.
 * Then resolves cd_use.module and sorts the modules by name: the order of the arguments changes
 * nothing. What is wrong in the files is reported as diagnostics; CORDON_EIO for what cannot be
 * read, CORDON_EUSAGE for an argument that is no policy. */
CORDON_MUST_CHECK cordon_status cd_load(struct cd_load *l, const char *const *policies, size_t n,
                                        struct cordon_error *err);

#endif
