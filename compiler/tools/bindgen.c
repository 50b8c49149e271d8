/* Compiles the binding table: bindgen OUT.c FILE.yaml…
 *
 *     AWS::EC2::Volume:                    CloudFormation's type
 *       source: https://…                  the page of AWS that the rows were taken from
 *       resource: ec2:volume               IAM's type of such a resource; without it the actions
 * take "*" only region: requested                  it is made in the region that the request goes
 * to create: [ec2:CreateVolume, …]      all actions that make one properties: Encrypted: a path:
 * `A.B`, `List[].Member` key: ec2:Encrypted present: always                or `when-set`: in
 * requests that set the property value: presence                only whether the key is there says
 * something; else `same` create: [ec2:CreateVolume]     the actions that tell; without it all that
 * make one update: […]                    the actions that change the property and tell to what
 *           adds: […]                      the actions that add members to the list, and tell those
 *           untold: {ec2:ModifyX: why}     the actions that change it and do not tell
 *           source: https://…              where it is another page
 *         Other: {no-key: why}             no key tells this property
 */
#include <stdio.h>
#include <stdlib.h>

#include "compiler/tools/yaml/yaml_gen.h"
#include "runtime/base/file.h"

struct type {
    struct cd_str name;
    struct cd_buf code; /* the initializer */
};

struct gen {
    struct yaml_gen y;
    struct type *types;
    size_t n_types, cap_types;
};

/* `.FIELD = TEXT`, nothing without one. */
static void
put_text(struct gen *g, const struct cd_yaml *value, const char *field, struct cd_buf *out)
{
    if (value != NULL) {
        cd_buf_printf(out, ", .%s = ", field);
        yg_put_str(out, yg_scalar(&g->y, value));
    }
}

/* `.FIELD = sN, .n_FIELD = N` */
static void
put_list(struct gen *g, const struct cd_yaml *value, const char *field, struct cd_buf *out)
{
    size_t n;
    if (value != NULL && (value->kind != CD_YAML_LIST || value->n != 0)) {
        unsigned id = yg_put_strings(&g->y, value, &n);
        cd_buf_printf(out, ", .%s = s%u, .n_%s = %zu", field, id, field, n);
    }
}

/* One of two words; true if it is the second. NULL stands for the first. */
static bool
is_second(struct gen *g, const struct cd_yaml *value, const char *first, const char *second)
{
    if (value == NULL || cd_str_eq(yg_scalar(&g->y, value), cd_str_of(first))) {
        return false;
    }
    if (!cd_str_eq(yg_scalar(&g->y, value), cd_str_of(second))) {
        yg_die(&g->y, value, "%s or %s is expected here", first, second);
    }
    return true;
}

static void
put_untold(struct gen *g, const struct cd_yaml *untold, struct cd_buf *out)
{
    struct cd_buf code = CD_BUF_INIT;
    if (untold == NULL) {
        return;
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(&g->y, untold);
    for (size_t i = 0; i < untold->n; i++) {
        cd_buf_puts(&code, "    {");
        yg_put_str(&code, yg_scalar(&g->y, pairs[i].key));
        cd_buf_puts(&code, ", ");
        yg_put_str(&code, yg_scalar(&g->y, pairs[i].value));
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = g->y.n_arrays++;
    cd_buf_printf(&g->y.tables, "static const struct cd_bound_untold u%u[] = {\n", id);
    cd_buf_str(&g->y.tables, cd_buf_view(&code));
    cd_buf_puts(&g->y.tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .untold = u%u, .n_untold = %zu", id, untold->n);
}

static void
put_binding(struct gen *g, const struct cd_yaml *key, const struct cd_yaml *value,
            const struct cd_yaml *type, struct cd_buf *out)
{
    static const char *const known[] = {"key",    "no-key", "present", "value",  "members",
                                        "create", "update", "adds",    "untold", "source"};
    const struct yaml_gen *y = &g->y;
    yg_check_keys(y, value, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *name = yg_member(y, value, "key"), *none = yg_member(y, value, "no-key");
    const struct cd_yaml *create = yg_member(y, value, "create");
    const struct cd_yaml *source = yg_member(y, value, "source");
    if ((name == NULL) == (none == NULL)) {
        yg_die(y, key, "a `key`, or `no-key` with the reason");
    }
    cd_buf_puts(out, "    {.path = ");
    yg_put_str(out, yg_scalar(y, key));
    put_text(g, name, "key", out);
    put_text(g, none, "why", out);
    if (is_second(g, yg_member(y, value, "present"), "when-set", "always")) {
        cd_buf_puts(out, ", .is_always = true");
    }
    if (is_second(g, yg_member(y, value, "value"), "same", "presence")) {
        cd_buf_puts(out, ", .is_presence = true");
    }
    if (is_second(g, yg_member(y, value, "members"), "all", "some")) {
        cd_buf_puts(out, ", .is_of_some = true");
    }
    if (name != NULL) {
        put_list(g, create != NULL ? create : yg_member(y, type, "create"), "create", out);
    }
    put_list(g, yg_member(y, value, "update"), "update", out);
    put_list(g, yg_member(y, value, "adds"), "adds", out);
    put_untold(g, yg_member(y, value, "untold"), out);
    put_text(g, source != NULL ? source : yg_member(y, type, "source"), "source", out);
    cd_buf_puts(out, "},\n");
}

static void
put_bindings(struct gen *g, const struct cd_yaml *type, struct cd_buf *out)
{
    struct cd_buf code = CD_BUF_INIT;
    const struct cd_yaml *properties = yg_member(&g->y, type, "properties");
    if (properties == NULL) {
        return;
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(&g->y, properties);
    for (size_t i = 0; i < properties->n; i++) {
        put_binding(g, pairs[i].key, pairs[i].value, type, &code);
    }
    unsigned id = g->y.n_arrays++;
    cd_buf_printf(&g->y.tables, "static const struct cd_bound_property b%u[] = {\n", id);
    cd_buf_str(&g->y.tables, cd_buf_view(&code));
    cd_buf_puts(&g->y.tables, "};\n");
    cd_buf_finish(&code);
    cd_buf_printf(out, ", .properties = b%u, .n_properties = %zu", id, properties->n);
}

static void
put_type(struct gen *g, const struct cd_yaml *key, const struct cd_yaml *value)
{
    static const char *const known[] = {"source", "resource", "region", "create", "properties"};
    struct type *t = CD_PUSH(&g->y.arena, g->types, g->n_types, g->cap_types);
    if (t == NULL || value->kind != CD_YAML_MAP) {
        yg_die(&g->y, key, "what about this type?");
        return;
    }
    yg_check_keys(&g->y, value, known, CD_ARRAY_LEN(known));
    t->name = cd_arena_str(&g->y.arena, yg_scalar(&g->y, key));
    t->code = (struct cd_buf)CD_BUF_INIT;
    if (yg_member(&g->y, value, "create") == NULL || yg_member(&g->y, value, "source") == NULL) {
        yg_die(&g->y, key, "`create` and `source` are needed");
    }
    cd_buf_puts(&t->code, "    {.type = ");
    yg_put_str(&t->code, t->name);
    put_text(g, yg_member(&g->y, value, "resource"), "resource", &t->code);
    put_text(g, yg_member(&g->y, value, "source"), "source", &t->code);
    put_list(g, yg_member(&g->y, value, "create"), "create", &t->code);
    if (is_second(g, yg_member(&g->y, value, "region"), "other", "requested")) {
        cd_buf_puts(&t->code, ", .is_regional = true");
    }
    put_bindings(g, value, &t->code);
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
by_name(const void *a, const void *b)
{
    const struct type *x = a;
    const struct type *y = b;
    return cd_str_cmp(x->name, y->name);
}

static void
put_all(struct gen *g, struct cd_buf *out)
{
    cd_buf_puts(out, "/* Made by compiler/tools/bindgen from stdlib/schema/bindings. */\n"
                     "#include <stddef.h>\n\n#include \"compiler/derive/bindings.h\"\n\n");
    cd_buf_str(out, cd_buf_view(&g->y.tables));
    qsort(g->types, g->n_types, sizeof *g->types, by_name);
    cd_buf_puts(out, "const struct cd_bound_type cd_bound_types[] = {\n");
    for (size_t i = 0; i < g->n_types; i++) {
        if (i > 0 && cd_str_eq(g->types[i - 1].name, g->types[i].name)) {
            fprintf(stderr, "bindgen: %.*s is bound twice\n", CD_FMT(g->types[i].name));
            exit(2);
        }
        cd_buf_str(out, cd_buf_view(&g->types[i].code));
        cd_buf_finish(&g->types[i].code);
    }
    cd_buf_printf(out, "};\nconst uint32_t cd_n_bound_types = %zu;\n", g->n_types);
}

int
main(int argc, char **argv)
{
    struct gen g = {.y = {.file = "bindgen"}};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    if (argc < 3) {
        fprintf(stderr, "usage: bindgen OUT.c FILE.yaml…\n");
        return 2;
    }
    cd_arena_init(&g.y.arena);
    for (int i = 2; i < argc; i++) {
        read_file(&g, argv[i]);
    }
    put_all(&g, &out);
    if (out.oom || g.y.tables.oom || cd_file_write(argv[1], cd_buf_view(&out), &err) != CORDON_OK) {
        fprintf(stderr, "bindgen: %s\n", err.message);
        return 2;
    }
    cd_buf_finish(&out);
    cd_buf_finish(&g.y.tables);
    cd_arena_finish(&g.y.arena);
    return 0;
}
