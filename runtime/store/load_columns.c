/* Columns of numbers out of a store. Those that are as in memory stay where they are. */
#include <math.h>

#include "runtime/store/read.h"

/* What columns may take in memory: repetitive ones take a multiple of the file. */
#define ROOM_AT_LEAST ((uint64_t)1 << 30)
#define ROOM_TIMES 256u
/* Columns of fewer bytes stand among everything else. */
#define SMALL ((size_t)64 << 10)

cordon_status
cd_store_room(struct cd_store_load *l, uint64_t n, size_t size, void **out)
{
    uint64_t limit = ROOM_AT_LEAST + (uint64_t)l->st->file.n * ROOM_TIMES;
    *out = NULL;
    if (n * size > limit - l->unpacked) { /* n is less than 2^32 */
        return cordon_fail(l->err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                           "%.200s: its columns take more than %u times its size in memory",
                           l->st->path, ROOM_TIMES);
    }
    l->unpacked += n * size;
    *out = n * size < SMALL ? cd_arena_array(&l->s->arena, (size_t)n, size)
                            : cd_pages_alloc(&l->st->pages, (size_t)(n * size));
    return *out == NULL ? cd_store_no_memory(l->st, l->err) : CORDON_OK;
}

uint8_t *
cd_store_zeros(struct cd_store_load *l, uint32_t n)
{
    if (l->zeros == NULL || l->n_zeros < n) {
        void *zeros;
        uint32_t larger = l->n_zeros > UINT32_MAX / 2 ? n : 2 * l->n_zeros;
        l->n_zeros = n > larger ? n : larger;
        if (cd_store_room(l, l->n_zeros, 1, &zeros) != CORDON_OK) {
            return NULL;
        }
        l->zeros = zeros;
    }
    return l->zeros;
}

/* ---- ranges ---- */

/* Is none of NUMBERS in [LIMIT, LAST]? */
static bool
are_below(const uint32_t *numbers, uint32_t n, uint32_t limit, uint32_t last)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < n; i++) {
        wrong |= (numbers[i] >= limit) & (numbers[i] <= last);
    }
    return wrong == 0;
}

/* The strings of NUMBERS hold; or, with ARE_PLACES, those of the numbers that name one. */
static bool
ids_hold(struct cd_store_load *l, const uint32_t *numbers, uint32_t n, bool are_places)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = are_places ? numbers[i] & ~CD_PLACE_KEY : numbers[i];
        bool is_id = !are_places || (numbers[i] & CD_PLACE_KEY) != 0;
        if (is_id && !cd_store_id_holds(l, id)) {
            return false;
        }
    }
    return true;
}

static bool
all_in_range(struct cd_store_load *l, const uint32_t *numbers, uint32_t n,
             const struct cd_store_column *column)
{
    switch (column->kind) {
    case CD_STORE_ANY: return true;
    case CD_STORE_IDS: return ids_hold(l, numbers, n, false);
    case CD_STORE_NAMES: return are_below(numbers, n, l->st->dict.n, CD_ARN_MADE - 1);
    case CD_STORE_PLACES: return ids_hold(l, numbers, n, true);
    case CD_STORE_BELOW: return are_below(numbers, n, column->limit, UINT32_MAX);
    }
    return false;
}

static cordon_status
out_of_range(struct cd_store_load *l, struct cd_store_ref ref)
{
    return cd_store_corrupt(l->st, ref.offset, "a column points at what is not there", l->err);
}

/* ---- numbers of four bytes ---- */

/* A column as the bytes describe it, and its section. */
struct described {
    struct cd_ints p;
    struct cd_store_ref ref;
    struct cd_str section;
};

static cordon_status
describe(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n, struct described *d)
{
    uint64_t size;
    d->p = (struct cd_ints){.packing = cd_bytes_get_u32(bytes), .n = n};
    d->p.base = cd_bytes_get_u32(bytes);
    d->p.n_table = cd_bytes_get_u32(bytes);
    d->ref = cd_store_get_ref(l->st, bytes);
    if (bytes->bad || !cd_ints_size(&d->p, &size)) {
        return cd_store_corrupt(l->st, d->ref.offset, "a column is not described as one", l->err);
    }
    return cd_store_bytes(l->st, d->ref, size, &d->section, l->err);
}

/* Sections begin at multiples of 8. */
static uint32_t *
aligned(struct cd_str section)
{
    return (uint32_t *)(void *)(uintptr_t)section.p;
}

cordon_status
cd_store_load_ints(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n,
                   struct cd_store_column column, uint32_t **out)
{
    struct described d;
    void *room;
    CORDON_TRY(describe(l, bytes, n, &d));
    if (d.p.packing == CD_PACKING_32) {
        *out = aligned(d.section);
        return all_in_range(l, *out, n, &column) ? CORDON_OK : out_of_range(l, d.ref);
    }
    CORDON_TRY(cd_store_room(l, n, sizeof **out, &room));
    *out = room;
    bool is_table = cd_ints_has_table(&d.p);
    bool is_same = d.p.packing == CD_PACKING_SAME && n > 0;
    if (!cd_ints_unpack(&d.p, d.section.p, *out)
        || !all_in_range(l, is_table ? aligned(d.section) : *out,
                         is_table  ? d.p.n_table
                         : is_same ? 1
                                   : n,
                         &column)) {
        return out_of_range(l, d.ref);
    }
    return CORDON_OK;
}

cordon_status
cd_store_load_small(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n, uint32_t limit,
                    uint8_t **out)
{
    struct described d;
    void *room;
    CORDON_TRY(describe(l, bytes, n, &d));
    bool is_same = d.p.packing == CD_PACKING_SAME;
    if ((!is_same && d.p.packing != CD_PACKING_8) || (is_same && d.p.base >= limit)) {
        return cd_store_corrupt(l->st, d.ref.offset, "a column is not described as one", l->err);
    }
    if (is_same && d.p.base == 0) {
        *out = cd_store_zeros(l, n);
        return *out == NULL ? cd_store_no_memory(l->st, l->err) : CORDON_OK;
    }
    if (is_same) {
        CORDON_TRY(cd_store_room(l, n, 1, &room));
        memset(room, (int)d.p.base, n);
        *out = room;
        return CORDON_OK;
    }
    *out = (uint8_t *)(uintptr_t)d.section.p;
    uint8_t largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        largest = (*out)[i] > largest ? (*out)[i] : largest;
    }
    return largest < limit ? CORDON_OK : out_of_range(l, d.ref);
}

/* ---- numbers of eight bytes ---- */

#define LARGEST 9007199254740992.0 /* 2^53: what is beyond is unknown to ingest */

static bool
doubles_hold(const int64_t *bits, uint32_t n)
{
    bool hold = true;
    for (uint32_t i = 0; i < n; i++) {
        double d;
        memcpy(&d, &bits[i], sizeof d);
        hold &= fabs(d) <= LARGEST;
    }
    return hold;
}

/* NUMBERS above BASE, which are whole. */
static void
widen(const uint32_t *numbers, uint32_t n, int64_t base, bool is_double, int64_t *out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (int64_t)((uint64_t)base + numbers[i]);
        if (is_double) {
            double d = (double)out[i];
            memcpy(&out[i], &d, sizeof d);
        }
    }
}

cordon_status
cd_store_load_wide(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t n, bool is_double,
                   int64_t **out)
{
    struct cd_str section;
    if (cd_bytes_get(bytes, CD_STORE_N_WIDES - 1) == CD_STORE_WHOLE) {
        uint32_t *numbers;
        void *room;
        int64_t base = cd_bytes_get_signed(bytes);
        CORDON_TRY(
            cd_store_load_ints(l, bytes, n, (struct cd_store_column){CD_STORE_ANY, 0}, &numbers));
        CORDON_TRY(cd_store_room(l, n, sizeof **out, &room));
        *out = room;
        widen(numbers, n, base, is_double, *out);
        return is_double && !doubles_hold(*out, n)
                   ? cd_store_corrupt(l->st, CD_STORE_HEAD, "a number is too large", l->err)
                   : CORDON_OK;
    }
    struct cd_store_ref ref = cd_store_get_ref(l->st, bytes);
    if (bytes->bad) {
        return cd_store_corrupt(l->st, ref.offset, "a column is not described as one", l->err);
    }
    CORDON_TRY(cd_store_bytes(l->st, ref, (uint64_t)n * sizeof **out, &section, l->err));
    *out = (int64_t *)(void *)(uintptr_t)section.p;
    return is_double && !doubles_hold(*out, n)
               ? cd_store_corrupt(l->st, ref.offset, "a number is too large, or none", l->err)
               : CORDON_OK;
}

/* ---- passing over ---- */

void
cd_store_skip_ints(const struct cd_store *st, struct cd_bytes *bytes)
{
    for (int i = 0; i < 3; i++) {
        (void)cd_bytes_get_u32(bytes);
    }
    (void)cd_store_get_ref(st, bytes);
}

void
cd_store_skip_wide(const struct cd_store *st, struct cd_bytes *bytes)
{
    if (cd_bytes_get(bytes, CD_STORE_N_WIDES - 1) == CD_STORE_WHOLE) {
        (void)cd_bytes_get_signed(bytes);
        cd_store_skip_ints(st, bytes);
    } else {
        (void)cd_store_get_ref(st, bytes);
    }
}
