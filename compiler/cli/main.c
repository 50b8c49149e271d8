/* The `cordon` command: a table of verbs. */
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/verbs.h"
#include "compiler/diag/diag.h"
#include "runtime/driver/start.h"

struct verb {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {
    {"build", "policies to an image of bytecode", cd_verb_build},
    {"check", "parse, resolve and type-check policies", cd_verb_check},
    {"doc", "the catalogue of controls as Markdown", cd_verb_doc},
    {"emit", "denies as policy documents of organizations, resources and identities", cd_verb_emit},
    {"eval", "findings of policies in snapshots", cd_verb_eval},
    {"fmt", "policies in their canonical form", cd_verb_fmt},
    {"normalize", "snapshots of any format in Cordon's own form", cd_verb_normalize},
    {"simulate", "what policy documents decide about requests", cd_verb_simulate},
    {"snapshot", "columnar stores, from which evaluation begins at once", cd_verb_snapshot},
    {"test", "run the tests of policies", cd_verb_test},
    {"version", "the version, and the origin of the tables", cd_verb_version},
};

static void
put_usage(struct cd_out *out)
{
    cd_out_puts(out, "usage: cordon VERB …\n\n");
    for (size_t i = 0; i < CD_ARRAY_LEN(verbs); i++) {
        cd_out_printf(out, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
    }
    cd_out_puts(out, "\ncordon VERB --help says more.\n");
}

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(verbs); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static int
wrong_verb(const char *name)
{
    struct cd_out out;
    cd_out_init(&out, STDERR_FILENO, "standard error");
    if (name != NULL) {
        struct cd_nearest nearest;
        cd_nearest_init(&nearest, cd_str_of(name));
        for (size_t i = 0; i < CD_ARRAY_LEN(verbs); i++) {
            cd_nearest_try(&nearest, cd_str_of(verbs[i].name));
        }
        cd_out_printf(&out, "cordon: there is no verb %s", name);
        if (nearest.best.p != NULL) {
            cd_out_printf(&out, "; did you mean %.*s?", CD_FMT(nearest.best));
        }
        cd_out_puts(&out, "\n\n");
    }
    put_usage(&out);
    return cd_cli_finish(&out, CD_EXIT_WRONG);
}

static int
help(void)
{
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    put_usage(&out);
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}

/* `cordon help`, `cordon help VERB`. */
static int
help_of(int argc, char **argv)
{
    char option[] = "--help";
    const struct verb *verb = argc > 2 ? find_verb(argv[2]) : NULL;
    if (argc > 2 && verb == NULL) {
        return wrong_verb(argv[2]);
    }
    return verb != NULL ? verb->run(2, (char *[]){argv[2], option, NULL}) : help();
}

int
main(int argc, char **argv)
{
    cd_process_start();
    if (argc < 2) {
        return wrong_verb(NULL);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return help();
    }
    if (strcmp(argv[1], "help") == 0) {
        return help_of(argc, argv);
    }
    const struct verb *verb = find_verb(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    return verb != NULL ? verb->run(argc - 1, argv + 1) : wrong_verb(argv[1]);
}
