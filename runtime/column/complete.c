/* What was collected completely: in one place, or everywhere that the snapshot speaks of. */
#include "runtime/column/snapshot.h"

#include <stdlib.h>

#include "runtime/schema/schema.h"

#define MOST_LOST 256u

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

/* A place as one number; CD_NO_STR stands for every account or region. */
static uint64_t
place_key(uint32_t account, uint32_t region)
{
    return (uint64_t)account << 32 | region;
}

/* Sorted: an organization has thousands of places. */
struct place_set {
    uint64_t *keys;
    size_t n;
};

static int
compare_keys(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static bool
has_place(const struct place_set *set, uint32_t account, uint32_t region)
{
    uint64_t key = place_key(account, region);
    return bsearch(&key, set->keys, set->n, sizeof key, compare_keys) != NULL;
}

/* The entries of `complete` that cover TYPE; of a global type the accounts alone count. */
static bool
find_entries(const struct cd_snapshot *s, struct cd_str type, bool global, struct place_set *out)
{
    *out = (struct place_set){.keys = calloc(s->n_complete + 1, sizeof *out->keys)};
    for (size_t i = 0; out->keys && i < s->n_complete; i++) {
        const struct cd_complete *c = &s->complete[i];
        if (covers_type(c->type, type)) {
            out->keys[out->n++] = place_key(c->account, global ? CD_NO_STR : c->region);
        }
    }
    if (out->keys) {
        qsort(out->keys, out->n, sizeof *out->keys, compare_keys);
    }
    return out->keys != NULL;
}

static bool
entries_cover(const struct place_set *entries, uint32_t account, uint32_t region)
{
    return has_place(entries, account, region) || has_place(entries, account, CD_NO_STR)
           || has_place(entries, CD_NO_STR, region) || has_place(entries, CD_NO_STR, CD_NO_STR);
}

/* The accounts that are named with a region, as places of every region. */
static bool
find_accounts_with_regions(const struct cd_snapshot *s, struct place_set *out)
{
    *out = (struct place_set){.keys = calloc(s->n_places + 1, sizeof *out->keys)};
    for (size_t i = 0; out->keys && i < s->n_places; i++) {
        if (s->regions[i] != CD_NO_STR) {
            out->keys[out->n++] = place_key(s->accounts[i], CD_NO_STR);
        }
    }
    if (out->keys) {
        qsort(out->keys, out->n, sizeof *out->keys, compare_keys);
    }
    return out->keys != NULL;
}

/* Is every place with an account covered? If none has an account, only an entry for all of them
 * will do. */
static bool
places_are_covered(const struct cd_snapshot *s, const struct place_set *entries,
                   const struct place_set *with_regions, bool global)
{
    bool named = false;
    for (size_t i = 0; i < s->n_places; i++) {
        uint32_t account = s->accounts[i];
        uint32_t region = global ? CD_NO_STR : s->regions[i];
        if (account == CD_NO_STR) {
            continue;
        }
        named = true;
        if (region == CD_NO_STR && !global && has_place(with_regions, account, CD_NO_STR)) {
            continue; /* the regions named with the account count */
        }
        if (!entries_cover(entries, account, region)) {
            return false;
        }
    }
    /* The entries for all accounts are the last in order. */
    return named || (entries->n > 0 && entries->keys[entries->n - 1] >> 32 == CD_NO_STR);
}

bool
cd_snapshot_is_complete(const struct cd_snapshot *s, struct cd_str type)
{
    struct place_set entries = {0}, with_regions = {0};
    bool global = is_global(type);
    bool complete =
        !is_lost_at(s, type, CD_NO_STR, CD_NO_STR)
        && find_entries(s, type, global, &entries) /* without memory nothing is claimed */
        && find_accounts_with_regions(s, &with_regions)
        && places_are_covered(s, &entries, &with_regions, global);
    free(entries.keys);
    free(with_regions.keys);
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
    if (s->n_lost >= MOST_LOST) {
        type = CD_STR("*");
        account = region = CD_NO_STR;
    }
    for (size_t i = s->n_lost; i-- > 0;) {
        const struct cd_complete *lost = &s->lost[i];
        if (lost->account == account && lost->region == region && cd_str_eq(lost->type, type)) {
            return true;
        }
    }
    struct cd_complete *entry = CD_PUSH(&s->arena, s->lost, s->n_lost, s->cap_lost);
    return entry && add_entry(s, entry, type, account, region);
}
