/* Parameters as constants of the compiler. */
#include "compiler/cli/param_env.h"

static const struct cd_const *constant_of(const struct cd_image *img, uint32_t index,
                                          struct cd_arena *a);

/* The binder bounds the nesting of values. */
static const struct cd_const *
collection_of(const struct cd_image *img, const struct cd_constant *c, struct cd_arena *a)
{
    bool is_set = img->types.items[c->type].is_set != 0;
    const struct cd_const **items = CD_NEW_ARRAY(a, c->n + 1, const struct cd_const *);
    for (uint32_t i = 0; i < c->n; i++) {
        items[i] = constant_of(img, img->const_items.items[c->value + i], a);
    }
    return cd_const_collection(a, is_set ? CD_CONST_SET : CD_CONST_LIST, items, c->n);
}

static const struct cd_const *
map_of(const struct cd_image *img, const struct cd_constant *c, struct cd_arena *a)
{
    struct cd_const *map = CD_NEW(a, struct cd_const);
    const struct cd_const **items = CD_NEW_ARRAY(a, c->n + 1, const struct cd_const *);
    map->kind = CD_CONST_MAP;
    map->keys = CD_NEW_ARRAY(a, c->n + 1, struct cd_str);
    map->items = items;
    map->n = c->n;
    for (uint32_t i = 0; i < c->n; i++) {
        map->keys[i] = cd_arena_str(a, cd_image_str(img, img->const_items.items[c->value + 2 * i]));
        items[i] = constant_of(img, img->const_items.items[c->value + 2 * i + 1], a);
    }
    return map;
}

static const struct cd_const *
constant_of(const struct cd_image *img, uint32_t index, struct cd_arena *a)
{
    const struct cd_constant *c = &img->consts.items[index];
    double number;
    if (c->state != 0) {
        return cd_const_absent();
    }
    switch ((enum cd_kind)img->types.items[c->type].kind) {
    case CD_KIND_BOOL: return cd_const_bool(a, c->value != 0);
    case CD_KIND_NUMBER:
        memcpy(&number, &c->value, sizeof number);
        return cd_const_number(a, number);
    case CD_KIND_STRING:
        return cd_const_string(a, cd_arena_str(a, cd_image_str(img, (uint32_t)c->value)));
    case CD_KIND_TIME: return cd_const_time(a, (int64_t)c->value);
    case CD_KIND_DURATION: return cd_const_duration(a, (int64_t)c->value);
    case CD_KIND_LIST: return collection_of(img, c, a);
    case CD_KIND_MAP: return map_of(img, c, a);
    case CD_KIND_ROW:
    case CD_KIND_JSON:
    case CD_N_KINDS: break;
    }
    return cd_const_absent();
}

static cordon_status
read_params(struct cd_params *params, const struct cd_values *texts, const struct cd_values *files,
            struct cd_arena *arena, struct cordon_error *err)
{
    for (size_t i = 0; i < files->n; i++) {
        struct cd_str text;
        CORDON_TRY(cd_file_read(files->items[i], 16u << 20, arena, &text, err));
        CORDON_TRY(cd_params_add_yaml(params, cd_str_of(files->items[i]), text, err));
    }
    for (size_t i = 0; i < texts->n; i++) {
        CORDON_TRY(cd_params_add_text(params, cd_str_of(texts->items[i]), err));
    }
    return CORDON_OK;
}

static void
fill_env(const struct cd_sema *sema, const struct cd_image *img,
         const struct cd_bound_params *bound, struct cd_arena *arena, struct cd_const_env *env)
{
    struct cd_decl **params = CD_NEW_ARRAY(arena, img->params.n + 1, struct cd_decl *);
    const struct cd_const **values =
        CD_NEW_ARRAY(arena, img->params.n + 1, const struct cd_const *);
    size_t n = 0;
    for (uint32_t i = 0; i < img->params.n; i++) {
        struct cd_str name = cd_image_str(img, img->params.items[i].name);
        if (bound->values[i] != CD_NONE
            && cd_sema_find_param(sema, name, &params[n], NULL) == CD_PARAM_FOUND) {
            values[n++] = constant_of(&bound->consts, bound->values[i], arena);
        }
    }
    *env = (struct cd_const_env){.params = params, .values = values, .n = n};
}

static cordon_status
check_values(struct cd_arena *arena, const struct cd_const_env *env, struct cordon_error *err)
{
    for (size_t i = 0; i < env->n; i++) {
        if (!cd_sema_param_holds(arena, env->params[i], env)) {
            return cordon_fail(
                err, CORDON_EINPUT, CORDON_NO_OFFSET,
                "parameter %.*s: its `where` does not hold for the value that was set",
                CD_FMT(cd_sema_full_name(env->params[i], arena)));
        }
    }
    return CORDON_OK;
}

cordon_status
cd_param_bind(const struct cd_image *img, const struct cd_values *texts,
              const struct cd_values *files, struct cd_arena *arena, struct cd_bound_params *bound,
              struct cordon_error *err)
{
    struct cd_params *params = NULL;
    CORDON_TRY(cd_params_new(&params));
    cordon_status status = read_params(params, texts, files, arena, err);
    if (status == CORDON_OK) {
        status = cd_params_bind(params, img, arena, bound, err);
    }
    cd_params_free(params);
    return status;
}

cordon_status
cd_param_env(const struct cd_sema *sema, const struct cd_image *img, const struct cd_values *texts,
             const struct cd_values *files, struct cd_arena *arena, struct cd_const_env *env,
             struct cordon_error *err)
{
    struct cd_bound_params bound;
    CORDON_TRY(cd_param_bind(img, texts, files, arena, &bound, err));
    fill_env(sema, img, &bound, arena, env);
    return check_values(arena, env, err);
}
