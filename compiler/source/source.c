/* Source files in memory, and the way from byte offsets to lines and columns. Reading goes through
 * the base library; checking the encoding is the parser's. */
#include "compiler/source/source.h"

#include "runtime/base/file.h"

#define LINES_APART                                                                               \
    256u /* every so many lines the index remembers a start: a file of newlines needs no index of \
            its size */

void
cd_sources_init(struct cd_sources *s, struct cd_arena *arena)
{
    *s = (struct cd_sources){.arena = arena};
}

uint32_t
cd_sources_add(struct cd_sources *s, struct cd_str path, struct cd_str text, bool builtin)
{
    if (s->n >= UINT32_MAX - 1 || text.n > CD_SOURCE_LIMIT) {
        return UINT32_MAX;
    }
    struct cd_source *f = CD_PUSH(s->arena, s->files, s->n, s->cap);
    if (f == NULL) {
        return UINT32_MAX;
    }
    *f = (struct cd_source){.path = path, .text = text, .builtin = builtin};
    return (uint32_t)(s->n - 1);
}

cordon_status
cd_sources_read(struct cd_sources *s, const char *path, uint32_t *index, struct cordon_error *err)
{
    struct cd_str text;
    CORDON_TRY(cd_file_read(path, CD_SOURCE_LIMIT, s->arena, &text, err));
    struct cd_str copy = cd_arena_str(s->arena, cd_str_of(path));
    uint32_t added = copy.p == NULL ? UINT32_MAX : cd_sources_add(s, copy, text, false);
    if (added == UINT32_MAX) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory while reading %s",
                           path);
    }
    *index = added;
    return CORDON_OK;
}

/* Makes the index of line starts; without memory the index stays empty and searches begin at the
 * start of the file. */
static void
index_lines(struct cd_arena *arena, struct cd_source *f)
{
    size_t cap = 0;
    size_t n = 0;
    uint32_t line = 0;
    size_t at = 0;
    while (at <= f->text.n) {
        if (line % LINES_APART == 0) {
            uint32_t *entry = CD_PUSH(arena, f->lines, n, cap);
            if (entry == NULL) {
                break;
            }
            *entry = (uint32_t)at;
        }
        at = cd_str_find(f->text, '\n', at) + 1;
        line++;
    }
    f->n_lines = (uint32_t)n;
}

/* The start of the line that OFFSET lies in, and its number from 0. */
static uint32_t
find_line(const struct cd_source *f, uint32_t offset, uint32_t *line)
{
    uint32_t low = 0;
    uint32_t high = f->n_lines;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->lines[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    uint32_t start = f->n_lines > 0 ? f->lines[low] : 0;
    *line = low * LINES_APART;
    if (start == 0 && offset >= 3 && cd_str_starts(f->text, CD_STR("\xef\xbb\xbf"))) {
        start = 3; /* a byte order mark takes no column */
    }
    for (;;) {
        size_t end = cd_str_find(f->text, '\n', start);
        if (end >= offset) {
            return start;
        }
        start = (uint32_t)end + 1;
        (*line)++;
    }
}

/* Code points between two offsets: bytes that do not continue one. */
static uint32_t
count_points(struct cd_str text, uint32_t from, uint32_t to)
{
    uint32_t n = 0;
    for (uint32_t i = from; i < to; i++) {
        n += ((unsigned char)text.p[i] & 0xC0u) != 0x80u;
    }
    return n;
}

void
cd_sources_place(struct cd_sources *s, uint32_t file, uint32_t offset, uint32_t *line,
                 uint32_t *column, struct cd_str *line_text)
{
    *line = 0;
    *column = 0;
    if (line_text != NULL) {
        *line_text = CD_STR("");
    }
    if (file >= s->n) {
        return;
    }
    struct cd_source *f = &s->files[file];
    if (f->lines == NULL) {
        index_lines(s->arena, f);
    }
    if (offset > f->text.n) {
        offset = (uint32_t)f->text.n;
    }
    uint32_t start = find_line(f, offset, line);
    (*line)++;
    if (f->seen_column == 0 || f->seen_start != start || f->seen_offset > offset) {
        f->seen_start = start;
        f->seen_offset = start;
        f->seen_column = 1;
    }
    f->seen_column += count_points(f->text, f->seen_offset, offset);
    f->seen_offset = offset;
    *column = f->seen_column;
    if (line_text != NULL) {
        size_t end = cd_str_find(f->text, '\n', offset);
        *line_text = cd_str_sub(f->text, start, end);
        if (line_text->n > 0 && line_text->p[line_text->n - 1] == '\r') {
            line_text->n--;
        }
    }
}

struct cd_span
cd_span_join(struct cd_span a, struct cd_span b)
{
    if (a.file == UINT32_MAX) {
        return b;
    }
    if (b.file != a.file) {
        return a;
    }
    a.start = b.start < a.start ? b.start : a.start;
    a.end = b.end > a.end ? b.end : a.end;
    return a;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of what begins with the quote at I of S: a string, or an action in backquotes. */
static size_t
quoted_end(struct cd_str s, size_t i)
{
    char quote = s.p[i++];
    while (i < s.n && s.p[i] != quote) {
        i += s.p[i] == '\\' && quote == '"' && i + 1 < s.n ? 2 : 1;
    }
    return i < s.n ? i + 1 : s.n;
}

struct cd_str
cd_sources_text(const struct cd_sources *sources, struct cd_span span, struct cd_arena *arena)
{
    struct cd_str s = cd_str_sub(sources->files[span.file].text, span.start, span.end);
    char *out = cd_arena_alloc(arena, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        size_t end = i + 1;
        if (s.p[i] == '"' || s.p[i] == '`') {
            end = quoted_end(s, i);
        } else if (s.p[i] == '#') {
            i = cd_str_find(s, '\n', i);
            continue;
        } else if (is_blank(s.p[i])) {
            i = end;
            if (n > 0 && out[n - 1] != ' ') {
                out[n++] = ' ';
            }
            continue;
        }
        while (i < end) {
            out[n++] = s.p[i++];
        }
    }
    n -= n > 0 && out[n - 1] == ' ';
    return (struct cd_str){out, n};
}
