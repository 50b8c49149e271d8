/* The keys of a request that documents and `when` ask about, and the classes of their values. */
#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/iam/ask.h"

/* ---- which keys ---- */

uint32_t
cd_ask_find_key(const struct cd_asker *k, struct cd_str name)
{
    for (uint32_t i = 0; i < k->n_keys; i++) {
        if (cd_str_eq_nocase(k->keys[i].name, name)) {
            return i;
        }
    }
    return CD_ASK_KEYS;
}

static struct cd_ask_key *
key_of(struct cd_asker *k, struct cd_str name)
{
    uint32_t i = cd_ask_find_key(k, name);
    if (i != CD_ASK_KEYS) {
        return &k->keys[i];
    }
    if (k->n_keys == CD_ASK_KEYS) {
        k->is_too_large = true;
        return NULL;
    }
    struct cd_ask_key *key = &k->keys[k->n_keys++];
    *key = (struct cd_ask_key){.name = name, .index = cd_iam_find_key(name)};
    if (key->index != CD_SCHEMA_NONE) {
        struct cd_iam_key known = cd_iam_key_at(key->index);
        key->is_carried_by_some = !known.is_retired;
        key->is_always_there = known.always_present;
        key->type = known.type;
        key->is_multivalued = known.is_multivalued;
    }
    return key;
}

static void
note_glob(struct cd_asker *k, const struct cd_glob *glob)
{
    for (uint32_t i = 0; i < glob->n; i++) {
        struct cd_ask_key *key =
            glob->parts[i].kind == CD_GLOB_KEY ? key_of(k, glob->parts[i].text) : NULL;
        if (key != NULL) {
            key->is_variable = true;
        }
    }
}

static const struct cd_glob *
value_globs(const struct cd_condition_line *line, uint32_t i, uint32_t *n)
{
    switch (cd_cond_op_info[line->op].reads) {
    case CD_READS_TEXT:
    case CD_READS_TEXT_NOCASE:
    case CD_READS_PATTERN: *n = 1; return &line->values[i].glob;
    case CD_READS_ARN: *n = CD_ARN_PARTS; return line->values[i].arn->part;
    case CD_READS_NUMBER:
    case CD_READS_DATE:
    case CD_READS_BOOL:
    case CD_READS_BINARY:
    case CD_READS_NETWORK:
    case CD_READS_PRESENCE: break;
    }
    *n = 0;
    return NULL;
}

static void
note_line(void *data, const struct cd_condition_line *line)
{
    struct cd_asker *k = data;
    (void)key_of(k, line->key);
    for (uint32_t i = 0; i < line->n_values; i++) {
        uint32_t n;
        const struct cd_glob *globs = value_globs(line, i, &n);
        for (uint32_t g = 0; g < n && !line->values[i].is_unreadable; g++) {
            note_glob(k, &globs[g]);
        }
    }
}

static void
note_statement(struct cd_asker *k, const struct cd_policy_statement *s)
{
    for (uint32_t i = 0; i < s->n_conditions; i++) {
        note_line(k, &s->conditions[i]);
    }
    for (uint32_t i = 0; i < s->resources.n; i++) {
        note_glob(k, &s->resources.items[i].part[CD_ARN_TAIL]);
    }
}

static void
note_quantified(struct cd_asker *k, const struct cd_when *w)
{
    if (w == NULL) {
        return;
    }
    if (w->kind == CD_WHEN_ANY || w->kind == CD_WHEN_ALL) {
        struct cd_ask_key *key = key_of(k, w->key);
        if (key != NULL) {
            key->is_multivalued = true;
        }
    }
    note_quantified(k, w->a);
    note_quantified(k, w->b);
}

static uint64_t
bit_of(const struct cd_asker *k, struct cd_str name)
{
    uint32_t i = cd_ask_find_key(k, name);
    return i == CD_ASK_KEYS ? 0 : UINT64_C(1) << i;
}

static uint64_t
bits_of_glob(const struct cd_asker *k, const struct cd_glob *glob)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < glob->n; i++) {
        bits |= glob->parts[i].kind == CD_GLOB_KEY ? bit_of(k, glob->parts[i].text) : 0;
    }
    return bits;
}

static uint64_t
bits_of_line(const struct cd_asker *k, const struct cd_condition_line *line)
{
    uint64_t bits = bit_of(k, line->key);
    for (uint32_t i = 0; i < line->n_values; i++) {
        uint32_t n;
        const struct cd_glob *globs = value_globs(line, i, &n);
        for (uint32_t g = 0; g < n && !line->values[i].is_unreadable; g++) {
            bits |= bits_of_glob(k, &globs[g]);
        }
    }
    return bits;
}

uint64_t
cd_ask_keys_of(const struct cd_asker *k, const struct cd_policy_statement *s)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < s->n_conditions; i++) {
        bits |= bits_of_line(k, &s->conditions[i]);
    }
    for (uint32_t i = 0; i < s->resources.n; i++) {
        bits |= bits_of_glob(k, &s->resources.items[i].part[CD_ARN_TAIL]);
    }
    return bits;
}

/* ---- values that lines tell apart ---- */

struct lines {
    const struct cd_condition_line **items;
    size_t n, cap;
};

struct texts {
    struct cd_str *items;
    size_t n, cap;
};

/* The lines of one key. */
struct telling {
    struct cd_asker *k;
    struct cd_ask_key *key;
    struct lines lines;
    struct texts texts;
    bool is_open; /* what a value comes to depends on something that nobody knows */
};

static void
gather_line(void *data, const struct cd_condition_line *line)
{
    struct telling *t = data;
    if (cd_str_eq_nocase(line->key, t->key->name)) {
        *CD_PUSH(t->k->a, t->lines.items, t->lines.n, t->lines.cap) = line;
    }
}

static void
gather_lines(struct telling *t)
{
    for (size_t i = 0; i < t->k->n_statements; i++) {
        const struct cd_policy_statement *s = t->k->statements[i];
        for (uint32_t c = 0; c < s->n_conditions; c++) {
            gather_line(t, &s->conditions[c]);
        }
    }
    cd_when_lines(t->k->in.when, gather_line, t);
}

static void
add_text(struct telling *t, struct cd_str text)
{
    for (size_t i = 0; i < t->texts.n; i++) {
        if (cd_str_eq(t->texts.items[i], text)) {
            return;
        }
    }
    *CD_PUSH(t->k->a, t->texts.items, t->texts.n, t->texts.cap) = text;
}

static void
add_copy(struct telling *t, struct cd_str text)
{
    add_text(t, cd_arena_str(t->k->a, text));
}

/* A key that is read by operators of the kind. */
static bool
is_read_as(const struct telling *t, enum cd_cond_reads reads)
{
    for (size_t i = 0; i < t->lines.n; i++) {
        if (cd_cond_op_info[t->lines.items[i]->op].reads == reads) {
            return true;
        }
    }
    return false;
}

/* ---- numbers and dates: each value, and what lies between, before and behind them ---- */

static int
ascending(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void
add_point(struct telling *t, bool is_date, double at)
{
    char digits[64];
    add_copy(t, is_date ? cd_format_time((int64_t)at, digits) : cd_format_number(at, digits));
}

static void
add_points(struct telling *t, bool is_date)
{
    double *at = CD_NEW_ARRAY(t->k->a, 1, double);
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < t->lines.n; i++) {
        const struct cd_condition_line *line = t->lines.items[i];
        enum cd_cond_reads reads = cd_cond_op_info[line->op].reads;
        for (uint32_t v = 0; v < line->n_values; v++) {
            if (reads == (is_date ? CD_READS_DATE : CD_READS_NUMBER)
                && !line->values[v].is_unreadable) {
                *CD_PUSH(t->k->a, at, n, cap) =
                    is_date ? (double)line->values[v].ms : line->values[v].number;
            }
        }
    }
    qsort(at, n, sizeof *at, ascending);
    for (size_t i = 0; i < n; i++) {
        add_point(t, is_date, at[i]);
        double next = i + 1 < n ? at[i + 1] : at[i] + 2000;
        if (next > at[i]) {
            add_point(t, is_date, at[i] + (next - at[i]) / 2);
        }
    }
    if (n != 0) {
        add_point(t, is_date, at[0] - 1000);
    }
}

/* ---- addresses: where networks begin, and where what lies behind them does ---- */

static void
add_address(struct telling *t, struct cd_net net)
{
    char text[64];
    net.bits = net.family == 4 ? 32 : 128;
    add_copy(t, cd_net_format(&net, text));
}

static void
add_network(struct telling *t, struct cd_net first)
{
    int size = first.family == 4 ? 4 : 16;
    struct cd_net behind = first;
    for (int bit = first.bits; bit < size * 8; bit++) {
        behind.address[bit / 8] = (unsigned char)(behind.address[bit / 8] | (0x80u >> (bit % 8)));
    }
    for (int i = size - 1; i >= 0; i--) {
        behind.address[i]++;
        if (behind.address[i] != 0) {
            break;
        }
    }
    add_address(t, first);
    add_address(t, behind);
}

static void
add_networks(struct telling *t)
{
    add_text(t, CD_STR("192.0.2.77"));
    add_text(t, CD_STR("2001:db8:ffff::77"));
    for (size_t i = 0; i < t->lines.n; i++) {
        const struct cd_condition_line *line = t->lines.items[i];
        for (uint32_t v = 0;
             cd_cond_op_info[line->op].reads == CD_READS_NETWORK && v < line->n_values; v++) {
            if (!line->values[v].is_unreadable) {
                add_network(t, line->values[v].net);
            }
        }
    }
}

/* ---- texts: one for every set of patterns that a text matches ---- */

static void
put_arn(struct cd_words *w, const struct cd_arn_glob *arn, unsigned flags,
        const struct cd_access *facts)
{
    for (int i = 0; i < CD_ARN_PARTS; i++) {
        cd_words_put_text(w, i == 0 ? CD_STR("") : CD_STR(":"), false);
        cd_words_put_glob(w, &arn->part[i], i < CD_ARN_TAIL ? flags | CD_WORDS_NO_COLON : flags,
                          facts);
    }
}

/* A value with variables is two patterns: what it is for one value of theirs, and for any. */
static void
put_value(struct cd_words *w, const struct cd_condition_line *line, uint32_t v,
          const struct cd_access *facts)
{
    const struct cd_cond_value *value = &line->values[v];
    enum cd_cond_reads reads = cd_cond_op_info[line->op].reads;
    unsigned ways = cd_cond_names(line, v, CD_STR("")) ? 2 : 1;
    for (unsigned way = 0; way < ways; way++) {
        unsigned flags = way == 0 ? 0 : CD_WORDS_KEYS_ANY;
        cd_words_begin(w, false);
        if (reads == CD_READS_ARN) {
            put_arn(w, value->arn, flags, facts);
        } else if (reads == CD_READS_BINARY || reads == CD_READS_NUMBER || reads == CD_READS_DATE
                   || reads == CD_READS_NETWORK || reads == CD_READS_BOOL) {
            cd_words_put_text(w, value->text, reads == CD_READS_BOOL);
        } else {
            cd_words_put_glob(w, &value->glob, flags, facts);
        }
    }
}

/* Is it a text that names a region, an account? The reference of keys has no such types. */
static bool
is_about(struct cd_str key, const char *what)
{
    struct cd_str word = cd_str_of(what);
    return key.n >= word.n && cd_str_eq_nocase(cd_str_sub(key, key.n - word.n, key.n), word);
}

static bool
names_regions(const struct cd_ask_key *key)
{
    return is_about(key->name, "Region") || is_about(key->name, "Regions");
}

static void
try_seeds(const struct telling *t, struct cd_words *w)
{
    for (size_t i = 0; i < t->texts.n; i++) {
        cd_words_try(w, t->texts.items[i]);
    }
    for (uint32_t i = 0; names_regions(t->key) && i < cd_region_n(); i++) {
        cd_words_try(w, cd_region_at(i));
    }
    if (is_about(t->key->name, "Account")) {
        cd_words_try(w, CD_STR("444455556666"));
    }
    if (t->key->type == CD_IAM_KEY_ARN) {
        cd_words_try(w, CD_STR("arn:aws:iam::444455556666:role/other"));
    }
    cd_words_try(w, CD_STR("other"));
}

static void
add_words(struct telling *t, const struct cd_access *facts)
{
    struct cd_words w;
    cd_words_init(&w, t->k->a);
    for (size_t i = 0; i < t->lines.n; i++) {
        const struct cd_condition_line *line = t->lines.items[i];
        for (uint32_t v = 0;
             cd_cond_op_info[line->op].reads != CD_READS_PRESENCE && v < line->n_values; v++) {
            if (!line->values[v].is_unreadable) {
                put_value(&w, line, v, facts);
            }
        }
    }
    try_seeds(t, &w);
    if (names_regions(t->key) && w.n != 0) {
        w.is_complete = true; /* every region there is was tried */
    } else {
        cd_words_find(&w);
    }
    t->key->is_partial = t->key->is_partial || !w.is_complete;
    for (size_t i = 0; i < w.n; i++) {
        add_text(t, w.items[i].text);
    }
}

static void
find_texts(struct telling *t, const struct cd_access *facts)
{
    if (t->key->is_variable) {
        add_text(t, CD_STR(CD_WORDS_VARIABLE));
        t->key->is_partial = true;
    }
    if (t->key->type == CD_IAM_KEY_BOOL) {
        add_text(t, CD_STR("true"));
        add_text(t, CD_STR("false"));
        return;
    }
    bool numbers = is_read_as(t, CD_READS_NUMBER), dates = is_read_as(t, CD_READS_DATE),
         nets = is_read_as(t, CD_READS_NETWORK), arns = is_read_as(t, CD_READS_ARN),
         bools = is_read_as(t, CD_READS_BOOL), binary = is_read_as(t, CD_READS_BINARY),
         texts = is_read_as(t, CD_READS_TEXT) || is_read_as(t, CD_READS_PATTERN)
                 || is_read_as(t, CD_READS_TEXT_NOCASE);
    add_points(t, false);
    add_points(t, true);
    if (nets) {
        add_networks(t);
    }
    /* What is read in two ways is not told apart in full by either. */
    t->key->is_partial =
        t->key->is_partial || numbers + dates + nets + bools + (texts || arns || binary) > 1;
    if (!(numbers || dates || nets) || texts || arns || binary || bools) {
        add_words(t, facts);
    }
}

/* ---- classes ---- */

struct classes {
    struct cd_ask_class *items;
    size_t n, cap;
};

static void
add_class(struct telling *t, struct classes *out, const struct cd_str *values, uint32_t n)
{
    if (out->n >= CD_ASK_CLASSES) {
        t->key->is_partial = true;
        return;
    }
    *CD_PUSH(t->k->a, out->items, out->n, out->cap) =
        (struct cd_ask_class){.values = values, .n = n};
}

/* What every line answers for the value: values with the same answers are of one class. */
static struct cd_str
answers_of(struct telling *t, const struct cd_access *facts, struct cd_missing *missing,
           struct cd_str *value)
{
    char *answers = cd_arena_alloc(t->k->a, t->lines.n + 1);
    struct cd_access_key *keys =
        CD_NEW_ARRAY(t->k->a, (size_t)facts->n_keys + 1, struct cd_access_key);
    struct cd_access one = *facts;
    keys[0] = (struct cd_access_key){.name = t->key->name, .values = value, .n_values = 1};
    if (facts->n_keys > 0) {
        memcpy(&keys[1], facts->keys, facts->n_keys * sizeof *keys);
    }
    one.keys = keys;
    one.n_keys = facts->n_keys + 1;
    for (size_t i = 0; i < t->lines.n; i++) {
        enum cd_truth holds = cd_condition_holds(t->lines.items[i], &one, missing);
        t->is_open = t->is_open || holds == CD_MAYBE;
        answers[i] = (char)('0' + (int)holds);
    }
    return (struct cd_str){answers, t->lines.n};
}

/* Keeps one of the texts that all lines answer alike. */
static void
merge_texts(struct telling *t, const struct cd_access *facts)
{
    struct cd_str *answers = CD_NEW_ARRAY(t->k->a, t->texts.n + 1, struct cd_str);
    struct cd_missing missing = {.n = 0};
    size_t kept = 0;
    for (size_t i = 0; i < t->texts.n; i++) {
        answers[kept] = answers_of(t, facts, &missing, &t->texts.items[i]);
        size_t before = 0;
        while (before < kept && !cd_str_eq(answers[before], answers[kept])) {
            before++;
        }
        if (before == kept || t->is_open) {
            t->texts.items[kept++] = t->texts.items[i];
        }
    }
    t->texts.n = kept;
    t->key->is_partial = t->key->is_partial || t->is_open;
    cd_missing_finish(&missing);
}

/* Sets of values: every one of few, else none, one, two, and all. */
static void
add_sets(struct telling *t, struct classes *out)
{
    uint32_t n = (uint32_t)t->texts.n;
    bool every = n <= CD_ASK_SUBSETS;
    for (uint32_t set = 0; every && set < UINT32_C(1) << n; set++) {
        struct cd_str *values = CD_NEW_ARRAY(t->k->a, (size_t)n + 1, struct cd_str);
        uint32_t n_values = 0;
        for (uint32_t i = 0; i < n; i++) {
            if ((set >> i & 1) != 0) {
                values[n_values++] = t->texts.items[i];
            }
        }
        add_class(t, out, values, n_values);
    }
    if (every) {
        return;
    }
    t->key->is_partial = true;
    add_class(t, out, t->texts.items, 0);
    for (uint32_t i = 0; i < n; i++) {
        add_class(t, out, &t->texts.items[i], 1);
    }
    for (uint32_t i = 0; i + 1 < n; i++) {
        struct cd_str *pair = CD_NEW_ARRAY(t->k->a, 2, struct cd_str);
        pair[0] = t->texts.items[i];
        pair[1] = t->texts.items[n - 1];
        add_class(t, out, pair, 2);
    }
    add_class(t, out, t->texts.items, n);
}

/* Asks for what is fixed. */
static void
find_facts(struct cd_asker *k)
{
    struct cd_access_key *facts = CD_NEW_ARRAY(k->a, (size_t)k->n_keys + 1, struct cd_access_key);
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->n_keys && k->in.kind == CD_ASK_CAN; i++) {
        struct cd_ask_key *key = &k->keys[i];
        key->is_fixed =
            (k->in.fixes != NULL && k->in.fixes(k->in.data, key->name, k->a, &key->fact))
            || cd_ask_caller_fixes(&k->in.around->caller, key->name, k->a, &key->fact);
        if (key->is_fixed) {
            facts[n++] = key->fact;
        }
    }
    k->facts = (struct cd_access){.keys = facts, .n_keys = n, .is_partial = true};
}

static void
make_classes(struct cd_asker *k, struct cd_ask_key *key, const struct cd_access *facts)
{
    struct telling t = {.k = k, .key = key};
    struct classes out = {.n = 0};
    gather_lines(&t);
    find_texts(&t, facts);
    if (!key->is_variable) {
        merge_texts(&t, facts);
    }
    *CD_PUSH(k->a, out.items, out.n, out.cap) = (struct cd_ask_class){.is_absent = true};
    if (key->is_multivalued) {
        add_sets(&t, &out);
    } else {
        for (size_t i = 0; i < t.texts.n; i++) {
            add_class(&t, &out, &t.texts.items[i], 1);
        }
    }
    if (key->is_partial) {
        *CD_PUSH(k->a, out.items, out.n, out.cap) = (struct cd_ask_class){.is_other = true};
    }
    key->classes = out.items;
    key->n_classes = (uint32_t)out.n;
}

void
cd_ask_make_keys(struct cd_asker *k)
{
    cd_when_lines(k->in.when, note_line, k);
    note_quantified(k, k->in.when);
    k->when_keys = k->n_keys == 0 ? 0 : UINT64_MAX >> (CD_ASK_KEYS - k->n_keys);
    for (size_t i = 0; i < k->n_statements; i++) {
        note_statement(k, k->statements[i]);
    }
    find_facts(k);
    for (uint32_t i = 0; i < k->n_keys; i++) {
        if (!k->keys[i].is_fixed) {
            make_classes(k, &k->keys[i], &k->facts);
        }
    }
}
