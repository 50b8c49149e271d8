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
yg_put_array(struct yaml_gen *g, const char *of, char letter, struct cd_buf *code)
{
    unsigned id = g->n_arrays++;
    g->tables.oom = g->tables.oom || code->oom;
    cd_buf_printf(&g->tables, "static const struct %s %c%u[] = {\n", of, letter, id);
    cd_buf_str(&g->tables, cd_buf_view(code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(code);
    return id;
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
    return yg_put_array(g, "cd_str", 's', &code);
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

/* ---- whole tools ---- */

static void
read_file(struct yaml_gen *g, const struct yaml_tool *tool, const char *path)
{
    struct cd_str text;
    struct cd_yaml root;
    struct cordon_error err = {.code = CORDON_OK};
    g->file = path;
    if (cd_file_read(path, MAX_FILE_SIZE, &g->arena, &text, &err) != CORDON_OK
        || cd_yaml_read(&g->arena, cd_str_of(path), text, &root, &err) != CORDON_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
    if (root.kind != CD_YAML_MAP) {
        yg_die(g, &root, "a mapping of types is expected here");
    }
    for (size_t i = 0; i < root.n; i++) {
        struct yaml_type *t = CD_PUSH(&g->arena, g->types, g->n_types, g->cap_types);
        if (t == NULL || root.items[i].kind != CD_YAML_MAP) {
            yg_die(g, &root.keys[i], "what about this type?");
            return;
        }
        *t = (struct yaml_type){cd_arena_str(&g->arena, yg_scalar(g, &root.keys[i])), CD_BUF_INIT};
        tool->put_type(g, &root.keys[i], &root.items[i], &t->code);
    }
}

static int
by_name(const void *a, const void *b)
{
    const struct yaml_type *x = a, *y = b;
    return cd_str_cmp(x->name, y->name);
}

static void
put_all(struct yaml_gen *g, const struct yaml_tool *tool, struct cd_buf *out)
{
    cd_buf_puts(out, tool->head);
    cd_buf_str(out, cd_buf_view(&g->tables));
    qsort(g->types, g->n_types, sizeof *g->types, by_name);
    cd_buf_printf(out, "const %s[] = {\n", tool->array);
    for (size_t i = 0; i < g->n_types; i++) {
        struct yaml_type *t = &g->types[i];
        if (i > 0 && cd_str_eq(g->types[i - 1].name, t->name)) {
            fprintf(stderr, "%s: %.*s is there twice\n", tool->name, CD_FMT(t->name));
            exit(2);
        }
        out->oom = out->oom || t->code.oom;
        cd_buf_str(out, cd_buf_view(&t->code));
        cd_buf_finish(&t->code);
    }
    cd_buf_printf(out, "};\nconst uint32_t %s = %zu;\n", tool->count, g->n_types);
}

int
yg_run(const struct yaml_tool *tool, int argc, char **argv)
{
    struct yaml_gen g = {.file = tool->name};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    if (argc < 3) {
        fprintf(stderr, "usage: %s OUT.c FILE.yaml…\n", tool->name);
        return 2;
    }
    cd_arena_init(&g.arena);
    for (int i = 2; i < argc; i++) {
        read_file(&g, tool, argv[i]);
    }
    put_all(&g, tool, &out);
    if (out.oom || g.tables.oom || cd_file_write(argv[1], cd_buf_view(&out), &err) != CORDON_OK) {
        fprintf(stderr, "%s: %s\n", tool->name,
                err.code == CORDON_OK ? "out of memory" : err.message);
        return 2;
    }
    cd_buf_finish(&out);
    cd_buf_finish(&g.tables);
    cd_arena_finish(&g.arena);
    return 0;
}
