/* The columnar store: it says what its sources say, whoever asks, and nothing else however it was
 * changed. */
#include <sys/stat.h>

#include "runtime/store/ints.h"
#include "tests/unit/arena_fixture.h"
#include "tests/unit/store_fixture.h"

static struct cordon_error err;

TestSuite(store, .init = fx_arena_begin, .fini = fx_arena_end);

/* ---- columns of numbers ---- */

static void
expect_packed(const uint32_t *v, uint32_t n, enum cd_packing packing, uint64_t size)
{
    struct cd_buf out = CD_BUF_INIT;
    struct cd_ints p;
    uint64_t said;
    uint32_t back[300] = {0};
    cr_assert(cd_ints_pack(v, n, &p, &out));
    cr_expect_eq(p.packing, packing, "%u instead of %u", p.packing, packing);
    cr_expect_eq(out.n, size, "%zu bytes", out.n);
    cr_assert(cd_ints_size(&p, &said));
    cr_expect_eq(said, size);
    cr_assert(cd_ints_unpack(&p, out.p, back));
    cr_expect_arr_eq(back, v, n * sizeof *v);
    cd_buf_finish(&out);
}

Test(store, numbers_take_the_fewest_bytes)
{
    uint32_t v[300] = {0};
    expect_packed(v, 0, CD_PACKING_SAME, 0);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = UINT32_MAX;
    }
    expect_packed(v, 300, CD_PACKING_SAME, 0);
    v[299] = 0; /* one step wraps, which modulo 2^32 is a small one */
    expect_packed(v, 300, CD_PACKING_STEP8, 300);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = i * 37 % 256;
    }
    expect_packed(v, 300, CD_PACKING_8, 300);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = (i % 2) * 100000;
    }
    expect_packed(v, 300, CD_PACKING_TABLE8, 300 + 2 * 4);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = 1000000 + i * 200;
    }
    expect_packed(v, 300, CD_PACKING_STEP8, 300);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = 1000000 + i * 20000;
    }
    expect_packed(v, 300, CD_PACKING_STEP16, 600);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = (i * 7919) % 65536;
    }
    expect_packed(v, 300, CD_PACKING_16, 600);
    for (uint32_t i = 0; i < 300; i++) {
        v[i] = i * 2654435761u;
    }
    expect_packed(v, 300, CD_PACKING_32, 1200);
}

Test(store, places_outside_of_a_table_are_refused)
{
    const uint32_t bytes[] = {5, 6, 0x00020100};
    uint32_t back[4];
    struct cd_ints p = {.packing = CD_PACKING_TABLE8, .n = 4, .n_table = 2};
    cr_assert_not(cd_ints_unpack(&p, (const char *)bytes, back));
    p.n = 2;
    cr_assert(cd_ints_unpack(&p, (const char *)bytes, back));
    cr_assert_eq(back[1], 6);
    p.packing = CD_N_PACKINGS;
    uint64_t size;
    cr_assert_not(cd_ints_size(&p, &size));
}

/* ---- the same as from the sources ---- */

static void
say_sources(const char *const *texts, size_t n, struct cd_projection projection, struct cd_buf *out)
{
    static const struct cd_str names[] = {CD_STR_INIT("a.json"), CD_STR_INIT("b.json")};
    struct cd_snapshot s;
    cr_assert_eq(cd_snapshot_init(&s, projection), CORDON_OK);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(cd_ingest_text(&s, names[i], cd_str_of(texts[i]), &err), CORDON_OK);
    }
    cr_assert_eq(cd_snapshot_seal(&s, &err), CORDON_OK);
    put_snapshot(&s, out);
    cd_snapshot_finish(&s);
}

static void
expect_same(const char *const *texts, size_t n, struct cd_projection projection)
{
    struct cd_str bytes = make_store(&arena, texts, n);
    for (int is_alone = 0; is_alone < 2; is_alone++) {
        struct cd_buf direct = CD_BUF_INIT;
        struct cd_buf stored = CD_BUF_INIT;
        say_sources(texts, n, projection, &direct);
        cr_assert(say_store(bytes, projection, is_alone != 0, &stored, &err), "%s", err.message);
        cr_expect(cd_str_eq(cd_buf_view(&direct), cd_buf_view(&stored)),
                  "direct:\n%.*s\nstored:\n%.*s", CD_FMT(direct), CD_FMT(stored));
        cr_expect_gt(direct.n, 200);
        cd_buf_finish(&direct);
        cd_buf_finish(&stored);
    }
}

Test(store, everything_is_there)
{
    const char *const config[] = {CONFIG_TEXT};
    const char *const normal[] = {NORMAL_TEXT};
    const char *const both[] = {CONFIG_TEXT, NORMAL_TEXT};
    const char *const twice[] = {CONFIG_TEXT, CONFIG_TEXT};
    expect_same(config, 1, (struct cd_projection){.all = true});
    expect_same(normal, 1, (struct cd_projection){.all = true});
    expect_same(both, 2, (struct cd_projection){.all = true});
    expect_same(twice, 2, (struct cd_projection){.all = true});
}

Test(store, a_program_finds_what_it_reads)
{
    const char *const config[] = {CONFIG_TEXT};
    const char *const normal[] = {NORMAL_TEXT};
    const char *const both[] = {NORMAL_TEXT, CONFIG_TEXT};
    expect_same(config, 1, store_projection(&arena));
    expect_same(normal, 1, store_projection(&arena));
    expect_same(both, 2, store_projection(&arena));
}

/* Each of TEXTS is read by itself, and then the second behind the first. */
static void
expect_same_behind(const char *const texts[2], struct cd_projection projection)
{
    struct cd_str first = make_store(&arena, &texts[0], 1);
    struct cd_str second = make_store(&arena, &texts[1], 1);
    struct cd_snapshot s;
    struct cd_buf direct = CD_BUF_INIT;
    struct cd_buf stored = CD_BUF_INIT;
    cr_assert_eq(cd_snapshot_init(&s, projection), CORDON_OK);
    cr_assert_eq(cd_store_read_bytes(&s, "a.cbs", first, false, &err), CORDON_OK);
    cr_assert_eq(cd_store_read_bytes(&s, "b.cbs", second, false, &err), CORDON_OK);
    cr_assert_eq(cd_snapshot_seal(&s, &err), CORDON_OK);
    put_snapshot(&s, &stored);
    cd_snapshot_finish(&s);
    say_sources(texts, 2, projection, &direct);
    struct cd_str here = cd_buf_view(&stored), there = cd_buf_view(&direct);
    for (size_t k = 0; k < direct.n; k++) { /* the second was a.json when it was built */
        direct.p[k] =
            direct.p[k] == 'b' && cd_str_starts(cd_str_sub(there, k, there.n), CD_STR("b.json"))
                ? 'a'
                : direct.p[k];
    }
    cr_expect(cd_str_eq(there, here), "direct:\n%.*s\nstored:\n%.*s", CD_FMT(there), CD_FMT(here));
    cd_buf_finish(&direct);
    cd_buf_finish(&stored);
}

Test(store, stores_behind_each_other)
{
    const char *const orders[][2] = {
        {CONFIG_TEXT, NORMAL_TEXT}, {NORMAL_TEXT, CONFIG_TEXT}, {CONFIG_TEXT, CONFIG_TEXT}};
    for (size_t i = 0; i < CD_ARRAY_LEN(orders); i++) {
        expect_same_behind(orders[i], (struct cd_projection){.all = true});
        expect_same_behind(orders[i], store_projection(&arena));
    }
}

/* ---- changed, and cut ---- */

/* Flips the bits of MASK in each byte of a store in turn: it is refused, or says the same. */
static void
flip_all(const char *text, struct cd_projection projection, unsigned char mask)
{
    struct cd_str bytes = make_store(&arena, &text, 1);
    char *changed = cd_arena_alloc(&arena, bytes.n);
    struct cd_buf truth = CD_BUF_INIT;
    size_t refused = 0;
    memcpy(changed, bytes.p, bytes.n);
    cr_assert(say_store(bytes, projection, true, &truth, &err));
    for (size_t i = 0; i < bytes.n; i++) {
        struct cd_buf said = CD_BUF_INIT;
        changed[i] = (char)(changed[i] ^ mask);
        if (say_store((struct cd_str){changed, bytes.n}, projection, i % 2 == 0, &said, &err)) {
            cr_assert(cd_str_eq(cd_buf_view(&truth), cd_buf_view(&said)), "byte %zu of %zu", i,
                      bytes.n);
        } else {
            cr_assert(err.code == CORDON_ECORRUPT || err.code == CORDON_EVERSION, "byte %zu: %d", i,
                      err.code);
            cr_assert(strstr(err.message, "build it again") != NULL, "byte %zu: %s", i,
                      err.message);
            refused++;
        }
        memcpy(changed, bytes.p, bytes.n); /* flags may have been written to */
        cd_buf_finish(&said);
    }
    cr_expect_gt(refused, bytes.n / (projection.all ? 2 : 4));
    cd_buf_finish(&truth);
}

Test(store, no_changed_byte_changes_what_is_said)
{
    const struct cd_projection all = {.all = true};
    flip_all(CONFIG_TEXT, all, 0x01);
    flip_all(NORMAL_TEXT, all, 0x80);
    flip_all(CONFIG_TEXT, store_projection(&arena), 0xFF);
    flip_all(NORMAL_TEXT, store_projection(&arena), 0x04);
}

Test(store, every_shorter_one_is_refused)
{
    const char *text = CONFIG_TEXT;
    struct cd_str bytes = make_store(&arena, &text, 1);
    for (size_t n = 0; n < bytes.n; n++) {
        struct cd_buf said = CD_BUF_INIT;
        cr_assert_not(say_store(cd_str_sub(bytes, 0, n), (struct cd_projection){.all = true}, true,
                                &said, &err),
                      "%zu bytes", n);
        cd_buf_finish(&said);
    }
}

/* Resources have ids and places: what stands for none, or for an ARN that is made, is none. */
Test(store, a_resource_without_an_id_or_a_place_is_refused)
{
    static const struct {
        uint32_t id, site;
    } cases[] = {{CD_NO_STR, 0}, {CD_ARN_MADE, 0}, {0, UINT32_MAX}, {0, UINT32_MAX - 1}};
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        struct cd_snapshot s;
        struct cd_buf said = CD_BUF_INIT;
        bool is_wanted;
        uint32_t row;
        cr_assert_eq(cd_snapshot_init(&s, (struct cd_projection){.all = true}), CORDON_OK);
        s.keeps_problems = true;
        cr_assert_eq(cd_snapshot_source(&s, CD_STR("a.json"), CD_STR("aws-config")), 0);
        struct cd_table *t = cd_snapshot_table(&s, CD_STR("AWS::EC2::Volume"), &is_wanted);
        const struct cd_envelope_row e = {.id = cases[i].id,
                                          .arn = CD_ARN_MADE,
                                          .partition = cd_snapshot_str(&s, CD_STR("aws")),
                                          .region = CD_NO_STR,
                                          .account = CD_NO_STR,
                                          .origin = {.from_table = CD_NONE, .place = CD_NONE}};
        cr_assert(t != NULL && cd_table_add(&s, t, &e, &row));
        cr_assert_eq(cd_snapshot_seal(&s, &err), CORDON_OK);
        t->site[row] = cases[i].site;
        struct cd_str bytes = write_store(&s, &arena);
        cr_expect_not(say_store(bytes, store_projection(&arena), true, &said, &err), "case %zu", i);
        cr_expect_eq(err.code, CORDON_ECORRUPT);
        cd_snapshot_finish(&s);
        cd_buf_finish(&said);
    }
}

/* Reads a store from its file, which another program then writes to. */
static void
expect_seen(void (*change)(int fd))
{
    char path[] = "/tmp/cordon-test-store-XXXXXX";
    const char *text = CONFIG_TEXT;
    struct cd_str bytes = make_store(&arena, &text, 1);
    struct cd_snapshot s;
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    cr_assert_eq(cd_snapshot_init(&s, (struct cd_projection){.all = true}), CORDON_OK);
    cr_assert_eq(cd_store_read(&s, path, true, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(cd_store_check(&s, &err), CORDON_OK, "%s", err.message);
    change(fd);
    cr_expect_eq(cd_store_check(&s, &err), CORDON_EIO);
    cr_expect(strstr(err.message, "while it was in use") != NULL, "%s", err.message);
    cd_snapshot_finish(&s);
    close(fd);
    unlink(path);
}

static void
cut_in_its_last_page(int fd)
{
    struct stat st;
    cr_assert(fstat(fd, &st) == 0 && ftruncate(fd, st.st_size - 8) == 0);
}

static void
write_at_another_time(int fd)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};
    cr_assert_eq(futimens(fd, times), 0);
}

Test(store, what_is_written_to_it_while_it_is_in_use_is_seen)
{
    expect_seen(cut_in_its_last_page);
    expect_seen(write_at_another_time);
}

/* ---- built by another version of the tables ---- */

static void
rename_in(const struct cd_image *img, struct cd_str was, struct cd_str is)
{
    bool found = false;
    for (size_t i = 0; i < img->strings.n; i++) {
        bool is_it = cd_str_eq(img->strings.items[i], was);
        img->strings.items[i] = is_it ? is : img->strings.items[i];
        found |= is_it;
    }
    cr_assert(found);
}

/* The state of PROPERTY in all rows of TYPE, which are the same. */
static enum cd_state
state_of(struct cd_str bytes, struct cd_projection projection, struct cd_str type,
         struct cd_str property)
{
    struct cd_snapshot s;
    cr_assert_eq(cd_snapshot_init(&s, projection), CORDON_OK);
    cr_assert_eq(cd_store_read_bytes(&s, "x.cbs", bytes, true, &err), CORDON_OK, "%s", err.message);
    const struct cd_table *t = cd_snapshot_find_table(&s, type);
    cr_assert(t != NULL && t->n > 0);
    uint32_t slot = cd_node_slot(&s, t->root, property);
    cr_assert_neq(slot, CD_NONE);
    enum cd_state state = cd_node_state(t->root->child[slot], 0);
    for (uint32_t row = 1; row < t->n; row++) {
        cr_expect_eq(cd_node_state(t->root->child[slot], row), state);
    }
    cd_snapshot_finish(&s);
    return state;
}

/* What a program asks for and was not known when a store was built is unknown there, not absent. */
Test(store, what_was_not_known_is_unknown)
{
    const struct cd_str volume = CD_STR("AWS::EC2::Volume"), newer = CD_STR("NewerThanTheStore");
    const char *text = NORMAL_TEXT;
    struct cd_str bytes = make_store(&arena, &text, 1);
    struct cd_projection projection = store_projection(&arena);
    rename_in(projection.img, CD_STR("Size"), newer);
    cr_expect_eq(state_of(bytes, projection, volume, newer), CD_UNKNOWN);
    cr_expect_eq(state_of(bytes, store_projection(&arena), volume, CD_STR("Tags")), CD_ABSENT);
}

Test(store, a_type_that_was_not_known_has_unknown_properties)
{
    const struct cd_str nobody = CD_STR("AWS::Nobody::Knows");
    const char *text = CONFIG_TEXT;
    struct cd_str bytes = make_store(&arena, &text, 1);
    struct cd_projection projection = store_projection(&arena);
    rename_in(projection.img, CD_STR("AWS::EC2::Volume"), nobody);
    cr_expect_eq(state_of(bytes, projection, nobody, CD_STR("Encrypted")), CD_UNKNOWN);
}

Test(store, a_property_of_another_kind_is_unknown)
{
    const char *text = NORMAL_TEXT;
    struct cd_str bytes = make_store(&arena, &text, 1);
    struct cd_projection projection = store_projection(&arena);
    for (size_t i = 0; i < projection.img->types.n; i++) {
        struct cd_value_type *type = &projection.img->types.items[i];
        type->kind = type->kind == CD_KIND_BOOL ? CD_KIND_STRING : type->kind;
    }
    cr_expect_eq(state_of(bytes, projection, CD_STR("AWS::EC2::Volume"), CD_STR("Encrypted")),
                 CD_UNKNOWN);
}
