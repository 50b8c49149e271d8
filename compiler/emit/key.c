/* Cutting statements to the policy of one KMS key, or of any key of an account. */
#include "compiler/emit/key.h"

#include "runtime/base/glob.h"
#include "runtime/schema/arn.h"

static const struct cd_str key_tail = CD_STR_INIT("key/");

/* ---- names ---- */

/* Letters, digits and hyphens: also what a file may be named. */
static bool
is_id(struct cd_str text)
{
    bool ok = text.n >= 1 && text.n <= 128;
    for (size_t i = 0; i < text.n && ok; i++) {
        char c = text.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return ok;
}

bool
cd_key_parse(struct cd_str text, struct cd_key *out)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    if (!cd_arn_segments(text, part) || !cd_str_eq(part[0], CD_STR("arn"))
        || !cd_str_eq(part[2], CD_STR("kms")) || !cd_str_starts(part[5], key_tail)) {
        return false;
    }
    *out = (struct cd_key){part[1], part[3], part[4], cd_str_sub(part[5], key_tail.n, part[5].n)};
    return cd_str_eq(cd_region_partition(out->region), out->partition) && out->partition.n != 0
           && cd_is_account(out->account) && is_id(out->id);
}

bool
cd_key_account_parse(struct cd_str text, struct cd_key *out)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    *out = (struct cd_key){.partition = CD_STR("aws"), .account = text};
    if (cd_arn_segments(text, part) && cd_str_eq(part[0], CD_STR("arn"))
        && cd_str_eq(part[2], CD_STR("iam")) && part[3].n == 0
        && cd_str_eq(part[5], CD_STR("root"))) {
        out->partition = part[1];
        out->account = part[4];
    }
    return cd_partition_exists(out->partition) && cd_is_account(out->account);
}

int
cd_key_cmp(const struct cd_key *x, const struct cd_key *y)
{
    int order = cd_str_cmp(x->account, y->account);
    order = order != 0 ? order : cd_str_cmp(x->partition, y->partition);
    order = order != 0 ? order : cd_str_cmp(x->region, y->region);
    return order != 0 ? order : cd_str_cmp(x->id, y->id);
}

size_t
cd_keys_named(const struct cd_emission *e, struct cd_key **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (size_t i = 0; i < e->n; i++) {
        const struct cd_statement *s = &e->statements[i];
        for (size_t k = 0; k < s->n_resources && !s->not_resource; k++) {
            struct cd_key key;
            if (cd_key_parse(s->resources[k], &key)) {
                *CD_PUSH(e->arena, *out, n, cap) = key;
            }
        }
    }
    return n;
}

bool
cd_key_has(const struct cd_key *key, struct cd_str arn)
{
    struct cd_key other;
    return cd_key_parse(arn, &other) && cd_str_eq(key->partition, other.partition)
           && (key->account.n == 0 || cd_str_eq(key->account, other.account))
           && (key->id.n == 0 || cd_key_cmp(key, &other) == 0);
}

struct cd_str
cd_key_arn(struct cd_arena *a, const struct cd_key *key)
{
    struct cd_str region = key->region;
    for (uint32_t i = 0; region.n == 0 && i < cd_region_n(); i++) {
        struct cd_str one = cd_region_at(i);
        region = cd_str_eq(cd_region_partition(one), key->partition) ? one : region;
    }
    return cd_arena_printf(a, "arn:%.*s:kms:%.*s:%.*s:key/%.*s", CD_FMT(key->partition),
                           CD_FMT(region),
                           CD_FMT(key->account.n != 0 ? key->account : CD_STR("444455556666")),
                           CD_FMT(key->id.n != 0 ? key->id : CD_STR("zq-other")));
}

/* ---- ARN patterns ---- */

/* Which of the keys that are meant a pattern matches. */
enum matched { MATCHES_NONE, MATCHES_KEYED, MATCHES_SOME, MATCHES_ALL };

/* One part of the pattern; WANTED empty: it may be anything. */
static bool
part_matches(struct cd_str pattern, struct cd_str wanted, bool *some)
{
    bool is_any = cd_str_eq(pattern, CD_STR("*"));
    *some = *some || (wanted.n == 0 && !is_any);
    return is_any || wanted.n == 0 || cd_glob(pattern, wanted);
}

/* Does PATTERN match whatever stands behind `key/`? */
static bool
is_every_key(struct cd_str pattern)
{
    if (!cd_str_ends(pattern, CD_STR("*"))) {
        return false;
    }
    struct cd_str begin = cd_str_sub(pattern, 0, pattern.n - 1);
    return cd_glob(begin, key_tail)
           || (begin.n < key_tail.n && cd_glob(begin, cd_str_sub(key_tail, 0, begin.n)));
}

/* Can what G matches begin with `key/`? */
static bool
may_be_key(const struct cd_glob *g)
{
    if (g->n == 0 || g->parts[0].kind != CD_GLOB_TEXT) {
        return g->n != 0;
    }
    struct cd_str begin = g->parts[0].text;
    return begin.n < key_tail.n ? cd_str_starts(key_tail, begin) : cd_str_starts(begin, key_tail);
}

static enum matched
tail_matches(struct cd_arena *a, struct cd_str pattern, struct cd_str id)
{
    static const struct cd_access nobody = {.is_partial = true};
    struct cd_glob glob;
    struct cd_missing missing = {.n = 0};
    if (cd_glob_compile(a, pattern, CD_GLOB_WILD | CD_GLOB_KEYED, &glob) != CORDON_OK) {
        return MATCHES_KEYED;
    }
    if (!may_be_key(&glob)) {
        return MATCHES_NONE;
    }
    if (id.n == 0) {
        return glob.n_keys != 0                          ? MATCHES_KEYED
               : is_every_key(pattern)                   ? MATCHES_ALL
               : cd_globs_meet(pattern, CD_STR("key/*")) ? MATCHES_SOME
                                                         : MATCHES_NONE;
    }
    struct cd_str text = cd_arena_printf(a, "key/%.*s", CD_FMT(id));
    enum cd_truth truth = cd_glob_match(&glob, text, &nobody, &missing);
    cd_missing_finish(&missing);
    return truth == CD_YES ? MATCHES_ALL : truth == CD_NO ? MATCHES_NONE : MATCHES_KEYED;
}

static enum matched
matches(struct cd_arena *a, struct cd_str pattern, const struct cd_key *key)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    bool some = false;
    if (cd_str_eq(pattern, CD_STR("*"))) {
        return MATCHES_ALL;
    }
    if (!cd_arn_segments(pattern, part) || !part_matches(part[1], key->partition, &some)
        || !cd_glob(part[2], CD_STR("kms")) || !part_matches(part[3], key->region, &some)
        || !part_matches(part[4], key->account, &some)) {
        return MATCHES_NONE;
    }
    enum matched tail = tail_matches(a, part[5], key->id);
    return tail == MATCHES_ALL && some ? MATCHES_SOME : tail;
}

enum cd_cut
cd_key_cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_key *key,
           struct cd_statement *out)
{
    enum matched best = MATCHES_NONE;
    for (size_t i = 0; i < s->n_resources; i++) {
        enum matched one = matches(a, s->resources[i], key);
        best = one > best ? one : best;
    }
    if (best == MATCHES_KEYED || best == MATCHES_SOME) {
        return best == MATCHES_KEYED ? CD_CUT_INTERPOLATED : CD_CUT_IN_PART;
    }
    if ((best == MATCHES_ALL) == s->not_resource) {
        return CD_CUT_NOTHING;
    }
    *out = *s;
    out->not_resource = false;
    out->resources = CD_NEW(a, struct cd_str);
    out->resources[0] = CD_STR("*");
    out->n_resources = 1;
    return CD_CUT_DONE;
}

bool
cd_key_locks_out(const struct cd_statement *s)
{
    bool named = false;
    for (size_t i = 0; i < s->n_actions && !named; i++) {
        named = cd_action_matches(s->actions[i], CD_STR("kms"), CD_STR("PutKeyPolicy"));
    }
    return named != s->not_action && s->conditions.n == 0;
}
