/* The normalized form, read: the header and the resources, a line each. */
#include "runtime/base/num.h"
#include "runtime/ingest/keep.h"
#include "runtime/ingest/load.h"
#include "runtime/schema/schema.h"

#define MOST_COMPLETE ((size_t)4 << 20) /* entries of `complete`, one by one */

static void
header_problem(struct cd_load *l, const char *what)
{
    cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset, "the header: %s", what));
}

/* ---- the header ---- */

/* The string that MEMBER of VAL is; false if it is no string. What is missing or null is "". */
static bool
string_of(struct cd_dom_val val, struct cd_str member, struct cd_str *out)
{
    struct cd_dom_val found;
    *out = (struct cd_str){"", 0};
    if (!cd_dom_member(val, member, &found) || cd_dom_is(found, 'n')) {
        return true;
    }
    if (!cd_dom_is(found, '"')) {
        return false;
    }
    *out = cd_dom_str(found);
    return true;
}

/* The strings that MEMBER of an entry names: one, or a list of them; what is missing or null is one
 * empty string. */
struct names {
    struct cd_str *items;
    size_t n;
};

/* False if it is something else. */
static bool
names_of(struct cd_load *l, struct cd_dom_val entry, struct cd_str member, struct names *out)
{
    struct cd_dom_val found = entry;
    bool is_list = cd_dom_member(entry, member, &found) && cd_dom_is(found, '[');
    size_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(found); is_list && cd_dom_next(&it);) {
        n++;
    }
    *out = (struct names){.items = CD_NEW_ARRAY(&l->item_arena, n + 1, struct cd_str)};
    if (out->items == NULL) {
        l->oom = true;
        return false;
    }
    if (!is_list) {
        out->n = 1;
        return string_of(entry, member, &out->items[0]);
    }
    for (struct cd_dom_iter it = cd_dom_iter(found); cd_dom_next(&it);) {
        if (!cd_dom_is(it.val, '"') || cd_dom_str(it.val).n == 0) {
            return false;
        }
        out->items[out->n++] = cd_dom_str(it.val);
    }
    return out->n > 0;
}

bool
cd_ingest_asks_for(const struct cd_snapshot *s, struct cd_str type)
{
    const struct cd_image *img = s->projection.img;
    bool is_open = type.n > 0 && type.p[type.n - 1] == '*';
    struct cd_str before = cd_str_sub(type, 0, type.n - is_open);
    bool is_asked = img == NULL || cd_str_eq(type, CD_STR("*"));
    for (size_t i = 0; !is_asked && i < img->shapes.n; i++) {
        struct cd_str name = cd_image_str(img, img->shapes.items[i].name);
        is_asked = img->shapes.items[i].is_table
                   && (is_open ? cd_str_starts(name, before) : cd_str_eq(name, type));
    }
    return is_asked;
}

/* Completes TYPE in each account and region. */
static void
complete_places(struct cd_load *l, struct cd_str type, const struct names *accounts,
                const struct names *regions)
{
    bool is_asked = cd_ingest_asks_for(l->s, type);
    for (size_t a = 0; a < accounts->n && !l->oom; a++) {
        struct cd_str account = accounts->items[a];
        uint32_t in_account = account.n == 0 ? CD_NO_STR : cd_load_str(l, account);
        for (size_t r = 0; r < regions->n && !l->oom; r++) {
            struct cd_str region = regions->items[r];
            uint32_t in_region = region.n == 0 ? CD_NO_STR : cd_load_str(l, region);
            cd_load_ok(l, is_asked ? cd_snapshot_complete(l->s, type, in_account, in_region)
                                   : cd_snapshot_place(l->s, in_account, in_region) != CD_NONE);
        }
    }
}

static void
read_complete(struct cd_load *l, struct cd_dom_val entry)
{
    struct names types, accounts, regions;
    if (!cd_dom_is(entry, '{') || !names_of(l, entry, CD_STR("type"), &types)
        || types.items[0].n == 0 || !names_of(l, entry, CD_STR("account"), &accounts)
        || !names_of(l, entry, CD_STR("region"), &regions)) {
        header_problem(l, "`complete` has an entry that is not type, account and region");
        return;
    }
    if (types.n > MOST_COMPLETE / accounts.n / regions.n
        || l->s->n_complete > MOST_COMPLETE - types.n * accounts.n * regions.n) {
        header_problem(l, "`complete` lists more than can be kept; what is beyond does not count");
        return;
    }
    for (size_t i = 0; i < types.n; i++) {
        complete_places(l, types.items[i], &accounts, &regions);
    }
}

/* The number of a source that a normalized file speaks of, among the notes. */
static uint32_t
note_source(struct cd_load *l, struct cd_str file, struct cd_str format)
{
    struct cd_ingest *in = l->in;
    uint32_t known;
    if (cd_map_get(&l->notes, file, &known)) {
        return known;
    }
    struct cd_source_note *note = CD_PUSH(&l->s->arena, in->notes, in->n_notes, in->cap_notes);
    if (note == NULL) {
        l->oom = true;
        return CD_NONE;
    }
    *note = (struct cd_source_note){l->source, cd_arena_str(&l->s->arena, file),
                                    cd_arena_str(&l->s->arena, format)};
    cd_load_ok(l, cd_map_put(&l->notes, note->file, (uint32_t)(in->n_notes - 1)));
    return (uint32_t)(in->n_notes - 1);
}

static void
read_source(struct cd_load *l, struct cd_dom_val entry)
{
    struct cd_str file, format;
    if (!cd_dom_is(entry, '{') || !string_of(entry, CD_STR("file"), &file)
        || !string_of(entry, CD_STR("format"), &format)) {
        header_problem(l, "`sources` has an entry that is not file and format");
        return;
    }
    note_source(l, file, format);
}

static void
read_list(struct cd_load *l, const struct cd_members *m, enum cd_member which,
          void (*read)(struct cd_load *, struct cd_dom_val))
{
    if (!m->has[which]) {
        return;
    }
    if (m->is_duplicate[which] || !cd_dom_is(m->val[which], '[')) {
        header_problem(l, "`complete` or `sources` is no list, or stands twice");
        return;
    }
    for (struct cd_dom_iter it = cd_dom_iter(m->val[which]); cd_dom_next(&it) && !l->oom;) {
        read(l, it.val);
    }
}

void
cd_normal_header(struct cd_load *l, const struct cd_members *m)
{
    struct cd_source_info *info = &l->s->sources[l->source];
    struct cd_str captured;
    double version;
    int64_t ms;
    if (cd_dom_kind(m->val[CD_MEMBER_CORDON]) != CD_DOM_NUMBER
        || !cd_dom_number(m->val[CD_MEMBER_CORDON], &version) || version < 1 || version > 1) {
        header_problem(l, "another version than 1, so nothing counts as complete");
        return;
    }
    int has_captured = cd_member_str(m, CD_MEMBER_CAPTURED, &captured);
    if (has_captured > 0 && cd_parse_time(captured, &ms)) {
        info->captured = ms > info->captured ? ms : info->captured;
    } else if (has_captured != 0) {
        header_problem(l, "`captured` is no time");
    }
    read_list(l, m, CD_MEMBER_COMPLETE, read_complete);
    read_list(l, m, CD_MEMBER_SOURCES, read_source);
}

/* ---- resources ---- */

/* False if the line was lost. */
static bool
read_envelope(struct cd_load *l, const struct cd_members *m, struct cd_str type,
              struct cd_envelope_row *row)
{
    struct cd_str id, arn, account, region, partition;
    int has_region = cd_member_str(m, CD_MEMBER_REGION, &region);
    int has_account = cd_member_str(m, CD_MEMBER_ACCOUNT, &account);
    row->account = account.n > 0 ? cd_load_str(l, account) : CD_NO_STR;
    row->region = region.n > 0 ? cd_load_str(l, region) : CD_NO_STR;
    const char *wrong =
        has_account <= 0 || account.n == 0 ? "`account` is missing, or no string"
        : has_region < 0                   ? "`region` is no string"
        : cd_member_str(m, CD_MEMBER_ID, &id) <= 0 || id.n == 0 ? "`id` is missing, or no string"
        : cd_member_str(m, CD_MEMBER_ARN, &arn) < 0             ? "`arn` is no string"
        : cd_member_str(m, CD_MEMBER_PARTITION, &partition) < 0 ? "`partition` is no string"
                                                                : NULL;
    if (wrong != NULL) {
        cd_item_lost(l, type, row->account, row->region, "%.*s: %s", CD_FMT(type), wrong);
        return false;
    }
    partition = partition.n > 0 ? partition : CD_STR("aws");
    struct cd_arn_parts parts = {.part = {[CD_OF_ARN_PARTITION] = partition,
                                          [CD_OF_ARN_REGION] = region,
                                          [CD_OF_ARN_ACCOUNT] = account,
                                          [CD_OF_ARN_ID] = id}};
    uint32_t schema = cd_schema_find_shape(type);
    struct cd_arn_format format =
        cd_arn_format_of(schema == CD_SCHEMA_NONE ? CD_STR("") : cd_schema_arn_format(schema));
    row->arn = cd_load_arn(l, &format, &parts, arn);
    row->id = cd_load_str(l, id);
    row->partition = cd_load_str(l, partition);
    return true;
}

static int64_t
read_captured(struct cd_load *l, const struct cd_members *m)
{
    struct cd_str text;
    int64_t ms;
    int found = cd_member_str(m, CD_MEMBER_CAPTURED, &text);
    if (found > 0 && cd_parse_time(text, &ms)) {
        return ms;
    }
    if (found != 0) {
        cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                          "`captured` is no time, so it is unknown"));
    }
    return INT64_MIN;
}

/* What the line says of where it comes from: `from` holds the item's number there, `place` the
 * source's among the notes. */
static void
read_origin(struct cd_load *l, const struct cd_members *m, struct cd_envelope_row *row)
{
    row->origin = (struct cd_origin){.source = l->source,
                                     .item = l->item,
                                     .offset = l->offset,
                                     .from = CD_NONE,
                                     .from_table = CD_NONE,
                                     .place = CD_NONE};
    struct cd_dom_val origin = m->val[CD_MEMBER_ORIGIN];
    struct cd_dom_val val;
    struct cd_str file;
    double item;
    if (!m->has[CD_MEMBER_ORIGIN] || !cd_dom_is(origin, '{')) {
        return;
    }
    if (string_of(origin, CD_STR("file"), &file) && file.n > 0) {
        row->origin.place = note_source(l, file, CD_STR(""));
    }
    if (cd_dom_member(origin, CD_STR("item"), &val) && cd_dom_kind(val) == CD_DOM_NUMBER
        && cd_dom_number(val, &item) && item >= 0 && item < CD_NONE) {
        row->origin.from = (uint32_t)item;
    }
    row->is_derived_row = cd_dom_member(origin, CD_STR("derived"), &val) && cd_dom_is(val, 't');
}

static void
read_properties(struct cd_load *l, const struct cd_members *m, const struct cd_table_plan *tp,
                uint32_t row)
{
    struct cd_dom_val val = m->val[CD_MEMBER_PROPERTIES];
    struct cd_context from = {.self = NULL};
    struct cd_str why;
    if (m->is_duplicate[CD_MEMBER_PROPERTIES]) {
        from.reason = cd_load_str(l, CD_STR("its key stands twice"));
    } else if (m->has[CD_MEMBER_PROPERTIES] && cd_value_is_unknown(val, &why)) {
        from.reason = cd_load_str(l, why);
    } else if (m->has[CD_MEMBER_PROPERTIES]) {
        from.self = &val;
    }
    if (tp->plan != NULL) {
        cd_extract(l, tp->plan, row, &from, 0);
    } else if (l->s->projection.all && from.self != NULL) {
        cd_unshaped_add(l, tp->table, row, val, CD_DIALECT_NORMAL);
    }
}

void
cd_normal_resource(struct cd_load *l, const struct cd_members *m)
{
    struct cd_source_info *info = &l->s->sources[l->source];
    struct cd_envelope_row row = {.id = CD_NO_STR};
    struct cd_str type;
    bool is_wanted;
    uint32_t at;
    if (cd_member_str(m, CD_MEMBER_TYPE, &type) <= 0 || type.n == 0) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR, "`type` is missing, or no string");
        return;
    }
    if (l->s->n_tables >= CD_MOST_TYPES) {
        cd_item_lost(l, type, CD_NO_STR, CD_NO_STR, "more than %u types of resources",
                     CD_MOST_TYPES);
        return;
    }
    if (!read_envelope(l, m, type, &row)) {
        return;
    }
    if (m->has[CD_MEMBER_PROPERTIES] && !cd_dom_is(m->val[CD_MEMBER_PROPERTIES], '{')) {
        cd_item_lost(l, type, row.account, row.region, "%.*s: `properties` is no object",
                     CD_FMT(type));
        return;
    }
    row.captured = read_captured(l, m);
    read_origin(l, m, &row);
    if (row.is_derived_row) {
        info->derived++;
        info->items--;
    } else {
        info->resources++;
    }
    l->type = type;
    struct cd_table *table = cd_snapshot_table(l->s, type, &is_wanted);
    if (table == NULL) {
        cd_load_ok(l, !is_wanted && cd_snapshot_place(l->s, row.account, row.region) != CD_NONE);
        return;
    }
    const struct cd_table_plan *tp = cd_plan_table(l, table, CD_DIALECT_NORMAL, NULL, NULL);
    if (tp == NULL) {
        return;
    }
    cd_tags_read(l, m, tp, 0);
    if (cd_item_row(l, table, &row, &at)) {
        read_properties(l, m, tp, at);
    }
}
