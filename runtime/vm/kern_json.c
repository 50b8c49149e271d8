/* Unchecked json values: members, elements, and their conversion to what an expression expects. */
#include "runtime/vm/vm.h"

#include <math.h>

#include "runtime/base/num.h"

/* Lane I of D, of kind JSON, becomes the value AT; null is absent. */
static void
set_json(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i, uint32_t at)
{
    d->v.u32[i] = at;
    if (e->s->json[at].kind == CD_JSON_NULL) {
        cd_vec_set_absent(d, i);
    } else if (e->s->json[at].kind == CD_JSON_UNKNOWN) {
        cd_vec_set_unknown(a, d, i, e->s->json[at].n);
    }
}

void
cd_k_jget(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *key = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (!cd_vec_both_known(a, d, i, x, key)) {
            continue;
        }
        uint32_t member = cd_json_member(e->s, x->v.u32[i], key->v.u32[i]);
        if (member == CD_NONE) {
            cd_vec_set_absent(d, i);
        } else {
            set_json(e, a, d, i, member);
        }
    }
}

/* Element number PLACE of an array, nulls not counted; CD_NONE: there is none. *open: an unknown
 * element stands before it or anywhere. */
static uint32_t
element_at(const struct cd_snapshot *s, uint32_t array, double place, uint32_t *open)
{
    const struct cd_json *v = &s->json[array];
    uint32_t found = CD_NONE;
    uint32_t at = array + 1;
    double n = 0;
    *open = CD_NONE;
    for (uint32_t k = 0; v->kind == CD_JSON_ARRAY && k < v->n; k++) {
        if (s->json[at].kind == CD_JSON_UNKNOWN) {
            *open = s->json[at].n;
        } else if (s->json[at].kind != CD_JSON_NULL && n++ == place) {
            found = at;
        }
        at = s->json[at].next;
    }
    return found;
}

void
cd_k_jat(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *at = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        double place;
        uint32_t open;
        if (!cd_vec_both_known(a, d, i, x, at)) {
            continue;
        }
        if (!cd_vec_point(at, i, &place)) {
            cd_vec_set_unknown(a, d, i, e->why_interval);
            continue;
        }
        uint32_t found = element_at(e->s, x->v.u32[i], place, &open);
        if (open != CD_NONE) {
            cd_vec_set_unknown(a, d, i, open);
        } else if (found == CD_NONE) {
            cd_vec_set_absent(d, i);
        } else {
            set_json(e, a, d, i, found);
        }
    }
}

static void
json_to_list(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i, uint32_t json)
{
    const struct cd_json *v = &e->s->json[json];
    uint32_t elem = e->img->types.items[d->type].elem;
    struct cd_vec one;
    if (!d->elem) {
        d->elem = cd_vec_new(e, a, elem, 0);
    }
    d->off[i] = d->elem->n;
    uint32_t at = json + 1;
    for (uint32_t k = 0; k < v->n; k++) {
        cd_vec_init(e, a, &one, elem, 1);
        cd_json_to_lane(e, a, &one, 0, at);
        if (cd_vec_state(&one, 0) == CD_KNOWN) {
            cd_vec_append(e, a, d->elem, &one, 0);
        } else if (cd_vec_state(&one, 0) == CD_UNKNOWN && d->open[i] == 0) {
            d->open[i] = cd_vec_reason(&one, 0) ? cd_vec_reason(&one, 0) : e->why_unknown;
        }
        at = e->s->json[at].next;
    }
    d->len[i] = d->elem->n - d->off[i];
}

/* A scalar of the lane's kind; false if the value is of another. */
static bool
json_to_scalar(const struct cd_eval *e, struct cd_vec *d, uint32_t i, const struct cd_json *v)
{
    if (d->kind == CD_KIND_BOOL && (v->kind == CD_JSON_TRUE || v->kind == CD_JSON_FALSE)) {
        d->v.b[i] = v->kind == CD_JSON_TRUE ? CD_T : CD_F;
        return true;
    }
    if (d->kind == CD_KIND_NUMBER && v->kind == CD_JSON_NUMBER) {
        d->v.f64[i] = v->number;
        return true;
    }
    if (d->kind == CD_KIND_STRING && v->kind == CD_JSON_STRING) {
        d->v.u32[i] = v->n;
        return true;
    }
    return d->kind == CD_KIND_TIME && v->kind == CD_JSON_STRING
           && cd_parse_time(cd_vm_text(e, v->n), &d->v.i64[i]);
}

void
cd_json_to_lane(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i, uint32_t json)
{
    const struct cd_json *v = &e->s->json[json];
    if (v->kind == CD_JSON_UNKNOWN) {
        cd_vec_set_unknown(a, d, i, v->n);
    } else if (d->kind == CD_KIND_JSON) {
        set_json(e, a, d, i, json);
    } else if (d->kind == CD_KIND_LIST && v->kind == CD_JSON_ARRAY) {
        json_to_list(e, a, d, i, json);
    } else if (!json_to_scalar(e, d, i, v)) {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_jas(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (cd_vec_copy_state(a, d, i, x, i)) {
            cd_json_to_lane(e, a, d, i, x->v.u32[i]);
        }
    }
}
