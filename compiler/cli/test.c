/* `cordon test`: the tests in policies. */
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "compiler/test/test.h"
#include "runtime/driver/options.h"

struct test {
    struct cd_frontend front;
    struct cd_loaded compiled;
    struct cd_out out;
    size_t passed, failed;
    struct cordon_error err;
};

static void
report(struct test *t, const struct cd_test_result *result)
{
    const struct cd_decl *test = result->test;
    cd_out_printf(&t->out, "%s  %.*s: %.*s\n", result->first == NULL ? "ok  " : "FAIL",
                  CD_FMT(test->module->name), CD_FMT(test->title_text));
    for (const struct cd_test_failure *f = result->first; f != NULL; f = f->next) {
        uint32_t line = 0, column = 0;
        cd_sources_place(&t->front.sources, f->span.file, f->span.start, &line, &column, NULL);
        cd_out_puts(&t->out, "      ");
        cd_out_str(&t->out, t->front.sources.files[f->span.file].path);
        cd_out_printf(&t->out, ":%u:%u: ", line, column);
        cd_out_str(&t->out, f->message);
        cd_out_puts(&t->out, "\n");
    }
}

static cordon_status
run_tests(void *ctx)
{
    struct test *t = ctx;
    const struct cd_decls *tests = &t->front.sema.tests;
    for (size_t i = 0; i < tests->n; i++) {
        struct cd_test_result result;
        CORDON_TRY(cd_test_run(&t->front.sema, &t->compiled.program, tests->items[i],
                               &t->front.arena, &result, &t->err));
        report(t, &result);
        t->passed += result.first == NULL;
        t->failed += result.first != NULL;
    }
    return CORDON_OK;
}

static int
test(struct test *t, const char *const *policies, size_t n)
{
    cordon_status status = cd_cli_compile(&t->front, policies, n, &t->compiled, NULL, &t->err);
    int code = cd_frontend_report(&t->front, status, &t->err);
    if (code != CD_EXIT_HOLDS) {
        return code;
    }
    cd_out_init(&t->out, STDOUT_FILENO, "standard output");
    status = cd_frontend_guard(&t->front, run_tests, t, &t->err);
    cd_out_printf(&t->out, "%zu passed, %zu failed\n", t->passed, t->failed);
    code = cd_cli_finish(&t->out, t->failed != 0 ? CD_EXIT_FINDINGS : CD_EXIT_HOLDS);
    return status == CORDON_OK ? code : cd_cli_fail(status, &t->err);
}

int
cd_verb_test(int argc, char **argv)
{
    struct test t = {.passed = 0};
    const struct cd_usage usage = {
        "cordon test", "POLICY…",
        "Runs the tests in policies (`test \"…\" { given … expect … }`).\n"
        "Exit code: 0 if all hold, 1 if one fails, 2 if something is wrong.",
        NULL, 0};
    size_t n;
    enum cd_parsed parsed = cd_options_parse(&usage, argc, argv, &n);
    if (parsed != CD_PARSED_RUN) {
        return parsed == CD_PARSED_HELP ? CD_EXIT_HOLDS : CD_EXIT_WRONG;
    }
    if (n == 0) {
        return cd_usage_error(&usage, "name at least one policy");
    }
    cd_frontend_init(&t.front);
    int code = test(&t, (const char *const *)(argv + 1), n);
    cd_loaded_finish(&t.compiled);
    cd_frontend_finish(&t.front);
    return code;
}
