/* Bytes to tokens: the longest token wins. See lexer.h. */
#include "compiler/parse/lexer.h"

#include <stddef.h>

/*!re2c
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = at;
    re2c:define:YYLIMIT = limit;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    blank   = [ \t\r\n];
    word    = [A-Za-z_][A-Za-z0-9_]*;
    segment = [A-Za-z][A-Za-z0-9]*;
    digits  = [0-9]+;
    date    = [0-9]{4} "-" [0-9]{2} "-" [0-9]{2};

    // An action or key: its service may have hyphens and dots, its parts patterns; Cordon's own colon is followed by a blank.
    service = [A-Za-z][A-Za-z0-9_-]* ("." [A-Za-z0-9][A-Za-z0-9_-]*)*;
    achar   = [A-Za-z0-9_*?/-];
    part    = [A-Za-z0-9_*?] ("."? achar)*;
    aname   = service (":" part)+;

    quoted  = [^"\\\n\r] | "\\" [^\n\r];
    smart   = "\xe2\x80" [\x9c\x9d];
*/

void
cd_lexer_init(struct cd_lexer *lx, struct cd_str text)
{
    *lx = (struct cd_lexer){.text = text.p, .cursor = text.p, .limit = text.p + text.n};
    if (cd_str_starts(text, CD_STR("\xef\xbb\xbf"))) {
        lx->cursor += 3;
    }
}

/* Past the end of a block comment, or to the end of the file. */
static const unsigned char *
skip_block(const unsigned char *at, const unsigned char *limit)
{
    for (; at < limit; at++) {
        if (at[0] == '*' && at[1] == '/') {
            return at + 2;
        }
    }
    return limit;
}

/* Past the rest of a code point whose first byte has been read. */
static const unsigned char *
skip_point(const unsigned char *at, const unsigned char *limit)
{
    while (at < limit && (*at & 0xC0u) == 0x80u) {
        at++;
    }
    return at;
}

static const unsigned char *
skip_line(const unsigned char *at, const unsigned char *limit)
{
    while (at < limit && *at != '\n') {
        at++;
    }
    return at;
}

static struct cd_token
finish(struct cd_lexer *lx, int kind, const unsigned char *start, const unsigned char *at, bool first)
{
    lx->cursor = (const char *)at;
    return (struct cd_token){.kind = kind,
                             .start = (uint32_t)((const char *)start - lx->text),
                             .end = (uint32_t)((const char *)at - lx->text),
                             .first = first};
}

static void
close_bracket(struct cd_lexer *lx)
{
    lx->depth -= lx->depth > 0;
}

struct cd_token
cd_lexer_next(struct cd_lexer *lx)
{
    const unsigned char *at = (const unsigned char *)lx->cursor;
    const unsigned char *limit = (const unsigned char *)lx->limit;
    const unsigned char *marker = at;
    const unsigned char *start;
    bool first = at == (const unsigned char *)lx->text || at[-1] == '\n';
    int kind;

again:
    start = at;
    /*!re2c
        $               { return finish(lx, CD_TOK_END, start, start, first); }
        "\n"            { first = true; goto again; }
        [ \t\r]+        { goto again; }
        "##" "#"*       {
                            at = skip_line(at, limit);
                            if (!first || lx->depth > 0) { goto again; }
                            kind = CD_TOK_DOC; goto done;
                        }
        "#"             { at = skip_line(at, limit); goto again; }

        word            {
                            kind = cd_lexer_keyword((struct cd_str){(const char *)start, (size_t)(at - start)});
                            goto done;
                        }
        word blank* ":" { kind = CD_TOK_LABEL; goto done; }
        "." word        { kind = CD_TOK_FIELD; goto done; }
        "."             { kind = CD_BAD_DOT; goto done; }
        segment "::" segment ("::" segment)? { kind = CD_TOK_TYPE; goto done; }
        aname           { kind = CD_TOK_ANAME; goto done; }
        "`" [^`\n\r]+ "`" { kind = CD_TOK_ANAME; goto done; }
        "`" [^`\n\r]*   { kind = CD_BAD_BACKQUOTE; goto done; }
        "``"            { kind = CD_BAD_BACKQUOTE; goto done; }

        digits ("." digits)? { kind = CD_TOK_NUMBER; goto done; }
        (digits [dhms])+ { kind = CD_TOK_DURATION; goto done; }
        date            { kind = CD_TOK_DATE; goto done; }
        date "T" [0-9:.+Z-]* { kind = CD_BAD_TIME; goto done; }
        digits ("." digits)? [A-Za-z_] [A-Za-z0-9_]* { kind = CD_BAD_NUMBER; goto done; }
        digits ("." digits){2,} ("/" digits)? { kind = CD_BAD_ADDRESS; goto done; }

        ["] quoted* ["] { kind = CD_TOK_STRING; goto done; }
        ["] quoted* "\\"? { kind = CD_BAD_STRING; goto done; }
        ['] [^'\n\r]* ['] { kind = CD_BAD_QUOTE; goto done; }
        smart [^\n\r\xe2"]* smart { kind = CD_BAD_QUOTE; goto done; }

        "{"             { lx->depth++; kind = CD_TOK_LBRACE; goto done; }
        "["             { lx->depth++; kind = CD_TOK_LBRACKET; goto done; }
        "("             { lx->depth++; kind = CD_TOK_LPAREN; goto done; }
        "}"             { close_bracket(lx); kind = CD_TOK_RBRACE; goto done; }
        "]"             { close_bracket(lx); kind = CD_TOK_RBRACKET; goto done; }
        ")"             { close_bracket(lx); kind = CD_TOK_RPAREN; goto done; }
        ","             { kind = CD_TOK_COMMA; goto done; }
        ":"             { kind = CD_TOK_COLON; goto done; }
        "="             { kind = CD_TOK_ASSIGN; goto done; }
        "*"             { kind = CD_TOK_STAR; goto done; }
        "+"             { kind = CD_TOK_PLUS; goto done; }
        "-"             { kind = CD_TOK_MINUS; goto done; }
        "->"            { kind = CD_TOK_ARROW; goto done; }
        "=="            { kind = CD_TOK_EQ; goto done; }
        "!="            { kind = CD_TOK_NE; goto done; }
        "<"             { kind = CD_TOK_LT; goto done; }
        "<="            { kind = CD_TOK_LE; goto done; }
        ">"             { kind = CD_TOK_GT; goto done; }
        ">="            { kind = CD_TOK_GE; goto done; }

        "&&" | "||" | "!" | "===" | "!==" | "<>" | "=>" | ":=" | "=~" | "&" | "|" | ";" | "/" | "%" | "**" | "?" | "??" | "?."
                        { kind = CD_BAD_OPERATOR; goto done; }
        "//"            { at = skip_line(at, limit); kind = CD_BAD_COMMENT; goto done; }
        "/*"            { at = skip_block(at, limit); kind = CD_BAD_COMMENT; goto done; }
        *               { at = skip_point(at, limit); kind = CD_BAD_CHARACTER; goto done; }
    */
done:
    return finish(lx, kind, start, at, first);
}
