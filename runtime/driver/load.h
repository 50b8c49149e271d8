/* An image from a file or from memory, read and verified. */
#ifndef CD_DRIVER_LOAD_H
#define CD_DRIVER_LOAD_H

#include "runtime/bc/program.h"

struct cd_loaded {
    struct cd_arena arena;
    struct cd_image img;
    struct cd_program program;
    bool has_arena;
};

/* Reads and verifies the image in BYTES, which are copied; NAME is for messages. Finish it also
 * after a failure. */
CORDON_MUST_CHECK cordon_status cd_loaded_read(const char *name, struct cd_str bytes,
                                               struct cd_loaded *out, struct cordon_error *err);
/* The same of a file. */
CORDON_MUST_CHECK cordon_status cd_loaded_file(const char *path, struct cd_loaded *out,
                                               struct cordon_error *err);
/* Safe on a zeroed one. */
void cd_loaded_finish(struct cd_loaded *l);

#endif
