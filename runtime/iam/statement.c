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

/* ---- resources: «IAM JSON policy elements: Resource» (reference_policies_elements_resource.html)
 * ---- */

static enum cd_truth
resource_matches(const struct cd_arn_glob *pattern, bool completes, const struct cd_access *access,
                 struct cd_missing *missing)
{
    if (pattern->is_any) {
        return CD_YES;
    }
    if (!access->has_arn || (pattern->is_short && !completes && !pattern->is_open)) {
        return CD_NO;
    }
    for (int i = 0; i < CD_ARN_TAIL; i++) {
        if (cd_glob_match(&pattern->part[i], access->arn.part[i], NULL, NULL) == CD_NO) {
            return CD_NO;
        }
    }
    return cd_glob_match(&pattern->part[CD_ARN_TAIL], access->arn.part[CD_ARN_TAIL], access,
                         missing);
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
cd_statement_applies_as(const struct cd_policy_statement *s, bool completes,
                        const struct cd_access *access, struct cd_missing *missing)
{
    size_t mark = missing->n;
    if (!cd_actions_match(&s->actions, access)) {
        return CD_NO;
    }
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
cd_policy_denies(const struct cd_policy *policy, const struct cd_access *access,
                 struct cd_missing *missing, const struct cd_policy_statement **by)
{
    size_t mark = missing->n;
    enum cd_truth denies = CD_NO;
    *by = NULL;
    for (uint32_t i = 0; i < policy->n_statements && denies != CD_YES; i++) {
        const struct cd_policy_statement *s = &policy->statements[i];
        enum cd_truth one = s->is_deny ? cd_statement_applies(s, access, missing) : CD_NO;
        if (one == CD_YES || (one == CD_MAYBE && denies == CD_NO)) {
            *by = s;
        }
        denies = cd_truth_or(denies, one);
    }
    if (denies != CD_MAYBE) {
        cd_missing_back(missing, mark);
    }
    return denies;
}
