/* Declarations, the items of controls and the steps of tests. */
#include <stdlib.h>

#include "compiler/ast/metadata.h"
#include "compiler/fmt/build.h"

/* ---- blocks ---- */

static void
hard(struct cd_fmt_builder *f, bool blank)
{
    size_t op = cd_fmt_add(f, CD_LAY_HARD);
    f->layout->ops[op].blank = blank;
}

/* Where an item belongs in its control: metadata by its word, then these. */
enum rank { RANK_ESTATE = CD_N_METADATA + 1, RANK_RESOURCES, RANK_DENY };

struct item {
    size_t from, to; /* operations */
    unsigned rank;
    size_t index; /* in the source */
    bool blank_above;
};

struct items {
    struct item *items;
    size_t n, cap;
    bool has_for;
};

static int
compare_items(const void *x, const void *y)
{
    const struct item *a = x;
    const struct item *b = y;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return a->index < b->index ? -1 : 1;
}

/* Puts the operations of the items, which are the last ones there are, into order. */
static void
arrange(struct cd_fmt_builder *f, struct items *list, size_t from)
{
    struct cd_layout *l = f->layout;
    size_t n = l->n - from;
    struct cd_lay_op *copy = CD_NEW_ARRAY(l->arena, n, struct cd_lay_op);
    memcpy(copy, l->ops + from, n * sizeof *copy);
    qsort(list->items, list->n, sizeof *list->items, compare_items);
    l->n = from;
    for (size_t i = 0; i < list->n; i++) {
        const struct item *item = &list->items[i];
        hard(f, i > 0 && item->blank_above);
        for (size_t k = item->from; k < item->to; k++) {
            size_t op = cd_fmt_add(f, CD_LAY_NOTHING);
            l->ops[op] = copy[k - from];
        }
    }
}

static unsigned item(struct cd_fmt_builder *f, bool has_for);

static void
items(struct cd_fmt_builder *f)
{
    struct items list = {.n = 0};
    size_t first = f->layout->n;
    while (cd_fmt_kind(f) != CD_TOK_RBRACE) {
        bool blank_above = cd_fmt_blank_above(f);
        list.has_for = list.has_for || cd_fmt_kind(f) == CD_TOK_FOR;
        size_t from = f->layout->n;
        cd_fmt_lead(f);
        unsigned rank = item(f, list.has_for);
        struct item *slot = CD_PUSH(f->layout->arena, list.items, list.n, list.cap);
        *slot = (struct item){from, f->layout->n, rank, list.n, blank_above};
    }
    if (list.n > 0) {
        arrange(f, &list, first);
    }
}

static void step(struct cd_fmt_builder *f);

static void
steps(struct cd_fmt_builder *f)
{
    for (bool first = true; cd_fmt_kind(f) != CD_TOK_RBRACE; first = false) {
        hard(f, !first && cd_fmt_blank_above(f));
        cd_fmt_lead(f);
        step(f);
    }
}

/* `{`, what CONTENT takes on lines of their own, `}`. */
static void
block(struct cd_fmt_builder *f, cd_fmt_member *content)
{
    const struct cd_fmt_token *t = &f->tokens->items[f->at + 1];
    bool is_empty = t->kind == CD_TOK_RBRACE && t->n_comments == 0;
    cd_fmt_token(f);
    if (!is_empty) {
        cd_fmt_add(f, CD_LAY_IN);
        content(f);
        cd_fmt_closing(f, CD_LAY_HARD);
        cd_fmt_add(f, CD_LAY_OUT);
        hard(f, false);
    }
    cd_fmt_token(f);
}

/* ---- items of a control ---- */

static void
metadatum(struct cd_fmt_builder *f)
{
    if (cd_fmt_kind(f) == CD_TOK_STRING) {
        cd_fmt_text(f);
    } else {
        cd_fmt_path(f);
    }
}

static unsigned
metadata(struct cd_fmt_builder *f)
{
    unsigned rank = cd_metadata_find(f->tokens->items[f->at].text);
    cd_fmt_word(f);
    cd_fmt_list(f, metadatum);
    return rank;
}

static void
string(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
}

static void
action(struct cd_fmt_builder *f)
{
    cd_fmt_path(f);
}

/* A break before WORD and its list. */
static void
list_clause(struct cd_fmt_builder *f, cd_fmt_member *member)
{
    cd_fmt_add(f, CD_LAY_LINE);
    if (cd_fmt_kind(f) == CD_TOK_NOT) {
        cd_fmt_word(f);
    }
    cd_fmt_word(f);
    cd_fmt_list(f, member);
}

static void
resources(struct cd_fmt_builder *f)
{
    cd_fmt_word(f);
    cd_fmt_word(f);
    cd_fmt_range_of(f);
}

static void
requirement(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    size_t from = f->at + 1;
    cd_fmt_clause(f);
    if (cd_fmt_kind(f) == CD_TOK_ELSE) {
        bool is_bracketed = cd_fmt_is_range(f->bracketed, from, f->at);
        cd_fmt_add(f, CD_LAY_IN);
        cd_fmt_add(f, is_bracketed ? CD_LAY_JOIN : CD_LAY_LINE);
        cd_fmt_word(f);
        cd_fmt_add(f, CD_LAY_IN);
        cd_fmt_text(f);
        cd_fmt_add(f, CD_LAY_OUT);
        cd_fmt_add(f, CD_LAY_OUT);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

/* `when` and `unless` have lines of their own. */
static void
deny(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_word(f);
    cd_fmt_add(f, CD_LAY_IN);
    cd_fmt_list(f, action);
    if (cd_fmt_kind(f) == CD_TOK_EXCEPT) {
        list_clause(f, action);
    }
    if (cd_fmt_kind(f) == CD_TOK_ON || cd_fmt_kind(f) == CD_TOK_NOT) {
        list_clause(f, string);
    }
    cd_fmt_add(f, CD_LAY_OUT);
    cd_fmt_add(f, CD_LAY_CLOSE);
    while (cd_fmt_kind(f) == CD_TOK_WHEN || cd_fmt_kind(f) == CD_TOK_UNLESS) {
        hard(f, false);
        cd_fmt_clause(f);
    }
}

static unsigned
item(struct cd_fmt_builder *f, bool has_for)
{
    switch (cd_fmt_kind(f)) {
    case CD_TOK_FOR: resources(f); return RANK_RESOURCES;
    case CD_TOK_REQUIRE: requirement(f); return has_for ? RANK_RESOURCES : RANK_ESTATE;
    case CD_TOK_DENY: deny(f); return RANK_DENY;
    default: return metadata(f);
    }
}

/* ---- steps of a test ---- */

static void
given(struct cd_fmt_builder *f)
{
    int next = cd_fmt_next_kind(f);
    cd_fmt_word(f);
    if (next == CD_TOK_LBRACE) {
        cd_fmt_object(f);
    } else if (next == CD_TOK_ASSIGN) {
        cd_fmt_token(f);
        cd_fmt_hanging(f, cd_fmt_expr);
    } else {
        cd_fmt_token(f);
    }
}

/* `on` and its patterns, if they are there. */
static void
patterns(struct cd_fmt_builder *f)
{
    if (cd_fmt_kind(f) == CD_TOK_ON) {
        cd_fmt_add(f, CD_LAY_SPACE);
        cd_fmt_word(f);
        cd_fmt_list(f, string);
    }
}

static void
request(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
    patterns(f);
    cd_fmt_add(f, CD_LAY_SPACE);
    cd_fmt_object(f);
}

static void
expectation(struct cd_fmt_builder *f)
{
    if (cd_fmt_kind(f) == CD_TOK_NOT) {
        cd_fmt_word(f);
    }
    cd_fmt_word(f);
    cd_fmt_path(f);
    patterns(f);
}

static void
step(struct cd_fmt_builder *f)
{
    int kind = cd_fmt_kind(f);
    cd_fmt_word(f);
    if (kind == CD_TOK_GIVEN) {
        given(f);
    } else if (kind == CD_TOK_REQUEST) {
        request(f);
    } else {
        expectation(f);
    }
}

/* ---- declarations ---- */

static void
type(struct cd_fmt_builder *f)
{
    cd_fmt_path(f);
    if (cd_fmt_kind(f) == CD_TOK_LT) {
        cd_fmt_token(f);
        type(f);
        cd_fmt_token(f);
    }
}

static void
use(struct cd_fmt_builder *f)
{
    cd_fmt_path(f);
    if (cd_fmt_kind(f) == CD_TOK_AS) {
        cd_fmt_add(f, CD_LAY_SPACE);
        cd_fmt_word(f);
        cd_fmt_token(f);
    }
}

/* `= value`, behind a blank. */
static void
value(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_SPACE);
    cd_fmt_token(f);
    cd_fmt_hanging(f, cd_fmt_expr);
}

static void
parameter(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_word(f);
    type(f);
    enum cd_lay_kind brk = CD_LAY_LINE;
    if (cd_fmt_kind(f) == CD_TOK_ASSIGN) {
        size_t from = f->at + 1;
        value(f);
        brk = cd_fmt_is_range(f->bracketed, from, f->at) ? CD_LAY_JOIN : CD_LAY_LINE;
    }
    if (cd_fmt_kind(f) == CD_TOK_WHERE) {
        cd_fmt_add(f, CD_LAY_IN);
        cd_fmt_add(f, brk);
        cd_fmt_clause(f);
        cd_fmt_add(f, CD_LAY_OUT);
    }
    cd_fmt_add(f, CD_LAY_CLOSE);
}

static void
argument(struct cd_fmt_builder *f)
{
    cd_fmt_word(f);
    type(f);
}

static void
function(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_SOFT);
    cd_fmt_members(f, &b, argument, CD_TOK_RPAREN);
    f->layout->ops[b.group].fill = false;
    cd_fmt_bracket_close(f, &b, CD_LAY_SOFT);
    if (cd_fmt_kind(f) == CD_TOK_COLON) {
        cd_fmt_word(f);
        type(f);
    }
    value(f);
}

static void
waiver(struct cd_fmt_builder *f)
{
    cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_path(f);
    cd_fmt_add(f, CD_LAY_IN);
    list_clause(f, string);
    cd_fmt_add(f, CD_LAY_LINE);
    cd_fmt_word(f);
    cd_fmt_token(f);
    cd_fmt_add(f, CD_LAY_LINE);
    cd_fmt_word(f);
    cd_fmt_add(f, CD_LAY_IN);
    cd_fmt_text(f);
    cd_fmt_add(f, CD_LAY_OUT);
    cd_fmt_add(f, CD_LAY_OUT);
    cd_fmt_add(f, CD_LAY_CLOSE);
}

/* A control or test: its name, its block. */
static void
named_block(struct cd_fmt_builder *f, cd_fmt_member *content)
{
    cd_fmt_word(f);
    block(f, content);
}

void
cd_fmt_decl(struct cd_fmt_builder *f)
{
    int kind = cd_fmt_kind(f);
    cd_fmt_word(f);
    switch (kind) {
    case CD_TOK_USE: cd_fmt_list(f, use); break;
    case CD_TOK_PARAM: parameter(f); break;
    case CD_TOK_LET:
        cd_fmt_token(f);
        value(f);
        break;
    case CD_TOK_FN: function(f); break;
    case CD_TOK_CONTROL: named_block(f, items); break;
    case CD_TOK_TEST: named_block(f, steps); break;
    case CD_TOK_WAIVE: waiver(f); break;
    default: cd_fmt_path(f); /* module */
    }
}
