/* Literals: numbers, durations, dates, and strings with their escapes and interpolations. */
#include "compiler/ast/build.h"

#include "runtime/base/num.h"

#define LARGEST_WHOLE 9007199254740992.0 /* 2^53 */

static struct cd_expr *
literal(struct cd_tree *b, enum cd_expr_kind kind, struct cd_span at)
{
    struct cd_expr *e = CD_NEW(b->arena, struct cd_expr);
    e->kind = kind;
    e->span = at;
    e->depth = 1;
    e->text = CD_STR("");
    return e;
}

struct cd_expr *
cd_ast_number(struct cd_tree *b, struct cd_span at)
{
    struct cd_expr *e = literal(b, CD_EXPR_NUMBER, at);
    struct cd_str text = cd_tree_slice(b, at);
    if (text.n > 300 || !cd_parse_number(text, &e->number) || e->number > LARGEST_WHOLE) {
        struct cd_diag *d = cd_diag_add(b->diags, CD_DIAG_NUMBER, at, "this number is too large");
        cd_diag_help(b->diags, d, "whole numbers are exact up to 2^53, 9007199254740992");
    }
    return e;
}

static int64_t
unit_ms(char unit)
{
    switch (unit) {
    case 'd': return INT64_C(86400000);
    case 'h': return INT64_C(3600000);
    case 'm': return INT64_C(60000);
    default: return INT64_C(1000);
    }
}

struct cd_expr *
cd_ast_duration(struct cd_tree *b, struct cd_span at)
{
    struct cd_expr *e = literal(b, CD_EXPR_DURATION, at);
    struct cd_str text = cd_tree_slice(b, at);
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            continue;
        }
        uint64_t n;
        int64_t unit = unit_ms(text.p[i]);
        bool fits = cd_parse_u64(cd_str_sub(text, from, i), &n)
                    && n <= (uint64_t)(INT64_MAX / 4 / unit) && e->ms <= INT64_MAX / 2;
        if (!fits) {
            cd_diag_add(b->diags, CD_DIAG_NUMBER, at, "this duration is too long");
            break;
        }
        e->ms += (int64_t)n * unit;
        from = i + 1;
    }
    return e;
}

struct cd_expr *
cd_ast_date(struct cd_tree *b, struct cd_span at)
{
    struct cd_expr *e = literal(b, CD_EXPR_DATE, at);
    struct cd_str text = cd_tree_slice(b, at);
    if (!cd_parse_time(text, &e->ms)) {
        cd_diag_add(b->diags, CD_DIAG_DATE, at, "there is no date %.*s in the calendar",
                    CD_FMT(text));
    }
    return e;
}

/* ---- strings ---- */

/* A string on its way: the source between its quotes, the place in it, and the bytes of the literal
 * part that is being read. */
struct reader {
    struct cd_tree *b;
    struct cd_expr *e;
    size_t cap_parts;
    size_t at, end; /* offsets in the file */
    char *bytes;    /* decoded bytes, room for the whole source */
    size_t n_bytes;
    size_t part_start; /* of the literal part: offset in the file, and in BYTES */
    size_t part_bytes;
};

static struct cd_span
span_of(const struct reader *r, size_t start, size_t end)
{
    return (struct cd_span){r->b->file, (uint32_t)start, (uint32_t)end};
}

static void
add_part(struct reader *r, struct cd_str text, struct cd_expr *expr, struct cd_span span)
{
    struct cd_text_part *part = CD_PUSH(r->b->arena, r->e->parts, r->e->n_parts, r->cap_parts);
    *part = (struct cd_text_part){text, expr, span};
}

/* Ends the literal part before offset END. */
static void
flush(struct reader *r, size_t end)
{
    if (r->n_bytes > r->part_bytes) {
        add_part(r, (struct cd_str){r->bytes + r->part_bytes, r->n_bytes - r->part_bytes}, NULL,
                 span_of(r, r->part_start, end));
    }
    r->part_bytes = r->n_bytes;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `u{…}` at r->at; false if it is malformed or names no character. */
static bool
read_code_point(struct reader *r)
{
    const char *p = r->b->text.p;
    size_t i = r->at + 1;
    uint32_t cp = 0;
    size_t digits = 0;
    if (i >= r->end || p[i] != '{') {
        return false;
    }
    for (i++; i < r->end && hex_digit(p[i]) >= 0 && digits < 7; i++, digits++) {
        cp = cp * 16 + (uint32_t)hex_digit(p[i]);
    }
    bool is_scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF) && cp != 0;
    if (i >= r->end || p[i] != '}' || digits == 0 || digits > 6 || !is_scalar) {
        return false;
    }
    r->n_bytes += cd_utf8_encode(cp, r->bytes + r->n_bytes);
    r->at = i + 1;
    return true;
}

/* At a backslash. */
static void
read_escape(struct reader *r)
{
    size_t start = r->at++;
    char c = r->b->text.p[r->at];
    if (c == 'u' && read_code_point(r)) {
        return;
    }
    if (c == '"' || c == '\\' || c == 'n' || c == 't') {
        r->bytes[r->n_bytes++] = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
        r->at++;
        return;
    }
    struct cd_diag *d;
    if (c == 'u') {
        d = cd_diag_add(r->b->diags, CD_DIAG_STRING_ESCAPE, span_of(r, start, r->at + 1),
                        "\\u is followed by a code point in braces, such as \\u{20ac}");
    } else if (c > ' ' && c < 127) {
        d = cd_diag_add(r->b->diags, CD_DIAG_STRING_ESCAPE, span_of(r, start, r->at + 1),
                        "strings have no escape \\%c", c);
        cd_diag_help(
            r->b->diags, d,
            "write \\\\%c for a backslash and %c; the escapes are \\\" \\\\ \\n \\t \\u{…}", c, c);
    } else {
        d = cd_diag_add(r->b->diags, CD_DIAG_STRING_ESCAPE, span_of(r, start, r->at),
                        "this backslash escapes nothing");
        cd_diag_help(r->b->diags, d, "write \\\\ for a backslash");
    }
}

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The end of a word that begins at FROM, or FROM. */
static size_t
word_end(const struct reader *r, size_t from)
{
    const char *p = r->b->text.p;
    size_t i = from;
    while (i < r->end && is_word(p[i]) && !(i == from && p[i] >= '0' && p[i] <= '9')) {
        i++;
    }
    return i;
}

/* The end of a key `aws:PrincipalTag/team` that begins at FROM, or FROM. */
static size_t
key_end(const struct reader *r, size_t from)
{
    const char *p = r->b->text.p;
    size_t i = from;
    size_t colons = 0;
    while (i < r->end && (is_word(p[i]) || (p[i] != '\0' && strchr(":/.-@+=", p[i]) != NULL))) {
        colons += p[i] == ':';
        i++;
    }
    return colons > 0 && i > from && p[i - 1] != ':' ? i : from;
}

/* The expression of an interpolated path from START to END: a name and its properties. */
static struct cd_expr *
path_expr(struct reader *r, size_t start, size_t end)
{
    size_t at = word_end(r, start);
    struct cd_expr *e = cd_ast_word(r->b, CD_EXPR_NAME, span_of(r, start, at));
    while (at < end) {
        size_t next = word_end(r, at + 1);
        e = cd_ast_field(r->b, e, span_of(r, at, next));
        at = next;
    }
    return e;
}

/* At a brace: reads `{lower-case path}` or `{key}` and returns true; other braces stand for
 * themselves. */
static bool
read_interpolation(struct reader *r)
{
    const char *p = r->b->text.p;
    size_t start = r->at + 1;
    if (start >= r->end || p[start] < 'a' || p[start] > 'z') {
        return false;
    }
    size_t end = word_end(r, start);
    while (end < r->end && p[end] == '.' && word_end(r, end + 1) > end + 1) {
        end = word_end(r, end + 1);
    }
    struct cd_expr *e = NULL;
    if (end < r->end && p[end] == '}') {
        flush(r, r->at);
        e = path_expr(r, start, end);
    } else {
        end = key_end(r, start);
        if (end == start || end >= r->end || p[end] != '}') {
            return false;
        }
        flush(r, r->at);
        e = cd_ast_word(r->b, CD_EXPR_ANAME, span_of(r, start, end));
    }
    add_part(r, CD_STR(""), e, e->span);
    if (e->depth >= r->e->depth && e->kind != CD_EXPR_ERROR && e->depth < CD_EXPR_DEPTH_LIMIT) {
        r->e->depth = e->depth + 1;
    }
    r->at = end + 1;
    r->part_start = r->at;
    return true;
}

static void
report_dollar(struct reader *r)
{
    struct cd_diag *d = cd_diag_add(r->b->diags, CD_DIAG_STRING_DOLLAR,
                                    span_of(r, r->at, r->at + 2), "${ does not interpolate here");
    cd_diag_help(r->b->diags, d,
                 "write {name} for a value, as in {b.arn} or {aws:username}; for the two "
                 "characters write $\\u{7b}");
}

static void
read_string(struct reader *r)
{
    const char *p = r->b->text.p;
    while (r->at < r->end) {
        char c = p[r->at];
        if (c == '\\') {
            read_escape(r);
        } else if (c == '{' && read_interpolation(r)) {
            continue;
        } else {
            if (c == '$' && r->at + 1 < r->end && p[r->at + 1] == '{') {
                report_dollar(r);
            }
            r->bytes[r->n_bytes++] = c;
            r->at++;
        }
    }
    flush(r, r->end);
}

/* The bytes between the quotes, which are ", ' or “ ”. */
static void
unquote(struct cd_str text, size_t *head, size_t *tail)
{
    *head = text.n >= 3 && (unsigned char)text.p[0] == 0xE2 ? 3 : 1;
    *tail = *head == 3 && text.n >= 6                        ? 3
            : *head == 3                                     ? 0
            : text.n >= 2 && text.p[text.n - 1] == text.p[0] ? 1
                                                             : 0;
}

struct cd_expr *
cd_ast_string(struct cd_tree *b, struct cd_span at)
{
    struct cd_expr *e = literal(b, CD_EXPR_STRING, at);
    struct cd_str source = cd_tree_slice(b, at);
    size_t head;
    size_t tail;
    unquote(source, &head, &tail);
    struct reader r = {
        .b = b, .e = e, .at = at.start + head, .end = at.end - tail, .part_start = at.start + head};
    if (r.end > r.at) {
        r.bytes = cd_arena_alloc(b->arena, r.end - r.at);
        read_string(&r);
    }
    if (e->n_parts == 0) {
        add_part(&r, CD_STR(""), NULL, at);
    }
    return e;
}

bool
cd_expr_constant_text(const struct cd_expr *e, struct cd_str *text)
{
    if (e == NULL || e->kind != CD_EXPR_STRING || e->n_parts != 1 || e->parts[0].expr != NULL) {
        return false;
    }
    *text = e->parts[0].text;
    return true;
}

/* A part of TEXT from a further string. Adjacent literal parts become one, so that a text without
 * interpolation is one part, however it is written; JOINED gathers their bytes. */
struct joiner {
    struct cd_expr *text;
    size_t cap_parts;
    char *joined;
    size_t n, cap;
};

static void
join_literal(struct cd_arena *arena, struct joiner *j, const struct cd_text_part *part)
{
    struct cd_text_part *last = j->text->n_parts > 0 ? &j->text->parts[j->text->n_parts - 1] : NULL;
    if (last == NULL || last->expr != NULL) {
        last = CD_PUSH(arena, j->text->parts, j->text->n_parts, j->cap_parts);
        *last = (struct cd_text_part){.span = part->span};
        j->joined = NULL;
        j->n = j->cap = 0;
    }
    if (part->text.n > j->cap - j->n) {
        size_t cap = (j->n + part->text.n) * 2;
        j->joined = cd_arena_grow(arena, j->joined, j->n, cap, 1);
        j->cap = cap;
    }
    if (part->text.n > 0) {
        memcpy(j->joined + j->n, part->text.p, part->text.n);
        j->n += part->text.n;
    }
    last->text = j->n > 0 ? (struct cd_str){j->joined, j->n} : CD_STR("");
    last->span = cd_span_join(last->span, part->span);
}

struct cd_expr *
cd_ast_text(struct cd_tree *b, const struct cd_span_list *strings)
{
    if (strings->n == 1) {
        return cd_ast_string(b, strings->items[0]);
    }
    struct joiner j = {.text = literal(b, CD_EXPR_STRING, strings->items[0])};
    for (size_t i = 0; i < strings->n; i++) {
        const struct cd_expr *next = cd_ast_string(b, strings->items[i]);
        for (size_t k = 0; k < next->n_parts; k++) {
            if (next->parts[k].expr == NULL) {
                join_literal(b->arena, &j, &next->parts[k]);
            } else {
                struct cd_text_part *part =
                    CD_PUSH(b->arena, j.text->parts, j.text->n_parts, j.cap_parts);
                *part = next->parts[k];
            }
        }
        j.text->depth = next->depth > j.text->depth ? next->depth : j.text->depth;
        j.text->span = cd_span_join(j.text->span, strings->items[i]);
    }
    return j.text;
}
