/* Failures whose message is put together in a buffer. */
#ifndef CD_BASE_FAIL_H
#define CD_BASE_FAIL_H

#include "cordon/status.h"
#include "runtime/base/buf.h"

/* Fails with the text in MESSAGE, which is finished: with CORDON_ENOMEM if it did not fit in
 * memory, else with CODE. A NUL, which names from outside may hold, ends no message. */
cordon_status cd_fail_with(struct cordon_error *err, cordon_status code, struct cd_buf *message);

#endif
