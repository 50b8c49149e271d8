/* Bump allocation: what is allocated together is freed together. An arena is used by one thread at
 * a time. */
#ifndef CD_BASE_ARENA_H
#define CD_BASE_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"

struct cd_arena_block;

struct cd_arena {
    struct cd_arena_block *head; /* newest block */
    size_t used;                 /* bytes handed out in total */
    size_t limit;                /* 0: none; beyond it an allocation fails */
    jmp_buf *on_oom; /* if set, a failing allocation jumps there with 1 instead of returning NULL */
};

struct cd_arena_mark {
    struct cd_arena_block *block;
    size_t block_used;
    size_t used;
};

void cd_arena_init(struct cd_arena *a);
void cd_arena_finish(struct cd_arena *a);

/* Zeroed memory aligned for any type; NULL when memory is out (or the jump, see on_oom). size 0
 * gives a valid pointer. */
void *cd_arena_alloc(struct cd_arena *a, size_t size);
/* n elements of SIZE bytes; the product is checked. */
void *cd_arena_array(struct cd_arena *a, size_t n, size_t size);
/* The same, but not zeroed: for what is written in full at once. */
void *cd_arena_array_raw(struct cd_arena *a, size_t n, size_t size);
/* Grows an array allocated in A from OLD_N to NEW_N elements by copying; new elements are zero. */
void *cd_arena_grow(struct cd_arena *a, void *old, size_t old_n, size_t new_n, size_t size);
/* A copy, NUL-terminated beyond its length. */
struct cd_str cd_arena_str(struct cd_arena *a, struct cd_str s);
struct cd_str cd_arena_printf(struct cd_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* S as a message shows it: what is beyond MOST bytes is left out, with an ellipsis, and a NUL,
 * which would end the message, is a question mark. */
struct cd_str cd_arena_shown(struct cd_arena *a, struct cd_str s, size_t most);

struct cd_arena_mark cd_arena_mark(const struct cd_arena *a);
/* Frees everything allocated since MARK; freed space is poisoned under ASan. */
void cd_arena_reset(struct cd_arena *a, struct cd_arena_mark mark);

#define CD_NEW(arena, type) ((type *)cd_arena_alloc((arena), sizeof(type)))
#define CD_NEW_ARRAY(arena, n, type) ((type *)cd_arena_array((arena), (n), sizeof(type)))

/* Appends one zeroed element to a growing arena array {items, n, cap} and returns its address (NULL
 * when out of memory). Usage: T *p = CD_PUSH(arena, vec.items, vec.n, vec.cap); */
#define CD_PUSH(arena, items, n, cap)                                                             \
    (((n) < (cap) || cd_arena_grow_cap((arena), (void **)&(items), &(cap), (n), sizeof *(items))) \
         ? &(items)[(n)++]                                                                        \
         : NULL)
/* Doubles *cap (at least 8); false when out of memory. */
bool cd_arena_grow_cap(struct cd_arena *a, void **items, size_t *cap, size_t n, size_t size);

#endif
