/* Conditions of requests as the language writes them. */
#include "runtime/iam/when.h"

#include "runtime/base/num.h"
#include "runtime/schema/schema.h"

#define ESCAPE '\x1B'

/* ---- making ---- */

const struct cd_when *
cd_when_truth(struct cd_arena *a, enum cd_truth truth, struct cd_str why)
{
    struct cd_when *w = CD_NEW(a, struct cd_when);
    *w = (struct cd_when){.kind = CD_WHEN_TRUTH, .depth = 1, .truth = truth, .why = why};
    return w;
}

static enum cd_iam_key_type
type_of(struct cd_str key)
{
    uint32_t index = cd_iam_find_key(key);
    return index == CD_SCHEMA_NONE ? CD_IAM_KEY_STRING : cd_iam_key_at(index).type;
}

static enum cd_cond_op
equality_of(enum cd_iam_key_type type)
{
    switch (type) {
    case CD_IAM_KEY_NUMERIC: return CD_COND_NUMERIC_EQUALS;
    case CD_IAM_KEY_DATE: return CD_COND_DATE_EQUALS;
    case CD_IAM_KEY_BOOL: return CD_COND_BOOL;
    case CD_IAM_KEY_IP: return CD_COND_IP_ADDRESS;
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_ARN:
    case CD_IAM_KEY_BINARY: break;
    }
    return CD_COND_STRING_EQUALS;
}

static enum cd_cond_op
op_of(enum cd_when_relation relation, enum cd_iam_key_type type)
{
    bool is_date = type == CD_IAM_KEY_DATE;
    switch (relation) {
    case CD_WHEN_EQUALS: return equality_of(type);
    case CD_WHEN_LIKE: return type == CD_IAM_KEY_ARN ? CD_COND_ARN_LIKE : CD_COND_STRING_LIKE;
    case CD_WHEN_LESS: return is_date ? CD_COND_DATE_LESS : CD_COND_NUMERIC_LESS;
    case CD_WHEN_LESS_EQUALS:
        return is_date ? CD_COND_DATE_LESS_EQUALS : CD_COND_NUMERIC_LESS_EQUALS;
    case CD_WHEN_GREATER: return is_date ? CD_COND_DATE_GREATER : CD_COND_NUMERIC_GREATER;
    case CD_WHEN_GREATER_EQUALS:
        return is_date ? CD_COND_DATE_GREATER_EQUALS : CD_COND_NUMERIC_GREATER_EQUALS;
    case CD_WHEN_WITHIN: return CD_COND_IP_ADDRESS;
    case CD_WHEN_ABSENT:
    case CD_N_WHEN_RELATIONS: break;
    }
    return CD_COND_NULL;
}

/* The pattern as documents write it: what stands for itself becomes `${*}`. */
static struct cd_str
document_pattern(struct cd_arena *a, struct cd_str text)
{
    if (cd_str_find(text, ESCAPE, 0) == text.n && cd_str_find(text, '$', 0) == text.n) {
        return text;
    }
    char *p = cd_arena_alloc(a, 4 * text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool is_literal = text.p[i] == ESCAPE && i + 1 < text.n;
        i += is_literal;
        char c = text.p[i];
        if (c == '$' || (is_literal && (c == '*' || c == '?'))) {
            const char quoted[] = {'$', '{', c, '}'};
            memcpy(p + n, quoted, sizeof quoted);
            n += sizeof quoted;
        } else {
            p[n++] = c;
        }
    }
    return (struct cd_str){p, n};
}

/* One that is no ARN is short, and matches none. */
const struct cd_arn_glob *
cd_when_arn(struct cd_arena *a, struct cd_str text)
{
    struct cd_arn_glob *out = CD_NEW(a, struct cd_arn_glob);
    struct cd_arn arn;
    out->text = text;
    out->is_any = cd_str_eq(text, CD_STR("*"));
    out->is_short = !cd_arn_read(text, &arn);
    for (int i = 0; !out->is_short && i < CD_ARN_PARTS; i++) {
        out->is_short = cd_glob_compile(a, document_pattern(a, arn.part[i]),
                                        CD_GLOB_WILD | CD_GLOB_KEYED, &out->part[i])
                        != CORDON_OK;
    }
    return out;
}

/* TEXT as OP reads it; false: OP cannot, so nothing equals it. */
static bool
read_value(struct cd_arena *a, enum cd_cond_op op, struct cd_str text, struct cd_cond_value *out)
{
    *out = (struct cd_cond_value){.text = text};
    switch (cd_cond_op_info[op].reads) {
    case CD_READS_TEXT:
    case CD_READS_TEXT_NOCASE: return cd_glob_compile(a, text, 0, &out->glob) == CORDON_OK;
    case CD_READS_PATTERN:
        return cd_glob_compile(a, document_pattern(a, text), CD_GLOB_WILD | CD_GLOB_KEYED,
                               &out->glob)
               == CORDON_OK;
    case CD_READS_NUMBER: return cd_parse_number(text, &out->number);
    case CD_READS_DATE: return cd_cond_read_date(text, &out->ms);
    case CD_READS_BOOL:
    case CD_READS_PRESENCE: out->truth = cd_str_eq(text, CD_STR("true")); return true;
    case CD_READS_BINARY: return true;
    case CD_READS_NETWORK: out->net = cd_net_parse(text); return out->net.family != 0;
    case CD_READS_ARN: out->arn = cd_when_arn(a, text); return true;
    }
    return false;
}

const struct cd_when *
cd_when_line(struct cd_arena *a, struct cd_str key, enum cd_when_relation relation,
             const struct cd_when_values *values)
{
    static const struct cd_str yes = CD_STR_INIT("true");
    static const struct cd_when_values asks_absence = {&yes, 1, CD_STR_INIT("")};
    const struct cd_when_values *in = relation == CD_WHEN_ABSENT ? &asks_absence : values;
    struct cd_when *w = CD_NEW(a, struct cd_when);
    struct cd_cond_value *read = CD_NEW_ARRAY(a, (size_t)in->n + 1, struct cd_cond_value);
    enum cd_cond_op op = op_of(relation, type_of(key));
    *w = (struct cd_when){.kind = CD_WHEN_LINE, .depth = 1, .why = in->open};
    for (uint32_t i = 0; i < in->n; i++) {
        w->line.n_values += read_value(a, op, in->items[i], &read[w->line.n_values]);
    }
    w->line.op = op;
    w->line.key = key;
    w->line.values = read;
    return w;
}

const struct cd_when *
cd_when_join(struct cd_arena *a, enum cd_when_kind kind, struct cd_str key, const struct cd_when *x,
             const struct cd_when *y)
{
    struct cd_when *w = CD_NEW(a, struct cd_when);
    uint32_t depth = y != NULL && y->depth > x->depth ? y->depth : x->depth;
    uint32_t n_each = y != NULL && y->n_each > x->n_each ? y->n_each : x->n_each;
    n_each += kind == CD_WHEN_ANY || kind == CD_WHEN_ALL;
    if (depth >= CD_WHEN_DEPTH || n_each > CD_WHEN_EACH) {
        return cd_when_truth(a, CD_MAYBE, CD_STR("the condition is nested too deep"));
    }
    *w = (struct cd_when){
        .kind = kind, .depth = depth + 1, .n_each = n_each, .key = key, .a = x, .b = y};
    return w;
}

/* ---- asking ---- */

static enum cd_truth
line_holds(const struct cd_when *w, const struct cd_access *access, struct cd_missing *missing)
{
    enum cd_truth holds = cd_condition_holds(&w->line, access, missing);
    const struct cd_access_key *key;
    if (holds != CD_NO || w->why.n == 0) {
        return holds;
    }
    if (cd_access_find(access, w->line.key, &key) == CD_NO) {
        return CD_NO;
    }
    cd_missing_add(missing, w->why);
    return CD_MAYBE;
}

/* The request with one value in the place of KEY's. */
static enum cd_truth
value_holds(const struct cd_when *w, const struct cd_access *access,
            const struct cd_access_key *key, uint32_t value, struct cd_missing *missing)
{
    struct cd_access_key keys[CD_WHEN_KEYS + 1] = {
        {.name = w->key, .values = &key->values[value], .n_values = 1}};
    struct cd_access narrow = *access;
    if (access->n_keys > CD_WHEN_KEYS) {
        cd_missing_add(missing, w->key);
        return CD_MAYBE;
    }
    if (access->n_keys > 0) { /* the first of a name counts */
        memcpy(&keys[1], access->keys, access->n_keys * sizeof *keys);
    }
    narrow.keys = keys;
    narrow.n_keys = access->n_keys + 1;
    return cd_when_holds(w->a, &narrow, missing);
}

static enum cd_truth
values_hold(const struct cd_when *w, const struct cd_access *access, struct cd_missing *missing)
{
    const struct cd_access_key *key;
    enum cd_truth has = cd_access_find(access, w->key, &key);
    bool every = w->kind == CD_WHEN_ALL;
    enum cd_truth all = cd_truth_of(every);
    if (has == CD_MAYBE) {
        cd_missing_add(missing, w->key);
        return CD_MAYBE;
    }
    for (uint32_t i = 0; has == CD_YES && i < key->n_values; i++) {
        enum cd_truth one = value_holds(w, access, key, i, missing);
        all = every ? cd_truth_and(all, one) : cd_truth_or(all, one);
    }
    return all;
}

static enum cd_truth
holds(const struct cd_when *w, const struct cd_access *access, struct cd_missing *missing)
{
    switch (w->kind) {
    case CD_WHEN_TRUTH:
        if (w->truth == CD_MAYBE) {
            cd_missing_add(missing, w->why);
        }
        return w->truth;
    case CD_WHEN_LINE: return line_holds(w, access, missing);
    case CD_WHEN_AND:
        return cd_truth_and(cd_when_holds(w->a, access, missing),
                            cd_when_holds(w->b, access, missing));
    case CD_WHEN_OR:
        return cd_truth_or(cd_when_holds(w->a, access, missing),
                           cd_when_holds(w->b, access, missing));
    case CD_WHEN_NOT: return cd_truth_not(cd_when_holds(w->a, access, missing));
    case CD_WHEN_ANY:
    case CD_WHEN_ALL: return values_hold(w, access, missing);
    }
    return CD_MAYBE;
}

enum cd_truth
cd_when_holds(const struct cd_when *w, const struct cd_access *access, struct cd_missing *missing)
{
    size_t mark = missing->n;
    enum cd_truth truth = w == NULL ? CD_YES : holds(w, access, missing);
    if (truth != CD_MAYBE) {
        cd_missing_back(missing, mark);
    }
    return truth;
}

void
cd_when_lines(const struct cd_when *w, void (*visit)(void *data, const struct cd_condition_line *),
              void *data)
{
    if (w == NULL) {
        return;
    }
    if (w->kind == CD_WHEN_LINE) {
        visit(data, &w->line);
    }
    cd_when_lines(w->a, visit, data);
    cd_when_lines(w->b, visit, data);
}
