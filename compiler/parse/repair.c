/* Habits of other languages: what was written is reported with what is meant, and parsing goes on
 * as if that stood there. */
#include "compiler/parse/driver.h"

#include "compiler/diag/habits.h"

static struct cd_diag *
report(struct cd_parse *p, enum cd_diag_code code, struct cd_token t, const char *message,
       const char *help)
{
    struct cd_diag *d = cd_diag_add(p->build.diags, code, cd_parse_span(p, t), "%s", message);
    if (help != NULL) {
        cd_diag_help(p->build.diags, d, "%s", help);
    }
    return d;
}

/* ---- operators ---- */

static const struct {
    struct cd_str text;
    int kind; /* that was meant; 0: leave it out; -1: recover */
    const char *help;
} operators[] = {
    {CD_STR_INIT("&&"), CD_TOK_AND, "write `and`"},
    {CD_STR_INIT("&"), CD_TOK_AND, "write `and`"},
    {CD_STR_INIT("||"), CD_TOK_OR, "write `or`; the union of sets is `+`"},
    {CD_STR_INIT("|"), CD_TOK_OR, "write `or`; the union of sets is `+`"},
    {CD_STR_INIT("!"), CD_TOK_NOT, "write `not`"},
    {CD_STR_INIT("==="), CD_TOK_EQ, "write `==`"},
    {CD_STR_INIT("!=="), CD_TOK_NE, "write `!=`"},
    {CD_STR_INIT("<>"), CD_TOK_NE, "write `!=`"},
    {CD_STR_INIT(":="), CD_TOK_ASSIGN, "write `=`"},
    {CD_STR_INIT("=~"), CD_TOK_MATCHES, "write `matches`"},
    {CD_STR_INIT("=>"), -1,
     "a function is written fn name(a: type) = expression; a reference is followed by ->"},
    {CD_STR_INIT(";"), 0, "leave it out: nothing separates declarations and clauses but blanks"},
    {CD_STR_INIT("?"), -1, "write: if condition then a else b"},
    {CD_STR_INIT("?."), -1, "write a plain dot: the property of an absent value is absent"},
    {CD_STR_INIT("??"), -1, "write: if present x then x else y"},
    {CD_STR_INIT("/"), -1, "there is no division"},
    {CD_STR_INIT("%"), -1, "there is no remainder"},
    {CD_STR_INIT("**"), -1, "there are no powers"},
};

static enum cd_repair
repair_operator(struct cd_parse *p, struct cd_token *t)
{
    struct cd_str text = cd_parse_text(p, *t);
    for (size_t i = 0; i < CD_ARRAY_LEN(operators); i++) {
        if (!cd_str_eq(operators[i].text, text)) {
            continue;
        }
        struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_FOREIGN_OPERATOR,
                                        cd_parse_span(p, *t), "Cordon has no `%.*s`", CD_FMT(text));
        cd_diag_help(p->build.diags, d, "%s", operators[i].help);
        t->kind = operators[i].kind;
        return t->kind > 0 ? CD_REPAIR_FEED : t->kind == 0 ? CD_REPAIR_SKIP : CD_REPAIR_PANIC;
    }
    return CD_REPAIR_PANIC;
}

/* ---- other tokens that the lexer found wrong ---- */

static uint32_t
code_point(struct cd_str s)
{
    unsigned char c = (unsigned char)s.p[0];
    uint32_t cp = s.n == 2 ? c & 0x1Fu : s.n == 3 ? c & 0x0Fu : s.n == 4 ? c & 0x07u : c;
    for (size_t i = 1; i < s.n; i++) {
        cp = cp << 6 | ((unsigned char)s.p[i] & 0x3Fu);
    }
    return cp;
}

/* A blank that is none of ours, or nothing at all. */
static bool
is_invisible(uint32_t cp)
{
    return cp < 0x21 || (cp >= 0x7F && cp < 0xA1) || (cp >= 0x2000 && cp < 0x2010) || cp == 0xFEFF;
}

/* Several behind each other are one mistake: they indent a line that was copied from a page. */
static enum cd_repair
skip_invisible(struct cd_parse *p, struct cd_token *t, uint32_t cp)
{
    struct cd_span span = cd_parse_span(p, *t);
    bool is_next = span.start > 0 && span.start == p->invisible_until;
    p->invisible_until = span.end;
    t->kind = 0;
    if (!is_next) {
        struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_CHARACTER, span,
                                        "the invisible character U+%04X stands here", cp);
        bool is_blank = cp == 0xA0 || (cp >= 0x2000 && cp < 0x200B);
        cd_diag_help(p->build.diags, d, is_blank ? "write an ordinary blank" : "remove it");
    }
    return CD_REPAIR_SKIP;
}

static enum cd_repair
repair_character(struct cd_parse *p, struct cd_token *t)
{
    struct cd_str text = cd_parse_text(p, *t);
    uint32_t cp = code_point(text);
    if (is_invisible(cp)) {
        return skip_invisible(p, t, cp);
    }
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_CHARACTER, cd_parse_span(p, *t),
                                    "the character %.*s begins nothing", CD_FMT(text));
    const char *help = NULL;
    int kind = -1;
    switch (cp) {
    case 0x2018:
    case 0x2019:
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case '\'': help = "strings stand in straight double quotes: \"x\""; break;
    case 0x2260:
        help = "write `!=`";
        kind = CD_TOK_NE;
        break;
    case 0x2264:
        help = "write `<=`";
        kind = CD_TOK_LE;
        break;
    case 0x2265:
        help = "write `>=`";
        kind = CD_TOK_GE;
        break;
    case 0x2013:
    case 0x2014:
    case 0x2212:
        help = "write `-`";
        kind = CD_TOK_MINUS;
        break;
    case 0x2192:
        help = "write `->`";
        kind = CD_TOK_ARROW;
        break;
    case 0x2026: help = "write out what the dots stand for"; break;
    case '$':
        help = "names have no sign before them";
        kind = 0;
        break;
    case '@': help = "names have no sign before them; metadata stands in the control"; break;
    default: break;
    }
    if (help != NULL) {
        cd_diag_help(p->build.diags, d, "%s", help);
    }
    t->kind = kind;
    return kind > 0 ? CD_REPAIR_FEED : kind == 0 ? CD_REPAIR_SKIP : CD_REPAIR_PANIC;
}

/* Does the next name become that of a declaration? A reserved word may not: but as the variable of
 * a quantifier, which no later keyword can be mistaken for, and where a property or parameter of
 * that name is meant it is a name like any other. The library, which changes together with the
 * language, may use it. */
static bool
declares(const struct cd_parse *p)
{
    int before = p->prev.kind;
    return before == CD_TOK_LET || before == CD_TOK_FN || before == CD_TOK_CONTROL
           || before == CD_TOK_AS || before == CD_TOK_MODULE;
}

/* Words that are reserved, and what their users may have meant. */
static enum cd_repair
repair_reserved(struct cd_parse *p, struct cd_token *t)
{
    bool as_name = cd_parse_accepts(p, CD_TOK_NAME) && !cd_parse_accepts(p, CD_TOK_REQUIRE);
    bool in_library =
        p->build.module->builtin || cd_str_starts(p->build.module->name, CD_STR("std."));
    if (as_name && (!declares(p) || in_library)) {
        t->kind = CD_TOK_NAME;
        return CD_REPAIR_FEED;
    }
    static const struct {
        struct cd_str word;
        int meant; /* fed in its place where it is accepted */
        const char *help;
    } words[] = {
        {CD_STR_INIT("import"), CD_TOK_USE, "a module is brought in by: use a.b"},
        {CD_STR_INIT("policy"), CD_TOK_CONTROL, "write: control name { … }"},
        {CD_STR_INIT("rule"), CD_TOK_CONTROL, "write: control name { … }"},
        {CD_STR_INIT("forbid"), CD_TOK_DENY, "write: deny ACTIONS when condition"},
        {CD_STR_INIT("allow"), -1, "Cordon states what is denied: deny ACTIONS unless condition"},
        {CD_STR_INIT("match"), -1,
         "compare with `like` or `matches`, choose with: if condition then a else b"},
        {CD_STR_INIT("enum"), -1, "write a set: {\"a\", \"b\"}"},
    };
    struct cd_str text = cd_parse_text(p, *t);
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_RESERVED, cd_parse_span(p, *t),
                                    "`%.*s` is reserved and names nothing", CD_FMT(text));
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        if (!cd_str_eq(words[i].word, text)) {
            continue;
        }
        if (as_name) {
            cd_diag_help(p->build.diags, d, "choose another name");
            t->kind = CD_TOK_NAME;
            return CD_REPAIR_FEED;
        }
        cd_diag_help(p->build.diags, d, "%s", words[i].help);
        t->kind = words[i].meant;
        return t->kind > 0 && cd_parse_accepts(p, t->kind) ? CD_REPAIR_FEED : CD_REPAIR_PANIC;
    }
    return CD_REPAIR_PANIC;
}

static enum cd_repair
as(struct cd_token *t, int kind)
{
    t->kind = kind;
    return CD_REPAIR_FEED;
}

static enum cd_repair
repair_bad(struct cd_parse *p, struct cd_token *t)
{
    switch ((enum cd_bad_token)t->kind) {
    case CD_TOK_END: break;
    case CD_BAD_CHARACTER: return repair_character(p, t);
    case CD_BAD_OPERATOR: return repair_operator(p, t);
    case CD_BAD_RESERVED: return repair_reserved(p, t);
    case CD_BAD_STRING:
        report(p, CD_DIAG_STRING_UNCLOSED, *t, "this string is not closed on its line",
               "end it with \"; a long text is several strings, one after the other; a line break "
               "in it is \\n");
        return as(t, CD_TOK_STRING);
    case CD_BAD_QUOTE:
        report(p, CD_DIAG_FOREIGN_QUOTE, *t, "strings stand in straight double quotes",
               "write \"…\"");
        return as(t, CD_TOK_STRING);
    case CD_BAD_NUMBER:
        report(p, CD_DIAG_NUMBER, *t, "this is neither a number nor a duration",
               "numbers are 12 or 0.7, durations 90d, 12h, 30m, 15s; a name begins with a letter");
        t->end = t->start + 1;
        return as(t, CD_TOK_NUMBER);
    case CD_BAD_TIME:
        report(p, CD_DIAG_DATE, *t, "a time of day is written as a string",
               "write \"2027-03-31T12:00:00Z\"");
        t->end = t->start + 10;
        return as(t, CD_TOK_DATE);
    case CD_BAD_ADDRESS:
        report(p, CD_DIAG_NUMBER, *t, "addresses and networks are written as strings",
               "write \"10.0.0.0/8\"");
        t->end = t->start + 1;
        return as(t, CD_TOK_NUMBER);
    case CD_BAD_COMMENT:
        report(p, CD_DIAG_FOREIGN_COMMENT, *t, "a comment begins with #", NULL);
        return CD_REPAIR_SKIP;
    case CD_BAD_BACKQUOTE:
        report(p, CD_DIAG_BACKQUOTE, *t,
               "this action or key in backquotes is empty or not closed on its line", NULL);
        return CD_REPAIR_PANIC;
    case CD_BAD_DOT:
        report(p, CD_DIAG_SYNTAX, *t, "expected a property directly behind the dot",
               "write x.Property without a blank; each member of a collection is xs[*]");
        return CD_REPAIR_PANIC;
    }
    return CD_REPAIR_NONE;
}

/* ---- tokens that stand in the wrong place ---- */

static bool
is_relation(int kind)
{
    return kind == CD_TOK_EQ || kind == CD_TOK_NE || kind == CD_TOK_LT || kind == CD_TOK_LE
           || kind == CD_TOK_GT || kind == CD_TOK_GE || kind == CD_TOK_IN || kind == CD_TOK_LIKE
           || kind == CD_TOK_MATCHES || kind == CD_TOK_WITHIN;
}

/* The word that a LABEL begins with, as a token of its own; the lexer goes on behind the colon. */
static struct cd_token
word_of_label(struct cd_parse *p, struct cd_token t)
{
    struct cd_str text = cd_parse_text(p, t);
    size_t n = 0;
    while (n < text.n && text.p[n] != ':' && text.p[n] > ' ') {
        n++;
    }
    t.end = t.start + (uint32_t)n;
    t.kind = cd_lexer_keyword(cd_str_sub(text, 0, n));
    return t;
}

/* `a:T` where a name with its colon was expected: split it. */
static enum cd_repair
repair_aname(struct cd_parse *p, struct cd_token *t)
{
    struct cd_str text = cd_parse_text(p, *t);
    size_t colon = cd_str_find(text, ':', 0);
    for (size_t i = 0; i < colon; i++) {
        if (text.p[i] == '`' || text.p[i] == '-' || text.p[i] == '.') {
            return CD_REPAIR_NONE;
        }
    }
    struct cd_diag *d = cd_diag_add(
        p->build.diags, CD_DIAG_COLON_BLANK, cd_parse_span(p, *t),
        "`%.*s` without a blank behind its colon is an action or a condition key", CD_FMT(text));
    cd_diag_help(p->build.diags, d, "write %.*s: %.*s", (int)colon, text.p,
                 (int)(text.n - colon - 1), text.p + colon + 1);
    t->end = t->start + (uint32_t)colon + 1;
    p->lexer.cursor = p->lexer.text + t->end;
    return as(t, CD_TOK_LABEL);
}

static enum cd_repair
repair_label(struct cd_parse *p, struct cd_token *t)
{
    bool at_item = cd_parse_accepts(p, CD_TOK_REQUIRE) && cd_parse_accepts(p, CD_TOK_NAME);
    struct cd_token word = word_of_label(p, *t);
    if (cd_parse_accepts(p, word.kind) && p->lexer.cursor < p->lexer.limit
        && *p->lexer.cursor == '=') {
        p->lexer.cursor--; /* `x := 1`: the name, and then the operator of another language */
        *t = word;
        return CD_REPAIR_FEED;
    }
    if (!at_item || !cd_parse_accepts(p, word.kind) || word.kind >= CD_BAD_CHARACTER) {
        return CD_REPAIR_NONE;
    }
    struct cd_str text = cd_parse_text(p, word);
    struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_META_FORM, cd_parse_span(p, *t),
                                    "no colon follows `%.*s` here", CD_FMT(text));
    cd_diag_help(p->build.diags, d, "write: %.*s and then its value", CD_FMT(text));
    *t = word;
    return CD_REPAIR_FEED;
}

static enum cd_repair
repair_assign(struct cd_parse *p, struct cd_token *t)
{
    if (cd_parse_accepts(p, CD_TOK_EQ)) {
        report(p, CD_DIAG_ASSIGN, *t, "a single = does not compare", "write `==`");
        return as(t, CD_TOK_EQ);
    }
    bool after_meta = p->decl == CD_TOK_CONTROL && p->depth == 1 && p->prev.kind == CD_TOK_NAME
                      && cd_parse_accepts(p, CD_TOK_STRING);
    if (after_meta) {
        report(p, CD_DIAG_META_FORM, *t, "no equals sign follows a word of metadata",
               "leave it out: severity high");
        return CD_REPAIR_SKIP;
    }
    return CD_REPAIR_NONE;
}

/* `function f(…)`, `const x = …`, `assert …`: where the right keyword is accepted it takes the
 * place of the word. */
static enum cd_repair
repair_word(struct cd_parse *p, struct cd_token *t)
{
    static const struct {
        struct cd_str word;
        int meant;
    } words[] = {
        {CD_STR_INIT("func"), CD_TOK_FN},        {CD_STR_INIT("def"), CD_TOK_FN},
        {CD_STR_INIT("function"), CD_TOK_FN},    {CD_STR_INIT("var"), CD_TOK_LET},
        {CD_STR_INIT("const"), CD_TOK_LET},      {CD_STR_INIT("val"), CD_TOK_LET},
        {CD_STR_INIT("include"), CD_TOK_USE},    {CD_STR_INIT("package"), CD_TOK_MODULE},
        {CD_STR_INIT("foreach"), CD_TOK_FOR},    {CD_STR_INIT("assert"), CD_TOK_REQUIRE},
        {CD_STR_INIT("ensure"), CD_TOK_REQUIRE}, {CD_STR_INIT("must"), CD_TOK_REQUIRE},
        {CD_STR_INIT("check"), CD_TOK_REQUIRE},
    };
    struct cd_str text = cd_parse_text(p, *t);
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        if (cd_str_eq(words[i].word, text) && cd_parse_accepts(p, words[i].meant)) {
            struct cd_diag *d =
                cd_diag_add(p->build.diags, CD_DIAG_FOREIGN_WORD, cd_parse_span(p, *t),
                            "Cordon has no `%.*s`", CD_FMT(text));
            cd_diag_help(p->build.diags, d, "%s", cd_habit_help(text));
            return as(t, words[i].meant);
        }
    }
    return CD_REPAIR_NONE;
}

/* `require known b.Name`, `exists x in xs { … }`: the word stands where an operand begins, and a
 * name follows in the same line. */
static bool
is_foreign_prefix(const struct cd_parse *p)
{
    if (!cd_parse_accepts(p, CD_TOK_ABSENT)) {
        return false;
    }
    struct cd_lexer ahead = p->lexer;
    struct cd_token next = cd_lexer_next(&ahead);
    return next.kind == CD_TOK_NAME && !next.first;
}

/* `b.Name startswith "x"`: to the grammar a clause that ends with `b.Name`, and metadata; and
 * `foreach b`, to the grammar metadata. */
bool
cd_parse_is_foreign(const struct cd_parse *p, struct cd_token t)
{
    if (t.kind != CD_TOK_NAME || cd_habit_help(cd_parse_text(p, t)) == NULL) {
        return false;
    }
    return is_foreign_prefix(p) || cd_parse_accepts(p, CD_TOK_REQUIRE);
}

bool
cd_parse_opens_for(const struct cd_parse *p, struct cd_token t)
{
    return t.kind == CD_TOK_LBRACE && p->item == CD_TOK_FOR && p->decl == CD_TOK_CONTROL
           && p->body_height != 0 && p->depth == 1 && cd_parse_accepts(p, CD_TOK_REQUIRE);
}

/* `not in` behind a relation: what follows the `not` is looked at and not taken. */
static bool
is_negated_relation(const struct cd_parse *p, struct cd_token t)
{
    struct cd_lexer ahead = p->lexer;
    return t.kind == CD_TOK_NOT && is_relation(cd_lexer_next(&ahead).kind);
}

enum cd_repair
cd_parse_repair(struct cd_parse *p, struct cd_token *t)
{
    if (t->kind >= CD_BAD_CHARACTER) {
        return repair_bad(p, t);
    }
    if (t->kind == CD_TOK_ANAME && cd_parse_accepts(p, CD_TOK_LABEL)) {
        return repair_aname(p, t);
    }
    if (t->kind == CD_TOK_LABEL) {
        return repair_label(p, t);
    }
    if (t->kind == CD_TOK_ASSIGN) {
        return repair_assign(p, t);
    }
    if (t->kind == CD_TOK_NAME && repair_word(p, t) == CD_REPAIR_FEED) {
        return CD_REPAIR_FEED;
    }
    if (cd_parse_is_foreign(p, *t)) {
        struct cd_str text = cd_parse_text(p, *t);
        struct cd_diag *d = cd_diag_add(p->build.diags, CD_DIAG_FOREIGN_WORD, cd_parse_span(p, *t),
                                        "Cordon has no `%.*s` here", CD_FMT(text));
        cd_diag_help(p->build.diags, d, "%s", cd_habit_help(text));
        return CD_REPAIR_PANIC;
    }
    if (cd_parse_opens_for(p, *t)) {
        cd_parse_report(p, *t);
        p->n_skipped_braces++;
        return CD_REPAIR_SKIP;
    }
    bool chains = is_relation(t->kind) || is_negated_relation(p, *t);
    if (chains && cd_parse_accepts(p, CD_TOK_AND) && !cd_parse_accepts(p, CD_TOK_EQ)) {
        bool feeds = t->kind != CD_TOK_NOT;
        report(p, CD_DIAG_CHAIN, *t, "relations do not chain", "write: a < b and b < c");
        return feeds ? as(t, CD_TOK_AND) : CD_REPAIR_PANIC;
    }
    bool aname_as_label = cd_parse_accepts(p, CD_TOK_COLON) && p->prev.kind == CD_TOK_ANAME;
    if (aname_as_label) {
        report(p, CD_DIAG_COLON_BLANK, p->prev,
               "without a blank behind its colon this is an action or a condition key",
               "the colon between a name and its value is followed by a blank: name: value");
        return CD_REPAIR_PANIC;
    }
    return CD_REPAIR_NONE;
}
