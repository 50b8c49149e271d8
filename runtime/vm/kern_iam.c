/* can: is one of a set of requests allowed to a principal? Resources that have documents of their
 * own are asked about one by one; all others together, once as those that have none, and once as
 * those of which nobody knows. */
#include <setjmp.h>

#include "runtime/vm/estate.h"

#define FOREIGN_ACCOUNT "000000000000" /* of whoever is outside */
#define MOST_SITES 64u /* resources with documents that are asked about for a pattern */

/* Which resources are asked about. */
struct wanted {
    enum cd_site_service service;
    uint32_t site;
};

struct asking {
    struct cd_eval *e;
    const struct cd_vm_principal *principal;
    const struct cd_vm_requests *requests;
    const struct cd_arn_glob *pattern;
    bool asks_roles; /* to be assumed: then their trust policies count */
    bool is_maybe;
    struct cd_str why; /* then; in e->arena */
    struct wanted wanted;
};

/* ---- which resource is which ---- */

/* Does the pattern name the resource, whose name in its last part is NAME and nothing before a
 * slash? */
static bool
glob_names(const struct cd_glob *g, struct cd_str name)
{
    if (g->n == 0 || g->parts[0].kind != CD_GLOB_TEXT || !cd_str_starts(g->parts[0].text, name)) {
        return false;
    }
    struct cd_str text = g->parts[0].text;
    return text.n == name.n ? g->n == 1 : text.p[name.n] == '/';
}

static bool
is_named(const struct asking *q, struct cd_str arn)
{
    struct cd_arn parts;
    if (!cd_arn_read(arn, &parts)) {
        return false;
    }
    struct cd_str tail = parts.part[CD_ARN_TAIL];
    bool is_s3 = cd_str_eq(parts.part[2], CD_STR("s3"));
    struct cd_str name = is_s3 ? cd_str_sub(tail, 0, cd_str_find(tail, '/', 0)) : tail;
    if (!q->pattern->is_any && glob_names(&q->pattern->part[CD_ARN_TAIL], name)) {
        return true;
    }
    const struct cd_policy_set *set = &q->principal->question.identity;
    for (uint32_t i = 0; i < set->n; i++) {
        for (uint32_t s = 0; s < set->items[i].policy->n_statements; s++) {
            const struct cd_resources *r = &set->items[i].policy->statements[s].resources;
            for (uint32_t k = 0; k < r->n; k++) {
                if (!r->items[k].is_any && glob_names(&r->items[k].part[CD_ARN_TAIL], name)) {
                    return true;
                }
            }
        }
    }
    return false;
}

static uint32_t
site_of(const struct asking *q, struct cd_str arn, enum cd_site_service *service)
{
    uint32_t site = cd_estate_site(q->e, arn, is_named(q, arn), service);
    bool is_role = site < CD_SITE_FOREIGN
                       ? *service == CD_SITES_ROLES
                       : cd_str_find(arn, '/', 0) < arn.n && cd_str_starts(arn, CD_STR("arn:"))
                             && *service == CD_SITES_ROLES;
    return is_role && !q->asks_roles ? CD_SITE_NONE : site;
}

static bool
is_here(void *data, struct cd_str arn)
{
    const struct asking *q = data;
    enum cd_site_service service = CD_N_SITE_SERVICES;
    uint32_t site = site_of(q, arn, &service);
    return site == q->wanted.site && (site >= CD_SITE_FOREIGN || service == q->wanted.service);
}

static bool
fixes(void *data, struct cd_str key, struct cd_arena *a, struct cd_access_key *out)
{
    const struct asking *q = data;
    return cd_estate_fixes(q->e, q->principal, key, a, out);
}

/* ---- one question ---- */

static struct cd_ask_within
within_site(const struct asking *q, const struct cd_vm_site *site)
{
    struct cd_arn arn;
    switch (q->wanted.service) {
    case CD_SITES_S3: return (struct cd_ask_within){site->name, true};
    case CD_SITES_KMS:
        return (struct cd_ask_within){
            cd_arena_printf(&cd_questions_of(q->e)->scratch, "key/%.*s", CD_FMT(site->name)),
            false};
    case CD_SITES_ROLES:
        if (cd_arn_read(site->name, &arn)) {
            return (struct cd_ask_within){arn.part[CD_ARN_TAIL], false};
        }
        break;
    case CD_N_SITE_SERVICES: break;
    }
    return (struct cd_ask_within){site->name, false};
}

static enum cd_truth
ask_site(struct asking *q, struct cd_asked *out)
{
    struct cd_eval *e = q->e;
    struct cd_arena *a = &cd_questions_of(e)->scratch;
    const struct cd_vm_actions *actions = &cd_questions_of(e)->actions.items[q->requests->actions];
    struct cd_question around = q->principal->question;
    struct cd_documents unknown = {.n = 0};
    struct cd_ask_within within = {.has_below = false};
    uint32_t n;
    struct cd_str account = around.caller.account;
    if (q->wanted.site == CD_SITE_UNKNOWN || q->wanted.site == CD_SITE_FOREIGN) {
        cd_estate_add_unknown(e, &unknown, "the resource's own policy is not in the snapshot");
        around.resource = cd_estate_set(&unknown);
        account = q->wanted.site == CD_SITE_FOREIGN ? CD_STR(FOREIGN_ACCOUNT) : account;
    } else if (q->wanted.site < CD_SITE_FOREIGN) {
        const struct cd_vm_site *site = &cd_estate_sites(e, q->wanted.service, &n)[q->wanted.site];
        account = site->account.n != 0 ? site->account : account;
        around.resource = cd_estate_set(&site->documents);
        within = within_site(q, site);
    }
    if (q->wanted.site != CD_SITE_FOREIGN) {
        around.rcps = *cd_estate_levels(e, account, true);
    }
    struct cd_question *kept = CD_NEW(a, struct cd_question);
    *kept = around;
    struct cd_ask_input input = {.kind = CD_ASK_CAN,
                                 .around = kept,
                                 .fixes = fixes,
                                 .is_here = is_here,
                                 .data = q,
                                 .patterns = actions->patterns,
                                 .n_patterns = actions->n,
                                 .when = cd_questions_when(e, q->requests->when),
                                 .partition = around.caller.partition,
                                 .account = account};
    struct cd_asker *asker = cd_asker_new(a, &input);
    bool is_one = q->wanted.site < CD_SITE_FOREIGN;
    cd_asker_ask(asker, a, q->pattern->text, is_one ? &within : NULL, out);
    if (out->answer == CD_MAYBE && !q->is_maybe) {
        q->is_maybe = true;
        q->why = cd_arena_str(&e->arena, out->why);
    }
    return out->answer;
}

/* ---- which to ask about ---- */

/* Could a resource of the site be within the pattern? Its first part that is no wildcard decides.
 */
static bool
may_be_within(const struct cd_arn_glob *pattern, enum cd_site_service service,
              const struct cd_vm_site *site)
{
    static const char *const services[] = {
        [CD_SITES_S3] = "s3", [CD_SITES_KMS] = "kms", [CD_SITES_ROLES] = "iam"};
    if (pattern->is_any) {
        return true;
    }
    const struct cd_glob *tail = &pattern->part[CD_ARN_TAIL];
    struct cd_str text =
        tail->n != 0 && tail->parts[0].kind == CD_GLOB_TEXT ? tail->parts[0].text : CD_STR("");
    struct cd_str name = site->name;
    struct cd_arn arn;
    if (service == CD_SITES_ROLES && cd_arn_read(name, &arn)) {
        name = arn.part[CD_ARN_TAIL];
    } else if (service == CD_SITES_KMS) {
        text = cd_str_starts(text, CD_STR("key/")) ? cd_str_sub(text, 4, text.n) : CD_STR("");
    }
    size_t n = text.n < name.n ? text.n : name.n;
    return cd_glob_match(&pattern->part[2], cd_str_of(services[service]), NULL, NULL) == CD_YES
           && cd_str_eq(cd_str_sub(text, 0, n), cd_str_sub(name, 0, n))
           && (text.n <= name.n || service != CD_SITES_S3 || text.p[name.n] == '/');
}

static bool
asks_service(const struct cd_vm_actions *actions, const char *service)
{
    struct cd_str name = cd_str_of(service);
    for (uint32_t i = 0; i < actions->n; i++) {
        struct cd_str own =
            cd_str_sub(actions->patterns[i], 0, cd_str_find(actions->patterns[i], ':', 0));
        if (cd_str_eq_nocase(own, name) || cd_str_eq(actions->patterns[i], CD_STR("*"))) {
            return true;
        }
    }
    return false;
}

static enum cd_truth
ask_sites(struct asking *q, enum cd_site_service service, struct cd_asked *out)
{
    uint32_t n, n_asked = 0, n_within = 0;
    const struct cd_vm_site *sites = cd_estate_sites(q->e, service, &n);
    for (uint32_t i = 0; i < n; i++) {
        n_within += may_be_within(q->pattern, service, &sites[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        bool is_mute = n_within > MOST_SITES && service != CD_SITES_S3
                       && !cd_estate_speaks_to(&sites[i], &q->principal->question.caller,
                                               CD_MEANT_ACCOUNT, NULL);
        if (!may_be_within(q->pattern, service, &sites[i]) || is_mute) {
            continue;
        }
        if (n_asked++ >= MOST_SITES) {
            q->is_maybe = true;
            q->why = CD_STR("the pattern takes in more than 64 resources with policies");
            return CD_NO;
        }
        q->wanted = (struct wanted){service, i};
        if (ask_site(q, out) == CD_YES) {
            return CD_YES;
        }
    }
    return CD_NO;
}

/* The answer in full, with the request that was found: it stands until the next question. */
static enum cd_truth
ask_can(struct asking *q, struct cd_asked *out)
{
    static const char *const services[] = {
        [CD_SITES_S3] = "s3", [CD_SITES_KMS] = "kms", [CD_SITES_ROLES] = "sts"};
    const struct cd_vm_actions *actions =
        &cd_questions_of(q->e)->actions.items[q->requests->actions];
    q->asks_roles = asks_service(actions, "sts");
    q->wanted.site = CD_SITE_NONE;
    if (ask_site(q, out) == CD_YES) {
        return CD_YES;
    }
    for (int s = 0; s < CD_N_SITE_SERVICES; s++) {
        if (asks_service(actions, services[s])
            && ask_sites(q, (enum cd_site_service)s, out) == CD_YES) {
            return CD_YES;
        }
    }
    for (uint32_t site = CD_SITE_UNKNOWN; site >= CD_SITE_FOREIGN; site--) {
        q->wanted.site = site;
        if (ask_site(q, out) == CD_YES) {
            return CD_YES;
        }
    }
    return q->is_maybe ? CD_MAYBE : CD_NO;
}

bool
cd_questions_can(struct cd_eval *e, cd_rowref principal, struct cd_vm_requests requests,
                 struct cd_asked *out, uint32_t *why)
{
    struct cd_questions *q = cd_questions_of(e);
    struct cd_arena_mark empty = {NULL, 0, 0};
    struct asking asking = {
        .e = e, .principal = cd_estate_principal(e, principal), .requests = &requests};
    if (asking.principal == NULL) {
        *why = cd_vm_str(e, CD_STR("the principal has no ARN of a user or role"));
        return false;
    }
    cd_arena_reset(&q->scratch, empty);
    asking.pattern =
        cd_when_arn(&q->scratch, cd_arena_str(&q->scratch, cd_vm_text(e, requests.pattern)));
    out->answer = ask_can(&asking, out);
    out->why = asking.why;
    return true;
}

static bool
cannot(struct cd_eval *e, const struct cd_vm_question *q)
{
    return cd_questions_cannot(e, q->row, q->requests);
}

void
cd_k_can(struct cd_eval *e, const struct cd_insn *in)
{
    cd_questions_answer(e, in, cannot, cd_questions_of_requests);
}
