/* Json values out of a store: they are as in memory, and stay where they are once it is sure that
 * every walk over them ends where it should. */
#include <math.h>

#include "runtime/base/checksum.h"

#include "runtime/store/read.h"

#define DEPTH_LIMIT 200 /* ingest admits less */
#define LARGEST 9007199254740992.0

/* The objects and lists around a value: how many members are still to come, and where each ends. */
struct around {
    uint32_t left, end;
};

static bool
scalar_holds(struct cd_store_load *l, const struct cd_json *v, uint32_t at)
{
    bool is_named = v->kind == CD_JSON_STRING || v->kind == CD_JSON_UNKNOWN;
    return v->next == at + 1 && (!is_named || cd_store_id_holds(l, v->n))
           && (v->kind != CD_JSON_NUMBER || fabs(v->number) <= LARGEST);
}

/* Are the values [first, first + n) trees one behind the other? */
static bool
range_holds(struct cd_store_load *l, const struct cd_json *heap, uint32_t first, uint32_t n)
{
    struct around stack[DEPTH_LIMIT];
    uint32_t depth = 0;
    for (uint32_t at = first; at < first + n; at++) {
        const struct cd_json *v = &heap[at];
        uint32_t end = depth > 0 ? stack[depth - 1].end : first + n;
        bool is_container = v->kind == CD_JSON_ARRAY || v->kind == CD_JSON_OBJECT;
        if (v->kind > CD_JSON_UNKNOWN || v->next <= at || v->next > end
            || !cd_store_id_holds(l, v->key) || (!is_container && !scalar_holds(l, v, at))) {
            return false;
        }
        if (depth > 0 && stack[depth - 1].left-- == 0) {
            return false;
        }
        if (is_container && depth == DEPTH_LIMIT) {
            return false;
        }
        if (is_container) {
            stack[depth++] = (struct around){v->n, v->next};
        }
        while (depth > 0 && stack[depth - 1].end == at + 1) {
            if (stack[--depth].left != 0) {
                return false;
            }
        }
    }
    return depth == 0;
}

cordon_status
cd_store_load_json(struct cd_store_load *l, struct cd_bytes *bytes, uint32_t *first, uint32_t *n)
{
    const struct cd_store *st = l->st;
    uint64_t from = cd_bytes_get(bytes, UINT32_MAX);
    uint64_t count = cd_bytes_get(bytes, UINT32_MAX);
    uint64_t checksum = cd_bytes_get(bytes, UINT64_MAX);
    if (bytes->bad || from > st->n_json || count > st->n_json - from) {
        return cd_store_corrupt(st, st->json.offset, "there are not so many json values", l->err);
    }
    const struct cd_json *heap = (const void *)(st->file.p + st->json.offset);
    struct cd_str range = {(const char *)(heap + from), (size_t)count * sizeof *heap};
    uint64_t offset = st->json.offset + from * sizeof *heap;
    *first = (uint32_t)from;
    *n = (uint32_t)count;
    if (!cd_checksum_holds(range, checksum)) {
        return cd_store_corrupt(st, offset, "the checksum of json values does not hold", l->err);
    }
    return range_holds(l, heap, *first, *n)
               ? CORDON_OK
               : cd_store_corrupt(st, offset, "json values are not trees", l->err);
}

void
cd_store_skip_json(struct cd_bytes *bytes)
{
    (void)cd_bytes_get(bytes, UINT32_MAX);
    (void)cd_bytes_get(bytes, UINT32_MAX);
    (void)cd_bytes_get(bytes, UINT64_MAX);
}
