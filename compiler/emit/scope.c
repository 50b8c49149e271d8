/* Scopes of documents: buckets, keys, services of endpoints. */
#include "compiler/emit/scope.h"

#include <stdlib.h>

#include "runtime/base/glob.h"
#include "runtime/schema/arn.h"

/* ---- which there are ---- */

int
cd_scope_cmp(const struct cd_scope *x, const struct cd_scope *y)
{
    int order = cd_bucket_cmp(&x->bucket, &y->bucket);
    order = order != 0 ? order : cd_key_cmp(&x->key, &y->key);
    return order != 0 ? order : cd_str_cmp(x->service, y->service);
}

static int
by_order(const void *x, const void *y)
{
    return cd_scope_cmp(x, y);
}

struct scopes {
    struct cd_arena *a;
    struct cd_scope *items;
    size_t n, cap;
};

static void
add(struct scopes *s, struct cd_scope scope)
{
    *CD_PUSH(s->a, s->items, s->n, s->cap) = scope;
}

/* Sorted, each once. */
static void
settle(struct scopes *s)
{
    size_t kept = 0;
    if (s->n != 0) {
        qsort(s->items, s->n, sizeof *s->items, by_order);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (kept == 0 || by_order(&s->items[kept - 1], &s->items[i]) != 0) {
            s->items[kept++] = s->items[i];
        }
    }
    s->n = kept;
}

/* Those that the statements name. */
static void
add_named(const struct cd_emission *e, struct scopes *s)
{
    struct cd_bucket *buckets = NULL;
    struct cd_key *keys = NULL;
    size_t n_keys = e->target == CD_TARGET_KEY_POLICY ? cd_keys_named(e, &keys) : 0;
    size_t n_buckets = e->target == CD_TARGET_BUCKET_POLICY ? cd_buckets_named(e, &buckets) : 0;
    for (size_t i = 0; i < n_keys; i++) {
        add(s, (struct cd_scope){.kind = CD_SCOPE_KEY, .key = keys[i]});
    }
    for (size_t i = 0; i < n_buckets; i++) {
        add(s, (struct cd_scope){.kind = CD_SCOPE_BUCKET, .bucket = buckets[i]});
    }
}

/* ---- what they have already ---- */

struct cd_str
cd_scope_title(struct cd_arena *a, const struct cd_scope *s)
{
    switch (s->kind) {
    case CD_SCOPE_ALL: break;
    case CD_SCOPE_BUCKET: {
        bool is_usual = cd_str_eq(s->bucket.partition, CD_STR("aws"));
        return cd_arena_printf(a, "bucket %.*s%s%.*s", CD_FMT(s->bucket.name),
                               is_usual ? "" : " of ", is_usual ? 0 : (int)s->bucket.partition.n,
                               s->bucket.partition.p);
    }
    case CD_SCOPE_KEY:
        return s->key.id.n != 0
                   ? cd_arena_printf(a, "key %.*s", CD_FMT(cd_key_arn(a, &s->key)))
                   : cd_arena_printf(a, "keys of account %.*s", CD_FMT(s->key.account));
    case CD_SCOPE_SERVICE: return cd_arena_printf(a, "endpoints of %.*s", CD_FMT(s->service));
    }
    return CD_STR("");
}

static cordon_status
attach(struct cd_arena *a, const struct cd_shown_policy *shown, struct cd_scope *scope,
       struct cordon_error *err)
{
    struct cd_existing *existing = CD_NEW(a, struct cd_existing);
    if (shown->text.n == 0) {
        return CORDON_OK;
    }
    cordon_status status = cd_existing_read(a, shown->text, existing, err);
    if (status == CORDON_OK) {
        scope->existing = existing;
        return CORDON_OK;
    }
    struct cd_str why = cd_arena_str(a, cd_str_of(err->message));
    return cordon_fail(err, status, CORDON_NO_OFFSET, "the policy of %.*s, in the snapshot: %.*s",
                       CD_FMT(cd_scope_title(a, scope)), CD_FMT(why));
}

static cordon_status
not_shown(struct cd_arena *a, const struct cd_scope *scope, struct cd_str why,
          struct cordon_error *err)
{
    return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                       "the snapshot does not show the policy of %.*s, into which to merge%s%.*s; "
                       "name a snapshot that does, or emit without --merge where there is none",
                       CD_FMT(cd_scope_title(a, scope)), why.n == 0 ? "" : ": ", CD_FMT(why));
}

static cordon_status
attach_all(struct cd_arena *a, const struct cd_emit_asked *asked, struct cd_scope *scopes, size_t n,
           struct cordon_error *err)
{
    struct cd_shown_policy *sorted = CD_NEW_ARRAY(a, asked->n_shown + 1, struct cd_shown_policy);
    for (size_t i = 0; i < asked->n_shown; i++) {
        sorted[i] = asked->shown[i];
    }
    qsort(sorted, asked->n_shown, sizeof *sorted, by_order); /* a scope begins each */
    for (size_t i = 0; i < n; i++) {
        const struct cd_shown_policy *shown =
            bsearch(&scopes[i], sorted, asked->n_shown, sizeof *sorted, by_order);
        if (shown == NULL || shown->unknown.n != 0) {
            return not_shown(a, &scopes[i], shown == NULL ? CD_STR("") : shown->unknown, err);
        }
        CORDON_TRY(attach(a, shown, &scopes[i], err));
    }
    return CORDON_OK;
}

/* ---- all of them ---- */

/* Those that are asked for; with a snapshot, and without a name, all that it shows, and what is
 * wrong there. */
static void
add_wanted(const struct cd_emit_asked *asked, struct scopes *s)
{
    for (size_t i = 0; i < asked->n; i++) {
        add(s, asked->items[i]);
    }
    for (size_t i = 0; i < asked->n_shown && asked->n == 0; i++) {
        if (asked->shown[i].unknown.n == 0 || asked->shown[i].is_wrong) {
            add(s, asked->shown[i].scope);
        }
    }
}

/* Where there is none of them. */
static cordon_status
without_any(const struct cd_emission *e, const struct cd_emit_asked *asked, struct scopes *s,
            struct cordon_error *err)
{
    bool are_keys = e->target == CD_TARGET_KEY_POLICY;
    if (asked->n_shown != 0 && e->n != 0) { /* and none of them is known */
        return not_shown(e->arena, &asked->shown[0].scope, asked->shown[0].unknown, err);
    }
    if (e->target != CD_TARGET_BUCKET_POLICY && !asked->merges) {
        add(s, (struct cd_scope){.kind = are_keys ? CD_SCOPE_KEY : CD_SCOPE_ALL,
                                 .key = {.partition = CD_STR("aws")}});
        return CORDON_OK;
    }
    return e->n == 0 ? CORDON_OK
           : asked->merges
               ? cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                             "the snapshot shows the policy of no %s", are_keys ? "key" : "bucket")
               : cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                             "no bucket is named: neither by --bucket NAME nor, without wildcards, "
                             "after the `on` of a deny, nor shown by --merge SNAPSHOT");
}

cordon_status
cd_scopes_of(const struct cd_emission *e, const struct cd_emit_asked *asked, struct cd_scope **out,
             size_t *n, struct cordon_error *err)
{
    struct scopes s = {.a = e->arena};
    add_wanted(asked, &s);
    add_named(e, &s);
    settle(&s);
    CORDON_TRY(s.n == 0        ? without_any(e, asked, &s, err)
               : asked->merges ? attach_all(e->arena, asked, s.items, s.n, err)
                               : CORDON_OK);
    *out = s.items;
    *n = s.n;
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

static enum cd_cut
cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_scope *scope,
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

enum cd_cut
cd_scope_cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_scope *scope,
             struct cd_statement *out)
{
    enum cd_cut result = cut(a, s, scope, out);
    bool is_old = scope->existing != NULL && !scope->existing->has_variables;
    return result == CD_CUT_DONE && is_old && cd_statement_has_variable(out) ? CD_CUT_OLD_VERSION
                                                                             : result;
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
