/* The whole of `eval`, from a verified program and the names of snapshots to a report and an exit code: what `cordon eval` and
 * `cordon-eval` share. */
#ifndef CD_DRIVER_EVAL_RUN_H
#define CD_DRIVER_EVAL_RUN_H

#include "runtime/report/report.h"

/* Exit codes of every command, highest-ranking first: 70, 2, 1, 3, 0. */
enum cd_exit {
    CD_EXIT_OK = 0,
    CD_EXIT_FINDINGS = 1,
    CD_EXIT_USAGE = 2,
    CD_EXIT_UNKNOWN = 3,
    CD_EXIT_DEFECT = 70
};

/* A list of option values, borrowed from the command line. */
struct cd_words {
    const char **items;
    size_t n;
};

struct cd_eval_options {
    struct cd_words params;       /* --param n=v */
    struct cd_words params_files; /* --params F.yaml */
    struct cd_words only, skip;   /* control ids or names */
    struct cd_words complete, incomplete; /* types that count as collected whole, or not */
    enum cd_report_format format;
    uint32_t fail_on;             /* enum cd_level */
    bool strict;
    uint64_t max_findings;
    const char *tool;             /* for messages: `cordon eval` */
};

/* The exit code that goes with a status. */
int cd_exit_of(cordon_status status);

/* Evaluates PROGRAM over the SNAPSHOTS, writes the report to standard output and everything else to standard error. */
int cd_eval_files(const struct cd_program *program, const struct cd_eval_options *options, const struct cd_words *snapshots);

#endif
