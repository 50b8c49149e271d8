/* The options of `eval`, the same for `cordon eval` and `cordon-eval`. */
#ifndef CD_DRIVER_EVAL_OPTIONS_H
#define CD_DRIVER_EVAL_OPTIONS_H

#include "runtime/driver/eval_run.h"
#include "runtime/driver/options.h"

#define CD_N_EVAL_OPTIONS 13

/* What the options write to; stays where it is between init and the end of the run. */
struct cd_eval_command {
    struct cd_eval_options options;
    const char *format, *fail_on, *max_findings, *threads; /* as typed */
    struct cd_option table[CD_N_EVAL_OPTIONS];
};

/* What a program evaluates: policies or an image (`cordon eval`), or only an image (`cordon-eval`).
 */
enum cd_eval_of { CD_EVAL_POLICIES, CD_EVAL_IMAGE };

/* Fills the table and USAGE, which borrows it. */
void cd_eval_command_init(struct cd_eval_command *c, struct cd_usage *usage, enum cd_eval_of of);
/* After parsing: turns what was typed into c->options; an exit code, 0 if all is well. */
int cd_eval_command_check(struct cd_eval_command *c, const struct cd_usage *usage);

#endif
