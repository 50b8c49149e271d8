/* The request of a line: principal, action, resource and context. */
#include "runtime/base/num.h"
#include "runtime/iam/simulate_line.h"
#include "runtime/schema/schema.h"

enum request_member { PRINCIPAL, ACTION, RESOURCE, ACCOUNT_ID, CONTEXT, N_REQUEST_MEMBERS };
static const struct cd_str request_members[N_REQUEST_MEMBERS] = {
    [PRINCIPAL] = CD_STR_INIT("principal"), [ACTION] = CD_STR_INIT("action"),
    [RESOURCE] = CD_STR_INIT("resource"),   [ACCOUNT_ID] = CD_STR_INIT("accountId"),
    [CONTEXT] = CD_STR_INIT("context"),
};

/* ---- context ---- */

/* A text of the request. */
static bool
take_text(struct cd_line *l, const char *otherwise, struct cd_str *out)
{
    if (!cd_line_text(l, otherwise, out)) {
        return false;
    }
    return out->n <= CD_LINE_TEXT_LIMIT
           || cd_line_fail_at(l,
                              "request: a text of more than 16384 bytes: ", cd_str_cut(*out, 40));
}

/* A string, a number or a truth value, as text. */
static bool
take_value(struct cd_line *l, struct cd_str key, struct cd_str *out)
{
    char digits[CD_NUMBER_SIZE];
    struct cd_dom_val v;
    double number;
    if (cd_cursor_peek(&l->at) == '"') {
        return take_text(l, "the line is not JSON", out);
    }
    if (!cd_cursor_skip(&l->at, out)) {
        return cd_line_fail(l, "the line is not JSON");
    }
    if (cd_str_eq(*out, CD_STR("true")) || cd_str_eq(*out, CD_STR("false"))) {
        return true;
    }
    if (!cd_json_number(*out)) {
        return cd_line_fail_at(
            l, "a string, a number, a truth value or a list of them is expected for ", key);
    }
    if (cd_dom_parse(l->s->dom, *out, false, &v) != CD_DOM_OK || !cd_dom_number(v, &number)) {
        return cd_line_fail_at(l, "a number beyond 2^53 has to stand in quotes: ", key);
    }
    *out = cd_arena_str(&l->s->arena, cd_format_number(number, digits));
    l->oom = l->oom || out->p == NULL;
    return !l->oom;
}

static bool
take_values(struct cd_line *l, struct cd_access_key *key)
{
    struct {
        struct cd_str *items;
        size_t n, cap;
    } list = {.n = 0};
    key->is_list = true;
    while (!cd_cursor_take(&l->at, ']')) {
        if (list.n != 0 && !cd_cursor_take(&l->at, ',')) {
            return cd_line_fail(l, "the line is not JSON");
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

/* ---- names ---- */

/* The place of NAME among those seen, free for it if it is not there; NULL if it is too long. */
static struct cd_seen_name *
seen_name(struct cd_seen_name *names, struct cd_str name, bool *is_there)
{
    struct cd_seen_name *slot = &names[cd_str_hash(name) & (CD_SEEN_NAMES - 1)];
    *is_there = slot->n != 0 && slot->n == name.n && memcmp(slot->name, name.p, name.n) == 0;
    return name.n <= CD_SEEN_SIZE ? slot : NULL;
}

static void
remember(struct cd_seen_name *slot, struct cd_str name, const struct cd_seen_name *found)
{
    if (slot != NULL && name.n != 0) {
        *slot = *found;
        memcpy(slot->name, name.p, name.n);
        slot->n = (uint8_t)name.n;
    }
}

static struct cd_seen_name
look_up_key(struct cd_simulator *s, struct cd_str name)
{
    bool is_there;
    struct cd_seen_name *slot = seen_name(s->context_keys, name, &is_there);
    if (is_there) {
        return *slot;
    }
    struct cd_seen_name found = {.index = cd_iam_find_key(name)};
    found.is_multivalued =
        found.index != CD_SCHEMA_NONE && cd_iam_key_at(found.index).is_multivalued;
    remember(slot, name, &found);
    return found;
}

static uint32_t
look_up_action(struct cd_simulator *s, struct cd_str name)
{
    bool is_there;
    struct cd_seen_name *slot = seen_name(s->actions, name, &is_there);
    if (is_there) {
        return slot->index;
    }
    struct cd_seen_name found = {.index = cd_iam_find_action(name)};
    remember(slot, name, &found);
    return found.index;
}

/* ---- context ---- */

/* Has the key several values? Of a key that no table has the form tells. */
static bool
look_at_key(struct cd_line *l, struct cd_access_key *key, bool is_written_as_list)
{
    struct cd_seen_name known = look_up_key(l->s, key->name);
    bool is_known = known.index != CD_SCHEMA_NONE;
    key->is_list = is_known ? known.is_multivalued : is_written_as_list;
    return is_known || cd_line_warn(l, "request.context: no service has the key ", key->name);
}

static bool
take_key_value(struct cd_line *l, struct cd_access_key *key)
{
    if (cd_cursor_take(&l->at, '[')) {
        if (!take_values(l, key)) {
            return false;
        }
        bool has_several = key->n_values != 1;
        if (!look_at_key(l, key, true)) {
            return false;
        }
        key->is_list = key->is_list || has_several;
        return true;
    }
    if (cd_cursor_peek(&l->at) == 'n') {
        struct cd_str null;
        key->is_absent = true;
        return (cd_cursor_skip(&l->at, &null) && cd_str_eq(null, CD_STR("null")))
               || cd_line_fail(l, "the line is not JSON");
    }
    struct cd_str *value = &l->s->values[key - l->s->keys];
    key->values = value;
    key->n_values = 1;
    return look_at_key(l, key, false) && take_value(l, key->name, value);
}

static bool
take_context(struct cd_line *l)
{
    if (!cd_cursor_take(&l->at, '{')) {
        return cd_line_null(l)
               || cd_line_fail(l, "request.context: an object of keys and values is expected");
    }
    l->q.access.keys = l->s->keys;
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str name;
        if (!cd_line_key(l, first, &name)) {
            return false;
        }
        const struct cd_access_key *twin;
        (void)cd_access_find(&l->q.access, name, &twin);
        if (twin != NULL) {
            return cd_line_fail_at(l, "request.context: twice the key ", name);
        }
        if (l->q.access.n_keys == CD_LINE_KEYS) {
            return cd_line_fail(l, "request.context: more than 1024 keys");
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
take_principal(struct cd_line *l)
{
    struct cd_str text;
    if (!cd_cursor_take(&l->at, '{')) {
        if (!take_text(l, "request.principal: a string or {\"type\": \"Anonymous\"} is expected",
                       &text)) {
            return false;
        }
        return cd_caller_read(text, &l->q.caller)
               || cd_line_fail_at(
                   l,
                   "request.principal: an ARN of a user, role, session, provider or root, an "
                   "account, or the name of a service is expected, not ",
                   text);
    }
    struct cd_str key, type;
    l->q.caller = (struct cd_caller){.kind = CD_CALLER_ANONYMOUS};
    return (cd_line_key(l, true, &key) && take_text(l, "request.principal: type is a string", &type)
            && cd_cursor_take(&l->at, '}') && cd_str_eq(key, CD_STR("type"))
            && cd_str_eq(type, CD_STR("Anonymous")))
           || cd_line_fail(l, "request.principal: an object is {\"type\": \"Anonymous\"}");
}

static bool
take_resource(struct cd_line *l)
{
    bool has_resource = false;
    if (!cd_cursor_take(&l->at, '{')) {
        return take_text(l,
                         "request.resource: a string or {\"resource\", \"accountId\"} is expected",
                         &l->q.access.resource);
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        if (!cd_line_key(l, first, &key)) {
            return false;
        }
        bool is_account = cd_str_eq(key, CD_STR("accountId"));
        if (!is_account && !cd_str_eq(key, CD_STR("resource"))) {
            if (!cd_line_pass(l, "request.resource: there is no member ", key)) {
                return false;
            }
            continue;
        }
        has_resource = has_resource || !is_account;
        if (is_account && cd_line_null(l)) {
            continue;
        }
        if (!take_text(l, "request.resource: its members are strings",
                       is_account ? &l->q.account : &l->q.access.resource)) {
            return false;
        }
    }
    return has_resource || cd_line_fail(l, "request.resource: resource is missing");
}

static bool
take_request_member(struct cd_line *l, enum request_member member)
{
    switch (member) {
    case PRINCIPAL: return take_principal(l);
    case ACTION: return take_text(l, "request.action: a string is expected", &l->q.access.action);
    case RESOURCE: return take_resource(l);
    case ACCOUNT_ID:
        return cd_line_null(l)
               || take_text(l, "request.accountId: a string is expected", &l->q.account);
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

/* What is derived of the request. */
static bool
prepare(struct cd_line *l)
{
    struct cd_access *access = &l->q.access;
    access->has_arn = cd_arn_read(access->resource, &access->arn);
    access->action_index = look_up_action(l->s, access->action);
    return access->action_index != CD_SCHEMA_NONE
           || cd_line_warn(l, "request.action: no service is known to have ", access->action);
}

static bool
check_request(struct cd_line *l, const bool *seen)
{
    static const enum request_member needed[] = {PRINCIPAL, ACTION, RESOURCE};
    for (size_t i = 0; i < CD_ARRAY_LEN(needed); i++) {
        if (!seen[needed[i]]) {
            return cd_line_fail_at(l, "request: missing is ", request_members[needed[i]]);
        }
    }
    struct cd_access *access = &l->q.access;
    if (!is_action(access->action)) {
        return cd_line_fail_at(l, "request.action: service:Name is expected, not ", access->action);
    }
    if (!prepare(l)) {
        return false;
    }
    if (!access->has_arn && !cd_str_eq(access->resource, CD_STR("*"))) {
        return cd_line_fail_at(l, "request.resource: an ARN or * is expected, not ",
                               access->resource);
    }
    return true;
}

bool
cd_line_request(struct cd_line *l)
{
    bool seen[N_REQUEST_MEMBERS] = {false};
    if (!cd_cursor_take(&l->at, '{')) {
        return cd_line_fail(l, "request: an object is expected");
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        size_t m = 0;
        if (!cd_line_key(l, first, &key)) {
            return false;
        }
        while (m < N_REQUEST_MEMBERS && !cd_str_eq(key, request_members[m])) {
            m++;
        }
        if (m < N_REQUEST_MEMBERS && seen[m]) {
            return cd_line_fail_at(l, "request: twice the member ", key);
        }
        if (m < N_REQUEST_MEMBERS) {
            seen[m] = true;
        }
        if (m < N_REQUEST_MEMBERS ? !take_request_member(l, (enum request_member)m)
                                  : !cd_line_pass(l, "request: there is no member ", key)) {
            return false;
        }
    }
    return check_request(l, seen);
}
