/* The front end of every verb that reads policies: load, parse, check; and the one place where
 * running out of memory while compiling becomes a status. */
#ifndef CD_CLI_FRONTEND_H
#define CD_CLI_FRONTEND_H

#include "compiler/ast/type.h"
#include "compiler/derive/derive.h"
#include "compiler/parse/load.h"
#include "compiler/sema/sema.h"

/* For the help of these verbs. */
#define CD_POLICY_HELP                                                                           \
    "A POLICY is a .cordon file, a folder with such files below it, or a module of the library " \
    "(std: all of it)."

struct cd_frontend {
    struct cd_arena arena; /* of everything compiled */
    struct cd_sources sources;
    struct cd_diags diags;
    struct cd_modules modules;
    struct cd_types types;
    struct cd_sema sema;             /* checked if cd_frontend_run returned CORDON_OK */
    struct cd_derive_options derive; /* set before it runs */
};

void cd_frontend_init(struct cd_frontend *f);
void cd_frontend_finish(struct cd_frontend *f);
/* Loads and parses; CORDON_EPOLICY if there are errors among the diagnostics. */
CORDON_MUST_CHECK cordon_status cd_frontend_parse(struct cd_frontend *f,
                                                  const char *const *policies, size_t n,
                                                  struct cordon_error *err);
/* The same, checks names and types, and derives denies. */
CORDON_MUST_CHECK cordon_status cd_frontend_run(struct cd_frontend *f, const char *const *policies,
                                                size_t n, struct cordon_error *err);
/* Calls FN(CTX) with the arena's jump set: what FN calls may allocate in it without checking.
 * CORDON_ENOMEM when memory is out; between here and there nothing may be held that is not the
 * arena's or CTX's. Calls may be nested. */
CORDON_MUST_CHECK cordon_status cd_frontend_guard(struct cd_frontend *f,
                                                  cordon_status (*fn)(void *ctx), void *ctx,
                                                  struct cordon_error *err);

/* For verbs that need sound policies: prints ERR or the diagnostics to stderr as text and returns
 * the exit code, 0 if STATUS is OK (warnings are printed, too). */
int cd_frontend_report(struct cd_frontend *f, cordon_status status, const struct cordon_error *err);
/* The same with the diagnostics on FD, for a verb whose results they are. */
int cd_frontend_report_to(struct cd_frontend *f, cordon_status status,
                          const struct cordon_error *err, int fd);

/* Writes a result to the file that OPTION ("-o") names, aside and renamed; never over a policy that
 * was read. */
CORDON_MUST_CHECK cordon_status cd_frontend_write(struct cd_frontend *f, const char *option,
                                                  const char *path, struct cd_str bytes,
                                                  struct cordon_error *err);

#endif
