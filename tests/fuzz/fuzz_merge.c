/* Any bytes as the policy that a bucket has already: what is merged into it is read back with every
 * statement that stood there, in its place and saying the same. */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "compiler/emit/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_same(const struct cd_policy_statement *x, const struct cd_policy_statement *y)
{
    return cd_str_eq(x->sid, y->sid) && x->is_deny == y->is_deny
           && x->actions.n_ranges == y->actions.n_ranges && x->actions.is_not == y->actions.is_not
           && x->resources.n == y->resources.n && x->principals.n == y->principals.n
           && x->n_conditions == y->n_conditions;
}

static void
merge(struct cd_arena *a, const struct cd_existing *existing)
{
    const struct cd_emitted_document d = {.target = CD_TARGET_BUCKET_POLICY,
                                          .scope = {.existing = existing}};
    const struct cd_policy *policy;
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_buf bytes = CD_BUF_INIT;
    cd_document_write(&d, &bytes);
    if (cd_policy_read(a, NULL, cd_buf_view(&bytes), &policy, &err) != CORDON_OK
        || policy->n_statements != existing->n) {
        abort();
    }
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        if (!is_same(&policy->statements[i], existing->read[i])) {
            abort();
        }
    }
    cd_buf_finish(&bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cd_arena a;
    static jmp_buf out_of_memory;
    struct cd_existing existing;
    struct cordon_error err = {.code = CORDON_OK};
    cd_arena_init(&a);
    a.limit = (size_t)512 << 20;
    if (setjmp(out_of_memory) == 0) {
        a.on_oom = &out_of_memory;
        if (cd_existing_read(&a, (struct cd_str){(const char *)data, size}, &existing, &err)
            == CORDON_OK) {
            merge(&a, &existing);
        } else if (err.message[0] == '\0') {
            abort();
        }
    }
    cd_arena_finish(&a);
    return 0;
}
