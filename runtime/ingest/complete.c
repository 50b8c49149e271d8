/* What a delivered snapshot of AWS Config is complete for: the accounts and regions of its items,
 * and the types that AWS Config records, with the nouns that their items embed. */
#include <stdlib.h>

#include "runtime/ingest/load.h"
#include "runtime/schema/schema.h"

/* ---- the places of an answer ---- */

void
cd_place_note(struct cd_load *l, uint32_t account, uint32_t region)
{
    uint32_t at = cd_snapshot_place(l->s, account, region);
    if (at == CD_NONE) {
        l->oom = true;
        return;
    }
    if (at >= l->cap_place_seen) {
        size_t cap = at < 64 ? 64 : (size_t)at * 2;
        uint32_t *grown =
            cd_arena_grow(&l->arena, l->place_seen, l->cap_place_seen, cap, sizeof *grown);
        if (grown == NULL) {
            l->oom = true;
            return;
        }
        l->place_seen = grown;
        l->cap_place_seen = cap;
    }
    if (l->place_seen[at] != l->answer + 1) {
        uint32_t *place = CD_PUSH(&l->arena, l->places, l->n_places, l->cap_places);
        l->oom |= place == NULL;
        if (place != NULL) {
            *place = at;
            l->place_seen[at] = l->answer + 1;
        }
    }
}

void
cd_place_restart(struct cd_load *l)
{
    l->answer++;
    l->n_places = 0;
}

void
cd_place_complete(struct cd_load *l)
{
    for (size_t i = 0; i < l->n_places && !l->oom; i++) {
        uint32_t *place = CD_PUSH(&l->arena, l->complete, l->n_complete, l->cap_complete);
        l->oom |= place == NULL;
        if (place != NULL) {
            *place = l->places[i];
        }
    }
    cd_place_restart(l);
}

/* ---- what they are complete for ---- */

/* By account, each once. */
struct places {
    struct place {
        uint32_t account, region;
    } * items;
    size_t n;
};

static int
by_place(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    if (x->account != y->account) {
        return x->account < y->account ? -1 : 1;
    }
    return (x->region > y->region) - (x->region < y->region);
}

static struct places
complete_places(struct cd_load *l)
{
    struct places p = {CD_NEW_ARRAY(&l->arena, l->n_complete, struct place), 0};
    size_t n = p.items == NULL ? 0 : l->n_complete;
    l->oom |= p.items == NULL;
    for (size_t i = 0; i < n; i++) {
        uint32_t at = l->complete[i];
        p.items[i] = (struct place){l->s->accounts[at], l->s->regions[at]};
    }
    if (n > 1) {
        qsort(p.items, n, sizeof *p.items, by_place);
    }
    for (size_t i = 0; i < n; i++) {
        if (p.n == 0 || by_place(&p.items[p.n - 1], &p.items[i]) != 0) {
            p.items[p.n++] = p.items[i];
        }
    }
    return p;
}

/* Is TYPE embedded in the items of a type that AWS Config records? */
static bool
is_embedded(struct cd_str type)
{
    for (uint32_t i = 0; i < cd_n_normalize_maps; i++) {
        for (uint32_t k = 0; k < cd_normalize_maps[i].n_rows; k++) {
            if (cd_str_eq(cd_normalize_maps[i].rows[k].type, type)) {
                return true;
            }
        }
    }
    return false;
}

/* A regional type is complete in the regions of an account, a global one in the account. */
static void
complete_type(struct cd_load *l, const struct places *places, uint32_t schema)
{
    struct cd_schema_shape shape = cd_schema_shape_at(schema);
    if (!shape.is_resource || (!shape.config_records && !is_embedded(shape.name))) {
        return;
    }
    for (size_t i = 0; i < places->n; i++) {
        const struct place *place = &places->items[i];
        bool is_first = i == 0 || places->items[i - 1].account != place->account;
        if (shape.is_global && is_first) {
            cd_load_ok(l, cd_snapshot_complete(l->s, shape.name, place->account, CD_NO_STR));
        } else if (!shape.is_global && place->region != CD_NO_STR) {
            cd_load_ok(l, cd_snapshot_complete(l->s, shape.name, place->account, place->region));
        }
    }
}

void
cd_config_complete(struct cd_load *l)
{
    const struct cd_image *img = l->s->projection.img;
    if (l->n_complete == 0) {
        return;
    }
    struct places places = complete_places(l);
    if (img == NULL) {
        for (uint32_t i = 0; i < cd_schema_n_shapes() && !l->oom; i++) {
            complete_type(l, &places, i);
        }
        return;
    }
    for (size_t i = 0; i < img->shapes.n && !l->oom; i++) {
        uint32_t schema = cd_schema_find_shape(cd_image_str(img, img->shapes.items[i].name));
        if (img->shapes.items[i].is_table && schema != CD_SCHEMA_NONE) {
            complete_type(l, &places, schema);
        }
    }
}
