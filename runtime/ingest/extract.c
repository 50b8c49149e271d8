/* Reads records by their plans: one walk over the members of an object finds all that is wanted,
 * then each property is set. */
#include "runtime/ingest/load.h"

#include "runtime/base/num.h"

/* How well KEY fits a wanted name that it equals but for case. */
static uint8_t
rank_of(struct cd_str key, struct cd_str wanted)
{
    if (cd_str_eq_name(key, wanted)) {
        return 3;
    }
    return memcmp(key.p + 1, wanted.p + 1, key.n - 1) == 0 ? 2 : 1;
}

/* Nothing at or below a key that stands twice counts. */
static void
mark_duplicate(struct cd_plan *plan, struct cd_trie_entry *e)
{
    if (e->leaf != CD_NONE) {
        plan->leaves[e->leaf].is_duplicate = true;
    }
    for (size_t i = 0; e->below != NULL && i < e->below->n; i++) {
        mark_duplicate(plan, &e->below->entries[i]); /* as deep as a mapping's longest path */
    }
}

/* What stands where paths lead on is no object: what they would find cannot be told. */
static void
mark_broken(struct cd_plan *plan, struct cd_trie *below)
{
    for (size_t i = 0; i < below->n; i++) {
        if (below->entries[i].leaf != CD_NONE) {
            plan->leaves[below->entries[i].leaf].is_broken = true;
        }
        if (below->entries[i].below != NULL) {
            mark_broken(plan, below->entries[i].below);
        }
    }
}

static void
note_leaf(struct cd_load *l, struct cd_plan *plan, struct cd_leaf *leaf, struct cd_str key,
          struct cd_dom_val val)
{
    uint8_t rank = key.n == 0 ? 3 : rank_of(key, leaf->wanted);
    if (rank <= leaf->rank || (plan->dialect == CD_DIALECT_NORMAL && rank != 3)) {
        return;
    }
    leaf->rank = rank;
    leaf->val = val;
    if (leaf->spelled.p == NULL) {
        leaf->spelled =
            cd_arena_printf(&l->s->arena, "%.*s%.*s", CD_FMT(leaf->prefix), CD_FMT(key));
    }
}

/* Depth is that of the mappings' paths. */
static void
walk(struct cd_load *l, struct cd_plan *plan, struct cd_trie *trie, struct cd_dom_val object)
{
    uint64_t stamp = ++l->in->stamp;
    for (struct cd_dom_iter it = cd_dom_iter(object); cd_dom_next(&it);) {
        if (cd_keys_lack(&trie->keys, it.key)) {
            continue;
        }
        uint32_t which = cd_keys_find(&trie->keys, it.i, it.key);
        if (which == CD_NONE) {
            continue;
        }
        struct cd_trie_entry *e = &trie->entries[which];
        if (e->stamp == stamp && cd_str_eq(e->key, it.key)) {
            mark_duplicate(plan, e);
            continue;
        }
        e->stamp = stamp;
        e->key = it.key;
        if (e->leaf != CD_NONE) {
            note_leaf(l, plan, &plan->leaves[e->leaf], it.key, it.val);
        }
        if (e->below != NULL) {
            struct cd_dom_val below = cd_value_only(cd_value_decoded(l, it.val));
            if (cd_dom_is(below, '{')) {
                walk(l, plan, e->below, below);
            } else if (!cd_value_is_nothing(below)) {
                mark_broken(plan, e->below);
            }
        }
    }
}

static void
find_leaves(struct cd_load *l, struct cd_plan *plan, const struct cd_context *from)
{
    const struct cd_dom_val *objects[2] = {from->self, from->outer};
    for (size_t i = 0; i < plan->n_leaves; i++) {
        plan->leaves[i].rank = 0;
        plan->leaves[i].is_duplicate = false;
        plan->leaves[i].is_broken = false;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (plan->trie[i] != NULL && objects[i] != NULL && cd_dom_is(*objects[i], '{')) {
            walk(l, plan, plan->trie[i], *objects[i]);
        }
    }
}

enum pick {
    PICK_NOTHING,
    PICK_NULL,
    PICK_VALUE,
    PICK_DUPLICATE,
    PICK_BROKEN,
    PICK_KEY,
    PICK_TAGS,
    PICK_TAGS_UNKNOWN
};

static enum pick
pick_one(struct cd_load *l, const struct cd_plan *plan, const struct cd_from *from,
         const struct cd_context *context, struct cd_dom_val *val)
{
    static const enum pick picks[] = {[CD_FOUND_NOTHING] = PICK_NOTHING,
                                      [CD_FOUND_VALUE] = PICK_VALUE,
                                      [CD_FOUND_BROKEN] = PICK_BROKEN};
    const struct cd_dom_val *around;
    const struct cd_leaf *leaf;
    switch (from->kind) {
    case CD_FROM_LEAF:
        leaf = &plan->leaves[from->leaf];
        *val = leaf->val;
        return leaf->is_duplicate          ? PICK_DUPLICATE
               : leaf->is_broken           ? PICK_BROKEN
               : leaf->rank == 0           ? PICK_NOTHING
               : cd_dom_is(leaf->val, 'n') ? PICK_NULL
                                           : PICK_VALUE;
    case CD_FROM_SELF:
        if (context->self == NULL) {
            return PICK_NOTHING;
        }
        *val = *context->self;
        return PICK_VALUE;
    case CD_FROM_ITEM: return picks[cd_value_find(l, l->root, from->path, val)];
    case CD_FROM_BELOW:
        around = from->is_outer ? context->outer : context->self;
        return around == NULL ? PICK_NOTHING : picks[cd_value_find(l, *around, from->path, val)];
    case CD_FROM_KEY:
    case CD_FROM_KEY_FIRST:
    case CD_FROM_KEY_REST: return context->key.p == NULL ? PICK_NOTHING : PICK_KEY;
    case CD_FROM_TAGS:
        return l->has_tags ? PICK_TAGS : l->tags_unknown != 0 ? PICK_TAGS_UNKNOWN : PICK_NOTHING;
    }
    return PICK_NOTHING;
}

/* Does VAL stand for nothing? */
static bool
is_unset(const struct cd_slot_plan *slot, struct cd_dom_val val)
{
    char text[CD_NUMBER_SIZE];
    double number;
    if (slot->value.map == NULL || slot->value.map->unset.n == 0) {
        return false;
    }
    if (cd_dom_is(val, '"')) {
        return cd_str_eq(cd_dom_str(val), slot->value.map->unset);
    }
    return cd_dom_kind(val) == CD_DOM_NUMBER && cd_dom_number(val, &number)
           && cd_str_eq(cd_format_number(number, text), slot->value.map->unset);
}

/* Does the object count only by a member that is not set? */
static bool
is_switched_off(struct cd_load *l, const struct cd_slot_plan *slot, struct cd_dom_val val)
{
    struct cd_dom_val flag;
    if (slot->value.map == NULL || slot->value.map->when.n == 0) {
        return false;
    }
    switch (cd_value_find(l, val, slot->value.map->when, &flag)) {
    case CD_FOUND_BROKEN: return false;
    case CD_FOUND_NOTHING: return true;
    case CD_FOUND_VALUE: break;
    }
    return cd_dom_is(flag, 'f') || is_unset(slot, flag)
           || (cd_dom_is(flag, '"') && cd_str_eq_nocase(cd_dom_str(flag), CD_STR("false")));
}

/* AWS Config writes objects that are not set as objects whose members are all null. */
static bool
is_hollow(struct cd_dom_val val)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    bool any = false;
    while (it.is_object && cd_dom_next(&it)) {
        if (!cd_dom_is(it.val, 'n')) {
            return false;
        }
        any = true;
    }
    return any;
}

/* May a string hold an object whose members are all null? */
static bool
ends_in_null(struct cd_str text)
{
    return text.n > 0 && text.p[text.n - 1] == '}' && cd_str_ends(text, CD_STR("null}"));
}

static bool
is_nothing(struct cd_load *l, const struct cd_plan *plan, const struct cd_slot_plan *slot,
           struct cd_dom_val val)
{
    if (plan->dialect != CD_DIALECT_CONFIG) {
        return false;
    }
    if (cd_dom_is(val, '"') && ends_in_null(cd_dom_str(val))) {
        val = cd_value_decoded(l, val);
    }
    return is_unset(slot, val) || is_hollow(val) || is_switched_off(l, slot, val);
}

/* The first place of a property that has something. */
static enum pick
pick(struct cd_load *l, const struct cd_plan *plan, struct cd_slot_plan *slot,
     const struct cd_context *context, struct cd_dom_val *val)
{
    enum pick best = PICK_NOTHING;
    for (uint32_t i = 0; i < slot->n_from; i++) {
        l->element = 0;
        enum pick found = pick_one(l, plan, &slot->from[i], context, val);
        uint32_t element = l->element;
        if (found == PICK_VALUE && is_nothing(l, plan, slot, *val)) {
            found = PICK_NULL;
        }
        if (found > PICK_NULL) {
            slot->used = slot->used == CD_NONE ? i : slot->used;
            slot->found = i;
            l->element = element;
            return found;
        }
        best = found > best ? found : best;
    }
    return best;
}

static void
set_constant(struct cd_load *l, struct cd_value_plan *v, uint32_t row)
{
    struct cd_str text = v->map->constant;
    double number;
    if (cd_str_eq(text, CD_STR("true")) || cd_str_eq(text, CD_STR("false"))) {
        cd_load_ok(l, cd_node_set_bool(l->s, v->node, row, text.n == 4));
    } else if (v->node->kind == CD_NODE_NUMBER && cd_parse_number(text, &number)) {
        cd_load_ok(l, cd_node_set_number(l->s, v->node, row, number));
    } else {
        cd_load_ok(l, cd_node_set_string(l->s, v->node, row, cd_load_str(l, text)));
    }
}

static void
set_duplicate(struct cd_load *l, struct cd_slot_plan *slot, uint32_t row)
{
    cd_value_set_unknown(l, slot->value.node, row, "its key stands twice");
    cd_value_problem(l, &slot->value, "its key stands twice, so its value is unknown");
}

/* The key that a record stood under, or the part of it that the property is. */
static void
set_key(struct cd_load *l, const struct cd_slot_plan *slot, uint32_t row, struct cd_str key)
{
    enum cd_from_kind kind = slot->from[0].kind; /* the key comes first of a property's sources */
    size_t slash = key.n;
    for (size_t i = 0; i < key.n; i++) {
        slash = key.p[i] == '/' ? i : slash;
    }
    cd_buf_clear(&l->text);
    cd_buf_puts(&l->text, kind == CD_FROM_KEY_FIRST ? "/" : "");
    cd_buf_str(&l->text, kind == CD_FROM_KEY         ? key
                         : kind == CD_FROM_KEY_FIRST ? cd_str_sub(key, 0, slash)
                         : slash < key.n             ? cd_str_sub(key, slash + 1, key.n)
                                                     : CD_STR(""));
    l->oom |= l->text.oom;
    cd_load_ok(
        l, cd_node_set_string(l->s, slot->value.node, row, cd_load_str(l, cd_buf_view(&l->text))));
}

/* A value in a form that is not read. */
static void
set_other_form(struct cd_load *l, const struct cd_slot_plan *slot, uint32_t row)
{
    cd_value_set_unknown(l, slot->value.node, row, "AWS Config keeps it in another form");
}

/* The note on the current row's value. */
static uint32_t
note_of(const struct cd_load *l, const struct cd_slot_plan *slot)
{
    return slot->found > 0xFF || l->element > 0xFFFF ? 0 : CD_NOTE(slot->found, l->element);
}

/* Does ROW need it? A value that is known stands at the first source without a note; one that is
 * unknown may be so because no source had it. */
static bool
needs_note(const struct cd_slot_plan *slot, uint32_t row, uint32_t note)
{
    const struct cd_node *node = slot->value.node;
    bool is_first =
        note == CD_NOTE(0, 0) && (slot->n_from == 1 || cd_node_state(node, row) == CD_KNOWN);
    return note != 0 && !is_first && row < node->n;
}

static void
set_broken(struct cd_load *l, struct cd_slot_plan *slot, uint32_t row)
{
    cd_value_set_unknown(l, slot->value.node, row, "it stands in what is no object");
    cd_value_problem(l, &slot->value, "it stands in what is no object, so it is unknown");
}

static void
set_slot(struct cd_load *l, struct cd_plan *plan, struct cd_slot_plan *slot, uint32_t row,
         const struct cd_context *from, int depth)
{
    struct cd_dom_val val = {NULL, 0};
    enum pick found = pick(l, plan, slot, from, &val);
    bool is_constant = slot->value.map != NULL && slot->value.map->constant.n > 0;
    bool is_absent =
        found == PICK_NULL || (found == PICK_NOTHING && slot->is_carried && from->reason == 0);
    if ((is_absent && !is_constant) || !cd_plan_slot_node(l, plan, slot)) {
        return;
    }
    struct cd_node *node = slot->value.node;
    uint32_t note;
    if (is_constant) {
        set_constant(l, &slot->value, row);
        return;
    }
    switch (found) {
    case PICK_VALUE:
        note = note_of(l, slot);
        l->is_listed = false;
        if (slot->value.map != NULL && slot->value.map->other_form) {
            set_other_form(l, slot, row);
        } else {
            cd_value_set(l, &slot->value, row, val, depth + 1);
        }
        if (node->kind == CD_NODE_RECORD && l->is_listed) {
            note = CD_NOTE(slot->found, 0) | CD_NOTE_LISTED;
        }
        if (needs_note(slot, row, note)) {
            cd_load_ok(l, cd_node_place(l->s, node, row, note));
        }
        return;
    case PICK_DUPLICATE: set_duplicate(l, slot, row); return;
    case PICK_BROKEN: set_broken(l, slot, row); return;
    case PICK_KEY: set_key(l, slot, row, from->key); return;
    case PICK_TAGS: cd_value_set_tags(l, &slot->value, row); return;
    case PICK_TAGS_UNKNOWN:
        cd_load_ok(l, cd_node_set_unknown(l->s, node, row, l->tags_unknown));
        return;
    case PICK_NOTHING:
        cd_load_ok(l, cd_node_set_unknown(l->s, node, row,
                                          from->reason != 0 ? from->reason : slot->reason));
        return;
    case PICK_NULL: return;
    }
}

void
cd_extract(struct cd_load *l, struct cd_plan *plan, uint32_t row, const struct cd_context *from,
           int depth)
{
    uint32_t in_use = l->n_embedded;
    find_leaves(l, plan, from);
    for (uint32_t i = 0; i < plan->n_slots && !l->oom; i++) {
        set_slot(l, plan, &plan->slots[i], row, from, depth);
    }
    l->n_embedded = in_use;
}
