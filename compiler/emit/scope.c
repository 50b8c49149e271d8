/* Scopes of documents: buckets, keys, services of endpoints. */
#include "compiler/emit/scope.h"

#include <stdlib.h>

#include "runtime/base/glob.h"
#include "runtime/schema/arn.h"

/* ---- which there are ---- */

static int
by_order(const void *x, const void *y)
{
    const struct cd_scope *a = x, *b = y;
    int order = cd_bucket_cmp(&a->bucket, &b->bucket);
    order = order != 0 ? order : cd_key_cmp(&a->key, &b->key);
    return order != 0 ? order : cd_str_cmp(a->service, b->service);
}

/* Sorted, each once. */
static size_t
settle(struct cd_scope *scopes, size_t n)
{
    size_t kept = 0;
    qsort(scopes, n, sizeof *scopes, by_order);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_order(&scopes[kept - 1], &scopes[i]) != 0) {
            scopes[kept++] = scopes[i];
        }
    }
    return kept;
}

/* Those that the statements name, into OUT (NULL: they are only counted). */
static size_t
named(const struct cd_emission *e, struct cd_scope *out)
{
    struct cd_bucket *buckets = NULL;
    struct cd_key *keys = NULL;
    bool are_keys = e->target == CD_TARGET_KEY_POLICY;
    size_t n = are_keys                               ? cd_keys_named(e, &keys)
               : e->target == CD_TARGET_BUCKET_POLICY ? cd_buckets_named(e, &buckets)
                                                      : 0;
    for (size_t i = 0; i < n && out != NULL; i++) {
        out[i] = are_keys ? (struct cd_scope){.kind = CD_SCOPE_KEY, .key = keys[i]}
                          : (struct cd_scope){.kind = CD_SCOPE_BUCKET, .bucket = buckets[i]};
    }
    return n;
}

cordon_status
cd_scopes_of(const struct cd_emission *e, const struct cd_emit_asked *asked, struct cd_scope **out,
             size_t *n, struct cordon_error *err)
{
    size_t n_named = named(e, NULL);
    *out = CD_NEW_ARRAY(e->arena, asked->n + n_named + 1, struct cd_scope);
    if (asked->n != 0) {
        memcpy(*out, asked->items, asked->n * sizeof **out);
    }
    (void)named(e, *out + asked->n);
    *n = asked->n + n_named == 0 ? 0 : settle(*out, asked->n + n_named);
    if (*n != 0) {
        return CORDON_OK;
    }
    if (e->target == CD_TARGET_BUCKET_POLICY) {
        return e->n == 0 ? CORDON_OK
                         : cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                                       "no bucket is named: neither by --bucket NAME nor, without "
                                       "wildcards, after the `on` of a deny");
    }
    bool are_keys = e->target == CD_TARGET_KEY_POLICY;
    (*out)[(*n)++] = (struct cd_scope){.kind = are_keys ? CD_SCOPE_KEY : CD_SCOPE_ALL,
                                       .key = {.partition = CD_STR("aws")}};
    return CORDON_OK;
}

/* ---- files ---- */

static struct cd_str
key_suffix(struct cd_arena *a, const struct cd_key *key)
{
    return key->id.n != 0        ? cd_arena_printf(a, "-%.*s-%.*s-%.*s", CD_FMT(key->account),
                                                   CD_FMT(key->region), CD_FMT(key->id))
           : key->account.n != 0 ? cd_arena_printf(a, "-%.*s", CD_FMT(key->account))
                                 : CD_STR("");
}

struct cd_str
cd_scope_file(struct cd_arena *a, enum cd_target target, const struct cd_scope *s)
{
    struct cd_str suffix = CD_STR(""), partition = CD_STR("");
    switch (s->kind) {
    case CD_SCOPE_ALL: break;
    case CD_SCOPE_BUCKET:
        suffix = cd_arena_printf(a, "-%.*s", CD_FMT(s->bucket.name));
        partition = s->bucket.partition;
        break;
    case CD_SCOPE_KEY:
        suffix = key_suffix(a, &s->key);
        partition = s->key.id.n == 0 ? s->key.partition : partition; /* a region tells it */
        break;
    case CD_SCOPE_SERVICE: suffix = cd_arena_printf(a, "-%.*s", CD_FMT(s->service)); break;
    }
    bool is_usual = partition.n == 0 || cd_str_eq(partition, CD_STR("aws"));
    return cd_arena_printf(a, "%.*s%.*s%s%.*s.json", CD_FMT(cd_target_info[target].file),
                           CD_FMT(suffix), is_usual ? "" : "@", is_usual ? 0 : (int)partition.n,
                           partition.p);
}

/* ---- cutting ---- */

/* Of a deny what concerns one service: through its endpoint nothing else goes. */
static enum cd_cut
cut_to_service(struct cd_arena *a, const struct cd_statement *s, struct cd_str service,
               struct cd_statement *out)
{
    struct cd_str all = cd_arena_printf(a, "%.*s:*", CD_FMT(service));
    struct cd_str *kept = CD_NEW_ARRAY(a, s->n_actions + 1, struct cd_str);
    size_t n = 0;
    for (size_t i = 0; i < s->n_actions; i++) {
        bool covers = cd_glob_nocase(s->actions[i], all);
        if (covers && s->not_action) {
            return CD_CUT_NOTHING;
        }
        if (covers || cd_globs_meet(s->actions[i], all)) {
            kept[n++] = covers ? all : s->actions[i];
        }
    }
    if (n == 0 && !s->not_action) {
        return CD_CUT_NOTHING;
    }
    *out = *s;
    out->not_action = s->not_action && n != 0;
    if (s->not_action && n == 0) {
        kept[n++] = all;
    }
    out->actions = kept;
    out->n_actions = n;
    return CD_CUT_DONE;
}

enum cd_cut
cd_scope_cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_scope *scope,
             struct cd_statement *out)
{
    switch (scope->kind) {
    case CD_SCOPE_ALL: *out = *s; return CD_CUT_DONE;
    case CD_SCOPE_BUCKET: return cd_bucket_cut(a, s, &scope->bucket, out);
    case CD_SCOPE_KEY: return cd_key_cut(a, s, &scope->key, out);
    case CD_SCOPE_SERVICE: return cut_to_service(a, s, scope->service, out);
    }
    return CD_CUT_NOTHING;
}

/* ---- what meets a document ---- */

static bool
bucket_has(const struct cd_bucket *b, uint32_t action, struct cd_str arn)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    if (!cd_arn_segments(arn, part) || !cd_str_eq(part[2], CD_STR("s3"))) {
        return false;
    }
    size_t slash = cd_str_find(part[5], '/', 0);
    unsigned level = slash < part[5].n ? CD_ON_OBJECTS : CD_ON_BUCKET;
    return (level & cd_bucket_action_levels(action)) != 0
           && cd_str_eq(cd_str_sub(part[5], 0, slash), b->name) && cd_str_eq(part[1], b->partition)
           && part[3].n == 0 && part[4].n == 0;
}

bool
cd_scope_has(const struct cd_scope *scope, uint32_t action, struct cd_str resource)
{
    switch (scope->kind) {
    case CD_SCOPE_ALL: return true;
    case CD_SCOPE_BUCKET: return bucket_has(&scope->bucket, action, resource);
    case CD_SCOPE_KEY: return cd_key_has(&scope->key, resource);
    case CD_SCOPE_SERVICE: return cd_str_eq(cd_iam_action_at(action).service, scope->service);
    }
    return false;
}
