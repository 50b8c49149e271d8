/* The tags of a resource, into its envelope and its property Tags. */
#include "runtime/ingest/load.h"

static void
set_tag_list(struct cd_load *l, struct cd_value_plan *v, uint32_t row)
{
    struct cd_node *elem = cd_node_elem(l->s, v->node);
    bool is_record = elem != NULL && elem->kind == CD_NODE_RECORD;
    uint32_t key_slot = is_record ? cd_node_slot(l->s, elem, CD_STR("Key")) : CD_NONE;
    uint32_t value_slot = is_record ? cd_node_slot(l->s, elem, CD_STR("Value")) : CD_NONE;
    struct cd_node *key = key_slot == CD_NONE ? NULL : cd_node_child(l->s, elem, key_slot);
    struct cd_node *value = value_slot == CD_NONE ? NULL : cd_node_child(l->s, elem, value_slot);
    uint32_t start = is_record ? elem->n : 0;
    cd_load_ok(l, cd_node_open(l->s, v->node, row));
    for (uint32_t i = 0; is_record && i < l->n_tags; i++) {
        uint32_t at = elem->n;
        const struct cd_pair *tag = &l->tags[i];
        cd_load_ok(l, cd_node_set_record(l->s, elem, at)
                          && cd_node_place(l->s, elem, at, CD_PLACE_KEY | tag->key));
        if (key != NULL) {
            cd_load_ok(l, cd_node_set_string(l->s, key, at, tag->key));
        }
        if (value != NULL && tag->value == CD_NO_STR) {
            cd_load_ok(l, cd_node_set_unknown(l->s, value, at, tag->why));
        } else if (value != NULL) {
            cd_load_ok(l, cd_node_set_string(l->s, value, at, tag->value));
        }
    }
    cd_load_ok(l, cd_node_close(l->s, v->node, row, is_record ? elem->n - start : 0, 0));
}

void
cd_tags_set(struct cd_load *l, struct cd_node *node, uint32_t row)
{
    struct cd_node *elem = cd_node_elem(l->s, node);
    uint32_t start = elem == NULL ? 0 : elem->n;
    cd_load_ok(l, elem != NULL && cd_node_open(l->s, node, row));
    for (uint32_t i = 0; elem != NULL && i < l->n_tags; i++) {
        uint32_t at = elem->n;
        if (l->tags[i].value == CD_NO_STR) {
            cd_load_ok(l, cd_node_set_unknown(l->s, elem, at, l->tags[i].why));
        } else {
            cd_load_ok(l, cd_node_set_string(l->s, elem, at, l->tags[i].value));
        }
        cd_load_ok(l, cd_node_key(l->s, elem, at, l->tags[i].key));
    }
    if (elem != NULL) {
        cd_load_ok(l, cd_node_close(l->s, node, row, elem->n - start, 0));
    }
}

static uint32_t
tags_as_json(struct cd_load *l)
{
    uint32_t object = cd_json_add(l->s, CD_JSON_OBJECT, 0);
    for (uint32_t i = 0; object != CD_NONE && i < l->n_tags; i++) {
        bool is_known = l->tags[i].value != CD_NO_STR;
        uint32_t member =
            cd_json_add(l->s, is_known ? CD_JSON_STRING : CD_JSON_UNKNOWN, l->tags[i].key);
        cd_load_ok(l, member != CD_NONE);
        if (member != CD_NONE) {
            l->s->json[member].n = is_known ? l->tags[i].value : l->tags[i].why;
        }
    }
    if (object != CD_NONE) {
        cd_json_close(l->s, object, l->n_tags);
    }
    return object;
}

void
cd_value_set_tags(struct cd_load *l, struct cd_value_plan *v, uint32_t row)
{
    uint32_t json;
    switch (v->node->kind) {
    case CD_NODE_LIST: set_tag_list(l, v, row); return;
    case CD_NODE_MAP: cd_tags_set(l, v->node, row); return;
    case CD_NODE_JSON:
        json = tags_as_json(l);
        cd_load_ok(l, json != CD_NONE && cd_node_set_json(l->s, v->node, row, json));
        return;
    case CD_NODE_BOOL:
    case CD_NODE_NUMBER:
    case CD_NODE_STRING:
    case CD_NODE_TIME:
    case CD_NODE_POLICY:
    case CD_NODE_RECORD: return;
    }
}
