/* Constants as values: making, ordering, writing them. */
#include "compiler/sema/const.h"

#include <stdlib.h>

#include "runtime/base/num.h"

static struct cd_const *
new_const(struct cd_arena *a, enum cd_const_kind kind)
{
    struct cd_const *c = CD_NEW(a, struct cd_const);
    c->kind = kind;
    return c;
}

const struct cd_const *
cd_const_absent(void)
{
    static const struct cd_const absent = {.kind = CD_CONST_ABSENT};
    return &absent;
}

const struct cd_const *
cd_const_bool(struct cd_arena *a, bool value)
{
    static const struct cd_const yes = {.kind = CD_CONST_BOOL, .boolean = true};
    static const struct cd_const no = {.kind = CD_CONST_BOOL, .boolean = false};
    (void)a;
    return value ? &yes : &no;
}

const struct cd_const *
cd_const_number(struct cd_arena *a, double value)
{
    struct cd_const *c = new_const(a, CD_CONST_NUMBER);
    c->number = value;
    return c;
}

const struct cd_const *
cd_const_string(struct cd_arena *a, struct cd_str text)
{
    struct cd_const *c = new_const(a, CD_CONST_STRING);
    c->text = text;
    return c;
}

const struct cd_const *
cd_const_time(struct cd_arena *a, int64_t ms)
{
    struct cd_const *c = new_const(a, CD_CONST_TIME);
    c->ms = ms;
    return c;
}

const struct cd_const *
cd_const_duration(struct cd_arena *a, int64_t ms)
{
    struct cd_const *c = new_const(a, CD_CONST_DURATION);
    c->ms = ms;
    return c;
}

static int
compare_items(const void *x, const void *y)
{
    return cd_const_cmp(*(const struct cd_const *const *)x, *(const struct cd_const *const *)y);
}

const struct cd_const *
cd_const_collection(struct cd_arena *a, enum cd_const_kind kind,
                    const struct cd_const *const *items, size_t n)
{
    struct cd_const *c = new_const(a, kind);
    c->items = CD_NEW_ARRAY(a, n, const struct cd_const *);
    for (size_t i = 0; i < n; i++) {
        if (items[i]->kind != CD_CONST_ABSENT) {
            c->items[c->n++] = items[i];
        }
    }
    if (kind != CD_CONST_SET || c->n < 2) {
        return c;
    }
    qsort(c->items, c->n, sizeof *c->items, compare_items);
    size_t kept = 1;
    for (size_t i = 1; i < c->n; i++) {
        if (!cd_const_eq(c->items[i], c->items[kept - 1])) {
            c->items[kept++] = c->items[i];
        }
    }
    c->n = kept;
    return c;
}

static int
order(bool less, bool greater)
{
    return less ? -1 : greater;
}

static int
compare_members(const struct cd_const *x, const struct cd_const *y)
{
    for (size_t i = 0; i < x->n && i < y->n; i++) {
        int key = x->kind == CD_CONST_MAP ? cd_str_cmp(x->keys[i], y->keys[i]) : 0;
        int c = key ? key : cd_const_cmp(x->items[i], y->items[i]);
        if (c) {
            return c;
        }
    }
    return order(x->n<y->n, x->n> y->n);
}

int
cd_const_cmp(const struct cd_const *x, const struct cd_const *y)
{
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    switch (x->kind) {
    case CD_CONST_ABSENT: return 0;
    case CD_CONST_BOOL: return order(!x->boolean && y->boolean, x->boolean && !y->boolean);
    case CD_CONST_NUMBER: return order(x->number<y->number, x->number> y->number);
    case CD_CONST_STRING: return cd_str_cmp(x->text, y->text);
    case CD_CONST_TIME:
    case CD_CONST_DURATION: return order(x->ms<y->ms, x->ms> y->ms);
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: break;
    }
    return compare_members(x, y);
}

bool
cd_const_eq(const struct cd_const *x, const struct cd_const *y)
{
    return cd_const_cmp(x, y) == 0;
}

static void
print_members(const struct cd_const *c, struct cd_buf *out)
{
    cd_buf_putc(out, c->kind == CD_CONST_LIST ? '[' : '{');
    for (size_t i = 0; i < c->n; i++) {
        if (i > 0) {
            cd_buf_puts(out, ", ");
        }
        if (c->kind == CD_CONST_MAP) {
            cd_buf_json_str(out, c->keys[i]);
            cd_buf_puts(out, ": ");
        }
        cd_const_print(c->items[i], out);
    }
    cd_buf_putc(out, c->kind == CD_CONST_LIST ? ']' : '}');
}

void
cd_const_print(const struct cd_const *c, struct cd_buf *out)
{
    char text[48];
    switch (c->kind) {
    case CD_CONST_ABSENT: cd_buf_puts(out, "absent"); break;
    case CD_CONST_BOOL: cd_buf_puts(out, c->boolean ? "true" : "false"); break;
    case CD_CONST_NUMBER: cd_buf_number(out, c->number); break;
    case CD_CONST_STRING: cd_buf_json_str(out, c->text); break;
    case CD_CONST_TIME: cd_buf_str(out, cd_format_time(c->ms, text)); break;
    case CD_CONST_DURATION: cd_buf_str(out, cd_format_duration(c->ms, text)); break;
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: print_members(c, out); break;
    }
}
