/* Constants as JSON. The nesting of constants is bounded by that of expressions. */
#include "compiler/sema/const_json.h"

#include "runtime/base/num.h"

static void
put_members(const struct cd_const *c, struct cd_buf *out)
{
    cd_buf_putc(out, c->kind == CD_CONST_MAP ? '{' : '[');
    for (size_t i = 0; i < c->n; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        if (c->kind == CD_CONST_MAP) {
            cd_buf_json_str(out, c->keys[i]);
            cd_buf_putc(out, ':');
        }
        cd_const_json(c->items[i], out);
    }
    cd_buf_putc(out, c->kind == CD_CONST_MAP ? '}' : ']');
}

void
cd_const_json(const struct cd_const *c, struct cd_buf *out)
{
    char text[48];
    switch (c->kind) {
    case CD_CONST_ABSENT: cd_buf_puts(out, "null"); break;
    case CD_CONST_BOOL: cd_buf_puts(out, c->boolean ? "true" : "false"); break;
    case CD_CONST_NUMBER: cd_buf_number(out, c->number); break;
    case CD_CONST_STRING: cd_buf_json_str(out, c->text); break;
    case CD_CONST_TIME: cd_buf_json_str(out, cd_format_time(c->ms, text)); break;
    case CD_CONST_DURATION: cd_buf_json_str(out, cd_format_duration(c->ms, text)); break;
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: put_members(c, out); break;
    }
}
