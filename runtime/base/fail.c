#include "runtime/base/fail.h"

cordon_status
cd_fail_with(struct cordon_error *err, cordon_status code, struct cd_buf *message)
{
    for (size_t i = 0; i < message->n; i++) {
        message->p[i] = message->p[i] == '\0' ? '?' : message->p[i];
    }
    cordon_status status = message->oom
                               ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory")
                               : cordon_fail(err, code, CORDON_NO_OFFSET, "%.*s", (int)message->n,
                                             message->n == 0 ? "" : message->p);
    cd_buf_finish(message);
    return status;
}
