/* The parser of options, and the help that is made from their tables. */
#include "runtime/driver/options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/nearest.h"
#include "runtime/driver/exit.h"

int
cd_usage_error(const struct cd_usage *usage, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)fprintf(stderr, "%s: ", usage->command);
    (void)vfprintf(stderr, fmt, args);
    (void)fprintf(stderr, "\ntry: %s --help\n", usage->command);
    va_end(args);
    return 2;
}

/* ---- help ---- */

#define MAX_OPTIONS 32  /* of a verb */
#define HEAD_COLUMNS 26 /* of an option in the help; a longer one has its line */

const char *
cd_option_dashes(const struct cd_option *o)
{
    return o->one_dash || o->name[1] == '\0' ? "-" : "--";
}

/* False if it could not be written, which is told. */
static bool
print_help(const struct cd_usage *usage)
{
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    cd_out_printf(&out, "usage: %s%s%s\n\n%s\n", usage->command, usage->arguments[0] ? " " : "",
                  usage->arguments, usage->description);
    for (size_t i = 0; i < usage->n_options; i++) {
        const struct cd_option *o = &usage->options[i];
        char head[64];
        const char *argument = o->kind == CD_OPTION_FLAG     ? ""
                               : o->kind == CD_OPTION_CHOICE ? o->choices
                                                             : o->argument;
        (void)snprintf(head, sizeof head, "%s%s%s%s", cd_option_dashes(o), o->name,
                       argument[0] != '\0' ? " " : "", argument);
        bool is_long = strlen(head) > HEAD_COLUMNS;
        cd_out_printf(&out, "%s  %-*s%s%*s %s\n", i == 0 ? "\n" : "", HEAD_COLUMNS, head,
                      is_long ? "\n  " : "", is_long ? HEAD_COLUMNS : 0, "", o->help);
    }
    struct cordon_error err = {.code = CORDON_OK};
    if (cd_out_finish(&out, &err) != CORDON_OK) {
        (void)fprintf(stderr, "%s: %s\n", usage->command, err.message);
        return false;
    }
    return true;
}

/* ---- one option ---- */

/* Which options of a call have a value from it, and not one that stands for none. */
struct given {
    bool is[MAX_OPTIONS];
};

static const struct cd_option *
find_option(const struct cd_usage *usage, struct cd_str name)
{
    for (size_t i = 0; i < usage->n_options; i++) {
        if (cd_str_eq(cd_str_of(usage->options[i].name), name)) {
            return &usage->options[i];
        }
    }
    return NULL;
}

static bool
is_choice(const char *choices, struct cd_str value)
{
    struct cd_str all = cd_str_of(choices);
    for (size_t from = 0; from < all.n;) {
        size_t end = cd_str_find(all, '|', from);
        if (cd_str_eq(cd_str_sub(all, from, end), value)) {
            return true;
        }
        from = end + 1;
    }
    return false;
}

static bool
append(struct cd_values *values, const char *value)
{
    const char **grown = realloc(values->items, (values->n + 1) * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    values->items = grown;
    values->items[values->n++] = value;
    return true;
}

/* One of two values would be lost without a word. */
static int
set_once(const struct cd_usage *usage, const struct cd_option *o, const char *value,
         struct given *given)
{
    size_t i = (size_t)(o - usage->options);
    if (given->is[i] && strcmp(*o->value, value) != 0) {
        return cd_usage_error(usage, "%s%s is given twice, with %s and with %s: leave one away",
                              cd_option_dashes(o), o->name, *o->value, value);
    }
    given->is[i] = true;
    *o->value = value;
    return 0;
}

static int
set(const struct cd_usage *usage, const struct cd_option *o, const char *value, struct given *given)
{
    switch (o->kind) {
    case CD_OPTION_FLAG: *o->flag = true; return 0;
    case CD_OPTION_VALUE:
        if (value[0] == '\0') {
            return cd_usage_error(usage, "%s%s: its value is empty", cd_option_dashes(o), o->name);
        }
        return set_once(usage, o, value, given);
    case CD_OPTION_MANY:
        return append(o->values, value) ? 0 : cd_usage_error(usage, "out of memory");
    case CD_OPTION_CHOICE:
        if (!is_choice(o->choices, cd_str_of(value))) {
            return cd_usage_error(usage, "%s%s is one of %s, not %s", cd_option_dashes(o), o->name,
                                  o->choices, value);
        }
        return set_once(usage, o, value, given);
    }
    return 2;
}

static int
unknown_option(const struct cd_usage *usage, const char *arg, struct cd_str name)
{
    struct cd_nearest nearest;
    cd_nearest_init(&nearest, name);
    for (size_t i = 0; i < usage->n_options; i++) {
        cd_nearest_try(&nearest, cd_str_of(usage->options[i].name));
    }
    cd_nearest_try(&nearest, CD_STR("help"));
    if (nearest.best.p != NULL) {
        const struct cd_option *o = find_option(usage, nearest.best);
        return cd_usage_error(usage, "unknown option %s; did you mean %s%.*s?", arg,
                              o != NULL ? cd_option_dashes(o) : "--", CD_FMT(nearest.best));
    }
    return cd_usage_error(usage, "unknown option %s", arg);
}

/* The option at argv[*i]; moves *i over a value of its own. */
static int
read_option(const struct cd_usage *usage, int argc, char **argv, int *i, struct given *given)
{
    const char *arg = argv[*i];
    struct cd_str name = cd_str_of(arg + (arg[1] == '-' ? 2 : 1));
    size_t equals = cd_str_find(name, '=', 0);
    const char *value = equals < name.n ? name.p + equals + 1 : NULL;
    name.n = equals;
    const struct cd_option *o = find_option(usage, name);
    if (o == NULL || (strcmp(cd_option_dashes(o), "--") == 0) != (arg[1] == '-')) {
        return unknown_option(usage, arg, name);
    }
    if (o->kind == CD_OPTION_FLAG) {
        return value == NULL
                   ? set(usage, o, NULL, given)
                   : cd_usage_error(usage, "%s%s takes no value", cd_option_dashes(o), o->name);
    }
    if (value == NULL) {
        if (*i + 1 >= argc) {
            return cd_usage_error(usage, "%s%s needs a value", cd_option_dashes(o), o->name);
        }
        value = argv[++*i];
    }
    return set(usage, o, value, given);
}

enum parsed { PARSED_RUN, PARSED_HELP, PARSED_WRONG };

static enum parsed
parse(const struct cd_usage *usage, int argc, char **argv, size_t *n_arguments)
{
    struct given given = {.is = {false}};
    bool literal = false;
    assert(usage->n_options <= MAX_OPTIONS);
    *n_arguments = 0;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (literal || arg[0] != '-' || arg[1] == '\0') {
            argv[1 + (*n_arguments)++] = argv[i];
        } else if (strcmp(arg, "--") == 0) {
            literal = true;
        } else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
            return print_help(usage) ? PARSED_HELP : PARSED_WRONG;
        } else if (read_option(usage, argc, argv, &i, &given) != 0) {
            return PARSED_WRONG;
        }
    }
    if (*n_arguments == 0 && usage->needs != NULL) {
        (void)cd_usage_error(usage, "%s", usage->needs);
        return PARSED_WRONG;
    }
    return PARSED_RUN;
}

bool
cd_options_read(const struct cd_usage *usage, int argc, char **argv, size_t *n_arguments, int *code)
{
    enum parsed parsed = parse(usage, argc, argv, n_arguments);
    *code = parsed == PARSED_WRONG ? CD_EXIT_WRONG : CD_EXIT_HOLDS;
    if (parsed != PARSED_RUN) {
        cd_options_finish(usage);
    }
    return parsed == PARSED_RUN;
}

void
cd_options_finish(const struct cd_usage *usage)
{
    for (size_t i = 0; i < usage->n_options; i++) {
        const struct cd_option *o = &usage->options[i];
        if (o->kind == CD_OPTION_MANY) {
            free(o->values->items);
            *o->values = (struct cd_values){NULL, 0};
        }
    }
}
