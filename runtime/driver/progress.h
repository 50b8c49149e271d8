/* A line of progress on a terminal for what takes longer than a second. */
#ifndef CD_DRIVER_PROGRESS_H
#define CD_DRIVER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

struct cd_progress {
    bool on_terminal, shown;
    int64_t started_ms, last_ms;
};

void cd_progress_init(struct cd_progress *p);
/* A cd_ingest_progress with a struct cd_progress as its user. */
void cd_progress_show(void *user, struct cd_str file, uint64_t done, uint64_t size);
/* Removes the line. */
void cd_progress_clear(struct cd_progress *p);

#endif
