/* Any bytes as an identity policy, put to two requests: one with keys, one of which nothing is
 * known. What is decided without knowing more stays so when more is known. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/iam/decide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cd_str values[] = {CD_STR_INIT("a"), CD_STR_INIT("10.0.0.1"),
                                       CD_STR_INIT("true")};
static const struct cd_access_key keys[] = {
    {.name = CD_STR_INIT("aws:username"), .values = values, .n_values = 1},
    {.name = CD_STR_INIT("aws:SourceIp"), .values = values + 1, .n_values = 1},
    {.name = CD_STR_INIT("aws:TagKeys"), .values = values, .n_values = 3, .is_list = true},
    {.name = CD_STR_INIT("k:k"), .values = values + 2, .n_values = 1},
};

static enum cd_decision
ask(const struct cd_policy *policy, bool knows)
{
    struct cd_named_policy named = {CD_STR("p"), policy};
    struct cd_decided decided = {.n_because = 0};
    struct cd_question q = {.access = {.action = CD_STR("s3:GetObject"),
                                       .resource = CD_STR("arn:aws:s3:::b/k"),
                                       .keys = keys,
                                       .n_keys = knows ? CD_ARRAY_LEN(keys) : 0,
                                       .is_partial = !knows},
                            .account = CD_STR("111122223333"),
                            .identity = {&named, 1}};
    cd_access_prepare(&q.access);
    if (!cd_caller_read(CD_STR("arn:aws:iam::111122223333:user/a"), &q.caller)
        || !cd_decide(&q, &decided)
        || (decided.decision != CD_UNDECIDED && decided.missing.n != 0)) {
        abort();
    }
    enum cd_decision decision = decided.decision;
    cd_decided_finish(&decided);
    return decision;
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
        enum cd_decision unknown = ask(policy, false), known = ask(policy, true);
        if (unknown != CD_UNDECIDED && unknown != known) {
            abort();
        }
    } else if (err.message[0] == '\0') {
        abort();
    }
    cd_arena_finish(&a);
    return 0;
}
