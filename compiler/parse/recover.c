/* Going on behind an error: tokens are skipped up to one that begins a declaration, a clause or
 * metadata of the control that is open, a step of the test that is open, or that closes it. */
#include "compiler/ast/metadata.h"
#include "compiler/parse/driver.h"

/* Nothing but parentheses and square brackets is open within the body: they end with their clause.
 */
static bool
no_brace_inside(const struct cd_parse *p)
{
    if (p->depth > CD_PARSE_NESTING_LIMIT) {
        return false;
    }
    for (size_t i = 1; i < p->depth; i++) {
        if (p->brackets[i].kind == CD_TOK_LBRACE) {
            return false;
        }
    }
    return true;
}

static bool
resumes_control(const struct cd_parse *p, struct cd_token t)
{
    if (t.kind == CD_TOK_REQUIRE || t.kind == CD_TOK_DENY) {
        return true;
    }
    if (t.kind == CD_TOK_FOR) {
        return p->depth == 1 || (t.first && no_brace_inside(p));
    }
    return t.kind == CD_TOK_NAME && t.first && no_brace_inside(p)
           && cd_metadata_find(cd_parse_text(p, t)) < CD_N_METADATA;
}

static bool
resumes_test(struct cd_token t)
{
    return t.first
           && (t.kind == CD_TOK_GIVEN || t.kind == CD_TOK_REQUEST || t.kind == CD_TOK_EXPECT);
}

static bool
resumes_body(const struct cd_parse *p, struct cd_token t)
{
    if (p->body_height == 0) {
        return false;
    }
    if (t.kind == CD_TOK_RBRACE) {
        return no_brace_inside(p);
    }
    return p->decl == CD_TOK_CONTROL ? resumes_control(p, t) : resumes_test(t);
}

static void
skip(struct cd_parse *p, struct cd_token t)
{
    switch (t.kind) {
    case CD_TOK_LBRACE:
    case CD_TOK_LBRACKET:
    case CD_TOK_LPAREN: cd_parse_open(p, t); break;
    case CD_TOK_RBRACE:
    case CD_TOK_RBRACKET:
    case CD_TOK_RPAREN: cd_parse_close(p, t.kind); break;
    default: break;
    }
}

/* The closing brace of a quantifier whose opening one was forgotten; one that stands below the
 * control's keyword closes the control. */
static bool
closes_what_lacks_its_brace(struct cd_parse *p, struct cd_token t)
{
    bool is_inside = !t.first || cd_parse_column(p, t) > p->decl_column;
    bool closes = p->lacks_brace && t.kind == CD_TOK_RBRACE && is_inside && p->body_height != 0
                  && no_brace_inside(p);
    p->lacks_brace = p->lacks_brace && !closes;
    return closes;
}

struct cd_token
cd_parse_recover(struct cd_parse *p, struct cd_token t)
{
    for (;; t = cd_parse_next(p)) {
        if (closes_what_lacks_its_brace(p, t)) {
            continue;
        }
        if (t.kind == CD_TOK_END || cd_parse_begins_decl(p, t)) {
            p->depth = 0;
            p->body_height = 0;
            p->lexer.depth = 0;
            cd_grammar_cut(p->grammar, 1);
            if (cd_grammar_unwind(p->grammar, t.kind)) {
                return t;
            }
        } else if (resumes_body(p, t)) {
            p->depth = 1;
            p->lexer.depth = t.kind == CD_TOK_RBRACE ? 0 : 1;
            cd_grammar_cut(p->grammar, p->body_height + 1); /* the items that are complete stay */
            if (cd_grammar_unwind(p->grammar, t.kind)) {
                return t;
            }
        }
        skip(p, t);
    }
}
