/* Tokens: kind and place. The lexer neither allocates nor converts values; what is wrong with a
 * token is a kind of its own, which the parser's driver reports. The text has been checked to be
 * UTF-8. */
#ifndef CD_PARSE_LEXER_H
#define CD_PARSE_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "gen/compiler/parse/grammar.h"
#include "runtime/base/nearest.h"
#include "runtime/base/str.h"

/* Kinds beside the grammar's CD_TOK_…; 0 is the end of the file. */
enum cd_bad_token {
    CD_TOK_END = 0,
    CD_BAD_CHARACTER = 200,
    CD_BAD_STRING, /* not closed on its line */
    CD_BAD_QUOTE,  /* a string in other quotes than " */
    CD_BAD_NUMBER,
    CD_BAD_TIME,      /* a date with more behind it */
    CD_BAD_ADDRESS,   /* 10.0.0.0/8 outside a string */
    CD_BAD_OPERATOR,  /* of another language */
    CD_BAD_COMMENT,   /* of another language */
    CD_BAD_BACKQUOTE, /* not closed on its line, or empty */
    CD_BAD_RESERVED,  /* a word reserved for later */
    CD_BAD_DOT,       /* a dot without a word directly behind it */
};

struct cd_token {
    int kind;
    uint32_t start, end;
    bool first; /* nothing but blanks before it on its line */
};

struct cd_lexer {
    const char *text, *cursor, *limit; /* *limit is NUL */
    unsigned
        depth; /* open brackets: only outside them is `##` documentation; the driver may set it */
};

/* A byte order mark at the start is skipped. */
void cd_lexer_init(struct cd_lexer *lx, struct cd_str text);
struct cd_token cd_lexer_next(struct cd_lexer *lx);
/* The keyword that WORD is, or CD_TOK_NAME, or CD_BAD_RESERVED. */
int cd_lexer_keyword(struct cd_str word);
/* `NAME`, `LBRACE`, …: the kind as --dump=tokens writes it. */
const char *cd_token_name(int kind);
/* How a message speaks of a kind: "a name", "`{`". */
const char *cd_token_text(int kind);
bool cd_token_is_soft(int kind);
/* The keyword of a kind; empty if it is none. */
struct cd_str cd_token_word(int kind);
/* Tries each keyword as what was meant. */
void cd_keywords_try(struct cd_nearest *near);

#endif
