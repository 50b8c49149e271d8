/* Who may make the requests that a document is asked about, and what follows from it for keys
 * (IAM User Guide, «AWS global condition context keys», properties of the principal:
 * reference_policies_condition-keys.html). */
#include "runtime/iam/ask.h"

#define MOST_CALLERS 96u
#define OTHER_ACCOUNT "444455556666"

/* ---- keys ---- */

static bool
is_user_or_role(const struct cd_caller *c)
{
    return c->kind == CD_CALLER_USER || c->kind == CD_CALLER_ROLE || c->kind == CD_CALLER_SESSION
           || c->kind == CD_CALLER_ROOT || c->kind == CD_CALLER_FEDERATED_USER;
}

static struct cd_str
type_of(const struct cd_caller *c)
{
    switch (c->kind) {
    case CD_CALLER_ANONYMOUS: return CD_STR("Anonymous");
    case CD_CALLER_ROOT: return CD_STR("Account");
    case CD_CALLER_USER: return CD_STR("User");
    case CD_CALLER_ROLE:
    case CD_CALLER_SESSION: return CD_STR("AssumedRole");
    case CD_CALLER_FEDERATED_USER: return CD_STR("FederatedUser");
    case CD_CALLER_PROVIDER:
    case CD_CALLER_SERVICE: break;
    }
    return CD_STR("");
}

/* A session has the ARN of its role, whose path the session's own does not say. */
static struct cd_str
arn_of(const struct cd_caller *c, struct cd_arena *a)
{
    if (c->kind == CD_CALLER_SESSION) {
        return cd_arena_printf(a, "arn:%.*s:iam::%.*s:role/%.*s", CD_FMT(c->partition),
                               CD_FMT(c->account), CD_FMT(c->name));
    }
    return is_user_or_role(c) ? c->text : CD_STR("");
}

bool
cd_ask_caller_fixes(const struct cd_caller *c, struct cd_str key, struct cd_arena *a,
                    struct cd_access_key *out)
{
    static const struct cd_str tag = CD_STR_INIT("aws:PrincipalTag/");
    bool is_service = c->kind == CD_CALLER_SERVICE || c->kind == CD_CALLER_PROVIDER;
    struct cd_str value = CD_STR("");
    if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalArn"))) {
        value = arn_of(c, a);
    } else if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalAccount"))
               || cd_str_eq_nocase(key, CD_STR("kms:CallerAccount"))) {
        value = c->kind == CD_CALLER_ANONYMOUS ? CD_STR("anonymous") : c->account;
    } else if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalType")) && !is_service) {
        value = type_of(c);
    } else if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalIsAWSService"))) {
        value = c->kind == CD_CALLER_SERVICE ? CD_STR("true") : CD_STR("false");
    } else if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalServiceName"))) {
        value = c->kind == CD_CALLER_SERVICE ? c->text : CD_STR("");
    } else if (cd_str_eq_nocase(key, CD_STR("aws:username"))) {
        value = c->kind == CD_CALLER_USER ? c->name : CD_STR("");
    } else if (!is_user_or_role(c)
               && (cd_str_eq_nocase(key, CD_STR("aws:PrincipalOrgID"))
                   || cd_str_eq_nocase(key, CD_STR("aws:PrincipalOrgPaths"))
                   || cd_str_eq_nocase(cd_str_sub(key, 0, tag.n < key.n ? tag.n : key.n), tag))) {
        value = CD_STR(""); /* it is of no organization, and has no tags */
    } else {
        return false;
    }
    struct cd_str *kept = CD_NEW(a, struct cd_str);
    *kept = value;
    *out = (struct cd_access_key){
        .name = key, .values = kept, .n_values = value.n != 0, .is_absent = value.n == 0};
    return true;
}

/* ---- callers ---- */

static void
add_caller(struct cd_asker *k, struct cd_str text)
{
    struct cd_caller caller;
    if (!cd_caller_read(text, &caller)) {
        return;
    }
    for (size_t i = 0; i < k->n_callers; i++) {
        if (cd_str_eq(k->callers[i].text, text)) {
            return;
        }
    }
    if (k->n_callers >= MOST_CALLERS) {
        k->is_partial = true;
        return;
    }
    *CD_PUSH(k->a, k->callers, k->n_callers, k->cap_callers) = caller;
}

/* Somebody of the account. */
static void
add_of_account(struct cd_asker *k, struct cd_str account)
{
    add_caller(k, cd_arena_printf(k->a, "arn:aws:iam::%.*s:role/other", CD_FMT(account)));
    add_caller(k, cd_arena_printf(k->a, "arn:aws:iam::%.*s:user/other", CD_FMT(account)));
}

static void
add_principal(struct cd_asker *k, const struct cd_principal *p)
{
    struct cd_caller caller;
    if (p->kind == CD_PRINCIPAL_ANY || p->kind == CD_PRINCIPAL_CANONICAL_USER
        || !cd_caller_read(p->text, &caller)) {
        return;
    }
    if (caller.kind == CD_CALLER_ROOT) {
        add_of_account(k, caller.account);
    }
    add_caller(k, p->text);
}

static const struct cd_ask_key *
find(const struct cd_asker *k, struct cd_str name)
{
    uint32_t i = cd_ask_find_key(k, name);
    return i == CD_ASK_KEYS ? NULL : &k->keys[i];
}

struct accounts {
    struct cd_str *items;
    size_t n, cap;
};

/* The accounts that callers before may be of, and those that conditions tell apart. */
static struct accounts
accounts_of(struct cd_asker *k)
{
    struct accounts out = {.n = 0};
    const struct cd_ask_key *key = find(k, CD_STR("aws:PrincipalAccount"));
    *CD_PUSH(k->a, out.items, out.n, out.cap) = CD_STR(OTHER_ACCOUNT);
    for (size_t i = 0; i < k->n_callers; i++) {
        *CD_PUSH(k->a, out.items, out.n, out.cap) = k->callers[i].account;
    }
    for (uint32_t i = 0; key != NULL && i < key->n_classes; i++) {
        if (key->classes[i].n == 1) {
            *CD_PUSH(k->a, out.items, out.n, out.cap) = key->classes[i].values[0];
        }
    }
    return out;
}

/* Callers whose ARN is one that conditions tell apart. Where a pattern leaves the account open it
 * is each of ACCOUNTS. */
static void
add_told_arns(struct cd_asker *k, const struct accounts *accounts)
{
    const struct cd_ask_key *key = find(k, CD_STR("aws:PrincipalArn"));
    for (uint32_t i = 0; key != NULL && i < key->n_classes; i++) {
        struct cd_arn arn;
        if (key->classes[i].n != 1 || !cd_arn_read(key->classes[i].values[0], &arn)) {
            continue;
        }
        add_caller(k, key->classes[i].values[0]);
        for (size_t n = 0; n < accounts->n; n++) {
            add_caller(k,
                       cd_arena_printf(k->a, "arn:aws:iam::%.*s:%.*s", CD_FMT(accounts->items[n]),
                                       CD_FMT(arn.part[CD_ARN_TAIL])));
        }
    }
}

static bool
names_principals(const struct cd_asker *k)
{
    for (size_t i = 0; i < k->n_statements; i++) {
        if (k->statements[i]->principals.is_there) {
            return true;
        }
    }
    return false;
}

void
cd_ask_make_callers(struct cd_asker *k)
{
    if (k->in.kind == CD_ASK_CAN) {
        *CD_PUSH(k->a, k->callers, k->n_callers, k->cap_callers) = k->in.around->caller;
        return;
    }
    for (size_t i = 0; i < k->n_statements; i++) {
        const struct cd_principals *p = &k->statements[i]->principals;
        for (uint32_t n = 0; n < p->n; n++) {
            add_principal(k, &p->items[n]);
        }
    }
    struct accounts accounts = accounts_of(k);
    for (size_t i = 0; i < accounts.n; i++) {
        add_of_account(k, accounts.items[i]);
    }
    add_told_arns(k, &accounts);
    const struct cd_ask_key *service = find(k, CD_STR("aws:PrincipalServiceName"));
    for (uint32_t i = 0; service != NULL && i < service->n_classes; i++) {
        if (service->classes[i].n == 1) {
            add_caller(k, service->classes[i].values[0]);
        }
    }
    /* A document without principals is attached to users and roles. */
    if (names_principals(k)) {
        add_caller(k, CD_STR("other.amazonaws.com"));
        *CD_PUSH(k->a, k->callers, k->n_callers, k->cap_callers) =
            (struct cd_caller){.kind = CD_CALLER_ANONYMOUS, .text = CD_STR("*")};
    }
}
