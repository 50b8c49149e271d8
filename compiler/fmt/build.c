/* The primitives of the builders, and lists in brackets. */
#include "compiler/fmt/build.h"

#include <assert.h>

#define HEAD_LIMIT 80u /* what two pairs of brackets may share of a line */

/* ---- primitives ---- */

static const struct cd_fmt_token *
current(const struct cd_fmt_builder *f)
{
    return &f->tokens->items[f->at];
}

int
cd_fmt_kind(const struct cd_fmt_builder *f)
{
    return current(f)->kind;
}

int
cd_fmt_next_kind(const struct cd_fmt_builder *f)
{
    size_t next = f->at + (f->at + 1 < f->tokens->n);
    return f->tokens->items[next].kind;
}

size_t
cd_fmt_add(struct cd_fmt_builder *f, enum cd_lay_kind kind)
{
    return cd_layout_add(f->layout, kind, 0);
}

static void
advance(struct cd_fmt_builder *f)
{
    if (current(f)->trail.n > 0) {
        cd_layout_add(f->layout, CD_LAY_TRAIL, f->at);
    }
    f->at += f->at + 1 < f->tokens->n; /* the end of the file is not left */
}

static void
add_lead(struct cd_fmt_builder *f, bool is_member)
{
    if (current(f)->n_comments > 0 && f->led != f->at) {
        size_t op = cd_layout_add(f->layout, CD_LAY_LEAD, f->at);
        f->layout->ops[op].blank = is_member;
    }
    f->led = f->at;
}

size_t
cd_fmt_token(struct cd_fmt_builder *f)
{
    add_lead(f, false);
    size_t op = cd_layout_add(f->layout, CD_LAY_TEXT, f->at);
    advance(f);
    return op;
}

void
cd_fmt_word(struct cd_fmt_builder *f)
{
    cd_fmt_token(f);
    cd_fmt_add(f, CD_LAY_SPACE);
}

void
cd_fmt_skip(struct cd_fmt_builder *f)
{
    add_lead(f, false);
    advance(f);
}

void
cd_fmt_lead(struct cd_fmt_builder *f)
{
    add_lead(f, true);
}

bool
cd_fmt_blank_above(const struct cd_fmt_builder *f)
{
    return cd_fmt_has_blank(f->tokens, current(f), 0);
}

void
cd_fmt_closing(struct cd_fmt_builder *f, enum cd_lay_kind brk)
{
    if (current(f)->n_comments > 0) {
        size_t op = cd_fmt_add(f, brk);
        f->layout->ops[op].blank = cd_fmt_blank_above(f);
        add_lead(f, false);
    }
}

void
cd_fmt_patch(struct cd_fmt_builder *f, size_t op, enum cd_lay_kind kind)
{
    f->layout->ops[op].kind = (uint8_t)kind;
}

bool
cd_fmt_is_range(struct cd_fmt_range r, size_t from, size_t to)
{
    return r.from == from && r.to == to && from < to;
}

/* ---- lists ---- */

static void
separate(struct cd_fmt_builder *f)
{
    size_t op = cd_fmt_add(f, CD_LAY_SEP);
    f->layout->ops[op].blank = cd_fmt_blank_above(f);
}

void
cd_fmt_list(struct cd_fmt_builder *f, cd_fmt_member *member)
{
    size_t group = cd_fmt_add(f, CD_LAY_OPEN);
    f->layout->ops[group].fill = true;
    cd_fmt_add(f, CD_LAY_IN);
    member(f);
    while (cd_fmt_kind(f) == CD_TOK_COMMA) {
        cd_fmt_token(f);
        cd_fmt_add(f, CD_LAY_SEP);
        member(f);
    }
    cd_fmt_add(f, CD_LAY_OUT);
    cd_fmt_add(f, CD_LAY_CLOSE);
}

struct cd_fmt_bracket
cd_fmt_bracket_open(struct cd_fmt_builder *f, enum cd_lay_kind pad)
{
    struct cd_fmt_bracket b = {.open_token = f->at};
    b.group = cd_fmt_add(f, CD_LAY_OPEN);
    cd_fmt_token(f);
    b.in = cd_fmt_add(f, CD_LAY_IN);
    b.pad = cd_fmt_add(f, pad);
    return b;
}

/* The first token of what stands behind the key, if the member at FROM is a pair. */
static size_t
value_of(const struct cd_fmt_builder *f, size_t from)
{
    const struct cd_fmt_token *t = &f->tokens->items[from];
    return from + (t[0].kind == CD_TOK_LABEL ? 1 : t[1].kind == CD_TOK_COLON ? 2 : 0);
}

void
cd_fmt_members(struct cd_fmt_builder *f, struct cd_fmt_bracket *b, cd_fmt_member *member,
               int closer)
{
    size_t n_brackets = f->n_brackets;
    for (;;) {
        int kind = cd_fmt_kind(f);
        if (kind == closer || kind == CD_TOK_WHEN || kind == CD_TOK_FOR || kind == CD_TOK_END) {
            break;
        }
        if (b->n > 0) {
            separate(f);
        }
        cd_fmt_lead(f);
        size_t from = f->at;
        member(f);
        b->n++;
        b->last = from;
        b->value = value_of(f, from);
        b->end = f->at;
        b->last_is_bracketed = cd_fmt_is_range(f->bracketed, b->value, f->at);
        if (cd_fmt_kind(f) == CD_TOK_COMMA && cd_fmt_next_kind(f) == closer) {
            cd_fmt_skip(f);
        } else if (cd_fmt_kind(f) == CD_TOK_COMMA) {
            cd_fmt_token(f);
        }
    }
    f->layout->ops[b->group].fill = f->n_brackets == n_brackets;
}

/* Is the only member, or its value, in brackets, with no comment between the two pairs? Then one
 * pair is opened and closed on the lines of the other: `[{`, `{ Rules: [{`, as long as the words
 * before it do not fill the line. A list of words rather goes to a line of its own. */
static bool
hugs(const struct cd_fmt_builder *f, const struct cd_fmt_bracket *b)
{
    const struct cd_fmt_token *t = f->tokens->items;
    bool is_word_list = b->value != b->last && f->words_only;
    return b->may_hug && !is_word_list && b->n == 1 && b->last_is_bracketed && f->head <= HEAD_LIMIT
           && t[f->at].seen - t[b->open_token].seen == t[b->end - 1].seen - t[b->value].seen;
}

/* The width of `{ Rules: `. */
static size_t
head_of(const struct cd_fmt_builder *f, const struct cd_fmt_bracket *b)
{
    size_t width = 2;
    for (size_t i = b->last; i < b->value; i++) {
        width += f->tokens->items[i].width + 1;
    }
    return width;
}

void
cd_fmt_bracket_close(struct cd_fmt_builder *f, struct cd_fmt_bracket *b, enum cd_lay_kind pad)
{
    bool hug = hugs(f, b);
    bool is_empty = b->n == 0 && f->tokens->items[f->at].n_comments == 0;
    enum cd_lay_kind place = is_empty             ? CD_LAY_NOTHING
                             : !hug               ? pad
                             : pad == CD_LAY_LINE ? CD_LAY_SPACE
                                                  : CD_LAY_NOTHING;
    if (hug) {
        cd_fmt_patch(f, b->in, CD_LAY_NOTHING);
    } else {
        cd_fmt_closing(f, CD_LAY_LINE);
        cd_fmt_add(f, CD_LAY_OUT);
    }
    cd_fmt_patch(f, b->pad, place);
    cd_fmt_add(f, place);
    cd_fmt_token(f);
    cd_fmt_add(f, CD_LAY_CLOSE);
    f->n_brackets++;
    f->bracketed = (struct cd_fmt_range){b->open_token, f->at};
    f->words_only = f->layout->ops[b->group].fill;
    f->head = hug ? f->head + head_of(f, b) : 1;
}

void
cd_fmt_brackets(struct cd_fmt_builder *f, cd_fmt_member *member, int closer)
{
    struct cd_fmt_bracket b = cd_fmt_bracket_open(f, CD_LAY_SOFT);
    cd_fmt_members(f, &b, member, closer);
    b.may_hug = true;
    cd_fmt_bracket_close(f, &b, CD_LAY_SOFT);
}
