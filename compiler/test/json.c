/* The report of tests for scripts. docs/TESTING.md describes its fields. */
#include "compiler/test/report.h"

/* "file":…,"line":…,"column":… */
static void
put_place(const struct cd_test_report *r, struct cd_span span, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(r->sources, span.file, span.start, &line, &column, NULL);
    cd_buf_puts(out, "\"file\":");
    cd_buf_json_str(out, r->sources->files[span.file].path);
    cd_buf_printf(out, ",\"line\":%u,\"column\":%u", line, column);
}

static void
put_flag(const char *name, bool value, struct cd_buf *out)
{
    cd_buf_printf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void
put_test(const struct cd_test_report *r, const struct cd_test_result *result, struct cd_buf *out)
{
    cd_buf_puts(out, "{\"module\":");
    cd_buf_json_str(out, result->test->module->name);
    cd_buf_puts(out, ",\"name\":");
    cd_buf_json_str(out, result->test->title_text);
    cd_buf_putc(out, ',');
    put_place(r, result->test->span, out);
    put_flag("passed", result->first == NULL, out);
    put_flag("observed", r->coverage->observed && !result->unobserved, out);
    cd_buf_puts(out, ",\"failures\":[");
    for (const struct cd_test_failure *f = result->first; f != NULL; f = f->next) {
        cd_buf_puts(out, f == result->first ? "{" : ",{");
        put_place(r, f->span, out);
        cd_buf_puts(out, ",\"message\":");
        cd_buf_json_str(out, f->message);
        cd_buf_putc(out, '}');
    }
    cd_buf_puts(out, "]}");
}

/* ---- coverage ---- */

static void
put_control(const struct cd_test_report *r, const struct cd_control_seen *s, struct cd_buf *out)
{
    const struct cd_decl *c = s->control;
    const char *missing[CD_COVERAGE_MISSING];
    size_t n = cd_coverage_control_missing(s, missing);
    struct cd_str name = cd_sema_full_name(c, r->arena);
    cd_buf_puts(out, "{\"name\":");
    cd_buf_json_str(out, name);
    cd_buf_puts(out, ",\"id\":");
    cd_buf_json_str(out, c->id.n > 0 ? c->id : name);
    cd_buf_putc(out, ',');
    put_place(r, c->name.span, out);
    put_flag("pass", s->verdicts >> CD_PASS & 1, out);
    put_flag("fail", s->verdicts >> CD_FAIL & 1, out);
    put_flag("unknown", s->verdicts >> CD_UNKNOWN_VERDICT & 1, out);
    put_flag("waived", s->verdicts >> CD_WAIVED & 1, out);
    put_flag("denied", s->requests >> 1 & 1, out);
    put_flag("not_denied", s->requests & 1, out);
    cd_buf_puts(out, ",\"missing\":[");
    for (size_t i = 0; i < n; i++) {
        cd_buf_puts(out, i > 0 ? "," : "");
        cd_buf_json_str(out, cd_str_of(missing[i]));
    }
    cd_buf_puts(out, "]}");
}

static void
put_branch(const struct cd_test_report *r, size_t i, struct cd_buf *out)
{
    const struct cd_branch *b = &r->coverage->branches[i];
    uint8_t seen = r->coverage->seen[i];
    cd_buf_printf(out, "{\"kind\":\"%s\",\"in\":", cd_branch_word(b->kind));
    cd_buf_json_str(out, cd_sema_full_name(b->decl, r->arena));
    cd_buf_putc(out, ',');
    put_place(r, b->expr->span, out);
    cd_buf_puts(out, ",\"text\":");
    cd_buf_json_str(out, cd_sources_text(r->sources, b->expr->span, r->arena));
    put_flag("true", seen & CD_SEEN_TRUE, out);
    put_flag("false", seen & CD_SEEN_FALSE, out);
    put_flag("unknown", seen & CD_SEEN_UNKNOWN, out);
    cd_buf_putc(out, '}');
}

static void
put_sum(const struct cd_test_report *r, struct cd_buf *out)
{
    struct cd_coverage_sum s = cd_coverage_sum(r->coverage, NULL);
    cd_buf_printf(out,
                  "{\"controls\":%zu,\"controls_covered\":%zu,\"answers\":%zu,\"answers_seen\":%zu",
                  s.controls, s.controls_covered, s.answers, s.answers_seen);
    cd_buf_printf(out, ",\"branches\":%zu,\"branches_covered\":%zu,\"branches_unknown\":%zu}",
                  s.branches, s.branches_covered, s.branches_unknown);
}

static void
put_coverage(const struct cd_test_report *r, struct cd_buf *out)
{
    const struct cd_coverage *c = r->coverage;
    cd_buf_puts(out, "{\"summary\":");
    put_sum(r, out);
    put_flag("observed", c->observed, out);
    if (!c->observed) {
        cd_buf_puts(out, ",\"why\":");
        cd_buf_json_str(out, c->why);
    }
    cd_buf_puts(out, ",\n\"controls\":[");
    for (size_t i = 0; i < c->n_controls; i++) {
        cd_buf_puts(out, i > 0 ? ",\n" : "\n");
        put_control(r, &c->controls[i], out);
    }
    cd_buf_puts(out, "],\n\"branches\":[");
    for (size_t i = 0; c->observed && i < c->n_branches; i++) {
        cd_buf_puts(out, i > 0 ? ",\n" : "\n");
        put_branch(r, i, out);
    }
    cd_buf_puts(out, "]}");
}

void
cd_test_json(const struct cd_test_report *r, struct cd_buf *out)
{
    size_t failed = cd_test_failed(r);
    cd_buf_printf(out, "{\"schema\":1,\"passed\":%zu,\"failed\":%zu,\n\"tests\":[", r->n - failed,
                  failed);
    for (size_t i = 0; i < r->n; i++) {
        cd_buf_puts(out, i > 0 ? ",\n" : "\n");
        put_test(r, &r->results[i], out);
    }
    cd_buf_puts(out, "],\n\"coverage\":");
    put_coverage(r, out);
    cd_buf_puts(out, "}\n");
}
