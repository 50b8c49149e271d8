/* Diagnostics as text with the source line and a caret, and as JSON. Lines come from anywhere:
 * control characters are not printed, tabs and wide characters keep the caret below its place, of a
 * long line an excerpt is shown. */
#include "compiler/diag/diag.h"

#include <errno.h>

#define EXCERPT 120u /* bytes of a line that are shown on either side of the place */

static const char *
severity_name(enum cd_severity severity)
{
    switch (severity) {
    case CD_ERROR: return "error";
    case CD_WARNING: return "warning";
    case CD_NOTE: return "note";
    }
    return "error";
}

static const char *
severity_colour(enum cd_severity severity)
{
    switch (severity) {
    case CD_ERROR: return "\033[1;31m";
    case CD_WARNING: return "\033[1;33m";
    case CD_NOTE: return "\033[1;36m";
    }
    return "";
}

/* The code point at P (at most N bytes) and its size; a byte that begins none is itself, size 1. */
static uint32_t
decode(const char *p, size_t n, size_t *size)
{
    unsigned char c = (unsigned char)p[0];
    size_t want = c < 0x80              ? 1
                  : (c & 0xE0u) == 0xC0 ? 2
                  : (c & 0xF0u) == 0xE0 ? 3
                  : (c & 0xF8u) == 0xF0 ? 4
                                        : 1;
    *size = 1;
    if (want == 1 || want > n) {
        return c;
    }
    uint32_t cp = c & (0x7Fu >> want);
    for (size_t i = 1; i < want; i++) {
        unsigned char next = (unsigned char)p[i];
        if ((next & 0xC0u) != 0x80u) {
            return c;
        }
        cp = cp << 6 | (next & 0x3Fu);
    }
    *size = want;
    return cp;
}

/* Columns of a terminal that a code point takes: the ranges of East Asian wide characters, emoji
 * and combining marks that matter. */
static size_t
width(uint32_t cp)
{
    if ((cp >= 0x300 && cp <= 0x36F) || (cp >= 0x200B && cp <= 0x200F)
        || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF) {
        return 0;
    }
    bool is_wide = (cp >= 0x1100 && cp <= 0x115F) || (cp >= 0x2E80 && cp <= 0xA4CF)
                   || (cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0xF900 && cp <= 0xFAFF)
                   || (cp >= 0xFE30 && cp <= 0xFE6F) || (cp >= 0xFF00 && cp <= 0xFF60)
                   || (cp >= 0xFFE0 && cp <= 0xFFE6) || (cp >= 0x1F300 && cp <= 0x1FAFF)
                   || (cp >= 0x20000 && cp <= 0x3FFFD);
    return is_wide ? 2 : 1;
}

static bool
is_control(uint32_t cp, size_t size)
{
    bool is_bidi = (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
    return (cp < 0x20 && cp != '\t') || (cp >= 0x7F && cp < 0xA0) || (size == 1 && cp >= 0x80)
           || is_bidi;
}

/* Puts text without its control characters. */
static void
put_clean(struct cd_out *out, struct cd_str text)
{
    size_t size;
    for (size_t i = 0; i < text.n; i += size) {
        uint32_t cp = decode(text.p + i, text.n - i, &size);
        if (cp == '\n') {
            cd_out_puts(out, "\n");
        } else if (is_control(cp, size)) {
            cd_out_puts(out, "\xef\xbf\xbd");
        } else {
            cd_out_put(out, text.p + i, size);
        }
    }
}

/* Moves AT to the start of its code point, which in a line that is no UTF-8 may have none. */
static size_t
align(struct cd_str text, size_t at)
{
    size_t i = at;
    while (at - i < 3 && i > 0 && i < text.n && ((unsigned char)text.p[i] & 0xC0u) == 0x80u) {
        i--;
    }
    return i;
}

/* Blanks as wide as what was printed; tabs stay tabs, so that they are as wide as above. */
static void
put_gap(struct cd_out *out, struct cd_str text)
{
    size_t size;
    for (size_t i = 0; i < text.n; i += size) {
        uint32_t cp = decode(text.p + i, text.n - i, &size);
        size_t columns = is_control(cp, size) ? 1 : width(cp);
        cd_out_put(out, cp == '\t' ? "\t" : "  ", cp == '\t' ? 1 : columns);
    }
}

static size_t
columns_of(struct cd_str text)
{
    size_t columns = 0;
    size_t size;
    for (size_t i = 0; i < text.n; i += size) {
        uint32_t cp = decode(text.p + i, text.n - i, &size);
        columns += is_control(cp, size) ? 1 : width(cp);
    }
    return columns;
}

/* LINE is the source line; the place begins AT bytes into it and is LENGTH bytes long. */
static void
put_line(struct cd_out *out, struct cd_str line, size_t at, size_t length, const char *colour)
{
    at = at > line.n ? line.n : at;
    length = length > line.n - at ? line.n - at : length;
    size_t from = at > EXCERPT ? align(line, at - EXCERPT) : 0;
    size_t to = line.n - at > EXCERPT ? align(line, at + EXCERPT) : line.n;
    length = at + length > to ? to - at : length;

    cd_out_puts(out, from > 0 ? "  …" : "  ");
    put_clean(out, cd_str_sub(line, from, to));
    cd_out_puts(out, to < line.n ? "…\n" : "\n");

    cd_out_puts(out, from > 0 ? "   " : "  ");
    put_gap(out, cd_str_sub(line, from, at));
    cd_out_puts(out, colour);
    cd_out_puts(out, "^");
    for (size_t i = columns_of(cd_str_sub(line, at, at + length)); i > 1; i--) {
        cd_out_puts(out, "~");
    }
    cd_out_puts(out, colour[0] != '\0' ? "\033[0m\n" : "\n");
}

static void
put_diag(const struct cd_diag *d, struct cd_sources *s, bool colour, struct cd_out *out)
{
    const char *bold = colour ? "\033[1m" : "";
    const char *plain = colour ? "\033[0m" : "";
    const char *tint = colour ? severity_colour(d->severity) : "";
    uint32_t line = 0;
    uint32_t column = 0;
    struct cd_str text = CD_STR("");
    bool has_place = d->span.file < s->n;
    if (has_place) {
        cd_sources_place(s, d->span.file, d->span.start, &line, &column, &text);
        cd_out_puts(out, bold);
        put_clean(out, s->files[d->span.file].path);
        cd_out_printf(out, ":%u:%u: ", line, column);
    }
    cd_out_printf(out, "%s%s[CD%04d]%s: ", tint, severity_name(d->severity), (int)d->code, plain);
    put_clean(out, d->message);
    cd_out_puts(out, "\n");
    if (has_place) {
        const char *start = s->files[d->span.file].text.p;
        size_t at = d->span.start
                    - (text.p != NULL && text.n > 0 ? (size_t)(text.p - start) : d->span.start);
        put_line(out, text, at, d->span.end > d->span.start ? d->span.end - d->span.start : 0,
                 tint);
    }
    if (d->help.n > 0) {
        cd_out_puts(out, "  help: ");
        put_clean(out, d->help);
        cd_out_puts(out, "\n");
    }
}

static void
put_rest(const struct cd_diags *d, size_t shown_errors, struct cd_out *out)
{
    size_t errors = d->n_errors - shown_errors;
    size_t others = d->n_others - (d->n - shown_errors);
    if (errors > 0) {
        cd_out_printf(out, "and %zu more error%s\n", errors, errors == 1 ? "" : "s");
    }
    if (others > 0) {
        cd_out_printf(out, "and %zu more warning%s\n", others, others == 1 ? "" : "s");
    }
    if (d->is_cut) {
        cd_out_printf(out, "after %zu errors nothing more is read\n", d->limit);
    }
}

void
cd_diags_text(struct cd_diags *d, struct cd_sources *s, bool colour, struct cd_out *out)
{
    cd_diags_sort(d);
    size_t errors = 0;
    for (size_t i = 0; i < d->n; i++) {
        put_diag(d->items[i], s, colour, out);
        errors += d->items[i]->severity == CD_ERROR;
    }
    put_rest(d, errors, out);
}

void
cd_diags_json(struct cd_diags *d, struct cd_sources *s, struct cd_out *out)
{
    cd_diags_sort(d);
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "{\"diagnostics\":[");
    for (size_t i = 0; i < d->n; i++) {
        const struct cd_diag *diag = d->items[i];
        uint32_t line = 0;
        uint32_t column = 0;
        struct cd_str path = CD_STR("");
        if (diag->span.file < s->n) {
            cd_sources_place(s, diag->span.file, diag->span.start, &line, &column, NULL);
            path = s->files[diag->span.file].path;
        }
        cd_buf_printf(&b,
                      "%s\n{\"code\":\"CD%04d\",\"severity\":\"%s\",\"file\":", i > 0 ? "," : "",
                      (int)diag->code, severity_name(diag->severity));
        cd_buf_json_str(&b, path);
        cd_buf_printf(&b, ",\"line\":%u,\"column\":%u,\"message\":", line, column);
        cd_buf_json_str(&b, diag->message);
        cd_buf_puts(&b, ",\"help\":");
        cd_buf_json_str(&b, diag->help);
        cd_buf_puts(&b, "}");
    }
    cd_buf_puts(&b, d->n > 0 ? "\n]}\n" : "]}\n");
    if (b.oom) {
        out->failed = ENOMEM;
    }
    cd_out_buf(out, &b);
    cd_buf_finish(&b);
}
