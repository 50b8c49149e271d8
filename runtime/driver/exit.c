/* How verbs end: exit codes for statuses, and results that could not be written. */
#include <stdio.h>

#include "runtime/driver/exit.h"

int
cd_cli_finish(struct cd_out *out, int exit_code)
{
    struct cordon_error err = {.code = CORDON_OK};
    if (cd_out_finish(out, &err) != CORDON_OK) {
        (void)fprintf(stderr, "cordon: %s\n", err.message);
        return exit_code == CD_EXIT_DEFECT ? exit_code : CD_EXIT_WRONG;
    }
    return exit_code;
}

int
cd_cli_fail(cordon_status status, const struct cordon_error *err)
{
    if (status == CORDON_OK) {
        return CD_EXIT_HOLDS;
    }
    if (err->message[0] != '\0' || status == CORDON_ENOMEM) {
        (void)fprintf(stderr, "cordon: %s\n",
                      err->message[0] != '\0' ? err->message : "out of memory");
    }
    return status == CORDON_EDEFECT ? CD_EXIT_DEFECT : CD_EXIT_WRONG;
}
