/* Which resources a statement may speak of: a key that only some resource types of an action carry
 * is absent on the others, where a condition that fires on absent keys would deny every call. */
#ifndef CD_EMIT_SCOPE_H
#define CD_EMIT_SCOPE_H

#include "compiler/emit/emit.h"

/* Actions that go into one statement, with the resources it is limited to. */
struct cd_scope_group {
    struct cd_str resources; /* ARN patterns joined by '\n', sorted; empty: every resource */
    uint32_t *actions;       /* cd_iam_action_at indexes, ascending */
    size_t n, cap;
};

struct cd_scope {
    struct cd_scope_group *items;
    size_t n, cap;
};

/* Parts ACTIONS by the resource types that carry all keys of CONDITIONS that fire on absence. One
 * group without resources if nothing has to be limited. */
void cd_scope_of(struct cd_arena *a, const uint32_t *actions, size_t n,
                 const struct cd_conditions *conditions, struct cd_scope *out);

#endif
