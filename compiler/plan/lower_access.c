/* Lowering of ways into values: properties, indexes, references, each member of a list, json as
 * other types. */
#include "compiler/plan/lower.h"
#include "runtime/bc/limits.h"

static const struct cd_type *
envelope_type(struct cd_lower *l, enum cd_envelope word)
{
    switch (word) {
    case CD_ENV_TAGS:
        return cd_type_of(l->plan->types, CD_TYPE_MAP, cd_lower_simple(l, CD_TYPE_STRING));
    case CD_ENV_CAPTURED: return cd_lower_simple(l, CD_TYPE_TIME);
    case CD_ENV_ARN: return cd_lower_simple(l, CD_TYPE_ARN);
    case CD_ENV_ID:
    case CD_ENV_TYPE:
    case CD_ENV_PARTITION:
    case CD_ENV_REGION:
    case CD_ENV_ACCOUNT: break;
    }
    return cd_lower_simple(l, CD_TYPE_STRING);
}

_Static_assert((int)CD_ENV_CAPTURED == (int)CD_ENVOP_CAPTURED
                   && (int)CD_ARN_RESOURCE == (int)CD_ARNPART_RESOURCE,
               "the language and the program number members alike");

static uint32_t
text_node(struct cd_lower *l, struct cd_str text)
{
    return cd_plan_const(l->plan, cd_lower_simple(l, CD_TYPE_STRING),
                         cd_const_string(l->plan->arena, text));
}

static bool
is_resource(const struct cd_type *t)
{
    return t->kind == CD_TYPE_RESOURCE || t->kind == CD_TYPE_ANY_RESOURCE;
}

/* The property that E names, of V. */
static struct cd_value
field_of(struct cd_lower *l, const struct cd_expr *e, struct cd_value v)
{
    struct cd_plan *p = l->plan;
    const struct cd_type *t = cd_lower_type(l, v.node);
    uint32_t holder = is_resource(t) ? v.node : v.holder;
    if (holder == CD_NONE && t->kind == CD_TYPE_RECORD) {
        holder = v.node; /* an object knows the resource that it is a part of */
    }
    if (e->ref.kind == CD_REF_ENVELOPE) {
        const struct cd_type *type = envelope_type(l, e->ref.envelope);
        return (struct cd_value){
            cd_plan_node(p, CD_OP_ENV, type, v.node, (uint32_t)e->ref.envelope, 0), holder};
    }
    if (e->ref.kind == CD_REF_FIELD) {
        const struct cd_type *type =
            cd_type_of_schema(p->types, cd_schema_field_at(e->ref.field).type);
        return (struct cd_value){cd_plan_node(p, CD_OP_FIELD, type, v.node, e->ref.field, 0),
                                 holder};
    }
    if (e->ref.kind == CD_REF_MAP) {
        return (struct cd_value){
            cd_plan_node(p, CD_OP_MAPGET, t->elem, v.node, text_node(l, e->text), 0), holder};
    }
    if (e->ref.kind == CD_REF_ARN_PART) {
        const struct cd_type *type = cd_lower_simple(l, CD_TYPE_STRING);
        return cd_unheld(
            cd_plan_node(p, CD_OP_ARNPART, type, v.node, (uint32_t)e->ref.arn_part, 0));
    }
    return (struct cd_value){cd_plan_node(p, CD_OP_JGET, t, v.node, text_node(l, e->text), 0),
                             holder};
}

/* The resource of TYPE that V names. The name of a bucket says nothing of where it is, nor does it
 * matter who holds it. */
static struct cd_value
follow(struct cd_lower *l, uint32_t shape, struct cd_value v)
{
    bool by_name = cd_str_eq(cd_schema_shape_at(shape).name, CD_STR("AWS::S3::Bucket"));
    const struct cd_type *type = cd_type_shape(l->plan->types, CD_TYPE_RESOURCE, shape);
    return cd_unheld(
        cd_plan_node(l->plan, CD_OP_FOLLOW, type, v.node, by_name ? CD_NONE : v.holder, shape));
}

/* ---- json as another type ---- */

static struct cd_value convert(struct cd_lower *l, struct cd_value v, const struct cd_type *to);

/* A list of json, member by member as TO's elements. */
static uint32_t
convert_members(struct cd_lower *l, struct cd_value list, const struct cd_type *to)
{
    struct cd_value member = cd_lower_member(l, list, 0, CD_STR(""));
    uint32_t domain = cd_lower_domain_of(l, member.node);
    uint32_t one = convert(l, member, to->elem).node;
    return cd_plan_node(l->plan, CD_OP_MAPEACH, cd_lower_list_of(l, to->elem), one, 0, domain);
}

/* What no json can be read as: rows live in the snapshot's columns. Absent stays absent. */
static uint32_t
unreadable(struct cd_lower *l, uint32_t json, const struct cd_type *to)
{
    struct cd_plan *p = l->plan;
    uint32_t why =
        cd_plan_string(p, CD_STR("json is not read as an object of a property by this version"));
    uint32_t unknown = cd_plan_node(p, CD_OP_UNKNOWN, to, why, 0, 0);
    uint32_t is_absent = cd_lower_logic(l, CD_OP_ISABSENT, json, 0);
    return cd_plan_node(p, CD_OP_IF, to, is_absent, cd_plan_const(p, to, cd_const_absent()),
                        unknown);
}

static struct cd_value
convert(struct cd_lower *l, struct cd_value v, const struct cd_type *to)
{
    struct cd_plan *p = l->plan;
    const struct cd_type *from = cd_lower_type(l, v.node);
    switch (to->kind) {
    case CD_TYPE_LIST:
    case CD_TYPE_SET: {
        const struct cd_type *json = cd_lower_list_of(l, cd_lower_simple(l, CD_TYPE_JSON));
        if (from->kind == CD_TYPE_JSON) {
            v.node = cd_plan_node(p, CD_OP_JAS, json, v.node, 0, 0);
        }
        if (to->elem->kind != CD_TYPE_JSON) {
            v.node = convert_members(l, v, to);
        }
        if (to->kind == CD_TYPE_SET) {
            return cd_unheld(cd_plan_node(p, CD_OP_UNIQ, to, v.node, 0, 0));
        }
        return v;
    }
    case CD_TYPE_ARN: {
        uint32_t text =
            cd_plan_node(p, CD_OP_JAS, cd_lower_simple(l, CD_TYPE_STRING), v.node, 0, 0);
        return (struct cd_value){cd_plan_node(p, CD_OP_TOARN, to, text, 0, 0), v.holder};
    }
    case CD_TYPE_BOOL:
    case CD_TYPE_NUMBER:
    case CD_TYPE_STRING:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR:
    case CD_TYPE_TIME:
    case CD_TYPE_MAP:
        return (struct cd_value){cd_plan_node(p, CD_OP_JAS, to, v.node, 0, 0), v.holder};
    case CD_TYPE_DURATION:
        return cd_unheld(cd_plan_const(p, to, cd_const_absent())); /* json has none */
    case CD_TYPE_POLICY:
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE:
    case CD_TYPE_ANY_RESOURCE: return cd_unheld(unreadable(l, v.node, to));
    case CD_TYPE_JSON:
    case CD_TYPE_ERROR:
    case CD_TYPE_NEVER: break;
    }
    return v;
}

/* ---- each member ---- */

/* What `xs[*].P -> T` is at, seen from inside its loops: one member after another, so that each
 * keeps its holder. The member may be a list itself; it is gone through when something is asked of
 * its members. */
struct chain {
    uint32_t domains[CD_LIMIT_LOOP_DEPTH]; /* from the outermost loop on */
    uint32_t n;
    struct cd_value at;
};

static void
enter(struct cd_lower *l, const struct cd_expr *e, struct chain *s, struct cd_value list)
{
    s->at = cd_lower_member(l, list, 0, CD_STR(""));
    if (s->n == CD_ARRAY_LEN(s->domains)) {
        l->failed = l->failed ? l->failed : e;
        return;
    }
    s->domains[s->n++] = cd_lower_domain_of(l, s->at.node);
    cd_lower_check_depth(l, e, s->domains[s->n - 1]);
}

static bool
is_list(const struct cd_lower *l, struct cd_value v)
{
    return cd_type_is_collection(cd_lower_type(l, v.node));
}

static bool
is_chain(const struct cd_expr *e)
{
    return e->kind == CD_EXPR_EACH
           || ((e->kind == CD_EXPR_FIELD || e->kind == CD_EXPR_FOLLOW) && e->through_each)
           || (e->kind == CD_EXPR_CONVERT && cd_type_is_collection(e->type) && is_chain(e->a));
}

static void
walk_chain(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env, struct chain *s)
{
    if (!is_chain(e)) {
        enter(l, e, s, cd_lower_expr(l, e, env, CD_MODE_VALUE));
        return;
    }
    walk_chain(l, e->a, env, s);
    if (e->kind == CD_EXPR_EACH) {
        return; /* nested lists are one */
    }
    while (is_list(l, s->at)) {
        enter(l, e, s, s->at);
    }
    if (e->kind == CD_EXPR_FIELD) {
        s->at = field_of(l, e, s->at);
    } else if (e->kind == CD_EXPR_FOLLOW) {
        s->at = follow(l, e->shape, s->at);
    } else {
        s->at = convert(l, s->at, e->type->elem);
    }
}

static uint32_t
gather(struct cd_lower *l, uint32_t node, uint32_t domain)
{
    return cd_plan_node(l->plan, CD_OP_MAPEACH, cd_lower_list_of(l, cd_lower_type(l, node)), node,
                        0, domain);
}

static uint32_t
flatten(struct cd_lower *l, uint32_t lists)
{
    const struct cd_type *inner = cd_lower_type(l, lists)->elem;
    return cd_plan_node(l->plan, CD_OP_FLATTEN, cd_lower_list_of(l, inner->elem), lists, 0, 0);
}

/* The members of the chain E as one list. */
static struct cd_value
lower_chain(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct chain s = {.n = 0};
    walk_chain(l, e, env, &s);
    while (is_list(l, s.at) && cd_type_is_collection(cd_lower_type(l, s.at.node)->elem)) {
        enter(l, e, &s, s.at);
    }
    bool nested = is_list(l, s.at);
    uint32_t node = s.at.node;
    for (uint32_t i = s.n; i-- > 0;) {
        node = gather(l, node, s.domains[i]);
        node = nested ? flatten(l, node) : node;
        nested = true;
    }
    /* A holder inside the loops is one for each member: nobody holds all of them. */
    bool held =
        s.at.holder != CD_NONE
        && (s.n == 0
            || !cd_plan_is_inside(l->plan, cd_lower_domain_of(l, s.at.holder), s.domains[0]));
    return (struct cd_value){node, held ? s.at.holder : CD_NONE};
}

/* ---- entries ---- */

struct cd_value
cd_lower_field(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    if (e->through_each) {
        return lower_chain(l, e, env);
    }
    return field_of(l, e, cd_lower_expr(l, e->a, env, CD_MODE_VALUE));
}

struct cd_value
cd_lower_follow(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    if (e->through_each) {
        return lower_chain(l, e, env);
    }
    return follow(l, e->shape, cd_lower_expr(l, e->a, env, CD_MODE_VALUE));
}

struct cd_value
cd_lower_each(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    if (!is_chain(e->a)) {
        struct cd_value list = cd_lower_expr(l, e->a, env, CD_MODE_VALUE);
        const struct cd_type *t = cd_lower_type(l, list.node);
        if (t->kind == CD_TYPE_LIST && !cd_type_is_collection(t->elem)) {
            return list;
        }
    }
    return lower_chain(l, e, env);
}

struct cd_value
cd_lower_index(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    struct cd_value v = cd_lower_expr(l, e->a, env, CD_MODE_VALUE);
    uint32_t at = cd_lower_node(l, e->b, env);
    const struct cd_type *t = cd_lower_type(l, v.node);
    enum cd_op op = t->kind == CD_TYPE_MAP                         ? CD_OP_MAPGET
                    : t->kind != CD_TYPE_JSON                      ? CD_OP_AT
                    : cd_lower_type(l, at)->kind == CD_TYPE_NUMBER ? CD_OP_JAT
                                                                   : CD_OP_JGET;
    const struct cd_type *type = t->kind == CD_TYPE_JSON ? t : t->elem;
    return (struct cd_value){cd_plan_node(l->plan, op, type, v.node, at, 0), v.holder};
}

struct cd_value
cd_lower_convert(struct cd_lower *l, const struct cd_expr *e, struct cd_lower_env *env)
{
    if (is_chain(e)) {
        return lower_chain(l, e, env);
    }
    return convert(l, cd_lower_expr(l, e->a, env, CD_MODE_VALUE), e->type);
}
