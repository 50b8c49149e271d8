/* The growing byte buffer, and what JSON output needs of it: strings and numbers. */
#include "runtime/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/num.h"

void
cd_buf_finish(struct cd_buf *b)
{
    free(b->p);
    *b = (struct cd_buf)CD_BUF_INIT;
}

void
cd_buf_clear(struct cd_buf *b)
{
    b->n = 0;
}

/* Makes room for N more bytes; false, with the buffer's oom set, if there is none. */
static bool
reserve(struct cd_buf *b, size_t n)
{
    size_t need;
    if (b->oom) {
        return false;
    }
    if (b->cap - b->n >= n) {
        return true;
    }
    size_t doubled;
    if (!cd_add_size(b->n, n, &need) || !cd_mul_size(b->cap, 2, &doubled)) {
        b->oom = true;
        return false;
    }
    size_t cap = doubled < 256 ? 256 : doubled;
    cap = cap < need ? need : cap;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->oom = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void
cd_buf_put(struct cd_buf *b, const void *p, size_t n)
{
    if (n > 0 && reserve(b, n)) {
        memcpy(b->p + b->n, p, n);
        b->n += n;
    }
}

void
cd_buf_putc(struct cd_buf *b, char c)
{
    if (reserve(b, 1)) {
        b->p[b->n++] = c;
    }
}

void
cd_buf_puts(struct cd_buf *b, const char *z)
{
    cd_buf_put(b, z, strlen(z));
}

void
cd_buf_str(struct cd_buf *b, struct cd_str s)
{
    cd_buf_put(b, s.p, s.n);
}

/* Most texts fit what there is room for, and are formatted once. */
void
cd_buf_vprintf(struct cd_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    size_t room = b->oom || b->p == NULL ? 0 : b->cap - b->n;
    int n = vsnprintf(room > 0 ? b->p + b->n : NULL, room, fmt, ap);
    if (n < 0) {
        b->oom = true;
    } else if ((size_t)n < room) {
        b->n += (size_t)n;
    } else if (reserve(b, (size_t)n + 1)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void
cd_buf_printf(struct cd_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    cd_buf_vprintf(b, fmt, ap);
    va_end(ap);
}

/* The escape of an ASCII byte that cannot stand in a JSON string as it is. */
static void
put_escape(struct cd_buf *b, unsigned char c)
{
    switch (c) {
    case '"': cd_buf_puts(b, "\\\""); break;
    case '\\': cd_buf_puts(b, "\\\\"); break;
    case '\b': cd_buf_puts(b, "\\b"); break;
    case '\f': cd_buf_puts(b, "\\f"); break;
    case '\n': cd_buf_puts(b, "\\n"); break;
    case '\r': cd_buf_puts(b, "\\r"); break;
    case '\t': cd_buf_puts(b, "\\t"); break;
    default: cd_buf_printf(b, "\\u%04x", c); break;
    }
}

/* Valid UTF-8 S with what JSON reserves escaped; what needs no escape is copied in runs. */
static void
put_escaped(struct cd_buf *b, struct cd_str s)
{
    size_t start = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F) {
            cd_buf_put(b, s.p + start, i - start);
            put_escape(b, c);
            start = i + 1;
        }
    }
    cd_buf_put(b, s.p + start, s.n - start);
}

/* Are the eight bytes at P ASCII that needs no escape? */
static inline bool
are_plain(const char *p)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, p, sizeof word);
    uint64_t quote = word ^ each * '"';
    uint64_t backslash = word ^ each * '\\';
    uint64_t del = word ^ each * 0x7F;
    /* A byte below N has its high bit set in (byte - N), one beyond ASCII from the beginning. */
    uint64_t found =
        word | (word - each * ' ') | (quote - each) | (backslash - each) | (del - each);
    return (found & each * 0x80) == 0;
}

/* At least how many bytes from the beginning of S on are ASCII that needs no escape. */
static size_t
plain_prefix(struct cd_str s)
{
    const size_t step = sizeof(uint64_t);
    size_t i = 0;
    while (s.n - i >= step && are_plain(s.p + i)) {
        i += step;
    }
    bool is_all = s.n >= step && s.n - i < step && are_plain(s.p + s.n - step);
    return is_all ? s.n : i;
}

void
cd_buf_json_str(struct cd_buf *b, struct cd_str s)
{
    size_t plain = plain_prefix(s); /* nearly always all of it */
    cd_buf_putc(b, '"');
    cd_buf_put(b, s.p, plain);
    s = cd_str_sub(s, plain, s.n);
    while (s.n > 0) {
        size_t valid = cd_utf8_check(s);
        put_escaped(b, cd_str_sub(s, 0, valid));
        if (valid < s.n) {
            cd_buf_puts(b, "\xEF\xBF\xBD");
            valid++;
        }
        s = cd_str_sub(s, valid, s.n);
    }
    cd_buf_putc(b, '"');
}

void
cd_buf_uint(struct cd_buf *b, uint64_t n)
{
    char text[CD_NUMBER_SIZE];
    char *p = text + sizeof text;
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    cd_buf_put(b, p, (size_t)(text + sizeof text - p));
}

void
cd_buf_number(struct cd_buf *b, double d)
{
    char text[CD_NUMBER_SIZE];
    cd_buf_str(b, cd_format_number(d, text));
}

void *
cd_buf_space(struct cd_buf *b, size_t n)
{
    if (!reserve(b, n > 0 ? n : 1)) {
        return NULL;
    }
    char *p = b->p + b->n;
    memset(p, 0, n);
    b->n += n;
    return p;
}
