/* The explanation of one answer, and the answer of one resource. */
#include "runtime/vm/explain.h"

/* ---- registers of the whole snapshot, which an estate clause's explanation makes again ---- */

struct saved {
    uint32_t reg;
    struct cd_vec vec;
};

/* Copies the heads of all registers of the whole snapshot; their lanes are not written again. */
static struct saved *
save_globals(const struct cd_eval *e, struct cd_arena *a, size_t *n)
{
    *n = 0;
    for (size_t r = 0; r < e->img->regs.n; r++) {
        *n += e->depth[e->img->regs.items[r].domain] == 0;
    }
    struct saved *saved = CD_NEW_ARRAY(a, *n, struct saved);
    size_t at = 0;
    for (uint32_t r = 0; r < e->img->regs.n; r++) {
        if (e->depth[e->img->regs.items[r].domain] == 0) {
            saved[at++] = (struct saved){r, e->regs[r]};
        }
    }
    return saved;
}

static void
restore_globals(struct cd_eval *e, const struct saved *saved, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        e->regs[saved[i].reg] = saved[i].vec;
    }
}

/* ---- one explanation ---- */

static const struct cd_require_info *
require_info(const struct cd_eval *e, const struct cd_trace_require *r)
{
    return &e->img->requires.items[r->require];
}

/* The first require that failed, else the first that is undecided; NULL: none. */
static const struct cd_trace_require *
first_require(const struct cd_trace *t, uint8_t fold)
{
    for (size_t i = 0; i < t->n_requires; i++) {
        if (t->requires[i].fold == fold) {
            return &t->requires[i];
        }
    }
    return fold == CD_FOLD_FAIL ? first_require(t, CD_FOLD_UNKNOWN) : NULL;
}

static struct cd_str
message_of(const struct cd_eval *e, struct cd_arena *a, const struct cd_trace *t,
           const struct cd_trace_require *r)
{
    if (t->message != CD_NO_STR) {
        /* The author's text states the breach, which an undecided answer is not. */
        struct cd_str message = cd_vm_text(e, t->message);
        return r->fold == CD_FOLD_FAIL
                   ? cd_arena_str(a, message)
                   : cd_arena_printf(a, "cannot be decided: %.*s", CD_FMT(message));
    }
    struct cd_str text = cd_image_str(e->img, require_info(e, r)->text);
    const char *what = r->fold == CD_FOLD_FAIL ? "does not hold" : "cannot be decided";
    return cd_arena_printf(a, "require %.*s %s", CD_FMT(text), what);
}

/* Evidence of one require: of the undecided `where` first, then of the condition. */
static void
explain_require(struct cd_explainer *x, struct cd_trace *t, const struct cd_trace_require *r)
{
    const struct cd_clause_info *clause = &x->e->img->clauses.items[require_info(x->e, r)->clause];
    struct cd_spot cond = {&t->root, r->cond, 0};
    x->variable = clause->variable;
    if (r->where != CD_NONE && cd_vm_reg(x->e, r->where)->v.b[0] == CD_U) {
        cd_explain_why(x, cd_spot_at(cond, r->where), 0);
    }
    cd_explain_why(x, cond, 0);
}

static void
explain(struct cd_eval *e, struct cd_trace *t, const struct cd_answer *answer, struct cd_arena *a,
        struct cd_explanation *out)
{
    struct cd_explainer x = {
        .e = e, .arena = a, .variable = CD_NONE, .table = answer->table, .row = answer->row};
    cd_trace_run(e, t, answer->control, answer->table, answer->row);
    const struct cd_trace_require *first = first_require(t, CD_FOLD_FAIL);
    for (int round = 0; round < 2; round++) { /* those that failed, then those that are undecided */
        for (size_t i = 0; i < t->n_requires; i++) {
            if (t->requires[i].fold == (round == 0 ? CD_FOLD_FAIL : CD_FOLD_UNKNOWN)) {
                explain_require(&x, t, &t->requires[i]);
            }
        }
    }
    out->evidence = x.evidence;
    out->n_evidence = x.n;
    out->place = e->img->controls.items[answer->control].place;
    if (first) {
        t->message = CD_NO_STR;
        t->message_require = first->require;
        out->place = require_info(e, first)->place;
        if (require_info(e, first)->has_message) {
            cd_trace_messages(e, t, answer->control, answer->table, answer->row);
        }
        out->message = message_of(e, a, t, first);
    }
}

cordon_status
cd_eval_explain(struct cd_eval *e, const struct cd_answer *answer, struct cd_arena *arena,
                struct cd_explanation *out, struct cordon_error *err)
{
    jmp_buf *outer = arena->on_oom;
    struct cd_trace trace = {.arena = arena, .keeps = true};
    *out = (struct cd_explanation){.message = {"", 0}, .place = CD_NONE};
    e->err = err;
    int jumped = setjmp(e->oom);
    if (jumped == 0) {
        arena->on_oom = &e->oom;
        size_t n = 0;
        cd_vm_globals(e);
        struct saved *saved = answer->table == CD_NONE ? save_globals(e, arena, &n) : NULL;
        explain(e, &trace, answer, arena, out);
        restore_globals(e, saved, n);
    }
    arena->on_oom = outer;
    e->trace = NULL;
    return jumped == 0 ? CORDON_OK : cd_vm_ended(e, jumped);
}

/* ---- one resource ---- */

static void
answer_of(struct cd_eval *e, struct cd_trace *t, uint32_t control, uint32_t table, uint32_t row,
          bool *in_scope, enum cd_verdict *verdict)
{
    uint8_t fold = CD_FOLD_NONE;
    cd_trace_run(e, t, control, table, row);
    for (size_t i = 0; i < t->n_requires; i++) {
        fold = t->requires[i].fold > fold ? t->requires[i].fold : fold;
    }
    *in_scope = fold != CD_FOLD_NONE;
    *verdict = fold == CD_FOLD_FAIL      ? CD_FAIL
               : fold == CD_FOLD_UNKNOWN ? CD_UNKNOWN_VERDICT
                                         : CD_PASS;
    if (*verdict == CD_FAIL && cd_verdict_waive(e, control, e->s->tables[table], row) != CD_NONE) {
        *verdict = CD_WAIVED;
    }
}

cordon_status
cd_eval_verdict(struct cd_eval *e, uint32_t control, uint32_t table, uint32_t row, bool *in_scope,
                enum cd_verdict *verdict, struct cordon_error *err)
{
    struct cd_arena arena;
    struct cd_trace trace = {.keeps = false};
    cd_arena_init(&arena);
    e->err = err;
    int jumped = setjmp(e->oom);
    if (jumped == 0) {
        arena.on_oom = &e->oom;
        trace.arena = &arena;
        answer_of(e, &trace, control, table, row, in_scope, verdict);
    }
    e->trace = NULL;
    cd_arena_finish(&arena);
    return jumped == 0 ? CORDON_OK : cd_vm_ended(e, jumped);
}
