/* `cordon emit TARGET`: policy documents from the denies of controls, with a manifest. */
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/param_env.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "compiler/emit/manifest.h"
#include "runtime/driver/options.h"

struct emit {
    struct cd_frontend front;
    struct cd_loaded compiled;
    const char *folder;
    struct cd_values params, params_files;
    struct cd_const_env env;
    struct cd_emission emission;
    struct cd_emitted_document document;
    bool has_document;
    struct cd_buf document_bytes, manifest_bytes;
    struct cordon_error err;
};

static cordon_status
make_documents(void *ctx)
{
    struct emit *e = ctx;
    struct cd_arena *arena = &e->front.arena;
    CORDON_TRY(cd_param_env(&e->front.sema, e->compiled.program.img, &e->params, &e->params_files,
                            arena, &e->env, &e->err));
    e->emission.arena = arena;
    cd_emit_statements(&e->emission, &e->front.sema, &e->env);
    cd_emit_document(e->emission.statements, e->emission.n, &e->document_bytes);
    e->has_document = e->emission.n != 0;
    e->document = (struct cd_emitted_document){
        .file = CD_STR("scp.json"),
        .target = "scp",
        .bytes = cd_buf_view(&e->document_bytes),
        .quota = cd_quota_of(CD_QUOTA_SCP, (struct cd_str){"", 0}),
        .statements = e->emission.statements,
        .n_statements = e->emission.n,
    };
    if (e->has_document) {
        CORDON_TRY(cd_document_fits(&e->document, &e->err));
    }
    const struct cd_manifest manifest = {&e->front.sema, &e->emission, &e->env, &e->document,
                                         e->has_document ? 1 : 0};
    cd_manifest_write(&manifest, arena, &e->manifest_bytes);
    if (e->document_bytes.oom || e->manifest_bytes.oom) {
        return cordon_fail(&e->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    return CORDON_OK;
}

static const char *
path_of(struct emit *e, struct cd_str file)
{
    return cd_arena_printf(&e->front.arena, "%s/%.*s", e->folder, CD_FMT(file)).p;
}

/* The manifest goes last: where it is, the documents that it names are. */
static cordon_status
write_files(void *ctx)
{
    struct emit *e = ctx;
    CORDON_TRY(cd_dir_make(e->folder, &e->err));
    if (e->has_document) {
        CORDON_TRY(cd_file_write(path_of(e, e->document.file), e->document.bytes, &e->err));
    }
    return cd_file_write(path_of(e, CD_STR("manifest.json")), cd_buf_view(&e->manifest_bytes),
                         &e->err);
}

static void
put_place(struct emit *e, struct cd_span span, struct cd_out *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(&e->front.sources, span.file, span.start, &line, &column, NULL);
    cd_out_str(out, e->front.sources.files[span.file].path);
    cd_out_printf(out, ":%u:%u: ", line, column);
}

static int
list_documents(struct emit *e)
{
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    if (e->has_document) {
        cd_out_printf(&out, "%s/%.*s: %zu statements, %zu of %u bytes\n", e->folder,
                      CD_FMT(e->document.file), e->document.n_statements, e->document.bytes.n,
                      e->document.quota.max_bytes);
    } else {
        cd_out_puts(&out, "no statements: no control has a deny that an SCP can carry\n");
    }
    cd_out_printf(&out, "%s/manifest.json\n", e->folder);
    for (size_t i = 0; i < e->emission.n_not; i++) {
        put_place(e, e->emission.not_expressible[i].span, &out);
        cd_out_puts(&out, "not expressible: ");
        cd_out_str(&out, e->emission.not_expressible[i].why);
        cd_out_puts(&out, "\n");
    }
    for (size_t i = 0; i < e->emission.n_warnings; i++) {
        put_place(e, e->emission.warnings[i].span, &out);
        cd_out_puts(&out, "warning: ");
        cd_out_str(&out, e->emission.warnings[i].message);
        cd_out_puts(&out, "\n");
    }
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}

static int
emit(struct emit *e, const char *const *policies, size_t n)
{
    cordon_status status = cd_cli_compile(&e->front, policies, n, &e->compiled, NULL, &e->err);
    int code = cd_frontend_report(&e->front, status, &e->err);
    if (code != CD_EXIT_HOLDS) {
        return code;
    }
    status = cd_frontend_guard(&e->front, make_documents, e, &e->err);
    if (status == CORDON_OK) {
        status = cd_frontend_guard(&e->front, write_files, e, &e->err);
    }
    return status == CORDON_OK ? list_documents(e) : cd_cli_fail(status, &e->err);
}

int
cd_verb_emit(int argc, char **argv)
{
    struct emit e = {.folder = NULL};
    const struct cd_option options[] = {
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "DIR",
         .value = &e.folder,
         .help = "the folder to write to; it is made if it is not there"},
        {.name = "param",
         .kind = CD_OPTION_MANY,
         .argument = "[module.]name=value",
         .values = &e.params,
         .help = "set a parameter"},
        {.name = "params",
         .kind = CD_OPTION_MANY,
         .argument = "FILE.yaml",
         .values = &e.params_files,
         .help = "set parameters from a file"},
    };
    const struct cd_usage usage = {
        "cordon emit", "scp POLICY… -o DIR [--param [module.]name=value] [--params FILE.yaml]",
        "Writes the denies of the policies' controls as a service control policy, with a manifest "
        "that leads each\n"
        "statement back to its control and line. What IAM cannot say is listed, and is no "
        "failure.\n"
        "Exit code: 0, or 2 if something is wrong or the document is over its quota; then nothing "
        "is written.",
        options, CD_ARRAY_LEN(options)};
    size_t n;
    enum cd_parsed parsed = cd_options_parse(&usage, argc, argv, &n);
    if (parsed != CD_PARSED_RUN) {
        return parsed == CD_PARSED_HELP ? CD_EXIT_HOLDS : CD_EXIT_WRONG;
    }
    int code;
    if (n < 1 || strcmp(argv[1], "scp") != 0) {
        code = n < 1 ? cd_usage_error(&usage, "name a target: scp")
                     : cd_usage_error(&usage, "%s is no target; there is: scp", argv[1]);
    } else if (n < 2 || e.folder == NULL) {
        code = cd_usage_error(&usage, n < 2 ? "name at least one policy" : "-o DIR is needed");
    } else {
        cd_frontend_init(&e.front);
        code = emit(&e, (const char *const *)(argv + 2), n - 1);
        cd_buf_finish(&e.document_bytes);
        cd_buf_finish(&e.manifest_bytes);
        cd_loaded_finish(&e.compiled);
        cd_frontend_finish(&e.front);
    }
    cd_options_finish(&usage);
    return code;
}
