/* How many threads read snapshots: as typed, as the environment says, or as the machine has. */
#ifndef CD_DRIVER_THREADS_H
#define CD_DRIVER_THREADS_H

#include "runtime/driver/options.h"

/* The row of --threads in a table of options; it writes to TYPED. */
struct cd_option cd_threads_option(const char **typed);
/* Sets *n from TYPED (NULL: nothing was), else from CORDON_THREADS, else from the processors that
 * this process may use, at most four: further ones would wait. An exit code, 0 if all is well. */
int cd_threads_check(const struct cd_usage *usage, const char *typed, unsigned *n);

#endif
