/* What a document of each kind may hold.
 *
 * Identity policies, boundaries, session policies and service control policies name no principals
 * («AWS JSON policy elements: Principal»; Organizations User Guide, «SCP syntax»). Resource control
 * policies only deny, everybody («RCP syntax»), save the one that AWS attaches itself,
 * RCPFullAWSAccess. */
#include "runtime/iam/decide.h"

static const struct {
    struct cd_str name;
    const char *as; /* in messages */
    bool has_principals, needs_resource;
} kinds[CD_N_POLICY_KINDS] = {
    [CD_POLICY_SCP] = {CD_STR_INIT("scp"), "a service control policy", false, true},
    [CD_POLICY_RCP] = {CD_STR_INIT("rcp"), "a resource control policy", true, true},
    [CD_POLICY_IDENTITY] = {CD_STR_INIT("identity"), "an identity policy", false, true},
    [CD_POLICY_RESOURCE] = {CD_STR_INIT("resource"), "a resource policy", true, false},
    [CD_POLICY_BOUNDARY] = {CD_STR_INIT("boundary"), "a permissions boundary", false, true},
    [CD_POLICY_SESSION] = {CD_STR_INIT("session"), "a session policy", false, true},
    [CD_POLICY_ENDPOINT] = {CD_STR_INIT("endpoint"), "an endpoint policy", true, true},
};

struct cd_str
cd_policy_kind_name(enum cd_policy_kind kind)
{
    return kinds[kind].name;
}

static bool
is_everybody(const struct cd_principals *p)
{
    return p->is_there && !p->is_not && p->n == 1 && p->items[0].kind == CD_PRINCIPAL_ANY;
}

/* `{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`. */
static bool
is_full_access(const struct cd_policy_statement *s)
{
    return !s->is_deny && is_everybody(&s->principals) && s->actions.is_any && !s->actions.is_not
           && s->resources.n == 1 && !s->resources.is_not && s->resources.items[0].is_any
           && s->n_conditions == 0;
}

static const char *
wrong_in_rcp(const struct cd_policy_statement *s)
{
    return is_full_access(s)               ? NULL
           : !s->is_deny                   ? "a resource control policy only denies"
           : !is_everybody(&s->principals) ? "the Principal of a resource control policy is *"
           : s->actions.is_not             ? "a resource control policy takes no NotAction"
           : s->actions.is_any ? "the Action of a resource control policy names services"
                               : NULL;
}

static const char *
wrong_in(const struct cd_policy_statement *s, enum cd_policy_kind kind)
{
    if (s->principals.is_there && !kinds[kind].has_principals) {
        return s->principals.is_not ? "has no NotPrincipal" : "has no Principal";
    }
    if (!s->principals.is_there && kinds[kind].has_principals) {
        return "needs a Principal";
    }
    if (!s->resources.is_there && kinds[kind].needs_resource) {
        return "needs a Resource or NotResource";
    }
    return NULL;
}

cordon_status
cd_policy_fits(const struct cd_policy *policy, enum cd_policy_kind kind, struct cordon_error *err)
{
    if (kind == CD_POLICY_RCP && !policy->has_variables) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "Version: a resource control policy has Version 2012-10-17");
    }
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        const struct cd_policy_statement *s = &policy->statements[i];
        const char *wrong = wrong_in(s, kind);
        if (wrong != NULL) {
            return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET, "Statement[%u]: %s %s", i,
                               kinds[kind].as, wrong);
        }
        wrong = kind == CD_POLICY_RCP ? wrong_in_rcp(s) : NULL;
        if (wrong != NULL) {
            return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET, "Statement[%u]: %s", i, wrong);
        }
    }
    return CORDON_OK;
}

/* ---- warnings ---- */

static bool
has_short_arn(const struct cd_policy_statement *s, bool is_open)
{
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const struct cd_arn_glob *arn = &s->resources.items[i];
        if (arn->is_short && !arn->is_any && arn->is_open == is_open) {
            return true;
        }
    }
    return false;
}

/* `arn:aws:iam::111122223333:user/` and a star names nobody. */
static bool
has_wild_principal(const struct cd_policy_statement *s)
{
    for (uint32_t i = 0; i < s->principals.n; i++) {
        const struct cd_principal *p = &s->principals.items[i];
        if (p->kind != CD_PRINCIPAL_ANY
            && (cd_str_find(p->text, '*', 0) < p->text.n
                || cd_str_find(p->text, '?', 0) < p->text.n)) {
            return true;
        }
    }
    return false;
}

/* «Identify AWS resources with ARNs» (reference-arns.html): «when you specify an incomplete ARN in
 * an identity-based policy, AWS automatically completes the ARN». Session policies do not support
 * them, it says there; here they are completed, with a warning. */
bool
cd_policy_completes(enum cd_policy_kind kind)
{
    return kind == CD_POLICY_IDENTITY || kind == CD_POLICY_BOUNDARY || kind == CD_POLICY_SESSION;
}

static const struct cd_str old_scp = CD_STR_INIT(
    "Version: Organizations takes service control policies of Version 2012-10-17 alone");

static const char *
odd_arn(const struct cd_policy_statement *s, enum cd_policy_kind kind)
{
    bool completes = cd_policy_completes(kind);
    if (!completes && has_short_arn(s, false)) {
        return "an ARN of fewer than six parts is completed with * in identity policies only; here "
               "it matches nothing";
    }
    bool is_short = has_short_arn(s, true) || has_short_arn(s, false);
    bool may_shorten =
        kind == CD_POLICY_IDENTITY || kind == CD_POLICY_BOUNDARY || kind == CD_POLICY_SCP;
    return is_short && !may_shorten
               ? "an ARN of fewer than six parts is completed with * in identity policies only; "
                 "here AWS may refuse it"
               : NULL;
}

bool
cd_policy_warn(struct cd_arena *a, const struct cd_policy *policy, enum cd_policy_kind kind,
               struct cd_warnings *out)
{
    if (kind == CD_POLICY_SCP && !policy->has_variables && !cd_warnings_add(a, out, old_scp)) {
        return false;
    }
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        const struct cd_policy_statement *s = &policy->statements[i];
        const char *odd[] = {
            odd_arn(s, kind),
            has_wild_principal(s) ? "a wildcard in a principal names nobody; * alone is everybody"
                                  : NULL,
            s->principals.is_not && !s->is_deny
                ? "Allow with NotPrincipal allows everybody else, also those without credentials"
                : NULL,
        };
        for (size_t k = 0; k < CD_ARRAY_LEN(odd); k++) {
            struct cd_str text =
                odd[k] == NULL ? CD_STR("") : cd_arena_printf(a, "Statement[%u]: %s", i, odd[k]);
            if (odd[k] != NULL && (text.p == NULL || !cd_warnings_add(a, out, text))) {
                return false;
            }
        }
    }
    return true;
}
