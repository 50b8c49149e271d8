/* Actions, patterns of actions and condition keys, against the tables of IAM. */
#include "compiler/sema/check.h"
#include "runtime/base/glob.h"

static bool
has_wildcard(struct cd_str s)
{
    return cd_str_find(s, '*', 0) < s.n || cd_str_find(s, '?', 0) < s.n;
}

static void
split_action(struct cd_str text, struct cd_str *service, struct cd_str *name)
{
    size_t colon = cd_str_find(text, ':', 0);
    *service = cd_str_sub(text, 0, colon);
    *name = colon < text.n ? cd_str_sub(text, colon + 1, text.n) : CD_STR("");
}

bool
cd_action_matches(struct cd_str pattern, struct cd_str service, struct cd_str name)
{
    if (cd_str_eq(pattern, CD_STR("*"))) {
        return true;
    }
    struct cd_str wanted_service, wanted_name;
    split_action(pattern, &wanted_service, &wanted_name);
    return cd_str_eq_nocase(wanted_service, service) && cd_glob_nocase(wanted_name, name);
}

/* `AWS:EC2:Volume`: a type with single colons. */
static struct cd_str
type_meant(struct cd_sema *s, struct cd_str text)
{
    struct cd_buf out = CD_BUF_INIT;
    for (size_t i = 0; i < text.n; i++) {
        cd_buf_str(&out, text.p[i] == ':' ? CD_STR("::") : cd_str_sub(text, i, i + 1));
    }
    struct cd_str type = cd_arena_str(s->arena, cd_buf_view(&out));
    cd_buf_finish(&out);
    return type;
}

static bool
unknown_service(struct cd_sema *s, struct cd_span span, struct cd_str text, struct cd_str service)
{
    struct cd_nearest near;
    cd_nearest_init(&near, service);
    for (uint32_t i = 0; i < cd_iam_n_services(); i++) {
        cd_nearest_try(&near, cd_iam_service_at(i));
    }
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_UNKNOWN_ACTION, span,
                                    "no AWS service has the prefix `%.*s`", CD_FMT(service));
    if (cd_str_eq_nocase(service, CD_STR("AWS"))) {
        cd_diag_help(s->diags, d, "a type has pairs of colons: %.*s", CD_FMT(type_meant(s, text)));
    } else {
        cd_nearest_help(s->diags, d, &near);
    }
    return false;
}

static bool
unknown_action(struct cd_sema *s, struct cd_span span, struct cd_str service, struct cd_str name,
               uint32_t first, uint32_t n)
{
    struct cd_nearest near;
    cd_nearest_init(&near, name);
    for (uint32_t i = first; i < first + n; i++) {
        cd_nearest_try(&near, cd_iam_action_at(i).name);
    }
    if (near.best.n > 0) {
        near.best = cd_arena_printf(s->arena, "%.*s:%.*s", CD_FMT(service), CD_FMT(near.best));
    }
    struct cd_diag *d =
        cd_diag_add(s->diags, CD_DIAG_UNKNOWN_ACTION, span, "there is no action `%.*s:%.*s`",
                    CD_FMT(service), CD_FMT(name));
    cd_nearest_help(s->diags, d, &near);
    return false;
}

static bool
key_for_action(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    struct cd_diag *d =
        cd_diag_add(s->diags, CD_DIAG_UNKNOWN_ACTION, span,
                    "`%.*s` is a condition key of requests, not an action", CD_FMT(text));
    cd_diag_help(
        s->diags, d,
        "keys stand in `when` and `unless` of a deny, and in `when` of can, allows, denies");
    return false;
}

bool
cd_check_action(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    if (cd_str_eq(text, CD_STR("*")) || cd_iam_find_action(text) != CD_SCHEMA_NONE) {
        return true;
    }
    if (cd_iam_find_key(text) != CD_SCHEMA_NONE) {
        return key_for_action(s, span, text);
    }
    struct cd_str service, name;
    split_action(text, &service, &name);
    if (name.n == 0) {
        struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_UNKNOWN_ACTION, span,
                                        "expected an action, found \"%.*s\"", CD_FMT(text));
        cd_diag_help(s->diags, d,
                     "an action is written service:Name, such as s3:GetObject or s3:Get*");
        return false;
    }
    uint32_t first, n;
    if (!cd_iam_service_actions(service, &first, &n)) {
        return unknown_service(s, span, text, service);
    }
    if (!has_wildcard(name)) {
        return unknown_action(s, span, service, name, first, n);
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (cd_glob_nocase(name, cd_iam_action_at(i).name)) {
            return true;
        }
    }
    cd_diag_add(s->diags, CD_DIAG_ACTION_MATCHES_NOTHING, span, "`%.*s` matches no known action",
                CD_FMT(text));
    return false;
}

static void
retired_key(struct cd_sema *s, struct cd_span span, const struct cd_iam_key *key)
{
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_RETIRED_KEY, span,
                                    "no action carries the key `%.*s` any more", CD_FMT(key->name));
    if (key->successor.n > 0) {
        cd_diag_help(s->diags, d, "write `%.*s`", CD_FMT(key->successor));
    }
}

static void
near_keys(struct cd_nearest *near)
{
    for (uint32_t i = 0; i < cd_iam_n_keys(); i++) {
        struct cd_str name = cd_iam_key_at(i).name;
        size_t brace = cd_str_find(name, '$', 0);
        cd_nearest_try(near, cd_str_sub(name, 0, brace));
    }
}

uint32_t
cd_check_key(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    uint32_t key = cd_iam_find_key(text);
    if (key != CD_SCHEMA_NONE) {
        struct cd_iam_key k = cd_iam_key_at(key);
        if (k.is_retired) {
            retired_key(s, span, &k);
        }
        return key;
    }
    struct cd_nearest near;
    cd_nearest_init(&near, text);
    near_keys(&near);
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_UNKNOWN_KEY, span,
                                    "there is no condition key `%.*s`", CD_FMT(text));
    if (cd_iam_find_action(text) != CD_SCHEMA_NONE) {
        cd_diag_help(s->diags, d,
                     "this is an action; actions stand after `deny`, conditions speak of keys");
    } else {
        cd_nearest_help(s->diags, d, &near);
    }
    return CD_SCHEMA_NONE;
}

static enum cd_type_kind
key_kind(enum cd_iam_key_type type)
{
    switch (type) {
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_BINARY: return CD_TYPE_STRING;
    case CD_IAM_KEY_ARN: return CD_TYPE_ARN;
    case CD_IAM_KEY_BOOL: return CD_TYPE_BOOL;
    case CD_IAM_KEY_NUMERIC: return CD_TYPE_NUMBER;
    case CD_IAM_KEY_DATE: return CD_TYPE_TIME;
    case CD_IAM_KEY_IP: return CD_TYPE_IP;
    }
    return CD_TYPE_STRING;
}

/* The keys that IAM types as text and that hold regions or accounts. */
static enum cd_type_kind
refined_kind(const struct cd_iam_key *key)
{
    static const struct {
        struct cd_str name;
        enum cd_type_kind kind;
    } refined[] = {
        {CD_STR_INIT("aws:RequestedRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("account:TargetRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("cloudformation:TargetRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("dsql:WitnessRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("ec2:Region"), CD_TYPE_REGION},
        {CD_STR_INIT("kms:PrimaryRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("kms:ReplicaRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("s3:destinationRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("secretsmanager:AddReplicaRegions"), CD_TYPE_REGION},
        {CD_STR_INIT("secretsmanager:SecretPrimaryRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("ses:ReplicaRegion"), CD_TYPE_REGION},
        {CD_STR_INIT("aws:PrincipalAccount"), CD_TYPE_ACCOUNT},
        {CD_STR_INIT("aws:ResourceAccount"), CD_TYPE_ACCOUNT},
        {CD_STR_INIT("aws:SourceAccount"), CD_TYPE_ACCOUNT},
        {CD_STR_INIT("aws:VpceAccount"), CD_TYPE_ACCOUNT},
        {CD_STR_INIT("kms:CallerAccount"), CD_TYPE_ACCOUNT},
        {CD_STR_INIT("s3:ResourceAccount"), CD_TYPE_ACCOUNT},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(refined); i++) {
        if (cd_str_eq(refined[i].name, key->name)) {
            return refined[i].kind;
        }
    }
    return key_kind(key->type);
}

const struct cd_type *
cd_sema_key_type(struct cd_types *types, uint32_t key)
{
    struct cd_iam_key k = cd_iam_key_at(key);
    const struct cd_type *one = cd_type_simple(types, refined_kind(&k));
    return k.is_multivalued ? cd_type_of(types, CD_TYPE_LIST, one) : one;
}

const struct cd_type *
cd_key_type(struct cd_checker *c, uint32_t key)
{
    if (key == CD_SCHEMA_NONE) {
        return cd_simple(c, CD_TYPE_ERROR);
    }
    return cd_sema_key_type(c->s->types, key);
}

const struct cd_type *
cd_infer_aname(struct cd_checker *c, struct cd_expr *e)
{
    if (c->keys) {
        e->ref.kind = CD_REF_KEY;
        e->ref.key = cd_check_key(c->s, e->span, e->text);
        c->uses |= CD_USES_KEY;
        return e->type = cd_key_type(c, e->ref.key);
    }
    e->ref.kind = CD_REF_ACTION;
    if (!cd_check_action(c->s, e->span, e->text)) {
        return cd_error_type(c, e);
    }
    return e->type = cd_simple(c, CD_TYPE_ACTION);
}

/* ---- the actions of a deny ---- */

struct patterns {
    struct cd_str *items;
    size_t n, cap;
};

static void
add_patterns(struct cd_arena *a, struct patterns *out, const struct cd_act *acts, size_t n,
             const struct cd_const_env *env)
{
    for (size_t i = 0; i < n; i++) {
        if (acts[i].is_star) {
            *CD_PUSH(a, out->items, out->n, out->cap) = CD_STR("*");
        } else if (acts[i].path.n == 0) {
            *CD_PUSH(a, out->items, out->n, out->cap) = acts[i].aname;
        } else if (acts[i].value) {
            const struct cd_const *v = cd_const_eval(a, acts[i].value, env);
            if (v && v->kind == CD_CONST_STRING) {
                *CD_PUSH(a, out->items, out->n, out->cap) = v->text;
            }
            for (size_t k = 0; v && k < v->n; k++) {
                *CD_PUSH(a, out->items, out->n, out->cap) = v->items[k]->text;
            }
        }
    }
}

/* Adds (or takes off) what PATTERN matches to the flags of all actions. */
static void
mark(uint8_t *flags, struct cd_str pattern, uint8_t value)
{
    uint32_t first = 0, n = cd_iam_n_actions();
    if (cd_str_eq(pattern, CD_STR("*"))) {
        memset(flags, value, n);
        return;
    }
    uint32_t one = cd_iam_find_action(pattern);
    if (one != CD_SCHEMA_NONE) {
        flags[one] = value;
        return;
    }
    struct cd_str service, name;
    split_action(pattern, &service, &name);
    if (!cd_iam_service_actions(service, &first, &n)) {
        return;
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (cd_glob_nocase(name, cd_iam_action_at(i).name)) {
            flags[i] = value;
        }
    }
}

void
cd_deny_actions(struct cd_arena *a, const struct cd_deny *d, const struct cd_const_env *env,
                uint32_t **actions, size_t *n)
{
    struct patterns in = {NULL, 0, 0}, out = {NULL, 0, 0};
    add_patterns(a, &in, d->acts, d->n_acts, env);
    add_patterns(a, &out, d->excepts, d->n_excepts, env);
    uint32_t n_all = cd_iam_n_actions();
    uint8_t *flags = CD_NEW_ARRAY(a, n_all, uint8_t);
    for (size_t i = 0; i < in.n; i++) {
        mark(flags, in.items[i], 1);
    }
    for (size_t i = 0; i < out.n; i++) {
        mark(flags, out.items[i], 0);
    }
    size_t count = 0;
    for (uint32_t i = 0; i < n_all; i++) {
        count += flags[i];
    }
    *actions = CD_NEW_ARRAY(a, count, uint32_t);
    *n = 0;
    for (uint32_t i = 0; i < n_all; i++) {
        if (flags[i]) {
            (*actions)[(*n)++] = i;
        }
    }
}

static bool
some_matches(const struct patterns *p, const struct cd_iam_action *action)
{
    for (size_t i = 0; i < p->n; i++) {
        if (cd_str_eq(p->items[i], CD_STR("*"))
            || cd_action_matches(p->items[i], action->service, action->name)) {
            return true;
        }
    }
    return false;
}

bool
cd_deny_has_action(struct cd_arena *a, const struct cd_deny *d, const struct cd_const_env *env,
                   uint32_t action)
{
    struct cd_arena_mark mark = cd_arena_mark(a);
    struct patterns in = {NULL, 0, 0}, out = {NULL, 0, 0};
    const struct cd_iam_action known = cd_iam_action_at(action);
    add_patterns(a, &in, d->acts, d->n_acts, env);
    bool has = some_matches(&in, &known);
    if (has) {
        add_patterns(a, &out, d->excepts, d->n_excepts, env);
        has = !some_matches(&out, &known);
    }
    cd_arena_reset(a, mark);
    return has;
}
