/* `cordon-eval`: the runtime alone. That it links shows that the runtime needs nothing of the
 * compiler. */
#include "runtime/driver/eval_options.h"
#include "runtime/driver/start.h"

int
main(int argc, char **argv)
{
    struct cd_eval_command command;
    struct cd_usage usage;
    size_t n;
    cd_process_start();
    cd_eval_command_init(&command, &usage, CD_EVAL_IMAGE);
    enum cd_parsed parsed = cd_options_parse(&usage, argc, argv, &n);
    int code = parsed == CD_PARSED_HELP ? CD_EXIT_HOLDS : CD_EXIT_WRONG;
    if (parsed == CD_PARSED_RUN) {
        code = cd_eval_command_check(&command, &usage);
        if (code == CD_EXIT_HOLDS && n < 2) {
            code = cd_usage_error(&usage, "name an image and at least one snapshot");
        } else if (code == CD_EXIT_HOLDS) {
            const struct cd_values snapshots = {(const char **)argv + 2, n - 1};
            code = cd_eval_image(argv[1], &command.options, &snapshots);
        }
    }
    cd_options_finish(&usage);
    return code;
}
