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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/tools/yaml/yaml_gen.h"
#include "runtime/base/file.h"

struct type {
    struct cd_str from;
    struct cd_buf code; /* the initializer */
};

struct gen {
    struct yaml_gen y;
    struct type *types;
    size_t n_types, cap_types;
};

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
        yg_die(&g->y, list, "explode: a list of {over, of} is expected here");
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct cd_yaml *one = &list->items[i];
        const struct cd_yaml *over = yg_member(&g->y, one, "over");
        size_t n_over;
        yg_check_keys(&g->y, one, known, CD_ARRAY_LEN(known));
        if (over == NULL) {
            yg_die(&g->y, one, "explode: over what?");
            return;
        }
        unsigned id = yg_put_strings(&g->y, over, &n_over);
        cd_buf_printf(&code, "    {.over = s%u, .n_over = %zu", id, n_over);
        put_of(g, yg_member(&g->y, one, "of"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->y.n_arrays++;
    cd_buf_printf(&g->y.tables, "static const struct cd_map_explode e%u[] = {\n", id);
    cd_buf_str(&g->y.tables, cd_buf_view(&code));
    cd_buf_puts(&g->y.tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .explode = e%u, .n_explode = %zu", id, list->n);
}

static bool
is_set(const struct gen *g, const struct cd_yaml *n, const char *key, const char *value)
{
    const struct cd_yaml *found = yg_member(&g->y, n, key);
    if (found == NULL) {
        return false;
    }
    if (!cd_str_eq(yg_scalar(&g->y, found), cd_str_of(value))) {
        yg_die(&g->y, found, "%s: only %s can be said", key, value);
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
        yg_die(&g->y, n, "keyed-by: one property, or two");
    }
    cd_buf_puts(out, ", .keyed_by = ");
    yg_put_str(out, yg_scalar(&g->y, is_pair ? &n->items[0] : n));
    if (is_pair) {
        cd_buf_puts(out, ", .keyed_by_rest = ");
        yg_put_str(out, yg_scalar(&g->y, &n->items[1]));
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
    yg_check_keys(&g->y, n, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *path = yg_member(&g->y, n, "path");
    const struct cd_yaml *explode = yg_member(&g->y, n, "explode");
    if (path != NULL) {
        size_t n_paths;
        unsigned id = yg_put_strings(&g->y, path, &n_paths);
        cd_buf_printf(out, ", .paths = s%u, .n_paths = %zu", id, n_paths);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        const struct cd_yaml *value = yg_member(&g->y, n, words[i][0]);
        if (value != NULL) {
            cd_buf_printf(out, ", .%s = ", words[i][1]);
            yg_put_str(out, yg_scalar(&g->y, value));
        }
    }
    put_keyed_by(g, yg_member(&g->y, n, "keyed-by"), out);
    cd_buf_puts(out, is_set(g, n, "other-form", "true") ? ", .other_form = true" : "");
    cd_buf_puts(out, is_set(g, n, "json", "true") ? ", .json = true" : "");
    cd_buf_puts(out, is_set(g, n, "urldecode", "true") ? ", .urldecode = true" : "");
    cd_buf_puts(out, is_set(g, n, "carried", "false") ? ", .not_carried = true" : "");
    put_of(g, yg_member(&g->y, n, "of"), out);
    if (explode != NULL) {
        put_explode(g, explode, out);
    }
}

/* A mapping of properties: an array of entries. Returns its number. */
static unsigned
put_entries(struct gen *g, const struct cd_yaml *n, size_t *count)
{
    struct cd_buf code = CD_BUF_INIT;
    if (n->kind != CD_YAML_MAP) {
        yg_die(&g->y, n, "a mapping of properties is expected here");
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(&g->y, n);
    *count = n->n;
    for (size_t i = 0; i < n->n; i++) {
        const struct cd_yaml *value = pairs[i].value;
        struct cd_str name = yg_scalar(&g->y, pairs[i].key);
        cd_buf_puts(&code, "    {.name = ");
        yg_put_str(&code, name);
        if (value->kind == CD_YAML_MAP) {
            put_operators(g, value, &code);
        } else {
            size_t n_paths;
            unsigned id = yg_put_strings(&g->y, value, &n_paths);
            cd_buf_printf(&code, ", .paths = s%u, .n_paths = %zu", id, n_paths);
        }
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->y.n_arrays++;
    cd_buf_printf(&g->y.tables, "static const struct cd_map_entry a%u[] = {\n", id);
    cd_buf_str(&g->y.tables, cd_buf_view(&code));
    cd_buf_puts(&g->y.tables, "};\n");
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
        const struct cd_yaml *path = yg_member(&g->y, value, "path");
        yg_check_keys(&g->y, value, known, CD_ARRAY_LEN(known));
        cd_buf_puts(&code, "    {.type = ");
        yg_put_str(&code, yg_scalar(&g->y, &rows->keys[i]));
        cd_buf_puts(&code, ", .path = ");
        yg_put_str(&code, yg_scalar(&g->y, path));
        put_of(g, yg_member(&g->y, value, "properties"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->y.n_arrays++;
    cd_buf_printf(&g->y.tables, "static const struct cd_map_rows r%u[] = {\n", id);
    cd_buf_str(&g->y.tables, cd_buf_view(&code));
    cd_buf_puts(&g->y.tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .rows = r%u, .n_rows = %zu", id, rows->n);
}

static void
put_type(struct gen *g, const struct cd_yaml *key, const struct cd_yaml *value)
{
    static const char *const known[] = {"type", "id", "properties", "rows"};
    struct type *t = CD_PUSH(&g->y.arena, g->types, g->n_types, g->cap_types);
    if (t == NULL || value->kind != CD_YAML_MAP) {
        yg_die(&g->y, key, "what about this type?");
        return;
    }
    yg_check_keys(&g->y, value, known, CD_ARRAY_LEN(known));
    t->from = cd_arena_str(&g->y.arena, yg_scalar(&g->y, key));
    t->code = (struct cd_buf)CD_BUF_INIT;
    const struct cd_yaml *type = yg_member(&g->y, value, "type");
    const struct cd_yaml *id = yg_member(&g->y, value, "id");
    const struct cd_yaml *rows = yg_member(&g->y, value, "rows");
    cd_buf_puts(&t->code, "    {.from = ");
    yg_put_str(&t->code, t->from);
    cd_buf_puts(&t->code, ", .type = ");
    yg_put_str(&t->code, type == NULL ? t->from : yg_scalar(&g->y, type));
    if (id != NULL) {
        bool is_name = cd_str_eq(yg_scalar(&g->y, id), CD_STR("name"));
        if (!is_name && !cd_str_eq(yg_scalar(&g->y, id), CD_STR("resource"))) {
            yg_die(&g->y, id, "id: `name` or `resource`");
        }
        cd_buf_printf(&t->code, ", .id = %s", is_name ? "CD_MAP_ID_NAME" : "CD_MAP_ID_RESOURCE");
    }
    put_of(g, yg_member(&g->y, value, "properties"), &t->code);
    if (rows != NULL) {
        put_rows(g, rows, &t->code);
    }
    cd_buf_puts(&t->code, "},\n");
}

static void
read_file(struct gen *g, const char *path)
{
    struct cd_yaml root;
    yg_read(&g->y, path, &root);
    if (root.kind != CD_YAML_MAP) {
        yg_die(&g->y, &root, "a mapping of types is expected here");
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
    cd_buf_str(out, cd_buf_view(&g->y.tables));
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
    struct gen g = {.y = {.file = "mapgen"}};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    if (argc < 3) {
        fprintf(stderr, "usage: mapgen OUT.c FILE.yaml…\n");
        return 2;
    }
    cd_arena_init(&g.y.arena);
    for (int i = 2; i < argc; i++) {
        read_file(&g, argv[i]);
    }
    put_all(&g, &out);
    if (out.oom || g.y.tables.oom || cd_file_write(argv[1], cd_buf_view(&out), &err) != CORDON_OK) {
        fprintf(stderr, "mapgen: %s\n", err.message);
        return 2;
    }
    cd_buf_finish(&out);
    cd_buf_finish(&g.y.tables);
    cd_arena_finish(&g.y.arena);
    return 0;
}
