/* `cordon build`: policies to an image, written aside and renamed, so that no half of one is ever
 * there. */
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/depfile.h"
#include "compiler/cli/program.h"
#include "compiler/cli/verbs.h"
#include "runtime/driver/options.h"

struct build {
    const char *output;
    bool disasm;
    struct cd_depfile depfile;
};

static int
show(const struct cd_image *img)
{
    struct cd_out out;
    struct cd_buf text = CD_BUF_INIT;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    cd_image_disasm(img, &text);
    cd_out_buf(&out, &text);
    cd_buf_finish(&text);
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}

static int
build(const struct build *b, const char *const *policies, size_t n)
{
    struct cd_frontend front;
    struct cd_loaded compiled = {.has_arena = false};
    struct cd_buf bytes = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    cd_frontend_init(&front);
    cordon_status status = cd_cli_compile(&front, policies, n, &compiled, &bytes, &err);
    int code = cd_frontend_report(&front, status, &err);
    if (code == CD_EXIT_HOLDS) {
        code = cd_cli_fail(cd_depfile_write(&b->depfile, &b->output, 1, &front, NULL, &err), &err);
    }
    if (code == CD_EXIT_HOLDS && b->output != NULL) {
        code = cd_cli_fail(cd_frontend_write(&front, "-o", b->output, cd_buf_view(&bytes), &err),
                           &err);
    }
    cd_frontend_finish(&front);
    if (code == CD_EXIT_HOLDS && b->disasm) {
        code = show(&compiled.img);
    }
    cd_buf_finish(&bytes);
    cd_loaded_finish(&compiled);
    return code;
}

int
cd_verb_build(int argc, char **argv)
{
    struct build b = {.output = NULL};
    const struct cd_option options[] = {
        {.name = "o",
         .kind = CD_OPTION_VALUE,
         .argument = "FILE",
         .value = &b.output,
         .help = "the image to write"},
        {.name = "disasm",
         .kind = CD_OPTION_FLAG,
         .flag = &b.disasm,
         .help = "show the program on standard output"},
        CD_DEPFILE_OPTIONS(&b.depfile),
    };
    const struct cd_usage usage = {
        .command = "cordon build",
        .arguments = "[--disasm] -o FILE [-MD FILE] POLICY…",
        .description =
            "Compiles policies to an image that `cordon eval` and `cordon-eval` run.\n"
            "Parameters stay open and are given when it is run. -MD writes what a "
            "Makefile includes, so\n"
            "that the image is made again when one of its policies changes.\n" CD_POLICY_HELP "\n"
            "Exit code: 0, or 2 if something is wrong.",
        .options = options,
        .n_options = CD_ARRAY_LEN(options),
        .needs = "name at least one policy",
    };
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    if (b.output == NULL && (!b.disasm || b.depfile.path != NULL)) {
        code = cd_usage_error(&usage, "name the image to write with -o FILE%s",
                              b.depfile.path == NULL ? ", or ask for --disasm" : "");
    } else if (b.output != NULL && cd_str_ends(cd_str_of(b.output), CD_STR(".cordon"))) {
        code = cd_usage_error(&usage, "-o %s: an image is no policy; name it with .cbc", b.output);
    } else if ((code = cd_depfile_check(&b.depfile, &usage)) == CD_EXIT_HOLDS) {
        code = build(&b, (const char *const *)&argv[1], n);
    }
    cd_options_finish(&usage);
    return code;
}
