/* The policies of an organization by account: those of its root, of the units on the way, and of
 * the account itself. */
#include "runtime/vm/estate.h"

#define POLICY "AWS::Organizations::Policy"
#define ORGANIZATION "AWS::Organizations::Organization"
#define DEEPEST 16 /* units above each other; AWS allows five */

/* The organization's own row, or no table. */
static struct cd_at
organization(struct cd_eval *e, struct cd_str *id)
{
    const struct cd_table *t = cd_estate_table(e, ORGANIZATION);
    uint32_t row = 0;
    if (!cd_estate_next(t, &row)) {
        return (struct cd_at){NULL, 0};
    }
    *id = t->id[row] == CD_NO_STR ? CD_STR("") : cd_vm_text(e, t->id[row]);
    return cd_estate_root(t, row);
}

struct cd_str
cd_estate_management_account(struct cd_eval *e)
{
    struct cd_str id;
    struct cd_at o = organization(e, &id);
    return o.node == NULL ? CD_STR("")
                          : cd_estate_text(e, cd_estate_property(e, o, "ManagementAccountId"));
}

static bool
has_policies(struct cd_eval *e)
{
    uint32_t row = 0;
    return cd_estate_next(cd_estate_table(e, POLICY), &row);
}

enum cd_truth
cd_estate_organization(struct cd_eval *e, struct cd_str *id)
{
    if (organization(e, id).node != NULL) {
        return id->n != 0 ? CD_YES : CD_MAYBE;
    }
    *id = CD_STR("");
    return has_policies(e) || !cd_estate_is_complete(e, ORGANIZATION, *id) ? CD_MAYBE : CD_NO;
}

/* ---- the way from an account to the root ---- */

struct way {
    struct cd_str ids[DEEPEST + 2];
    uint32_t n;
    bool is_known;
};

static const struct cd_table *
row_of(struct cd_eval *e, const char *type, struct cd_str id, uint32_t *row)
{
    const struct cd_table *t = cd_estate_table(e, type);
    for (*row = 0; cd_estate_next(t, row); (*row)++) {
        if (t->id[*row] != CD_NO_STR && cd_str_eq(cd_vm_text(e, t->id[*row]), id)) {
            return t;
        }
    }
    return NULL;
}

static bool
push(struct way *w, struct cd_str id)
{
    bool fits = id.n != 0 && w->n < CD_ARRAY_LEN(w->ids);
    if (fits) {
        w->ids[w->n++] = id;
    }
    return fits;
}

/* From unit to unit; the root's id begins with `r-`. */
static void
climb(struct cd_eval *e, struct way *w, struct cd_str parent)
{
    while (push(w, parent)) {
        uint32_t row;
        if (cd_str_starts(parent, CD_STR("r-"))) {
            w->is_known = true;
            return;
        }
        const struct cd_table *t =
            row_of(e, "AWS::Organizations::OrganizationalUnit", parent, &row);
        if (t == NULL) {
            return;
        }
        parent = cd_estate_text(e, cd_estate_property(e, cd_estate_root(t, row), "ParentId"));
    }
}

static struct way
way_of(struct cd_eval *e, struct cd_str account)
{
    struct way w = {.n = 0};
    uint32_t row;
    (void)push(&w, account);
    const struct cd_table *t = row_of(e, "AWS::Organizations::Account", account, &row);
    struct cd_at parents = {NULL, 0};
    if (t != NULL) {
        parents = cd_estate_property(e, cd_estate_root(t, row), "ParentIds");
    }
    if (cd_estate_size(parents) == 1) {
        climb(e, &w, cd_estate_text(e, cd_estate_member(parents, 0)));
    }
    return w;
}

/* ---- levels ---- */

static bool
is_of_kind(struct cd_eval *e, struct cd_at policy, bool of_resources)
{
    struct cd_str type = cd_estate_text(e, cd_estate_property(e, policy, "Type"));
    return cd_str_eq(type, of_resources ? CD_STR("RESOURCE_CONTROL_POLICY")
                                        : CD_STR("SERVICE_CONTROL_POLICY"));
}

static bool
allows_nothing(const struct cd_documents *d)
{
    for (size_t i = 0; i < d->n; i++) {
        for (uint32_t s = 0; s < d->items[i].policy->n_statements; s++) {
            if (!d->items[i].policy->statements[s].is_deny) {
                return false;
            }
        }
    }
    return true;
}

/* Adds the content of the policy, which is compiled once for all to whom it is attached. */
static void
add_content(struct cd_eval *e, struct cd_documents *out, uint32_t row, struct cd_str name,
            struct cd_at policy)
{
    struct cd_estate *s = cd_estate_of(e);
    uint32_t at;
    if (!cd_idmap_get(&s->content_of, row, &at)) {
        struct cd_documents made = {.n = 0};
        cd_estate_add_json(e, &made, name, cd_estate_property(e, policy, "Content"));
        at = (uint32_t)s->contents.n;
        *CD_PUSH(&e->arena, s->contents.items, s->contents.n, s->contents.cap) = made.items[0];
        cd_idmap_put(&e->arena, &s->content_of, row, at);
    }
    *CD_PUSH(&e->arena, out->items, out->n, out->cap) = s->contents.items[at];
}

/* The policies of the kind that are attached to the root, the unit or the account ID. */
static struct cd_documents
attached_to(struct cd_eval *e, struct cd_str id, bool of_resources)
{
    struct cd_documents out = {.n = 0};
    const struct cd_table *t = cd_estate_table(e, POLICY);
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_at policy = cd_estate_root(t, row);
        enum cd_truth has = cd_estate_has(e, cd_estate_property(e, policy, "TargetIds"), id);
        struct cd_str name = cd_estate_text(e, cd_estate_property(e, policy, "Name"));
        name = name.n == 0 && t->id[row] != CD_NO_STR ? cd_vm_text(e, t->id[row]) : name;
        if (!is_of_kind(e, policy, of_resources) || has == CD_NO) {
            continue;
        }
        if (has == CD_YES) {
            add_content(e, &out, row, name, policy);
        } else {
            cd_estate_add_unknown(e, &out, "it is not known to what %.*s is attached",
                                  CD_FMT(name));
        }
    }
    /* AWS attaches FullAWSAccess everywhere; nobody knows whether somebody has taken it away where
     * no policy that allows anything is listed. */
    if (!of_resources && out.n != 0 && allows_nothing(&out)) {
        cd_estate_add_unknown(e, &out,
                              "no service control policy of %.*s that allows anything is in the "
                              "snapshot, such as FullAWSAccess",
                              CD_FMT(id));
    }
    return out;
}

/* Does a policy of the kind target a unit or a root, so that the way there matters? */
static bool
targets_units(struct cd_eval *e, bool of_resources)
{
    const struct cd_table *t = cd_estate_table(e, POLICY);
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_at policy = cd_estate_root(t, row);
        struct cd_at targets = cd_estate_property(e, policy, "TargetIds");
        for (uint32_t i = 0; is_of_kind(e, policy, of_resources) && i < cd_estate_size(targets);
             i++) {
            struct cd_str id = cd_estate_text(e, cd_estate_member(targets, i));
            if (cd_str_starts(id, CD_STR("ou-")) || cd_str_starts(id, CD_STR("r-"))) {
                return true;
            }
        }
    }
    return false;
}

struct levels {
    struct cd_policy_level *items;
    size_t n, cap;
};

static void
add_level(struct cd_eval *e, struct levels *out, struct cd_str name, const struct cd_documents *d)
{
    if (d->n != 0) {
        *CD_PUSH(&e->arena, out->items, out->n, out->cap) =
            (struct cd_policy_level){name, cd_estate_set(d)};
    }
}

/* What the snapshot does not tell is a level of its own. */
static void
add_unknown_level(struct cd_eval *e, struct levels *out, struct cd_str account, bool of_resources,
                  const char *what)
{
    struct cd_documents d = {.n = 0};
    cd_estate_add_unknown(e, &d, "the %s control policies of account %.*s are not known: %s",
                          of_resources ? "resource" : "service", CD_FMT(account), what);
    add_level(e, out, account, &d);
}

static void
make_levels(struct cd_eval *e, struct cd_str account, bool of_resources, struct levels *out)
{
    struct cd_str unused, management = cd_estate_management_account(e);
    bool is_member = organization(e, &unused).node != NULL || has_policies(e);
    bool is_complete = cd_estate_is_complete(e, POLICY, management.n != 0 ? management : account);
    if (!is_member && cd_estate_is_complete(e, ORGANIZATION, account)) {
        return;
    }
    if (!is_complete) {
        add_unknown_level(e, out, account, of_resources,
                          "the policies of the organization may not all be in the snapshot");
    }
    struct way way = way_of(e, account);
    for (uint32_t i = way.n; i-- > 0;) {
        struct cd_documents d = attached_to(e, way.ids[i], of_resources);
        add_level(e, out, way.ids[i], &d);
    }
    if (!way.is_known && targets_units(e, of_resources)) {
        add_unknown_level(e, out, account, of_resources,
                          "the organizational units above it are not in the snapshot");
    }
}

const struct cd_policy_levels *
cd_estate_levels(struct cd_eval *e, struct cd_str account, bool of_resources)
{
    struct cd_estate *s = cd_estate_of(e);
    struct cd_idmap *known = &s->levels_of[of_resources];
    uint32_t id = cd_vm_str(e, account), at;
    if (cd_idmap_get(known, id, &at)) {
        return s->levels.items[at];
    }
    struct levels made = {.n = 0};
    make_levels(e, account, of_resources, &made);
    struct cd_policy_levels *kept = CD_NEW(&e->arena, struct cd_policy_levels);
    *kept = (struct cd_policy_levels){made.items, (uint32_t)made.n};
    cd_idmap_put(&e->arena, known, id, (uint32_t)s->levels.n);
    *CD_PUSH(&e->arena, s->levels.items, s->levels.n, s->levels.cap) = kept;
    return kept;
}
