/* Join indexes: the rows of a table by a string that they hold, built when a program first asks. */
#include "runtime/vm/vm.h"

#include <stdlib.h>

/* A row's key, while an index is made. */
struct keyed {
    uint32_t group;
    uint32_t row;
};

/* Follows the index's path from ROW of the table; gives the state of the key. */
static enum cd_state
key_of(const struct cd_eval *e, const struct cd_index *index, const struct cd_table *t,
       uint32_t row, uint32_t *key)
{
    const struct cd_node *n = t->root;
    for (uint32_t i = 0; i < index->n_path; i++) {
        uint32_t slot = e->img->paths.items[index->first_path + i];
        if (n->kind != CD_NODE_RECORD || slot >= n->n_child || !n->child[slot]) {
            return CD_ABSENT;
        }
        n = n->child[slot];
        if (cd_node_state(n, row) != CD_KNOWN) {
            return cd_node_state(n, row);
        }
    }
    if (n->kind != CD_NODE_STRING) {
        return CD_ABSENT;
    }
    *key = n->v.u32[row];
    return CD_KNOWN;
}

static enum cd_state
env_key_of(struct cd_eval *e, enum cd_env env, const struct cd_table *t, uint32_t row,
           uint32_t *key)
{
    switch (env) {
    case CD_ENVOP_ID: *key = t->id[row]; break;
    case CD_ENVOP_ARN: *key = cd_vm_arn(e, t, row); break;
    case CD_ENVOP_TYPE: *key = t->type; break;
    case CD_ENVOP_PARTITION: *key = cd_table_site(e->s, t, row)->partition; break;
    case CD_ENVOP_REGION: *key = cd_table_site(e->s, t, row)->region; break;
    case CD_ENVOP_ACCOUNT: *key = cd_table_site(e->s, t, row)->account; break;
    case CD_ENVOP_TAGS:
    case CD_ENVOP_CAPTURED:
    case CD_N_ENV: *key = CD_NO_STR; break;
    }
    return *key == CD_NO_STR ? CD_ABSENT : CD_KNOWN;
}

/* Orders the keyed rows by group, keeping their order, and lays them out behind each other. */
static void
lay_out(struct cd_eval *e, struct cd_join_index *out, const struct keyed *rows, uint32_t n,
        uint32_t root)
{
    struct cd_arena *a = &e->arena;
    out->first = CD_NEW_ARRAY(a, out->n_groups, uint32_t);
    uint32_t *filled = CD_NEW_ARRAY(a, out->n_groups, uint32_t);
    for (uint32_t g = 1; g < out->n_groups; g++) {
        out->first[g] = out->first[g - 1] + out->len[g - 1];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = out->first[rows[i].group] + filled[rows[i].group]++;
        out->rows->v.u64[at] = cd_rowref_of(root, rows[i].row);
    }
}

/* A type of rows of SHAPE, of which the image need not have one. */
static struct cd_vec *
row_vector(struct cd_eval *e, uint32_t n)
{
    struct cd_vec *v = CD_NEW(&e->arena, struct cd_vec);
    v->type = CD_NONE; /* set by whoever gathers from it */
    v->kind = CD_KIND_ROW;
    v->n = v->cap = n;
    v->state = cd_arena_alloc(&e->arena, n);
    v->v.u64 = CD_NEW_ARRAY(&e->arena, n, uint64_t);
    return v;
}

static void
add_key(struct cd_eval *e, struct cd_join_index *out, size_t *cap, struct keyed *rows, uint32_t i,
        uint32_t key, uint32_t row)
{
    uint32_t group;
    if (!cd_idmap_get(&out->group, key, &group)) {
        group = out->n_groups;
        if (group == *cap) {
            size_t grown = *cap ? *cap * 2 : 64;
            out->len = cd_arena_grow(&e->arena, out->len, group, grown, sizeof *out->len);
            *cap = grown;
        }
        out->n_groups++;
        cd_idmap_put(&e->arena, &out->group, key, group);
    }
    out->len[group]++;
    rows[i] = (struct keyed){group, row};
}

static void
fill(struct cd_eval *e, const struct cd_index *index, const struct cd_table *t,
     struct cd_join_index *out)
{
    uint32_t root = t->root->id;
    struct keyed *rows = CD_NEW_ARRAY(&e->arena, t->n_live, struct keyed);
    uint32_t *unknown = CD_NEW_ARRAY(&e->arena, t->n_live, uint32_t);
    uint32_t *absent = CD_NEW_ARRAY(&e->arena, t->n_live, uint32_t);
    uint32_t n = 0;
    uint32_t n_unknown = 0;
    uint32_t n_absent = 0;
    size_t cap = 0;
    for (uint32_t row = 0; row < t->n; row++) {
        uint32_t key = CD_NO_STR;
        if (cd_table_is_dead(t, row)) {
            continue;
        }
        enum cd_state state = index->n_path == 0
                                  ? env_key_of(e, (enum cd_env)index->env, t, row, &key)
                                  : key_of(e, index, t, row, &key);
        if (state == CD_KNOWN) {
            add_key(e, out, &cap, rows, n++, key, row);
        } else if (state == CD_UNKNOWN) {
            unknown[n_unknown++] = row;
        } else {
            absent[n_absent++] = row;
        }
    }
    out->rows = row_vector(e, t->n_live);
    lay_out(e, out, rows, n, root);
    out->first_unknown = n;
    out->n_unknown = n_unknown;
    for (uint32_t i = 0; i < n_unknown; i++) {
        out->rows->v.u64[n + i] = cd_rowref_of(root, unknown[i]);
    }
    for (uint32_t i = 0; i < n_absent; i++) {
        out->rows->v.u64[n + n_unknown + i] = cd_rowref_of(root, absent[i]);
    }
}

struct cd_join_index *
cd_vm_join(struct cd_eval *e, uint32_t index)
{
    struct cd_join_index *out = &e->joins[index];
    if (out->made) {
        return out;
    }
    const struct cd_index *wanted = &e->img->indexes.items[index];
    struct cd_str type = cd_image_str(e->img, e->img->shapes.items[wanted->shape].name);
    const struct cd_table *t = cd_snapshot_find_table(e->s, type);
    out->open = cd_vm_complete(e, wanted->shape) ? 0 : e->why_open;
    if (t) {
        fill(e, wanted, t, out);
    } else {
        out->rows = row_vector(e, 0);
    }
    out->made = true;
    return out;
}
