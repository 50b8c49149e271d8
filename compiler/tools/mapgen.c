/* Compiles the normalization maps: mapgen OUT.c FILE.yaml…
 *
 * A file maps types of AWS Config to CloudFormation's:
 *
 *     AWS::IAM::Policy:                    the type in AWS Config
 *       type: AWS::IAM::ManagedPolicy      CloudFormation's, where it is another
 *       id: name                           or `resource`: resourceName or resourceId is the id
 *       properties:
 *         Property: path                   from the item; a list of paths: the first that is there
 *         Property: {path: …, OPERATORS}
 *       rows:
 *         AWS::S3::BucketPolicy: {path: …, properties: {…}}
 *
 * Operators:
 *     each: member                 each element of the list is replaced by its member
 *     keyed-by: Property           the list is kept as an object, by this property of its elements
 *     keyed-by: [First, Second]    … by two: `path/name` is First `/path` and Second `name`
 *     explode: [{over: list, of: {…}}]   one element for each element of the lists inside each
 *     of: {…}                      properties of the object, or of the elements of the list
 *     json: true                   a string holds the value as JSON
 *     urldecode: true              a policy document is percent-encoded
 *     const: value
 *     carried: false               its absence says nothing
 *     unset: value                 a scalar that stands for nothing
 *     is: word                     a boolean, kept as a word: true if it is this one
 *     split: text                  a list, kept as one string with this between its elements
 *     when: member                 the object counts if this member of it is set: neither false
 * nor, with it, what `unset` says other-form: true             kept in a form that is not read:
 * unknown where it is there
 *
 * Below `of`, paths begin at the object around; `.` is that object, and `/…` begins at the item.
 * `name[0]` is the first element of the list `name`; `name[member]` the one whose `member` is true,
 * or is there and no boolean. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/file.h"
#include "runtime/base/yaml.h"

#define MAX_FILE_SIZE ((size_t)16 << 20)

struct type {
    struct cd_str from;
    struct cd_buf code; /* the initializer */
};

struct gen {
    const char *file;
    struct cd_buf tables; /* the arrays, inner ones first */
    unsigned n_arrays;
    struct type *types;
    size_t n_types, cap_types;
    struct cd_arena arena;
};

static void
die(const struct gen *g, const struct cd_yaml *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%zu: ", g->file, at == NULL ? 0 : at->line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

static struct cd_str
scalar(const struct gen *g, const struct cd_yaml *n)
{
    if (n == NULL || n->kind == CD_YAML_LIST || n->kind == CD_YAML_MAP) {
        die(g, n, "a word is expected here");
        return CD_STR("");
    }
    return n->text;
}

/* The value of KEY in a mapping, or NULL. */
static const struct cd_yaml *
member(const struct gen *g, const struct cd_yaml *n, const char *key)
{
    if (n->kind != CD_YAML_MAP) {
        die(g, n, "a mapping is expected here");
    }
    return cd_yaml_get(n, cd_str_of(key));
}

static void
check_keys(const struct gen *g, const struct cd_yaml *n, const char *const *known, size_t n_known)
{
    for (size_t k = 0; n->kind == CD_YAML_MAP && k < n->n; k++) {
        struct cd_str key = scalar(g, &n->keys[k]);
        size_t i = 0;
        while (i < n_known && !cd_str_eq(key, cd_str_of(known[i]))) {
            i++;
        }
        if (i == n_known) {
            die(g, &n->keys[k], "unknown operator %.*s", CD_FMT(key));
        }
    }
}

static void
put_str(struct cd_buf *out, struct cd_str s)
{
    if (s.n == 0) {
        cd_buf_puts(out, "{NULL, 0}");
        return;
    }
    cd_buf_puts(out, "CD_STR_INIT(");
    cd_buf_json_str(out, s);
    cd_buf_putc(out, ')');
}

/* A word, or a list of them: an array of strings. Returns its number; *n its length. */
static unsigned
put_strings(struct gen *g, const struct cd_yaml *value, size_t *n)
{
    struct cd_buf code = CD_BUF_INIT;
    *n = 0;
    if (value->kind == CD_YAML_LIST) {
        for (; *n < value->n; ++*n) {
            put_str(&code, scalar(g, &value->items[*n]));
            cd_buf_puts(&code, ", ");
        }
    } else {
        put_str(&code, scalar(g, value));
        *n = 1;
    }
    unsigned id = g->n_arrays++;
    cd_buf_printf(&g->tables, "static const struct cd_str s%u[] = {", id);
    cd_buf_str(&g->tables, cd_buf_view(&code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(&code);
    return id;
}

static unsigned put_entries(struct gen *g, const struct cd_yaml *n, size_t *count);

/* `.FIELD = aN, .n_FIELD = N` of a mapping of properties, if there is one. */
static void
put_of(struct gen *g, const struct cd_yaml *of, struct cd_buf *out)
{
    size_t n;
    if (of == NULL) {
        return;
    }
    unsigned id = put_entries(g, of, &n);
    cd_buf_printf(out, ", .of = a%u, .n_of = %zu", id, n);
}

static void
put_explode(struct gen *g, const struct cd_yaml *list, struct cd_buf *out)
{
    static const char *const known[] = {"over", "of"};
    struct cd_buf code = CD_BUF_INIT;
    if (list->kind != CD_YAML_LIST) {
        die(g, list, "explode: a list of {over, of} is expected here");
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct cd_yaml *one = &list->items[i];
        const struct cd_yaml *over = member(g, one, "over");
        size_t n_over;
        check_keys(g, one, known, CD_ARRAY_LEN(known));
        if (over == NULL) {
            die(g, one, "explode: over what?");
            return;
        }
        unsigned id = put_strings(g, over, &n_over);
        cd_buf_printf(&code, "    {.over = s%u, .n_over = %zu", id, n_over);
        put_of(g, member(g, one, "of"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->n_arrays++;
    cd_buf_printf(&g->tables, "static const struct cd_map_explode e%u[] = {\n", id);
    cd_buf_str(&g->tables, cd_buf_view(&code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .explode = e%u, .n_explode = %zu", id, list->n);
}

static bool
is_set(const struct gen *g, const struct cd_yaml *n, const char *key, const char *value)
{
    const struct cd_yaml *found = member(g, n, key);
    if (found == NULL) {
        return false;
    }
    if (!cd_str_eq(scalar(g, found), cd_str_of(value))) {
        die(g, found, "%s: only %s can be said", key, value);
    }
    return true;
}

static void
put_keyed_by(struct gen *g, const struct cd_yaml *n, struct cd_buf *out)
{
    if (n == NULL) {
        return;
    }
    bool is_pair = n->kind == CD_YAML_LIST;
    if (is_pair && n->n != 2) {
        die(g, n, "keyed-by: one property, or two");
    }
    cd_buf_puts(out, ", .keyed_by = ");
    put_str(out, scalar(g, is_pair ? &n->items[0] : n));
    if (is_pair) {
        cd_buf_puts(out, ", .keyed_by_rest = ");
        put_str(out, scalar(g, &n->items[1]));
    }
}

static void
put_operators(struct gen *g, const struct cd_yaml *n, struct cd_buf *out)
{
    static const char *const known[] = {"path", "each",      "keyed-by", "explode",   "of",
                                        "json", "urldecode", "const",    "carried",   "unset",
                                        "is",   "split",     "when",     "other-form"};
    static const char *const words[][2] = {{"each", "each"},   {"const", "constant"},
                                           {"unset", "unset"}, {"is", "is"},
                                           {"split", "split"}, {"when", "when"}};
    check_keys(g, n, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *path = member(g, n, "path");
    const struct cd_yaml *explode = member(g, n, "explode");
    if (path != NULL) {
        size_t n_paths;
        unsigned id = put_strings(g, path, &n_paths);
        cd_buf_printf(out, ", .paths = s%u, .n_paths = %zu", id, n_paths);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        const struct cd_yaml *value = member(g, n, words[i][0]);
        if (value != NULL) {
            cd_buf_printf(out, ", .%s = ", words[i][1]);
            put_str(out, scalar(g, value));
        }
    }
    put_keyed_by(g, member(g, n, "keyed-by"), out);
    cd_buf_puts(out, is_set(g, n, "other-form", "true") ? ", .other_form = true" : "");
    cd_buf_puts(out, is_set(g, n, "json", "true") ? ", .json = true" : "");
    cd_buf_puts(out, is_set(g, n, "urldecode", "true") ? ", .urldecode = true" : "");
    cd_buf_puts(out, is_set(g, n, "carried", "false") ? ", .not_carried = true" : "");
    put_of(g, member(g, n, "of"), out);
    if (explode != NULL) {
        put_explode(g, explode, out);
    }
}

struct pair {
    const struct cd_yaml *key, *value;
};

static int
by_key(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    return cd_str_cmp(x->key->text, y->key->text);
}

/* The pairs of a mapping in the order of their keys. */
static struct pair *
sorted_pairs(struct gen *g, const struct cd_yaml *n)
{
    struct pair *pairs = CD_NEW_ARRAY(&g->arena, n->n, struct pair);
    if (pairs == NULL) {
        die(g, n, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < n->n; i++) {
        pairs[i] = (struct pair){&n->keys[i], &n->items[i]};
    }
    qsort(pairs, n->n, sizeof *pairs, by_key);
    return pairs;
}

/* A mapping of properties: an array of entries. Returns its number. */
static unsigned
put_entries(struct gen *g, const struct cd_yaml *n, size_t *count)
{
    struct cd_buf code = CD_BUF_INIT;
    if (n->kind != CD_YAML_MAP) {
        die(g, n, "a mapping of properties is expected here");
    }
    const struct pair *pairs = sorted_pairs(g, n);
    *count = n->n;
    for (size_t i = 0; i < n->n; i++) {
        const struct cd_yaml *value = pairs[i].value;
        struct cd_str name = scalar(g, pairs[i].key);
        cd_buf_puts(&code, "    {.name = ");
        put_str(&code, name);
        if (value->kind == CD_YAML_MAP) {
            put_operators(g, value, &code);
        } else {
            size_t n_paths;
            unsigned id = put_strings(g, value, &n_paths);
            cd_buf_printf(&code, ", .paths = s%u, .n_paths = %zu", id, n_paths);
        }
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->n_arrays++;
    cd_buf_printf(&g->tables, "static const struct cd_map_entry a%u[] = {\n", id);
    cd_buf_str(&g->tables, cd_buf_view(&code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(&code);
    return id;
}

static void
put_rows(struct gen *g, const struct cd_yaml *rows, struct cd_buf *out)
{
    static const char *const known[] = {"path", "properties"};
    struct cd_buf code = CD_BUF_INIT;
    for (size_t i = 0; i < rows->n; i++) {
        const struct cd_yaml *value = &rows->items[i];
        const struct cd_yaml *path = member(g, value, "path");
        check_keys(g, value, known, CD_ARRAY_LEN(known));
        cd_buf_puts(&code, "    {.type = ");
        put_str(&code, scalar(g, &rows->keys[i]));
        cd_buf_puts(&code, ", .path = ");
        put_str(&code, scalar(g, path));
        put_of(g, member(g, value, "properties"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->n_arrays++;
    cd_buf_printf(&g->tables, "static const struct cd_map_rows r%u[] = {\n", id);
    cd_buf_str(&g->tables, cd_buf_view(&code));
    cd_buf_puts(&g->tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .rows = r%u, .n_rows = %zu", id, rows->n);
}

static void
put_type(struct gen *g, const struct cd_yaml *key, const struct cd_yaml *value)
{
    static const char *const known[] = {"type", "id", "properties", "rows"};
    struct type *t = CD_PUSH(&g->arena, g->types, g->n_types, g->cap_types);
    if (t == NULL || value->kind != CD_YAML_MAP) {
        die(g, key, "what about this type?");
        return;
    }
    check_keys(g, value, known, CD_ARRAY_LEN(known));
    t->from = cd_arena_str(&g->arena, scalar(g, key));
    t->code = (struct cd_buf)CD_BUF_INIT;
    const struct cd_yaml *type = member(g, value, "type");
    const struct cd_yaml *id = member(g, value, "id");
    const struct cd_yaml *rows = member(g, value, "rows");
    cd_buf_puts(&t->code, "    {.from = ");
    put_str(&t->code, t->from);
    cd_buf_puts(&t->code, ", .type = ");
    put_str(&t->code, type == NULL ? t->from : scalar(g, type));
    if (id != NULL) {
        bool is_name = cd_str_eq(scalar(g, id), CD_STR("name"));
        if (!is_name && !cd_str_eq(scalar(g, id), CD_STR("resource"))) {
            die(g, id, "id: `name` or `resource`");
        }
        cd_buf_printf(&t->code, ", .id = %s", is_name ? "CD_MAP_ID_NAME" : "CD_MAP_ID_RESOURCE");
    }
    put_of(g, member(g, value, "properties"), &t->code);
    if (rows != NULL) {
        put_rows(g, rows, &t->code);
    }
    cd_buf_puts(&t->code, "},\n");
}

static void
read_file(struct gen *g, const char *path)
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
        die(g, &root, "a mapping of types is expected here");
    }
    for (size_t i = 0; i < root.n; i++) {
        put_type(g, &root.keys[i], &root.items[i]);
    }
}

static int
by_from(const void *a, const void *b)
{
    const struct type *x = a;
    const struct type *y = b;
    return cd_str_cmp(x->from, y->from);
}

static void
put_all(struct gen *g, struct cd_buf *out)
{
    cd_buf_puts(out, "/* Made by compiler/tools/mapgen from stdlib/schema/normalize. */\n"
                     "#include <stddef.h>\n\n#include \"runtime/ingest/maps.h\"\n\n");
    cd_buf_str(out, cd_buf_view(&g->tables));
    qsort(g->types, g->n_types, sizeof *g->types, by_from);
    cd_buf_puts(out, "const struct cd_map_type cd_normalize_maps[] = {\n");
    for (size_t i = 0; i < g->n_types; i++) {
        if (i > 0 && cd_str_eq(g->types[i - 1].from, g->types[i].from)) {
            fprintf(stderr, "mapgen: %.*s is mapped twice\n", CD_FMT(g->types[i].from));
            exit(2);
        }
        cd_buf_str(out, cd_buf_view(&g->types[i].code));
        cd_buf_finish(&g->types[i].code);
    }
    cd_buf_printf(out, "};\nconst uint32_t cd_n_normalize_maps = %zu;\n", g->n_types);
}

int
main(int argc, char **argv)
{
    struct gen g = {.file = "mapgen"};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    if (argc < 3) {
        fprintf(stderr, "usage: mapgen OUT.c FILE.yaml…\n");
        return 2;
    }
    cd_arena_init(&g.arena);
    for (int i = 2; i < argc; i++) {
        read_file(&g, argv[i]);
    }
    put_all(&g, &out);
    if (out.oom || g.tables.oom || cd_file_write(argv[1], cd_buf_view(&out), &err) != CORDON_OK) {
        fprintf(stderr, "mapgen: %s\n", err.message);
        return 2;
    }
    cd_buf_finish(&out);
    cd_buf_finish(&g.tables);
    cd_arena_finish(&g.arena);
    return 0;
}
