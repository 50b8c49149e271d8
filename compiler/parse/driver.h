/* What the files of the driver share: parse.c feeds tokens, recover.c goes on behind an error,
 * repair.c knows the habits of other languages, expect.c says what was expected. */
#ifndef CD_PARSE_DRIVER_H
#define CD_PARSE_DRIVER_H

#include "compiler/parse/grammar_api.h"
#include "compiler/parse/lexer.h"
#include "compiler/parse/parse.h"

struct cd_bracket {
    int kind; /* of the opening token */
    struct cd_span span;
};

struct cd_parse {
    struct cd_lexer lexer;
    struct cd_tree build;
    struct cd_sources *sources;
    void *grammar;
    struct cd_token prev; /* the last token that was fed */
    struct cd_bracket brackets[CD_PARSE_NESTING_LIMIT];
    size_t depth;         /* open brackets; beyond the limit they are only counted */
    int decl;             /* keyword of the declaration that was begun last, 0 before the first */
    uint32_t decl_column; /* bytes before it on its line */
    int item;             /* FOR, REQUIRE or DENY: the keyword that was fed last */
    struct cd_token
        word;           /* of metadata, if the item that was begun last is that; else of no kind */
    size_t body_height; /* height of the grammar's stack when the body of a control or test was
                           opened, 0 outside one */
    unsigned
        n_skipped_braces; /* around the clauses of a `for`, reported and skipped; not closed yet */
    bool is_repaired;     /* the token that was fed last stands for one that was reported */
    uint32_t invisible_until; /* where the last invisible character ends */
    bool lacks_brace; /* reported: a quantifier's opening brace is not there, its closing one may be
                       */
    uint32_t n_tokens;
    bool stopped; /* a limit was met: nothing more is read */
};

struct cd_span cd_parse_span(const struct cd_parse *p, struct cd_token t);
struct cd_str cd_parse_text(const struct cd_parse *p, struct cd_token t);
bool cd_parse_accepts(const struct cd_parse *p, int kind);
/* The next token of any kind; the end of the file when a limit is met. */
struct cd_token cd_parse_next(struct cd_parse *p);
void cd_parse_open(struct cd_parse *p, struct cd_token t);
void cd_parse_close(struct cd_parse *p, int kind);

/* "expected X, found Y" at T, with what can be said about it. */
void cd_parse_report(struct cd_parse *p, struct cd_token t);

enum cd_repair {
    CD_REPAIR_NONE,  /* nothing is known about it: report and recover */
    CD_REPAIR_FEED,  /* reported; *t is now the token that was meant */
    CD_REPAIR_SKIP,  /* reported; go on with the next token */
    CD_REPAIR_PANIC, /* reported; recover */
};
/* A token that the lexer found wrong, or that the grammar does not accept. */
enum cd_repair cd_parse_repair(struct cd_parse *p, struct cd_token *t);
/* Is T, which the grammar accepts as metadata, a word of another language that was meant as an
 * operator, or a word without a value? */
bool cd_parse_is_foreign(const struct cd_parse *p, struct cd_token t);

/* Is T the brace after the head of a `for`, which has none? */
bool cd_parse_opens_for(const struct cd_parse *p, struct cd_token t);

/* Bytes before T on its line. */
uint32_t cd_parse_column(const struct cd_parse *p, struct cd_token t);
/* Skips from T to a token at which parsing can go on, and brings the grammar's stack to where that
 * token is accepted. */
struct cd_token cd_parse_recover(struct cd_parse *p, struct cd_token t);
/* Does T begin a declaration, to judge by its place: on the left of what is open? */
bool cd_parse_begins_decl(const struct cd_parse *p, struct cd_token t);

#endif
