/* Rows of tables: properties, references, joins, clauses, verdicts, requests, explanations. */
#include "vm_fixture.h"

/* Two tables: volumes with Encrypted, Size, Names[], Parts[] {Kind}, Extra (json), KmsKeyId; keys.
 */
struct estate {
    struct fx x;
    uint32_t part, volume, key, role;
    uint32_t rows, parts; /* types: a volume, a list of parts */
    uint32_t key_row;
    uint32_t domain; /* of the volumes' section */
    uint32_t root;   /* register of the row */
    struct cd_table *volumes, *keys;
};
enum { ENCRYPTED, EXTRA, KMS_KEY_ID, NAMES, PARTS, SIZE };

static void
begin(struct estate *t)
{
    struct fx *x = &t->x;
    fx_begin(x);
    t->part = cd_build_shape(&x->b, CD_STR("AWS::EC2::Volume.Part"), false);
    struct cd_field part[] = {{fx_str(x, "Kind"), x->string}};
    cd_build_fields(&x->b, t->part, part, 1);
    t->parts = cd_build_list_type(&x->b, cd_build_row_type(&x->b, t->part), false);
    t->volume = cd_build_shape(&x->b, CD_STR("AWS::EC2::Volume"), true);
    struct cd_field fields[] = {
        {fx_str(x, "Encrypted"), x->boolean}, {fx_str(x, "Extra"), x->json},
        {fx_str(x, "KmsKeyId"), x->string},   {fx_str(x, "Names"), x->strings},
        {fx_str(x, "Parts"), t->parts},       {fx_str(x, "Size"), x->number}};
    cd_build_fields(&x->b, t->volume, fields, CD_ARRAY_LEN(fields));
    t->key = cd_build_shape(&x->b, CD_STR("AWS::KMS::Key"), true);
    t->rows = cd_build_row_type(&x->b, t->volume);
    t->key_row = cd_build_row_type(&x->b, t->key);
}

/* Opens the section of the volumes; what follows is built in its domain. */
static void
section(struct estate *t)
{
    t->domain = cd_build_domain(&t->x.b, CD_DOMAIN_ROOT, 0, CD_NONE);
    cd_build_section(&t->x.b, CD_SECTION_TABLE, t->volume, t->domain);
    t->root = cd_build_value(&t->x.b, CD_OP_ROOT, t->rows, t->domain, t->volume, 0, 0);
}

static uint32_t
op(struct estate *t, enum cd_op o, uint32_t type, uint32_t a, uint32_t b, uint32_t c)
{
    return cd_build_value(&t->x.b, o, type, t->domain, a, b, c);
}

static uint32_t
field(struct estate *t, uint32_t slot, uint32_t type)
{
    return op(t, CD_OP_FIELD, type, t->root, slot, 0);
}

static void
control(struct estate *t, const char *name, uint32_t cond, uint32_t where)
{
    fx_control(&t->x, name);
    fx_clause(&t->x, t->volume, "v", where == CD_NONE ? NULL : "w");
    uint32_t q = fx_require(&t->x, "it");
    cd_build_insn(&t->x.b, CD_OP_VERDICT, 0, cond, where, q);
}

static uint32_t
dict(struct estate *t, const char *z)
{
    return cd_snapshot_str(&t->x.s, cd_str_of(z));
}

static uint32_t
add(struct estate *t, struct cd_table *table, const char *id, const char *region, int64_t captured)
{
    uint32_t row = CD_NONE;
    char arn[100];
    bool is_key = table == t->keys;
    snprintf(arn, sizeof arn, "arn:aws:%s:%s:111122223333:%s/%s", is_key ? "kms" : "ec2", region,
             is_key ? "key" : "volume", id);
    struct cd_envelope_row e = {dict(t, id),
                                dict(t, arn),
                                dict(t, "aws"),
                                dict(t, region),
                                dict(t, "111122223333"),
                                captured,
                                {.from_table = CD_NONE},
                                false};
    cr_assert(cd_table_add(&t->x.s, table, &e, &row));
    return row;
}

static struct cd_node *
child(struct estate *t, uint32_t slot)
{
    return cd_node_child(&t->x.s, t->volumes->root, slot);
}

static void
open_snapshot(struct estate *t)
{
    bool wanted;
    fx_snapshot(&t->x);
    t->volumes = cd_snapshot_table(&t->x.s, CD_STR("AWS::EC2::Volume"), &wanted);
    t->keys = cd_snapshot_table(&t->x.s, CD_STR("AWS::KMS::Key"), &wanted);
    cr_assert(cd_snapshot_source(&t->x.s, CD_STR("s.json"), CD_STR("cordon")) == 0);
}

static void
complete(struct estate *t, const char *type)
{
    cr_assert(cd_snapshot_complete(&t->x.s, cd_str_of(type), dict(t, "111122223333"), CD_NO_STR));
}

/* Counts of a control as text: pass fail unknown waived, then the verdict's letter. */
static void
expect(struct estate *t, uint32_t control_idx, const char *want)
{
    const struct cd_control_result *r = &cd_eval_results(t->x.e)[control_idx];
    char got[64];
    snprintf(got, sizeof got, "%d %d %d %d %c", (int)r->pass, (int)r->fail, (int)r->unknown,
             (int)r->waived, fx_letter(r->verdict));
    cr_expect_str_eq(got, want, "control %u: %s, expected %s", control_idx, got, want);
}

Test(vm_rows, clauses)
{
    struct estate t;
    begin(&t);
    section(&t);
    uint32_t encrypted = field(&t, ENCRYPTED, t.x.boolean);
    uint32_t size = field(&t, SIZE, t.x.number);
    uint32_t in_scope = op(&t, CD_OP_LT, t.x.boolean, size, size,
                           0); /* false if Size is known or absent, else unknown */
    uint32_t is_in = op(&t, CD_OP_NOT, t.x.boolean, in_scope, 0, 0);
    control(&t, "a.plain", encrypted, CD_NONE);
    control(&t, "b.where", encrypted, is_in);
    control(&t, "c.nothing", encrypted, in_scope);
    open_snapshot(&t);
    static const char states[] = "tfuatfua";
    for (uint32_t i = 0; i < 8; i++) {
        char id[8];
        snprintf(id, sizeof id, "v%u", i);
        uint32_t row = add(&t, t.volumes, id, "eu-west-1", 1);
        struct cd_node *n = child(&t, ENCRYPTED);
        cr_assert(states[i] == 'u'   ? cd_node_set_unknown(&t.x.s, n, row, dict(&t, "why"))
                  : states[i] == 'a' ? cd_node_set_absent(&t.x.s, n, row)
                                     : cd_node_set_bool(&t.x.s, n, row, states[i] == 't'));
        if (i >= 4) {
            cr_assert(cd_node_set_unknown(&t.x.s, child(&t, SIZE), row, dict(&t, "why")));
        }
    }
    complete(&t, "AWS::EC2::*");
    fx_eval(&t.x);
    expect(&t, 0, "2 4 2 0 F");
    expect(&t, 1, "2 2 4 0 F"); /* where unknown: true passes, the rest is unknown */
    expect(&t, 2, "1 0 3 0 U"); /* where false: out of scope */
    cr_expect(cd_eval_results(t.x.e)[0].complete);
    size_t n;
    const struct cd_answer *a = cd_eval_answers(t.x.e, &n);
    cr_expect_eq(n, 6u + 6u + 3u);
    cr_expect_eq(a[0].control, 0u);
    cr_expect_eq(a[0].row, 1u);
    bool scope;
    enum cd_verdict v;
    cr_assert_eq(cd_eval_verdict(t.x.e, 1, a[0].table, 5, &scope, &v, NULL), CORDON_OK);
    cr_expect(scope && v == CD_UNKNOWN_VERDICT);
    cr_assert_eq(cd_eval_verdict(t.x.e, 2, a[0].table, 0, &scope, &v, NULL), CORDON_OK);
    cr_expect(!scope);
    fx_end(&t.x);
}

Test(vm_rows, empty_tables)
{
    for (int is_complete = 0; is_complete < 2; is_complete++) {
        struct estate t;
        begin(&t);
        section(&t);
        control(&t, "a.plain", field(&t, ENCRYPTED, t.x.boolean), CD_NONE);
        open_snapshot(&t);
        add(&t, t.keys, "k", "eu-west-1", 1);
        complete(&t, is_complete ? "AWS::EC2::Volume" : "AWS::KMS::Key");
        fx_eval(&t.x);
        expect(&t, 0, is_complete ? "0 0 0 0 T" : "0 0 0 0 U");
        cr_expect_eq(cd_eval_results(t.x.e)[0].empty_unknown != CD_NONE, !is_complete);
        fx_end(&t.x);
    }
}

Test(vm_rows, waivers)
{
    struct estate t;
    begin(&t);
    section(&t);
    control(&t, "a.plain", field(&t, ENCRYPTED, t.x.boolean), CD_NONE);
    static const char *const patterns[] = {"arn:aws:ec2:*:*:volume/v1", "v2",
                                           "arn:aws:ec2:*:*:volume/*"};
    for (uint32_t i = 0; i < 3; i++) {
        struct cd_waive_info *w = CD_BUILD_PUSH(&t.x.b, waives);
        *w = (struct cd_waive_info){0, i, 1, fx_str(&t.x, "because"), 0, i == 2 ? 1000 : 1001};
        uint32_t *p = CD_BUILD_PUSH(&t.x.b, pattern_refs);
        *p = fx_str(&t.x, patterns[i]);
    }
    open_snapshot(&t);
    for (int i = 1; i <= 3; i++) {
        char id[8];
        snprintf(id, sizeof id, "v%d", i);
        add(&t, t.volumes, id, "eu-west-1", 1000); /* the third waiver ended a moment before */
    }
    fx_eval(&t.x);
    expect(&t, 0, "0 1 0 2 F");
    cr_expect(cd_eval_waive_used(t.x.e, 0) && cd_eval_waive_used(t.x.e, 1)
              && !cd_eval_waive_used(t.x.e, 2));
    fx_end(&t.x);
}

/* `v.KmsKeyId -> AWS::KMS::Key` is present. */
static void
build_follow(struct estate *t)
{
    section(t);
    uint32_t ref = field(t, KMS_KEY_ID, t->x.string);
    uint32_t row = op(t, CD_OP_FOLLOW, t->key_row, ref, t->root, t->key);
    uint32_t absent = op(t, CD_OP_ISABSENT, t->x.boolean, row, 0, 0);
    control(t, "a.follow", op(t, CD_OP_NOT, t->x.boolean, absent, 0, 0), CD_NONE);
}

Test(vm_rows, references)
{
    static const struct {
        const char *ref;
        char answer;
    } cases[] = {
        {"arn:aws:kms:us-east-1:111122223333:key/k2",
         'T'}, /* an ARN finds its own account and region */
        {"k1", 'T'},
        {"k2", 'U'},                                        /* stands only in another region */
        {"nothing", 'F'},                                   /* the holder's place is complete */
        {"arn:aws:kms:us-east-1:111122223333:key/k9", 'U'}, /* that region is not */
        {"arn:aws:kms:eu-west-1:111122223333:key/k9", 'F'},
        {"arn:aws:kms:eu-west-1:999999999999:key/k9", 'U'},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        struct estate t;
        begin(&t);
        build_follow(&t);
        open_snapshot(&t);
        uint32_t row = add(&t, t.volumes, "v1", "eu-west-1", 1);
        cr_assert(cd_node_set_string(&t.x.s, child(&t, KMS_KEY_ID), row, dict(&t, cases[i].ref)));
        add(&t, t.keys, "k1", "eu-west-1", 1);
        add(&t, t.keys, "k2", "us-east-1", 1);
        cr_assert(cd_snapshot_complete(&t.x.s, CD_STR("AWS::KMS::Key"), dict(&t, "111122223333"),
                                       dict(&t, "eu-west-1")));
        fx_eval(&t.x);
        expect(&t, 0,
               cases[i].answer == 'T'   ? "1 0 0 0 T"
               : cases[i].answer == 'F' ? "0 1 0 0 F"
                                        : "0 0 1 0 U");
        fx_end(&t.x);
    }
}

/* all p in v.Parts { p.Kind == "x" } and `"n" in v.Names`. */
Test(vm_rows, nested_lists)
{
    struct estate t;
    begin(&t);
    uint32_t wanted = fx_text(&t.x, "x");
    section(&t);
    uint32_t parts = field(&t, PARTS, t.parts);
    uint32_t loop = cd_build_domain(&t.x.b, CD_DOMAIN_LOOP, t.domain, fx_str(&t.x, "p"));
    uint32_t part =
        cd_build_value(&t.x.b, CD_OP_LOOP, cd_build_row_type(&t.x.b, t.part), loop, parts, loop, 0);
    uint32_t kind = cd_build_value(&t.x.b, CD_OP_FIELD, t.x.string, loop, part, 0, 0);
    uint32_t x = cd_build_value(&t.x.b, CD_OP_BCAST, t.x.string, loop, wanted, 0, 0);
    uint32_t is_x = cd_build_value(&t.x.b, CD_OP_EQ, t.x.boolean, loop, kind, x, 0);
    uint32_t all = op(&t, CD_OP_ALL, t.x.boolean, is_x, 0, 0);
    uint32_t kinds = op(&t, CD_OP_MAPEACH, t.x.strings, kind, 0, 0);
    cd_build_insn(&t.x.b, CD_OP_ENDLOOP, 0, 0, loop, 0);
    uint32_t outer = op(&t, CD_OP_BCAST, t.x.string, wanted, 0, 0);
    uint32_t in_kinds = op(&t, CD_OP_IN, t.x.boolean, outer, kinds, 0);
    uint32_t in_names = op(&t, CD_OP_IN, t.x.boolean, outer, field(&t, NAMES, t.x.strings), 0);
    control(&t, "a.all", all, CD_NONE);
    control(&t, "b.kinds", in_kinds, CD_NONE);
    control(&t, "c.names", in_names, CD_NONE);
    open_snapshot(&t);
    static const char *const words[] = {"xx", "xy", "x?", "y?", "", "-"};
    for (size_t i = 0; i < 6; i++) {
        char id[8];
        snprintf(id, sizeof id, "v%zu", i);
        uint32_t row = add(&t, t.volumes, id, "eu-west-1", 1);
        struct cd_node *list = child(&t, PARTS);
        struct cd_node *names = child(&t, NAMES);
        if (words[i][0] == '-') {
            continue; /* absent */
        }
        cr_assert(cd_node_open(&t.x.s, list, row) && cd_node_open(&t.x.s, names, row));
        struct cd_node *elem = cd_node_elem(&t.x.s, list);
        struct cd_node *name = cd_node_elem(&t.x.s, names);
        uint32_t n = 0;
        for (const char *c = words[i]; *c; c++, n++) {
            char text[2] = {*c, 0};
            uint32_t at = cd_node_end(elem);
            cr_assert(cd_node_set_record(&t.x.s, elem, at));
            struct cd_node *k = cd_node_child(&t.x.s, elem, 0);
            cr_assert(*c == '?' ? cd_node_set_unknown(&t.x.s, k, at, dict(&t, "why"))
                                : cd_node_set_string(&t.x.s, k, at, dict(&t, text)));
            at = cd_node_end(name);
            cr_assert(*c == '?' ? cd_node_set_unknown(&t.x.s, name, at, dict(&t, "why"))
                                : cd_node_set_string(&t.x.s, name, at, dict(&t, text)));
        }
        cr_assert(cd_node_close(&t.x.s, list, row, n, 0)
                  && cd_node_close(&t.x.s, names, row, n, 0));
    }
    fx_eval(&t.x);
    expect(&t, 0, "3 2 1 0 F"); /* xx, empty, absent; xy and y?; x? */
    expect(&t, 1, "3 2 1 0 F"); /* xx xy x?; empty and absent; y? */
    expect(&t, 2, "3 2 1 0 F");
    fx_end(&t.x);
}

/* none k in AWS::KMS::Key where k.id == v.KmsKeyId {…}: a probe finds rows by key. */
Test(vm_rows, joins_by_index)
{
    struct estate t;
    begin(&t);
    uint32_t index = cd_build_index(&t.x.b, t.key, CD_ENVOP_ID, NULL, 0);
    section(&t);
    uint32_t ref = field(&t, KMS_KEY_ID, t.x.string);
    uint32_t loop = cd_build_domain(&t.x.b, CD_DOMAIN_LOOP, t.domain, fx_str(&t.x, "k"));
    uint32_t key = cd_build_value(&t.x.b, CD_OP_PROBE, t.key_row, loop, ref, loop, index);
    uint32_t id = cd_build_value(&t.x.b, CD_OP_ENV, t.x.string, loop, key, CD_ENVOP_ID, 0);
    uint32_t outer = cd_build_value(&t.x.b, CD_OP_BCAST, t.x.string, loop, ref, 0, 0);
    uint32_t same = cd_build_value(&t.x.b, CD_OP_EQ, t.x.boolean, loop, id, outer, 0);
    uint32_t any = op(&t, CD_OP_ANY, t.x.boolean, same, 0, 0);
    uint32_t count = op(&t, CD_OP_COUNT, t.x.number, same, 0, 0);
    cd_build_insn(&t.x.b, CD_OP_ENDLOOP, 0, 0, loop, 0);
    control(&t, "a.any", any, CD_NONE);
    control(&t, "b.count", op(&t, CD_OP_EQ, t.x.boolean, count, count, 0), CD_NONE);
    open_snapshot(&t);
    static const char *const refs[] = {"k1", "k7", NULL};
    for (size_t i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "v%zu", i);
        uint32_t row = add(&t, t.volumes, name, "eu-west-1", 1);
        cr_assert(refs[i]
                      ? cd_node_set_string(&t.x.s, child(&t, KMS_KEY_ID), row, dict(&t, refs[i]))
                      : cd_node_set_unknown(&t.x.s, child(&t, KMS_KEY_ID), row, dict(&t, "why")));
    }
    for (int i = 0; i < 5; i++) {
        char name[8];
        snprintf(name, sizeof name, "k%d", i);
        add(&t, t.keys, name, "eu-west-1", 1);
    }
    complete(&t, "AWS::*");
    fx_eval(&t.x);
    expect(&t, 0, "1 1 1 0 F");
    expect(&t, 1, "2 0 1 0 U");
    fx_end(&t.x);
}

/* A join of every volume with every key over several chunks leaves nothing out. */
Test(vm_rows, loops_over_large_tables)
{
    struct estate t;
    begin(&t);
    uint32_t keys = cd_build_list_type(&t.x.b, t.key_row, false);
    uint32_t table = fx_op(&t.x, CD_OP_TABLE, keys, t.key, 0, 0);
    section(&t);
    uint32_t all_keys = op(&t, CD_OP_BCAST, keys, table, 0, 0);
    uint32_t ref = field(&t, KMS_KEY_ID, t.x.string);
    uint32_t loop = cd_build_domain(&t.x.b, CD_DOMAIN_LOOP, t.domain, fx_str(&t.x, "k"));
    uint32_t key = cd_build_value(&t.x.b, CD_OP_LOOP, t.key_row, loop, all_keys, loop, 0);
    uint32_t id = cd_build_value(&t.x.b, CD_OP_ENV, t.x.string, loop, key, CD_ENVOP_ID, 0);
    uint32_t outer = cd_build_value(&t.x.b, CD_OP_BCAST, t.x.string, loop, ref, 0, 0);
    uint32_t any = op(&t, CD_OP_ANY, t.x.boolean,
                      cd_build_value(&t.x.b, CD_OP_EQ, t.x.boolean, loop, id, outer, 0), 0, 0);
    cd_build_insn(&t.x.b, CD_OP_ENDLOOP, 0, 0, loop, 0);
    control(&t, "a.any", any, CD_NONE);
    open_snapshot(&t);
    for (int i = 0; i < 1500; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%d", i);
        uint32_t row = add(&t, t.volumes, name, "eu-west-1", 1);
        snprintf(name, sizeof name, "k%d", i * 2);
        cr_assert(cd_node_set_string(&t.x.s, child(&t, KMS_KEY_ID), row, dict(&t, name)));
    }
    for (int i = 0; i < 2000; i++) {
        char name[16];
        snprintf(name, sizeof name, "k%d", i);
        add(&t, t.keys, name, "eu-west-1", 1);
    }
    complete(&t, "AWS::*");
    fx_eval(&t.x);
    expect(&t, 0, "1000 500 0 0 F");
    fx_end(&t.x);
}

Test(vm_rows, explains_what_decided)
{
    struct estate t;
    begin(&t);
    uint32_t limit = fx_num(&t.x, 10);
    section(&t);
    uint32_t encrypted = field(&t, ENCRYPTED, t.x.boolean);
    uint32_t size = field(&t, SIZE, t.x.number);
    uint32_t small =
        op(&t, CD_OP_LE, t.x.boolean, size, op(&t, CD_OP_BCAST, t.x.number, limit, 0, 0), 0);
    control(&t, "a.both", op(&t, CD_OP_AND, t.x.boolean, encrypted, small, 0), CD_NONE);
    open_snapshot(&t);
    uint32_t row = add(&t, t.volumes, "v1", "eu-west-1", 1);
    cr_assert(cd_node_set_number(&t.x.s, child(&t, SIZE), row, 12));
    row = add(&t, t.volumes, "v2", "eu-west-1", 1);
    cr_assert(cd_node_set_bool(&t.x.s, child(&t, ENCRYPTED), row, true));
    cr_assert(cd_node_set_unknown(&t.x.s, child(&t, SIZE), row,
                                  dict(&t, "AWS Config does not carry Size")));
    fx_eval(&t.x);
    size_t n;
    const struct cd_answer *a = cd_eval_answers(t.x.e, &n);
    struct cd_explanation why;
    cr_assert_eq(n, 2u);
    cr_assert_eq(cd_eval_explain(t.x.e, &a[0], &t.x.arena, &why, NULL), CORDON_OK);
    cr_expect(cd_str_eq(why.message, CD_STR("require it does not hold")), "%.*s",
              CD_FMT(why.message));
    cr_assert_eq(why.n_evidence, 2u);
    cr_expect(cd_str_eq(why.evidence[0].why, CD_STR("v.Encrypted is absent")), "%.*s",
              CD_FMT(why.evidence[0].why));
    cr_expect(cd_str_eq(why.evidence[1].why, CD_STR("v.Size 12, not <= 10")), "%.*s",
              CD_FMT(why.evidence[1].why));
    cr_expect(cd_str_eq(why.evidence[1].value, CD_STR("12")));
    cr_assert_eq(cd_eval_explain(t.x.e, &a[1], &t.x.arena, &why, NULL), CORDON_OK);
    cr_expect(cd_str_eq(why.message, CD_STR("require it cannot be decided")), "%.*s",
              CD_FMT(why.message));
    cr_assert_eq(why.n_evidence, 1u);
    cr_expect(
        cd_str_eq(why.evidence[0].why, CD_STR("v.Size is unknown: AWS Config does not carry Size")),
        "%.*s", CD_FMT(why.evidence[0].why));
    fx_end(&t.x);
}
