/* Writing beside a file, for what replaces it in one step. Internal to runtime/base. */
#ifndef CD_BASE_ASIDE_H
#define CD_BASE_ASIDE_H

#include <sys/types.h>

#include "runtime/base/str.h"

/* Writes all of P; the errno of the failure, or 0. */
int cd_write_full(int fd, const char *p, size_t n);
/* Opens a new file beside PATH, whose name goes to NAME; -1 with errno on failure. */
int cd_open_aside(const char *path, mode_t mode, char *name, size_t size);
/* Writes BYTES to a new file beside PATH, whose name goes to NAME, and syncs it; the errno of the
 * failure, or 0. After a failure nothing is left. */
int cd_write_aside(const char *path, mode_t mode, struct cd_str bytes, char *name, size_t size);

#endif
