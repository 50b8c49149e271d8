/* Items of AWS Config: their envelope in all dialects, the resource they describe, and the nouns
 * they embed. */
#include "runtime/ingest/load.h"

#include "runtime/base/num.h"
#include "runtime/schema/schema.h"

/* The envelope of the current item. */
struct envelope {
    struct cd_str arn, account, region, name, id;
    bool is_deleted;
    uint32_t dialect; /* CD_PLACE_… */
    int64_t captured;
    uint32_t account_id, region_id;
};

static struct cd_type_plan *
find_type(struct cd_load *l, struct cd_str from)
{
    if (l->last_type != NULL && cd_str_eq_name(l->last_type->from, from)) {
        return l->last_type;
    }
    for (size_t i = 0; i < l->in->n_types; i++) {
        if (cd_str_eq_name(l->in->types[i]->from, from)) {
            return l->in->types[i];
        }
    }
    return NULL;
}

/* Does the resource's name, rather than its id, name it in calls? As the property that holds the id
 * is called. */
static bool
names_resource(const struct cd_type_plan *t)
{
    if (t->map != NULL && t->map->id != CD_MAP_ID_DEFAULT) {
        return t->map->id == CD_MAP_ID_NAME;
    }
    if (t->schema == CD_SCHEMA_NONE) {
        return false;
    }
    struct cd_str property = cd_schema_id_property(t->schema);
    return cd_str_ends(property, CD_STR("Name")) || cd_str_ends(property, CD_STR("Identifier"));
}

static struct cd_table_plan *
plan_of(struct cd_load *l, struct cd_str type, const struct cd_map_type *map,
        const struct cd_map_rows *rows, bool *is_wanted)
{
    struct cd_table *table = cd_snapshot_table(l->s, type, is_wanted);
    if (table == NULL) {
        l->oom |= *is_wanted;
        return NULL;
    }
    return cd_plan_table(l, table, CD_DIALECT_CONFIG, map, rows);
}

/* Rows that a resource embeds count as long as it does, also where nobody reads it itself. */
static void
keep_envelopes(struct cd_load *l, struct cd_type_plan *t)
{
    struct cd_table *table = cd_snapshot_envelopes(l->s, t->type);
    t->is_wanted = true;
    t->plan = table == NULL ? NULL : cd_plan_table(l, table, CD_DIALECT_CONFIG, t->map, NULL);
    l->oom |= t->plan == NULL;
}

static struct cd_type_plan *
make_type(struct cd_load *l, struct cd_str from)
{
    struct cd_type_plan *t = CD_NEW(&l->s->arena, struct cd_type_plan);
    struct cd_type_plan **place =
        t == NULL ? NULL : CD_PUSH(&l->s->arena, l->in->types, l->in->n_types, l->in->cap_types);
    if (place == NULL) {
        l->oom = true;
        return NULL;
    }
    *place = t;
    t->from = cd_arena_str(&l->s->arena, from);
    t->map = cd_map_find(from);
    t->type = t->map == NULL ? t->from : t->map->type;
    t->schema = cd_schema_find_shape(t->type);
    t->names_resource = names_resource(t);
    t->plan = plan_of(l, t->type, t->map, NULL, &t->is_wanted);
    uint32_t n_rows = t->map == NULL ? 0 : t->map->n_rows;
    t->rows = CD_NEW_ARRAY(&l->s->arena, n_rows, struct cd_embedded_plan);
    cd_load_ok(l, t->rows != NULL && t->from.p != NULL);
    for (uint32_t i = 0; !l->oom && i < n_rows; i++) {
        bool is_wanted;
        t->rows[i].schema = cd_schema_find_shape(t->map->rows[i].type);
        t->rows[i].plan = plan_of(l, t->map->rows[i].type, NULL, &t->map->rows[i], &is_wanted);
        if (t->rows[i].plan != NULL && t->plan == NULL) {
            keep_envelopes(l, t);
        }
    }
    return l->oom ? NULL : t;
}

struct cd_type_plan *
cd_config_type(struct cd_load *l, struct cd_str from)
{
    struct cd_type_plan *t = find_type(l, from);
    if (t == NULL && l->in->n_types < CD_MOST_TYPES) {
        t = make_type(l, from);
    }
    l->last_type = t;
    return t;
}

/* ---- ids and ARNs ---- */

/* The I-th of an ARN's six parts. */
static struct cd_str
arn_part(struct cd_str arn, unsigned i)
{
    size_t from = 0;
    for (unsigned k = 0; k < i; k++) {
        from = cd_str_find(arn, ':', from) + 1;
        if (from > arn.n) {
            return CD_STR("");
        }
    }
    return cd_str_sub(arn, from, i == 5 ? arn.n : cd_str_find(arn, ':', from));
}

/* The name at the end of an ARN: behind what its format has before ${Id}, or behind the last slash
 * or colon. */
static struct cd_str
name_in_arn(struct cd_str arn, uint32_t schema)
{
    struct cd_str resource = arn_part(arn, 5);
    if (schema != CD_SCHEMA_NONE) {
        struct cd_str literal = arn_part(cd_schema_arn_format(schema), 5);
        size_t dollar = cd_str_find(literal, '$', 0);
        struct cd_str before = cd_str_sub(literal, 0, dollar);
        if (dollar + 5 == literal.n && cd_str_ends(literal, CD_STR("${Id}")) && before.n > 0
            && cd_str_starts(resource, before)) {
            return cd_str_sub(resource, before.n, resource.n);
        }
    }
    size_t from = 0;
    for (size_t i = 0; i < resource.n; i++) {
        if (resource.p[i] == '/' || resource.p[i] == ':') {
            from = i + 1;
        }
    }
    return cd_str_sub(resource, from, resource.n);
}

static struct cd_str
id_of(const struct cd_type_plan *t, const struct envelope *e)
{
    struct cd_str first = t->names_resource ? e->name : e->id;
    struct cd_str second = t->names_resource ? e->id : e->name;
    struct cd_str id = first.n > 0 ? first : second.n > 0 ? second : e->arn;
    struct cd_str named = cd_str_starts(id, CD_STR("arn:")) ? name_in_arn(id, t->schema) : id;
    return named.n > 0 ? named : id;
}

uint32_t
cd_load_arn(struct cd_load *l, const struct cd_arn_format *format, const struct cd_arn_parts *parts,
            struct cd_str given)
{
    if (given.n > 0) {
        return cd_arn_is_made(format, parts, given) ? CD_ARN_MADE : cd_load_str(l, given);
    }
    cd_buf_clear(&l->text);
    bool is_made = cd_arn_make(format, parts, &l->text);
    l->oom |= l->text.oom;
    return is_made ? CD_ARN_MADE : CD_NO_STR;
}

/* ---- the envelope ---- */

static bool
is_no_region(struct cd_str region)
{
    return region.n == 0 || cd_str_eq_nocase(region, CD_STR("global"))
           || cd_str_eq_nocase(region, CD_STR("Not Applicable"));
}

static int64_t
time_of(struct cd_load *l, const struct cd_members *m, enum cd_member which)
{
    int64_t ms;
    if (!m->has[which] && !m->is_duplicate[which]) {
        return INT64_MIN;
    }
    if (!m->is_duplicate[which] && cd_config_time(m->val[which], &ms)) {
        return ms;
    }
    cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                      "%.*s: this is no time, so when it was captured is unknown",
                                      CD_FMT(m->spelled[which])));
    return INT64_MIN;
}

/* The first of two members that says something. */
static int
either(const struct cd_members *m, enum cd_member a, enum cd_member b, struct cd_str *out)
{
    int found = cd_member_str(m, a, out);
    return found != 0 ? found : cd_member_str(m, b, out);
}

/* False if the item was lost. */
static bool
read_envelope(struct cd_load *l, const struct cd_members *m, struct cd_str type, struct envelope *e)
{
    bool is_query = l->kind == CD_ITEM_QUERY;
    struct cd_str status;
    int has_arn = cd_member_str(m, CD_MEMBER_ARN, &e->arn);
    int has_account = either(m, CD_MEMBER_AWS_ACCOUNT, CD_MEMBER_ACCOUNT_ID, &e->account);
    int has_region = cd_member_str(m, CD_MEMBER_AWS_REGION, &e->region);
    int has_id = cd_member_str(m, CD_MEMBER_RESOURCE_ID, &e->id);
    int has_name = cd_member_str(m, CD_MEMBER_RESOURCE_NAME, &e->name);
    if (has_arn < 0) {
        cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                          "%.*s: arn is no string, or stands twice; it is made "
                                          "from its format",
                                          CD_FMT(type)));
    }
    e->account = has_account == 0 ? arn_part(e->arn, 4) : e->account;
    e->region = has_region == 0 ? arn_part(e->arn, 3) : e->region;
    e->account_id = e->account.n > 0 ? cd_load_str(l, e->account) : CD_NO_STR;
    e->region_id = is_no_region(e->region) ? CD_NO_STR : cd_load_str(l, e->region);
    const char *wrong =
        has_region < 0 ? "awsRegion is no string, or stands twice"
        : has_account < 0 || e->account.n == 0
            ? "it has no account: awsAccountId or accountId, a string that stands once"
        : has_id < 0 || has_name < 0 ? "resourceId or resourceName is no string, or stands twice"
        : e->id.n + e->name.n + e->arn.n == 0 ? "it has neither resourceId nor resourceName"
        : cd_member_str(m, CD_MEMBER_STATUS, &status) < 0
            ? "configurationItemStatus is no string, or stands twice"
        : is_query && has_region == 0 && e->arn.n == 0 ? "the query has to select awsRegion, or arn"
                                                       : NULL;
    if (wrong != NULL) {
        cd_item_lost(l, type, e->account_id, e->region_id, "%.*s: %s", CD_FMT(type), wrong);
        return false;
    }
    e->dialect = (cd_str_eq(m->spelled[CD_MEMBER_ARN], CD_STR("arn")) ? CD_PLACE_SMALL_ARN : 0)
                 | (m->has[CD_MEMBER_AWS_ACCOUNT] ? 0 : CD_PLACE_ACCOUNT_ID);
    e->is_deleted = cd_str_starts(status, CD_STR("ResourceDeleted"));
    e->captured = time_of(l, m, CD_MEMBER_CAPTURE_TIME);
    return true;
}

/* ---- resources ---- */

static struct cd_envelope_row
row_of(struct cd_load *l, const struct cd_table *t, const struct envelope *e,
       struct cd_str partition, struct cd_str id, struct cd_str arn)
{
    struct cd_arn_parts parts = {
        .part = {[CD_OF_ARN_PARTITION] = partition,
                 [CD_OF_ARN_REGION] = e->region_id == CD_NO_STR ? CD_STR("") : e->region,
                 [CD_OF_ARN_ACCOUNT] = e->account,
                 [CD_OF_ARN_ID] = id}};
    return (struct cd_envelope_row){
        .id = cd_load_str(l, id),
        .arn = cd_load_arn(l, &t->arn_format, &parts, arn),
        .partition = cd_load_str(l, partition),
        .region = e->region_id,
        .account = e->account_id,
        .captured = e->captured,
        .origin = {.source = l->source,
                   .item = l->item,
                   .offset = l->offset,
                   .from = CD_NONE,
                   .from_table = CD_NONE,
                   .place = CD_NONE},
    };
}

/* The id of an embedded noun: the property that holds it, by its mapping or under its own name. */
static bool
embedded_id(struct cd_load *l, const struct cd_map_rows *rows, uint32_t schema,
            struct cd_dom_val val, struct cd_str *id)
{
    struct cd_str property = schema == CD_SCHEMA_NONE ? CD_STR("") : cd_schema_id_property(schema);
    const struct cd_map_entry *entry = cd_map_entry_find(rows->of, rows->n_of, property);
    struct cd_dom_val found;
    for (uint32_t i = 0; entry != NULL && i < entry->n_paths; i++) {
        struct cd_str path = entry->paths[i];
        bool is_absolute = path.n > 0 && path.p[0] == '/';
        if (cd_value_at(l, is_absolute ? l->root : val, cd_str_sub(path, is_absolute, path.n),
                        &found)
            && cd_dom_is(found, '"')) {
            *id = cd_dom_str(found);
            return id->n > 0;
        }
    }
    for (struct cd_dom_iter it = cd_dom_iter(val); it.is_object && cd_dom_next(&it);) {
        if (cd_str_eq_nocase(it.key, property) && cd_dom_is(it.val, '"')) {
            *id = cd_dom_str(it.val);
            return id->n > 0;
        }
    }
    return false;
}

/* The item counts, but not what it embeds. */
static void
embedded_lost(struct cd_load *l, const struct cd_map_rows *rows, const struct envelope *e)
{
    cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                      "%.*s: %.*s cannot be read, so it is not known which there "
                                      "are",
                                      CD_FMT(rows->type), CD_FMT(rows->path)));
    cd_lost(l, rows->type, e->account_id, e->region_id);
}

static void
add_embedded(struct cd_load *l, const struct cd_type_plan *t, uint32_t i, const struct envelope *e,
             struct cd_str partition, uint32_t parent_row)
{
    const struct cd_map_rows *rows = &t->map->rows[i];
    struct cd_dom_val val;
    struct cd_str id;
    enum cd_found found = cd_value_find(l, l->root, rows->path, &val);
    if (found == CD_FOUND_NOTHING || (found == CD_FOUND_VALUE && cd_value_is_nothing(val))) {
        return;
    }
    if (found == CD_FOUND_BROKEN || !embedded_id(l, rows, t->rows[i].schema, val, &id)) {
        embedded_lost(l, rows, e);
        return;
    }
    l->s->sources[l->source].derived++;
    struct cd_table_plan *plan = t->rows[i].plan;
    if (plan == NULL) {
        return;
    }
    struct cd_envelope_row row = row_of(l, plan->table, e, partition, id, CD_STR(""));
    row.is_derived_row = true;
    row.origin.place = i;
    if (t->plan != NULL) {
        row.origin.from = parent_row;
        row.origin.from_table = t->plan->table->root->table;
    }
    uint32_t at;
    l->type = rows->type;
    cd_load_ok(l, cd_table_add(l->s, plan->table, &row, &at));
    if (!l->oom && plan->plan != NULL) {
        struct cd_context from = {.self = &val};
        cd_extract(l, plan->plan, at, &from, 0);
    }
}

/* The object that a member holds, itself or as JSON in a string. False if it holds something else;
 * *is_there is whether it holds anything. */
static bool
object_of(struct cd_load *l, const struct cd_members *m, enum cd_member which,
          struct cd_dom_val *out, bool *is_there)
{
    *is_there = m->has[which] && !m->is_duplicate[which] && !cd_value_is_nothing(m->val[which]);
    if (!*is_there) {
        return true;
    }
    *out = cd_value_decoded(l, m->val[which]);
    return cd_dom_is(*out, '{');
}

/* Why what the item does not say is unknown; NULL: it is absent. */
static const char *
lacks(struct cd_load *l, const struct cd_members *m, bool has_self)
{
    if (m->is_duplicate[CD_MEMBER_CONFIGURATION] || m->is_duplicate[CD_MEMBER_SUPPLEMENTARY]) {
        cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                          "configuration or supplementaryConfiguration stands "
                                          "twice, so what it says is unknown"));
        return "its key stands twice";
    }
    return l->kind == CD_ITEM_QUERY                  ? "the query did not select it"
           : !has_self || l->kind == CD_ITEM_SUMMARY ? "the item has no configuration"
                                                     : NULL;
}

static uint32_t
add_resource(struct cd_load *l, const struct cd_members *m, const struct cd_type_plan *t,
             const struct cd_envelope_row *row, const struct cd_context *from)
{
    uint32_t at = 0;
    l->type = t->type;
    cd_tags_read(l, m, t->plan, l->kind == CD_ITEM_WHOLE ? 0 : from->reason);
    if (!cd_item_row(l, t->plan->table, row, &at)) {
        return at;
    }
    if (t->plan->plan != NULL) {
        cd_extract(l, t->plan->plan, at, from, 0);
    } else if (l->s->projection.all && from->self != NULL) {
        cd_unshaped_add(l, t->plan->table, at, *from->self, CD_DIALECT_CONFIG);
    }
    return at;
}

static void
read_resource(struct cd_load *l, const struct cd_members *m, const struct cd_type_plan *t,
              const struct envelope *e)
{
    struct cd_source_info *info = &l->s->sources[l->source];
    struct cd_dom_val self, outer;
    struct cd_context from = {.self = NULL};
    bool has_self, has_outer;
    if (!object_of(l, m, CD_MEMBER_CONFIGURATION, &self, &has_self)
        || !object_of(l, m, CD_MEMBER_SUPPLEMENTARY, &outer, &has_outer)) {
        cd_item_lost(l, t->type, e->account_id, e->region_id,
                     "%.*s: configuration or supplementaryConfiguration is neither an object nor "
                     "JSON of one in a string",
                     CD_FMT(t->type));
        return;
    }
    from.self = has_self ? &self : NULL;
    from.outer = has_outer ? &outer : NULL;
    const char *why = lacks(l, m, has_self);
    from.reason = why == NULL ? 0 : cd_load_str(l, cd_str_of(why));
    info->resources++;
    struct cd_str partition = cd_partition_of(e->arn, e->region);
    uint32_t at = 0;
    if (t->is_wanted && t->plan != NULL) {
        struct cd_envelope_row row = row_of(l, t->plan->table, e, partition, id_of(t, e), e->arn);
        row.origin.place = e->dialect | (t->names_resource ? CD_PLACE_NAMED : 0);
        at = add_resource(l, m, t, &row, &from);
    } else {
        cd_load_ok(l, cd_snapshot_place(l->s, e->account_id, e->region_id) != CD_NONE);
    }
    for (uint32_t i = 0; t->map != NULL && i < t->map->n_rows && !l->oom; i++) {
        add_embedded(l, t, i, e, partition, at);
    }
}

void
cd_config_item(struct cd_load *l, const struct cd_members *m)
{
    struct cd_source_info *info = &l->s->sources[l->source];
    struct cd_str name;
    struct envelope e;
    if (cd_member_str(m, CD_MEMBER_RESOURCE_TYPE, &name) != 1 || name.n == 0) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR,
                     "resourceType is no string, or stands twice");
        return;
    }
    const struct cd_type_plan *t = cd_config_type(l, name);
    if (t == NULL && !l->oom) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR, "more than %u types of resources",
                     CD_MOST_TYPES);
    }
    if (t == NULL || !read_envelope(l, m, t->type, &e)) {
        return;
    }
    info->captured = e.captured > info->captured ? e.captured : info->captured;
    cd_place_note(l, e.account_id, e.region_id);
    if (!e.is_deleted) {
        read_resource(l, m, t, &e);
        return;
    }
    info->deleted++;
    cd_load_ok(l, cd_snapshot_delete(l->s, t->type,
                                     cd_load_str(l, cd_partition_of(e.arn, e.region)), e.account_id,
                                     e.region_id, cd_load_str(l, id_of(t, &e)), e.captured)
                      && cd_snapshot_place(l->s, e.account_id, e.region_id) != CD_NONE);
}
