/* The driver: takes tokens from the lexer, offers them to the grammar, and keeps account of open
 * brackets and of the declaration that is being read, which errors and recovery need. */
#include "compiler/parse/parse.h"

#include <assert.h>

#include "compiler/parse/driver.h"

struct cd_span
cd_parse_span(const struct cd_parse *p, struct cd_token t)
{
    return (struct cd_span){p->build.file, t.start, t.end};
}

struct cd_str
cd_parse_text(const struct cd_parse *p, struct cd_token t)
{
    return cd_str_sub(p->build.text, t.start, t.end);
}

bool
cd_parse_accepts(const struct cd_parse *p, int kind)
{
    return kind < CD_BAD_CHARACTER && cd_grammar_accepts(p->grammar, kind);
}

static struct cd_token
stop(struct cd_parse *p, struct cd_token t)
{
    p->stopped = true;
    return (struct cd_token){.kind = CD_TOK_END, .start = t.start, .end = t.start};
}

struct cd_token
cd_parse_next(struct cd_parse *p)
{
    struct cd_token t = cd_lexer_next(&p->lexer);
    struct cd_diags *diags = p->build.diags;
    if (p->stopped || diags->n_errors >= diags->limit) {
        diags->is_cut = diags->is_cut || (!p->stopped && t.kind != CD_TOK_END);
        return stop(p, t);
    }
    if (++p->n_tokens > CD_PARSE_TOKEN_LIMIT) {
        cd_diag_add(diags, CD_DIAG_TOKENS, cd_parse_span(p, t), "the file has more than %u tokens",
                    CD_PARSE_TOKEN_LIMIT);
        return stop(p, t);
    }
    return t;
}

/* ---- brackets ---- */

void
cd_parse_open(struct cd_parse *p, struct cd_token t)
{
    if (p->depth < CD_PARSE_NESTING_LIMIT) {
        p->brackets[p->depth] = (struct cd_bracket){t.kind, cd_parse_span(p, t)};
    }
    p->depth++;
}

static int
opener_of(int kind)
{
    return kind == CD_TOK_RBRACE     ? CD_TOK_LBRACE
           : kind == CD_TOK_RBRACKET ? CD_TOK_LBRACKET
                                     : CD_TOK_LPAREN;
}

/* A brace closes whatever is open inside it; a parenthesis or bracket that fits nothing closes
 * nothing. */
void
cd_parse_close(struct cd_parse *p, int kind)
{
    if (p->depth == 0) {
        return;
    }
    if (p->depth > CD_PARSE_NESTING_LIMIT) {
        p->depth--;
        return;
    }
    int opener = opener_of(kind);
    if (kind == CD_TOK_RBRACE) {
        while (p->depth > 0 && p->brackets[p->depth - 1].kind != opener) {
            p->depth--;
        }
    }
    if (p->depth > 0 && p->brackets[p->depth - 1].kind == opener) {
        p->depth--;
    }
}

static bool
is_opener(int kind)
{
    return kind == CD_TOK_LBRACE || kind == CD_TOK_LBRACKET || kind == CD_TOK_LPAREN;
}

static bool
is_closer(int kind)
{
    return kind == CD_TOK_RBRACE || kind == CD_TOK_RBRACKET || kind == CD_TOK_RPAREN;
}

/* ---- feeding ---- */

uint32_t
cd_parse_column(const struct cd_parse *p, struct cd_token t)
{
    uint32_t i = t.start;
    while (i > 0 && p->build.text.p[i - 1] != '\n' && t.start - i < 1000) {
        i--;
    }
    return t.start - i;
}

static bool
is_decl_keyword(int kind)
{
    return kind == CD_TOK_MODULE || kind == CD_TOK_USE || kind == CD_TOK_PARAM || kind == CD_TOK_LET
           || kind == CD_TOK_FN || kind == CD_TOK_CONTROL || kind == CD_TOK_WAIVE
           || kind == CD_TOK_TEST;
}

bool
cd_parse_begins_decl(const struct cd_parse *p, struct cd_token t)
{
    if (t.kind == CD_TOK_DOC) {
        return p->body_height == 0;
    }
    if (!is_decl_keyword(t.kind)) {
        return false;
    }
    if (p->body_height == 0) {
        return t.kind != CD_TOK_USE || t.first;
    }
    return t.first && cd_parse_column(p, t) <= p->decl_column;
}

/* A token that the grammar accepts. False if it opens one bracket too many. */
static bool
feed(struct cd_parse *p, struct cd_token t)
{
    bool at_top = p->depth == 0 && p->body_height == 0;
    if (is_decl_keyword(t.kind) && at_top && (t.kind != CD_TOK_USE || t.first || p->decl == 0)) {
        p->decl = t.kind;
        p->decl_column = cd_parse_column(p, t);
        p->item = 0;
        p->word = (struct cd_token){0};
        p->n_skipped_braces = 0;
    }
    if (t.kind == CD_TOK_FOR || t.kind == CD_TOK_REQUIRE || t.kind == CD_TOK_DENY) {
        p->item = t.kind;
        p->word = (struct cd_token){0};
    }
    if (t.kind == CD_TOK_NAME && p->decl == CD_TOK_CONTROL && p->depth == 1
        && cd_parse_accepts(p, CD_TOK_REQUIRE)) {
        p->word = t;
    }
    if (is_opener(t.kind)) {
        if (p->depth >= CD_PARSE_NESTING_LIMIT || cd_grammar_is_full(p->grammar)) {
            return false;
        }
        cd_parse_open(p, t);
    } else if (cd_grammar_is_full(p->grammar)) {
        return false;
    }
    cd_grammar_feed(p->grammar, t.kind, cd_parse_span(p, t), &p->build);
    if (is_closer(t.kind)) {
        cd_parse_close(p, t.kind);
        p->body_height = p->depth > 0 ? p->body_height : 0;
    }
    bool opens_body = t.kind == CD_TOK_LBRACE && p->depth == 1
                      && (p->decl == CD_TOK_CONTROL || p->decl == CD_TOK_TEST);
    if (opens_body && p->body_height == 0) {
        p->body_height = cd_grammar_height(p->grammar);
    }
    p->prev = t;
    p->is_repaired = false;
    return true;
}

static void
report_nesting(struct cd_parse *p, struct cd_token t)
{
    struct cd_span span = cd_parse_span(p, t);
    if (is_opener(t.kind) && p->depth >= CD_PARSE_NESTING_LIMIT) {
        cd_diag_add(p->build.diags, CD_DIAG_NESTING, span, "brackets are nested more than %u deep",
                    CD_PARSE_NESTING_LIMIT);
    } else {
        cd_diag_add(p->build.diags, CD_DIAG_DEPTH, span, "this is more than %d operations deep",
                    CD_EXPR_DEPTH_LIMIT);
    }
}

/* Feeds T, or what was meant by it, or goes on behind it. */
static void
offer(struct cd_parse *p, struct cd_token t)
{
    if (t.kind == CD_TOK_RBRACE && p->n_skipped_braces > 0 && p->depth == 1
        && p->body_height != 0) {
        p->n_skipped_braces--;
        return;
    }
    for (;;) {
        if (cd_parse_accepts(p, t.kind) && !cd_parse_is_foreign(p, t)) {
            if (feed(p, t)) {
                return;
            }
            report_nesting(p, t);
            t = cd_parse_recover(p, t);
            continue;
        }
        switch (cd_parse_repair(p, &t)) {
        case CD_REPAIR_FEED:
            if (t.kind >= CD_BAD_CHARACTER || !cd_parse_accepts(p, t.kind)) {
                t = cd_parse_recover(p, t);
            } else if (feed(p, t)) {
                p->is_repaired = true;
                return;
            }
            break;
        case CD_REPAIR_SKIP: return;
        case CD_REPAIR_NONE:
            cd_parse_report(p, t);
            p->lacks_brace = cd_parse_accepts(p, CD_TOK_LBRACE) && cd_parse_accepts(p, CD_TOK_PLUS);
            t = cd_parse_recover(p, t);
            p->lacks_brace = false;
            break;
        case CD_REPAIR_PANIC: t = cd_parse_recover(p, t); break;
        }
    }
}

static void
parse_tokens(struct cd_parse *p)
{
    struct cd_token t;
    do {
        t = cd_parse_next(p);
        offer(p, t);
    } while (p->prev.kind != CD_TOK_END);
}

/* Is the file text? A zero byte is UTF-8, but stands in no text. */
static bool
check_encoding(struct cd_parse *p)
{
    struct cd_str text = p->build.text;
    const char *zero = text.n == 0 ? NULL : memchr(text.p, '\0', text.n);
    size_t n = zero == NULL ? text.n : (size_t)(zero - text.p);
    size_t at = cd_utf8_check((struct cd_str){text.p, n});
    if (at == text.n) {
        return true;
    }
    struct cd_span span = {p->build.file, (uint32_t)at, (uint32_t)at + 1};
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_ENCODING, span,
                                    "the file is not %s: byte 0x%02x at offset %zu",
                                    at == n ? "text" : "UTF-8", (unsigned char)text.p[at], at);
    cd_diag_help(p->build.diags, d, "save the file as UTF-8");
    return false;
}

/* A parser for FILE, in memory of an earlier one if there is any. */
static struct cd_parse *
begin(struct cd_arena *arena, struct cd_diags *diags, struct cd_sources *sources, uint32_t file,
      struct cd_parse **scratch)
{
    struct cd_parse *p = scratch != NULL ? *scratch : NULL;
    if (p == NULL) {
        p = CD_NEW(arena, struct cd_parse);
        p->grammar = cd_arena_alloc(arena, cd_grammar_size());
    }
    if (scratch != NULL) {
        *scratch = p;
    }
    *p = (struct cd_parse){.grammar = p->grammar, .sources = sources, .prev = {.kind = -1}};
    cd_tree_init(&p->build, arena, diags, sources, file);
    cd_lexer_init(&p->lexer, p->build.text);
    cd_grammar_begin(p->grammar);
    return p;
}

struct cd_module *
cd_parse(struct cd_arena *arena, struct cd_diags *diags, struct cd_sources *sources, uint32_t file,
         struct cd_parse **scratch)
{
    assert(file < sources->n);
    struct cd_parse *p = begin(arena, diags, sources, file, scratch);
    if (!check_encoding(p)) {
        return p->build.module;
    }
    size_t errors = diags->n_errors;
    parse_tokens(p);
    if (diags->n_errors == errors) {
        cd_tree_finish(&p->build);
    }
    return p->build.module;
}
