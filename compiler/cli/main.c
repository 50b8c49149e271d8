/* The `cordon` command: a table of verbs. */
#include <string.h>

#include "compiler/cli/verb_table.h"
#include "compiler/cli/verbs.h"
#include "runtime/driver/start.h"

static const struct cd_verb verbs[] = {
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

static const struct cd_verb_table table = {"cordon", verbs, CD_ARRAY_LEN(verbs)};

/* `cordon help`, `cordon help VERB`. */
static int
help_of(int argc, char **argv)
{
    char option[] = "--help";
    const struct cd_verb *verb = argc > 2 ? cd_verb_find(&table, argv[2]) : NULL;
    if (argc > 2 && verb == NULL) {
        return cd_verb_wrong(&table, argv[2]);
    }
    return verb != NULL ? verb->run(2, (char *[]){argv[2], option, NULL}) : cd_verb_help(&table);
}

int
main(int argc, char **argv)
{
    static char version[] = "version";
    cd_process_start();
    if (argc > 1 && strcmp(argv[1], "help") == 0) {
        return help_of(argc, argv);
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        argv[1] = version;
    }
    return cd_verb_run(&table, argc, argv);
}
