/* Paths of all that a snapshot holds. */
#include "tests/support/source_paths.h"

#include "runtime/ingest/ingest.h"

/* The paths of all that N holds for ROW. */
static void
name_paths(const struct cd_snapshot *s, const struct cd_node *n, uint32_t table, uint32_t row,
           uint32_t at, struct cd_path_step *steps, size_t depth, struct cd_buf *out)
{
    if (depth == 12 || cd_node_state(n, at) != CD_KNOWN) {
        return;
    }
    cd_buf_clear(out);
    cd_ingest_source_path(s, table, row, false, steps, depth, out);
    for (uint32_t i = 0; n->kind == CD_NODE_RECORD && i < n->n_child; i++) {
        steps[depth] = (struct cd_path_step){.name = cd_node_slot_name(s, n, i), .place = CD_NONE};
        name_paths(s, n->child[i], table, row, at, steps, depth + 1, out);
    }
    bool is_list = n->kind == CD_NODE_LIST;
    for (uint32_t i = 0; (is_list || n->kind == CD_NODE_MAP) && i < n->len[at] && i < 8; i++) {
        uint32_t element = n->off[at] + i;
        steps[depth] = (struct cd_path_step){
            .place = is_list ? n->child[0]->place[element] : CD_NONE, .is_key = !is_list};
        if (!is_list) {
            steps[depth].name = cd_intern_str(&s->dict, n->child[0]->key[element]);
        }
        name_paths(s, n->child[0], table, row, element, steps, depth + 1, out);
    }
}

void
cd_test_name_paths(const struct cd_snapshot *s)
{
    struct cd_buf out = CD_BUF_INIT;
    struct cd_path_step steps[16];
    for (uint32_t t = 0; t < s->n_tables; t++) {
        for (uint32_t row = 0; row < s->tables[t]->n && row < 8; row++) {
            name_paths(s, s->tables[t]->root, t, row, row, steps, 0, &out);
            steps[0] = (struct cd_path_step){.name = CD_STR("arn"), .place = CD_NONE};
            cd_ingest_source_path(s, t, row, true, steps, 1, &out);
        }
    }
    cd_buf_finish(&out);
}
