/* The one function behind include/cordon/status.h: it fills the details of a failure. */
#include "cordon/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/str.h"

/* Names and values from outside do not get to steer the reader's terminal. */
static void
clean(char *message)
{
    for (char *c = message; *c != '\0'; c++) {
        if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7F) {
            *c = '?';
        }
    }
}

cordon_status
cordon_fail(struct cordon_error *err, cordon_status code, uint64_t offset, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(err->message, sizeof err->message, fmt, ap);
        va_end(ap);
        clean(err->message);
        err->code = code;
        err->offset = offset;
        if (n >= (int)sizeof err->message) {
            /* A message that was cut ends on a whole character. */
            size_t whole = cd_utf8_check(cd_str_of(err->message));
            if (whole + 4 > sizeof err->message - 1) {
                err->message[whole] = '\0';
            }
        }
    }
    return code;
}
