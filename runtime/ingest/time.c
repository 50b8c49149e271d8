/* Times in the forms that AWS Config and the tools around it write. */
#include <stdio.h>

#include "runtime/base/num.h"
#include "runtime/ingest/load.h"

#define LATEST_MS 253402300800000u /* the year 10000 */

static int
month_of(struct cd_str s)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; s.n >= 3 && i < 12; i++) {
        if (cd_str_eq_nocase(cd_str_sub(s, 0, 3), (struct cd_str){names + 3 * i, 3})) {
            return i + 1;
        }
    }
    return 0;
}

/* A number of at most four digits at *at, and what stands behind it. */
static bool
take_number(struct cd_str s, size_t *at, unsigned *out)
{
    size_t from = *at;
    *out = 0;
    while (*at < s.n && *at - from < 4 && s.p[*at] >= '0' && s.p[*at] <= '9') {
        *out = *out * 10 + (unsigned)(s.p[*at] - '0');
        ++*at;
    }
    return *at > from;
}

static bool
take(struct cd_str s, size_t *at, const char *text)
{
    struct cd_str wanted = cd_str_of(text);
    bool found = cd_str_starts(cd_str_sub(s, *at < s.n ? *at : s.n, s.n), wanted);
    *at += found ? wanted.n : 0;
    return found;
}

/* `Feb 21, 2022 6:36:56 PM`: Java's default format, in UTC; newer versions of Java write a comma
 * behind the year and a narrow space before the last word. */
static bool
worded_time(struct cd_str s, int64_t *ms)
{
    unsigned day, year, hour, minute, second;
    size_t at = cd_str_find(s, ' ', 0);
    int month = month_of(cd_str_sub(s, 0, at));
    bool ok = month > 0 && take(s, &at, " ") && take_number(s, &at, &day) && take(s, &at, ", ")
              && take_number(s, &at, &year) && (take(s, &at, ", ") || take(s, &at, " "))
              && take_number(s, &at, &hour) && take(s, &at, ":") && take_number(s, &at, &minute)
              && take(s, &at, ":") && take_number(s, &at, &second);
    ok = ok && (take(s, &at, " ") || take(s, &at, "\u202F"));
    bool is_afternoon = ok && take(s, &at, "PM");
    if (!ok || (!is_afternoon && !take(s, &at, "AM")) || at != s.n || hour < 1 || hour > 12) {
        return false;
    }
    char iso[64];
    int n = snprintf(iso, sizeof iso, "%04u-%02d-%02uT%02u:%02u:%02uZ", year, month, day,
                     hour % 12 + (is_afternoon ? 12 : 0), minute, second);
    return n > 0 && cd_parse_time((struct cd_str){iso, (size_t)n}, ms);
}

/* `/Date(1645469720361)/`: milliseconds, as Windows PowerShell writes times in JSON. */
static bool
dated_time(struct cd_str s, int64_t *ms)
{
    static const struct cd_str begin = CD_STR_INIT("/Date(");
    static const struct cd_str end = CD_STR_INIT(")/");
    uint64_t number;
    if (!cd_str_starts(s, begin) || !cd_str_ends(s, end) || s.n < begin.n + end.n
        || !cd_parse_u64(cd_str_sub(s, begin.n, s.n - end.n), &number) || number >= LATEST_MS) {
        return false;
    }
    *ms = (int64_t)number;
    return true;
}

bool
cd_config_time(struct cd_dom_val val, int64_t *ms)
{
    double number;
    if (cd_dom_is(val, '"')) {
        struct cd_str s = cd_dom_str(val);
        return cd_parse_time(s, ms) || worded_time(s, ms) || dated_time(s, ms);
    }
    if (cd_dom_kind(val) != CD_DOM_NUMBER || !cd_dom_number(val, &number) || number < 0
        || number >= (double)LATEST_MS) {
        return false;
    }
    *ms = (int64_t)(number < 1e11 ? number * 1000 : number);
    return true;
}
