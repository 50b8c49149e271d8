/* The splitter: which pieces an input falls into, wherever the borders of windows and blocks lie.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "runtime/ingest/split.h"

struct bytes {
    struct cd_str s;
    size_t at, step;
};

static cordon_status
read_bytes(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct bytes *b = user;
    size_t left = b->s.n - b->at;
    (void)err;
    *got = n < left ? n : left;
    *got = *got < b->step ? *got : b->step;
    memcpy(into, b->s.p + b->at, *got);
    b->at += *got;
    return CORDON_OK;
}

/* `OFFSET:TEXT|` an item, `OFFSET{TEXT}|` a document (`*` before it: it held items), `!OFFSET` an
 * error. */
static struct cd_buf
pieces(struct cd_str input, cd_scanner scanner, size_t window, size_t step)
{
    struct bytes bytes = {input, 0, step};
    struct cd_split sp;
    struct cd_window w = {.bytes = NULL};
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_buf out = CD_BUF_INIT;
    cd_split_init(&sp, read_bytes, &bytes, scanner, window);
    while (!w.is_last) {
        if (cd_split_fill(&sp, &w, &err) != CORDON_OK) {
            cd_buf_printf(&out, "!%llu", (unsigned long long)err.offset);
            break;
        }
        cr_assert(w.n_pieces > 0 || w.is_last);
        for (size_t i = 0; i < w.n_pieces; i++) {
            const struct cd_piece *piece = &w.pieces[i];
            cd_buf_printf(&out, "%s%llu%s", piece->had_items ? "*" : "",
                          (unsigned long long)piece->offset,
                          piece->kind == CD_PIECE_DOCUMENT ? "=" : ":");
            cd_buf_str(&out, piece->text);
            cd_buf_putc(&out, '|');
        }
    }
    cd_window_finish(&w);
    cd_split_finish(&sp);
    return out;
}

static void
expect(struct cd_str input, const char *wanted)
{
    static const size_t windows[] = {0, 64, 200};
    static const size_t steps[] = {SIZE_MAX, 1, 63};
    size_t n_scanners;
    const cd_scanner *scanners = cd_scanners(&n_scanners);
    for (size_t i = 0; i < 3 * 3 * n_scanners; i++) {
        struct cd_buf got = pieces(input, scanners[i / 9], windows[i % 3], steps[i / 3 % 3]);
        cr_assert(cd_str_eq(cd_buf_view(&got), cd_str_of(wanted)),
                  "scanner %zu: %.*s: got %.*s, not %s", i / 9, CD_FMT(input), (int)got.n, got.p,
                  wanted);
        cd_buf_finish(&got);
    }
}

#define EXPECT(input, wanted) expect(CD_STR(input), wanted)

Test(split, elements_of_a_list)
{
    EXPECT("[]", "");
    EXPECT(" [ ] ", "");
    EXPECT("[{\"a\":1},{\"b\":[1,2]}]", "1:{\"a\":1}|9:{\"b\":[1,2]}|");
    EXPECT("[ {\"a\":1} , 5,null,\"x,]\" ]\n", "2:{\"a\":1}|12:5|14:null|19:\"x,]\"|");
    EXPECT("\xEF\xBB\xBF[1]", "4:1|");
}

Test(split, missing_elements_are_empty_pieces)
{
    EXPECT("[1,]", "1:1|3:|");
    EXPECT("[,]", "1:|2:|");
    EXPECT("[1,,2]", "1:1|3:|4:2|");
}

Test(split, items_in_a_document)
{
    EXPECT("{\"fileVersion\":\"1.0\",\"configurationItems\":[{\"a\":\"]}\"},{}],\"z\":[1]}",
           "43:{\"a\":\"]}\"}|54:{}|"
           "*0={\"fileVersion\":\"1.0\",\"configurationItems\":[],\"z\":[1]}|");
    EXPECT("{\"baseConfigurationItems\" : [1], \"ConfigurationItems\":[2]}",
           "29:1|55:2|*0={\"baseConfigurationItems\" : [], \"ConfigurationItems\":[]}|");
    EXPECT("{\"a\":{\"configurationItems\":[1]}}", "0={\"a\":{\"configurationItems\":[1]}}|");
    EXPECT("{\"a\\\"configurationItems\":[1]}", "0={\"a\\\"configurationItems\":[1]}|");
    EXPECT("{\"a\":\"configurationItems\",\"b\":[1]}",
           "0={\"a\":\"configurationItems\",\"b\":[1]}|");
}

Test(split, one_document)
{
    EXPECT("{}", "0={}|");
    EXPECT("\n {\"a\":[{\"b\":\"\\\\\"}]}\n", "2={\"a\":[{\"b\":\"\\\\\"}]}|");
    EXPECT("{\n\"a\":\n{\n}\n}\n", "0={\n\"a\":\n{\n}\n}|");
}

Test(split, lines)
{
    EXPECT("{\"a\":1}\n{\"b\":2}\n", "0:{\"a\":1}|8:{\"b\":2}|");
    EXPECT("{\"a\":1}\r\n\r\n{\"b\":2}", "0:{\"a\":1}|11:{\"b\":2}|");
    EXPECT("{\"a\":\"\n{\"b\":2}\n5\n", "0:{\"a\":\"|7:{\"b\":2}|15:5|");
    EXPECT("[1]\n[2,3]\n", "0:[1]|4:[2,3]|");
}

/* One that is broken is an item that cannot be read, wherever it stands; behind a document of
 * several lines it is none of these. */
Test(split, a_broken_line_is_an_item)
{
    EXPECT("{\"a\":1}\nhello\n{\"b\":2}\n", "0={\"a\":1}|8:hello|14:{\"b\":2}|");
    EXPECT("{\"a\":1}\n{\"b\":2}\nhello\n", "0:{\"a\":1}|8:{\"b\":2}|16:hello|");
    EXPECT("{\n\"a\":1}\nhello\n", "0={\n\"a\":1}|!9");
}

/* The first line does not fit into the window, so that it is a document first. */
static void
expect_behind_a_long_line(const char *before, const char *after, const char *wanted)
{
    struct cd_buf in = CD_BUF_INIT;
    cd_buf_printf(&in, "%s%*s%s", before, 100, "", after);
    struct cd_buf got = pieces(cd_buf_view(&in), cd_scan_scalar, 64, SIZE_MAX);
    cr_expect(cd_str_eq(cd_buf_view(&got), cd_str_of(wanted)), "%s: %.*s", before, CD_FMT(got));
    cd_buf_finish(&got);
    cd_buf_finish(&in);
}

Test(split, lines_behind_a_long_one)
{
    expect_behind_a_long_line("[1,", "2]\n[3]\n{}\n", "1:1|103:2|106:[3]|110:{}|");
    expect_behind_a_long_line("{\"configurationItems\":[1,", "2]}\n{\"a\":\n",
                              "23:1|125:2|*0={\"configurationItems\":[]}|129:{\"a\":|");
    expect_behind_a_long_line("[\n1,", "2]\n[3]\n", "2:1|104:2|!107");
}

Test(split, what_is_no_json_or_ends_too_early)
{
    EXPECT("", "!0");
    EXPECT(" \n ", "!3");
    EXPECT("hello", "!0");
    EXPECT("  5", "!2");
    EXPECT("{\"a\":1", "!6");
    EXPECT("[1,{", "1:1|!4");
    EXPECT("[\"]", "!3");
    EXPECT("[1] x", "1:1|!4");
    EXPECT("{} x", "0={}|!3");
    EXPECT("[1}", "!2");
    EXPECT("{\"configurationItems\":[1", "!24");
    EXPECT("\xFF\xFE{", "!0");
    EXPECT("\x1F\x8B", "!0");
}

/* Quotes, escapes and brackets at each place of a block. */
Test(split, state_is_carried_over_blocks)
{
    for (size_t pad = 0; pad < 140; pad++) {
        struct cd_buf in = CD_BUF_INIT;
        struct cd_buf wanted = CD_BUF_INIT;
        cd_buf_putc(&in, '[');
        for (size_t i = 0; i < pad; i++) {
            cd_buf_putc(&in, ' ');
        }
        const char *items = "{\"k\":\"\\\\\\\"[{,\\\\\"},{\"\\\\\":[\"]\",\"\\\"\"]}";
        cd_buf_puts(&in, items);
        cd_buf_putc(&in, ']');
        cd_buf_printf(&wanted, "%zu:{\"k\":\"\\\\\\\"[{,\\\\\"}|%zu:{\"\\\\\":[\"]\",\"\\\"\"]}|",
                      pad + 1, pad + 1 + strlen("{\"k\":\"\\\\\\\"[{,\\\\\"},"));
        cd_buf_putc(&wanted, '\0');
        expect(cd_buf_view(&in), wanted.p);
        cd_buf_finish(&in);
        cd_buf_finish(&wanted);
    }
}

/* Every event of a scanner over BYTES, as text. */
static struct cd_buf
events(cd_scanner scanner, struct cd_scan scan, const unsigned char *bytes, size_t n)
{
    struct cd_buf out = CD_BUF_INIT;
    enum cd_event event;
    size_t at;
    while ((event = scanner(&scan, bytes, n, &at)) != CD_EVENT_NONE && scan.depth > 0) {
        cd_buf_printf(&out, "%d@%zu ", (int)event, at);
    }
    cd_buf_printf(&out, "depth %llu", (unsigned long long)scan.depth);
    return out;
}

/* Each byte at each place of a block means the same to all scanners. */
Test(split, scanners_agree_on_each_byte)
{
    size_t n_scanners;
    const cd_scanner *scanners = cd_scanners(&n_scanners);
    for (unsigned i = 0; i < 256 * 64; i++) {
        unsigned char bytes[128];
        memset(bytes, 'x', sizeof bytes);
        bytes[i % 64] = (unsigned char)(i / 64);
        memcpy(bytes + 66, "[,]{},\",\",", 10);
        struct cd_scan scan = {.depth = 1, .level = 1};
        struct cd_buf wanted = events(cd_scan_scalar, scan, bytes, sizeof bytes);
        for (size_t k = 0; k < n_scanners; k++) {
            struct cd_buf got = events(scanners[k], scan, bytes, sizeof bytes);
            cr_assert(cd_str_eq(cd_buf_view(&got), cd_buf_view(&wanted)),
                      "scanner %zu, byte %u at %u", k, i / 64, i % 64);
            cd_buf_finish(&got);
        }
        cd_buf_finish(&wanted);
    }
}

Test(split, the_scalar_scanner_knows_its_bytes)
{
    unsigned char bytes[64];
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, "{},[1,\",]\",2],\"\\\"{\",]", 21);
    struct cd_buf got =
        events(cd_scan_scalar, (struct cd_scan){.depth = 1, .level = 1}, bytes, sizeof bytes);
    cr_assert(cd_str_eq(cd_buf_view(&got), CD_STR("1@0 2@2 1@3 2@13 2@19 depth 0")), "%.*s",
              (int)got.n, got.p);
    cd_buf_finish(&got);
}

/* A stream without end inside an item: the item is dropped at the limit, and what follows is found.
 */
struct endless {
    uint64_t at, n;
};

static cordon_status
read_endless(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct endless *e = user;
    char *out = into;
    (void)err;
    for (*got = 0; *got < n && e->at < e->n + 6; ++*got, e->at++) {
        out[*got] = e->at == 0     ? '['
                    : e->at == 1   ? '"'
                    : e->at < e->n ? 'x'
                                   : "\",{}]"[e->at - e->n < 5 ? e->at - e->n : 4];
        if (e->at == e->n + 5) {
            break;
        }
    }
    return CORDON_OK;
}

Test(split, an_item_beyond_the_limit)
{
    struct endless source = {0, CD_ITEM_LIMIT + ((uint64_t)8 << 20)};
    struct cd_split sp;
    struct cd_window w = {.bytes = NULL};
    struct cordon_error err = {.code = CORDON_OK};
    size_t n_scanners;
    cd_split_init(&sp, read_endless, &source, cd_scanners(&n_scanners)[0], 0);
    cr_assert_eq(cd_split_fill(&sp, &w, &err), CORDON_OK);
    cr_assert_eq(w.n_pieces, 2);
    cr_assert(w.pieces[0].too_long);
    cr_assert_eq(w.pieces[0].offset, 1);
    cr_assert(cd_str_eq(w.pieces[1].text, CD_STR("{}")));
    cr_assert_eq(w.pieces[1].offset, source.n + 2);
    cr_assert(w.is_last);
    cd_window_finish(&w);
    cd_split_finish(&sp);
}
