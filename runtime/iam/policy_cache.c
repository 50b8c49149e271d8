/* Two tables keyed by text: members of lines, and documents. A member that is the same as one of
 * the last few of its kind is found by comparing bytes alone, without looking for its end: a JSON
 * object or list is never the beginning of another one. */
#include "runtime/iam/policy_cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/buf.h"
#include "runtime/schema/schema.h"

#define BEGINNING 256                   /* bytes of a member by which it is found */
#define SAME_BEGINNING 8                /* members that are compared then */
#define BYTES_LIMIT ((size_t)256 << 20) /* of texts and what is compiled from them */

struct entry {
    struct cd_str text;
    uint64_t hash;
    uint32_t kind;                  /* of a member; documents: CD_N_POLICY_KINDS */
    struct cd_policy_member member; /* of a document: only its error and size */
    const struct cd_policy *policy; /* of a document */
    struct entry *next;
    uint64_t beginning;        /* of a member: hash of its first bytes */
    struct entry *next_begins; /* alike, as far as the slot tells */
};

struct cd_policy_cache {
    struct cd_arena arena;
    struct cd_dom *dom;
    struct entry **slots; /* chains; a power of two of them */
    size_t n, n_slots;
    struct entry **begins; /* as many slots: members by their beginning, newest first */
};

#define FIRST_SLOTS 256

struct cd_policy_cache *
cd_policy_cache_new(void)
{
    struct cd_policy_cache *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    cd_arena_init(&c->arena);
    c->dom = cd_dom_new();
    c->slots = calloc(FIRST_SLOTS, sizeof *c->slots);
    c->begins = calloc(FIRST_SLOTS, sizeof *c->begins);
    c->n_slots = FIRST_SLOTS;
    if (c->dom == NULL || c->slots == NULL || c->begins == NULL) {
        cd_policy_cache_free(c);
        return NULL;
    }
    return c;
}

void
cd_policy_cache_free(struct cd_policy_cache *c)
{
    if (c != NULL) {
        cd_dom_free(c->dom);
        cd_arena_finish(&c->arena);
        free(c->slots);
        free(c->begins);
        free(c);
    }
}

void
cd_policy_cache_trim(struct cd_policy_cache *c)
{
    if (c->arena.used > BYTES_LIMIT) {
        cd_arena_finish(&c->arena);
        cd_arena_init(&c->arena);
        memset(c->slots, 0, c->n_slots * sizeof *c->slots);
        memset(c->begins, 0, c->n_slots * sizeof *c->begins);
        c->n = 0;
    }
}

/* ---- the table ---- */

static struct entry *
find(const struct cd_policy_cache *c, struct cd_str text, uint64_t hash, uint32_t kind)
{
    struct entry *e = c->slots[hash & (c->n_slots - 1)];
    while (e != NULL && (e->hash != hash || e->kind != kind || !cd_str_eq(e->text, text))) {
        e = e->next;
    }
    return e;
}

/* Chains get long before this fails to matter: growth is only tried. */
static void
grow(struct cd_policy_cache *c)
{
    size_t n = 4 * c->n_slots;
    struct entry **slots = calloc(n, sizeof *slots), **begins = calloc(n, sizeof *begins);
    if (slots == NULL || begins == NULL) {
        free(slots);
        free(begins);
        return;
    }
    for (size_t i = 0; i < c->n_slots; i++) {
        for (struct entry *e = c->slots[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = slots[e->hash & (n - 1)];
            slots[e->hash & (n - 1)] = e;
        }
    }
    for (size_t i = 0; i < c->n_slots; i++) {
        for (struct entry *e = c->begins[i], *next; e != NULL; e = next) {
            next = e->next_begins;
            e->next_begins = begins[e->beginning & (n - 1)];
            begins[e->beginning & (n - 1)] = e;
        }
    }
    free(c->slots);
    free(c->begins);
    c->slots = slots;
    c->begins = begins;
    c->n_slots = n;
}

static struct entry *
add(struct cd_policy_cache *c, struct cd_str text, uint64_t hash, uint32_t kind)
{
    struct entry *e = CD_NEW(&c->arena, struct entry);
    struct cd_str copy = cd_arena_str(&c->arena, text);
    if (e == NULL || copy.p == NULL) {
        return NULL;
    }
    if (c->n >= 2 * c->n_slots) {
        grow(c);
    }
    *e = (struct entry){.text = copy, .hash = hash, .kind = kind};
    e->next = c->slots[hash & (c->n_slots - 1)];
    c->slots[hash & (c->n_slots - 1)] = e;
    c->n++;
    return e;
}

/* ---- documents ---- */

static size_t
size_without_blanks(struct cd_str text)
{
    size_t n = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        n += in_string || (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n');
        if (ch == '\\' && in_string && i + 1 < text.n) {
            i++;
            n++;
        } else if (ch == '"') {
            in_string = !in_string;
        }
    }
    return n;
}

static struct entry *
document_of(struct cd_policy_cache *c, struct cd_str text)
{
    uint64_t hash = cd_str_hash(text);
    struct entry *e = find(c, text, hash, CD_N_POLICY_KINDS);
    struct cordon_error err = {.code = CORDON_OK};
    if (e != NULL) {
        return e;
    }
    e = add(c, text, hash, CD_N_POLICY_KINDS);
    if (e == NULL) {
        return NULL;
    }
    cordon_status status = cd_policy_read(&c->arena, c->dom, e->text, &e->policy, &err);
    if (status == CORDON_ENOMEM) {
        return NULL;
    }
    if (status != CORDON_OK) {
        e->member.error = cd_arena_str(&c->arena, cd_str_of(err.message));
        return e->member.error.p == NULL ? NULL : e;
    }
    e->member.largest = size_without_blanks(e->text);
    return e;
}

/* ---- members ---- */

struct reader {
    struct cd_policy_cache *c;
    enum cd_policy_kind kind;
    struct cd_policy_member *out;
    struct cd_cursor at;
    struct cd_str name; /* of the member */
    uint32_t level;     /* UINT32_MAX: there are none */
    bool oom;
};

struct policies {
    struct cd_named_policy *items;
    size_t n, cap;
};

/* The first error counts. False, so that `return fail(…)` reads well. */
static bool
fail(struct reader *r, uint32_t place, const char *what, struct cd_str more)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_str(&b, r->name);
    if (r->level != UINT32_MAX) {
        cd_buf_printf(&b, "[%u].policies", r->level);
    }
    if (place != UINT32_MAX) {
        cd_buf_printf(&b, "[%u]", place);
    }
    cd_buf_printf(&b, ": %s%.*s", what, CD_FMT(more));
    r->out->error = cd_arena_str(&r->c->arena, cd_buf_view(&b));
    r->oom = r->oom || b.oom || r->out->error.p == NULL;
    cd_buf_finish(&b);
    return false;
}

static bool
fail_plainly(struct reader *r, uint32_t place, const char *what)
{
    return fail(r, place, what, CD_STR(""));
}

/* The text of a string with its escapes resolved. */
static bool
take_text(struct reader *r, uint32_t place, struct cd_str *out)
{
    bool is_plain;
    struct cd_cursor from = r->at;
    struct cd_dom_val v;
    if (!cd_cursor_string(&r->at, out, &is_plain)) {
        return fail_plainly(r, place, "a name is a string");
    }
    if (!is_plain) {
        (void)cd_cursor_peek(&from);
        struct cd_str quoted = {from.p, (size_t)(r->at.p - from.p)};
        if (cd_dom_parse(r->c->dom, quoted, false, &v) != CD_DOM_OK) {
            return fail_plainly(r, place, "a name is no JSON string");
        }
        *out = cd_dom_str(v);
    }
    *out = cd_arena_str(&r->c->arena, *out);
    r->oom = r->oom || out->p == NULL;
    return !r->oom;
}

static bool
check_size(struct reader *r, uint32_t place, size_t size)
{
    static const struct {
        enum cd_policy_kind kind;
        enum cd_quota quota;
    } quotas[] = {{CD_POLICY_SCP, CD_QUOTA_SCP},
                  {CD_POLICY_RCP, CD_QUOTA_RCP},
                  {CD_POLICY_ENDPOINT, CD_QUOTA_VPCE_POLICY}};
    for (size_t i = 0; i < CD_ARRAY_LEN(quotas); i++) {
        struct cd_quota_row row = cd_quota_of(quotas[i].quota, (struct cd_str){"", 0});
        if (quotas[i].kind == r->kind && size > row.max_bytes) {
            char text[160];
            (void)snprintf(text, sizeof text,
                           "over its quota: %zu bytes without blanks, of which AWS takes %u", size,
                           row.max_bytes);
            return fail_plainly(r, place, text);
        }
    }
    return true;
}

static bool
take_document(struct reader *r, uint32_t place, const struct cd_policy **out)
{
    struct cd_str text;
    struct cordon_error err = {.code = CORDON_OK};
    if (!cd_cursor_skip(&r->at, &text)) {
        return fail_plainly(r, place, "a policy does not end");
    }
    const struct entry *e = document_of(r->c, text);
    if (e == NULL) {
        r->oom = true;
        return false;
    }
    if (e->member.error.n != 0) {
        return fail(r, place, "", e->member.error);
    }
    if (!check_size(r, place, e->member.largest)) {
        return false;
    }
    if (cd_policy_fits(e->policy, r->kind, &err) != CORDON_OK) {
        return fail(r, place, "", cd_str_of(err.message));
    }
    r->out->largest = e->member.largest > r->out->largest ? e->member.largest : r->out->largest;
    *out = e->policy;
    return true;
}

/* `"key":`, in an object of which one member must be behind a comma. */
static bool
take_key(struct reader *r, uint32_t place, bool is_first, struct cd_str *key)
{
    bool is_plain;
    if ((!is_first && !cd_cursor_take(&r->at, ',')) || !cd_cursor_string(&r->at, key, &is_plain)
        || !cd_cursor_take(&r->at, ':')) {
        return fail_plainly(r, place, "not JSON");
    }
    return true;
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
            ok = take_text(r, place, &out->name);
        } else if (ok && cd_str_eq(key, CD_STR("policy")) && out->policy == NULL) {
            ok = take_document(r, place, &out->policy);
        } else if (ok) {
            ok = fail(r, place, "name and policy are expected, once each, not ", key);
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
    return *ended || n == 0 || cd_cursor_take(&r->at, ',')
           || fail_plainly(r, UINT32_MAX, "not JSON");
}

static bool
take_list(struct reader *r, struct cd_policy_set *out)
{
    struct policies list = {.n = 0};
    bool ended = false;
    if (!cd_cursor_take(&r->at, '[')) {
        return fail_plainly(r, UINT32_MAX, "a list is expected");
    }
    while (next_element(r, (uint32_t)list.n, &ended) && !ended) {
        struct cd_named_policy *slot = CD_PUSH(&r->c->arena, list.items, list.n, list.cap);
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
        return fail_plainly(r, UINT32_MAX, "{\"orgIdentifier\": …, \"policies\": […]} is expected");
    }
    for (bool first = true, named = false; !cd_cursor_take(&r->at, '}'); first = false) {
        struct cd_str key;
        bool ok = take_key(r, UINT32_MAX, first, &key);
        if (ok && cd_str_eq(key, CD_STR("orgIdentifier")) && !named) {
            named = true;
            ok = take_text(r, UINT32_MAX, &out->name);
        } else if (ok && cd_str_eq(key, CD_STR("policies")) && !has_policies) {
            has_policies = true;
            ok = take_list(r, &out->policies);
        } else if (ok) {
            ok = fail(r, UINT32_MAX, "orgIdentifier and policies are expected, once each, not ",
                      key);
        }
        if (!ok) {
            return false;
        }
    }
    return has_policies || fail_plainly(r, UINT32_MAX, "policies is missing");
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
        return fail_plainly(r, UINT32_MAX, "a list is expected");
    }
    while (next_element(r, (uint32_t)list.n, &ended) && !ended) {
        struct cd_policy_level *slot = CD_PUSH(&r->c->arena, list.items, list.n, list.cap);
        r->oom = r->oom || slot == NULL;
        r->level = (uint32_t)list.n - 1;
        if (r->oom || !take_level(r, slot)) {
            return false;
        }
        r->level = UINT32_MAX;
    }
    r->out->levels = (struct cd_policy_levels){list.items, (uint32_t)list.n};
    return ended;
}

/* A document of its own goes by the member's name. */
static bool
take_single(struct reader *r)
{
    struct cd_named_policy *one = CD_NEW(&r->c->arena, struct cd_named_policy);
    if (one == NULL) {
        r->oom = true;
        return false;
    }
    one->name = r->name;
    r->out->set = (struct cd_policy_set){one, 1};
    return take_document(r, UINT32_MAX, &one->policy);
}

static bool
take_member(struct reader *r)
{
    switch (r->kind) {
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

/* ---- finding them again ---- */

/* What begins alike is told apart at its end first. */
static bool
stands_at(const struct entry *e, const struct cd_cursor *at)
{
    size_t n = e->text.n, tail = n < 32 ? n : 32;
    return (size_t)(at->end - at->p) >= n
           && memcmp(at->p + n - tail, e->text.p + n - tail, tail) == 0
           && memcmp(at->p, e->text.p, n) == 0;
}

static uint64_t
hash_of_beginning(const char *p, enum cd_policy_kind kind)
{
    return (cd_str_hash((struct cd_str){p, BEGINNING}) + kind) | 1; /* 0: none */
}

static struct entry *
find_by_beginning(const struct cd_policy_cache *c, enum cd_policy_kind kind, struct cd_cursor *at)
{
    if (at->end - at->p < BEGINNING) {
        return NULL;
    }
    uint64_t beginning = hash_of_beginning(at->p, kind);
    struct entry *e = c->begins[beginning & (c->n_slots - 1)];
    for (size_t i = 0; i < SAME_BEGINNING && e != NULL; i++, e = e->next_begins) {
        if (e->beginning == beginning && e->kind == kind && stands_at(e, at)) {
            at->p += e->text.n;
            return e;
        }
    }
    return NULL;
}

/* To be found by its beginning from now on. */
static void
set_beginning(struct cd_policy_cache *c, struct entry *e)
{
    if (e->text.n < BEGINNING || e->beginning != 0) {
        return;
    }
    e->beginning = hash_of_beginning(e->text.p, (enum cd_policy_kind)e->kind);
    e->next_begins = c->begins[e->beginning & (c->n_slots - 1)];
    c->begins[e->beginning & (c->n_slots - 1)] = e;
}

static const struct cd_policy_member no_policies = {.largest = 0};
static const struct cd_policy_member unended = {.error = CD_STR_INIT("the line is not JSON")};

const struct cd_policy_member *
cd_policy_cache_take(struct cd_policy_cache *c, enum cd_policy_kind kind, struct cd_str name,
                     struct cd_cursor *at)
{
    struct cd_str text;
    char first = cd_cursor_peek(at);
    struct entry *e = first == '{' || first == '[' ? find_by_beginning(c, kind, at) : NULL;
    if (e != NULL) {
        return &e->member;
    }
    if (!cd_cursor_skip(at, &text)) {
        return &unended;
    }
    if (cd_str_eq(text, CD_STR("null"))) {
        return &no_policies;
    }
    uint64_t hash = cd_str_hash(text);
    e = find(c, text, hash, kind);
    if (e == NULL) {
        e = add(c, text, hash, kind);
        if (e == NULL) {
            return NULL;
        }
        struct reader r = {.c = c,
                           .kind = kind,
                           .out = &e->member,
                           .at = {e->text.p, e->text.p + e->text.n},
                           .name = name,
                           .level = UINT32_MAX};
        if (!take_member(&r) && r.oom) {
            return NULL;
        }
    }
    if (first == '{' || first == '[') {
        set_beginning(c, e);
    }
    return &e->member;
}
