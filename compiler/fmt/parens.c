/* Parentheses that say nothing: around what binds tighter than any operator, and around the whole
 * of an expression. Those around an operand stay, also where they are not needed: they help to
 * read. */
#include "compiler/fmt/tokens.h"

/* An open bracket, on the way through the tokens. */
struct open {
    size_t at;
    bool has_operator; /* directly in it */
};

struct opens {
    struct open *items;
    size_t n, cap;
};

/* A pair that groups: its tokens, and what stands directly in it. */
struct pair {
    size_t open, close;
    bool has_operator;
};

struct pairs {
    struct pair *items;
    size_t n, cap;
};

static bool
ends_operand(int kind)
{
    return kind == CD_TOK_NAME || kind == CD_TOK_FIELD || kind == CD_TOK_ANAME
           || kind == CD_TOK_TYPE || kind == CD_TOK_STRING || kind == CD_TOK_NUMBER
           || kind == CD_TOK_DURATION || kind == CD_TOK_DATE || kind == CD_TOK_TRUE
           || kind == CD_TOK_FALSE || kind == CD_TOK_RPAREN || kind == CD_TOK_RBRACKET
           || kind == CD_TOK_RBRACE || cd_token_is_soft(kind);
}

static bool
is_operator(int kind)
{
    return kind == CD_TOK_AND || kind == CD_TOK_OR || kind == CD_TOK_NOT || kind == CD_TOK_EQ
           || kind == CD_TOK_NE || kind == CD_TOK_LT || kind == CD_TOK_LE || kind == CD_TOK_GT
           || kind == CD_TOK_GE || kind == CD_TOK_IN || kind == CD_TOK_LIKE
           || kind == CD_TOK_MATCHES || kind == CD_TOK_WITHIN || kind == CD_TOK_PLUS
           || kind == CD_TOK_MINUS || kind == CD_TOK_ABSENT || kind == CD_TOK_PRESENT
           || kind == CD_TOK_IF;
}

static bool
follows_operand(int kind)
{
    return is_operator(kind) || kind == CD_TOK_FIELD || kind == CD_TOK_LBRACKET
           || kind == CD_TOK_LPAREN || kind == CD_TOK_ARROW;
}

/* Behind these stands an expression of any kind. */
static bool
begins_expr(int kind)
{
    return kind == CD_TOK_REQUIRE || kind == CD_TOK_WHERE || kind == CD_TOK_WHEN
           || kind == CD_TOK_UNLESS || kind == CD_TOK_ASSIGN || kind == CD_TOK_COMMA
           || kind == CD_TOK_LPAREN || kind == CD_TOK_LBRACKET || kind == CD_TOK_LBRACE
           || kind == CD_TOK_IF || kind == CD_TOK_THEN || kind == CD_TOK_ELSE;
}

/* A word of these kinds and a property behind it would be read as one. */
static bool
runs_together(int kind)
{
    return kind == CD_TOK_NUMBER || kind == CD_TOK_DURATION || kind == CD_TOK_DATE
           || kind == CD_TOK_ANAME;
}

/* The grouping pairs, in the order of their closing. */
static struct pairs
find_pairs(struct cd_arena *arena, const struct cd_fmt_tokens *tokens)
{
    struct opens opens = {.n = 0};
    struct pairs pairs = {.n = 0};
    for (size_t i = 0; i < tokens->n; i++) {
        int kind = tokens->items[i].kind;
        if (kind == CD_TOK_LPAREN || kind == CD_TOK_LBRACKET || kind == CD_TOK_LBRACE) {
            struct open *o = CD_PUSH(arena, opens.items, opens.n, opens.cap);
            *o = (struct open){i, false};
        } else if (opens.n > 0 && is_operator(kind)) {
            opens.items[opens.n - 1].has_operator = true;
        } else if (opens.n > 0
                   && (kind == CD_TOK_RPAREN || kind == CD_TOK_RBRACKET || kind == CD_TOK_RBRACE)) {
            struct open o = opens.items[--opens.n];
            if (kind == CD_TOK_RPAREN && o.at > 0 && !ends_operand(tokens->items[o.at - 1].kind)) {
                struct pair *p = CD_PUSH(arena, pairs.items, pairs.n, pairs.cap);
                *p = (struct pair){o.at, i, o.has_operator};
            }
        }
    }
    return pairs;
}

static bool
says_nothing(const struct cd_fmt_tokens *tokens, const struct pair *p)
{
    const struct cd_fmt_token *t = tokens->items;
    size_t before = p->open - 1;
    size_t behind = p->close + 1;
    while (t[before].dropped) {
        before--;
    }
    while (t[behind].dropped) {
        behind++;
    }
    int next = t[behind].kind;
    bool has_comments = t[p->close].seen != t[p->open].seen;
    if (has_comments || t[p->open + 1].kind == CD_TOK_IF
        || (next == CD_TOK_FIELD && runs_together(t[p->close - 1].kind))) {
        return false;
    }
    return !p->has_operator || (begins_expr(t[before].kind) && !follows_operand(next));
}

/* Takes the dropped tokens out; their comments go to the neighbours inside. */
static void
remove_dropped(struct cd_fmt_tokens *tokens)
{
    size_t n = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        struct cd_fmt_token *t = &tokens->items[i];
        if (!t->dropped) {
            tokens->items[n++] = *t;
        } else if (t->kind == CD_TOK_LPAREN) {
            cd_fmt_move_above(t, t + 1);
            t[1].first = t->first;
            t[1].blank_above = t->blank_above;
        } else {
            tokens->items[n - 1].trail = t->trail;
        }
    }
    tokens->n = n;
}

void
cd_fmt_drop_parens(struct cd_arena *arena, struct cd_fmt_tokens *tokens)
{
    struct pairs pairs = find_pairs(arena, tokens);
    for (size_t i = pairs.n; i-- > 0;) {
        const struct pair *p = &pairs.items[i];
        if (says_nothing(tokens, p)) {
            tokens->items[p->open].dropped = true;
            tokens->items[p->close].dropped = true;
        }
    }
    remove_dropped(tokens);
}
