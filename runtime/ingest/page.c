/* Answers of AWS Config's API and delivered snapshots: what they say besides their items, and those
 * of them that stand among items, as where several were written into one file. */
#include "runtime/ingest/load.h"
#include "runtime/ingest/split.h"

static void
read_list(struct cd_load *l, struct cd_dom_val list, int depth)
{
    uint32_t in_use = l->n_embedded;
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it) && !l->oom;) {
        struct cd_arena_mark mark = cd_arena_mark(&l->item_arena);
        l->s->sources[l->source].items++;
        cd_item_element(l, it.val, depth + 1);
        l->item++;
        l->n_embedded = in_use;
        cd_arena_reset(&l->item_arena, mark);
    }
}

static bool
has_list(struct cd_dom_val object)
{
    bool has = false;
    for (struct cd_dom_iter it = cd_dom_iter(object); it.is_object && cd_dom_next(&it);) {
        has = has || (cd_dom_is(it.val, '[') && cd_split_is_list(it.key));
    }
    return has;
}

static void
read_answer(struct cd_load *l, struct cd_dom_val answer, int depth)
{
    cd_place_restart(l);
    for (struct cd_dom_iter it = cd_dom_iter(answer); cd_dom_next(&it);) {
        if (cd_dom_is(it.val, '[') && cd_split_is_list(it.key)) {
            read_list(l, it.val, depth);
        }
    }
    cd_page_note(l, answer);
    cd_place_restart(l);
}

bool
cd_page_read(struct cd_load *l, struct cd_dom_val val, int depth)
{
    struct cd_dom_iter first = cd_dom_iter(val);
    bool is_list = cd_dom_is(val, '[') && cd_dom_next(&first);
    if (!is_list && !has_list(val)) {
        return false;
    }
    l->s->sources[l->source].items--; /* it counted as an item so far */
    l->item--;
    if (is_list) {
        read_list(l, val, depth);
    } else {
        read_answer(l, val, depth);
    }
    return true;
}

/* ---- the other members ---- */

/* The first member of these names that is a string; CD_NO_STR: there is none. */
static uint32_t
member_id(struct cd_load *l, struct cd_dom_val object, struct cd_str name)
{
    for (struct cd_dom_iter it = cd_dom_iter(object); cd_dom_next(&it);) {
        if (it.is_object && cd_str_eq_nocase(it.key, name) && cd_dom_is(it.val, '"')) {
            return cd_load_str(l, cd_dom_str(it.val));
        }
    }
    return CD_NO_STR;
}

/* What was asked for and not given is lost, though it is no item. */
static void
note_missing(struct cd_load *l, struct cd_str member, struct cd_dom_val list)
{
    uint32_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        uint32_t type = member_id(l, it.val, CD_STR("resourceType"));
        cd_lost(l, type == CD_NO_STR ? CD_STR("*") : cd_intern_str(&l->s->dict, type),
                member_id(l, it.val, CD_STR("sourceAccountId")),
                member_id(l, it.val, CD_STR("sourceRegion")));
        n++;
    }
    if (n > 0) {
        cd_load_ok(l, cd_snapshot_problem(l->s, l->source, l->offset,
                                          "%.*s: resources that were asked for and not given: %u",
                                          CD_FMT(member), n));
    }
}

void
cd_page_note(struct cd_load *l, struct cd_dom_val page)
{
    bool has_id = false;
    bool has_version = false;
    for (struct cd_dom_iter it = cd_dom_iter(page); cd_dom_next(&it);) {
        has_id = has_id || cd_str_eq(it.key, CD_STR("configSnapshotId"));
        has_version = has_version || cd_str_eq(it.key, CD_STR("fileVersion"));
        /* Results and records are also other people's. */
        l->recognized = l->recognized || cd_str_eq_nocase(it.key, CD_STR("configurationItems"))
                        || cd_str_eq_nocase(it.key, CD_STR("baseConfigurationItems"))
                        || cd_str_eq_nocase(it.key, CD_STR("QueryInfo"));
        if (cd_str_eq_nocase(it.key, CD_STR("unprocessedResourceKeys"))
            || cd_str_eq_nocase(it.key, CD_STR("unprocessedResourceIdentifiers"))) {
            note_missing(l, it.key, it.val);
        }
    }
    if (has_id && has_version) {
        cd_place_complete(l);
    }
}
