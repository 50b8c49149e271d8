/* Memory for large columns, in large pages where the system has them: each page of four kilobytes
 * that is touched for the first time would cost more than filling it. */
#ifndef CD_BASE_PAGES_H
#define CD_BASE_PAGES_H

#include <stddef.h>

struct cd_pages_chunk;

/* Allocations that are freed together. Zeroed: nothing in it. */
struct cd_pages {
    struct cd_pages_chunk *head;
};

/* SIZE bytes that are zero, aligned for any type; NULL when memory is out. */
void *cd_pages_alloc(struct cd_pages *p, size_t size);
void cd_pages_finish(struct cd_pages *p);

#endif
