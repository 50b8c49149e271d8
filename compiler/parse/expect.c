/* What was expected and what was found: asks the automaton which tokens it would accept and groups
 * them into what a reader of the language would say. */
#include "compiler/parse/driver.h"

#include <stdio.h>

#include "compiler/ast/metadata.h"
#include "compiler/diag/habits.h"

/* ---- expected ---- */

struct list {
    char text[256];
    size_t n, items;
};

static void
add(struct list *l, const char *item)
{
    int n =
        snprintf(l->text + l->n, sizeof l->text - l->n, "%s%s", l->items > 0 ? "\x1f" : "", item);
    if (n > 0 && l->n + (size_t)n < sizeof l->text) {
        l->n += (size_t)n;
        l->items++;
    } else {
        l->text[l->n] = '\0';
    }
}

/* Kinds that one word stands for, and the kinds by which the group is known: all of PROOF accepted,
 * BUT not. */
struct group {
    const char *text;
    int proof[2];
    int but;
    int members[32]; /* up to the first 0 */
};

static const struct group groups[] = {
    {"a declaration",
     {CD_TOK_CONTROL, CD_TOK_LET},
     0,
     {CD_TOK_MODULE, CD_TOK_USE, CD_TOK_PARAM, CD_TOK_LET, CD_TOK_FN, CD_TOK_CONTROL, CD_TOK_WAIVE,
      CD_TOK_TEST, CD_TOK_DOC, CD_TOK_FIELD /* of the name before */}},
    {"an expression",
     {CD_TOK_LPAREN, CD_TOK_NUMBER},
     0,
     {CD_TOK_NAME,     CD_TOK_ANAME,  CD_TOK_TYPE,  CD_TOK_STRING, CD_TOK_NUMBER,  CD_TOK_DURATION,
      CD_TOK_DATE,     CD_TOK_TRUE,   CD_TOK_FALSE, CD_TOK_LPAREN, CD_TOK_LBRACE,  CD_TOK_MINUS,
      CD_TOK_LBRACKET, CD_TOK_ABSENT, CD_TOK_NOT,   CD_TOK_IF,     CD_TOK_PRESENT, CD_TOK_ALL,
      CD_TOK_ANY,      CD_TOK_NONE,   CD_TOK_COUNT}},
    {"a value",
     {CD_TOK_ABSENT, CD_TOK_NUMBER},
     CD_TOK_LPAREN,
     {CD_TOK_NAME, CD_TOK_STRING, CD_TOK_NUMBER, CD_TOK_DURATION, CD_TOK_DATE, CD_TOK_TRUE,
      CD_TOK_FALSE, CD_TOK_LBRACE, CD_TOK_LBRACKET, CD_TOK_ABSENT, CD_TOK_MINUS}},
    {"an operator",
     {CD_TOK_PLUS, CD_TOK_MINUS},
     CD_TOK_NUMBER,
     {CD_TOK_OR, CD_TOK_AND, CD_TOK_NOT, CD_TOK_EQ, CD_TOK_NE, CD_TOK_LT, CD_TOK_LE, CD_TOK_GT,
      CD_TOK_GE, CD_TOK_IN, CD_TOK_LIKE, CD_TOK_MATCHES, CD_TOK_WITHIN, CD_TOK_PLUS, CD_TOK_MINUS,
      CD_TOK_FIELD, CD_TOK_LBRACKET, CD_TOK_LPAREN, CD_TOK_ARROW}},
    {"a clause or metadata",
     {CD_TOK_REQUIRE, CD_TOK_DENY},
     0,
     {CD_TOK_FOR, CD_TOK_REQUIRE, CD_TOK_DENY, CD_TOK_NAME}},
    {"`given`, `request` or `expect`",
     {CD_TOK_GIVEN, CD_TOK_EXPECT},
     CD_TOK_NAME,
     {CD_TOK_GIVEN, CD_TOK_REQUEST, CD_TOK_EXPECT}},
};

#define LAST_KIND 128

/* The kinds that are accepted and that are worth a word. */
static void
gather(const struct cd_parse *p, bool wanted[LAST_KIND])
{
    bool name = cd_parse_accepts(p, CD_TOK_NAME);
    for (int kind = 1; kind < LAST_KIND; kind++) {
        bool is_token = cd_token_name(kind)[0] != '?';
        wanted[kind] = is_token && cd_parse_accepts(p, kind)
                       && !(name && cd_token_is_soft(kind) && kind != CD_TOK_USE);
    }
}

static void
take_group(const struct group *g, bool wanted[LAST_KIND], struct list *l)
{
    if (!wanted[g->proof[0]] || !wanted[g->proof[1]] || (g->but != 0 && wanted[g->but])) {
        return;
    }
    add(l, g->text);
    for (size_t i = 0; i < CD_ARRAY_LEN(g->members) && g->members[i] != 0; i++) {
        wanted[g->members[i]] = false;
    }
}

/* "a, b or c" */
static void
join(const struct list *l, char *out, size_t size)
{
    size_t n = 0;
    size_t item = 1;
    for (size_t i = 0; i < l->n && n + 6 < size; i++) {
        if (l->text[i] != '\x1f') {
            out[n++] = l->text[i];
            continue;
        }
        item++;
        n += (size_t)snprintf(out + n, size - n, "%s", item == l->items ? " or " : ", ");
    }
    out[n] = '\0';
}

static void
expected(const struct cd_parse *p, char *out, size_t size)
{
    bool wanted[LAST_KIND] = {false};
    struct list l = {.n = 0};
    gather(p, wanted);
    wanted[CD_TOK_USE] = wanted[CD_TOK_USE] && wanted[CD_TOK_CONTROL];
    for (size_t i = 0; i < CD_ARRAY_LEN(groups); i++) {
        take_group(&groups[i], wanted, &l);
    }
    for (int kind = 1; kind < LAST_KIND; kind++) {
        if (wanted[kind]) {
            add(&l, cd_token_text(kind));
        }
    }
    join(&l, out, size);
}

/* ---- found ---- */

static void
found(const struct cd_parse *p, struct cd_token t, char *out, size_t size)
{
    struct cd_str text = cd_parse_text(p, t);
    size_t shown = text.n;
    for (size_t i = 0; i < text.n && i < 60; i++) {
        shown = text.p[i] == '\n' ? i : shown;
    }
    const char *more = "";
    if (shown > 40) {
        shown = 40;
        while (shown > 0 && ((unsigned char)text.p[shown] & 0xC0u) == 0x80u) {
            shown--;
        }
        more = "…";
    }
    switch (t.kind) {
    case CD_TOK_END: (void)snprintf(out, size, "the end of the file"); break;
    case CD_TOK_STRING:
        (void)snprintf(out, size, "the string %.*s%s", (int)shown, text.p, more);
        break;
    case CD_TOK_DOC: (void)snprintf(out, size, "documentation"); break;
    case CD_TOK_TYPE: (void)snprintf(out, size, "the type `%.*s`", (int)shown, text.p); break;
    case CD_TOK_ANAME:
        (void)snprintf(out, size, "the action or key `%.*s%s`", (int)shown, text.p, more);
        break;
    default: (void)snprintf(out, size, "`%.*s%s`", (int)shown, text.p, more); break;
    }
}

/* ---- help ---- */

static int
closer_of(int opener)
{
    return opener == CD_TOK_LBRACE     ? CD_TOK_RBRACE
           : opener == CD_TOK_LBRACKET ? CD_TOK_RBRACKET
                                       : CD_TOK_RPAREN;
}

static const struct cd_bracket *
innermost(const struct cd_parse *p)
{
    return p->depth > 0 && p->depth <= CD_PARSE_NESTING_LIMIT ? &p->brackets[p->depth - 1] : NULL;
}

/* The file ends, or a declaration begins, while a bracket is open: that bracket is the place of the
 * mistake. */
static bool
report_unclosed(struct cd_parse *p, struct cd_token t)
{
    const struct cd_bracket *open = innermost(p);
    if (open == NULL || !(t.kind == CD_TOK_END || cd_parse_begins_decl(p, t))) {
        return false;
    }
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_UNCLOSED, open->span,
                                    "this %s is not closed", cd_token_text(open->kind));
    char what[128];
    found(p, t, what, sizeof what);
    uint32_t line;
    uint32_t column;
    cd_sources_place(p->sources, p->build.file, t.start, &line, &column, NULL);
    cd_diag_help(p->build.diags, d, "expected %s before %s in line %u",
                 cd_token_text(closer_of(open->kind)), what, line);
    return true;
}

static bool
in_braces(const struct cd_parse *p)
{
    return innermost(p) != NULL && innermost(p)->kind == CD_TOK_LBRACE;
}

/* A type is expected, or has just been read. */
static bool
in_type(const struct cd_parse *p)
{
    bool is_read = cd_parse_accepts(p, CD_TOK_LT) && !cd_parse_accepts(p, CD_TOK_PLUS);
    return is_read
           || (cd_parse_accepts(p, CD_TOK_TYPE) && cd_parse_accepts(p, CD_TOK_NAME)
               && !cd_parse_accepts(p, CD_TOK_STRING));
}

static const char no_map[] =
    "a map is not written here: it comes from a parameter, from tags, or from a property";

/* Tokens that other languages have in this place. */
static const char *
help_by_place(const struct cd_parse *p, struct cd_token t, bool after_operand)
{
    bool in_deny = cd_parse_accepts(p, CD_TOK_WHEN) && cd_parse_accepts(p, CD_TOK_REQUIRE);
    switch (t.kind) {
    case CD_TOK_MINUS:
        if (p->prev.kind != CD_TOK_NAME || after_operand) {
            return NULL;
        }
        return cd_parse_accepts(p, CD_TOK_REQUIRE) ? "write the text in quotes"
                                                   : "names have no hyphens: write my_name";
    case CD_TOK_STAR: return after_operand ? "there are + and - only" : NULL;
    case CD_TOK_FOR:
        return innermost(p) != NULL && innermost(p)->kind == CD_TOK_LBRACKET
                   ? "a comprehension stands in braces: { x.P for x in xs where p }"
                   : NULL;
    case CD_TOK_RBRACKET:
        return p->prev.kind == CD_TOK_LBRACKET ? "each member is xs[*], the first one xs[0]" : NULL;
    case CD_TOK_COLON:
        if (in_braces(p) && cd_parse_accepts(p, CD_TOK_COMMA)) {
            return no_map;
        }
        if (!cd_parse_accepts(p, CD_TOK_PLUS)) {
            return NULL;
        }
        return cd_parse_accepts(p, CD_TOK_REQUIRE) ? "leave the colon out"
               : cd_parse_accepts(p, CD_TOK_LBRACE) ? "the body stands in braces: all x in xs { … }"
                                                    : NULL;
    case CD_TOK_IF:
        return in_deny ? "the condition of a deny follows `when`"
               : cd_parse_accepts(p, CD_TOK_ABSENT)
                   ? "an if stands here in parentheses: (if condition then a else b)"
                   : NULL;
    case CD_TOK_WHERE: return in_deny ? "the condition of a deny follows `when`" : NULL;
    case CD_TOK_EQ: return p->prev.kind == CD_TOK_NOT ? "write `!=`" : NULL;
    case CD_TOK_LBRACE:
    case CD_TOK_LBRACKET:
        if (t.kind == CD_TOK_LBRACKET && in_type(p)) {
            return "a list is written list<T>, a set set<T>, a map map<T>";
        }
        return p->prev.kind == CD_TOK_DENY || p->prev.kind == CD_TOK_EXCEPT
                       || p->prev.kind == CD_TOK_ON
                   ? "a list stands here without brackets: a, b"
                   : NULL;
    case CD_TOK_STRING:
        if (p->prev.kind == CD_TOK_USE) {
            return "a module is named by its module line: use std.regions";
        }
        return cd_parse_accepts(p, CD_TOK_STAR) && cd_parse_accepts(p, CD_TOK_ANAME)
                   ? "actions stand without quotes: s3:PutObject"
                   : NULL;
    case CD_TOK_NAME:
        return p->prev.kind == CD_TOK_ON || p->prev.kind == CD_TOK_ELSE
                       || p->prev.kind == CD_TOK_BECAUSE
                   ? "write a text in quotes; names are interpolated: \"{name}\""
                   : NULL;
    default: return NULL;
    }
}

/* Does a single `=` come next? */
static bool
is_assigned(const struct cd_parse *p)
{
    struct cd_lexer ahead = p->lexer;
    return cd_lexer_next(&ahead).kind == CD_TOK_ASSIGN;
}

static const char *
help_by_kind(const struct cd_parse *p, struct cd_token t)
{
    bool after_operand = cd_parse_accepts(p, CD_TOK_AND);
    if (p->prev.kind == CD_TOK_ABSENT || p->prev.kind == CD_TOK_PRESENT) {
        return "absent and present stand before what they ask about: absent x, present x";
    }
    const char *help = help_by_place(p, t, after_operand);
    if (help != NULL) {
        return help;
    }
    if (p->prev.kind == CD_TOK_ARROW) {
        return "the right side of -> is a type: x -> AWS::S3::Bucket";
    }
    if (t.kind == CD_TOK_LBRACE && p->prev.kind != CD_TOK_RBRACE
        && cd_parse_accepts(p, CD_TOK_THEN)) {
        return "write: if condition then a else b";
    }
    if (cd_parse_opens_for(p, t)) {
        return "a for has no braces: its require clauses stand below it";
    }
    if (t.kind == CD_TOK_LBRACE && p->item == CD_TOK_REQUIRE && cd_parse_accepts(p, CD_TOK_PLUS)) {
        return "what is asked of members begins with all, any, none or count: any x in xs { … }";
    }
    if (t.kind == CD_TOK_LABEL && p->prev.kind == CD_TOK_LET) {
        return "a let has no type: let name = expression";
    }
    if (t.kind == CD_TOK_STRING && p->prev.kind == CD_TOK_STRING) {
        return "strings written one after the other are joined only as metadata and after else and "
               "because";
    }
    if ((t.kind == CD_TOK_WHEN || t.kind == CD_TOK_UNLESS || t.kind == CD_TOK_WHERE)
        && after_operand && p->body_height != 0) {
        return "a condition on what is asked stands in the for: for x in TYPE where condition; "
               "when, and then unless, belong to deny";
    }
    if (t.kind == CD_TOK_ARROW && !after_operand) {
        return "-> stands between a reference and a type: x -> AWS::S3::Bucket";
    }
    if (t.kind == CD_TOK_GE && cd_parse_accepts(p, CD_TOK_GT)) {
        return "write > and = with a blank between them";
    }
    if (t.kind == CD_TOK_ASSIGN && p->prev.kind == CD_TOK_LABEL) {
        return "write the type behind the colon";
    }
    if (t.kind == CD_TOK_NAME && cd_parse_accepts(p, CD_TOK_LET) && is_assigned(p)) {
        return "a constant is written let name = expression";
    }
    if (t.kind == CD_TOK_LABEL && p->prev.kind == CD_TOK_LBRACE && in_braces(p)
        && cd_parse_accepts(p, CD_TOK_ABSENT)) {
        return no_map;
    }
    if (t.kind == CD_TOK_NAME && cd_parse_accepts(p, CD_TOK_LABEL)) {
        return "name and type are separated by a colon: name: type";
    }
    if (t.kind == CD_TOK_LABEL && after_operand) {
        return "arguments have no names; a colon follows a name only in data, parameters and types";
    }
    return NULL;
}

/* The keyword for which T, a name that may not stand here, was misspelt. */
static bool
help_by_spelling(struct cd_parse *p, struct cd_token t, struct cd_diag *d)
{
    struct cd_nearest near;
    cd_nearest_init(&near, cd_parse_text(p, t));
    for (int kind = 1; kind < LAST_KIND; kind++) {
        struct cd_str word = cd_token_word(kind);
        if (word.n != 0 && cd_parse_accepts(p, kind)) {
            cd_nearest_try(&near, word);
        }
    }
    if (near.best.n == 0) {
        return false;
    }
    cd_nearest_help(p->build.diags, d, &near);
    return true;
}

static void
help_with(struct cd_parse *p, struct cd_token t, struct cd_diag *d)
{
    const struct cd_bracket *open = innermost(p);
    const char *help = t.kind == CD_TOK_NAME && p->prev.kind != CD_TOK_ARROW
                           ? cd_habit_help(cd_parse_text(p, t))
                           : NULL;
    if (help != NULL && cd_parse_accepts(p, CD_TOK_GIVEN)) {
        help = "a test expects: expect pass C on \"id\", expect deny C";
    }
    if (help == NULL && p->prev.kind == CD_TOK_NAME && t.kind == CD_TOK_NAME) {
        help = cd_habit_help(cd_parse_text(p, p->prev));
    }
    help = help != NULL ? help : help_by_kind(p, t);
    if (help != NULL) {
        cd_diag_help(p->build.diags, d, "%s", help);
        return;
    }
    if (t.kind == CD_TOK_NAME && help_by_spelling(p, t, d)) {
        return;
    }
    bool closes = t.kind == CD_TOK_RBRACE || t.kind == CD_TOK_RBRACKET || t.kind == CD_TOK_RPAREN;
    if (open != NULL && (closes || t.first) && cd_parse_accepts(p, closer_of(open->kind))) {
        uint32_t line;
        uint32_t column;
        cd_sources_place(p->sources, p->build.file, open->span.start, &line, &column, NULL);
        cd_diag_help(p->build.diags, d, "the %s in line %u, column %u is not closed yet",
                     cd_token_text(open->kind), line, column);
    }
}

/* A declaration in a control, or a clause outside of one. */
static bool
report_misplaced(struct cd_parse *p, struct cd_token t)
{
    bool is_decl = t.kind == CD_TOK_LET || t.kind == CD_TOK_FN || t.kind == CD_TOK_PARAM
                   || t.kind == CD_TOK_CONTROL || t.kind == CD_TOK_WAIVE || t.kind == CD_TOK_TEST
                   || t.kind == CD_TOK_MODULE;
    bool is_clause = t.kind == CD_TOK_REQUIRE || t.kind == CD_TOK_DENY || t.kind == CD_TOK_FOR;
    bool at_item = cd_parse_accepts(p, CD_TOK_REQUIRE) || cd_parse_accepts(p, CD_TOK_GIVEN);
    if (is_decl && p->depth == 1 && at_item) {
        struct cd_diag *d =
            cd_diag_add(p->build.diags, CD_DIAG_MISPLACED, cd_parse_span(p, t),
                        "%s stands outside of controls and tests", cd_token_text(t.kind));
        cd_diag_help(p->build.diags, d,
                     "move it before the control: every declaration stands on its own");
        return true;
    }
    if (is_clause && p->depth == 0 && p->body_height == 0 && cd_parse_accepts(p, CD_TOK_CONTROL)) {
        struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_MISPLACED, cd_parse_span(p, t),
                                        "%s stands in a control", cd_token_text(t.kind));
        cd_diag_help(p->build.diags, d, "write: control name { … }");
        return true;
    }
    return false;
}

/* A word behind a clause that is no metadata: it was taken for some, and here its value is missing,
 * or something stands that no metadata has. */
static bool
report_stray_word(struct cd_parse *p)
{
    bool in_body = p->decl == CD_TOK_CONTROL && p->body_height != 0;
    bool at_value = in_body && p->depth == 1 && p->prev.kind == CD_TOK_NAME
                    && cd_parse_accepts(p, CD_TOK_STRING) && cd_parse_accepts(p, CD_TOK_NAME)
                    && !cd_parse_accepts(p, CD_TOK_NUMBER) && !cd_parse_accepts(p, CD_TOK_REQUIRE);
    struct cd_token t = at_value ? p->prev : p->word;
    struct cd_str word = cd_parse_text(p, t);
    struct cd_nearest near;
    if (!in_body || t.kind != CD_TOK_NAME || cd_metadata_find(word) < CD_N_METADATA) {
        return false;
    }
    const char *help = cd_habit_help(word);
    cd_nearest_init(&near, word);
    cd_keywords_try(&near);
    if (!at_value && help == NULL && near.best.n == 0) {
        return false;
    }
    struct cd_diag *d =
        cd_diag_add(p->build.diags, CD_DIAG_UNKNOWN_METADATA, cd_parse_span(p, t),
                    "`%.*s` is neither metadata nor part of the clause before it", CD_FMT(word));
    if (help == NULL && near.best.n != 0) {
        cd_nearest_help(p->build.diags, d, &near);
    } else {
        cd_diag_help(p->build.diags, d, "%s",
                     help != NULL ? help
                                  : "metadata is id, severity, maps, suggests, remedy, owner, "
                                    "detect_only; a key with a blank stands in backquotes");
    }
    return true;
}

/* Could what was read so far stand as it is? Then the mistake is the token that was found, else it
 * is what is missing before it. */
static bool
is_complete(const struct cd_parse *p)
{
    if (p->depth == 0) {
        return cd_parse_accepts(p, CD_TOK_END);
    }
    return p->body_height != 0 && p->depth == 1 && cd_parse_accepts(p, CD_TOK_RBRACE);
}

void
cd_parse_report(struct cd_parse *p, struct cd_token t)
{
    if (p->stopped || p->is_repaired || report_unclosed(p, t) || report_misplaced(p, t)
        || report_stray_word(p)) {
        return;
    }
    char wanted[512];
    char what[128];
    char where[32] = "";
    struct cd_span span = cd_parse_span(p, t);
    expected(p, wanted, sizeof wanted);
    found(p, t, what, sizeof what);
    bool is_behind = (t.first || t.kind == CD_TOK_END) && p->prev.kind > 0 && !is_complete(p);
    if (is_behind) {
        uint32_t line;
        uint32_t column;
        cd_sources_place(p->sources, p->build.file, t.start, &line, &column, NULL);
        (void)snprintf(where, sizeof where, " in line %u", line);
        span.start = span.end = p->prev.end;
    }
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_SYNTAX, span, "expected %s, found %s%s",
                                    wanted, what, t.kind == CD_TOK_END ? "" : where);
    help_with(p, t, d);
}
