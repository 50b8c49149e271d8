/* Snapshots: nodes, sealing, completeness. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/bc/build.h"
#include "runtime/column/snapshot.h"
#include "runtime/schema/schema.h"

static struct cd_snapshot s;

static void
setup(void)
{
    cr_assert_eq(cd_snapshot_init(&s, (struct cd_projection){.all = true, .envelopes = true}),
                 CORDON_OK);
    cr_assert_eq(cd_snapshot_source(&s, CD_STR("a.json"), CD_STR("cordon")), 0u);
}

static void
teardown(void)
{
    cd_snapshot_finish(&s);
}

TestSuite(column, .init = setup, .fini = teardown);

static uint32_t
str(const char *z)
{
    return cd_snapshot_str(&s, cd_str_of(z));
}

static struct cd_table *
table(const char *type)
{
    bool wanted;
    struct cd_table *t = cd_snapshot_table(&s, cd_str_of(type), &wanted);
    cr_assert(t && wanted);
    return t;
}

static uint32_t
add_from(struct cd_table *t, const char *account, const char *region, const char *id,
         int64_t captured, bool derived, struct cd_origin origin)
{
    uint32_t row = CD_NONE;
    struct cd_envelope_row e = {
        str(id),      CD_NO_STR, str("aws"), region ? str(region) : CD_NO_STR,
        str(account), captured,  origin,     derived};
    s.sources[0].items++;
    s.sources[0].resources++;
    cr_assert(cd_table_add(&s, t, &e, &row));
    return row;
}

static uint32_t
add(struct cd_table *t, const char *account, const char *region, const char *id, int64_t captured,
    bool derived)
{
    struct cd_origin origin = {.from = CD_NONE, .from_table = CD_NONE, .place = CD_NONE};
    return add_from(t, account, region, id, captured, derived, origin);
}

static void
seal(void)
{
    cr_assert_eq(cd_snapshot_seal(&s, NULL), CORDON_OK);
}

Test(column, rows_that_were_never_set_are_absent)
{
    struct cd_table *t = table("AWS::EC2::Volume");
    for (int i = 0; i < 100; i++) {
        add(t, "1", "r", "v", i, false);
    }
    struct cd_node *n = cd_node_child(&s, t->root, cd_node_slot(&s, t->root, CD_STR("Encrypted")));
    cr_assert(n && n->kind == CD_NODE_BOOL);
    cr_assert(cd_node_set_bool(&s, n, 40, true));
    cr_assert(cd_node_set_unknown(&s, n, 60, str("why")));
    cr_expect_eq(cd_node_state(n, 0), CD_ABSENT);
    cr_expect_eq(cd_node_state(n, 40), CD_KNOWN);
    cr_expect_eq(cd_node_state(n, 60), CD_UNKNOWN);
    cr_expect_eq(cd_node_reason(n, 60), str("why"));
    cr_expect_eq(cd_node_state(n, 99), CD_ABSENT);
    cr_assert(cd_node_set_number(&s, n, 70, 1)); /* not of the node's kind */
    cr_expect_eq(cd_node_state(n, 70), CD_ABSENT);
    cr_expect_eq(cd_node_slot(&s, t->root, CD_STR("encrypted")), CD_NONE);
}

Test(column, elements_know_their_resource)
{
    struct cd_table *t = table("AWS::EC2::SecurityGroup");
    struct cd_node *list =
        cd_node_child(&s, t->root, cd_node_slot(&s, t->root, CD_STR("SecurityGroupIngress")));
    cr_assert(list && list->kind == CD_NODE_LIST);
    static const uint32_t lengths[] = {0, 3, 0, 0, 2};
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t row = add(t, "1", "r", "sg", i, false);
        if (i == 5) {
            break; /* never set */
        }
        cr_assert(cd_node_open(&s, list, row));
        struct cd_node *elem = cd_node_elem(&s, list);
        for (uint32_t k = 0; k < lengths[i]; k++) {
            uint32_t at = cd_node_end(elem);
            cr_assert(cd_node_set_record(&s, elem, at) && cd_node_place(&s, elem, at, k * 10));
        }
        cr_assert(cd_node_close(&s, list, row, lengths[i], i == 4 ? str("more") : 0));
    }
    struct cd_node *elem = cd_node_elem(&s, list);
    static const uint32_t owners[] = {1, 1, 1, 4, 4};
    for (uint32_t k = 0; k < 5; k++) {
        uint32_t owner;
        uint32_t row;
        cd_snapshot_owner(&s, cd_rowref_of(elem->id, k), &owner, &row);
        cr_expect_eq(row, owners[k]);
        cr_expect_eq(s.tables[owner], t);
    }
    cr_expect_eq(elem->place[2], 20u);
    cr_expect_eq(cd_node_open_reason(list, 4), str("more"));
    cr_expect_eq(cd_node_state(list, 5), CD_ABSENT);
    uint32_t owner;
    uint32_t row;
    cd_snapshot_owner(&s, cd_rowref_of(s.policies->id, 0), &owner, &row);
    cr_expect_eq(owner, CD_NONE);
}

Test(column, values_as_json)
{
    struct cd_table *t = table("AWS::EC2::SecurityGroup");
    uint32_t row = add(t, "1", "r", "sg", 1, false);
    struct cd_node *list =
        cd_node_child(&s, t->root, cd_node_slot(&s, t->root, CD_STR("SecurityGroupIngress")));
    cr_assert(cd_node_open(&s, list, row));
    struct cd_node *elem = cd_node_elem(&s, list);
    cr_assert(cd_node_set_record(&s, elem, 0));
    struct cd_node *port = cd_node_child(&s, elem, cd_node_slot(&s, elem, CD_STR("FromPort")));
    struct cd_node *net = cd_node_child(&s, elem, cd_node_slot(&s, elem, CD_STR("CidrIp")));
    cr_assert(cd_node_set_number(&s, port, 0, 443) && cd_node_set_unknown(&s, net, 0, str("why")));
    cr_assert(cd_node_close(&s, list, row, 1, str("more")));
    struct cd_buf out = CD_BUF_INIT;
    cd_node_write(&s, list, row, &out);
    cr_expect(cd_str_eq(cd_buf_view(&out),
                        CD_STR("[{\"CidrIp\":{\"Cordon::Unknown\":\"why\"},\"FromPort\":443},"
                               "{\"Cordon::Unknown\":\"more\"}]")),
              "%.*s", CD_FMT(cd_buf_view(&out)));
    cd_buf_finish(&out);
}

Test(column, json_heap)
{
    uint32_t object = cd_json_add(&s, CD_JSON_OBJECT, 0);
    uint32_t array = cd_json_add(&s, CD_JSON_ARRAY, str("a"));
    uint32_t one = cd_json_add(&s, CD_JSON_NUMBER, 0);
    s.json[one].number = 1;
    cd_json_add(&s, CD_JSON_NULL, 0);
    cd_json_close(&s, array, 2);
    uint32_t text = cd_json_add(&s, CD_JSON_STRING, str("b"));
    s.json[text].n = str("x");
    cd_json_close(&s, object, 2);
    cr_expect_eq(cd_json_member(&s, object, str("b")), text);
    cr_expect_eq(cd_json_member(&s, object, str("c")), CD_NONE);
    cr_expect_eq(cd_json_member(&s, array, str("a")), CD_NONE);
    struct cd_buf out = CD_BUF_INIT;
    cd_json_write(&s, object, &out);
    cr_expect(cd_str_eq(cd_buf_view(&out), CD_STR("{\"a\":[1,null],\"b\":\"x\"}")));
    cd_buf_finish(&out);
}

Test(column, the_later_capture_counts)
{
    struct cd_table *t = table("AWS::EC2::Volume");
    uint32_t old = add(t, "1", "r", "v1", 10, false);
    uint32_t new = add(t, "1", "r", "v1", 20, false);
    uint32_t other = add(t, "1", "s", "v1", 10, false); /* another region: another resource */
    uint32_t first = add(t, "1", "r", "v2", 10, false);
    uint32_t second = add(t, "1", "r", "v2", 10, false);
    uint32_t gone = add(t, "1", "r", "v3", 10, false);
    uint32_t back = add(t, "1", "r", "v4", 30, false);
    cr_assert(cd_snapshot_delete(&s, CD_STR("AWS::EC2::Volume"), str("aws"), str("1"), str("r"),
                                 str("v3"), 10));
    cr_assert(cd_snapshot_delete(&s, CD_STR("AWS::EC2::Volume"), str("aws"), str("1"), str("r"),
                                 str("v4"), 29));
    seal();
    cr_expect(cd_table_is_dead(t, old) && !cd_table_is_dead(t, new) && !cd_table_is_dead(t, other));
    cr_expect(!cd_table_is_dead(t, first) && cd_table_is_dead(t, second));
    cr_expect(cd_table_is_dead(t, gone) && !cd_table_is_dead(t, back));
    cr_expect_eq(t->n_live, 4u);
    cr_expect_eq(s.n_problems, 1u);
    cr_expect_eq(s.sources[0].problems, 1u);
    cr_expect_eq(s.sources[0].items,
                 s.sources[0].resources + s.sources[0].deleted + s.sources[0].problems);
}

Test(column, derived_rows_give_way)
{
    struct cd_table *policies = table("AWS::S3::BucketPolicy");
    struct cd_table *buckets = table("AWS::S3::Bucket");
    uint32_t bucket = add(buckets, "1", "r", "b", 10, false);
    uint32_t later = add(buckets, "1", "r", "b", 20, false);
    uint32_t own = add(policies, "1", "r", "c", 10, false);
    uint32_t derived = add(policies, "1", "r", "c", 20, true);
    struct cd_origin origin = {.from = bucket, .from_table = buckets->root->table, .offset = 7};
    uint32_t orphan = add_from(policies, "1", "r", "b", 10, true, origin);
    uint32_t twin = add(policies, "1", "r", "d", 10, true);
    uint32_t twin2 = add(policies, "1", "r", "d", 10, true);
    seal();
    cr_expect_eq(s.tables[0], buckets); /* sorted by name */
    cr_expect(cd_table_is_dead(buckets, bucket) && !cd_table_is_dead(buckets, later));
    cr_expect(!cd_table_is_dead(policies, own) && cd_table_is_dead(policies, derived)
              && cd_table_is_dead(policies, orphan));
    cr_expect(!cd_table_is_dead(policies, twin) && cd_table_is_dead(policies, twin2));
    cr_expect_eq(cd_table_origin(policies, orphan).from_table, 0u);
    cr_expect_eq(s.n_problems, 0u);
}

/* ---- completeness ---- */

static bool
whole(const char *type)
{
    return cd_snapshot_is_complete(&s, cd_str_of(type));
}

static void
complete(const char *type, const char *account, const char *region)
{
    cr_assert(cd_snapshot_complete(&s, cd_str_of(type), account ? str(account) : CD_NO_STR,
                                   region ? str(region) : CD_NO_STR));
}

Test(column, complete_in_every_named_place)
{
    struct cd_table *t = table("AWS::EC2::Volume");
    add(t, "1", "r1", "a", 1, false);
    cr_expect(!whole("AWS::EC2::Volume"));
    complete("AWS::EC2::Volume", "1", "r1");
    cr_expect(whole("AWS::EC2::Volume"));
    cr_expect(!whole("AWS::EC2::Instance"));
    add(t, "1", "r2", "b", 1, false);
    cr_expect(!whole("AWS::EC2::Volume"));
    complete("AWS::EC2::*", "1", NULL);
    cr_expect(whole("AWS::EC2::Volume") && whole("AWS::EC2::Instance"));
    cr_assert_neq(cd_snapshot_place(&s, str("2"), CD_NO_STR),
                  CD_NONE); /* an account without regions: only all of its regions will do */
    cr_expect(!whole("AWS::EC2::Volume"));
    complete("*", "2", "r1");
    cr_expect(whole("AWS::EC2::Volume"));
    cr_expect(cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), str("1"), str("r9")));
    cr_expect(!cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), str("2"), str("r9")));
    cr_expect(!cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), CD_NO_STR, CD_NO_STR));
}

Test(column, an_account_without_regions_needs_all_of_them)
{
    cr_assert_neq(cd_snapshot_place(&s, str("2"), CD_NO_STR), CD_NONE);
    cr_expect(!whole("AWS::EC2::Volume"));
    complete("AWS::EC2::Volume", "2", NULL);
    cr_expect(whole("AWS::EC2::Volume"));
}

Test(column, of_a_global_type_the_account_alone_counts)
{
    cr_assert_neq(cd_snapshot_place(&s, str("1"), str("r1")), CD_NONE);
    cr_assert_neq(cd_snapshot_place(&s, str("1"), str("r2")), CD_NONE);
    complete("AWS::IAM::*", "1", "r1");
    cr_expect(whole("AWS::IAM::Role"));
    cr_expect(cd_snapshot_is_complete_at(&s, CD_STR("AWS::IAM::Role"), str("1"), str("r2")));
}

Test(column, nothing_named)
{
    cr_expect(!whole("AWS::EC2::Volume"));
    complete("AWS::EC2::Volume", NULL, NULL);
    cr_expect(whole("AWS::EC2::Volume"));
    cr_expect(cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), CD_NO_STR, CD_NO_STR));
}

Test(column, what_was_lost_takes_completeness)
{
    complete("*", NULL, NULL);
    cr_assert_neq(cd_snapshot_place(&s, str("1"), str("r1")), CD_NONE);
    cr_expect(whole("AWS::EC2::Volume") && whole("*"));
    cr_assert(cd_snapshot_lost(&s, CD_STR("AWS::EC2::Volume"), str("1"), str("r1")));
    cr_expect(!whole("AWS::EC2::Volume") && whole("AWS::EC2::Instance") && !whole("*"));
    cr_expect(!cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), str("1"), str("r1")));
    cr_expect(cd_snapshot_is_complete_at(&s, CD_STR("AWS::EC2::Volume"), str("1"), str("r2")));
    cr_assert(cd_snapshot_lost(&s, CD_STR("*"), CD_NO_STR, CD_NO_STR));
    cr_expect(!whole("AWS::EC2::Instance"));
}

/* Offsets beyond 4 GB, another source, rows made from others: each is told as it was given. */
Test(column, origins)
{
    static const struct cd_origin origins[] = {
        {.offset = 5, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = 1000, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = UINT64_C(5) + UINT32_MAX, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = UINT64_C(6) + UINT32_MAX, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = UINT64_C(1) << 40, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = 3, .from = CD_NONE, .from_table = CD_NONE, .place = 1},
        {.offset = 4, .from = CD_NONE, .from_table = CD_NONE, .place = 2},
        {.offset = 4, .from = 17, .from_table = 0, .place = 2},
        {.offset = 9, .from = 18, .from_table = 0, .place = 2, .source = 1},
        {.offset = 9, .from = CD_NONE, .from_table = CD_NONE, .place = CD_NONE},
    };
    struct cd_table *t = table("AWS::EC2::Volume");
    for (uint32_t i = 0; i < 100 * CD_ARRAY_LEN(origins); i++) {
        char id[16];
        snprintf(id, sizeof id, "v%u", i);
        add_from(t, "1", "r", id, 10, false, origins[i / 100]);
    }
    for (uint32_t i = 0; i < t->n; i++) {
        struct cd_origin got = cd_table_origin(t, i);
        const struct cd_origin *wanted = &origins[i / 100];
        cr_assert_eq(got.offset, wanted->offset, "row %u", i);
        cr_assert_eq(got.source, wanted->source);
        cr_assert_eq(got.from, wanted->from);
        cr_assert_eq(got.from_table, wanted->from_table);
        cr_assert_eq(got.place, wanted->place);
    }
}

/* An ARN is kept only where it is not what the type's format gives. */
Test(column, arns)
{
    struct cd_buf scratch = CD_BUF_INIT;
    struct cd_table *t = table("AWS::EC2::Volume");
    uint32_t made = add(t, "1", "r", "v1", 10, false);
    t->arn[made] = CD_ARN_MADE;
    uint32_t none = add(t, "1", "r", "v2", 10, false);
    uint32_t given = add(t, "1", "r", "v3", 10, false);
    t->arn[given] = str("arn:aws:ec2:r:1:volume/another");
    uint32_t id;
    cr_expect(cd_str_eq(cd_table_arn(&s, t, made, &scratch), CD_STR("arn:aws:ec2:r:1:volume/v1")));
    cr_expect_eq(cd_table_arn(&s, t, none, &scratch).n, 0u);
    cr_expect(
        cd_str_eq(cd_table_arn(&s, t, given, &scratch), CD_STR("arn:aws:ec2:r:1:volume/another")));
    cr_expect(cd_table_arn_is(&s, t, made, CD_STR("arn:aws:ec2:r:1:volume/v1")));
    cr_expect(!cd_table_arn_is(&s, t, made, CD_STR("arn:aws:ec2:r:1:volume/v")));
    cr_expect(!cd_table_arn_is(&s, t, made, CD_STR("arn:aws:ec2:r:1:volume/v12")));
    cr_expect(!cd_table_arn_is(&s, t, none, CD_STR("")));
    cr_expect(!cd_table_arn_is(&s, t, given, CD_STR("arn:aws:ec2:r:1:volume/v3")));
    cr_expect(cd_table_arn_id(&s, t, made, &id) && id == str("arn:aws:ec2:r:1:volume/v1"));
    cr_expect(cd_table_arn_id(&s, t, none, &id) && id == CD_NO_STR);
    cd_buf_finish(&scratch);
}
