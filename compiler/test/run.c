/* One test: its estate is read, its controls evaluated, its requests put to the denies, and what
 * came out compared. */
#include "compiler/test/test.h"

#include "runtime/ingest/ingest.h"
#include "runtime/vm/eval.h"
#include "runtime/vm/params.h"

struct run {
    const struct cd_tester *tester;
    const struct cd_sema *sema;
    const struct cd_program *program; /* the one that is run */
    struct cd_coverage *coverage;
    bool observes; /* this run is for the branches, not for answers */
    const struct cd_decl *test;
    struct cd_arena *arena;
    struct cd_test_result *result;
    struct cd_test_failure **last;
    struct cd_params *params;
    struct cd_bound_params bound;
    struct cd_snapshot snapshot;
    bool has_snapshot;
    struct cd_span at; /* what is being done, for a failure that has no place of its own */
    struct cd_eval *eval;
    const struct cd_step *request; /* the one that `expect deny` speaks of */
};

static void
fail(struct run *run, struct cd_span span, struct cd_str message)
{
    struct cd_test_failure *f = CD_NEW(run->arena, struct cd_test_failure);
    *f = (struct cd_test_failure){span, message, NULL};
    *run->last = f;
    run->last = &f->next;
}

/* The test's own faults are failures of the test; memory and defects end the run. */
static bool
is_fatal(cordon_status status)
{
    return status == CORDON_ENOMEM || status == CORDON_EDEFECT;
}

/* A program of its own for a test that changes what is fixed in the common one. */
static cordon_status
choose_program(struct run *run, struct cordon_error *err)
{
    const struct cd_tester *t = run->tester;
    struct cd_const_env env = cd_test_env(run->arena, run->test);
    for (size_t i = 0; i < run->test->n_steps; i++) {
        const struct cd_step *step = &run->test->steps[i];
        if (step->kind == CD_STEP_EXPECT_DENY && cd_test_is_open(run->arena, step->decl, &env)) {
            run->at = step->span;
            return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                               "the actions or resources that control %.*s denies read a parameter "
                               "that has no default: write given NAME = … in the test",
                               CD_FMT(step->decl->name.text));
        }
    }
    run->program = run->observes ? t->observed : t->program;
    return cd_test_rebinds(run->arena, run->test, &env)
               ? t->compile(t->user, &env, run->observes, &run->program, err)
               : CORDON_OK;
}

static cordon_status
bind_params(struct run *run, struct cordon_error *err)
{
    CORDON_TRY(cd_params_new(&run->params));
    for (size_t i = 0; i < run->test->n_steps; i++) {
        const struct cd_step *step = &run->test->steps[i];
        if (step->kind != CD_STEP_GIVEN_PARAM) {
            continue;
        }
        const struct cd_const *value = cd_const_eval(run->arena, step->value, NULL);
        struct cd_buf text = CD_BUF_INIT;
        cd_buf_str(&text, cd_sema_full_name(step->decl, run->arena));
        cd_buf_putc(&text, '=');
        cd_test_value(value != NULL ? value : cd_const_absent(), &text);
        cordon_status status = cd_params_add_text(run->params, cd_buf_view(&text), err);
        cd_buf_finish(&text);
        CORDON_TRY(status);
    }
    return cd_params_bind(run->params, run->program->img, run->arena, &run->bound, err);
}

/* `given file` is found beside the policy file. */
static const char *
beside(struct run *run, struct cd_str name)
{
    struct cd_str policy = run->sema->sources->files[run->test->module->file].path;
    size_t folder = policy.n;
    while (folder > 0 && policy.p[folder - 1] != '/') {
        folder--;
    }
    if (name.n != 0 && name.p[0] == '/') {
        folder = 0;
    }
    return cd_arena_printf(run->arena, "%.*s%.*s", (int)folder, policy.p, CD_FMT(name)).p;
}

static cordon_status
read_given(struct run *run, struct cordon_error *err)
{
    struct cd_buf text = CD_BUF_INIT;
    CORDON_TRY(cd_snapshot_init(
        &run->snapshot, (struct cd_projection){.img = run->program->img, .envelopes = true}));
    run->has_snapshot = true;
    cd_test_given(run->arena, run->test, &text);
    cordon_status status = cd_ingest_text(&run->snapshot, CD_STR("given"), cd_buf_view(&text), err);
    cd_buf_finish(&text);
    CORDON_TRY(status);
    for (size_t i = 0; i < run->test->n_steps; i++) {
        const struct cd_step *step = &run->test->steps[i];
        if (step->kind == CD_STEP_GIVEN_FILE) {
            const struct cd_const *name = cd_const_eval(run->arena, step->text, NULL);
            run->at = step->span;
            CORDON_TRY(cd_ingest_file(
                &run->snapshot, beside(run, name != NULL ? name->text : CD_STR("")), NULL, err));
        }
        if (step->kind == CD_STEP_GIVEN_UNKNOWN
            && !cd_snapshot_lost(&run->snapshot, step->type_name.text, CD_NO_STR, CD_NO_STR)) {
            return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
        }
    }
    run->at = run->test->span;
    CORDON_TRY(cd_snapshot_seal(&run->snapshot, err));
    for (uint32_t i = 0; i < run->snapshot.n_tables; i++) {
        run->result->n_resources += run->snapshot.tables[i]->n;
    }
    for (size_t i = 0; i < run->snapshot.n_problems; i++) {
        fail(run, run->test->span,
             cd_arena_printf(run->arena, "the given data has a problem: %.*s",
                             CD_FMT(run->snapshot.problems[i].message)));
    }
    return CORDON_OK;
}

static uint32_t
control_index(const struct run *run, const struct cd_decl *control)
{
    const struct cd_image *img = run->program->img;
    struct cd_str name = cd_sema_full_name(control, run->arena);
    for (uint32_t c = 0; c < img->controls.n; c++) {
        if (cd_str_eq(cd_image_str(img, img->controls.items[c].name), name)) {
            return c;
        }
    }
    return CD_NONE;
}

/* A parameter without a default has to be given. */
static cordon_status
check_params(const struct run *run, uint32_t control, struct cordon_error *err)
{
    const struct cd_image *img = run->program->img;
    const struct cd_control *c = &img->controls.items[control];
    for (uint32_t i = 0; i < c->n_params; i++) {
        uint32_t p = img->param_refs.items[c->first_param + i];
        if (run->bound.values[p] == CD_NONE && img->params.items[p].default_const == CD_NONE) {
            struct cd_str name = cd_image_str(img, img->params.items[p].name), bare = name;
            for (size_t dot; (dot = cd_str_find(bare, '.', 0)) < bare.n;) {
                bare = cd_str_sub(bare, dot + 1, bare.n);
            }
            return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                               "control %.*s reads the parameter %.*s, which has no default: write "
                               "given %.*s = … in the test",
                               CD_FMT(cd_image_str(img, c->name)), CD_FMT(name), CD_FMT(bare));
        }
    }
    return CORDON_OK;
}

static cordon_status
evaluate(struct run *run, struct cordon_error *err)
{
    const struct cd_image *img = run->program->img;
    bool *wanted = CD_NEW_ARRAY(run->arena, img->controls.n + 1, bool);
    for (size_t i = 0; i < run->test->n_steps; i++) {
        const struct cd_step *step = &run->test->steps[i];
        if (step->kind == CD_STEP_EXPECT || step->kind == CD_STEP_EXPECT_DENY) {
            uint32_t control = control_index(run, step->decl);
            if (control == CD_NONE) {
                return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                                   "control %.*s is not in the program",
                                   CD_FMT(step->decl->name.text));
            }
            run->at = step->span;
            CORDON_TRY(check_params(run, control, err));
            wanted[control] = true;
        }
    }
    run->at = run->test->span;
    CORDON_TRY(cd_eval_new(run->program, &run->bound, &run->snapshot, wanted, &run->eval, err));
    if (run->observes) {
        cd_eval_observe(run->eval, run->coverage->seen, run->coverage->n_branches);
    }
    return cd_eval_run(run->eval, err);
}

/* ---- expectations ---- */

static void
note_answer(struct run *run, unsigned answer)
{
    run->result->answers = run->result->answers * UINT64_C(0x100000001B3) + answer + 1;
}

static const char *
verdict_word(enum cd_verdict verdict)
{
    static const char *const words[] = {[CD_PASS] = "pass",
                                        [CD_WAIVED] = "waived",
                                        [CD_UNKNOWN_VERDICT] = "unknown",
                                        [CD_FAIL] = "fail"};
    return words[verdict];
}

static enum cd_verdict
expected_verdict(enum cd_expect expect)
{
    switch (expect) {
    case CD_EXPECT_PASS: return CD_PASS;
    case CD_EXPECT_FAIL: return CD_FAIL;
    case CD_EXPECT_UNKNOWN: return CD_UNKNOWN_VERDICT;
    case CD_EXPECT_WAIVED: return CD_WAIVED;
    }
    return CD_PASS;
}

/* The reasons of an answer that is not pass, for the message. */
static struct cd_str
reasons(struct run *run, uint32_t control, uint32_t table, uint32_t row)
{
    size_t n = 0;
    const struct cd_answer *answers = cd_eval_answers(run->eval, &n);
    struct cd_buf text = CD_BUF_INIT;
    for (size_t i = 0; i < n && !run->observes; i++) {
        struct cd_explanation why;
        if (answers[i].control == control && answers[i].table == table && answers[i].row == row
            && cd_eval_explain(run->eval, &answers[i], run->arena, &why, NULL) == CORDON_OK) {
            for (size_t k = 0; k < why.n_evidence; k++) {
                cd_buf_puts(&text, "; ");
                cd_buf_str(&text, why.evidence[k].why);
            }
        }
    }
    struct cd_str s = cd_arena_str(run->arena, cd_buf_view(&text));
    cd_buf_finish(&text);
    return s;
}

static void
compare(struct run *run, const struct cd_step *step, struct cd_str subject, enum cd_verdict found,
        struct cd_str why)
{
    enum cd_verdict expected = expected_verdict(step->expect);
    note_answer(run, (unsigned)found);
    if (!run->observes) {
        cd_coverage_control(run->coverage, step->decl)->verdicts |= (uint8_t)(1u << found);
    }
    if (found != expected) {
        fail(run, step->span,
             cd_arena_printf(run->arena, "expected %s of %.*s%.*s, found %s%.*s",
                             verdict_word(expected), CD_FMT(step->decl->name.text), CD_FMT(subject),
                             verdict_word(found), CD_FMT(why)));
    }
}

static bool
is_named(const struct run *run, const struct cd_table *t, uint32_t row, struct cd_str name)
{
    const struct cd_intern *dict = &run->snapshot.dict;
    return !cd_table_is_dead(t, row)
           && (cd_str_eq(cd_intern_str(dict, t->id[row]), name)
               || cd_table_arn_is(&run->snapshot, t, row, name));
}

/* `expect V C on "x"`: every resource of that id or ARN that the control asks about. */
static cordon_status
expect_on(struct run *run, const struct cd_step *step, uint32_t control, struct cd_str name,
          struct cordon_error *err)
{
    struct cd_str subject = cd_arena_printf(run->arena, " on \"%.*s\"", CD_FMT(name));
    size_t found = 0, asked = 0;
    for (uint32_t t = 0; t < run->snapshot.n_tables; t++) {
        const struct cd_table *table = run->snapshot.tables[t];
        for (uint32_t row = 0; row < table->n; row++) {
            bool in_scope = false;
            enum cd_verdict verdict = CD_PASS;
            if (!is_named(run, table, row, name)) {
                continue;
            }
            found++;
            CORDON_TRY(cd_eval_verdict(run->eval, control, t, row, &in_scope, &verdict, err));
            if (in_scope) {
                asked++;
                compare(run, step, subject, verdict, reasons(run, control, t, row));
            }
        }
    }
    if (asked == 0) {
        fail(run, step->span,
             cd_arena_printf(run->arena,
                             found == 0 ? "nothing that is given has the id or ARN \"%.*s\""
                                        : "\"%.*s\" is out of the control's scope",
                             CD_FMT(name)));
    }
    return CORDON_OK;
}

/* What a control's own verdict was folded from. */
static struct cd_str
counts_of(struct run *run, const struct cd_control_result *r)
{
    if (r->pass + r->fail + r->unknown + r->waived == 0) {
        return CD_STR(": nothing that is given is in its scope");
    }
    return cd_arena_printf(run->arena, ": %llu pass, %llu fail, %llu unknown, %llu waived",
                           (unsigned long long)r->pass, (unsigned long long)r->fail,
                           (unsigned long long)r->unknown, (unsigned long long)r->waived);
}

static cordon_status
expect_verdict(struct run *run, const struct cd_step *step, struct cordon_error *err)
{
    uint32_t control = control_index(run, step->decl);
    if (step->n_on == 0) {
        const struct cd_control_result *r = &cd_eval_results(run->eval)[control];
        compare(run, step, CD_STR(""), r->verdict, counts_of(run, r));
        return CORDON_OK;
    }
    for (size_t i = 0; i < step->n_on; i++) {
        const struct cd_const *name = cd_const_eval(run->arena, step->on[i], NULL);
        CORDON_TRY(expect_on(run, step, control, name != NULL ? name->text : CD_STR(""), err));
    }
    return CORDON_OK;
}

/* ---- requests ---- */

static void
key_values(struct run *run, const struct cd_data *d, struct cd_request_key *key)
{
    struct cd_str *values =
        CD_NEW_ARRAY(run->arena, d->kind == CD_DATA_LIST ? d->n + 1 : 1, struct cd_str);
    const struct cd_data *one[] = {d};
    struct cd_data *const *items =
        d->kind == CD_DATA_LIST ? d->items : (struct cd_data *const *)one;
    size_t n = d->kind == CD_DATA_LIST ? d->n : 1;
    key->is_unknown = d->kind == CD_DATA_UNKNOWN;
    key->values = values;
    for (size_t i = 0; i < n; i++) {
        const struct cd_const *c = NULL;
        if (items[i]->kind == CD_DATA_NUMBER) {
            c = cd_const_number(run->arena, items[i]->number);
        } else if (items[i]->kind == CD_DATA_EXPR || items[i]->kind == CD_DATA_PATH) {
            c = cd_const_eval(run->arena, items[i]->expr, NULL);
        }
        if (c != NULL && (c->kind == CD_CONST_LIST || c->kind == CD_CONST_SET)) {
            values = CD_NEW_ARRAY(run->arena, c->n + 1, struct cd_str);
            for (size_t k = 0; k < c->n; k++) {
                values[key->n_values++] = c->items[k]->text;
            }
            key->values = values;
        } else if (c != NULL) {
            struct cd_buf text = CD_BUF_INIT;
            cd_test_value(c, &text);
            values[key->n_values++] = cd_arena_str(run->arena, cd_buf_view(&text));
            cd_buf_finish(&text);
        }
    }
}

/* Why the request is denied, or is not. */
static struct cd_str
reason_of(const struct run *run, const struct cd_request *r)
{
    static const char *const words[] = {[CD_STOP_ACTION] = "no deny of it is about this action",
                                        [CD_STOP_RESOURCE] = "its `on` does not match",
                                        [CD_STOP_WHEN] = "its `when` does not hold",
                                        [CD_STOP_UNLESS] = "its `unless` holds",
                                        [CD_STOP_NONE] = "it fires"};
    const struct cd_image *img = run->program->img;
    uint32_t deny;
    enum cd_deny_stop stop = cd_eval_request_stop(run->eval, &deny);
    const char *why = stop == CD_STOP_RESOURCE && r->resource.n == 0
                          ? "its `on` matches no request without one"
                          : words[stop];
    if (deny == CD_NONE) {
        return cd_str_of(why);
    }
    const struct cd_place *place = &img->places.items[img->denies.items[deny].place];
    return cd_arena_printf(run->arena, "the deny at %.*s:%u: %s",
                           CD_FMT(cd_image_str(img, img->files.items[place->file])), place->line,
                           why);
}

static void
fail_deny(struct run *run, const struct cd_step *step, const struct cd_request *r, int fires)
{
    static const char *const found[] = {"it is not denied", "it is denied", "that is unknown"};
    struct cd_str why = reason_of(run, r);
    fail(run, step->span,
         cd_arena_printf(run->arena, "expected %.*s to %sdeny %.*s%s%.*s, but %s: %.*s",
                         CD_FMT(step->decl->name.text), step->negated ? "not " : "",
                         CD_FMT(r->action), r->resource.n != 0 ? " on " : "", CD_FMT(r->resource),
                         found[fires], CD_FMT(why)));
}

static cordon_status
expect_deny(struct run *run, const struct cd_step *step, struct cordon_error *err)
{
    const struct cd_step *request = run->request;
    if (request == NULL) {
        fail(run, step->span, CD_STR("`expect deny` needs a `request` before it"));
        return CORDON_OK;
    }
    struct cd_request_key *keys =
        CD_NEW_ARRAY(run->arena, request->object->n + 1, struct cd_request_key);
    size_t n_keys = 0;
    for (size_t i = 0; i < request->object->n; i++) {
        const struct cd_data_pair *pair = &request->object->pairs[i];
        if (pair->value->kind != CD_DATA_ABSENT) {
            keys[n_keys].name = pair->key.text;
            key_values(run, pair->value, &keys[n_keys++]);
        }
    }
    for (size_t i = 0; i == 0 || i < request->n_on; i++) {
        const struct cd_const *on =
            request->n_on == 0 ? NULL : cd_const_eval(run->arena, request->on[i], NULL);
        struct cd_request r = {.action = request->action.text, .keys = keys, .n_keys = n_keys};
        r.resource = on != NULL ? on->text : (struct cd_str){"", 0};
        int fires = 0;
        CORDON_TRY(cd_eval_request(run->eval, &r, control_index(run, step->decl), &fires, err));
        note_answer(run, (unsigned)fires);
        if (!run->observes) {
            cd_coverage_control(run->coverage, step->decl)->requests |= (uint8_t)(1u << fires);
        }
        if (fires != (step->negated ? 0 : 1)) {
            fail_deny(run, step, &r, fires);
        }
    }
    return CORDON_OK;
}

static cordon_status
check_expectations(struct run *run, struct cordon_error *err)
{
    for (size_t i = 0; i < run->test->n_steps; i++) {
        const struct cd_step *step = &run->test->steps[i];
        if (step->kind == CD_STEP_REQUEST) {
            run->request = step;
        } else if (step->kind == CD_STEP_EXPECT) {
            CORDON_TRY(expect_verdict(run, step, err));
        } else if (step->kind == CD_STEP_EXPECT_DENY) {
            CORDON_TRY(expect_deny(run, step, err));
        }
    }
    return CORDON_OK;
}

/* ---- one run ---- */

static cordon_status
run_test(const struct cd_tester *t, bool observes, const struct cd_decl *test,
         struct cd_test_result *out, struct cordon_error *err)
{
    struct run run = {.tester = t,
                      .sema = t->sema,
                      .coverage = t->coverage,
                      .observes = observes,
                      .test = test,
                      .at = test->span,
                      .arena = t->arena,
                      .result = out,
                      .last = &out->first};
    cordon_status (*const steps[])(struct run *, struct cordon_error *) = {
        choose_program, bind_params, read_given, evaluate, check_expectations};
    cordon_status status = CORDON_OK;
    *out = (struct cd_test_result){.test = test};
    for (size_t i = 0; i < CD_ARRAY_LEN(steps) && status == CORDON_OK; i++) {
        status = steps[i](&run, err);
    }
    out->at_limit = status == CORDON_ELIMIT;
    if (status != CORDON_OK && !is_fatal(status)) {
        fail(&run, run.at, cd_arena_str(t->arena, cd_str_of(err->message)));
        status = CORDON_OK;
    }
    cd_eval_free(run.eval);
    if (run.has_snapshot) {
        cd_snapshot_finish(&run.snapshot);
    }
    cd_params_free(run.params);
    return status;
}

cordon_status
cd_test_run(const struct cd_tester *t, const struct cd_decl *test, struct cd_test_result *out,
            struct cordon_error *err)
{
    struct cd_test_result again;
    CORDON_TRY(run_test(t, false, test, out, err));
    out->unobserved = t->observed != NULL && out->n_resources > CD_TEST_OBSERVED_RESOURCES;
    if (t->observed == NULL || out->unobserved) {
        return CORDON_OK;
    }
    CORDON_TRY(run_test(t, true, test, &again, err));
    out->unobserved = again.at_limit && !out->at_limit;
    if (out->unobserved) {
        return CORDON_OK;
    }
    return again.answers == out->answers && (again.first == NULL) == (out->first == NULL)
               ? CORDON_OK
               : cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                             "test \"%.*s\": with its branches observed it answers otherwise",
                             CD_FMT(test->title_text));
}
