/* Whether conditions hold for a request.
 *
 * An absent key makes an operator false and a negated one true; …IfExists makes both true; Null
 * asks for presence (IAM User Guide, «IAM JSON policy elements: Condition operators»). ForAllValues
 * is true and ForAnyValue false of a key without values; IfExists does not change the latter. A key
 * that comes with a list of values is asked with a set operator: without one no comparison holds. A
 * value of the request that an operator cannot read equals nothing, so that the negated operator
 * holds. */
#include "runtime/base/num.h"
#include "runtime/iam/policy.h"

const struct cd_cond_op_info cd_cond_op_info[CD_N_COND_OPS] = {
#define CD_COND_OP(name, text, reads, test, negated) \
    [CD_COND_##name] = {CD_STR_INIT(text), CD_READS_##reads, CD_TEST_##test, negated},
#include "runtime/iam/operators.def"
#undef CD_COND_OP
};

struct asking {
    const struct cd_condition_line *c;
    const struct cd_access *access;
    struct cd_missing *missing;
};

static bool
ordered(enum cd_cond_test test, int order)
{
    switch (test) {
    case CD_TEST_EQ: return order == 0;
    case CD_TEST_LT: return order < 0;
    case CD_TEST_LE: return order <= 0;
    case CD_TEST_GT: return order > 0;
    case CD_TEST_GE: return order >= 0;
    }
    return false;
}

static bool
numbers_match(enum cd_cond_test test, struct cd_str text, double bound)
{
    double number;
    return cd_parse_number(text, &number) && ordered(test, (number > bound) - (number < bound));
}

/* The forms that leave the day or the seconds out, `2026-01` and `2026-01-31T12:30+01:00`, written
 * out; a time without a zone is UTC (W3C, «Date and Time Formats», which the page of the operators
 * names). */
static struct cd_str
written_out(struct cd_str text, char out[32])
{
    static const size_t month = sizeof "2026-01" - 1, minutes = sizeof "2026-01-31T12:30" - 1;
    size_t n = text.n == month ? month : minutes;
    const char *more = n == month ? "-01" : ":00";
    bool is_short = text.n == month
                    || (text.n >= minutes && text.n < 24 && text.p[10] == 'T'
                        && (text.n == minutes || text.p[minutes] != ':'));
    if (!is_short) {
        return text;
    }
    memcpy(out, text.p, n);
    memcpy(out + n, more, 3);
    memcpy(out + n + 3, text.p + n, text.n - n);
    return (struct cd_str){out, text.n + 3};
}

bool
cd_cond_read_date(struct cd_str text, int64_t *ms)
{
    char buffer[32];
    double seconds;
    if (cd_parse_number(text, &seconds)) {
        bool is_in_range = seconds > -1e13 && seconds < 1e13;
        *ms = is_in_range ? (int64_t)(seconds * 1000) : 0;
        return is_in_range;
    }
    return cd_parse_time(written_out(text, buffer), ms);
}

static bool
dates_match(enum cd_cond_test test, struct cd_str text, int64_t bound)
{
    int64_t ms;
    return cd_cond_read_date(text, &ms) && ordered(test, (ms > bound) - (ms < bound));
}

static bool
nets_match(struct cd_str text, const struct cd_net *net)
{
    struct cd_net address = cd_net_parse(text);
    return cd_net_within(&address, net);
}

/* ArnEquals and ArnLike are one: each part is compared separately, with case. */
static enum cd_truth
arns_match(const struct asking *q, const struct cd_arn_glob *pattern, struct cd_str text)
{
    struct cd_arn arn;
    struct cd_str head = cd_str_sub(pattern->text, 0, pattern->head_n);
    if (pattern->is_short || (pattern->shape != CD_ARN_OF_PARTS && !cd_str_starts(text, head))
        || !cd_arn_read(text, &arn)) {
        return CD_NO;
    }
    for (int i = 0; i < CD_ARN_TAIL; i++) {
        if (cd_glob_match(&pattern->part[i], arn.part[i], q->access, q->missing) == CD_NO) {
            return CD_NO;
        }
    }
    return cd_glob_match(&pattern->part[CD_ARN_TAIL], arn.part[CD_ARN_TAIL], q->access, q->missing);
}

static enum cd_truth
value_matches(const struct asking *q, const struct cd_cond_value *v, struct cd_str text)
{
    const struct cd_cond_op_info *op = &cd_cond_op_info[q->c->op];
    if (v->is_unreadable) {
        return CD_MAYBE;
    }
    switch (op->reads) {
    case CD_READS_TEXT:
    case CD_READS_TEXT_NOCASE:
    case CD_READS_PATTERN: return cd_glob_match(&v->glob, text, q->access, q->missing);
    case CD_READS_NUMBER: return cd_truth_of(numbers_match(op->test, text, v->number));
    case CD_READS_DATE: return cd_truth_of(dates_match(op->test, text, v->ms));
    case CD_READS_BOOL:
        return cd_truth_of(cd_str_eq_nocase(text, v->truth ? CD_STR("true") : CD_STR("false")));
    case CD_READS_BINARY: return cd_truth_of(cd_str_eq(text, v->text));
    case CD_READS_NETWORK: return cd_truth_of(nets_match(text, &v->net));
    case CD_READS_ARN: return arns_match(q, v->arn, text);
    case CD_READS_PRESENCE: break;
    }
    return CD_NO;
}

/* Does one value of the request pass: is it one of the document's, or, negated, none of them? */
static enum cd_truth
one_passes(const struct asking *q, struct cd_str text)
{
    enum cd_truth any = CD_NO;
    for (uint32_t i = 0; i < q->c->n_values && any != CD_YES; i++) {
        any = cd_truth_or(any, value_matches(q, &q->c->values[i], text));
    }
    return cd_cond_op_info[q->c->op].negated ? cd_truth_not(any) : any;
}

static enum cd_truth
set_passes(const struct asking *q, const struct cd_access_key *key)
{
    bool every = q->c->set == CD_COND_FOR_ALL;
    enum cd_truth all = cd_truth_of(every);
    for (uint32_t i = 0; i < key->n_values; i++) {
        enum cd_truth one = one_passes(q, key->values[i]);
        all = every ? cd_truth_and(all, one) : cd_truth_or(all, one);
    }
    return all;
}

static enum cd_truth
of_absent(const struct cd_condition_line *c)
{
    switch (c->set) {
    case CD_COND_FOR_ANY: return CD_NO;
    case CD_COND_FOR_ALL: return CD_YES;
    case CD_COND_SINGLE: break;
    }
    return cd_truth_of(c->if_exists || cd_cond_op_info[c->op].negated);
}

/* Null: true asks for absence, false for presence; with both values it always holds. */
static enum cd_truth
presence_holds(const struct cd_condition_line *c, enum cd_truth has)
{
    enum cd_truth any = CD_NO;
    bool asks[2] = {false, false};
    for (uint32_t i = 0; i < c->n_values; i++) {
        const struct cd_cond_value *v = &c->values[i];
        any = cd_truth_or(any, v->is_unreadable ? CD_MAYBE : v->truth ? cd_truth_not(has) : has);
        asks[v->truth] = asks[v->truth] || !v->is_unreadable;
    }
    return asks[0] && asks[1] ? CD_YES : any;
}

/* Of a key whose value is unknown: decided if it is the same absent and present with any value. */
static enum cd_truth
of_unknown(const struct cd_condition_line *c)
{
    bool negated = cd_cond_op_info[c->op].negated;
    bool always = c->n_values == 0 && negated && c->set != CD_COND_FOR_ANY;
    bool never = c->n_values == 0 && !negated && c->set != CD_COND_FOR_ALL && !c->if_exists;
    return always ? CD_YES : never ? CD_NO : CD_MAYBE;
}

static enum cd_truth
answer(const struct asking *q)
{
    const struct cd_access_key *key;
    enum cd_truth has = cd_access_find(q->access, q->c->key, &key);
    if (has == CD_MAYBE) {
        cd_missing_add(q->missing, q->c->key);
    }
    if (cd_cond_op_info[q->c->op].reads == CD_READS_PRESENCE) {
        return presence_holds(q->c, has);
    }
    if (has != CD_YES) {
        return has == CD_NO ? of_absent(q->c) : of_unknown(q->c);
    }
    if (q->c->set != CD_COND_SINGLE) {
        return set_passes(q, key);
    }
    return key->is_list || key->n_values != 1 ? CD_NO : one_passes(q, key->values[0]);
}

enum cd_truth
cd_condition_holds(const struct cd_condition_line *c, const struct cd_access *access,
                   struct cd_missing *missing)
{
    struct asking q = {c, access, missing};
    size_t mark = missing->n;
    enum cd_truth holds = answer(&q);
    if (holds != CD_MAYBE) {
        cd_missing_back(missing, mark);
    }
    return holds;
}

bool
cd_cond_names(const struct cd_condition_line *c, uint32_t i, struct cd_str key)
{
    switch (cd_cond_op_info[c->op].reads) {
    case CD_READS_TEXT:
    case CD_READS_TEXT_NOCASE:
    case CD_READS_PATTERN: return cd_glob_names(&c->values[i].glob, key);
    case CD_READS_ARN: return cd_glob_names(&c->values[i].arn->part[CD_ARN_TAIL], key);
    case CD_READS_NUMBER:
    case CD_READS_DATE:
    case CD_READS_BOOL:
    case CD_READS_BINARY:
    case CD_READS_NETWORK:
    case CD_READS_PRESENCE: break;
    }
    return false;
}

enum cd_truth
cd_conditions_hold(const struct cd_policy_statement *s, const struct cd_access *access,
                   struct cd_missing *missing)
{
    size_t mark = missing->n;
    enum cd_truth all = CD_YES;
    for (uint32_t i = 0; i < s->n_conditions && all != CD_NO; i++) {
        all = cd_truth_and(all, cd_condition_holds(&s->conditions[i], access, missing));
    }
    if (all == CD_NO) {
        cd_missing_back(missing, mark);
    }
    return all;
}
