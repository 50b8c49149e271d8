/* `cordon check`: diagnostics of policies on stdout, or what a stage of the compiler made of them.
 */
#include <stdio.h>
#include <unistd.h>

#include "compiler/ast/dump.h"
#include "compiler/cli/frontend.h"
#include "compiler/cli/verbs.h"
#include "compiler/codegen/codegen.h"
#include "compiler/emit/emit.h"
#include "compiler/parse/parse.h"
#include "runtime/driver/options.h"

struct check {
    struct cd_frontend front;
    const char *format;
    const char *dump; /* stage, or NULL */
    struct cd_out out;
    struct cordon_error err;
};

/* ---- dumps ---- */

static void
dump_modules(struct check *c,
             void (*dump)(struct check *c, struct cd_module *m, struct cd_buf *out))
{
    struct cd_buf b = CD_BUF_INIT;
    for (size_t i = 0; i < c->front.modules.n; i++) {
        if (c->front.modules.items[i]->selected) {
            dump(c, c->front.modules.items[i], &b);
        }
    }
    cd_out_buf(&c->out, &b);
    cd_buf_finish(&b);
}

static void
dump_tokens(struct check *c, struct cd_module *m, struct cd_buf *out)
{
    cd_dump_tokens(&c->front.sources, m->file, out);
}

static void
dump_ast(struct check *c, struct cd_module *m, struct cd_buf *out)
{
    (void)c;
    cd_ast_dump(m, out);
}

static void
dump_typed(struct check *c)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_sema_dump(&c->front.sema, &b);
    cd_out_buf(&c->out, &b);
    cd_buf_finish(&b);
}

static cordon_status
dump_plan(struct check *c)
{
    struct cd_buf b = CD_BUF_INIT;
    cordon_status status = cd_codegen_plan_text(&c->front.sema, &b, &c->err);
    cd_out_buf(&c->out, &b);
    cd_buf_finish(&b);
    return status;
}

static cordon_status
dump_bytecode(struct check *c)
{
    struct cd_image img;
    CORDON_TRY(cd_codegen(&c->front.sema, NULL, &img, &c->err));
    struct cd_buf b = CD_BUF_INIT;
    cd_image_disasm(&img, &b);
    cd_out_buf(&c->out, &b);
    cd_buf_finish(&b);
    return CORDON_OK;
}

/* The stages that --dump knows, in the order of the compiler; `needs_sema` is false for those that
 * only parse. */
static const struct {
    const char *name;
    bool needs_sema;
} stages[] = {
    {"tokens", false}, {"ast", false}, {"typed", true}, {"plan", true}, {"bytecode", true}};
#define STAGE_NAMES "tokens|ast|typed|plan|bytecode"

static bool
stops_after_parsing(const char *dump)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(stages); i++) {
        if (dump != NULL && strcmp(stages[i].name, dump) == 0) {
            return !stages[i].needs_sema;
        }
    }
    return false;
}

static cordon_status
dump_stage(struct check *c)
{
    if (strcmp(c->dump, "tokens") == 0) {
        dump_modules(c, dump_tokens);
    } else if (strcmp(c->dump, "ast") == 0) {
        dump_modules(c, dump_ast);
    } else if (strcmp(c->dump, "typed") == 0) {
        dump_typed(c);
    } else if (strcmp(c->dump, "plan") == 0) {
        return dump_plan(c);
    } else {
        return dump_bytecode(c);
    }
    return CORDON_OK;
}

/* ---- the verb ---- */

static cordon_status
check_denies(void *ctx)
{
    struct check *c = ctx;
    cd_emit_check(&c->front.arena, &c->front.sema, &c->front.diags);
    return c->front.diags.n_errors == 0 ? CORDON_OK : CORDON_EPOLICY;
}

static cordon_status
print(void *ctx)
{
    struct check *c = ctx;
    bool sound = c->front.diags.n_errors == 0;
    cordon_status status = CORDON_OK;
    if (c->dump != NULL
        && (sound || stops_after_parsing(c->dump))) { /* trees with holes are worth a look, too */
        status = dump_stage(c);
    }
    if (strcmp(c->format, "json") == 0) {
        cd_diags_json(&c->front.diags, &c->front.sources, &c->out);
    } else {
        cd_diags_text(&c->front.diags, &c->front.sources, cd_out_wants_colour(STDOUT_FILENO),
                      &c->out);
    }
    return status;
}

static int
check(struct check *c, const char *const *policies, size_t n)
{
    cordon_status status = stops_after_parsing(c->dump)
                               ? cd_frontend_parse(&c->front, policies, n, &c->err)
                               : cd_frontend_run(&c->front, policies, n, &c->err);
    if (status == CORDON_OK && !stops_after_parsing(c->dump)) {
        status = cd_frontend_guard(&c->front, check_denies, c, &c->err);
    }
    if (status != CORDON_OK && status != CORDON_EPOLICY) {
        return cd_cli_fail(status, &c->err);
    }
    cd_out_init(&c->out, STDOUT_FILENO, "standard output");
    cordon_status printed = cd_frontend_guard(&c->front, print, c, &c->err);
    int code = cd_cli_finish(&c->out, status == CORDON_OK ? CD_EXIT_HOLDS : CD_EXIT_WRONG);
    return printed == CORDON_OK ? code : cd_cli_fail(printed, &c->err);
}

int
cd_verb_check(int argc, char **argv)
{
    struct check c = {.format = "text"};
    const struct cd_option options[] = {
        {.name = "format",
         .kind = CD_OPTION_CHOICE,
         .choices = "text|json",
         .value = &c.format,
         .help = "how diagnostics are written"},
        {.name = "dump",
         .kind = CD_OPTION_CHOICE,
         .choices = STAGE_NAMES,
         .value = &c.dump,
         .help = "show what a stage of the compiler made"},
    };
    const struct cd_usage usage = {"cordon check",
                                   "[--format text|json] [--dump STAGE] POLICY…",
                                   "Parses, resolves and type-checks policies and writes "
                                   "diagnostics to standard output.\n" CD_POLICY_HELP "\n"
                                   "Exit code: 0 without errors, 2 with errors.",
                                   options,
                                   CD_ARRAY_LEN(options),
                                   "name at least one policy"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_frontend_init(&c.front);
    code = check(&c, (const char *const *)(argv + 1), n);
    cd_frontend_finish(&c.front);
    return code;
}
