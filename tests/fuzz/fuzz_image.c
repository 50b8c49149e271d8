/* Any bytes as a program image. The frame is put right first (magic, version, size, places of
 * sections, checksum), so that what lies behind it is looked at. What the verifier accepts is
 * written and read back to the same bytes, and runs over a tiny snapshot. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bc/image_file.h"
#include "runtime/ingest/ingest.h"
#include "runtime/vm/eval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Work and memory of a program are bounded by its nesting and its doublings: small ones are run. */
#define MAX_GROWTH 8u

static const char snapshot_text[] =
    "{\"cordon\":1,\"captured\":\"2026-03-01T00:00:00Z\",\"complete\":[{\"type\":\"AWS::EC2::*\"}]}"
    "\n"
    "{\"type\":\"AWS::S3::Bucket\",\"id\":\"src\",\"account\":\"111122223333\",\"region\":\"eu-"
    "west-1\","
    "\"tags\":{\"data-class\":\"training\"},\"captured\":\"2026-03-01T00:00:00Z\",\"properties\":{"
    "\"BucketName\":\"src\",\"ReplicationConfiguration\":{\"Rules\":[{\"Status\":\"Enabled\","
    "\"Destination\":"
    "{\"Bucket\":\"arn:aws:s3:::dst\"}},{\"Cordon::Unknown\":\"x\"}]}}}\n"
    "{\"type\":\"AWS::S3::Bucket\",\"id\":\"dst\",\"account\":\"111122223333\",\"region\":\"us-"
    "east-1\","
    "\"captured\":\"2026-03-01T00:00:00Z\",\"properties\":{\"Cordon::Unknown\":\"x\"}}\n"
    "{\"type\":\"AWS::EC2::Volume\",\"id\":\"v\",\"account\":\"111122223333\",\"region\":\"eu-west-"
    "1\","
    "\"captured\":\"2026-03-01T00:00:00Z\",\"properties\":{\"Encrypted\":true,\"Size\":7,"
    "\"KmsKeyId\":\"src\"}}\n"
    "{\"type\":\"AWS::SageMaker::Model\",\"id\":\"m\",\"account\":\"111122223333\",\"region\":\"eu-"
    "west-1\","
    "\"captured\":\"2026-03-01T00:00:00Z\",\"properties\":{\"PrimaryContainer\":{\"Environment\":{"
    "\"A\":[1,"
    "\"b\",null,{\"c\":true}]}}}}\n";

/* Puts the frame of the image in P right. */
static void
repair(char *p, size_t size)
{
    memcpy(p, CD_FILE_MAGIC, CD_FILE_MAGIC_SIZE);
    cd_file_put(p + CD_FILE_VERSION_AT, 4, CD_IMAGE_VERSION);
    cd_file_put(p + CD_FILE_EDITION_AT, 4, CD_LANGUAGE_EDITION);
    cd_file_put(p + CD_FILE_SIZE_AT, 8, size);
    cd_file_put(p + CD_FILE_SECTIONS_AT, 4, CD_N_ARRAYS);
    cd_file_put(p + CD_FILE_ZERO_AT, 4, 0);
    size_t offset = CD_FILE_TABLE_END;
    for (size_t a = 0; a < CD_N_ARRAYS; a++) {
        char *row = p + CD_FILE_HEADER + a * CD_FILE_ROW;
        cd_file_put(row + 8, 8, offset);
        offset += (size_t)cd_file_get(row + 16, 8);
    }
    cd_file_put(p + CD_FILE_CHECKSUM_AT, 8, cd_file_checksum((struct cd_str){p, size}));
}

static void
expect_same_bytes(const struct cd_image *img, struct cd_str bytes)
{
    struct cd_buf again = CD_BUF_INIT;
    if (cd_image_write(img, &again, NULL) != CORDON_OK || !cd_str_eq(cd_buf_view(&again), bytes)) {
        abort();
    }
    cd_buf_finish(&again);
}

static bool
is_small(const struct cd_image *img)
{
    unsigned growth = 0;
    for (size_t i = 0; i < img->code.n; i++) {
        uint16_t op = img->code.items[i].op;
        growth += op == CD_OP_LOOP || op == CD_OP_PROBE || op == CD_OP_APPEND || op == CD_OP_UNION
                  || op == CD_OP_CONCAT || op == CD_OP_FLATTEN || op == CD_OP_QUOTE;
    }
    return growth <= MAX_GROWTH;
}

static void
explain_all(struct cd_eval *e, struct cd_arena *arena)
{
    size_t n;
    const struct cd_answer *answers = cd_eval_answers(e, &n);
    for (size_t i = 0; i < n && i < 8; i++) {
        struct cd_explanation x;
        cordon_status status = cd_eval_explain(e, &answers[i], arena, &x, NULL);
        (void)status; /* a hostile program may be refused at any point, but not crash */
    }
}

static void
ask_denies(struct cd_eval *e, const struct cd_image *img)
{
    const struct cd_str value = CD_STR_INIT("eu-west-1");
    const struct cd_request_key key = {
        .name = CD_STR_INIT("aws:RequestedRegion"), .values = &value, .n_values = 1};
    const struct cd_request request = {.action = CD_STR_INIT("ec2:RunInstances"),
                                       .resource = CD_STR_INIT("arn:aws:s3:::src"),
                                       .keys = &key,
                                       .n_keys = 1};
    for (uint32_t c = 0; c < img->controls.n && c < 8; c++) {
        int fires;
        cordon_status status = cd_eval_request(e, &request, c, &fires, NULL);
        (void)status;
    }
}

static void
run(const struct cd_program *program, struct cd_arena *arena)
{
    struct cd_snapshot s;
    struct cd_eval *e = NULL;
    if (cd_snapshot_init(&s, (struct cd_projection){.img = program->img, .envelopes = true})
        != CORDON_OK) {
        return;
    }
    if (cd_ingest_text(&s, CD_STR("s.ndjson"), CD_STR(snapshot_text), NULL) == CORDON_OK
        && cd_snapshot_seal(&s, NULL) == CORDON_OK
        && cd_eval_new(program, NULL, &s, NULL, &e, NULL) == CORDON_OK
        && cd_eval_run(e, NULL) == CORDON_OK) {
        explain_all(e, arena);
        ask_denies(e, program->img);
    }
    cd_eval_free(e);
    cd_snapshot_finish(&s);
}

static void
read_and_run(struct cd_str bytes, struct cd_arena *arena)
{
    struct cd_image img;
    struct cd_program program;
    if (cd_image_read(bytes, arena, &img, NULL) != CORDON_OK) {
        return;
    }
    struct cd_buf text = CD_BUF_INIT;
    cd_image_disasm(&img, &text);
    cd_buf_finish(&text);
    expect_same_bytes(&img, bytes);
    if (cd_program_verify(&img, &program, NULL) == CORDON_OK && is_small(&img)) {
        run(&program, arena);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_arena arena;
    struct cd_image img;
    cd_arena_init(&arena);
    cordon_status as_it_is =
        cd_image_read((struct cd_str){(const char *)data, size}, &arena, &img, NULL);
    (void)as_it_is;
    char *copy = size >= CD_FILE_TABLE_END ? malloc(size) : NULL;
    if (copy) {
        memcpy(copy, data, size);
        repair(copy, size);
        read_and_run((struct cd_str){copy, size}, &arena);
    }
    free(copy);
    cd_arena_finish(&arena);
    return 0;
}
