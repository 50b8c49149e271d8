/* Reads JSON text member by member without building a tree: the outer structure of lines is read
 * here, and what is inside is skipped and left to others. Nesting takes no stack. */
#ifndef CD_IAM_CURSOR_H
#define CD_IAM_CURSOR_H

#include <stdbool.h>

#include "runtime/base/str.h"

struct cd_cursor {
    const char *p, *end;
};

/* The next byte behind blanks; '\0' at the end. */
static inline char
cd_cursor_peek(struct cd_cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n')) {
        c->p++;
    }
    return c->p < c->end ? *c->p : '\0';
}

/* Takes the byte CH behind blanks; false if another one stands there. */
static inline bool
cd_cursor_take(struct cd_cursor *c, char ch)
{
    bool stands = cd_cursor_peek(c) == ch;
    c->p += stands;
    return stands;
}

/* Takes a string: *out is what stands between its quotes, *is_plain says that it has no escapes.
 * False if none stands there, it does not end, holds control characters or is no UTF-8. */
bool cd_cursor_string(struct cd_cursor *c, struct cd_str *out, bool *is_plain);
/* Takes a value of any kind: *out is its text. Objects, lists and strings are told apart by
 * brackets and quotes alone, and may hold anything. False if none stands there or it does not end.
 */
bool cd_cursor_skip(struct cd_cursor *c, struct cd_str *out);
/* Is S a number of JSON? */
bool cd_json_number(struct cd_str s);

#endif
