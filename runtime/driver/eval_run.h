/* The whole of `eval`, from a verified program and the names of snapshots to a report and an exit
 * code: what `cordon eval` and `cordon-eval` share. */
#ifndef CD_DRIVER_EVAL_RUN_H
#define CD_DRIVER_EVAL_RUN_H

#include "runtime/driver/exit.h"
#include "runtime/driver/options.h"
#include "runtime/report/report.h"

struct cd_eval_options {
    struct cd_values params;               /* --param n=v */
    struct cd_values params_files;         /* --params F.yaml */
    struct cd_values only, skip;           /* control ids or names */
    struct cd_values complete, incomplete; /* types that count as collected whole, or not */
    enum cd_report_format format;
    uint32_t fail_on; /* enum cd_level */
    bool strict;
    const char *baseline; /* an earlier report, NULL: none */
    bool fail_on_new;     /* only what the baseline does not have counts for exit code 1 */
    uint64_t max_findings;
    unsigned n_threads; /* that read */
    const char *tool;   /* for messages: `cordon eval` */
};

/* Evaluates PROGRAM over the SNAPSHOTS, writes the report to standard output and everything else to
 * standard error. Gives the exit code. */
int cd_eval_files(const struct cd_program *program, const struct cd_eval_options *options,
                  const struct cd_values *snapshots);
/* The same with the program in the image at PATH. */
int cd_eval_image(const char *path, const struct cd_eval_options *options,
                  const struct cd_values *snapshots);

#endif
