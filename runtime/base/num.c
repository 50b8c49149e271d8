/* Checked sizes, and numbers in text. Digits go through strtod and snprintf without a decimal
 * point, so that no locale of the host program can change what is read or written. */
#include "runtime/base/num.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No double needs more digits to be read exactly (767), and one more says whether anything follows.
 */
#define MAX_DIGITS 800
#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

bool
cd_add_size(size_t a, size_t b, size_t *out)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        return false;
    }
    *out = sum;
    return true;
}

bool
cd_mul_size(size_t a, size_t b, size_t *out)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product)) {
        return false;
    }
    *out = product;
    return true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Significant digits and the power of ten of the last one. */
struct decimal {
    char digits[MAX_DIGITS + 2];
    size_t n;
    long exponent;
};

static void
add_digit(struct decimal *d, char c, bool fraction)
{
    if (d->n == 0 && c == '0') {
        d->exponent -= fraction;
    } else if (d->n < MAX_DIGITS) {
        d->digits[d->n++] = c;
        d->exponent -= fraction;
    } else {
        /* Beyond the limit only whether a digit is zero still counts. */
        d->exponent += !fraction;
        if (c != '0') {
            d->digits[MAX_DIGITS - 1] = '1';
        }
    }
}

static double
decimal_value(struct decimal *d)
{
    char text[MAX_DIGITS + 32];
    if (d->n == 0) {
        return 0;
    }
    d->digits[d->n] = '\0';
    snprintf(text, sizeof text, "%se%ld", d->digits, d->exponent);
    return strtod(text, NULL);
}

/* Of a number that is read as 2^53: is it beyond? From there on doubles do not tell whole numbers
 * apart, and callers ask for values greater than 2^53. */
static bool
is_beyond_exact(const struct decimal *d)
{
    int order = memcmp(d->digits, "9007199254740992", 16);
    return order > 0 || (order == 0 && strspn(d->digits + 16, "0") < d->n - 16);
}

bool
cd_parse_number(struct cd_str s, double *out)
{
    struct decimal d;
    d.n = 0;
    d.exponent = 0;
    bool negative = s.n > 0 && s.p[0] == '-';
    bool fraction = false;
    size_t n_digits = 0; /* since the sign or the point */
    for (size_t i = negative; i < s.n; i++) {
        if (is_digit(s.p[i])) {
            add_digit(&d, s.p[i], fraction);
            n_digits++;
        } else if (s.p[i] == '.' && !fraction && n_digits > 0) {
            fraction = true;
            n_digits = 0;
        } else {
            return false;
        }
    }
    if (n_digits == 0) {
        return false;
    }
    double value = decimal_value(&d);
    if (!isfinite(value)) {
        return false;
    }
    if (value == EXACT_INTEGERS && is_beyond_exact(&d)) {
        value = EXACT_INTEGERS + 2;
    }
    *out = negative ? -value : value;
    return true;
}

struct cd_str
cd_format_hex(uint64_t n, char out[17])
{
    for (size_t i = 16; i > 0; i--, n >>= 4) {
        out[i - 1] = "0123456789abcdef"[n & 0xF];
    }
    out[16] = '\0';
    return (struct cd_str){out, 16};
}

bool
cd_parse_u64(struct cd_str s, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) || __builtin_mul_overflow(value, 10, &value)
            || __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value)) {
            return false;
        }
    }
    if (s.n == 0) {
        return false;
    }
    *out = value;
    return true;
}

/* The N significant digits of D > 0, rounded; *EXPONENT is the power of ten of the first. */
static void
round_to_digits(double d, size_t n, char *digits, long *exponent)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.*e", (int)n - 1, d);
    assert(len > 0 && (size_t)len < sizeof text);
    size_t n_read = 0;
    char *p = text;
    for (; *p != 'e'; p++) {
        if (is_digit(*p)) { /* skips the locale's decimal point, whatever its bytes are */
            digits[n_read++] = *p;
        }
    }
    assert(n_read == n);
    digits[n_read] = '\0';
    *exponent = strtol(p + 1, NULL, 10);
}

/* The fewest digits that read back as D > 0, without zeros at the end; returns their number. */
static size_t
shortest_digits(double d, char digits[20], long *exponent)
{
    for (size_t n = 15; n <= 17; n++) {
        char text[64];
        round_to_digits(d, n, digits, exponent);
        snprintf(text, sizeof text, "%se%ld", digits, *exponent - (long)n + 1);
        if (n == 17 || strtod(text, NULL) == d) {
            while (n > 1 && digits[n - 1] == '0') {
                n--;
            }
            return n;
        }
    }
    return 0;
}

/* Lays out N digits with the decimal point POINT places after the first digit's left side. */
static size_t
lay_out(const char *digits, size_t n, long point, char *out)
{
    size_t used = 0;
    if (point <= 0) {
        out[used++] = '0';
        out[used++] = '.';
        for (long i = point; i < 0; i++) {
            out[used++] = '0';
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (point > 0 && i == (size_t)point) {
            out[used++] = '.';
        }
        out[used++] = digits[i];
    }
    for (long i = (long)n; i < point; i++) {
        out[used++] = '0';
    }
    return used;
}

struct cd_str
cd_format_number(double d, char out[CD_NUMBER_SIZE])
{
    if (!isfinite(d)) {
        memcpy(out, "null", 5);
        return (struct cd_str){out, 4};
    }
    if (d == 0) {
        memcpy(out, "0", 2);
        return (struct cd_str){out, 1};
    }
    size_t used = 0;
    if (d < 0) {
        out[used++] = '-';
        d = -d;
    }
    char digits[20];
    long exponent;
    size_t n = shortest_digits(d, digits, &exponent);
    if (exponent >= -6 && exponent < 21) {
        used += lay_out(digits, n, exponent + 1, out + used);
    } else {
        used += lay_out(digits, n, 1, out + used);
        used += (size_t)snprintf(out + used, CD_NUMBER_SIZE - used, "e%+ld", exponent);
    }
    assert(used < CD_NUMBER_SIZE);
    out[used] = '\0';
    return (struct cd_str){out, used};
}
