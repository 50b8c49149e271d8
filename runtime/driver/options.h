/* Options of the verbs, by one table a verb: `--name value`, `--name=value`, `-o value`, `--` ends
 * them. */
#ifndef CD_DRIVER_OPTIONS_H
#define CD_DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum cd_option_kind {
    CD_OPTION_FLAG,  /* sets *flag */
    CD_OPTION_VALUE, /* sets *value; another value for the same option is an error */
    CD_OPTION_MANY,  /* appends to *values */
    CD_OPTION_CHOICE /* as VALUE, one of `choices` */
};

/* Values that may be given more than once; they point into argv. */
struct cd_values {
    const char **items;
    size_t n;
};

struct cd_option {
    const char *name; /* without dashes; one letter: `-o` */
    enum cd_option_kind kind;
    bool one_dash;        /* `-MD`: a word with one dash, as compilers have it */
    const char *argument; /* for the help: "FILE" */
    const char *help;
    const char *choices; /* CHOICE: "text|json" */
    bool *flag;
    const char **value;
    struct cd_values *values;
};

/* How a verb is called, for its --help. */
struct cd_usage {
    const char *command;     /* "cordon check" */
    const char *arguments;   /* "[--format text|json] POLICY…" */
    const char *description; /* a few lines */
    const struct cd_option *options;
    size_t n_options;
    const char *needs; /* what is said where no argument is left; NULL: the verb does without */
};

/* Reads argv[1..argc-1]; what is no option is left in argv[1..*n_arguments] in its order. False:
 * the verb ends with *code, 0 where --help was printed to stdout, 2 where the call is wrong, which
 * stderr says. The arrays of MANY come from malloc and are freed by cd_options_finish, which is
 * done already where this is false. */
bool cd_options_read(const struct cd_usage *usage, int argc, char **argv, size_t *n_arguments,
                     int *code);
void cd_options_finish(const struct cd_usage *usage);
/* "-" or "--". */
const char *cd_option_dashes(const struct cd_option *o);
/* "COMMAND: message", a line on how to get help; returns 2. */
int cd_usage_error(const struct cd_usage *usage, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
