/* The store of diagnostics, the table of their severities, and the search for the nearest right
 * name. */
#include "compiler/diag/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static enum cd_severity
severity_of(enum cd_diag_code code)
{
    switch (code) {
#define CD_DIAG(number, name, severity, meaning, example) \
    case CD_DIAG_##name:                                  \
        return severity;
#include "compiler/diag/diag_codes.def"
#undef CD_DIAG
    }
    return CD_ERROR;
}

void
cd_diags_init(struct cd_diags *d, struct cd_arena *arena)
{
    *d = (struct cd_diags){.arena = arena, .limit = 200};
}

/* What printf would give, in the arena. */
static struct cd_str
print(struct cd_arena *arena, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *p = n < 0 ? NULL : cd_arena_alloc(arena, (size_t)n + 1);
    if (p != NULL) {
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return p != NULL ? (struct cd_str){p, (size_t)n} : CD_STR("");
}

struct cd_diag *
cd_diag_add(struct cd_diags *d, enum cd_diag_code code, struct cd_span span, const char *fmt, ...)
{
    enum cd_severity severity = severity_of(code);
    size_t *count = severity == CD_ERROR ? &d->n_errors : &d->n_others;
    ++*count;
    struct cd_diag *diag = CD_NEW(d->arena, struct cd_diag);
    *diag = (struct cd_diag){.code = code,
                             .severity = severity,
                             .span = span,
                             .message = CD_STR(""),
                             .help = CD_STR("")};
    if (*count > d->limit) {
        return diag; /* counted, not kept */
    }
    va_list args;
    va_start(args, fmt);
    diag->message = print(d->arena, fmt, args);
    va_end(args);
    struct cd_diag **slot = CD_PUSH(d->arena, d->items, d->n, d->cap);
    *slot = diag;
    return diag;
}

void
cd_diag_help(struct cd_diags *d, struct cd_diag *diag, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    diag->help = print(d->arena, fmt, args);
    va_end(args);
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int
compare(const void *x, const void *y)
{
    const struct cd_diag *a = *(struct cd_diag *const *)x;
    const struct cd_diag *b = *(struct cd_diag *const *)y;
    int order = compare_numbers(a->span.file, b->span.file);
    order = order != 0 ? order : compare_numbers(a->span.start, b->span.start);
    order = order != 0 ? order : compare_numbers(a->span.end, b->span.end);
    order = order != 0 ? order : compare_numbers(a->code, b->code);
    return order != 0 ? order : cd_str_cmp(a->message, b->message);
}

void
cd_diags_sort(struct cd_diags *d)
{
    if (d->n < 2) {
        return;
    }
    qsort(d->items, d->n, sizeof *d->items, compare);
    size_t kept = 1;
    for (size_t i = 1; i < d->n; i++) {
        if (compare(&d->items[kept - 1], &d->items[i]) != 0) {
            d->items[kept++] = d->items[i];
        } else {
            d->n_errors -= d->items[i]->severity == CD_ERROR;
            d->n_others -= d->items[i]->severity != CD_ERROR;
        }
    }
    d->n = kept;
}

/* ---- the nearest right name ---- */

void
cd_nearest_help(struct cd_diags *d, struct cd_diag *diag, const struct cd_nearest *n)
{
    if (n->best.p != NULL) {
        cd_diag_help(d, diag, "did you mean %.*s?", CD_FMT(n->best));
    }
}
