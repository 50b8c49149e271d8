/* `ref -> TYPE`: the resource that an ARN, an id or a further name stands for, and what a miss
 * means. */
#include "runtime/vm/vm.h"

#include "runtime/schema/schema.h"
#include "runtime/vm/pattern.h"

/* ---- the maps of a table ---- */

/* The form of a type's ARNs as a pattern: every placeholder a star. CD_NO_STR if the type has none.
 */
static uint32_t
own_arn_pattern(struct cd_eval *e, uint32_t schema)
{
    struct cd_str format = cd_schema_arn_format(schema);
    struct cd_buf out = CD_BUF_INIT;
    for (size_t i = 0; i < format.n; i++) {
        bool opens = format.p[i] == '$';
        cd_buf_putc(&out, opens ? '*' : format.p[i]);
        i = opens ? cd_str_find(format, '}', i) : i;
    }
    uint32_t id = out.oom ? CD_NO_STR : cd_snapshot_str(e->s, cd_buf_view(&out));
    cd_buf_finish(&out);
    if (id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return format.n == 0 ? CD_NO_STR : id;
}

/* A further name of ROW is not known: it may be any. */
static void
add_nameless(struct cd_eval *e, struct cd_follow_index *f, uint32_t row)
{
    if (f->n_nameless > 0 && f->nameless[f->n_nameless - 1] == row) {
        return;
    }
    *CD_PUSH(&e->arena, f->nameless, f->n_nameless, f->cap_nameless) = row;
}

void
cd_name_map_add(struct cd_arena *a, struct cd_name_map *m, uint32_t name, uint32_t row)
{
    uint32_t head;
    if (m->n == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 64;
        m->row = cd_arena_grow(a, m->row, m->n, cap, sizeof *m->row);
        m->next = cd_arena_grow(a, m->next, m->n, cap, sizeof *m->next);
        m->cap = cap;
    }
    m->row[m->n] = row;
    m->next[m->n] = cd_idmap_get(&m->head, name, &head) ? head : CD_NONE;
    cd_idmap_put(a, &m->head, name, (uint32_t)m->n);
    m->n++;
}

static void
add_one_name(struct cd_eval *e, struct cd_follow_index *f, const struct cd_node *n, uint32_t at,
             uint32_t row)
{
    enum cd_state state = cd_node_state(n, at);
    if (state == CD_UNKNOWN) {
        add_nameless(e, f, row);
    } else if (state == CD_KNOWN && n->kind == CD_NODE_STRING) {
        cd_name_map_add(&e->arena, &f->names, n->v.u32[at], row);
    }
}

/* Enters the names that a property of a row holds: a string, or a list of them. */
static void
add_names(struct cd_eval *e, struct cd_follow_index *f, const struct cd_node *n, uint32_t row)
{
    if (n->kind != CD_NODE_LIST || cd_node_state(n, row) != CD_KNOWN) {
        add_one_name(e, f, n, row, row);
        return;
    }
    if (cd_node_open_reason(n, row) != 0) {
        add_nameless(e, f, row);
    }
    for (uint32_t k = 0; n->child[0] && k < n->len[row]; k++) {
        add_one_name(e, f, n->child[0], n->off[row] + k, row);
    }
}

/* The column of the I-th further name of the table's type; NULL if the snapshot has none. */
static const struct cd_node *
name_column(struct cd_eval *e, const struct cd_table *t, uint32_t i)
{
    struct cd_str name = cd_schema_name_property(t->schema, i);
    if (cd_str_ends(name, CD_STR("[]"))) {
        name = cd_str_sub(name, 0, name.n - 2);
    }
    uint32_t slot = cd_node_slot(e->s, t->root, name);
    return slot == CD_NONE ? NULL : t->root->child[slot];
}

static void
make_row_set(struct cd_eval *e, struct cd_row_set *set, uint32_t n)
{
    uint32_t n_slots = 16;
    while (n_slots / 4 * 3 < n && n_slots < UINT32_C(1) << 31) {
        n_slots *= 2;
    }
    set->slots = CD_NEW_ARRAY(&e->arena, n_slots, uint32_t);
    set->mask = n_slots - 1;
}

static void
put_row(struct cd_row_set *set, uint64_t hash, uint32_t row)
{
    uint32_t i = (uint32_t)hash & set->mask;
    while (set->slots[i] != 0) {
        i = (i + 1) & set->mask;
    }
    set->slots[i] = row + 1;
}

static uint64_t
id_hash(uint32_t id)
{
    return id * UINT64_C(0x9E3779B97F4A7C15) >> 32;
}

/* Of an ARN by the type's format: of those parts of it that name no partition. The id is one of
 * many, and taken as text: to look each up in a dictionary would take longer. */
static uint64_t
made_hash(const struct cd_follow_index *f, struct cd_str id, uint32_t account, uint32_t region)
{
    uint64_t h = cd_str_hash(id);
    h = (h ^ (f->arn_has_account ? account : 0)) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ (f->arn_has_region ? region : 0)) * UINT64_C(0x9E3779B97F4A7C15);
    return h >> 32;
}

/* Rows by their ids, and by their ARNs, of which most are nowhere in the dictionary, and are not
 * made for this: one by the type's format is entered by what it is made of. */
static void
index_rows(struct cd_eval *e, struct cd_follow_index *f, const struct cd_table *t)
{
    for (unsigned i = 0; i < t->arn_format.n; i++) {
        bool is_part = t->arn_format.pieces[i].literal.n == 0;
        f->arn_has_account |= is_part && t->arn_format.pieces[i].part == CD_OF_ARN_ACCOUNT;
        f->arn_has_region |= is_part && t->arn_format.pieces[i].part == CD_OF_ARN_REGION;
    }
    make_row_set(e, &f->arns, t->n_live);
    make_row_set(e, &f->ids, t->n_live);
    for (uint32_t row = 0; row < t->n; row++) {
        if (cd_table_is_dead(t, row)) {
            continue;
        }
        uint32_t arn = t->arn ? t->arn[row] : CD_ARN_MADE;
        if (arn == CD_ARN_MADE) {
            const struct cd_site *site = cd_table_site(e->s, t, row);
            struct cd_str id = t->id[row] == CD_NO_STR ? CD_STR("") : cd_vm_text(e, t->id[row]);
            put_row(&f->arns, made_hash(f, id, site->account, site->region), row);
        } else if (arn != CD_NO_STR) {
            put_row(&f->arns, id_hash(arn), row);
        }
        if (t->id[row] != CD_NO_STR) {
            put_row(&f->ids, id_hash(t->id[row]), row);
        }
    }
}

static void
make_index(struct cd_eval *e, struct cd_follow_index *f, uint32_t shape)
{
    f->type = cd_image_str(e->img, e->img->shapes.items[shape].name);
    f->is_bucket = cd_str_eq(f->type, CD_STR("AWS::S3::Bucket"));
    uint32_t schema = cd_schema_find_shape(f->type);
    f->is_global = schema != CD_SCHEMA_NONE && cd_schema_shape_at(schema).is_global;
    f->table = cd_snapshot_find_table(e->s, f->type);
    f->own_arn = schema == CD_SCHEMA_NONE ? CD_NO_STR : own_arn_pattern(e, schema);
    f->made = true;
    const struct cd_table *t = f->table;
    if (t) {
        index_rows(e, f, t);
    }
    uint32_t n_names = t && t->schema != CD_SCHEMA_NONE ? cd_schema_n_names(t->schema) : 0;
    for (uint32_t i = 0; i < n_names; i++) {
        const struct cd_node *column = name_column(e, t, i);
        for (uint32_t row = 0; column && row < t->n; row++) {
            if (!cd_table_is_dead(t, row)) {
                add_names(e, f, column, row);
            }
        }
    }
}

/* ---- where a reference points to ---- */

/* Account and region, CD_NO_STR: all of them. */
struct target {
    uint32_t account, region;
    bool narrows; /* a row elsewhere is not meant */
};

static uint32_t
id_of(const struct cd_eval *e, struct cd_str s)
{
    uint32_t id = cd_intern_find(&e->s->dict, s);
    return id == CD_NO_STR ? e->s->dict.n : id; /* a name that nothing has, which is not «all» */
}

/* The part of the table that a reference points into. HOLDER: the resource that holds it, CD_NONE
 * if none does. */
static struct target
target_of(const struct cd_eval *e, const struct cd_follow_index *f, struct cd_str ref,
          uint32_t holder_table, uint32_t holder_row)
{
    struct cd_str segments[CD_ARN_SEGMENTS];
    struct target everywhere = {CD_NO_STR, CD_NO_STR, false};
    if (f->is_bucket) {
        return everywhere; /* bucket names are one for all accounts */
    }
    if (cd_arn_split(ref, segments)) {
        return (struct target){segments[4].n ? id_of(e, segments[4]) : CD_NO_STR,
                               segments[3].n ? id_of(e, segments[3]) : CD_NO_STR, false};
    }
    if (holder_table == CD_NONE) {
        return everywhere;
    }
    const struct cd_table *t = e->s->tables[holder_table];
    const struct cd_site *site = cd_table_site(e->s, t, holder_row);
    return (struct target){site->account, site->region, true};
}

static bool
is_meant(const struct cd_eval *e, const struct cd_follow_index *f, const struct target *to,
         uint32_t row)
{
    if (!to->narrows) {
        return true;
    }
    const struct cd_site *site = cd_table_site(e->s, f->table, row);
    return site->account == to->account && (f->is_global || site->region == to->region);
}

/* ---- looking up ---- */

struct found {
    uint32_t row;
    uint32_t n;     /* rows that are meant, 2 for several */
    bool elsewhere; /* a row of this name that is not meant */
};

static void
find(struct found *out, uint32_t row)
{
    if (out->n == 0 || out->row != row) {
        out->row = row;
        out->n++;
    }
}

static void
look_in(const struct cd_eval *e, const struct cd_follow_index *f, const struct cd_name_map *m,
        uint32_t name, const struct target *to, struct found *out)
{
    uint32_t at;
    if (!cd_idmap_get(&m->head, name, &at)) {
        return;
    }
    for (; at != CD_NONE && out->n < 2; at = m->next[at]) {
        if (is_meant(e, f, to, m->row[at])) {
            find(out, m->row[at]);
        } else {
            out->elsewhere = true;
        }
    }
}

/* Rows that stand behind HASH until a free slot. False: there are no more. */
static bool
next_row(const struct cd_row_set *set, uint32_t *slot, uint32_t *row)
{
    if (!set->slots || set->slots[*slot & set->mask] == 0) {
        return false;
    }
    *row = set->slots[*slot & set->mask] - 1;
    ++*slot;
    return true;
}

/* Rows of this ARN that stand behind HASH. */
static void
look_behind(const struct cd_eval *e, const struct cd_follow_index *f, uint64_t hash,
            struct cd_str arn, struct found *out)
{
    uint32_t row;
    uint32_t slot = (uint32_t)hash;
    while (out->n < 2 && next_row(&f->arns, &slot, &row)) {
        if (cd_table_arn_is(e->s, f->table, row, arn)) {
            find(out, row);
        }
    }
}

static void
look_for_arn(const struct cd_eval *e, const struct cd_follow_index *f, uint32_t ref,
             struct found *out)
{
    struct cd_arn_parts parts;
    struct cd_str arn = cd_vm_text(e, ref);
    look_behind(e, f, id_hash(ref), arn, out);
    if (f->table && cd_arn_take_apart(&f->table->arn_format, arn, &parts)) {
        uint64_t hash =
            made_hash(f, parts.part[CD_OF_ARN_ID], id_of(e, parts.part[CD_OF_ARN_ACCOUNT]),
                      id_of(e, parts.part[CD_OF_ARN_REGION]));
        look_behind(e, f, hash, arn, out);
    }
}

static void
look_for_id(const struct cd_eval *e, const struct cd_follow_index *f, uint32_t id,
            const struct target *to, struct found *out)
{
    uint32_t row;
    uint32_t slot = (uint32_t)id_hash(id);
    while (out->n < 2 && next_row(&f->ids, &slot, &row)) {
        if (f->table->id[row] != id) {
            continue;
        }
        if (is_meant(e, f, to, row)) {
            find(out, row);
        } else {
            out->elsewhere = true;
        }
    }
}

/* May a row that is meant, other than ROW, have the name, too? */
static bool
may_be_another(const struct cd_eval *e, const struct cd_follow_index *f, const struct target *to,
               uint32_t row)
{
    for (size_t i = 0; i < f->n_nameless; i++) {
        if (f->nameless[i] != row && is_meant(e, f, to, f->nameless[i])) {
            return true;
        }
    }
    return false;
}

/* Does an ARN have the form of the type's own,
 * `arn:${Partition}:kms:${Region}:${Account}:key/${Id}`? Then it is no further name. */
static bool
is_own_arn(struct cd_eval *e, const struct cd_follow_index *f, struct cd_str ref)
{
    if (f->own_arn == CD_NO_STR || !cd_str_starts(ref, CD_STR("arn:"))) {
        return false;
    }
    return cd_arn_like(cd_vm_text(e, f->own_arn), ref);
}

static bool
is_complete(struct cd_eval *e, struct cd_follow_index *f, const struct target *to)
{
    bool by_account = f->is_global || to->region == CD_NO_STR;
    uint32_t known;
    if (by_account && to->account != CD_NO_STR && cd_idmap_get(&f->complete, to->account, &known)) {
        return known != 0;
    }
    bool complete = cd_snapshot_is_complete_at(e->s, f->type, to->account, to->region);
    if (by_account && to->account != CD_NO_STR) {
        cd_idmap_put(&e->arena, &f->complete, to->account, complete);
    }
    return complete;
}

static void
follow_lane(struct cd_eval *e, struct cd_arena *a, struct cd_follow_index *f, struct cd_vec *d,
            uint32_t i, uint32_t ref, uint32_t holder_table, uint32_t holder_row)
{
    struct target to = target_of(e, f, cd_vm_text(e, ref), holder_table, holder_row);
    struct found found = {CD_NONE, 0, false};
    look_for_arn(e, f, ref, &found);
    if (found.n == 0) {
        look_for_id(e, f, ref, &to, &found);
    }
    bool may_be_name = found.n == 0 && !is_own_arn(e, f, cd_vm_text(e, ref));
    if (may_be_name) {
        look_in(e, f, &f->names, ref, &to, &found);
        found.n += found.n == 1 && may_be_another(e, f, &to, found.row);
    }
    if (found.n == 1) {
        d->v.u64[i] = cd_rowref_of(f->table->root->id, found.row);
    } else if (found.n > 1) {
        cd_vec_set_unknown(a, d, i, e->why_several);
    } else if (found.elsewhere) {
        cd_vec_set_unknown(a, d, i, e->why_elsewhere);
    } else if ((may_be_name && f->n_nameless > 0) || !is_complete(e, f, &to)) {
        cd_vec_set_unknown(a, d, i, e->why_missed);
    } else {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_follow(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *holder = in->b == CD_NONE ? NULL : cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    struct cd_follow_index *f = &e->follows[in->c];
    if (!f->made) {
        make_index(e, f, in->c);
    }
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t table = CD_NONE;
        uint32_t row = 0;
        if (holder && holder->state[i] == CD_KNOWN) {
            cd_snapshot_owner(e->s, holder->v.u64[i], &table, &row);
        }
        if (cd_vec_copy_state(a, d, i, x, i)) {
            follow_lane(e, a, f, d, i, x->v.u32[i], table, row);
        }
    }
}
