/* The grammar of endpoint policies. */
#include "compiler/emit/endpoint.h"

#include "runtime/schema/arn.h"

#define MIN_BESIDE_WILDCARD 6 /* consecutive characters before or behind each */

/* Global keys that hold what AWS made up: «You can't use wildcard characters or numeric condition
 * operators with global context keys that reference system-generated identifiers (for example,
 * aws:PrincipalAccount or aws:SourceVpc)». */
static const struct cd_str system_ids[] = {
    CD_STR_INIT("aws:Ec2InstanceSourceVpc"),
    CD_STR_INIT("aws:PrincipalAccount"),
    CD_STR_INIT("aws:PrincipalOrgID"),
    CD_STR_INIT("aws:ResourceAccount"),
    CD_STR_INIT("aws:ResourceOrgID"),
    CD_STR_INIT("aws:SourceAccount"),
    CD_STR_INIT("aws:SourceOrgID"),
    CD_STR_INIT("aws:SourceVpc"),
    CD_STR_INIT("aws:SourceVpce"),
    CD_STR_INIT("aws:VpceAccount"),
    CD_STR_INIT("aws:VpceOrgID"),
    CD_STR_INIT("aws:userid"),
};

static bool
is_system_id(struct cd_str key)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(system_ids); i++) {
        if (cd_str_eq_nocase(system_ids[i], key)) {
            return true;
        }
    }
    return false;
}

/* The length of the element of PATTERN at AT: a character, or `${…}` as a whole. */
static size_t
element_at(struct cd_str pattern, size_t at)
{
    bool is_variable = pattern.p[at] == '$' && at + 1 < pattern.n && pattern.p[at + 1] == '{';
    size_t end = is_variable ? cd_str_find(pattern, '}', at) : at;
    return end < pattern.n ? end + 1 - at : 1;
}

static bool
is_wildcard(struct cd_str pattern, size_t at)
{
    return pattern.p[at] == '*' || pattern.p[at] == '?';
}

static bool
has_wildcard(struct cd_str pattern)
{
    bool found = false;
    for (size_t i = 0; i < pattern.n && !found; i += element_at(pattern, i)) {
        found = is_wildcard(pattern, i);
    }
    return found;
}

/* Has each wildcard enough characters before or behind it? Those of `${…}` count as written. */
static bool
has_room(struct cd_str pattern)
{
    size_t before = 0, i = 0;
    while (i < pattern.n) {
        if (!is_wildcard(pattern, i)) {
            size_t n = element_at(pattern, i);
            before += n;
            i += n;
            continue;
        }
        size_t end = i + 1;
        while (end < pattern.n && !is_wildcard(pattern, end)) {
            end += element_at(pattern, end);
        }
        if (before < MIN_BESIDE_WILDCARD && end - i - 1 < MIN_BESIDE_WILDCARD) {
            return false;
        }
        before = 0;
        i++;
    }
    return true;
}

static bool
refuse(struct cd_reason *reason, struct cd_str why, const char *help)
{
    reason->why = why;
    reason->help = cd_str_of(help);
    return false;
}

/* «The account portion of the ARN can include an account ID or a wildcard character, but not both».
 */
static bool
has_mixed_account(struct cd_str arn)
{
    struct cd_str part[CD_ARN_SEGMENTS];
    bool wild = false, plain = false;
    if (!cd_arn_segments(arn, part) || !cd_str_eq(part[0], CD_STR("arn"))) {
        return false;
    }
    for (size_t i = 0; i < part[4].n; i++) {
        wild = wild || is_wildcard(part[4], i);
        plain = plain || !is_wildcard(part[4], i);
    }
    return wild && plain;
}

enum reads { READS_TEXT, READS_PATTERN, READS_ARN, READS_NUMBER, READS_OTHER };

static enum reads
reads_of(enum cd_iam_op op)
{
    switch (op) {
    case CD_IAM_STRING_EQUALS:
    case CD_IAM_STRING_NOT_EQUALS: return READS_TEXT;
    case CD_IAM_STRING_LIKE:
    case CD_IAM_STRING_NOT_LIKE: return READS_PATTERN;
    case CD_IAM_ARN_LIKE:
    case CD_IAM_ARN_NOT_LIKE: return READS_ARN;
    case CD_IAM_NUMERIC_EQUALS:
    case CD_IAM_NUMERIC_NOT_EQUALS:
    case CD_IAM_NUMERIC_LESS:
    case CD_IAM_NUMERIC_LESS_EQUALS:
    case CD_IAM_NUMERIC_GREATER:
    case CD_IAM_NUMERIC_GREATER_EQUALS: return READS_NUMBER;
    case CD_IAM_DATE_EQUALS:
    case CD_IAM_DATE_NOT_EQUALS:
    case CD_IAM_DATE_LESS:
    case CD_IAM_DATE_LESS_EQUALS:
    case CD_IAM_DATE_GREATER:
    case CD_IAM_DATE_GREATER_EQUALS:
    case CD_IAM_BOOL:
    case CD_IAM_IP_ADDRESS:
    case CD_IAM_NOT_IP_ADDRESS:
    case CD_IAM_NULL:
    case CD_N_IAM_OPS: break;
    }
    return READS_OTHER;
}

static bool
takes_account(struct cd_arena *a, struct cd_str arn, struct cd_reason *reason)
{
    return !has_mixed_account(arn)
           || refuse(reason,
                     cd_arena_printf(a,
                                     "the account in an ARN of an endpoint policy is an id or a "
                                     "wildcard, not both, unlike \"%.*s\"",
                                     CD_FMT(arn)),
                     "list the accounts, or write `*`");
}

static bool
takes_value(struct cd_arena *a, const struct cd_condition *c, struct cd_str value,
            struct cd_reason *reason)
{
    enum reads reads = reads_of(c->op);
    bool is_wild = (reads == READS_PATTERN || reads == READS_ARN) && has_wildcard(value);
    if (is_system_id(c->key) && (is_wild || reads == READS_NUMBER)) {
        return refuse(reason,
                      cd_arena_printf(a,
                                      "an endpoint policy takes no wildcard and no comparison of "
                                      "numbers with %.*s, which holds an identifier of AWS's",
                                      CD_FMT(c->key)),
                      "list the identifiers");
    }
    if (reads == READS_PATTERN && !has_room(value)) {
        return refuse(reason,
                      cd_arena_printf(a,
                                      "an endpoint policy asks for six consecutive characters "
                                      "before or behind each wildcard of a string, unlike \"%.*s\"",
                                      CD_FMT(value)),
                      "write more of the text around the wildcard");
    }
    return reads == READS_OTHER || reads == READS_NUMBER || takes_account(a, value, reason);
}

bool
cd_endpoint_takes(struct cd_arena *a, const struct cd_statement *resources,
                  const struct cd_conditions *conditions, struct cd_reason *reason)
{
    bool ok = true;
    for (size_t i = 0; i < resources->n_resources && ok; i++) {
        ok = takes_account(a, resources->resources[i], reason);
    }
    for (size_t i = 0; i < conditions->n && ok; i++) {
        const struct cd_condition *c = &conditions->items[i];
        for (size_t k = 0; k < c->n_values && ok; k++) {
            ok = takes_value(a, c, c->values[k], reason);
        }
    }
    return ok;
}
