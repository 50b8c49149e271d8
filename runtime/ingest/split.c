/* The splitter. Each block of 64 bytes becomes bit masks of the brackets and commas outside
 * strings; most blocks cannot reach the level of the items and cost two population counts. */
#include "runtime/ingest/split.h"

#include <assert.h>
#include <stdlib.h>

#include "runtime/ingest/json.h"

#define BLOCK 64u
#define WINDOW ((size_t)256 << 10)

static const struct cd_str item_lists[] = {
    CD_STR_INIT("\"configurationItems\""),
    CD_STR_INIT("\"ConfigurationItems\""),
    CD_STR_INIT("\"baseConfigurationItems\""),
    CD_STR_INIT("\"BaseConfigurationItems\""),
};

cordon_status
cd_split_init(struct cd_split *sp, cd_split_read read, void *user, cd_classify classify,
              size_t window)
{
    *sp = (struct cd_split){.read = read, .user = user, .classify = classify};
    sp->cap = window == 0 ? WINDOW : window < 2 * BLOCK ? 2 * BLOCK : window;
    sp->window = malloc(sp->cap + CD_DOM_PADDING);
    return sp->window == NULL ? CORDON_ENOMEM : CORDON_OK;
}

void
cd_split_finish(struct cd_split *sp)
{
    free(sp->window);
    sp->window = NULL;
    cd_buf_finish(&sp->document);
}

static bool
is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* ---- the window ---- */

static void
forget_before(struct cd_split *sp, size_t at)
{
    memmove(sp->window, sp->window + at, sp->n - at);
    sp->n -= at;
    sp->base += at;
    sp->next -= at;
    sp->block = sp->block < at ? 0 : sp->block - at;
    sp->keep = 0;
}

static cordon_status
grow(struct cd_split *sp)
{
    size_t cap = sp->cap * 2;
    unsigned char *larger = realloc(sp->window, cap + CD_DOM_PADDING);
    if (larger == NULL) {
        return CORDON_ENOMEM;
    }
    sp->window = larger;
    sp->cap = cap;
    return CORDON_OK;
}

/* Makes at least one more byte stand behind the window's, unless the stream ends. */
static cordon_status
refill(struct cd_split *sp, struct cordon_error *err)
{
    if (sp->mode == CD_SPLIT_ITEMS || sp->mode == CD_SPLIT_LINES) {
        if (sp->is_too_long) {
            sp->keep = sp->next;
        } else if (sp->n - sp->keep > CD_ITEM_LIMIT) {
            sp->is_too_long = true;
            sp->keep = sp->next;
        }
    }
    if (sp->keep > 0) {
        forget_before(sp, sp->keep);
    }
    if (sp->n == sp->cap) {
        CORDON_TRY(grow(sp));
    }
    while (!sp->at_end && sp->n < sp->cap) {
        size_t got = 0;
        CORDON_TRY(sp->read(sp->user, sp->window + sp->n, sp->cap - sp->n, &got, err));
        sp->at_end = got == 0;
        sp->n += got;
    }
    return CORDON_OK;
}

/* ---- brackets ---- */

/* The bytes that a backslash escapes; a run of backslashes escapes the byte behind it if it is of
 * odd length. */
static uint64_t
escaped_bytes(struct cd_split *sp, uint64_t backslash)
{
    if (backslash == 0) {
        uint64_t first = sp->escaped;
        sp->escaped = 0;
        return first;
    }
    const uint64_t even = 0x5555555555555555u;
    backslash &= ~sp->escaped;
    uint64_t follows = backslash << 1 | sp->escaped;
    uint64_t odd_starts = backslash & ~even & ~follows;
    uint64_t sequences = odd_starts + backslash;
    sp->escaped = sequences < odd_starts;
    return (even ^ (sequences << 1)) & follows;
}

static uint64_t
prefix_xor(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

/* Moves what was read of the top-level object, up to TO, out of the window. */
static void
take_document(struct cd_split *sp, size_t to)
{
    sp->has_newline = sp->has_newline || memchr(sp->window + sp->keep, '\n', to - sp->keep) != NULL;
    cd_buf_put(&sp->document, sp->window + sp->keep, to - sp->keep);
    sp->keep = to;
}

/* Loads the masks of the next block; false at the end of the stream. */
static cordon_status
next_block(struct cd_split *sp, bool *more, struct cordon_error *err)
{
    if (sp->n - sp->next < BLOCK && !sp->at_end) {
        if (sp->mode == CD_SPLIT_OBJECT) {
            take_document(sp, sp->next);
        }
        CORDON_TRY(refill(sp, err));
    }
    *more = sp->next < sp->n;
    if (!*more) {
        return CORDON_OK;
    }
    unsigned char last[BLOCK];
    const unsigned char *bytes = sp->window + sp->next;
    size_t left = sp->n - sp->next;
    if (left < BLOCK) {
        memset(last, ' ', sizeof last);
        memcpy(last, bytes, left);
        bytes = last;
    }
    struct cd_masks m;
    sp->classify(bytes, &m);
    uint64_t quotes = m.quote & ~escaped_bytes(sp, m.backslash);
    uint64_t strings = prefix_xor(quotes) ^ sp->in_string;
    sp->in_string = (uint64_t)((int64_t)strings >> 63);
    sp->open = m.open & ~strings;
    sp->close = m.close & ~strings;
    sp->comma = m.comma & ~strings;
    sp->block = sp->next;
    sp->next += left < BLOCK ? left : BLOCK;
    return CORDON_OK;
}

/* What ends or begins something at the level that is looked for. */
enum event { EVENT_NONE, EVENT_OPEN, EVENT_COMMA, EVENT_END };

static enum event
event_in_block(struct cd_split *sp, size_t *at)
{
    while ((sp->open | sp->close | sp->comma) != 0) {
        uint64_t bits = sp->open | sp->close;
        unsigned n_close = (unsigned)__builtin_popcountll(sp->close);
        if (sp->depth == sp->level) {
            bits |= sp->comma;
        } else if (sp->depth > sp->level + n_close) {
            sp->depth += (unsigned)__builtin_popcountll(sp->open);
            sp->depth -= n_close;
            bits = 0;
        }
        if (bits == 0) {
            sp->open = sp->close = sp->comma = 0;
            break;
        }
        uint64_t bit = bits & (~bits + 1);
        *at = sp->block + (unsigned)__builtin_ctzll(bits);
        bool opens = (sp->open & bit) != 0;
        bool closes = (sp->close & bit) != 0;
        uint64_t rest = ~(bit | (bit - 1));
        sp->open &= rest;
        sp->close &= rest;
        sp->comma &= rest;
        if (!opens && !closes) {
            return EVENT_COMMA;
        }
        if (opens) {
            if (sp->depth++ == sp->level) {
                return EVENT_OPEN;
            }
        } else if (--sp->depth < sp->level) {
            return EVENT_END;
        }
    }
    return EVENT_NONE;
}

/* The next event, or EVENT_NONE at the end of the stream. *at is its place in the window. */
static cordon_status
next_event(struct cd_split *sp, enum event *event, size_t *at, struct cordon_error *err)
{
    for (;;) {
        *event = event_in_block(sp, at);
        if (*event != EVENT_NONE) {
            return CORDON_OK;
        }
        bool more;
        CORDON_TRY(next_block(sp, &more, err));
        if (!more) {
            return CORDON_OK;
        }
        if (sp->document.n > CD_ITEM_LIMIT) {
            return cordon_fail(err, CORDON_ELIMIT, sp->document_offset,
                               "a document of more than %zu MB without a list of items",
                               CD_ITEM_LIMIT >> 20);
        }
    }
}

/* ---- pieces ---- */

static cordon_status
truncated(const struct cd_split *sp, struct cordon_error *err, const char *inside)
{
    return cordon_fail(err, CORDON_EINPUT, sp->base + sp->n,
                       "the input ends inside %s: it is truncated, or not JSON", inside);
}

/* Sets PIECE to window[from, to) without the blanks around it. */
static void
set_text(struct cd_split *sp, struct cd_piece *piece, size_t from, size_t to)
{
    while (from < to && is_blank(sp->window[from])) {
        from++;
    }
    while (to > from && is_blank(sp->window[to - 1])) {
        to--;
    }
    piece->text = (struct cd_str){(const char *)sp->window + from, to - from};
    piece->offset = sp->base + from;
    if (sp->is_too_long) {
        piece->offset = sp->item_offset;
    }
    piece->too_long = sp->is_too_long || piece->text.n > CD_ITEM_LIMIT;
    piece->text.n = piece->too_long ? 0 : piece->text.n;
    sp->is_too_long = false;
}

static cordon_status
next_item(struct cd_split *sp, struct cd_piece *piece, bool *found, struct cordon_error *err)
{
    enum event event;
    size_t at;
    sp->item_offset = sp->base + sp->keep;
    do {
        CORDON_TRY(next_event(sp, &event, &at, err));
    } while (event == EVENT_OPEN);
    if (event == EVENT_NONE) {
        return truncated(sp, err, "a list of items");
    }
    set_text(sp, piece, sp->keep, at);
    *found = event == EVENT_COMMA || piece->text.n > 0 || piece->too_long || sp->n_items > 0;
    sp->n_items++;
    sp->keep = at + 1;
    if (event == EVENT_COMMA) {
        return CORDON_OK;
    }
    if (sp->window[at] != ']') {
        return cordon_fail(err, CORDON_EINPUT, sp->base + at, "a list of items ends in `}`");
    }
    sp->level--;
    sp->mode = sp->level == 0 ? CD_SPLIT_TRAILER : CD_SPLIT_OBJECT;
    if (sp->mode == CD_SPLIT_OBJECT) {
        sp->keep = at;
        sp->cut_at = sp->document.n;
        sp->cut = sp->base + at - sp->document_offset - sp->document.n;
    } else {
        sp->next = at + 1;
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
    for (size_t i = 0; i < CD_ARRAY_LEN(item_lists); i++) {
        size_t length = item_lists[i].n;
        if (n > length && memcmp(p + n - length, item_lists[i].p, length) == 0
            && p[n - length - 1] != '\\') {
            return true;
        }
    }
    return false;
}

static cordon_status
next_of_object(struct cd_split *sp, struct cd_piece *piece, bool *found, struct cordon_error *err)
{
    enum event event;
    size_t at;
    CORDON_TRY(next_event(sp, &event, &at, err));
    if (event == EVENT_NONE) {
        return truncated(sp, err, "its top-level object");
    }
    if (event == EVENT_COMMA) {
        return CORDON_OK;
    }
    take_document(sp, at + 1);
    if (sp->document.oom) {
        return CORDON_ENOMEM;
    }
    if (event == EVENT_OPEN) {
        if (sp->window[at] == '[' && opens_items(&sp->document)) {
            sp->mode = CD_SPLIT_ITEMS;
            sp->level = sp->depth;
            sp->n_items = 0;
            sp->had_items = true;
        }
        return CORDON_OK;
    }
    size_t n = sp->document.n;
    if (cd_buf_space(&sp->document, CD_DOM_PADDING) == NULL) {
        return CORDON_ENOMEM;
    }
    *piece = (struct cd_piece){.kind = CD_PIECE_DOCUMENT,
                               .text = {sp->document.p, n},
                               .offset = sp->document_offset,
                               .cut_at = sp->had_items ? sp->cut_at : n,
                               .cut = sp->cut,
                               .had_items = sp->had_items};
    *found = true;
    sp->mode = CD_SPLIT_TRAILER;
    sp->next = at + 1;
    return CORDON_OK;
}

static cordon_status
next_line(struct cd_split *sp, struct cd_piece *piece, bool *found, struct cordon_error *err)
{
    sp->keep = sp->next;
    sp->item_offset = sp->base + sp->keep;
    const unsigned char *newline;
    while ((newline = memchr(sp->window + sp->next, '\n', sp->n - sp->next)) == NULL) {
        sp->next = sp->n;
        if (sp->at_end) {
            break;
        }
        CORDON_TRY(refill(sp, err));
    }
    size_t end = newline == NULL ? sp->n : (size_t)(newline - sp->window);
    sp->next = newline == NULL ? sp->n : end + 1;
    set_text(sp, piece, sp->keep, end);
    *found = piece->text.n > 0 || piece->too_long;
    if (newline == NULL) {
        sp->mode = CD_SPLIT_DONE;
    }
    return CORDON_OK;
}

/* Behind the document only blanks may stand, or, behind an object on one line, the further lines of
 * NDJSON. */
static cordon_status
next_of_trailer(struct cd_split *sp, struct cordon_error *err)
{
    bool newline = false;
    for (;;) {
        while (sp->next < sp->n && is_blank(sp->window[sp->next])) {
            newline = newline || sp->window[sp->next] == '\n';
            sp->next++;
        }
        sp->keep = sp->next;
        if (sp->next < sp->n) {
            break;
        }
        if (sp->at_end) {
            sp->mode = CD_SPLIT_DONE;
            return CORDON_OK;
        }
        CORDON_TRY(refill(sp, err));
    }
    if (sp->document.n > 0 && !sp->had_items && !sp->has_newline && newline) {
        sp->mode = CD_SPLIT_LINES;
        return CORDON_OK;
    }
    return cordon_fail(err, CORDON_EINPUT, sp->base + sp->next,
                       "text behind the end of the document");
}

/* ---- the start ---- */

/* NDJSON shows itself at the first line's end: no JSON document has an object there that no
 * bracket, comma or colon precedes. */
static bool
is_lines(const struct cd_split *sp, size_t at)
{
    const unsigned char *newline = memchr(sp->window + at, '\n', sp->n - at);
    if (newline == NULL) {
        return false;
    }
    size_t before = (size_t)(newline - sp->window);
    size_t after = before;
    while (before > at && is_blank(sp->window[before - 1])) {
        before--;
    }
    while (after < sp->n && is_blank(sp->window[after])) {
        after++;
    }
    return after < sp->n && sp->window[after] == '{' && before > at
           && memchr("{[,:", sp->window[before - 1], 4) == NULL;
}

static const char *
foreign_encoding(const unsigned char *p, size_t n)
{
    if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) {
        return "it is UTF-16: write it as UTF-8";
    }
    if (n >= 2 && p[0] == 0x1F && p[1] == 0x8B) {
        return "it is compressed with gzip: decompress it first";
    }
    return NULL;
}

static cordon_status
start(struct cd_split *sp, struct cordon_error *err)
{
    CORDON_TRY(refill(sp, err));
    const char *foreign = foreign_encoding(sp->window, sp->n);
    if (foreign != NULL) {
        return cordon_fail(err, CORDON_EINPUT, 0, "%s", foreign);
    }
    size_t at = sp->n >= 3 && memcmp(sp->window, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at == sp->n || is_blank(sp->window[at])) {
        if (at == sp->n) {
            if (sp->at_end) {
                return cordon_fail(err, CORDON_EINPUT, sp->base + at, "it is empty");
            }
            sp->keep = sp->next = at;
            CORDON_TRY(refill(sp, err));
            at = 0;
            continue;
        }
        at++;
    }
    sp->keep = sp->next = at;
    if (sp->window[at] == '[') {
        sp->mode = CD_SPLIT_ITEMS;
    } else if (is_lines(sp, at)) {
        sp->mode = CD_SPLIT_LINES;
        return CORDON_OK;
    } else if (sp->window[at] == '{') {
        sp->mode = CD_SPLIT_OBJECT;
        sp->document_offset = sp->base + at;
        cd_buf_putc(&sp->document, '{');
    } else {
        return cordon_fail(err, CORDON_EINPUT, sp->base + at,
                           "it is not JSON: it begins with neither `{` nor `[`");
    }
    sp->keep = sp->next = at + 1;
    sp->depth = sp->level = 1;
    return CORDON_OK;
}

cordon_status
cd_split_next(struct cd_split *sp, struct cd_piece *piece, struct cordon_error *err)
{
    bool found = false;
    while (!found) {
        *piece = (struct cd_piece){.kind = CD_PIECE_ITEM};
        switch (sp->mode) {
        case CD_SPLIT_START: CORDON_TRY(start(sp, err)); break;
        case CD_SPLIT_OBJECT: CORDON_TRY(next_of_object(sp, piece, &found, err)); break;
        case CD_SPLIT_ITEMS: CORDON_TRY(next_item(sp, piece, &found, err)); break;
        case CD_SPLIT_LINES: CORDON_TRY(next_line(sp, piece, &found, err)); break;
        case CD_SPLIT_TRAILER: CORDON_TRY(next_of_trailer(sp, err)); break;
        case CD_SPLIT_DONE: piece->kind = CD_PIECE_END; return CORDON_OK;
        }
    }
    return CORDON_OK;
}
