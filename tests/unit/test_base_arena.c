/* Arenas: alignment, zeroing, marks, limits, what happens when memory is out. */
#include <criterion/criterion.h>

#include "runtime/base/arena.h"
#include "runtime/base/pages.h"

Test(arena, memory_is_aligned_and_zero)
{
    struct cd_arena a;
    cd_arena_init(&a);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *p = cd_arena_alloc(&a, size);
        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            cr_assert_eq(p[i], 0);
        }
        memset(p, 0xAA, size);
    }
    cd_arena_finish(&a);
}

Test(arena, memory_after_a_reset_is_zero_again)
{
    struct cd_arena a;
    cd_arena_init(&a);
    cr_assert_not_null(cd_arena_alloc(&a, 10));
    struct cd_arena_mark mark = cd_arena_mark(&a);
    size_t used = a.used;
    memset(cd_arena_alloc(&a, 1000), 0xAA, 1000);
    memset(cd_arena_alloc(&a, 5000000), 0xAA, 5000000);
    cd_arena_reset(&a, mark);
    cr_assert_eq(a.used, used);
    const unsigned char *p = cd_arena_alloc(&a, 2000);
    for (size_t i = 0; i < 2000; i++) {
        cr_assert_eq(p[i], 0);
    }
    cd_arena_finish(&a);
}

Test(arena, reset_to_the_empty_arena)
{
    struct cd_arena a;
    cd_arena_init(&a);
    struct cd_arena_mark mark = cd_arena_mark(&a);
    cr_assert_not_null(cd_arena_alloc(&a, 100));
    cd_arena_reset(&a, mark);
    cr_assert_eq(a.used, 0);
    cr_assert_not_null(cd_arena_alloc(&a, 100));
    cd_arena_finish(&a);
}

Test(arena, sizes_that_overflow_fail)
{
    struct cd_arena a;
    cd_arena_init(&a);
    cr_assert_null(cd_arena_alloc(&a, SIZE_MAX));
    cr_assert_null(cd_arena_array(&a, SIZE_MAX / 2, 3));
    cd_arena_finish(&a);
}

Test(arena, limit_holds)
{
    struct cd_arena a;
    cd_arena_init(&a);
    a.limit = 10000;
    cr_assert_null(cd_arena_alloc(&a, 10001));
    size_t n = 0;
    while (n < 1000 && cd_arena_alloc(&a, 100)) {
        n++;
    }
    cr_assert(n >= 70 && n <= 100, "%zu", n);
    cd_arena_finish(&a);
}

Test(arena, out_of_memory_jumps_if_asked_to)
{
    struct cd_arena a;
    jmp_buf env;
    cd_arena_init(&a);
    a.limit = 100;
    a.on_oom = &env;
    if (setjmp(env) == 0) {
        cd_arena_alloc(&a, 1000);
        cr_assert_fail("came back");
    }
    cd_arena_finish(&a);
}

Test(arena, push_grows_and_keeps)
{
    struct cd_arena a;
    struct {
        int *items;
        size_t n, cap;
    } v = {NULL, 0, 0};
    cd_arena_init(&a);
    for (int i = 0; i < 1000; i++) {
        int *p = CD_PUSH(&a, v.items, v.n, v.cap);
        cr_assert_not_null(p);
        cr_assert_eq(*p, 0);
        *p = i;
    }
    cr_assert_eq(v.n, 1000);
    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(v.items[i], i);
    }
    cd_arena_finish(&a);
}

Test(arena, strings_are_copied_and_terminated)
{
    struct cd_arena a;
    cd_arena_init(&a);
    char bytes[] = {'a', 'b', 'c'};
    struct cd_str s = cd_arena_str(&a, (struct cd_str){bytes, 3});
    bytes[0] = 'x';
    cr_assert_str_eq(s.p, "abc");
    cr_assert_str_eq(cd_arena_str(&a, (struct cd_str){NULL, 0}).p, "");
    struct cd_str f = cd_arena_printf(&a, "%d-%s", 42, "x");
    cr_assert_str_eq(f.p, "42-x");
    cr_assert_eq(f.n, 4);
    cd_arena_finish(&a);
}

Test(pages, memory_is_aligned_and_zero_whatever_its_size)
{
    static const size_t sizes[] = {0, 1, 63, 65, 100000, (4 << 20) - 64, 9 << 20, 3};
    struct cd_pages p = {.head = NULL};
    unsigned char *before = NULL;
    for (size_t i = 0; i < CD_ARRAY_LEN(sizes); i++) {
        unsigned char *at = cd_pages_alloc(&p, sizes[i]);
        cr_assert_not_null(at);
        cr_expect_eq((uintptr_t)at % 64, 0);
        for (size_t k = 0; k < sizes[i]; k++) {
            cr_assert_eq(at[k], 0, "byte %zu of %zu", k, sizes[i]);
        }
        memset(at, 0xAA, sizes[i]);
        cr_expect(before == NULL || before[0] == 0xAA);
        before = sizes[i] > 0 ? at : before;
    }
    cr_expect_null(cd_pages_alloc(&p, SIZE_MAX));
    cr_expect_null(cd_pages_alloc(&p, SIZE_MAX / 2));
    cd_pages_finish(&p);
    cr_expect_null(p.head);
}
