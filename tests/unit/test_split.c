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
pieces(struct cd_str input, cd_classify classify, size_t window, size_t step)
{
    struct bytes bytes = {input, 0, step};
    struct cd_split sp;
    struct cd_piece piece;
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_buf out = CD_BUF_INIT;
    cr_assert_eq(cd_split_init(&sp, read_bytes, &bytes, classify, window), CORDON_OK);
    for (;;) {
        if (cd_split_next(&sp, &piece, &err) != CORDON_OK) {
            cd_buf_printf(&out, "!%llu", (unsigned long long)err.offset);
            break;
        }
        if (piece.kind == CD_PIECE_END) {
            break;
        }
        bool is_document = piece.kind == CD_PIECE_DOCUMENT;
        cd_buf_printf(&out, "%s%llu%s", piece.had_items ? "*" : "",
                      (unsigned long long)piece.offset, is_document ? "=" : ":");
        cd_buf_str(&out, piece.text);
        cd_buf_putc(&out, '|');
    }
    cd_split_finish(&sp);
    return out;
}

static void
expect(struct cd_str input, const char *wanted)
{
    static const size_t windows[] = {0, 128, 200};
    static const size_t steps[] = {SIZE_MAX, 1, 63};
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            struct cd_buf got = pieces(input, cd_classify_scalar, windows[i], steps[k]);
            cr_assert(cd_str_eq(cd_buf_view(&got), cd_str_of(wanted)), "%.*s: got %.*s, not %s",
                      CD_FMT(input), (int)got.n, got.p, wanted);
            cd_buf_finish(&got);
            got = pieces(input, cd_classify_best(), windows[i], steps[k]);
            cr_assert(cd_str_eq(cd_buf_view(&got), cd_str_of(wanted)), "vector: %.*s",
                      CD_FMT(input));
            cd_buf_finish(&got);
        }
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

Test(split, classes_of_each_byte)
{
    for (unsigned c = 0; c < 256; c++) {
        for (unsigned at = 0; at < 64; at++) {
            unsigned char block[64];
            struct cd_masks scalar, vector;
            memset(block, 'x', sizeof block);
            block[at] = (unsigned char)c;
            cd_classify_scalar(block, &scalar);
            cd_classify_best()(block, &vector);
            cr_assert(memcmp(&scalar, &vector, sizeof scalar) == 0, "byte %u at %u", c, at);
            uint64_t bit = (uint64_t)1 << at;
            cr_assert_eq(scalar.open, c == '{' || c == '[' ? bit : 0);
            cr_assert_eq(scalar.close, c == '}' || c == ']' ? bit : 0);
            cr_assert_eq(scalar.comma, c == ',' ? bit : 0);
            cr_assert_eq(scalar.quote, c == '"' ? bit : 0);
            cr_assert_eq(scalar.backslash, c == '\\' ? bit : 0);
        }
    }
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
    struct cd_piece piece;
    struct cordon_error err = {.code = CORDON_OK};
    cr_assert_eq(cd_split_init(&sp, read_endless, &source, cd_classify_best(), 0), CORDON_OK);
    cr_assert_eq(cd_split_next(&sp, &piece, &err), CORDON_OK);
    cr_assert(piece.too_long);
    cr_assert_eq(piece.offset, 1);
    cr_assert_eq(cd_split_next(&sp, &piece, &err), CORDON_OK);
    cr_assert(cd_str_eq(piece.text, CD_STR("{}")));
    cr_assert_eq(piece.offset, source.n + 2);
    cd_split_finish(&sp);
}
