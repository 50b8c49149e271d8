/* Members with policies: levels, lists, and documents, each in its place. */
#include "runtime/iam/policy_member.h"

#include <stdio.h>

#include "runtime/base/buf.h"
#include "runtime/schema/schema.h"

#define NOWHERE UINT32_MAX
#define SHOWN 300 /* bytes of a member's name */

struct reader {
    const struct cd_policy_reading *to;
    struct cd_policy_member *out;
    struct cd_cursor at;
    uint32_t level; /* NOWHERE: there are none */
    bool oom;
};

struct policies {
    struct cd_named_policy *items;
    size_t n, cap;
};

/* `scps[0].policies[1]: `. */
static void
put_place(const struct reader *r, uint32_t place, struct cd_buf *out)
{
    cd_buf_str(out, r->to->name);
    if (r->level != NOWHERE) {
        cd_buf_printf(out, "[%u].policies", r->level);
    }
    if (place != NOWHERE) {
        cd_buf_printf(out, "[%u]", place);
    }
    cd_buf_puts(out, ": ");
}

/* The first error counts. False, so that `return fail(…)` reads well. */
static bool
fail(struct reader *r, uint32_t place, const char *what, struct cd_str more)
{
    struct cd_buf b = CD_BUF_INIT;
    put_place(r, place, &b);
    cd_buf_puts(&b, what);
    cd_buf_str(&b, more);
    r->out->error = cd_arena_str(r->to->arena, cd_buf_view(&b));
    r->oom = r->oom || b.oom || r->out->error.p == NULL;
    cd_buf_finish(&b);
    return false;
}

/* The warnings are the member's, with their place in it. */
static bool
warn(struct reader *r, uint32_t place, const struct cd_warnings *warnings)
{
    struct cd_buf b = CD_BUF_INIT;
    for (size_t i = 0; i < warnings->n && !r->oom; i++) {
        cd_buf_clear(&b);
        put_place(r, place, &b);
        cd_buf_str(&b, warnings->items[i]);
        r->oom = b.oom || !cd_warnings_add(r->to->arena, &r->out->warnings, cd_buf_view(&b));
    }
    cd_buf_finish(&b);
    return !r->oom;
}

static bool
fail_plainly(struct reader *r, uint32_t place, const char *what)
{
    return fail(r, place, what, CD_STR(""));
}

/* The text of a string with its escapes resolved; OTHERWISE is what is wrong if none stands there.
 */
static bool
take_text(struct reader *r, uint32_t place, const char *otherwise, struct cd_str *out)
{
    bool is_plain, is_string = cd_cursor_peek(&r->at) == '"';
    const char *from = r->at.p;
    struct cd_dom_val v;
    if (!cd_cursor_string(&r->at, out, &is_plain)) {
        return fail_plainly(r, place, is_string ? "not JSON" : otherwise);
    }
    if (!is_plain) {
        struct cd_str quoted = {from, (size_t)(r->at.p - from)};
        if (cd_dom_parse(r->to->dom, quoted, false, &v) != CD_DOM_OK) {
            return fail_plainly(r, place, otherwise);
        }
        *out = cd_dom_str(v);
    }
    *out = cd_arena_str(r->to->arena, *out);
    r->oom = r->oom || out->p == NULL;
    return !r->oom;
}

/* A name, or null: none. */
static bool
take_name(struct reader *r, uint32_t place, struct cd_str *out)
{
    struct cd_cursor at = r->at;
    struct cd_str text;
    if (cd_cursor_peek(&at) == 'n' && cd_cursor_skip(&at, &text)
        && cd_str_eq(text, CD_STR("null"))) {
        r->at = at;
        return true;
    }
    return take_text(r, place, "a name is a string", out);
}

/* Passes over a member that nobody knows, with a warning. */
static bool
pass_member(struct reader *r, uint32_t place, struct cd_str key)
{
    struct cd_str value, text;
    struct cd_warnings odd = {.n = 0};
    if (!cd_cursor_skip(&r->at, &value)) {
        return fail_plainly(r, place, "not JSON");
    }
    key = cd_arena_shown(r->to->arena, key, SHOWN);
    text = cd_arena_printf(r->to->arena, "there is no member %.*s", CD_FMT(key));
    r->oom = r->oom || text.p == NULL || !cd_warnings_add(r->to->arena, &odd, text);
    return !r->oom && warn(r, place, &odd);
}

/* Quotas that are the same for every document of a kind. */
static const struct {
    enum cd_policy_kind kind;
    enum cd_quota quota;
} quotas[] = {{CD_POLICY_SCP, CD_QUOTA_SCP},
              {CD_POLICY_RCP, CD_QUOTA_RCP},
              {CD_POLICY_IDENTITY, CD_QUOTA_ROLE_POLICY},
              {CD_POLICY_BOUNDARY, CD_QUOTA_BOUNDARY},
              {CD_POLICY_SESSION, CD_QUOTA_ROLE_POLICY},
              {CD_POLICY_ENDPOINT, CD_QUOTA_VPCE_POLICY}};

static bool
check_size(struct reader *r, uint32_t place, size_t size)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(quotas); i++) {
        struct cd_quota_row row = cd_quota_of(quotas[i].quota, CD_STR(""));
        if (quotas[i].kind == r->to->kind && size > row.max_bytes) {
            char text[160];
            (void)snprintf(text, sizeof text,
                           "over its quota: %zu bytes without blanks, of which AWS takes %u", size,
                           row.max_bytes);
            return fail_plainly(r, place, text);
        }
    }
    return true;
}

static const struct cd_str large_session =
    CD_STR_INIT("larger than the session policies that sts:AssumeRole takes");

/* The document can be compiled; can it stand here? */
static bool
check_document(struct reader *r, uint32_t place, const struct cd_policy_document *d)
{
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_warnings odd = {.n = 0};
    if (!check_size(r, place, d->size)) {
        return false;
    }
    if (cd_policy_fits(d->policy, r->to->kind, &err) != CORDON_OK) {
        return fail(r, place, "", cd_str_of(err.message));
    }
    bool is_large = r->to->kind == CD_POLICY_SESSION
                    && d->size > cd_quota_of(CD_QUOTA_SESSION_POLICY, CD_STR("")).max_bytes;
    r->oom = r->oom || !cd_policy_warn(r->to->arena, d->policy, r->to->kind, &odd)
             || (is_large && !cd_warnings_add(r->to->arena, &odd, large_session));
    return !r->oom && warn(r, place, &d->policy->warnings) && warn(r, place, &odd);
}

/* The document may stand as a string of JSON: many an API gives it so. */
static bool
take_document(struct reader *r, uint32_t place, const struct cd_policy **out)
{
    struct cd_str text;
    if (cd_cursor_peek(&r->at) == '"') {
        if (!take_text(r, place, "a policy is no JSON string", &text)) {
            return false;
        }
    } else if (!cd_cursor_skip(&r->at, &text)) {
        return fail_plainly(r, place, "a policy does not end");
    }
    const struct cd_policy_document *d = cd_policy_cache_document(r->to->cache, text);
    if (d == NULL) {
        r->oom = true;
        return false;
    }
    if (d->policy == NULL) {
        return fail(r, place, "", d->error);
    }
    if (!check_document(r, place, d)) {
        return false;
    }
    r->out->largest = d->size > r->out->largest ? d->size : r->out->largest;
    *out = d->policy;
    return true;
}

/* `"key":`, in an object of which one member must be behind a comma. */
static bool
take_key(struct reader *r, uint32_t place, bool is_first, struct cd_str *key)
{
    if (!is_first && !cd_cursor_take(&r->at, ',')) {
        return fail_plainly(r, place, "not JSON");
    }
    return take_text(r, place, "not JSON", key)
           && (cd_cursor_take(&r->at, ':') || fail_plainly(r, place, "not JSON"));
}

/* `{name, policy}`. */
static bool
take_named(struct reader *r, uint32_t place, struct cd_named_policy *out)
{
    *out = (struct cd_named_policy){.name = CD_STR("")};
    if (!cd_cursor_take(&r->at, '{')) {
        return fail_plainly(r, place, "{\"name\": …, \"policy\": …} is expected");
    }
    for (bool first = true, named = false; !cd_cursor_take(&r->at, '}'); first = false) {
        struct cd_str key;
        bool ok = take_key(r, place, first, &key);
        if (ok && cd_str_eq(key, CD_STR("name")) && !named) {
            named = true;
            ok = take_name(r, place, &out->name);
        } else if (ok && cd_str_eq(key, CD_STR("policy")) && out->policy == NULL) {
            ok = take_document(r, place, &out->policy);
        } else if (ok) {
            bool is_twice = cd_str_eq(key, CD_STR("name")) || cd_str_eq(key, CD_STR("policy"));
            ok = is_twice ? fail(r, place, "twice the member ", key) : pass_member(r, place, key);
        }
        if (!ok) {
            return false;
        }
    }
    return out->policy != NULL || fail_plainly(r, place, "policy is missing");
}

/* Takes the comma before an element, or the end of its list (*ended). */
static bool
next_element(struct reader *r, uint32_t n, bool *ended)
{
    *ended = cd_cursor_take(&r->at, ']');
    return *ended || n == 0 || cd_cursor_take(&r->at, ',') || fail_plainly(r, NOWHERE, "not JSON");
}

static bool
take_list(struct reader *r, struct cd_policy_set *out)
{
    struct policies list = {.n = 0};
    bool ended = false;
    if (!cd_cursor_take(&r->at, '[')) {
        return fail_plainly(r, NOWHERE, "a list is expected");
    }
    while (next_element(r, (uint32_t)list.n, &ended) && !ended) {
        struct cd_named_policy *slot = CD_PUSH(r->to->arena, list.items, list.n, list.cap);
        r->oom = r->oom || slot == NULL;
        if (r->oom || !take_named(r, (uint32_t)list.n - 1, slot)) {
            return false;
        }
    }
    *out = (struct cd_policy_set){list.items, (uint32_t)list.n};
    return ended;
}

static bool
take_level(struct reader *r, struct cd_policy_level *out)
{
    bool has_policies = false;
    *out = (struct cd_policy_level){.name = CD_STR("")};
    if (!cd_cursor_take(&r->at, '{')) {
        return fail_plainly(r, NOWHERE, "{\"orgIdentifier\": …, \"policies\": […]} is expected");
    }
    for (bool first = true, named = false; !cd_cursor_take(&r->at, '}'); first = false) {
        struct cd_str key;
        bool ok = take_key(r, NOWHERE, first, &key);
        if (ok && cd_str_eq(key, CD_STR("orgIdentifier")) && !named) {
            named = true;
            ok = take_name(r, NOWHERE, &out->name);
        } else if (ok && cd_str_eq(key, CD_STR("policies")) && !has_policies) {
            has_policies = true;
            ok = take_list(r, &out->policies);
        } else if (ok) {
            bool is_twice =
                cd_str_eq(key, CD_STR("orgIdentifier")) || cd_str_eq(key, CD_STR("policies"));
            ok = is_twice ? fail(r, NOWHERE, "twice the member ", key)
                          : pass_member(r, NOWHERE, key);
        }
        if (!ok) {
            return false;
        }
    }
    return has_policies || fail_plainly(r, NOWHERE, "policies is missing");
}

static bool
take_levels(struct reader *r)
{
    struct {
        struct cd_policy_level *items;
        size_t n, cap;
    } list = {.n = 0};
    bool ended = false;
    if (!cd_cursor_take(&r->at, '[')) {
        return fail_plainly(r, NOWHERE, "a list is expected");
    }
    while (next_element(r, (uint32_t)list.n, &ended) && !ended) {
        struct cd_policy_level *slot = CD_PUSH(r->to->arena, list.items, list.n, list.cap);
        r->oom = r->oom || slot == NULL;
        r->level = (uint32_t)list.n - 1;
        if (r->oom || !take_level(r, slot)) {
            return false;
        }
        r->level = NOWHERE;
    }
    r->out->levels = (struct cd_policy_levels){list.items, (uint32_t)list.n};
    return ended;
}

/* A document of its own goes by the member's name. */
static bool
take_single(struct reader *r)
{
    struct cd_named_policy *one = CD_NEW(r->to->arena, struct cd_named_policy);
    if (one == NULL) {
        r->oom = true;
        return false;
    }
    one->name = r->to->name;
    r->out->set = (struct cd_policy_set){one, 1};
    return take_document(r, NOWHERE, &one->policy);
}

static bool
take_member(struct reader *r)
{
    switch (r->to->kind) {
    case CD_POLICY_SCP:
    case CD_POLICY_RCP: return take_levels(r);
    case CD_POLICY_IDENTITY:
    case CD_POLICY_BOUNDARY:
    case CD_POLICY_ENDPOINT: return take_list(r, &r->out->set);
    case CD_POLICY_RESOURCE:
    case CD_POLICY_SESSION: return take_single(r);
    case CD_N_POLICY_KINDS: break;
    }
    return false;
}

bool
cd_policy_member_read(const struct cd_policy_reading *reading, struct cd_str text,
                      struct cd_policy_member *out)
{
    struct reader r = {
        .to = reading, .out = out, .at = {text.p, text.p + text.n}, .level = NOWHERE};
    return take_member(&r) || !r.oom;
}
