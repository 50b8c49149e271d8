/* Lists and sets: unions, differences, members once, sizes. An absent side is empty, an unknown one
 * opens the result. */
#include "runtime/vm/vm.h"

#include <math.h>

/* A list that is being made for one lane. */
struct making {
    struct cd_eval *e;
    struct cd_arena *a;
    struct cd_vec *d;
    uint32_t lane;
    struct cd_idmap
        seen; /* hashes of the members so far, for long sets: key -> place of one with this hash */
};

/* Sets of more members than this are searched by hash. */
#define SHORT_SET 16u

static struct making
begin(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t lane)
{
    if (!d->elem) {
        d->elem = cd_vec_new(e, a, e->img->types.items[d->type].elem, 0);
    }
    d->off[lane] = d->elem->n;
    d->len[lane] = 0;
    return (struct making){e, a, d, lane, {NULL, NULL, 0, 0}};
}

static void
open_lane(struct making *m, uint32_t reason)
{
    if (m->d->open[m->lane] == 0) {
        m->d->open[m->lane] = reason ? reason : m->e->why_unknown;
    }
}

static void
add(struct making *m, const struct cd_vec *elem, uint32_t at)
{
    cd_vec_append(m->e, m->a, m->d->elem, elem, at);
    m->d->len[m->lane]++;
}

/* Can two members of this kind be equal only if their keys are? */
static bool
has_key(const struct cd_vec *elem)
{
    return elem->kind != CD_KIND_LIST && elem->kind != CD_KIND_JSON && !elem->hi;
}

static uint32_t
hash_of(const struct cd_vec *elem, uint32_t at)
{
    uint64_t h = cd_vec_key(elem, at) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t folded = (uint32_t)(h >> 32);
    return folded == UINT32_MAX ? 0 : folded; /* a key of cd_idmap is below its maximum */
}

/* Enters member PLACE of the result under its hash, or the next free one. */
static void
enter_hash(struct making *m, uint32_t place)
{
    uint32_t held;
    uint32_t hash = hash_of(m->d->elem, place);
    while (cd_idmap_get(&m->seen, hash, &held)) {
        hash = hash + 1 == UINT32_MAX ? 0 : hash + 1;
    }
    cd_idmap_put(m->a, &m->seen, hash, place);
}

static bool
find_hash(const struct making *m, const struct cd_vec *elem, uint32_t at)
{
    uint32_t place;
    uint32_t hash = hash_of(elem, at);
    while (cd_idmap_get(&m->seen, hash, &place)) {
        if (cd_vec_key(m->d->elem, place) == cd_vec_key(elem, at)) {
            return true;
        }
        hash = hash + 1 == UINT32_MAX ? 0 : hash + 1;
    }
    return false;
}

/* Adds a member unless an equal one is there. */
static void
add_once(struct making *m, const struct cd_vec *elem, uint32_t at)
{
    uint32_t first = m->d->off[m->lane];
    uint32_t n = m->d->len[m->lane];
    if (n < SHORT_SET || !has_key(elem)) {
        for (uint32_t k = 0; k < n; k++) {
            if (cd_vec_equal(m->e, m->d->elem, first + k, elem, at) == CD_T) {
                return;
            }
        }
        add(m, elem, at);
        return;
    }
    for (uint32_t k = m->seen.n; k < n; k++) {
        enter_hash(m, first + k);
    }
    if (!find_hash(m, elem, at)) {
        add(m, elem, at);
        enter_hash(m, first + n);
    }
}

/* Adds all members of a side, of which an absent one is empty and an unknown one opens. */
static void
add_side(struct making *m, const struct cd_vec *x, uint32_t i, bool once)
{
    if (x->state[i] == CD_UNKNOWN) {
        open_lane(m, cd_vec_reason(x, i));
    }
    if (x->state[i] != CD_KNOWN) {
        return;
    }
    if (x->open[i] != 0) {
        open_lane(m, x->open[i]);
    }
    if (!once) {
        cd_vec_append_range(m->e, m->a, m->d->elem, x->elem, x->off[i], x->len[i]);
        m->d->len[m->lane] += x->len[i];
        return;
    }
    for (uint32_t k = 0; k < x->len[i]; k++) {
        add_once(m, x->elem, x->off[i] + k);
    }
}

void
cd_k_union(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        struct making m = begin(e, a, d, i);
        add_side(&m, x, i, in->op == CD_OP_UNION);
        add_side(&m, y, i, in->op == CD_OP_UNION);
    }
}

/* Members of a known side X that are certainly not in Y stay; one that may be in it opens the
 * result. */
static void
subtract(struct making *m, const struct cd_vec *x, const struct cd_vec *y, uint32_t i)
{
    for (uint32_t k = 0; k < x->len[i]; k++) {
        enum cd_answer_value in = y->state[i] == CD_ABSENT ? CD_F
                                  : y->state[i] == CD_UNKNOWN
                                      ? CD_U
                                      : cd_vec_member(m->e, x->elem, x->off[i] + k, y, i);
        if (in == CD_F) {
            add(m, x->elem, x->off[i] + k);
        } else if (in == CD_U) {
            open_lane(m, y->state[i] == CD_UNKNOWN ? cd_vec_reason(y, i) : y->open[i]);
        }
    }
}

void
cd_k_minus(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        struct making m = begin(e, a, d, i);
        if (x->state[i] == CD_UNKNOWN) {
            open_lane(&m, cd_vec_reason(x, i));
        }
        if (y->state[i] == CD_UNKNOWN) {
            open_lane(&m, cd_vec_reason(y, i));
        }
        if (x->state[i] == CD_KNOWN) {
            if (x->open[i] != 0) {
                open_lane(&m, x->open[i]);
            }
            subtract(&m, x, y, i);
        }
    }
}

void
cd_k_list1(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        struct making m = begin(e, a, d, i);
        enum cd_state state = cd_vec_member_state(x, i);
        if (state == CD_KNOWN) {
            add(&m, x, i);
        } else if (state == CD_UNKNOWN) {
            open_lane(&m, cd_vec_reason(x, i));
        }
    }
}

void
cd_k_uniq(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        struct making m = begin(e, a, d, i);
        if (cd_vec_copy_state(a, d, i, x, i)) {
            add_side(&m, x, i, true);
        }
    }
}

void
cd_k_flatten(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        struct making m = begin(e, a, d, i);
        if (!cd_vec_copy_state(a, d, i, x, i)) {
            continue;
        }
        if (x->open[i] != 0) {
            open_lane(&m, x->open[i]);
        }
        for (uint32_t k = 0; k < x->len[i]; k++) {
            add_side(&m, x->elem, x->off[i] + k, false);
        }
    }
}

void
cd_k_size(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        double n = x->state[i] == CD_KNOWN ? x->len[i] : 0;
        bool open = x->state[i] == CD_UNKNOWN || (x->state[i] == CD_KNOWN && x->open[i] != 0);
        cd_vec_set_interval(a, d, i, n, open ? INFINITY : n);
        uint32_t reason = open ? (x->state[i] == CD_UNKNOWN ? cd_vec_reason(x, i) : x->open[i]) : 0;
        if (reason != 0) {
            d->reason = d->reason ? d->reason : CD_NEW_ARRAY(a, d->cap, uint32_t);
            d->reason[i] = reason;
        }
    }
}
