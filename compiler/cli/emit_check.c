/* Denies as the evaluator answers them. */
#include "compiler/cli/emit_check.h"

#include "compiler/cli/param_env.h"
#include "runtime/vm/eval.h"

#define KEYS_LIMIT CD_CHECK_KEYS_LIMIT

struct evaluator {
    const struct cd_emit_checked *what;
    struct cd_arena *arena;
    struct cd_snapshot snapshot; /* empty: denies read none */
    struct cd_eval *eval;
    const struct cd_decl *control; /* of the last request, and its index in the image */
    uint32_t control_index;
    struct cd_request_key keys[KEYS_LIMIT];
};

static bool
find_control(struct evaluator *v, const struct cd_decl *control)
{
    const struct cd_image *img = v->what->program->program.img;
    struct cd_str name = cd_sema_full_name(control, v->arena);
    for (uint32_t c = 0; c < img->controls.n && control != v->control; c++) {
        if (cd_str_eq(cd_image_str(img, img->controls.items[c].name), name)) {
            v->control = control;
            v->control_index = c;
        }
    }
    return control == v->control
           && img->controls.items[v->control_index].n_denies == control->n_denies;
}

static size_t
put_keys(struct evaluator *v, const struct cd_access *access)
{
    size_t n = 0;
    for (uint32_t i = 0; i < access->n_keys && i < KEYS_LIMIT; i++) {
        const struct cd_access_key *key = &access->keys[i];
        if (!key->is_absent) {
            v->keys[n++] = (struct cd_request_key){
                .name = key->name, .values = key->values, .n_values = key->n_values};
        }
    }
    return n;
}

/* The request, and the index of the deny that it is put to. */
static cordon_status
put_request(struct evaluator *v, const struct cd_decl *control, size_t number,
            const struct cd_access *access, struct cd_request *request, uint32_t *deny,
            struct cordon_error *err)
{
    if (!find_control(v, control)) {
        return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                           "the denies of control %.*s are not in the program",
                           CD_FMT(control->name.text));
    }
    *request = (struct cd_request){.action = access->action, .resource = access->resource};
    request->n_keys = put_keys(v, access);
    request->keys = v->keys;
    const struct cd_image *img = v->what->program->program.img;
    *deny = img->controls.items[v->control_index].first_deny + (uint32_t)number;
    return CORDON_OK;
}

static cordon_status
fires(void *ctx, const struct cd_decl *control, size_t number, const struct cd_access *access,
      enum cd_truth *out, struct cordon_error *err)
{
    struct evaluator *v = ctx;
    struct cd_request request;
    uint32_t deny;
    int answer = 0;
    CORDON_TRY(put_request(v, control, number, access, &request, &deny, err));
    CORDON_TRY(cd_eval_request_deny(v->eval, &request, deny, &answer, err));
    *out = answer == 0 ? CD_NO : answer == 1 ? CD_YES : CD_MAYBE;
    return CORDON_OK;
}

static cordon_status
trait(void *ctx, const struct cd_decl *control, size_t number, const struct cd_access *access,
      struct cd_str key, struct cd_buf *out, bool *is_told, struct cordon_error *err)
{
    struct evaluator *v = ctx;
    struct cd_request request;
    uint32_t deny;
    CORDON_TRY(put_request(v, control, number, access, &request, &deny, err));
    return cd_eval_request_trait(v->eval, &request, deny, key, out, is_told, err);
}

static cordon_status
run(struct evaluator *v, struct cordon_error *err)
{
    const struct cd_emit_checked *what = v->what;
    bool *none = CD_NEW_ARRAY(v->arena, what->program->program.img->controls.n + 1, bool);
    struct cd_check check = {.sema = what->sema,
                             .emission = what->emission,
                             .env = what->env,
                             .arena = v->arena,
                             .fires = fires,
                             .trait = trait,
                             .ctx = v};
    struct cd_bound_params bound;
    CORDON_TRY(cd_param_bind(what->program->program.img, &what->params->texts, &what->params->files,
                             v->arena, &bound, err));
    CORDON_TRY(cd_snapshot_seal(&v->snapshot, err));
    CORDON_TRY(cd_eval_new(&what->program->program, &bound, &v->snapshot, none, &v->eval, err));
    return cd_check_documents(&check, what->documents, err);
}

cordon_status
cd_cli_check_emission(const struct cd_emit_checked *what, struct cd_arena *arena,
                      struct cordon_error *err)
{
    struct evaluator v = {.what = what, .arena = arena};
    cordon_status status =
        cd_snapshot_init(&v.snapshot, (struct cd_projection){.img = what->program->program.img});
    if (status == CORDON_OK) {
        status = run(&v, err);
        cd_eval_free(v.eval);
    }
    cd_snapshot_finish(&v.snapshot);
    return status;
}

static bool
has_value(const struct cd_const_env *env, const struct cd_decl *param)
{
    for (size_t i = 0; i < env->n; i++) {
        if (env->params[i] == param) {
            return env->values[i] != NULL;
        }
    }
    return param->value != NULL;
}

cordon_status
cd_cli_check_bound(const struct cd_emission *emission, const struct cd_sema *sema,
                   const struct cd_const_env *env, struct cordon_error *err)
{
    struct cd_str names = CD_STR("");
    for (size_t i = 0; i < sema->params.n && emission->n_open != 0; i++) {
        if (!has_value(env, sema->params.items[i])) {
            names = cd_arena_printf(
                emission->arena, "%.*s%s%.*s", CD_FMT(names), names.n == 0 ? "" : ", ",
                CD_FMT(cd_sema_full_name(sema->params.items[i], emission->arena)));
        }
    }
    return emission->n_open == 0
               ? CORDON_OK
               : cordon_fail(
                   err, CORDON_EINPUT, CORDON_NO_OFFSET,
                   "a deny depends on a parameter that has no value; these have none: %.*s; set "
                   "it with --param, or give it a default",
                   CD_FMT(names));
}
