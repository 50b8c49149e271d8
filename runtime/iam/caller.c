/* Callers and principals. */
#include "runtime/iam/caller.h"

/* Behind the last slash. */
static struct cd_str
last_of(struct cd_str s)
{
    size_t i = s.n;
    while (i > 0 && s.p[i - 1] != '/') {
        i--;
    }
    return cd_str_sub(s, i, s.n);
}

static bool
read_iam(struct cd_str tail, struct cd_caller *out)
{
    static const struct {
        struct cd_str prefix;
        enum cd_caller_kind kind;
    } kinds[] = {
        {CD_STR_INIT("user/"), CD_CALLER_USER},
        {CD_STR_INIT("role/"), CD_CALLER_ROLE},
        {CD_STR_INIT("saml-provider/"), CD_CALLER_PROVIDER},
        {CD_STR_INIT("oidc-provider/"), CD_CALLER_PROVIDER},
    };
    if (cd_str_eq(tail, CD_STR("root"))) {
        out->kind = CD_CALLER_ROOT;
        return true;
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(kinds); i++) {
        if (cd_str_starts(tail, kinds[i].prefix) && tail.n > kinds[i].prefix.n) {
            out->kind = kinds[i].kind;
            out->name = last_of(tail);
            out->is_service_linked = cd_str_starts(tail, CD_STR("role/aws-service-role/"));
            return out->name.n != 0;
        }
    }
    return false;
}

static bool
read_sts(struct cd_str tail, struct cd_caller *out)
{
    static const struct cd_str session = CD_STR_INIT("assumed-role/"),
                               federated = CD_STR_INIT("federated-user/");
    if (cd_str_starts(tail, federated)) {
        out->kind = CD_CALLER_FEDERATED_USER;
        out->name = cd_str_sub(tail, federated.n, tail.n);
        return out->name.n != 0;
    }
    if (!cd_str_starts(tail, session)) {
        return false;
    }
    struct cd_str rest = cd_str_sub(tail, session.n, tail.n);
    size_t slash = cd_str_find(rest, '/', 0);
    out->kind = CD_CALLER_SESSION;
    out->name = cd_str_sub(rest, 0, slash);
    out->is_service_linked = cd_str_starts(out->name, CD_STR("AWSServiceRoleFor"));
    return slash != 0 && slash + 1 < rest.n;
}

static bool
read_arn(struct cd_str text, struct cd_caller *out)
{
    struct cd_arn arn;
    if (!cd_arn_read(text, &arn) || !cd_str_eq(arn.part[CD_ARN_SCHEME], CD_STR("arn"))
        || cd_arn_account(&arn).n == 0) {
        return false;
    }
    out->partition = arn.part[1];
    out->account = arn.part[CD_ARN_OWNER];
    struct cd_str tail = arn.part[CD_ARN_TAIL];
    return cd_str_eq(arn.part[2], CD_STR("iam"))   ? read_iam(tail, out)
           : cd_str_eq(arn.part[2], CD_STR("sts")) ? read_sts(tail, out)
                                                   : false;
}

bool
cd_caller_read(struct cd_str text, struct cd_caller *out)
{
    *out = (struct cd_caller){.text = text};
    if (cd_is_account(text)) {
        out->kind = CD_CALLER_ROOT;
        out->account = text;
        return true;
    }
    if (cd_str_starts(text, CD_STR("arn:"))) {
        return read_arn(text, out);
    }
    out->kind = CD_CALLER_SERVICE;
    return cd_str_find(text, '.', 0) < text.n && cd_str_find(text, ' ', 0) == text.n
           && cd_str_find(text, '*', 0) == text.n;
}

/* ---- principals ---- */

static bool
is_account_of(struct cd_str text, const struct cd_caller *caller)
{
    struct cd_arn arn;
    if (caller->account.n == 0 || caller->kind == CD_CALLER_PROVIDER) {
        return false;
    }
    if (cd_str_eq(text, caller->account)) {
        return true;
    }
    return cd_str_ends(text, CD_STR(":root")) && cd_arn_read(text, &arn)
           && cd_str_eq(arn.part[CD_ARN_TAIL], CD_STR("root"))
           && cd_str_eq(arn.part[2], CD_STR("iam"))
           && cd_str_eq(arn.part[CD_ARN_OWNER], caller->account)
           && (caller->partition.n == 0 || cd_str_eq(arn.part[1], caller->partition));
}

/* A session's ARN has the role's name, without its path. Names of roles «aren't distinguished by
 * case» («IAM and AWS STS quotas», reference_iam-quotas.html). */
static bool
is_role_of(struct cd_str text, const struct cd_caller *caller)
{
    struct cd_caller role;
    bool is_session = caller->kind == CD_CALLER_SESSION;
    return cd_caller_read(text, &role)
           && role.kind == (is_session ? CD_CALLER_ROLE : CD_CALLER_USER)
           && (is_session ? cd_str_eq_nocase(role.name, caller->name)
                          : cd_str_eq(role.name, caller->name))
           && cd_str_eq(role.account, caller->account)
           && cd_str_eq(role.partition, caller->partition);
}

static enum cd_meant
aws_means(struct cd_str text, const struct cd_caller *caller)
{
    if (is_account_of(text, caller)) {
        return CD_MEANT_ACCOUNT;
    }
    if (caller->kind != CD_CALLER_ANONYMOUS && cd_str_eq(text, caller->text)) {
        return caller->kind == CD_CALLER_ROLE       ? CD_MEANT_ROLE
               : caller->kind == CD_CALLER_PROVIDER ? CD_MEANT_NOT
               : caller->kind == CD_CALLER_SERVICE  ? CD_MEANT_NOT
                                                    : CD_MEANT_SELF;
    }
    bool is_of_role = caller->kind == CD_CALLER_SESSION || caller->kind == CD_CALLER_FEDERATED_USER;
    return is_of_role && is_role_of(text, caller) ? CD_MEANT_ROLE : CD_MEANT_NOT;
}

static enum cd_meant
one_means(const struct cd_principal *principal, const struct cd_caller *caller)
{
    bool same = cd_str_eq(principal->text, caller->text);
    switch (principal->kind) {
    case CD_PRINCIPAL_ANY: return CD_MEANT_ANYONE;
    case CD_PRINCIPAL_AWS: return aws_means(principal->text, caller);
    case CD_PRINCIPAL_SERVICE:
        return same && caller->kind == CD_CALLER_SERVICE ? CD_MEANT_SELF : CD_MEANT_NOT;
    case CD_PRINCIPAL_FEDERATED:
        return same && (caller->kind == CD_CALLER_SERVICE || caller->kind == CD_CALLER_PROVIDER)
                   ? CD_MEANT_SELF
                   : CD_MEANT_NOT;
    case CD_PRINCIPAL_CANONICAL_USER: break;
    }
    return CD_MEANT_NOT;
}

enum cd_meant
cd_principals_mean(const struct cd_principals *principals, const struct cd_caller *caller)
{
    enum cd_meant meant = CD_MEANT_NOT;
    if (!principals->is_there) {
        return CD_MEANT_ANYONE;
    }
    for (uint32_t i = 0; i < principals->n; i++) {
        enum cd_meant one = one_means(&principals->items[i], caller);
        meant = one > meant ? one : meant;
    }
    if (principals->is_not) {
        return meant == CD_MEANT_NOT ? CD_MEANT_ANYONE : CD_MEANT_NOT;
    }
    return meant;
}
