/* An arena for each test of a suite: TestSuite(name, .init = fx_arena_begin, .fini = fx_arena_end).
 */
#ifndef CD_TESTS_ARENA_FIXTURE_H
#define CD_TESTS_ARENA_FIXTURE_H

#include <criterion/criterion.h>

#include "runtime/base/arena.h"

static struct cd_arena arena;

static void
fx_arena_begin(void)
{
    cd_arena_init(&arena);
}

static void
fx_arena_end(void)
{
    cd_arena_finish(&arena);
}

#endif
