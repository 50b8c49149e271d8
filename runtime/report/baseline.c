/* Reading an earlier report: a JSON document that anybody may have written or cut. */
#include "runtime/report/baseline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- digests ---- */

static uint64_t
mix(uint64_t a, uint64_t b)
{
    const uint64_t pair[2] = {a, b};
    return cd_str_hash((struct cd_str){(const char *)pair, sizeof pair});
}

/* Members of an object count in any order. As deep as the parser admits. */
static uint64_t
digest_of(struct cd_dom_val v)
{
    uint64_t digest = (uint64_t)cd_dom_kind(v);
    double number;
    switch (cd_dom_kind(v)) {
    case CD_DOM_NULL:
    case CD_DOM_FALSE:
    case CD_DOM_TRUE: return digest;
    case CD_DOM_STRING: return mix(digest, cd_str_hash(cd_dom_str(v)));
    case CD_DOM_NUMBER:
        if (cd_dom_number(v, &number)) {
            uint64_t bits;
            number += 0.0; /* -0 is 0 */
            memcpy(&bits, &number, sizeof bits);
            return mix(digest, bits);
        }
        return mix(mix(digest, (uint64_t)cd_dom_tag(v)), v.doc->tape[v.at + 1]);
    case CD_DOM_ARRAY:
        for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
            digest = mix(digest, digest_of(it.val));
        }
        return digest;
    case CD_DOM_OBJECT:
        for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
            digest += mix(cd_str_hash(it.key), digest_of(it.val));
        }
        return digest;
    }
    return digest;
}

uint64_t
cd_baseline_digest(struct cd_dom_val finding)
{
    static const struct cd_str names[] = {CD_STR_INIT("verdict"), CD_STR_INIT("evidence"),
                                          CD_STR_INIT("waiver")};
    uint64_t digest = 0;
    for (size_t i = 0; i < CD_ARRAY_LEN(names); i++) {
        struct cd_dom_val v;
        digest = mix(digest, cd_dom_member(finding, names[i], &v) ? digest_of(v) : 0);
    }
    return digest;
}

/* ---- members ---- */

#define NO_FINDING UINT32_MAX
#define NO_REPORT "this is no report of `cordon eval --format json`"

struct reader {
    struct cd_baseline *b;
    uint32_t finding; /* the one that is read; NO_FINDING: the report itself */
    struct cordon_error *err;
};

static cordon_status wrong(const struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static cordon_status
wrong(const struct reader *r, const char *fmt, ...)
{
    char what[256];
    char place[32] = "";
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (r->finding != NO_FINDING) {
        (void)snprintf(place, sizeof place, "findings[%u]: ", r->finding);
    }
    return cordon_fail(r->err, CORDON_EINPUT, CORDON_NO_OFFSET, "%.*s: %s%s", CD_FMT(r->b->name),
                       place, what);
}

static cordon_status
no_memory(const struct reader *r)
{
    return cordon_fail(r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "%.*s: out of memory",
                       CD_FMT(r->b->name));
}

static const char *const kind_names[] = {
    [CD_DOM_NULL] = "null",     [CD_DOM_FALSE] = "false",   [CD_DOM_TRUE] = "true",
    [CD_DOM_NUMBER] = "number", [CD_DOM_STRING] = "string", [CD_DOM_ARRAY] = "list",
    [CD_DOM_OBJECT] = "object",
};

/* The one member of OBJECT that is called NAME, of that KIND; also null if IS_OPTIONAL, or not
 * there: *found is then false. */
static cordon_status
member(const struct reader *r, struct cd_dom_val object, const char *name, enum cd_dom_kind kind,
       bool is_optional, struct cd_dom_val *out, bool *found)
{
    *found = false;
    for (struct cd_dom_iter it = cd_dom_iter(object); cd_dom_next(&it);) {
        if (!cd_str_eq(it.key, cd_str_of(name))) {
            continue;
        }
        if (*found) {
            return wrong(r, "`%s` stands twice", name);
        }
        *found = true;
        *out = it.val;
    }
    if (*found && is_optional && cd_dom_kind(*out) == CD_DOM_NULL) {
        *found = false;
    } else if (*found && cd_dom_kind(*out) != kind) {
        return wrong(r, "`%s` is no %s", name, kind_names[kind]);
    }
    return *found || is_optional ? CORDON_OK : wrong(r, "it has no `%s`", name);
}

static cordon_status
text_member(const struct reader *r, struct cd_dom_val object, const char *name, bool is_optional,
            struct cd_str *out)
{
    struct cd_dom_val v;
    bool found;
    *out = CD_STR("");
    CORDON_TRY(member(r, object, name, CD_DOM_STRING, is_optional, &v, &found));
    if (found) {
        *out = cd_arena_str(&r->b->arena, cd_dom_str(v));
    }
    return out->p != NULL ? CORDON_OK : no_memory(r);
}

/* ---- findings ---- */

bool
cd_baseline_fingerprint(struct cd_str text, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.n && text.n == 16; i++) {
        char c = text.p[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (c < 'a' || c > 'f')) {
            return false;
        }
        *out = *out << 4 | (uint64_t)(is_digit ? c - '0' : c - 'a' + 10);
    }
    return text.n == 16;
}

static cordon_status
read_resource(const struct reader *r, struct cd_dom_val finding, struct cd_baseline_finding *out)
{
    struct cd_resource_name *name = &out->resource;
    struct cd_dom_val v;
    CORDON_TRY(member(r, finding, "resource", CD_DOM_OBJECT, true, &v, &out->has_resource));
    if (!out->has_resource) {
        return CORDON_OK;
    }
    CORDON_TRY(text_member(r, v, "type", false, &name->type));
    CORDON_TRY(text_member(r, v, "id", false, &name->id));
    CORDON_TRY(text_member(r, v, "arn", true, &name->arn));
    CORDON_TRY(text_member(r, v, "partition", false, &name->partition));
    CORDON_TRY(text_member(r, v, "region", true, &name->region));
    return text_member(r, v, "account", true, &name->account);
}

static cordon_status
read_finding(const struct reader *r, struct cd_dom_val v, struct cd_baseline_finding *out)
{
    struct cd_str text;
    struct cd_dom_val evidence;
    bool found;
    if (cd_dom_kind(v) != CD_DOM_OBJECT) {
        return wrong(r, "it is no object");
    }
    CORDON_TRY(text_member(r, v, "fingerprint", false, &text));
    if (!cd_baseline_fingerprint(text, &out->fingerprint)) {
        return wrong(r, "`fingerprint` is not sixteen hex digits");
    }
    CORDON_TRY(text_member(r, v, "verdict", false, &text));
    if (!cd_verdict_of(text, &out->verdict) || out->verdict == CD_PASS) {
        return wrong(r, "`verdict` is none of fail, unknown and waived");
    }
    CORDON_TRY(text_member(r, v, "severity", false, &text));
    if (!cd_level_of(text, &out->level)) {
        return wrong(r, "`severity` is none that there is");
    }
    CORDON_TRY(text_member(r, v, "control", false, &out->control));
    CORDON_TRY(text_member(r, v, "id", false, &out->id));
    CORDON_TRY(text_member(r, v, "message", false, &out->message));
    CORDON_TRY(text_member(r, v, "waiver", true, &text));
    CORDON_TRY(member(r, v, "evidence", CD_DOM_ARRAY, false, &evidence, &found));
    out->digest = cd_baseline_digest(v);
    return read_resource(r, v, out);
}

static cordon_status
read_findings(struct reader *r, struct cd_dom_val list)
{
    uint32_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        n++;
    }
    r->b->findings = CD_NEW_ARRAY(&r->b->arena, n, struct cd_baseline_finding);
    r->b->keys = CD_NEW_ARRAY(&r->b->arena, n, struct cd_baseline_key);
    if (r->b->findings == NULL || r->b->keys == NULL) {
        return no_memory(r);
    }
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        r->finding = it.i;
        CORDON_TRY(read_finding(r, it.val, &r->b->findings[it.i]));
        r->b->keys[it.i] = (struct cd_baseline_key){r->b->findings[it.i].fingerprint, it.i};
    }
    r->finding = NO_FINDING;
    r->b->n = n;
    return CORDON_OK;
}

static int
by_fingerprint(const void *x, const void *y)
{
    const struct cd_baseline_key *a = x, *b = y;
    if (a->fingerprint != b->fingerprint) {
        return a->fingerprint < b->fingerprint ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static cordon_status
sort_keys(const struct reader *r)
{
    struct cd_baseline_key *keys = r->b->keys;
    if (r->b->n > 1) {
        qsort(keys, r->b->n, sizeof *keys, by_fingerprint);
    }
    for (uint32_t i = 1; i < r->b->n; i++) {
        if (keys[i - 1].fingerprint == keys[i].fingerprint) {
            return wrong(r,
                         "findings[%u] and findings[%u] have the same fingerprint: this is not one "
                         "report as it was written",
                         keys[i - 1].at, keys[i].at);
        }
    }
    return CORDON_OK;
}

/* ---- the report ---- */

static cordon_status
read_controls(const struct reader *r, struct cd_dom_val list)
{
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        struct cd_str id;
        if (cd_dom_kind(it.val) != CD_DOM_OBJECT) {
            return wrong(r, "controls[%u] is no object", it.i);
        }
        CORDON_TRY(text_member(r, it.val, "id", false, &id));
        if (!cd_map_put(&r->b->controls, id, it.i)) {
            return no_memory(r);
        }
    }
    return CORDON_OK;
}

static cordon_status
check_schema(const struct reader *r, struct cd_dom_val report)
{
    struct cd_dom_val v;
    bool found;
    double schema;
    if (cd_dom_kind(report) != CD_DOM_OBJECT || !cd_dom_member(report, CD_STR("schema"), &v)
        || !cd_dom_member(report, CD_STR("findings"), &v)) {
        return wrong(r, NO_REPORT);
    }
    CORDON_TRY(member(r, report, "schema", CD_DOM_NUMBER, false, &v, &found));
    if (!cd_dom_number(v, &schema) || schema != 1) {
        return wrong(r, "this report has another schema than 1: make it again with this Cordon");
    }
    CORDON_TRY(member(r, report, "findings_total", CD_DOM_NUMBER, true, &v, &found));
    return found ? wrong(r, "this report was shortened by --max-findings, so that nothing can be "
                            "said to be new: make it again without")
                 : CORDON_OK;
}

static const char *
why_no_json(enum cd_dom_status status)
{
    switch (status) {
    case CD_DOM_OK:
    case CD_DOM_MEMORY:
    case CD_DOM_SYNTAX: break;
    case CD_DOM_DEPTH: return "it is nested too deeply";
    case CD_DOM_UTF8: return "it is not UTF-8";
    case CD_DOM_RANGE: return "a number in it is too large";
    }
    return "it is not one JSON document, or not all of it";
}

static cordon_status
read_report(struct reader *r, struct cd_str text, struct cd_dom *dom)
{
    struct cd_dom_val report, v;
    bool found;
    if (text.n == 0) {
        return wrong(r, NO_REPORT ": it is empty");
    }
    enum cd_dom_status status = cd_dom_parse(dom, text, false, &report);
    if (status == CD_DOM_MEMORY) {
        return no_memory(r);
    }
    if (status != CD_DOM_OK) {
        return wrong(r, NO_REPORT ": %s", why_no_json(status));
    }
    CORDON_TRY(check_schema(r, report));
    CORDON_TRY(member(r, report, "controls", CD_DOM_ARRAY, false, &v, &found));
    CORDON_TRY(read_controls(r, v));
    CORDON_TRY(member(r, report, "findings", CD_DOM_ARRAY, false, &v, &found));
    CORDON_TRY(read_findings(r, v));
    return sort_keys(r);
}

cordon_status
cd_baseline_read(const char *name, struct cd_str text, struct cd_baseline *out,
                 struct cordon_error *err)
{
    struct reader r = {.b = out, .finding = NO_FINDING, .err = err};
    struct cd_dom *dom = cd_dom_new();
    *out = (struct cd_baseline){.n = 0};
    cd_arena_init(&out->arena);
    cd_map_init(&out->controls);
    out->name = cd_arena_str(&out->arena, cd_str_of(name));
    cordon_status status = dom == NULL || out->name.p == NULL
                               ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory")
                               : read_report(&r, text, dom);
    cd_dom_free(dom);
    return status;
}

void
cd_baseline_finish(struct cd_baseline *b)
{
    if (b->name.p != NULL) {
        cd_map_finish(&b->controls);
        cd_arena_finish(&b->arena);
    }
    *b = (struct cd_baseline){.n = 0};
}

const struct cd_baseline_finding *
cd_baseline_find(const struct cd_baseline *b, uint64_t fingerprint)
{
    uint32_t low = 0;
    uint32_t high = b->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (b->keys[mid].fingerprint == fingerprint) {
            return &b->findings[b->keys[mid].at];
        }
        if (b->keys[mid].fingerprint < fingerprint) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return NULL;
}
