/* What an item is: one of AWS Config, bare or in an event, or a line of the normalized form. */
#include "runtime/ingest/load.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/schema/schema.h"

#define EVENT_DEPTH 6
#define MOST_TAGS 1000u

static const struct cd_str member_keys[CD_N_MEMBERS] = {
#define CD_MEMBER(name, text) [CD_MEMBER_##name] = CD_STR_INIT(text),
#include "runtime/ingest/members.def"
#undef CD_MEMBER
};

void
cd_lost(struct cd_load *l, struct cd_str type, uint32_t account, uint32_t region)
{
    cd_load_ok(l, cd_snapshot_lost(l->s, type, account, region));
}

void
cd_item_lost(struct cd_load *l, struct cd_str type, uint32_t account, uint32_t region,
             const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    l->s->sources[l->source].problems++;
    cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset, "%s", text));
    cd_lost(l, type, account, region);
}

/* ---- members ---- */

static void
read_members(struct cd_load *l, struct cd_dom_val object, struct cd_members *m)
{
    struct cd_keys *keys = &l->in->members;
    if (keys->arena == NULL) {
        cd_keys_init(keys, &l->s->arena);
        for (size_t i = 0; i < CD_N_MEMBERS; i++) {
            cd_load_ok(l, cd_keys_add(keys, member_keys[i]) == i);
        }
    }
    memset(m->has, 0, sizeof m->has);
    memset(m->is_there, 0, sizeof m->is_there);
    memset(m->is_duplicate, 0, sizeof m->is_duplicate);
    for (struct cd_dom_iter it = cd_dom_iter(object); cd_dom_next(&it);) {
        uint32_t which = cd_keys_find(keys, it.i, it.key);
        if (which == CD_NONE) {
            continue;
        }
        if (m->is_there[which] && cd_str_eq(m->spelled[which], it.key)) {
            m->is_duplicate[which] = true;
        }
        if (!m->has[which]) {
            m->val[which] = it.val;
            m->spelled[which] = it.key;
            m->has[which] = !cd_dom_is(it.val, 'n');
            m->is_there[which] = true;
        }
    }
    m->spelled[CD_MEMBER_ARN] = m->is_there[CD_MEMBER_ARN] ? m->spelled[CD_MEMBER_ARN] : CD_STR("");
}

/* PowerShell writes the constants of AWS's .NET SDK as {"Value": …}. */
static struct cd_dom_val
constant_of(struct cd_dom_val val)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    bool is_one = it.is_object && cd_dom_next(&it) && it.next >= it.end;
    return is_one && cd_str_eq(it.key, CD_STR("Value")) ? it.val : val;
}

int
cd_member_str(const struct cd_members *m, enum cd_member which, struct cd_str *out)
{
    *out = (struct cd_str){"", 0};
    if (m->is_duplicate[which]) {
        return -1;
    }
    if (!m->has[which]) {
        return 0;
    }
    struct cd_dom_val val = m->val[which];
    if (!cd_dom_is(val, '"')) {
        val = constant_of(val);
    }
    if (!cd_dom_is(val, '"')) {
        return -1;
    }
    *out = cd_dom_str(val);
    return 1;
}

struct cd_str
cd_partition_of(struct cd_str arn, struct cd_str region)
{
    if (cd_str_starts(arn, CD_STR("arn:"))) {
        struct cd_str partition = cd_str_sub(arn, 4, cd_str_find(arn, ':', 4));
        if (partition.n > 0) {
            return partition;
        }
    }
    struct cd_str partition = cd_region_partition(region);
    return partition.n > 0 ? partition : CD_STR("aws");
}

/* ---- tags ---- */

static void
tag_problem(struct cd_load *l, uint32_t node, struct cd_str key, const char *what)
{
    cd_load_ok(l, cd_snapshot_problem_in(l->s, node, l->source, l->offset, "tag %.*s: %s",
                                         CD_FMT(key), what));
}

static void
add_tag(struct cd_load *l, uint32_t node, struct cd_pair *tags, struct cd_str key,
        struct cd_dom_val val)
{
    uint32_t id = cd_load_str(l, key);
    for (uint32_t i = 0; i < l->n_tags; i++) {
        if (tags[i].key == id) {
            tags[i].value = CD_NO_STR;
            tags[i].why = cd_load_str(l, CD_STR("its key stands twice"));
            tag_problem(l, node, key, "its key stands twice, so it is unknown");
            return;
        }
    }
    struct cd_str why;
    bool is_unknown = l->is_normal && cd_value_is_unknown(val, &why);
    if (!is_unknown && !cd_dom_is(val, '"')) {
        if (!cd_dom_is(val, 'n')) {
            tag_problem(l, node, key, "its value is no string");
        }
        return;
    }
    tags[l->n_tags++] =
        (struct cd_pair){id, is_unknown ? CD_NO_STR : cd_load_str(l, cd_dom_str(val)),
                         is_unknown ? cd_load_str(l, why) : 0};
}

/* Tags come as an object, or as a list of {"key": …, "value": …}. */
static void
read_tags(struct cd_load *l, uint32_t node, struct cd_dom_val val, uint32_t n)
{
    struct cd_pair *tags = CD_NEW_ARRAY(&l->item_arena, n, struct cd_pair);
    if (tags == NULL) {
        l->oom = true;
        return;
    }
    l->tags = tags;
    l->has_tags = true;
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it);) {
        struct cd_str key = it.key;
        struct cd_dom_val value = it.val;
        if (it.is_object || cd_value_pair(it.val, &key, &value)) {
            add_tag(l, node, tags, key, value);
        } else {
            cd_load_ok(
                l, cd_snapshot_problem_in(l->s, node, l->source, l->offset,
                                          "tags: what is in the list is no pair of key and value"));
        }
    }
}

void
cd_tags_read(struct cd_load *l, const struct cd_members *m, const struct cd_table_plan *tp,
             uint32_t lacking)
{
    bool is_read = l->in->reads_tags || (tp->plan != NULL && tp->plan->reads_tags);
    const char *unknown = m->is_duplicate[CD_MEMBER_TAGS] ? "its key stands twice" : NULL;
    struct cd_str why;
    uint32_t n = 0;
    uint32_t node = tp->table->tags->id;
    l->n_tags = 0;
    l->has_tags = false;
    l->tags_unknown = m->has[CD_MEMBER_TAGS] ? 0 : lacking;
    if (!m->has[CD_MEMBER_TAGS] || !is_read) {
        return;
    }
    struct cd_dom_val val = cd_value_decoded(l, m->val[CD_MEMBER_TAGS]);
    for (struct cd_dom_iter it = cd_dom_iter(val); n <= MOST_TAGS && cd_dom_next(&it);) {
        n++;
    }
    unknown = n > MOST_TAGS ? "more than 1,000 tags" : unknown;
    if (l->is_normal && cd_value_is_unknown(val, &why)) {
        l->tags_unknown = cd_load_str(l, why);
    } else if (unknown != NULL) {
        l->tags_unknown = cd_load_str(l, cd_str_of(unknown));
        cd_load_ok(l,
                   cd_snapshot_problem_in(l->s, node, l->source, l->offset, "tags: %s", unknown));
    } else if (cd_dom_is(val, '{') || cd_dom_is(val, '[')) {
        read_tags(l, node, val, n);
    } else {
        cd_load_ok(l, cd_snapshot_problem_in(l->s, node, l->source, l->offset,
                                             "tags: neither an object nor a list"));
    }
}

bool
cd_item_row(struct cd_load *l, struct cd_table *table, const struct cd_envelope_row *e,
            uint32_t *row)
{
    cd_load_ok(l, cd_table_add(l->s, table, e, row));
    if (!l->oom && l->tags_unknown != 0) {
        cd_load_ok(l, cd_node_set_unknown(l->s, table->tags, *row, l->tags_unknown));
    } else if (!l->oom && l->has_tags && l->in->reads_tags) {
        cd_tags_set(l, table->tags, *row);
    }
    return !l->oom;
}

/* ---- events ---- */

/* Where an event keeps its item. */
static const enum cd_member events[] = {
    CD_MEMBER_ITEM,   CD_MEMBER_SUMMARY, CD_MEMBER_INVOKING_EVENT,
    CD_MEMBER_DETAIL, CD_MEMBER_MESSAGE, CD_MEMBER_SNS,
    CD_MEMBER_BODY};

static void read_value(struct cd_load *l, struct cd_dom_val val, int depth);

/* Reads the object VAL, whose members are M. */
static void
read_object(struct cd_load *l, struct cd_dom_val val, const struct cd_members *m, int depth)
{
    if (m->has[CD_MEMBER_RESOURCE_TYPE]) {
        l->root = val;
        l->recognized = true;
        cd_config_item(l, m);
        return;
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(events) && depth < EVENT_DEPTH; i++) {
        if (m->has[events[i]]) {
            l->kind = events[i] == CD_MEMBER_SUMMARY ? CD_ITEM_SUMMARY : CD_ITEM_WHOLE;
            read_value(l, cd_value_decoded(l, m->val[events[i]]), depth + 1);
            return;
        }
    }
    if (m->has[CD_MEMBER_TYPE] && (m->is_there[CD_MEMBER_PROPERTIES] || m->has[CD_MEMBER_ID])) {
        l->root = val;
        l->recognized = true;
        l->is_normal = true;
        cd_normal_resource(l, m);
        return;
    }
    if (depth >= EVENT_DEPTH || !cd_page_read(l, val, depth)) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR,
                     "neither an item of AWS Config nor a resource of the normalized form");
    }
}

static void
read_value(struct cd_load *l, struct cd_dom_val val, int depth)
{
    struct cd_members m;
    if (cd_dom_is(val, '{')) {
        read_members(l, val, &m);
        read_object(l, val, &m, depth);
    } else {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR, "an item that is not an object");
    }
}

void
cd_item_element(struct cd_load *l, struct cd_dom_val val, int depth)
{
    /* A query gives its results as strings. */
    l->kind = cd_dom_is(val, '"') ? CD_ITEM_QUERY : CD_ITEM_WHOLE;
    read_value(l, cd_value_decoded(l, val), depth);
}

/* The first line of the normalized form. Reports and manifests say there which Cordon wrote them.
 */
static bool
is_header(const struct cd_members *m)
{
    return m->is_there[CD_MEMBER_CORDON]
           && cd_str_eq(m->spelled[CD_MEMBER_CORDON], CD_STR("cordon"))
           && !(m->has[CD_MEMBER_CORDON] && cd_dom_is(m->val[CD_MEMBER_CORDON], '{'));
}

void
cd_item_look(struct cd_load *l, struct cd_dom_val root, struct cd_members *m)
{
    static const enum cd_member names[] = {CD_MEMBER_RESOURCE_ID, CD_MEMBER_RESOURCE_NAME};
    if (!cd_dom_is(root, '{')) {
        return;
    }
    read_members(l, root, m);
    for (size_t i = 0; i < CD_ARRAY_LEN(names); i++) {
        if (m->has[names[i]] && cd_dom_is(m->val[names[i]], '"')) {
            cd_intern_expect(&l->s->dict, cd_dom_str(m->val[names[i]]));
        }
    }
}

void
cd_item_read(struct cd_load *l, struct cd_dom_val root, const struct cd_members *m)
{
    struct cd_arena_mark mark = cd_arena_mark(&l->item_arena);
    bool is_object = cd_dom_is(root, '{');
    l->n_embedded = 0;
    if (is_object && is_header(m)) {
        l->recognized = true;
        l->is_normal = true;
        cd_normal_header(l, m);
    } else {
        l->s->sources[l->source].items++;
        if (is_object) {
            l->kind = CD_ITEM_WHOLE;
            read_object(l, root, m, 0);
        } else if (!cd_page_read(l, root, 0)) {
            cd_item_element(l, root, 0);
        }
        l->item++;
    }
    cd_arena_reset(&l->item_arena, mark);
}
