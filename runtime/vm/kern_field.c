/* What a row holds: envelope members, properties, values of maps, elements of lists. */
#include "runtime/vm/vm.h"

#include <math.h>

/* ---- the envelope ---- */

static void
set_id(struct cd_vec *d, uint32_t i, uint32_t id)
{
    if (id == CD_NO_STR) {
        cd_vec_set_absent(d, i);
    } else {
        d->v.u32[i] = id;
    }
}

static void
env_lane(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
         const struct cd_table *t, uint32_t row, enum cd_env env)
{
    switch (env) {
    case CD_ENVOP_ID: set_id(d, i, t->id[row]); return;
    case CD_ENVOP_ARN: set_id(d, i, cd_vm_arn(e, t, row)); return;
    case CD_ENVOP_TYPE: set_id(d, i, t->type); return;
    case CD_ENVOP_PARTITION: set_id(d, i, cd_table_site(e->s, t, row)->partition); return;
    case CD_ENVOP_REGION: set_id(d, i, cd_table_site(e->s, t, row)->region); return;
    case CD_ENVOP_ACCOUNT: set_id(d, i, cd_table_site(e->s, t, row)->account); return;
    case CD_ENVOP_TAGS:
        d->v.u64[i] = cd_rowref_of(t->tags->id, row);
        if (cd_node_state(t->tags, row) == CD_ABSENT) {
            cd_vec_set_absent(d, i);
        } else if (cd_node_state(t->tags, row) == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_node_reason(t->tags, row));
        }
        return;
    case CD_ENVOP_CAPTURED:
        d->v.i64[i] = t->captured[row];
        if (t->captured[row] == INT64_MIN) {
            cd_vec_set_unknown(a, d, i, e->why_unknown);
        }
        return;
    case CD_N_ENV: return;
    }
}

/* Does the destination's kind suit the member? The verifier says so; this is cheap enough to ask
 * again. */
static bool
env_fits(uint8_t kind, enum cd_env env)
{
    return kind
           == (env == CD_ENVOP_TAGS       ? CD_KIND_MAP
               : env == CD_ENVOP_CAPTURED ? CD_KIND_TIME
                                          : CD_KIND_STRING);
}

void
cd_k_env(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
            continue;
        }
        const struct cd_node *n =
            x->state[i] == CD_KNOWN ? e->s->nodes[cd_rowref_node(x->v.u64[i])] : NULL;
        if (!n || n->parent != CD_NONE || n->table == CD_NONE
            || !env_fits(d->kind, (enum cd_env)in->b)) {
            cd_vec_set_absent(d, i);
            continue;
        }
        env_lane(e, a, d, i, e->s->tables[n->table], cd_rowref_row(x->v.u64[i]),
                 (enum cd_env)in->b);
    }
}

/* ---- columns ---- */

/* The members of a list row that are certain; an unknown one opens the lane. */
static void load_list(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
                      const struct cd_node *n, uint32_t row);

/* Does a column of N's kind hold values of KIND? */
static bool
kind_fits(const struct cd_node *n, uint8_t kind)
{
    switch (n->kind) {
    case CD_NODE_BOOL: return kind == CD_KIND_BOOL;
    case CD_NODE_NUMBER: return kind == CD_KIND_NUMBER;
    case CD_NODE_STRING: return kind == CD_KIND_STRING;
    case CD_NODE_TIME: return kind == CD_KIND_TIME || kind == CD_KIND_DURATION;
    case CD_NODE_JSON: return kind == CD_KIND_JSON;
    case CD_NODE_POLICY:
    case CD_NODE_RECORD: return kind == CD_KIND_ROW;
    case CD_NODE_LIST: return kind == CD_KIND_LIST;
    case CD_NODE_MAP: return kind == CD_KIND_MAP;
    }
    return false;
}

/* Lane I of D becomes the known value of ROW of N, whose kind fits. */
static void
load_known(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
           const struct cd_node *n, uint32_t row)
{
    switch (n->kind) {
    case CD_NODE_BOOL: d->v.b[i] = n->v.b[row] ? CD_T : CD_F; return;
    case CD_NODE_NUMBER: cd_vec_set_interval(a, d, i, n->v.f64[row], n->v.f64[row]); return;
    case CD_NODE_STRING: d->v.u32[i] = n->v.u32[row]; return;
    case CD_NODE_TIME: d->v.i64[i] = n->v.i64[row]; return;
    case CD_NODE_JSON:
        d->v.u32[i] = n->v.u32[row];
        if (e->s->json[n->v.u32[row]].kind == CD_JSON_NULL) {
            cd_vec_set_absent(d, i);
        } else if (e->s->json[n->v.u32[row]].kind == CD_JSON_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, e->s->json[n->v.u32[row]].n);
        }
        return;
    case CD_NODE_POLICY:
        d->v.u64[i] = cd_rowref_of(e->s->policies->id, n->v.u32[row]);
        if (cd_node_state(e->s->policies, n->v.u32[row]) == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_node_reason(e->s->policies, n->v.u32[row]));
        }
        return;
    case CD_NODE_RECORD:
    case CD_NODE_MAP: d->v.u64[i] = cd_rowref_of(n->id, row); return;
    case CD_NODE_LIST: load_list(e, a, d, i, n, row); return;
    }
}

static void
load_lane(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
          const struct cd_node *n, uint32_t row)
{
    enum cd_state state = cd_node_state(n, row);
    if (state == CD_UNKNOWN) {
        cd_vec_set_unknown(a, d, i, cd_node_reason(n, row));
    } else if (state == CD_ABSENT || !kind_fits(n, d->kind)) {
        cd_vec_set_absent(d, i);
    } else {
        load_known(e, a, d, i, n, row);
    }
}

static void
load_list(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
          const struct cd_node *n, uint32_t row)
{
    const struct cd_node *elem = n->child[0];
    uint32_t elem_type = e->img->types.items[d->type].elem;
    struct cd_vec one;
    if (!d->elem) {
        d->elem = cd_vec_new(e, a, elem_type, 0);
    }
    uint32_t before = d->elem->n;
    d->off[i] = before;
    d->open[i] = cd_node_open_reason(n, row);
    for (uint32_t k = 0; elem && k < n->len[row]; k++) {
        cd_vec_init(e, a, &one, elem_type, 1);
        load_lane(e, a, &one, 0, elem, n->off[row] + k);
        if (cd_vec_state(&one, 0) == CD_KNOWN) {
            cd_vec_append(e, a, d->elem, &one, 0);
        } else if (cd_vec_state(&one, 0) == CD_UNKNOWN && d->open[i] == 0) {
            d->open[i] = cd_vec_reason(&one, 0) ? cd_vec_reason(&one, 0) : e->why_unknown;
        }
    }
    d->len[i] = d->elem->n - before;
}

/* Lists of strings or objects whose every element of the batch is known: copied without a look at
 * each. */
static bool
load_plain_lists(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, const struct cd_node *n,
                 const struct cd_vec *rows)
{
    const struct cd_node *elem = n->child[0];
    if (!elem || (elem->kind != CD_NODE_RECORD && elem->kind != CD_NODE_STRING)) {
        return false;
    }
    uint32_t total = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t row = cd_rowref_row(rows->v.u64[i]);
        if (rows->state[i] != CD_KNOWN || cd_node_state(n, row) != CD_KNOWN) {
            continue;
        }
        for (uint32_t k = 0; k < n->len[row]; k++) {
            if (cd_node_state(elem, n->off[row] + k) != CD_KNOWN) {
                return false;
            }
        }
        total += n->len[row];
    }
    uint32_t elem_type = e->img->types.items[d->type].elem;
    if (!kind_fits(elem, (uint8_t)e->img->types.items[elem_type].kind)) {
        return false;
    }
    d->elem = cd_vec_new(e, a, elem_type, total);
    uint32_t at = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t row = cd_rowref_row(rows->v.u64[i]);
        if (rows->state[i] != CD_KNOWN || cd_node_state(n, row) != CD_KNOWN) {
            load_lane(e, a, d, i, rows->state[i] == CD_KNOWN ? n : NULL, row);
            continue;
        }
        d->off[i] = at;
        d->len[i] = n->len[row];
        d->open[i] = cd_node_open_reason(n, row);
        for (uint32_t k = 0; k < n->len[row]; k++, at++) {
            if (elem->kind == CD_NODE_STRING) {
                d->elem->v.u32[at] = elem->v.u32[n->off[row] + k];
            } else {
                d->elem->v.u64[at] = cd_rowref_of(elem->id, n->off[row] + k);
            }
        }
    }
    return true;
}

/* The one node that all known lanes are rows of; NULL if there are several or none. */
static const struct cd_node *
common_node(const struct cd_eval *e, const struct cd_vec *rows)
{
    uint32_t id = CD_NONE;
    for (uint32_t i = 0; i < rows->n; i++) {
        if (rows->state[i] == CD_UNKNOWN) {
            return NULL; /* reasons have to be copied */
        }
        if (rows->state[i] == CD_KNOWN) {
            if (id != CD_NONE && id != cd_rowref_node(rows->v.u64[i])) {
                return NULL;
            }
            id = cd_rowref_node(rows->v.u64[i]);
        }
    }
    return id == CD_NONE ? NULL : e->s->nodes[id];
}

/* What the lanes of D hold that are known rows of N, which has scalars or objects; those that are
 * not known are set one by one. */
static void
load_scalars(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, const struct cd_node *n,
             const struct cd_vec *rows)
{
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t row = cd_rowref_row(rows->v.u64[i]);
        if ((rows->state[i] | (row < n->n ? n->state[row] : CD_ABSENT)) != CD_KNOWN) {
            load_lane(e, a, d, i, rows->state[i] == CD_KNOWN ? n : NULL, row);
            continue;
        }
        switch (n->kind) {
        case CD_NODE_BOOL: d->v.b[i] = n->v.b[row] ? CD_T : CD_F; break;
        case CD_NODE_STRING: d->v.u32[i] = n->v.u32[row]; break;
        case CD_NODE_NUMBER: /* of a column there is no interval */
        case CD_NODE_TIME: d->v.i64[i] = n->v.i64[row]; break;
        case CD_NODE_RECORD: d->v.u64[i] = cd_rowref_of(n->id, row); break;
        case CD_NODE_JSON:
        case CD_NODE_POLICY:
        case CD_NODE_LIST:
        case CD_NODE_MAP: load_known(e, a, d, i, n, row); break;
        }
    }
}

void
cd_k_field(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    const struct cd_node *common = common_node(e, x);
    const struct cd_node *child = common && in->b < common->n_child ? common->child[in->b] : NULL;
    if (child && child->kind == CD_NODE_LIST && d->kind == CD_KIND_LIST
        && load_plain_lists(e, a, d, child, x)) {
        return;
    }
    if (child && kind_fits(child, d->kind)) {
        load_scalars(e, a, d, child, x);
        return;
    }
    for (uint32_t i = 0; i < d->n; i++) {
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
            continue;
        }
        const struct cd_node *n =
            x->state[i] == CD_KNOWN ? e->s->nodes[cd_rowref_node(x->v.u64[i])] : NULL;
        bool has = n && n->kind == CD_NODE_RECORD && in->b < n->n_child;
        load_lane(e, a, d, i, has ? n->child[in->b] : NULL, n ? cd_rowref_row(x->v.u64[i]) : 0);
    }
}

/* ---- maps ---- */

static void
mapget_const(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
             const struct cd_const_map *m, uint32_t key)
{
    for (uint32_t k = 0; k < m->n; k++) {
        if (m->keys[k] == key) {
            cd_vec_copy_lane(e, a, d, i, m->values, k);
            return;
        }
    }
    cd_vec_set_absent(d, i);
}

static void
mapget_node(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
            const struct cd_node *n, uint32_t row, uint32_t key)
{
    const struct cd_node *values = n->child[0];
    for (uint32_t k = 0; values && values->key && k < n->len[row]; k++) {
        if (values->key[n->off[row] + k] == key) {
            load_lane(e, a, d, i, values, n->off[row] + k);
            return;
        }
    }
    if (cd_node_open_reason(n, row) != 0) {
        cd_vec_set_unknown(a, d, i, cd_node_open_reason(n, row));
    } else {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_mapget(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *key = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    if (d->kind == CD_KIND_LIST) {
        d->elem = cd_vec_new(e, a, e->img->types.items[d->type].elem,
                             0); /* values of several maps meet here */
    }
    for (uint32_t i = 0; i < d->n; i++) {
        if (!cd_vec_both_known(a, d, i, x, key)) {
            continue;
        }
        if (cd_rowref_node(x->v.u64[i]) == CD_CONST_MAP) {
            mapget_const(e, a, d, i, &e->maps[cd_rowref_row(x->v.u64[i])], key->v.u32[i]);
        } else {
            mapget_node(e, a, d, i, e->s->nodes[cd_rowref_node(x->v.u64[i])],
                        cd_rowref_row(x->v.u64[i]), key->v.u32[i]);
        }
    }
}

/* ---- lists ---- */

void
cd_k_at(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *at = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    if (d->kind == CD_KIND_LIST) {
        d->elem = x->elem ? x->elem->elem : NULL;
    }
    for (uint32_t i = 0; i < d->n; i++) {
        double place;
        if (!cd_vec_both_known(a, d, i, x, at)) {
            continue;
        }
        if (!cd_vec_point(at, i, &place)) {
            cd_vec_set_unknown(a, d, i, e->why_interval);
        } else if (x->open[i] != 0) {
            cd_vec_set_unknown(a, d, i, x->open[i]); /* any place may be another's */
        } else if (place < 0 || place != floor(place) || place >= x->len[i]) {
            cd_vec_set_absent(d, i);
        } else {
            cd_vec_copy_lane(e, a, d, i, x->elem, x->off[i] + (uint32_t)place);
        }
    }
}
