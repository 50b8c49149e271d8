/* What the tools that turn YAML into C tables share. */
#include "compiler/tools/yaml/yaml_gen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/file.h"

#define MAX_FILE_SIZE ((size_t)16 << 20)

void
yg_die(const struct yaml_gen *g, const struct cd_yaml *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%zu: ", g->file, at == NULL ? 0 : at->line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

void
yg_read(struct yaml_gen *g, const char *path, struct cd_yaml *root)
{
    struct cd_str text;
    struct cordon_error err = {.code = CORDON_OK};
    g->file = path;
    if (cd_file_read(path, MAX_FILE_SIZE, &g->arena, &text, &err) != CORDON_OK
        || cd_yaml_read(&g->arena, cd_str_of(path), text, root, &err) != CORDON_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
}

struct cd_str
yg_scalar(const struct yaml_gen *g, const struct cd_yaml *n)
{
    if (n == NULL || n->kind == CD_YAML_LIST || n->kind == CD_YAML_MAP) {
        yg_die(g, n, "a word is expected here");
        return CD_STR("");
    }
    return n->text;
}

const struct cd_yaml *
yg_member(const struct yaml_gen *g, const struct cd_yaml *n, const char *key)
{
    if (n->kind != CD_YAML_MAP) {
        yg_die(g, n, "a mapping is expected here");
    }
    return cd_yaml_get(n, cd_str_of(key));
}

void
yg_check_keys(const struct yaml_gen *g, const struct cd_yaml *n, const char *const *known,
              size_t n_known)
{
    for (size_t k = 0; n->kind == CD_YAML_MAP && k < n->n; k++) {
        struct cd_str key = yg_scalar(g, &n->keys[k]);
        size_t i = 0;
        while (i < n_known && !cd_str_eq(key, cd_str_of(known[i]))) {
            i++;
        }
        if (i == n_known) {
            yg_die(g, &n->keys[k], "unknown operator %.*s", CD_FMT(key));
        }
    }
}

void
yg_put_str(struct cd_buf *out, struct cd_str s)
{
    if (s.n == 0) {
        cd_buf_puts(out, "{NULL, 0}");
        return;
    }
    cd_buf_puts(out, "CD_STR_INIT(");
    cd_buf_json_str(out, s);
    cd_buf_putc(out, ')');
}

unsigned
yg_put_strings(struct yaml_gen *g, const struct cd_yaml *value, size_t *n)
{
    struct cd_buf code = CD_BUF_INIT;
    *n = 0;
    if (value->kind == CD_YAML_LIST) {
        for (; *n < value->n; ++*n) {
            yg_put_str(&code, yg_scalar(g, &value->items[*n]));
            cd_buf_puts(&code, ", ");
        }
    } else {
        yg_put_str(&code, yg_scalar(g, value));
        *n = 1;
    }
    unsigned id = g->n_arrays++;
    cd_buf_printf(&g->tables, "static const struct cd_str s%u[] = {", id);
    cd_buf_str(&g->tables, cd_buf_view(&code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(&code);
    return id;
}

static int
by_key(const void *a, const void *b)
{
    const struct yaml_pair *x = a;
    const struct yaml_pair *y = b;
    return cd_str_cmp(x->key->text, y->key->text);
}

struct yaml_pair *
yg_sorted_pairs(struct yaml_gen *g, const struct cd_yaml *n)
{
    struct yaml_pair *pairs = CD_NEW_ARRAY(&g->arena, n->n, struct yaml_pair);
    if (pairs == NULL) {
        yg_die(g, n, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < n->n; i++) {
        pairs[i] = (struct yaml_pair){&n->keys[i], &n->items[i]};
    }
    qsort(pairs, n->n, sizeof *pairs, by_key);
    return pairs;
}
