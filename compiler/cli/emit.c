/* `cordon emit TARGET`: policy documents from the denies of controls, with a manifest. */
#include <unistd.h>

#include "compiler/cli/depfile.h"
#include "compiler/cli/emit_check.h"
#include "compiler/cli/emit_folder.h"
#include "compiler/cli/emit_limits.h"
#include "compiler/cli/emit_list.h"
#include "compiler/cli/emit_merge.h"
#include "compiler/cli/emit_scopes.h"
#include "compiler/cli/emit_table.h"
#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "compiler/emit/fit.h"
#include "compiler/emit/wrap.h"
#include "runtime/driver/options.h"

struct emit {
    struct cd_frontend front;
    struct cd_derive_options derive;
    bool wants_table;
    struct cd_loaded compiled;
    enum cd_target target;
    struct cd_emit_folder folder;
    struct cd_depfile depfile;
    struct cd_param_texts params;
    struct cd_emit_scopes scopes;
    struct cd_emit_limits limits;
    struct cd_emit_merge merge;
    struct cd_emit_asked asked;
    struct cd_const_env env;
    struct cd_emission emission;
    struct cd_documents documents;
    struct cd_attachments attachments;
    const char *format; /* of the documents, or of the table */
    struct cd_wrapped wrapped;
    struct cd_buf manifest_bytes;
    struct cordon_error err;
};

/* Nothing to wrap: no file. */
static cordon_status
wrap(struct emit *e)
{
    struct cd_wrapping wrapping = {.target = e->target,
                                   .documents = &e->documents,
                                   .attachments = &e->attachments,
                                   .sema = &e->front.sema,
                                   .arena = &e->front.arena};
    e->wrapped = (struct cd_wrapped){.format = CD_FORMAT_JSON, .file = CD_STR("")};
    bool is_json = e->format == NULL || !cd_format_find(cd_str_of(e->format), &wrapping.format)
                   || wrapping.format == CD_FORMAT_JSON;
    return is_json || e->documents.n == 0 ? CORDON_OK : cd_wrap(&wrapping, &e->wrapped, &e->err);
}

static cordon_status
make_documents(void *ctx)
{
    struct emit *e = ctx;
    struct cd_arena *arena = &e->front.arena;
    CORDON_TRY(cd_emit_scopes_read(&e->scopes, arena, &e->asked, &e->err));
    CORDON_TRY(cd_emit_merge_read(&e->merge, e->target, arena, &e->asked, &e->err));
    e->emission.arena = arena;
    e->emission.target = e->target;
    e->emission.diags = &e->front.diags;
    cd_emit_statements(&e->emission, &e->front.sema, &e->env);
    if (e->front.diags.n_errors > 0) {
        return CORDON_EPOLICY;
    }
    CORDON_TRY(cd_cli_check_bound(&e->emission, &e->front.sema, &e->env, &e->err));
    CORDON_TRY(cd_emit_documents(&e->emission, &e->asked, &e->documents, &e->err));
    const struct cd_fitting fitting = {&e->emission, &e->front.sema, &e->limits.quota};
    CORDON_TRY(cd_fit_documents(&fitting, &e->documents, &e->err));
    CORDON_TRY(cd_attach(&e->documents, e->limits.n_existing, arena, &e->attachments, &e->err));
    const struct cd_emit_checked checked = {.sema = &e->front.sema,
                                            .program = &e->compiled,
                                            .params = &e->params,
                                            .env = &e->env,
                                            .emission = &e->emission,
                                            .documents = &e->documents};
    CORDON_TRY(cd_cli_check_emission(&checked, arena, &e->err));
    CORDON_TRY(wrap(e));
    const struct cd_manifest manifest = {.sema = &e->front.sema,
                                         .emission = &e->emission,
                                         .env = &e->env,
                                         .documents = &e->documents,
                                         .attachments = &e->attachments,
                                         .wrapped = &e->wrapped,
                                         .quota_date = e->limits.quota.date};
    cd_manifest_write(&manifest, arena, &e->manifest_bytes);
    if (e->manifest_bytes.oom) {
        return cordon_fail(&e->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    return CORDON_OK;
}

/* Each document, and the manifest, depend on all that was read. The rule may stand in their
 * folder. */
static cordon_status
write_depfile(struct emit *e)
{
    struct cd_arena *arena = &e->front.arena;
    if (e->depfile.path == NULL) {
        return CORDON_OK;
    }
    const char **made = CD_NEW_ARRAY(arena, e->documents.n + 2, const char *);
    size_t n = 0;
    made[n++] = cd_arena_printf(arena, "%s/manifest.json", e->folder.path).p;
    for (size_t i = 0; i < e->documents.n; i++) {
        made[n++] =
            cd_arena_printf(arena, "%s/%.*s", e->folder.path, CD_FMT(e->documents.items[i].file)).p;
    }
    if (e->wrapped.file.n != 0) {
        made[n++] = cd_arena_printf(arena, "%s/%.*s", e->folder.path, CD_FMT(e->wrapped.file)).p;
    }
    const struct cd_values *const read[] = {&e->params.files, &e->merge.paths};
    struct cd_values others = {CD_NEW_ARRAY(arena, read[0]->n + read[1]->n + 1, const char *), 0};
    for (size_t i = 0; i < CD_ARRAY_LEN(read); i++) {
        for (size_t k = 0; k < read[i]->n; k++) {
            others.items[others.n++] = read[i]->items[k];
        }
    }
    return cd_depfile_write(&e->depfile, made, n, &e->front, &others, &e->err);
}

static cordon_status
write_files(void *ctx)
{
    struct emit *e = ctx;
    e->folder.arena = &e->front.arena;
    const struct cd_emit_output output = {e->target, &e->documents, &e->wrapped,
                                          cd_buf_view(&e->manifest_bytes)};
    CORDON_TRY(cd_emit_folder_open(&e->folder, &output, &e->err));
    CORDON_TRY(write_depfile(e));
    return cd_emit_folder_write(&e->folder, &output, &e->err);
}

static int
emit(struct emit *e, const char *const *policies, size_t n)
{
    cordon_status status =
        cd_cli_compile_bound(&e->front, policies, n, &e->params, &e->env, &e->compiled, &e->err);
    if (status == CORDON_OK) {
        status = cd_frontend_guard(&e->front, make_documents, e, &e->err);
    }
    int code = cd_frontend_report(&e->front, status, &e->err);
    if (code != CD_EXIT_HOLDS) {
        return code;
    }
    status = cd_frontend_guard(&e->front, write_files, e, &e->err);
    const struct cd_emit_listing listing = {.front = &e->front,
                                            .folder = &e->folder,
                                            .asked = &e->asked,
                                            .emission = &e->emission,
                                            .documents = &e->documents,
                                            .attachments = &e->attachments,
                                            .wrapped = &e->wrapped};
    return status == CORDON_OK ? cd_emit_list(&listing) : cd_cli_fail(status, &e->err);
}

/* «… is no target; did you mean rcp? There are: scp, rcp, …». */
static int
wrong_target(const struct cd_usage *usage, const char *name, const struct cd_nearest *near)
{
    struct cd_buf all = CD_BUF_INIT;
    for (int t = 0; t < CD_N_TARGETS; t++) {
        cd_buf_printf(&all, "%s%s", t == 0 ? "" : ", ", cd_target_name((enum cd_target)t));
    }
    bool is_near = name != NULL && near->best.p != NULL;
    int code =
        name == NULL
            ? cd_usage_error(usage, "name a target: %.*s", CD_FMT(cd_buf_view(&all)))
            : cd_usage_error(usage, "%s is no target%s%.*s%s %shere are: %.*s", name,
                             is_near ? "; did you mean " : "", is_near ? (int)near->best.n : 0,
                             is_near ? near->best.p : "", is_near ? "?" : ";", is_near ? "T" : "t",
                             CD_FMT(cd_buf_view(&all)));
    cd_buf_finish(&all);
    return code;
}

/* The first option of the call that is of no use to a table; NULL if none is. */
static const struct cd_option *
option_of_documents(const struct cd_usage *usage)
{
    static const char *const of_tables[] = {"param", "params", "table", "stricter", "format"};
    for (size_t i = 0; i < usage->n_options; i++) {
        const struct cd_option *o = &usage->options[i];
        bool is_given = o->kind == CD_OPTION_FLAG   ? *o->flag
                        : o->kind == CD_OPTION_MANY ? o->values->n != 0
                                                    : *o->value != NULL;
        for (size_t k = 0; k < CD_ARRAY_LEN(of_tables); k++) {
            is_given = is_given && strcmp(o->name, of_tables[k]) != 0;
        }
        if (is_given) {
            return o;
        }
    }
    return NULL;
}

/* `--table` names no target, and writes no files. */
static int
run_table(struct emit *e, const struct cd_usage *usage, char **argv, size_t n)
{
    enum cd_emit_table_format format;
    enum cd_target target;
    const struct cd_option *needless = option_of_documents(usage);
    if (needless != NULL) {
        return cd_usage_error(usage, "--table writes to standard output alone: leave %s%s away",
                              cd_option_dashes(needless), needless->name);
    }
    if (!cd_emit_table_format(e->format, &format)) {
        return cd_usage_error(usage, "--format %s: there are text, json and markdown", e->format);
    }
    if (n < 1) {
        return cd_usage_error(usage, "name at least one policy");
    }
    if (cd_target_find(cd_str_of(argv[1]), &target, NULL)) {
        return cd_usage_error(usage, "--table is about every target: leave %s away", argv[1]);
    }
    cd_frontend_init(&e->front);
    e->front.derive = e->derive;
    int code = cd_emit_table(&e->front, (const char *const *)(argv + 1), n, &e->params, format);
    cd_frontend_finish(&e->front);
    return code;
}

static int
check_target(struct emit *e, const struct cd_usage *usage, char **argv, size_t n)
{
    struct cd_nearest near;
    enum cd_target second;
    cd_nearest_init(&near, cd_str_of(n < 1 ? "" : argv[1]));
    if (n < 1 || !cd_target_find(cd_str_of(argv[1]), &e->target, &near)) {
        return wrong_target(usage, n < 1 ? NULL : argv[1], &near);
    }
    if (n > 1 && cd_target_find(cd_str_of(argv[2]), &second, NULL) && access(argv[2], F_OK) != 0) {
        return cd_usage_error(usage, "one target at a time: %s, or %s", argv[1], argv[2]);
    }
    if (n < 2 || e->folder.path == NULL) {
        return cd_usage_error(usage, n < 2 ? "name at least one policy" : "-o DIR is needed");
    }
    return CD_EXIT_HOLDS;
}

/* Do the options go together? */
static int
check_options(struct emit *e, const struct cd_usage *usage)
{
    enum cd_format wrapping;
    if (e->format != NULL && !cd_format_find(cd_str_of(e->format), &wrapping)) {
        return cd_usage_error(usage, "--format %s is for --table", e->format);
    }
    enum cd_target wanted = e->target;
    const char *misplaced = cd_emit_scopes_misplaced(&e->scopes, &wanted);
    if (misplaced != NULL) {
        return cd_usage_error(usage, "%s is for the target %s", misplaced, cd_target_name(wanted));
    }
    if (cd_emit_limits_read(&e->limits, e->target, &e->err) != CORDON_OK) {
        return cd_usage_error(usage, "%s", e->err.message);
    }
    if (e->merge.paths.n != 0 && e->target != CD_TARGET_BUCKET_POLICY
        && e->target != CD_TARGET_KEY_POLICY) {
        return cd_usage_error(usage, "--merge is for the targets %s and %s",
                              cd_target_name(CD_TARGET_BUCKET_POLICY),
                              cd_target_name(CD_TARGET_KEY_POLICY));
    }
    return cd_depfile_check(&e->depfile, usage);
}

static int
run(struct emit *e, const struct cd_usage *usage, char **argv, size_t n)
{
    if (e->wants_table) {
        return run_table(e, usage, argv, n);
    }
    if (check_target(e, usage, argv, n) != CD_EXIT_HOLDS
        || check_options(e, usage) != CD_EXIT_HOLDS) {
        return CD_EXIT_WRONG;
    }
    cd_frontend_init(&e->front);
    e->front.derive = e->derive;
    int code = emit(e, (const char *const *)(argv + 2), n - 1);
    cd_buf_finish(&e->manifest_bytes);
    cd_emit_merge_finish(&e->merge);
    cd_loaded_finish(&e->compiled);
    cd_frontend_finish(&e->front);
    return code;
}

static const char synopsis[] =
    "TARGET POLICY… -o DIR [OPTION…]\n"
    "       cordon emit --table POLICY… [--param …] [--params …] [--stricter] [--format "
    "text|json|markdown]";

static const char description[] =
    "Writes the denies of the policies' controls, written and derived, as documents, with a "
    "manifest that leads each\n"
    "statement back to its control and line. What the target cannot say is listed, and is no "
    "failure. Targets:\n"
    "  scp                   a service control policy (also: service-control-policy)\n"
    "  rcp                   a resource control policy (resource-control-policy)\n"
    "  bucket-policy         a policy for each bucket (bucket)\n"
    "  endpoint-policy       the policy of VPC endpoints, with the Allow that it needs (vpce, "
    "vpc-endpoint-policy)\n"
    "  key-policy            a policy for each KMS key, which leaves its account in control "
    "(kms, kms-key-policy)\n"
    "  permissions-boundary  a managed policy, with the Allow that it needs (boundary)\n"
    "Service and resource control policies over their quota become several documents, the "
    "fewest, with a plan of where to\n"
    "attach them in the manifest. Exit code: 0, or 2 if something is wrong or what hangs alone "
    "is over its quota; then\n"
    "nothing is written.\n"
    "With --table: what of each control each target prevents exactly, in part or not, and why, on "
    "standard output.\n" CD_POLICY_HELP;

int
cd_verb_emit(int argc, char **argv)
{
    struct emit e = {.folder = {.path = NULL}};
    const struct cd_option options[] = {
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "DIR",
         .value = &e.folder.path,
         .help = "the folder to write to; it is made if it is not there"},
        CD_EMIT_SCOPE_OPTIONS(&e.scopes),
        {.name = "merge",
         .kind = CD_OPTION_MANY,
         .argument = "SNAPSHOT",
         .values = &e.merge.paths,
         .help = "put the statements of bucket and key policies into the policies that SNAPSHOT "
                 "shows, behind theirs"},
        {.name = "param",
         .kind = CD_OPTION_MANY,
         .argument = "[module.]name=value",
         .values = &e.params.texts,
         .help = "set a parameter"},
        {.name = "params",
         .kind = CD_OPTION_MANY,
         .argument = "FILE.yaml",
         .values = &e.params.files,
         .help = "set parameters from a file"},
        {.name = "table",
         .kind = CD_OPTION_FLAG,
         .flag = &e.wants_table,
         .help = "write no documents, but what of each control each target prevents, and why not "
                 "all of it"},
        {.name = "stricter",
         .kind = CD_OPTION_FLAG,
         .flag = &e.derive.stricter,
         .help = "also derive denies from a require whose `where` no condition key tells: they "
                 "deny more than it forbids"},
        {.name = "format",
         .kind = CD_OPTION_CHOICE,
         .argument = "FORMAT",
         .choices = "json|terraform|tf|cloudformation|cfn|text|markdown",
         .value = &e.format,
         .help = "also wrap the documents for a tool that deploys them (json: they stand alone); "
                 "of the table: text, json or markdown"},
        CD_EMIT_LIMIT_OPTIONS(&e.limits),
        CD_DEPFILE_OPTIONS(&e.depfile),
    };
    const struct cd_usage usage = {"cordon emit",         synopsis, description, options,
                                   CD_ARRAY_LEN(options), NULL};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    code = run(&e, &usage, argv, n);
    cd_options_finish(&usage);
    return code;
}
