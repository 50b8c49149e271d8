/* Any bytes as a snapshot, with everything kept and, from two files, with what a program would ask
 * for. What is written of it reads back to the same bytes, and every property has a path in its
 * source. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/ingest/ingest.h"
#include "tests/support/projection.h"
#include "tests/support/source_paths.h"

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
        cd_test_name_paths(&s);
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
            cd_test_name_paths(&s);
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
