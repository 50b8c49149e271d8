/* What is no error of a document and yet hardly meant: names that no table has, values that cannot
 * be compared, Sids twice. */
#include <stdlib.h>

#include "runtime/iam/compile.h"
#include "runtime/schema/schema.h"

cordon_status
cd_warn_unknown_action(struct cd_compiler *c, const struct cd_step_to *at, struct cd_str service)
{
    struct cd_str shown = cd_arena_shown(c->a, service, CD_COMPILE_SHOWN);
    return cd_iam_service_exists(service)
               ? cd_compile_warn(c, at, "no known action of %.*s matches", CD_FMT(shown))
               : cd_compile_warn(c, at, "no service %.*s is known", CD_FMT(shown));
}

/* ---- conditions ---- */

/* Policy variables of keys that no table has. */
static cordon_status
warn_variables(struct cd_compiler *c, const struct cd_step_to *at, const struct cd_glob *g)
{
    for (uint32_t i = 0; i < g->n; i++) {
        const struct cd_glob_part *part = &g->parts[i];
        if (part->kind == CD_GLOB_KEY && cd_iam_find_key(part->text) == CD_SCHEMA_NONE) {
            struct cd_str shown = cd_arena_shown(c->a, part->text, CD_COMPILE_SHOWN);
            CORDON_TRY(cd_compile_warn(c, at, "no service has the key %.*s", CD_FMT(shown)));
        }
    }
    return CORDON_OK;
}

static cordon_status
warn_arn(struct cd_compiler *c, const struct cd_step_to *at, const struct cd_cond_value *v)
{
    CORDON_TRY(warn_variables(c, at, &v->arn->part[CD_ARN_TAIL]));
    if (!v->arn->is_short) {
        return CORDON_OK;
    }
    struct cd_str shown = cd_arena_shown(c->a, v->text, CD_COMPILE_SHOWN);
    return cd_compile_warn(c, at, "%.*s has fewer than the six parts of an ARN and matches nothing",
                           CD_FMT(shown));
}

cordon_status
cd_warn_value(struct cd_compiler *c, const struct cd_step_to *at, enum cd_cond_reads reads,
              const struct cd_cond_value *v)
{
    const char *wanted = "true or false";
    switch (reads) {
    case CD_READS_TEXT:
    case CD_READS_TEXT_NOCASE:
    case CD_READS_PATTERN: return warn_variables(c, at, &v->glob);
    case CD_READS_ARN: return warn_arn(c, at, v);
    case CD_READS_NUMBER: wanted = "a number"; break;
    case CD_READS_DATE: wanted = "a date"; break;
    case CD_READS_NETWORK: wanted = "an address or network"; break;
    case CD_READS_BINARY:
    case CD_READS_BOOL:
    case CD_READS_PRESENCE: break;
    }
    if (!v->is_unreadable) {
        return CORDON_OK;
    }
    struct cd_str shown = cd_arena_shown(c->a, v->text, CD_COMPILE_SHOWN);
    return cd_compile_warn(c, at,
                           "%.*s is not %s: whether it holds is unknown where the key is present",
                           CD_FMT(shown), wanted);
}

cordon_status
cd_warn_condition(struct cd_compiler *c, const struct cd_step_to *at,
                  const struct cd_condition_line *line)
{
    uint32_t key = cd_iam_find_key(line->key);
    if (line->n_values == 0) {
        CORDON_TRY(cd_compile_warn(c, at, "there are no values to compare with"));
    }
    if (key == CD_SCHEMA_NONE) {
        return cd_compile_warn(c, at, "no service has this key");
    }
    bool has_many = cd_iam_key_at(key).is_multivalued;
    if (has_many && line->set == CD_COND_SINGLE && line->op != CD_COND_NULL) {
        return cd_compile_warn(c, at,
                               "this key has several values: without ForAnyValue: or "
                               "ForAllValues: nothing matches them");
    }
    return has_many || line->set != CD_COND_FOR_ALL
               ? CORDON_OK
               : cd_compile_warn(c, at,
                                 "this key has one value, and ForAllValues: holds where it has "
                                 "none");
}

/* ---- Sids ---- */

static int
by_sid(const void *x, const void *y)
{
    const struct cd_policy_statement *a = *(const struct cd_policy_statement *const *)x,
                                     *b = *(const struct cd_policy_statement *const *)y;
    int order = cd_str_cmp(a->sid, b->sid);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

cordon_status
cd_warn_sids(struct cd_compiler *c, const struct cd_policy *policy)
{
    uint32_t n = 0;
    const struct cd_policy_statement **sorted =
        CD_NEW_ARRAY(c->a, policy->n_statements + 1, const struct cd_policy_statement *);
    if (sorted == NULL) {
        return cd_compile_oom(c);
    }
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        if (policy->statements[i].sid.n != 0) {
            sorted[n++] = &policy->statements[i];
        }
    }
    qsort(sorted, n, sizeof *sorted, by_sid);
    for (uint32_t i = 1; i < n; i++) {
        if (cd_str_eq(sorted[i]->sid, sorted[i - 1]->sid)) {
            struct cd_step_to statements = {NULL, CD_STR("Statement"), 0},
                              at = {&statements, {NULL, 0}, sorted[i]->index},
                              sid = {&at, CD_STR("Sid"), 0};
            struct cd_str shown = cd_arena_shown(c->a, sorted[i]->sid, CD_COMPILE_SHOWN);
            CORDON_TRY(cd_compile_warn(c, &sid, "%.*s is also the Sid of statement %u",
                                       CD_FMT(shown), sorted[i - 1]->index));
        }
    }
    return CORDON_OK;
}
