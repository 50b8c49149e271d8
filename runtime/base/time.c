/* Times and durations in text: proleptic Gregorian dates in UTC, milliseconds since 1970. */
#include <stdio.h>

#include "runtime/base/num.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define DAYS_IN_400_YEARS 146097

struct reader {
    struct cd_str s;
    size_t i;
};

static bool
take(struct reader *r, char c)
{
    if (r->i < r->s.n && r->s.p[r->i] == c) {
        r->i++;
        return true;
    }
    return false;
}

static bool
at_digit(const struct reader *r)
{
    return r->i < r->s.n && r->s.p[r->i] >= '0' && r->s.p[r->i] <= '9';
}

/* Exactly N digits, in LOW..HIGH. */
static bool
take_digits(struct reader *r, unsigned n, int low, int high, int *out)
{
    int value = 0;
    for (unsigned k = 0; k < n; k++) {
        if (!at_digit(r)) {
            return false;
        }
        value = value * 10 + (r->s.p[r->i++] - '0');
    }
    *out = value;
    return value >= low && value <= high;
}

static int
days_in_month(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

/* Days from 1970-01-01, with years that begin in March so that the leap day is their last. */
static int64_t
days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_IN_400_YEARS + day_of_era - 719468;
}

static void
date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - (DAYS_IN_400_YEARS - 1)) / DAYS_IN_400_YEARS;
    int64_t doe = days - era * DAYS_IN_400_YEARS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = yoe + era * 400 + (*month <= 2);
}

/* The fraction of a second, in milliseconds; further digits are cut. */
static bool
take_fraction(struct reader *r, int64_t *ms)
{
    *ms = 0;
    if (!take(r, '.')) {
        return true;
    }
    if (!at_digit(r)) {
        return false;
    }
    for (int64_t scale = 100; at_digit(r); scale /= 10) {
        *ms += scale * (r->s.p[r->i++] - '0');
    }
    return true;
}

/* `Z`, `+hh`, `+hhmm`, `+hh:mm` or nothing. */
static bool
take_zone(struct reader *r, int64_t *offset)
{
    int hours;
    int minutes = 0;
    *offset = 0;
    if (r->i == r->s.n || take(r, 'Z')) {
        return true;
    }
    bool west = take(r, '-');
    if ((!west && !take(r, '+')) || !take_digits(r, 2, 0, 23, &hours)) {
        return false;
    }
    if ((take(r, ':') || r->i < r->s.n) && !take_digits(r, 2, 0, 59, &minutes)) {
        return false;
    }
    *offset = hours * HOUR + minutes * MINUTE;
    *offset = west ? -*offset : *offset;
    return true;
}

/* The form in which AWS writes nearly all times, with a 0 for each digit, and all ones in place of
 * what is no digit. */
#define USUAL 24
static const char usual_form[USUAL + 1] = "0000-00-00T00:00:00.000Z";
static const char usual_rest[USUAL + 1] =
    "\0\0\0\0\xFF\0\0\xFF\0\0\xFF\0\0\xFF\0\0\xFF\0\0\xFF\0\0\0\xFF";

/* The digits of a text of the usual form, eight bytes at a time: what differs from the form by more
 * than 9, or at all where no digit stands, is none. */
static bool
take_usual(struct cd_str s, unsigned char digits[USUAL])
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t wrong = 0;
    for (size_t i = 0; i < USUAL; i += sizeof(uint64_t)) {
        uint64_t text, form, rest;
        memcpy(&text, s.p + i, sizeof text);
        memcpy(&form, usual_form + i, sizeof form);
        memcpy(&rest, usual_rest + i, sizeof rest);
        text ^= form;
        wrong |= (text | (text + ones * (0x7F - 9))) & (ones * 0x80);
        wrong |= text & rest;
        memcpy(digits + i, &text, sizeof text);
    }
    return wrong == 0;
}

/* Reads a time of the usual form; false if it is of another one, or none at all. */
static bool
parse_usual(struct cd_str s, int64_t *out)
{
    unsigned char d[USUAL];
    if (s.n != USUAL || !take_usual(s, d)) {
        return false;
    }
    int year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3];
    int month = d[5] * 10 + d[6];
    int day = d[8] * 10 + d[9];
    int hour = d[11] * 10 + d[12];
    int minute = d[14] * 10 + d[15];
    int second = d[17] * 10 + d[18];
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23
        || minute > 59 || second > 59) {
        return false;
    }
    *out = days_from_date(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
           + d[20] * 100 + d[21] * 10 + d[22];
    return true;
}

bool
cd_parse_time(struct cd_str s, int64_t *out)
{
    if (parse_usual(s, out)) {
        return true;
    }
    struct reader r = {s, 0};
    int year;
    int month;
    int day;
    if (!take_digits(&r, 4, 0, 9999, &year) || !take(&r, '-') || !take_digits(&r, 2, 1, 12, &month)
        || !take(&r, '-') || !take_digits(&r, 2, 1, days_in_month(year, month), &day)) {
        return false;
    }
    int64_t ms = days_from_date(year, month, day) * DAY;
    if (r.i < s.n) {
        int hour;
        int minute;
        int second;
        int64_t fraction;
        int64_t offset;
        if ((!take(&r, 'T') && !take(&r, ' ')) || !take_digits(&r, 2, 0, 23, &hour)
            || !take(&r, ':') || !take_digits(&r, 2, 0, 59, &minute) || !take(&r, ':')
            || !take_digits(&r, 2, 0, 59, &second) || !take_fraction(&r, &fraction)
            || !take_zone(&r, &offset) || r.i != s.n) {
            return false;
        }
        ms += hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset;
    }
    *out = ms;
    return true;
}

struct cd_str
cd_format_time(int64_t ms, char out[32])
{
    int64_t days = ms / DAY - (ms % DAY < 0);
    int64_t rest = ms % DAY + (ms % DAY < 0 ? DAY : 0);
    int64_t year;
    int month;
    int day;
    date_from_days(days, &year, &month, &day);
    int n = snprintf(out, 32,
                     year >= 0 && year <= 9999 ? "%04lld-%02d-%02dT%02d:%02d:%02d"
                                               : "%+lld-%02d-%02dT%02d:%02d:%02d",
                     (long long)year, month, day, (int)(rest / HOUR), (int)(rest / MINUTE % 60),
                     (int)(rest / SECOND % 60));
    if (rest % SECOND != 0) {
        n += snprintf(out + n, 32 - (size_t)n, ".%03d", (int)(rest % SECOND));
    }
    out[n++] = 'Z';
    out[n] = '\0';
    return (struct cd_str){out, (size_t)n};
}

struct cd_str
cd_format_duration(int64_t ms, char out[48])
{
    uint64_t rest = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    static const struct {
        uint64_t size;
        char unit;
    } units[] = {{(uint64_t)DAY, 'd'}, {(uint64_t)HOUR, 'h'}, {(uint64_t)MINUTE, 'm'}};
    size_t n = 0;
    if (ms < 0) {
        out[n++] = '-';
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(units); i++) {
        if (rest >= units[i].size) {
            n += (size_t)snprintf(out + n, 48 - n, "%llu%c",
                                  (unsigned long long)(rest / units[i].size), units[i].unit);
            rest %= units[i].size;
        }
    }
    if (rest % (uint64_t)SECOND != 0) {
        n += (size_t)snprintf(out + n, 48 - n, "%d.%03ds", (int)(rest / 1000), (int)(rest % 1000));
    } else if (rest > 0 || ms == 0) {
        n += (size_t)snprintf(out + n, 48 - n, "%ds", (int)(rest / 1000));
    }
    return (struct cd_str){out, n};
}
