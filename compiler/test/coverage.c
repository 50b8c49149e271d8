/* Finds the branches of conditions, and says what of them and of the controls was not seen. */
#include "compiler/test/coverage.h"

/* ---- branches ---- */

struct finder {
    struct cd_coverage *coverage;
    struct cd_arena *arena;
    const struct cd_decl *decl;
};

static void find_in(struct finder *f, struct cd_expr *e);

/* A literal has one answer: there is nothing to drive it to. */
static void
add_branch(struct finder *f, struct cd_expr *e, enum cd_branch_kind kind)
{
    if (e == NULL) {
        return;
    }
    if (e->kind != CD_EXPR_BOOL && e->kind != CD_EXPR_ERROR && e->branch == 0) {
        struct cd_coverage *c = f->coverage;
        *CD_PUSH(f->arena, c->branches, c->n_branches, c->cap_branches) =
            (struct cd_branch){e, f->decl, kind};
        e->branch = (uint32_t)c->n_branches;
    }
    find_in(f, e);
}

/* `a and b and c` has three sides. */
static void
add_side(struct finder *f, struct cd_expr *side, const struct cd_expr *whole)
{
    if (side->kind == whole->kind && !side->paren) {
        find_in(f, side);
    } else {
        add_branch(f, side, whole->kind == CD_EXPR_AND ? CD_BRANCH_AND : CD_BRANCH_OR);
    }
}

static bool
is_bool(const struct cd_expr *e)
{
    return e->type != NULL && e->type->kind == CD_TYPE_BOOL;
}

static void
find_in_if(struct finder *f, struct cd_expr *e)
{
    add_branch(f, e->where, CD_BRANCH_IF);
    if (is_bool(e)) {
        add_branch(f, e->a, CD_BRANCH_THEN);
        add_branch(f, e->b, CD_BRANCH_ELSE);
    } else {
        find_in(f, e->a);
        find_in(f, e->b);
    }
}

/* The branches inside E, which may be NULL. The parser bounds the nesting. */
static void
find_in(struct finder *f, struct cd_expr *e)
{
    if (e == NULL) {
        return;
    }
    if (e->kind == CD_EXPR_AND || e->kind == CD_EXPR_OR) {
        add_side(f, e->a, e);
        add_side(f, e->b, e);
        return;
    }
    if (e->kind == CD_EXPR_IF) {
        find_in_if(f, e);
        return;
    }
    find_in(f, e->source);
    if (e->kind == CD_EXPR_QUANTIFIER || e->kind == CD_EXPR_COMPREHENSION) {
        add_branch(f, e->where, CD_BRANCH_WHERE);
    }
    find_in(f, e->a);
    if (e->kind == CD_EXPR_QUANTIFIER) {
        add_branch(f, e->b, CD_BRANCH_BODY);
    } else {
        find_in(f, e->b);
    }
    for (size_t i = 0; i < e->n_items; i++) {
        find_in(f, e->items[i]);
    }
    for (size_t i = 0; i < e->n_parts; i++) {
        find_in(f, e->parts[i].expr);
    }
}

static void
find_in_control(struct finder *f)
{
    const struct cd_decl *d = f->decl;
    for (size_t i = 0; i < d->n_clauses; i++) {
        add_branch(f, d->clauses[i].where, CD_BRANCH_WHERE);
        for (size_t k = 0; k < d->clauses[i].n_requires; k++) {
            add_branch(f, d->clauses[i].requires[k].cond, CD_BRANCH_REQUIRE);
        }
    }
    for (size_t i = 0; i < d->n_denies && d->denies[i].require == NULL; i++) {
        add_branch(f, d->denies[i].when, CD_BRANCH_WHEN);
        add_branch(f, d->denies[i].unless, CD_BRANCH_UNLESS);
    }
}

static void
find_in_decl(struct finder *f, const struct cd_decl *d)
{
    f->decl = d;
    if (d->kind == CD_DECL_CONTROL) {
        find_in_control(f);
    } else if (d->kind == CD_DECL_FN && is_bool(d->value)) {
        add_branch(f, d->value, CD_BRANCH_FN);
    } else if (d->kind == CD_DECL_FN) {
        find_in(f, d->value);
    }
}

void
cd_coverage_init(struct cd_coverage *c, const struct cd_sema *s)
{
    struct finder f = {.coverage = c, .arena = s->arena};
    *c = (struct cd_coverage){.n_controls = s->controls.n};
    c->controls = CD_NEW_ARRAY(s->arena, s->controls.n, struct cd_control_seen);
    for (size_t i = 0; i < s->controls.n; i++) {
        c->controls[i].control = s->controls.items[i];
    }
    for (size_t i = 0; i < s->modules->n; i++) {
        const struct cd_module *m = s->modules->items[i];
        for (size_t k = 0; m->selected && k < m->n_decls; k++) {
            find_in_decl(&f, m->decls[k]);
        }
    }
    c->seen = CD_NEW_ARRAY(s->arena, c->n_branches, uint8_t);
}

struct cd_control_seen *
cd_coverage_control(const struct cd_coverage *c, const struct cd_decl *control)
{
    for (size_t i = 0; i < c->n_controls; i++) {
        if (c->controls[i].control == control) {
            return &c->controls[i];
        }
    }
    return NULL;
}

const char *
cd_branch_word(enum cd_branch_kind kind)
{
    switch (kind) {
    case CD_BRANCH_WHERE: return "where";
    case CD_BRANCH_REQUIRE: return "require";
    case CD_BRANCH_WHEN: return "when";
    case CD_BRANCH_UNLESS: return "unless";
    case CD_BRANCH_AND: return "and";
    case CD_BRANCH_OR: return "or";
    case CD_BRANCH_IF: return "if";
    case CD_BRANCH_THEN: return "then";
    case CD_BRANCH_ELSE: return "else";
    case CD_BRANCH_BODY: return "body";
    case CD_BRANCH_FN: return "fn";
    }
    return "";
}

/* ---- what is missing ---- */

struct answer {
    bool possible, seen;
    const char *name;
};

static void
answers_of(const struct cd_control_seen *s, struct answer out[CD_COVERAGE_MISSING])
{
    bool detects = s->control->n_clauses > 0;
    /* Derived denies stand behind the written ones; they ask no tests of their author. */
    bool prevents = s->control->n_denies > 0 && s->control->denies[0].require == NULL;
    out[0] = (struct answer){detects, s->verdicts >> CD_PASS & 1, "pass"};
    out[1] = (struct answer){detects, s->verdicts >> CD_FAIL & 1, "fail"};
    out[2] = (struct answer){detects, s->verdicts >> CD_UNKNOWN_VERDICT & 1, "unknown"};
    out[3] = (struct answer){prevents, s->requests >> 1 & 1, "denied"};
    out[4] = (struct answer){prevents, s->requests & 1, "not denied"};
}

size_t
cd_coverage_control_missing(const struct cd_control_seen *s,
                            const char *missing[CD_COVERAGE_MISSING])
{
    struct answer answers[CD_COVERAGE_MISSING];
    size_t n = 0;
    answers_of(s, answers);
    for (size_t i = 0; i < CD_COVERAGE_MISSING; i++) {
        if (answers[i].possible && !answers[i].seen) {
            missing[n++] = answers[i].name;
        }
    }
    return n;
}

const char *
cd_coverage_branch_missing(uint8_t seen)
{
    bool is_true = seen & CD_SEEN_TRUE;
    bool is_false = seen & CD_SEEN_FALSE;
    return is_true && is_false ? NULL
           : is_true           ? "never false"
           : is_false          ? "never true"
           : seen != 0         ? "never true, never false"
                               : "never asked";
}

static void
sum_control(const struct cd_control_seen *s, struct cd_coverage_sum *sum)
{
    struct answer answers[CD_COVERAGE_MISSING];
    size_t possible = 0, seen = 0;
    answers_of(s, answers);
    for (size_t i = 0; i < CD_COVERAGE_MISSING; i++) {
        possible += answers[i].possible;
        seen += answers[i].possible && answers[i].seen;
    }
    sum->controls++;
    sum->controls_covered += seen == possible;
    sum->answers += possible;
    sum->answers_seen += seen;
}

struct cd_coverage_sum
cd_coverage_sum(const struct cd_coverage *c, const struct cd_module *m)
{
    struct cd_coverage_sum sum = {.controls = 0};
    for (size_t i = 0; i < c->n_controls; i++) {
        if (m == NULL || c->controls[i].control->module == m) {
            sum_control(&c->controls[i], &sum);
        }
    }
    for (size_t i = 0; i < c->n_branches; i++) {
        if (m == NULL || c->branches[i].decl->module == m) {
            sum.branches++;
            sum.branches_covered += cd_coverage_branch_missing(c->seen[i]) == NULL;
            sum.branches_unknown += (c->seen[i] & CD_SEEN_UNKNOWN) != 0;
        }
    }
    return sum;
}
