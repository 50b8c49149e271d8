/* Names of missing keys beside a plain list of them, however they are added and forgotten. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/iam/access.h"

#define NAMES 400

static uint32_t
next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

Test(missing, each_name_is_there_once_in_the_order_added)
{
    static char names[NAMES][2][16];
    struct cd_missing m = {.n = 0};
    unsigned want[NAMES];
    size_t n = 0;
    uint32_t seed = 7;
    for (unsigned i = 0; i < NAMES; i++) {
        snprintf(names[i][0], sizeof names[i][0], "aws:Key%u", i);
        snprintf(names[i][1], sizeof names[i][1], "AWS:kEY%u", i);
    }
    for (unsigned step = 0; step < 20000; step++) {
        unsigned name = next(&seed) % NAMES;
        if (next(&seed) % 50 == 0) {
            n = n == 0 ? 0 : next(&seed) % n;
            cd_missing_back(&m, n);
        }
        size_t at = 0;
        while (at < n && want[at] != name) {
            at++;
        }
        n += at == n;
        want[at] = name;
        cd_missing_add(&m, cd_str_of(names[name][step % 2]));
        cr_assert(!m.oom);
        cr_assert_eq(m.n, n);
        for (size_t i = 0; i < n; i++) {
            cr_assert(cd_str_eq_nocase(m.names[i], cd_str_of(names[want[i]][0])));
        }
    }
    cd_missing_finish(&m);
}
