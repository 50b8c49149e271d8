/* A line's members become a question; the answer is written as JSON. */
#include "runtime/iam/simulate.h"

#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/iam/policy_cache.h"
#include "runtime/schema/schema.h"

enum member {
    ID,
    REQUEST,
    PARTIAL,
    MANAGEMENT_ACCOUNT,
    SCPS,
    RCPS,
    IDENTITY_POLICIES,
    RESOURCE_POLICY,
    BOUNDARIES,
    SESSION_POLICY,
    ENDPOINT_POLICIES,
    N_MEMBERS
};

static const struct {
    struct cd_str name;
    enum cd_policy_kind kind; /* CD_N_POLICY_KINDS: no policies */
} members[N_MEMBERS] = {
    [ID] = {CD_STR_INIT("id"), CD_N_POLICY_KINDS},
    [REQUEST] = {CD_STR_INIT("request"), CD_N_POLICY_KINDS},
    [PARTIAL] = {CD_STR_INIT("partial"), CD_N_POLICY_KINDS},
    [MANAGEMENT_ACCOUNT] = {CD_STR_INIT("managementAccountId"), CD_N_POLICY_KINDS},
    [SCPS] = {CD_STR_INIT("scps"), CD_POLICY_SCP},
    [RCPS] = {CD_STR_INIT("rcps"), CD_POLICY_RCP},
    [IDENTITY_POLICIES] = {CD_STR_INIT("identityPolicies"), CD_POLICY_IDENTITY},
    [RESOURCE_POLICY] = {CD_STR_INIT("resourcePolicy"), CD_POLICY_RESOURCE},
    [BOUNDARIES] = {CD_STR_INIT("permissionBoundaries"), CD_POLICY_BOUNDARY},
    [SESSION_POLICY] = {CD_STR_INIT("sessionPolicy"), CD_POLICY_SESSION},
    [ENDPOINT_POLICIES] = {CD_STR_INIT("vpcEndpointPolicies"), CD_POLICY_ENDPOINT},
};

enum request_member { PRINCIPAL, ACTION, RESOURCE, ACCOUNT_ID, CONTEXT, N_REQUEST_MEMBERS };
static const struct cd_str request_members[N_REQUEST_MEMBERS] = {
    [PRINCIPAL] = CD_STR_INIT("principal"), [ACTION] = CD_STR_INIT("action"),
    [RESOURCE] = CD_STR_INIT("resource"),   [ACCOUNT_ID] = CD_STR_INIT("accountId"),
    [CONTEXT] = CD_STR_INIT("context"),
};

#define KEYS_LIMIT 1024 /* of one request */
#define N_ACTIONS 256   /* a power of two */
#define ACTION_SIZE 64

struct cd_simulator {
    struct cd_policy_cache *cache;
    struct cd_arena arena; /* of the line at hand */
    struct cd_dom *dom;
    struct cd_decided decided;
    struct cd_access_key keys[KEYS_LIMIT];
    struct cd_str values[KEYS_LIMIT]; /* of keys with one */
    struct {
        char name[ACTION_SIZE];
        size_t n;
        uint32_t index;
    } actions[N_ACTIONS]; /* looked up last, by their hash */
};

/* A line that is being read. */
struct line {
    struct cd_simulator *s;
    struct cd_cursor at;
    struct cd_str id; /* as written; empty: none */
    struct cd_question q;
    size_t largest[CD_N_POLICY_KINDS]; /* documents, without blanks */
    bool seen[N_MEMBERS];
    bool partial, oom;
    struct cd_str error; /* the first one; empty: none */
};

struct cd_simulator *
cd_simulator_new(void)
{
    struct cd_simulator *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    cd_arena_init(&s->arena);
    s->cache = cd_policy_cache_new();
    s->dom = cd_dom_new();
    if (s->cache == NULL || s->dom == NULL) {
        cd_simulator_free(s);
        return NULL;
    }
    return s;
}

void
cd_simulator_free(struct cd_simulator *s)
{
    if (s != NULL) {
        cd_policy_cache_free(s->cache);
        cd_dom_free(s->dom);
        cd_decided_finish(&s->decided);
        cd_arena_finish(&s->arena);
        free(s);
    }
}

/* ---- errors and texts ---- */

#define SHOWN 300 /* bytes of what was found */

/* The first error counts. */
static bool
fail(struct line *l, const char *what, struct cd_str more)
{
    more.n = more.n < SHOWN ? more.n : SHOWN;
    if (l->error.n == 0) {
        l->error = cd_arena_printf(&l->s->arena, "%s%.*s", what, CD_FMT(more));
        l->oom = l->oom || l->error.p == NULL;
    }
    return false;
}

static bool
fail_plainly(struct line *l, const char *what)
{
    return fail(l, what, CD_STR(""));
}

/* A string with its escapes resolved, borrowed from the line where it has none. */
static bool
take_text(struct line *l, const char *otherwise, struct cd_str *out)
{
    bool is_plain;
    struct cd_dom_val v;
    (void)cd_cursor_peek(&l->at);
    const char *from = l->at.p;
    if (!cd_cursor_string(&l->at, out, &is_plain)) {
        return fail_plainly(l, otherwise);
    }
    if (is_plain) {
        return true;
    }
    struct cd_str quoted = {from, (size_t)(l->at.p - from)};
    if (cd_dom_parse(l->s->dom, quoted, false, &v) != CD_DOM_OK) {
        return fail_plainly(l, "the line is not JSON");
    }
    *out = cd_arena_str(&l->s->arena, cd_dom_str(v));
    l->oom = l->oom || out->p == NULL;
    return !l->oom;
}

/* `"key":`, behind a comma unless it is the first. */
static bool
take_key(struct line *l, bool is_first, struct cd_str *key)
{
    if (!is_first && !cd_cursor_take(&l->at, ',')) {
        return fail_plainly(l, "the line is not JSON");
    }
    return take_text(l, "the line is not JSON", key)
           && (cd_cursor_take(&l->at, ':') || fail_plainly(l, "the line is not JSON"));
}

/* ---- context ---- */

/* A string, a number or a truth value, as text. */
static bool
take_value(struct line *l, struct cd_str key, struct cd_str *out)
{
    char digits[CD_NUMBER_SIZE];
    struct cd_dom_val v;
    double number;
    if (cd_cursor_peek(&l->at) == '"') {
        return take_text(l, "the line is not JSON", out);
    }
    if (!cd_cursor_skip(&l->at, out)) {
        return fail_plainly(l, "the line is not JSON");
    }
    if (cd_str_eq(*out, CD_STR("true")) || cd_str_eq(*out, CD_STR("false"))) {
        return true;
    }
    if (!cd_json_number(*out)) {
        return fail(l, "a string, a number, a truth value or a list of them is expected for ", key);
    }
    if (cd_dom_parse(l->s->dom, *out, false, &v) != CD_DOM_OK || !cd_dom_number(v, &number)) {
        return fail(l, "a number beyond 2^53 has to stand in quotes: ", key);
    }
    *out = cd_arena_str(&l->s->arena, cd_format_number(number, digits));
    l->oom = l->oom || out->p == NULL;
    return !l->oom;
}

static bool
take_values(struct line *l, struct cd_access_key *key)
{
    struct {
        struct cd_str *items;
        size_t n, cap;
    } list = {.n = 0};
    key->is_list = true;
    while (!cd_cursor_take(&l->at, ']')) {
        if (list.n != 0 && !cd_cursor_take(&l->at, ',')) {
            return fail_plainly(l, "the line is not JSON");
        }
        struct cd_str *slot = CD_PUSH(&l->s->arena, list.items, list.n, list.cap);
        l->oom = l->oom || slot == NULL;
        if (l->oom || !take_value(l, key->name, slot)) {
            return false;
        }
    }
    key->values = list.items;
    key->n_values = (uint32_t)list.n;
    return true;
}

/* A list of one value is that value for a key that has only one. */
static bool
has_one_value(struct cd_str name)
{
    uint32_t key = cd_iam_find_key(name);
    return key != CD_SCHEMA_NONE && !cd_iam_key_at(key).is_multivalued;
}

static bool
take_key_value(struct line *l, struct cd_access_key *key)
{
    if (cd_cursor_take(&l->at, '[')) {
        if (!take_values(l, key)) {
            return false;
        }
        key->is_list = key->n_values != 1 || !has_one_value(key->name);
        return true;
    }
    if (cd_cursor_peek(&l->at) == 'n') {
        struct cd_str null;
        key->is_absent = true;
        return (cd_cursor_skip(&l->at, &null) && cd_str_eq(null, CD_STR("null")))
               || fail_plainly(l, "the line is not JSON");
    }
    struct cd_str *value = &l->s->values[key - l->s->keys];
    key->values = value;
    key->n_values = 1;
    return take_value(l, key->name, value);
}

static bool
take_context(struct line *l)
{
    if (!cd_cursor_take(&l->at, '{')) {
        return fail_plainly(l, "request.context: an object of keys and values is expected");
    }
    l->q.access.keys = l->s->keys;
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str name;
        if (!take_key(l, first, &name)) {
            return false;
        }
        const struct cd_access_key *twin;
        (void)cd_access_find(&l->q.access, name, &twin);
        if (twin != NULL) {
            return fail(l, "request.context: twice the key ", name);
        }
        if (l->q.access.n_keys == KEYS_LIMIT) {
            return fail_plainly(l, "request.context: more than 1024 keys");
        }
        struct cd_access_key *key = &l->s->keys[l->q.access.n_keys];
        *key = (struct cd_access_key){.name = name};
        if (!take_key_value(l, key)) {
            return false;
        }
        l->q.access.n_keys++;
    }
    return true;
}

/* ---- request ---- */

static bool
take_principal(struct line *l)
{
    struct cd_str text;
    if (!cd_cursor_take(&l->at, '{')) {
        if (!take_text(l, "request.principal: a string or {\"type\": \"Anonymous\"} is expected",
                       &text)) {
            return false;
        }
        return cd_caller_read(text, &l->q.caller)
               || fail(l,
                       "request.principal: an ARN of a user, role, session, provider or root, an "
                       "account, or the name of a service is expected, not ",
                       text);
    }
    struct cd_str key, type;
    l->q.caller = (struct cd_caller){.kind = CD_CALLER_ANONYMOUS};
    return (take_key(l, true, &key) && take_text(l, "request.principal: type is a string", &type)
            && cd_cursor_take(&l->at, '}') && cd_str_eq(key, CD_STR("type"))
            && cd_str_eq(type, CD_STR("Anonymous")))
           || fail_plainly(l, "request.principal: an object is {\"type\": \"Anonymous\"}");
}

static bool
take_resource(struct line *l)
{
    bool has_resource = false;
    if (!cd_cursor_take(&l->at, '{')) {
        return take_text(l,
                         "request.resource: a string or {\"resource\", \"accountId\"} is expected",
                         &l->q.access.resource);
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        if (!take_key(l, first, &key)) {
            return false;
        }
        bool is_account = cd_str_eq(key, CD_STR("accountId"));
        if (!is_account && !cd_str_eq(key, CD_STR("resource"))) {
            return fail(l, "request.resource: resource and accountId are expected, not ", key);
        }
        has_resource = has_resource || !is_account;
        if (!take_text(l, "request.resource: its members are strings",
                       is_account ? &l->q.account : &l->q.access.resource)) {
            return false;
        }
    }
    return has_resource || fail_plainly(l, "request.resource: resource is missing");
}

static bool
take_request_member(struct line *l, enum request_member member)
{
    switch (member) {
    case PRINCIPAL: return take_principal(l);
    case ACTION: return take_text(l, "request.action: a string is expected", &l->q.access.action);
    case RESOURCE: return take_resource(l);
    case ACCOUNT_ID: return take_text(l, "request.accountId: a string is expected", &l->q.account);
    case CONTEXT: return take_context(l);
    case N_REQUEST_MEMBERS: break;
    }
    return false;
}

static bool
is_action(struct cd_str s)
{
    size_t colon = cd_str_find(s, ':', 0);
    return colon != 0 && colon + 1 < s.n && cd_str_find(s, ':', colon + 1) == s.n
           && cd_str_find(s, '*', 0) == s.n && cd_str_find(s, '?', 0) == s.n
           && cd_str_find(s, ' ', 0) == s.n;
}

/* What is derived of the request; the action's place in its table is remembered. */
static void
prepare(struct cd_simulator *s, struct cd_access *access)
{
    struct cd_str name = access->action;
    uint32_t at = (uint32_t)cd_str_hash(name) & (N_ACTIONS - 1);
    access->has_arn = cd_arn_read(access->resource, &access->arn);
    if (s->actions[at].n == name.n && memcmp(s->actions[at].name, name.p, name.n) == 0) {
        access->action_index = s->actions[at].index;
        return;
    }
    access->action_index = cd_iam_find_action(name);
    if (name.n <= ACTION_SIZE) {
        memcpy(s->actions[at].name, name.p, name.n);
        s->actions[at].n = name.n;
        s->actions[at].index = access->action_index;
    }
}

static bool
check_request(struct line *l, const bool *seen)
{
    static const enum request_member needed[] = {PRINCIPAL, ACTION, RESOURCE};
    for (size_t i = 0; i < CD_ARRAY_LEN(needed); i++) {
        if (!seen[needed[i]]) {
            return fail(l, "request: missing is ", request_members[needed[i]]);
        }
    }
    struct cd_access *access = &l->q.access;
    if (!is_action(access->action)) {
        return fail(l, "request.action: service:Name is expected, not ", access->action);
    }
    prepare(l->s, access);
    if (!access->has_arn && !cd_str_eq(access->resource, CD_STR("*"))) {
        return fail(l, "request.resource: an ARN or * is expected, not ", access->resource);
    }
    return true;
}

static bool
take_request(struct line *l)
{
    bool seen[N_REQUEST_MEMBERS] = {false};
    if (!cd_cursor_take(&l->at, '{')) {
        return fail_plainly(l, "request: an object is expected");
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        size_t m = 0;
        if (!take_key(l, first, &key)) {
            return false;
        }
        while (m < N_REQUEST_MEMBERS && !cd_str_eq(key, request_members[m])) {
            m++;
        }
        if (m == N_REQUEST_MEMBERS) {
            return fail(l, "request: there is no member ", key);
        }
        if (seen[m]) {
            return fail(l, "request: twice the member ", key);
        }
        seen[m] = true;
        if (!take_request_member(l, (enum request_member)m)) {
            return false;
        }
    }
    return check_request(l, seen);
}

/* ---- members of the line ---- */

static bool
take_id(struct line *l)
{
    struct cd_str text;
    char first = cd_cursor_peek(&l->at);
    const char *from = l->at.p;
    if (first == '"') {
        if (!take_text(l, "the line is not JSON", &text)) {
            return false;
        }
        l->id = (struct cd_str){from, (size_t)(l->at.p - from)};
        return true;
    }
    if (!cd_cursor_skip(&l->at, &text)
        || (!cd_json_number(text) && !cd_str_eq(text, CD_STR("null")))) {
        return fail_plainly(l, "id: a string or a number is expected");
    }
    l->id = text;
    return true;
}

static bool
take_bool(struct line *l, const char *otherwise, bool *out)
{
    struct cd_str text;
    if (!cd_cursor_skip(&l->at, &text)) {
        return fail_plainly(l, "the line is not JSON");
    }
    *out = cd_str_eq(text, CD_STR("true"));
    return *out || cd_str_eq(text, CD_STR("false")) || fail_plainly(l, otherwise);
}

static bool
take_policies(struct line *l, enum member m)
{
    enum cd_policy_kind kind = members[m].kind;
    const struct cd_policy_member *found =
        cd_policy_cache_take(l->s->cache, kind, members[m].name, &l->at);
    if (found == NULL) {
        l->oom = true;
        return false;
    }
    if (found->error.n != 0) {
        return fail(l, "", found->error);
    }
    struct cd_policy_set *const sets[CD_N_POLICY_KINDS] = {
        [CD_POLICY_IDENTITY] = &l->q.identity,   [CD_POLICY_RESOURCE] = &l->q.resource,
        [CD_POLICY_BOUNDARY] = &l->q.boundaries, [CD_POLICY_SESSION] = &l->q.session,
        [CD_POLICY_ENDPOINT] = &l->q.endpoints,
    };
    if (sets[kind] != NULL) {
        *sets[kind] = found->set;
    } else if (kind == CD_POLICY_SCP) {
        l->q.scps = found->levels;
    } else {
        l->q.rcps = found->levels;
    }
    l->largest[kind] = found->largest;
    return true;
}

static bool
take_member(struct line *l, enum member m)
{
    switch (m) {
    case ID: return take_id(l);
    case REQUEST: return take_request(l);
    case PARTIAL: return take_bool(l, "partial: true or false is expected", &l->partial);
    case MANAGEMENT_ACCOUNT:
        return take_text(l, "managementAccountId: a string is expected", &l->q.management_account);
    case SCPS:
    case RCPS:
    case IDENTITY_POLICIES:
    case RESOURCE_POLICY:
    case BOUNDARIES:
    case SESSION_POLICY:
    case ENDPOINT_POLICIES: return take_policies(l, m);
    case N_MEMBERS: break;
    }
    return false;
}

static bool
take_members(struct line *l)
{
    if (!cd_cursor_take(&l->at, '{')) {
        return fail_plainly(l, "the line is not an object of JSON");
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        size_t m = 0;
        if (!take_key(l, first, &key)) {
            return false;
        }
        while (m < N_MEMBERS && !cd_str_eq(key, members[m].name)) {
            m++;
        }
        if (m == N_MEMBERS) {
            return fail(l, "there is no member ", key);
        }
        if (l->seen[m]) {
            return fail(l, "twice the member ", key);
        }
        l->seen[m] = true;
        if (!take_member(l, (enum member)m)) {
            return false;
        }
    }
    return (cd_cursor_peek(&l->at) == '\0' && l->at.p == l->at.end)
           || fail_plainly(l, "something stands behind the object");
}

/* ---- what the members have to be together ---- */

static bool
check_principal(struct line *l)
{
    switch (l->q.caller.kind) {
    case CD_CALLER_ANONYMOUS:
        return (l->q.identity.n == 0 && l->q.boundaries.n == 0 && l->q.session.n == 0
                && l->q.scps.n == 0)
               || fail_plainly(l, "an anonymous request has no identity, boundary, session or "
                                  "service control policies");
    case CD_CALLER_ROOT:
    case CD_CALLER_USER:
        return l->q.session.n == 0
               || fail_plainly(l, "sessionPolicy: only sessions of roles and of federated users "
                                  "have one");
    case CD_CALLER_ROLE:
    case CD_CALLER_SESSION:
    case CD_CALLER_FEDERATED_USER:
    case CD_CALLER_PROVIDER:
    case CD_CALLER_SERVICE: break;
    }
    return true;
}

static bool
check_resource_policy(struct line *l)
{
    static const struct {
        struct cd_str service;
        enum cd_quota quota;
    } quotas[] = {{CD_STR_INIT("s3"), CD_QUOTA_BUCKET_POLICY},
                  {CD_STR_INIT("kms"), CD_QUOTA_KEY_POLICY}};
    struct cd_str action = l->q.access.action;
    struct cd_str service = cd_str_sub(action, 0, cd_str_find(action, ':', 0));
    for (size_t i = 0; i < CD_ARRAY_LEN(quotas) && l->q.resource.n != 0; i++) {
        size_t limit = cd_quota_of(quotas[i].quota, (struct cd_str){"", 0}).max_bytes;
        if (cd_str_eq_nocase(service, quotas[i].service)
            && l->largest[CD_POLICY_RESOURCE] > limit) {
            return fail(l, "",
                        cd_arena_printf(&l->s->arena,
                                        "resourcePolicy: over its quota: %zu bytes without "
                                        "blanks, of which AWS takes %zu",
                                        l->largest[CD_POLICY_RESOURCE], limit));
        }
    }
    return true;
}

/* The resource's account: as given, else the ARN's, else (of an ARN without one) the caller's. */
static void
set_account(struct cd_question *q)
{
    struct cd_str of_arn = q->access.has_arn ? q->access.arn.part[CD_ARN_OWNER] : CD_STR("");
    if (q->account.n == 0) {
        q->account = of_arn.n != 0 ? of_arn : q->caller.account;
    }
}

static bool
read_line(struct line *l)
{
    if (!take_members(l)) {
        return false;
    }
    if (!l->seen[REQUEST]) {
        return fail_plainly(l, "request is missing");
    }
    l->q.access.is_partial = l->partial;
    set_account(&l->q);
    return check_principal(l) && check_resource_policy(l);
}

/* ---- answers ---- */

#define PUT(out, literal) cd_buf_put((out), (literal), sizeof(literal) - 1)

static void
put_index(uint32_t index, struct cd_buf *out)
{
    char digits[10];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    cd_buf_put(out, digits + n, sizeof digits - n);
}

static void
put_reason(const struct cd_because *r, struct cd_buf *out)
{
    PUT(out, "{\"policy\":");
    if (r->statement == NULL && r->name.n == 0) {
        PUT(out, "null");
    } else {
        cd_buf_json_str(out, r->name);
    }
    PUT(out, ",\"sid\":");
    if (r->statement == NULL || r->statement->sid.n == 0) {
        PUT(out, "null");
    } else {
        cd_buf_json_str(out, r->statement->sid);
    }
    if (r->statement == NULL) {
        PUT(out, ",\"index\":null,\"kind\":\"");
    } else {
        PUT(out, ",\"index\":");
        put_index(r->statement->index, out);
        PUT(out, ",\"kind\":\"");
    }
    cd_buf_str(out, cd_policy_kind_name(r->kind));
    PUT(out, "\"}");
}

static void
put_decision(const struct line *l, const struct cd_decided *d, struct cd_buf *out)
{
    static const struct cd_str words[] = {
        [CD_ALLOWED] = CD_STR_INIT("allowed"),
        [CD_EXPLICIT_DENY] = CD_STR_INIT("explicit_deny"),
        [CD_IMPLICIT_DENY] = CD_STR_INIT("implicit_deny"),
        [CD_UNDECIDED] = CD_STR_INIT("unknown"),
    };
    PUT(out, "{\"id\":");
    cd_buf_str(out, l->id.n != 0 ? l->id : CD_STR("null"));
    PUT(out, ",\"decision\":\"");
    cd_buf_str(out, words[d->decision]);
    PUT(out, "\",\"because\":[");
    for (size_t i = 0; i < d->n_because; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        put_reason(&d->because[i], out);
    }
    PUT(out, "],\"missing\":[");
    for (size_t i = 0; i < d->missing.n; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        cd_buf_json_str(out, d->missing.names[i]);
    }
    PUT(out, "]}\n");
}

/* Of a line that broke off before its id: the id, if it is there and the line is JSON. */
static void
find_id(struct line *l)
{
    struct cd_cursor whole = l->at;
    struct cd_dom_val root, id;
    struct cd_buf text = CD_BUF_INIT;
    if (l->seen[ID]
        || cd_dom_parse(l->s->dom, (struct cd_str){whole.p, (size_t)(whole.end - whole.p)}, false,
                        &root)
               != CD_DOM_OK
        || !cd_dom_member(root, CD_STR("id"), &id)) {
        return;
    }
    double number;
    if (cd_dom_kind(id) == CD_DOM_STRING) {
        cd_buf_json_str(&text, cd_dom_str(id));
    } else if (cd_dom_kind(id) == CD_DOM_NUMBER && cd_dom_number(id, &number)) {
        cd_buf_number(&text, number);
    }
    l->id = text.n == 0 ? CD_STR("") : cd_arena_str(&l->s->arena, cd_buf_view(&text));
    cd_buf_finish(&text);
}

static void
put_error(struct cd_str id, uint64_t number, struct cd_str error, struct cd_buf *out)
{
    struct cd_buf text = CD_BUF_INIT;
    if (id.n == 0) {
        cd_buf_printf(&text, "line %llu: ", (unsigned long long)number);
    }
    cd_buf_str(&text, error);
    cd_buf_puts(out, "{\"id\":");
    cd_buf_str(out, id.n != 0 ? id : CD_STR("null"));
    cd_buf_puts(out, ",\"error\":");
    cd_buf_json_str(out, cd_buf_view(&text));
    cd_buf_puts(out, "}\n");
    cd_buf_finish(&text);
}

void
cd_simulate_too_long(uint64_t number, struct cd_buf *out)
{
    put_error(CD_STR(""), number, CD_STR("longer than 64 MB"), out);
}

cordon_status
cd_simulate_line(struct cd_simulator *s, struct cd_str line, uint64_t number, struct cd_buf *out,
                 enum cd_simulated *simulated)
{
    struct line l = {.s = s, .at = {line.p, line.p + line.n}};
    struct cd_arena_mark empty = cd_arena_mark(&s->arena);
    *simulated = CD_SIMULATED_WRONG;
    if (read_line(&l)) {
        l.oom = !cd_decide(&l.q, &s->decided);
        put_decision(&l, &s->decided, out);
        *simulated = s->decided.decision == CD_UNDECIDED ? CD_SIMULATED_UNKNOWN : CD_SIMULATED;
    } else if (!l.oom) {
        l.at = (struct cd_cursor){line.p, line.p + line.n};
        find_id(&l);
        put_error(l.id, number, l.error, out);
    }
    cd_arena_reset(&s->arena, empty);
    cd_policy_cache_trim(s->cache);
    return l.oom || out->oom ? CORDON_ENOMEM : CORDON_OK;
}
