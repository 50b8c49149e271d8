/* An image with something of each section, for tests of what reads images. */
#include "tests/support/sample_image.h"

#include "runtime/bc/build.h"

struct sample {
    struct cd_builder b;
    uint32_t boolean, string, strings, buckets, bucket_row, rule_row, volume_row;
    uint32_t bucket, rule, volume;
    uint32_t param_reg, enabled_reg;
};

static void
add_types(struct sample *s)
{
    struct cd_builder *b = &s->b;
    s->boolean = cd_build_simple_type(b, CD_KIND_BOOL);
    s->string = cd_build_simple_type(b, CD_KIND_STRING);
    s->strings = cd_build_list_type(b, s->string, true);
    s->bucket = cd_build_shape(b, CD_STR("AWS::S3::Bucket"), true);
    s->rule = cd_build_shape(b, CD_STR("AWS::S3::Bucket.ReplicationRule"), false);
    s->volume = cd_build_shape(b, CD_STR("AWS::EC2::Volume"), true);
    s->bucket_row = cd_build_row_type(b, s->bucket);
    s->rule_row = cd_build_row_type(b, s->rule);
    s->volume_row = cd_build_row_type(b, s->volume);
    s->buckets = cd_build_list_type(b, s->bucket_row, false);
    cd_build_fields(
        b, s->bucket,
        (struct cd_field[]){{cd_build_cstr(b, "BucketName"), s->string},
                            {cd_build_cstr(b, "Rules"), cd_build_list_type(b, s->rule_row, false)}},
        2);
    cd_build_fields(b, s->rule,
                    (struct cd_field[]){{cd_build_cstr(b, "Bucket"), s->string},
                                        {cd_build_cstr(b, "Status"), s->string}},
                    2);
    cd_build_fields(b, s->volume,
                    (struct cd_field[]){{cd_build_cstr(b, "Encrypted"), s->boolean},
                                        {cd_build_cstr(b, "KmsKeyId"), s->string}},
                    2);
}

static void
add_domains(struct sample *s)
{
    struct cd_builder *b = &s->b;
    cd_build_domain(b, CD_DOMAIN_GLOBAL, CD_NONE, CD_NONE);
    cd_build_domain(b, CD_DOMAIN_ROOT, SAMPLE_GLOBAL, CD_NONE);
    cd_build_domain(b, CD_DOMAIN_LOOP, SAMPLE_BUCKET, cd_build_cstr(b, "rule"));
    cd_build_domain(b, CD_DOMAIN_ROOT, SAMPLE_GLOBAL, CD_NONE);
    cd_build_domain(b, CD_DOMAIN_LOOP, SAMPLE_VOLUME, cd_build_cstr(b, "b"));
    cd_build_domain(b, CD_DOMAIN_ROOT, SAMPLE_GLOBAL, CD_NONE);
    cd_build_domain(b, CD_DOMAIN_REQUEST, CD_NONE, CD_NONE);
}

static void
add_controls(struct sample *s)
{
    struct cd_builder *b = &s->b;
    uint32_t place = cd_build_place(b, cd_build_file(b, CD_STR("sample.cordon")), 1, 1);
    const uint32_t regions[] = {cd_build_text(b, CD_STR("eu-central-1")),
                                cd_build_text(b, CD_STR("eu-west-1"))};
    *CD_BUILD_PUSH(b, params) =
        (struct cd_param){.name = cd_build_cstr(b, "sample.allowed"),
                          .type = s->strings,
                          .refine = CD_REFINE_REGION,
                          .default_const = cd_build_collection(b, s->strings, regions, 2),
                          .place = place};
    struct cd_control control = {.title = CD_NONE,
                                 .text = CD_NONE,
                                 .remedy = CD_NONE,
                                 .owner = CD_NONE,
                                 .detect_only = CD_NONE,
                                 .level = CD_LEVEL_HIGH,
                                 .place = place,
                                 .selected = 1};
    control.name = control.id = cd_build_cstr(b, "sample.replication");
    control.n_maps = control.n_clauses = control.n_denies = 1;
    *CD_BUILD_PUSH(b, controls) = control;
    control.name = control.id = cd_build_cstr(b, "sample.volumes");
    control.n_maps = control.n_denies = 0;
    control.first_clause = 1;
    *CD_BUILD_PUSH(b, controls) = control;
    *CD_BUILD_PUSH(b, maps) = (struct cd_mapping){cd_build_cstr(b, "GDPR Art. 44"), 0};
    *CD_BUILD_PUSH(b, clauses) =
        (struct cd_clause_info){0, s->bucket, 0, cd_build_cstr(b, "b"), CD_NONE, place, 0, 1};
    *CD_BUILD_PUSH(b, clauses) = (struct cd_clause_info){
        1, s->volume, 0, cd_build_cstr(b, "v"), cd_build_cstr(b, "v.Encrypted"), place, 1, 1};
    *CD_BUILD_PUSH(b, requires) =
        (struct cd_require_info){0, cd_build_cstr(b, "all rule in …"), place, 1};
    *CD_BUILD_PUSH(b, requires) =
        (struct cd_require_info){1, cd_build_cstr(b, "any b in …"), place, 0};
    *CD_BUILD_PUSH(b, pattern_refs) = cd_build_cstr(b, "s3:*");
    *CD_BUILD_PUSH(b, pattern_refs) = cd_build_cstr(b, "arn:aws:s3:::legacy-*");
    *CD_BUILD_PUSH(b, denies) = (struct cd_deny_info){.control = 0, .n_acts = 1, .place = place};
    *CD_BUILD_PUSH(b, waives) = (struct cd_waive_info){.control = 0,
                                                       .first_pattern = 1,
                                                       .n_patterns = 1,
                                                       .because = cd_build_cstr(b, "a ticket"),
                                                       .place = place,
                                                       .until_ms = 86400000};
}

/* require all rule in b.Rules where rule.Status == "Enabled" { rule.Bucket ->
 * AWS::S3::Bucket.region in allowed } */
static void
add_bucket_code(struct sample *s)
{
    struct cd_builder *b = &s->b;
    cd_build_section(b, CD_SECTION_TABLE, s->bucket, SAMPLE_BUCKET);
    uint32_t row = cd_build_value(b, CD_OP_ROOT, s->bucket_row, SAMPLE_BUCKET, s->bucket, 0, 0);
    uint32_t rules = cd_build_value(b, CD_OP_FIELD, cd_build_list_type(b, s->rule_row, false),
                                    SAMPLE_BUCKET, row, 1, 0);
    uint32_t rule = cd_build_value(b, CD_OP_LOOP, s->rule_row, SAMPLE_RULE, rules, SAMPLE_RULE, 0);
    uint32_t status = cd_build_value(b, CD_OP_FIELD, s->string, SAMPLE_RULE, rule, 1, 0);
    uint32_t enabled = cd_build_value(b, CD_OP_BCAST, s->string, SAMPLE_RULE, s->enabled_reg, 0, 0);
    uint32_t is_enabled = cd_build_value(b, CD_OP_EQ, s->boolean, SAMPLE_RULE, status, enabled, 0);
    uint32_t ref = cd_build_value(b, CD_OP_FIELD, s->string, SAMPLE_RULE, rule, 0, 0);
    uint32_t target =
        cd_build_value(b, CD_OP_FOLLOW, s->bucket_row, SAMPLE_RULE, ref, CD_NONE, s->bucket);
    uint32_t region =
        cd_build_value(b, CD_OP_ENV, s->string, SAMPLE_RULE, target, CD_ENVOP_REGION, 0);
    uint32_t allowed = cd_build_value(b, CD_OP_BCAST, s->strings, SAMPLE_RULE, s->param_reg, 0, 0);
    uint32_t in = cd_build_value(b, CD_OP_IN, s->boolean, SAMPLE_RULE, region, allowed, 0);
    uint32_t not_enabled = cd_build_value(b, CD_OP_NOT, s->boolean, SAMPLE_RULE, is_enabled, 0, 0);
    uint32_t either = cd_build_value(b, CD_OP_OR, s->boolean, SAMPLE_RULE, not_enabled, in, 0);
    uint32_t all = cd_build_value(b, CD_OP_ALL, s->boolean, SAMPLE_BUCKET, either, 0, 0);
    cd_build_insn(b, CD_OP_ENDLOOP, 0, 0, SAMPLE_RULE, 0);
    cd_build_insn(b, CD_OP_VERDICT, 0, all, CD_NONE, 0);
}

/* for v in … where v.Encrypted  require any b in AWS::S3::Bucket where b.BucketName == v.KmsKeyId {
 * true } */
static void
add_volume_code(struct sample *s)
{
    struct cd_builder *b = &s->b;
    uint32_t index = cd_build_index(b, s->bucket, 0, (const uint32_t[]){0}, 1);
    cd_build_section(b, CD_SECTION_TABLE, s->volume, SAMPLE_VOLUME);
    uint32_t row = cd_build_value(b, CD_OP_ROOT, s->volume_row, SAMPLE_VOLUME, s->volume, 0, 0);
    uint32_t encrypted = cd_build_value(b, CD_OP_FIELD, s->boolean, SAMPLE_VOLUME, row, 0, 0);
    uint32_t key = cd_build_value(b, CD_OP_FIELD, s->string, SAMPLE_VOLUME, row, 1, 0);
    uint32_t bucket =
        cd_build_value(b, CD_OP_PROBE, s->bucket_row, SAMPLE_PROBE, key, SAMPLE_PROBE, index);
    uint32_t name = cd_build_value(b, CD_OP_FIELD, s->string, SAMPLE_PROBE, bucket, 0, 0);
    uint32_t same = cd_build_value(b, CD_OP_BCAST, s->string, SAMPLE_PROBE, key, 0, 0);
    uint32_t equal = cd_build_value(b, CD_OP_EQ, s->boolean, SAMPLE_PROBE, name, same, 0);
    uint32_t any = cd_build_value(b, CD_OP_ANY, s->boolean, SAMPLE_VOLUME, equal, 0, 0);
    cd_build_insn(b, CD_OP_ENDLOOP, 0, 0, SAMPLE_PROBE, 0);
    cd_build_insn(b, CD_OP_VERDICT, 0, any, encrypted, 1);
}

static void
add_other_code(struct sample *s)
{
    struct cd_builder *b = &s->b;
    cd_build_section(b, CD_SECTION_MESSAGES, s->bucket, SAMPLE_MESSAGE);
    uint32_t row = cd_build_value(b, CD_OP_ROOT, s->bucket_row, SAMPLE_MESSAGE, s->bucket, 0, 0);
    uint32_t id = cd_build_value(b, CD_OP_ENV, s->string, SAMPLE_MESSAGE, row, CD_ENVOP_ID, 0);
    cd_build_insn(b, CD_OP_MESSAGE, 0, id, 0, 0);
    cd_build_section(b, CD_SECTION_REQUEST, CD_NONE, SAMPLE_REQUEST);
    uint32_t key = cd_build_value(b, CD_OP_KEY, s->string, SAMPLE_REQUEST,
                                  cd_build_cstr(b, "aws:RequestedRegion"), 0, 0);
    uint32_t allowed = cd_build_value(b, CD_OP_PARAM, s->strings, SAMPLE_REQUEST, 0, 0, 0);
    uint32_t in = cd_build_value(b, CD_OP_IN, s->boolean, SAMPLE_REQUEST, key, allowed, 0);
    cd_build_insn(b, CD_OP_FIRE, 0, CD_NONE, in, 0);
}

/* What cd_reach_compute finds, worked out by hand. */
static void
add_costs(struct sample *s)
{
    struct cd_builder *b = &s->b;
    const uint32_t tables[] = {s->bucket, s->bucket, s->bucket, s->volume, s->volume};
    for (size_t i = 0; i < CD_ARRAY_LEN(tables); i++) {
        *CD_BUILD_PUSH(b, tables) = tables[i];
    }
    *CD_BUILD_PUSH(b, param_refs) = 0;
    struct cd_control *c = b->img->controls.items;
    c[0].first_table = 0, c[0].n_tables = 1, c[0].first_param = 0, c[0].n_params = 1;
    c[1].first_table = 2, c[1].n_tables = 2, c[1].first_param = 1, c[1].n_params = 0;
    *CD_BUILD_PUSH(b, costs) = (struct cd_cost){0, 1, 1};
    *CD_BUILD_PUSH(b, costs) = (struct cd_cost){1, 4, 1};
}

void
sample_image(struct cd_image *img, struct cd_arena *arena)
{
    *img = (struct cd_image){.arena = arena};
    struct sample s;
    cd_build_init(&s.b, img);
    add_types(&s);
    add_domains(&s);
    add_controls(&s);
    cd_build_section(&s.b, CD_SECTION_GLOBAL, CD_NONE, SAMPLE_GLOBAL);
    s.enabled_reg = cd_build_value(&s.b, CD_OP_CONST, s.string, SAMPLE_GLOBAL,
                                   cd_build_text(&s.b, CD_STR("Enabled")), 0, 0);
    s.param_reg = cd_build_value(&s.b, CD_OP_PARAM, s.strings, SAMPLE_GLOBAL, 0, 0, 0);
    uint32_t size_type = cd_build_simple_type(&s.b, CD_KIND_NUMBER);
    uint32_t table = cd_build_value(&s.b, CD_OP_TABLE, s.buckets, SAMPLE_GLOBAL, s.bucket, 0, 0);
    uint32_t size = cd_build_value(&s.b, CD_OP_SIZE, size_type, SAMPLE_GLOBAL, table, 0, 0);
    uint32_t check = cd_build_value(&s.b, CD_OP_LE, s.boolean, SAMPLE_GLOBAL, size, size, 0);
    cd_build_insn(&s.b, CD_OP_CHECK, 0, check, 0, 0);
    add_bucket_code(&s);
    add_volume_code(&s);
    add_other_code(&s);
    add_costs(&s);
    cd_build_finish(&s.b);
}

uint32_t
sample_insn(const struct cd_image *img, enum cd_op op, unsigned n)
{
    for (uint32_t i = 0; i < img->code.n; i++) {
        if (img->code.items[i].op == (uint16_t)op && n-- == 0) {
            return i;
        }
    }
    return (uint32_t)img->code.n;
}
