/* What snapshots show of the policies of buckets and keys. */
#include "compiler/cli/emit_merge.h"

#include "runtime/driver/read.h"
#include "runtime/report/report.h"
#include "runtime/store/store.h"

/* Where policies stand, by target. */
struct place {
    struct cd_str type, property;
    struct cd_str owner; /* the type of what has them, if that is another one; empty: the same */
};
static const struct place bucket_policies = {CD_STR_INIT("AWS::S3::BucketPolicy"),
                                             CD_STR_INIT("PolicyDocument"),
                                             CD_STR_INIT("AWS::S3::Bucket")},
                          key_policies = {CD_STR_INIT("AWS::KMS::Key"), CD_STR_INIT("KeyPolicy"),
                                          CD_STR_INIT("")};

struct reader {
    struct cd_snapshot *s;
    const struct place *place;
    struct cd_arena *a;
    struct cd_shown_policy *items;
    size_t n, cap;
    struct cd_buf scratch;
};

/* ---- what a row is the policy of ---- */

static bool
bucket_of(struct reader *r, const struct cd_table *t, uint32_t row, struct cd_scope *out)
{
    uint32_t partition = cd_table_site(r->s, t, row)->partition;
    *out = (struct cd_scope){.kind = CD_SCOPE_BUCKET};
    struct cd_str name = cd_arena_str(r->a, cd_intern_str(&r->s->dict, t->id[row]));
    bool is_bucket = cd_bucket_parse(name, &out->bucket);
    if (partition != CD_NO_STR) {
        out->bucket.partition = cd_arena_str(r->a, cd_intern_str(&r->s->dict, partition));
    }
    return is_bucket;
}

static bool
key_of(struct reader *r, const struct cd_table *t, uint32_t row, struct cd_scope *out)
{
    *out = (struct cd_scope){.kind = CD_SCOPE_KEY};
    struct cd_str arn = cd_table_arn(r->s, t, row, &r->scratch);
    return arn.n != 0 && cd_key_parse(cd_arena_str(r->a, arn), &out->key);
}

static bool
scope_of(struct reader *r, const struct cd_table *t, uint32_t row, struct cd_scope *out)
{
    return r->place == &key_policies ? key_of(r, t, row, out) : bucket_of(r, t, row, out);
}

/* ---- documents ---- */

/* Its text, or, where that is not known, what it says. */
static struct cd_str
text_at(struct reader *r, uint32_t policy)
{
    const struct cd_snapshot *s = r->s;
    if (policy < s->n_policy_texts && s->policy_texts[policy] != CD_NO_STR) {
        return cd_arena_str(r->a, cd_intern_str(&s->dict, s->policy_texts[policy]));
    }
    cd_buf_clear(&r->scratch);
    cd_node_write(s, s->policies, policy, &r->scratch);
    return cd_arena_str(r->a, cd_buf_view(&r->scratch));
}

static void
add(struct reader *r, struct cd_scope scope, struct cd_str text, struct cd_str unknown)
{
    *CD_PUSH(r->a, r->items, r->n, r->cap) =
        (struct cd_shown_policy){.scope = scope,
                                 .text = text,
                                 .unknown = unknown,
                                 .is_wrong = cd_str_eq(unknown, CD_STR(CD_UNKNOWN_NO_POLICY))};
}

static void
read_row(struct reader *r, const struct cd_table *t, const struct cd_node *node, uint32_t row)
{
    struct cd_scope scope;
    if (cd_table_is_dead(t, row) || !scope_of(r, t, row, &scope)) {
        return;
    }
    switch (cd_node_state(node, row)) {
    case CD_KNOWN: add(r, scope, text_at(r, node->v.u32[row]), CD_STR("")); return;
    case CD_UNKNOWN: {
        uint32_t reason = cd_node_reason(node, row);
        add(r, scope, CD_STR(""),
            reason == 0 ? CD_STR("it is unknown")
                        : cd_arena_str(r->a, cd_intern_str(&r->s->dict, reason)));
        return;
    }
    case CD_ABSENT: add(r, scope, CD_STR(""), CD_STR("it is not there")); return;
    }
}

static void
read_policies(struct reader *r)
{
    struct cd_table *t = cd_snapshot_find_table(r->s, r->place->type);
    if (t == NULL || t->root == NULL) {
        return;
    }
    uint32_t slot = cd_node_slot(r->s, t->root, r->place->property);
    const struct cd_node *node =
        slot == CD_NONE || slot >= t->root->n_child ? NULL : t->root->child[slot];
    for (uint32_t row = 0; row < t->n; row++) {
        read_row(r, t, node, row);
    }
}

static struct cd_str
name_of(struct reader *r, const struct cd_scope *scope)
{
    return cd_arena_printf(r->a, "%.*s:%.*s", CD_FMT(scope->bucket.partition),
                           CD_FMT(scope->bucket.name));
}

/* Buckets of whose policy there is no row have none, or one that was not collected. */
static void
read_owners(struct reader *r)
{
    const struct cd_table *t = cd_snapshot_find_table(r->s, r->place->owner);
    struct cd_map known;
    uint32_t unused;
    cd_map_init(&known);
    for (size_t i = 0; i < r->n; i++) {
        cd_map_put(&known, name_of(r, &r->items[i].scope), 0);
    }
    for (uint32_t row = 0; t != NULL && row < t->n; row++) {
        struct cd_scope scope;
        if (cd_table_is_dead(t, row) || !scope_of(r, t, row, &scope)
            || cd_map_get(&known, name_of(r, &scope), &unused)) {
            continue;
        }
        const struct cd_site *site = cd_table_site(r->s, t, row);
        bool has_none =
            cd_snapshot_is_complete_at(r->s, r->place->type, site->account, site->region);
        add(r, scope, CD_STR(""),
            has_none ? CD_STR("") : CD_STR("the policies of its account were not all collected"));
    }
    cd_map_finish(&known);
}

/* ---- snapshots ---- */

static cordon_status
read_snapshots(struct cd_emit_merge *m, struct cordon_error *err)
{
    CORDON_TRY(cd_snapshot_init(&m->snapshot, (struct cd_projection){.all = true}));
    m->has_snapshot = true;
    const struct cd_reading how = {.n_threads = 1, .is_silent = true};
    return cd_driver_read_whole(&m->snapshot, m->paths.items, m->paths.n, how, err);
}

cordon_status
cd_emit_merge_read(struct cd_emit_merge *m, enum cd_target target, struct cd_arena *arena,
                   struct cd_emit_asked *out, struct cordon_error *err)
{
    if (m->paths.n == 0) {
        return CORDON_OK;
    }
    CORDON_TRY(read_snapshots(m, err));
    cd_report_tell_problems(&m->snapshot, "cordon: ", ": byte "); /* they may be policies */
    struct reader r = {.s = &m->snapshot,
                       .place = target == CD_TARGET_KEY_POLICY ? &key_policies : &bucket_policies,
                       .a = arena,
                       .scratch = CD_BUF_INIT};
    read_policies(&r);
    if (r.place->owner.n != 0) {
        read_owners(&r);
    }
    bool oom = r.scratch.oom;
    cd_buf_finish(&r.scratch);
    out->merges = true;
    out->shown = r.items;
    out->n_shown = r.n;
    return oom ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory") : CORDON_OK;
}

void
cd_emit_merge_finish(struct cd_emit_merge *m)
{
    if (m->has_snapshot) {
        cd_snapshot_finish(&m->snapshot);
        m->has_snapshot = false;
    }
}
