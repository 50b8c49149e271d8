/* `cordon eval`: findings of policies over snapshots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "runtime/driver/eval_options.h"

/* The arguments by what they are. */
struct arguments {
    const char **policies, **images;
    size_t n_policies, n_images;
    struct cd_values snapshots;
};

static bool
is_library_module(const char *arg)
{
    return strcmp(arg, "std") == 0
           || (strncmp(arg, "std.", 4) == 0 && strchr(arg, '/') == NULL && access(arg, F_OK) != 0);
}

static bool
is_policy(const char *arg)
{
    return cd_str_ends(cd_str_of(arg), CD_STR(".cordon")) || is_library_module(arg)
           || cd_path_is_dir(arg);
}

static bool
sort_arguments(struct arguments *a, char **argv, size_t n)
{
    const char **all = calloc(3 * n, sizeof *all);
    if (all == NULL) {
        return false;
    }
    *a = (struct arguments){.policies = all, .images = all + n, .snapshots = {all + 2 * n, 0}};
    for (size_t i = 0; i < n; i++) {
        if (cd_str_ends(cd_str_of(argv[i]), CD_STR(".cbc"))) {
            a->images[a->n_images++] = argv[i];
        } else if (is_policy(argv[i])) {
            a->policies[a->n_policies++] = argv[i];
        } else {
            a->snapshots.items[a->snapshots.n++] = argv[i];
        }
    }
    return true;
}

static int
run_policies(const struct arguments *a, const struct cd_eval_options *options)
{
    struct cd_frontend front;
    struct cd_loaded compiled = {.has_arena = false};
    struct cordon_error err = {.code = CORDON_OK};
    cd_frontend_init(&front);
    cordon_status status =
        cd_cli_compile(&front, a->policies, a->n_policies, &compiled, NULL, &err);
    int code = cd_frontend_report(&front, status, &err);
    cd_frontend_finish(&front);
    if (code == CD_EXIT_HOLDS) {
        code = cd_eval_files(&compiled.program, options, &a->snapshots);
    }
    cd_loaded_finish(&compiled);
    return code;
}

static int
run(const struct cd_usage *usage, char **argv, size_t n, const struct cd_eval_options *options)
{
    struct arguments a;
    int code;
    if (!sort_arguments(&a, argv, n)) {
        return cd_usage_error(usage, "out of memory");
    }
    if (a.n_policies + a.n_images == 0) {
        code = cd_usage_error(usage,
                              "name a policy: a .cordon file, a folder of them, a .cbc image, or a "
                              "module of the library (%s is taken as a snapshot)",
                              a.snapshots.items[0]);
    } else if (a.n_images > 1 || (a.n_images == 1 && a.n_policies != 0)) {
        code = cd_usage_error(usage,
                              "an image stands alone: build what belongs together into one (%s is "
                              "taken as a policy)",
                              a.n_images > 1 ? a.images[1] : a.policies[0]);
    } else if (a.snapshots.n == 0) {
        code = cd_usage_error(usage, "name at least one snapshot, or - for standard input");
    } else {
        code = a.n_images == 1 ? cd_eval_image(a.images[0], options, &a.snapshots)
                               : run_policies(&a, options);
    }
    free(a.policies);
    return code;
}

int
cd_verb_eval(int argc, char **argv)
{
    struct cd_eval_command command;
    struct cd_usage usage;
    size_t n;
    int code;
    cd_eval_command_init(&command, &usage, CD_EVAL_POLICIES);
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    code = cd_eval_command_check(&command, &usage);
    if (code == CD_EXIT_HOLDS) {
        code = run(&usage, argv + 1, n, &command.options);
    }
    cd_options_finish(&usage);
    return code;
}
