/* Any bytes as a snapshot, with everything kept and, from two files, with what a program would ask
 * for. What is written of it reads back to the same bytes, and every property has a path in its
 * source. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/ingest/ingest.h"
#include "tests/support/projection.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const wanted[] = {
    "AWS::S3::Bucket.BucketName",
    "AWS::S3::Bucket.Tags.Key",
    "AWS::S3::Bucket.ReplicationConfiguration.Rules.Destination.Bucket",
    "AWS::S3::BucketPolicy.PolicyDocument.Statement.Action",
    "AWS::EC2::Volume.Encrypted",
    "AWS::EC2::SecurityGroup.SecurityGroupIngress.CidrIp",
    "AWS::EC2::SecurityGroup.SecurityGroupIngress.FromPort",
    "AWS::IAM::Role.Policies.PolicyDocument.Statement.Resource",
    "AWS::RDS::DBSubnetGroup.SubnetIds",
    "AWS::SageMaker::Model.PrimaryContainer.Environment",
};

/* The paths of all that N holds for ROW. */
static void
name_paths(const struct cd_snapshot *s, const struct cd_node *n, uint32_t table, uint32_t row,
           uint32_t at, struct cd_path_step *steps, size_t depth, struct cd_buf *out)
{
    if (depth == 12 || cd_node_state(n, at) != CD_KNOWN) {
        return;
    }
    cd_buf_clear(out);
    cd_ingest_source_path(s, table, row, false, steps, depth, out);
    for (uint32_t i = 0; n->kind == CD_NODE_RECORD && i < n->n_child; i++) {
        steps[depth] = (struct cd_path_step){.name = cd_node_slot_name(s, n, i), .place = CD_NONE};
        name_paths(s, n->child[i], table, row, at, steps, depth + 1, out);
    }
    bool is_list = n->kind == CD_NODE_LIST;
    for (uint32_t i = 0; (is_list || n->kind == CD_NODE_MAP) && i < n->len[at] && i < 8; i++) {
        uint32_t element = n->off[at] + i;
        steps[depth] = (struct cd_path_step){
            .place = is_list ? n->child[0]->place[element] : CD_NONE, .is_key = !is_list};
        if (!is_list) {
            steps[depth].name = cd_intern_str(&s->dict, n->child[0]->key[element]);
        }
        name_paths(s, n->child[0], table, row, element, steps, depth + 1, out);
    }
}

static void
name_all_paths(const struct cd_snapshot *s)
{
    struct cd_buf out = CD_BUF_INIT;
    struct cd_path_step steps[16];
    for (uint32_t t = 0; t < s->n_tables; t++) {
        for (uint32_t row = 0; row < s->tables[t]->n && row < 8; row++) {
            name_paths(s, s->tables[t]->root, t, row, row, steps, 0, &out);
            steps[0] = (struct cd_path_step){.name = CD_STR("arn"), .place = CD_NONE};
            cd_ingest_source_path(s, t, row, true, steps, 1, &out);
        }
    }
    cd_buf_finish(&out);
}

/* Reads TEXT and writes it in the normalized form; false if it cannot be read. */
static bool
rewrite(struct cd_str text, struct cd_buf *out)
{
    struct cd_snapshot s;
    struct cordon_error err = {.code = CORDON_OK};
    if (cd_snapshot_init(&s, (struct cd_projection){.all = true}) != CORDON_OK) {
        return false;
    }
    bool ok = cd_ingest_text(&s, CD_STR("fuzz.json"), text, &err) == CORDON_OK
              && cd_snapshot_seal(&s, &err) == CORDON_OK;
    for (size_t i = 0; ok && i < s.n_sources; i++) {
        const struct cd_source_info *info = &s.sources[i];
        if (info->items != info->resources + info->deleted + info->problems) {
            abort();
        }
    }
    if (ok) {
        name_all_paths(&s);
        cd_normal_write(&s, out);
    }
    cd_snapshot_finish(&s);
    return ok;
}

static void
project(struct cd_str text)
{
    static struct cd_arena a;
    static const struct cd_image *img; /* the same for every input */
    struct cd_snapshot s;
    struct cordon_error err = {.code = CORDON_OK};
    if (img == NULL) {
        cd_arena_init(&a);
        img = cd_test_projection(&a, wanted, CD_ARRAY_LEN(wanted));
    }
    struct cd_projection projection = {.img = img, .envelopes = text.n % 2 == 0};
    if (cd_snapshot_init(&s, projection) == CORDON_OK) {
        bool ok = true;
        for (int i = 0; ok && i < 2; i++) {
            ok = cd_ingest_text(&s, CD_STR("fuzz.json"), text, &err) == CORDON_OK;
        }
        if (ok && cd_snapshot_seal(&s, &err) == CORDON_OK) {
            name_all_paths(&s);
        }
        cd_snapshot_finish(&s);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_str text = {(const char *)data, size};
    struct cd_buf once = CD_BUF_INIT;
    struct cd_buf twice = CD_BUF_INIT;
    project(text);
    if (rewrite(text, &once)
        && (!rewrite(cd_buf_view(&once), &twice)
            || !cd_str_eq(cd_buf_view(&once), cd_buf_view(&twice)))) {
        abort();
    }
    cd_buf_finish(&once);
    cd_buf_finish(&twice);
    return 0;
}
