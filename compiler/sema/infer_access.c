/* Texts, and ways into values: properties, indexes, each member, references. */
#include "compiler/sema/check.h"
#include "runtime/base/num.h"

/* ---- texts ---- */

static bool
may_interpolate(const struct cd_type *t)
{
    return cd_type_is_stringlike(t) || t->kind == CD_TYPE_NUMBER || t->kind == CD_TYPE_BOOL
           || t->kind == CD_TYPE_TIME || t->kind == CD_TYPE_DURATION || cd_type_is_broken(t);
}

static void
infer_part(struct cd_checker *c, struct cd_text_part *part)
{
    /* A path with a colon, {aws:username}, is a key of the request wherever it stands. */
    bool keys = c->keys, is_key = part->expr->kind == CD_EXPR_ANAME;
    c->keys = keys || is_key;
    const struct cd_type *t = cd_infer(c, &part->expr, NULL);
    c->keys = keys;
    if (is_key && !keys && c->place != CD_PLACE_DENY) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_KEY_OUTSIDE, part->expr->span,
                                        "there is no request here that could carry `%.*s`",
                                        CD_FMT(part->expr->text));
        cd_diag_help(c->s->diags, d,
                     "condition keys stand in a deny, and after `when` in can, allows and denies");
    }
    if (t->kind == CD_TYPE_JSON) {
        part->expr = cd_text_of_json(c, part->expr);
    } else if (!may_interpolate(t)) {
        struct cd_str found = cd_type_text(c, t);
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_INTERPOLATION, part->expr->span,
                                        "%.*s cannot stand in a text", CD_FMT(found));
        if (t->kind == CD_TYPE_RESOURCE || t->kind == CD_TYPE_ANY_RESOURCE) {
            cd_diag_help(c->s->diags, d, "write its .id or .arn");
        } else {
            cd_diag_help(c->s->diags, d, "texts, numbers, booleans, times and durations can");
        }
    }
}

static bool
is_word(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9')
           || ch == '_';
}

/* `{size(xs)}`, `{ b.id }`, `{b.Rules[0].Id}`: braces around something that has a name here, but is
 * no path, stand for themselves, and hardly anyone means that. */
static void
warn_of_braces(struct cd_checker *c, const struct cd_expr *e, struct cd_str text)
{
    for (size_t at = cd_str_find(text, '{', 0); at < text.n; at = cd_str_find(text, '{', at + 1)) {
        size_t from = at + 1;
        while (from < text.n && text.p[from] == ' ') {
            from++;
        }
        size_t end = from;
        while (end < text.n && is_word(text.p[end])) {
            end++;
        }
        size_t close = cd_str_find(text, '}', end);
        bool goes_on = end > from && close < text.n && strchr(".[( }+-", text.p[end]) != NULL;
        if (!goes_on || !cd_name_is_known(c, cd_str_sub(text, from, end))) {
            continue;
        }
        struct cd_str braces = cd_str_sub(text, at, close + 1);
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_LITERAL_BRACES, e->span,
                                        "%.*s is no path, and stands for itself", CD_FMT(braces));
        cd_diag_help(c->s->diags, d,
                     "only {x.Property} is interpolated, without blanks, calls and indexes");
    }
}

/* Text that begins as an ARN and has its colons is one, whatever is interpolated. */
static bool
reads_as_arn(const struct cd_expr *e)
{
    size_t colons = 0;
    for (size_t i = 0; i < e->n_parts; i++) {
        struct cd_str text = e->parts[i].expr ? CD_STR("") : e->parts[i].text;
        for (size_t k = 0; k < text.n; k++) {
            colons += text.p[k] == ':';
        }
    }
    return e->n_parts > 0 && !e->parts[0].expr && cd_str_starts(e->parts[0].text, CD_STR("arn:"))
           && colons >= 5;
}

#define DATE_LENGTH 10

/* A time that is no midnight in UTC is written as a text; a date is not. */
static bool
is_time_of_day(struct cd_checker *c, struct cd_expr *e)
{
    struct cd_str text = cd_literal_text(c, e);
    return text.n > DATE_LENGTH && cd_parse_time(text, &e->ms);
}

const struct cd_type *
cd_infer_string(struct cd_checker *c, struct cd_expr *e, const struct cd_type *hint)
{
    for (size_t i = 0; i < e->n_parts; i++) {
        if (e->parts[i].expr) {
            infer_part(c, &e->parts[i]);
        } else {
            warn_of_braces(c, e, e->parts[i].text);
        }
    }
    if (hint && hint->kind == CD_TYPE_TIME && cd_is_literal(e) && is_time_of_day(c, e)) {
        e->kind = CD_EXPR_DATE;
        return hint;
    }
    if (!hint || !cd_is_refined(hint)) {
        return cd_simple(c, CD_TYPE_STRING);
    }
    if (cd_is_literal(e)) {
        cd_check_refined(c->s, e->span, cd_literal_text(c, e), hint->kind);
        return hint;
    }
    return hint->kind == CD_TYPE_ARN && reads_as_arn(e) ? hint : cd_simple(c, CD_TYPE_STRING);
}

/* ---- properties ---- */

static bool
is_through(const struct cd_expr *a)
{
    return a->kind == CD_EXPR_EACH
           || ((a->kind == CD_EXPR_FIELD || a->kind == CD_EXPR_FOLLOW) && a->through_each);
}

static const struct cd_type *
flat_list(struct cd_checker *c, const struct cd_type *t)
{
    while (cd_type_is_collection(t)) {
        t = t->elem;
    }
    return cd_type_of(c->s->types, CD_TYPE_LIST, t);
}

static struct cd_span
field_span(const struct cd_expr *e)
{
    struct cd_span span = e->span;
    span.start = span.end - (uint32_t)e->text.n;
    return span;
}

const struct cd_type *
cd_envelope_type(struct cd_checker *c, enum cd_envelope word)
{
    switch (word) {
    case CD_ENV_ID:
    case CD_ENV_TYPE:
    case CD_ENV_PARTITION: return cd_simple(c, CD_TYPE_STRING);
    case CD_ENV_ARN: return cd_simple(c, CD_TYPE_ARN);
    case CD_ENV_REGION: return cd_simple(c, CD_TYPE_REGION);
    case CD_ENV_ACCOUNT: return cd_simple(c, CD_TYPE_ACCOUNT);
    case CD_ENV_TAGS: return cd_type_of(c->s->types, CD_TYPE_MAP, cd_simple(c, CD_TYPE_STRING));
    case CD_ENV_CAPTURED: return cd_simple(c, CD_TYPE_TIME);
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

bool
cd_envelope_word(struct cd_str name, enum cd_envelope *word)
{
    static const struct cd_str words[CD_N_ENVELOPE] = {
        [CD_ENV_ID] = CD_STR_INIT("id"),         [CD_ENV_ARN] = CD_STR_INIT("arn"),
        [CD_ENV_TYPE] = CD_STR_INIT("type"),     [CD_ENV_PARTITION] = CD_STR_INIT("partition"),
        [CD_ENV_REGION] = CD_STR_INIT("region"), [CD_ENV_ACCOUNT] = CD_STR_INIT("account"),
        [CD_ENV_TAGS] = CD_STR_INIT("tags"),     [CD_ENV_CAPTURED] = CD_STR_INIT("captured"),
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        if (cd_str_eq(words[i], name)) {
            *word = (enum cd_envelope)i;
            return true;
        }
    }
    return false;
}

static const struct cd_type *
shape_field(struct cd_checker *c, struct cd_expr *e, uint32_t shape, bool envelope)
{
    if (envelope && cd_envelope_word(e->text, &e->ref.envelope)) {
        e->ref.kind = CD_REF_ENVELOPE;
        return cd_envelope_type(c, e->ref.envelope);
    }
    uint32_t field =
        shape == CD_SCHEMA_NONE ? CD_SCHEMA_NONE : cd_schema_find_field(shape, e->text);
    if (field == CD_SCHEMA_NONE) {
        cd_unknown_property(c, field_span(e), shape, e->text, envelope);
        return cd_simple(c, CD_TYPE_ERROR);
    }
    e->ref.kind = CD_REF_FIELD;
    e->ref.field = field;
    return cd_type_of_schema(c->s->types, cd_schema_field_at(field).type);
}

static const struct cd_type *
arn_field(struct cd_checker *c, struct cd_expr *e)
{
    static const struct {
        struct cd_str name;
        enum cd_arn_part part;
        enum cd_type_kind type;
    } parts[] = {
        {CD_STR_INIT("partition"), CD_ARN_PARTITION, CD_TYPE_STRING},
        {CD_STR_INIT("service"), CD_ARN_SERVICE, CD_TYPE_STRING},
        {CD_STR_INIT("region"), CD_ARN_REGION, CD_TYPE_REGION},
        {CD_STR_INIT("account"), CD_ARN_ACCOUNT, CD_TYPE_ACCOUNT},
        {CD_STR_INIT("resource"), CD_ARN_RESOURCE, CD_TYPE_STRING},
    };
    struct cd_nearest near;
    cd_nearest_init(&near, e->text);
    for (size_t i = 0; i < CD_ARRAY_LEN(parts); i++) {
        if (cd_str_eq(parts[i].name, e->text)) {
            e->ref.kind = CD_REF_ARN_PART;
            e->ref.arn_part = parts[i].part;
            return cd_simple(c, parts[i].type);
        }
        cd_nearest_try(&near, parts[i].name);
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_PROPERTY, field_span(e),
                                    "an arn has no part `%.*s`", CD_FMT(e->text));
    if (near.best.n > 0) {
        cd_nearest_help(c->s->diags, d, &near);
    } else {
        cd_diag_help(c->s->diags, d,
                     "its parts are partition, service, region, account and resource");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
no_properties(struct cd_checker *c, struct cd_expr *e, const struct cd_type *t)
{
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NO_PROPERTIES, field_span(e),
                                    "%.*s has no property `%.*s`", CD_FMT(found), CD_FMT(e->text));
    bool is_size = cd_str_eq(e->text, CD_STR("length")) || cd_str_eq(e->text, CD_STR("size"))
                   || cd_str_eq(e->text, CD_STR("count")) || cd_str_eq(e->text, CD_STR("len"));
    if (cd_type_is_collection(t) && is_size) {
        cd_diag_help(c->s->diags, d, "the number of members is size(xs), or count x in xs { … }");
    } else if (cd_type_is_collection(t)) {
        cd_diag_help(c->s->diags, d, "of each member: xs[*].%.*s, or `any x in xs { … }`",
                     CD_FMT(e->text));
    } else if (cd_type_is_stringlike(t)) {
        cd_diag_help(
            c->s->diags, d,
            "the parts of an ARN in a text: arn(x).region; the resource that it names: x -> TYPE");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
field_of(struct cd_checker *c, struct cd_expr *e, const struct cd_type *t)
{
    switch (t->kind) {
    case CD_TYPE_ERROR:
    case CD_TYPE_NEVER: return cd_simple(c, CD_TYPE_ERROR);
    case CD_TYPE_RESOURCE: return shape_field(c, e, t->shape, true);
    case CD_TYPE_ANY_RESOURCE: return shape_field(c, e, CD_SCHEMA_NONE, true);
    case CD_TYPE_RECORD: return shape_field(c, e, t->shape, false);
    case CD_TYPE_POLICY: return shape_field(c, e, cd_schema_policy_shape(), false);
    case CD_TYPE_ARN: return arn_field(c, e);
    case CD_TYPE_JSON: e->ref.kind = CD_REF_JSON; return t;
    case CD_TYPE_MAP: e->ref.kind = CD_REF_MAP; return t->elem;
    case CD_TYPE_BOOL:
    case CD_TYPE_NUMBER:
    case CD_TYPE_STRING:
    case CD_TYPE_TIME:
    case CD_TYPE_DURATION:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR:
    case CD_TYPE_SET:
    case CD_TYPE_LIST: break;
    }
    return no_properties(c, e, t);
}

const struct cd_type *
cd_infer_field(struct cd_checker *c, struct cd_expr *e)
{
    struct cd_module *m;
    if (cd_names_module(c, e->a, &m)) {
        return cd_infer_member(c, e, m);
    }
    const struct cd_type *t = cd_infer(c, &e->a, NULL);
    e->through_each = is_through(e->a) && t->kind == CD_TYPE_LIST;
    if (!e->through_each) {
        return field_of(c, e, t);
    }
    const struct cd_type *each = field_of(c, e, t->elem);
    return each->kind == CD_TYPE_ERROR ? each : flat_list(c, each);
}

/* ---- indexes ---- */

static const struct cd_type *
no_index(struct cd_checker *c, struct cd_expr *e, const struct cd_type *t)
{
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_INDEX, e->span, "%.*s cannot be indexed", CD_FMT(found));
    if (t->kind == CD_TYPE_SET) {
        cd_diag_help(c->s->diags, d, "a set has no order; ask `x in xs` or `any x in xs { … }`");
    } else if (t->kind == CD_TYPE_RECORD || t->kind == CD_TYPE_RESOURCE
               || t->kind == CD_TYPE_POLICY) {
        cd_diag_help(c->s->diags, d, "its properties are reached with a dot: x.Name");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

/* `v.Tags["team"]`: a list is no map. */
static const struct cd_type *
no_key(struct cd_checker *c, struct cd_expr *e, const struct cd_type *t)
{
    struct cd_str found = cd_type_text(c, t), key = cd_literal_text(c, e->b);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_INDEX, e->b->span,
                                    "%.*s has no keys: it is indexed by numbers", CD_FMT(found));
    if (e->a->kind == CD_EXPR_FIELD && cd_str_eq(e->a->text, CD_STR("Tags"))) {
        cd_diag_help(c->s->diags, d, "a tag by its key is x.tags[\"%.*s\"], in lower case",
                     CD_FMT(key));
    } else {
        cd_diag_help(c->s->diags, d, "ask for a member: any x in xs { … }");
    }
    cd_infer(c, &e->b, NULL);
    return cd_simple(c, CD_TYPE_ERROR);
}

static const struct cd_type *
json_index(struct cd_checker *c, struct cd_expr *e, const struct cd_type *json)
{
    const struct cd_type *i = cd_infer(c, &e->b, NULL);
    if (i->kind == CD_TYPE_JSON) {
        e->b = cd_convert(c, e->b, cd_simple(c, CD_TYPE_STRING));
    } else if (i->kind != CD_TYPE_NUMBER && !cd_type_is_stringlike(i) && !cd_type_is_broken(i)) {
        cd_report_mismatch(c, e->b, cd_simple(c, CD_TYPE_STRING), "the index of json");
        return cd_simple(c, CD_TYPE_ERROR);
    }
    return json;
}

const struct cd_type *
cd_infer_index(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->a, NULL);
    if (t->kind == CD_TYPE_JSON) {
        return json_index(c, e, t);
    }
    if (t->kind == CD_TYPE_MAP) {
        return cd_expect(c, &e->b, cd_simple(c, CD_TYPE_STRING), "the key of a map")
                   ? t->elem
                   : cd_simple(c, CD_TYPE_ERROR);
    }
    if (t->kind == CD_TYPE_LIST && cd_is_literal(e->b)) {
        return no_key(c, e, t);
    }
    if (t->kind == CD_TYPE_LIST) {
        return cd_expect(c, &e->b, cd_simple(c, CD_TYPE_NUMBER), "the index of a list")
                   ? t->elem
                   : cd_simple(c, CD_TYPE_ERROR);
    }
    cd_infer(c, &e->b, NULL);
    return t->kind == CD_TYPE_ERROR ? t : no_index(c, e, t);
}

/* ---- each, and references ---- */

const struct cd_type *
cd_infer_each(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->a, NULL);
    if (t->kind == CD_TYPE_JSON) {
        e->a = cd_convert(c, e->a, cd_type_of(c->s->types, CD_TYPE_LIST, t));
        return e->a->type;
    }
    if (cd_type_is_collection(t)) {
        return flat_list(c, t);
    }
    if (t->kind == CD_TYPE_ERROR) {
        return t;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_A_COLLECTION, e->span,
                                    "[*] goes over a list or a set, found %.*s", CD_FMT(found));
    if (t->kind == CD_TYPE_MAP) {
        cd_diag_help(c->s->diags, d, "a map is asked for one key at a time: m[\"key\"]");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

const struct cd_type *
cd_infer_follow(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *t = cd_infer(c, &e->a, NULL);
    e->shape = cd_resolve_table(c->s, e->text, field_span(e));
    cd_note_table(c, field_span(e), cd_arena_printf(c->s->arena, "-> %.*s", CD_FMT(e->text)));
    e->through_each = is_through(e->a) && t->kind == CD_TYPE_LIST;
    const struct cd_type *ref = e->through_each ? t->elem : t;
    if (ref->kind == CD_TYPE_ERROR || e->shape == CD_SCHEMA_NONE) {
        return cd_simple(c, CD_TYPE_ERROR);
    }
    const struct cd_type *string = cd_simple(c, CD_TYPE_STRING);
    if (ref->kind == CD_TYPE_JSON) {
        e->a = cd_convert(c, e->a,
                          e->through_each ? cd_type_of(c->s->types, CD_TYPE_LIST, string) : string);
    } else if (!cd_type_is_stringlike(ref) && ref->kind != CD_TYPE_NEVER) {
        struct cd_str found = cd_type_text(c, ref);
        struct cd_diag *d = cd_diag_add(
            c->s->diags, CD_DIAG_TYPE_MISMATCH, e->a->span,
            "the left side of `->`: expected an id, name or ARN, found %.*s", CD_FMT(found));
        if (cd_type_is_collection(ref)) {
            cd_diag_help(c->s->diags, d, "for each member write xs[*] -> TYPE");
        } else if (ref->kind == CD_TYPE_RESOURCE || ref->kind == CD_TYPE_ANY_RESOURCE) {
            cd_diag_help(c->s->diags, d, "this is a resource already");
        }
        return cd_simple(c, CD_TYPE_ERROR);
    }
    const struct cd_type *to = cd_type_shape(c->s->types, CD_TYPE_RESOURCE, e->shape);
    return e->through_each ? cd_type_of(c->s->types, CD_TYPE_LIST, to) : to;
}
