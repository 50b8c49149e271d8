/* The verbs: a function each, in a file of its own. It gets argv with the verb in argv[0] and returns the exit code. */
#ifndef CD_CLI_VERBS_H
#define CD_CLI_VERBS_H

#include "cordon/status.h"
#include "runtime/base/file.h"

enum cd_exit { CD_EXIT_HOLDS = 0, CD_EXIT_FINDINGS = 1, CD_EXIT_WRONG = 2, CD_EXIT_UNDECIDED = 3, CD_EXIT_DEFECT = 70 };

int cd_verb_check(int argc, char **argv);
int cd_verb_version(int argc, char **argv);

/* Ends a stream of results: EXIT_CODE, or 2 with a message on stderr if not everything could be written. */
int cd_cli_finish(struct cd_out *out, int exit_code);
/* The exit code for STATUS, with ERR's message on stderr; 0 for CORDON_OK. */
int cd_cli_fail(cordon_status status, const struct cordon_error *err);

#endif
