/* Chunks of large pages, handed out from their beginning. */
#include "runtime/base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)
#define CHUNK (2 * LARGE_PAGE)
#define ALIGNMENT ((size_t)64)

/* Stands at the beginning of its chunk, which is at a multiple of LARGE_PAGE. */
struct cd_pages_chunk {
    struct cd_pages_chunk *prev;
    void *mapped; /* what the system gave … */
    size_t mapped_size;
    size_t size, used; /* … and what is used of it, from here */
};

_Static_assert(sizeof(struct cd_pages_chunk) <= ALIGNMENT, "the first allocation is aligned");

static struct cd_pages_chunk *
new_chunk(size_t need)
{
    if (need > SIZE_MAX / 2) {
        return NULL;
    }
    size_t size = (need + ALIGNMENT + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    size = size < CHUNK ? CHUNK : size;
    char *mapped = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        return NULL;
    }
    size_t skipped = (LARGE_PAGE - (uintptr_t)mapped % LARGE_PAGE) % LARGE_PAGE;
    struct cd_pages_chunk *chunk = (void *)(mapped + skipped);
    (void)madvise(chunk, size, MADV_HUGEPAGE); /* without it, it is slower */
    *chunk = (struct cd_pages_chunk){
        .mapped = mapped, .mapped_size = size + LARGE_PAGE, .size = size, .used = ALIGNMENT};
    return chunk;
}

void *
cd_pages_alloc(struct cd_pages *p, size_t size)
{
    size_t padded = size > SIZE_MAX - ALIGNMENT ? SIZE_MAX : size + (ALIGNMENT - 1);
    padded -= padded % ALIGNMENT;
    if (p->head == NULL || p->head->size - p->head->used < padded) {
        struct cd_pages_chunk *chunk = new_chunk(padded);
        if (chunk == NULL) {
            return NULL;
        }
        chunk->prev = p->head;
        p->head = chunk;
    }
    char *out = (char *)p->head + p->head->used;
    p->head->used += padded;
    return out;
}

void
cd_pages_finish(struct cd_pages *p)
{
    while (p->head != NULL) {
        struct cd_pages_chunk *prev = p->head->prev;
        munmap(p->head->mapped, p->head->mapped_size);
        p->head = prev;
    }
}
