/* Arenas: a list of blocks that double in size; an allocation is a bump of the newest one. Under
 * ASan what is not handed out is poisoned, with a gap after each allocation, so that overruns and
 * use after a reset are seen. */
#include "runtime/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/num.h"

#if defined(__SANITIZE_ADDRESS__)
#define CD_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CD_ASAN 1
#endif
#endif
#ifdef CD_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP ((size_t)16)
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#define GAP ((size_t)0)
#endif

#define ALIGNMENT ((size_t)16)
#define FIRST_BLOCK ((size_t)8 << 10)
#define LARGEST_BLOCK ((size_t)256 << 10)

struct cd_arena_block {
    struct cd_arena_block *prev;
    size_t cap;
    size_t used;
    size_t dirty; /* bytes from here on have never been handed out and are zero */
};

_Static_assert(sizeof(struct cd_arena_block) % 16 == 0,
               "the bytes after a block's head are aligned");

static char *
block_bytes(struct cd_arena_block *block)
{
    return (char *)(block + 1);
}

void
cd_arena_init(struct cd_arena *a)
{
    *a = (struct cd_arena){.head = NULL};
}

static void
free_until(struct cd_arena *a, const struct cd_arena_block *keep)
{
    while (a->head != keep) {
        struct cd_arena_block *prev = a->head->prev;
        free(a->head);
        a->head = prev;
    }
}

void
cd_arena_finish(struct cd_arena *a)
{
    free_until(a, NULL);
    a->used = 0;
}

/* An arena that is emptied again and again keeps its first block. */
static const struct cd_arena_block *
first_block(const struct cd_arena *a)
{
    const struct cd_arena_block *block = a->head;
    while (block && block->prev) {
        block = block->prev;
    }
    return block;
}

static void *
out_of_memory(struct cd_arena *a)
{
    if (a->on_oom) {
        longjmp(*a->on_oom, 1);
    }
    return NULL;
}

static bool
add_block(struct cd_arena *a, size_t need)
{
    size_t cap = a->head ? a->head->cap * 2 : FIRST_BLOCK;
    if (cap > LARGEST_BLOCK) {
        cap = LARGEST_BLOCK;
    }
    if (cap < need) {
        cap = need;
    }
    size_t size;
    if (!cd_add_size(cap, sizeof(struct cd_arena_block), &size)) {
        return false;
    }
    struct cd_arena_block *block = calloc(1, size);
    if (!block) {
        return false;
    }
    block->prev = a->head;
    block->cap = cap;
    a->head = block;
    POISON(block_bytes(block), cap);
    return true;
}

/* Memory of which the first *stale bytes may not be zero. */
static void *
take(struct cd_arena *a, size_t size, size_t *stale)
{
    size_t need;
    if (!cd_add_size(size, ALIGNMENT - 1 + GAP, &need)) {
        return out_of_memory(a);
    }
    need &= ~(ALIGNMENT - 1);
    if (need == 0) {
        need = ALIGNMENT;
    }
    if (a->limit && (need > a->limit || a->used > a->limit - need)) {
        return out_of_memory(a);
    }
    if (!a->head || a->head->cap - a->head->used < need) {
        if (!add_block(a, need)) {
            return out_of_memory(a);
        }
    }
    struct cd_arena_block *block = a->head;
    char *p = block_bytes(block) + block->used;
    size_t end = block->used + need;
    UNPOISON(p, size);
    *stale = block->used < block->dirty ? block->dirty - block->used : 0;
    *stale = *stale < size ? *stale : size;
    block->used = end;
    block->dirty = block->dirty < end ? end : block->dirty;
    a->used += need;
    assert(((uintptr_t)p & (ALIGNMENT - 1)) == 0);
    return p;
}

void *
cd_arena_alloc(struct cd_arena *a, size_t size)
{
    size_t stale;
    void *p = take(a, size, &stale);
    if (p && stale > 0) {
        memset(p, 0, stale);
    }
    return p;
}

void *
cd_arena_array(struct cd_arena *a, size_t n, size_t size)
{
    size_t total;
    if (!cd_mul_size(n, size, &total)) {
        return out_of_memory(a);
    }
    return cd_arena_alloc(a, total);
}

void *
cd_arena_array_raw(struct cd_arena *a, size_t n, size_t size)
{
    size_t total;
    size_t stale;
    if (!cd_mul_size(n, size, &total)) {
        return out_of_memory(a);
    }
    return take(a, total, &stale);
}

void *
cd_arena_grow(struct cd_arena *a, void *old, size_t old_n, size_t new_n, size_t size)
{
    assert(old_n <= new_n);
    void *p = cd_arena_array(a, new_n, size);
    if (p && old_n > 0) {
        memcpy(p, old, old_n * size);
    }
    return p;
}

bool
cd_arena_grow_cap(struct cd_arena *a, void **items, size_t *cap, size_t n, size_t size)
{
    size_t doubled;
    if (!cd_mul_size(*cap, 2, &doubled)) {
        return out_of_memory(a) != NULL;
    }
    size_t new_cap = doubled < 8 ? 8 : doubled;
    void *p = cd_arena_grow(a, *items, n, new_cap, size);
    if (!p) {
        return false;
    }
    *items = p;
    *cap = new_cap;
    return true;
}

struct cd_str
cd_arena_str(struct cd_arena *a, struct cd_str s)
{
    size_t size;
    char *p = cd_add_size(s.n, 1, &size) ? cd_arena_alloc(a, size) : out_of_memory(a);
    if (!p) {
        return (struct cd_str){NULL, 0};
    }
    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    return (struct cd_str){p, s.n};
}

struct cd_str
cd_arena_printf(struct cd_arena *a, const char *fmt, ...)
{
    char text[256]; /* where most texts find room, so that they are formatted once */
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? out_of_memory(a) : cd_arena_alloc(a, (size_t)n + 1);
    if (p && (size_t)n < sizeof text) {
        memcpy(p, text, (size_t)n + 1);
    } else if (p) {
        vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return (struct cd_str){p, p ? (size_t)n : 0};
}

struct cd_str
cd_arena_shown(struct cd_arena *a, struct cd_str s, size_t most)
{
    static const struct cd_str more = CD_STR_INIT("…");
    struct cd_str head = cd_str_cut(s, most);
    char *p = cd_arena_alloc(a, head.n + more.n + 1);
    if (p == NULL) {
        return (struct cd_str){NULL, 0};
    }
    for (size_t i = 0; i < head.n; i++) {
        p[i] = head.p[i] == '\0' ? '?' : head.p[i];
    }
    if (head.n < s.n) {
        memcpy(p + head.n, more.p, more.n);
        head.n += more.n;
    }
    return (struct cd_str){p, head.n};
}

struct cd_arena_mark
cd_arena_mark(const struct cd_arena *a)
{
    return (struct cd_arena_mark){a->head, a->head ? a->head->used : 0, a->used};
}

void
cd_arena_reset(struct cd_arena *a, struct cd_arena_mark mark)
{
    free_until(a, mark.block ? mark.block : first_block(a));
    if (a->head) {
        assert(mark.block_used <= a->head->used);
        POISON(block_bytes(a->head) + mark.block_used, a->head->used - mark.block_used);
        a->head->used = mark.block_used;
    }
    a->used = mark.used;
}
