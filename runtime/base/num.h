/* Checked arithmetic on sizes, and numbers and times in text. */
#ifndef CD_BASE_NUM_H
#define CD_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"

/* False on overflow; *out is then untouched. */
bool cd_add_size(size_t a, size_t b, size_t *out);
bool cd_mul_size(size_t a, size_t b, size_t *out);

/* The whole of S as `-?digits[.digits]`; false if it is anything else. Locale-free. What is beyond
 * 2^53 stays beyond: the one whole number that would be rounded to it is rounded up instead. */
bool cd_parse_number(struct cd_str s, double *out);
#define CD_NUMBER_SIZE 32
/* The shortest decimal that reads back as D, in OUT: plain digits from 1e-6 up to below 1e21, else
 * with an exponent
 * (`1e+21`, `2.5e-7`). NaN and infinities, which no source yields, give `null`. Locale-free. */
struct cd_str cd_format_number(double d, char out[CD_NUMBER_SIZE]);
/* Sixteen digits of lower-case hexadecimal, in OUT, and a NUL. */
struct cd_str cd_format_hex(uint64_t n, char out[17]);
/* Decimal digits only; false on anything else or overflow. */
bool cd_parse_u64(struct cd_str s, uint64_t *out);

/* Milliseconds since 1970-01-01T00:00:00Z. Reads `2026-11-23`, `2026-11-23T06:00:00Z`, fractions of
 * a second (beyond milliseconds cut), offsets `+01:00`/`+0100`/`+01`, a blank instead of T, no zone
 * as UTC. False on anything else. */
bool cd_parse_time(struct cd_str s, int64_t *out);
/* ISO 8601 in UTC, milliseconds only where not zero: `2026-11-23T06:00:00Z`. */
struct cd_str cd_format_time(int64_t ms, char out[32]);
/* A duration as the language writes it: `90d`, `12h`, `1d12h30m`, `-15s`, milliseconds as `0.250s`;
 * zero is `0s`. */
struct cd_str cd_format_duration(int64_t ms, char out[48]);

#endif
