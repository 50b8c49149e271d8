/* Runs over JSON in blocks of 64 bytes and stops where something begins or ends at one level of
 * brackets: the splitter's inner loop, with vector instructions where the processor has them and a
 * scalar twin that tests hold them against. It tells brackets in strings from others and nothing
 * else; whether it is JSON is not its business. */
#ifndef CD_INGEST_SCAN_H
#define CD_INGEST_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define CD_SCAN_BLOCK 64u

enum cd_event {
    CD_EVENT_NONE,
    CD_EVENT_OPEN,  /* a bracket opens at the level */
    CD_EVENT_COMMA, /* at the level */
    CD_EVENT_END,   /* the bracket around the level closes */
};

struct cd_scan {
    uint64_t depth; /* brackets that are open */
    uint64_t level; /* the depth that is looked at */
    size_t next;    /* the next block begins here */
    /* Of the block before it: what has not been looked at yet. */
    uint64_t open, close, comma;
    uint64_t in_string; /* all ones inside a string that runs on, else 0 */
    uint64_t escaped;   /* 1 if the next block's first byte is escaped */
};

/* The next event in BYTES[..N); *at is its place. NONE: less than a block is left. */
typedef enum cd_event (*cd_scanner)(struct cd_scan *s, const unsigned char *bytes, size_t n,
                                    size_t *at);

enum cd_event cd_scan_scalar(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at);
/* The scanners that this processor has, the fastest first, the scalar one last. */
const cd_scanner *cd_scanners(size_t *n);

#endif
