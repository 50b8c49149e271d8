/* Expressions and the data of tests, loosest operators first, as grammar.y has them. */
#include "compiler/fmt/build.h"

/* Lines of what was built from token FROM on are further in than those before operation IN, which
 * is a NOTHING; but brackets stand as they are. True if they are. */
static bool
indent_rest(struct cd_fmt_builder *f, size_t in, size_t from)
{
    if (cd_fmt_is_range(f->bracketed, from, f->at)) {
        return true;
    }
    cd_fmt_patch(f, in, CD_LAY_IN);
    cd_fmt_add(f, CD_LAY_OUT);
    return false;
}

/* ---- atoms ---- */

void
cd_fmt_range_of(struct cd_fmt_builder *f)
{
    size_t group = cd_fmt_add(f, CD_LAY_OPEN);
    f->layout->ops[group].head = true;
    cd_fmt_word(f);
    cd_fmt_expr(f);
    if (cd_fmt_kind(f) == CD_TOK_WHERE) {
        cd_fmt_add(f, CD_LAY_IN);
        cd_fmt_add(f, CD_LAY_LINE);
        cd_fmt_clause(f);
        cd_fmt_add(f, CD_LAY_OUT);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

/* `all x in xs where p { q }`. Quantifiers in a quantifier stand on lines of their own. */
static void
quantifier(struct cd_fmt_builder *f)
{
    size_t from = f->at;
    cd_fmt_word(f);
    cd_fmt_word(f);
    cd_fmt_range_of(f);
    cd_fmt_add(f, CD_LAY_SPACE);
    size_t n_quantifiers = f->n_quantifiers;
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_LINE);
    cd_fmt_members(f, &b, cd_fmt_expr, CD_TOK_RBRACE);
    f->layout->ops[b.group].body = true;
    f->layout->ops[b.group].forced = f->n_quantifiers > n_quantifiers;
    cd_fmt_bracket_close(f, &b, CD_LAY_LINE);
    f->n_quantifiers++;
    f->bracketed = (struct cd_fmt_range){from, f->at};
}

/* A set, or a comprehension. */
static void
braces(struct cd_fmt_builder *f)
{
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_SOFT);
    enum cd_lay_kind pad = CD_LAY_SOFT;
    cd_fmt_members(f, &b, cd_fmt_expr, CD_TOK_RBRACE);
    b.may_hug = cd_fmt_kind(f) != CD_TOK_FOR;
    if (!b.may_hug) {
        pad = CD_LAY_LINE;
        cd_fmt_add(f, CD_LAY_LINE);
        cd_fmt_word(f);
        cd_fmt_word(f);
        cd_fmt_range_of(f);
    }
    cd_fmt_bracket_close(f, &b, pad);
}

static void
arguments(struct cd_fmt_builder *f)
{
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_SOFT);
    cd_fmt_members(f, &b, cd_fmt_expr, CD_TOK_RPAREN);
    f->layout->ops[b.group].body = true;
    b.may_hug = true;
    if (cd_fmt_kind(f) == CD_TOK_WHEN) {
        if (b.n > 0) {
            cd_fmt_add(f, CD_LAY_LINE);
        }
        cd_fmt_clause(f);
        b.n++;
        b.may_hug = false;
    }
    cd_fmt_bracket_close(f, &b, CD_LAY_SOFT);
}

static void
atom(struct cd_fmt_builder *f)
{
    switch (cd_fmt_kind(f)) {
    case CD_TOK_LPAREN: cd_fmt_brackets(f, cd_fmt_expr, CD_TOK_RPAREN); break;
    case CD_TOK_LBRACKET: cd_fmt_brackets(f, cd_fmt_expr, CD_TOK_RBRACKET); break;
    case CD_TOK_LBRACE: braces(f); break;
    case CD_TOK_ALL:
    case CD_TOK_ANY:
    case CD_TOK_NONE:
    case CD_TOK_COUNT: quantifier(f); break;
    default: cd_fmt_token(f);
    }
}

static void
follow(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_IN);
    cd_fmt_add(f, CD_LAY_LINE);
    cd_fmt_word(f);
    cd_fmt_token(f);
    cd_fmt_add(f, CD_LAY_OUT);
}

static void
subscript(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
    if (cd_fmt_kind(f) == CD_TOK_STAR) {
        cd_fmt_token(f);
    } else {
        cd_fmt_expr(f);
    }
    cd_fmt_token(f);
}

/* What follows an atom directly; false if there is nothing more. */
static bool
postfix(struct cd_fmt_builder *f)
{
    switch (cd_fmt_kind(f)) {
    case CD_TOK_FIELD: cd_fmt_token(f); return true;
    case CD_TOK_LBRACKET: subscript(f); return true;
    case CD_TOK_LPAREN: arguments(f); return true;
    case CD_TOK_ARROW: follow(f); return true;
    default: return false;
    }
}

/* A call by name, like brackets, can stay on the line and break inside. */
static void
primary(struct cd_fmt_builder *f)
{
    size_t from = f->at;
    bool is_path = cd_fmt_kind(f) == CD_TOK_NAME;
    bool is_call = false;
    cd_fmt_add(f, CD_LAY_OPEN);
    atom(f);
    for (int kind = cd_fmt_kind(f); postfix(f); kind = cd_fmt_kind(f)) {
        is_call = is_path && kind == CD_TOK_LPAREN;
        is_path = is_path && kind == CD_TOK_FIELD;
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
    if (is_call) {
        f->bracketed = (struct cd_fmt_range){from, f->at};
    }
}

/* ---- operators ---- */

static void
unary(struct cd_fmt_builder *f)
{
    switch (cd_fmt_kind(f)) {
    case CD_TOK_MINUS:
        cd_fmt_token(f);
        unary(f);
        break;
    case CD_TOK_ABSENT:
    case CD_TOK_PRESENT:
        cd_fmt_word(f);
        unary(f);
        break;
    default: primary(f);
    }
}

/* Operands of one precedence between operators A and B: on one line, or each on its own, the
 * operator in front. */
static void
chain(struct cd_fmt_builder *f, cd_fmt_member *operand, int a, int b)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    size_t in = cd_fmt_add(f, CD_LAY_NOTHING);
    size_t from = f->at;
    operand(f);
    if (cd_fmt_kind(f) == a || cd_fmt_kind(f) == b) {
        indent_rest(f, in, from);
    }
    while (cd_fmt_kind(f) == a || cd_fmt_kind(f) == b) {
        cd_fmt_add(f, CD_LAY_LINE);
        cd_fmt_lead(f);
        in = cd_fmt_add(f, CD_LAY_NOTHING);
        cd_fmt_word(f);
        from = f->at;
        operand(f);
        indent_rest(f, in, from);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

static void
sum(struct cd_fmt_builder *f)
{
    chain(f, unary, CD_TOK_PLUS, CD_TOK_MINUS);
}

static bool
is_relation(int kind)
{
    return kind == CD_TOK_EQ || kind == CD_TOK_NE || kind == CD_TOK_LT || kind == CD_TOK_LE
           || kind == CD_TOK_GT || kind == CD_TOK_GE || kind == CD_TOK_IN || kind == CD_TOK_LIKE
           || kind == CD_TOK_MATCHES || kind == CD_TOK_WITHIN;
}

/* `op sum` behind the left side: on a line of its own if need be, unless the right side is in
 * brackets, which then break instead. */
static void
right_side(struct cd_fmt_builder *f, enum cd_lay_kind brk)
{
    size_t outer = cd_fmt_add(f, CD_LAY_NOTHING);
    size_t place = cd_fmt_add(f, brk);
    if (cd_fmt_kind(f) == CD_TOK_NOT) {
        cd_fmt_word(f);
    }
    cd_fmt_word(f);
    size_t inner = cd_fmt_add(f, CD_LAY_NOTHING);
    size_t from = f->at;
    sum(f);
    if (indent_rest(f, inner, from)) {
        cd_fmt_patch(f, place, CD_LAY_SPACE);
    } else {
        indent_rest(f, outer, from);
    }
}

static void
relation(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    size_t in = cd_fmt_add(f, CD_LAY_NOTHING);
    size_t from = f->at;
    sum(f);
    bool is_negated = cd_fmt_kind(f) == CD_TOK_NOT && is_relation(cd_fmt_next_kind(f));
    if (is_negated || is_relation(cd_fmt_kind(f))) {
        bool is_bracketed = indent_rest(f, in, from);
        right_side(f, is_bracketed ? CD_LAY_JOIN : CD_LAY_LINE);
        if (is_bracketed) {
            f->bracketed = (struct cd_fmt_range){from, f->at};
        }
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

static void
negation(struct cd_fmt_builder *f)
{
    size_t from = f->at;
    while (cd_fmt_kind(f) == CD_TOK_NOT) {
        cd_fmt_word(f);
    }
    size_t operand = f->at;
    relation(f);
    if (cd_fmt_is_range(f->bracketed, operand, f->at)) {
        f->bracketed.from = from;
    }
}

static void
conjunction(struct cd_fmt_builder *f)
{
    chain(f, negation, CD_TOK_AND, CD_TOK_AND);
}

static void
branch(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_LINE);
    cd_fmt_word(f);
    cd_fmt_add(f, CD_LAY_IN);
    cd_fmt_expr(f);
    cd_fmt_add(f, CD_LAY_OUT);
}

static void
choice(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_clause(f);
    cd_fmt_add(f, CD_LAY_IN);
    branch(f);
    branch(f);
    cd_fmt_add(f, CD_LAY_OUT);
    cd_fmt_add(f, CD_LAY_CLOSE);
}

void
cd_fmt_expr(struct cd_fmt_builder *f)
{
    if (cd_fmt_kind(f) == CD_TOK_IF) {
        choice(f);
    } else {
        chain(f, conjunction, CD_TOK_OR, CD_TOK_OR);
    }
}

/* ---- places of expressions ---- */

void
cd_fmt_hanging(struct cd_fmt_builder *f, cd_fmt_member *member)
{
    const struct cd_fmt_token *first = &f->tokens->items[f->at];
    bool is_commented = first->n_comments > 0 || first[-1].trail.n > 0;
    bool is_bare = first->kind == CD_TOK_LBRACE || first->kind == CD_TOK_LBRACKET
                   || first->kind == CD_TOK_LPAREN;
    cd_fmt_add(f, CD_LAY_OPEN);
    size_t in = cd_fmt_add(f, CD_LAY_NOTHING);
    size_t brk = cd_fmt_add(f, CD_LAY_LINE);
    cd_fmt_lead(f);
    size_t from = f->at;
    member(f);
    if (is_commented) {
        f->bracketed = (struct cd_fmt_range){0, 0};
    }
    if (indent_rest(f, in, from)) {
        cd_fmt_patch(f, brk, is_bare ? CD_LAY_SPACE : CD_LAY_HANG);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

void
cd_fmt_clause(struct cd_fmt_builder *f)
{
    cd_fmt_lead(f);
    size_t in = cd_fmt_add(f, CD_LAY_NOTHING);
    cd_fmt_word(f);
    cd_fmt_lead(f);
    size_t from = f->at;
    cd_fmt_expr(f);
    indent_rest(f, in, from);
}

/* ---- texts and data ---- */

void
cd_fmt_path(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
    while (cd_fmt_kind(f) == CD_TOK_FIELD) {
        cd_fmt_token(f);
    }
}

void
cd_fmt_text(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_token(f);
    while (cd_fmt_kind(f) == CD_TOK_STRING) {
        cd_fmt_add(f, CD_LAY_LINE);
        cd_fmt_token(f);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

static void
data(struct cd_fmt_builder *f)
{
    switch (cd_fmt_kind(f)) {
    case CD_TOK_LBRACE: cd_fmt_object(f); break;
    case CD_TOK_LBRACKET: cd_fmt_brackets(f, data, CD_TOK_RBRACKET); break;
    case CD_TOK_MINUS:
        cd_fmt_token(f);
        cd_fmt_token(f);
        break;
    default: cd_fmt_path(f);
    }
}

static void
pair(struct cd_fmt_builder *f)
{
    bool is_label = cd_fmt_kind(f) == CD_TOK_LABEL;
    f->is_map = f->is_map && cd_fmt_kind(f) == CD_TOK_STRING;
    cd_fmt_token(f);
    if (!is_label) {
        cd_fmt_token(f);
    }
    cd_fmt_add(f, CD_LAY_SPACE);
    data(f);
}

/* `{ Name: value }`, but a map `{"key": value}` like a set. */
void
cd_fmt_object(struct cd_fmt_builder *f)
{
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_LINE);
    bool outer = f->is_map;
    f->is_map = true;
    cd_fmt_members(f, &b, pair, CD_TOK_RBRACE);
    enum cd_lay_kind pad = f->is_map ? CD_LAY_SOFT : CD_LAY_LINE;
    f->is_map = outer;
    b.may_hug = true;
    f->layout->ops[b.group].fill = false;
    cd_fmt_bracket_close(f, &b, pad);
}
