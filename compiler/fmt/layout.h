/* Where lines break. The builder (decl.c, expr.c) describes a declaration as a row of
 * operations: tokens, blanks, places at which a line may break, groups around them. A group whose
 * text fits on the line stays on it; otherwise the breaks directly in it become new lines, and the
 * groups inside are asked in turn. Comments are printed with their tokens. */
#ifndef CD_FMT_LAYOUT_H
#define CD_FMT_LAYOUT_H

#include "compiler/fmt/tokens.h"
#include "runtime/base/buf.h"

#define CD_FMT_WIDTH 120u /* code points of a line */
#define CD_FMT_INDENT 2u

enum cd_lay_kind {
    CD_LAY_NOTHING,
    CD_LAY_TEXT,  /* token ARG */
    CD_LAY_LEAD,  /* the comments above token ARG, on lines of their own */
    CD_LAY_TRAIL, /* the comment behind token ARG; what follows goes to a new line */
    CD_LAY_SPACE,
    CD_LAY_LINE, /* a blank, or a new line if its group is broken */
    CD_LAY_SOFT, /* nothing, or a new line */
    CD_LAY_SEP,  /* a LINE between members of a list: in a `fill` group only where it has to be */
    CD_LAY_JOIN, /* a LINE that is a blank behind a text of several lines: `} else` */
    CD_LAY_HANG, /* a LINE before a text with a body in braces, first in its group, that is further
                    in behind a new line: `= any x in xs {` or all of it below the `=` */
    CD_LAY_HARD, /* a new line */
    CD_LAY_IN,   /* lines are indented further … */
    CD_LAY_OUT,  /* … until here */
    CD_LAY_OPEN, /* a group … */
    CD_LAY_CLOSE /* … and its end */
};

struct cd_lay_op {
    uint8_t kind; /* enum cd_lay_kind */
    bool blank;   /* LINE, SEP, HARD: with an empty line; LEAD: with the one below the comments */
    bool fill;    /* OPEN: as many members on a line as fit */
    bool forced;  /* OPEN: is broken, whatever fits */
    bool head;    /* OPEN: of the words before a body */
    bool body;    /* OPEN: of a body */
    uint32_t arg;
};

struct cd_layout {
    struct cd_arena *arena; /* of the operations; it jumps when it is out of memory */
    const struct cd_fmt_tokens *tokens;
    struct cd_lay_op *ops;
    size_t n, cap;

    struct cd_buf *out;
    size_t column, indent;
    size_t lines;    /* written so far */
    size_t newlines; /* to be written before the next text … */
    size_t margin;   /* … and the blanks behind them */
    bool space;      /* a blank is to be written */
};

void cd_layout_init(struct cd_layout *l, struct cd_arena *arena, const struct cd_fmt_tokens *tokens,
                    struct cd_buf *out);
/* Adds an operation and returns its index in OPS. */
size_t cd_layout_add(struct cd_layout *l, enum cd_lay_kind kind, size_t arg);
/* Prints the operations. Afterwards there are none, and their memory may be freed. */
void cd_layout_print(struct cd_layout *l);
/* Ends the last line. */
void cd_layout_finish(struct cd_layout *l);

#endif
