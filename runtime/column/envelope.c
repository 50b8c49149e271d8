/* What every resource has beside its properties, kept small, as there are millions of them: where
 * it is, where it comes from, and its ARN, which its type's format nearly always gives. */
#include "runtime/column/column.h"

#include <stdlib.h>

/* ---- sites ---- */

static uint32_t
site_hash(const struct cd_site *site)
{
    uint64_t h = site->account * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ site->region) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ site->partition) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

static bool
same_site(const struct cd_site *a, const struct cd_site *b)
{
    return a->account == b->account && a->region == b->region && a->partition == b->partition;
}

static uint32_t
site_slot(const struct cd_snapshot *s, const struct cd_site *site)
{
    uint32_t i = site_hash(site) & s->site_mask;
    while (s->site_slots[i] != 0 && !same_site(&s->sites[s->site_slots[i] - 1], site)) {
        i = (i + 1) & s->site_mask;
    }
    return i;
}

/* The slots stay at most half full. */
static bool
grow_sites(struct cd_snapshot *s)
{
    uint32_t n_slots = s->site_slots ? (s->site_mask + 1) * 2 : 64;
    while (n_slots != 0 && n_slots / 2 < s->n_sites) {
        n_slots *= 2;
    }
    uint32_t *slots = n_slots ? calloc(n_slots, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    free(s->site_slots);
    s->site_slots = slots;
    s->site_mask = n_slots - 1;
    for (uint32_t i = 0; i < s->n_sites; i++) {
        slots[site_slot(s, &s->sites[i])] = i + 1;
    }
    return true;
}

uint32_t
cd_snapshot_site(struct cd_snapshot *s, struct cd_site site)
{
    if (s->last_site < s->n_sites && same_site(&s->sites[s->last_site], &site)) {
        return s->last_site;
    }
    if ((!s->site_slots || s->n_sites * 2 > s->site_mask) && !grow_sites(s)) {
        return CD_NONE;
    }
    uint32_t slot = site_slot(s, &site);
    if (s->site_slots[slot] == 0) {
        struct cd_site *place = CD_PUSH(&s->arena, s->sites, s->n_sites, s->cap_sites);
        if (!place) {
            return CD_NONE;
        }
        *place = site;
        s->site_slots[slot] = (uint32_t)s->n_sites;
    }
    s->last_site = s->site_slots[slot] - 1;
    return s->last_site;
}

bool
cd_snapshot_adopt_sites(struct cd_snapshot *s, struct cd_site *sites, size_t n)
{
    s->sites = sites;
    s->n_sites = s->cap_sites = n;
    return n < CD_NONE / 4;
}

/* ---- origins ---- */

/* Does ORIGIN go on where the last row's stretch stands? */
static bool
goes_on(const struct cd_table *t, const struct cd_origin *origin)
{
    const struct cd_stretch *last = &t->stretches[t->n_stretches - 1];
    return last->source == origin->source && last->from_table == origin->from_table
           && last->place == origin->place && origin->offset >= last->offset
           && origin->offset - last->offset <= UINT32_MAX;
}

static bool
add_stretch(struct cd_table *t, uint32_t row, const struct cd_origin *origin)
{
    if (t->n_stretches == t->cap_stretches) {
        uint32_t cap = t->cap_stretches ? t->cap_stretches * 2 : 4;
        struct cd_stretch *grown = realloc(t->stretches, cap * sizeof *grown);
        if (!grown) {
            return false;
        }
        t->stretches = grown;
        t->cap_stretches = cap;
    }
    t->stretches[t->n_stretches++] = (struct cd_stretch){
        .first = row,
        .source = origin->source,
        .from_table = origin->from_table,
        .place = origin->place,
        .offset = origin->offset,
    };
    return true;
}

/* Sets ROW of a column that is made once one of its values is not what all are without it. */
static bool
set_sparse(const struct cd_table *t, uint32_t **column, uint32_t row, uint32_t value,
           uint32_t usual)
{
    if (!*column && value == usual) {
        return true;
    }
    if (!*column) {
        *column = malloc((size_t)t->cap * sizeof **column);
        for (uint32_t i = 0; *column && i < row; i++) {
            (*column)[i] = usual;
        }
    }
    if (*column) {
        (*column)[row] = value;
    }
    return *column != NULL;
}

bool
cd_column_set_origin(const struct cd_snapshot *s, struct cd_table *t, uint32_t row,
                     const struct cd_origin *origin)
{
    if ((t->n_stretches == 0 || !goes_on(t, origin)) && !add_stretch(t, row, origin)) {
        return false;
    }
    t->offset[row] = (uint32_t)(origin->offset - t->stretches[t->n_stretches - 1].offset);
    uint32_t item = s->projection.all ? origin->item : CD_NONE;
    return set_sparse(t, &t->item, row, item, CD_NONE)
           && set_sparse(t, &t->from, row, origin->from, CD_NONE);
}

/* The stretch that ROW belongs to. */
static const struct cd_stretch *
stretch_of(const struct cd_table *t, uint32_t row)
{
    uint32_t low = 0;
    uint32_t high = t->n_stretches; /* the last one that begins at or before ROW is in low..high */
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (t->stretches[mid].first <= row) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return &t->stretches[low];
}

struct cd_origin
cd_table_origin(const struct cd_table *t, uint32_t row)
{
    const struct cd_stretch *stretch = stretch_of(t, row);
    return (struct cd_origin){.source = stretch->source,
                              .item = t->item ? t->item[row] : CD_NONE,
                              .offset = stretch->offset + (t->offset ? t->offset[row] : 0),
                              .from = t->from ? t->from[row] : CD_NONE,
                              .from_table = stretch->from_table,
                              .place = stretch->place};
}

/* ---- ARNs ---- */

bool
cd_column_set_arn(struct cd_table *t, uint32_t row, uint32_t arn)
{
    return set_sparse(t, &t->arn, row, arn, CD_ARN_MADE);
}

static struct cd_str
text_of(const struct cd_snapshot *s, uint32_t id)
{
    return id == CD_NO_STR ? (struct cd_str){"", 0} : cd_intern_str(&s->dict, id);
}

static struct cd_arn_parts
parts_of(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row)
{
    const struct cd_site *site = cd_table_site(s, t, row);
    return (struct cd_arn_parts){.part = {[CD_OF_ARN_PARTITION] = text_of(s, site->partition),
                                          [CD_OF_ARN_REGION] = text_of(s, site->region),
                                          [CD_OF_ARN_ACCOUNT] = text_of(s, site->account),
                                          [CD_OF_ARN_ID] = text_of(s, t->id[row])}};
}

struct cd_str
cd_table_arn(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
             struct cd_buf *scratch)
{
    if (t->arn && t->arn[row] != CD_ARN_MADE) {
        return text_of(s, t->arn[row]);
    }
    struct cd_arn_parts parts = parts_of(s, t, row);
    cd_buf_clear(scratch);
    bool is_whole = cd_arn_make(&t->arn_format, &parts, scratch);
    return is_whole && !scratch->oom ? cd_buf_view(scratch) : (struct cd_str){"", 0};
}

bool
cd_table_arn_is(const struct cd_snapshot *s, const struct cd_table *t, uint32_t row,
                struct cd_str arn)
{
    if (t->arn && t->arn[row] != CD_ARN_MADE) {
        return t->arn[row] != CD_NO_STR && cd_str_eq(cd_intern_str(&s->dict, t->arn[row]), arn);
    }
    struct cd_arn_parts parts = parts_of(s, t, row);
    return cd_arn_is_made(&t->arn_format, &parts, arn);
}

bool
cd_table_arn_id(struct cd_snapshot *s, const struct cd_table *t, uint32_t row, uint32_t *id)
{
    *id = t->arn ? t->arn[row] : CD_ARN_MADE;
    if (*id != CD_ARN_MADE) {
        return true;
    }
    struct cd_buf scratch = CD_BUF_INIT;
    struct cd_str arn = cd_table_arn(s, t, row, &scratch);
    *id = arn.n == 0 ? CD_NO_STR : cd_snapshot_str(s, arn);
    bool ok = !scratch.oom && (arn.n == 0 || *id != CD_NO_STR);
    cd_buf_finish(&scratch);
    return ok;
}
