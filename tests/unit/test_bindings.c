/* The binding table against the IAM table and the resource types. */
#include <criterion/criterion.h>

#include "compiler/derive/bindings.h"
#include "runtime/schema/schema.h"

#define PAGES CD_STR("https://docs.aws.amazon.com/")

/* The index of IAM's resource type `service:name` among those of ACTION, or CD_SCHEMA_NONE. */
static uint32_t
place_of(uint32_t action, struct cd_str resource)
{
    size_t colon = cd_str_find(resource, ':', 0);
    for (uint32_t i = 0; i < cd_iam_action_at(action).n_resource_types; i++) {
        bool required;
        struct cd_iam_resource r = cd_iam_resource_at(cd_iam_action_resource(action, i, &required));
        if (cd_str_eq(r.service, cd_str_sub(resource, 0, colon))
            && cd_str_eq(r.name, cd_str_sub(resource, colon + 1, resource.n))) {
            return i;
        }
    }
    return CD_SCHEMA_NONE;
}

static bool
is_listed(const struct cd_str *items, size_t n, struct cd_str item)
{
    for (size_t i = 0; i < n; i++) {
        if (cd_str_eq(items[i], item)) {
            return true;
        }
    }
    return false;
}

/* The type of the property at PATH, lists entered at `[]`; *lists counts these. */
static struct cd_schema_type
type_at(struct cd_str type, struct cd_str path, unsigned *lists)
{
    struct cd_schema_type t = {.kind = CD_SCHEMA_RECORD, .ref = cd_schema_find_shape(type)};
    *lists = 0;
    for (size_t from = 0; from <= path.n;) {
        size_t end = cd_str_find(path, '.', from);
        struct cd_str name = cd_str_sub(path, from, end);
        bool enters = cd_str_ends(name, CD_STR("[]"));
        name.n -= enters ? 2 : 0;
        cr_assert(t.kind == CD_SCHEMA_RECORD, "%.*s of %.*s is in no object", CD_FMT(path),
                  CD_FMT(type));
        uint32_t field = cd_schema_find_field(t.ref, name);
        cr_assert(field != CD_SCHEMA_NONE, "%.*s has no property %.*s", CD_FMT(type), CD_FMT(path));
        t = cd_schema_type_at(cd_schema_field_at(field).type);
        if (enters) {
            cr_assert(t.kind == CD_SCHEMA_LIST, "%.*s of %.*s is no list", CD_FMT(path),
                      CD_FMT(type));
            t = cd_schema_type_at(t.ref);
            ++*lists;
        }
        from = end + 1;
    }
    return t;
}

static bool
fits(enum cd_schema_kind kind, enum cd_iam_key_type key)
{
    switch (key) {
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_ARN: return kind == CD_SCHEMA_STRING;
    case CD_IAM_KEY_BOOL: return kind == CD_SCHEMA_BOOL;
    case CD_IAM_KEY_NUMERIC: return kind == CD_SCHEMA_NUMBER;
    case CD_IAM_KEY_DATE: return kind == CD_SCHEMA_TIME;
    case CD_IAM_KEY_IP:
    case CD_IAM_KEY_BINARY: break;
    }
    return false;
}

/* Every request of ACTION for such a resource may carry KEY. */
static void
check_reaches(const struct cd_bound_type *t, const struct cd_bound_property *p, struct cd_str name)
{
    uint32_t action = cd_iam_find_action(name), key = cd_iam_find_key(p->key);
    cr_assert(action != CD_SCHEMA_NONE, "no action %.*s", CD_FMT(name));
    uint32_t place = place_of(action, t->resource);
    bool reaches = place == CD_SCHEMA_NONE ? cd_iam_action_itself_has_key(action, key)
                                           : cd_iam_action_resource_has_key(action, place, key);
    cr_assert(reaches, "%.*s does not reach %.*s on %.*s", CD_FMT(p->key), CD_FMT(name),
              CD_FMT(t->resource));
}

static void
check_key(const struct cd_bound_type *t, const struct cd_bound_property *p)
{
    uint32_t index = cd_iam_find_key(p->key);
    cr_assert(index != CD_SCHEMA_NONE, "no key %.*s", CD_FMT(p->key));
    struct cd_iam_key key = cd_iam_key_at(index);
    cr_assert(!key.is_retired, "%.*s is retired", CD_FMT(p->key));
    unsigned lists;
    struct cd_schema_type type = type_at(t->type, p->path, &lists);
    if (!p->is_presence) {
        bool is_list = type.kind == CD_SCHEMA_LIST;
        type = is_list ? cd_schema_type_at(type.ref) : type;
        /* Members are added one by one, or several in a request. */
        bool is_single = lists + is_list == 1 && p->n_create + p->n_update == 0;
        cr_assert(is_single || lists + is_list == key.is_multivalued,
                  "%.*s of %.*s: one value or several?", CD_FMT(p->path), CD_FMT(t->type));
        cr_assert(fits(type.kind, key.type), "%.*s of %.*s does not fit %.*s", CD_FMT(p->path),
                  CD_FMT(t->type), CD_FMT(p->key));
    }
    for (size_t i = 0; i < p->n_create; i++) {
        cr_assert(is_listed(t->create, t->n_create, p->create[i]), "%.*s makes no %.*s",
                  CD_FMT(p->create[i]), CD_FMT(t->type));
        check_reaches(t, p, p->create[i]);
    }
    for (size_t i = 0; i < p->n_update; i++) {
        check_reaches(t, p, p->update[i]);
    }
    for (size_t i = 0; i < p->n_adds; i++) {
        check_reaches(t, p, p->adds[i]);
    }
    cr_assert(p->n_create + p->n_update + p->n_adds > 0, "no action tells %.*s of %.*s",
              CD_FMT(p->path), CD_FMT(t->type));
}

Test(bindings, keys_reach_the_actions_and_fit_the_properties)
{
    for (uint32_t i = 0; i < cd_n_bound_types; i++) {
        const struct cd_bound_type *t = &cd_bound_types[i];
        for (size_t k = 0; k < t->n_properties; k++) {
            const struct cd_bound_property *p = &t->properties[k];
            unsigned lists;
            (void)type_at(t->type, p->path, &lists);
            cr_assert(cd_str_starts(p->source, PAGES), "%.*s: where from?", CD_FMT(p->path));
            for (size_t m = 0; m < p->n_untold; m++) {
                cr_assert_neq(cd_iam_find_action(p->untold[m].action), CD_SCHEMA_NONE,
                              "no action %.*s", CD_FMT(p->untold[m].action));
            }
            if (p->key.n != 0) {
                check_key(t, p);
            }
        }
    }
}

Test(bindings, types_and_their_actions_exist)
{
    cr_assert_gt(cd_n_bound_types, 0);
    for (uint32_t i = 0; i < cd_n_bound_types; i++) {
        const struct cd_bound_type *t = &cd_bound_types[i];
        uint32_t shape = cd_schema_find_shape(t->type);
        cr_assert(shape != CD_SCHEMA_NONE && cd_schema_shape_at(shape).is_resource, "no type %.*s",
                  CD_FMT(t->type));
        cr_assert(!t->is_regional || !cd_schema_shape_at(shape).is_global, "%.*s has no region",
                  CD_FMT(t->type));
        cr_assert(cd_str_starts(t->source, PAGES), "%.*s: where from?", CD_FMT(t->type));
        cr_assert_gt(t->n_create, 0, "what makes %.*s?", CD_FMT(t->type));
        bool is_made = t->resource.n == 0;
        for (size_t k = 0; k < t->n_create; k++) {
            uint32_t action = cd_iam_find_action(t->create[k]);
            cr_assert(action != CD_SCHEMA_NONE, "no action %.*s", CD_FMT(t->create[k]));
            is_made = is_made || place_of(action, t->resource) != CD_SCHEMA_NONE;
        }
        cr_assert(is_made, "no action that makes %.*s is authorized on %.*s", CD_FMT(t->type),
                  CD_FMT(t->resource));
        cr_assert(cd_bound_type_of(t->type) == t);
    }
}

Test(bindings, lookups_find_what_is_there_and_nothing_else)
{
    const struct cd_bound_type *t = cd_bound_type_of(CD_STR("AWS::EC2::Volume"));
    cr_assert_not_null(t);
    cr_assert_not_null(cd_bound_property_of(t, CD_STR("Encrypted")));
    cr_assert_null(cd_bound_property_of(t, CD_STR("Encrypte")));
    cr_assert_null(cd_bound_type_of(CD_STR("AWS::EC2::Volumes")));
    cr_assert_null(cd_bound_type_of(CD_STR("")));
}
