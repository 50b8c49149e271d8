/* The tokens of a file with its comments: each comment belongs to the token behind it, or, at the
 * end of a line, to the token before it. The formatter works on these, so that no comment is lost.
 */
#ifndef CD_FMT_TOKENS_H
#define CD_FMT_TOKENS_H

#include <stdbool.h>

#include "compiler/parse/lexer.h"
#include "runtime/base/arena.h"

struct cd_fmt_comment {
    struct cd_str text; /* from its `#`, without the blanks at its end */
    bool blank_above;   /* an empty line stands above it */
    bool is_doc;        /* documentation of the declaration below it */
};

struct cd_fmt_token {
    int kind;
    struct cd_str text;                 /* as it is written; a LABEL without its blanks */
    uint32_t width;                     /* of TEXT, in code points */
    uint32_t first_comment, n_comments; /* those on lines of their own above it */
    struct cd_str trail;                /* the comment behind it on its line, or empty */
    size_t seen;      /* comments of the tokens before it, and its own above it: the difference of
                         two tokens is what stands between them */
    bool blank_above; /* an empty line stands directly above it */
    bool first;       /* first on its line */
    bool dropped;     /* a parenthesis that is to be taken out */
};

struct cd_fmt_tokens {
    struct cd_fmt_token *items; /* the last one is CD_TOK_END */
    size_t n, cap;
    struct cd_fmt_comment *comments; /* on lines of their own, in order */
    size_t n_comments, cap_comments;
};

/* The steps from a file to what is laid out are these three, in this order. TEXT has been parsed
 * without an error; its bytes are borrowed. ARENA has to jump when it is out of memory. */
void cd_fmt_scan(struct cd_arena *arena, struct cd_str text, struct cd_fmt_tokens *out);
/* The comments above FROM go above TO, its neighbour. */
void cd_fmt_move_above(struct cd_fmt_token *from, struct cd_fmt_token *to);
/* Takes out parentheses that say nothing. */
void cd_fmt_drop_parens(struct cd_arena *arena, struct cd_fmt_tokens *tokens);
/* Moves comments to where they can stay in the canonical form: from before a comma to behind it,
 * from behind an operator to before it. */
void cd_fmt_settle(struct cd_fmt_tokens *tokens);
/* The comments that belong to documentation stand directly above their declaration: does an empty
 * line stand above comment K of T, or, for K past the last one, above T itself? */
bool cd_fmt_has_blank(const struct cd_fmt_tokens *tokens, const struct cd_fmt_token *t, uint32_t k);

#endif
