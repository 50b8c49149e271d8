/* The table of tokens: keywords, names for the dump, words for messages. */
#include "compiler/parse/lexer.h"

struct row {
    const char *name, *text;
    struct cd_str word; /* of a keyword */
    bool soft;
};

static const struct row rows[] = {
#define CD_TOKEN(name, text) [CD_TOK_##name] = {#name, text, {NULL, 0}, false},
#define CD_KEYWORD(name, word) [CD_TOK_##name] = {#name, "`" word "`", CD_STR_INIT(word), false},
#define CD_SOFT(name, word) [CD_TOK_##name] = {#name, "`" word "`", CD_STR_INIT(word), true},
#include "compiler/parse/tokens.def"
#undef CD_TOKEN
#undef CD_KEYWORD
#undef CD_SOFT
};

static const struct cd_str reserved[] = {
    CD_STR_INIT("policy"), CD_STR_INIT("rule"),  CD_STR_INIT("allow"), CD_STR_INIT("forbid"),
    CD_STR_INIT("import"), CD_STR_INIT("match"), CD_STR_INIT("enum"),
};

int
cd_lexer_keyword(struct cd_str word)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        const struct cd_str *k = &rows[i].word;
        if (k->n == word.n && k->p[0] == word.p[0] && cd_str_eq(*k, word)) {
            return (int)i;
        }
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(reserved); i++) {
        if (cd_str_eq(reserved[i], word)) {
            return CD_BAD_RESERVED;
        }
    }
    return CD_TOK_NAME;
}

static const char *
bad_name(enum cd_bad_token kind)
{
    switch (kind) {
    case CD_TOK_END: return "END";
    case CD_BAD_CHARACTER: return "BAD_CHARACTER";
    case CD_BAD_STRING: return "BAD_STRING";
    case CD_BAD_QUOTE: return "BAD_QUOTE";
    case CD_BAD_NUMBER: return "BAD_NUMBER";
    case CD_BAD_TIME: return "BAD_TIME";
    case CD_BAD_ADDRESS: return "BAD_ADDRESS";
    case CD_BAD_OPERATOR: return "BAD_OPERATOR";
    case CD_BAD_COMMENT: return "BAD_COMMENT";
    case CD_BAD_BACKQUOTE: return "BAD_BACKQUOTE";
    case CD_BAD_RESERVED: return "RESERVED";
    case CD_BAD_DOT: return "BAD_DOT";
    }
    return "?";
}

static const struct row *
row_of(int kind)
{
    bool known = kind > 0 && (size_t)kind < CD_ARRAY_LEN(rows) && rows[kind].name != NULL;
    return known ? &rows[kind] : NULL;
}

const char *
cd_token_name(int kind)
{
    const struct row *row = row_of(kind);
    return row != NULL ? row->name : bad_name((enum cd_bad_token)kind);
}

const char *
cd_token_text(int kind)
{
    const struct row *row = row_of(kind);
    return row != NULL          ? row->text
           : kind == CD_TOK_END ? "the end of the file"
                                : "something that is no token";
}

struct cd_str
cd_token_word(int kind)
{
    const struct row *row = row_of(kind);
    return row != NULL ? row->word : CD_STR("");
}

void
cd_keywords_try(struct cd_nearest *near)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(rows); i++) {
        if (rows[i].word.n != 0) {
            cd_nearest_try(near, rows[i].word);
        }
    }
}

bool
cd_token_is_soft(int kind)
{
    const struct row *row = row_of(kind);
    return row != NULL && row->soft;
}
