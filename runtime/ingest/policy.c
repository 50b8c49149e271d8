/* Policy documents: each distinct text is read once, into the snapshot's policies. Where nobody
 * asks for the texts, they are not kept, and one that has not been met for a while is read again.
 */
#include "runtime/ingest/keep.h"
#include "runtime/ingest/load.h"

struct cd_policy_slot {
    uint32_t text; /* dictionary id + 1, 0 is free */
    uint32_t row;  /* CD_NONE: not a policy document */
};

/* A text that was met not long ago, in a place that its hash gives. */
struct cd_policy_recent {
    char *text; /* NULL: none yet */
    uint32_t n, cap;
    uint32_t row;
};

#define RECENT 256u          /* a power of two */
#define RECENT_LONGEST 8192u /* bytes; a longer text is read each time */

static struct cd_policy_slot *
find_slot(const struct cd_ingest *in, uint32_t text)
{
    uint32_t i = (text * 2654435761u) & in->policy_mask;
    while (in->policies[i].text != 0 && in->policies[i].text != text + 1) {
        i = (i + 1) & in->policy_mask;
    }
    return &in->policies[i];
}

static bool
grow(struct cd_snapshot *s, struct cd_ingest *in)
{
    struct cd_policy_slot *old = in->policies;
    uint32_t n_old = old == NULL ? 0 : in->policy_mask + 1;
    uint32_t n = old == NULL ? 64 : n_old * 2;
    struct cd_policy_slot *slots = CD_NEW_ARRAY(&s->arena, n, struct cd_policy_slot);
    if (slots == NULL) {
        return false;
    }
    in->policies = slots;
    in->policy_mask = n - 1;
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i].text != 0) {
            *find_slot(in, old[i].text - 1) = old[i];
        }
    }
    return true;
}

/* The slot of TEXT, made if it is not there yet; NULL: out of memory. They stay at most three
 * quarters full. */
static struct cd_policy_slot *
make_slot(struct cd_snapshot *s, struct cd_ingest *in, uint32_t text)
{
    if ((in->policies == NULL || in->n_policies >= in->policy_mask / 4 * 3) && !grow(s, in)) {
        return NULL;
    }
    struct cd_policy_slot *slot = find_slot(in, text);
    in->n_policies += slot->text == 0;
    slot->text = text + 1;
    return slot;
}

/* The documents that a store has brought. */
static bool
know_those_there(struct cd_snapshot *s, struct cd_ingest *in)
{
    for (uint32_t row = 0; row < s->n_policy_texts; row++) {
        uint32_t text = s->policy_texts[row];
        struct cd_policy_slot *slot = text == CD_NO_STR ? NULL : make_slot(s, in, text);
        if (slot != NULL) {
            slot->row = row;
        } else if (text != CD_NO_STR) {
            return false;
        }
    }
    return true;
}

uint32_t *
cd_ingest_policy(struct cd_snapshot *s, uint32_t text, bool *is_new)
{
    struct cd_ingest *in = cd_ingest_of(s);
    if (in == NULL || (in->policies == NULL && !know_those_there(s, in))) {
        return NULL;
    }
    uint32_t n = in->n_policies;
    struct cd_policy_slot *slot = make_slot(s, in, text);
    *is_new = in->n_policies > n;
    return slot == NULL ? NULL : &slot->row;
}

/* The object that a document is: itself, the one element of a list, or what a string holds. */
static bool
document_of(struct cd_load *l, struct cd_dom_val val, struct cd_dom_val *document)
{
    val = cd_value_decoded(l, val);
    if (cd_dom_is(val, '[')) {
        struct cd_dom_iter it = cd_dom_iter(val);
        if (!cd_dom_next(&it) || it.next < it.end) {
            return false;
        }
        val = cd_value_decoded(l, it.val);
    }
    *document = val;
    return cd_dom_is(val, '{');
}

struct cd_plan *
cd_policy_plan(struct cd_load *l)
{
    if (l->in->policy == NULL) {
        struct cd_value_plan as = {.dialect = CD_DIALECT_POLICY, .schema = CD_NONE};
        l->in->policy = cd_plan_record(l, l->s->policies, &as, NULL, 0);
    }
    return l->in->policy;
}

static uint32_t
add_row(struct cd_load *l, struct cd_dom_val document)
{
    struct cd_node *node = l->s->policies;
    if (cd_policy_plan(l) == NULL) {
        return CD_NONE;
    }
    uint32_t row = node->n;
    struct cd_context from = {.self = &document};
    cd_load_ok(l, cd_node_set_record(l->s, node, row));
    cd_extract(l, l->in->policy, row, &from, 0);
    return row;
}

/* The document's text: of a string what it holds, of an object its JSON. */
static struct cd_str
text_of(struct cd_load *l, struct cd_dom_val val, bool urldecode)
{
    if (cd_dom_is(val, '"') && !(urldecode && cd_str_starts(cd_dom_str(val), CD_STR("%")))) {
        return cd_dom_str(val);
    }
    cd_buf_clear(&l->text);
    if (cd_dom_is(val, '"')) {
        cd_text_urldecode(cd_dom_str(val), &l->text);
    } else {
        cd_text_of(val, &l->text);
    }
    l->oom |= l->text.oom;
    return cd_buf_view(&l->text);
}

/* The place of TEXT, NULL if it is too long to have one. */
static struct cd_policy_recent *
recent_of(struct cd_load *l, struct cd_str text)
{
    struct cd_arena *a = &l->s->arena;
    if (l->in->recent == NULL) {
        l->in->recent = CD_NEW_ARRAY(a, RECENT, struct cd_policy_recent);
        l->oom |= l->in->recent == NULL;
    }
    return l->oom || text.n > RECENT_LONGEST ? NULL
                                             : &l->in->recent[cd_str_hash(text) & (RECENT - 1)];
}

/* Puts TEXT into the place; its row is still to be said. False: out of memory. */
static bool
remember(struct cd_load *l, struct cd_policy_recent *place, struct cd_str text)
{
    place->n = 0;
    if (place->cap < text.n) {
        size_t cap = text.n < RECENT_LONGEST / 2 ? text.n * 2 : RECENT_LONGEST;
        place->text = cd_arena_alloc(&l->s->arena, cap);
        place->cap = place->text == NULL ? 0 : (uint32_t)cap;
    }
    if (place->text == NULL) {
        return false;
    }
    memcpy(place->text, text.p, text.n);
    place->n = (uint32_t)text.n;
    return true;
}

/* The row of a new document, CD_NONE if it is none. TEXT is not there any more afterwards. */
static uint32_t
read_document(struct cd_load *l, struct cd_dom_val val, struct cd_str text)
{
    bool is_text = cd_dom_is(val, '"');
    struct cd_dom_val document = val;
    if (is_text && cd_text_parse(l, l->scratch, text, false, &document) != CD_DOM_OK) {
        return CD_NONE;
    }
    return document_of(l, document, &document) ? add_row(l, document) : CD_NONE;
}

static uint32_t
row_of_recent(struct cd_load *l, struct cd_dom_val val, struct cd_str text)
{
    struct cd_policy_recent *place = text.n == 0 ? NULL : recent_of(l, text);
    if (place != NULL && cd_str_eq((struct cd_str){place->text, place->n}, text)) {
        return place->row;
    }
    if (place != NULL && !remember(l, place, text)) {
        l->oom = true;
    }
    uint32_t row = l->oom ? CD_NONE : read_document(l, val, text);
    if (place != NULL) {
        place->row = row;
    }
    return row;
}

static uint32_t
row_of_kept(struct cd_load *l, struct cd_dom_val val, struct cd_str text)
{
    bool is_new = false;
    uint32_t id = cd_load_str(l, text);
    uint32_t *known = l->oom ? NULL : cd_ingest_policy(l->s, id, &is_new);
    if (known == NULL) {
        l->oom = true;
        return CD_NONE;
    }
    if (!is_new) {
        return *known;
    }
    uint32_t row = read_document(l, val, text);
    if (row != CD_NONE) { /* what a document does is asked of its text */
        cd_load_ok(l, cd_snapshot_policy_text(l->s, row, id));
    }
    *known = row;
    return row;
}

uint32_t
cd_policy_row(struct cd_load *l, struct cd_dom_val val, bool urldecode)
{
    struct cd_str text = text_of(l, val, urldecode);
    return l->in->asks_documents ? row_of_kept(l, val, text) : row_of_recent(l, val, text);
}
