/* Users and roles with the documents around them.
 *
 * Inline and managed policies, those of groups, permissions boundaries, and what templates attach
 * by resources of their own (AWS::IAM::Policy, AWS::IAM::RolePolicy, …). */
#include "runtime/vm/estate.h"

/* ---- managed policies ---- */

static void
index_managed(struct cd_eval *e, struct cd_estate *s)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::ManagedPolicy");
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_str arn =
            cd_estate_text(e, cd_estate_property(e, cd_estate_root(t, row), "PolicyArn"));
        uint32_t id = arn.n != 0 ? cd_vm_str(e, arn) : cd_vm_arn(e, t, row);
        if (id != CD_NO_STR) {
            cd_idmap_put(&e->arena, &s->managed, id, row);
        }
    }
}

/* From the last row on, so that the first one of a name is found first. */
static void
index_groups(struct cd_eval *e, struct cd_estate *s)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::Group");
    for (uint32_t row = t == NULL ? 0 : t->n; row-- > 0;) {
        struct cd_at root = cd_estate_root(t, row);
        struct cd_str name = cd_estate_text(e, cd_estate_property(e, root, "GroupName"));
        uint32_t id = name.n != 0 ? cd_vm_str(e, name) : t->id[row];
        if (!cd_table_is_dead(t, row) && id != CD_NO_STR) {
            cd_name_map_add(&e->arena, &s->groups, id, row);
        }
    }
}

struct cd_estate *
cd_estate_of(struct cd_eval *e)
{
    struct cd_questions *q = cd_questions_of(e);
    if (q->estate == NULL) {
        struct cd_estate *s = CD_NEW(&e->arena, struct cd_estate);
        index_managed(e, s);
        index_groups(e, s);
        q->estate = s;
    }
    return q->estate;
}

static void
add_managed(struct cd_eval *e, struct cd_documents *out, struct cd_at reference)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::ManagedPolicy");
    struct cd_str arn = cd_estate_text(e, reference);
    uint32_t row;
    if (cd_at_state(reference) == CD_ABSENT) {
        return;
    }
    if (arn.n == 0) {
        cd_estate_add_unknown(e, out, "a managed policy that is attached is not known");
    } else if (!cd_idmap_get(&cd_estate_of(e)->managed, cd_vm_str(e, arn), &row)) {
        cd_estate_add_unknown(e, out, "the document of %.*s is not in the snapshot", CD_FMT(arn));
    } else {
        struct cd_at document = cd_estate_property(e, cd_estate_root(t, row), "PolicyDocument");
        size_t before = out->n;
        cd_estate_add(e, out, arn, document);
        if (out->n == before) {
            cd_estate_add_unknown(e, out, "the document of %.*s is not in the snapshot",
                                  CD_FMT(arn));
        }
    }
}

/* ---- what stands with a user, a role, a group ---- */

/* Adds an unknown document if there may be more than LIST shows. */
static void
note_open(struct cd_eval *e, struct cd_documents *out, struct cd_at list, const char *what)
{
    bool is_list = list.node != NULL && list.node->kind == CD_NODE_LIST;
    uint32_t reason = cd_at_state(list) == CD_UNKNOWN ? cd_node_reason(list.node, list.row)
                      : cd_at_state(list) == CD_KNOWN && is_list
                          ? cd_node_open_reason(list.node, list.row)
                          : 0;
    if (cd_at_state(list) == CD_UNKNOWN || reason != 0) {
        cd_estate_add_unknown(e, out, "%s are not all known: %.*s", what,
                              CD_FMT(cd_vm_text(e, reason != 0 ? reason : e->why_unknown)));
    }
}

static void
add_inline(struct cd_eval *e, struct cd_documents *out, struct cd_at holder)
{
    struct cd_at list = cd_estate_property(e, holder, "Policies");
    for (uint32_t i = 0; i < cd_estate_size(list); i++) {
        struct cd_at one = cd_estate_member(list, i);
        struct cd_str name = cd_estate_text(e, cd_estate_property(e, one, "PolicyName"));
        cd_estate_add(e, out, name.n != 0 ? name : CD_STR("an inline policy"),
                      cd_estate_property(e, one, "PolicyDocument"));
    }
    note_open(e, out, list, "inline policies");
}

static void
add_attached(struct cd_eval *e, struct cd_documents *out, struct cd_at holder)
{
    struct cd_at list = cd_estate_property(e, holder, "ManagedPolicyArns");
    for (uint32_t i = 0; i < cd_estate_size(list); i++) {
        add_managed(e, out, cd_estate_member(list, i));
    }
    note_open(e, out, list, "attached policies");
}

static void
add_all(struct cd_eval *e, struct cd_documents *out, struct cd_at holder, enum cd_holder kind,
        struct cd_str name, struct cd_str account)
{
    add_inline(e, out, holder);
    add_attached(e, out, holder);
    cd_estate_add_attached(e, out, kind, name, account);
}

/* ---- groups ---- */

static void
add_group(struct cd_eval *e, struct cd_documents *out, struct cd_str name, struct cd_str account)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::Group");
    const struct cd_name_map *groups = &cd_estate_of(e)->groups;
    uint32_t at = CD_NONE;
    (void)cd_idmap_get(&groups->head, cd_vm_str(e, name), &at);
    while (at != CD_NONE && !cd_estate_is_of(e, t, groups->row[at], account)) {
        at = groups->next[at];
    }
    if (at != CD_NONE) {
        struct cd_at root = cd_estate_root(t, groups->row[at]);
        add_all(e, out, root, CD_HOLDER_GROUP, name, account);
        return;
    }
    cd_estate_add_unknown(e, out, "the policies of the group %.*s are not in the snapshot",
                          CD_FMT(name));
}

static void
add_groups(struct cd_eval *e, struct cd_documents *out, struct cd_at user, struct cd_str account)
{
    struct cd_at list = cd_estate_property(e, user, "Groups");
    for (uint32_t i = 0; i < cd_estate_size(list); i++) {
        struct cd_str name = cd_estate_text(e, cd_estate_member(list, i));
        if (name.n != 0) {
            add_group(e, out, name, account);
        }
    }
    note_open(e, out, list, "groups of the user");
}

/* ---- principals ---- */

static void
fill_in(struct cd_eval *e, struct cd_vm_principal *p, bool is_role)
{
    struct cd_documents identity = {.n = 0}, boundary = {.n = 0};
    struct cd_question *q = &p->question;
    struct cd_at root = cd_estate_root(p->table, p->row);
    add_all(e, &identity, root, is_role ? CD_HOLDER_ROLE : CD_HOLDER_USER, q->caller.name,
            q->caller.account);
    if (!is_role) {
        add_groups(e, &identity, root, q->caller.account);
    }
    add_managed(e, &boundary, cd_estate_property(e, root, "PermissionsBoundary"));
    q->identity = cd_estate_set(&identity);
    q->boundaries = cd_estate_set(&boundary);
    q->scps = *cd_estate_levels(e, q->caller.account, false);
    q->management_account = cd_estate_management_account(e);
}

const struct cd_vm_principal *
cd_estate_principal(struct cd_eval *e, cd_rowref row)
{
    struct cd_estate *s = cd_estate_of(e);
    const struct cd_table *t = e->s->tables[e->s->nodes[cd_rowref_node(row)]->table];
    bool is_role = cd_str_eq(cd_vm_text(e, t->type), CD_STR("AWS::IAM::Role"));
    struct cd_idmap *known = &s->principal_of[is_role ? 0 : 1];
    uint32_t number;
    if (cd_idmap_get(known, cd_rowref_row(row), &number)) {
        return number == CD_NONE ? NULL : s->principals.items[number];
    }
    struct cd_vm_principal *p = CD_NEW(&e->arena, struct cd_vm_principal);
    *p = (struct cd_vm_principal){.table = t, .row = cd_rowref_row(row)};
    uint32_t arn = cd_vm_arn(e, t, p->row);
    p->arn = arn == CD_NO_STR ? CD_STR("") : cd_arena_str(&e->arena, cd_vm_text(e, arn));
    if (!cd_caller_read(p->arn, &p->question.caller)
        || (p->question.caller.kind != CD_CALLER_ROLE
            && p->question.caller.kind != CD_CALLER_USER)) {
        cd_idmap_put(&e->arena, known, p->row, CD_NONE);
        return NULL;
    }
    p->number = (uint32_t)s->principals.n;
    fill_in(e, p, is_role);
    *CD_PUSH(&e->arena, s->principals.items, s->principals.n, s->principals.cap) = p;
    cd_idmap_put(&e->arena, known, p->row, p->number);
    return p;
}

/* ---- what follows from a principal ---- */

static bool
fixed_to(struct cd_arena *a, struct cd_str key, struct cd_str value, struct cd_access_key *out)
{
    struct cd_str *kept = CD_NEW(a, struct cd_str);
    *kept = value;
    *out = (struct cd_access_key){
        .name = key, .values = kept, .n_values = value.n != 0, .is_absent = value.n == 0};
    return true;
}

static bool
not_known(struct cd_str key, struct cd_access_key *out)
{
    *out = (struct cd_access_key){.name = key, .is_unknown = true};
    return true;
}

/* Tags of the principal: names are compared without case. */
static bool
tag_of(const struct cd_eval *e, const struct cd_vm_principal *p, struct cd_str key,
       struct cd_str name, struct cd_arena *a, struct cd_access_key *out)
{
    const struct cd_node *tags = p->table->tags;
    enum cd_state state = cd_node_state(tags, p->row);
    if (state == CD_UNKNOWN) {
        return not_known(key, out);
    }
    for (uint32_t i = 0; state == CD_KNOWN && i < tags->len[p->row]; i++) {
        uint32_t row = tags->off[p->row] + i;
        const struct cd_node *values = tags->child[0];
        if (cd_str_eq_nocase(cd_vm_text(e, values->key[row]), name)) {
            return cd_node_state(values, row) == CD_KNOWN
                       ? fixed_to(a, key, cd_vm_text(e, values->v.u32[row]), out)
                       : not_known(key, out);
        }
    }
    bool is_open = state == CD_KNOWN && cd_node_open_reason(tags, p->row) != 0;
    return is_open ? not_known(key, out) : fixed_to(a, key, CD_STR(""), out);
}

static bool
organization_of(struct cd_eval *e, struct cd_str key, struct cd_arena *a, struct cd_access_key *out)
{
    struct cd_str id = CD_STR("");
    enum cd_truth has = cd_estate_organization(e, &id);
    bool is_id = cd_str_eq_nocase(key, CD_STR("aws:PrincipalOrgID"));
    return has == CD_MAYBE || (has == CD_YES && !is_id) ? not_known(key, out)
                                                        : fixed_to(a, key, id, out);
}

bool
cd_estate_fixes(struct cd_eval *e, const struct cd_vm_principal *p, struct cd_str key,
                struct cd_arena *a, struct cd_access_key *out)
{
    static const struct cd_str tag = CD_STR_INIT("aws:PrincipalTag/");
    if (cd_ask_is_reason(key)) { /* of a document that is not known */
        return not_known(key, out);
    }
    if (key.n > tag.n && cd_str_eq_nocase(cd_str_sub(key, 0, tag.n), tag)) {
        return tag_of(e, p, key, cd_str_sub(key, tag.n, key.n), a, out);
    }
    if (cd_str_eq_nocase(key, CD_STR("aws:PrincipalOrgID"))
        || cd_str_eq_nocase(key, CD_STR("aws:PrincipalOrgPaths"))
        || cd_str_eq_nocase(key, CD_STR("aws:ResourceOrgID"))
        || cd_str_eq_nocase(key, CD_STR("aws:ResourceOrgPaths"))) {
        return organization_of(e, key, a, out);
    }
    if (cd_str_eq_nocase(key, CD_STR("aws:userid"))) {
        struct cd_at root = cd_estate_root(p->table, p->row);
        struct cd_str id = cd_estate_text(e, cd_estate_property(e, root, "UserId"));
        return id.n != 0 ? fixed_to(a, key, id, out) : not_known(key, out);
    }
    return false;
}
