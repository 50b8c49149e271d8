/* The resources of a question: of each resource type of an action, one ARN for all that documents
 * and the pattern asked about do not tell apart. */
#include "runtime/iam/ask.h"

#define UNSAID_ACCOUNT "111122223333"
#define ARN_REGION 3

/* A format of ARNs against a pattern. */
struct making {
    const struct cd_asker *k;
    struct cd_arena *a;
    uint32_t type;
    const struct cd_arn_glob *pattern;
    const struct cd_ask_within *within;
    struct cd_arn format;
    struct cd_str prefix[CD_ARN_TAIL]; /* the first five parts that are tried */
    struct cd_access facts;
    struct cd_str *seen; /* which patterns the prefixes before matched */
    size_t n_seen, cap_seen;
    struct cd_ask_resources *out;
};

/* ---- parts ---- */

static bool
is_placeholder(struct cd_str part)
{
    return cd_str_find(part, '$', 0) < part.n;
}

/* The text of a pattern without wildcards and variables; false if it has some. */
static bool
literal_of(const struct cd_glob *g, struct cd_str *out)
{
    *out = g->n == 0 ? CD_STR("") : g->parts[0].text;
    return g->n == 0 || (g->n == 1 && g->parts[0].kind == CD_GLOB_TEXT);
}

static bool
is_within(const struct making *m, int part, struct cd_str text)
{
    return m->pattern->is_any
           || cd_glob_match(&m->pattern->part[part], text, &m->facts, NULL) == CD_YES;
}

/* Which resource patterns of the documents have the prefix, one character each. */
static struct cd_str
matches_of(const struct making *m)
{
    const struct cd_asker *k = m->k;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < k->n_statements; i++) {
        n += k->statements[i]->resources.n;
    }
    char *p = cd_arena_alloc(m->a, n + 1);
    for (size_t i = 0; i < k->n_statements; i++) {
        const struct cd_resources *r = &k->statements[i]->resources;
        for (uint32_t g = 0; g < r->n; g++) {
            bool all = true;
            for (int part = 0; part < CD_ARN_TAIL && !r->items[g].is_any; part++) {
                all = all
                      && cd_glob_match(&r->items[g].part[part], m->prefix[part], NULL, NULL)
                             == CD_YES;
            }
            p[at++] = all ? '1' : '0';
        }
    }
    return (struct cd_str){p, n};
}

/* ---- the last part ---- */

/* Names between slashes that hold none: buckets. */
static unsigned
flags_of(struct cd_str placeholder)
{
    return cd_str_ends(placeholder, CD_STR("BucketName")) ? CD_WORDS_NO_SLASH : 0;
}

/* `foundation-model/${ResourceId}`: what stands between braces is some text. */
static void
put_format(struct cd_words *w, struct cd_str format)
{
    size_t from = 0;
    while (from < format.n) {
        size_t dollar = cd_str_find(format, '$', from), end = cd_str_find(format, '}', dollar);
        cd_words_put_text(w, cd_str_sub(format, from, dollar), false);
        if (dollar < format.n) {
            cd_words_put_any(w, 1, flags_of(cd_str_sub(format, dollar, end)));
        }
        from = end < format.n ? end + 1 : format.n;
    }
}

/* The patterns of the documents that have the prefix; those with variables for one value of theirs,
 * and for any. */
static void
put_documents(const struct making *m, struct cd_words *w, struct cd_str matches)
{
    size_t at = 0;
    for (size_t i = 0; i < m->k->n_statements; i++) {
        const struct cd_resources *r = &m->k->statements[i]->resources;
        for (uint32_t g = 0; g < r->n; g++, at++) {
            const struct cd_glob *tail = &r->items[g].part[CD_ARN_TAIL];
            if (matches.p[at] != '1' || r->items[g].is_any || cd_glob_is_any(tail)) {
                continue;
            }
            for (unsigned way = 0; way < (tail->n_keys == 0 ? 1u : 2u); way++) {
                cd_words_begin(w, false);
                cd_words_put_glob(w, tail, way == 0 ? 0 : CD_WORDS_KEYS_ANY, &m->facts);
            }
        }
    }
}

static void
add_resource(const struct making *m, struct cd_str tail)
{
    if (m->out->n == CD_ASK_RESOURCES) {
        m->out->is_partial = true;
        return;
    }
    *CD_PUSH(m->a, m->out->items, m->out->n, m->out->cap) = (struct cd_ask_resource){
        .arn = cd_arena_printf(m->a, "%.*s:%.*s:%.*s:%.*s:%.*s:%.*s", CD_FMT(m->prefix[0]),
                               CD_FMT(m->prefix[1]), CD_FMT(m->prefix[2]), CD_FMT(m->prefix[3]),
                               CD_FMT(m->prefix[4]), CD_FMT(tail)),
        .type = m->type};
}

/* BELOW: what stands below m->within, behind a slash, and not itself. */
static void
add_tails_of(const struct making *m, struct cd_str matches, bool below)
{
    struct cd_words w;
    struct cd_str literal;
    bool is_literal = !m->pattern->is_any && literal_of(&m->pattern->part[CD_ARN_TAIL], &literal);
    cd_words_init(&w, m->a);
    cd_words_begin(&w, true);
    put_format(&w, m->format.part[CD_ARN_TAIL]);
    if (!m->pattern->is_any) {
        cd_words_begin(&w, true);
        cd_words_put_glob(&w, &m->pattern->part[CD_ARN_TAIL], 0, NULL);
    }
    if (m->within != NULL) {
        cd_words_begin(&w, true);
        cd_words_put_text(&w, m->within->tail, false);
        if (below) {
            cd_words_put_text(&w, CD_STR("/"), false);
            cd_words_put_any(&w, 0, 0);
        }
    }
    if (is_literal) {
        cd_words_try(&w, literal);
    } else {
        put_documents(m, &w, matches);
        cd_words_find(&w);
        m->out->is_partial = m->out->is_partial || !w.is_complete;
    }
    for (size_t i = 0; i < w.n; i++) {
        add_resource(m, w.items[i].text);
    }
}

static void
add_tails(const struct making *m, struct cd_str matches)
{
    add_tails_of(m, matches, false);
    if (m->within != NULL && m->within->has_below) {
        add_tails_of(m, matches, true);
    }
}

/* ---- the first five ---- */

static void
add_prefix(struct making *m)
{
    struct cd_str matches = matches_of(m);
    for (size_t i = 0; i < m->n_seen; i++) {
        if (cd_str_eq(m->seen[i], matches)) {
            return;
        }
    }
    *CD_PUSH(m->a, m->seen, m->n_seen, m->cap_seen) = matches;
    add_tails(m, matches);
}

static void
with_account(struct making *m, struct cd_str account)
{
    if (is_within(m, CD_ARN_OWNER, account)) {
        m->prefix[CD_ARN_OWNER] = account;
        add_prefix(m);
    }
}

/* Accounts that documents name in ARNs. */
static void
with_named_accounts(struct making *m)
{
    for (size_t i = 0; i < m->k->n_statements; i++) {
        const struct cd_resources *r = &m->k->statements[i]->resources;
        for (uint32_t g = 0; g < r->n; g++) {
            struct cd_str account;
            if (!r->items[g].is_any && literal_of(&r->items[g].part[CD_ARN_OWNER], &account)
                && account.n == 12) {
                with_account(m, account);
            }
        }
    }
}

static void
with_accounts(struct making *m)
{
    struct cd_str format = m->format.part[CD_ARN_OWNER], literal;
    if (!is_placeholder(format)) {
        with_account(m, format);
    } else if (!m->pattern->is_any && literal_of(&m->pattern->part[CD_ARN_OWNER], &literal)) {
        with_account(m, literal);
    } else {
        with_account(m, m->k->in.account.n != 0 ? m->k->in.account : CD_STR(UNSAID_ACCOUNT));
        with_named_accounts(m);
    }
}

static void
with_regions(struct making *m)
{
    struct cd_str format = m->format.part[ARN_REGION], literal;
    if (!is_placeholder(format)) {
        m->prefix[ARN_REGION] = format;
        if (is_within(m, ARN_REGION, format)) {
            with_accounts(m);
        }
    } else if (!m->pattern->is_any && literal_of(&m->pattern->part[ARN_REGION], &literal)) {
        m->prefix[ARN_REGION] = literal;
        with_accounts(m);
    } else {
        for (uint32_t i = 0; i < cd_region_n(); i++) {
            struct cd_str region = cd_region_at(i);
            m->prefix[ARN_REGION] = region;
            if (cd_str_eq(cd_region_partition(region), m->prefix[1])
                && is_within(m, ARN_REGION, region)) {
                with_accounts(m);
            }
        }
    }
}

static struct cd_str
partition_of(const struct making *m)
{
    struct cd_str literal;
    if (!m->pattern->is_any && literal_of(&m->pattern->part[1], &literal)) {
        return literal;
    }
    return m->k->in.partition.n != 0 ? m->k->in.partition : CD_STR("aws");
}

static void
with_format(struct making *m, struct cd_str format)
{
    if (!cd_arn_read(format, &m->format)) {
        return;
    }
    m->n_seen = 0;
    m->prefix[CD_ARN_SCHEME] = CD_STR("arn");
    m->prefix[1] = is_placeholder(m->format.part[1]) ? partition_of(m) : m->format.part[1];
    m->prefix[2] = m->format.part[2];
    if (is_within(m, CD_ARN_SCHEME, m->prefix[0]) && is_within(m, 1, m->prefix[1])
        && is_within(m, 2, m->prefix[2])) {
        with_regions(m);
    }
}

void
cd_ask_make_resources(const struct cd_asker *k, struct cd_arena *a,
                      const struct cd_ask_action *action, const struct cd_arn_glob *pattern,
                      const struct cd_ask_within *within, struct cd_ask_resources *out)
{
    bool is_known = action->index != CD_SCHEMA_NONE;
    uint32_t n_types = is_known ? cd_iam_action_at(action->index).n_resource_types : 0;
    struct making m = {.k = k, .a = a, .pattern = pattern, .within = within, .out = out};
    m.facts = k->facts;
    *out = (struct cd_ask_resources){.n = 0};
    for (m.type = 0; m.type < n_types; m.type++) {
        bool required;
        uint32_t resource = cd_iam_action_resource(action->index, m.type, &required);
        for (uint32_t i = 0; i < cd_iam_resource_at(resource).n_arns; i++) {
            with_format(&m, cd_iam_resource_arn(resource, i));
        }
    }
    m.type = CD_SCHEMA_NONE;
    if (is_known && n_types == 0 && pattern->is_any) {
        *CD_PUSH(a, out->items, out->n, out->cap) = (struct cd_ask_resource){CD_STR("*"), m.type};
    } else if (!is_known) {
        struct cd_str service = cd_str_sub(action->name, 0, cd_str_find(action->name, ':', 0));
        with_format(&m, cd_arena_printf(a, "arn:${Partition}:%.*s:${Region}:${Account}:${Name}",
                                        CD_FMT(service)));
    }
}
