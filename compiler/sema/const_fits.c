/* Whether a constant has the form that a type asks for, and whether a parameter's `where` holds
 * with given values. */
#include "compiler/sema/check.h"

static bool
fails(struct cd_arena *arena, const struct cd_type *type, const struct cd_const *c,
      struct cd_str *why)
{
    struct cd_buf buf = CD_BUF_INIT;
    cd_const_print(c, &buf);
    struct cd_str shown =
        cd_arena_str(arena, cd_str_sub(cd_buf_view(&buf), 0, buf.n < 120 ? buf.n : 120));
    cd_buf_finish(&buf);
    struct cd_str name = cd_type_name(type, arena);
    *why = cd_arena_printf(arena, "expected %.*s, found %.*s", CD_FMT(name), CD_FMT(shown));
    if (type->kind == CD_TYPE_REGION && c->kind == CD_CONST_STRING) {
        struct cd_nearest near;
        cd_nearest_init(&near, c->text);
        for (uint32_t i = 0; i < cd_region_n(); i++) {
            cd_nearest_try(&near, cd_region_at(i));
        }
        if (near.best.n > 0) {
            *why = cd_arena_printf(arena, "%.*s; did you mean \"%.*s\"?", CD_FMT(*why),
                                   CD_FMT(near.best));
        }
    }
    return false;
}

static bool
kind_fits(const struct cd_type *type, const struct cd_const *c)
{
    switch (type->kind) {
    case CD_TYPE_BOOL: return c->kind == CD_CONST_BOOL;
    case CD_TYPE_NUMBER: return c->kind == CD_CONST_NUMBER;
    case CD_TYPE_TIME: return c->kind == CD_CONST_TIME;
    case CD_TYPE_DURATION: return c->kind == CD_CONST_DURATION;
    case CD_TYPE_STRING: return c->kind == CD_CONST_STRING;
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ARN:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR: return c->kind == CD_CONST_STRING && cd_refined_ok(type->kind, c->text);
    case CD_TYPE_SET: return c->kind == CD_CONST_SET;
    case CD_TYPE_LIST: return c->kind == CD_CONST_LIST;
    case CD_TYPE_MAP: return c->kind == CD_CONST_MAP;
    case CD_TYPE_ERROR:
    case CD_TYPE_JSON:
    case CD_TYPE_NEVER: return true;
    case CD_TYPE_POLICY:
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE:
    case CD_TYPE_ANY_RESOURCE: break;
    }
    return false;
}

bool
cd_sema_const_fits(const struct cd_type *type, const struct cd_const *c, struct cd_arena *arena,
                   struct cd_str *why)
{
    *why = CD_STR("");
    if (c->kind == CD_CONST_ABSENT) {
        return true;
    }
    if (!kind_fits(type, c)) {
        return fails(arena, type, c, why);
    }
    bool has_members = cd_type_is_container(type);
    for (size_t i = 0; has_members && i < c->n; i++) {
        if (!cd_sema_const_fits(type->elem, c->items[i], arena, why)) {
            return false;
        }
    }
    return true;
}

bool
cd_sema_param_holds(struct cd_arena *a, const struct cd_decl *p, const struct cd_const_env *env)
{
    if (!p->where) {
        return true;
    }
    const struct cd_const *v = cd_const_eval(a, p->where, env);
    return v && v->kind == CD_CONST_BOOL && v->boolean;
}
