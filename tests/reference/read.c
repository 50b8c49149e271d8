/* Properties, envelope and json of the normalized form as values, by the types of the reference
 * tables. */
#include "tests/reference/ref.h"

#include <math.h>

#define LARGEST_INTEGER 9007199254740992.0

bool
ref_is_unknown(const cJSON *j)
{
    return cJSON_IsObject(j) && j->child != NULL && j->child->next == NULL
           && strcmp(j->child->string, "Cordon::Unknown") == 0;
}

static struct ref_value
number_of(double d)
{
    return fabs(d) > LARGEST_INTEGER ? ref_unknown() : ref_number(d);
}

struct ref_value
ref_json(const cJSON *j, const struct ref_resource *holder)
{
    if (j == NULL || cJSON_IsNull(j)) {
        return ref_absent();
    }
    if (ref_is_unknown(j)) {
        return ref_unknown();
    }
    return (struct ref_value){.kind = REF_JSON, .json = j, .holder = holder};
}

/* A member that is written twice is unknown. */
static struct ref_value
state_of_member(const cJSON *object, struct cd_str name, const cJSON **found)
{
    *found = NULL;
    for (const cJSON *m = object->child; m != NULL; m = m->next) {
        if (cd_str_eq(cd_str_of(m->string), name)) {
            if (*found != NULL) {
                return ref_unknown();
            }
            *found = m;
        }
    }
    return ref_json(*found, NULL);
}

static struct ref_value
read_list(struct ref *r, const cJSON *j, uint32_t elem, const struct ref_resource *holder,
          bool in_policy)
{
    struct ref_value list = ref_collection(false);
    list.holder = holder;
    if (!cJSON_IsArray(j)) {
        if (!in_policy) {
            return ref_absent();
        }
        ref_add(r, &list, ref_read(r, j, elem, holder, in_policy));
        return list;
    }
    for (const cJSON *m = j->child; m != NULL; m = m->next) {
        ref_add(r, &list, ref_read(r, m, elem, holder, in_policy));
    }
    return list;
}

static struct ref_value
record_of(const cJSON *j, uint32_t shape, const struct ref_resource *holder, bool in_policy)
{
    if (!cJSON_IsObject(j)) {
        return ref_absent();
    }
    return (struct ref_value){
        .kind = REF_RECORD, .json = j, .shape = shape, .holder = holder, .in_policy = in_policy};
}

/* A policy document, or a string that holds one; of a text or list that is none nothing is known.
 */
static struct ref_value
read_policy(struct ref *r, const cJSON *j, const struct ref_resource *holder)
{
    bool may_be = cJSON_IsString(j) || cJSON_IsArray(j);
    if (cJSON_IsString(j)) {
        j = cJSON_Parse(ref_without_large_numbers(r, cd_str_of(j->valuestring)).p);
    }
    return may_be && !cJSON_IsObject(j) ? ref_unknown()
                                        : record_of(j, cd_schema_policy_shape(), holder, true);
}

struct ref_value
ref_read(struct ref *r, const cJSON *j, uint32_t schema_type, const struct ref_resource *holder,
         bool in_policy)
{
    struct ref_value v = ref_json(j, holder);
    if (v.kind != REF_JSON) {
        return v;
    }
    struct cd_schema_type t = cd_schema_type_at(schema_type);
    switch (t.kind) {
    case CD_SCHEMA_BOOL: return cJSON_IsBool(j) ? ref_bool(cJSON_IsTrue(j)) : ref_absent();
    case CD_SCHEMA_NUMBER: return cJSON_IsNumber(j) ? number_of(j->valuedouble) : ref_absent();
    case CD_SCHEMA_STRING:
        return cJSON_IsString(j) ? ref_string(cd_str_of(j->valuestring), holder) : ref_absent();
    case CD_SCHEMA_TIME: {
        int64_t ms;
        return cJSON_IsString(j) && cd_parse_time(cd_str_of(j->valuestring), &ms)
                   ? ref_ms(REF_TIME, ms)
                   : ref_absent();
    }
    case CD_SCHEMA_JSON: return v;
    case CD_SCHEMA_POLICY: return read_policy(r, j, holder);
    case CD_SCHEMA_RECORD: return record_of(j, t.ref, holder, in_policy);
    case CD_SCHEMA_LIST: return read_list(r, j, t.ref, holder, in_policy);
    case CD_SCHEMA_MAP:
        return cJSON_IsObject(j)
                   ? (struct ref_value){.kind = REF_MAP, .json = j, .elem = t.ref, .holder = holder}
                   : ref_absent();
    }
    return ref_absent();
}

struct ref_value
ref_json_items(struct ref *r, struct ref_value v)
{
    struct ref_value list = ref_collection(false);
    list.holder = v.holder;
    if (!cJSON_IsArray(v.json)) {
        return ref_absent();
    }
    for (const cJSON *m = v.json->child; m != NULL; m = m->next) {
        ref_add(r, &list, ref_json(m, v.holder));
    }
    return list;
}

/* Members of a collection of json, each as ELEM; those of another type drop out. */
static struct ref_value
convert_items(struct ref *r, struct ref_value list, const struct cd_type *type)
{
    struct ref_value out = ref_collection(type->kind == CD_TYPE_SET);
    out.open = list.open;
    out.holder = list.holder;
    for (size_t i = 0; i < list.n; i++) {
        ref_add(r, &out, ref_convert(r, list.items[i], type->elem));
    }
    return out;
}

static struct ref_value
convert_string(struct ref_value v)
{
    return cJSON_IsString(v.json) ? ref_string(cd_str_of(v.json->valuestring), v.holder)
                                  : ref_absent();
}

struct ref_value
ref_convert(struct ref *r, struct ref_value v, const struct cd_type *type)
{
    if (v.kind == REF_COLLECTION && type->elem != NULL) {
        return convert_items(r, v, type);
    }
    if (v.kind != REF_JSON) {
        return v;
    }
    switch (type->kind) {
    case CD_TYPE_BOOL: return cJSON_IsBool(v.json) ? ref_bool(cJSON_IsTrue(v.json)) : ref_absent();
    case CD_TYPE_NUMBER:
        return cJSON_IsNumber(v.json) ? number_of(v.json->valuedouble) : ref_absent();
    case CD_TYPE_STRING:
    case CD_TYPE_REGION:
    case CD_TYPE_ACCOUNT:
    case CD_TYPE_ACTION:
    case CD_TYPE_IP:
    case CD_TYPE_CIDR: return convert_string(v);
    case CD_TYPE_ARN: return ref_arn(convert_string(v));
    case CD_TYPE_TIME: {
        int64_t ms;
        return cJSON_IsString(v.json) && cd_parse_time(cd_str_of(v.json->valuestring), &ms)
                   ? ref_ms(REF_TIME, ms)
                   : ref_absent();
    }
    case CD_TYPE_SET:
    case CD_TYPE_LIST: {
        struct ref_value list = ref_json_items(r, v);
        return list.kind == REF_COLLECTION ? convert_items(r, list, type) : list;
    }
    case CD_TYPE_MAP: return cJSON_IsObject(v.json) ? v : ref_absent();
    case CD_TYPE_POLICY: return read_policy(r, v.json, v.holder);
    case CD_TYPE_ERROR:
    case CD_TYPE_NEVER:
    case CD_TYPE_JSON: return v;
    case CD_TYPE_DURATION:
    case CD_TYPE_RECORD:
    case CD_TYPE_RESOURCE:
    case CD_TYPE_ANY_RESOURCE: return ref_absent();
    }
    return v;
}

struct ref_value
ref_field(struct ref *r, struct ref_value v, uint32_t field)
{
    struct cd_schema_field f = cd_schema_field_at(field);
    const cJSON *object = NULL, *member;
    if (v.kind == REF_RESOURCE) {
        object = v.holder->properties;
        struct ref_value whole = ref_json(object, NULL);
        if (whole.kind != REF_JSON) {
            return whole;
        }
    } else if (v.kind == REF_RECORD) {
        object = v.json;
    } else {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    if (!cJSON_IsObject(object)) {
        return ref_absent();
    }
    struct ref_value state = state_of_member(object, f.name, &member);
    return state.kind == REF_JSON ? ref_read(r, member, f.type, v.holder, v.in_policy) : state;
}

static struct ref_value
text_or_absent(struct cd_str s, const struct ref_resource *holder)
{
    return s.p == NULL ? ref_absent() : ref_string(s, holder);
}

struct ref_value
ref_envelope(struct ref *r, struct ref_value v, enum cd_envelope which)
{
    (void)r;
    if (v.kind != REF_RESOURCE) {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    const struct ref_resource *res = v.holder;
    switch (which) {
    case CD_ENV_ID: return text_or_absent(res->id, res);
    case CD_ENV_ARN: return text_or_absent(res->arn, res);
    case CD_ENV_TYPE: return text_or_absent(res->type, res);
    case CD_ENV_PARTITION: return text_or_absent(res->partition, res);
    case CD_ENV_REGION: return text_or_absent(res->region, res);
    case CD_ENV_ACCOUNT: return text_or_absent(res->account, res);
    case CD_ENV_TAGS: {
        struct ref_value tags = ref_json(res->tags, res);
        if (tags.kind == REF_JSON) {
            tags.kind = cJSON_IsObject(res->tags) ? REF_MAP : REF_ABSENT;
            tags.elem = CD_SCHEMA_NONE;
        }
        return tags;
    }
    case CD_ENV_CAPTURED:
        return res->captured == INT64_MIN ? ref_unknown() : ref_ms(REF_TIME, res->captured);
    }
    return ref_absent();
}

struct ref_value
ref_member(struct ref *r, struct ref_value v, struct cd_str name)
{
    const cJSON *member;
    if (v.kind != REF_MAP && v.kind != REF_JSON) {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    if (!cJSON_IsObject(v.json)) {
        return ref_absent();
    }
    struct ref_value state = state_of_member(v.json, name, &member);
    if (state.kind != REF_JSON) {
        return state;
    }
    if (v.kind == REF_JSON) {
        return ref_json(member, v.holder);
    }
    if (v.elem == CD_SCHEMA_NONE) { /* a tag */
        return cJSON_IsString(member) ? ref_string(cd_str_of(member->valuestring), v.holder)
                                      : ref_absent();
    }
    return ref_read(r, member, v.elem, v.holder, false);
}
