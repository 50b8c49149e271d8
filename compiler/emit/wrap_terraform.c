/* Terraform in JSON: a resource for each document, attached where variables say. */
#include "compiler/emit/wrap.h"

/* What the provider calls a target's documents, and the attributes: the text, and what it hangs on
 * (NULL: it has a name instead). */
static const struct kind {
    const char *type, *text, *place;
    const char *policy_type; /* of AWS Organizations */
    const char *places;      /* ends the name of the variable that has them */
} kinds[CD_N_TARGETS] = {
    [CD_TARGET_SCP] = {"aws_organizations_policy", "content", NULL, "SERVICE_CONTROL_POLICY",
                       "targets"},
    [CD_TARGET_RCP] = {"aws_organizations_policy", "content", NULL, "RESOURCE_CONTROL_POLICY",
                       "targets"},
    [CD_TARGET_BUCKET_POLICY] = {"aws_s3_bucket_policy", "policy", "bucket", NULL, ""},
    [CD_TARGET_ENDPOINT_POLICY] = {"aws_vpc_endpoint_policy", "policy", "vpc_endpoint_id", NULL,
                                   "endpoints"},
    [CD_TARGET_KEY_POLICY] = {"aws_kms_key_policy", "policy", "key_id", NULL, "keys"},
    [CD_TARGET_BOUNDARY] = {"aws_iam_policy", "policy", NULL, NULL, ""},
};

static const struct kind *
kind_of(const struct cd_wrapping *w)
{
    return &kinds[w->target];
}

/* ---- texts and names ---- */

/* TEXT as a string of Terraform: `${` and `%{` would begin templates, and policy variables are
 * written with the one. Doubled, the sign is a text, whatever stands before it. */
static void
put_text(struct cd_str text, struct cd_buf *out)
{
    struct cd_buf escaped = CD_BUF_INIT;
    for (size_t i = 0; i < text.n; i++) {
        bool is_sign = text.p[i] == '$' || text.p[i] == '%';
        if (is_sign && i + 1 < text.n && text.p[i + 1] == '{') {
            cd_buf_putc(&escaped, text.p[i]);
        }
        cd_buf_putc(&escaped, text.p[i]);
    }
    out->oom = out->oom || escaped.oom;
    cd_buf_json_str(out, cd_buf_view(&escaped));
    cd_buf_finish(&escaped);
}

/* The name of the document's resource: of letters, digits, `-` and `_`, which files do not have. */
static struct cd_str
resource_name(const struct cd_wrapping *w, const struct cd_emitted_document *d)
{
    struct cd_str stem = cd_wrap_stem(d);
    char *name = CD_NEW_ARRAY(w->arena, 2 * stem.n + 1, char);
    size_t n = 0;
    for (size_t i = 0; i < stem.n; i++) {
        bool is_plain = stem.p[i] != '.' && stem.p[i] != '@';
        name[n++] = is_plain ? stem.p[i] : '_';
        if (stem.p[i] == '@') {
            name[n++] = '_';
        }
    }
    return (struct cd_str){name, n};
}

/* STEM with `_` for `-`, as variables are named. */
static struct cd_str
variable_stem(const struct cd_wrapping *w, struct cd_str stem)
{
    char *name = CD_NEW_ARRAY(w->arena, stem.n + 1, char);
    for (size_t i = 0; i < stem.n; i++) {
        name[i] = stem.p[i] == '-' ? '_' : stem.p[i];
    }
    return (struct cd_str){name, stem.n};
}

static struct cd_str
prefix_variable(const struct cd_wrapping *w)
{
    struct cd_str stem = variable_stem(w, cd_target_info[w->target].file);
    return cd_arena_printf(w->arena, "%.*s_prefix", CD_FMT(stem));
}

/* What a document hangs on, where the document itself says it; else empty. */
static struct cd_str
known_place(const struct cd_wrapping *w, const struct cd_emitted_document *d)
{
    switch (d->scope.kind) {
    case CD_SCOPE_BUCKET: return d->scope.bucket.name;
    case CD_SCOPE_KEY:
        return d->scope.key.id.n == 0 ? CD_STR("") : cd_key_arn(w->arena, &d->scope.key);
    case CD_SCOPE_SERVICE:
    case CD_SCOPE_ALL: break;
    }
    return CD_STR("");
}

/* The variable with the places where attachment A's documents hang; empty if there is none. */
static struct cd_str
places_variable(const struct cd_wrapping *w, const struct cd_attachment *a)
{
    const struct cd_emitted_document *d = &w->documents->items[a->first];
    bool is_organization = kind_of(w)->policy_type != NULL;
    if (kind_of(w)->places[0] == '\0' || known_place(w, d).n != 0) {
        return CD_STR("");
    }
    struct cd_str stem =
        variable_stem(w, is_organization ? cd_target_info[w->target].file : resource_name(w, d));
    return a->level == 0 ? cd_arena_printf(w->arena, "%.*s_%s", CD_FMT(stem), kind_of(w)->places)
                         : cd_arena_printf(w->arena, "%.*s_%s_below_%zu", CD_FMT(stem),
                                           kind_of(w)->places, a->level);
}

/* ---- variables ---- */

static void
put_variables(const struct cd_wrapping *w, struct cd_buf *out)
{
    bool has_name = kind_of(w)->place == NULL, first = true;
    if (has_name) {
        cd_buf_printf(out,
                      "\n    \"%.*s\": {\"type\": \"string\", \"default\": \"cordon-\", "
                      "\"description\": \"What the names of the policies begin with.\"}",
                      CD_FMT(prefix_variable(w)));
        first = false;
    }
    for (size_t i = 0; i < w->attachments->n; i++) {
        const struct cd_attachment *a = &w->attachments->items[i];
        struct cd_str name = places_variable(w, a);
        if (name.n == 0) {
            continue;
        }
        cd_buf_printf(out, "%s\n    \"%.*s\": {\"type\": \"set(string)\", \"description\": ",
                      first ? "" : ",", CD_FMT(name));
        put_text(cd_arena_printf(w->arena, "The ids of %.*s.", CD_FMT(a->to)), out);
        cd_buf_putc(out, '}');
        first = false;
    }
}

/* ---- resources ---- */

/* «, "name": …, "description": …, "type": …» */
static void
put_name(const struct cd_wrapping *w, const struct cd_emitted_document *d, struct cd_buf *out)
{
    cd_buf_printf(out, "\"name\": \"${var.%.*s}%.*s\",\n        \"description\": ",
                  CD_FMT(prefix_variable(w)), CD_FMT(cd_wrap_stem(d)));
    put_text(cd_wrap_description(w, d), out);
    cd_buf_puts(out, ",\n        ");
    if (kind_of(w)->policy_type != NULL) {
        cd_buf_printf(out, "\"type\": \"%s\",\n        ", kind_of(w)->policy_type);
    }
}

static void
put_place(const struct cd_wrapping *w, const struct cd_emitted_document *d,
          const struct cd_attachment *a, struct cd_buf *out)
{
    struct cd_str known = known_place(w, d);
    if (known.n == 0) {
        cd_buf_printf(out, "\"for_each\": \"${var.%.*s}\",\n        \"%s\": \"${each.value}\"",
                      CD_FMT(places_variable(w, a)), kind_of(w)->place);
    } else {
        cd_buf_printf(out, "\"%s\": ", kind_of(w)->place);
        put_text(known, out);
    }
    cd_buf_puts(out, ",\n        ");
}

static void
put_policy(const struct cd_wrapping *w, const struct cd_attachment *a, size_t at,
           struct cd_buf *out)
{
    const struct cd_emitted_document *d = &w->documents->items[at];
    cd_buf_printf(out, "%s\n      \"%.*s\": {\n        ", at == 0 ? "" : ",",
                  CD_FMT(resource_name(w, d)));
    if (kind_of(w)->place == NULL) {
        put_name(w, d, out);
    } else {
        put_place(w, d, a, out);
    }
    cd_buf_printf(out, "\"%s\": ", kind_of(w)->text);
    put_text(d->bytes, out);
    cd_buf_puts(out, "}");
}

static void
put_policies(const struct cd_wrapping *w, struct cd_buf *out)
{
    cd_buf_printf(out, "\n    \"%s\": {", kind_of(w)->type);
    for (size_t i = 0; i < w->attachments->n; i++) {
        const struct cd_attachment *a = &w->attachments->items[i];
        for (size_t k = 0; k < a->n; k++) {
            put_policy(w, a, a->first + k, out);
        }
    }
    cd_buf_puts(out, "}");
}

static void
put_policy_attachments(const struct cd_wrapping *w, struct cd_buf *out)
{
    cd_buf_printf(out, ",\n    \"%s_attachment\": {", kind_of(w)->type);
    for (size_t i = 0; i < w->attachments->n; i++) {
        const struct cd_attachment *a = &w->attachments->items[i];
        for (size_t k = 0; k < a->n; k++) {
            struct cd_str name = resource_name(w, &w->documents->items[a->first + k]);
            cd_buf_printf(out,
                          "%s\n      \"%.*s\": {\"for_each\": \"${var.%.*s}\", \"policy_id\": "
                          "\"${%s.%.*s.id}\", \"target_id\": \"${each.value}\"}",
                          a->first + k == 0 ? "" : ",", CD_FMT(name), CD_FMT(places_variable(w, a)),
                          kind_of(w)->type, CD_FMT(name));
        }
    }
    cd_buf_puts(out, "}");
}

/* «, "output": …»: what else has to name the policies by. */
static void
put_outputs(const struct cd_wrapping *w, struct cd_buf *out)
{
    bool is_organization = kind_of(w)->policy_type != NULL;
    if (kind_of(w)->place != NULL) {
        return;
    }
    cd_buf_printf(out, ",\n  \"output\": {\n    \"%.*s_%s\": {\"value\": {",
                  CD_FMT(variable_stem(w, cd_target_info[w->target].file)),
                  is_organization ? "ids" : "arns");
    for (size_t i = 0; i < w->documents->n; i++) {
        struct cd_str name = resource_name(w, &w->documents->items[i]);
        cd_buf_printf(out, "%s\"%.*s\": \"${%s.%.*s.%s}\"", i == 0 ? "" : ", ", CD_FMT(name),
                      kind_of(w)->type, CD_FMT(name), is_organization ? "id" : "arn");
    }
    cd_buf_puts(out, "}}}");
}

void
cd_wrap_terraform(const struct cd_wrapping *w, struct cd_buf *out)
{
    struct cd_buf variables = CD_BUF_INIT;
    cd_buf_puts(out, "{\n  \"//\": \"Emitted by Cordon. The documents stand beside it as they are; "
                     "manifest.json leads each of their statements back to its control.\",\n");
    put_variables(w, &variables);
    if (variables.n != 0) {
        cd_buf_printf(out, "  \"variable\": {%.*s},\n", (int)variables.n, variables.p);
    }
    out->oom = out->oom || variables.oom;
    cd_buf_finish(&variables);
    cd_buf_puts(out, "  \"resource\": {");
    put_policies(w, out);
    if (kind_of(w)->policy_type != NULL) {
        put_policy_attachments(w, out);
    }
    cd_buf_puts(out, "}");
    put_outputs(w, out);
    cd_buf_puts(out, "\n}\n");
}
