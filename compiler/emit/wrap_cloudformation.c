/* A template of CloudFormation: a resource for each document. Documents stand in it as objects,
 * byte by byte as they are; policy variables are left alone where no Fn::Sub is around them. */
#include "compiler/emit/wrap.h"

#include <ctype.h>

#include "runtime/base/map.h"

/* The resource that has a target's policy, and its property. Policies of endpoints and keys are no
 * resources of their own: the template makes these. */
static const struct kind {
    const char *type, *document, *policy_type;
} kinds[CD_N_TARGETS] = {
    [CD_TARGET_SCP] = {"AWS::Organizations::Policy", "Content", "SERVICE_CONTROL_POLICY"},
    [CD_TARGET_RCP] = {"AWS::Organizations::Policy", "Content", "RESOURCE_CONTROL_POLICY"},
    [CD_TARGET_BUCKET_POLICY] = {"AWS::S3::BucketPolicy", "PolicyDocument", NULL},
    [CD_TARGET_ENDPOINT_POLICY] = {"AWS::EC2::VPCEndpoint", "PolicyDocument", NULL},
    [CD_TARGET_KEY_POLICY] = {"AWS::KMS::Key", "KeyPolicy", NULL},
    [CD_TARGET_BOUNDARY] = {"AWS::IAM::ManagedPolicy", "PolicyDocument", NULL},
};

struct template
{
    const struct cd_wrapping *w;
    struct cd_buf *out;
    struct cd_str *ids; /* logical, of each document */
};

/* ---- logical ids ---- */

/* `bucket-policy-acme` as BucketPolicyAcme. */
static struct cd_str
joined_words(const struct cd_wrapping *w, struct cd_str stem)
{
    char *id = CD_NEW_ARRAY(w->arena, stem.n + 1, char);
    size_t n = 0;
    bool is_first = true;
    for (size_t i = 0; i < stem.n; i++) {
        unsigned char c = (unsigned char)stem.p[i];
        if (isalnum(c) != 0) {
            id[n++] = (char)(is_first ? toupper(c) : c);
        }
        is_first = isalnum(c) == 0;
    }
    return (struct cd_str){id, n};
}

/* Where `a-b` and `a.b` meet, the later one gets a hash of its file's name as well. */
static void
name_resources(struct template *t)
{
    struct cd_map taken;
    cd_map_init(&taken);
    t->ids = CD_NEW_ARRAY(t->w->arena, t->w->documents->n, struct cd_str);
    for (size_t i = 0; i < t->w->documents->n; i++) {
        struct cd_str stem = cd_wrap_stem(&t->w->documents->items[i]),
                      id = joined_words(t->w, stem);
        uint32_t hash = (uint32_t)(cd_str_hash(stem) >> 32), unused;
        t->ids[i] = id;
        while (cd_map_get(&taken, t->ids[i], &unused)) {
            t->ids[i] = cd_arena_printf(t->w->arena, "%.*sH%08x", CD_FMT(id), (unsigned)hash++);
        }
        cd_map_put(&taken, t->ids[i], 0);
    }
    cd_map_finish(&taken);
}

/* ---- parameters ---- */

static void
put_parameter(struct template *t, bool *first, struct cd_str name, const char *type,
              struct cd_str description, const char *more)
{
    cd_buf_printf(t->out,
                  "%s\n    \"%.*s\": {\"Type\": \"%s\", \"Description\": ", *first ? "" : ",",
                  CD_FMT(name), type);
    cd_buf_json_str(t->out, description);
    cd_buf_printf(t->out, "%s}", more);
    *first = false;
}

static struct cd_str
of_target(const struct cd_wrapping *w, const char *what)
{
    struct cd_str stem = joined_words(w, cd_target_info[w->target].file);
    return cd_arena_printf(w->arena, "%.*s%s", CD_FMT(stem), what);
}

static struct cd_str
targets_parameter(const struct cd_wrapping *w, const struct cd_attachment *a)
{
    return a->level == 0 ? of_target(w, "Targets")
                         : cd_arena_printf(w->arena, "%.*s%zu",
                                           CD_FMT(of_target(w, "TargetsBelow")), a->level);
}

/* What an endpoint is made of beside its policy: lists that are left out where they are empty. */
static const struct list {
    const char *name, *what;
} endpoint_lists[] = {{"RouteTableIds", "Route tables of the endpoint, if it is a gateway."},
                      {"SubnetIds", "Subnets of the endpoint, if it is an interface."}};

static void
put_endpoint_parameters(struct template *t, bool *first, struct cd_str id, struct cd_str service)
{
    struct cd_arena *a = t->w->arena;
    bool is_gateway = cd_str_eq(service, CD_STR("s3")) || cd_str_eq(service, CD_STR("dynamodb"));
    put_parameter(t, first, cd_arena_printf(a, "%.*sServiceName", CD_FMT(id)), "String",
                  CD_STR("What the endpoint leads to, as com.amazonaws.eu-west-1.s3."), "");
    put_parameter(t, first, cd_arena_printf(a, "%.*sType", CD_FMT(id)), "String",
                  CD_STR("The kind of endpoint."),
                  is_gateway ? ", \"AllowedValues\": [\"Gateway\", \"Interface\"], \"Default\": "
                               "\"Gateway\""
                             : ", \"AllowedValues\": [\"Gateway\", \"Interface\"], \"Default\": "
                               "\"Interface\"");
    for (size_t i = 0; i < CD_ARRAY_LEN(endpoint_lists); i++) {
        put_parameter(t, first, cd_arena_printf(a, "%.*s%s", CD_FMT(id), endpoint_lists[i].name),
                      "CommaDelimitedList", cd_str_of(endpoint_lists[i].what),
                      ", \"Default\": \"\"");
    }
}

static void
put_parameters(struct template *t)
{
    const struct cd_wrapping *w = t->w;
    bool first = true, is_named = w->target == CD_TARGET_BOUNDARY;
    cd_buf_puts(t->out, "  \"Parameters\": {");
    if (kinds[w->target].policy_type != NULL || is_named) {
        put_parameter(t, &first, of_target(w, "Prefix"), "String",
                      CD_STR("What the names of the policies begin with."),
                      ", \"Default\": \"cordon-\"");
    }
    for (size_t i = 0; i < w->attachments->n && kinds[w->target].policy_type != NULL; i++) {
        const struct cd_attachment *a = &w->attachments->items[i];
        put_parameter(t, &first, targets_parameter(w, a), "CommaDelimitedList",
                      cd_arena_printf(w->arena, "The ids of %.*s.", CD_FMT(a->to)), "");
    }
    if (w->target == CD_TARGET_ENDPOINT_POLICY) {
        put_parameter(t, &first, CD_STR("VpcId"), "AWS::EC2::VPC::Id",
                      CD_STR("The VPC of the endpoints."), "");
        for (size_t i = 0; i < w->documents->n; i++) {
            put_endpoint_parameters(t, &first, t->ids[i], w->documents->items[i].scope.service);
        }
    }
    cd_buf_puts(t->out, "},\n");
}

/* Which lists are given; the list of nothing is one empty text. */
static void
put_conditions(struct template *t)
{
    bool first = true;
    cd_buf_puts(t->out, "  \"Conditions\": {");
    for (size_t i = 0; i < t->w->documents->n; i++) {
        for (size_t k = 0; k < CD_ARRAY_LEN(endpoint_lists); k++) {
            struct cd_str name =
                cd_arena_printf(t->w->arena, "%.*s%s", CD_FMT(t->ids[i]), endpoint_lists[k].name);
            cd_buf_printf(t->out,
                          "%s\n    \"Has%.*s\": {\"Fn::Not\": [{\"Fn::Equals\": [{\"Fn::Join\": "
                          "[\"\", {\"Ref\": \"%.*s\"}]}, \"\"]}]}",
                          first ? "" : ",", CD_FMT(name), CD_FMT(name));
            first = false;
        }
    }
    cd_buf_puts(t->out, "},\n");
}

/* ---- resources ---- */

static void
put_name(struct template *t, const char *property, const struct cd_emitted_document *d)
{
    cd_buf_printf(t->out,
                  "\"%s\": {\"Fn::Sub\": \"${%.*s}%.*s\"},\n      \"Description\": ", property,
                  CD_FMT(of_target(t->w, "Prefix")), CD_FMT(cd_wrap_stem(d)));
    cd_buf_json_str(t->out, cd_wrap_description(t->w, d));
    cd_buf_puts(t->out, ",\n      ");
}

static void
put_endpoint(struct template *t, struct cd_str id)
{
    cd_buf_printf(t->out,
                  "\"VpcId\": {\"Ref\": \"VpcId\"},\n      \"ServiceName\": {\"Ref\": "
                  "\"%.*sServiceName\"},\n      \"VpcEndpointType\": {\"Ref\": \"%.*sType\"},\n"
                  "      ",
                  CD_FMT(id), CD_FMT(id));
    for (size_t i = 0; i < CD_ARRAY_LEN(endpoint_lists); i++) {
        const char *name = endpoint_lists[i].name;
        cd_buf_printf(t->out,
                      "\"%s\": {\"Fn::If\": [\"Has%.*s%s\", {\"Ref\": \"%.*s%s\"}, {\"Ref\": "
                      "\"AWS::NoValue\"}]},\n      ",
                      name, CD_FMT(id), name, CD_FMT(id), name);
    }
}

/* The properties beside the document. */
static void
put_properties(struct template *t, const struct cd_attachment *a, size_t at)
{
    const struct cd_emitted_document *d = &t->w->documents->items[at];
    switch (t->w->target) {
    case CD_TARGET_SCP:
    case CD_TARGET_RCP:
        put_name(t, "Name", d);
        cd_buf_printf(t->out,
                      "\"Type\": \"%s\",\n      \"TargetIds\": {\"Ref\": \"%.*s\"},\n      ",
                      kinds[t->w->target].policy_type, CD_FMT(targets_parameter(t->w, a)));
        break;
    case CD_TARGET_BUCKET_POLICY:
        cd_buf_puts(t->out, "\"Bucket\": ");
        cd_buf_json_str(t->out, d->scope.bucket.name);
        cd_buf_puts(t->out, ",\n      ");
        break;
    case CD_TARGET_ENDPOINT_POLICY: put_endpoint(t, t->ids[at]); break;
    case CD_TARGET_KEY_POLICY: break;
    case CD_TARGET_BOUNDARY: put_name(t, "ManagedPolicyName", d); break;
    case CD_N_TARGETS: break;
    }
}

static void
put_resource(struct template *t, const struct cd_attachment *a, size_t at)
{
    const struct kind *kind = &kinds[t->w->target];
    bool is_kept =
        t->w->target == CD_TARGET_KEY_POLICY; /* a key that is lost takes its data along */
    cd_buf_printf(t->out, "%s\n    \"%.*s\": {\"Type\": \"%s\", %s", at == 0 ? "" : ",",
                  CD_FMT(t->ids[at]), kind->type,
                  is_kept ? "\"DeletionPolicy\": \"Retain\", \"UpdateReplacePolicy\": \"Retain\", "
                          : "");
    if (kind->policy_type != NULL && at != 0) { /* Organizations refuses changes at the same time */
        cd_buf_printf(t->out, "\"DependsOn\": \"%.*s\", ", CD_FMT(t->ids[at - 1]));
    }
    cd_buf_puts(t->out, "\"Properties\": {\n      ");
    put_properties(t, a, at);
    cd_buf_printf(t->out, "\"%s\": ", kind->document);
    cd_buf_str(t->out, t->w->documents->items[at].bytes);
    cd_buf_puts(t->out, "}}");
}

void
cd_wrap_cloudformation(const struct cd_wrapping *w, struct cd_buf *out)
{
    struct template t = {.w = w, .out = out};
    bool has_parameters = kinds[w->target].policy_type != NULL || w->target == CD_TARGET_BOUNDARY
                          || w->target == CD_TARGET_ENDPOINT_POLICY;
    name_resources(&t);
    cd_buf_puts(out, "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Description\": "
                     "\"Emitted by Cordon; manifest.json leads each statement back to its "
                     "control.\",\n");
    if (has_parameters) {
        put_parameters(&t);
    }
    if (w->target == CD_TARGET_ENDPOINT_POLICY) {
        put_conditions(&t);
    }
    cd_buf_puts(out, "  \"Resources\": {");
    for (size_t i = 0; i < w->attachments->n; i++) {
        const struct cd_attachment *a = &w->attachments->items[i];
        for (size_t k = 0; k < a->n; k++) {
            put_resource(&t, a, a->first + k);
        }
    }
    cd_buf_puts(out, "}");
    if (w->target == CD_TARGET_BOUNDARY) {
        cd_buf_printf(out,
                      ",\n  \"Outputs\": {\n    \"%.*sArn\": {\"Description\": \"To be set as "
                      "PermissionsBoundary.\", \"Value\": {\"Ref\": \"%.*s\"}}}",
                      CD_FMT(t.ids[0]), CD_FMT(t.ids[0]));
    }
    cd_buf_puts(out, "\n}\n");
}
