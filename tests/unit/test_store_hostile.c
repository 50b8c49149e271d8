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

/* Each byte in turn becomes others: what is read of it is refused, or walked to its end. */
static void
change_all(const char *text, struct cd_projection projection, struct cd_arena *arena)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xFF};
    struct cordon_error err;
    struct cd_str bytes = make_store(arena, &text, 1);
    char *changed = cd_arena_alloc(arena, bytes.n);
    size_t refused = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        for (size_t k = 0; k < CD_ARRAY_LEN(masks); k++) {
            struct cd_buf said = CD_BUF_INIT;
            memcpy(changed, bytes.p, bytes.n);
            changed[i] = (char)(changed[i] ^ masks[k]);
            if (!say_store((struct cd_str){changed, bytes.n}, projection, k % 2 == 0, &said,
                           &err)) {
                cr_assert_neq(err.message[0], '\0');
                refused++;
            }
            cd_buf_finish(&said);
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
