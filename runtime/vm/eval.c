/* The public face of evaluation: prepares, runs the sections over the tables, and holds the
 * results. */
#include "runtime/vm/eval.h"

#include <stdlib.h>

#include "runtime/schema/schema.h"
#include "runtime/vm/explain.h"
#include "runtime/vm/questions.h"
#include "runtime/vm/vm.h"

/* Instructions times rows of one batch, so that registers take some 32 MB at most. */
#define PLAN_LANES (UINT32_C(1) << 22)
#define SMALLEST_BATCH 64u
/* Bytes of registers at one depth of loops: what doubles again and again ends. */
#define LANES_LIMIT ((size_t)2 << 30)

/* ---- preparation ---- */

static void
select_controls(struct cd_eval *e, const bool *run)
{
    const struct cd_image *img = e->img;
    e->run = CD_NEW_ARRAY(&e->arena, img->controls.n, bool);
    e->needs_require = CD_NEW_ARRAY(&e->arena, img->requires.n, bool);
    e->needs_deny = CD_NEW_ARRAY(&e->arena, img->denies.n, bool);
    for (size_t c = 0; c < img->controls.n; c++) {
        const struct cd_control *control = &img->controls.items[c];
        e->run[c] = run ? run[c] : control->selected != 0;
        for (uint32_t i = 0; i < control->n_denies; i++) {
            e->needs_deny[control->first_deny + i] = e->run[c];
        }
    }
    for (size_t q = 0; q < img->requires.n; q++) {
        e->needs_require[q] = e->run[img->clauses.items[img->requires.items[q].clause].control];
    }
}

static bool
is_set(const struct cd_eval *e, uint32_t param)
{
    return (e->params && e->params->values[param] != CD_NONE)
           || e->img->params.items[param].default_const != CD_NONE;
}

/* Every parameter that a running control reads has a value; those are the ones that are checked. */
static bool *
needed_params(struct cd_eval *e)
{
    const struct cd_image *img = e->img;
    bool *needed = CD_NEW_ARRAY(&e->arena, img->params.n, bool);
    for (uint32_t p = 0; p < img->params.n; p++) {
        needed[p] = e->params && e->params->values[p] != CD_NONE;
    }
    for (size_t c = 0; c < img->controls.n; c++) {
        const struct cd_control *control = &img->controls.items[c];
        for (uint32_t i = 0; e->run[c] && i < control->n_params; i++) {
            uint32_t p = img->param_refs.items[control->first_param + i];
            struct cd_str name = cd_image_str(img, img->params.items[p].name);
            if (!is_set(e, p)) {
                cd_vm_fail(e, CORDON_EINPUT,
                           "parameter %.*s has no value: control %.*s reads it, and it has no "
                           "default (--param %.*s=…)",
                           CD_FMT(name), CD_FMT(cd_image_str(img, control->name)), CD_FMT(name));
            }
            needed[p] = true;
        }
    }
    return needed;
}

static const struct cd_section *
global_section(const struct cd_image *img)
{
    return img->sections.n > 0 && img->sections.items[0].kind == CD_SECTION_GLOBAL
               ? &img->sections.items[0]
               : NULL;
}

/* Runs the `where` of the parameters that have a value. */
static void
check_params(struct cd_eval *e)
{
    struct cd_needs needs = {.params = needed_params(e)};
    const struct cd_section *global = global_section(e->img);
    struct cd_plan plan;
    if (global) {
        bool *regs = CD_NEW_ARRAY(&e->arena, e->img->regs.n, bool);
        cd_plan_make(e, &e->arena, global, needs, regs, &plan);
        cd_vm_exec(e, &plan, 0, plan.n);
    }
}

/* The global section comes last, as it has to make what the others read. */
void
cd_vm_plan(struct cd_eval *e)
{
    const struct cd_image *img = e->img;
    struct cd_needs needs = {e->needs_require, e->needs_deny, NULL};
    bool *regs = CD_NEW_ARRAY(&e->arena, img->regs.n, bool);
    e->plans = CD_NEW_ARRAY(&e->arena, img->sections.n, struct cd_plan);
    for (size_t i = img->sections.n; i-- > 0;) {
        cd_plan_make(e, &e->arena, &img->sections.items[i], needs, regs, &e->plans[i]);
    }
}

static void
index_code(struct cd_eval *e)
{
    const struct cd_image *img = e->img;
    e->def = CD_NEW_ARRAY(&e->arena, img->regs.n, uint32_t);
    memset(e->def, 0xFF, img->regs.n * sizeof *e->def);
    for (uint32_t pc = 0; pc < img->code.n; pc++) {
        if (cd_opinfo[img->code.items[pc].op].d == CD_OPERAND_DST) {
            e->def[img->code.items[pc].d] = pc;
        }
    }
    e->depth = CD_NEW_ARRAY(&e->arena, img->domains.n, uint32_t);
    e->n_depths = 2;
    for (size_t d = 0; d < img->domains.n; d++) { /* parents come before what is opened in them */
        const struct cd_domain *domain = &img->domains.items[d];
        bool nested = domain->kind == CD_DOMAIN_LOOP && domain->parent < d;
        e->depth[d] = domain->kind == CD_DOMAIN_GLOBAL ? 0
                      : nested                         ? e->depth[domain->parent] + 1
                                                       : 1;
        e->n_depths = e->depth[d] + 1 > e->n_depths ? e->depth[d] + 1 : e->n_depths;
    }
}

static void
make_arenas(struct cd_eval *e)
{
    e->lanes = CD_NEW_ARRAY(&e->arena, e->n_depths, struct cd_arena);
    e->empty = CD_NEW_ARRAY(&e->arena, e->n_depths, struct cd_arena_mark);
    for (uint32_t i = 0; i < e->n_depths; i++) {
        cd_arena_init(&e->lanes[i]);
        e->lanes[i].on_oom = &e->oom;
        e->lanes[i].limit = LANES_LIMIT;
    }
}

static void
prepare(struct cd_eval *e, const bool *run)
{
    const struct cd_image *img = e->img;
    struct cd_arena *a = &e->arena;
    index_code(e);
    make_arenas(e);
    e->str = CD_NEW_ARRAY(a, img->strings.n, uint32_t);
    for (size_t i = 0; i < img->strings.n; i++) {
        e->str[i] = cd_vm_str(e, img->strings.items[i]);
    }
    e->regs = CD_NEW_ARRAY(a, img->regs.n, struct cd_vec);
    e->frames = CD_NEW_ARRAY(a, img->domains.n, struct cd_frame);
    e->frames[0] = (struct cd_frame){1, CD_NONE, NULL, NULL};
    e->reductions = CD_NEW_ARRAY(a, img->regs.n, struct cd_reduction *);
    e->caches = CD_NEW_ARRAY(a, img->code.n, struct cd_cache *);
    e->joins = CD_NEW_ARRAY(a, img->indexes.n, struct cd_join_index);
    e->follows = CD_NEW_ARRAY(a, img->shapes.n, struct cd_follow_index);
    e->complete = CD_NEW_ARRAY(a, img->shapes.n + 1, uint8_t);
    e->tallies = CD_NEW_ARRAY(a, img->controls.n, struct cd_tally);
    e->touched = CD_NEW_ARRAY(a, img->controls.n, uint32_t);
    e->in_scope = CD_NEW_ARRAY(a, img->clauses.n, bool);
    e->results = CD_NEW_ARRAY(a, img->controls.n, struct cd_control_result);
    e->waive_used = CD_NEW_ARRAY(a, img->waives.n, bool);
    e->why_unknown = cd_vm_str(e, CD_STR("the source does not say"));
    e->why_open = cd_vm_str(e, CD_STR("the snapshot may hold more than was read"));
    e->why_overflow = cd_vm_str(e, CD_STR("the result is out of range"));
    e->why_interval = cd_vm_str(e, CD_STR("the count is not certain"));
    e->why_several = cd_vm_str(e, CD_STR("several resources have this name"));
    e->why_elsewhere =
        cd_vm_str(e, CD_STR("a resource of this name stands in another account or region only"));
    e->why_missed = cd_vm_str(
        e,
        CD_STR("no resource of this name is in the snapshot, which may hold more than was read"));
    select_controls(e, run);
    check_params(e);
    cd_vm_plan(e);
}

cordon_status
cd_eval_new(const struct cd_program *program, const struct cd_bound_params *params,
            struct cd_snapshot *snapshot, const bool *run, struct cd_eval **out,
            struct cordon_error *err)
{
    *out = NULL;
    if (!snapshot->sealed || (snapshot->n_tables > 0 && snapshot->projection.img != program->img)) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "the snapshot was not read for this program");
    }
    struct cd_eval *e = calloc(1, sizeof *e);
    if (!e) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    e->img = program->img;
    e->s = snapshot;
    e->params = params;
    e->err = err;
    e->explain_control = CD_NONE;
    e->request_deny = CD_NONE;
    cd_arena_init(&e->arena);
    e->arena.on_oom = &e->oom;
    cd_arena_init(&e->explain_arena);
    e->explain_arena.on_oom = &e->oom;
    int jumped = setjmp(e->oom);
    if (jumped == 0) {
        prepare(e, run);
        *out = e;
        return CORDON_OK;
    }
    cordon_status status = cd_vm_ended(e, jumped);
    cd_eval_free(e);
    return status;
}

cordon_status
cd_vm_ended(struct cd_eval *e, int jumped)
{
    if (jumped == 2) {
        return e->status;
    }
    for (uint32_t i = 0; e->lanes && i < e->n_depths; i++) {
        if (e->lanes[i].used > LANES_LIMIT / 4) { /* lists grow by doubling */
            return cordon_fail(e->err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                               "the collections of this policy become larger than the 2 GB that "
                               "an evaluation may hold");
        }
    }
    return cordon_fail(e->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

void
cd_eval_free(struct cd_eval *e)
{
    if (!e) {
        return;
    }
    for (size_t pc = 0; e->caches && pc < e->img->code.n; pc++) {
        if (e->caches[pc] && e->caches[pc]->regex) {
            cd_regex_free(e->caches[pc]->regex);
        }
    }
    for (uint32_t i = 0; e->lanes && i < e->n_depths; i++) {
        cd_arena_finish(&e->lanes[i]);
    }
    free(e->answers);
    cd_questions_finish(e);
    cd_arena_finish(&e->explain_arena);
    cd_arena_finish(&e->arena);
    free(e);
}

/* ---- running ---- */

void
cd_vm_globals(struct cd_eval *e)
{
    if (e->globals_done) {
        return;
    }
    if (global_section(e->img)) {
        cd_vm_exec(e, &e->plans[0], 0, e->plans[0].n);
    }
    e->globals_done = true;
}

/* Does a section answer for the rows of a table? */
static bool
section_applies(const struct cd_eval *e, size_t i, const struct cd_table *t)
{
    const struct cd_section *section = &e->img->sections.items[i];
    if (section->kind != CD_SECTION_TABLE || e->plans[i].n < 2) {
        return false; /* a plan of the root alone answers nothing */
    }
    return section->shape == CD_NONE ? !t->derived : section->shape == t->shape;
}

/* How many rows of T a batch has, by the largest plan that runs over it; 0 if none does. */
static uint32_t
batch_size(const struct cd_eval *e, const struct cd_table *t)
{
    uint32_t largest = 0;
    for (size_t i = 0; i < e->img->sections.n; i++) {
        if (section_applies(e, i, t) && e->plans[i].n > largest) {
            largest = e->plans[i].n;
        }
    }
    if (largest == 0) {
        return 0;
    }
    uint32_t n = PLAN_LANES / largest;
    return n > CD_BATCH ? CD_BATCH : n < SMALLEST_BATCH ? SMALLEST_BATCH : n;
}

void
cd_vm_section(struct cd_eval *e, const struct cd_section *section, const struct cd_plan *plan,
              const struct cd_table *t, const uint32_t *rows, uint32_t n)
{
    struct cd_arena *a = &e->lanes[1];
    uint32_t *lane_rows = CD_NEW_ARRAY(a, n, uint32_t);
    uint32_t *lane_pos = CD_NEW_ARRAY(a, n, uint32_t);
    uint32_t lanes = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (section->shape != CD_NONE || !cd_table_is_derived(t, rows[i])) {
            lane_rows[lanes] = rows[i];
            lane_pos[lanes++] = i;
        }
    }
    e->batch_table = t;
    e->batch_rows = lane_rows;
    e->batch_pos = lanes == n ? NULL : lane_pos;
    e->frames[section->domain] = (struct cd_frame){lanes, CD_NONE, NULL, NULL};
    if (lanes > 0) {
        cd_vm_exec(e, plan, 0, plan->n);
    }
}

static void
run_batch(struct cd_eval *e, const struct cd_table *t, const uint32_t *rows, uint32_t n)
{
    e->n_touched = 0;
    e->batch_n = n;
    for (size_t i = 0; i < e->img->sections.n; i++) {
        if (section_applies(e, i, t)) {
            cd_vm_section(e, &e->img->sections.items[i], &e->plans[i], t, rows, n);
        }
    }
    cd_verdict_flush(e, t, rows);
}

static void
run_table(struct cd_eval *e, const struct cd_table *t)
{
    uint32_t size = batch_size(e, t);
    uint32_t row = 0;
    while (size > 0 && row < t->n) {
        cd_vm_reset(e, 1);
        uint32_t *rows = CD_NEW_ARRAY(&e->lanes[1], size, uint32_t);
        uint32_t n = 0;
        for (; row < t->n && n < size; row++) {
            if (!cd_table_is_dead(t, row)) {
                rows[n++] = row;
            }
        }
        run_batch(e, t, rows, n);
    }
}

cordon_status
cd_eval_run(struct cd_eval *e, struct cordon_error *err)
{
    e->err = err;
    int jumped = setjmp(e->oom);
    if (jumped != 0) {
        return cd_vm_ended(e, jumped);
    }
    cd_vm_globals(e);
    for (size_t i = 0; i < e->s->n_tables; i++) {
        run_table(e, e->s->tables[i]);
    }
    cd_verdict_finish(e);
    return CORDON_OK;
}

void
cd_eval_observe(struct cd_eval *e, uint8_t *seen, size_t n)
{
    e->observed = seen;
    e->n_observed = n;
}

const struct cd_control_result *
cd_eval_results(const struct cd_eval *e)
{
    return e->results;
}

const struct cd_answer *
cd_eval_answers(const struct cd_eval *e, size_t *n)
{
    *n = e->n_answers;
    return e->answers;
}

bool
cd_eval_waive_used(const struct cd_eval *e, uint32_t waive)
{
    return e->waive_used[waive];
}
