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
 *     when: member                 the object counts if this member of it is set: not false, and
 *                                  not what `unset` says
 *     other-form: true             kept in a form that is not read: unknown where it is there
 *
 * Below `of`, paths begin at the object around; `.` is that object, and `/…` begins at the item.
 * `name[0]` is the first element of the list `name`; `name[member]` the one whose `member` is true,
 * or is there and no boolean. */
#include "compiler/tools/yaml/yaml_gen.h"

static unsigned put_entries(struct yaml_gen *g, const struct cd_yaml *n, size_t *count);

/* `.FIELD = aN, .n_FIELD = N` of a mapping of properties, if there is one. */
static void
put_of(struct yaml_gen *g, const struct cd_yaml *of, struct cd_buf *out)
{
    size_t n;
    if (of == NULL) {
        return;
    }
    unsigned id = put_entries(g, of, &n);
    cd_buf_printf(out, ", .of = a%u, .n_of = %zu", id, n);
}

static void
put_explode(struct yaml_gen *g, const struct cd_yaml *list, struct cd_buf *out)
{
    static const char *const known[] = {"over", "of"};
    struct cd_buf code = CD_BUF_INIT;
    if (list->kind != CD_YAML_LIST) {
        yg_die(g, list, "explode: a list of {over, of} is expected here");
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct cd_yaml *one = &list->items[i];
        const struct cd_yaml *over = yg_member(g, one, "over");
        size_t n_over;
        yg_check_keys(g, one, known, CD_ARRAY_LEN(known));
        if (over == NULL) {
            yg_die(g, one, "explode: over what?");
            return;
        }
        unsigned id = yg_put_strings(g, over, &n_over);
        cd_buf_printf(&code, "    {.over = s%u, .n_over = %zu", id, n_over);
        put_of(g, yg_member(g, one, "of"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = yg_put_array(g, "cd_map_explode", 'e', &code);
    cd_buf_printf(out, ", .explode = e%u, .n_explode = %zu", id, list->n);
}

static bool
is_set(const struct yaml_gen *g, const struct cd_yaml *n, const char *key, const char *value)
{
    const struct cd_yaml *found = yg_member(g, n, key);
    if (found == NULL) {
        return false;
    }
    if (!cd_str_eq(yg_scalar(g, found), cd_str_of(value))) {
        yg_die(g, found, "%s: only %s can be said", key, value);
    }
    return true;
}

static void
put_keyed_by(struct yaml_gen *g, const struct cd_yaml *n, struct cd_buf *out)
{
    if (n == NULL) {
        return;
    }
    bool is_pair = n->kind == CD_YAML_LIST;
    if (is_pair && n->n != 2) {
        yg_die(g, n, "keyed-by: one property, or two");
    }
    cd_buf_puts(out, ", .keyed_by = ");
    yg_put_str(out, yg_scalar(g, is_pair ? &n->items[0] : n));
    if (is_pair) {
        cd_buf_puts(out, ", .keyed_by_rest = ");
        yg_put_str(out, yg_scalar(g, &n->items[1]));
    }
}

static void
put_operators(struct yaml_gen *g, const struct cd_yaml *n, struct cd_buf *out)
{
    static const char *const known[] = {"path", "each",      "keyed-by", "explode",   "of",
                                        "json", "urldecode", "const",    "carried",   "unset",
                                        "is",   "split",     "when",     "other-form"};
    static const char *const words[][2] = {{"each", "each"},   {"const", "constant"},
                                           {"unset", "unset"}, {"is", "is"},
                                           {"split", "split"}, {"when", "when"}};
    yg_check_keys(g, n, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *path = yg_member(g, n, "path");
    const struct cd_yaml *explode = yg_member(g, n, "explode");
    if (path != NULL) {
        size_t n_paths;
        unsigned id = yg_put_strings(g, path, &n_paths);
        cd_buf_printf(out, ", .paths = s%u, .n_paths = %zu", id, n_paths);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        const struct cd_yaml *value = yg_member(g, n, words[i][0]);
        if (value != NULL) {
            cd_buf_printf(out, ", .%s = ", words[i][1]);
            yg_put_str(out, yg_scalar(g, value));
        }
    }
    put_keyed_by(g, yg_member(g, n, "keyed-by"), out);
    cd_buf_puts(out, is_set(g, n, "other-form", "true") ? ", .other_form = true" : "");
    cd_buf_puts(out, is_set(g, n, "json", "true") ? ", .json = true" : "");
    cd_buf_puts(out, is_set(g, n, "urldecode", "true") ? ", .urldecode = true" : "");
    cd_buf_puts(out, is_set(g, n, "carried", "false") ? ", .not_carried = true" : "");
    put_of(g, yg_member(g, n, "of"), out);
    if (explode != NULL) {
        put_explode(g, explode, out);
    }
}

/* A mapping of properties: an array of entries. Returns its number. */
static unsigned
put_entries(struct yaml_gen *g, const struct cd_yaml *n, size_t *count)
{
    struct cd_buf code = CD_BUF_INIT;
    if (n->kind != CD_YAML_MAP) {
        yg_die(g, n, "a mapping of properties is expected here");
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(g, n);
    *count = n->n;
    for (size_t i = 0; i < n->n; i++) {
        const struct cd_yaml *value = pairs[i].value;
        struct cd_str name = yg_scalar(g, pairs[i].key);
        cd_buf_puts(&code, "    {.name = ");
        yg_put_str(&code, name);
        if (value->kind == CD_YAML_MAP) {
            put_operators(g, value, &code);
        } else {
            size_t n_paths;
            unsigned id = yg_put_strings(g, value, &n_paths);
            cd_buf_printf(&code, ", .paths = s%u, .n_paths = %zu", id, n_paths);
        }
        cd_buf_puts(&code, "},\n");
    }
    return yg_put_array(g, "cd_map_entry", 'a', &code);
}

static void
put_rows(struct yaml_gen *g, const struct cd_yaml *rows, struct cd_buf *out)
{
    static const char *const known[] = {"path", "properties"};
    struct cd_buf code = CD_BUF_INIT;
    for (size_t i = 0; i < rows->n; i++) {
        const struct cd_yaml *value = &rows->items[i];
        const struct cd_yaml *path = yg_member(g, value, "path");
        yg_check_keys(g, value, known, CD_ARRAY_LEN(known));
        cd_buf_puts(&code, "    {.type = ");
        yg_put_str(&code, yg_scalar(g, &rows->keys[i]));
        cd_buf_puts(&code, ", .path = ");
        yg_put_str(&code, yg_scalar(g, path));
        put_of(g, yg_member(g, value, "properties"), &code);
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = yg_put_array(g, "cd_map_rows", 'r', &code);
    cd_buf_printf(out, ", .rows = r%u, .n_rows = %zu", id, rows->n);
}

static void
put_type(struct yaml_gen *g, const struct cd_yaml *key, const struct cd_yaml *value,
         struct cd_buf *out)
{
    static const char *const known[] = {"type", "id", "properties", "rows"};
    yg_check_keys(g, value, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *type = yg_member(g, value, "type");
    const struct cd_yaml *id = yg_member(g, value, "id");
    const struct cd_yaml *rows = yg_member(g, value, "rows");
    cd_buf_puts(out, "    {.from = ");
    yg_put_str(out, yg_scalar(g, key));
    cd_buf_puts(out, ", .type = ");
    yg_put_str(out, type == NULL ? yg_scalar(g, key) : yg_scalar(g, type));
    if (id != NULL) {
        bool is_name = cd_str_eq(yg_scalar(g, id), CD_STR("name"));
        if (!is_name && !cd_str_eq(yg_scalar(g, id), CD_STR("resource"))) {
            yg_die(g, id, "id: `name` or `resource`");
        }
        cd_buf_printf(out, ", .id = %s", is_name ? "CD_MAP_ID_NAME" : "CD_MAP_ID_RESOURCE");
    }
    put_of(g, yg_member(g, value, "properties"), out);
    if (rows != NULL) {
        put_rows(g, rows, out);
    }
    cd_buf_puts(out, "},\n");
}

int
main(int argc, char **argv)
{
    static const struct yaml_tool tool = {
        .name = "mapgen",
        .head = "/* Made by compiler/tools/mapgen from stdlib/schema/normalize. */\n"
                "#include <stddef.h>\n\n#include \"runtime/ingest/maps.h\"\n\n",
        .array = "struct cd_map_type cd_normalize_maps",
        .count = "cd_n_normalize_maps",
        .put_type = put_type,
    };
    return yg_run(&tool, argc, argv);
}
