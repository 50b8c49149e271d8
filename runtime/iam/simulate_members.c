/* The members of a line, of which the policies are looked up in the cache, and what they have to be
 * together. */
#include "runtime/iam/simulate_line.h"
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

/* ---- errors and texts ---- */

#define SHOWN 300 /* bytes of what was found */

bool
cd_line_fail_at(struct cd_line *l, const char *what, struct cd_str more)
{
    if (l->error.n == 0) {
        struct cd_str shown = cd_arena_shown(&l->s->arena, more, SHOWN);
        l->error = cd_arena_printf(&l->s->arena, "%s%.*s", what, CD_FMT(shown));
        l->oom = l->oom || l->error.p == NULL;
    }
    return false;
}

bool
cd_line_fail(struct cd_line *l, const char *what)
{
    return cd_line_fail_at(l, what, CD_STR(""));
}

/* A string with its escapes resolved, borrowed from the line where it has none. */
bool
cd_line_text(struct cd_line *l, const char *otherwise, struct cd_str *out)
{
    bool is_plain;
    struct cd_dom_val v;
    bool is_string = cd_cursor_peek(&l->at) == '"';
    const char *from = l->at.p;
    if (!cd_cursor_string(&l->at, out, &is_plain)) {
        return cd_line_fail(l, is_string ? "the line is not JSON" : otherwise);
    }
    if (is_plain) {
        return true;
    }
    struct cd_str quoted = {from, (size_t)(l->at.p - from)};
    if (cd_dom_parse(l->s->dom, quoted, false, &v) != CD_DOM_OK) {
        return cd_line_fail(l, "the line is not JSON");
    }
    *out = cd_arena_str(&l->s->arena, cd_dom_str(v));
    l->oom = l->oom || out->p == NULL;
    return !l->oom;
}

/* `"key":`, behind a comma unless it is the first. */
bool
cd_line_key(struct cd_line *l, bool is_first, struct cd_str *key)
{
    if (!is_first && !cd_cursor_take(&l->at, ',')) {
        return cd_line_fail(l, "the line is not JSON");
    }
    return cd_line_text(l, "the line is not JSON", key)
           && (cd_cursor_take(&l->at, ':') || cd_line_fail(l, "the line is not JSON"));
}

bool
cd_line_null(struct cd_line *l)
{
    struct cd_cursor at = l->at;
    struct cd_str text;
    if (cd_cursor_peek(&at) != 'n' || !cd_cursor_skip(&at, &text)
        || !cd_str_eq(text, CD_STR("null"))) {
        return false;
    }
    l->at = at;
    return true;
}

bool
cd_line_warn(struct cd_line *l, const char *what, struct cd_str name)
{
    struct cd_str shown = cd_arena_shown(&l->s->arena, name, SHOWN);
    struct cd_str text = cd_arena_printf(&l->s->arena, "%s%.*s", what, CD_FMT(shown));
    l->oom = l->oom || text.p == NULL || !cd_warnings_add(&l->s->arena, &l->warnings, text);
    return !l->oom;
}

/* Is it another name for policies, or for context keys? */
static bool
is_like_a_member(struct cd_str key)
{
    static const struct cd_str words[] = {CD_STR_INIT("polic"), CD_STR_INIT("boundar"),
                                          CD_STR_INIT("scp"), CD_STR_INIT("rcp"),
                                          CD_STR_INIT("context")};
    for (size_t k = 0; k < CD_ARRAY_LEN(words); k++) {
        for (size_t i = 0; i + words[k].n <= key.n; i++) {
            if (cd_str_eq_nocase(cd_str_sub(key, i, i + words[k].n), words[k])) {
                return true;
            }
        }
    }
    return false;
}

bool
cd_line_pass(struct cd_line *l, const char *what, struct cd_str key)
{
    struct cd_str value;
    if (is_like_a_member(key)) {
        return cd_line_fail_at(l, what, key);
    }
    return (cd_cursor_skip(&l->at, &value) || cd_line_fail(l, "the line is not JSON"))
           && cd_line_warn(l, what, key);
}

/* ---- members of the line ---- */

static bool
take_id(struct cd_line *l)
{
    struct cd_str text;
    char first = cd_cursor_peek(&l->at);
    const char *from = l->at.p;
    if (first == '"') {
        if (!cd_line_text(l, "the line is not JSON", &text)) {
            return false;
        }
        l->id = (struct cd_str){from, (size_t)(l->at.p - from)};
        l->has_id = true;
        return true;
    }
    if (!cd_cursor_skip(&l->at, &text)
        || (!cd_json_number(text) && !cd_str_eq(text, CD_STR("null")))) {
        return cd_line_fail(l, "id: a string or a number is expected");
    }
    struct cd_dom_val v;
    bool is_small =
        text.n <= 15 && cd_str_find(text, 'e', 0) == text.n && cd_str_find(text, 'E', 0) == text.n;
    if (!is_small && cd_dom_parse(l->s->dom, text, false, &v) != CD_DOM_OK) {
        return cd_line_fail(l, "id: a number this large has to stand in quotes");
    }
    l->id = text;
    l->has_id = true;
    return true;
}

static bool
take_bool(struct cd_line *l, const char *otherwise, bool *out)
{
    struct cd_str text;
    if (!cd_cursor_skip(&l->at, &text)) {
        return cd_line_fail(l, "the line is not JSON");
    }
    *out = cd_str_eq(text, CD_STR("true"));
    return *out || cd_str_eq(text, CD_STR("false")) || cd_line_fail(l, otherwise);
}

static bool
take_policies(struct cd_line *l, enum member m)
{
    enum cd_policy_kind kind = members[m].kind;
    const struct cd_policy_member *found =
        cd_policy_cache_take(l->s->cache, kind, members[m].name, &l->at);
    if (found == NULL) {
        l->oom = true;
        return false;
    }
    if (found->error.n != 0) {
        return cd_line_fail_at(l, "", found->error);
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
    l->policies[kind] = found;
    return true;
}

static bool
take_member(struct cd_line *l, enum member m)
{
    switch (m) {
    case ID: return take_id(l);
    case REQUEST: return cd_line_request(l);
    case PARTIAL:
        return cd_line_null(l) || take_bool(l, "partial: true or false is expected", &l->partial);
    case MANAGEMENT_ACCOUNT:
        return cd_line_null(l)
               || cd_line_text(l, "managementAccountId: a string is expected",
                               &l->q.management_account);
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
take_members(struct cd_line *l)
{
    bool seen[N_MEMBERS] = {false};
    if (!cd_cursor_take(&l->at, '{')) {
        return cd_line_fail(l, "the line is not an object of JSON");
    }
    for (bool first = true; !cd_cursor_take(&l->at, '}'); first = false) {
        struct cd_str key;
        size_t m = 0;
        if (!cd_line_key(l, first, &key)) {
            return false;
        }
        while (m < N_MEMBERS && !cd_str_eq(key, members[m].name)) {
            m++;
        }
        if (m < N_MEMBERS && seen[m]) {
            return cd_line_fail_at(l, "twice the member ", key);
        }
        if (m < N_MEMBERS) {
            seen[m] = true;
        }
        if (m < N_MEMBERS ? !take_member(l, (enum member)m)
                          : !cd_line_pass(l, "there is no member ", key)) {
            return false;
        }
    }
    if (cd_cursor_peek(&l->at) != '\0' || l->at.p != l->at.end) {
        return cd_line_fail(l, "something stands behind the object");
    }
    return seen[REQUEST] || cd_line_fail(l, "request is missing");
}

/* ---- what the members have to be together ---- */

static bool
check_principal(struct cd_line *l)
{
    switch (l->q.caller.kind) {
    case CD_CALLER_ANONYMOUS:
        return (l->q.identity.n == 0 && l->q.boundaries.n == 0 && l->q.session.n == 0
                && l->q.scps.n == 0)
               || cd_line_fail(l, "an anonymous request has no identity, boundary, session or "
                                  "service control policies");
    case CD_CALLER_ROOT:
    case CD_CALLER_USER:
        return l->q.session.n == 0
               || cd_line_fail(l, "sessionPolicy: only sessions of roles and of federated users "
                                  "have one");
    case CD_CALLER_ROLE:
    case CD_CALLER_SESSION:
    case CD_CALLER_FEDERATED_USER:
    case CD_CALLER_PROVIDER:
    case CD_CALLER_SERVICE: break;
    }
    return true;
}

/* Policies of buckets and keys have quotas of their own, which other services' need not keep. */
static bool
check_resource_policy(struct cd_line *l)
{
    const struct cd_policy_member *policy = l->policies[CD_POLICY_RESOURCE];
    if (policy == NULL) {
        return true;
    }
    struct cd_str action = l->q.access.action;
    struct cd_str service = cd_str_sub(action, 0, cd_str_find(action, ':', 0));
    size_t limit = cd_str_eq_nocase(service, CD_STR("s3"))    ? l->s->bucket_quota
                   : cd_str_eq_nocase(service, CD_STR("kms")) ? l->s->key_quota
                                                              : SIZE_MAX;
    if (policy->largest <= limit) {
        return true;
    }
    return cd_line_fail_at(l, "",
                           cd_arena_printf(&l->s->arena,
                                           "resourcePolicy: over its quota: %zu bytes without "
                                           "blanks, of which AWS takes %zu",
                                           policy->largest, limit));
}

/* Every role has a trust policy: an answer without it is one of half of what decides. */
static bool
warn_of_trust(struct cd_line *l)
{
    const struct cd_access *access = &l->q.access;
    static const struct cd_str assume = CD_STR_INIT("sts:AssumeRole");
    bool is_assumed = access->action.n >= assume.n
                      && cd_str_eq_nocase(cd_str_sub(access->action, 0, assume.n), assume)
                      && access->has_arn
                      && cd_str_starts(access->arn.part[CD_ARN_TAIL], CD_STR("role/"));
    return !is_assumed || l->q.resource.n != 0
           || cd_line_warn(l, "resourcePolicy: the role's trust policy is not given", CD_STR(""));
}

/* The resource's account: as given, else the ARN's, else (of an ARN without one) the caller's. */
static void
set_account(struct cd_question *q)
{
    struct cd_str of_arn = q->access.has_arn ? cd_arn_account(&q->access.arn) : CD_STR("");
    if (q->account.n == 0) {
        q->account = of_arn.n != 0 ? of_arn : q->caller.account;
    }
}

bool
cd_line_read(struct cd_line *l)
{
    if (!take_members(l)) {
        return false;
    }
    l->q.access.is_partial = l->partial;
    set_account(&l->q);
    return check_principal(l) && check_resource_policy(l) && warn_of_trust(l);
}
