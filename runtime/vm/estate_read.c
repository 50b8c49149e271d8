/* Properties of a snapshot by name, and the documents that stand in them. */
#include "runtime/vm/estate.h"

#define MOST_SHOWN 4096u /* bytes of a reason: names and ARNs have up to 2,048 */

/* ---- rows ---- */

bool
cd_estate_next(const struct cd_table *t, uint32_t *row)
{
    while (t != NULL && *row < t->n && cd_table_is_dead(t, *row)) {
        (*row)++;
    }
    return t != NULL && *row < t->n;
}

const struct cd_table *
cd_estate_table(const struct cd_eval *e, const char *type)
{
    return cd_snapshot_find_table(e->s, cd_str_of(type));
}

struct cd_at
cd_estate_root(const struct cd_table *t, uint32_t row)
{
    return (struct cd_at){t->root, row};
}

struct cd_at
cd_estate_property(const struct cd_eval *e, struct cd_at record, const char *name)
{
    struct cd_at none = {NULL, 0};
    if (cd_at_state(record) == CD_UNKNOWN) {
        return record;
    }
    if (record.node == NULL || record.node->kind != CD_NODE_RECORD) {
        return none;
    }
    uint32_t slot = cd_node_slot(e->s, record.node, cd_str_of(name));
    return slot == CD_NONE || slot >= record.node->n_child
               ? none
               : (struct cd_at){record.node->child[slot], record.row};
}

struct cd_str
cd_estate_text(const struct cd_eval *e, struct cd_at at)
{
    return cd_at_state(at) == CD_KNOWN && at.node->kind == CD_NODE_STRING
               ? cd_vm_text(e, at.node->v.u32[at.row])
               : CD_STR("");
}

uint32_t
cd_estate_size(struct cd_at list)
{
    return cd_at_state(list) == CD_KNOWN && list.node->kind == CD_NODE_LIST
                   && list.node->child[0] != NULL
               ? list.node->len[list.row]
               : 0;
}

struct cd_at
cd_estate_member(struct cd_at list, uint32_t i)
{
    return (struct cd_at){list.node->child[0], list.node->off[list.row] + i};
}

enum cd_truth
cd_estate_has(const struct cd_eval *e, struct cd_at list, struct cd_str text)
{
    enum cd_truth has = CD_NO;
    if (cd_at_state(list) == CD_UNKNOWN) {
        return CD_MAYBE;
    }
    for (uint32_t i = 0; i < cd_estate_size(list); i++) {
        struct cd_at one = cd_estate_member(list, i);
        if (cd_at_state(one) == CD_UNKNOWN) {
            has = CD_MAYBE;
        } else if (cd_str_eq(cd_estate_text(e, one), text)) {
            return CD_YES;
        }
    }
    bool is_open = cd_at_state(list) == CD_KNOWN && list.node->kind == CD_NODE_LIST
                   && cd_node_open_reason(list.node, list.row) != 0;
    return is_open ? CD_MAYBE : has;
}

bool
cd_estate_is_of(const struct cd_eval *e, const struct cd_table *t, uint32_t row,
                struct cd_str account)
{
    uint32_t id = cd_table_site(e->s, t, row)->account;
    return id != CD_NO_STR && cd_str_eq(cd_vm_text(e, id), account);
}

bool
cd_estate_is_complete(struct cd_eval *e, const char *type, struct cd_str account)
{
    struct cd_str name = cd_str_of(type);
    if (cd_snapshot_is_complete(e->s, name)) {
        return true;
    }
    return account.n != 0
           && cd_snapshot_is_complete_at(e->s, name, cd_vm_str(e, account), CD_NO_STR);
}

/* ---- documents ---- */

static void
add(struct cd_eval *e, struct cd_documents *out, struct cd_str name, const struct cd_policy *policy)
{
    *CD_PUSH(&e->arena, out->items, out->n, out->cap) =
        (struct cd_named_policy){cd_arena_str(&e->arena, name), policy};
}

/* A document that may allow anything, and deny it: it depends on the key WHY, which is a reason in
 * words, and unknown. */
static const struct cd_policy *
unknown_policy(struct cd_eval *e, struct cd_str why)
{
    struct cd_buf text = CD_BUF_INIT;
    const struct cd_policy *policy = NULL;
    cd_buf_puts(&text, "{\"Version\":\"2008-10-17\",\"Statement\":[");
    for (int deny = 0; deny < 2; deny++) {
        cd_buf_printf(&text,
                      "%s{\"Effect\":\"%s\",\"Action\":\"*\",\"Resource\":\"*\","
                      "\"Condition\":{\"Bool\":{",
                      deny ? "," : "", deny ? "Deny" : "Allow");
        cd_buf_json_str(&text, why);
        cd_buf_puts(&text, ":\"true\"}}}");
    }
    cd_buf_puts(&text, "]}");
    cordon_status status = text.oom ? CORDON_ENOMEM
                                    : cd_policy_read(&cd_questions_of(e)->documents, NULL,
                                                     cd_buf_view(&text), &policy, NULL);
    cd_buf_finish(&text);
    if (status != CORDON_OK) {
        cd_vm_oom(e);
    }
    return policy;
}

void
cd_estate_add_unknown(struct cd_eval *e, struct cd_documents *out, const char *why, ...)
{
    struct cd_buf text = CD_BUF_INIT;
    va_list ap;
    va_start(ap, why);
    cd_buf_vprintf(&text, why, ap);
    va_end(ap);
    bool oom = text.oom;
    struct cd_str reason = cd_arena_shown(&e->arena, cd_buf_view(&text), MOST_SHOWN);
    cd_buf_finish(&text);
    if (oom) {
        cd_vm_oom(e);
    }
    add(e, out, reason, unknown_policy(e, reason));
}

void
cd_estate_add(struct cd_eval *e, struct cd_documents *out, struct cd_str name, struct cd_at at)
{
    enum cd_state state = cd_at_state(at);
    if (state == CD_KNOWN && at.node->kind == CD_NODE_POLICY) {
        const struct cd_vm_policy *p = cd_questions_policy(e, at.node->v.u32[at.row]);
        if (p->policy != NULL) {
            add(e, out, name, p->policy);
        } else {
            cd_estate_add_unknown(e, out, "of %.*s %.*s", CD_FMT(name),
                                  CD_FMT(cd_vm_text(e, p->why != 0 ? p->why : e->why_unknown)));
        }
    } else if (state == CD_UNKNOWN) {
        uint32_t reason = cd_node_reason(at.node, at.row);
        cd_estate_add_unknown(e, out, "the document of %.*s is unknown: %.*s", CD_FMT(name),
                              CD_FMT(cd_vm_text(e, reason != 0 ? reason : e->why_unknown)));
    }
}

void
cd_estate_add_json(struct cd_eval *e, struct cd_documents *out, struct cd_str name, struct cd_at at)
{
    struct cd_buf text = CD_BUF_INIT;
    if (cd_at_state(at) == CD_KNOWN && at.node->kind == CD_NODE_JSON) {
        const struct cd_json *json = &e->s->json[at.node->v.u32[at.row]];
        if (json->kind == CD_JSON_STRING) {
            cd_buf_str(&text, cd_vm_text(e, json->n));
        } else if (json->kind != CD_JSON_UNKNOWN) {
            cd_json_write(e->s, at.node->v.u32[at.row], &text);
        }
    }
    struct cd_str kept = cd_arena_str(&e->arena, cd_buf_view(&text));
    bool oom = text.oom;
    cd_buf_finish(&text);
    const struct cd_policy *policy = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status =
        oom ? CORDON_ENOMEM
            : cd_policy_read(&cd_questions_of(e)->documents, NULL, kept, &policy, &err);
    if (status == CORDON_ENOMEM) {
        cd_vm_oom(e);
    }
    if (status == CORDON_OK) {
        add(e, out, name, policy);
    } else {
        cd_estate_add_unknown(
            e, out, "the document of %.*s is not in the snapshot, or cannot be read", CD_FMT(name));
    }
}

struct cd_policy_set
cd_estate_set(const struct cd_documents *d)
{
    return (struct cd_policy_set){d->items, (uint32_t)d->n};
}
