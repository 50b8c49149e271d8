/* Cutting statements to the policy of one bucket: of their ARN patterns what matches the bucket and
 * its objects, of their actions those that are made on either. */
#include "compiler/emit/bucket.h"

#include "compiler/emit/strings.h"
#include "runtime/base/glob.h"
#include "runtime/schema/arn.h"
#include "runtime/schema/schema.h"

/* ---- actions ---- */

unsigned
cd_bucket_action_levels(uint32_t action)
{
    struct cd_iam_action act = cd_iam_action_at(action);
    unsigned levels = 0;
    if (!cd_str_eq(act.service, CD_STR("s3"))) {
        return 0;
    }
    for (uint32_t i = 0; i < act.n_resource_types; i++) {
        bool required;
        struct cd_iam_resource type =
            cd_iam_resource_at(cd_iam_action_resource(action, i, &required));
        levels |= cd_str_eq(type.name, CD_STR("bucket")) ? CD_ON_BUCKET : 0;
        levels |= cd_str_eq(type.name, CD_STR("object")) ? CD_ON_OBJECTS : 0;
    }
    /* A bucket that is being made has no policy yet. */
    return cd_str_eq(act.name, CD_STR("CreateBucket")) ? 0 : levels;
}

unsigned
cd_bucket_levels(struct cd_str pattern)
{
    uint32_t first, n;
    unsigned levels = 0;
    if (!cd_iam_service_actions(CD_STR("s3"), &first, &n)) {
        return 0;
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (cd_action_matches(pattern, CD_STR("s3"), cd_iam_action_at(i).name)) {
            levels |= cd_bucket_action_levels(i);
        }
    }
    return levels;
}

/* The levels of all actions that the statement speaks of. */
static unsigned
levels_of(const struct cd_statement *s)
{
    uint32_t first, n;
    unsigned levels = 0;
    if (!cd_iam_service_actions(CD_STR("s3"), &first, &n)) {
        return 0;
    }
    for (uint32_t i = first; i < first + n; i++) {
        bool named = false;
        for (size_t k = 0; k < s->n_actions && !named; k++) {
            named = cd_action_matches(s->actions[k], CD_STR("s3"), cd_iam_action_at(i).name);
        }
        levels |= named != s->not_action ? cd_bucket_action_levels(i) : 0;
    }
    return levels;
}

/* ---- names ---- */

static bool
is_bucket_name(struct cd_str name)
{
    bool ok = name.n >= 3 && name.n <= 63;
    for (size_t i = 0; i < name.n && ok; i++) {
        char c = name.p[i];
        bool inner = i != 0 && i + 1 != name.n;
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
             || (inner && (c == '-' || c == '.' || c == '_'));
    }
    return ok;
}

bool
cd_bucket_parse(struct cd_str text, struct cd_bucket *out)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    *out = (struct cd_bucket){CD_STR("aws"), text};
    if (cd_arn_segments(text, part) && cd_str_eq(part[0], CD_STR("arn"))
        && cd_str_eq(part[2], CD_STR("s3")) && part[3].n == 0 && part[4].n == 0) {
        *out = (struct cd_bucket){part[1], part[5]};
    }
    return cd_partition_exists(out->partition) && is_bucket_name(out->name);
}

int
cd_bucket_cmp(const struct cd_bucket *x, const struct cd_bucket *y)
{
    int order = cd_str_cmp(x->name, y->name);
    return order != 0 ? order : cd_str_cmp(x->partition, y->partition);
}

size_t
cd_buckets_named(const struct cd_emission *e, struct cd_bucket **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (size_t i = 0; i < e->n; i++) {
        const struct cd_statement *s = &e->statements[i];
        for (size_t k = 0; k < s->n_resources && !s->not_resource; k++) {
            struct cd_str part[CD_ARN_SEGMENTS];
            struct cd_bucket b;
            if (!cd_arn_segments(s->resources[k], part)) {
                continue;
            }
            size_t slash = cd_str_find(part[5], '/', 0);
            b = (struct cd_bucket){cd_str_eq(part[1], CD_STR("*")) ? CD_STR("aws") : part[1],
                                   cd_str_sub(part[5], 0, slash)};
            if (cd_str_eq(part[2], CD_STR("s3")) && cd_partition_exists(b.partition)
                && is_bucket_name(b.name)) {
                *CD_PUSH(e->arena, *out, n, cap) = b;
            }
        }
    }
    return n;
}

/* ---- ARN patterns ---- */

/* The length of the element of PATTERN at AT: a character, or `${…}` as a whole. */
static size_t
element_at(struct cd_str pattern, size_t at)
{
    if (pattern.p[at] == '$' && at + 1 < pattern.n && pattern.p[at + 1] == '{') {
        size_t end = cd_str_find(pattern, '}', at);
        return end < pattern.n ? end + 1 - at : 1;
    }
    return 1;
}

/* Positions in a pattern: one byte each, 1 if it can be reached. */
struct positions {
    uint8_t *at;          /* one more than the pattern's length */
    bool is_interpolated; /* a key of the request decides */
};

/* A star may also stand for nothing. */
static void
skip_stars(struct cd_str pattern, struct positions *p)
{
    for (size_t i = 0; i < pattern.n; i++) {
        if (p->at[i] != 0 && pattern.p[i] == '*') {
            p->at[i + 1] = 1;
        }
    }
}

static void
advance(struct cd_str pattern, struct positions *p, uint8_t *next, char c)
{
    memset(next, 0, pattern.n + 1);
    skip_stars(pattern, p);
    for (size_t i = 0; i < pattern.n; i++) {
        if (p->at[i] == 0) {
            continue;
        }
        size_t n = element_at(pattern, i);
        char literal = n == 4 ? pattern.p[i + 2] : pattern.p[i]; /* `${*}` is a star itself */
        if (n > 4) {
            p->is_interpolated = true;
        } else if (n == 1 && pattern.p[i] == '*') {
            next[i] = 1;
        } else if ((n == 1 && pattern.p[i] == '?') || literal == c) {
            next[i + n] = 1;
        }
    }
    memcpy(p->at, next, pattern.n + 1);
}

struct matching {
    struct cd_arena *a;
    const struct cd_bucket *bucket;
    bool is_bucket;         /* the bucket itself matches */
    struct cd_str *objects; /* what matches of the objects: patterns behind the slash */
    size_t n, cap;
    bool is_interpolated;
};

static void
add_objects(struct matching *m, struct cd_str rest)
{
    *CD_PUSH(m->a, m->objects, m->n, m->cap) = rest;
}

/* The resource part of an ARN pattern against the bucket and all that may stand behind it. */
static void
match_resource(struct matching *m, struct cd_str pattern)
{
    struct positions p = {.at = CD_NEW_ARRAY(m->a, pattern.n + 1, uint8_t)};
    uint8_t *next = CD_NEW_ARRAY(m->a, pattern.n + 1, uint8_t);
    p.at[0] = 1;
    for (size_t i = 0; i < m->bucket->name.n; i++) {
        advance(pattern, &p, next, m->bucket->name.p[i]);
    }
    skip_stars(pattern, &p);
    m->is_bucket = m->is_bucket || p.at[pattern.n] != 0;
    advance(pattern, &p, next, '/');
    m->is_interpolated = m->is_interpolated || p.is_interpolated;
    for (size_t i = 0; i <= pattern.n; i++) {
        if (p.at[i] != 0) {
            add_objects(m, cd_str_sub(pattern, i, pattern.n));
        }
    }
}

static void
match_arn(struct matching *m, struct cd_str pattern)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    if (cd_str_eq(pattern, CD_STR("*"))) {
        m->is_bucket = true;
        add_objects(m, CD_STR("*"));
        return;
    }
    if (cd_arn_segments(pattern, part) && cd_glob(part[1], m->bucket->partition)
        && cd_glob(part[2], CD_STR("s3")) && cd_glob(part[3], CD_STR(""))
        && cd_glob(part[4], CD_STR(""))) {
        match_resource(m, part[5]);
    }
}

static bool
has_all_objects(const struct matching *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (cd_str_eq(m->objects[i], CD_STR("*"))) {
            return true;
        }
    }
    return false;
}

/* The ARNs of the bucket (LEVELS has CD_ON_BUCKET) and of OBJECTS. */
static void
set_resources(struct matching *m, unsigned levels, const struct cd_str *objects, size_t n,
              struct cd_statement *out)
{
    const struct cd_bucket *b = m->bucket;
    out->resources = CD_NEW_ARRAY(m->a, n + 1, struct cd_str);
    out->n_resources = 0;
    if ((levels & CD_ON_BUCKET) != 0) {
        out->resources[out->n_resources++] =
            cd_arena_printf(m->a, "arn:%.*s:s3:::%.*s", CD_FMT(b->partition), CD_FMT(b->name));
    }
    for (size_t i = 0; i < n && (levels & CD_ON_OBJECTS) != 0; i++) {
        out->resources[out->n_resources++] =
            cd_arena_printf(m->a, "arn:%.*s:s3:::%.*s/%.*s", CD_FMT(b->partition), CD_FMT(b->name),
                            CD_FMT(objects[i]));
    }
    out->n_resources = cd_strs_sort(out->resources, out->n_resources);
}

static const struct cd_str everything = CD_STR_INIT("*");

static void
cut_resources(struct matching *m, unsigned levels, struct cd_statement *out)
{
    levels &= m->is_bucket ? ~0u : ~(unsigned)CD_ON_BUCKET;
    if (has_all_objects(m)) {
        set_resources(m, levels, &everything, 1, out);
    } else {
        set_resources(m, levels, m->objects, m->n, out);
    }
}

/* What the patterns leave of the bucket: as Resource where that can be said, else as NotResource.
 */
static void
cut_not_resources(struct matching *m, unsigned levels, struct cd_statement *out)
{
    bool all = has_all_objects(m);
    unsigned left = levels & ~(m->is_bucket ? (unsigned)CD_ON_BUCKET : 0u)
                    & ~(all ? (unsigned)CD_ON_OBJECTS : 0u);
    if (all || m->n == 0 || (left & CD_ON_OBJECTS) == 0) {
        out->not_resource = false;
        set_resources(m, left, &everything, 1, out);
    } else {
        unsigned named = (unsigned)CD_ON_OBJECTS | (m->is_bucket ? (unsigned)CD_ON_BUCKET : 0u);
        set_resources(m, named, m->objects, m->n, out);
    }
}

/* S3 refuses a statement with an action that none of its resources can have. */
static void
keep_fitting_actions(struct cd_arena *a, unsigned levels, struct cd_statement *out)
{
    struct cd_str *kept = CD_NEW_ARRAY(a, out->n_actions + 1, struct cd_str);
    size_t n = 0;
    for (size_t i = 0; i < out->n_actions; i++) {
        if (out->not_action || (cd_bucket_levels(out->actions[i]) & levels) != 0) {
            kept[n++] = out->actions[i];
        }
    }
    out->actions = kept;
    out->n_actions = n;
}

/* The levels of the resources that are left. */
static unsigned
resource_levels(const struct cd_statement *s)
{
    unsigned levels = 0;
    for (size_t i = 0; i < s->n_resources; i++) {
        bool is_objects = cd_str_find(s->resources[i], '/', 0) < s->resources[i].n;
        levels |= is_objects ? CD_ON_OBJECTS : CD_ON_BUCKET;
    }
    return s->not_resource ? CD_ON_BUCKET | CD_ON_OBJECTS : levels;
}

enum cd_cut
cd_bucket_cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_bucket *b,
              struct cd_statement *out)
{
    struct matching m = {.a = a, .bucket = b};
    *out = *s;
    for (size_t i = 0; i < s->n_resources; i++) {
        match_arn(&m, s->resources[i]);
    }
    if (m.is_interpolated) {
        return CD_CUT_INTERPOLATED;
    }
    if (s->not_resource) {
        cut_not_resources(&m, levels_of(s), out);
    } else {
        cut_resources(&m, levels_of(s), out);
    }
    keep_fitting_actions(a, resource_levels(out), out);
    return out->n_resources == 0 ? CD_CUT_NOTHING : CD_CUT_DONE;
}
