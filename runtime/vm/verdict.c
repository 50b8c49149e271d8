/* Answers: folded over the clauses of a control for each row while a batch runs, then counted; only
 * what is not a pass is kept. */
#include "runtime/vm/vm.h"

#include <stdlib.h>

#include "runtime/vm/explain.h"
#include "runtime/vm/group.h"
#include "runtime/vm/pattern.h"

/* By the value of `where` (rows) and of the require: the clause table of the language. */
static const uint8_t fold_of[4][4] = {
    [CD_F] = {CD_FOLD_NONE, CD_FOLD_NONE, CD_FOLD_NONE, CD_FOLD_NONE},
    [CD_T] = {CD_FOLD_FAIL, CD_FOLD_PASS, CD_FOLD_UNKNOWN, CD_FOLD_FAIL},
    [CD_U] = {CD_FOLD_UNKNOWN, CD_FOLD_PASS, CD_FOLD_UNKNOWN, CD_FOLD_UNKNOWN},
    [CD_A] = {CD_FOLD_NONE, CD_FOLD_NONE, CD_FOLD_NONE, CD_FOLD_NONE},
};

uint8_t
cd_verdict_fold(uint8_t where, uint8_t require)
{
    return fold_of[where][require];
}

/* The batch's answers of a control, made on the batch's first touch. */
static uint8_t *
batch_fold(struct cd_eval *e, uint32_t control)
{
    struct cd_tally *t = &e->tallies[control];
    if (!t->fold) {
        t->fold = CD_NEW_ARRAY(&e->lanes[1], e->batch_n, uint8_t);
        e->touched[e->n_touched++] = control;
    }
    return t->fold;
}

/* If the group of lanes from I on are all true, and nothing worse than that was said of their rows,
 * they pass. */
static bool
passes_at(const struct cd_vec *x, uint8_t *fold, uint32_t i)
{
    if (x->n - i < CD_GROUP || cd_group_load(x->v.b + i) != CD_GROUP_OF(CD_T)) {
        return false;
    }
    uint64_t said = cd_group_load(fold + i);
    if (said != CD_GROUP_OF(CD_FOLD_NONE) && said != CD_GROUP_OF(CD_FOLD_PASS)) {
        return false;
    }
    cd_group_store(fold + i, CD_GROUP_OF(CD_FOLD_PASS));
    return true;
}

void
cd_k_verdict(struct cd_eval *e, const struct cd_insn *in)
{
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *where = in->b == CD_NONE ? NULL : cd_vm_reg(e, in->b);
    uint32_t clause = e->img->requires.items[in->c].clause;
    uint32_t control = e->img->clauses.items[clause].control;
    if (e->trace) {
        cd_trace_verdict(e, in);
        return;
    }
    if (e->img->clauses.items[clause].is_estate) {
        uint8_t one = fold_of[where ? where->v.b[0] : CD_T][x->v.b[0]];
        e->tallies[control].estate =
            one > e->tallies[control].estate ? one : e->tallies[control].estate;
        return;
    }
    uint8_t *fold = batch_fold(e, control);
    bool in_scope = false;
    for (uint32_t i = 0; i < x->n; i++) {
        if (!where && !e->batch_pos && passes_at(x, fold, i)) {
            in_scope = true;
            i += CD_GROUP - 1;
            continue;
        }
        uint8_t one = fold_of[where ? where->v.b[i] : CD_T][x->v.b[i]];
        uint32_t pos = e->batch_pos ? e->batch_pos[i] : i;
        fold[pos] = one > fold[pos] ? one : fold[pos];
        in_scope |= one != CD_FOLD_NONE;
    }
    e->in_scope[clause] |= in_scope;
}

/* ---- waivers ---- */

static bool
waive_matches(const struct cd_eval *e, const struct cd_waive_info *w, struct cd_str arn,
              struct cd_str id)
{
    for (uint32_t i = 0; i < w->n_patterns; i++) {
        struct cd_str pattern =
            cd_image_str(e->img, e->img->pattern_refs.items[w->first_pattern + i]);
        if ((arn.n > 0 && cd_arn_like(pattern, arn)) || cd_like(pattern, id)) {
            return true;
        }
    }
    return false;
}

/* A snapshot without a time cannot say that a waiver still holds. */
uint32_t
cd_verdict_waive(struct cd_eval *e, uint32_t control, const struct cd_table *t, uint32_t row)
{
    if (e->img->waives.n == 0) {
        return CD_NONE;
    }
    struct cd_buf scratch = CD_BUF_INIT;
    struct cd_str id = t->id[row] == CD_NO_STR ? CD_STR("") : cd_vm_text(e, t->id[row]);
    uint32_t found = CD_NONE;
    for (uint32_t w = 0; w < e->img->waives.n && found == CD_NONE; w++) {
        const struct cd_waive_info *info = &e->img->waives.items[w];
        bool holds = e->s->captured != INT64_MIN && e->s->captured < info->until_ms;
        if (info->control == control && holds
            && waive_matches(e, info, cd_table_arn(e->s, t, row, &scratch), id)) {
            found = w;
        }
    }
    bool oom = scratch.oom;
    cd_buf_finish(&scratch);
    if (oom) {
        cd_vm_oom(e);
    }
    return found;
}

/* ---- counting ---- */

static void
keep_answer(struct cd_eval *e, struct cd_answer answer)
{
    if (e->n_answers == e->cap_answers) {
        size_t cap = e->cap_answers ? e->cap_answers * 2 : 1024;
        struct cd_answer *grown = realloc(e->answers, cap * sizeof *grown);
        if (!grown) {
            cd_vm_oom(e);
        }
        e->answers = grown;
        e->cap_answers = cap;
    }
    e->answers[e->n_answers++] = answer;
}

static void
count_row(struct cd_eval *e, uint32_t control, const struct cd_table *t, uint32_t table,
          uint32_t row, uint8_t fold)
{
    struct cd_control_result *r = &e->results[control];
    struct cd_answer answer = {control, CD_UNKNOWN_VERDICT, table, row, CD_NONE};
    if (fold == CD_FOLD_PASS) {
        r->pass++;
        return;
    }
    if (fold == CD_FOLD_UNKNOWN) {
        r->unknown++;
    } else {
        answer.waive = cd_verdict_waive(e, control, t, row);
        answer.verdict = answer.waive == CD_NONE ? CD_FAIL : CD_WAIVED;
        if (answer.waive == CD_NONE) {
            r->fail++;
        } else {
            r->waived++;
            e->waive_used[answer.waive] = true;
        }
    }
    keep_answer(e, answer);
}

void
cd_verdict_flush(struct cd_eval *e, const struct cd_table *t, const uint32_t *rows)
{
    uint32_t table = t->root->table;
    for (size_t k = 0; k < e->n_touched; k++) {
        uint32_t control = e->touched[k];
        const uint8_t *fold = e->tallies[control].fold;
        for (uint32_t i = 0; i < e->batch_n; i++) {
            bool is_group = e->batch_n - i >= CD_GROUP;
            if (is_group && cd_group_load(fold + i) == CD_GROUP_OF(CD_FOLD_PASS)) {
                e->results[control].pass += CD_GROUP;
                i += CD_GROUP - 1;
            } else if (fold[i] != CD_FOLD_NONE) {
                count_row(e, control, t, table, rows[i], fold[i]);
            }
        }
        e->tallies[control].fold = NULL;
    }
    e->n_touched = 0;
}

/* ---- whole controls ---- */

static enum cd_verdict
verdict_of_fold(uint8_t fold)
{
    return fold == CD_FOLD_FAIL ? CD_FAIL : fold == CD_FOLD_UNKNOWN ? CD_UNKNOWN_VERDICT : CD_PASS;
}

static void
raise(struct cd_control_result *r, enum cd_verdict v)
{
    r->verdict = v > r->verdict ? v : r->verdict;
}

/* The estate clauses of a control together give one answer. */
static void
finish_estate(struct cd_eval *e, uint32_t control)
{
    struct cd_control_result *r = &e->results[control];
    uint8_t fold = e->tallies[control].estate;
    if (fold == CD_FOLD_NONE) {
        return;
    }
    r->pass += fold == CD_FOLD_PASS;
    r->unknown += fold == CD_FOLD_UNKNOWN;
    r->fail += fold == CD_FOLD_FAIL;
    if (fold != CD_FOLD_PASS) {
        keep_answer(e,
                    (struct cd_answer){control, verdict_of_fold(fold), CD_NONE, CD_NONE, CD_NONE});
    }
}

/* A clause without a row in scope holds only if its table was collected completely. */
static void
finish_clauses(struct cd_eval *e, uint32_t control)
{
    struct cd_control_result *r = &e->results[control];
    const struct cd_control *c = &e->img->controls.items[control];
    for (uint32_t i = 0; i < c->n_clauses; i++) {
        const struct cd_clause_info *clause = &e->img->clauses.items[c->first_clause + i];
        if (clause->is_estate || e->in_scope[c->first_clause + i]
            || cd_vm_complete(e, clause->shape)) {
            continue;
        }
        raise(r, CD_UNKNOWN_VERDICT);
        if (r->empty_unknown == CD_NONE && clause->shape != CD_NONE) {
            r->empty_unknown = e->img->shapes.items[clause->shape].name;
        }
    }
}

static void
finish_control(struct cd_eval *e, uint32_t control)
{
    struct cd_control_result *r = &e->results[control];
    const struct cd_control *c = &e->img->controls.items[control];
    r->ran = e->run[control];
    r->complete = true;
    r->empty_unknown = CD_NONE;
    r->verdict = CD_PASS;
    if (!r->ran) {
        return;
    }
    finish_estate(e, control);
    raise(r, r->fail ? CD_FAIL : r->unknown ? CD_UNKNOWN_VERDICT : r->waived ? CD_WAIVED : CD_PASS);
    finish_clauses(e, control);
    for (uint32_t i = 0; i < c->n_tables; i++) {
        r->complete &= cd_vm_complete(e, e->img->tables.items[c->first_table + i]);
    }
}

/* Orders the answers by control; within a control they came by table and row, the estate's last,
 * and stay so. */
static void
order_answers(struct cd_eval *e)
{
    size_t *place = CD_NEW_ARRAY(&e->arena, e->img->controls.n + 1, size_t);
    struct cd_answer *sorted = malloc((e->n_answers + 1) * sizeof *sorted);
    if (!sorted) {
        cd_vm_oom(e);
    }
    for (size_t i = 0; i < e->n_answers; i++) {
        place[e->answers[i].control + 1]++;
    }
    for (size_t c = 0; c < e->img->controls.n; c++) {
        place[c + 1] += place[c];
    }
    for (size_t i = 0; i < e->n_answers; i++) {
        sorted[place[e->answers[i].control]++] = e->answers[i];
    }
    free(e->answers);
    e->answers = sorted;
    e->cap_answers = e->n_answers + 1;
}

void
cd_verdict_finish(struct cd_eval *e)
{
    for (uint32_t c = 0; c < e->img->controls.n; c++) {
        finish_control(e, c);
    }
    order_answers(e);
}

void
cd_k_check(struct cd_eval *e, const struct cd_insn *in)
{
    if (cd_vm_reg(e, in->a)->v.b[0] != CD_T) {
        struct cd_str name = cd_image_str(e->img, e->img->params.items[in->b].name);
        const struct cd_place *at = &e->img->places.items[e->img->params.items[in->b].place];
        cd_vm_fail(e, CORDON_EINPUT,
                   "parameter %.*s: its value does not satisfy the `where` of its declaration "
                   "(%.*s:%u)",
                   CD_FMT(name), CD_FMT(cd_image_str(e->img, e->img->files.items[at->file])),
                   at->line);
    }
}
