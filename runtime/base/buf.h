/* A growing byte buffer on the heap. A failed growth sets `oom` and later appends do nothing: check
 * once at the end. */
#ifndef CD_BASE_BUF_H
#define CD_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cd_buf {
    char *p;
    size_t n, cap;
    bool oom;
};

#define CD_BUF_INIT       \
    {                     \
        NULL, 0, 0, false \
    }

void cd_buf_finish(struct cd_buf *b);
void cd_buf_clear(struct cd_buf *b); /* keeps the memory */
void cd_buf_put(struct cd_buf *b, const void *p, size_t n);
void cd_buf_putc(struct cd_buf *b, char c);
void cd_buf_puts(struct cd_buf *b, const char *z);
void cd_buf_str(struct cd_buf *b, struct cd_str s);
void cd_buf_printf(struct cd_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cd_buf_vprintf(struct cd_buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* A JSON string with its quotes; control characters, quotes and backslashes are escaped, bytes that
 * are no UTF-8 become U+FFFD. */
void cd_buf_json_str(struct cd_buf *b, struct cd_str s);
void cd_buf_uint(struct cd_buf *b, uint64_t n); /* in decimal */
/* The shortest decimal that reads back as D; integers up to 2^53 without exponent or point; no NaN
 * or infinity. */
void cd_buf_number(struct cd_buf *b, double d);
/* Zeroed space for N bytes at the end, returned for writing; NULL on oom. */
void *cd_buf_space(struct cd_buf *b, size_t n);
static inline struct cd_str
cd_buf_view(const struct cd_buf *b)
{
    struct cd_str s = {b->p, b->n};
    return s;
}

#ifdef __cplusplus
}
#endif
#endif
