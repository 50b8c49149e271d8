/* Most principals have nothing to do with most resources: where no statement that allows one of the
 * actions can be about a resource of the pattern, and the resource's own document does not speak to
 * the principal, but at most to its account, which leaves it to the principal's policies, the
 * answer is no, and nothing else is asked. */
#include "runtime/vm/estate.h"

/* What identity policies allow of some actions: patterns of resources. */
struct cd_vm_allowed {
    bool is_open; /* a statement may be about any resource */
    CD_VEC(const struct cd_arn_glob *) resources;
};

/* A pattern of resources, and the site that it is within. */
struct cd_vm_pattern {
    const struct cd_arn_glob *glob;
    bool is_of_site;
    const struct cd_vm_site *site;
};

static bool
is_whole(const struct cd_glob *g)
{
    return g->n == 0 || (g->n == 1 && g->parts[0].kind == CD_GLOB_TEXT);
}

static struct cd_str
head_of(const struct cd_glob *g)
{
    return g->n != 0 && g->parts[0].kind == CD_GLOB_TEXT ? g->parts[0].text : CD_STR("");
}

/* Do no texts match both, as one sees from what they begin with? */
static bool
are_apart(const struct cd_glob *x, const struct cd_glob *y)
{
    struct cd_str a = head_of(x), b = head_of(y);
    size_t n = a.n < b.n ? a.n : b.n;
    struct cd_str left = cd_str_sub(a, 0, n), right = cd_str_sub(b, 0, n);
    bool same = x->nocase || y->nocase ? cd_str_eq_nocase(left, right) : cd_str_eq(left, right);
    return !same || (is_whole(x) && a.n < b.n) || (is_whole(y) && b.n < a.n);
}

static bool
are_arns_apart(const struct cd_arn_glob *x, const struct cd_arn_glob *y)
{
    for (int i = CD_ARN_PARTS; i-- > 0;) { /* the last part tells most apart */
        if (are_apart(&x->part[i], &y->part[i])) {
            return true;
        }
    }
    return false;
}

/* ---- what is remembered ---- */

static bool
speaks_of(const struct cd_policy_statement *s, const struct cd_vm_actions *actions)
{
    for (uint32_t i = 0; i < actions->n; i++) {
        struct cd_access access = {.action = actions->patterns[i]};
        cd_access_prepare(&access);
        if (access.action_index == CD_NONE || cd_actions_match(&s->actions, &access)) {
            return true; /* of a pattern of actions it is not looked at which they are */
        }
    }
    return false;
}

static struct cd_vm_allowed *
allowed_of(struct cd_eval *e, const struct cd_vm_principal *p, uint32_t actions)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t at = cd_triples_put(&e->arena, &q->allowed_keys, p->number, actions, 0, &is_new);
    if (!is_new) {
        return q->allowed.items[at];
    }
    struct cd_vm_allowed *out = CD_NEW(&e->arena, struct cd_vm_allowed);
    const struct cd_policy_set *set = &p->question.identity;
    for (uint32_t i = 0; i < set->n; i++) {
        for (uint32_t s = 0; s < set->items[i].policy->n_statements; s++) {
            const struct cd_policy_statement *st = &set->items[i].policy->statements[s];
            if (st->is_deny || !speaks_of(st, &q->actions.items[actions])) {
                continue;
            }
            out->is_open = out->is_open || st->resources.is_not || !st->resources.is_there;
            for (uint32_t k = 0; k < st->resources.n; k++) {
                const struct cd_arn_glob *glob = &st->resources.items[k];
                out->is_open = out->is_open || glob->is_any;
                *CD_PUSH(&e->arena, out->resources.items, out->resources.n, out->resources.cap) =
                    glob;
            }
        }
    }
    *CD_PUSH(&e->arena, q->allowed.items, q->allowed.n, q->allowed.cap) = out;
    return out;
}

static bool
is_one_arn(const struct cd_arn_glob *g)
{
    for (int i = 0; i < CD_ARN_PARTS; i++) {
        if (!is_whole(&g->part[i])) {
            return false;
        }
    }
    return true;
}

/* The ARN of the bucket that the pattern begins with; empty: with none. */
static struct cd_str
bucket_of(struct cd_eval *e, const struct cd_arn_glob *g)
{
    struct cd_str service = head_of(&g->part[2]), tail = head_of(&g->part[CD_ARN_TAIL]);
    size_t slash = cd_str_find(tail, '/', 0);
    if (!is_whole(&g->part[2]) || !cd_str_eq(service, CD_STR("s3"))
        || (slash == tail.n && !is_whole(&g->part[CD_ARN_TAIL]))) {
        return CD_STR("");
    }
    return cd_arena_printf(&e->arena, "arn:aws:s3:::%.*s", CD_FMT(cd_str_sub(tail, 0, slash)));
}

/* Patterns of one ARN, or of what is below a bucket; others are asked about in full. */
static void
find_site(struct cd_eval *e, struct cd_vm_pattern *p)
{
    enum cd_site_service found;
    uint32_t n;
    if (p->glob->is_short) {
        return;
    }
    struct cd_str arn = is_one_arn(p->glob) ? p->glob->text : bucket_of(e, p->glob);
    uint32_t site = cd_estate_site(e, arn, true, &found);
    if (site < CD_SITE_FOREIGN) {
        p->is_of_site = true;
        p->site = &cd_estate_sites(e, found, &n)[site];
    }
}

static const struct cd_vm_pattern *
pattern_of(struct cd_eval *e, uint32_t text)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t at = cd_triples_put(&e->arena, &q->pattern_keys, text, 0, 0, &is_new);
    if (is_new) {
        struct cd_vm_pattern *p = CD_NEW(&e->arena, struct cd_vm_pattern);
        p->glob = cd_when_arn(&e->arena, cd_arena_str(&e->arena, cd_vm_text(e, text)));
        find_site(e, p);
        *CD_PUSH(&e->arena, q->patterns.items, q->patterns.n, q->patterns.cap) = p;
    }
    return q->patterns.items[at];
}

/* ---- the answer ---- */

bool
cd_questions_cannot(struct cd_eval *e, cd_rowref principal, struct cd_vm_requests requests)
{
    const struct cd_vm_principal *p = cd_estate_principal(e, principal);
    if (p == NULL || cd_questions_of(e)->actions.items[requests.actions].open != 0) {
        return false;
    }
    const struct cd_vm_pattern *pattern = pattern_of(e, requests.pattern);
    if (!pattern->is_of_site) {
        return false;
    }
    const struct cd_vm_allowed *allowed = allowed_of(e, p, requests.actions);
    if (allowed->is_open) {
        return false;
    }
    for (size_t i = 0; i < allowed->resources.n; i++) {
        if (!are_arns_apart(allowed->resources.items[i], pattern->glob)) {
            return false;
        }
    }
    return !cd_estate_speaks_to(pattern->site, &p->question.caller, CD_MEANT_ROLE, NULL);
}
