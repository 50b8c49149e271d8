/* Signals and the heap, set up before a program does anything else. */
#include "runtime/driver/start.h"

#include <signal.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/* Larger than a block of an arena, so that these are used again and again. */
#define MAP_FROM (512 << 10)

void
cd_process_start(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, which is reported */
#if defined(__GLIBC__)
    /* Long columns are mapped one by one, so that they grow where they are, without a second copy
     * and without leaving holes. */
    (void)mallopt(M_MMAP_THRESHOLD, MAP_FROM);
#endif
}
