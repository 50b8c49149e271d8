/* The modules of `std`, packed into the binary by compiler/tools/embed. Read-only; sorted by path.
 */
#ifndef CD_SOURCE_STD_MODULES_H
#define CD_SOURCE_STD_MODULES_H

#include <stddef.h>

struct cd_std_module {
    const char *path; /* as in the project, without `stdlib/`: `std/regions.cordon` */
    const char *text; /* NUL-terminated beyond SIZE */
    size_t size;
};

extern const struct cd_std_module cd_std_modules[];
extern const size_t cd_n_std_modules;

#endif
