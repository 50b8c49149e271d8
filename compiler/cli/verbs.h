/* The verbs: a function each, in a file of its own. It gets argv with the verb in argv[0] and
 * returns the exit code. */
#ifndef CD_CLI_VERBS_H
#define CD_CLI_VERBS_H

#include "runtime/driver/exit.h"

int cd_verb_build(int argc, char **argv);
int cd_verb_check(int argc, char **argv);
int cd_verb_doc(int argc, char **argv);
int cd_verb_emit(int argc, char **argv);
int cd_verb_eval(int argc, char **argv);
int cd_verb_fmt(int argc, char **argv);
int cd_verb_simulate(int argc, char **argv);
int cd_verb_snapshot(int argc, char **argv);
int cd_verb_test(int argc, char **argv);
int cd_verb_normalize(int argc, char **argv);
int cd_verb_version(int argc, char **argv);

#endif
