/* `cordon test`: the tests in policies, and what they cover. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "compiler/test/report.h"
#include "runtime/driver/options.h"

struct test {
    struct cd_frontend front;
    struct cd_loaded compiled, observed;
    struct cd_loaded given; /* for a test that gives what denies are made with */
    struct cd_buf bytes;
    struct cd_coverage coverage;
    struct cd_test_report report;
    const char *format, *output;
    struct cd_buf text, file; /* what goes to standard output, and to OUTPUT */
    struct cordon_error err;
};

static cordon_status
find_branches(void *ctx)
{
    struct test *t = ctx;
    cd_coverage_init(&t->coverage, &t->front.sema);
    return CORDON_OK;
}

/* Only a limit may keep branches from being observed: the tests run all the same, and the report
 * says so. */
static cordon_status
prepare_coverage(struct test *t)
{
    CORDON_TRY(cd_frontend_guard(&t->front, find_branches, t, &t->err));
    cordon_status status = cd_cli_compile_observed(&t->front, &t->observed, &t->err);
    t->coverage.observed = status == CORDON_OK;
    if (status != CORDON_ELIMIT) {
        return status;
    }
    t->coverage.why = cd_arena_str(&t->front.arena, cd_str_of(t->err.message));
    return t->coverage.why.p != NULL ? CORDON_OK : CORDON_ENOMEM;
}

static cordon_status
compile_given(void *user, const struct cd_const_env *env, bool observes,
              const struct cd_program **out, struct cordon_error *err)
{
    struct test *t = user;
    cd_loaded_finish(&t->given);
    CORDON_TRY(cd_cli_compile_given(&t->front, env, observes, &t->bytes, &t->given, err));
    *out = &t->given.program;
    return CORDON_OK;
}

static cordon_status
run_tests(void *ctx)
{
    struct test *t = ctx;
    const struct cd_decls *tests = &t->front.sema.tests;
    const struct cd_tester tester = {.sema = &t->front.sema,
                                     .program = &t->compiled.program,
                                     .observed = t->coverage.observed ? &t->observed.program : NULL,
                                     .coverage = &t->coverage,
                                     .arena = &t->front.arena,
                                     .compile = compile_given,
                                     .user = t};
    struct cd_test_result *results = CD_NEW_ARRAY(&t->front.arena, tests->n, struct cd_test_result);
    for (size_t i = 0; i < tests->n; i++) {
        CORDON_TRY(cd_test_run(&tester, tests->items[i], &results[i], &t->err));
    }
    t->report = (struct cd_test_report){&t->front.arena, &t->front.sources, results, tests->n,
                                        &t->coverage};
    return CORDON_OK;
}

static void
render(const struct test *t, const char *format, struct cd_buf *out)
{
    if (strcmp(format, "json") == 0) {
        cd_test_json(&t->report, out);
    } else if (strcmp(format, "junit") == 0) {
        cd_test_junit(&t->report, out);
    } else {
        cd_test_text(&t->report, out);
    }
}

static cordon_status
make_reports(void *ctx)
{
    struct test *t = ctx;
    render(t, t->output != NULL ? "text" : t->format, &t->text);
    if (t->output != NULL) {
        render(t, t->format, &t->file);
    }
    return t->text.oom || t->file.oom
               ? cordon_fail(&t->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory")
               : CORDON_OK;
}

static cordon_status
run_all(struct test *t)
{
    CORDON_TRY(prepare_coverage(t));
    CORDON_TRY(cd_frontend_guard(&t->front, run_tests, t, &t->err));
    CORDON_TRY(cd_frontend_guard(&t->front, make_reports, t, &t->err));
    return t->output != NULL
               ? cd_frontend_write(&t->front, "-o", t->output, cd_buf_view(&t->file), &t->err)
               : CORDON_OK;
}

static int
test(struct test *t, const char *const *policies, size_t n)
{
    cordon_status status = cd_cli_compile(&t->front, policies, n, &t->compiled, NULL, &t->err);
    bool is_text = t->output != NULL || strcmp(t->format, "text") == 0;
    int code =
        cd_frontend_report_to(&t->front, status, &t->err, is_text ? STDOUT_FILENO : STDERR_FILENO);
    if (code != CD_EXIT_HOLDS) {
        return code;
    }
    status = run_all(t);
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    cd_out_buf(&out, &t->text);
    code = cd_cli_finish(&out, cd_test_failed(&t->report) != 0 ? CD_EXIT_FINDINGS : CD_EXIT_HOLDS);
    return status == CORDON_OK ? code : cd_cli_fail(status, &t->err);
}

int
cd_verb_test(int argc, char **argv)
{
    struct test t = {.format = "text"};
    const struct cd_option options[] = {
        {.name = "format",
         .kind = CD_OPTION_CHOICE,
         .choices = "text|json|junit",
         .value = &t.format,
         .help = "how the report is written"},
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "FILE",
         .value = &t.output,
         .help = "write the report to a file; standard output then has it as text"},
    };
    const struct cd_usage usage = {
        "cordon test",
        "[--format text|json|junit] [-o FILE] POLICY…",
        "Runs the tests in policies (`test \"…\" { given … expect … }`) and says what they cover:\n"
        "which answers each control gave where a test expects one, and which branches of "
        "conditions\n"
        "were true, false and unknown. Coverage does not change the exit code.\n" CD_POLICY_HELP
        "\n"
        "Exit code: 0 if all tests hold, 1 if one fails, 2 if something is wrong.",
        options,
        CD_ARRAY_LEN(options),
        "name at least one policy"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_frontend_init(&t.front);
    code = test(&t, (const char *const *)(argv + 1), n);
    cd_buf_finish(&t.text);
    cd_buf_finish(&t.file);
    cd_buf_finish(&t.bytes);
    cd_loaded_finish(&t.given);
    cd_loaded_finish(&t.observed);
    cd_loaded_finish(&t.compiled);
    cd_frontend_finish(&t.front);
    return code;
}
