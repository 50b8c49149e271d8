/* Which of 64 bytes are JSON's brackets, commas, quotes and backslashes, as bit masks: the
 * splitter's inner step, with vector instructions where the processor has them and a scalar twin
 * that the fuzzer holds them against. */
#ifndef CD_INGEST_CLASSIFY_H
#define CD_INGEST_CLASSIFY_H

#include <stdint.h>

struct cd_masks {
    uint64_t open;  /* { [ */
    uint64_t close; /* } ] */
    uint64_t comma, quote, backslash;
};

typedef void (*cd_classify)(const unsigned char block[64], struct cd_masks *out);

void cd_classify_scalar(const unsigned char block[64], struct cd_masks *out);
/* The fastest that this processor has. */
cd_classify cd_classify_best(void);

#endif
