/* Of one resource described twice the later capture counts, a later deletion removes it, and a tie
 * is a problem. Rows made from an embedded noun give way to the resource's own item, and go with
 * the resource they were made from. */
#include "runtime/column/column.h"

#include <stdlib.h>

/* The rows of one table by identity (site and id); a slot holds the row that counts so far. */
struct identities {
    uint32_t *slots; /* row + 1, 0 is free */
    uint32_t mask;
    uint8_t *is_tied; /* by slot: a later row has the same capture. NULL: none has */
};

static uint32_t
identity_hash(uint32_t site, uint32_t id)
{
    uint64_t h = id * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ site) * UINT64_C(0xC2B2AE3D27D4EB4F);
    return (uint32_t)(h >> 32);
}

static uint32_t
find_identity(const struct identities *ids, const struct cd_table *t, uint32_t site, uint32_t id)
{
    uint32_t i = identity_hash(site, id) & ids->mask;
    while (ids->slots[i] != 0) {
        uint32_t row = ids->slots[i] - 1;
        if (t->id[row] == id && t->site[row] == site) {
            break;
        }
        i = (i + 1) & ids->mask;
    }
    return i;
}

static bool
make_identities(struct identities *ids, uint32_t n)
{
    uint64_t size = 16;
    while (size < (uint64_t)n + n / 2) {
        size *= 2;
    }
    *ids = (struct identities){.slots = calloc(size, sizeof *ids->slots),
                               .mask = (uint32_t)(size - 1)};
    return ids->slots != NULL;
}

static void
free_identities(struct identities *ids)
{
    free(ids->slots);
    free(ids->is_tied);
}

static bool
set_tied(struct identities *ids, uint32_t slot, bool is_tied)
{
    if (!ids->is_tied && is_tied) {
        ids->is_tied = calloc((size_t)ids->mask + 1, 1);
        if (!ids->is_tied) {
            return false;
        }
    }
    if (ids->is_tied) {
        ids->is_tied[slot] = is_tied;
    }
    return true;
}

/* Settles ROW against the row that holds its slot. */
static bool
contend(struct cd_table *t, struct identities *ids, uint32_t slot, uint32_t row)
{
    uint32_t held = ids->slots[slot] - 1;
    bool held_own = !cd_table_is_derived(t, held);
    bool own = !cd_table_is_derived(t, row);
    bool replaces = own != held_own ? own : t->captured[row] > t->captured[held];
    if (replaces) {
        t->flags[held] |= CD_ROW_DEAD;
        ids->slots[slot] = row + 1;
        return set_tied(ids, slot, false);
    }
    t->flags[row] |= CD_ROW_DEAD;
    bool ties = own && held_own && t->captured[row] == t->captured[held];
    return !ties || set_tied(ids, slot, true);
}

/* Enters the live rows that are DERIVED or not. */
static bool
enter_rows(struct cd_table *t, struct identities *ids, bool derived)
{
    for (uint32_t row = 0; row < t->n; row++) {
        if (cd_table_is_dead(t, row) || cd_table_is_derived(t, row) != derived) {
            continue;
        }
        uint32_t slot = find_identity(ids, t, t->site[row], t->id[row]);
        if (ids->slots[slot] == 0) {
            ids->slots[slot] = row + 1;
        } else if (!contend(t, ids, slot, row)) {
            return false;
        }
    }
    return true;
}

static bool
apply_deletions(const struct cd_snapshot *s, struct cd_table *t, struct identities *ids)
{
    for (size_t i = 0; i < s->n_deletions; i++) {
        const struct cd_deletion *d = &s->deletions[i];
        if (d->type != t->type) {
            continue;
        }
        uint32_t slot = find_identity(ids, t, d->site, d->id);
        if (ids->slots[slot] != 0 && d->captured >= t->captured[ids->slots[slot] - 1]) {
            t->flags[ids->slots[slot] - 1] |= CD_ROW_DEAD;
            if (!set_tied(ids, slot, false)) {
                return false;
            }
        }
    }
    return true;
}

/* A tie: the item that came second is a problem instead of a resource. */
static bool
report_tie(struct cd_snapshot *s, const struct cd_table *t, uint32_t row)
{
    struct cd_origin o = cd_table_origin(t, row);
    struct cd_str type = cd_intern_str(&s->dict, t->type);
    struct cd_str id = cd_intern_str(&s->dict, t->id[row]);
    if (o.source < s->n_sources) {
        struct cd_source_info *info = &s->sources[o.source];
        info->resources -= info->resources > 0;
        info->problems++;
    }
    return cd_snapshot_problem_in(
        s, t->root->id, o.source, o.offset,
        "%.*s %.*s is described twice with the same time of capture; the first counts",
        CD_FMT(type), CD_FMT(id));
}

static bool
report_ties(struct cd_snapshot *s, const struct cd_table *t, const struct identities *ids)
{
    if (t->derived || !ids->is_tied) {
        return true;
    }
    for (uint32_t row = 0; row < t->n; row++) { /* in the order of rows, not of hashes */
        if (!cd_table_is_dead(t, row)) {
            continue;
        }
        uint32_t slot = find_identity(ids, t, t->site[row], t->id[row]);
        if (ids->slots[slot] != 0 && ids->is_tied[slot] && !cd_table_is_derived(t, row)
            && t->captured[row] == t->captured[ids->slots[slot] - 1] && !report_tie(s, t, row)) {
            return false;
        }
    }
    return true;
}

/* The table's own resources among each other. */
static bool
settle_own(struct cd_snapshot *s, struct cd_table *t)
{
    struct identities ids;
    bool ok = make_identities(&ids, t->n) && enter_rows(t, &ids, false)
              && apply_deletions(s, t, &ids) && report_ties(s, t, &ids);
    free_identities(&ids);
    return ok;
}

/* A row made from a resource that no longer counts does not count. */
static bool
drop_orphans(const struct cd_snapshot *s, struct cd_table *t)
{
    bool has_derived = false;
    for (uint32_t row = 0; row < t->n; row++) {
        if (!cd_table_is_derived(t, row)) {
            continue;
        }
        struct cd_origin o = cd_table_origin(t, row);
        has_derived = true;
        if (o.from_table < s->n_tables && o.from < s->tables[o.from_table]->n) {
            t->flags[row] |= s->tables[o.from_table]->flags[o.from] & CD_ROW_DEAD;
        }
    }
    return has_derived;
}

/* The rows made from other resources, once it is settled which of these count. */
static bool
settle_derived(struct cd_snapshot *s, struct cd_table *t)
{
    struct identities ids;
    if (!drop_orphans(s, t)) {
        return true;
    }
    bool ok = make_identities(&ids, t->n) && enter_rows(t, &ids, false) && enter_rows(t, &ids, true)
              && apply_deletions(s, t, &ids);
    free_identities(&ids);
    return ok;
}

bool
cd_column_settle(struct cd_snapshot *s)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_tables; i++) {
        ok = s->tables[i]->is_settled || settle_own(s, s->tables[i]);
    }
    for (size_t i = 0; ok && i < s->n_tables; i++) {
        ok = s->tables[i]->is_settled || settle_derived(s, s->tables[i]);
    }
    return ok;
}
