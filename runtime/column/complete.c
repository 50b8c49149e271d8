/* What was collected completely: in one place, or everywhere that the snapshot speaks of. */
#include "runtime/column/snapshot.h"

#include <stdlib.h>

#include "runtime/schema/schema.h"

/* Does an entry's type (`*`, a prefix with `*`, or exact) cover TYPE? TYPE may be `*`: every type
 * there is. */
static bool
covers_type(struct cd_str entry, struct cd_str type)
{
    if (entry.n > 0 && entry.p[entry.n - 1] == '*') {
        return cd_str_starts(type, cd_str_sub(entry, 0, entry.n - 1));
    }
    return cd_str_eq(entry, type);
}

/* Could something of ENTRY's type be of TYPE? */
static bool
touches_type(struct cd_str entry, struct cd_str type)
{
    return cd_str_eq(type, CD_STR("*")) || covers_type(entry, type);
}

static bool
is_global(struct cd_str type)
{
    uint32_t shape = cd_schema_find_shape(type);
    return shape != CD_SCHEMA_NONE && cd_schema_shape_at(shape).is_global;
}

static bool
overlaps(uint32_t a, uint32_t b)
{
    return a == CD_NO_STR || b == CD_NO_STR || a == b;
}

static bool
is_lost_at(const struct cd_snapshot *s, struct cd_str type, uint32_t account, uint32_t region)
{
    for (size_t i = 0; i < s->n_lost; i++) {
        const struct cd_complete *l = &s->lost[i];
        if (touches_type(l->type, type) && overlaps(l->account, account)
            && overlaps(l->region, region)) {
            return true;
        }
    }
    return false;
}

static bool
covers_place(const struct cd_complete *c, bool global, uint32_t account, uint32_t region)
{
    return (c->account == CD_NO_STR || c->account == account)
           && (global || c->region == CD_NO_STR || c->region == region);
}

static bool
is_covered_at(const struct cd_snapshot *s, struct cd_str type, bool global, uint32_t account,
              uint32_t region)
{
    for (size_t i = 0; i < s->n_complete; i++) {
        const struct cd_complete *c = &s->complete[i];
        if (covers_type(c->type, type) && covers_place(c, global, account, region)) {
            return true;
        }
    }
    return false;
}

bool
cd_snapshot_is_complete_at(const struct cd_snapshot *s, struct cd_str type, uint32_t account,
                           uint32_t region)
{
    bool global = is_global(type);
    return is_covered_at(s, type, global, account, region)
           && !is_lost_at(s, type, account, global ? CD_NO_STR : region);
}

/* Is there a place with this account and a region? */
static bool
has_regions(const struct cd_snapshot *s, uint32_t account)
{
    for (size_t i = 0; i < s->n_places; i++) {
        if (s->accounts[i] == account && s->regions[i] != CD_NO_STR) {
            return true;
        }
    }
    return false;
}

/* The entries of `complete` that cover TYPE, so that places are compared with these only. */
struct entries {
    const struct cd_complete **items;
    size_t n;
    bool for_all_accounts; /* one of them names no account */
};

static bool
find_entries(const struct cd_snapshot *s, struct cd_str type, struct entries *out)
{
    *out = (struct entries){.items = calloc(s->n_complete + 1, sizeof *out->items)};
    for (size_t i = 0; out->items && i < s->n_complete; i++) {
        const struct cd_complete *c = &s->complete[i];
        if (covers_type(c->type, type)) {
            out->items[out->n++] = c;
            out->for_all_accounts |= c->account == CD_NO_STR;
        }
    }
    return out->items != NULL;
}

static bool
entries_cover(const struct entries *e, bool global, uint32_t account, uint32_t region)
{
    for (size_t i = 0; i < e->n; i++) {
        if (covers_place(e->items[i], global, account, region)) {
            return true;
        }
    }
    return false;
}

/* Is every place with an account covered? If none has an account, only an entry for all of them
 * will do. */
static bool
places_are_covered(const struct cd_snapshot *s, const struct entries *e, bool global)
{
    bool named = false;
    for (size_t i = 0; i < s->n_places; i++) {
        uint32_t account = s->accounts[i];
        uint32_t region = s->regions[i];
        if (account == CD_NO_STR) {
            continue;
        }
        named = true;
        if (region == CD_NO_STR && !global && has_regions(s, account)) {
            continue; /* the regions named with the account count */
        }
        if (!entries_cover(e, global, account, region)) {
            return false;
        }
    }
    return named || e->for_all_accounts;
}

bool
cd_snapshot_is_complete(const struct cd_snapshot *s, struct cd_str type)
{
    struct entries entries;
    if (is_lost_at(s, type, CD_NO_STR, CD_NO_STR) || !find_entries(s, type, &entries)) {
        return false; /* without memory nothing is claimed */
    }
    bool complete = places_are_covered(s, &entries, is_global(type));
    free(entries.items);
    return complete;
}

static bool
add_entry(struct cd_snapshot *s, struct cd_complete *entry, struct cd_str type, uint32_t account,
          uint32_t region)
{
    uint32_t name = cd_snapshot_str(s, type);
    *entry = (struct cd_complete){name == CD_NO_STR ? type : cd_intern_str(&s->dict, name), account,
                                  region};
    return name != CD_NO_STR;
}

bool
cd_snapshot_complete(struct cd_snapshot *s, struct cd_str type, uint32_t account, uint32_t region)
{
    struct cd_complete *entry = CD_PUSH(&s->arena, s->complete, s->n_complete, s->cap_complete);
    return entry && add_entry(s, entry, type, account, region)
           && cd_snapshot_place(s, account, region) != CD_NONE;
}

bool
cd_snapshot_lost(struct cd_snapshot *s, struct cd_str type, uint32_t account, uint32_t region)
{
    struct cd_complete *entry = CD_PUSH(&s->arena, s->lost, s->n_lost, s->cap_lost);
    return entry && add_entry(s, entry, type, account, region);
}
