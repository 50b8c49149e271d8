/* Finds the items in a stream of JSON, in bounded windows: the elements of a top-level list, or of
 * a list of configuration items inside a top-level object, the lines of NDJSON, or one whole
 * document. It tells items apart by brackets and strings alone; whether an item is JSON is its
 * parser's business. */
#ifndef CD_INGEST_SPLIT_H
#define CD_INGEST_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cordon/status.h"
#include "runtime/base/buf.h"
#include "runtime/ingest/scan.h"

/* A larger item is a problem; a larger document without a list of items is an error. */
#define CD_ITEM_LIMIT ((size_t)64 << 20)

/* Reads up to N bytes; *got is 0 at the end only. */
typedef cordon_status (*cd_split_read)(void *user, void *into, size_t n, size_t *got,
                                       struct cordon_error *err);

enum cd_piece_kind {
    CD_PIECE_ITEM,
    CD_PIECE_DOCUMENT, /* a top-level object, with the lists of items emptied, once it ended */
};

struct cd_piece {
    struct cd_str text; /* without blanks around, padded for cd_dom_parse; of a DOCUMENT it stands
                           as long as the splitter. Empty: nothing stands there */
    uint64_t offset;    /* of its first byte in the stream */
    enum cd_piece_kind kind;
    bool too_long;  /* ITEM: longer than CD_ITEM_LIMIT; no text */
    bool had_items; /* DOCUMENT: it held a list of items */
};

/* A part of the stream and the pieces that end in it. Each belongs to one user at a time; what the
 * splitter needs of it for the next one it keeps for itself. */
struct cd_window {
    unsigned char *bytes; /* CD_DOM_PADDING more stand behind `cap` */
    size_t n, cap;
    uint64_t base; /* offset in the stream of the first byte */
    struct cd_piece *pieces;
    size_t n_pieces, cap_pieces;
    bool is_last;
    /* Of a DOCUMENT: its bytes from `cut_at` on stand `cut` further on in the stream. */
    uint64_t cut_at, cut;
};

enum cd_split_mode {
    CD_SPLIT_START,
    CD_SPLIT_OBJECT,  /* in the top-level object, outside a list of items */
    CD_SPLIT_ITEMS,   /* in a list of items */
    CD_SPLIT_LINES,   /* NDJSON */
    CD_SPLIT_TRAILER, /* behind the document */
    CD_SPLIT_DONE,
};

struct cd_split {
    cd_split_read read;
    void *user;
    cd_scanner scanner;
    size_t window; /* bytes to read at a time */
    enum cd_split_mode mode;

    struct cd_window *w; /* that is being filled … */
    size_t fill;         /* … up to here */
    size_t keep;         /* its bytes from here on are still needed */
    struct cd_scan scan; /* LINES, TRAILER: `next` is the next byte */
    struct cd_buf carry; /* what the next window begins with … */
    uint64_t carry_base; /* … and where that stands in the stream */
    bool at_end;         /* the stream has no more */
    bool is_hungry;      /* nothing can be done without more bytes */
    bool is_too_long;    /* the item that is being read was dropped */

    struct cd_buf document; /* OBJECT: what was seen of the top-level object */
    uint64_t document_offset, cut_at, cut;
    uint64_t item_offset;
    uint64_t n_items; /* in the current list */
    bool had_items;
    uint64_t line_end; /* of the first line; UINT64_MAX: not in the first window */
    bool begins_line;  /* TRAILER: the document was a line, and that ended */

    cordon_status failed; /* met behind pieces: comes in its turn */
    struct cordon_error failure;
};

/* So many zero bytes are no damage to an item, and no padding, but a hole in the file. */
#define CD_HOLE ((size_t)1 << 20)

/* Does a member of this name hold a list of items? */
bool cd_split_is_list(struct cd_str name);
/* SCANNER: one of cd_scanners(). WINDOW: bytes to read at a time (0: as is good). */
void cd_split_init(struct cd_split *sp, cd_split_read read, void *user, cd_scanner scanner,
                   size_t window);
void cd_split_finish(struct cd_split *sp);
/* The next part of the stream with at least one piece, unless it is the last. Not to be called
 * again after the last one or an error. What is no JSON at all, or ends too early, is CORDON_EINPUT
 * with the place. */
CORDON_MUST_CHECK cordon_status cd_split_fill(struct cd_split *sp, struct cd_window *w,
                                              struct cordon_error *err);
/* Windows begin as zero bytes. */
void cd_window_finish(struct cd_window *w);

#endif
