/* A command of several verbs: `cordon`, `cordon snapshot`. */
#ifndef CD_CLI_VERB_TABLE_H
#define CD_CLI_VERB_TABLE_H

#include <stddef.h>

struct cd_verb {
    const char *name, *summary;
    /* It gets argv with the verb in argv[0] and returns the exit code. */
    int (*run)(int argc, char **argv);
};
struct cd_verb_table {
    const char *command; /* "cordon snapshot" */
    const struct cd_verb *verbs;
    size_t n;
};

/* The verb NAME, or NULL. */
const struct cd_verb *cd_verb_find(const struct cd_verb_table *t, const char *name);
/* The list of verbs to standard output; returns the exit code. */
int cd_verb_help(const struct cd_verb_table *t);
/* That there is no verb NAME (NULL: none was given), and the list, to standard error; returns 2. */
int cd_verb_wrong(const struct cd_verb_table *t, const char *name);
/* Runs the verb in argv[1], or one of these. */
int cd_verb_run(const struct cd_verb_table *t, int argc, char **argv);

#endif
