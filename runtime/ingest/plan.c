/* Plans: where the value of each property of a record stands in its source, worked out once from
 * the mappings, the regular rule and what AWS Config is known to carry. */
#include "runtime/ingest/load.h"

#include "runtime/schema/schema.h"

static struct cd_arena *
arena_of(struct cd_load *l)
{
    return &l->s->arena;
}

/* ---- tries ---- */

static struct cd_trie *
new_trie(struct cd_load *l)
{
    struct cd_trie *t = CD_NEW(arena_of(l), struct cd_trie);
    if (t != NULL) {
        cd_keys_init(&t->keys, arena_of(l));
    }
    return t;
}

/* The entry of NAME, made if it is not there; NULL: out of memory. */
static struct cd_trie_entry *
trie_entry(struct cd_load *l, struct cd_trie *t, struct cd_str name)
{
    uint32_t which = cd_keys_add(&t->keys, name);
    if (which == CD_NONE) {
        return NULL;
    }
    if (which == t->n) {
        struct cd_trie_entry *e = CD_PUSH(arena_of(l), t->entries, t->n, t->cap);
        if (e == NULL) {
            return NULL;
        }
        e->leaf = CD_NONE;
    }
    return &t->entries[which];
}

/* The leaf at PATH below trie I of PLAN; CD_NONE: out of memory. PATH lives as long as the
 * snapshot. */
static uint32_t
leaf_at(struct cd_load *l, struct cd_plan *plan, unsigned i, struct cd_str path)
{
    if (plan->trie[i] == NULL && (plan->trie[i] = new_trie(l)) == NULL) {
        return CD_NONE;
    }
    struct cd_trie *t = plan->trie[i];
    size_t from = 0;
    struct cd_trie_entry *e;
    for (;;) {
        size_t dot = cd_str_find(path, '.', from);
        e = trie_entry(l, t, cd_str_sub(path, from, dot));
        if (e == NULL) {
            return CD_NONE;
        }
        if (dot == path.n) {
            break;
        }
        if (e->below == NULL && (e->below = new_trie(l)) == NULL) {
            return CD_NONE;
        }
        t = e->below;
        from = dot + 1;
    }
    if (e->leaf == CD_NONE) {
        struct cd_leaf *leaf = CD_PUSH(arena_of(l), plan->leaves, plan->n_leaves, plan->cap_leaves);
        if (leaf == NULL) {
            return CD_NONE;
        }
        leaf->wanted = cd_str_sub(path, from, path.n);
        const char *envelope = !plan->is_root ? ""
                               : i == 0       ? "configuration."
                                              : "supplementaryConfiguration.";
        leaf->prefix = cd_arena_printf(arena_of(l), "%s%.*s", envelope, (int)from, path.p);
        e->leaf = (uint32_t)(plan->n_leaves - 1);
    }
    return e->leaf;
}

/* ---- where a property stands ---- */

static void
add_from(struct cd_load *l, struct cd_slot_plan *slot, struct cd_from from)
{
    struct cd_from *grown =
        cd_arena_grow(arena_of(l), slot->from, slot->n_from, slot->n_from + 1, sizeof *grown);
    if (grown == NULL) {
        l->oom = true;
        return;
    }
    slot->from = grown;
    slot->from[slot->n_from++] = from;
}

static void
add_leaf(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot, unsigned trie,
         struct cd_str path)
{
    uint32_t leaf = leaf_at(l, plan, trie, path);
    cd_load_ok(l, leaf != CD_NONE);
    add_from(l, slot, (struct cd_from){.kind = CD_FROM_LEAF, .leaf = leaf, .is_outer = trie == 1});
}

/* Adds a path of a mapping; TRIE is where relative ones begin. */
static void
add_path(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot, unsigned trie,
         struct cd_str path)
{
    static const struct cd_str configuration = CD_STR_INIT("configuration.");
    static const struct cd_str supplementary = CD_STR_INIT("supplementaryConfiguration.");
    if (cd_str_eq(path, CD_STR("."))) {
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_SELF});
    } else if (path.n > 0 && path.p[0] == '/') {
        add_from(l, slot,
                 (struct cd_from){.kind = CD_FROM_ITEM, .path = cd_str_sub(path, 1, path.n)});
    } else if (cd_str_find(path, '[', 0) < path.n) {
        enum cd_from_kind kind = plan->is_root ? CD_FROM_ITEM : CD_FROM_BELOW;
        add_from(l, slot, (struct cd_from){.kind = kind, .path = path, .is_outer = trie == 1});
    } else if (!plan->is_root) {
        add_leaf(l, plan, slot, trie, path);
    } else if (cd_str_starts(path, configuration)) {
        add_leaf(l, plan, slot, 0, cd_str_sub(path, configuration.n, path.n));
    } else if (cd_str_starts(path, supplementary)) {
        add_leaf(l, plan, slot, 1, cd_str_sub(path, supplementary.n, path.n));
    } else {
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_ITEM, .path = path});
    }
}

static void
add_paths(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot, unsigned trie,
          const struct cd_map_entry *map)
{
    for (uint32_t i = 0; i < map->n_paths; i++) {
        add_path(l, plan, slot, trie, map->paths[i]);
    }
}

static bool
is_carried(const struct cd_plan *plan, const struct cd_slot_plan *slot)
{
    if (plan->dialect != CD_DIALECT_CONFIG) {
        return true;
    }
    if (slot->value.map != NULL) {
        return !slot->value.map->not_carried;
    }
    return cd_schema_config_carries(slot->value.schema, slot->value.path);
}

static void
name_slot(struct cd_load *l, struct cd_plan *plan, uint32_t i, const struct cd_value_plan *as)
{
    struct cd_slot_plan *slot = &plan->slots[i];
    slot->slot = i;
    slot->name = cd_node_slot_name(l->s, plan->record, i);
    slot->used = CD_NONE;
    slot->value =
        (struct cd_value_plan){.dialect = plan->dialect, .schema = as->schema, .path = slot->name};
    if (as->path.n > 0) {
        slot->value.path =
            cd_arena_printf(arena_of(l), "%.*s.%.*s", CD_FMT(as->path), CD_FMT(slot->name));
        cd_load_ok(l, slot->value.path.p != NULL);
    }
}

static void
settle_carried(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot)
{
    slot->is_carried = slot->is_carried || is_carried(plan, slot);
    if (!slot->is_carried) {
        struct cd_str reason = cd_arena_printf(arena_of(l), "AWS Config does not carry %.*s",
                                               CD_FMT(slot->value.path));
        slot->reason = cd_load_str(l, reason.p == NULL ? CD_STR("") : reason);
    }
}

static struct cd_plan *
new_plan(struct cd_load *l, struct cd_node *record, const struct cd_value_plan *as)
{
    struct cd_plan *plan = CD_NEW(arena_of(l), struct cd_plan);
    if (plan == NULL) {
        l->oom = true;
        return NULL;
    }
    plan->record = record;
    plan->dialect = as->dialect;
    plan->n_slots = record->n_child;
    plan->slots = CD_NEW_ARRAY(arena_of(l), record->n_child, struct cd_slot_plan);
    if (plan->slots == NULL) {
        l->oom = true;
        return NULL;
    }
    for (uint32_t i = 0; i < plan->n_slots; i++) {
        name_slot(l, plan, i, as);
    }
    return plan;
}

/* The places of a property without a mapping: under its own name, at the root of an item in either
 * of its two parts. */
static void
add_regular(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot)
{
    if (plan->is_root && cd_str_eq(slot->name, CD_STR("Tags"))) {
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_TAGS});
        plan->reads_tags = true;
        slot->is_carried = true;
    }
    add_leaf(l, plan, slot, 0, slot->name);
    if (plan->is_root) {
        add_leaf(l, plan, slot, 1, slot->name);
    }
    if (plan->is_root && cd_str_eq(slot->name, CD_STR("Arn"))) {
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_ITEM, .path = CD_STR("ARN")});
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_ITEM, .path = CD_STR("arn")});
    }
}

/* The property that the keys of an object are. */
static void
add_key(struct cd_load *l, struct cd_slot_plan *slot, const struct cd_map_entry *map)
{
    if (map == NULL || map->keyed_by.n == 0) {
        return;
    }
    bool is_pair = map->keyed_by_rest.n > 0;
    if (cd_str_eq(map->keyed_by, slot->name)) {
        add_from(l, slot, (struct cd_from){.kind = is_pair ? CD_FROM_KEY_FIRST : CD_FROM_KEY});
        slot->is_carried = true;
    } else if (is_pair && cd_str_eq(map->keyed_by_rest, slot->name)) {
        add_from(l, slot, (struct cd_from){.kind = CD_FROM_KEY_REST});
        slot->is_carried = true;
    }
}

static void
fill_plan(struct cd_load *l, struct cd_plan *plan, const struct cd_value_plan *as,
          const struct cd_map_entry *entries, uint32_t n)
{
    for (uint32_t i = 0; i < plan->n_slots; i++) {
        struct cd_slot_plan *slot = &plan->slots[i];
        slot->value.map = cd_map_entry_find(entries, n, slot->name);
        add_key(l, slot, as->map);
        if (slot->value.map != NULL && slot->value.map->n_paths > 0) {
            add_paths(l, plan, slot, 0, slot->value.map);
        } else {
            add_regular(l, plan, slot);
        }
        settle_carried(l, plan, slot);
    }
}

struct cd_plan *
cd_plan_record(struct cd_load *l, struct cd_node *record, const struct cd_value_plan *as,
               const struct cd_map_entry *entries, uint32_t n)
{
    struct cd_plan *plan = new_plan(l, record, as);
    if (plan != NULL) {
        fill_plan(l, plan, as, entries, n);
    }
    return plan;
}

/* Does another kind of element have property NAME? Then it is carried, and absent here. */
static bool
is_of_sibling(const struct cd_map_entry *map, struct cd_str name)
{
    for (uint32_t i = 0; i < map->n_explode; i++) {
        if (cd_map_entry_find(map->explode[i].of, map->explode[i].n_of, name) != NULL) {
            return true;
        }
    }
    return false;
}

struct cd_plan *
cd_plan_exploded(struct cd_load *l, struct cd_node *record, const struct cd_value_plan *as,
                 const struct cd_map_explode *inner)
{
    struct cd_plan *plan = new_plan(l, record, as);
    for (uint32_t i = 0; plan != NULL && i < plan->n_slots; i++) {
        struct cd_slot_plan *slot = &plan->slots[i];
        slot->value.map = cd_map_entry_find(inner->of, inner->n_of, slot->name);
        if (slot->value.map != NULL) {
            add_paths(l, plan, slot, 0, slot->value.map);
        } else if (is_of_sibling(as->map, slot->name)) {
            slot->is_carried = true;
        } else {
            slot->value.map = cd_map_entry_find(as->map->of, as->map->n_of, slot->name);
            if (slot->value.map != NULL) {
                add_paths(l, plan, slot, 1, slot->value.map);
            } else {
                add_leaf(l, plan, slot, 1, slot->name);
            }
        }
        settle_carried(l, plan, slot);
    }
    return plan;
}

bool
cd_plan_slot_node(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot)
{
    if (slot->value.node == NULL) {
        slot->value.node = cd_node_child(l->s, plan->record, slot->slot);
        cd_load_ok(l, slot->value.node != NULL);
    }
    return slot->value.node != NULL;
}

/* ---- tables ---- */

static struct cd_plan *
root_plan(struct cd_load *l, const struct cd_table_plan *tp)
{
    struct cd_value_plan as = {.dialect = tp->dialect, .schema = tp->table->schema};
    struct cd_plan *plan = new_plan(l, tp->table->root, &as);
    if (plan == NULL) {
        return NULL;
    }
    plan->is_root = tp->dialect == CD_DIALECT_CONFIG && tp->rows == NULL;
    if (tp->rows != NULL) {
        fill_plan(l, plan, &as, tp->rows->of, tp->rows->n_of);
    } else if (tp->map != NULL) {
        fill_plan(l, plan, &as, tp->map->of, tp->map->n_of);
    } else {
        fill_plan(l, plan, &as, NULL, 0);
    }
    return plan;
}

struct cd_table_plan *
cd_plan_table(struct cd_load *l, struct cd_table *table, enum cd_dialect dialect,
              const struct cd_map_type *map, const struct cd_map_rows *rows)
{
    struct cd_ingest *in = l->in;
    for (size_t i = 0; i < in->n_plans; i++) {
        struct cd_table_plan *tp = in->plans[i];
        if (tp->table == table && tp->dialect == dialect && tp->map == map && tp->rows == rows) {
            return tp;
        }
    }
    struct cd_table_plan *tp = CD_NEW(arena_of(l), struct cd_table_plan);
    struct cd_table_plan **place =
        tp == NULL ? NULL : CD_PUSH(arena_of(l), in->plans, in->n_plans, in->cap_plans);
    if (place == NULL) {
        l->oom = true;
        return NULL;
    }
    *place = tp;
    *tp = (struct cd_table_plan){.table = table, .map = map, .rows = rows, .dialect = dialect};
    if (table->shape != CD_NONE) {
        tp->plan = root_plan(l, tp);
    }
    return l->oom ? NULL : tp;
}
