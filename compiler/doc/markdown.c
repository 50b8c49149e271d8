/* Text of others in GitHub's Markdown: escaped, quoted as code, in tables and headings, and the
 * anchors that GitHub gives to headings. */
#include <setjmp.h>

#include "compiler/doc/catalogue.h"

/* ---- escaping ---- */

static bool
is_special(char c)
{
    static const struct cd_str special = CD_STR_INIT("\\`*_[]<>&|~#$");
    return cd_str_find(special, c, 0) < special.n;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where the line at I begins with what Markdown would make a list, a rule or a heading's underline
 * of: the place of the character to escape; else I - 1. */
static size_t
block_mark(struct cd_str text, size_t i)
{
    size_t at = i;
    if (at < text.n && (text.p[at] == '-' || text.p[at] == '+' || text.p[at] == '=')) {
        return at;
    }
    while (at < text.n && is_digit(text.p[at])) {
        at++;
    }
    bool is_list = at > i && at < text.n && (text.p[at] == '.' || text.p[at] == ')');
    return is_list ? at : SIZE_MAX;
}

/* The end of the code that begins with the backquotes at I; I if it never ends in its paragraph. */
static size_t
code_end(struct cd_str text, size_t i)
{
    size_t open = i;
    while (open < text.n && text.p[open] == '`') {
        open++;
    }
    for (size_t at = open; at < text.n;) {
        size_t run = 0;
        if (text.p[at] == '\n' && at + 1 < text.n && text.p[at + 1] == '\n') {
            return i;
        }
        while (at + run < text.n && text.p[at + run] == '`') {
            run++;
        }
        if (run == open - i) {
            return at + run;
        }
        at += run + (run == 0);
    }
    return i;
}

/* How text is written: as lines of its own, as one line, as one line in a cell of a table. */
enum place { PLACE_TEXT, PLACE_LINE, PLACE_CELL };

static size_t
skip_blanks(struct cd_str text, size_t i)
{
    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t')) {
        i++;
    }
    return i;
}

/* What is code already stays as it is, but for what would end the line or the cell. */
static void
put_code_bytes(struct cd_doc *d, struct cd_str code, enum place place)
{
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == '|' && place == PLACE_CELL) {
            cd_buf_putc(d->out, '\\');
        }
        cd_buf_putc(d->out, (c == '\n' || c == '\r') && place != PLACE_TEXT ? ' ' : c);
    }
}

static void
put_escaped(struct cd_doc *d, struct cd_str text, enum place place)
{
    size_t i = skip_blanks(text, 0); /* indented lines would be code */
    size_t mark = block_mark(text, i);
    while (i < text.n) {
        char c = text.p[i];
        size_t end = c == '`' ? code_end(text, i) : i;
        bool is_break = c == '\n' && place == PLACE_TEXT;
        if (end > i) {
            put_code_bytes(d, cd_str_sub(text, i, end), place);
            i = end;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            cd_buf_putc(d->out, is_break ? '\n' : ' ');
            i = is_break ? skip_blanks(text, i + 1) : i + 1;
            mark = is_break ? block_mark(text, i) : mark;
        } else {
            if (is_special(c) || i == mark) {
                cd_buf_putc(d->out, '\\');
            }
            cd_buf_putc(d->out, c);
            i++;
        }
    }
}

void
cd_md_text(struct cd_doc *d, struct cd_str text)
{
    put_escaped(d, text, PLACE_TEXT);
}

void
cd_md_line(struct cd_doc *d, struct cd_str text)
{
    put_escaped(d, text, PLACE_LINE);
}

void
cd_md_cell(struct cd_doc *d, struct cd_str text)
{
    put_escaped(d, text, PLACE_CELL);
}

void
cd_md_html(struct cd_doc *d, struct cd_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        switch (c) {
        case '&': cd_buf_puts(d->out, "&amp;"); break;
        case '<': cd_buf_puts(d->out, "&lt;"); break;
        case '>': cd_buf_puts(d->out, "&gt;"); break;
        case '\n':
        case '\r': cd_buf_putc(d->out, ' '); break; /* an empty line would end the block */
        default: cd_buf_putc(d->out, c); break;
        }
    }
}

/* ---- code ---- */

static size_t
longest_quotes(struct cd_str text)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void
put_quotes(struct cd_doc *d, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cd_buf_putc(d->out, '`');
    }
}

void
cd_md_code(struct cd_doc *d, struct cd_str text, bool in_table)
{
    size_t n = longest_quotes(text) + 1;
    bool padded = text.n > 0 && (text.p[0] == '`' || text.p[text.n - 1] == '`');
    put_quotes(d, n);
    cd_buf_puts(d->out, padded ? " " : "");
    put_code_bytes(d, text, in_table ? PLACE_CELL : PLACE_LINE);
    cd_buf_puts(d->out, padded ? " " : "");
    put_quotes(d, n);
}

/* How far the line that START stands in is indented. */
static size_t
indent_of(struct cd_str text, size_t start)
{
    size_t line = start;
    while (line > 0 && text.p[line - 1] != '\n') {
        line--;
    }
    return skip_blanks(text, line) - line;
}

void
cd_md_source(struct cd_doc *d, struct cd_span span)
{
    struct cd_str file = d->sema->sources->files[span.file].text;
    struct cd_str text = cd_str_sub(file, span.start, span.end);
    size_t indent = indent_of(file, span.start);
    size_t n = longest_quotes(text) < 3 ? 3 : longest_quotes(text) + 1;
    put_quotes(d, n);
    cd_buf_puts(d->out, "cordon\n");
    for (size_t i = 0; i < text.n;) {
        size_t end = cd_str_find(text, '\n', i);
        size_t stop = end;
        while (stop > i && (text.p[stop - 1] == '\r' || text.p[stop - 1] == ' ')) {
            stop--;
        }
        cd_buf_str(d->out, cd_str_sub(text, i, stop));
        cd_buf_putc(d->out, '\n');
        i = end + 1;
        for (size_t k = 0; k < indent && i < text.n && (text.p[i] == ' ' || text.p[i] == '\t');
             k++) {
            i++;
        }
    }
    put_quotes(d, n);
    cd_buf_puts(d->out, "\n");
}

/* ---- headings and links ---- */

void
cd_md_heading(struct cd_doc *d, unsigned level, const struct cd_doc_heading *h)
{
    cd_buf_puts(d->out, "\n");
    for (unsigned i = 0; i < level; i++) {
        cd_buf_putc(d->out, '#');
    }
    cd_buf_putc(d->out, ' ');
    cd_md_cell(d, h->text);
    cd_buf_puts(d->out, "\n\n");
}

void
cd_md_link(struct cd_doc *d, struct cd_str text, struct cd_str anchor)
{
    cd_buf_putc(d->out, '[');
    cd_md_cell(d, text);
    cd_buf_printf(d->out, "](#%.*s)", CD_FMT(anchor));
}

/* Letters in lower case, digits, `_` and `-` stay, blanks become `-`, the rest goes. */
static struct cd_str
slug(struct cd_doc *d, struct cd_str text)
{
    char *p = cd_arena_alloc(d->arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'Z') {
            p[n++] = (char)(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-') {
            p[n++] = c;
        } else if (c == ' ') {
            p[n++] = '-';
        }
    }
    return (struct cd_str){p, n};
}

static void
remember(struct cd_doc *d, struct cd_str anchor, uint32_t n)
{
    if (!cd_map_put(&d->anchors, anchor, n)) {
        longjmp(*d->arena->on_oom, 1);
    }
}

struct cd_doc_heading
cd_md_heading_of(struct cd_doc *d, struct cd_str text)
{
    struct cd_str base = slug(d, text);
    struct cd_str anchor = base;
    uint32_t n = 0, unused;
    if (cd_map_get(&d->anchors, base, &n)) {
        do {
            anchor = cd_arena_printf(d->arena, "%.*s-%u", CD_FMT(base), ++n);
        } while (cd_map_get(&d->anchors, anchor, &unused));
        remember(d, base, n);
    }
    remember(d, anchor, 0);
    return (struct cd_doc_heading){text, anchor};
}
