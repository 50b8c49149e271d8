/* The normalized form, read: the header and the resources, a line each. */
#include "runtime/base/num.h"
#include "runtime/ingest/load.h"
#include "runtime/schema/schema.h"

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

static void
read_complete(struct cd_load *l, struct cd_dom_val entry)
{
    struct cd_str type, account, region;
    if (!cd_dom_is(entry, '{') || !string_of(entry, CD_STR("type"), &type) || type.n == 0
        || !string_of(entry, CD_STR("account"), &account)
        || !string_of(entry, CD_STR("region"), &region)) {
        header_problem(l, "`complete` has an entry that is not type, account and region");
        return;
    }
    uint32_t in_account = account.n == 0 ? CD_NO_STR : cd_load_str(l, account);
    uint32_t in_region = region.n == 0 ? CD_NO_STR : cd_load_str(l, region);
    cd_load_ok(l, cd_snapshot_complete(l->s, type, in_account, in_region));
}

/* The number of a source that a normalized file speaks of, among the notes. */
static uint32_t
note_source(struct cd_load *l, struct cd_str file, struct cd_str format)
{
    struct cd_ingest *in = l->in;
    for (size_t i = 0; i < in->n_notes; i++) {
        if (in->notes[i].source == l->source && cd_str_eq(in->notes[i].file, file)) {
            return (uint32_t)i;
        }
    }
    struct cd_source_note *note = CD_PUSH(&l->s->arena, in->notes, in->n_notes, in->cap_notes);
    if (note == NULL) {
        l->oom = true;
        return CD_NONE;
    }
    *note = (struct cd_source_note){l->source, cd_arena_str(&l->s->arena, file),
                                    cd_arena_str(&l->s->arena, format)};
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
    struct cd_arn_parts parts = {
        .partition = partition, .region = region, .account = account, .id = id};
    row->arn = cd_load_arn(l, cd_schema_find_shape(type), &parts, arn);
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
        cd_load_ok(l, !is_wanted && cd_snapshot_place(l->s, row.account, row.region));
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
