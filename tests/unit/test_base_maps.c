/* Dictionaries and maps of strings. */
#include <criterion/criterion.h>
#include <stdio.h>

#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/intern.h"
#include "runtime/base/map.h"

Test(intern, ids_count_up_from_the_empty_string)
{
    struct cd_intern t;
    cr_assert(cd_intern_init(&t));
    cr_assert_eq(cd_intern_add(&t, CD_STR("")), 0);
    cr_assert_eq(cd_intern_add(&t, (struct cd_str){NULL, 0}), 0);
    cr_assert_eq(cd_intern_add(&t, CD_STR("a")), 1);
    cr_assert_eq(cd_intern_add(&t, CD_STR("a\0b")), 2);
    cr_assert_eq(cd_intern_add(&t, CD_STR("a")), 1);
    cr_assert_eq(cd_intern_find(&t, CD_STR("a\0b")), 2);
    cr_assert_eq(cd_intern_find(&t, CD_STR("b")), CD_NO_STR);
    cr_assert_eq(t.n, 3);
    cd_intern_finish(&t);
}

/* Lengths around those at which the head of a string, or its block, changes. */
Test(intern, strings_of_all_lengths)
{
    static const size_t lengths[] = {1,       2,       254,     255,     256,
                                     1048571, 1048575, 1048576, 1048577, 5000000};
    struct cd_intern t;
    char *bytes = malloc(5000000);
    cr_assert(cd_intern_init(&t));
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < CD_ARRAY_LEN(lengths); i++) {
            memset(bytes, 'a' + (int)i, lengths[i]);
            struct cd_str s = {bytes, lengths[i]};
            cr_assert_eq(cd_intern_find(&t, s), round == 0 ? CD_NO_STR : 1 + i);
            cr_assert_eq(cd_intern_add(&t, s), 1 + i);
            cr_assert(cd_str_eq(cd_intern_str(&t, (uint32_t)(1 + i)), s));
        }
    }
    free(bytes);
    cd_intern_finish(&t);
}

/* Short strings are found by a memory of the last ones: all lengths around its limit, with the same
 * beginnings and ends, again and again. */
Test(intern, short_strings_that_are_alike)
{
    struct cd_intern t;
    char text[24];
    cr_assert(cd_intern_init(&t));
    for (unsigned round = 0; round < 3; round++) {
        uint32_t id = 1;
        for (size_t n = 1; n <= 20; n++) {
            for (size_t at = 0; at <= n; at++, id++) {
                memset(text, 'x', n);
                text[at] = 'y'; /* behind the end for at == n: all are x */
                struct cd_str s = {text, n};
                cr_assert_eq(cd_intern_add(&t, s), id, "%zu at %zu", n, at);
                cr_assert_eq(cd_intern_find(&t, s), id);
                cr_assert(cd_str_eq(cd_intern_str(&t, id), s));
            }
        }
    }
    cr_assert_neq(cd_intern_add(&t, CD_STR("\0\0")), cd_intern_add(&t, CD_STR("\0")));
    cd_intern_finish(&t);
}

Test(intern, many_strings)
{
    struct cd_intern t;
    char text[32];
    cr_assert(cd_intern_init(&t));
    for (uint32_t i = 1; i < 200000; i++) {
        int n = snprintf(text, sizeof text, "string %u", i * 7);
        cr_assert_eq(cd_intern_add(&t, (struct cd_str){text, (size_t)n}), i);
    }
    for (uint32_t i = 1; i < 200000; i++) {
        int n = snprintf(text, sizeof text, "string %u", i * 7);
        cr_assert(cd_str_eq(cd_intern_str(&t, i), (struct cd_str){text, (size_t)n}));
        cr_assert_eq(cd_intern_add(&t, (struct cd_str){text, (size_t)n}), i);
    }
    cd_intern_finish(&t);
}

Test(intern, many)
{
    struct cd_intern t;
    char name[16];
    cr_assert(cd_intern_init(&t));
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 1; i <= 50000; i++) {
            int n = snprintf(name, sizeof name, "n%u", i);
            cr_assert_eq(cd_intern_add(&t, (struct cd_str){name, (size_t)n}), i);
        }
    }
    cr_assert(cd_str_eq(cd_intern_str(&t, 4711), CD_STR("n4711")), "bytes are copied");
    cd_intern_finish(&t);
}

Test(map, put_get_replace)
{
    struct cd_map m;
    uint32_t v = 9;
    cd_map_init(&m);
    cr_assert_not(cd_map_get(&m, CD_STR("a"), &v));
    cr_assert(cd_map_put(&m, CD_STR("a"), 1));
    cr_assert(cd_map_put(&m, CD_STR(""), 2));
    cr_assert(cd_map_put(&m, CD_STR("a"), 3));
    cr_assert_eq(m.n, 2);
    cr_assert(cd_map_get(&m, CD_STR("a"), &v));
    cr_assert_eq(v, 3);
    cr_assert(cd_map_get(&m, CD_STR(""), &v));
    cr_assert_eq(v, 2);
    cr_assert_not(cd_map_get(&m, CD_STR("A"), &v));
    cd_map_finish(&m);
}

Test(map, many)
{
    enum { N = 20000 };
    static char names[N][8];
    struct cd_map m;
    cd_map_init(&m);
    for (uint32_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "k%u", i);
        cr_assert(cd_map_put(&m, cd_str_of(names[i]), i));
    }
    cr_assert_eq(m.n, N);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t v;
        cr_assert(cd_map_get(&m, cd_str_of(names[i]), &v));
        cr_assert_eq(v, i);
    }
    cd_map_finish(&m);
}
