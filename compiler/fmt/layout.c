/* Printing operations. What is inside a group is scanned ahead for at most a line's width, so time
 * is linear in the text. */
#include "compiler/fmt/layout.h"

#include <assert.h>

/* An open group. */
struct level {
    bool broken, fill;
    size_t line;   /* on which it began */
    size_t margin; /* how much further in the text behind a HANG is */
};

struct levels {
    struct level *items;
    size_t n, cap;
};

void
cd_layout_init(struct cd_layout *l, struct cd_arena *arena, const struct cd_fmt_tokens *tokens,
               struct cd_buf *out)
{
    *l = (struct cd_layout){.arena = arena, .tokens = tokens, .out = out};
}

size_t
cd_layout_add(struct cd_layout *l, enum cd_lay_kind kind, size_t arg)
{
    struct cd_lay_op *op = CD_PUSH(l->arena, l->ops, l->n, l->cap);
    *op = (struct cd_lay_op){.kind = (uint8_t)kind, .arg = (uint32_t)arg};
    return l->n - 1;
}

static enum cd_lay_kind
kind_of(const struct cd_lay_op *op)
{
    return (enum cd_lay_kind)op->kind;
}

/* ---- does it fit? ---- */

/* A look ahead from one operation: what of it still has to stand on the current line. */
struct measure {
    const struct cd_layout *l;
    const struct levels *levels;
    size_t room, indent;
    size_t level;     /* levels that are still open */
    size_t inside;    /* open groups of what is asked about: these are not broken */
    size_t behind;    /* open groups behind it */
    bool is_member;   /* asked about is a member of a list, not a group */
    bool is_head;     /* asked about are the words before a body */
    bool in_body;     /* which has begun */
    size_t heads;     /* open groups within those words */
    bool space, text; /* a blank is due; a text was seen */
    bool ended;       /* a comment ended the line */
};

enum answer { MORE, FITS, TOO_LONG };

static enum answer
measure_text(struct measure *m, uint32_t token)
{
    size_t width = m->l->tokens->items[token].width + m->space;
    if (m->ended) {
        return m->inside > 0 ? TOO_LONG : FITS;
    }
    if (width > m->room) {
        return TOO_LONG;
    }
    m->room -= width;
    m->space = false;
    m->text = true;
    return MORE;
}

static enum answer
measure_lead(struct measure *m)
{
    if (m->inside == 0) {
        return FITS;
    }
    if (m->text) {
        return TOO_LONG;
    }
    m->room = m->indent < CD_FMT_WIDTH ? CD_FMT_WIDTH - m->indent : 0;
    m->space = false;
    return MORE;
}

/* A place where the line may break. */
static enum answer
measure_break(struct measure *m, bool is_soft)
{
    bool breaks = m->is_member || m->level == 0 || m->levels->items[m->level - 1].broken;
    if (m->in_body || (m->inside == 0 && breaks)) {
        return FITS;
    }
    m->space = m->space || !is_soft;
    return MORE;
}

static void
measure_close(struct measure *m)
{
    m->heads -= m->heads > 0;
    if (m->inside > 0) {
        m->inside--;
    } else if (m->behind > 0) {
        m->behind--;
    } else {
        m->level -= m->level > 0;
        m->is_member = false;
    }
}

static enum answer
measure_open(struct measure *m, const struct cd_lay_op *op)
{
    if (m->inside == 0 && !m->is_member) {
        m->behind++;
        return MORE;
    }
    m->heads += m->heads > 0 || op->head;
    m->in_body = m->is_head && m->heads == 0 && op->body;
    if (op->forced && !m->in_body) {
        return m->inside > 0 ? TOO_LONG : FITS;
    }
    m->inside++;
    return MORE;
}

static enum answer
measure_op(struct measure *m, const struct cd_lay_op *op)
{
    switch (kind_of(op)) {
    case CD_LAY_NOTHING: return MORE;
    case CD_LAY_TEXT: return measure_text(m, op->arg);
    case CD_LAY_LEAD: return measure_lead(m);
    case CD_LAY_TRAIL: m->ended = true; return MORE;
    case CD_LAY_SPACE: m->space = true; return MORE;
    case CD_LAY_LINE:
    case CD_LAY_SEP:
    case CD_LAY_JOIN:
    case CD_LAY_HANG: return measure_break(m, false);
    case CD_LAY_SOFT: return measure_break(m, true);
    case CD_LAY_HARD: return m->inside > 0 ? TOO_LONG : FITS;
    case CD_LAY_IN: m->indent += CD_FMT_INDENT; return MORE;
    case CD_LAY_OUT: m->indent -= CD_FMT_INDENT; return MORE;
    case CD_LAY_OPEN: return measure_open(m, op);
    case CD_LAY_CLOSE: measure_close(m); return MORE;
    }
    return FITS;
}

static struct measure
measure_from(const struct cd_layout *l, const struct levels *levels, size_t column)
{
    return (struct measure){
        .l = l,
        .levels = levels,
        .room = column < CD_FMT_WIDTH ? CD_FMT_WIDTH - column : 0,
        .indent = l->indent,
        .level = levels->n,
        .inside = 1,
    };
}

/* Does what begins at operation I, up to the first place behind it where the line may break, fit?
 */
static bool
fits(struct measure m, size_t i)
{
    for (; i < m.l->n; i++) {
        enum answer answer = measure_op(&m, &m.l->ops[i]);
        if (answer != MORE) {
            return answer == FITS;
        }
    }
    return true;
}

static size_t
place(const struct cd_layout *l)
{
    return l->newlines > 0 ? l->margin : l->column + l->space;
}

static bool
group_fits(const struct cd_layout *l, const struct levels *levels, size_t i)
{
    return fits(measure_from(l, levels, place(l)), i);
}

static bool
member_fits(const struct cd_layout *l, const struct levels *levels, size_t i)
{
    struct measure m = measure_from(l, levels, place(l));
    m.inside = 0;
    m.is_member = true;
    m.space = l->newlines == 0;
    return fits(m, i);
}

/* Does the text behind a HANG, or its head, go on the same line? Not if all of it fits on the next
 * one, nor if its head does not fit. */
static bool
hangs_on(const struct cd_layout *l, struct levels *levels, size_t i)
{
    struct measure all = measure_from(l, levels, l->indent + CD_FMT_INDENT);
    struct measure head = measure_from(l, levels, place(l) + 1);
    head.is_head = true;
    levels->n--; /* its group is what is asked about */
    all.level = head.level = levels->n;
    bool on = !fits(all, i) && fits(head, i);
    levels->n++;
    return on;
}

/* ---- printing ---- */

static void
newline(struct cd_layout *l, bool blank)
{
    size_t n = blank ? 2 : 1;
    l->newlines = l->newlines > n ? l->newlines : n;
    l->margin = l->indent;
    l->space = false;
}

/* Goes to where the next text stands. */
static void
settle_place(struct cd_layout *l)
{
    if (l->out->n == 0) {
        l->newlines = 0;
    }
    if (l->newlines > 0) {
        l->lines += l->newlines;
        while (l->newlines > 0) {
            cd_buf_putc(l->out, '\n');
            l->newlines--;
        }
        for (size_t i = 0; i < l->margin; i++) {
            cd_buf_putc(l->out, ' ');
        }
        l->column = l->margin;
    } else if (l->space) {
        cd_buf_putc(l->out, ' ');
        l->column++;
    }
    l->space = false;
}

static void
put(struct cd_layout *l, struct cd_str text, size_t width)
{
    settle_place(l);
    cd_buf_str(l->out, text);
    l->column += width;
}

static void
put_lead(struct cd_layout *l, const struct cd_lay_op *op)
{
    const struct cd_fmt_token *t = &l->tokens->items[op->arg];
    if (l->newlines == 0) {
        newline(l, false);
    }
    for (uint32_t k = 0; k < t->n_comments; k++) {
        if (k > 0) {
            newline(l, cd_fmt_has_blank(l->tokens, t, k));
        }
        put(l, l->tokens->comments[t->first_comment + k].text, 0);
    }
    newline(l, op->blank && cd_fmt_has_blank(l->tokens, t, t->n_comments));
}

/* Where a line has ended already, the comment gets one of its own. */
static void
put_trail(struct cd_layout *l, const struct cd_fmt_token *t)
{
    if (l->newlines == 0) {
        l->space = false;
        cd_buf_puts(l->out, "  ");
    }
    put(l, t->trail, 0);
    newline(l, false);
}

static void
put_break(struct cd_layout *l, struct levels *levels, size_t i)
{
    const struct cd_lay_op *op = &l->ops[i];
    struct level *level = levels->n > 0 ? &levels->items[levels->n - 1] : NULL;
    enum cd_lay_kind kind = kind_of(op);
    bool stays = level != NULL && !level->broken;
    if (level != NULL && level->broken && kind == CD_LAY_SEP && level->fill && !op->blank) {
        stays = member_fits(l, levels, i + 1);
    } else if (level != NULL && level->broken && kind == CD_LAY_JOIN) {
        stays = l->lines + l->newlines > level->line;
    } else if (level != NULL && level->broken && kind == CD_LAY_HANG) {
        stays = hangs_on(l, levels, i + 1);
        level->margin = stays ? 0 : CD_FMT_INDENT;
        l->indent += level->margin;
    }
    if (!stays) {
        newline(l, op->blank);
    } else if (kind != CD_LAY_SOFT && l->newlines == 0) {
        l->space = true;
    }
}

static void
open_group(struct cd_layout *l, struct levels *levels, size_t i)
{
    const struct cd_lay_op *op = &l->ops[i];
    bool may_break = levels->n == 0 || levels->items[levels->n - 1].broken;
    bool broken = may_break && (op->forced || !group_fits(l, levels, i + 1));
    struct level *level = CD_PUSH(l->arena, levels->items, levels->n, levels->cap);
    *level = (struct level){broken, op->fill, l->lines + l->newlines, 0};
}

static void
put_op(struct cd_layout *l, struct levels *levels, size_t i)
{
    const struct cd_lay_op *op = &l->ops[i];
    const struct cd_fmt_token *t = &l->tokens->items[op->arg];
    switch (kind_of(op)) {
    case CD_LAY_NOTHING: break;
    case CD_LAY_TEXT: put(l, t->text, t->width); break;
    case CD_LAY_LEAD: put_lead(l, op); break;
    case CD_LAY_TRAIL: put_trail(l, t); break;
    case CD_LAY_SPACE: l->space = l->newlines == 0; break;
    case CD_LAY_LINE:
    case CD_LAY_SOFT:
    case CD_LAY_SEP:
    case CD_LAY_JOIN:
    case CD_LAY_HANG: put_break(l, levels, i); break;
    case CD_LAY_HARD: newline(l, op->blank); break;
    case CD_LAY_IN: l->indent += CD_FMT_INDENT; break;
    case CD_LAY_OUT:
        assert(l->indent >= CD_FMT_INDENT);
        l->indent -= CD_FMT_INDENT;
        break;
    case CD_LAY_OPEN: open_group(l, levels, i); break;
    case CD_LAY_CLOSE:
        assert(levels->n > 0);
        l->indent -= levels->items[--levels->n].margin;
        break;
    }
}

void
cd_layout_print(struct cd_layout *l)
{
    struct levels levels = {.n = 0};
    for (size_t i = 0; i < l->n; i++) {
        put_op(l, &levels, i);
    }
    assert(levels.n == 0);
    assert(l->indent == 0);
    l->ops = NULL;
    l->n = l->cap = 0;
}

void
cd_layout_finish(struct cd_layout *l)
{
    if (l->out->n > 0) {
        cd_buf_putc(l->out, '\n');
    }
}
