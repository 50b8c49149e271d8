/* Vectors: making, copying, gathering, and the equality of their lanes. */
#include "runtime/vm/vec.h"

#include "runtime/vm/vm.h"

#define EQUAL_DEPTH 64 /* lists in lists; types nest less */

static size_t
lane_size(uint8_t kind)
{
    switch ((enum cd_kind)kind) {
    case CD_KIND_BOOL: return 1;
    case CD_KIND_STRING:
    case CD_KIND_JSON: return 4;
    case CD_KIND_NUMBER:
    case CD_KIND_TIME:
    case CD_KIND_DURATION:
    case CD_KIND_ROW:
    case CD_KIND_MAP: return 8;
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    return 0;
}

/* ARRAY: where its lanes come from, zeroed or not. */
static void
init_from(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v, uint32_t type, uint32_t n,
          void *(*array)(struct cd_arena *a, size_t n, size_t size))
{
    const struct cd_value_type *t = &e->img->types.items[type];
    *v = (struct cd_vec){.type = type, .kind = (uint8_t)t->kind, .n = n, .cap = n};
    size_t size = lane_size(v->kind);
    if (size > 0) {
        v->v.b = array(a, n, size);
    }
    if (v->kind != CD_KIND_BOOL) {
        v->state = array(a, n, 1);
    }
    if (v->kind == CD_KIND_LIST) {
        v->off = array(a, n, sizeof *v->off);
        v->len = array(a, n, sizeof *v->len);
        v->open = array(a, n, sizeof *v->open);
        v->elem = NULL;
    }
}

void
cd_vec_init(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v, uint32_t type,
            uint32_t n)
{
    init_from(e, a, v, type, n, cd_arena_array);
}

struct cd_vec *
cd_vec_new(const struct cd_eval *e, struct cd_arena *a, uint32_t type, uint32_t n)
{
    struct cd_vec *v = CD_NEW(a, struct cd_vec);
    cd_vec_init(e, a, v, type, n);
    return v;
}

void
cd_vec_set_absent(struct cd_vec *v, uint32_t i)
{
    if (v->kind == CD_KIND_BOOL) {
        v->v.b[i] = CD_A;
    } else {
        v->state[i] = CD_ABSENT;
    }
}

void
cd_vec_set_unknown(struct cd_arena *a, struct cd_vec *v, uint32_t i, uint32_t reason)
{
    if (v->kind == CD_KIND_BOOL) {
        v->v.b[i] = CD_U;
    } else {
        v->state[i] = CD_UNKNOWN;
    }
    if (reason != 0 && !v->reason) {
        v->reason = CD_NEW_ARRAY(a, v->cap, uint32_t);
    }
    if (v->reason) {
        v->reason[i] = reason;
    }
}

void
cd_vec_set_interval(struct cd_arena *a, struct cd_vec *v, uint32_t i, double lo, double hi)
{
    if (lo != hi && !v->hi) {
        v->hi = CD_NEW_ARRAY(a, v->cap, double);
        memcpy(v->hi, v->v.f64, v->n * sizeof *v->hi);
    }
    v->v.f64[i] = lo;
    if (v->hi) {
        v->hi[i] = hi;
    }
}

/* Makes room for MORE lanes. */
static void
reserve(struct cd_arena *a, struct cd_vec *v, uint32_t more)
{
    if (more <= v->cap - v->n) {
        return;
    }
    uint64_t wanted = (uint64_t)v->n + more;
    uint64_t doubled = v->cap < 8 ? 16 : (uint64_t)v->cap * 2;
    uint64_t grown = wanted > doubled ? wanted : doubled;
    uint32_t cap = grown < UINT32_MAX ? (uint32_t)grown : UINT32_MAX; /* no arena has so much */
    size_t size = lane_size(v->kind);
    if (size > 0) {
        v->v.b = cd_arena_grow(a, v->v.b, v->n, cap, size);
    }
    if (v->kind != CD_KIND_BOOL) {
        v->state = cd_arena_grow(a, v->state, v->n, cap, 1);
    }
    if (v->hi) {
        v->hi = cd_arena_grow(a, v->hi, v->n, cap, sizeof *v->hi);
    }
    if (v->reason) {
        v->reason = cd_arena_grow(a, v->reason, v->n, cap, sizeof *v->reason);
    }
    if (v->kind == CD_KIND_LIST) {
        v->off = cd_arena_grow(a, v->off, v->n, cap, sizeof *v->off);
        v->len = cd_arena_grow(a, v->len, v->n, cap, sizeof *v->len);
        v->open = cd_arena_grow(a, v->open, v->n, cap, sizeof *v->open);
    }
    v->cap = cap;
}

/* Copies the value slot of a lane that is no list. */
static void
copy_value(struct cd_arena *a, struct cd_vec *dst, uint32_t i, const struct cd_vec *src, uint32_t j)
{
    switch ((enum cd_kind)dst->kind) {
    case CD_KIND_BOOL: dst->v.b[i] = src->v.b[j]; return;
    case CD_KIND_STRING:
    case CD_KIND_JSON: dst->v.u32[i] = src->v.u32[j]; return;
    case CD_KIND_NUMBER:
        cd_vec_set_interval(a, dst, i, src->v.f64[j], src->hi ? src->hi[j] : src->v.f64[j]);
        return;
    case CD_KIND_TIME:
    case CD_KIND_DURATION:
    case CD_KIND_ROW:
    case CD_KIND_MAP: dst->v.u64[i] = src->v.u64[j]; return;
    case CD_KIND_LIST:
    case CD_N_KINDS: return;
    }
}

bool
cd_vec_copy_state(struct cd_arena *a, struct cd_vec *dst, uint32_t i, const struct cd_vec *src,
                  uint32_t j)
{
    enum cd_state state = cd_vec_state(src, j);
    if (state == CD_UNKNOWN) {
        cd_vec_set_unknown(a, dst, i, cd_vec_reason(src, j));
    } else if (state == CD_ABSENT) {
        cd_vec_set_absent(dst, i);
    }
    return state == CD_KNOWN;
}

bool
cd_vec_both_known(struct cd_arena *a, struct cd_vec *d, uint32_t i, const struct cd_vec *x,
                  const struct cd_vec *y)
{
    enum cd_state left = cd_vec_state(x, i);
    enum cd_state right = cd_vec_state(y, i);
    if (left == CD_ABSENT || right == CD_ABSENT) {
        cd_vec_set_absent(d, i);
        return false;
    }
    return cd_vec_copy_state(a, d, i, left == CD_UNKNOWN ? x : y, i);
}

static struct cd_vec *
elements_of(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *list)
{
    if (!list->elem) {
        list->elem = cd_vec_new(e, a, e->img->types.items[list->type].elem, 0);
    }
    return list->elem;
}

void
cd_vec_append(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v,
              const struct cd_vec *src, uint32_t i)
{
    reserve(a, v, 1);
    uint32_t at = v->n++;
    if (v->hi) {
        v->hi[at] = 0;
    }
    if (v->kind != CD_KIND_BOOL) {
        v->state[at] = CD_KNOWN;
    }
    if (v->kind == CD_KIND_LIST) {
        v->off[at] = v->elem ? v->elem->n : 0;
        v->len[at] = 0;
        v->open[at] = 0;
    }
    if (!cd_vec_copy_state(a, v, at, src, i)) {
        return;
    }
    if (v->kind != CD_KIND_LIST) {
        copy_value(a, v, at, src, i);
        return;
    }
    struct cd_vec *elem = elements_of(e, a, v);
    v->off[at] = elem->n;
    v->len[at] = src->len[i];
    v->open[at] = src->open[i];
    cd_vec_append_range(e, a, elem, src->elem, src->off[i], src->len[i]);
}

void
cd_vec_append_range(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *v,
                    const struct cd_vec *src, uint32_t from, uint32_t n)
{
    if (n == 0) {
        return;
    }
    if (v->kind == CD_KIND_LIST || v->hi || src->hi || v->reason || src->reason) {
        for (uint32_t k = 0; k < n; k++) {
            cd_vec_append(e, a, v, src, from + k);
        }
        return;
    }
    size_t size = lane_size(v->kind);
    reserve(a, v, n);
    memcpy(v->v.b + v->n * size, src->v.b + from * size, n * size);
    if (v->kind != CD_KIND_BOOL) {
        memcpy(v->state + v->n, src->state + from, n);
    }
    v->n += n;
}

void
cd_vec_copy_lane(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *dst, uint32_t i,
                 const struct cd_vec *src, uint32_t j)
{
    if (dst->kind != CD_KIND_LIST) {
        if (cd_vec_copy_state(a, dst, i, src, j)) {
            copy_value(a, dst, i, src, j);
        }
        return;
    }
    if (!cd_vec_copy_state(a, dst, i, src, j)) {
        return;
    }
    dst->len[i] = src->len[j];
    dst->open[i] = src->open[j];
    if (!dst->elem || dst->elem == src->elem) {
        dst->elem = src->elem;
        dst->off[i] = src->off[j];
        return;
    }
    /* Lanes of two vectors: the elements move to one of our own. */
    dst->off[i] = dst->elem->n;
    cd_vec_append_range(e, a, dst->elem, src->elem, src->off[j], src->len[j]);
}

static void
gather_u32(uint32_t *dst, const uint32_t *src, const uint32_t *idx, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        dst[i] = src[idx[i]];
    }
}

static void
gather_u8(uint8_t *dst, const uint8_t *src, const uint32_t *idx, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        dst[i] = src[idx[i]];
    }
}

static void
gather_u64(uint64_t *dst, const uint64_t *src, const uint32_t *idx, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        dst[i] = src[idx[i]];
    }
}

void
cd_vec_gather(const struct cd_eval *e, struct cd_arena *a, struct cd_vec *dst,
              const struct cd_vec *src, const uint32_t *idx, uint32_t n)
{
    init_from(e, a, dst, src->type, n, cd_arena_array_raw);
    if (src->kind != CD_KIND_BOOL) {
        gather_u8(dst->state, src->state, idx, n);
    }
    switch (lane_size(src->kind)) {
    case 1: gather_u8(dst->v.b, src->v.b, idx, n); break;
    case 4: gather_u32(dst->v.u32, src->v.u32, idx, n); break;
    case 8: gather_u64(dst->v.u64, src->v.u64, idx, n); break;
    default:
        gather_u32(dst->off, src->off, idx, n);
        gather_u32(dst->len, src->len, idx, n);
        gather_u32(dst->open, src->open, idx, n);
        dst->elem = src->elem;
        break;
    }
    if (src->hi) {
        dst->hi = CD_NEW_ARRAY(a, n, double);
        for (uint32_t i = 0; i < n; i++) {
            dst->hi[i] = src->hi[idx[i]];
        }
    }
    if (src->reason) {
        dst->reason = CD_NEW_ARRAY(a, n, uint32_t);
        gather_u32(dst->reason, src->reason, idx, n);
    }
}

enum cd_state
cd_vec_member_state(const struct cd_vec *v, uint32_t i)
{
    double number;
    enum cd_state state = cd_vec_state(v, i);
    bool is_interval =
        state == CD_KNOWN && v->kind == CD_KIND_NUMBER && !cd_vec_point(v, i, &number);
    return is_interval ? CD_UNKNOWN : state;
}

/* ---- equality ---- */

uint64_t
cd_vec_key(const struct cd_vec *v, uint32_t i)
{
    switch ((enum cd_kind)v->kind) {
    case CD_KIND_BOOL: return v->v.b[i];
    case CD_KIND_STRING:
    case CD_KIND_JSON: return v->v.u32[i];
    case CD_KIND_NUMBER: {
        double d = v->v.f64[i] == 0 ? 0 : v->v.f64[i]; /* one zero */
        uint64_t bits;
        memcpy(&bits, &d, sizeof bits);
        return bits;
    }
    case CD_KIND_TIME:
    case CD_KIND_DURATION:
    case CD_KIND_ROW:
    case CD_KIND_MAP: return v->v.u64[i];
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    return 0;
}

static enum cd_answer_value lanes_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i,
                                        const struct cd_vec *b, uint32_t j, int depth);

static enum cd_answer_value
numbers_equal(const struct cd_vec *a, uint32_t i, const struct cd_vec *b, uint32_t j)
{
    double alo = a->v.f64[i];
    double ahi = a->hi ? a->hi[i] : alo;
    double blo = b->v.f64[j];
    double bhi = b->hi ? b->hi[j] : blo;
    if (alo == ahi && blo == bhi) {
        return alo == blo ? CD_T : CD_F;
    }
    return ahi < blo || bhi < alo ? CD_F : CD_U;
}

static enum cd_answer_value json_equal(const struct cd_snapshot *s, uint32_t x, uint32_t y,
                                       int depth);

/* The elements of a json array that are known and not null: a null is none, an unknown one opens.
 */
struct json_items {
    const struct cd_snapshot *s;
    uint32_t at, left;
    bool open;
};

static struct json_items
items_of(const struct cd_snapshot *s, uint32_t array)
{
    struct json_items items = {s, array + 1, s->json[array].n, false};
    uint32_t at = items.at;
    for (uint32_t k = 0; k < items.left; k++, at = s->json[at].next) {
        items.open |= s->json[at].kind == CD_JSON_UNKNOWN;
    }
    return items;
}

/* CD_NONE behind the last one. */
static uint32_t
next_item(struct json_items *items)
{
    while (items->left > 0) {
        uint32_t found = items->at;
        const struct cd_json *v = &items->s->json[found];
        items->at = v->next;
        items->left--;
        if (v->kind != CD_JSON_NULL && v->kind != CD_JSON_UNKNOWN) {
            return found;
        }
    }
    return CD_NONE;
}

/* Can the elements of an open array, in their order, be elements of a closed one? */
static enum cd_answer_value
open_array_equal(struct json_items open, struct json_items closed, int depth)
{
    for (uint32_t x; (x = next_item(&open)) != CD_NONE;) {
        uint32_t y;
        do {
            y = next_item(&closed);
        } while (y != CD_NONE && json_equal(open.s, x, y, depth) == CD_F);
        if (y == CD_NONE) {
            return CD_F;
        }
    }
    return CD_U;
}

static enum cd_answer_value
arrays_equal(struct json_items a, struct json_items b, int depth)
{
    if (a.open || b.open) {
        return a.open && b.open ? CD_U
               : a.open         ? open_array_equal(a, b, depth)
                                : open_array_equal(b, a, depth);
    }
    enum cd_answer_value all = CD_T;
    while (all != CD_F) {
        uint32_t x = next_item(&a);
        uint32_t y = next_item(&b);
        if (x == CD_NONE || y == CD_NONE) {
            return x == y ? all : CD_F;
        }
        enum cd_answer_value one = json_equal(a.s, x, y, depth);
        all = one == CD_T ? all : one;
    }
    return CD_F;
}

/* Has object Y the members of X? One that is null is not there, one that is unknown need not be. */
static enum cd_answer_value
has_members(const struct cd_snapshot *s, uint32_t x, uint32_t y, int depth)
{
    enum cd_answer_value all = CD_T;
    uint32_t at = x + 1;
    for (uint32_t k = 0; k < s->json[x].n && all != CD_F; k++, at = s->json[at].next) {
        if (s->json[at].kind == CD_JSON_NULL) {
            continue;
        }
        uint32_t other = cd_json_member(s, y, s->json[at].key);
        bool there = other != CD_NONE && s->json[other].kind != CD_JSON_NULL;
        enum cd_answer_value one = there ? json_equal(s, at, other, depth)
                                   : s->json[at].kind == CD_JSON_UNKNOWN ? CD_U
                                                                         : CD_F;
        all = one == CD_T ? all : one;
    }
    return all;
}

static enum cd_answer_value
objects_equal(const struct cd_snapshot *s, uint32_t x, uint32_t y, int depth)
{
    enum cd_answer_value left = has_members(s, x, y, depth);
    enum cd_answer_value right = left == CD_F ? CD_F : has_members(s, y, x, depth);
    return right == CD_F ? CD_F : left == CD_U || right == CD_U ? CD_U : CD_T;
}

static enum cd_answer_value
json_equal(const struct cd_snapshot *s, uint32_t x, uint32_t y, int depth)
{
    const struct cd_json *a = &s->json[x];
    const struct cd_json *b = &s->json[y];
    if (a->kind == CD_JSON_NULL || b->kind == CD_JSON_NULL) {
        return CD_F;
    }
    if (a->kind == CD_JSON_UNKNOWN || b->kind == CD_JSON_UNKNOWN) {
        return CD_U;
    }
    if (a->kind != b->kind || depth > EQUAL_DEPTH * 20) {
        return CD_F;
    }
    if (a->kind == CD_JSON_NUMBER) {
        return a->number == b->number ? CD_T : CD_F;
    }
    if (a->kind == CD_JSON_ARRAY) {
        return arrays_equal(items_of(s, x), items_of(s, y), depth + 1);
    }
    if (a->kind == CD_JSON_OBJECT) {
        return objects_equal(s, x, y, depth + 1);
    }
    return a->kind != CD_JSON_STRING || a->n == b->n ? CD_T : CD_F;
}

/* A json value against one of another kind: equal only if it holds the same kind of scalar. */
static enum cd_answer_value
json_equals_scalar(const struct cd_eval *e, uint32_t json, const struct cd_vec *b, uint32_t j)
{
    const struct cd_json *v = &e->s->json[json];
    if (v->kind == CD_JSON_UNKNOWN) {
        return CD_U;
    }
    if (b->kind == CD_KIND_BOOL) {
        return v->kind == (b->v.b[j] == CD_T ? CD_JSON_TRUE : CD_JSON_FALSE) ? CD_T : CD_F;
    }
    if (b->kind == CD_KIND_STRING) {
        return v->kind == CD_JSON_STRING && v->n == b->v.u32[j] ? CD_T : CD_F;
    }
    if (b->kind == CD_KIND_NUMBER && v->kind == CD_JSON_NUMBER) {
        double lo = b->v.f64[j];
        double hi = b->hi ? b->hi[j] : lo;
        return v->number < lo || v->number > hi ? CD_F : lo == hi ? CD_T : CD_U;
    }
    return CD_F;
}

/* The same of a known string and a list of strings: the common case. */
static bool
holds_string(const struct cd_vec *list, uint32_t j, uint32_t string)
{
    const uint32_t *ids = list->elem->v.u32 + list->off[j];
    for (uint32_t k = 0; k < list->len[j]; k++) {
        if (ids[k] == string && list->elem->state[list->off[j] + k] == CD_KNOWN) {
            return true;
        }
    }
    return false;
}

static enum cd_answer_value
member_at_depth(const struct cd_eval *e, const struct cd_vec *x, uint32_t i,
                const struct cd_vec *list, uint32_t j, int depth)
{
    enum cd_answer_value any = list->open[j] ? CD_U : CD_F;
    if (x->kind == CD_KIND_STRING && x->state[i] == CD_KNOWN && list->len[j] > 0
        && list->elem->kind == CD_KIND_STRING) {
        return holds_string(list, j, x->v.u32[i]) ? CD_T : any;
    }
    for (uint32_t k = 0; k < list->len[j]; k++) {
        enum cd_answer_value one = lanes_equal(e, x, i, list->elem, list->off[j] + k, depth);
        if (one == CD_T) {
            return CD_T;
        }
        any = one == CD_U ? CD_U : any;
    }
    return any;
}

enum cd_answer_value
cd_vec_member(const struct cd_eval *e, const struct cd_vec *x, uint32_t i,
              const struct cd_vec *list, uint32_t j)
{
    return member_at_depth(e, x, i, list, j, 0);
}

/* Is every known member of lane I of A in lane J of B? */
static enum cd_answer_value
is_subset(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
          uint32_t j, int depth)
{
    enum cd_answer_value all = CD_T;
    for (uint32_t k = 0; k < a->len[i]; k++) {
        enum cd_answer_value one = member_at_depth(e, a->elem, a->off[i] + k, b, j, depth);
        if (one == CD_F) {
            return CD_F;
        }
        all = one == CD_U ? CD_U : all;
    }
    return all;
}

static enum cd_answer_value
sets_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
           uint32_t j, int depth)
{
    enum cd_answer_value left = is_subset(e, a, i, b, j, depth);
    if (left == CD_F) {
        return CD_F;
    }
    enum cd_answer_value right = is_subset(e, b, j, a, i, depth);
    if (right == CD_F) {
        return CD_F;
    }
    return left == CD_T && right == CD_T && !a->open[i] && !b->open[j] ? CD_T : CD_U;
}

/* Can the known members of the open lane I of A, in their order, be members of the closed lane J of
 * B? */
static enum cd_answer_value
open_list_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
                uint32_t j, int depth)
{
    uint32_t at = 0;
    for (uint32_t k = 0; k < a->len[i]; k++) {
        while (at < b->len[j]
               && lanes_equal(e, a->elem, a->off[i] + k, b->elem, b->off[j] + at, depth) == CD_F) {
            at++;
        }
        if (at++ >= b->len[j]) {
            return CD_F;
        }
    }
    return CD_U;
}

static enum cd_answer_value
lists_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
            uint32_t j, int depth)
{
    if (a->open[i] && b->open[j]) {
        return CD_U;
    }
    if (a->open[i]) {
        return open_list_equal(e, a, i, b, j, depth);
    }
    if (b->open[j]) {
        return open_list_equal(e, b, j, a, i, depth);
    }
    enum cd_answer_value all = a->len[i] == b->len[j] ? CD_T : CD_F;
    for (uint32_t k = 0; k < a->len[i] && all != CD_F; k++) {
        enum cd_answer_value one =
            lanes_equal(e, a->elem, a->off[i] + k, b->elem, b->off[j] + k, depth);
        all = one == CD_F ? CD_F : one == CD_U ? CD_U : all;
    }
    return all;
}

static enum cd_answer_value
lanes_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
            uint32_t j, int depth)
{
    enum cd_state x = cd_vec_state(a, i);
    enum cd_state y = cd_vec_state(b, j);
    if (x == CD_ABSENT || y == CD_ABSENT || depth > EQUAL_DEPTH) {
        return CD_F;
    }
    if (x == CD_UNKNOWN || y == CD_UNKNOWN) {
        return CD_U;
    }
    if (a->kind == CD_KIND_JSON && b->kind == CD_KIND_JSON) {
        return json_equal(e->s, a->v.u32[i], b->v.u32[j], 0);
    }
    if (a->kind == CD_KIND_JSON) {
        return json_equals_scalar(e, a->v.u32[i], b, j);
    }
    if (b->kind == CD_KIND_JSON) {
        return json_equals_scalar(e, b->v.u32[j], a, i);
    }
    if (a->kind != b->kind) {
        return CD_F;
    }
    if (a->kind == CD_KIND_NUMBER) {
        return numbers_equal(a, i, b, j);
    }
    if (a->kind == CD_KIND_LIST) {
        bool sets =
            e->img->types.items[a->type].is_set != 0 || e->img->types.items[b->type].is_set != 0;
        return sets ? sets_equal(e, a, i, b, j, depth + 1) : lists_equal(e, a, i, b, j, depth + 1);
    }
    return cd_vec_key(a, i) == cd_vec_key(b, j) ? CD_T : CD_F;
}

enum cd_answer_value
cd_vec_equal(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
             uint32_t j)
{
    return lanes_equal(e, a, i, b, j, 0);
}

/* Have two open collections the same known members? */
static bool
same_members(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
             uint32_t j)
{
    bool ordered =
        e->img->types.items[a->type].is_set == 0 && e->img->types.items[b->type].is_set == 0;
    bool same = a->len[i] == b->len[j];
    for (uint32_t k = 0; k < a->len[i] && same; k++) {
        uint32_t first = ordered ? k : 0;
        uint32_t end = ordered ? k + 1 : b->len[j];
        same = false;
        for (uint32_t m = first; m < end && !same; m++) {
            same = lanes_equal(e, a->elem, a->off[i] + k, b->elem, b->off[j] + m, 1) == CD_T;
        }
    }
    return same;
}

bool
cd_vec_same(const struct cd_eval *e, const struct cd_vec *a, uint32_t i, const struct cd_vec *b,
            uint32_t j)
{
    if (a->kind == CD_KIND_NUMBER && a->hi && b->hi && a->v.f64[i] == b->v.f64[j]
        && a->hi[i] == b->hi[j]) {
        return true;
    }
    if (a->kind == CD_KIND_LIST && b->kind == CD_KIND_LIST && a->open[i] && b->open[j]) {
        return same_members(e, a, i, b, j);
    }
    return lanes_equal(e, a, i, b, j, 0) == CD_T;
}
