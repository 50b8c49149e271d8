/* Unchecked JSON values onto the snapshot's heap. */
#include "runtime/ingest/load.h"

#include <stdlib.h>

static void
set_unknown(struct cd_load *l, uint32_t at, uint32_t reason)
{
    l->s->json[at].kind = CD_JSON_UNKNOWN;
    l->s->json[at].n = reason;
}

/* The same of what the source should have told; its reader reports it. */
static void
set_untold(struct cd_load *l, uint32_t at, const char *why)
{
    set_unknown(l, at, cd_load_str(l, cd_str_of(why)));
    l->heap_unknown = why;
}

static int
by_key(const void *a, const void *b, void *heap)
{
    const uint32_t *x = a;
    const uint32_t *y = b;
    const struct cd_json *json = heap;
    uint32_t left = json[*x].key;
    uint32_t right = json[*y].key;
    return left != right ? (left < right ? -1 : 1) : (*x > *y) - (*x < *y);
}

void
cd_heap_hide_duplicates(struct cd_load *l, uint32_t object, uint32_t n)
{
    struct cd_json *json = l->s->json;
    struct cd_arena_mark mark = cd_arena_mark(&l->arena);
    uint32_t *members = n < 2 ? NULL : CD_NEW_ARRAY(&l->arena, n, uint32_t);
    if (members == NULL) {
        l->oom |= n >= 2;
        return;
    }
    uint32_t at = object + 1;
    for (uint32_t i = 0; i < n; i++) {
        members[i] = at;
        at = json[at].next;
    }
    qsort_r(members, n, sizeof *members, by_key, json);
    for (uint32_t i = 1; i < n; i++) {
        if (json[members[i]].key == json[members[i - 1]].key) {
            set_untold(l, members[i], "its key stands twice");
            set_untold(l, members[i - 1], "its key stands twice");
        }
    }
    cd_arena_reset(&l->arena, mark);
}

static uint32_t add(struct cd_load *l, struct cd_dom_val val, enum cd_dialect dialect, uint32_t key,
                    int depth);

static void
add_members(struct cd_load *l, uint32_t at, struct cd_dom_val val, enum cd_dialect dialect,
            int depth)
{
    uint32_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it) && !l->oom; n++) {
        add(l, it.val, dialect, it.is_object ? cd_load_str(l, it.key) : 0, depth + 1);
    }
    cd_json_close(l->s, at, n);
    if (cd_dom_is(val, '{') && !l->oom) {
        cd_heap_hide_duplicates(l, at, n);
    }
}

static enum cd_json_kind
json_kind(struct cd_dom_val val)
{
    switch (cd_dom_kind(val)) {
    case CD_DOM_NULL: return CD_JSON_NULL;
    case CD_DOM_FALSE: return CD_JSON_FALSE;
    case CD_DOM_TRUE: return CD_JSON_TRUE;
    case CD_DOM_NUMBER: return CD_JSON_NUMBER;
    case CD_DOM_STRING: return CD_JSON_STRING;
    case CD_DOM_ARRAY: return CD_JSON_ARRAY;
    case CD_DOM_OBJECT: return CD_JSON_OBJECT;
    }
    return CD_JSON_NULL;
}

static uint32_t
add(struct cd_load *l, struct cd_dom_val val, enum cd_dialect dialect, uint32_t key, int depth)
{
    enum cd_json_kind kind = json_kind(val);
    uint32_t at = cd_json_add(l->s, kind, key);
    struct cd_str why;
    if (at == CD_NONE) {
        l->oom = true;
        return at;
    }
    if (dialect != CD_DIALECT_CONFIG && l->is_normal && cd_value_is_unknown(val, &why)) {
        set_unknown(l, at, cd_load_str(l, why));
    } else if (depth > CD_DEPTH_LIMIT) {
        set_untold(l, at, "it is nested too deeply");
    } else if (kind == CD_JSON_STRING) {
        l->s->json[at].n = cd_load_str(l, cd_dom_str(val));
    } else if (kind == CD_JSON_NUMBER) {
        double number;
        if (cd_dom_number(val, &number)) {
            l->s->json[at].number = number;
        } else {
            set_untold(l, at, "a number beyond 2^53");
        }
    } else if (kind == CD_JSON_ARRAY || kind == CD_JSON_OBJECT) {
        add_members(l, at, val, dialect, depth);
    }
    return at;
}

uint32_t
cd_heap_add(struct cd_load *l, struct cd_dom_val val, enum cd_dialect dialect)
{
    return add(l, val, dialect, 0, 0);
}
