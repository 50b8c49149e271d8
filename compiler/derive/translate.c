/* A condition about a resource as a condition about the request that makes it: properties become
 * the keys that tell them, and what else it says has to be something that IAM compares. */
#include "compiler/derive/parts.h"

static struct cd_expr *
refuse(struct cd_translation *t, const struct cd_expr *at, struct cd_str why)
{
    if (t->why.n == 0) {
        t->why = why;
        t->where = at->span;
    }
    return NULL;
}

/* ---- what an expression reads ---- */

struct reads {
    bool resource;                 /* or the member of a loop over its list */
    const struct cd_expr *foreign; /* what no request shows: a table, a reference, documents */
};

/* As deep as inlining lets expressions be. */
static void
find_reads(const struct cd_translation *t, const struct cd_expr *e, struct reads *r)
{
    const struct cd_expr *const children[] = {e->a, e->b, e->where, e->source};
    bool is_relation = e->kind == CD_EXPR_CALL && e->ref.kind == CD_REF_BUILTIN
                       && e->ref.builtin >= CD_BUILTIN_CAN;
    if (e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING
        && (e->ref.binding == t->self || e->ref.binding == t->element)) {
        r->resource = true;
    }
    if (e->ref.kind == CD_REF_TABLE || e->kind == CD_EXPR_FOLLOW || is_relation) {
        r->foreign = r->foreign == NULL ? e : r->foreign;
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(children); i++) {
        if (children[i] != NULL && !(e->kind == CD_EXPR_CALL && i == 0)) {
            find_reads(t, children[i], r);
        }
    }
    for (size_t i = 0; i < e->n_items; i++) {
        find_reads(t, e->items[i], r);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        if (e->parts[i].expr != NULL) {
            find_reads(t, e->parts[i].expr, r);
        }
    }
}

static struct cd_expr *
refuse_foreign(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_arena *a = t->sema->arena;
    if (e->kind == CD_EXPR_FOLLOW) {
        return refuse(t, e,
                      cd_arena_printf(a,
                                      "it follows a reference to another resource (-> %.*s), "
                                      "which a request does not show",
                                      CD_FMT(e->text)));
    }
    if (e->kind == CD_EXPR_CALL) {
        return refuse(t, e,
                      CD_STR("it asks what policy documents decide, or what can be reached, "
                             "which a request does not show"));
    }
    return refuse(t, e,
                  cd_arena_printf(a,
                                  "it asks about other resources (%.*s), which a request "
                                  "does not show",
                                  CD_FMT(e->text)));
}

/* ---- paths ---- */

static const struct cd_expr *
plain(const struct cd_expr *e)
{
    while (e->kind == CD_EXPR_CONVERT) {
        e = e->a;
    }
    return e;
}

static bool
is_self(const struct cd_translation *t, const struct cd_expr *e)
{
    return e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING && e->ref.binding == t->self;
}

/* The path of a property of the resource, `A.B`, `List[].Member`; false if E is none. */
static bool
path_of(const struct cd_translation *t, const struct cd_expr *e, struct cd_str *path)
{
    struct cd_arena *a = t->sema->arena;
    struct cd_str base;
    e = plain(e);
    if (e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING) {
        *path = e->ref.binding == t->self ? CD_STR("") : t->element_path;
        return e->ref.binding == t->self || e->ref.binding == t->element;
    }
    bool is_field =
        e->kind == CD_EXPR_FIELD && (e->ref.kind == CD_REF_FIELD || e->ref.kind == CD_REF_JSON);
    if ((!is_field && e->kind != CD_EXPR_EACH) || !path_of(t, e->a, &base)) {
        return false;
    }
    *path = e->kind == CD_EXPR_EACH ? cd_arena_printf(a, "%.*s[]", CD_FMT(base))
            : base.n == 0           ? e->text
                          : cd_arena_printf(a, "%.*s.%.*s", CD_FMT(base), CD_FMT(e->text));
    return true;
}

/* The literal name in `x.tags["name"]` or `x.tags.name`. */
static bool
tag_of(const struct cd_translation *t, const struct cd_expr *e, struct cd_str *name, bool *is_tag)
{
    bool is_index = e->kind == CD_EXPR_INDEX;
    bool is_member = e->kind == CD_EXPR_FIELD && e->ref.kind == CD_REF_MAP;
    const struct cd_expr *map = is_index || is_member ? plain(e->a) : NULL;
    *is_tag = map != NULL && map->kind == CD_EXPR_FIELD && map->ref.kind == CD_REF_ENVELOPE
              && map->ref.envelope == CD_ENV_TAGS && is_self(t, plain(map->a));
    if (!*is_tag || is_member) {
        *name = e->text;
        return *is_tag;
    }
    bool is_literal = e->b->kind == CD_EXPR_STRING && e->b->n_parts == 1 && !e->b->parts[0].expr;
    *name = is_literal ? e->b->parts[0].text : CD_STR("");
    return is_literal;
}

/* ---- keys ---- */

static struct cd_expr *
told_by(struct cd_translation *t, const struct cd_expr *e, struct cd_str name, struct cd_str key,
        const struct cd_bound_property *property)
{
    struct cd_expr *node = cd_expr_new_key(t->sema, e->span, key);
    for (size_t i = 0; i < t->n_told; i++) {
        if (cd_str_eq_nocase(t->told[i].key_text, key)) {
            return node;
        }
    }
    *CD_PUSH(t->sema->arena, t->told, t->n_told, t->cap_told) =
        (struct cd_told){.property = property, .name = name, .key = node->ref.key, .key_text = key};
    return node;
}

static struct cd_expr *
no_key(struct cd_translation *t, const struct cd_expr *e, struct cd_str name)
{
    return refuse(t, e,
                  cd_arena_printf(t->sema->arena, "no condition key tells %.*s of %.*s",
                                  CD_FMT(name), CD_FMT(t->type)));
}

/* What the table says of a property that no key tells. */
static struct cd_expr *
untold(struct cd_translation *t, const struct cd_expr *e, struct cd_str path)
{
    const struct cd_bound_property *p =
        t->bound == NULL ? NULL : cd_bound_property_of(t->bound, path);
    return p != NULL && p->key.n == 0 && p->why.n != 0 ? refuse(t, e, p->why) : no_key(t, e, path);
}

static struct cd_expr *
envelope_key(struct cd_translation *t, const struct cd_expr *e)
{
    if (e->ref.envelope != CD_ENV_REGION || !is_self(t, plain(e->a))) {
        return no_key(t, e, cd_arena_printf(t->sema->arena, "the %.*s", CD_FMT(e->text)));
    }
    if (t->bound == NULL || !t->bound->is_regional) {
        return refuse(t, e,
                      cd_arena_printf(t->sema->arena,
                                      "aws:RequestedRegion need not be the region of %.*s",
                                      CD_FMT(t->type)));
    }
    return told_by(t, e, CD_STR("region"), CD_STR("aws:RequestedRegion"), NULL);
}

static struct cd_expr *
tag_key(struct cd_translation *t, const struct cd_expr *e)
{
    bool is_tag;
    struct cd_str name;
    if (!tag_of(t, e, &name, &is_tag)) {
        return refuse(t, e,
                      is_tag ? CD_STR("the name of the tag is not written out, and a "
                                      "condition key's name is fixed")
                             : CD_STR("it takes a member out of a list or map by its place, "
                                      "which no condition does"));
    }
    return told_by(t, e, cd_arena_printf(t->sema->arena, "tag %.*s", CD_FMT(name)),
                   cd_arena_printf(t->sema->arena, "aws:RequestTag/%.*s", CD_FMT(name)), NULL);
}

/* A property of the members of a loop's list: each value of the one key that tells it. */
static struct cd_expr *
member_value(struct cd_translation *t, const struct cd_expr *e, const struct cd_bound_property *p)
{
    uint32_t key = cd_iam_find_key(p->key);
    if (t->member_key != CD_SCHEMA_NONE && t->member_key != key) {
        return refuse(t, e,
                      CD_STR("it compares several properties of one member of a list, and "
                             "the values of two condition keys are not told apart by member"));
    }
    if (t->member_key == CD_SCHEMA_NONE) {
        (void)told_by(t, e, p->path, p->key, p);
        const struct cd_type *type = cd_sema_key_type(t->sema->types, key);
        t->member_key = key;
        t->member_key_text = p->key;
        t->member->type = cd_type_is_collection(type) ? type->elem : type;
    }
    if (!cd_iam_key_at(key).is_multivalued) {
        return cd_expr_new_key(t->sema, e->span, p->key); /* the one member that is added */
    }
    struct cd_expr *v = CD_NEW(t->sema->arena, struct cd_expr);
    *v = (struct cd_expr){.kind = CD_EXPR_NAME,
                          .depth = 1,
                          .span = e->span,
                          .type = t->member->type,
                          .text = t->member->name.text,
                          .ref = {.kind = CD_REF_BINDING, .binding = t->member}};
    return v;
}

/* The property that E reads, as a key (or as the member of a loop over one). */
static struct cd_expr *
property_key(struct cd_translation *t, const struct cd_expr *e, bool asks_presence)
{
    struct cd_str path;
    if (!path_of(t, e, &path)) {
        return refuse(t, e,
                      CD_STR("its value would have to be computed, and IAM compares keys "
                             "with constants"));
    }
    if (path.n == 0) {
        return refuse(t, e, CD_STR("it takes the resource as a whole"));
    }
    const struct cd_bound_property *p =
        t->bound == NULL ? NULL : cd_bound_property_of(t->bound, path);
    if (p == NULL || p->key.n == 0) {
        return untold(t, e, path);
    }
    if (p->is_presence && !asks_presence) {
        return refuse(t, e,
                      cd_arena_printf(t->sema->arena,
                                      "%.*s tells only whether %.*s is set: it has another form "
                                      "than the property",
                                      CD_FMT(p->key), CD_FMT(path)));
    }
    bool in_loop = t->element != NULL && cd_str_starts(path, t->element_path);
    if (in_loop && asks_presence) {
        return refuse(t, e,
                      CD_STR("it asks whether a member of a list has a property, which the "
                             "values of a condition key do not tell"));
    }
    return in_loop ? member_value(t, e, p) : told_by(t, e, path, p->key, p);
}

static struct cd_expr *
key_for(struct cd_translation *t, const struct cd_expr *e, bool asks_presence)
{
    e = plain(e);
    if (e->kind == CD_EXPR_FIELD && e->ref.kind == CD_REF_ENVELOPE) {
        return envelope_key(t, e);
    }
    if (e->kind == CD_EXPR_INDEX || (e->kind == CD_EXPR_FIELD && e->ref.kind == CD_REF_MAP)) {
        return tag_key(t, e);
    }
    return property_key(t, e, asks_presence);
}

/* ---- conditions ---- */

static struct cd_expr *
copy_of(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *c = CD_NEW(t->sema->arena, struct cd_expr);
    *c = *e;
    return c;
}

/* Texts with keys in them; their other parts stay. */
static struct cd_expr *
translate_text(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *c = copy_of(t, e);
    c->parts = CD_NEW_ARRAY(t->sema->arena, e->n_parts + 1, struct cd_text_part);
    for (size_t i = 0; i < e->n_parts; i++) {
        c->parts[i] = e->parts[i];
        c->parts[i].expr = e->parts[i].expr == NULL ? NULL : cd_translate(t, e->parts[i].expr);
        if (e->parts[i].expr != NULL && c->parts[i].expr == NULL) {
            return NULL;
        }
    }
    return c;
}

static bool
is_key_list(const struct cd_expr *e)
{
    return e->kind == CD_EXPR_ANAME && e->ref.kind == CD_REF_KEY && cd_type_is_collection(e->type);
}

/* `c in x.List` asks each of the key's values. */
static struct cd_expr *
membership(struct cd_translation *t, const struct cd_expr *e, struct cd_expr *value,
           struct cd_expr *keys)
{
    struct cd_binding *member = CD_NEW(t->sema->arena, struct cd_binding);
    struct cd_expr *loop = copy_of(t, e), *body = copy_of(t, e), *v = copy_of(t, keys);
    *member = (struct cd_binding){.name = {CD_STR("value"), e->span}, .type = keys->type->elem};
    *v = (struct cd_expr){.kind = CD_EXPR_NAME,
                          .depth = 1,
                          .span = keys->span,
                          .type = member->type,
                          .text = member->name.text,
                          .ref = {.kind = CD_REF_BINDING, .binding = member}};
    body->rel = CD_REL_EQ;
    body->negated = false;
    body->a = v;
    body->b = value;
    *loop = (struct cd_expr){.kind = CD_EXPR_QUANTIFIER,
                             .depth = body->depth + 1,
                             .span = e->span,
                             .type = e->type,
                             .quant = e->negated ? CD_QUANT_NONE : CD_QUANT_ANY,
                             .source = keys,
                             .binding = member,
                             .b = body};
    return loop;
}

static struct cd_expr *
translate_relation(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *a = cd_translate(t, e->a), *b = a == NULL ? NULL : cd_translate(t, e->b);
    if (b == NULL) {
        return NULL;
    }
    if (e->rel == CD_REL_IN && is_key_list(b) && !is_key_list(a) && b != e->b) {
        return membership(t, e, a, b);
    }
    if (e->rel == CD_REL_IN && b != e->b && !cd_type_is_collection(b->type)) {
        struct cd_expr *equal = copy_of(t, e); /* the one member that a request adds */
        equal->rel = CD_REL_EQ;
        equal->a = a;
        equal->b = b;
        return equal;
    }
    if (is_key_list(a) || is_key_list(b)) {
        return refuse(t, e,
                      CD_STR("it compares a list as a whole: ask its members with all, any "
                             "or none"));
    }
    bool changes = a->type->kind == CD_TYPE_ARN && plain(e->a)->type->kind != CD_TYPE_ARN;
    if (e->rel == CD_REL_LIKE && changes) {
        return refuse(t, e,
                      CD_STR("the key is matched as an ARN, segment by segment, and the "
                             "property as a text"));
    }
    struct cd_expr *c = copy_of(t, e);
    c->a = a;
    c->b = b;
    return c;
}

/* ---- loops ---- */

static struct cd_expr *
translate_constant_loop(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *c = copy_of(t, e);
    c->where = e->where == NULL ? NULL : cd_translate(t, e->where);
    c->b = e->where != NULL && c->where == NULL ? NULL : cd_translate(t, e->b);
    return c->b == NULL ? NULL : c;
}

/* Does some key tell the members of the list PATH, or a property of theirs? */
static bool
is_told_list(const struct cd_translation *t, struct cd_str path)
{
    struct cd_str members = cd_arena_printf(t->sema->arena, "%.*s[]", CD_FMT(path));
    for (size_t i = 0; t->bound != NULL && i < t->bound->n_properties; i++) {
        const struct cd_bound_property *p = &t->bound->properties[i];
        if (p->key.n != 0 && (cd_str_eq(p->path, path) || cd_str_starts(p->path, members))) {
            return true;
        }
    }
    return false;
}

/* Begins a loop over the list PATH of the resource. False if it has plain values and its key does
 * not tell these. */
static bool
enter_list(struct cd_translation *t, const struct cd_expr *e, struct cd_str path)
{
    struct cd_arena *a = t->sema->arena;
    const struct cd_bound_property *p = cd_bound_property_of(t->bound, path);
    t->element = e->binding;
    t->element_path = cd_arena_printf(a, "%.*s[]", CD_FMT(path));
    t->member = CD_NEW(a, struct cd_binding);
    *t->member = *e->binding;
    t->member_key = CD_SCHEMA_NONE;
    return p == NULL || p->key.n == 0 || p->is_presence || member_value(t, e->source, p) != NULL;
}

/* The loop E over the values of the key that its translated body asks; a key of one value is the
 * one member that a request adds. */
static struct cd_expr *
loop_over_key(struct cd_translation *t, struct cd_expr *e)
{
    if (!cd_iam_key_at(t->member_key).is_multivalued) {
        return e->quant == CD_QUANT_NONE ? cd_expr_new_unary(t->sema, CD_EXPR_NOT, e->b) : e->b;
    }
    e->binding = t->member;
    e->source = cd_expr_new_key(t->sema, e->source->span, t->member_key_text);
    e->depth = e->b->depth + 1;
    return e;
}

static struct cd_expr *
translate_loop(struct cd_translation *t, const struct cd_expr *e)
{
    struct reads source = {.resource = false};
    struct cd_str path;
    find_reads(t, e->source, &source);
    if (e->quant == CD_QUANT_COUNT) {
        return refuse(t, e, CD_STR("it counts, which no condition does"));
    }
    if (!source.resource) {
        return translate_constant_loop(t, e);
    }
    bool is_path = path_of(t, e->source, &path);
    if (is_path && t->element == NULL && !is_told_list(t, path)) {
        return untold(t, e->source, path);
    }
    if (!is_path || t->element != NULL || e->where != NULL) {
        return refuse(t, e,
                      CD_STR("it asks several things of one member of a list, which the "
                             "values of a condition key do not tell"));
    }
    struct cd_expr *c = copy_of(t, e);
    bool entered = enter_list(t, e, path);
    c->b = entered ? cd_translate(t, e->b) : NULL;
    if (c->b != NULL && t->member_key == CD_SCHEMA_NONE) {
        (void)no_key(t, e->source, path);
        c->b = NULL;
    }
    t->element = NULL;
    return c->b == NULL ? NULL : loop_over_key(t, c);
}

/* A loop's own variable, where its list has plain values. */
static bool
is_element(const struct cd_translation *t, const struct cd_expr *e)
{
    return e->kind == CD_EXPR_NAME && e->ref.kind == CD_REF_BINDING && t->element != NULL
           && e->ref.binding == t->element;
}

static struct cd_expr *
translate_element(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_str list = cd_str_sub(t->element_path, 0, t->element_path.n - 2);
    const struct cd_bound_property *p =
        t->bound == NULL ? NULL : cd_bound_property_of(t->bound, list);
    if (p == NULL || p->key.n == 0 || p->is_presence) {
        return no_key(t, e, list);
    }
    return member_value(t, e, p);
}

/* ---- everything ---- */

static struct cd_expr *
translate_operands(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *c = copy_of(t, e);
    struct cd_expr **const children[] = {&c->a, &c->b, &c->where};
    for (size_t i = 0; i < CD_ARRAY_LEN(children); i++) {
        if (*children[i] != NULL) {
            *children[i] = cd_translate(t, *children[i]);
            if (*children[i] == NULL) {
                return NULL;
            }
        }
    }
    return c;
}

static struct cd_expr *
translate_presence(struct cd_translation *t, const struct cd_expr *e)
{
    struct cd_expr *c = copy_of(t, e);
    c->a = key_for(t, e->a, true);
    return c->a == NULL ? NULL : c;
}

/* The depth is that of the inlined expression. */
struct cd_expr *
cd_translate(struct cd_translation *t, const struct cd_expr *e)
{
    struct reads reads = {.resource = false};
    find_reads(t, e, &reads);
    if (reads.foreign != NULL) {
        return refuse_foreign(t, reads.foreign);
    }
    if (!reads.resource) {
        return (struct cd_expr *)e; /* constants and parameters stay as they are */
    }
    if (is_element(t, plain(e))) {
        return translate_element(t, plain(e));
    }
    if (e->kind == CD_EXPR_NOT || e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR
        || (e->kind == CD_EXPR_IF && e->type->kind == CD_TYPE_BOOL)) {
        return translate_operands(t, e);
    }
    if (e->kind == CD_EXPR_REL) {
        return translate_relation(t, e);
    }
    if (e->kind == CD_EXPR_QUANTIFIER) {
        return translate_loop(t, e);
    }
    if (e->kind == CD_EXPR_ABSENT || e->kind == CD_EXPR_PRESENT) {
        return translate_presence(t, e);
    }
    return e->kind == CD_EXPR_STRING ? translate_text(t, e) : key_for(t, e, false);
}
