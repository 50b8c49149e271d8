/* Progress on standard error; the only place of the runtime that looks at a clock, and no result
 * depends on it. */
#include "runtime/driver/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 1000   /* nothing is shown before */
#define INTERVAL_MS 100 /* between two updates */

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
cd_progress_init(struct cd_progress *p)
{
    *p = (struct cd_progress){.on_terminal = isatty(STDERR_FILENO) == 1};
    p->started_ms = p->last_ms = now_ms();
}

void
cd_progress_show(void *user, struct cd_str file, uint64_t done, uint64_t size)
{
    struct cd_progress *p = user;
    if (!p->on_terminal) {
        return;
    }
    int64_t now = now_ms();
    if (now - p->started_ms < QUIET_MS || now - p->last_ms < INTERVAL_MS) {
        return;
    }
    p->last_ms = now;
    p->shown = true;
    if (size != 0) {
        fprintf(stderr, "\r\033[K%.*s: %u %%", CD_FMT(file), (unsigned)(done * 100 / size));
    } else {
        fprintf(stderr, "\r\033[K%.*s: %llu MB", CD_FMT(file), (unsigned long long)(done >> 20));
    }
}

void
cd_progress_clear(struct cd_progress *p)
{
    if (p->shown) {
        fprintf(stderr, "\r\033[K");
        p->shown = false;
    }
}
