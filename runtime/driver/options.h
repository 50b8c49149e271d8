/* Options of the verbs, by one table a verb: `--name value`, `--name=value`, `-o value`, `--` ends
 * them. */
#ifndef CD_DRIVER_OPTIONS_H
#define CD_DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum cd_option_kind {
    CD_OPTION_FLAG,  /* sets *flag */
    CD_OPTION_VALUE, /* sets *value; the last one counts */
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
};

enum cd_parsed { CD_PARSED_RUN, CD_PARSED_HELP, CD_PARSED_WRONG };

/* Reads argv[1..argc-1]; what is no option is left in argv[1..*n_arguments] in its order. HELP:
 * --help was printed to stdout, the verb exits 0. WRONG: the message is on stderr, the verb
 * exits 2. The arrays of MANY come from malloc and are freed by cd_options_finish. */
enum cd_parsed cd_options_parse(const struct cd_usage *usage, int argc, char **argv,
                                size_t *n_arguments);
void cd_options_finish(const struct cd_usage *usage);
/* "COMMAND: message", a line on how to get help; returns 2. */
int cd_usage_error(const struct cd_usage *usage, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
