/* Stores that are whole, and say in one of their columns what they may not: numbers of what is not
 * there are refused, or walked past. */
#include "runtime/store/ints.h"
static bool pack_truly(const uint32_t *v, uint32_t n, struct cd_ints *p, struct cd_buf *out);
#define cd_ints_pack pack_truly
#include "runtime/store/ints.c"
#undef cd_ints_pack

#include "tests/unit/store_fixture.h"

/* Which number is written as another: the first and the last of a column in turn. */
static struct {
    size_t column, n_columns; /* the one that is changed, and those so far */
    bool is_last;
    uint32_t value;
} lie;

bool
cd_ints_pack(const uint32_t *v, uint32_t n, struct cd_ints *p, struct cd_buf *out)
{
    bool is_it = lie.n_columns++ == lie.column && n > 0;
    uint32_t *changed = is_it ? malloc(n * sizeof *v) : NULL;
    if (changed != NULL) {
        memcpy(changed, v, n * sizeof *v);
        changed[lie.is_last ? n - 1 : 0] = lie.value;
    }
    bool ok = pack_truly(changed != NULL ? changed : v, n, p, out);
    free(changed);
    return ok;
}

static size_t
count_columns(const char *text)
{
    struct cd_arena arena;
    lie.column = SIZE_MAX;
    lie.n_columns = 0;
    cd_arena_init(&arena);
    (void)make_store(&arena, &text, 1);
    cd_arena_finish(&arena);
    return lie.n_columns;
}

/* How many of the stores are refused that have VALUE in one column. */
static size_t
count_refused(const char *text, size_t n_columns, struct cd_projection projection)
{
    size_t refused = 0;
    for (size_t i = 0; i < n_columns * 2; i++) {
        struct cd_arena arena;
        struct cd_buf said = CD_BUF_INIT;
        struct cordon_error err;
        lie.column = i / 2;
        lie.is_last = i % 2 != 0;
        lie.n_columns = 0;
        cd_arena_init(&arena);
        struct cd_str bytes = make_store(&arena, &text, 1);
        bool is_alone = i % 3 != 0;
        if (!say_store(bytes, projection, is_alone, &said, &err)) {
            cr_assert_neq(err.message[0], '\0');
            refused++;
        }
        cd_buf_finish(&said);
        cd_arena_finish(&arena);
    }
    return refused;
}

Test(store_columns, no_number_is_believed)
{
    static const uint32_t values[] = {
        UINT32_MAX, UINT32_MAX - 1, UINT32_MAX >> 1, (UINT32_MAX >> 1) + 1, 1000, 3};
    const struct cd_projection all = {.all = true};
    struct cd_arena arena;
    cd_arena_init(&arena);
    size_t n_config = count_columns(CONFIG_TEXT);
    size_t n_normal = count_columns(NORMAL_TEXT);
    for (size_t i = 0; i < CD_ARRAY_LEN(values); i++) {
        lie.value = values[i];
        size_t refused = count_refused(CONFIG_TEXT, n_config, all);
        refused += count_refused(NORMAL_TEXT, n_normal, all);
        cr_expect_gt(refused, (n_config + n_normal) / 2, "%u: %zu", values[i], refused);
        refused = count_refused(CONFIG_TEXT, n_config, store_projection(&arena));
        refused += count_refused(NORMAL_TEXT, n_normal, store_projection(&arena));
        cr_expect_gt(refused, 0, "%u", values[i]);
    }
    cd_arena_finish(&arena);
}
