/* Findings beside those of an earlier report. */
#include "runtime/report/compare.h"

#include "runtime/base/bytes.h"
#include "runtime/report/baseline.h"

const char *
cd_change_name(enum cd_change_kind kind)
{
    switch (kind) {
    case CD_CHANGE_NEW: return "new";
    case CD_CHANGE_CHANGED: return "changed";
    case CD_CHANGE_UNCHANGED: return "unchanged";
    }
    return "new";
}

const char *
cd_settled_reason(enum cd_settled_why why)
{
    switch (why) {
    case CD_SETTLED_HOLDS: return "it holds now";
    case CD_SETTLED_OUT_OF_SCOPE: return "the control does not ask about this resource any more";
    case CD_SETTLED_GONE: return "the resource is not there any more";
    case CD_SETTLED_NOT_RUN: return "the control did not run";
    case CD_SETTLED_NOT_COLLECTED:
        return "the resource is not among those collected, which may not be all";
    }
    return "";
}

const struct cd_change *
cd_change_of(const struct cd_report *r, const struct cd_answer *a)
{
    size_t n;
    return r->comparison == NULL ? NULL : &r->comparison->changes[a - cd_eval_answers(r->eval, &n)];
}

bool
cd_change_is_new_failure(const struct cd_change *change, enum cd_verdict verdict)
{
    return verdict == CD_FAIL && (change->before == NULL || change->before->verdict != CD_FAIL);
}

/* ---- findings that are there now ---- */

/* What one comparison works with. */
struct compare {
    const struct cd_report *r;
    const struct cd_baseline *b;
    struct cd_arena *arena;
    struct cd_arena scratch; /* of one finding */
    struct cd_dom *dom;
    struct cd_comparison *out;
    uint8_t *is_met; /* by finding of the baseline */
    struct cordon_error *err;
};

static cordon_status
no_memory(const struct compare *c)
{
    return cordon_fail(c->err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                       "out of memory while comparing with the baseline");
}

/* The digest of answer A's finding, by way of the JSON that the baseline has, too. */
static cordon_status
digest_of(struct compare *c, const struct cd_answer *a, uint64_t *digest)
{
    struct cd_arena_mark mark = cd_arena_mark(&c->scratch);
    struct cd_buf json = CD_BUF_INIT;
    struct cd_finding f;
    struct cd_dom_val v;
    cordon_status status = cd_finding_make(c->r, a, &c->scratch, &f, c->err);
    if (status == CORDON_OK) {
        cd_finding_json(c->r, &f, NULL, &json);
        enum cd_dom_status parsed =
            json.oom ? CD_DOM_MEMORY : cd_dom_parse(c->dom, cd_buf_view(&json), false, &v);
        if (parsed == CD_DOM_OK) {
            *digest = cd_baseline_digest(v);
        } else {
            status = parsed == CD_DOM_MEMORY
                         ? no_memory(c)
                         : cordon_fail(c->err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                                       "finding %s is no JSON: a defect in Cordon", f.fingerprint);
        }
    }
    cd_buf_finish(&json);
    cd_arena_reset(&c->scratch, mark);
    return status;
}

static cordon_status
compare_answer(struct compare *c, const struct cd_answer *a, struct cd_change *change)
{
    struct cd_comparison *out = c->out;
    char text[17];
    uint64_t fingerprint = 0;
    uint64_t digest = 0;
    cd_report_fingerprint(c->r, a, text);
    (void)cd_baseline_fingerprint(cd_str_of(text), &fingerprint);
    change->before = cd_baseline_find(c->b, fingerprint);
    if (change->before == NULL) {
        change->kind = CD_CHANGE_NEW;
        out->n_new++;
        return CORDON_OK;
    }
    c->is_met[change->before - c->b->findings] = 1;
    CORDON_TRY(digest_of(c, a, &digest));
    bool is_same = digest == change->before->digest;
    change->kind = is_same ? CD_CHANGE_UNCHANGED : CD_CHANGE_CHANGED;
    *(is_same ? &out->n_unchanged : &out->n_changed) += 1;
    return CORDON_OK;
}

static cordon_status
compare_answers(struct compare *c)
{
    size_t n;
    const struct cd_answer *answers = cd_eval_answers(c->r->eval, &n);
    c->out->changes = CD_NEW_ARRAY(c->arena, n, struct cd_change);
    if (c->out->changes == NULL) {
        return no_memory(c);
    }
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(compare_answer(c, &answers[i], &c->out->changes[i]));
    }
    return CORDON_OK;
}

/* ---- findings that were there before ---- */

/* Where the resources stand of which the baseline speaks, for the findings that nothing was found
 * for now. */
struct places {
    uint8_t *is_named;   /* by dictionary id: one of them has this id */
    struct cd_map first; /* by a resource's name: a finding of it … */
    uint32_t *next;      /* … and by finding another of the same, CD_NONE: none */
    struct cd_buf key;
    struct place {
        uint32_t table, row; /* CD_NONE: not there … */
        bool is_deleted;     /* … and the snapshot says that it was deleted */
    } * at;                  /* by finding */
};

/* The name as a key, until the next one. */
static struct cd_str
key_of(struct places *p, const struct cd_resource_name *name)
{
    cd_buf_clear(&p->key);
    cd_bytes_put_str(&p->key, name->type);
    cd_bytes_put_str(&p->key, name->partition);
    cd_bytes_put_str(&p->key, name->account);
    cd_bytes_put_str(&p->key, name->region);
    cd_bytes_put_str(&p->key, name->id);
    return cd_buf_view(&p->key);
}

/* A finding of the resource that the snapshot has there; CD_NONE: there is none. */
static uint32_t
first_finding(const struct compare *c, struct places *p, uint32_t type, uint32_t site, uint32_t id)
{
    const struct cd_snapshot *s = c->r->snapshot;
    uint32_t finding = CD_NONE;
    if (id != CD_NO_STR && p->is_named[id]) {
        struct cd_resource_name name = cd_resource_name_of(s, type, &s->sites[site], id);
        (void)cd_map_get(&p->first, key_of(p, &name), &finding);
    }
    return finding;
}

static void
find_rows(const struct compare *c, struct places *p, uint32_t table)
{
    const struct cd_table *t = c->r->snapshot->tables[table];
    for (uint32_t row = 0; row < t->n; row++) {
        uint32_t k = cd_table_is_dead(t, row)
                         ? CD_NONE
                         : first_finding(c, p, t->type, t->site[row], t->id[row]);
        for (; k != CD_NONE; k = p->next[k]) {
            p->at[k] = (struct place){.table = table, .row = row};
        }
    }
}

/* A deletion that a later capture follows has a row. */
static void
find_deletions(const struct compare *c, struct places *p)
{
    const struct cd_snapshot *s = c->r->snapshot;
    for (size_t i = 0; i < s->n_deletions; i++) {
        const struct cd_deletion *d = &s->deletions[i];
        for (uint32_t k = first_finding(c, p, d->type, d->site, d->id); k != CD_NONE;
             k = p->next[k]) {
            p->at[k].is_deleted = true;
        }
    }
}

/* Enters finding K, whose resource may be there by its ID. */
static bool
enter(const struct compare *c, struct places *p, uint32_t k, uint32_t id)
{
    struct cd_str key = key_of(p, &c->b->findings[k].resource);
    uint32_t first;
    p->is_named[id] = 1;
    if (cd_map_get(&p->first, key, &first)) {
        p->next[k] = p->next[first];
        p->next[first] = k;
        return true;
    }
    p->next[k] = CD_NONE;
    key = cd_arena_str(c->arena, key);
    return key.p != NULL && cd_map_put(&p->first, key, k);
}

/* Enters those that are not met. */
static bool
enter_all(const struct compare *c, struct places *p, bool *any)
{
    const struct cd_snapshot *s = c->r->snapshot;
    bool ok = true;
    for (uint32_t k = 0; k < c->b->n && ok; k++) {
        const struct cd_baseline_finding *f = &c->b->findings[k];
        uint32_t id =
            c->is_met[k] || !f->has_resource ? CD_NO_STR : cd_intern_find(&s->dict, f->resource.id);
        p->at[k] = (struct place){.table = CD_NONE, .row = CD_NONE};
        if (id < s->dict.n) {
            ok = enter(c, p, k, id);
            *any = true;
        }
    }
    return ok;
}

static cordon_status
find_places(const struct compare *c, struct places *p)
{
    const struct cd_snapshot *s = c->r->snapshot;
    bool any = false;
    p->is_named = CD_NEW_ARRAY(c->arena, s->dict.n, uint8_t);
    p->next = CD_NEW_ARRAY(c->arena, c->b->n, uint32_t);
    p->at = CD_NEW_ARRAY(c->arena, c->b->n, struct place);
    if (p->is_named == NULL || p->next == NULL || p->at == NULL || !enter_all(c, p, &any)) {
        return no_memory(c);
    }
    for (uint32_t table = 0; any && table < s->n_tables; table++) {
        find_rows(c, p, table);
    }
    find_deletions(c, p);
    return p->key.oom ? no_memory(c) : CORDON_OK;
}

/* What a place of the baseline is called here; one that nothing names is no id of anything, which
 * is not CD_NO_STR: that stands for all. */
static uint32_t
place_of(const struct cd_snapshot *s, struct cd_str name)
{
    uint32_t id = name.n == 0 ? CD_NO_STR : cd_intern_find(&s->dict, name);
    return name.n > 0 && id == CD_NO_STR ? s->dict.n : id;
}

/* Would the resource have been collected, were it there? */
static bool
is_collected(const struct compare *c, const struct cd_resource_name *name)
{
    const struct cd_snapshot *s = c->r->snapshot;
    return cd_snapshot_is_complete_at(s, name->type, place_of(s, name->account),
                                      place_of(s, name->region));
}

static cordon_status
why_settled(const struct compare *c, const struct cd_baseline_finding *f, uint32_t control,
            struct place at, enum cd_settled_why *why)
{
    bool in_scope = true;
    enum cd_verdict verdict = CD_PASS;
    if (control == CD_NONE) {
        *why = CD_SETTLED_NOT_RUN;
    } else if (!f->has_resource) {
        *why = CD_SETTLED_HOLDS;
    } else if (at.table == CD_NONE) {
        bool is_gone = at.is_deleted || is_collected(c, &f->resource);
        *why = is_gone ? CD_SETTLED_GONE : CD_SETTLED_NOT_COLLECTED;
    } else {
        CORDON_TRY(
            cd_eval_verdict(c->r->eval, control, at.table, at.row, &in_scope, &verdict, c->err));
        *why = in_scope ? CD_SETTLED_HOLDS : CD_SETTLED_OUT_OF_SCOPE;
    }
    return CORDON_OK;
}

static cordon_status
settle_all(struct compare *c, const struct cd_map *running, struct places *places)
{
    struct cd_comparison *out = c->out;
    CORDON_TRY(find_places(c, places));
    out->fixed = CD_NEW_ARRAY(c->arena, c->b->n, struct cd_settled);
    out->not_compared = CD_NEW_ARRAY(c->arena, c->b->n, struct cd_settled);
    if (out->fixed == NULL || out->not_compared == NULL) {
        return no_memory(c);
    }
    for (uint32_t i = 0; i < c->b->n; i++) {
        struct cd_settled settled = {.before = &c->b->findings[i]};
        uint32_t control = CD_NONE;
        if (c->is_met[i]) {
            continue;
        }
        (void)cd_map_get(running, settled.before->id, &control);
        CORDON_TRY(why_settled(c, settled.before, control, places->at[i], &settled.why));
        if (settled.why == CD_SETTLED_NOT_RUN || settled.why == CD_SETTLED_NOT_COLLECTED) {
            out->not_compared[out->n_not_compared++] = settled;
        } else {
            out->fixed[out->n_fixed++] = settled;
        }
    }
    return CORDON_OK;
}

static cordon_status
settle(struct compare *c, const struct cd_map *running)
{
    struct places places = {.key = CD_BUF_INIT};
    if (memchr(c->is_met, 0, c->b->n) == NULL) {
        return CORDON_OK; /* all of them are still there */
    }
    cd_map_init(&places.first);
    cordon_status status = settle_all(c, running, &places);
    cd_map_finish(&places.first);
    cd_buf_finish(&places.key);
    return status;
}

/* ---- controls ---- */

/* RUNNING: ids of the controls that ran, to their numbers. */
static cordon_status
compare_controls(struct compare *c, struct cd_map *running)
{
    const struct cd_image *img = c->r->img;
    const struct cd_control_result *results = cd_eval_results(c->r->eval);
    c->out->added = CD_NEW_ARRAY(c->arena, img->controls.n, uint32_t);
    if (c->out->added == NULL) {
        return no_memory(c);
    }
    for (uint32_t control = 0; control < img->controls.n; control++) {
        uint32_t before;
        struct cd_str id = cd_control_id(img, &img->controls.items[control]);
        if (!results[control].ran) {
            continue;
        }
        if (!cd_map_put(running, id, control)) {
            return no_memory(c);
        }
        if (!cd_map_get(&c->b->controls, id, &before)) {
            c->out->added[c->out->n_added++] = control;
        }
    }
    return CORDON_OK;
}

cordon_status
cd_compare(const struct cd_report *r, const struct cd_baseline *b, struct cd_arena *arena,
           struct cd_comparison *out, struct cordon_error *err)
{
    struct compare c = {.r = r, .b = b, .arena = arena, .out = out, .err = err};
    struct cd_map running;
    *out = (struct cd_comparison){.baseline = b};
    cd_map_init(&running);
    cd_arena_init(&c.scratch);
    c.dom = cd_dom_new();
    c.is_met = CD_NEW_ARRAY(arena, b->n, uint8_t);
    cordon_status status = c.dom == NULL || c.is_met == NULL ? no_memory(&c) : CORDON_OK;
    status = status != CORDON_OK ? status : compare_controls(&c, &running);
    status = status != CORDON_OK ? status : compare_answers(&c);
    status = status != CORDON_OK ? status : settle(&c, &running);
    cd_dom_free(c.dom);
    cd_arena_finish(&c.scratch);
    cd_map_finish(&running);
    return status;
}
