/* Answers as lines of JSON. */
#include "runtime/iam/simulate_line.h"

/* ---- answers ---- */

#define PUT(out, literal) cd_buf_put((out), (literal), sizeof(literal) - 1)

static void
put_index(uint32_t index, struct cd_buf *out)
{
    char digits[10];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    cd_buf_put(out, digits + n, sizeof digits - n);
}

static void
put_reason(const struct cd_because *r, struct cd_buf *out)
{
    PUT(out, "{\"policy\":");
    if (r->statement == NULL && r->name.n == 0) {
        PUT(out, "null");
    } else {
        cd_buf_json_str(out, r->name);
    }
    PUT(out, ",\"sid\":");
    if (r->statement == NULL || r->statement->sid.n == 0) {
        PUT(out, "null");
    } else {
        cd_buf_json_str(out, r->statement->sid);
    }
    if (r->statement == NULL) {
        PUT(out, ",\"index\":null,\"kind\":\"");
    } else {
        PUT(out, ",\"index\":");
        put_index(r->statement->index, out);
        PUT(out, ",\"kind\":\"");
    }
    cd_buf_str(out, cd_policy_kind_name(r->kind));
    PUT(out, "\"}");
}

static void
put_warnings(const struct cd_warnings *w, bool *is_first, struct cd_buf *out)
{
    for (size_t i = 0; i < w->n; i++) {
        cd_buf_puts(out, *is_first ? ",\"warnings\":[" : ",");
        *is_first = false;
        cd_buf_json_str(out, w->items[i]);
    }
}

/* A member of its own, if there are any. */
static void
put_all_warnings(const struct cd_line *l, struct cd_buf *out)
{
    bool is_first = true;
    for (size_t i = 0; i < CD_N_POLICY_KINDS; i++) {
        if (l->policies[i] != NULL) {
            put_warnings(&l->policies[i]->warnings, &is_first, out);
        }
    }
    put_warnings(&l->warnings, &is_first, out);
    cd_buf_puts(out, is_first ? "" : "]");
}

void
cd_line_answer(const struct cd_line *l, const struct cd_decided *d, struct cd_buf *out)
{
    static const struct cd_str words[] = {
        [CD_ALLOWED] = CD_STR_INIT("allowed"),
        [CD_EXPLICIT_DENY] = CD_STR_INIT("explicit_deny"),
        [CD_IMPLICIT_DENY] = CD_STR_INIT("implicit_deny"),
        [CD_UNDECIDED] = CD_STR_INIT("unknown"),
    };
    PUT(out, "{\"id\":");
    cd_buf_str(out, l->id.n != 0 ? l->id : CD_STR("null"));
    PUT(out, ",\"decision\":\"");
    cd_buf_str(out, words[d->decision]);
    PUT(out, "\",\"because\":[");
    for (size_t i = 0; i < d->n_because; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        put_reason(&d->because[i], out);
    }
    PUT(out, "],\"missing\":[");
    for (size_t i = 0; i < d->missing.n; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        cd_buf_json_str(out, d->missing.names[i]);
    }
    PUT(out, "]");
    put_all_warnings(l, out);
    PUT(out, "}\n");
}

void
cd_line_error(struct cd_str id, uint64_t number, struct cd_str error, struct cd_buf *out)
{
    struct cd_buf text = CD_BUF_INIT;
    if (id.n == 0) {
        cd_buf_printf(&text, "line %llu: ", (unsigned long long)number);
    }
    cd_buf_str(&text, error);
    cd_buf_puts(out, "{\"id\":");
    cd_buf_str(out, id.n != 0 ? id : CD_STR("null"));
    cd_buf_puts(out, ",\"error\":");
    cd_buf_json_str(out, cd_buf_view(&text));
    cd_buf_puts(out, "}\n");
    cd_buf_finish(&text);
}
