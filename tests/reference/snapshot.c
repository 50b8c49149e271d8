/* The snapshot of the reference evaluator: normalized NDJSON as cJSON trees, completeness, tables,
 * and what `->` finds. */
#include "tests/reference/ref.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1 << 30)
#define LARGEST_INTEGER 9007199254740992.0 /* 2^53 */

static struct cd_str
text_member(const cJSON *object, const char *name)
{
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(m) ? cd_str_of(m->valuestring) : (struct cd_str){NULL, 0};
}

static bool
same(struct cd_str a, struct cd_str b)
{
    return (a.p == NULL) == (b.p == NULL) && cd_str_eq(a, b);
}

/* ---- reading ---- */

static void
read_header(struct ref *r, const cJSON *header)
{
    int64_t ms;
    if (cd_parse_time(text_member(header, "captured"), &ms)
        && (!r->has_captured || ms > r->captured)) {
        r->has_captured = true;
        r->captured = ms;
    }
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(header, "complete");
    for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL; e = e->next) {
        *CD_PUSH(r->arena, r->complete, r->n_complete, r->cap_complete) = (struct ref_complete){
            text_member(e, "type"), text_member(e, "account"), text_member(e, "region")};
    }
}

/* The ARN that the type's format gives; p is NULL if it has none, or says what is not here. */
static struct cd_str
made_arn(struct ref *r, const struct ref_resource *res)
{
    struct cd_str format =
        res->shape == CD_SCHEMA_NONE ? (struct cd_str){NULL, 0} : cd_schema_arn_format(res->shape);
    const struct {
        const char *name;
        struct cd_str value;
    } known[] = {{"${Partition}", res->partition},
                 {"${Region}", res->region},
                 {"${Account}", res->account},
                 {"${Id}", res->id}};
    struct cd_buf out = CD_BUF_INIT;
    for (size_t i = 0; i < format.n;) {
        size_t k = 0;
        struct cd_str rest = cd_str_sub(format, i, format.n);
        while (k < CD_ARRAY_LEN(known) && !cd_str_starts(rest, cd_str_of(known[k].name))) {
            k++;
        }
        if (k < CD_ARRAY_LEN(known) && known[k].value.n > 0) {
            cd_buf_str(&out, known[k].value);
            i += strlen(known[k].name);
        } else if (format.p[i] == '$') {
            cd_buf_clear(&out);
            break;
        } else {
            cd_buf_putc(&out, format.p[i++]);
        }
    }
    struct cd_str arn = cd_buf_view(&out);
    arn = arn.n == 0 ? (struct cd_str){NULL, 0} : cd_arena_str(r->arena, arn);
    cd_buf_finish(&out);
    return arn;
}

static void
read_resource(struct ref *r, const cJSON *j)
{
    struct ref_resource *res = CD_PUSH(r->arena, r->resources, r->n_resources, r->cap_resources);
    *res = (struct ref_resource){
        .type = text_member(j, "type"),
        .id = text_member(j, "id"),
        .arn = text_member(j, "arn"),
        .partition = text_member(j, "partition"),
        .account = text_member(j, "account"),
        .region = text_member(j, "region"),
        .tags = cJSON_GetObjectItemCaseSensitive(j, "tags"),
        .properties = cJSON_GetObjectItemCaseSensitive(j, "properties"),
    };
    res->shape = cd_schema_find_shape(res->type);
    if (res->partition.p == NULL) {
        res->partition = CD_STR("aws");
    }
    if (res->arn.p == NULL) {
        res->arn = made_arn(r, res);
    }
    if (!cd_parse_time(text_member(j, "captured"), &res->captured)) {
        res->captured = INT64_MIN;
    }
}

struct cd_str
ref_without_large_numbers(struct ref *r, struct cd_str line)
{
    struct cd_buf out = CD_BUF_INIT;
    bool in_string = false;
    for (size_t i = 0; i < line.n;) {
        size_t end = i;
        double d;
        while (!in_string && end < line.n && strchr("+-.0123456789eE", line.p[end]) != NULL) {
            end++;
        }
        struct cd_str number = cd_str_sub(line, i, end);
        if (number.n > 0 && cd_parse_number(number, &d) && fabs(d) > LARGEST_INTEGER) {
            cd_buf_str(&out, CD_STR("{\"Cordon::Unknown\":\"\"}"));
            i = end;
            continue;
        }
        bool escaped = in_string && line.p[i] == '\\';
        in_string ^= line.p[i] == '"';
        end = number.n > 0 ? end : i + 1 + escaped;
        cd_buf_str(&out, cd_str_sub(line, i, end));
        i = end;
    }
    line = cd_arena_str(r->arena, cd_buf_view(&out));
    cd_buf_finish(&out);
    return line;
}

bool
ref_load(struct ref *r, const char *path)
{
    struct cd_str text;
    struct cordon_error err = {0};
    if (cd_file_read(path, FILE_LIMIT, r->arena, &text, &err) != CORDON_OK) {
        fprintf(stderr, "%s\n", err.message);
        return false;
    }
    for (size_t at = 0; at < text.n;) {
        size_t end = cd_str_find(text, '\n', at);
        struct cd_str line = ref_without_large_numbers(r, cd_str_sub(text, at, end));
        at = end + 1;
        if (line.n == 0) {
            continue;
        }
        cJSON *j = cJSON_ParseWithLength(line.p, line.n);
        if (j == NULL) {
            fprintf(stderr, "%s: a line is not JSON\n", path);
            return false;
        }
        if (cJSON_HasObjectItem(j, "cordon")) {
            read_header(r, j);
        } else {
            read_resource(r, j);
        }
    }
    return true;
}

/* ---- sealing ---- */

static bool
same_resource(const struct ref_resource *a, const struct ref_resource *b)
{
    return same(a->type, b->type) && same(a->partition, b->partition)
           && same(a->account, b->account) && same(a->region, b->region) && same(a->id, b->id);
}

/* Of one resource described twice the later capture counts. */
static void
settle(struct ref *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_resources; i++) {
        struct ref_resource *res = &r->resources[i];
        size_t twin = 0;
        while (twin < kept && !same_resource(&r->resources[twin], res)) {
            twin++;
        }
        if (twin == kept) {
            r->resources[kept++] = *res;
        } else if (res->captured > r->resources[twin].captured) {
            r->resources[twin] = *res;
        }
    }
    r->n_resources = kept;
}

static void
add_place(struct ref *r, struct cd_str account, struct cd_str region)
{
    for (size_t i = 0; i < r->n_places; i++) {
        if (same(r->places[i].account, account) && same(r->places[i].region, region)) {
            return;
        }
    }
    *CD_PUSH(r->arena, r->places, r->n_places, r->cap_places) = (struct ref_place){account, region};
}

/* What a place alone tells of itself; the rest is unknown. */
static const cJSON *
place_properties(struct cd_str id, struct cd_str account, struct cd_str region)
{
    static const char *const others[] = {"Name", "Email", "OrganizationalUnitIds"};
    cJSON *j = cJSON_CreateObject();
    if (region.p != NULL) {
        cJSON_AddStringToObject(j, "Name", id.p);
        cJSON_AddStringToObject(j, "Account", account.p);
        return j;
    }
    cJSON_AddStringToObject(j, "Id", id.p);
    for (size_t i = 0; i < CD_ARRAY_LEN(others); i++) {
        cJSON_AddStringToObject(cJSON_AddObjectToObject(j, others[i]), "Cordon::Unknown", "");
    }
    return j;
}

/* The rows of Cordon::Account and Cordon::Region that nobody wrote: one for each account, and for
 * each account and region, that the snapshot speaks of. */
static void
add_row(struct ref *r, struct cd_str type, struct cd_str id, struct cd_str account,
        struct cd_str region)
{
    struct ref_resource made = {
        .type = type, .id = id, .partition = CD_STR("aws"), .account = account, .region = region};
    made.captured = r->has_captured ? r->captured : INT64_MIN;
    made.shape = cd_schema_find_shape(type);
    made.properties = place_properties(id, account, region);
    for (size_t i = 0; i < r->n_resources; i++) {
        if (same(r->resources[i].type, type) && same(r->resources[i].account, account)
            && (region.p == NULL || same(r->resources[i].region, region))) {
            return;
        }
    }
    *CD_PUSH(r->arena, r->resources, r->n_resources, r->cap_resources) = made;
}

/* The snapshot's time: what its header says, else the latest capture of a resource. */
static void
settle_time(struct ref *r)
{
    for (size_t i = 0; !r->has_captured && i < r->n_resources; i++) {
        int64_t ms = r->resources[i].captured;
        r->captured = i == 0 || ms > r->captured ? ms : r->captured;
    }
    r->has_captured = r->has_captured || (r->n_resources > 0 && r->captured != INT64_MIN);
}

void
ref_seal(struct ref *r)
{
    settle(r);
    settle_time(r);
    for (size_t i = 0; i < r->n_complete; i++) {
        add_place(r, r->complete[i].account, r->complete[i].region);
    }
    for (size_t i = 0; i < r->n_resources; i++) {
        add_place(r, r->resources[i].account, r->resources[i].region);
    }
    for (size_t i = 0; i < r->n_places; i++) {
        struct ref_place p = r->places[i];
        if (p.account.p != NULL) {
            add_row(r, CD_STR("Cordon::Account"), p.account, p.account, (struct cd_str){NULL, 0});
        }
        if (p.account.p != NULL && p.region.p != NULL) {
            add_row(r, CD_STR("Cordon::Region"), p.region, p.account, p.region);
        }
    }
}

/* ---- completeness ---- */

static bool
covers_type(struct cd_str pattern, struct cd_str type)
{
    if (pattern.n > 0 && pattern.p[pattern.n - 1] == '*') {
        return cd_str_starts(type, cd_str_sub(pattern, 0, pattern.n - 1));
    }
    return cd_str_eq(pattern, type);
}

static bool
is_global(struct cd_str type)
{
    uint32_t shape = cd_schema_find_shape(type);
    return shape != CD_SCHEMA_NONE && cd_schema_shape_at(shape).is_global;
}

/* Was TYPE collected whole in ACCOUNT and REGION (without a string: in all of them)? */
bool
ref_complete_at(const struct ref *r, struct cd_str type, struct cd_str account,
                struct cd_str region)
{
    for (size_t i = 0; i < r->n_complete; i++) {
        const struct ref_complete *c = &r->complete[i];
        bool in_account =
            c->account.p == NULL || (account.p != NULL && cd_str_eq(c->account, account));
        bool in_region = c->region.p == NULL || (region.p != NULL && cd_str_eq(c->region, region))
                         || is_global(type);
        if (covers_type(c->type, type) && in_account && in_region) {
            return true;
        }
    }
    return false;
}

static bool
complete_in_account(const struct ref *r, struct cd_str type, struct cd_str account)
{
    bool any = false;
    for (size_t i = 0; i < r->n_places; i++) {
        struct ref_place p = r->places[i];
        if (p.region.p != NULL && same(p.account, account)) {
            any = true;
            if (!ref_complete_at(r, type, account, p.region)) {
                return false;
            }
        }
    }
    return any || ref_complete_at(r, type, account, (struct cd_str){NULL, 0});
}

bool
ref_complete_everywhere(const struct ref *r, struct cd_str type)
{
    bool any = false;
    for (size_t i = 0; i < r->n_places; i++) {
        if (r->places[i].account.p != NULL) {
            any = true;
            if (!complete_in_account(r, type, r->places[i].account)) {
                return false;
            }
        }
    }
    return any || ref_complete_at(r, type, (struct cd_str){NULL, 0}, (struct cd_str){NULL, 0});
}

/* ---- tables ---- */

bool
ref_in_table(const struct ref_resource *res, uint32_t shape)
{
    if (shape != CD_SCHEMA_NONE) {
        return res->shape == shape;
    }
    if (cd_str_starts(res->type, CD_STR("Cordon::"))) {
        return false;
    }
    return res->shape == CD_SCHEMA_NONE || !cd_schema_shape_at(res->shape).is_derived;
}

static struct cd_str
table_name(uint32_t shape)
{
    return shape == CD_SCHEMA_NONE ? CD_STR("*") : cd_schema_shape_at(shape).name;
}

struct ref_value
ref_table(struct ref *r, uint32_t shape)
{
    struct ref_value set = ref_collection(true);
    for (size_t i = 0; i < r->n_resources; i++) {
        if (ref_in_table(&r->resources[i], shape)) {
            *CD_PUSH(r->arena, set.items, set.n, set.cap) = ref_resource_value(&r->resources[i]);
        }
    }
    set.open = !ref_complete_everywhere(r, table_name(shape));
    return set;
}

/* ---- references ---- */

/* Does one of the further names of RES equal NAME? */
static enum ref_tri
has_name(struct ref *r, const struct ref_resource *res, struct cd_str name)
{
    enum ref_tri any = REF_F;
    for (uint32_t i = 0; i < cd_schema_n_names(res->shape); i++) {
        struct cd_str property = cd_schema_name_property(res->shape, i);
        bool is_list = cd_str_ends(property, CD_STR("[]"));
        if (is_list) {
            property = cd_str_sub(property, 0, property.n - 2);
        }
        uint32_t field = cd_schema_find_field(res->shape, property);
        if (field == CD_SCHEMA_NONE) {
            continue;
        }
        struct ref_value v = ref_field(r, ref_resource_value(res), field);
        if (v.kind == REF_COLLECTION) {
            any = ref_or(any, ref_contains(r, v, ref_string(name, NULL), false));
        } else {
            any = ref_or(any, ref_equal(r, v, ref_string(name, NULL), false));
        }
    }
    return any;
}

struct search {
    uint32_t shape;
    struct cd_str ref;
    struct cd_str account, region; /* the part that it points into; p is NULL: anywhere */
    bool outside;                  /* everywhere but there */
};

static bool
in_part(const struct ref_resource *res, const struct search *s)
{
    bool global = cd_schema_shape_at(s->shape).is_global;
    bool inside = (s->account.p == NULL || same(res->account, s->account))
                  && (s->region.p == NULL || global || same(res->region, s->region));
    return res->shape == s->shape && inside != s->outside;
}

/* An ARN says all of what it names: whoever has it is meant, wherever it is said to stand. */
static struct ref_value
find_arn(struct ref *r, const struct search *s)
{
    const struct ref_resource *found = NULL;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct ref_resource *res = &r->resources[i];
        if (res->shape == s->shape && res->arn.p != NULL && cd_str_eq(res->arn, s->ref)) {
            if (found != NULL) {
                return ref_unknown();
            }
            found = res;
        }
    }
    return found == NULL ? ref_absent() : ref_resource_value(found);
}

/* By id, else by a further name; absent if nothing can be it, unknown if several can. */
static struct ref_value
find(struct ref *r, const struct search *s)
{
    for (int by_name = 0; by_name < 2; by_name++) {
        const struct ref_resource *found = NULL;
        size_t n_sure = 0, n_possible = 0;
        for (size_t i = 0; i < r->n_resources; i++) {
            const struct ref_resource *res = &r->resources[i];
            if (!in_part(res, s)) {
                continue;
            }
            enum ref_tri hit = by_name                      ? has_name(r, res, s->ref)
                               : cd_str_eq(res->id, s->ref) ? REF_T
                                                            : REF_F;
            n_sure += hit == REF_T;
            n_possible += hit == REF_U;
            found = hit == REF_T ? res : found;
        }
        if (n_sure == 1 && n_possible == 0) {
            return ref_resource_value(found);
        }
        if (n_sure + n_possible > 0) {
            return ref_unknown();
        }
    }
    return ref_absent();
}

/* Does an ARN have the form of TYPE's own, `arn:${Partition}:kms:${Region}:${Account}:key/${Id}`?
 */
static bool
is_own_arn(struct ref *r, struct cd_str arn, uint32_t shape)
{
    struct cd_str format = cd_schema_arn_format(shape);
    char *pattern = cd_arena_alloc(r->arena, format.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < format.n; i++) {
        if (format.p[i] == '$') {
            pattern[n++] = '*';
            i = cd_str_find(format, '}', i);
        } else {
            pattern[n++] = format.p[i];
        }
    }
    return n > 0 && ref_arn_like(arn, (struct cd_str){pattern, n}, NULL);
}

/* The resource that is meant, by its ARN or else by its names in the part S; absent if there is
 * none. */
static struct ref_value
find_all(struct ref *r, struct search s, bool own_arn, bool held)
{
    struct ref_value found = find_arn(r, &s);
    if (found.kind == REF_ABSENT && !own_arn) {
        found = find(r, &s);
    }
    s.outside = true;
    if (found.kind == REF_ABSENT && held && find(r, &s).kind != REF_ABSENT) {
        return ref_unknown();
    }
    return found;
}

struct ref_value
ref_follow(struct ref *r, struct ref_value v, uint32_t shape)
{
    if (v.kind != REF_STRING) {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    struct cd_str type = table_name(shape), nothing = {NULL, 0}, parts[6];
    struct search s = {.shape = shape, .ref = v.text};
    bool is_arn = ref_arn_split(v.text, parts);
    bool held = !is_arn && v.holder != NULL && !cd_str_eq(type, CD_STR("AWS::S3::Bucket"));
    if (held) {
        s.account = v.holder->account;
        s.region = v.holder->region;
    }
    struct ref_value found = find_all(r, s, is_arn && is_own_arn(r, v.text, shape), held);
    if (found.kind != REF_ABSENT) {
        return found;
    }
    if (is_arn) {
        s.account = parts[4].n > 0 ? parts[4] : nothing;
        s.region = parts[3].n > 0 ? parts[3] : nothing;
    }
    bool complete =
        s.account.p != NULL && s.region.p == NULL && !cd_schema_shape_at(shape).is_global
            ? complete_in_account(r, type, s.account)
            : ref_complete_at(r, type, s.account, s.region);
    return complete ? ref_absent() : ref_unknown();
}
