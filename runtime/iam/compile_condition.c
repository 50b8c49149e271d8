/* Condition blocks: operators, keys, and values as the operators read them. */
#include "runtime/base/num.h"
#include "runtime/iam/compile.h"

/* ---- operators: ForAnyValue: or ForAllValues:, a name, IfExists; all without case ---- */

static bool
skip_word(struct cd_str *s, struct cd_str word)
{
    if (s->n < word.n || !cd_str_eq_nocase(cd_str_sub(*s, 0, word.n), word)) {
        return false;
    }
    *s = cd_str_sub(*s, word.n, s->n);
    return true;
}

static bool
find_operator(struct cd_str name, enum cd_cond_op *op)
{
    for (size_t i = 0; i < CD_N_COND_OPS; i++) {
        if (cd_str_eq_nocase(name, cd_cond_op_info[i].text)) {
            *op = (enum cd_cond_op)i;
            return true;
        }
    }
    return false;
}

static cordon_status
read_operator(struct cd_compiler *c, struct cd_str text, const struct cd_step_to *at,
              struct cd_condition_line *out)
{
    static const struct cd_str if_exists = CD_STR_INIT("IfExists");
    struct cd_str name = text;
    if (skip_word(&name, CD_STR("ForAnyValue:"))) {
        out->set = CD_COND_FOR_ANY;
    } else if (skip_word(&name, CD_STR("ForAllValues:"))) {
        out->set = CD_COND_FOR_ALL;
    }
    if (name.n > if_exists.n
        && cd_str_eq_nocase(cd_str_sub(name, name.n - if_exists.n, name.n), if_exists)) {
        out->if_exists = true;
        name.n -= if_exists.n;
    }
    if (!find_operator(name, &out->op)) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "there is no such condition operator");
    }
    if (out->op == CD_COND_NULL && (out->if_exists || out->set != CD_COND_SINGLE)) {
        return cd_compile_fail(c, CORDON_EINPUT, at,
                               "Null takes neither IfExists nor a set operator");
    }
    return CORDON_OK;
}

/* ---- values ---- */

/* A number or truth value may stand without quotes. */
static cordon_status
value_text(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
           struct cd_str *out)
{
    char digits[CD_NUMBER_SIZE];
    double number;
    switch (cd_dom_kind(v)) {
    case CD_DOM_STRING: return cd_compile_text(c, v, at, out);
    case CD_DOM_TRUE: *out = CD_STR("true"); return CORDON_OK;
    case CD_DOM_FALSE: *out = CD_STR("false"); return CORDON_OK;
    case CD_DOM_NUMBER:
        if (!cd_dom_number(v, &number)) {
            return cd_compile_fail(c, CORDON_EINPUT, at,
                                   "a number beyond 2^53: write it in quotes");
        }
        *out = cd_arena_str(c->a, cd_format_number(number, digits));
        return out->p == NULL ? cd_compile_oom(c) : CORDON_OK;
    case CD_DOM_NULL:
    case CD_DOM_ARRAY:
    case CD_DOM_OBJECT: break;
    }
    return cd_compile_fail(c, CORDON_EINPUT, at, "a string, a number or a truth value is expected");
}

static cordon_status
read_arn(struct cd_compiler *c, const struct cd_step_to *at, struct cd_cond_value *v)
{
    struct cd_arn_glob *arn = CD_NEW(c->a, struct cd_arn_glob);
    v->arn = arn;
    return arn == NULL ? cd_compile_oom(c) : cd_compile_arn(c, v->text, false, at, arn);
}

static bool
read_truth(struct cd_cond_value *v)
{
    v->truth = cd_str_eq_nocase(v->text, CD_STR("true"));
    return v->truth || cd_str_eq_nocase(v->text, CD_STR("false"));
}

static bool
read_net(struct cd_cond_value *v)
{
    v->net = cd_net_parse(v->text);
    return v->net.family != 0;
}

static cordon_status
read_value(struct cd_compiler *c, enum cd_cond_reads reads, const struct cd_step_to *at,
           struct cd_cond_value *v)
{
    switch (reads) {
    case CD_READS_TEXT: return cd_compile_glob(c, v->text, CD_GLOB_KEYED, at, &v->glob);
    case CD_READS_TEXT_NOCASE:
        return cd_compile_glob(c, v->text, CD_GLOB_KEYED | CD_GLOB_NOCASE, at, &v->glob);
    case CD_READS_PATTERN:
        return cd_compile_glob(c, v->text, CD_GLOB_KEYED | CD_GLOB_WILD, at, &v->glob);
    case CD_READS_ARN: return read_arn(c, at, v);
    case CD_READS_BINARY: break;
    case CD_READS_NUMBER: v->is_unreadable = !cd_parse_number(v->text, &v->number); break;
    case CD_READS_DATE: v->is_unreadable = !cd_cond_read_date(v->text, &v->ms); break;
    case CD_READS_NETWORK: v->is_unreadable = !read_net(v); break;
    case CD_READS_BOOL:
    case CD_READS_PRESENCE: v->is_unreadable = !read_truth(v); break;
    }
    return CORDON_OK;
}

static cordon_status
compile_values(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
               struct cd_condition_line *out)
{
    struct cd_cond_value *values =
        CD_NEW_ARRAY(c->a, cd_compile_count(v) + 1, struct cd_cond_value);
    if (values == NULL) {
        return cd_compile_oom(c);
    }
    for (struct cd_compile_items it = cd_compile_items(v, at); cd_compile_next(&it);) {
        struct cd_cond_value *value = &values[out->n_values++];
        CORDON_TRY(value_text(c, it.val, &it.at, &value->text));
        CORDON_TRY(read_value(c, cd_cond_op_info[out->op].reads, &it.at, value));
        CORDON_TRY(cd_warn_value(c, &it.at, cd_cond_op_info[out->op].reads, value));
    }
    out->values = values;
    return CORDON_OK;
}

/* ---- blocks ---- */

struct lines {
    struct cd_condition_line *items;
    size_t n, cap;
};

static bool
has_key(const struct lines *lines, size_t from, struct cd_str key)
{
    for (size_t i = from; i < lines->n; i++) {
        if (cd_str_eq(lines->items[i].key, key)) {
            return true;
        }
    }
    return false;
}

static cordon_status
compile_block(struct cd_compiler *c, const struct cd_dom_iter *block, const struct cd_step_to *at,
              struct lines *lines)
{
    struct cd_step_to below = {at, block->key, 0};
    struct cd_condition_line op = {.n_values = 0};
    size_t first = lines->n;
    CORDON_TRY(read_operator(c, block->key, &below, &op));
    if (!cd_dom_is(block->val, '{')) {
        return cd_compile_fail(c, CORDON_EINPUT, &below,
                               "an object of keys and values is expected");
    }
    for (struct cd_dom_iter it = cd_dom_iter(block->val); cd_dom_next(&it);) {
        struct cd_step_to key = {&below, it.key, 0};
        if (has_key(lines, first, it.key)) {
            return cd_compile_fail(c, CORDON_EINPUT, &key, "stands here twice");
        }
        if (lines->n == CD_POLICY_CONDITIONS_LIMIT) {
            return cd_compile_fail(c, CORDON_ELIMIT, at, "more than %d conditions",
                                   CD_POLICY_CONDITIONS_LIMIT);
        }
        struct cd_condition_line *line = CD_PUSH(c->a, lines->items, lines->n, lines->cap);
        if (line == NULL) {
            return cd_compile_oom(c);
        }
        *line = op;
        line->key = cd_arena_str(c->a, it.key);
        if (line->key.p == NULL) {
            return cd_compile_oom(c);
        }
        CORDON_TRY(compile_values(c, it.val, &key, line));
        CORDON_TRY(cd_warn_condition(c, &key, line));
    }
    return CORDON_OK;
}

static bool
named_before(struct cd_dom_val v, const struct cd_dom_iter *it)
{
    for (struct cd_dom_iter earlier = cd_dom_iter(v); cd_dom_next(&earlier) && earlier.i < it->i;) {
        if (cd_str_eq(earlier.key, it->key)) {
            return true;
        }
    }
    return false;
}

cordon_status
cd_compile_conditions(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                      struct cd_policy_statement *out)
{
    struct lines lines = {.n = 0};
    if (!cd_dom_is(v, '{')) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "an object of operators is expected");
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
        struct cd_step_to below = {at, it.key, 0};
        if (it.i == CD_POLICY_CONDITIONS_LIMIT) {
            return cd_compile_fail(c, CORDON_ELIMIT, at, "more than %d operators",
                                   CD_POLICY_CONDITIONS_LIMIT);
        }
        if (named_before(v, &it)) {
            return cd_compile_fail(c, CORDON_EINPUT, &below, "stands here twice");
        }
        CORDON_TRY(compile_block(c, &it, at, &lines));
    }
    out->conditions = lines.items;
    out->n_conditions = (uint32_t)lines.n;
    return CORDON_OK;
}
