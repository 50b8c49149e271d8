/* Policies of which nobody knows what they say. */
#include "runtime/iam/unknown.h"

const struct cd_policy *
cd_policy_unknown(struct cd_arena *a, struct cd_str why)
{
    static const struct cd_glob_part any_part = {.kind = CD_GLOB_ANY};
    struct cd_policy *policy = CD_NEW(a, struct cd_policy);
    struct cd_policy_statement *statements = CD_NEW_ARRAY(a, 2, struct cd_policy_statement);
    struct cd_condition_line *line = CD_NEW(a, struct cd_condition_line);
    struct cd_cond_value *value = CD_NEW(a, struct cd_cond_value);
    struct cd_arn_glob *all = CD_NEW(a, struct cd_arn_glob);
    all->text = CD_STR("*");
    all->is_any = all->is_short = true;
    for (int i = 0; i < CD_ARN_PARTS; i++) {
        all->part[i] = (struct cd_glob){.parts = &any_part, .n = 1};
    }
    *value = (struct cd_cond_value){.text = CD_STR("true"), .truth = true};
    *line = (struct cd_condition_line){
        .op = CD_COND_BOOL, .key = why, .values = value, .n_values = 1};
    for (uint32_t i = 0; i < 2; i++) {
        statements[i] = (struct cd_policy_statement){.index = i,
                                                     .is_deny = i == 1,
                                                     .actions = {.is_any = true},
                                                     .resources = {true, false, all, 1},
                                                     .conditions = line,
                                                     .n_conditions = 1};
    }
    *policy = (struct cd_policy){.statements = statements, .n_statements = 2};
    return policy;
}
