/* Bin packing against brute force: nothing lost, nothing over the capacity, no bin too many; groups
 * whole where that costs nothing; small changes leave the rest in its place. */
#include <string.h>

#include "compiler/emit/packing.h"
#include "tests/unit/arena_fixture.h"

TestSuite(packing, .init = fx_arena_begin, .fini = fx_arena_end);

#define MAX 512

/* xorshift: the same cases in every run. */
static uint32_t
draw(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

/* The fewest bins, by trying every bin for every item. */
static size_t
brute(const struct cd_pack_item *items, size_t n, size_t capacity, size_t *left, size_t used,
      size_t best)
{
    if (used >= best) {
        return best;
    }
    if (n == 0) {
        return used;
    }
    for (size_t b = 0; b <= used; b++) {
        if (b == used) {
            left[b] = capacity;
        }
        if (left[b] >= items[0].size) {
            left[b] -= items[0].size;
            best = brute(items + 1, n - 1, capacity, left, b == used ? used + 1 : used, best);
            left[b] += items[0].size;
        }
    }
    return best;
}

static void
check_fits(const struct cd_pack_item *items, size_t n, size_t capacity,
           const struct cd_packing *packing)
{
    size_t filled[MAX] = {0}, next = 0;
    for (size_t i = 0; i < n; i++) {
        cr_assert_leq(packing->bin_of[i], next, "bins are numbered by their first items");
        next += packing->bin_of[i] == next;
        filled[packing->bin_of[i]] += items[i].size;
    }
    cr_assert_eq(next, packing->n_bins);
    for (size_t b = 0; b < packing->n_bins; b++) {
        cr_assert_leq(filled[b], capacity);
    }
    cr_assert_leq(packing->lower_bound, packing->n_bins);
}

Test(packing, the_fewest_bins_on_random_cases)
{
    uint32_t state = 2463534242u;
    size_t above_the_bound = 0;
    for (int round = 0; round < 3000; round++) {
        struct cd_pack_item items[10];
        struct cd_packing packing;
        size_t left[12], n = draw(&state, 10), group = 0;
        uint32_t largest = 20 + draw(&state, 81);
        for (size_t i = 0; i < n; i++) {
            group += i > 0 && draw(&state, 3) != 0;
            items[i] = (struct cd_pack_item){1 + draw(&state, largest), group};
        }
        cd_pack(&arena, items, n, 100, &packing);
        check_fits(items, n, 100, &packing);
        size_t fewest = brute(items, n, 100, left, 0, n + 1);
        cr_assert_eq(packing.n_bins, n == 0 ? 0 : fewest, "round %d: %zu bins instead of %zu",
                     round, packing.n_bins, fewest);
        cr_assert(packing.is_minimal);
        above_the_bound += packing.n_bins > packing.lower_bound;
    }
    cr_assert_gt(above_the_bound, 10, "the search is never needed: %zu", above_the_bound);
}

static struct cd_packing
pack(const size_t *sizes, const size_t *groups, size_t n, size_t capacity)
{
    struct cd_pack_item items[MAX];
    struct cd_packing packing;
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct cd_pack_item){sizes[i], groups == NULL ? i : groups[i]};
    }
    cd_pack(&arena, items, n, capacity, &packing);
    check_fits(items, n, capacity, &packing);
    return packing;
}

/* First fit takes three bins in either order. */
Test(packing, a_search_finds_what_first_fit_does_not)
{
    static const size_t sizes[] = {44, 6, 24, 6, 24, 8, 22, 8, 17, 41};
    cr_assert_eq(pack(sizes, NULL, 10, 100).n_bins, 2);
}

Test(packing, a_group_stays_whole_where_that_costs_no_bin)
{
    /* In order, the first of group 1 would fit beside group 0. */
    static const size_t sizes[] = {60, 30, 30, 40}, groups[] = {0, 1, 1, 2};
    struct cd_packing packing = pack(sizes, groups, 4, 100);
    cr_assert_eq(packing.n_bins, 2);
    cr_assert_eq(packing.bin_of[1], packing.bin_of[2]);
}

Test(packing, a_group_is_split_where_that_saves_a_bin_and_the_others_are_not)
{
    static const size_t sizes[] = {70, 70, 30, 30, 50, 50}, groups[] = {0, 1, 2, 2, 3, 3};
    struct cd_packing packing = pack(sizes, groups, 6, 100);
    cr_assert_eq(packing.n_bins, 3);
    cr_assert_neq(packing.bin_of[2], packing.bin_of[3]);
    cr_assert_eq(packing.bin_of[4], packing.bin_of[5]);
}

Test(packing, a_group_larger_than_a_bin_is_split)
{
    static const size_t sizes[] = {60, 60, 60}, groups[] = {0, 0, 0};
    cr_assert_eq(pack(sizes, groups, 3, 100).n_bins, 3);
}

Test(packing, nothing_needs_no_bin)
{
    struct cd_packing packing = pack(NULL, NULL, 0, 100);
    cr_assert_eq(packing.n_bins, 0);
    cr_assert(packing.is_minimal);
}

Test(packing, a_full_bin_is_full)
{
    static const size_t sizes[] = {100, 99, 1, 1};
    cr_assert_eq(pack(sizes, NULL, 4, 100).n_bins, 3);
}

/* Sixty statements of some 300 bytes: an edit of one that adds a few bytes moves few others. */
Test(packing, a_small_edit_moves_little)
{
    uint32_t state = 88172645u;
    size_t sizes[60], moved = 0;
    for (size_t i = 0; i < 60; i++) {
        sizes[i] = 200 + draw(&state, 400);
    }
    struct cd_packing before = pack(sizes, NULL, 60, 5100);
    for (size_t edited = 0; edited < 60; edited++) {
        sizes[edited] += 20;
        struct cd_packing after = pack(sizes, NULL, 60, 5100);
        sizes[edited] -= 20;
        for (size_t i = 0; i < 60; i++) {
            moved += before.bin_of[i] != after.bin_of[i];
        }
    }
    cr_assert_leq(moved, 60, "%zu of 3600", moved);
}

/* Hundreds of like sizes, where a proof would take for ever: it ends, and says what it knows. */
Test(packing, the_search_gives_up_and_says_so)
{
    size_t sizes[300];
    uint32_t state = 7;
    for (size_t i = 0; i < 300; i++) {
        sizes[i] = 334 + draw(&state, 100);
    }
    struct cd_packing packing = pack(sizes, NULL, 300, 1000);
    cr_assert_eq(packing.is_minimal, packing.n_bins == packing.lower_bound);
    cr_assert_leq(packing.n_bins, 150);
}
