/* Exit codes of every command, and how a command ends. */
#ifndef CD_DRIVER_EXIT_H
#define CD_DRIVER_EXIT_H

#include "cordon/status.h"
#include "runtime/base/file.h"

/* By rank: 70, 2, 1, 3, 0. */
enum cd_exit {
    CD_EXIT_HOLDS = 0,     /* all hold */
    CD_EXIT_FINDINGS = 1,  /* findings, failed tests */
    CD_EXIT_WRONG = 2,     /* the input or the call is wrong */
    CD_EXIT_UNDECIDED = 3, /* an answer is unknown, or an item was lost, under --strict */
    CD_EXIT_DEFECT = 70    /* a defect in Cordon */
};

/* Ends a stream of results: EXIT_CODE, or 2 with a message on stderr if not everything could be
 * written. */
int cd_cli_finish(struct cd_out *out, int exit_code);
/* The exit code for STATUS, with ERR's message on stderr; 0 for CORDON_OK. */
int cd_cli_fail(cordon_status status, const struct cordon_error *err);

#endif
