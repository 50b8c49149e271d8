/* IAM's services, actions, resource types and condition keys, and which key reaches which action.
 */
#include "runtime/schema/access.h"
#include "runtime/schema/schema.h"

static struct cd_blob_action
load_action(uint32_t action)
{
    struct cd_blob_action a;
    cd_blob_load(CD_BLOB_ACTIONS, action, &a, sizeof a);
    return a;
}

static struct cd_blob_service
load_service(uint32_t service)
{
    struct cd_blob_service s;
    cd_blob_load(CD_BLOB_SERVICES, service, &s, sizeof s);
    return s;
}

static uint32_t
find_service(struct cd_str prefix)
{
    return cd_blob_search(CD_BLOB_SERVICES, cd_blob_whole(CD_BLOB_SERVICES),
                          sizeof(struct cd_blob_service), 0, prefix, true);
}

uint32_t
cd_iam_n_actions(void)
{
    return cd_blob_count(CD_BLOB_ACTIONS);
}

struct cd_iam_action
cd_iam_action_at(uint32_t action)
{
    struct cd_blob_action a = load_action(action);
    return (struct cd_iam_action){
        .service = cd_blob_str(load_service(a.service).name),
        .name = cd_blob_str(a.name),
        .is_permission_only = (a.flags & CD_BLOB_ACTION_PERMISSION_ONLY) != 0,
        .n_resource_types = a.n_resources,
    };
}

uint32_t
cd_iam_find_action(struct cd_str full_name)
{
    size_t colon = cd_str_find(full_name, ':', 0);
    uint32_t first, n;
    if (colon >= full_name.n
        || !cd_iam_service_actions(cd_str_sub(full_name, 0, colon), &first, &n)) {
        return CD_SCHEMA_NONE;
    }
    return cd_blob_search(CD_BLOB_ACTIONS, (struct cd_blob_span){first, n},
                          sizeof(struct cd_blob_action), offsetof(struct cd_blob_action, name),
                          cd_str_sub(full_name, colon + 1, full_name.n), true);
}

bool
cd_iam_service_exists(struct cd_str prefix)
{
    return find_service(prefix) != CD_SCHEMA_NONE;
}

uint32_t
cd_iam_n_services(void)
{
    return cd_blob_count(CD_BLOB_SERVICES);
}

struct cd_str
cd_iam_service_at(uint32_t service)
{
    return cd_blob_str(load_service(service).name);
}

bool
cd_iam_service_actions(struct cd_str prefix, uint32_t *first, uint32_t *n)
{
    uint32_t service = find_service(prefix);
    if (service == CD_SCHEMA_NONE) {
        return false;
    }
    struct cd_blob_service s = load_service(service);
    *first = s.first_action;
    *n = s.n_actions;
    return true;
}

struct cd_iam_resource
cd_iam_resource_at(uint32_t resource)
{
    struct cd_blob_resource r;
    cd_blob_load(CD_BLOB_RESOURCES, resource, &r, sizeof r);
    return (struct cd_iam_resource){cd_iam_service_at(r.service), cd_blob_str(r.name), r.n_arns};
}

struct cd_str
cd_iam_resource_arn(uint32_t resource, uint32_t i)
{
    struct cd_blob_resource r;
    cd_blob_load(CD_BLOB_RESOURCES, resource, &r, sizeof r);
    if (i >= r.n_arns) {
        return (struct cd_str){"", 0};
    }
    return cd_blob_str(cd_blob_u32(CD_BLOB_ARNS, r.first_arn + i));
}

static bool
load_pair(uint32_t action, uint32_t i, struct cd_blob_action_resource *pair)
{
    struct cd_blob_action a = load_action(action);
    if (i >= a.n_resources) {
        return false;
    }
    cd_blob_load(CD_BLOB_ACTION_RESOURCES, a.first_resource + i, pair, sizeof *pair);
    return true;
}

uint32_t
cd_iam_action_resource(uint32_t action, uint32_t i, bool *required)
{
    struct cd_blob_action_resource pair;
    if (!load_pair(action, i, &pair)) {
        *required = false;
        return CD_SCHEMA_NONE;
    }
    *required = (pair.resource_and_required & CD_BLOB_REQUIRED) != 0;
    return pair.resource_and_required & ~CD_BLOB_REQUIRED;
}

static struct cd_blob_key
load_key(uint32_t key)
{
    struct cd_blob_key k;
    cd_blob_load(CD_BLOB_KEYS, key, &k, sizeof k);
    return k;
}

uint32_t
cd_iam_n_keys(void)
{
    return cd_blob_count(CD_BLOB_KEYS);
}

struct cd_iam_key
cd_iam_key_at(uint32_t key)
{
    struct cd_blob_key k = load_key(key);
    return (struct cd_iam_key){
        .name = cd_blob_str(k.name),
        .type = (enum cd_iam_key_type)k.type,
        .is_multivalued = (k.flags & CD_BLOB_KEY_MULTIVALUED) != 0,
        .is_global = (k.flags & CD_BLOB_KEY_GLOBAL) != 0,
        .always_present = (k.flags & CD_BLOB_KEY_ALWAYS) != 0,
        .is_retired = (k.flags & CD_BLOB_KEY_RETIRED) != 0,
        .successor = cd_blob_str(k.successor),
    };
}

/* Does NAME, a key with a value where TEMPLATE has its placeholder, end as the template does? */
static bool
suffix_fits(struct cd_str name, size_t prefix_len, struct cd_str suffix)
{
    if (name.n - prefix_len <= suffix.n) {
        return false; /* the placeholder stands for at least one character */
    }
    return cd_str_eq_nocase(cd_str_sub(name, name.n - suffix.n, name.n), suffix);
}

/* First template whose prefix is not less than PREFIX. */
static uint32_t
template_lower_bound(struct cd_str prefix)
{
    uint32_t lo = 0, hi = cd_blob_count(CD_BLOB_TEMPLATES);
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        struct cd_blob_template t;
        cd_blob_load(CD_BLOB_TEMPLATES, mid, &t, sizeof t);
        if (cd_blob_cmp_nocase(cd_blob_str(t.prefix), prefix) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* The template with exactly this prefix whose suffix NAME has. */
static uint32_t
template_at(struct cd_str name, size_t prefix_len)
{
    struct cd_str prefix = cd_str_sub(name, 0, prefix_len);
    uint32_t n = cd_blob_count(CD_BLOB_TEMPLATES);
    for (uint32_t i = template_lower_bound(prefix); i < n; i++) {
        struct cd_blob_template t;
        cd_blob_load(CD_BLOB_TEMPLATES, i, &t, sizeof t);
        if (cd_blob_cmp_nocase(cd_blob_str(t.prefix), prefix) != 0) {
            break;
        }
        if (suffix_fits(name, prefix_len, cd_blob_str(t.suffix))) {
            return t.key;
        }
    }
    return CD_SCHEMA_NONE;
}

uint32_t
cd_iam_find_key(struct cd_str name)
{
    struct cd_blob_span all = {0, cd_blob_count(CD_BLOB_KEYS)};
    uint32_t key = cd_blob_search(CD_BLOB_KEYS, all, sizeof(struct cd_blob_key), 0, name, true);
    /* The longest prefix wins. Beyond this length no template begins. */
    size_t longest = name.n < 128 ? name.n : 128;
    for (size_t n = longest; key == CD_SCHEMA_NONE && n > 0; n--) {
        key = template_at(name, n);
    }
    /* What begins with a placeholder begins with the address of an identity provider. */
    struct cd_str address = cd_str_sub(name, 0, cd_str_find(name, ':', 0));
    bool is_address = cd_str_find(address, '.', 0) < address.n;
    return key == CD_SCHEMA_NONE && is_address ? template_at(name, 0) : key;
}

static bool
set_has(uint32_t key_set, uint32_t key)
{
    struct cd_blob_span span;
    if (key_set == CD_SCHEMA_NONE) {
        return false;
    }
    cd_blob_load(CD_BLOB_KEY_SETS, key_set, &span, sizeof span);
    uint32_t lo = span.first, hi = span.first + span.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2, item = cd_blob_u32(CD_BLOB_KEY_SET_ITEMS, mid);
        if (item == key) {
            return true;
        }
        if (item < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return false;
}

/* Does one of the names of SCOPE (`s3`, `iam:PassRole`, `ebs:*`) stand for ACTION? */
static bool
scope_has(struct cd_blob_span scope, struct cd_iam_action action)
{
    for (uint32_t i = 0; i < scope.n; i++) {
        struct cd_str name = cd_blob_str(cd_blob_u32(CD_BLOB_KEY_SCOPES, scope.first + i));
        size_t colon = cd_str_find(name, ':', 0);
        struct cd_str part = colon < name.n ? cd_str_sub(name, colon + 1, name.n) : CD_STR("*");
        if (cd_str_eq(cd_str_sub(name, 0, colon), action.service)
            && (cd_str_eq(part, CD_STR("*")) || cd_str_eq_nocase(part, action.name))) {
            return true;
        }
    }
    return false;
}

/* Can any action's request have KEY, and ACTION is not excluded? */
static bool
comes_with_any(const struct cd_blob_key *key, uint32_t action)
{
    if ((key->flags & CD_BLOB_KEY_ANY_ACTION) == 0) {
        return false;
    }
    if (key->only.n == 0 && key->except.n == 0) {
        return true;
    }
    struct cd_iam_action a = cd_iam_action_at(action);
    return (key->only.n == 0 || scope_has(key->only, a)) && !scope_has(key->except, a);
}

bool
cd_iam_action_itself_has_key(uint32_t action, uint32_t key)
{
    if (action >= cd_iam_n_actions() || key >= cd_iam_n_keys()) {
        return false;
    }
    struct cd_blob_key k = load_key(key);
    return comes_with_any(&k, action) || set_has(load_action(action).key_set, key);
}

/* Keys about the tags that a request sets. A resource type has them for the actions that tag it;
 * which of its resources a call tags, its pairs with them say, where one says so. */
static bool
is_about_new_tags(uint32_t key)
{
    struct cd_str name = cd_iam_key_at(key).name;
    return cd_str_eq(name, CD_STR("aws:TagKeys")) || cd_str_starts(name, CD_STR("aws:RequestTag/"));
}

static bool
some_pair_has(uint32_t action, uint32_t key)
{
    struct cd_blob_action_resource pair;
    for (uint32_t i = 0; load_pair(action, i, &pair); i++) {
        if (set_has(pair.key_set, key)) {
            return true;
        }
    }
    return false;
}

bool
cd_iam_action_resource_has_key(uint32_t action, uint32_t i, uint32_t key)
{
    struct cd_blob_action_resource pair;
    if (cd_iam_action_itself_has_key(action, key)) {
        return true;
    }
    if (action >= cd_iam_n_actions() || !load_pair(action, i, &pair)) {
        return false;
    }
    if (is_about_new_tags(key) && some_pair_has(action, key)) {
        return set_has(pair.key_set, key);
    }
    struct cd_blob_resource r;
    cd_blob_load(CD_BLOB_RESOURCES, pair.resource_and_required & ~CD_BLOB_REQUIRED, &r, sizeof r);
    return set_has(pair.key_set, key) || set_has(r.key_set, key);
}

bool
cd_iam_action_has_key(uint32_t action, uint32_t key)
{
    if (cd_iam_action_itself_has_key(action, key)) {
        return true;
    }
    uint32_t n = action < cd_iam_n_actions() ? load_action(action).n_resources : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (cd_iam_action_resource_has_key(action, i, key)) {
            return true;
        }
    }
    return false;
}
