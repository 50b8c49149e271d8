/* `-MD FILE`: what was read for a result, as a rule of make, as compilers write it. */
#ifndef CD_CLI_DEPFILE_H
#define CD_CLI_DEPFILE_H

#include "compiler/cli/frontend.h"
#include "runtime/driver/options.h"

/* The options -MD and -MT of a verb. */
struct cd_depfile {
    const char *path;         /* NULL: none is asked for */
    struct cd_values targets; /* -MT: written as they are; none: what the verb makes */
};

#define CD_DEPFILE_OPTIONS(d)                                                                  \
    {.name = "MD",                                                                             \
     .kind = CD_OPTION_VALUE,                                                                  \
     .one_dash = true,                                                                         \
     .argument = "FILE",                                                                       \
     .value = &(d)->path,                                                                      \
     .help = "write the files that were read to FILE, as a rule for make"},                    \
    {                                                                                          \
        .name = "MT", .kind = CD_OPTION_MANY, .one_dash = true, .argument = "TARGET",          \
        .values = &(d)->targets, .help = "the target of that rule, instead of what is written" \
    }

/* 2, and USAGE's error, where -MT stands without -MD; else 0. */
int cd_depfile_check(const struct cd_depfile *d, const struct cd_usage *usage);
/* Writes D's file, aside and renamed: MADE, or the targets that D names, depend on the files that
 * FRONT has read (modules of the library are in the program) and on OTHERS. Each of those is a
 * target without prerequisites, too, so that a file that goes does not stop make. CORDON_EUSAGE for
 * a path that make cannot read, and where D's file is one of MADE. */
CORDON_MUST_CHECK cordon_status cd_depfile_write(const struct cd_depfile *d,
                                                 const char *const *made, size_t n_made,
                                                 struct cd_frontend *front,
                                                 const struct cd_values *others,
                                                 struct cordon_error *err);

#endif
