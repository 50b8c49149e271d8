/* Tokens from the lexer, comments from the gaps between them. */
#include "compiler/fmt/tokens.h"

#include <assert.h>

struct scanner {
    struct cd_arena *arena;
    struct cd_str text;
    struct cd_fmt_tokens *out;
    uint32_t first_comment; /* of those that wait for a token */
    unsigned newlines;      /* since the last token or comment */
    bool in_line;           /* a token stands before on this line */
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct cd_str
trim(struct cd_str s)
{
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

static void
add_comment(struct scanner *s, struct cd_str text, bool is_doc)
{
    struct cd_fmt_tokens *out = s->out;
    if (s->in_line) {
        out->items[out->n - 1].trail = trim(text);
    } else {
        struct cd_fmt_comment *c =
            CD_PUSH(s->arena, out->comments, out->n_comments, out->cap_comments);
        *c = (struct cd_fmt_comment){trim(text), s->newlines > 1, is_doc};
    }
    s->newlines = 0;
    s->in_line = false;
}

/* Blanks and comments up to the next token. */
static void
read_gap(struct scanner *s, size_t at, size_t end)
{
    while (at < end) {
        if (s->text.p[at] == '#') {
            size_t eol = cd_str_find(s->text, '\n', at);
            eol = eol < end ? eol : end;
            add_comment(s, cd_str_sub(s->text, at, eol), false);
            at = eol;
            continue;
        }
        if (s->text.p[at] == '\n') {
            s->newlines++;
            s->in_line = false;
        }
        at++;
    }
}

/* `word :` as `word:`. */
static struct cd_str
label_text(struct cd_arena *arena, struct cd_str text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] != ':' && text.p[n] != '\n' && !is_blank(text.p[n])) {
        n++;
    }
    struct cd_str word = cd_str_sub(text, 0, n);
    return n + 1 == text.n ? text : cd_arena_printf(arena, "%.*s:", CD_FMT(word));
}

static void
add_token(struct scanner *s, struct cd_token t)
{
    struct cd_fmt_tokens *out = s->out;
    struct cd_str text = cd_str_sub(s->text, t.start, t.end);
    struct cd_fmt_token *f = CD_PUSH(s->arena, out->items, out->n, out->cap);
    *f = (struct cd_fmt_token){
        /* A reserved word that the parser has let pass is a name. */
        .kind = t.kind == CD_BAD_RESERVED ? CD_TOK_NAME : t.kind,
        .text = t.kind == CD_TOK_LABEL ? label_text(s->arena, text) : text,
        .first_comment = s->first_comment,
        .n_comments = (uint32_t)out->n_comments - s->first_comment,
        .trail = CD_STR(""),
        .blank_above = s->newlines > 1,
        .first = !s->in_line,
    };
    f->width = (uint32_t)cd_utf8_count(f->text);
    s->first_comment = (uint32_t)out->n_comments;
    s->newlines = 0;
    s->in_line = true;
}

static void
count_comments(struct cd_fmt_tokens *tokens)
{
    size_t seen = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        struct cd_fmt_token *t = &tokens->items[i];
        seen += t->n_comments;
        t->seen = seen;
        seen += t->trail.n > 0;
    }
}

void
cd_fmt_scan(struct cd_arena *arena, struct cd_str text, struct cd_fmt_tokens *out)
{
    struct scanner s = {.arena = arena, .text = text, .out = out};
    struct cd_lexer lexer;
    struct cd_token t;
    *out = (struct cd_fmt_tokens){.n = 0};
    cd_lexer_init(&lexer, text);
    size_t at = (size_t)(lexer.cursor - text.p);
    do {
        t = cd_lexer_next(&lexer);
        read_gap(&s, at, t.start);
        if (t.kind == CD_TOK_DOC) {
            add_comment(&s, cd_str_sub(text, t.start, t.end), true);
        } else {
            add_token(&s, t);
        }
        at = t.end;
    } while (t.kind != CD_TOK_END);
    count_comments(out);
}

/* ---- settling ---- */

void
cd_fmt_move_above(struct cd_fmt_token *from, struct cd_fmt_token *to)
{
    if (from->n_comments > 0) {
        bool begins = from < to || to->n_comments == 0;
        to->first_comment = begins ? from->first_comment : to->first_comment;
        to->n_comments += from->n_comments;
        from->n_comments = 0;
    }
}

static void
move_trail(struct cd_fmt_token *from, struct cd_fmt_token *to)
{
    if (to->trail.n == 0) {
        to->trail = from->trail;
        from->trail = CD_STR("");
    }
}

/* Does a line break stand before KIND, if there is one? */
static bool
leads_its_line(int kind)
{
    return kind == CD_TOK_AND || kind == CD_TOK_OR || kind == CD_TOK_THEN || kind == CD_TOK_ELSE
           || kind == CD_TOK_WHERE || kind == CD_TOK_WHEN || kind == CD_TOK_UNLESS
           || kind == CD_TOK_EXCEPT;
}

static void
settle(struct cd_fmt_token *before, struct cd_fmt_token *t, struct cd_fmt_token *behind)
{
    if (t->kind == CD_TOK_COMMA) {
        cd_fmt_move_above(t, behind);
        move_trail(before, t);
    } else if (leads_its_line(t->kind)) {
        if (!t->first && (t->kind == CD_TOK_AND || t->kind == CD_TOK_OR)) {
            move_trail(t, before);
        }
        if (t->trail.n == 0) {
            cd_fmt_move_above(behind, t);
        }
    }
}

void
cd_fmt_settle(struct cd_fmt_tokens *tokens)
{
    assert(tokens->n > 0);
    for (size_t i = 1; i + 1 < tokens->n; i++) {
        settle(&tokens->items[i - 1], &tokens->items[i], &tokens->items[i + 1]);
    }
    count_comments(tokens);
}

bool
cd_fmt_has_blank(const struct cd_fmt_tokens *tokens, const struct cd_fmt_token *t, uint32_t k)
{
    const struct cd_fmt_comment none = {.is_doc = false};
    uint32_t first = t->first_comment;
    const struct cd_fmt_comment *before = k > 0 ? &tokens->comments[first + k - 1] : &none;
    if (k == t->n_comments) {
        return t->blank_above && !before->is_doc;
    }
    const struct cd_fmt_comment *c = &tokens->comments[first + k];
    return c->blank_above && !(before->is_doc && c->is_doc);
}
