/* The problems of a snapshot, for people to read. */
#include <inttypes.h>
#include <unistd.h>

#include "runtime/report/report.h"

#define MOST_PROBLEMS 20u /* that are told of each source */

void
cd_report_clean(struct cd_out *out, struct cd_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch < 0x20 || ch == 0x7F) {
            cd_out_put(out, s.p + from, i - from);
            cd_out_printf(out, "\\x%02X", ch);
            from = i + 1;
        }
    }
    if (from < s.n) {
        cd_out_put(out, s.p + from, s.n - from);
    }
}

static void
put_problem(const struct cd_problem *p, const char *before, const char *at, struct cd_out *out)
{
    cd_out_puts(out, before);
    cd_report_clean(out, p->file);
    if (p->offset != CORDON_NO_OFFSET) {
        cd_out_printf(out, "%s%" PRIu64, at, p->offset);
    }
    cd_out_puts(out, ": ");
    cd_report_clean(out, p->message);
    cd_out_puts(out, "\n");
}

static void
put_rest(const struct cd_snapshot *s, uint32_t source, uint64_t n, const char *before,
         struct cd_out *out)
{
    cd_out_puts(out, before);
    cd_report_clean(out, s->sources[source].file);
    cd_out_printf(out, ": %" PRIu64 " more problems\n", n);
}

void
cd_report_problems(const struct cd_snapshot *s, const char *before, const char *at,
                   struct cd_out *out)
{
    for (uint32_t source = 0; source < s->n_sources; source++) {
        size_t shown = 0;
        for (size_t i = 0;
             s->sources[source].told > 0 && i < s->n_problems && shown < MOST_PROBLEMS; i++) {
            if (s->problems[i].source == source) {
                put_problem(&s->problems[i], before, at, out);
                shown++;
            }
        }
        if (s->sources[source].told > shown) {
            put_rest(s, source, s->sources[source].told - shown, before, out);
        }
    }
}

void
cd_report_tell_problems(const struct cd_snapshot *s, const char *before, const char *at)
{
    struct cd_out out;
    struct cordon_error err = {.code = CORDON_OK};
    cd_out_init(&out, STDERR_FILENO, "standard error");
    cd_report_problems(s, before, at, &out);
    (void)!cd_out_finish(&out, &err); /* there is nowhere left to say so */
}
