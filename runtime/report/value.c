/* Constant values as JSON. Nesting is bounded: the verifier and the parameter binder limit the
 * depth of constants. */
#include "runtime/report/value.h"

#include "runtime/base/num.h"

static void
put_members(const struct cd_image *img, const struct cd_constant *c, bool is_map,
            struct cd_buf *out)
{
    const uint32_t *item = img->const_items.items + c->value;
    cd_buf_putc(out, is_map ? '{' : '[');
    for (uint32_t i = 0; i < c->n; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        if (is_map) {
            cd_buf_json_str(out, cd_image_str(img, item[2 * i]));
            cd_buf_putc(out, ':');
        }
        cd_value_json(img, is_map ? item[2 * i + 1] : item[i], out);
    }
    cd_buf_putc(out, is_map ? '}' : ']');
}

void
cd_value_json(const struct cd_image *img, uint32_t index, struct cd_buf *out)
{
    const struct cd_constant *c = &img->consts.items[index];
    char text[48];
    double number;
    if (c->state != 0) {
        cd_buf_puts(out, "null");
        return;
    }
    switch ((enum cd_kind)img->types.items[c->type].kind) {
    case CD_KIND_BOOL: cd_buf_puts(out, c->value != 0 ? "true" : "false"); break;
    case CD_KIND_NUMBER:
        memcpy(&number, &c->value, sizeof number);
        cd_buf_number(out, number);
        break;
    case CD_KIND_STRING: cd_buf_json_str(out, cd_image_str(img, (uint32_t)c->value)); break;
    case CD_KIND_TIME: cd_buf_json_str(out, cd_format_time((int64_t)c->value, text)); break;
    case CD_KIND_DURATION: cd_buf_json_str(out, cd_format_duration((int64_t)c->value, text)); break;
    case CD_KIND_LIST: put_members(img, c, false, out); break;
    case CD_KIND_MAP: put_members(img, c, true, out); break;
    case CD_KIND_ROW:
    case CD_KIND_JSON:
    case CD_N_KINDS:
        cd_buf_puts(out, "null"); /* no constants of these kinds */
        break;
    }
}
