/* The splitter: a machine of modes over the events of the scanner. Each step does what it can with
 * the bytes in the window, and says when it needs more. */
#include "runtime/ingest/split.h"

#include <assert.h>
#include <stdlib.h>

#include "runtime/ingest/json.h"
#include "runtime/ingest/keep.h"

#define WINDOW ((size_t)128 << 10)

static const struct cd_str item_lists[] = {
    CD_STR_INIT("configurationItems"),
    CD_STR_INIT("baseConfigurationItems"),
    CD_STR_INIT("results"),
    CD_STR_INIT("records"),
    CD_STR_INIT("messages"),
};

bool
cd_split_is_list(struct cd_str name)
{
    bool is_list = false;
    for (size_t i = 0; i < CD_ARRAY_LEN(item_lists); i++) {
        is_list = is_list || cd_str_eq_nocase(name, item_lists[i]);
    }
    return is_list;
}

void
cd_split_init(struct cd_split *sp, cd_split_read read, void *user, cd_scanner scanner,
              size_t window)
{
    *sp = (struct cd_split){.read = read,
                            .user = user,
                            .scanner = scanner,
                            .window = window == 0              ? WINDOW
                                      : window < CD_SCAN_BLOCK ? CD_SCAN_BLOCK
                                                               : window};
}

void
cd_split_finish(struct cd_split *sp)
{
    cd_buf_finish(&sp->carry);
    cd_buf_finish(&sp->document);
}

void
cd_window_finish(struct cd_window *w)
{
    free(w->bytes);
    free(w->pieces);
    *w = (struct cd_window){.bytes = NULL};
}

static bool
is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* ---- the window ---- */

static cordon_status
reserve(struct cd_window *w, size_t n)
{
    if (n <= w->cap) {
        return CORDON_OK;
    }
    size_t cap = n + n / 8;
    unsigned char *larger = realloc(w->bytes, cap + CD_DOM_PADDING);
    if (larger == NULL) {
        return CORDON_ENOMEM;
    }
    w->bytes = larger;
    w->cap = cap;
    return CORDON_OK;
}

/* The room that a window with a very large item took is given back. */
static void
give_back(struct cd_window *w, size_t need)
{
    if (w->cap > 8 * need) {
        free(w->bytes);
        w->bytes = NULL;
        w->cap = 0;
    }
}

/* Starts W with what the last one left. How much is read does not depend on the room that W has, so
 * that windows end at the same places whoever owns them. */
static cordon_status
begin_window(struct cd_split *sp, struct cd_window *w)
{
    size_t n = sp->carry.n;
    sp->fill = n + sp->window;
    give_back(w, sp->fill);
    CORDON_TRY(reserve(w, sp->fill));
    if (n > 0) {
        memcpy(w->bytes, sp->carry.p, n);
    }
    cd_buf_clear(&sp->carry);
    w->base = sp->carry_base;
    w->n = n;
    w->n_pieces = 0;
    w->is_last = false;
    sp->w = w;
    return CORDON_OK;
}

/* Keeps what the next window begins with. */
static cordon_status
end_window(struct cd_split *sp)
{
    struct cd_window *w = sp->w;
    cd_buf_put(&sp->carry, w->bytes + sp->keep, w->n - sp->keep);
    sp->carry_base = w->base + sp->keep;
    sp->scan.next -= sp->keep;
    sp->keep = 0;
    w->is_last = sp->mode == CD_SPLIT_DONE && sp->failed == CORDON_OK;
    return sp->carry.oom ? CORDON_ENOMEM : CORDON_OK;
}

/* Zero bytes at the end of the window. */
static size_t
zeros_at_end(const struct cd_window *w)
{
    size_t n = 0;
    while (n < w->n && w->bytes[w->n - 1 - n] == 0) {
        n++;
    }
    return n;
}

/* Of a window that no piece ended in: forgets what nobody needs, and grows if that is little. An
 * item that is too long and ends in nothing but zeros is no item: what follows is not read through,
 * be it ever so long. */
static cordon_status
make_room(struct cd_split *sp, struct cordon_error *err)
{
    struct cd_window *w = sp->w;
    bool in_item = sp->mode == CD_SPLIT_ITEMS || sp->mode == CD_SPLIT_LINES;
    sp->is_too_long = sp->is_too_long || (in_item && w->n - sp->keep > CD_ITEM_LIMIT);
    size_t n_zeros = sp->is_too_long ? zeros_at_end(w) : 0;
    if (n_zeros >= CD_HOLE) {
        return cordon_fail(err, CORDON_EINPUT, w->base + w->n - n_zeros,
                           "zero bytes from here on, %zu MB and more: the file has a hole, or was "
                           "not copied whole",
                           n_zeros >> 20);
    }
    size_t from = sp->is_too_long ? sp->scan.next : sp->keep;
    if (from > 0) {
        memmove(w->bytes, w->bytes + from, w->n - from);
        w->n -= from;
        w->base += from;
        sp->scan.next -= from;
        sp->keep = 0;
    }
    sp->fill = w->n < sp->fill / 2 ? sp->fill : sp->fill * 2;
    return reserve(w, sp->fill);
}

/* Fills the window with what follows in the stream. Behind its end stand blanks, so that the last
 * block is whole. */
static cordon_status
read_on(struct cd_split *sp, struct cordon_error *err)
{
    struct cd_window *w = sp->w;
    while (!sp->at_end && w->n < sp->fill) {
        size_t got = 0;
        CORDON_TRY(sp->read(sp->user, w->bytes + w->n, sp->fill - w->n, &got, err));
        sp->at_end = got == 0;
        w->n += got;
    }
    memset(w->bytes + w->n, ' ', CD_DOM_PADDING);
    sp->is_hungry = false;
    return CORDON_OK;
}

/* More bytes are needed. False: there are none. */
static bool
ask_for_more(struct cd_split *sp)
{
    sp->is_hungry = !sp->at_end;
    return sp->is_hungry;
}

/* ---- pieces ---- */

static cordon_status
truncated(const struct cd_split *sp, struct cordon_error *err, const char *inside)
{
    return cordon_fail(err, CORDON_EINPUT, sp->w->base + sp->w->n,
                       "the input ends inside %s: it is truncated, or not JSON", inside);
}

static cordon_status
add_piece(struct cd_window *w, struct cd_piece piece)
{
    if (w->n_pieces == w->cap_pieces) {
        size_t cap = w->cap_pieces == 0 ? 256 : w->cap_pieces * 2;
        struct cd_piece *larger = realloc(w->pieces, cap * sizeof *larger);
        if (larger == NULL) {
            return CORDON_ENOMEM;
        }
        w->pieces = larger;
        w->cap_pieces = cap;
    }
    w->pieces[w->n_pieces++] = piece;
    return CORDON_OK;
}

/* The item in window[from, to), without the blanks around it. */
static struct cd_piece
item_in(struct cd_split *sp, size_t from, size_t to)
{
    const unsigned char *bytes = sp->w->bytes;
    while (from < to && is_blank(bytes[from])) {
        from++;
    }
    while (to > from && is_blank(bytes[to - 1])) {
        to--;
    }
    struct cd_piece piece = {.kind = CD_PIECE_ITEM,
                             .text = {(const char *)bytes + from, to - from},
                             .offset = sp->is_too_long ? sp->item_offset : sp->w->base + from};
    piece.too_long = sp->is_too_long || piece.text.n > CD_ITEM_LIMIT;
    piece.text.n = piece.too_long ? 0 : piece.text.n;
    sp->is_too_long = false;
    return piece;
}

/* The next event; false if the window has no more. */
static bool
next_event(struct cd_split *sp, enum cd_event *event, size_t *at)
{
    const struct cd_window *w = sp->w;
    *event = sp->scanner(&sp->scan, w->bytes, sp->at_end ? w->n + CD_SCAN_BLOCK - 1 : w->n, at);
    return *event != CD_EVENT_NONE;
}

static void
begin_item(struct cd_split *sp, size_t at)
{
    sp->keep = at;
    sp->item_offset = sp->w->base + at;
}

/* Behind a list of items. */
static void
leave_items(struct cd_split *sp, size_t at)
{
    sp->scan.level--;
    sp->mode = sp->scan.level == 0 ? CD_SPLIT_TRAILER : CD_SPLIT_OBJECT;
    if (sp->mode == CD_SPLIT_OBJECT) {
        sp->keep = at;
        sp->cut_at = sp->document.n;
        sp->cut = sp->w->base + at - sp->document_offset - sp->document.n;
    } else {
        sp->scan.next = sp->keep = at + 1;
    }
}

/* The items that end in the window. */
static cordon_status
step_items(struct cd_split *sp, struct cordon_error *err)
{
    enum cd_event event;
    size_t at;
    while (next_event(sp, &event, &at)) {
        if (event == CD_EVENT_OPEN) {
            continue;
        }
        if (event == CD_EVENT_END && sp->w->bytes[at] != ']') {
            return cordon_fail(err, CORDON_EINPUT, sp->w->base + at, "a list of items ends in `}`");
        }
        struct cd_piece piece = item_in(sp, sp->keep, at);
        bool is_there = piece.text.n > 0 || piece.too_long;
        if (event == CD_EVENT_COMMA || is_there || sp->n_items > 0) {
            CORDON_TRY(add_piece(sp->w, piece));
        }
        sp->n_items++;
        begin_item(sp, at + 1);
        if (event == CD_EVENT_END) {
            leave_items(sp, at);
            return CORDON_OK;
        }
    }
    return ask_for_more(sp) ? CORDON_OK : truncated(sp, err, "a list of items");
}

/* ---- the top-level object ---- */

/* Moves what was read of the top-level object, up to TO, out of the window. */
static cordon_status
take_document(struct cd_split *sp, size_t to, struct cordon_error *err)
{
    const unsigned char *from = sp->w->bytes + sp->keep;
    size_t n = to - sp->keep;
    cd_buf_put(&sp->document, from, n);
    sp->keep = to;
    if (sp->document.oom) {
        return CORDON_ENOMEM;
    }
    if (sp->document.n > CD_ITEM_LIMIT) {
        return cordon_fail(err, CORDON_ELIMIT, sp->document_offset,
                           "a document of more than %zu MB without a list of items",
                           CD_ITEM_LIMIT >> 20);
    }
    return CORDON_OK;
}

/* Is the `[` at the end of the document the value of a key that names a list of items? */
static bool
opens_items(const struct cd_buf *document)
{
    size_t n = document->n - 1;
    const char *p = document->p;
    while (n > 0 && is_blank((unsigned char)p[n - 1])) {
        n--;
    }
    if (n == 0 || p[n - 1] != ':') {
        return false;
    }
    n--;
    while (n > 0 && is_blank((unsigned char)p[n - 1])) {
        n--;
    }
    if (n == 0 || p[n - 1] != '"') {
        return false;
    }
    size_t start = --n;
    while (start > 0 && p[start - 1] != '"') {
        start--;
    }
    return start > 1 && p[start - 2] != '\\'
           && cd_split_is_list((struct cd_str){p + start, n - start});
}

static cordon_status
end_document(struct cd_split *sp, size_t at)
{
    size_t n = sp->document.n;
    if (cd_buf_space(&sp->document, CD_DOM_PADDING) == NULL) {
        return CORDON_ENOMEM;
    }
    sp->w->cut_at = sp->had_items ? sp->cut_at : n;
    sp->w->cut = sp->cut;
    sp->mode = CD_SPLIT_TRAILER;
    sp->scan.next = sp->keep = at + 1;
    return add_piece(sp->w, (struct cd_piece){.kind = CD_PIECE_DOCUMENT,
                                              .text = {sp->document.p, n},
                                              .offset = sp->document_offset,
                                              .had_items = sp->had_items});
}

static cordon_status
step_object(struct cd_split *sp, struct cordon_error *err)
{
    enum cd_event event;
    size_t at;
    while (next_event(sp, &event, &at)) {
        if (event == CD_EVENT_COMMA) {
            continue;
        }
        CORDON_TRY(take_document(sp, at + 1, err));
        if (event == CD_EVENT_END) {
            return end_document(sp, at);
        }
        if (sp->w->bytes[at] == '[' && opens_items(&sp->document)) {
            sp->mode = CD_SPLIT_ITEMS;
            sp->scan.level = sp->scan.depth;
            sp->n_items = 0;
            sp->had_items = true;
            begin_item(sp, at + 1);
            return CORDON_OK;
        }
    }
    size_t scanned = sp->scan.next < sp->w->n ? sp->scan.next : sp->w->n;
    CORDON_TRY(take_document(sp, scanned, err));
    return ask_for_more(sp) ? CORDON_OK : truncated(sp, err, "its top-level object");
}

/* ---- lines ---- */

static cordon_status
step_lines(struct cd_split *sp)
{
    struct cd_window *w = sp->w;
    for (;;) {
        const unsigned char *newline = memchr(w->bytes + sp->scan.next, '\n', w->n - sp->scan.next);
        if (newline == NULL) {
            sp->scan.next = w->n;
            if (ask_for_more(sp)) {
                return CORDON_OK;
            }
        }
        size_t end = newline == NULL ? w->n : (size_t)(newline - w->bytes);
        struct cd_piece piece = item_in(sp, sp->keep, end);
        if (piece.text.n > 0 || piece.too_long) {
            CORDON_TRY(add_piece(w, piece));
        }
        if (newline == NULL) {
            sp->mode = CD_SPLIT_DONE;
            return CORDON_OK;
        }
        sp->scan.next = end + 1;
        begin_item(sp, end + 1);
    }
}

/* Behind the document only blanks may stand, or, behind one that is a line, the further lines of
 * NDJSON. */
static cordon_status
step_trailer(struct cd_split *sp, struct cordon_error *err)
{
    const struct cd_window *w = sp->w;
    size_t at = sp->scan.next;
    while (at < w->n && is_blank(w->bytes[at])) {
        sp->begins_line = sp->begins_line || (w->bytes[at] == '\n' && w->base + at <= sp->line_end);
        at++;
    }
    sp->scan.next = at;
    begin_item(sp, at);
    if (at == w->n) {
        sp->mode = ask_for_more(sp) ? sp->mode : CD_SPLIT_DONE;
        return CORDON_OK;
    }
    if (sp->begins_line) {
        sp->mode = CD_SPLIT_LINES;
        return CORDON_OK;
    }
    return cordon_fail(err, CORDON_EINPUT, w->base + at,
                       "text behind the end of the document: a file holds one document, or an "
                       "object a line (jq -c . makes lines of several)");
}

/* ---- the start ---- */

/* NDJSON shows itself at the first line's end: no JSON document has an object or a list there that
 * no bracket, comma or colon precedes. */
static bool
is_lines(const struct cd_window *w, size_t at, size_t line_end)
{
    size_t before = line_end;
    size_t after = line_end;
    while (before > at && is_blank(w->bytes[before - 1])) {
        before--;
    }
    while (after < w->n && is_blank(w->bytes[after])) {
        after++;
    }
    return after < w->n && (w->bytes[after] == '{' || w->bytes[after] == '[') && before > at
           && memchr("{[,:", w->bytes[before - 1], 4) == NULL;
}

static const char *
foreign_encoding(const unsigned char *p, size_t n)
{
    if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) {
        return "it is UTF-16: write it as UTF-8";
    }
    if (n >= 4 && (p[0] == 0) != (p[1] == 0) && (p[2] == 0) != (p[3] == 0)) {
        return "it looks like UTF-16: write it as UTF-8";
    }
    if (n >= 2 && p[0] == 0x1F && p[1] == 0x8B) {
        return "it is compressed twice: decompress it once";
    }
    if (n >= CD_STORE_MAGIC_SIZE && memcmp(p, CD_STORE_MAGIC, CD_STORE_MAGIC_SIZE) == 0) {
        return "it is a store, which is read from a file of its own: name that, neither compressed "
               "nor through a pipe";
    }
    return NULL;
}

/* The place of the first byte that is no blank; false if the window has none. */
static bool
find_start(struct cd_split *sp, size_t *at)
{
    const struct cd_window *w = sp->w;
    bool has_mark = w->base == 0 && w->n >= 3 && memcmp(w->bytes, "\xEF\xBB\xBF", 3) == 0;
    *at = has_mark ? 3 : 0;
    while (*at < w->n && is_blank(w->bytes[*at])) {
        ++*at;
    }
    sp->keep = sp->scan.next = *at;
    return *at < w->n;
}

static cordon_status
step_start(struct cd_split *sp, struct cordon_error *err)
{
    const struct cd_window *w = sp->w;
    const char *foreign = w->base == 0 ? foreign_encoding(w->bytes, w->n) : NULL;
    size_t at;
    if (foreign != NULL) {
        return cordon_fail(err, CORDON_EINPUT, 0, "%s", foreign);
    }
    if (!find_start(sp, &at)) {
        return ask_for_more(sp) ? CORDON_OK
                                : cordon_fail(err, CORDON_EINPUT, w->base + w->n, "it is empty");
    }
    begin_item(sp, at);
    const unsigned char *newline = memchr(w->bytes + at, '\n', w->n - at);
    size_t line_end = newline == NULL ? w->n : (size_t)(newline - w->bytes);
    sp->line_end = newline == NULL ? UINT64_MAX : w->base + line_end;
    if (is_lines(w, at, line_end)) {
        sp->mode = CD_SPLIT_LINES;
        return CORDON_OK;
    }
    if (w->bytes[at] == '[') {
        sp->mode = CD_SPLIT_ITEMS;
        begin_item(sp, at + 1);
    } else if (w->bytes[at] == '{') {
        sp->mode = CD_SPLIT_OBJECT;
        sp->document_offset = w->base + at;
        cd_buf_putc(&sp->document, '{');
        sp->keep = at + 1;
    } else {
        return cordon_fail(err, CORDON_EINPUT, w->base + at,
                           "it is not JSON: it begins with neither `{` nor `[`");
    }
    sp->scan = (struct cd_scan){.next = at + 1, .depth = 1, .level = 1};
    return CORDON_OK;
}

static cordon_status
step(struct cd_split *sp, struct cordon_error *err)
{
    switch (sp->mode) {
    case CD_SPLIT_START: return step_start(sp, err);
    case CD_SPLIT_OBJECT: return step_object(sp, err);
    case CD_SPLIT_ITEMS: return step_items(sp, err);
    case CD_SPLIT_LINES: return step_lines(sp);
    case CD_SPLIT_TRAILER: return step_trailer(sp, err);
    case CD_SPLIT_DONE: break;
    }
    return CORDON_OK;
}

/* Goes on until the window is used up and has a piece, or the stream ends. */
static cordon_status
find_pieces(struct cd_split *sp, struct cordon_error *err)
{
    CORDON_TRY(read_on(sp, err));
    while (sp->mode != CD_SPLIT_DONE) {
        CORDON_TRY(step(sp, err));
        if (sp->is_hungry && sp->w->n_pieces > 0) {
            break;
        }
        if (sp->is_hungry) {
            CORDON_TRY(make_room(sp, err));
            CORDON_TRY(read_on(sp, err));
        }
    }
    return CORDON_OK;
}

cordon_status
cd_split_fill(struct cd_split *sp, struct cd_window *w, struct cordon_error *err)
{
    if (sp->failed != CORDON_OK) {
        if (err != NULL) {
            *err = sp->failure;
        }
        return sp->failed;
    }
    CORDON_TRY(begin_window(sp, w));
    struct cordon_error local = {.code = CORDON_OK};
    cordon_status status = find_pieces(sp, &local);
    if (status != CORDON_OK && w->n_pieces > 0) {
        sp->failed = status;
        sp->failure = local;
        status = CORDON_OK;
    } else if (status != CORDON_OK && err != NULL) {
        *err = local;
    }
    return status == CORDON_OK ? end_window(sp) : status;
}
