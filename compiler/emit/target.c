/* The table of targets. */
#include "compiler/emit/target.h"

const struct cd_target_info cd_target_info[CD_N_TARGETS] = {
#define CD_TARGET(n, text, others, f, is, q, k, c, principal, a, not_action) \
    [CD_TARGET_##n] = {.name = CD_STR_INIT(text),                            \
                       .other_names = CD_STR_INIT(others),                   \
                       .file = CD_STR_INIT(f),                               \
                       .noun = CD_STR_INIT(is),                              \
                       .quota = CD_QUOTA_##q,                                \
                       .kind = CD_POLICY_##k,                                \
                       .carries = CD_CARRIES_##c,                            \
                       .has_principal = (principal),                         \
                       .takes_not_action = (not_action),                     \
                       .allows = CD_ALLOWS_##a},
#include "compiler/emit/targets.def"
#undef CD_TARGET
};

const char *
cd_target_name(enum cd_target target)
{
    return target < CD_N_TARGETS ? cd_target_info[target].name.p : "";
}

bool
cd_target_find(struct cd_str name, enum cd_target *out, struct cd_nearest *near)
{
    for (int t = 0; t < CD_N_TARGETS; t++) {
        struct cd_str rest = cd_target_info[t].other_names, one = cd_target_info[t].name;
        while (one.n != 0) {
            if (cd_str_eq(one, name)) {
                *out = (enum cd_target)t;
                return true;
            }
            if (near != NULL) {
                cd_nearest_try(near, one);
            }
            size_t blank = cd_str_find(rest, ' ', 0);
            one = cd_str_sub(rest, 0, blank);
            rest = cd_str_sub(rest, blank + (blank < rest.n), rest.n);
        }
    }
    return false;
}
