/* Failing, strings, growing sections, sorting. */
#include "compiler/tools/tablegen/tablegen.h"

#include <stdarg.h>

void
tg_die(const char *path, unsigned line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "tablegen: %s:%u: ", path, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

void
tg_check(bool ok)
{
    if (!ok) {
        tg_die("tablegen", 0, "out of memory");
    }
}

uint32_t
tg_intern(struct gen *g, struct cd_str s)
{
    uint32_t id = cd_intern_add(&g->strings, s);
    tg_check(id != CD_NO_STR);
    return id;
}

struct cd_str
tg_string_of(const struct gen *g, uint32_t id)
{
    return cd_intern_str(&g->strings, id);
}

uint32_t
tg_emit(struct gen *g, enum cd_blob_section section, const void *record, size_t size)
{
    struct cd_buf *b = &g->sections[section];
    uint32_t index = (uint32_t)(b->n / size);
    cd_buf_put(b, record, size);
    tg_check(!b->oom);
    return index;
}

uint32_t
tg_emitted(const struct gen *g, enum cd_blob_section section, size_t size)
{
    return (uint32_t)(g->sections[section].n / size);
}

struct cd_str
tg_cell(const struct line *l, size_t i)
{
    return i < l->n ? l->cells[i] : CD_STR("");
}

static int
cmp_bytes(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = cd_str_cmp(x->text, y->text);
    return c != 0 ? c : cd_str_cmp(x->second, y->second);
}

struct cd_str
tg_lowered(struct gen *g, struct cd_str s)
{
    struct cd_str copy = cd_arena_str(&g->arena, s);
    tg_check(copy.p != NULL);
    char *p = (char *)(uintptr_t)copy.p;
    for (size_t i = 0; i < copy.n; i++) {
        p[i] = cd_ascii_lower(p[i]);
    }
    return copy;
}

struct sort_key *
tg_sort_keys(struct gen *g, size_t n)
{
    struct sort_key *keys = CD_NEW_ARRAY(&g->arena, n + 1, struct sort_key);
    tg_check(keys != NULL);
    return keys;
}

void
tg_sort(struct sort_key *keys, size_t n)
{
    qsort(keys, n, sizeof *keys, cmp_bytes);
}

struct cd_str
tg_join(struct gen *g, struct cd_str a, struct cd_str b)
{
    struct cd_str s = cd_arena_printf(&g->arena, "%.*s%.*s", CD_FMT(a), CD_FMT(b));
    tg_check(s.p != NULL);
    return s;
}
