/* Host tool: packs the modules of the library into a C file, see compiler/source/std_modules.h.
 * Usage: embed OUT.c ROOT FILE… (each FILE below ROOT; its path is stored relative to ROOT). */
#include <stdio.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/file.h"

#define MAX_FILE_SIZE ((size_t)16 << 20)

/* A C string literal of any bytes, a line of source a line. */
static void
put_literal(struct cd_buf *b, struct cd_str s)
{
    cd_buf_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n') {
            cd_buf_puts(b, i + 1 < s.n ? "\\n\"\n    \"" : "\\n");
        } else if (c == '"' || c == '\\' || c == '?') {
            cd_buf_putc(b, '\\');
            cd_buf_putc(b, c);
        } else if (c >= ' ' && c <= '~') {
            cd_buf_putc(b, c);
        } else {
            cd_buf_printf(b, "\\%03o", (unsigned char)c);
        }
    }
    cd_buf_putc(b, '"');
}

static cordon_status
put_module(struct cd_buf *b, struct cd_arena *a, const char *root, const char *file,
           struct cordon_error *err)
{
    struct cd_str path = cd_str_of(file);
    struct cd_str prefix = cd_arena_printf(a, "%s/", root);
    struct cd_str text;
    if (cd_str_starts(path, prefix)) {
        path = cd_str_sub(path, prefix.n, path.n);
    }
    CORDON_TRY(cd_file_read(file, MAX_FILE_SIZE, a, &text, err));
    cd_buf_puts(b, "    {");
    put_literal(b, path);
    cd_buf_puts(b, ",\n    ");
    put_literal(b, text);
    cd_buf_printf(b, ",\n     %zu},\n", text.n);
    return CORDON_OK;
}

static cordon_status
embed(struct cd_buf *b, struct cd_arena *a, int n_args, char **args, struct cordon_error *err)
{
    cd_buf_puts(
        b, "/* Made by compiler/tools/embed. */\n#include \"compiler/source/std_modules.h\"\n\n"
           "const struct cd_std_module cd_std_modules[] = {\n");
    for (int i = 3; i < n_args; i++) {
        CORDON_TRY(put_module(b, a, args[2], args[i], err));
    }
    cd_buf_printf(b, "    {0, 0, 0},\n};\nconst size_t cd_n_std_modules = %d;\n", n_args - 3);
    return cd_file_write(args[1], cd_buf_view(b), err);
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: embed OUT.c ROOT FILE...\n", stderr);
        return 2;
    }
    struct cd_arena a;
    struct cd_buf b = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    cd_arena_init(&a);
    cordon_status status = embed(&b, &a, argc, argv, &err);
    if (status == CORDON_OK && b.oom) {
        status = cordon_fail(&err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    if (status != CORDON_OK) {
        fprintf(stderr, "embed: %s\n", err.message);
    }
    cd_buf_finish(&b);
    cd_arena_finish(&a);
    return status == CORDON_OK ? 0 : 1;
}
