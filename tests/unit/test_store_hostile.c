/* Stores whose checksums hold and which lie all the same: nothing that they say is believed. */
#include "runtime/base/checksum.h"
#include "tests/unit/store_fixture.h"

/* In place of the library's: whoever writes a store can make its checksums hold. */
bool
cd_checksum_holds(struct cd_str bytes, uint64_t checksum)
{
    (void)bytes;
    (void)checksum;
    return true;
}

/* Reads CHANGED; true if it is refused. */
static bool
is_refused(struct cd_str changed, struct cd_projection projection, bool is_alone)
{
    struct cd_buf said = CD_BUF_INIT;
    struct cordon_error err;
    bool refused = !say_store(changed, projection, is_alone, &said, &err);
    cr_assert(!refused || err.message[0] != '\0');
    cd_buf_finish(&said);
    return refused;
}

/* Each byte in turn becomes others, and each word what stands for none, or a very large number:
 * what is read of it is refused, or walked to its end. */
static void
change_all(const char *text, struct cd_projection projection, struct cd_arena *arena)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xFF};
    static const uint32_t words[] = {UINT32_MAX, UINT32_C(1) << 31};
    struct cd_str bytes = make_store(arena, &text, 1);
    char *changed = cd_arena_alloc(arena, bytes.n);
    size_t refused = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        for (size_t k = 0; k < CD_ARRAY_LEN(masks); k++) {
            memcpy(changed, bytes.p, bytes.n);
            changed[i] = (char)(changed[i] ^ masks[k]);
            refused += is_refused((struct cd_str){changed, bytes.n}, projection, k % 2 == 0);
        }
        for (size_t k = 0; k < CD_ARRAY_LEN(words) && i % sizeof *words == 0; k++) {
            memcpy(changed, bytes.p, bytes.n);
            memcpy(changed + i, &words[k], sizeof *words);
            refused += is_refused((struct cd_str){changed, bytes.n}, projection, k % 2 == 0);
        }
    }
    cr_expect_gt(refused, bytes.n / 2);
}

Test(store_hostile, no_byte_is_believed)
{
    struct cd_arena arena;
    const struct cd_projection all = {.all = true};
    cd_arena_init(&arena);
    change_all(CONFIG_TEXT, all, &arena);
    change_all(NORMAL_TEXT, all, &arena);
    change_all(CONFIG_TEXT, store_projection(&arena), &arena);
    cd_arena_finish(&arena);
}
