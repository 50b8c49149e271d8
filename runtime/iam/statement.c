/* Whether a statement applies to a request: its actions, resources and conditions. */
#include "runtime/iam/policy.h"
#include "runtime/schema/schema.h"

/* ---- actions: «IAM JSON policy elements: Action» (reference_policies_elements_action.html);
 * service and name are compared without case ---- */

static bool
in_ranges(const struct cd_actions *actions, uint32_t action)
{
    uint32_t lo = 0, hi = actions->n_ranges;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (action < actions->ranges[mid].first) {
            hi = mid;
        } else if (action >= actions->ranges[mid].end) {
            lo = mid + 1;
        } else {
            return true;
        }
    }
    return false;
}

/* Of an action that the table does not know. */
static bool
matches_a_pattern(const struct cd_actions *actions, struct cd_str action)
{
    size_t colon = cd_str_find(action, ':', 0);
    struct cd_str service = cd_str_sub(action, 0, colon);
    struct cd_str name = colon < action.n ? cd_str_sub(action, colon + 1, action.n) : CD_STR("");
    for (uint32_t i = 0; i < actions->n_globs; i++) {
        if (cd_str_eq_nocase(actions->services[i], service)
            && cd_glob_match(&actions->names[i], name, NULL, NULL) == CD_YES) {
            return true;
        }
    }
    return false;
}

bool
cd_actions_match(const struct cd_actions *actions, const struct cd_access *access)
{
    bool among =
        actions->is_any
        || (access->action_index != CD_SCHEMA_NONE ? in_ranges(actions, access->action_index)
                                                   : matches_a_pattern(actions, access->action));
    return among != actions->is_not;
}

uint64_t
cd_policy_with_action(const struct cd_policy *policy, const struct cd_access *access)
{
    uint64_t set = 0;
    if (access->action_index == CD_SCHEMA_NONE || policy->n_segments == 0) {
        for (uint32_t i = 0; i < policy->n_statements && i < CD_INDEXED; i++) {
            bool has = cd_actions_match(&policy->statements[i].actions, access);
            set |= (uint64_t)has << i;
        }
        return set;
    }
    uint32_t lo = 0, hi = policy->n_segments;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (policy->segments[mid].first <= access->action_index) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return policy->segments[lo].statements;
}

/* ---- resources: «IAM JSON policy elements: Resource» (reference_policies_elements_resource.html)
 * ---- */

/* A literal head has the colons of the first five parts, so that the request's stand there, too. */
static bool
has_head(const struct cd_arn_glob *pattern, struct cd_str text)
{
    return text.n >= pattern->head_n
           && (memcmp(text.p, pattern->text.p, pattern->head_n) == 0
               || cd_str_eq_nocase(cd_str_sub(text, 0, pattern->head_n),
                                   cd_str_sub(pattern->text, 0, pattern->head_n)));
}

static bool
has_tail(const struct cd_arn_glob *pattern, struct cd_str text, size_t n)
{
    return memcmp(text.p + pattern->head_n, pattern->text.p + pattern->head_n, n - pattern->head_n)
           == 0;
}

static enum cd_truth
parts_match(const struct cd_arn_glob *pattern, const struct cd_access *access,
            struct cd_missing *missing)
{
    for (int i = 0; i < CD_ARN_TAIL; i++) {
        if (cd_glob_match(&pattern->part[i], access->arn.part[i], NULL, NULL) == CD_NO) {
            return CD_NO;
        }
    }
    return cd_glob_match(&pattern->part[CD_ARN_TAIL], access->arn.part[CD_ARN_TAIL], access,
                         missing);
}

static enum cd_truth
resource_matches(const struct cd_arn_glob *pattern, bool completes, const struct cd_access *access,
                 struct cd_missing *missing)
{
    if (pattern->is_any) {
        return CD_YES;
    }
    struct cd_str text = access->resource;
    size_t n = pattern->text.n;
    if (!access->has_arn || (pattern->is_short && !completes && !pattern->is_open)
        || (pattern->shape != CD_ARN_OF_PARTS && !has_head(pattern, text))) {
        return CD_NO;
    }
    switch (pattern->shape) {
    case CD_ARN_LITERAL: return cd_truth_of(text.n == n && has_tail(pattern, text, n));
    case CD_ARN_PREFIX: return cd_truth_of(text.n >= n - 1 && has_tail(pattern, text, n - 1));
    case CD_ARN_HEADED:
        return cd_glob_match(&pattern->part[CD_ARN_TAIL], access->arn.part[CD_ARN_TAIL], access,
                             missing);
    case CD_ARN_OF_PARTS: break;
    }
    return parts_match(pattern, access, missing);
}

enum cd_truth
cd_resources_match(const struct cd_resources *resources, bool completes,
                   const struct cd_access *access, struct cd_missing *missing)
{
    size_t mark = missing->n;
    enum cd_truth any = CD_NO;
    if (!resources->is_there) {
        return CD_YES;
    }
    for (uint32_t i = 0; i < resources->n && any != CD_YES; i++) {
        any = cd_truth_or(any, resource_matches(&resources->items[i], completes, access, missing));
    }
    if (any != CD_MAYBE) {
        cd_missing_back(missing, mark);
    }
    return resources->is_not ? cd_truth_not(any) : any;
}

/* ---- statements ---- */

enum cd_truth
cd_statement_covers(const struct cd_policy_statement *s, bool completes,
                    const struct cd_access *access, struct cd_missing *missing)
{
    size_t mark = missing->n;
    enum cd_truth applies = cd_resources_match(&s->resources, completes, access, missing);
    if (applies != CD_NO) {
        applies = cd_truth_and(applies, cd_conditions_hold(s, access, missing));
    }
    if (applies == CD_NO) {
        cd_missing_back(missing, mark);
    }
    return applies;
}

enum cd_truth
cd_statement_applies(const struct cd_policy_statement *s, const struct cd_access *access,
                     struct cd_missing *missing)
{
    return cd_actions_match(&s->actions, access) ? cd_statement_covers(s, true, access, missing)
                                                 : CD_NO;
}
