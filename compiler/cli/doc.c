/* `cordon doc`: the catalogue of controls as Markdown. */
#include <unistd.h>

#include "compiler/cli/frontend.h"
#include "compiler/cli/verbs.h"
#include "compiler/doc/doc.h"
#include "runtime/driver/options.h"

struct doc {
    struct cd_frontend front;
    const char *output;
    struct cd_buf text;
    struct cordon_error err;
};

static cordon_status
make(void *ctx)
{
    struct doc *d = ctx;
    CORDON_TRY(cd_doc_catalogue(&d->front.sema, &d->text));
    return d->text.oom ? CORDON_ENOMEM : CORDON_OK;
}

static int
doc(struct doc *d, const char *const *policies, size_t n)
{
    cordon_status status = cd_frontend_run(&d->front, policies, n, &d->err);
    int code = cd_frontend_report(&d->front, status, &d->err);
    if (code != CD_EXIT_HOLDS) {
        return code;
    }
    status = cd_frontend_guard(&d->front, make, d, &d->err);
    if (status == CORDON_OK && d->output != NULL) {
        status = cd_frontend_write(&d->front, "-o", d->output, cd_buf_view(&d->text), &d->err);
    }
    if (status != CORDON_OK || d->output != NULL) {
        return cd_cli_fail(status, &d->err);
    }
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    cd_out_buf(&out, &d->text);
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}

int
cd_verb_doc(int argc, char **argv)
{
    struct doc d = {.output = NULL};
    const struct cd_option options[] = {
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "FILE",
         .value = &d.output,
         .help = "write the document to a file instead of standard output"},
    };
    const struct cd_usage usage = {
        "cordon doc",
        "[-o FILE] POLICY…",
        "Writes the catalogue of the policies' controls as Markdown: what each says, detects and\n"
        "prevents, its parameters, its tests as examples; and for each framework which entries "
        "the\n"
        "controls map to. Parameters have their defaults.\n" CD_POLICY_HELP "\n"
        "Exit code: 0, or 2 if something is wrong.",
        options,
        CD_ARRAY_LEN(options),
        "name at least one policy"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_frontend_init(&d.front);
    code = doc(&d, (const char *const *)(argv + 1), n);
    cd_buf_finish(&d.text);
    cd_frontend_finish(&d.front);
    return code;
}
