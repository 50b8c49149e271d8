/* Resources that attach a document to users, roles or groups by naming them, as templates have
 * them: found by the name. */
#include "runtime/vm/estate.h"

/* A resource whose PROPERTY names whom its document is attached to: one, or a list of them. */
struct attaching {
    const char *type, *property;
};

static const struct attaching ways[CD_N_HOLDERS][CD_ATTACHING] = {
    [CD_HOLDER_ROLE] = {{"AWS::IAM::RolePolicy", "RoleName"},
                        {"AWS::IAM::Policy", "Roles"},
                        {"AWS::IAM::ManagedPolicy", "Roles"}},
    [CD_HOLDER_USER] = {{"AWS::IAM::UserPolicy", "UserName"},
                        {"AWS::IAM::Policy", "Users"},
                        {"AWS::IAM::ManagedPolicy", "Users"}},
    [CD_HOLDER_GROUP] = {{"AWS::IAM::GroupPolicy", "GroupName"},
                         {"AWS::IAM::Policy", "Groups"},
                         {"AWS::IAM::ManagedPolicy", "Groups"}},
};

/* ---- the index of one way ---- */

static void
note_open(struct cd_eval *e, struct cd_attachments *x, uint32_t row)
{
    if (x->n_open == 0 || x->open[x->n_open - 1] != row) {
        *CD_PUSH(&e->arena, x->open, x->n_open, x->cap_open) = row;
    }
}

static void
note_name(struct cd_eval *e, struct cd_attachments *x, struct cd_at name, uint32_t row)
{
    uint32_t first;
    if (cd_at_state(name) == CD_UNKNOWN) {
        note_open(e, x, row);
    } else if (cd_at_state(name) == CD_KNOWN && name.node->kind == CD_NODE_STRING) {
        uint32_t id = name.node->v.u32[name.row];
        if (!cd_idmap_get(&x->names.head, id, &first) || x->names.row[first] != row) {
            cd_name_map_add(&e->arena, &x->names, id, row);
        }
    }
}

/* From the last row on, so that the rows of a name ascend. */
static void
make(struct cd_eval *e, struct cd_attachments *x, const struct attaching *way)
{
    const struct cd_table *t = cd_estate_table(e, way->type);
    for (uint32_t row = t == NULL ? 0 : t->n; row-- > 0;) {
        if (cd_table_is_dead(t, row)) {
            continue;
        }
        struct cd_at names = cd_estate_property(e, cd_estate_root(t, row), way->property);
        bool is_list = cd_at_state(names) == CD_KNOWN && names.node->kind == CD_NODE_LIST;
        for (uint32_t i = 0; i < cd_estate_size(names); i++) {
            note_name(e, x, cd_estate_member(names, i), row);
        }
        if (!is_list) {
            note_name(e, x, names, row);
        } else if (cd_node_open_reason(names.node, names.row) != 0) {
            note_open(e, x, row);
        }
    }
    x->table = t;
    x->made = true;
}

/* ---- what a holder has ---- */

static void
add_row(struct cd_eval *e, struct cd_documents *out, const struct attaching *way,
        const struct cd_table *t, uint32_t row, bool is_certain)
{
    struct cd_str called =
        t->id[row] == CD_NO_STR ? cd_str_of(way->type) : cd_vm_text(e, t->id[row]);
    if (is_certain) {
        cd_estate_add(e, out, called,
                      cd_estate_property(e, cd_estate_root(t, row), "PolicyDocument"));
    } else {
        cd_estate_add_unknown(e, out, "it is not known to whom %.*s is attached", CD_FMT(called));
    }
}

/* The rows that name the holder and those that may, both from the first one on. */
static void
add_by(struct cd_eval *e, struct cd_documents *out, const struct cd_attachments *x,
       const struct attaching *way, struct cd_str name, struct cd_str account)
{
    uint32_t named = CD_NONE;
    size_t n_open = x->n_open;
    (void)cd_idmap_get(&x->names.head, cd_vm_str(e, name), &named);
    while (named != CD_NONE || n_open != 0) {
        uint32_t certain = named == CD_NONE ? CD_NONE : x->names.row[named];
        uint32_t open = n_open == 0 ? CD_NONE : x->open[n_open - 1];
        uint32_t row = certain < open ? certain : open;
        if (cd_estate_is_of(e, x->table, row, account)) {
            add_row(e, out, way, x->table, row, row == certain);
        }
        named = row == certain ? x->names.next[named] : named;
        n_open -= row == open;
    }
}

void
cd_estate_add_attached(struct cd_eval *e, struct cd_documents *out, enum cd_holder holder,
                       struct cd_str name, struct cd_str account)
{
    struct cd_estate *s = cd_estate_of(e);
    for (size_t i = 0; i < CD_ATTACHING; i++) {
        struct cd_attachments *x = &s->attachments[holder][i];
        if (!x->made) {
            make(e, x, &ways[holder][i]);
        }
        add_by(e, out, x, &ways[holder][i], name, account);
    }
}
