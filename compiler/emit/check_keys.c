/* The classes of values of the keys that a deny or its statements ask about. */
#include <ctype.h>

#include "compiler/emit/check_parts.h"
#include "runtime/base/num.h"
#include "runtime/schema/schema.h"

#define OTHER_TEXT "zq-other"
#define OTHER_ARN "arn:aws:zq:eu-west-1:444455556666:zq/other"

/* How a text is compared. */
enum compared { AS_TEXT, AS_PATTERN };

/* ---- keys and their texts ---- */

static struct cd_check_key *
key_of(struct cd_check_deny *d, struct cd_str name)
{
    for (size_t i = 0; i < d->keys.n; i++) {
        if (cd_str_eq_nocase(d->keys.items[i].name, name)) {
            return &d->keys.items[i];
        }
    }
    struct cd_check_key *key = CD_PUSH(d->check->arena, d->keys.items, d->keys.n, d->keys.cap);
    *key = (struct cd_check_key){.name = name, .index = cd_iam_find_key(name)};
    if (key->index != CD_SCHEMA_NONE) {
        struct cd_iam_key known = cd_iam_key_at(key->index);
        key->type = known.type;
        key->is_multivalued = known.is_multivalued;
    }
    return key;
}

static void
add_text(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    for (size_t i = 0; i < key->n_texts; i++) {
        if (cd_str_eq(key->texts[i], text)) {
            return;
        }
    }
    *CD_PUSH(d->check->arena, key->texts, key->n_texts, key->cap_texts) = text;
}

static void
add_formatted(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    add_text(d, key, cd_arena_str(d->check->arena, text));
}

/* A number with its neighbours. */
static void
add_number(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    double number;
    if (!cd_parse_number(text, &number)) {
        return;
    }
    for (int by = -1; by <= 1; by++) {
        char digits[CD_NUMBER_SIZE];
        add_formatted(d, key, cd_format_number(number + by, digits));
    }
}

static void
add_date(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    int64_t ms;
    if (!cd_cond_read_date(text, &ms)) {
        return;
    }
    for (int by = -1; by <= 1; by++) {
        char digits[32];
        add_formatted(d, key, cd_format_time(ms + by * 1000, digits));
    }
}

/* An address one before or behind ADDRESS. */
static void
step_address(unsigned char *address, int size, bool up)
{
    for (int i = size - 1; i >= 0; i--) {
        address[i] = (unsigned char)(address[i] + (up ? 1 : 255));
        if (address[i] != (up ? 0 : 255)) {
            break;
        }
    }
}

static void
add_address(struct cd_check_deny *d, struct cd_check_key *key, struct cd_net net)
{
    char text[64];
    add_formatted(d, key, cd_net_format(&net, text));
}

/* A network's first and last address, and their neighbours outside. */
static void
add_network(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    struct cd_net first = cd_net_parse(text);
    int size = first.family == 4 ? 4 : 16;
    if (first.family == 0) {
        return;
    }
    struct cd_net last = first;
    for (int bit = first.bits; bit < size * 8; bit++) {
        last.address[bit / 8] = (unsigned char)(last.address[bit / 8] | (0x80u >> (bit % 8)));
    }
    first.bits = last.bits = size * 8;
    add_address(d, key, first);
    add_address(d, key, last);
    step_address(first.address, size, false);
    step_address(last.address, size, true);
    add_address(d, key, first);
    add_address(d, key, last);
}

/* ---- instances of patterns ---- */

size_t
cd_check_instances(struct cd_arena *a, const struct cd_glob *pattern, struct cd_str out[2])
{
    size_t n = 0;
    for (int filled = 1; filled >= 0; filled--) {
        struct cd_buf b = CD_BUF_INIT;
        bool has_star = false;
        for (uint32_t i = 0; i < pattern->n; i++) {
            const struct cd_glob_part *part = &pattern->parts[i];
            switch (part->kind) {
            case CD_GLOB_TEXT: cd_buf_str(&b, part->text); break;
            case CD_GLOB_ONE:
                for (uint32_t k = 0; k < part->count; k++) {
                    cd_buf_putc(&b, 'z');
                }
                break;
            case CD_GLOB_KEY: cd_buf_puts(&b, CD_CHECK_VARIABLE); break;
            case CD_GLOB_ANY:
                has_star = true;
                cd_buf_puts(&b, filled ? "zq" : "");
                break;
            }
        }
        if (filled || has_star) {
            out[n++] = b.n == 0 ? CD_STR("") : cd_arena_str(a, cd_buf_view(&b));
        }
        cd_buf_finish(&b);
    }
    return n;
}

/* Texts like INSTANCE that the pattern may not match: with something before, and behind. */
static void
add_near_misses(struct cd_check_deny *d, struct cd_check_key *key, const struct cd_glob *pattern,
                struct cd_str instance)
{
    if (pattern->n == 0 || pattern->parts[0].kind != CD_GLOB_ANY) {
        add_text(d, key, cd_arena_printf(d->check->arena, "z%.*s", CD_FMT(instance)));
    }
    if (pattern->n == 0 || pattern->parts[pattern->n - 1].kind != CD_GLOB_ANY) {
        add_text(d, key, cd_arena_printf(d->check->arena, "%.*sz", CD_FMT(instance)));
    }
}

/* The text itself in the other case: operators differ in that. */
static void
add_other_case(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text)
{
    char *p = CD_NEW_ARRAY(d->check->arena, text.n + 1, char);
    size_t changed = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        p[i] = (char)(c < 0x80 && islower(c) ? toupper(c) : c < 0x80 ? tolower(c) : c);
        changed += p[i] != text.p[i];
    }
    if (changed != 0 && !key->has_case) {
        key->has_case = true;
        add_text(d, key, (struct cd_str){p, text.n});
    }
}

/* What a pattern of ARNs matches as a text, but not part by part: a colon in the place of a star.
 */
static void
add_crossing(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text,
             struct cd_str instance)
{
    size_t star = cd_str_find(text, '*', 0), colons = 0;
    for (size_t i = 0; i < star && star < text.n; i++) {
        colons += text.p[i] == ':';
    }
    if (star < text.n && colons < CD_ARN_TAIL && cd_str_starts(text, CD_STR("arn:"))
        && star <= instance.n) {
        add_text(d, key,
                 cd_arena_printf(d->check->arena, "%.*szq:%.*s", (int)star, instance.p,
                                 (int)(instance.n - star), instance.p + star));
    }
}

static void
add_pattern(struct cd_check_deny *d, struct cd_check_key *key, struct cd_str text,
            enum compared compared)
{
    struct cd_glob pattern;
    struct cd_str instances[2];
    unsigned holds = CD_GLOB_KEYED | (compared == AS_PATTERN ? CD_GLOB_WILD : 0);
    if (cd_glob_compile(d->check->arena, text, holds, &pattern) != CORDON_OK) {
        return;
    }
    size_t n = cd_check_instances(d->check->arena, &pattern, instances);
    for (size_t i = 0; i < n; i++) {
        add_text(d, key, instances[i]);
    }
    if (compared == AS_PATTERN) {
        add_near_misses(d, key, &pattern, instances[0]);
        add_crossing(d, key, text, instances[0]);
    }
    add_other_case(d, key, instances[0]);
    for (uint32_t i = 0; i < pattern.n; i++) {
        if (pattern.parts[i].kind == CD_GLOB_KEY) {
            add_text(d, key_of(d, pattern.parts[i].text), CD_STR(CD_CHECK_VARIABLE));
        }
    }
}

/* What TEXT, to which the key is compared, tells apart. Keys may move in memory meanwhile. */
static void
tell_apart(struct cd_check_deny *d, struct cd_str key_name, struct cd_str text,
           enum compared compared)
{
    struct cd_check_key *key = key_of(d, key_name);
    switch (key->type) {
    case CD_IAM_KEY_NUMERIC: add_number(d, key, text); return;
    case CD_IAM_KEY_DATE: add_date(d, key, text); return;
    case CD_IAM_KEY_IP: add_network(d, key, text); return;
    case CD_IAM_KEY_BOOL: return;
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_ARN:
    case CD_IAM_KEY_BINARY: break;
    }
    add_network(d, key, text); /* a custom key may be asked as an address, too */
    add_pattern(d, key, text, compared);
}

/* ---- what the deny asks ---- */

struct names {
    struct cd_str *items;
    size_t n, cap;
};

static void
collect_names(struct cd_check_deny *d, const struct cd_expr *e, struct names *out)
{
    if (e == NULL) {
        return;
    }
    if (e->ref.kind == CD_REF_KEY) {
        *CD_PUSH(d->check->arena, out->items, out->n, out->cap) = e->text;
        (void)key_of(d, e->text);
    }
    const struct cd_expr *const below[] = {e->a, e->b, e->where, e->source};
    for (size_t i = 0; i < CD_ARRAY_LEN(below); i++) {
        collect_names(d, below[i], out);
    }
    for (size_t i = 0; i < e->n_items; i++) {
        collect_names(d, e->items[i], out);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        collect_names(d, e->parts[i].expr, out);
    }
}

static void
tell_names_apart(struct cd_check_deny *d, const struct names *names, struct cd_str text,
                 enum compared compared)
{
    for (size_t i = 0; i < names->n; i++) {
        tell_apart(d, names->items[i], text, compared);
    }
}

static void
tell_constant_apart(struct cd_check_deny *d, const struct names *names, const struct cd_const *c,
                    enum compared compared)
{
    char text[48];
    switch (c->kind) {
    case CD_CONST_STRING: tell_names_apart(d, names, c->text, compared); return;
    case CD_CONST_NUMBER:
        tell_names_apart(d, names, cd_arena_str(d->check->arena, cd_format_number(c->number, text)),
                         compared);
        return;
    case CD_CONST_TIME:
        tell_names_apart(d, names, cd_arena_str(d->check->arena, cd_format_time(c->ms, text)),
                         compared);
        return;
    case CD_CONST_LIST:
    case CD_CONST_SET:
        for (size_t i = 0; i < c->n; i++) {
            tell_constant_apart(d, names, c->items[i], compared);
        }
        return;
    case CD_CONST_BOOL:
    case CD_CONST_ABSENT:
    case CD_CONST_DURATION:
    case CD_CONST_MAP: return;
    }
}

/* The constants below E, each the largest expression that is one. Expanded expressions are of
 * bounded depth. */
static void
collect_constants(struct cd_check_deny *d, const struct cd_expr *e, const struct names *names,
                  enum compared compared)
{
    struct cd_str text;
    bool ignored = false;
    if (e == NULL || e->ref.kind == CD_REF_KEY) {
        return;
    }
    if (e->kind == CD_EXPR_STRING
        && cd_emit_text(d->check->arena, e, compared == AS_PATTERN, d->check->env, &text, &ignored)
               == CD_TEXT_DONE) {
        tell_names_apart(d, names, text, compared);
        return;
    }
    const struct cd_const *c = cd_const_eval(d->check->arena, e, d->check->env);
    if (c != NULL && e->kind != CD_EXPR_LIST && e->kind != CD_EXPR_SET) {
        tell_constant_apart(d, names, c, compared);
        return;
    }
    compared = e->kind == CD_EXPR_REL && e->rel == CD_REL_LIKE ? AS_PATTERN : compared;
    const struct cd_expr *const below[] = {e->a, e->b, e->where, e->source};
    for (size_t i = 0; i < CD_ARRAY_LEN(below); i++) {
        collect_constants(d, below[i], names, compared);
    }
    for (size_t i = 0; i < e->n_items; i++) {
        collect_constants(d, e->items[i], names, compared);
    }
}

/* Down to comparisons and loops; what one of them names is told apart by all of its constants. */
static void
read_condition(struct cd_check_deny *d, const struct cd_expr *e)
{
    struct names names = {.n = 0};
    if (e == NULL) {
        return;
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR || e->kind == CD_EXPR_NOT
        || e->kind == CD_EXPR_IF) {
        read_condition(d, e->a);
        read_condition(d, e->b);
        read_condition(d, e->where);
        return;
    }
    collect_names(d, e, &names);
    collect_constants(d, e, &names, AS_TEXT);
}

/* ---- what the statements ask ---- */

static void
read_lines(struct cd_check_deny *d, const struct cd_policy_statement *s)
{
    for (uint32_t i = 0; i < s->n_conditions; i++) {
        const struct cd_condition_line *line = &s->conditions[i];
        enum cd_cond_reads reads = cd_cond_op_info[line->op].reads;
        bool is_pattern = reads == CD_READS_PATTERN || reads == CD_READS_ARN;
        (void)key_of(d, line->key);
        for (uint32_t k = 0; k < line->n_values && reads != CD_READS_PRESENCE; k++) {
            tell_apart(d, line->key, line->values[k].text, is_pattern ? AS_PATTERN : AS_TEXT);
        }
    }
}

/* ---- classes ---- */

static struct cd_check_class *
add_class(struct cd_check_deny *d, struct cd_check_key *key, const struct cd_str *values,
          uint32_t n)
{
    struct cd_check_class *c =
        CD_PUSH(d->check->arena, key->classes, key->n_classes, key->cap_classes);
    *c = (struct cd_check_class){.values = values, .n = n};
    return c;
}

/* None, each with another one, all, and all with another one. The last text is the other one. */
static void
add_mixtures(struct cd_check_deny *d, struct cd_check_key *key)
{
    uint32_t n = (uint32_t)key->n_texts;
    add_class(d, key, key->texts, 0);
    for (uint32_t i = 0; i + 1 < n; i++) {
        struct cd_str *pair = CD_NEW_ARRAY(d->check->arena, 2, struct cd_str);
        pair[0] = key->texts[i];
        pair[1] = key->texts[n - 1];
        add_class(d, key, pair, 2);
    }
    if (n > 2) {
        add_class(d, key, key->texts, n - 1);
        add_class(d, key, key->texts, 2);
        add_class(d, key, key->texts, n);
    }
}

static void
add_other(struct cd_check_deny *d, struct cd_check_key *key)
{
    switch (key->type) {
    case CD_IAM_KEY_BOOL:
        add_text(d, key, CD_STR("true"));
        add_text(d, key, CD_STR("false"));
        return;
    case CD_IAM_KEY_NUMERIC: add_text(d, key, CD_STR("987654321")); return;
    case CD_IAM_KEY_DATE: add_text(d, key, CD_STR("2099-12-31T00:00:00Z")); return;
    case CD_IAM_KEY_IP:
        add_text(d, key, CD_STR("2001:db8:ffff::77"));
        add_text(d, key, CD_STR("192.0.2.77"));
        return;
    case CD_IAM_KEY_ARN: add_text(d, key, CD_STR(OTHER_ARN)); return;
    case CD_IAM_KEY_STRING:
    case CD_IAM_KEY_BINARY: add_text(d, key, CD_STR(OTHER_TEXT)); return;
    }
}

static void
make_classes(struct cd_check_deny *d, struct cd_check_key *key)
{
    add_other(d, key);
    add_class(d, key, NULL, 0)->is_absent = true;
    for (size_t i = 0; i < key->n_texts; i++) {
        add_class(d, key, &key->texts[i], 1);
    }
    if (key->is_multivalued) {
        add_mixtures(d, key);
    }
}

void
cd_check_find_keys(struct cd_check_deny *d)
{
    const struct cd_expr *const parts[] = {d->deny->when, d->deny->unless};
    for (size_t i = 0; i < CD_ARRAY_LEN(parts); i++) {
        if (parts[i] != NULL) {
            read_condition(d, cd_emit_expand(d->check->arena, parts[i]));
        }
    }
    for (size_t i = 0; i < d->statements.n; i++) {
        read_lines(d, d->statements.items[i]);
    }
    for (size_t i = 0; i < d->deny->n_on; i++) {
        struct names names = {.n = 0};
        collect_names(d, d->deny->on[i], &names);
        for (size_t k = 0; k < names.n; k++) {
            add_text(d, key_of(d, names.items[k]), CD_STR(CD_CHECK_VARIABLE));
        }
    }
    for (size_t i = 0; i < d->keys.n; i++) {
        make_classes(d, &d->keys.items[i]);
    }
}
