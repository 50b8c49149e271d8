/* The report of tests for people: a line a test, then what was not covered, in the order of the
 * source. */
#include "compiler/test/report.h"

#define LONGEST_CONDITION 72u /* code points shown of one */

size_t
cd_test_failed(const struct cd_test_report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        n += r->results[i].first != NULL;
    }
    return n;
}

static void
put_place(const struct cd_test_report *r, struct cd_span span, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(r->sources, span.file, span.start, &line, &column, NULL);
    cd_buf_str(out, r->sources->files[span.file].path);
    cd_buf_printf(out, ":%u:%u: ", line, column);
}

static void
put_test(const struct cd_test_report *r, const struct cd_test_result *result, struct cd_buf *out)
{
    const struct cd_decl *test = result->test;
    cd_buf_puts(out, result->first == NULL ? "ok    " : "FAIL  ");
    cd_buf_str(out, test->module->name);
    cd_buf_puts(out, ": ");
    cd_buf_str(out, test->title_text);
    cd_buf_putc(out, '\n');
    for (const struct cd_test_failure *f = result->first; f != NULL; f = f->next) {
        cd_buf_puts(out, "      ");
        put_place(r, f->span, out);
        cd_buf_str(out, f->message);
        cd_buf_putc(out, '\n');
    }
}

/* ---- coverage ---- */

static void
put_condition(const struct cd_test_report *r, const struct cd_expr *e, struct cd_buf *out)
{
    struct cd_str text = cd_sources_text(r->sources, e->span, r->arena);
    size_t end = 0;
    for (unsigned n = 0; end < text.n && n < LONGEST_CONDITION; n++) {
        end++;
        while (end < text.n && ((unsigned char)text.p[end] & 0xC0u) == 0x80u) {
            end++;
        }
    }
    cd_buf_str(out, cd_str_sub(text, 0, end));
    cd_buf_puts(out, end < text.n ? "…" : "");
}

/* Does no test expect anything of the control D? Then there is no point in naming its branches. */
static bool
is_untested(const struct cd_test_report *r, const struct cd_decl *d)
{
    const struct cd_control_seen *s = cd_coverage_control(r->coverage, d);
    return s != NULL && s->verdicts == 0 && s->requests == 0;
}

static void
put_branch(const struct cd_test_report *r, size_t i, struct cd_buf *out)
{
    const struct cd_branch *b = &r->coverage->branches[i];
    const char *missing = cd_coverage_branch_missing(r->coverage->seen[i]);
    if (missing == NULL || is_untested(r, b->decl)) {
        return;
    }
    cd_buf_puts(out, "  ");
    put_place(r, b->expr->span, out);
    bool is_side = b->kind == CD_BRANCH_AND || b->kind == CD_BRANCH_OR;
    cd_buf_printf(out, "%s%s ", is_side ? "side of " : "", cd_branch_word(b->kind));
    if (b->kind == CD_BRANCH_FN) {
        cd_buf_str(out, b->decl->name.text);
    } else {
        put_condition(r, b->expr, out);
    }
    cd_buf_printf(out, ": %s\n", missing);
}

static void
put_control(const struct cd_test_report *r, const struct cd_control_seen *s, struct cd_buf *out)
{
    const char *missing[CD_COVERAGE_MISSING];
    size_t n = cd_coverage_control_missing(s, missing);
    if (n == 0) {
        return;
    }
    cd_buf_puts(out, "  ");
    put_place(r, s->control->name.span, out);
    cd_buf_printf(out, "control %.*s: ", CD_FMT(s->control->name.text));
    if (is_untested(r, s->control)) {
        cd_buf_puts(out, "no test expects anything of it\n");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        cd_buf_printf(out, "%snever %s", i > 0 ? ", " : "", missing[i]);
    }
    cd_buf_putc(out, '\n');
}

/* Controls and branches are both in the order of the source; a function's stand between controls,
 * and before them where both begin alike. */
static void
put_uncovered(const struct cd_test_report *r, struct cd_buf *out)
{
    const struct cd_coverage *c = r->coverage;
    size_t n_branches = c->observed ? c->n_branches : 0;
    size_t control = 0, branch = 0;
    while (control < c->n_controls || branch < n_branches) {
        const struct cd_decl *next = control < c->n_controls ? c->controls[control].control : NULL;
        const struct cd_decl *of = branch < n_branches ? c->branches[branch].decl : NULL;
        bool branch_first = next == NULL
                            || (of != NULL
                                && (of->module != next->module
                                        ? cd_str_cmp(of->module->name, next->module->name) < 0
                                        : of->index < next->index));
        if (branch_first) {
            put_branch(r, branch++, out);
        } else {
            put_control(r, &c->controls[control++], out);
        }
    }
}

static void
put_coverage(const struct cd_test_report *r, struct cd_buf *out)
{
    struct cd_coverage_sum s = cd_coverage_sum(r->coverage, NULL);
    if (s.controls == 0 && s.branches == 0) {
        return;
    }
    cd_buf_printf(out, "coverage: %zu of %zu controls with all their answers (%zu of %zu)",
                  s.controls_covered, s.controls, s.answers_seen, s.answers);
    if (r->coverage->observed) {
        cd_buf_printf(out, "; %zu of %zu branches true and false, %zu unknown", s.branches_covered,
                      s.branches, s.branches_unknown);
    } else {
        cd_buf_printf(out, "; branches were not observed: %.*s", CD_FMT(r->coverage->why));
    }
    size_t unobserved = 0;
    for (size_t i = 0; i < r->n; i++) {
        unobserved += r->results[i].unobserved;
    }
    if (unobserved > 0) {
        cd_buf_printf(out, "; %zu test%s too large to be observed", unobserved,
                      unobserved == 1 ? " was" : "s were");
    }
    cd_buf_putc(out, '\n');
    put_uncovered(r, out);
}

void
cd_test_text(const struct cd_test_report *r, struct cd_buf *out)
{
    for (size_t i = 0; i < r->n; i++) {
        put_test(r, &r->results[i], out);
    }
    size_t failed = cd_test_failed(r);
    cd_buf_printf(out, "%zu passed, %zu failed\n", r->n - failed, failed);
    put_coverage(r, out);
}
