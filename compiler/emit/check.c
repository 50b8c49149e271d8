/* Every combination of a deny's classes is put to the deny and to its statements. */
#include "compiler/emit/check_parts.h"
#include "runtime/base/fail.h"
#include "runtime/base/num.h"

/* ---- one combination ---- */

struct combination {
    struct cd_check_deny *d;
    const struct cd_check_target *target;
    size_t *at; /* by key: its class */
    struct cd_access_key *keys;
    struct cd_access access;
    bool have_others_asked; /* about this target */
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
    c->have_others_asked = false;
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

/* WHO is empty, or names a caller. */
static cordon_status
disagree(const struct combination *c, enum cd_truth deny, const struct cd_check_answer *document,
         const char *who)
{
    static const char *const fires[] = {
        [CD_NO] = "does not fire", [CD_YES] = "fires", [CD_MAYBE] = "is undecided"};
    struct cd_buf text = CD_BUF_INIT;
    put_place(c->d, &text);
    cd_buf_printf(&text,
                  ": the emitted document does not say what the deny says, and is not written. "
                  "Please report this defect of Cordon. The deny %s, the document %s%s: ",
                  fires[deny],
                  document->is_denied                      ? "denies"
                  : document->decision == CD_ALLOWED       ? "does not deny"
                  : document->decision == CD_EXPLICIT_DENY ? "denies for other reasons"
                                                           : "does not allow",
                  who);
    put_request(c, &text);
    return cd_fail_with(c->err, CORDON_EDEFECT, &text);
}

/* ---- all combinations ---- */

static cordon_status
oom(const struct combination *c)
{
    return cordon_fail(c->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

/* A request that the deny forbids, made by those whom the target binds, and by those whom it does
 * not. */
static cordon_status
ask_others(struct combination *c)
{
    for (size_t i = 0; i < CD_CHECK_OTHERS; i++) {
        struct cd_check_answer answer;
        bool is_bound;
        if (!cd_check_decide_other(c->d->question, i, &answer, &is_bound)) {
            return oom(c);
        }
        if (answer.is_denied != is_bound) {
            return disagree(c, CD_YES, &answer, " (asked by others)");
        }
    }
    return CORDON_OK;
}

/* The first statement beside the others. */
static cordon_status
ask_statements(struct combination *c, enum cd_truth others_deny)
{
    const struct cd_check_statements first = {c->d->statements.items, 1, 0};
    struct cd_check_answer answer = {.decision = CD_ALLOWED,
                                     .own = cd_check_apply(&first, &c->access)};
    answer.is_denied = answer.own == CD_YES;
    return answer.own == others_deny && others_deny != CD_MAYBE
               ? CORDON_OK
               : disagree(c, others_deny, &answer, "");
}

/* What is not denied is allowed: by a document that has to, and else by others. */
static cordon_status
ask(struct combination *c)
{
    struct cd_check_answer answer;
    enum cd_truth fires;
    CORDON_TRY(deny_fires(c, &fires));
    if (c->d->question == NULL) {
        return ask_statements(c, fires);
    }
    if (!cd_check_decide(c->d->question, &c->access, &c->d->statements, &answer)) {
        return oom(c);
    }
    bool is_allowed = answer.decision == CD_ALLOWED || answer.decision == CD_EXPLICIT_DENY
                      || !c->d->question->allows;
    if (fires == CD_MAYBE || fires != answer.own || (fires == CD_YES) != answer.is_denied
        || (fires == CD_NO && !is_allowed)) {
        return disagree(c, fires, &answer, "");
    }
    if (fires == CD_NO || c->have_others_asked) {
        return CORDON_OK;
    }
    c->have_others_asked = true;
    return ask_others(c);
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
ask_combinations(struct combination *c)
{
    cordon_status status;
    do {
        status = ask(c);
    } while (status == CORDON_OK && step(c));
    return status;
}

static cordon_status
ask_target(struct combination *c, const struct cd_check_target *target)
{
    struct cd_arena *a = c->d->check->arena;
    struct cd_arena_mark mark = cd_arena_mark(a);
    start(c, target);
    if (c->d->question != NULL) {
        cd_check_question_turn(c->d->question, a, &c->access, &c->d->statements);
    }
    cordon_status status = target->is_outside ? ask_outside(c) : ask_combinations(c);
    cd_arena_reset(a, mark);
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

cordon_status
cd_check_ask(struct cd_check_deny *d, struct cordon_error *err)
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
static void
add_statements(struct cd_check_deny *d, const struct cd_emitted_document *document,
               const struct cd_policy *policy)
{
    size_t others = policy->n_statements - document->n_statements;
    for (size_t i = 0; i < document->n_statements; i++) {
        if (document->statements[i].deny == d->deny) {
            *CD_PUSH(d->check->arena, d->statements.items, d->statements.n, d->statements.cap) =
                &policy->statements[others + i];
        }
    }
}

/* Is nothing to be expected of the deny: it could not be said, or not in a document of this scope?
 */
static bool
is_left_out(const struct cd_check_deny *d)
{
    const struct cd_emission *e = d->check->emission;
    for (size_t i = 0; i < e->n_left_out; i++) {
        if (e->left_out[i] == d->deny) {
            return true;
        }
    }
    for (size_t i = 0; i < e->n; i++) {
        struct cd_statement unused;
        if (e->statements[i].deny == d->deny) {
            enum cd_cut cut = cd_scope_cut(d->check->arena, &e->statements[i], d->scope, &unused);
            if (cut != CD_CUT_NOTHING && cut != CD_CUT_DONE) {
                return true;
            }
        }
    }
    return false;
}

static cordon_status
check_one(struct cd_check *check, const struct cd_decl *control, size_t number,
          const struct cd_check_documents *documents, struct cd_check_question *question,
          struct cordon_error *err)
{
    struct cd_check_deny d = {.check = check,
                              .control = control,
                              .deny = &control->denies[number],
                              .number = number,
                              .scope = &documents->items[0].scope,
                              .question = question};
    for (size_t i = 0; i < documents->n; i++) {
        add_statements(&d, &documents->items[i], documents->policies[i]);
    }
    return is_left_out(&d) ? CORDON_OK : cd_check_ask(&d, err);
}

static cordon_status
ask_denies(struct cd_check *check, const struct cd_check_documents *documents,
           struct cd_check_question *question, struct cordon_error *err)
{
    for (uint32_t c = 0; c < check->sema->controls.n; c++) {
        const struct cd_decl *control = check->sema->controls.items[c];
        for (size_t k = 0; k < control->n_denies; k++) {
            struct cd_arena_mark mark = cd_arena_mark(check->arena);
            cordon_status status = check_one(check, control, k, documents, question, err);
            cd_arena_reset(check->arena, mark);
            CORDON_TRY(status);
        }
    }
    return CORDON_OK;
}

static cordon_status
check_denies(struct cd_check *check, const struct cd_check_documents *documents,
             struct cordon_error *err)
{
    struct cd_check_question question;
    cordon_status status = cd_check_question_init(&question, check->arena, documents, err);
    if (status == CORDON_EINPUT) {
        err->code = CORDON_EDEFECT;
        return CORDON_EDEFECT;
    }
    if (status == CORDON_OK) {
        status = ask_denies(check, documents, &question, err);
    }
    cd_check_question_finish(&question);
    return status;
}

static cordon_status
read_document(struct cd_check *check, const struct cd_emitted_document *document,
              const struct cd_policy **policy, struct cordon_error *err)
{
    if (cd_policy_read(check->arena, NULL, document->bytes, policy, err) != CORDON_OK) {
        return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET, "%.*s: %s",
                           CD_FMT(document->file), err->message);
    }
    if ((*policy)->n_statements < document->n_statements) {
        return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                           "%.*s has %u statements instead of %zu", CD_FMT(document->file),
                           (*policy)->n_statements, document->n_statements);
    }
    return CORDON_OK;
}

/* The document with what its merged statements stand for, and that it says the same. */
static cordon_status
spread_document(struct cd_check *check, const struct cd_emitted_document *document,
                struct cd_emitted_document *spread, const struct cd_policy **policy,
                struct cordon_error *err)
{
    const struct cd_policy *written;
    CORDON_TRY(read_document(check, document, &written, err));
    CORDON_TRY(cd_check_spread(check, document, spread, err));
    if (spread->statements == document->statements) {
        *policy = written;
        return CORDON_OK;
    }
    CORDON_TRY(read_document(check, spread, policy, err));
    return cd_check_merged(check, document, written, spread, *policy, err);
}

/* N documents that are attached together. */
static cordon_status
check_together(struct cd_check *check, const struct cd_emitted_document *documents, size_t n,
               struct cordon_error *err)
{
    const struct cd_policy **policies = CD_NEW_ARRAY(check->arena, n + 1, const struct cd_policy *);
    struct cd_emitted_document *spread =
        CD_NEW_ARRAY(check->arena, n + 1, struct cd_emitted_document);
    for (size_t i = 0; i < n; i++) {
        CORDON_TRY(spread_document(check, &documents[i], &spread[i], &policies[i], err));
    }
    const struct cd_check_documents together = {spread, policies, n};
    return check_denies(check, &together, err);
}

/* Documents of one scope are attached together; of many scopes one after the other is read. */
cordon_status
cd_check_documents(struct cd_check *check, const struct cd_documents *documents,
                   struct cordon_error *err)
{
    cd_check_find_carried(check);
    for (size_t first = 0, end; first < documents->n; first = end) {
        const struct cd_emitted_document *d = &documents->items[first];
        struct cd_arena_mark mark = cd_arena_mark(check->arena);
        end = d->scope.kind == CD_SCOPE_ALL ? documents->n : first + 1;
        cordon_status status = check_together(check, d, end - first, err);
        cd_arena_reset(check->arena, mark);
        CORDON_TRY(status);
    }
    return CORDON_OK;
}
