/* Programs and snapshots by hand, for the tests of the evaluator. */
#ifndef CD_TESTS_VM_FIXTURE_H
#define CD_TESTS_VM_FIXTURE_H

#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdio.h>

#include "runtime/bc/build.h"
#include "runtime/bc/reach.h"
#include "runtime/column/snapshot.h"
#include "runtime/vm/eval.h"

#define FX_MAX 256

struct fx {
    struct cd_arena arena;
    jmp_buf oom;
    struct cd_image img;
    struct cd_builder b;
    struct cd_snapshot s;
    struct cd_eval *e;
    uint32_t boolean, number, string, time, duration, json, strings, string_set, numbers,
        number_set;
    char expected[FX_MAX];
    int line[FX_MAX];
};

static inline uint32_t
fx_str(struct fx *x, const char *z)
{
    return cd_build_cstr(&x->b, z);
}

static inline void
fx_begin(struct fx *x)
{
    memset(x, 0, sizeof *x);
    cd_arena_init(&x->arena);
    x->arena.on_oom = &x->oom;
    x->img.arena = &x->arena;
    cd_build_init(&x->b, &x->img);
    cd_build_domain(&x->b, CD_DOMAIN_GLOBAL, CD_NONE, CD_NONE);
    cd_build_section(&x->b, CD_SECTION_GLOBAL, CD_NONE, 0);
    x->boolean = cd_build_simple_type(&x->b, CD_KIND_BOOL);
    x->number = cd_build_simple_type(&x->b, CD_KIND_NUMBER);
    x->string = cd_build_simple_type(&x->b, CD_KIND_STRING);
    x->time = cd_build_simple_type(&x->b, CD_KIND_TIME);
    x->duration = cd_build_simple_type(&x->b, CD_KIND_DURATION);
    x->json = cd_build_simple_type(&x->b, CD_KIND_JSON);
    x->strings = cd_build_list_type(&x->b, x->string, false);
    x->string_set = cd_build_list_type(&x->b, x->string, true);
    x->numbers = cd_build_list_type(&x->b, x->number, false);
    x->number_set = cd_build_list_type(&x->b, x->number, true);
    cd_build_place(&x->b, cd_build_file(&x->b, CD_STR("test.cordon")), 1, 1);
}

/* A snapshot for the program's shapes; call when these are final. */
static inline void
fx_snapshot(struct fx *x)
{
    struct cd_projection p = {.img = &x->img, .envelopes = true};
    cr_assert_eq(cd_snapshot_init(&x->s, p), CORDON_OK);
}

static inline void
fx_end(struct fx *x)
{
    cd_eval_free(x->e);
    cd_snapshot_finish(&x->s);
    cd_build_finish(&x->b);
    cd_arena_finish(&x->arena);
}

/* ---- values of the whole snapshot ---- */

static inline uint32_t
fx_op(struct fx *x, enum cd_op op, uint32_t type, uint32_t a, uint32_t b, uint32_t c)
{
    return cd_build_value(&x->b, op, type, 0, a, b, c);
}
static inline uint32_t
fx_const(struct fx *x, uint32_t type, uint32_t constant)
{
    return fx_op(x, CD_OP_CONST, type, constant, 0, 0);
}
static inline uint32_t
fx_bool(struct fx *x, bool v)
{
    return fx_const(x, x->boolean, cd_build_bool(&x->b, v));
}
static inline uint32_t
fx_num(struct fx *x, double v)
{
    return fx_const(x, x->number, cd_build_number(&x->b, v));
}
static inline uint32_t
fx_text(struct fx *x, const char *z)
{
    return fx_const(x, x->string, cd_build_text(&x->b, cd_str_of(z)));
}
static inline uint32_t
fx_absent(struct fx *x, uint32_t type)
{
    return fx_const(x, type, cd_build_absent(&x->b, type));
}
static inline uint32_t
fx_unknown(struct fx *x, uint32_t type)
{
    return fx_op(x, CD_OP_UNKNOWN, type, fx_str(x, "no idea"), 0, 0);
}
/* A list or set of strings from a text with blanks between them. */
static inline uint32_t
fx_list(struct fx *x, uint32_t type, const char *words)
{
    uint32_t items[16];
    size_t n = 0;
    struct cd_str s = cd_str_of(words);
    for (size_t at = 0; at < s.n;) {
        size_t end = cd_str_find(s, ' ', at);
        items[n++] = cd_build_text(&x->b, cd_str_sub(s, at, end));
        at = end + 1;
    }
    return fx_const(x, type, cd_build_collection(&x->b, type, items, n));
}
/* The same with perhaps more members. */
static inline uint32_t
fx_open(struct fx *x, uint32_t type, const char *words)
{
    enum cd_op op = type == x->string_set ? CD_OP_UNION : CD_OP_APPEND;
    return fx_op(x, op, type, fx_list(x, type, words), fx_unknown(x, type), 0);
}

/* ---- controls ---- */

static inline uint32_t
fx_control(struct fx *x, const char *name)
{
    struct cd_control *c = CD_BUILD_PUSH(&x->b, controls);
    c->name = fx_str(x, name);
    c->id = c->name;
    c->title = c->text = c->remedy = c->owner = c->detect_only = CD_NONE;
    c->first_clause = (uint32_t)x->img.clauses.n;
    c->selected = 1;
    return (uint32_t)x->img.controls.n - 1;
}

/* A clause of the latest control; SHAPE CD_NONE and no VARIABLE: an estate clause. */
static inline uint32_t
fx_clause(struct fx *x, uint32_t shape, const char *variable, const char *where)
{
    struct cd_clause_info *c = CD_BUILD_PUSH(&x->b, clauses);
    c->control = (uint32_t)x->img.controls.n - 1;
    c->shape = shape;
    c->is_estate = variable == NULL;
    c->variable = variable ? fx_str(x, variable) : CD_NONE;
    c->where_text = where ? fx_str(x, where) : CD_NONE;
    c->first_require = (uint32_t)x->img.requires.n;
    x->img.controls.items[c->control].n_clauses++;
    return (uint32_t)x->img.clauses.n - 1;
}

static inline uint32_t
fx_require(struct fx *x, const char *text)
{
    struct cd_require_info *r = CD_BUILD_PUSH(&x->b, requires);
    r->clause = (uint32_t)x->img.clauses.n - 1;
    r->text = fx_str(x, text);
    x->img.clauses.items[r->clause].n_requires++;
    return (uint32_t)x->img.requires.n - 1;
}

/* ---- asking for the value of a condition of the whole snapshot ---- */

#define ASK(x, reg, want) fx_ask((x), (reg), (want), __LINE__)
static inline void
fx_ask(struct fx *x, uint32_t reg, char want, int line)
{
    char name[32];
    snprintf(name, sizeof name, "t.c%04zu", x->img.controls.n);
    uint32_t c = fx_control(x, name);
    fx_clause(x, CD_NONE, NULL, NULL);
    uint32_t q = fx_require(x, "it");
    cd_build_insn(&x->b, CD_OP_VERDICT, 0, reg, CD_NONE, q);
    cr_assert(c < FX_MAX);
    x->expected[c] = want;
    x->line[c] = line;
}

/* What the program says of its controls' tables, parameters and costs, from its code. */
static inline void
fx_reach(struct fx *x)
{
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_reach reach;
    cr_assert_eq(cd_reach_compute(&x->img, &x->arena, &reach, &err), CORDON_OK, "%s", err.message);
    for (size_t c = 0; c < x->img.controls.n; c++) {
        x->img.controls.items[c].first_table = reach.control_tables[c].first;
        x->img.controls.items[c].n_tables = reach.control_tables[c].n;
        x->img.controls.items[c].first_param = reach.control_params[c].first;
        x->img.controls.items[c].n_params = reach.control_params[c].n;
    }
    memcpy(&x->img.tables, &reach.tables, sizeof reach.tables);
    memcpy(&x->img.param_refs, &reach.params, sizeof reach.params);
    for (size_t i = 0; i < reach.costs.n; i++) {
        struct cd_cost *cost = CD_BUILD_PUSH(&x->b, costs);
        *cost = (struct cd_cost){reach.costs.items[i].control, reach.costs.items[i].tables.first,
                                 reach.costs.items[i].tables.n};
    }
}

static inline void
fx_eval(struct fx *x)
{
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_program program;
    fx_reach(x);
    cr_assert_eq(cd_program_verify(&x->img, &program, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(cd_snapshot_seal(&x->s, &err), CORDON_OK);
    cr_assert_eq(cd_eval_new(&program, NULL, &x->s, NULL, &x->e, &err), CORDON_OK, "%s",
                 err.message);
    cr_assert_eq(cd_eval_run(x->e, &err), CORDON_OK, "%s", err.message);
}

static inline char
fx_letter(enum cd_verdict v)
{
    return v == CD_PASS ? 'T' : v == CD_FAIL ? 'F' : v == CD_WAIVED ? 'W' : 'U';
}

/* Evaluates and compares with what was asked for. */
static inline void
fx_check(struct fx *x)
{
    fx_snapshot(x);
    fx_eval(x);
    for (size_t c = 0; c < x->img.controls.n; c++) {
        char got = fx_letter(cd_eval_results(x->e)[c].verdict);
        cr_expect_eq(got, x->expected[c], "line %d: %c, expected %c", x->line[c], got,
                     x->expected[c]);
    }
    fx_end(x);
}

#endif
