/* A small program, made by hand with the builder, that uses every section and most kinds of
 * operands: for the tests of images. */
#ifndef CD_TESTS_SAMPLE_IMAGE_H
#define CD_TESTS_SAMPLE_IMAGE_H

#include "runtime/bc/program.h"

/* Domains of the sample. */
enum {
    SAMPLE_GLOBAL,
    SAMPLE_BUCKET,
    SAMPLE_RULE,
    SAMPLE_VOLUME,
    SAMPLE_PROBE,
    SAMPLE_MESSAGE,
    SAMPLE_REQUEST
};

/* Memory from ARENA, which needs `on_oom`. */
void sample_image(struct cd_image *img, struct cd_arena *arena);
/* Index of the N-th instruction with this opcode, from 0; the number of instructions if there is
 * none. */
uint32_t sample_insn(const struct cd_image *img, enum cd_op op, unsigned n);

#endif
