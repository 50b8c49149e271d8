/* Tables: one type's resources, their envelopes, deletions, and the places that a snapshot speaks
 * of. */
#include "runtime/column/snapshot.h"

#include <stdlib.h>

#include "runtime/base/map.h"
#include "runtime/column/column.h"
#include "runtime/schema/schema.h"

#define FIRST_ROWS 16u
#define MAX_ROWS (UINT32_C(1) << 31)

/* ---- places: a set of (account, region) pairs ---- */

struct cd_place_set {
    uint32_t *slots; /* index into accounts/regions + 1, 0 is free */
    uint32_t mask;
};

static uint32_t
place_hash(uint32_t account, uint32_t region)
{
    uint64_t h = ((uint64_t)account << 32 | region) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

static uint32_t
place_slot(const struct cd_snapshot *s, uint32_t account, uint32_t region)
{
    const struct cd_place_set *set = s->place_set;
    uint32_t i = place_hash(account, region) & set->mask;
    while (set->slots[i] != 0) {
        uint32_t at = set->slots[i] - 1;
        if (s->accounts[at] == account && s->regions[at] == region) {
            break;
        }
        i = (i + 1) & set->mask;
    }
    return i;
}

/* Doubles both the lists and the slots, which stay at most half full. */
static bool
grow_places(struct cd_snapshot *s)
{
    size_t cap = s->cap_places ? s->cap_places * 2 : 32;
    if (cap > MAX_ROWS / 2) {
        return false;
    }
    if (!s->place_set && !(s->place_set = CD_NEW(&s->arena, struct cd_place_set))) {
        return false;
    }
    uint32_t *accounts = cd_arena_grow(&s->arena, s->accounts, s->n_places, cap, sizeof *accounts);
    uint32_t *regions = cd_arena_grow(&s->arena, s->regions, s->n_places, cap, sizeof *regions);
    uint32_t *slots = calloc(cap * 2, sizeof *slots);
    if (!accounts || !regions || !slots) {
        free(slots);
        return false;
    }
    s->accounts = accounts;
    s->regions = regions;
    s->cap_places = cap;
    free(s->place_set->slots);
    s->place_set->slots = slots;
    s->place_set->mask = (uint32_t)(cap * 2 - 1);
    for (uint32_t i = 0; i < s->n_places; i++) {
        slots[place_slot(s, accounts[i], regions[i])] = i + 1;
    }
    return true;
}

uint32_t
cd_snapshot_place(struct cd_snapshot *s, uint32_t account, uint32_t region)
{
    if (s->n_places == s->cap_places && !grow_places(s)) {
        return CD_NONE;
    }
    uint32_t slot = place_slot(s, account, region);
    if (s->place_set->slots[slot] == 0) {
        s->accounts[s->n_places] = account;
        s->regions[s->n_places] = region;
        s->place_set->slots[slot] = (uint32_t)++s->n_places;
    }
    return s->place_set->slots[slot] - 1;
}

void
cd_column_places_free(struct cd_snapshot *s)
{
    if (s->place_set) {
        free(s->place_set->slots);
    }
}

/* ---- tables ---- */

struct cd_table *
cd_snapshot_find_table(const struct cd_snapshot *s, struct cd_str type)
{
    uint32_t id = cd_intern_find(&s->dict, type);
    for (size_t i = 0; id != CD_NO_STR && i < s->n_tables; i++) {
        if (s->tables[i]->type == id) {
            return s->tables[i];
        }
    }
    return NULL;
}

/* The shape that the projection gives a resource type. */
static uint32_t
table_shape(const struct cd_snapshot *s, struct cd_str type, uint32_t schema)
{
    const struct cd_image *img = s->projection.img;
    if (!img) {
        return schema != CD_SCHEMA_NONE && cd_schema_shape_at(schema).is_resource ? schema
                                                                                  : CD_NONE;
    }
    for (size_t i = 0; i < img->shapes.n; i++) {
        if (img->shapes.items[i].is_table
            && cd_str_eq(cd_image_str(img, img->shapes.items[i].name), type)) {
            return (uint32_t)i;
        }
    }
    return CD_NONE;
}

static struct cd_table *
make_table(struct cd_snapshot *s, struct cd_str type, uint32_t shape, uint32_t schema)
{
    struct cd_table *t = CD_NEW(&s->arena, struct cd_table);
    if (!t) {
        return NULL;
    }
    t->type = cd_snapshot_str(s, type);
    t->shape = shape;
    t->schema = schema;
    if (schema != CD_SCHEMA_NONE) {
        t->arn_format = cd_arn_format_of(cd_schema_arn_format(schema));
    }
    t->derived = cd_str_starts(type, CD_STR("Cordon::"))
                 || (schema != CD_SCHEMA_NONE && cd_schema_shape_at(schema).is_derived);
    t->root = cd_column_node(s, CD_NODE_RECORD, CD_NONE, shape);
    t->tags = cd_column_node(s, CD_NODE_MAP, CD_NONE, CD_NONE);
    if (t->type == CD_NO_STR || !t->root || !t->tags) {
        return NULL;
    }
    t->root->table = t->tags->table = (uint32_t)s->n_tables;
    struct cd_table **place = CD_PUSH(&s->arena, s->tables, s->n_tables, s->cap_tables);
    if (!place) {
        return NULL;
    }
    *place = t;
    return t;
}

struct cd_table *
cd_snapshot_table(struct cd_snapshot *s, struct cd_str type, bool *wanted)
{
    *wanted = true;
    struct cd_table *t = cd_snapshot_find_table(s, type);
    if (t) {
        return t;
    }
    uint32_t schema = cd_schema_find_shape(type);
    uint32_t shape = table_shape(s, type, schema);
    *wanted = shape != CD_NONE || s->projection.all || s->projection.envelopes;
    return *wanted ? make_table(s, type, shape, schema) : NULL;
}

struct cd_table *
cd_snapshot_envelopes(struct cd_snapshot *s, struct cd_str type)
{
    struct cd_table *t = cd_snapshot_find_table(s, type);
    return t ? t : make_table(s, type, CD_NONE, cd_schema_find_shape(type));
}

/* Makes room for CAP rows in a column of elements of SIZE bytes. */
static bool
grow_column(const struct cd_table *t, void *column, uint32_t cap, size_t size)
{
    void *p;
    memcpy(&p, column, sizeof p); /* the columns are pointers of several types */
    void *grown = t->is_borrowed ? malloc(cap * size) : realloc(p, cap * size);
    if (grown && t->is_borrowed && t->n > 0) {
        memcpy(grown, p, t->n * size);
    }
    if (grown) {
        memcpy(column, &grown, sizeof grown);
    }
    return grown != NULL;
}

static bool
own_stretches(struct cd_table *t)
{
    uint32_t cap = t->n_stretches + 1;
    struct cd_stretch *own = malloc(cap * sizeof *own);
    if (own && t->n_stretches > 0) {
        memcpy(own, t->stretches, t->n_stretches * sizeof *own);
    }
    t->stretches = own ? own : t->stretches;
    t->cap_stretches = own ? cap : 0;
    return own != NULL;
}

/* Every column of the envelope that exists has `cap` rows. */
static bool
grow_table(struct cd_table *t)
{
    uint32_t cap = t->cap ? t->cap * 2 : FIRST_ROWS;
    bool ok = cap <= MAX_ROWS && grow_column(t, &t->id, cap, sizeof *t->id)
              && grow_column(t, &t->site, cap, sizeof *t->site)
              && grow_column(t, &t->captured, cap, sizeof *t->captured)
              && grow_column(t, &t->offset, cap, sizeof *t->offset)
              && grow_column(t, &t->flags, cap, sizeof *t->flags)
              && (!t->arn || grow_column(t, &t->arn, cap, sizeof *t->arn))
              && (!t->item || grow_column(t, &t->item, cap, sizeof *t->item))
              && (!t->from || grow_column(t, &t->from, cap, sizeof *t->from))
              && (!t->is_borrowed || own_stretches(t));
    t->cap = ok ? cap : t->cap;
    t->is_borrowed = t->is_borrowed && !ok;
    return ok;
}

void
cd_column_table_free(struct cd_table *t)
{
    if (t->is_borrowed) {
        return;
    }
    free(t->id);
    free(t->arn);
    free(t->site);
    free(t->captured);
    free(t->stretches);
    free(t->offset);
    free(t->item);
    free(t->from);
    free(t->flags);
}

bool
cd_table_add(struct cd_snapshot *s, struct cd_table *t, const struct cd_envelope_row *e,
             uint32_t *row)
{
    if (t->n == t->cap && !grow_table(t)) {
        return false;
    }
    uint32_t r = t->n;
    t->site[r] = cd_snapshot_site(s, (struct cd_site){e->partition, e->account, e->region});
    if (t->site[r] == CD_NONE || !cd_node_set_record(s, t->root, r)
        || cd_snapshot_place(s, e->account, e->region) == CD_NONE
        || !cd_column_set_arn(t, r, e->arn) || !cd_column_set_origin(s, t, r, &e->origin)) {
        return false;
    }
    t->id[r] = e->id;
    t->captured[r] = e->captured;
    t->flags[r] = e->is_derived_row ? CD_ROW_DERIVED : 0;
    t->n++;
    t->is_settled = false;
    *row = r;
    return true;
}

bool
cd_snapshot_delete(struct cd_snapshot *s, struct cd_str type, uint32_t partition, uint32_t account,
                   uint32_t region, uint32_t id, int64_t captured)
{
    struct cd_deletion *d = CD_PUSH(&s->arena, s->deletions, s->n_deletions, s->cap_deletions);
    if (!d) {
        return false;
    }
    *d = (struct cd_deletion){.type = cd_snapshot_str(s, type),
                              .site =
                                  cd_snapshot_site(s, (struct cd_site){partition, account, region}),
                              .id = id,
                              .captured = captured};
    return d->type != CD_NO_STR && d->site != CD_NONE;
}

/* ---- Cordon::Account and Cordon::Region ---- */

/* Properties of a row that is made from a place alone: those that the place tells, the others
 * unknown. */
static bool
set_place_properties(struct cd_snapshot *s, struct cd_table *t, uint32_t row, struct cd_str name,
                     uint32_t value)
{
    uint32_t why = cd_snapshot_str(s, CD_STR("no source says it"));
    const struct cd_site *site = cd_table_site(s, t, row);
    for (uint32_t slot = 0; slot < t->root->n_child; slot++) {
        struct cd_str property = cd_node_slot_name(s, t->root, slot);
        struct cd_node *n = cd_node_child(s, t->root, slot);
        bool is_account = cd_str_eq(property, CD_STR("Account"));
        bool ok = n == NULL || why == CD_NO_STR ? false
                  : is_account && site->region != CD_NO_STR
                      ? cd_node_set_string(s, n, row, site->account)
                  : cd_str_eq(property, name) ? cd_node_set_string(s, n, row, value)
                                              : cd_node_set_unknown(s, n, row, why);
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* The partition of each account by one of its regions. */
static bool
partitions_of_accounts(struct cd_snapshot *s, struct cd_map *partitions)
{
    for (size_t i = 0; i < s->n_places; i++) {
        uint32_t known;
        if (s->accounts[i] == CD_NO_STR || s->regions[i] == CD_NO_STR) {
            continue;
        }
        struct cd_str account = cd_intern_str(&s->dict, s->accounts[i]);
        struct cd_str partition = cd_region_partition(cd_intern_str(&s->dict, s->regions[i]));
        if (partition.n == 0 || cd_map_get(partitions, account, &known)) {
            continue;
        }
        uint32_t id = cd_snapshot_str(s, partition);
        if (id == CD_NO_STR || !cd_map_put(partitions, account, id)) {
            return false;
        }
    }
    return true;
}

/* A row of TYPE for each of the first N places. Doubles are settled later, and what a source says
 * of one itself counts before it. */
static bool
add_place_rows(struct cd_snapshot *s, struct cd_str type, const struct cd_map *partitions, size_t n)
{
    bool wanted;
    bool by_region = cd_str_eq(type, CD_STR("Cordon::Region"));
    struct cd_table *t = cd_snapshot_table(s, type, &wanted);
    for (size_t i = 0; t && i < n; i++) {
        uint32_t account = s->accounts[i];
        uint32_t region = s->regions[i];
        if (account == CD_NO_STR || (by_region && region == CD_NO_STR)) {
            continue;
        }
        struct cd_envelope_row e = {
            .id = by_region ? region : account,
            .arn = CD_NO_STR,
            .region = by_region ? region : CD_NO_STR,
            .account = account,
            .captured = s->captured,
            .origin = {.source = CD_NONE,
                       .item = CD_NONE,
                       .offset = UINT64_MAX,
                       .from_table = CD_NONE,
                       .place = CD_NONE},
            .is_derived_row = true,
        };
        uint32_t row;
        if (!cd_map_get(partitions, cd_intern_str(&s->dict, account), &e.partition)) {
            e.partition = cd_snapshot_str(s, CD_STR("aws"));
        }
        if (e.partition == CD_NO_STR || !cd_table_add(s, t, &e, &row)
            || !set_place_properties(s, t, row, by_region ? CD_STR("Name") : CD_STR("Id"), e.id)) {
            return false;
        }
    }
    return t || !wanted;
}

/* Does the program read a type's table? */
static bool
is_read(const struct cd_snapshot *s, struct cd_str type)
{
    return s->projection.img && table_shape(s, type, CD_SCHEMA_NONE) != CD_NONE;
}

bool
cd_column_add_places(struct cd_snapshot *s)
{
    static const struct cd_str types[] = {CD_STR_INIT("Cordon::Account"),
                                          CD_STR_INIT("Cordon::Region")};
    size_t n = s->n_places;
    struct cd_map partitions;
    cd_map_init(&partitions);
    bool ok = true;
    for (size_t i = 0; ok && i < CD_ARRAY_LEN(types); i++) {
        if (is_read(s, types[i])) {
            ok = partitions_of_accounts(s, &partitions)
                 && add_place_rows(s, types[i], &partitions, n);
        }
    }
    cd_map_finish(&partitions);
    return ok;
}
