/* Numbers in few bytes. */
#include "runtime/store/ints.h"

#include <stdlib.h>

#define MOST_IN_TABLE (UINT32_C(1) << 16)

/* ---- how wide ---- */

/* Bytes of a number, and whether it is a place in a table, or a step. */
static const struct {
    uint8_t width;
    bool has_table, is_step;
} kinds[CD_N_PACKINGS] = {
    [CD_PACKING_SAME] = {0, false, false},  [CD_PACKING_8] = {1, false, false},
    [CD_PACKING_16] = {2, false, false},    [CD_PACKING_32] = {4, false, false},
    [CD_PACKING_TABLE8] = {1, true, false}, [CD_PACKING_TABLE16] = {2, true, false},
    [CD_PACKING_STEP8] = {1, false, true},  [CD_PACKING_STEP16] = {2, false, true},
};

static bool
fits(uint32_t packing, uint32_t largest)
{
    return kinds[packing].width == 4 || largest < UINT32_C(1) << (8 * kinds[packing].width);
}

bool
cd_ints_size(const struct cd_ints *p, uint64_t *size)
{
    if (p->packing >= CD_N_PACKINGS || (p->n_table != 0) != kinds[p->packing].has_table
        || p->n_table > MOST_IN_TABLE) {
        return false;
    }
    *size = (uint64_t)p->n * kinds[p->packing].width + (uint64_t)p->n_table * sizeof(uint32_t);
    return true;
}

/* ---- packing ---- */

/* The different numbers of a column, in the order in which they come. */
struct distinct {
    uint32_t *slots; /* place in `values` + 1, 0 is free */
    uint32_t mask;
    uint32_t *values;
    uint32_t n;
};

static void
free_distinct(struct distinct *d)
{
    free(d->slots);
    free(d->values);
}

static bool
make_distinct(struct distinct *d, uint32_t n)
{
    uint32_t most = n < MOST_IN_TABLE ? n : MOST_IN_TABLE;
    uint32_t n_slots = 16;
    while (n_slots < 2 * most) {
        n_slots *= 2;
    }
    *d = (struct distinct){.slots = calloc(n_slots, sizeof *d->slots),
                           .mask = n_slots - 1,
                           .values = malloc((most + 1) * sizeof *d->values)};
    return d->slots != NULL && d->values != NULL;
}

static uint32_t *
slot_of(const struct distinct *d, uint32_t value)
{
    uint32_t i = (uint32_t)((value * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & d->mask;
    while (d->slots[i] != 0 && d->values[d->slots[i] - 1] != value) {
        i = (i + 1) & d->mask;
    }
    return &d->slots[i];
}

/* Fills D with V's different numbers; false if there are more than a table holds. */
static bool
count_distinct(struct distinct *d, const uint32_t *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *slot = slot_of(d, v[i]);
        if (*slot == 0 && d->n == MOST_IN_TABLE) {
            return false;
        }
        if (*slot == 0) {
            d->values[d->n++] = v[i];
            *slot = d->n;
        }
    }
    return true;
}

/* The number that stands for V[i]. */
static uint32_t
coded(const struct cd_ints *p, const struct distinct *d, const uint32_t *v, uint32_t i)
{
    if (kinds[p->packing].has_table) {
        return *slot_of(d, v[i]) - 1;
    }
    return kinds[p->packing].is_step ? v[i] - (i == 0 ? p->base : v[i - 1]) : v[i];
}

static void
write_numbers(const struct cd_ints *p, const struct distinct *d, const uint32_t *v,
              struct cd_buf *out)
{
    if (p->n_table > 0) {
        cd_buf_put(out, d->values, p->n_table * sizeof *d->values);
    }
    uint8_t width = kinds[p->packing].width;
    char *at = width == 0 ? NULL : cd_buf_space(out, (size_t)p->n * width);
    for (uint32_t i = 0; at != NULL && i < p->n; i++) {
        uint32_t code = coded(p, d, v, i);
        memcpy(at + (size_t)i * width, &code, width); /* the low bytes come first */
    }
}

/* What decides: the largest number, the largest step, the number of different ones. */
struct span {
    uint32_t largest, largest_step;
    uint32_t n_distinct; /* NO_TABLE: too many */
};
#define NO_TABLE UINT32_MAX

static bool
can_pack(uint32_t packing, const struct span *span)
{
    if (packing == CD_PACKING_SAME) {
        return span->n_distinct <= 1;
    }
    if (kinds[packing].has_table) {
        return span->n_distinct != NO_TABLE && span->n_distinct > 0
               && fits(packing, span->n_distinct - 1);
    }
    return fits(packing, kinds[packing].is_step ? span->largest_step : span->largest);
}

static void
choose(const uint32_t *v, uint32_t n, const struct span *span, struct cd_ints *best)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t packing = 0; packing < CD_N_PACKINGS; packing++) {
        struct cd_ints p = {.packing = packing, .n = n};
        uint64_t size;
        p.n_table = kinds[packing].has_table ? span->n_distinct : 0;
        p.base = n > 0 && (packing == CD_PACKING_SAME || kinds[packing].is_step) ? v[0] : 0;
        if (can_pack(packing, span) && cd_ints_size(&p, &size) && size < least) {
            least = size;
            *best = p;
        }
    }
}

bool
cd_ints_pack(const uint32_t *v, uint32_t n, struct cd_ints *p, struct cd_buf *out)
{
    struct distinct d;
    struct span span = {.n_distinct = NO_TABLE};
    bool ok = make_distinct(&d, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t step = i == 0 ? 0 : v[i] - v[i - 1];
        span.largest = v[i] > span.largest ? v[i] : span.largest;
        span.largest_step = step > span.largest_step ? step : span.largest_step;
    }
    if (ok && count_distinct(&d, v, n)) {
        span.n_distinct = d.n;
    }
    if (ok) {
        choose(v, n, &span, p);
        write_numbers(p, &d, v, out);
    }
    free_distinct(&d);
    return ok && !out->oom;
}

/* ---- unpacking ---- */

/* The loops over whole columns: simple enough for the compiler to make vectors of. */

static uint32_t
widen8(const uint8_t *from, uint32_t n, uint32_t *to)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        largest = to[i] > largest ? to[i] : largest;
    }
    return largest;
}

static uint32_t
widen16(const uint16_t *from, uint32_t n, uint32_t *to)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        largest = to[i] > largest ? to[i] : largest;
    }
    return largest;
}

/* Codes of one or two bytes as numbers; gives the largest. */
static uint32_t
widen(const char *codes, uint8_t width, uint32_t n, uint32_t *to)
{
    return width == 1 ? widen8((const uint8_t *)codes, n, to) : widen16((const void *)codes, n, to);
}

static bool
unpack_table(const struct cd_ints *p, const char *bytes, uint32_t *v)
{
    const uint32_t *table = (const void *)bytes;
    if (widen(bytes + p->n_table * sizeof *table, kinds[p->packing].width, p->n, v) >= p->n_table) {
        return false;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        v[i] = table[v[i]];
    }
    return true;
}

static void
unpack_plain(const struct cd_ints *p, const char *bytes, uint32_t *v)
{
    switch (kinds[p->packing].width) {
    case 0:
        for (uint32_t i = 0; i < p->n; i++) {
            v[i] = p->base;
        }
        return;
    case 4: memcpy(v, bytes, (size_t)p->n * sizeof *v); return;
    default: (void)widen(bytes, kinds[p->packing].width, p->n, v); return;
    }
}

bool
cd_ints_unpack(const struct cd_ints *p, const char *bytes, uint32_t *v)
{
    if (p->n == 0) {
        return true;
    }
    if (kinds[p->packing].has_table) {
        return unpack_table(p, bytes, v);
    }
    unpack_plain(p, bytes, v);
    uint32_t before = p->base;
    for (uint32_t i = 0; kinds[p->packing].is_step && i < p->n; i++) {
        before += v[i];
        v[i] = before;
    }
    return true;
}
