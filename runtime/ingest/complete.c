/* What a delivered snapshot of AWS Config is complete for: the accounts and regions of its items,
 * and the types that AWS Config records, with the nouns that their items embed. */
#include <stdlib.h>

#include "runtime/ingest/load.h"
#include "runtime/schema/schema.h"

/* The places of the source's items, by account. */
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
places_of(struct cd_load *l)
{
    struct places p = {CD_NEW_ARRAY(&l->arena, l->cap_places, struct place), 0};
    l->oom |= p.items == NULL;
    for (size_t i = 0; p.items != NULL && i < l->cap_places; i++) {
        if (l->has_place[i]) {
            p.items[p.n++] = (struct place){l->s->accounts[i], l->s->regions[i]};
        }
    }
    if (p.n > 1) {
        qsort(p.items, p.n, sizeof *p.items, by_place);
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
    struct places places = places_of(l);
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
