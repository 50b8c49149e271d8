/* Types as they are written: their names, their members, the objects inside resource types. */
#include "compiler/sema/check.h"

static const struct {
    struct cd_str name;
    enum cd_type_kind kind;
    bool takes_member;
} named[] = {
    {CD_STR_INIT("bool"), CD_TYPE_BOOL, false},
    {CD_STR_INIT("number"), CD_TYPE_NUMBER, false},
    {CD_STR_INIT("string"), CD_TYPE_STRING, false},
    {CD_STR_INIT("time"), CD_TYPE_TIME, false},
    {CD_STR_INIT("duration"), CD_TYPE_DURATION, false},
    {CD_STR_INIT("region"), CD_TYPE_REGION, false},
    {CD_STR_INIT("account"), CD_TYPE_ACCOUNT, false},
    {CD_STR_INIT("arn"), CD_TYPE_ARN, false},
    {CD_STR_INIT("action"), CD_TYPE_ACTION, false},
    {CD_STR_INIT("ip"), CD_TYPE_IP, false},
    {CD_STR_INIT("cidr"), CD_TYPE_CIDR, false},
    {CD_STR_INIT("json"), CD_TYPE_JSON, false},
    {CD_STR_INIT("iam_policy"), CD_TYPE_POLICY, false},
    {CD_STR_INIT("resource"), CD_TYPE_ANY_RESOURCE, false},
    {CD_STR_INIT("set"), CD_TYPE_SET, true},
    {CD_STR_INIT("list"), CD_TYPE_LIST, true},
    {CD_STR_INIT("map"), CD_TYPE_MAP, true},
};

/* Names of types in other languages. */
static const struct {
    struct cd_str theirs, ours;
} foreign[] = {
    {CD_STR_INIT("str"), CD_STR_INIT("string")},
    {CD_STR_INIT("String"), CD_STR_INIT("string")},
    {CD_STR_INIT("text"), CD_STR_INIT("string")},
    {CD_STR_INIT("int"), CD_STR_INIT("number")},
    {CD_STR_INIT("integer"), CD_STR_INIT("number")},
    {CD_STR_INIT("float"), CD_STR_INIT("number")},
    {CD_STR_INIT("boolean"), CD_STR_INIT("bool")},
    {CD_STR_INIT("date"), CD_STR_INIT("time")},
    {CD_STR_INIT("datetime"), CD_STR_INIT("time")},
    {CD_STR_INIT("array"), CD_STR_INIT("list<…>")},
    {CD_STR_INIT("object"), CD_STR_INIT("json")},
    {CD_STR_INIT("dict"), CD_STR_INIT("map<…>")},
    {CD_STR_INIT("policy"), CD_STR_INIT("iam_policy")},
};

static const struct cd_type *
unknown_type(struct cd_checker *c, struct cd_str name, struct cd_span span)
{
    struct cd_nearest near;
    cd_nearest_init(&near, name);
    for (size_t i = 0; i < CD_ARRAY_LEN(named); i++) {
        cd_nearest_try(&near, named[i].name);
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_TYPE, span,
                                    "there is no type `%.*s`", CD_FMT(name));
    for (size_t i = 0; i < CD_ARRAY_LEN(foreign); i++) {
        if (cd_str_eq(foreign[i].theirs, name)) {
            cd_diag_help(c->s->diags, d, "write %.*s", CD_FMT(foreign[i].ours));
            return cd_simple(c, CD_TYPE_ERROR);
        }
    }
    cd_nearest_help(c->s->diags, d, &near);
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
type_form(struct cd_checker *c, struct cd_type_expr *t, struct cd_str name, bool takes_member)
{
    struct cd_diag *d;
    if (takes_member) {
        d = cd_diag_add(c->s->diags, CD_DIAG_TYPE_FORM, t->span,
                        "`%.*s` of what? The type of its members is missing", CD_FMT(name));
        cd_diag_help(c->s->diags, d, "write %.*s<string>, or another type between < and >",
                     CD_FMT(name));
    } else {
        d = cd_diag_add(c->s->diags, CD_DIAG_TYPE_FORM, t->span, "`%.*s` has no members",
                        CD_FMT(name));
        cd_diag_help(c->s->diags, d,
                     "write %.*s; only set, list and map take a type between < and >",
                     CD_FMT(name));
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
named_type(struct cd_checker *c, struct cd_type_expr *t)
{
    struct cd_str name = t->name.parts[0].text;
    for (size_t i = 0; i < CD_ARRAY_LEN(named); i++) {
        if (!cd_str_eq(named[i].name, name)) {
            continue;
        }
        if (named[i].takes_member != (t->arg != NULL)) {
            return type_form(c, t, name, named[i].takes_member);
        }
        if (!t->arg) {
            return cd_simple(c, named[i].kind);
        }
        return cd_type_of(c->s->types, named[i].kind, cd_resolve_type(c, t->arg));
    }
    return unknown_type(c, name, t->name.parts[0].span);
}

static void
unknown_shape(struct cd_sema *s, struct cd_str name, struct cd_span span)
{
    struct cd_nearest near;
    cd_nearest_init(&near, name);
    for (uint32_t i = 0; i < cd_schema_n_shapes(); i++) {
        struct cd_schema_shape shape = cd_schema_shape_at(i);
        if (shape.is_resource) {
            cd_nearest_try(&near, shape.name);
        }
    }
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_UNKNOWN_TYPE, span,
                                    "there is no resource type `%.*s`", CD_FMT(name));
    cd_nearest_help(s->diags, d, &near);
}

uint32_t
cd_resolve_table(struct cd_sema *s, struct cd_str name, struct cd_span span)
{
    uint32_t shape = cd_schema_find_shape(name);
    if (shape == CD_SCHEMA_NONE || !cd_schema_shape_at(shape).is_resource) {
        unknown_shape(s, name, span);
        return CD_SCHEMA_NONE;
    }
    return shape;
}

void
cd_unknown_property(struct cd_checker *c, struct cd_span span, uint32_t shape, struct cd_str name,
                    bool envelope)
{
    static const struct cd_str words[] = {
        CD_STR_INIT("id"),        CD_STR_INIT("arn"),      CD_STR_INIT("type"),
        CD_STR_INIT("partition"), CD_STR_INIT("region"),   CD_STR_INIT("account"),
        CD_STR_INIT("tags"),      CD_STR_INIT("captured"),
    };
    struct cd_nearest near;
    cd_nearest_init(&near, name);
    struct cd_str owner = CD_STR("resource");
    if (shape != CD_SCHEMA_NONE) {
        struct cd_schema_shape s = cd_schema_shape_at(shape);
        owner = s.name;
        for (uint32_t i = 0; i < s.n_fields; i++) {
            cd_nearest_try(&near, cd_schema_field_at(s.first_field + i).name);
        }
    }
    for (size_t i = 0; envelope && i < CD_ARRAY_LEN(words); i++) {
        cd_nearest_try(&near, words[i]);
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_PROPERTY, span,
                                    "%.*s has no property `%.*s`", CD_FMT(owner), CD_FMT(name));
    if (shape == CD_SCHEMA_NONE) {
        cd_diag_help(c->s->diags, d,
                     "of any resource there are id arn type partition region account tags "
                     "captured; name a type to read "
                     "its properties");
    } else {
        cd_nearest_help(c->s->diags, d, &near);
    }
}

/* AWS::X::Y.Prop.Inner: the object at the end of the path, through lists. `AWS::X::Y.Definition`
 * names an object by the schema's own name for it where no property has that name. */
static const struct cd_type *
nested_type(struct cd_checker *c, struct cd_type_expr *t, uint32_t shape)
{
    for (size_t i = 0; i < t->n_fields; i++) {
        struct cd_str field_name = t->fields[i].text;
        uint32_t field = cd_schema_find_field(shape, field_name);
        if (field == CD_SCHEMA_NONE) {
            struct cd_str whole = cd_arena_printf(
                c->s->arena, "%.*s.%.*s", CD_FMT(t->name.parts[0].text), CD_FMT(field_name));
            shape = i == 0 ? cd_schema_find_shape(whole) : CD_SCHEMA_NONE;
            if (shape != CD_SCHEMA_NONE) {
                continue;
            }
            uint32_t owner = i == 0 ? cd_schema_find_shape(t->name.parts[0].text) : t->type->shape;
            cd_unknown_property(c, t->fields[i].span, owner, field_name, false);
            return cd_simple(c, CD_TYPE_ERROR);
        }
        const struct cd_type *type = cd_type_of_schema(c->s->types, cd_schema_field_at(field).type);
        while (cd_type_is_collection(type)) {
            type = type->elem;
        }
        t->type = type;
        if (type->kind != CD_TYPE_RECORD) {
            bool last = i + 1 == t->n_fields;
            if (last) {
                return type;
            }
            struct cd_str found = cd_type_text(c, type);
            cd_diag_add(c->s->diags, CD_DIAG_NO_PROPERTIES, t->fields[i + 1].span,
                        "`%.*s` is %.*s and has no properties", CD_FMT(field_name), CD_FMT(found));
            return cd_simple(c, CD_TYPE_ERROR);
        }
        shape = type->shape;
    }
    return cd_type_shape(c->s->types, CD_TYPE_RECORD, shape);
}

const struct cd_type *
cd_resolve_type(struct cd_checker *c, struct cd_type_expr *t)
{
    if (!t->is_resource) {
        return t->type = named_type(c, t);
    }
    struct cd_str name = t->name.parts[0].text;
    uint32_t shape = cd_resolve_table(c->s, name, t->name.parts[0].span);
    if (shape == CD_SCHEMA_NONE) {
        return t->type = cd_simple(c, CD_TYPE_ERROR);
    }
    if (t->n_fields == 0) {
        return t->type = cd_type_shape(c->s->types, CD_TYPE_RESOURCE, shape);
    }
    return t->type = nested_type(c, t, shape);
}
