/* The problems of a snapshot, for people to read. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
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

/* Numbers of problems, source by source, those of one in their order. */
struct by_source {
    size_t *problems;
    size_t *end; /* by source: where its own end there */
};

static bool
sort_by_source(const struct cd_snapshot *s, struct by_source *out)
{
    out->problems = calloc(s->n_problems + 1, sizeof *out->problems);
    out->end = calloc(s->n_sources + 1, sizeof *out->end);
    if (out->problems == NULL || out->end == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->n_problems; i++) {
        if (s->problems[i].source < s->n_sources) {
            out->end[s->problems[i].source + 1]++; /* where those of the next one begin */
        }
    }
    for (size_t source = 0; source < s->n_sources; source++) {
        out->end[source + 1] += out->end[source];
    }
    for (size_t i = 0; i < s->n_problems; i++) {
        if (s->problems[i].source < s->n_sources) {
            out->problems[out->end[s->problems[i].source]++] = i;
        }
    }
    return true;
}

static void
put_all(const struct cd_snapshot *s, const struct by_source *order, const char *before,
        const char *at, struct cd_out *out)
{
    size_t next = 0;
    for (uint32_t source = 0; source < s->n_sources; source++) {
        size_t shown = 0;
        for (; next < order->end[source] && shown < MOST_PROBLEMS; next++, shown++) {
            put_problem(&s->problems[order->problems[next]], before, at, out);
        }
        if (s->sources[source].told > shown) {
            put_rest(s, source, s->sources[source].told - shown, before, out);
        }
        next = order->end[source];
    }
}

void
cd_report_problems(const struct cd_snapshot *s, const char *before, const char *at,
                   struct cd_out *out)
{
    struct by_source order = {NULL, NULL};
    if (sort_by_source(s, &order)) {
        put_all(s, &order, before, at, out);
    } else if (out->failed == 0) {
        out->failed = ENOMEM;
    }
    free(order.problems);
    free(order.end);
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
