/* The report of tests as JUnit's XML, in the form that CI systems have in common: a testsuite a
 * module, a testcase a test, a failure where an expectation did not hold. Times are 0, so that the
 * same tests give the same bytes. Coverage stands in the properties of the suites. */
#include "compiler/test/report.h"

/* ---- text ---- */

#define REPLACEMENT "\xEF\xBF\xBD"

/* Bytes of the character that begins TEXT; *valid if XML 1.0 has it: it has no control characters
 * but three, and neither U+FFFE nor U+FFFF. */
static size_t
character(struct cd_str text, bool *valid)
{
    unsigned char c = (unsigned char)text.p[0];
    size_t n = 1;
    if (c < 0x80) {
        *valid = c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
        return n;
    }
    while (n < text.n && n < 4 && ((unsigned char)text.p[n] & 0xC0u) == 0x80u) {
        n++;
    }
    struct cd_str one = cd_str_sub(text, 0, n);
    *valid = cd_utf8_check(one) == n && !cd_str_eq(one, CD_STR("\xEF\xBF\xBE"))
             && !cd_str_eq(one, CD_STR("\xEF\xBF\xBF"));
    return n;
}

static const char *
entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\t': return "&#9;"; /* in an attribute a reader would make a blank of it */
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    default: return NULL;
    }
}

/* TEXT as character data or in an attribute; what XML cannot say becomes U+FFFD. */
static void
put_text(struct cd_str text, struct cd_buf *out)
{
    for (size_t i = 0; i < text.n;) {
        bool valid;
        size_t n = character(cd_str_sub(text, i, text.n), &valid);
        const char *name = entity(text.p[i]);
        if (!valid) {
            cd_buf_puts(out, REPLACEMENT);
        } else if (name != NULL) {
            cd_buf_puts(out, name);
        } else {
            cd_buf_put(out, text.p + i, n);
        }
        i += n;
    }
}

static void
put_attribute(const char *name, struct cd_str value, struct cd_buf *out)
{
    cd_buf_printf(out, " %s=\"", name);
    put_text(value, out);
    cd_buf_putc(out, '"');
}

/* ---- elements ---- */

/* Readers know one failure a test: the first has the message, and all stand in the text. */
static void
put_failures(const struct cd_test_report *r, const struct cd_test_result *result,
             struct cd_buf *out)
{
    cd_buf_puts(out, "      <failure");
    put_attribute("message", result->first->message, out);
    cd_buf_puts(out, " type=\"expectation\">");
    for (const struct cd_test_failure *f = result->first; f != NULL; f = f->next) {
        uint32_t line = 0, column = 0;
        cd_sources_place(r->sources, f->span.file, f->span.start, &line, &column, NULL);
        put_text(r->sources->files[f->span.file].path, out);
        cd_buf_printf(out, ":%u:%u: ", line, column);
        put_text(f->message, out);
        cd_buf_puts(out, f->next != NULL ? "\n" : "");
    }
    cd_buf_puts(out, "</failure>\n");
}

static void
put_case(const struct cd_test_report *r, const struct cd_test_result *result, struct cd_buf *out)
{
    const struct cd_decl *test = result->test;
    uint32_t line = 0, column = 0;
    cd_sources_place(r->sources, test->span.file, test->span.start, &line, &column, NULL);
    cd_buf_puts(out, "    <testcase");
    put_attribute("name", test->title_text, out);
    put_attribute("classname", test->module->name, out);
    put_attribute("file", r->sources->files[test->span.file].path, out);
    cd_buf_printf(out, " line=\"%u\" time=\"0\"", line);
    if (result->first == NULL) {
        cd_buf_puts(out, "/>\n");
        return;
    }
    cd_buf_puts(out, ">\n");
    put_failures(r, result, out);
    cd_buf_puts(out, "    </testcase>\n");
}

static void
put_property(const char *name, size_t value, struct cd_buf *out)
{
    cd_buf_printf(out, "      <property name=\"coverage.%s\" value=\"%zu\"/>\n", name, value);
}

static void
put_properties(const struct cd_test_report *r, const struct cd_module *m, struct cd_buf *out)
{
    struct cd_coverage_sum s = cd_coverage_sum(r->coverage, m);
    cd_buf_puts(out, "    <properties>\n");
    put_property("controls", s.controls, out);
    put_property("controls_covered", s.controls_covered, out);
    put_property("answers", s.answers, out);
    put_property("answers_seen", s.answers_seen, out);
    if (r->coverage->observed) {
        put_property("branches", s.branches, out);
        put_property("branches_covered", s.branches_covered, out);
        put_property("branches_unknown", s.branches_unknown, out);
    }
    cd_buf_puts(out, "    </properties>\n");
}

/* The tests from FIRST on that are of the same module; gives the one after them. */
static size_t
put_suite(const struct cd_test_report *r, size_t first, struct cd_buf *out)
{
    const struct cd_module *m = r->results[first].test->module;
    size_t end = first, failed = 0;
    while (end < r->n && r->results[end].test->module == m) {
        failed += r->results[end++].first != NULL;
    }
    cd_buf_puts(out, "  <testsuite");
    put_attribute("name", m->name, out);
    cd_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
                  end - first, failed);
    put_properties(r, m, out);
    for (size_t i = first; i < end; i++) {
        put_case(r, &r->results[i], out);
    }
    cd_buf_puts(out, "  </testsuite>\n");
    return end;
}

void
cd_test_junit(const struct cd_test_report *r, struct cd_buf *out)
{
    cd_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cordon\"");
    cd_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"0\">\n", r->n,
                  cd_test_failed(r));
    for (size_t i = 0; i < r->n;) {
        i = put_suite(r, i, out);
    }
    cd_buf_puts(out, "</testsuites>\n");
}
