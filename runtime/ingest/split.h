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
#include "runtime/ingest/classify.h"

/* A larger item is a problem; a larger document without a list of items is an error. */
#define CD_ITEM_LIMIT ((size_t)64 << 20)

/* Reads up to N bytes; *got is 0 at the end only. */
typedef cordon_status (*cd_split_read)(void *user, void *into, size_t n, size_t *got,
                                       struct cordon_error *err);

enum cd_piece_kind {
    CD_PIECE_ITEM,
    CD_PIECE_DOCUMENT, /* a top-level object, with the lists of items emptied, once it ended */
    CD_PIECE_END,
};

struct cd_piece {
    enum cd_piece_kind kind;
    struct cd_str text; /* without blanks around; padded for cd_dom_parse; valid until the next
                           call. Empty: nothing stands there */
    uint64_t offset;    /* of its first byte in the stream */
    uint64_t cut_at;    /* DOCUMENT: bytes from CUT_AT on stand CUT further on in the stream */
    uint64_t cut;
    bool too_long;  /* ITEM: longer than CD_ITEM_LIMIT; no text */
    bool had_items; /* DOCUMENT: it held a list of items */
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
    cd_classify classify;
    enum cd_split_mode mode;

    unsigned char *window;
    size_t n, cap;    /* bytes in the window */
    uint64_t base;    /* offset in the stream of the window's first byte */
    size_t keep;      /* bytes from here on are still needed */
    size_t next;      /* the next block to classify; LINES, TRAILER: the next byte */
    bool at_end;      /* the stream has no more */
    bool is_too_long; /* the item that is being read was dropped */

    /* Of the current block: what has not been looked at yet. */
    size_t block;
    uint64_t open, close, comma;
    uint64_t in_string; /* all ones inside a string that runs on, else 0 */
    uint64_t escaped;   /* 1 if the next block's first byte is escaped */
    uint64_t depth;
    uint64_t level; /* depth of the members that are looked for */

    struct cd_buf document; /* OBJECT: what was seen of the top-level object */
    uint64_t document_offset, cut_at, cut;
    uint64_t item_offset;
    uint64_t n_items; /* in the current list */
    bool had_items, has_newline;
};

/* CLASSIFY: cd_classify_best(), or a certain twin. WINDOW: bytes to read at a time (0: as is good).
 */
CORDON_MUST_CHECK cordon_status cd_split_init(struct cd_split *sp, cd_split_read read, void *user,
                                              cd_classify classify, size_t window);
void cd_split_finish(struct cd_split *sp);
/* The next piece. What is no JSON at all, or ends too early, is CORDON_EINPUT with the place. */
CORDON_MUST_CHECK cordon_status cd_split_next(struct cd_split *sp, struct cd_piece *piece,
                                              struct cordon_error *err);

#endif
