/* Every combination of a deny's classes is put to the deny and to its statements. */
#include "compiler/emit/check_parts.h"
#include "runtime/base/num.h"

/* ---- one combination ---- */

struct combination {
    struct cd_check_deny *d;
    const struct cd_check_target *target;
    size_t *at; /* by key: its class */
    struct cd_access_key *keys;
    struct cd_access access;
    struct cordon_error *err;
};

static void
set_class(struct combination *c, size_t key, size_t class)
{
    const struct cd_check_key *k = &c->d->keys.items[key];
    const struct cd_check_class *chosen = &k->classes[class];
    c->at[key] = class;
    c->keys[key].is_absent = chosen->is_absent;
    c->keys[key].values = chosen->values;
    c->keys[key].n_values = chosen->n;
}

static void
start(struct combination *c, const struct cd_check_target *target)
{
    c->target = target;
    c->access = (struct cd_access){.action = target->action,
                                   .resource = target->resource,
                                   .keys = c->keys,
                                   .n_keys = (uint32_t)c->d->keys.n};
    cd_access_prepare(&c->access);
    for (size_t i = 0; i < c->d->keys.n; i++) {
        c->keys[i] = (struct cd_access_key){.name = c->d->keys.items[i].name,
                                            .is_list = c->d->keys.items[i].is_multivalued};
        set_class(c, i, 0);
    }
}

/* False behind the last combination. */
static bool
step(struct combination *c)
{
    for (size_t i = 0; i < c->d->keys.n; i++) {
        if (c->at[i] + 1 < c->d->keys.items[i].n_classes) {
            set_class(c, i, c->at[i] + 1);
            return true;
        }
        set_class(c, i, 0);
    }
    return false;
}

/* ---- the two answers ---- */

static cordon_status
deny_fires(struct combination *c, enum cd_truth *fires)
{
    struct cd_check *check = c->d->check;
    check->n_asked++;
    return check->fires(check->ctx, c->d->control, c->d->number, &c->access, fires, c->err);
}

static enum cd_truth
document_denies(const struct combination *c)
{
    struct cd_missing missing = {.n = 0};
    enum cd_truth denies = CD_NO;
    for (size_t i = 0; i < c->d->statements.n && denies != CD_YES; i++) {
        const struct cd_policy_statement *s = c->d->statements.items[i];
        if (s->is_deny) {
            denies = cd_truth_or(denies, cd_statement_applies(s, &c->access, &missing));
        }
    }
    cd_missing_finish(&missing);
    return denies;
}

/* ---- disagreement ---- */

static void
put_request(const struct combination *c, struct cd_buf *out)
{
    cd_buf_printf(out, "%.*s on %.*s", CD_FMT(c->target->action), CD_FMT(c->target->resource));
    for (size_t i = 0; i < c->d->keys.n; i++) {
        const struct cd_access_key *key = &c->keys[i];
        cd_buf_printf(out, ", %.*s ", CD_FMT(key->name));
        if (key->is_absent) {
            cd_buf_puts(out, "absent");
            continue;
        }
        cd_buf_puts(out, key->is_list ? "[" : "");
        for (uint32_t k = 0; k < key->n_values; k++) {
            cd_buf_printf(out, "%s\"%.*s\"", k == 0 ? "" : ", ", CD_FMT(key->values[k]));
        }
        cd_buf_puts(out, key->is_list ? "]" : "");
    }
}

static void
put_place(const struct cd_check_deny *d, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    struct cd_sources *sources = d->check->sema->sources;
    cd_sources_place(sources, d->deny->span.file, d->deny->span.start, &line, &column, NULL);
    cd_buf_printf(out, "%.*s:%u: ", CD_FMT(sources->files[d->deny->span.file].path), line);
    cd_buf_str(out, cd_sema_full_name(d->control, d->check->arena));
}

static cordon_status
disagree(const struct combination *c, enum cd_truth deny, enum cd_truth document)
{
    static const char *const fires[] = {
        [CD_NO] = "does not fire", [CD_YES] = "fires", [CD_MAYBE] = "is undecided"};
    static const char *const denies[] = {
        [CD_NO] = "does not deny", [CD_YES] = "denies", [CD_MAYBE] = "is undecided"};
    struct cd_buf text = CD_BUF_INIT;
    put_place(c->d, &text);
    cd_buf_printf(&text,
                  ": the emitted document does not say what the deny says, and is not written. "
                  "Please report this defect of Cordon. The deny %s, the document %s: ",
                  fires[deny], denies[document]);
    put_request(c, &text);
    cordon_status status =
        cordon_fail(c->err, CORDON_EDEFECT, CORDON_NO_OFFSET, "%.*s", (int)text.n, text.p);
    cd_buf_finish(&text);
    return status;
}

/* ---- all combinations ---- */

static cordon_status
ask(struct combination *c)
{
    enum cd_truth fires;
    CORDON_TRY(deny_fires(c, &fires));
    enum cd_truth denies = document_denies(c);
    return fires == denies && fires != CD_MAYBE ? CORDON_OK : disagree(c, fires, denies);
}

/* Each class of each key once: whatever it is, nobody denies the action. */
static cordon_status
ask_outside(struct combination *c)
{
    cordon_status status = ask(c);
    for (size_t i = 0; i < c->d->keys.n; i++) {
        for (size_t k = 1; k < c->d->keys.items[i].n_classes && status == CORDON_OK; k++) {
            set_class(c, i, k);
            status = ask(c);
        }
        set_class(c, i, 0);
    }
    return status;
}

static cordon_status
ask_target(struct combination *c, const struct cd_check_target *target)
{
    cordon_status status;
    start(c, target);
    if (target->is_outside) {
        return ask_outside(c);
    }
    do {
        status = ask(c);
    } while (status == CORDON_OK && step(c));
    return status;
}

static cordon_status
check_size(const struct cd_check_deny *d, struct cordon_error *err)
{
    size_t n = d->keys.n > CD_CHECK_KEYS_LIMIT ? SIZE_MAX : 0;
    for (size_t i = 0; i < d->targets.n && n < SIZE_MAX; i++) {
        n += !d->targets.items[i].is_outside;
    }
    for (size_t i = 0; i < d->keys.n && n <= CD_CHECK_LIMIT; i++) {
        n = cd_mul_size(n, d->keys.items[i].n_classes, &n) ? n : SIZE_MAX;
    }
    if (n <= CD_CHECK_LIMIT) {
        return CORDON_OK;
    }
    struct cd_buf text = CD_BUF_INIT;
    put_place(d, &text);
    cordon_status status = cordon_fail(
        err, CORDON_ELIMIT, CORDON_NO_OFFSET,
        "%.*s: to check this deny against its document takes more than %d combinations of values "
        "of its %zu keys; split it into denies with fewer keys or shorter lists",
        CD_FMT(cd_buf_view(&text)), CD_CHECK_LIMIT, d->keys.n);
    cd_buf_finish(&text);
    return status;
}

static cordon_status
check_deny(struct cd_check_deny *d, struct cordon_error *err)
{
    struct combination c = {.d = d, .err = err};
    cd_check_find_keys(d);
    cd_check_find_targets(d);
    if (d->keys.n <= CD_CHECK_KEYS_LIMIT) {
        CORDON_TRY(cd_check_merge_classes(d, err));
    }
    CORDON_TRY(check_size(d, err));
    c.at = CD_NEW_ARRAY(d->check->arena, d->keys.n + 1, size_t);
    c.keys = CD_NEW_ARRAY(d->check->arena, d->keys.n + 1, struct cd_access_key);
    for (size_t i = 0; i < d->targets.n; i++) {
        CORDON_TRY(ask_target(&c, &d->targets.items[i]));
    }
    return CORDON_OK;
}

/* ---- documents ---- */

/* The compiled statements of the deny in one document: they stand in the order of the emission,
 * behind all others. */
static cordon_status
add_statements(struct cd_check_deny *d, const struct cd_emitted_document *document,
               const struct cd_policy *policy, struct cordon_error *err)
{
    if (policy->n_statements < document->n_statements) {
        return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                           "%.*s has %u statements instead of %zu", CD_FMT(document->file),
                           policy->n_statements, document->n_statements);
    }
    size_t others = policy->n_statements - document->n_statements;
    for (size_t i = 0; i < document->n_statements; i++) {
        if (document->statements[i].deny == d->deny) {
            *CD_PUSH(d->check->arena, d->statements.items, d->statements.n, d->statements.cap) =
                &policy->statements[others + i];
        }
    }
    return CORDON_OK;
}

/* Is nothing to be expected of the deny: it could not be said, or in no policy of one bucket? */
static bool
is_left_out(const struct cd_check_deny *d)
{
    const struct cd_emission *e = d->check->emission;
    for (size_t i = 0; i < e->n_left_out; i++) {
        if (e->left_out[i] == d->deny) {
            return true;
        }
    }
    for (size_t i = 0; i < e->n && d->document != NULL; i++) {
        struct cd_statement cut;
        if (e->statements[i].deny == d->deny
            && cd_bucket_cut(d->check->arena, &e->statements[i], d->document->bucket, &cut)
                   == CD_CUT_INTERPOLATED) {
            return true;
        }
    }
    return false;
}

static cordon_status
check_one(struct cd_check *check, const struct cd_decl *control, size_t number,
          const struct cd_emitted_document *documents, const struct cd_policy *const *policies,
          size_t n, struct cordon_error *err)
{
    struct cd_check_deny d = {
        .check = check, .control = control, .deny = &control->denies[number], .number = number};
    d.document = n == 1 && documents->bucket != NULL ? documents : NULL;
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(add_statements(&d, &documents[i], policies[i], err));
    }
    return is_left_out(&d) ? CORDON_OK : check_deny(&d, err);
}

static cordon_status
check_denies(struct cd_check *check, const struct cd_emitted_document *documents,
             const struct cd_policy *const *policies, size_t n, struct cordon_error *err)
{
    for (uint32_t c = 0; c < check->sema->controls.n; c++) {
        const struct cd_decl *control = check->sema->controls.items[c];
        for (size_t k = 0; k < control->n_denies; k++) {
            struct cd_arena_mark mark = cd_arena_mark(check->arena);
            cordon_status status = check_one(check, control, k, documents, policies, n, err);
            cd_arena_reset(check->arena, mark);
            CORDON_TRY(status);
        }
    }
    return CORDON_OK;
}

cordon_status
cd_check_documents(struct cd_check *check, const struct cd_documents *documents,
                   struct cordon_error *err)
{
    const struct cd_policy **policies =
        CD_NEW_ARRAY(check->arena, documents->n + 1, const struct cd_policy *);
    for (size_t i = 0; i < documents->n; i++) {
        if (cd_policy_read(check->arena, NULL, documents->items[i].bytes, &policies[i], err)
            != CORDON_OK) {
            return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET, "%.*s: %s",
                               CD_FMT(documents->items[i].file), err->message);
        }
    }
    if (check->emission->target != CD_TARGET_BUCKET_POLICY) {
        return check_denies(check, documents->items, policies, documents->n, err);
    }
    for (size_t i = 0; i < documents->n; i++) {
        CORDON_TRY(check_denies(check, &documents->items[i], &policies[i], 1, err));
    }
    return CORDON_OK;
}
