/* Refined strings: the forms of regions, accounts, ARNs, addresses, networks, and of ARN patterns.
 */
#include <arpa/inet.h>

#include "compiler/sema/check.h"
#include "runtime/base/num.h"
#include "runtime/schema/arn.h"

#define N_ARN_SEGMENTS 6

bool
cd_is_literal(const struct cd_expr *e)
{
    if (e->kind != CD_EXPR_STRING) {
        return false;
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        if (e->parts[i].expr) {
            return false;
        }
    }
    return true;
}

struct cd_str
cd_literal_text(struct cd_checker *c, const struct cd_expr *e)
{
    if (e->n_parts == 1) {
        return e->parts[0].text;
    }
    struct cd_str all = CD_STR("");
    for (size_t i = 0; i < e->n_parts; i++) {
        all = cd_arena_printf(c->s->arena, "%.*s%.*s", CD_FMT(all), CD_FMT(e->parts[i].text));
    }
    return all;
}

static size_t
count_colons(struct cd_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == ':';
    }
    return n;
}

bool
cd_arn_text_ok(struct cd_str text)
{
    return cd_str_starts(text, CD_STR("arn:")) && count_colons(text) >= N_ARN_SEGMENTS - 1;
}

bool
cd_arn_pattern_ok(struct cd_str text)
{
    return cd_str_eq(text, CD_STR("*")) || count_colons(text) >= N_ARN_SEGMENTS - 1;
}

/* The family of an address, 0 if TEXT is none. */
static int
ip_family(struct cd_str text)
{
    char z[64];
    unsigned char bytes[16];
    if (text.n == 0 || text.n >= sizeof z || memchr(text.p, 0, text.n)) {
        return 0;
    }
    memcpy(z, text.p, text.n);
    z[text.n] = 0;
    if (inet_pton(AF_INET, z, bytes) == 1) {
        return AF_INET;
    }
    return inet_pton(AF_INET6, z, bytes) == 1 ? AF_INET6 : 0;
}

static bool
is_cidr(struct cd_str text)
{
    size_t slash = cd_str_find(text, '/', 0);
    uint64_t bits;
    if (slash == text.n || text.n - slash > 4
        || !cd_parse_u64(cd_str_sub(text, slash + 1, text.n), &bits)) {
        return false;
    }
    int family = ip_family(cd_str_sub(text, 0, slash));
    return (family == AF_INET && bits <= 32) || (family == AF_INET6 && bits <= 128);
}

bool
cd_refined_ok(enum cd_type_kind kind, struct cd_str text)
{
    if (kind == CD_TYPE_REGION) {
        return cd_region_partition(text).n > 0;
    }
    if (kind == CD_TYPE_ACCOUNT) {
        return cd_is_account(text);
    }
    if (kind == CD_TYPE_ARN) {
        return cd_arn_text_ok(text);
    }
    if (kind == CD_TYPE_IP) {
        return ip_family(text) != 0;
    }
    if (kind == CD_TYPE_CIDR) {
        return is_cidr(text) || ip_family(text) != 0;
    }
    if (kind == CD_TYPE_ACTION) {
        return cd_str_eq(text, CD_STR("*")) || cd_str_find(text, ':', 0) < text.n;
    }
    return true;
}

static void
bad_region(struct cd_sema *s, struct cd_span span, struct cd_str text)
{
    struct cd_nearest near;
    cd_nearest_init(&near, text);
    for (uint32_t i = 0; i < cd_region_n(); i++) {
        cd_nearest_try(&near, cd_region_at(i));
    }
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_REFINED_TEXT, span,
                                    "expected a region, found \"%.*s\"", CD_FMT(text));
    if (near.best.n > 0) {
        cd_nearest_help(s->diags, d, &near);
    } else {
        cd_diag_help(s->diags, d, "regions are named by their codes: \"eu-west-1\"");
    }
}

static void
bad_text(struct cd_sema *s, struct cd_span span, struct cd_str text, const char *expected,
         const char *help)
{
    struct cd_diag *d = cd_diag_add(s->diags, CD_DIAG_REFINED_TEXT, span,
                                    "expected %s, found \"%.*s\"", expected, CD_FMT(text));
    cd_diag_help(s->diags, d, "%s", help);
}

bool
cd_check_refined(struct cd_sema *s, struct cd_span span, struct cd_str text, enum cd_type_kind kind)
{
    if (kind == CD_TYPE_ACTION) {
        return cd_check_action(s, span, text);
    }
    if (cd_refined_ok(kind, text)) {
        return true;
    }
    if (kind == CD_TYPE_REGION) {
        bad_region(s, span, text);
    } else if (kind == CD_TYPE_ACCOUNT) {
        bad_text(s, span, text, "an account", "an account has twelve digits: \"111122223333\"");
    } else if (kind == CD_TYPE_ARN) {
        bad_text(s, span, text, "an ARN",
                 "an ARN has six segments: arn:partition:service:region:account:resource");
    } else if (kind == CD_TYPE_IP) {
        bad_text(s, span, text, "an address",
                 cd_refined_ok(CD_TYPE_CIDR, text)
                     ? "whether an address lies in a network is asked with `within`"
                     : "\"10.0.0.1\" or \"2001:db8::1\"");
    } else {
        bad_text(s, span, text, "a network", "\"10.0.0.0/8\" or \"2001:db8::/32\"");
    }
    return false;
}

/* The segment of an ARN pattern at I, from 0 on. */
static struct cd_str
segment(struct cd_str arn, int i)
{
    for (; i > 0; i--) {
        arn = cd_str_sub(arn, cd_str_find(arn, ':', 0) + 1, arn.n);
    }
    return cd_str_sub(arn, 0, cd_str_find(arn, ':', 0));
}

static bool
is_fixed(struct cd_str segment)
{
    return segment.n != 0 && cd_str_find(segment, '*', 0) == segment.n
           && cd_str_find(segment, '?', 0) == segment.n;
}

static bool
is_digits(struct cd_str text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9') {
        n++;
    }
    return n == text.n;
}

/* An ARN with such segments names nothing. */
static void
check_segments(struct cd_sema *s, struct cd_span span, struct cd_str arn)
{
    if (cd_str_eq(arn, CD_STR("*"))) {
        return;
    }
    struct cd_str partition = segment(arn, 1), region = segment(arn, 3), account = segment(arn, 4);
    if (is_fixed(partition) && !cd_partition_exists(partition)) {
        bad_text(s, span, partition, "a partition",
                 "partitions are aws, aws-cn, aws-us-gov, …; * is any of them");
    } else if (is_fixed(region) && cd_region_partition(region).n == 0) {
        bad_region(s, span, region);
    } else if (is_fixed(account) && is_digits(account) && !cd_is_account(account)) {
        bad_text(s, span, account, "an account", "an account has twelve digits: \"111122223333\"");
    }
}

/* Literal colons suffice; what is interpolated may bring more, unless it is known. */
void
cd_check_arn_pattern(struct cd_checker *c, struct cd_expr *e, enum cd_diag_code code)
{
    if (e->kind == CD_EXPR_SET || e->kind == CD_EXPR_LIST) {
        for (size_t i = 0; i < e->n_items; i++) {
            cd_check_arn_pattern(c, e->items[i], code);
        }
        return;
    }
    struct cd_str text = CD_STR("");
    if (cd_is_literal(e)) {
        text = cd_literal_text(c, e);
    } else {
        const struct cd_const *value = cd_const_eval(c->s->arena, e, NULL);
        if (!value) {
            return;
        }
        if (value->kind == CD_CONST_SET || value->kind == CD_CONST_LIST) {
            for (size_t i = 0; i < value->n; i++) {
                if (value->items[i]->kind != CD_CONST_STRING) {
                    continue;
                }
                if (!cd_arn_pattern_ok(value->items[i]->text)) {
                    text = value->items[i]->text;
                    goto report;
                }
                check_segments(c->s, e->span, value->items[i]->text);
            }
            return;
        }
        if (value->kind != CD_CONST_STRING) {
            return;
        }
        text = value->text;
    }
    if (cd_arn_pattern_ok(text)) {
        check_segments(c->s, e->span, text);
        return;
    }
report:;
    struct cd_diag *d = cd_diag_add(
        c->s->diags, code, e->span,
        "expected an ARN pattern of six segments or \"*\", found \"%.*s\"", CD_FMT(text));
    cd_diag_help(c->s->diags, d,
                 "write all segments, with * where any will do: \"arn:aws:s3:::my-bucket/*\", "
                 "\"arn:*:iam::*:role/*\"");
}
