/* Values that come from outside a row: constants, parameters, tables, rows, and registers of outer
 * domains. */
#include "runtime/vm/vm.h"

/* ---- constants ---- */

static uint32_t
const_string(struct cd_eval *e, const struct cd_image *img, uint32_t string)
{
    return img == e->img ? e->str[string] : cd_vm_str(e, cd_image_str(img, string));
}

static void const_lane(struct cd_eval *e, struct cd_arena *a, const struct cd_image *img,
                       const struct cd_constant *c, struct cd_vec *out, uint32_t i);

static void
const_list(struct cd_eval *e, struct cd_arena *a, const struct cd_image *img,
           const struct cd_constant *c, struct cd_vec *out, uint32_t i)
{
    uint32_t elem = e->img->types.items[out->type].elem;
    struct cd_vec one;
    if (!out->elem) {
        out->elem = cd_vec_new(e, a, elem, 0);
    }
    out->off[i] = out->elem->n;
    for (uint32_t k = 0; k < c->n; k++) {
        cd_vec_init(e, a, &one, elem, 1);
        const_lane(e, a, img, &img->consts.items[img->const_items.items[c->value + k]], &one, 0);
        if (cd_vec_state(&one, 0) == CD_KNOWN) {
            cd_vec_append(e, a, out->elem, &one, 0);
            out->len[i]++;
        }
    }
}

static void
const_map(struct cd_eval *e, const struct cd_image *img, const struct cd_constant *c,
          struct cd_vec *out, uint32_t i)
{
    struct cd_arena *a = &e->arena; /* maps are few, and referred to by number */
    struct cd_const_map *m = CD_PUSH(a, e->maps, e->n_maps, e->cap_maps);
    out->v.u64[i] = cd_rowref_of(CD_CONST_MAP, (uint32_t)(e->n_maps - 1));
    uint32_t *keys = CD_NEW_ARRAY(a, c->n, uint32_t);
    struct cd_vec *values = cd_vec_new(e, a, e->img->types.items[out->type].elem, c->n);
    *m = (struct cd_const_map){keys, values, c->n};
    for (uint32_t k = 0; k < c->n; k++) {
        const uint32_t *pair = &img->const_items.items[c->value + 2 * (size_t)k];
        keys[k] = const_string(e, img, pair[0]);
        const_lane(e, a, img, &img->consts.items[pair[1]], values, k);
    }
}

/* Lane I of OUT, of OUT's type, becomes the constant C of IMG. */
static void
const_lane(struct cd_eval *e, struct cd_arena *a, const struct cd_image *img,
           const struct cd_constant *c, struct cd_vec *out, uint32_t i)
{
    if (c->state != 0 || img->types.items[c->type].kind != out->kind) {
        cd_vec_set_absent(out, i);
        return;
    }
    switch ((enum cd_kind)out->kind) {
    case CD_KIND_BOOL: out->v.b[i] = c->value ? CD_T : CD_F; return;
    case CD_KIND_NUMBER: memcpy(&out->v.f64[i], &c->value, sizeof c->value); return;
    case CD_KIND_STRING: out->v.u32[i] = const_string(e, img, (uint32_t)c->value); return;
    case CD_KIND_TIME:
    case CD_KIND_DURATION: out->v.u64[i] = c->value; return;
    case CD_KIND_LIST: const_list(e, a, img, c, out, i); return;
    case CD_KIND_MAP: const_map(e, img, c, out, i); return;
    case CD_KIND_ROW:
    case CD_KIND_JSON:
    case CD_N_KINDS: cd_vec_set_absent(out, i); return;
    }
}

void
cd_k_const(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    const_lane(e, a, e->img, &e->img->consts.items[in->a], d, 0);
}

void
cd_k_param(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint32_t given = e->params ? e->params->values[in->a] : CD_NONE;
    uint32_t by_default = e->img->params.items[in->a].default_const;
    if (given != CD_NONE) {
        const_lane(e, a, &e->params->consts, &e->params->consts.consts.items[given], d, 0);
    } else if (by_default != CD_NONE) {
        const_lane(e, a, e->img, &e->img->consts.items[by_default], d, 0);
    } else {
        cd_vec_set_unknown(a, d, 0, cd_vm_str(e, CD_STR("the parameter has no value")));
    }
}

void
cd_k_unknown(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        cd_vec_set_unknown(a, d, i, e->str[in->a]);
    }
}

/* ---- rows ---- */

/* Appends the live rows of T; `resource` has no rows that were made from another resource. */
static uint32_t
append_rows(const struct cd_table *t, bool own_only, uint64_t *out)
{
    uint32_t n = 0;
    for (uint32_t row = 0; row < t->n; row++) {
        if (!cd_table_is_dead(t, row) && !(own_only && cd_table_is_derived(t, row))) {
            out[n++] = cd_rowref_of(t->root->id, row);
        }
    }
    return n;
}

static bool
table_is_of(const struct cd_table *t, uint32_t shape)
{
    return shape == CD_NONE ? !t->derived : t->shape == shape;
}

void
cd_k_table(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint64_t total = 0;
    for (size_t i = 0; i < e->s->n_tables; i++) {
        total += table_is_of(e->s->tables[i], in->a) ? e->s->tables[i]->n_live : 0;
    }
    if (total >= UINT32_MAX) {
        cd_vm_fail(e, CORDON_ELIMIT, "a table has more than 4,000,000,000 rows");
    }
    d->elem = cd_vec_new(e, a, e->img->types.items[d->type].elem, (uint32_t)total);
    uint32_t n = 0;
    for (size_t i = 0; i < e->s->n_tables; i++) {
        if (table_is_of(e->s->tables[i], in->a)) {
            n += append_rows(e->s->tables[i], in->a == CD_NONE, d->elem->v.u64 + n);
        }
    }
    d->elem->n = n;
    d->len[0] = n;
    d->open[0] = cd_vm_complete(e, in->a) ? 0 : e->why_open;
}

void
cd_k_root(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        d->v.u64[i] = cd_rowref_of(e->batch_table->root->id, e->batch_rows[i]);
    }
}

/* ---- registers of outer domains ---- */

/* The lanes of domain FROM that the lanes of domain TO stand in. */
static const uint32_t *
lanes_above(struct cd_eval *e, struct cd_arena *a, uint32_t from, uint32_t to)
{
    const struct cd_frame *f = &e->frames[to];
    uint32_t n = f->n;
    uint32_t *idx = CD_NEW_ARRAY(a, n, uint32_t);
    if (e->depth[from] == 0) {
        return idx; /* the only lane there is */
    }
    if (f->parent == from) {
        return f->up;
    }
    for (uint32_t i = 0; i < n; i++) {
        idx[i] = i;
    }
    for (uint32_t at = to; at != from && e->frames[at].up; at = e->frames[at].parent) {
        const uint32_t *up = e->frames[at].up;
        for (uint32_t i = 0; i < n; i++) {
            idx[i] = up[idx[i]];
        }
    }
    return idx;
}

void
cd_k_bcast(struct cd_eval *e, const struct cd_insn *in)
{
    uint32_t from = e->img->regs.items[in->a].domain;
    uint32_t to = e->img->regs.items[in->d].domain;
    struct cd_arena *a = cd_vm_arena(e, to);
    const struct cd_vec *src = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_reg(e, in->d);
    cd_vec_gather(e, a, d, src, lanes_above(e, a, from, to), e->frames[to].n);
    d->uni = e->img->domains.items[from].kind == CD_DOMAIN_GLOBAL ? src : src->uni;
}
