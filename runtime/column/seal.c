/* Of one resource described twice the later capture counts, a later deletion removes it, and a tie
 * is a problem. Rows made from an embedded noun give way to the resource's own item, and go with
 * the resource they were made from. */
#include "runtime/column/column.h"

#include <stdlib.h>

/* The rows of one table by identity; a slot holds the row that counts so far. */
struct identities {
    uint32_t *slots; /* row + 1, 0 is free */
    uint32_t *tied;  /* by slot: a later row of the same capture + 1, 0: none */
    uint32_t mask;
};

static uint32_t
identity_hash(uint32_t partition, uint32_t account, uint32_t region, uint32_t id)
{
    uint64_t h = id * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ account) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ region) * UINT64_C(0x165667B19E3779F9);
    h = (h ^ partition) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

static uint32_t
find_identity(const struct identities *ids, const struct cd_table *t, uint32_t partition,
              uint32_t account, uint32_t region, uint32_t id)
{
    uint32_t i = identity_hash(partition, account, region, id) & ids->mask;
    while (ids->slots[i] != 0) {
        uint32_t row = ids->slots[i] - 1;
        if (t->id[row] == id && t->account[row] == account && t->region[row] == region
            && t->partition[row] == partition) {
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
    while (size < (uint64_t)n * 2) {
        size *= 2;
    }
    ids->mask = (uint32_t)(size - 1);
    ids->slots = calloc(size, sizeof *ids->slots);
    ids->tied = calloc(size, sizeof *ids->tied);
    return ids->slots && ids->tied;
}

static void
free_identities(struct identities *ids)
{
    free(ids->slots);
    free(ids->tied);
}

/* Settles ROW against the row that holds its slot. */
static void
contend(struct cd_table *t, struct identities *ids, uint32_t slot, uint32_t row)
{
    uint32_t held = ids->slots[slot] - 1;
    bool held_own = !t->is_derived_row[held];
    bool own = !t->is_derived_row[row];
    bool replaces = own != held_own ? own : t->captured[row] > t->captured[held];
    if (replaces) {
        t->dead[held] = 1;
        ids->slots[slot] = row + 1;
        ids->tied[slot] = 0;
        return;
    }
    t->dead[row] = 1;
    if (own && held_own && t->captured[row] == t->captured[held] && ids->tied[slot] == 0) {
        ids->tied[slot] = row + 1;
    }
}

/* Enters the live rows that are DERIVED or not. */
static void
enter_rows(struct cd_table *t, struct identities *ids, bool derived)
{
    for (uint32_t row = 0; row < t->n; row++) {
        if (t->dead[row] || (t->is_derived_row[row] != 0) != derived) {
            continue;
        }
        uint32_t slot =
            find_identity(ids, t, t->partition[row], t->account[row], t->region[row], t->id[row]);
        if (ids->slots[slot] == 0) {
            ids->slots[slot] = row + 1;
        } else {
            contend(t, ids, slot, row);
        }
    }
}

static void
apply_deletions(struct cd_snapshot *s, struct cd_table *t, struct identities *ids)
{
    struct cd_str type = cd_intern_str(&s->dict, t->type);
    for (size_t i = 0; i < s->n_deletions; i++) {
        const struct cd_deletion *d = &s->deletions[i];
        if (!cd_str_eq(d->type, type)) {
            continue;
        }
        uint32_t slot = find_identity(ids, t, d->partition, d->account, d->region, d->id);
        if (ids->slots[slot] != 0 && d->captured >= t->captured[ids->slots[slot] - 1]) {
            t->dead[ids->slots[slot] - 1] = 1;
            ids->tied[slot] = 0;
        }
    }
}

/* A tie: the item that came second is a problem instead of a resource. */
static bool
report_tie(struct cd_snapshot *s, const struct cd_table *t, uint32_t row)
{
    const struct cd_origin *o = &t->origin[row];
    struct cd_str type = cd_intern_str(&s->dict, t->type);
    struct cd_str id = cd_intern_str(&s->dict, t->id[row]);
    if (o->source < s->n_sources) {
        struct cd_source_info *info = &s->sources[o->source];
        info->resources -= info->resources > 0;
        info->problems++;
    }
    return cd_snapshot_problem(
        s, o->source, o->offset,
        "%.*s %.*s is described twice with the same time of capture; the first counts",
        CD_FMT(type), CD_FMT(id));
}

static bool
report_ties(struct cd_snapshot *s, const struct cd_table *t, const struct identities *ids)
{
    if (t->derived) {
        return true;
    }
    for (uint32_t row = 0; row < t->n; row++) { /* in the order of rows, not of hashes */
        if (!t->dead[row]) {
            continue;
        }
        uint32_t slot =
            find_identity(ids, t, t->partition[row], t->account[row], t->region[row], t->id[row]);
        if (ids->slots[slot] != 0 && ids->tied[slot] != 0 && !t->is_derived_row[row]
            && t->captured[row] == t->captured[ids->slots[slot] - 1] && !report_tie(s, t, row)) {
            return false;
        }
    }
    return true;
}

/* A row made from a resource that no longer counts does not count. */
static void
drop_orphans(const struct cd_snapshot *s, struct cd_table *t)
{
    for (uint32_t row = 0; row < t->n; row++) {
        const struct cd_origin *o = &t->origin[row];
        if (o->from_table < s->n_tables && o->from < s->tables[o->from_table]->n) {
            t->dead[row] |= s->tables[o->from_table]->dead[o->from];
        }
    }
}

bool
cd_column_settle(struct cd_snapshot *s)
{
    struct identities *ids = calloc(s->n_tables + 1, sizeof *ids);
    bool ok = ids != NULL;
    for (size_t i = 0; ok && i < s->n_tables; i++) {
        ok = make_identities(&ids[i], s->tables[i]->n);
        if (ok) {
            enter_rows(s->tables[i], &ids[i], false);
            apply_deletions(s, s->tables[i], &ids[i]);
        }
    }
    for (size_t i = 0; ok && i < s->n_tables; i++) {
        ok = report_ties(s, s->tables[i], &ids[i]);
        drop_orphans(s, s->tables[i]);
        enter_rows(s->tables[i], &ids[i], true);
        apply_deletions(s, s->tables[i], &ids[i]);
    }
    for (size_t i = 0; ids && i < s->n_tables; i++) {
        free_identities(&ids[i]);
    }
    free(ids);
    return ok;
}
