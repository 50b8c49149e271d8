/* Parameters that a test gives, as constants of the compiler: what denies say of actions and
 * resources is fixed when a program is made, so a test that changes it needs one of its own. */
#include "compiler/test/test.h"

#include <string.h>

struct cd_const_env
cd_test_env(struct cd_arena *arena, const struct cd_decl *test)
{
    struct cd_decl **params = CD_NEW_ARRAY(arena, test->n_steps + 1, struct cd_decl *);
    const struct cd_const **values =
        CD_NEW_ARRAY(arena, test->n_steps + 1, const struct cd_const *);
    size_t n = 0;
    for (size_t i = 0; i < test->n_steps; i++) {
        const struct cd_step *step = &test->steps[i];
        if (step->kind == CD_STEP_GIVEN_PARAM) {
            const struct cd_const *value = cd_const_eval(arena, step->value, NULL);
            params[n] = step->decl;
            values[n++] = value != NULL ? value : cd_const_absent();
        }
    }
    return (struct cd_const_env){params, values, n};
}

/* What the givens make of a part of a deny. */
enum part_state { PART_AS_USUAL, PART_CHANGED, PART_OPEN };

static enum part_state
state_of_act(struct cd_arena *a, const struct cd_act *act, const struct cd_const_env *env)
{
    if (act->value == NULL) {
        return PART_AS_USUAL;
    }
    const struct cd_const *usual = cd_const_eval(a, act->value, NULL);
    const struct cd_const *given = cd_const_eval(a, act->value, env);
    if (given == NULL) {
        return PART_OPEN;
    }
    return usual != NULL && cd_const_eq(usual, given) ? PART_AS_USUAL : PART_CHANGED;
}

/* Keys of the request in a pattern are no constants, so its parts are looked at one by one. */
static enum part_state
state_of_text(struct cd_arena *a, const struct cd_expr *e, const struct cd_const_env *env)
{
    enum part_state state = PART_AS_USUAL;
    for (size_t i = 0; i < e->n_parts; i++) {
        struct cd_expr part = *e;
        struct cd_str usual, given;
        const uint8_t *literal;
        part.parts = &e->parts[i];
        part.n_parts = 1;
        if (e->parts[i].expr != NULL && e->parts[i].expr->ref.kind == CD_REF_KEY) {
            continue;
        }
        if (!cd_const_pattern(a, &part, env, &given, &literal)) {
            return PART_OPEN;
        }
        if (!cd_const_pattern(a, &part, NULL, &usual, &literal) || !cd_str_eq(usual, given)) {
            state = PART_CHANGED;
        }
    }
    return state;
}

static enum part_state
worse(enum part_state x, enum part_state y)
{
    return x > y ? x : y;
}

static enum part_state
state_of_denies(struct cd_arena *a, const struct cd_decl *control, const struct cd_const_env *env)
{
    enum part_state state = PART_AS_USUAL;
    for (size_t k = 0; k < control->n_denies; k++) {
        const struct cd_deny *deny = &control->denies[k];
        for (size_t i = 0; i < deny->n_acts; i++) {
            state = worse(state, state_of_act(a, &deny->acts[i], env));
        }
        for (size_t i = 0; i < deny->n_excepts; i++) {
            state = worse(state, state_of_act(a, &deny->excepts[i], env));
        }
        for (size_t i = 0; i < deny->n_on; i++) {
            state = worse(state, state_of_text(a, deny->on[i], env));
        }
    }
    return state;
}

bool
cd_test_is_open(struct cd_arena *arena, const struct cd_decl *control,
                const struct cd_const_env *env)
{
    return state_of_denies(arena, control, env) == PART_OPEN;
}

bool
cd_test_rebinds(struct cd_arena *arena, const struct cd_decl *test, const struct cd_const_env *env)
{
    for (size_t i = 0; i < test->n_steps && env->n != 0; i++) {
        const struct cd_step *step = &test->steps[i];
        if (step->kind == CD_STEP_EXPECT_DENY
            && state_of_denies(arena, step->decl, env) == PART_CHANGED) {
            return true;
        }
    }
    return false;
}
