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
    int code;
    cd_process_start();
    cd_eval_command_init(&command, &usage, CD_EVAL_IMAGE);
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    code = cd_eval_command_check(&command, &usage);
    if (code == CD_EXIT_HOLDS && n < 2) {
        code = cd_usage_error(&usage, "name at least one snapshot, or - for standard input");
    } else if (code == CD_EXIT_HOLDS) {
        const struct cd_values snapshots = {(const char **)argv + 2, n - 1};
        code = cd_eval_image(argv[1], &command.options, &snapshots);
    }
    cd_options_finish(&usage);
    return code;
}
