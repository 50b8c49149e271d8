/* Any bytes as a policy document, put to two requests: one with keys, one of which nothing is
 * known. What is decided without knowing more stays so when more is known. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/iam/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cd_str values[] = {CD_STR_INIT("a"), CD_STR_INIT("10.0.0.1"),
                                       CD_STR_INIT("true")};
static const struct cd_access_key keys[] = {
    {.name = CD_STR_INIT("aws:username"), .values = values, .n_values = 1},
    {.name = CD_STR_INIT("aws:SourceIp"), .values = values + 1, .n_values = 1},
    {.name = CD_STR_INIT("aws:TagKeys"), .values = values, .n_values = 3, .is_list = true},
    {.name = CD_STR_INIT("k:k"), .values = values + 2, .n_values = 1},
};

static enum cd_truth
ask(const struct cd_policy *policy, bool knows)
{
    struct cd_access access = {.action = CD_STR("s3:GetObject"),
                               .resource = CD_STR("arn:aws:s3:::b/k"),
                               .keys = keys,
                               .n_keys = knows ? CD_ARRAY_LEN(keys) : 0,
                               .is_partial = !knows};
    struct cd_missing missing = {.n = 0};
    const struct cd_policy_statement *by;
    cd_access_prepare(&access);
    enum cd_truth t = cd_policy_denies(policy, &access, &missing, &by);
    if ((t != CD_MAYBE && missing.n != 0) || (t == CD_NO) != (by == NULL)) {
        abort();
    }
    cd_missing_finish(&missing);
    return t;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cd_arena a;
    const struct cd_policy *policy;
    struct cordon_error err = {.code = CORDON_OK};
    cd_arena_init(&a);
    if (cd_policy_read(&a, NULL, (struct cd_str){(const char *)data, size}, &policy, &err)
        == CORDON_OK) {
        enum cd_truth unknown = ask(policy, false), known = ask(policy, true);
        if (unknown != CD_MAYBE && unknown != known) {
            abort();
        }
    } else if (err.message[0] == '\0') {
        abort();
    }
    cd_arena_finish(&a);
    return 0;
}
