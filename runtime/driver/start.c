/* Signals and the heap, set up before a program does anything else. */
#include "runtime/driver/start.h"

#include <signal.h>
#include <unistd.h>

#include "runtime/driver/exit.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/* Larger than a block of an arena, so that these are used again and again. */
#define MAP_FROM (512 << 10)

/* Stores are mapped: the pages of one that another program makes shorter are gone when they are
 * looked at. Nothing that was worked out by then counts. */
static void
end_without_file(int signal_number)
{
    static const char message[] = "cordon: a store became shorter, or could not be read any more, "
                                  "while it was in use\n";
    (void)signal_number;
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(CD_EXIT_WRONG);
}

void
cd_process_start(void)
{
    (void)signal(SIGBUS, end_without_file);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, which is reported … */
    (void)signal(SIGXFSZ, SIG_IGN); /* … and so is a file that may not grow */
#if defined(__GLIBC__)
    /* Long columns are mapped one by one, so that they grow where they are, without a second copy
     * and without leaving holes. */
    (void)mallopt(M_MMAP_THRESHOLD, MAP_FROM);
#endif
}
