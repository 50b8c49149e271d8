/* Scoping of statements to the resource types that carry their keys (per-resource condition keys of
 * the service authorization reference). */
#include "compiler/emit/scope.h"

#include "compiler/emit/strings.h"
#include "runtime/schema/schema.h"

/* An ARN format with every placeholder as `*`; the partition, which SCPs are written for, is `aws`.
 */
static struct cd_str
pattern_of(struct cd_arena *a, struct cd_str format)
{
    struct cd_buf b = CD_BUF_INIT;
    for (size_t i = 0; i < format.n;) {
        if (format.p[i] == '$' && i + 1 < format.n && format.p[i + 1] == '{') {
            size_t end = cd_str_find(format, '}', i);
            struct cd_str name = cd_str_sub(format, i + 2, end);
            bool is_partition = cd_str_eq(name, CD_STR("Partition"));
            if (is_partition) {
                cd_buf_puts(&b, "aws");
            } else if (b.n == 0 || b.p[b.n - 1] != '*') {
                cd_buf_putc(&b, '*');
            }
            i = end < format.n ? end + 1 : format.n;
        } else {
            cd_buf_putc(&b, format.p[i++]);
        }
    }
    struct cd_str pattern = cd_arena_str(a, cd_buf_view(&b));
    cd_buf_finish(&b);
    return pattern;
}

static bool
needs_scope(const struct cd_condition *c)
{
    return c->key_index != CD_SCHEMA_NONE && cd_condition_fires_on_absent(c)
           && !cd_iam_key_at(c->key_index).is_global;
}

static struct cd_str
joined(struct cd_arena *a, struct cd_str *patterns, size_t n)
{
    struct cd_buf b = CD_BUF_INIT;
    n = cd_strs_sort(patterns, n);
    for (size_t i = 0; i < n; i++) {
        if (i != 0) {
            cd_buf_putc(&b, '\n');
        }
        cd_buf_str(&b, patterns[i]);
    }
    struct cd_str text = b.n == 0 ? CD_STR("") : cd_arena_str(a, cd_buf_view(&b));
    cd_buf_finish(&b);
    return text;
}

/* Does resource type I of ACTION carry all keys that have to be there? */
static bool
carries_all(uint32_t action, uint32_t i, const struct cd_conditions *conditions)
{
    for (size_t c = 0; c < conditions->n; c++) {
        const struct cd_condition *cond = &conditions->items[c];
        if (needs_scope(cond) && !cd_iam_action_resource_has_key(action, i, cond->key_index)) {
            return false;
        }
    }
    return true;
}

static bool
action_itself_carries_all(uint32_t action, const struct cd_conditions *conditions)
{
    for (size_t c = 0; c < conditions->n; c++) {
        const struct cd_condition *cond = &conditions->items[c];
        if (needs_scope(cond) && !cd_iam_action_itself_has_key(action, cond->key_index)) {
            return false;
        }
    }
    return true;
}

static struct cd_str
resources_of(struct cd_arena *a, uint32_t action, const struct cd_conditions *conditions)
{
    uint32_t n_types = cd_iam_action_at(action).n_resource_types;
    struct cd_str *patterns = NULL;
    size_t n = 0, cap = 0;
    uint32_t carrying = 0;
    if (action_itself_carries_all(action, conditions)) {
        return CD_STR("");
    }
    for (uint32_t i = 0; i < n_types; i++) {
        bool required;
        uint32_t type = cd_iam_action_resource(action, i, &required);
        if (!carries_all(action, i, conditions)) {
            continue;
        }
        carrying++;
        for (uint32_t k = 0; k < cd_iam_resource_at(type).n_arns; k++) {
            struct cd_str *slot = CD_PUSH(a, patterns, n, cap);
            *slot = pattern_of(a, cd_iam_resource_arn(type, k));
        }
    }
    return carrying == n_types ? CD_STR("") : joined(a, patterns, n);
}

void
cd_scope_of(struct cd_arena *a, const uint32_t *actions, size_t n,
            const struct cd_conditions *conditions, struct cd_scope *out)
{
    for (size_t i = 0; i < n; i++) {
        struct cd_str resources = resources_of(a, actions[i], conditions);
        struct cd_scope_group *group = NULL;
        for (size_t g = 0; g < out->n && group == NULL; g++) {
            if (cd_str_eq(out->items[g].resources, resources)) {
                group = &out->items[g];
            }
        }
        if (group == NULL) {
            group = CD_PUSH(a, out->items, out->n, out->cap);
            group->resources = resources;
        }
        uint32_t *slot = CD_PUSH(a, group->actions, group->n, group->cap);
        *slot = actions[i];
    }
}
