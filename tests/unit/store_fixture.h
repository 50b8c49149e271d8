/* What the tests of the store share: small snapshots with something of everything, a store of one
 * in memory, and all that a snapshot says as text. */
#ifndef CD_TESTS_STORE_FIXTURE_H
#define CD_TESTS_STORE_FIXTURE_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/ingest/ingest.h"
#include "runtime/store/store.h"
#include "tests/support/projection.h"

/* Two items of AWS Config with the same time, lists inside lists, a policy, tags, an embedded noun,
 * a type that nobody knows, values of wrong types, a deletion. */
#define CONFIG_TEXT                                                                               \
    "{\"configurationItems\":["                                                                   \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"vol-1\",\"awsAccountId\":\"1\","     \
    "\"awsRegion\":\"eu-west-1\",\"configurationItemCaptureTime\":\"2026-03-01T00:00:00Z\","      \
    "\"tags\":{\"a\":\"b\",\"c\":\"d\"},\"configuration\":{\"encrypted\":true,\"size\":7}},"      \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"vol-1\",\"awsAccountId\":\"1\","     \
    "\"awsRegion\":\"eu-west-1\",\"configurationItemCaptureTime\":\"2026-03-01T00:00:00Z\","      \
    "\"configuration\":{\"encrypted\":\"perhaps\",\"size\":0.5}},"                                \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"vol-2\",\"awsAccountId\":\"2\","     \
    "\"awsRegion\":\"us-east-1\",\"configuration\":{\"size\":9007199254740993}},"                 \
    "{\"resourceType\":\"AWS::EC2::SecurityGroup\",\"resourceId\":\"sg-1\",\"awsAccountId\":"     \
    "\"1\","                                                                                      \
    "\"awsRegion\":\"eu-west-1\",\"configuration\":{\"ipPermissions\":[{\"ipProtocol\":\"tcp\","  \
    "\"fromPort\":1,\"ipv4Ranges\":[{\"cidrIp\":\"0.0.0.0/0\"},{\"cidrIp\":\"10.0.0.0/8\"}]}]}}," \
    "{\"resourceType\":\"AWS::S3::Bucket\",\"resourceId\":\"b\",\"awsAccountId\":\"1\","          \
    "\"awsRegion\":\"eu-west-1\",\"arn\":\"arn:aws:s3:::other\",\"configuration\":{},"            \
    "\"supplementaryConfiguration\":{\"BucketPolicy\":{\"policyText\":\"{\\\"Statement\\\":[{"    \
    "\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":[\\\"s3:*\\\",\\\"s3:Get*\\\"],"                 \
    "\\\"Condition\\\":{\\\"Bool\\\":{\\\"x\\\":\\\"y\\\"}}}]}\"},"                               \
    "\"BucketReplicationConfiguration\":{\"rules\":{\"r1\":{\"status\":\"Enabled\","              \
    "\"destinationConfig\":{\"bucketARN\":\"arn:aws:s3:::b\"}}}}}},"                              \
    "{\"resourceType\":\"AWS::Nobody::Knows\",\"resourceId\":\"n\",\"awsAccountId\":\"1\","       \
    "\"awsRegion\":\"eu-west-1\",\"configuration\":{\"color\":[\"red\",{\"deep\":null}]}},"       \
    "{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"vol-3\",\"awsAccountId\":\"1\","     \
    "\"awsRegion\":\"eu-west-1\",\"configurationItemStatus\":\"ResourceDeleted\"},7]}"

/* What only the normalized form can say. */
#define NORMAL_TEXT                                                                                \
    "{\"cordon\":1,\"captured\":\"2026-03-01T00:00:00Z\",\"complete\":[{\"type\":\"*\"}],"         \
    "\"sources\":[{\"file\":\"f\",\"format\":\"aws-config\"}]}\n"                                  \
    "{\"type\":\"AWS::EC2::SecurityGroup\",\"id\":\"sg-1\",\"account\":\"1\","                     \
    "\"region\":\"eu-west-1\",\"tags\":{\"Cordon::Unknown\":\"no tags\"},\"properties\":{"         \
    "\"SecurityGroupIngress\":[{\"CidrIp\":\"::/0\",\"FromPort\":-1},"                             \
    "{\"Cordon::Unknown\":\"more\"}]},\"origin\":{\"file\":\"g\",\"item\":3}}\n"                   \
    "{\"type\":\"AWS::SageMaker::Model\",\"id\":\"m\",\"account\":\"1\",\"region\":\"eu-west-1\"," \
    "\"properties\":{\"PrimaryContainer\":{\"Environment\":{\"a\":1.5,\"b\":[true,null]}}}}\n"     \
    "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\",\"account\":\"1\",\"region\":\"eu-west-1\","      \
    "\"properties\":{\"Encrypted\":{\"Cordon::Unknown\":\"why\"},\"Size\":1e15}}\n"                \
    "{\"type\":\"AWS::EC2::Volume\",\"id\":\"w\",\"region\":\"eu-west-1\"}\n"

static const char *const store_paths[] = {
    "AWS::EC2::Volume.Encrypted",
    "AWS::EC2::Volume.Size",
    "AWS::EC2::Volume.Tags.Key",
    "AWS::EC2::SecurityGroup.SecurityGroupIngress.CidrIp",
    "AWS::EC2::SecurityGroup.SecurityGroupIngress.FromPort",
    "AWS::S3::Bucket.ReplicationConfiguration.Rules.Destination.Bucket",
    "AWS::S3::BucketPolicy.PolicyDocument.Statement.Action",
    "AWS::S3::BucketPolicy.PolicyDocument.Statement.Condition",
    "AWS::SageMaker::Model.PrimaryContainer.Environment",
};

static inline struct cd_projection
store_projection(struct cd_arena *a)
{
    return (struct cd_projection){
        .img = cd_test_projection(a, store_paths, CD_ARRAY_LEN(store_paths))};
}

/* ---- all that a snapshot says ---- */

static inline void
put_text(struct cd_buf *out, const struct cd_snapshot *s, uint32_t id)
{
    cd_buf_json_str(out, id == CD_NO_STR ? CD_STR("-") : cd_intern_str(&s->dict, id));
    cd_buf_putc(out, ' ');
}

/* Paths in the source's terms of all that a row of N holds. */
static inline void
put_paths(const struct cd_snapshot *s, const struct cd_node *n, uint32_t table, uint32_t row,
          uint32_t at, struct cd_path_step *steps, size_t depth, struct cd_buf *out)
{
    if (depth == 8) {
        return;
    }
    cd_ingest_source_path(s, table, row, false, steps, depth, out);
    cd_buf_putc(out, ' ');
    for (uint32_t i = 0; n != NULL && n->kind == CD_NODE_RECORD && i < n->n_child; i++) {
        steps[depth] = (struct cd_path_step){.name = cd_node_slot_name(s, n, i), .place = CD_NONE};
        put_paths(s, n->child[i], table, row, at, steps, depth + 1, out);
    }
    bool is_list = n != NULL && n->kind == CD_NODE_LIST && cd_node_state(n, at) == CD_KNOWN;
    for (uint32_t i = 0; is_list && i < n->len[at]; i++) {
        steps[depth] = (struct cd_path_step){.place = n->child[0]->place[n->off[at] + i]};
        put_paths(s, n->child[0], table, row, n->off[at] + i, steps, depth + 1, out);
    }
}

static inline void
put_rows(const struct cd_snapshot *s, uint32_t table, struct cd_buf *out)
{
    const struct cd_table *t = s->tables[table];
    struct cd_buf scratch = CD_BUF_INIT;
    struct cd_path_step steps[8];
    put_text(out, s, t->type);
    for (uint32_t row = 0; row < t->n; row++) {
        const struct cd_site *site = cd_table_site(s, t, row);
        cd_buf_printf(out, "\n row %u flags %u ", row, t->flags[row]);
        put_text(out, s, t->id[row]);
        put_text(out, s, site->partition);
        put_text(out, s, site->account);
        put_text(out, s, site->region);
        cd_buf_str(out, cd_table_arn(s, t, row, &scratch));
        cd_node_write(s, t->tags, row, out);
        cd_node_write(s, t->root, row, out);
        put_paths(s, t->root, table, row, row, steps, 0, out);
    }
    cd_buf_putc(out, '\n');
    cd_buf_finish(&scratch);
}

static inline void
put_sources(const struct cd_snapshot *s, struct cd_buf *out)
{
    for (size_t i = 0; i < s->n_sources; i++) {
        const struct cd_source_info *info = &s->sources[i];
        cd_buf_printf(out, "%.*s %.*s %llu=%llu+%llu+%llu, %llu, %lld\n", CD_FMT(info->file),
                      CD_FMT(info->format), (unsigned long long)info->items,
                      (unsigned long long)info->resources, (unsigned long long)info->deleted,
                      (unsigned long long)info->problems, (unsigned long long)info->derived,
                      (long long)info->captured);
    }
    for (size_t i = 0; i < s->n_problems; i++) {
        const struct cd_problem *p = &s->problems[i];
        cd_buf_printf(out, "%.*s %llu %.*s\n", CD_FMT(p->file), (unsigned long long)p->offset,
                      CD_FMT(p->message));
    }
}

/* What policy documents are asked about: their texts. */
static inline void
put_policies(const struct cd_snapshot *s, struct cd_buf *out)
{
    for (uint32_t row = 0; row < s->policies->n; row++) {
        cd_buf_printf(out, "policy %u ", row);
        put_text(out, s, row < s->n_policy_texts ? s->policy_texts[row] : CD_NO_STR);
        cd_buf_putc(out, '\n');
    }
}

/* All of a sealed snapshot, but for what a store has more than the sources: rows of tables that
 * nobody reads. */
static inline void
put_snapshot(const struct cd_snapshot *s, struct cd_buf *out)
{
    put_sources(s, out);
    cd_buf_printf(out, "captured %lld\n", (long long)s->captured);
    for (uint32_t i = 0; i < s->n_tables; i++) {
        if (s->tables[i]->shape != CD_NONE || s->projection.all) {
            struct cd_str type = cd_intern_str(&s->dict, s->tables[i]->type);
            put_rows(s, i, out);
            cd_buf_printf(out, "complete %d\n", cd_snapshot_is_complete(s, type));
        }
    }
    if (s->projection.all) {
        put_policies(s, out);
        cd_normal_write(s, out);
    }
}

/* ---- stores ---- */

/* The store of S, which is sealed; in A, aligned. It goes through a pipe that holds all of it: on a
 * disk each would wait for its sync. */
static inline struct cd_str
write_store(const struct cd_snapshot *s, struct cd_arena *a)
{
    struct cordon_error err = {.code = CORDON_OK};
    char path[32];
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    int size = fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    char *bytes = cd_arena_alloc(a, (size_t)size);
    size_t n = 0;
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    cr_assert_eq(cd_store_write(s, path, &err), CORDON_OK, "%s", err.message);
    close(ends[1]);
    for (ssize_t got = 1; got > 0; n += (size_t)got) {
        got = read(ends[0], bytes + n, (size_t)size - n);
        cr_assert_geq(got, 0);
    }
    close(ends[0]);
    return (struct cd_str){bytes, n};
}

/* What `cordon snapshot build` makes of TEXTS, read as a.json, b.json …; in A, aligned. */
static inline struct cd_str
make_store(struct cd_arena *a, const char *const *texts, size_t n)
{
    static const struct cd_str names[] = {CD_STR_INIT("a.json"), CD_STR_INIT("b.json")};
    struct cd_snapshot s;
    struct cordon_error err = {.code = CORDON_OK};
    cr_assert_eq(cd_snapshot_init(&s, (struct cd_projection){.all = true}), CORDON_OK);
    s.keeps_problems = true;
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(cd_ingest_text(&s, names[i], cd_str_of(texts[i]), &err), CORDON_OK, "%s",
                     err.message);
    }
    cr_assert_eq(cd_snapshot_seal(&s, &err), CORDON_OK);
    struct cd_str bytes = write_store(&s, a);
    cd_snapshot_finish(&s);
    return bytes;
}

/* Reads BYTES, sealed, and says all of it; false if they are refused. */
static inline bool
say_store(struct cd_str bytes, struct cd_projection projection, bool is_alone, struct cd_buf *out,
          struct cordon_error *err)
{
    struct cd_snapshot s;
    *err = (struct cordon_error){.code = CORDON_OK};
    cr_assert_eq(cd_snapshot_init(&s, projection), CORDON_OK);
    bool ok = cd_store_read_bytes(&s, "x.cbs", bytes, is_alone, err) == CORDON_OK
              && cd_snapshot_seal(&s, err) == CORDON_OK;
    if (ok) {
        put_snapshot(&s, out);
        ok = cd_store_check(&s, err) == CORDON_OK;
    }
    cd_snapshot_finish(&s);
    return ok;
}

#endif
