/* `check --dump=tokens`. */
#include "compiler/parse/lexer.h"
#include "compiler/parse/parse.h"

void
cd_dump_tokens(struct cd_sources *sources, uint32_t file, struct cd_buf *out)
{
    struct cd_str text = sources->files[file].text;
    struct cd_lexer lexer;
    cd_lexer_init(&lexer, text);
    for (;;) {
        struct cd_token t = cd_lexer_next(&lexer);
        uint32_t line;
        uint32_t column;
        cd_sources_place(sources, file, t.start, &line, &column, NULL);
        struct cd_str bytes = cd_str_sub(text, t.start, t.end);
        cd_buf_printf(out, "%u:%u %s", line, column, cd_token_name(t.kind));
        if (bytes.n > 0) {
            cd_buf_putc(out, ' ');
            cd_buf_str(out, bytes);
        }
        cd_buf_putc(out, '\n');
        if (t.kind == CD_TOK_END) {
            return;
        }
    }
}
