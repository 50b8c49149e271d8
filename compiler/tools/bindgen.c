/* Compiles the binding table: bindgen OUT.c FILE.yaml…
 *
 *     AWS::EC2::Volume:          CloudFormation's type
 *       source: https://…        the page of AWS that the rows were taken from
 *       resource: ec2:volume     IAM's type of it; without it the actions take "*" only
 *       region: requested        it is made in the region that the request goes to; else `other`
 *       create: [a:B, …]         all actions that make one
 *       properties:
 *         Encrypted:             a path: `A.B`, `List[].Member`
 *           key: ec2:Encrypted
 *           present: always      or `when-set`: in requests that set the property (for readers)
 *           value: presence      only whether the key is there says something; else `same`
 *           members: some        of a list: some may lack the property; else `all`
 *           create: [a:B, …]     the actions that tell; without it all that make one
 *           update: [a:B, …]     the actions that change the property and tell to what
 *           adds: [a:B, …]       the actions that add members to the list, and tell those
 *           untold: {a:B: why}   the actions that change it and do not tell
 *           source: https://…    where it is another page
 *         Other: {no-key: why}   no key tells this property
 */
#include "compiler/tools/yaml/yaml_gen.h"

/* `.FIELD = TEXT`, nothing without one. */
static void
put_text(struct yaml_gen *g, const struct cd_yaml *value, const char *field, struct cd_buf *out)
{
    if (value != NULL) {
        cd_buf_printf(out, ", .%s = ", field);
        yg_put_str(out, yg_scalar(g, value));
    }
}

/* `.FIELD = sN, .n_FIELD = N` */
static void
put_list(struct yaml_gen *g, const struct cd_yaml *value, const char *field, struct cd_buf *out)
{
    size_t n;
    if (value != NULL && (value->kind != CD_YAML_LIST || value->n != 0)) {
        unsigned id = yg_put_strings(g, value, &n);
        cd_buf_printf(out, ", .%s = s%u, .n_%s = %zu", field, id, field, n);
    }
}

/* One of two words; true if it is the second. NULL stands for the first. */
static bool
is_second(struct yaml_gen *g, const struct cd_yaml *value, const char *first, const char *second)
{
    if (value == NULL || cd_str_eq(yg_scalar(g, value), cd_str_of(first))) {
        return false;
    }
    if (!cd_str_eq(yg_scalar(g, value), cd_str_of(second))) {
        yg_die(g, value, "%s or %s is expected here", first, second);
    }
    return true;
}

static void
put_untold(struct yaml_gen *g, const struct cd_yaml *untold, struct cd_buf *out)
{
    struct cd_buf code = CD_BUF_INIT;
    if (untold == NULL) {
        return;
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(g, untold);
    for (size_t i = 0; i < untold->n; i++) {
        cd_buf_puts(&code, "    {");
        yg_put_str(&code, yg_scalar(g, pairs[i].key));
        cd_buf_puts(&code, ", ");
        yg_put_str(&code, yg_scalar(g, pairs[i].value));
        cd_buf_puts(&code, "},\n");
    }
    unsigned id = yg_put_array(g, "cd_bound_untold", 'u', &code);
    cd_buf_printf(out, ", .untold = u%u, .n_untold = %zu", id, untold->n);
}

static void
put_binding(struct yaml_gen *g, const struct cd_yaml *key, const struct cd_yaml *value,
            const struct cd_yaml *type, struct cd_buf *out)
{
    static const char *const known[] = {"key",    "no-key", "present", "value",  "members",
                                        "create", "update", "adds",    "untold", "source"};
    yg_check_keys(g, value, known, CD_ARRAY_LEN(known));
    const struct cd_yaml *name = yg_member(g, value, "key"), *none = yg_member(g, value, "no-key");
    const struct cd_yaml *create = yg_member(g, value, "create");
    const struct cd_yaml *source = yg_member(g, value, "source");
    if ((name == NULL) == (none == NULL)) {
        yg_die(g, key, "a `key`, or `no-key` with the reason");
    }
    cd_buf_puts(out, "    {.path = ");
    yg_put_str(out, yg_scalar(g, key));
    put_text(g, name, "key", out);
    put_text(g, none, "why", out);
    (void)is_second(g, yg_member(g, value, "present"), "when-set", "always");
    if (is_second(g, yg_member(g, value, "value"), "same", "presence")) {
        cd_buf_puts(out, ", .is_presence = true");
    }
    if (is_second(g, yg_member(g, value, "members"), "all", "some")) {
        cd_buf_puts(out, ", .is_of_some = true");
    }
    if (name != NULL) {
        put_list(g, create != NULL ? create : yg_member(g, type, "create"), "create", out);
    }
    put_list(g, yg_member(g, value, "update"), "update", out);
    put_list(g, yg_member(g, value, "adds"), "adds", out);
    put_untold(g, yg_member(g, value, "untold"), out);
    put_text(g, source != NULL ? source : yg_member(g, type, "source"), "source", out);
    cd_buf_puts(out, "},\n");
}

static void
put_bindings(struct yaml_gen *g, const struct cd_yaml *type, struct cd_buf *out)
{
    struct cd_buf code = CD_BUF_INIT;
    const struct cd_yaml *properties = yg_member(g, type, "properties");
    if (properties == NULL) {
        return;
    }
    const struct yaml_pair *pairs = yg_sorted_pairs(g, properties);
    for (size_t i = 0; i < properties->n; i++) {
        put_binding(g, pairs[i].key, pairs[i].value, type, &code);
    }
    unsigned id = yg_put_array(g, "cd_bound_property", 'b', &code);
    cd_buf_printf(out, ", .properties = b%u, .n_properties = %zu", id, properties->n);
}

static void
put_type(struct yaml_gen *g, const struct cd_yaml *key, const struct cd_yaml *value,
         struct cd_buf *out)
{
    static const char *const known[] = {"source", "resource", "region", "create", "properties"};
    yg_check_keys(g, value, known, CD_ARRAY_LEN(known));
    if (yg_member(g, value, "create") == NULL || yg_member(g, value, "source") == NULL) {
        yg_die(g, key, "`create` and `source` are needed");
    }
    cd_buf_puts(out, "    {.type = ");
    yg_put_str(out, yg_scalar(g, key));
    put_text(g, yg_member(g, value, "resource"), "resource", out);
    put_text(g, yg_member(g, value, "source"), "source", out);
    put_list(g, yg_member(g, value, "create"), "create", out);
    if (is_second(g, yg_member(g, value, "region"), "other", "requested")) {
        cd_buf_puts(out, ", .is_regional = true");
    }
    put_bindings(g, value, out);
    cd_buf_puts(out, "},\n");
}

int
main(int argc, char **argv)
{
    static const struct yaml_tool tool = {
        .name = "bindgen",
        .head = "/* Made by compiler/tools/bindgen from stdlib/schema/bindings. */\n"
                "#include <stddef.h>\n\n#include \"compiler/derive/bindings.h\"\n\n",
        .array = "struct cd_bound_type cd_bound_types",
        .count = "cd_n_bound_types",
        .put_type = put_type,
    };
    return yg_run(&tool, argc, argv);
}
