/* Properties of types that the reference tables do not know: nothing can be asked of them, and the
 * normalized form passes them on. */
#include "runtime/ingest/load.h"

static struct cd_unshaped *
find(const struct cd_ingest *in, const struct cd_table *table)
{
    for (size_t i = 0; i < in->n_unshaped; i++) {
        if (in->unshaped[i].table == table) {
            return &in->unshaped[i];
        }
    }
    return NULL;
}

static bool
reach(struct cd_load *l, struct cd_unshaped *u, uint32_t row)
{
    if (row < u->n) {
        return true;
    }
    uint32_t n = row < 16 ? 16 : row * 2;
    uint32_t *values = cd_arena_grow(&l->s->arena, u->values, u->n, n, sizeof *values);
    if (values == NULL) {
        return false;
    }
    for (uint32_t i = u->n; i < n; i++) {
        values[i] = CD_NONE;
    }
    u->values = values;
    u->n = n;
    return true;
}

/* The members of AWS Config's object under names that begin in upper case. */
static uint32_t
renamed(struct cd_load *l, struct cd_dom_val val)
{
    uint32_t object = cd_json_add(l->s, CD_JSON_OBJECT, 0);
    uint32_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(val); object != CD_NONE && cd_dom_next(&it); n++) {
        uint32_t member = cd_heap_add(l, it.val, CD_DIALECT_CONFIG);
        cd_buf_clear(&l->text);
        cd_buf_str(&l->text, it.key);
        if (it.key.n > 0 && it.key.p[0] >= 'a' && it.key.p[0] <= 'z') {
            l->text.p[0] = (char)(l->text.p[0] - 32);
        }
        if (member == CD_NONE || l->text.oom) {
            return CD_NONE;
        }
        l->s->json[member].key = cd_load_str(l, cd_buf_view(&l->text));
    }
    if (object != CD_NONE) {
        cd_json_close(l->s, object, n);
        cd_heap_hide_duplicates(l, object, n);
    }
    return object;
}

void
cd_unshaped_set(struct cd_load *l, const struct cd_table *table, uint32_t row, uint32_t value)
{
    struct cd_unshaped *u = find(l->in, table);
    if (u == NULL) {
        u = CD_PUSH(&l->s->arena, l->in->unshaped, l->in->n_unshaped, l->in->cap_unshaped);
        if (u != NULL) {
            u->table = table;
        }
    }
    cd_load_ok(l, value != CD_NONE && u != NULL && reach(l, u, row));
    if (!l->oom) {
        u->values[row] = value;
    }
}

void
cd_unshaped_add(struct cd_load *l, const struct cd_table *table, uint32_t row,
                struct cd_dom_val val, enum cd_dialect dialect)
{
    bool is_renamed = dialect == CD_DIALECT_CONFIG && cd_dom_is(val, '{');
    uint32_t value = is_renamed ? renamed(l, val) : cd_heap_add(l, val, dialect);
    cd_unshaped_set(l, table, row, value);
}

uint32_t
cd_unshaped_get(const struct cd_ingest *in, const struct cd_table *table, uint32_t row)
{
    const struct cd_unshaped *u = in == NULL ? NULL : find(in, table);
    return u == NULL || row >= u->n ? CD_NONE : u->values[row];
}
