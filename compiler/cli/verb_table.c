#include "compiler/cli/verb_table.h"

#include <string.h>
#include <unistd.h>

#include "compiler/cli/verbs.h"
#include "runtime/base/nearest.h"

static void
put_usage(const struct cd_verb_table *t, struct cd_out *out)
{
    cd_out_printf(out, "usage: %s VERB …\n\n", t->command);
    for (size_t i = 0; i < t->n; i++) {
        cd_out_printf(out, "  %-10s %s\n", t->verbs[i].name, t->verbs[i].summary);
    }
    cd_out_printf(out, "\n%s VERB --help says more.\n", t->command);
}

const struct cd_verb *
cd_verb_find(const struct cd_verb_table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->verbs[i].name, name) == 0) {
            return &t->verbs[i];
        }
    }
    return NULL;
}

int
cd_verb_help(const struct cd_verb_table *t)
{
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    put_usage(t, &out);
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}

int
cd_verb_wrong(const struct cd_verb_table *t, const char *name)
{
    struct cd_out out;
    cd_out_init(&out, STDERR_FILENO, "standard error");
    if (name != NULL) {
        struct cd_nearest nearest;
        cd_nearest_init(&nearest, cd_str_of(name));
        for (size_t i = 0; i < t->n; i++) {
            cd_nearest_try(&nearest, cd_str_of(t->verbs[i].name));
        }
        cd_out_printf(&out, "%s: there is no verb %s", t->command, name);
        if (nearest.best.p != NULL) {
            cd_out_printf(&out, "; did you mean %.*s?", CD_FMT(nearest.best));
        }
        cd_out_puts(&out, "\n\n");
    }
    put_usage(t, &out);
    return cd_cli_finish(&out, CD_EXIT_WRONG);
}

int
cd_verb_run(const struct cd_verb_table *t, int argc, char **argv)
{
    if (argc < 2) {
        return cd_verb_wrong(t, NULL);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return cd_verb_help(t);
    }
    const struct cd_verb *verb = cd_verb_find(t, argv[1]);
    return verb != NULL ? verb->run(argc - 1, argv + 1) : cd_verb_wrong(t, argv[1]);
}
